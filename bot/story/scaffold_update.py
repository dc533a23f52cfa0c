"""`pilcrow new` on a base that is there: adds what an article has and the base lacks, and changes nothing that is written.

Pure: files in, changed files out. What a person has taken out of the records by hand cannot be told from what was never
there; so records of people are proposed only for new paragraphs.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from bot.nlp.name_finder import NameFinder
from bot.story.article import match_paragraphs, visible_text
from bot.story.article_draft import (
    ArticleDraft,
    ParagraphDraft,
    PersonDraft,
    draft_article,
    find_unlisted_names,
    paragraph_lines,
)
from bot.story.article_mentions import unique
from bot.story.models import Paragraph, Story
from bot.story.record_lists import Lists, Record, edit_lists
from bot.story.scaffold import check_length, format_paragraph, format_person

_LISTS = ("names", "numbers", "days", "quotes")


class Update(Struct, frozen=True):
    """The changed files of a base, and a sentence for each thing that was done or is left to do."""

    files: Mapping[str, bytes]
    report: tuple[str, ...]


def update_base(files: Mapping[str, bytes], story: Story, lines: Sequence[str]) -> Update:
    """Return a base with what an article's `lines`, headline first, have and the base lacks. Raise ArticleTooLong, EditError."""
    texts = match_paragraphs(story, lines)
    draft = draft_article(lines)
    known = {paragraph.sha256 for paragraph in story.paragraphs.values()}
    changed = {p.first_words: p.number for p in story.paragraphs.values() if p.number not in texts}
    found = [
        paragraph
        for paragraph in draft.paragraphs
        if paragraph.sha256 not in known and paragraph_lines([paragraph.text])
    ]
    new = [paragraph for paragraph in found if paragraph.first_words not in changed]
    check_length(len(story.paragraphs) + len(new))
    additions = {n: _additions(story, story.paragraphs[n], visible_text(text), draft) for n, text in texts.items()}
    additions = {number: lists for number, lists in additions.items() if lists}
    paragraphs, people = _number(story, draft, new)
    result = dict(files)
    result["story.yaml"] = edit_lists(files["story.yaml"], lambda record: _extended(record, additions), "paragraphs")
    if paragraphs:
        result["story.yaml"] = _append_paragraphs(result["story.yaml"], paragraphs)
    if people:
        result["people.yaml"] = _append(files.get("people.yaml", b""), "".join(map(format_person, people)))
    report = [
        *(_describe_additions(number, lists) for number, lists in additions.items()),
        *(
            f"Added paragraph {paragraph.number} ({paragraph.first_words} …); write its gist."
            for paragraph in paragraphs
        ),
        *(f"Added {person.id} to people.yaml ({person.kind}); write its role." for person in people),
        *_describe_changed(found, changed, story, texts),
    ]
    return Update({name: data for name, data in result.items() if files.get(name) != data}, tuple(report))


def _additions(story: Story, paragraph: Paragraph, text: str, draft: ArticleDraft) -> dict[str, list[str]]:
    """Return what a paragraph's record lacks, by key."""
    found = next((other for other in draft.paragraphs if other.sha256 == paragraph.sha256), None)
    if found is None:
        return {}
    listed = [story.people[id] for id in (*paragraph.people, *paragraph.implied_people)]
    known = [*paragraph.names, *(name for person in listed for name in (person.name, *person.aliases))]
    forms = [form for person in draft.people if person.id in found.people for form in (person.name, *person.aliases)]
    finder = NameFinder(forms)
    names = unique([*found.names, *sorted(finder.find(text), key=text.find)])
    lacking = {"names": find_unlisted_names(text, names, known)}
    dates = " ".join(paragraph.days).casefold()
    lacking["numbers"] = _lacking(found.numbers, paragraph.numbers)
    lacking["days"] = [day for day in _lacking(found.days, paragraph.days) if day.casefold() not in dates]
    quoted = [quote.casefold() for quote in paragraph.quotes]
    lacking["quotes"] = [quote for quote in found.quotes if not any(quote.casefold() in known for known in quoted)]
    return {key: texts for key, texts in lacking.items() if texts}


