"""A change that somebody wants of the base, as a record, and the files that it makes. Pure: versions in, files out."""

import difflib
import hashlib
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from bot.answering.reply import Reply
from bot.errors import EditError
from bot.journal.records import Change
from bot.story import revert, yaml_edit
from bot.story.base_files import ENTRIES_FOLDER
from bot.story.entry import Entry, FieldValue, field_values
from bot.story.models import Story
from bot.story.repository import Conflict, FileSnapshot

Fields = Mapping[str, FieldValue]
Files = Mapping[str, bytes | None]


class Add(Struct, frozen=True):
    """A new entry at the end of a file of `qa/`; no file: where its neighbours are."""

    fields: Fields
    file: str = ""


class Revise(Struct, frozen=True):
    """Fields of an entry replaced; `seen`: the entry's mark when its text was looked at (see `Entered`)."""

    id: str
    fields: Fields
    seen: str


class Phrase(Struct, frozen=True):
    """More phrasings for an entry, whatever else it says by then."""

    id: str
    phrasings: tuple[str, ...]


class Remove(Struct, frozen=True):
    """An entry taken away, if it still is what was `seen`."""

    id: str
    seen: str


class Undo(Struct, frozen=True):
    """A change of the history taken back."""

    number: int


class Import(Struct, frozen=True):
    """The files of an archive in place of all there are."""

    files: Mapping[str, bytes]


Edit = Add | Revise | Phrase | Remove | Undo | Import
"""A change that somebody wants, whatever the base is when it is made."""


class Entered(Struct, frozen=True):
    """An entry as it stands in its file: its fields, to fill a form with, and a mark that tells this text from any other."""

    id: str
    file: str
    fields: Fields
    mark: str


class Proposal(Struct, frozen=True):
    """A change that has been made nowhere yet.

    warnings: what may be published over only by saying so; reply: where it is about one entry that is there afterwards, its
    card as members will see it; diff: the change as lines with + and -.
    """

    edit: Edit
    what: str
    changes: Files
    version: FileSnapshot
    warnings: tuple[str, ...]
    reply: Reply | None
    diff: str


class Moved(EditError):
    """The base has moved since the proposal was seen, and the change would do something else; carries it as it is now."""

    def __init__(self, proposal: Proposal) -> None:
        super().__init__("The base has changed since you looked, and so has what this would do. Look at it again.")
        self.proposal = proposal


def made(edit: Edit, version: FileSnapshot, story: Story, undone: Change | None = None) -> tuple[str, Files]:
    """What a change is called, and the files it makes; `undone`: for Undo, the change of the history.

    Raises EditError (Conflict among them); whether the files make a base is for the reader to say.
    """
    match edit:
        case Add(fields, file):
            id = str(fields.get("id") or yaml_edit.generate_id(str(fields.get("question", "")), story.entries))
            name = _file(file) if file else _beside(fields, story)
            return f"add {id}", {name: yaml_edit.add_entry(version.files.get(name, b""), {**fields, "id": id})}
        case Revise(id, fields):
            present = entered(version, story, id)
            wanted = {key: value for key, value in fields.items() if _plain(value) != _plain(present.fields.get(key))}
            return f"edit {id}", {present.file: yaml_edit.change_entry(version.files[present.file], id, wanted)}
        case Phrase(id, phrasings):
            name = _known(story, id).file
            return f"phrase {id}", {name: _phrased(version.files[name], story.entries[id], phrasings)}
        case Remove(id):
            name = _known(story, id).file
            data = yaml_edit.remove_entry(version.files[name], id)
            return f"remove {id}", {name: data if data.strip() else None}
        case Undo(number):
            if undone is None:
                raise EditError(f"There is no change {number}; the history lists them.")
            if undone.state != "made":
                raise EditError(f"Change {number} was never published, so there is nothing to undo.")
            files = {name: _undone(name, version.files.get(name), *texts) for name, texts in undone.files.items()}
            return f"undo {number} ({undone.title})"[:200], files
        case Import(files):
            return "import an archive", dict.fromkeys(version.files) | dict(files)


