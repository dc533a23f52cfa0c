"""Merge, drop and add people of a base, with every reference to them. Pure: files in, changed files out."""

import difflib
import re
from collections.abc import Callable, Collection, Mapping, Sequence

from bot.errors import EditError
from bot.story import yaml_edit
from bot.story.article_mentions import unique
from bot.story.models import Paragraph, Person, PersonKind, Story
from bot.story.record_lists import Lists, Record, edit_lists, format_list, quote
from bot.story.todo import TODO

PEOPLE_FILE, STORY_FILE = "people.yaml", "story.yaml"
REFERENCES = {
    STORY_FILE: ("people", "meant"),
    PEOPLE_FILE: ("members",),
    "claims.yaml": ("by", "denied_by", "not_about"),
    "developments.yaml": ("people",),
    "qa/": ("by",),
}
"""The keys whose lists name people, by file or folder."""
Files = Mapping[str, bytes]


def merge_people(files: Files, story: Story, id: str, others: Sequence[str]) -> dict[str, bytes]:
    """Return the files in which `others` have become `id`: their names its aliases, and every reference one to it.

    Raise EditError where there is no such person.
    """
    kept = find_person(story, id)
    merged = [find_person(story, other) for other in dict.fromkeys(others) if other != id]
    if not merged:
        raise EditError(f"name somebody else to merge into {id}")
    person = _merge(kept, merged)
    gone = {other.id for other in merged}
    changes = _change_references(
        files, lambda ids: list(dict.fromkeys(id if other in gone else other for other in ids))
    )
    people = _without(changes.get(PEOPLE_FILE, files[PEOPLE_FILE]), gone, {id: format_person(person)})
    return changes | {PEOPLE_FILE: people}


def drop_people(
    files: Files, story: Story, ids: Sequence[str], texts: Mapping[int, str] | None = None
) -> dict[str, bytes]:
    """Return the files without these people; the paragraphs that named them keep the names under `names`.

    texts: those of the paragraphs, by number; without them all names that are written with a capital are kept. Raise EditError.
    """
    dropped = {id: find_person(story, id) for id in ids}
    changes = _change_references(files, lambda known: [id for id in known if id not in dropped])
    kept = {
        number: _names_left(paragraph, dropped, (texts or {}).get(number))
        for number, paragraph in story.paragraphs.items()
    }

    def add_names(record: Record) -> Lists:
        number = int(record["number"])
        names = [*record.get("names", []), *kept.get(number, ())]
        return {"names": unique(names)} if kept.get(number) else {}

    data = changes.get(STORY_FILE, files[STORY_FILE])
    changes[STORY_FILE] = edit_lists(data, add_names, "paragraphs")
    changes[PEOPLE_FILE] = _without(changes.get(PEOPLE_FILE, files[PEOPLE_FILE]), dropped.keys(), {})
    return changes


def add_person(files: Files, story: Story, name: str, kind: PersonKind, role: str) -> dict[str, bytes]:
    """Return the files with a record for a name that paragraphs list under `names`. Raise EditError where none does."""
    folded = name.casefold()
    numbers = [n for n, paragraph in story.paragraphs.items() if folded in map(str.casefold, paragraph.names)]
    if not numbers:
        raise EditError(f"no paragraph has the name '{name}' under 'names'; write it as it stands there")
    id = yaml_edit.generate_id(name, story.people)
    person = Person(id, name, kind, (), (), role, tuple(numbers), outside_article=False, statements=())

    def move(record: Record) -> Lists:
        if int(record["number"]) not in numbers:
            return {}
        names = [other for other in record.get("names", []) if other.casefold() != folded]
        return {"people": [*record.get("people", []), id], "names": names}

    people = files.get(PEOPLE_FILE, b"")
    if people.strip().endswith(b"[]"):
        people = people.strip().removesuffix(b"[]")
    if people and not people.endswith(b"\n"):
        people += b"\n"
    story_file = edit_lists(files[STORY_FILE], move, "paragraphs")
    return {STORY_FILE: story_file, PEOPLE_FILE: people + format_person(person).encode()}