def _lacking(found: Iterable[str], recorded: Iterable[str]) -> list[str]:
    known = {text.casefold() for text in recorded}
    return [text for text in found if text.casefold() not in known]


def _extended(record: Record, additions: Mapping[int, Mapping[str, Sequence[str]]]) -> Lists:
    lists = additions.get(int(record["number"]), {})
    return {key: unique([*record.get(key, []), *texts]) for key, texts in lists.items()}


def _number(
    story: Story, draft: ArticleDraft, new: Sequence[ParagraphDraft]
) -> tuple[list[ParagraphDraft], list[PersonDraft]]:
    """Return the new paragraphs with numbers of their own, and records for whom only they name."""
    numbers = {paragraph.number: max(story.paragraphs, default=0) + i for i, paragraph in enumerate(new, 1)}
    ids = {name.casefold(): person.id for person in story.people.values() for name in (person.name, *person.aliases)}
    people: list[PersonDraft] = []
    known: dict[str, str] = {}
    """The id in the base of somebody in the draft, '' if they get no record."""
    for person in draft.people:
        same = [ids[name.casefold()] for name in (person.name, *person.aliases) if name.casefold() in ids]
        known[person.id] = same[0] if same else ""
        if not same and set(person.cites) <= numbers.keys() and person.id not in story.people:
            known[person.id] = person.id
            cites = tuple(numbers[number] for number in person.cites)
            people.append(replace(person, cites=cites))
    names = {person.id: (person.name, *person.aliases) for person in draft.people}
    paragraphs = []
    for paragraph in new:
        left = [name for id in paragraph.people if not known[id] for name in names[id] if name in paragraph.text]
        named = dict.fromkeys(known[id] for id in paragraph.people if known[id])
        listed = unique([*paragraph.names, *left])
        paragraphs.append(
            replace(paragraph, number=numbers[paragraph.number], people=tuple(named), names=tuple(listed))
        )
    return paragraphs, people


def _append_paragraphs(data: bytes, paragraphs: Sequence[ParagraphDraft]) -> bytes:
    """Return story.yaml with paragraphs at the end of its list, which need not be the end of the file."""
    lines = data.decode().splitlines(keepends=True)
    start = next(i for i, line in enumerate(lines) if line.startswith("paragraphs:"))
    rest = range(start + 1, len(lines))
    end = next((i for i in rest if lines[i].strip() and lines[i][0] not in " -#"), len(lines))
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    indent = next((line[: line.index("-")] for line in lines[start + 1 : end] if line.lstrip().startswith("-")), "  ")
    text = "\n".join(map(format_paragraph, paragraphs))
    if indent != "  ":
        text = "".join(f"{indent}{line[2:]}" if line.strip() else line for line in text.splitlines(keepends=True))
    before = "".join(lines[:end])
    return f"{before}{'' if before.endswith(chr(10)) else chr(10)}\n{text}{''.join(lines[end:])}".encode()


def _append(data: bytes, text: str) -> bytes:
    before = data.decode().rstrip()
    before = before.removesuffix("[]").rstrip()
    return f"{before}\n{text}".encode() if before else text.encode()


def _describe_additions(number: int, lists: Mapping[str, Sequence[str]]) -> str:
    what = "; ".join(f"{key} {', '.join(texts)}" for key, texts in lists.items())
    return f"Paragraph {number}: added {what}."


def _describe_changed(
    found: Sequence[ParagraphDraft], changed: Mapping[str, int], story: Story, texts: Mapping[int, str]
) -> list[str]:
    """Return a sentence for each paragraph of the base that the article no longer has as it was."""
    again = {changed[paragraph.first_words]: paragraph for paragraph in found if paragraph.first_words in changed}
    sentences = []
    for number in story.paragraphs:
        if number in again:
            sentences.append(
                f"Paragraph {number} has changed in the article: read its gist and the answers that cite it, then write "
                f"'sha256: {again[number].sha256}'."
            )
        elif number not in texts:
            sentences.append(f"Paragraph {number} is no longer in the article; it is kept as it is.")
    return sentences
