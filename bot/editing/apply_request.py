"""Application of a change request to a version of the base: pure, from files to files."""

from collections.abc import Iterable, Mapping

from bot.editing.change_request import (
    AcceptSuggestions,
    AddEntry,
    AddPerson,
    AddPhrasings,
    ChangeRequest,
    DropPeople,
    EditEntry,
    Fields,
    ImportBase,
    MergePeople,
    PeopleRequest,
    RemoveEntry,
    UndoChange,
    get_entry,
    load_entry,
)
from bot.editing.removal import remove_with_links
from bot.errors import EditError
from bot.journal.records import Change, FileVersions
from bot.story import people_edit, revert, yaml_edit
from bot.story.base_files import ENTRIES_FOLDER
from bot.story.entry import Entry, FieldValue
from bot.story.models import Story
from bot.story.repository import FileSnapshot

FileChanges = Mapping[str, bytes | None]
"""New contents by file name; None for a file that is removed."""


def apply(
    request: ChangeRequest, version: FileSnapshot, story: Story, undone: Change | None = None
) -> tuple[str, FileChanges]:
    """Return the change's title for the history, and the files that it writes; `undone`: the change that is undone.

    Raises EditError (Conflict among them). The files are not validated here.
    """
    match request:
        case MergePeople() | DropPeople() | AddPerson():
            return _change_people(request, version, story)
        case UndoChange(number):
            return _undo(number, version, undone)
        case ImportBase(files):
            return "import an archive", dict.fromkeys(version.files) | dict(files)
        case _:
            return _change_entry(request, version, story)


def _change_entry(
    request: AddEntry | EditEntry | AddPhrasings | AcceptSuggestions | RemoveEntry, version: FileSnapshot, story: Story
) -> tuple[str, FileChanges]:
    match request:
        case AddEntry(fields, file):
            id = str(fields.get("id") or yaml_edit.generate_id(str(fields.get("question", "")), story.entries))
            name = _file_name(file) if file else _choose_file(fields, story)
            return f"add {id}", {name: yaml_edit.add_entry(version.files.get(name, b""), {**fields, "id": id})}
        case EditEntry(id, fields):
            current = load_entry(version, story, id)
            changed = {key: value for key, value in fields.items() if _fold(value) != _fold(current.fields.get(key))}
            return f"edit {id}", {current.file: yaml_edit.change_entry(version.files[current.file], id, changed)}
        case AddPhrasings(id):
            return f"phrase {id}", _add_all_phrasings([request], version, story)
        case AcceptSuggestions(additions):
            count = len(additions)
            title = f"accept {count} suggestion{'' if count == 1 else 's'}"
            return title, _add_all_phrasings(additions, version, story)
        case RemoveEntry(id):
            entry = get_entry(story, id)  # the title keeps the question, which nothing else knows afterwards
            return f"remove {id} ({entry.question})", remove_with_links(entry, version.files, story)


def _change_people(request: PeopleRequest, version: FileSnapshot, story: Story) -> tuple[str, FileChanges]:
    match request:
        case MergePeople(id, others):
            title = f"merge {', '.join(others)} into {id}"
            return title, people_edit.merge_people(version.files, story, id, others)
        case DropPeople(ids, texts):
            return f"drop {', '.join(ids)}", people_edit.drop_people(version.files, story, ids, texts)
        case AddPerson(name, kind, role):
            return f"make a record of {name}", people_edit.add_person(version.files, story, name, kind, role)


def _undo(number: int, version: FileSnapshot, change: Change | None) -> tuple[str, FileChanges]:
    if change is None:
        raise EditError(f"There is no change {number} in the history.")
    if change.state != "made":
        raise EditError(f"Change {number} was never published, so there is nothing to undo.")
    files = {name: _revert_file(name, version.files.get(name), *texts) for name, texts in change.files.items()}
    return f"undo {number} ({change.title})", files


def _revert_file(name: str, current: bytes | None, before: str | None, after: str | None) -> bytes | None:
    """Return a file without one change of it. Raises EditError where later changes overlap it."""
    if decode(current) == after:
        return None if before is None else before.encode()
    if current is None or not name.startswith(ENTRIES_FOLDER):
        raise EditError(f"{name} has been changed since. Undo the later changes first, or edit it.")
    try:
        text = revert.revert_change(current.decode(), before or "", after or "")
    except revert.RevertConflict as error:
        raise EditError(f"{error}. Undo the later changes first, or edit it.") from error
    return text.encode() if text.strip() else None


def _add_all_phrasings(additions: Iterable[AddPhrasings], version: FileSnapshot, story: Story) -> dict[str, bytes]:
    """Return the files with the phrasings of several entries added."""
    changed: dict[str, bytes] = {}
    for addition in additions:
        entry = get_entry(story, addition.id)
        data = changed.get(entry.file, version.files[entry.file])
        changed[entry.file] = _add_phrasings(data, entry, addition.phrasings)
    return changed


def _add_phrasings(data: bytes, entry: Entry, phrasings: tuple[str, ...]) -> bytes:
    """Return a file with those phrasings added that the entry does not have yet."""
    known = {" ".join(text.casefold().split()) for text in (entry.question, *entry.phrasings)}
    for phrasing in phrasings:
        folded = " ".join(phrasing.casefold().split())
        if folded and folded not in known:
            data = yaml_edit.add_phrasing(data, entry.id, phrasing)
            known.add(folded)
    return data


def _fold(value: FieldValue | None) -> str | list[str]:
    """Return a field's value independent of how it is written in YAML."""
    return " ".join(value.split()) if isinstance(value, str) else [str(item) for item in value or ()]


def _file_name(name: str) -> str:
    return name if "/" in name else f"{ENTRIES_FOLDER}{name.removesuffix('.yaml')}.yaml"


def _choose_file(fields: Fields, story: Story) -> str:
    """Return the file with most of the entries whose first paragraph is the same."""
    cites = fields.get("cites") or ()
    first = str(cites[0]) if cites else ""
    same_paragraph = [entry.file for entry in story.written_entries if str(entry.cites[0]) == first]
    files = same_paragraph or [entry.file for entry in story.written_entries]
    return max(files, key=files.count, default=f"{ENTRIES_FOLDER}answers.yaml")


def merge_files(files: Mapping[str, bytes], changes: FileChanges) -> dict[str, bytes]:
    """Return the files after the changes."""
    kept = {name: data for name, data in files.items() if name not in changes}
    return kept | {name: data for name, data in changes.items() if data is not None}


def file_versions(version: FileSnapshot, changes: FileChanges) -> dict[str, FileVersions]:
    """Return the text of each changed file before and after; None where there is no file."""
    return {name: (decode(version.files.get(name)), decode(data)) for name, data in changes.items()}


def decode(data: bytes | None) -> str | None:
    """Return a file's text; None for None."""
    return None if data is None else data.decode("utf-8")
