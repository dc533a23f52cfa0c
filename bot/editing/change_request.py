"""Requests to change the base, independent of the version that they are applied to, and optimistic locking of entries."""

import difflib
import hashlib
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from bot.errors import EditError
from bot.story import yaml_edit
from bot.story.derived import shown_entry
from bot.story.entry import Entry, FieldValue, field_values
from bot.story.models import PersonKind, Story
from bot.story.repository import Conflict, FileSnapshot

Fields = Mapping[str, FieldValue]
"""Fields of an entry, by YAML key."""


class AddEntry(Struct, frozen=True):
    """Add an entry at the end of a file of `qa/`; without a file, of the one whose entries cite the same paragraph."""

    fields: Fields
    file: str = ""


class EditEntry(Struct, frozen=True):
    """Replace fields of an entry; `fingerprint`: that of the entry when it was loaded, empty for its current one."""

    id: str
    fields: Fields
    fingerprint: str = ""


class AddPhrasings(Struct, frozen=True):
    """Add phrasings to an entry, whatever else it says by then."""

    id: str
    phrasings: tuple[str, ...]


class AcceptSuggestions(Struct, frozen=True):
    """Add phrasings to several entries at once."""

    additions: tuple[AddPhrasings, ...]


class RemoveEntry(Struct, frozen=True):
    """Remove an entry; `fingerprint` as for EditEntry."""

    id: str
    fingerprint: str = ""


class MergePeople(Struct, frozen=True):
    """Make `others` part of the person `id`."""

    id: str
    others: tuple[str, ...]


class DropPeople(Struct, frozen=True):
    """Remove people; `texts`: the paragraphs' texts as far as they are known, which tell what names stand in them."""

    ids: tuple[str, ...]
    texts: Mapping[int, str]


class AddPerson(Struct, frozen=True):
    """Make a record of a name of the paragraphs."""

    name: str
    kind: PersonKind
    role: str


class UndoChange(Struct, frozen=True):
    """Undo a change of the history."""

    number: int


class ImportBase(Struct, frozen=True):
    """Replace all files of the base."""

    files: Mapping[str, bytes]


PeopleRequest = MergePeople | DropPeople | AddPerson
ChangeRequest = (
    AddEntry | EditEntry | AddPhrasings | AcceptSuggestions | RemoveEntry | PeopleRequest | UndoChange | ImportBase
)


class LoadedEntry(Struct, frozen=True):
    """An entry as its file has it: its fields, and a fingerprint of its text."""

    id: str
    file: str
    fields: Fields
    fingerprint: str


def load_entry(version: FileSnapshot, story: Story, id: str) -> LoadedEntry:
    """Return an entry of this version. Raises EditError where there is none, or its file is not in block style."""
    entry = get_entry(story, id)
    text = dict(yaml_edit.split_entries(version.files[entry.file]))[id]
    return LoadedEntry(id, entry.file, field_values(entry), hashlib.sha256(text.encode()).hexdigest()[:16])


def get_entry(story: Story, id: str) -> Entry:
    """Return the entry with this id. Raises EditError, which suggests a similar id."""
    entry = shown_entry(story, id)
    if entry is None:
        similar = difflib.get_close_matches(id, list(story.entries), 1) or [
            other for other in story.entries if id in other
        ]
        raise EditError(f"There is no entry '{id}'." + (f" Did you mean '{similar[0]}'?" if similar else ""))
    if not entry.is_written:
        raise EditError(f"‘{entry.question}’ is made from {entry.file}; change it there.")
    return entry


def check_unchanged(request: ChangeRequest, version: FileSnapshot, story: Story) -> ChangeRequest:
    """Return the request with the fingerprint of its entry. Raises Conflict where it has another one already."""
    if not isinstance(request, EditEntry | RemoveEntry):
        return request
    yours = request.fields if isinstance(request, EditEntry) else {}
    if request.fingerprint and request.id not in story.entries:
        raise Conflict(f"Somebody else has removed '{request.id}' in the meantime.", request.id, yours)
    current = load_entry(version, story, request.id)
    if request.fingerprint and request.fingerprint != current.fingerprint:
        sentence = (
            f"Somebody else has changed '{request.id}' in the meantime. Compare both versions, then repeat your change."
        )
        raise Conflict(sentence, request.id, yours, current.fields)
    return replace(request, fingerprint=current.fingerprint)