def _phrased(data: bytes, entry: Entry, phrasings: tuple[str, ...]) -> bytes:
    """A file with those phrasings for an entry that it does not have yet."""
    known = {" ".join(text.casefold().split()) for text in (entry.question, *entry.phrasings)}
    for phrasing in phrasings:
        plain = " ".join(phrasing.casefold().split())
        if plain and plain not in known:
            data = yaml_edit.add_phrasing(data, entry.id, phrasing)
            known.add(plain)
    return data


def _plain(value: FieldValue | None) -> str | list[str]:
    """A field as it reads, however it is written."""
    return " ".join(value.split()) if isinstance(value, str) else [str(one) for one in value or ()]


def _undone(name: str, now: bytes | None, before: str | None, after: str | None) -> bytes | None:
    """A file without one change of it. Raises EditError."""
    if _text(now) == after:
        return None if before is None else before.encode()
    if now is None or not name.startswith(ENTRIES_FOLDER):
        raise EditError(f"{name} has been changed since; undo the later changes first, or edit it.")
    try:
        text = revert.revert_change(now.decode(), before or "", after or "")
    except revert.RevertConflict as error:
        raise EditError(f"{error}; undo the later changes first, or edit it.") from error
    return text.encode() if text.strip() else None


def seen(edit: Edit, version: FileSnapshot, story: Story) -> Edit:
    """The change with the mark of the entry that it is about. Raises Conflict where that is not the one seen."""
    if not isinstance(edit, Revise | Remove):
        return edit
    yours = edit.fields if isinstance(edit, Revise) else {}
    if edit.seen and edit.id not in story.entries:
        raise Conflict(f"Somebody else has removed '{edit.id}' meanwhile.", edit.id, yours)
    present = entered(version, story, edit.id)
    if edit.seen and edit.seen != present.mark:
        sentence = f"Somebody else has changed '{edit.id}' meanwhile. Look at both versions, then repeat your change."
        raise Conflict(sentence, edit.id, yours, present.fields)
    return replace(edit, seen=present.mark)


def entered(version: FileSnapshot, story: Story, id: str) -> Entered:
    """An entry as it stands in its file. Raises EditError where there is none, or its file is not written by line."""
    entry = _known(story, id)
    block = dict(yaml_edit.split_entries(version.files[entry.file]))[id]
    mark = hashlib.sha256(block.encode()).hexdigest()[:16]
    return Entered(id, entry.file, field_values(entry), mark)


def _known(story: Story, id: str) -> Entry:
    if id not in story.entries:
        near = difflib.get_close_matches(id, list(story.entries), 1) or [one for one in story.entries if id in one]
        raise EditError(f"There is no entry '{id}'." + (f" Did you mean '{near[0]}'?" if near else ""))
    return story.entries[id]


def _file(name: str) -> str:
    return name if "/" in name else f"{ENTRIES_FOLDER}{name.removesuffix('.yaml')}.yaml"


def _beside(fields: Fields, story: Story) -> str:
    """The file with most of the entries that cite the same paragraph first."""
    cites = fields.get("cites") or ()
    first = str(cites[0]) if cites else ""
    near = [entry.file for entry in story.entries.values() if str(entry.cites[0]) == first]
    listed = near or [entry.file for entry in story.entries.values()]
    return max(listed, key=listed.count, default=f"{ENTRIES_FOLDER}answers.yaml")


def applied(files: Mapping[str, bytes], changes: Files) -> dict[str, bytes]:
    """The files after the changes."""
    kept = {name: data for name, data in files.items() if name not in changes}
    return kept | {name: data for name, data in changes.items() if data is not None}


def texts(version: FileSnapshot, changes: Files) -> dict[str, tuple[str | None, str | None]]:
    """Each file's text before and after the changes, None where it is not there."""
    return {name: (_text(version.files.get(name)), _text(data)) for name, data in changes.items()}


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode("utf-8")