def find_person(story: Story, id: str) -> Person:
    """Return the person with this id. Raise EditError, which suggests a similar one."""
    if id in story.people:
        return story.people[id]
    named = [person.id for person in story.people.values() if id.casefold() in _folded_names(person)]
    similar = named or difflib.get_close_matches(id, list(story.people), 1)
    raise EditError(
        f"There is no person '{id}' in {PEOPLE_FILE}." + (f" Did you mean '{similar[0]}'?" if similar else "")
    )


def format_person(person: Person) -> str:
    """Return a person's record as YAML."""
    lines = [f"- id: {person.id}", f"  name: {quote(person.name)}", f"  kind: {person.kind}"]
    if person.aliases or not person.outside_article:
        lines.append(f"  aliases: {format_list(person.aliases)}")
    if person.members:
        lines.append(f"  members: {format_list(person.members)}")
    lines.append(f"  role: {quote(person.role)}")
    if person.cites:
        lines.append(f"  cites: [{', '.join(map(str, person.cites))}]")
    if person.outside_article:
        lines.append("  outside: true")
    if person.statements:
        lines.append("  says:")
        lines += [
            f"    - {{text: {quote(said.text)}, cites: [{', '.join(map(str, said.cites))}]}}"
            for said in person.statements
        ]
    return "\n".join(lines) + "\n"


def _folded_names(person: Person) -> list[str]:
    return [name.casefold() for name in (person.name, *person.aliases)]


def _merge(kept: Person, others: Sequence[Person]) -> Person:
    people = [kept, *others]
    gone = {person.id for person in people}
    names = [name for person in people for name in (person.name, *person.aliases)]
    written = [person.role for person in people if TODO not in person.role]
    return Person(
        id=kept.id,
        name=kept.name,
        kind=kept.kind,
        aliases=tuple(name for name in unique(names) if name.casefold() != kept.name.casefold()),
        members=tuple(dict.fromkeys(id for person in people for id in person.members if id not in gone)),
        role=written[0] if written else kept.role,
        cites=tuple(sorted({number for person in people for number in person.cites})),
        outside_article=all(person.outside_article for person in people),
        statements=tuple(said for person in people for said in person.statements),
    )


def _change_references(files: Files, change: Callable[[list[str]], list[str]]) -> dict[str, bytes]:
    """Return the files in which a list of people changes, with all such lists changed."""
    changed = {}
    for name, data in files.items():
        keys = REFERENCES.get("qa/" if name.startswith("qa/") else name)
        if keys is None:
            continue

        def edit(record: Record, keys: Collection[str] = keys) -> Lists:
            return {key: change(record[key]) for key in keys if isinstance(record.get(key), list)}

        edited = edit_lists(data, edit, "paragraphs" if name == STORY_FILE else "")
        if edited != data:
            changed[name] = edited
    return changed


def _without(data: bytes, gone: Collection[str], new: Mapping[str, str]) -> bytes:
    """Return people.yaml without some records, others replaced."""
    blocks = yaml_edit.split_entries(data)
    text = "".join(new.get(id, block) for id, block in blocks if id not in gone)
    has_records = any(id and id not in gone for id, _ in blocks)
    return (text if has_records else f"{text.rstrip()}\n[]\n").encode()


def _names_left(paragraph: Paragraph, dropped: Mapping[str, Person], text: str | None) -> list[str]:
    """Return the names of dropped people that a paragraph keeps: those that stand in its text, where that is known."""
    people = [dropped[id] for id in paragraph.people if id in dropped]
    names = [name for person in people for name in (person.name, *person.aliases)]
    if text is None:
        return [name for name in names if re.match(r"\W?[^\W\d_a-z]|[a-z]{1,2}[A-Z]", name)]
    found = [name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)]
    return [name for name in found if not any(name != other and name in other for other in found)]
