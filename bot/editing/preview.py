"""A draft's preview: what would be published, entry by entry.

Synchronous, and may take seconds: an event loop calls it through a thread.
"""

import hashlib
from collections.abc import Mapping
from contextlib import suppress

from msgspec import Struct

from bot.editing import archive
from bot.editing.apply_request import file_versions
from bot.editing.change_request import (
    AcceptSuggestions,
    AddEntry,
    AddPhrasings,
    ChangeRequest,
    EditEntry,
    ImportBase,
    RemoveEntry,
    UndoChange,
)
from bot.editing.change_text import describe_change
from bot.editing.difference import Difference
from bot.editing.editor import Editor
from bot.editing.entry_form import LABELS, FieldChange, compare_texts, form_texts, topic_slug
from bot.editing.form_parser import parse_fields
from bot.editing.impact import changed_entries
from bot.editing.proposal import Proposal
from bot.errors import EditError
from bot.journal.records import Draft
from bot.story.base_files import ENTRIES_FOLDER
from bot.story.entry import Entry
from bot.story.models import Story

UNCHANGED = "Nothing would change: this is already published."


class Collision(EditError):
    """Somebody else has changed the entry since the form was opened; carries both versions, as texts of a form."""

    def __init__(self, mine: Mapping[str, str], theirs: Mapping[str, str]) -> None:
        super().__init__("Somebody else has changed this entry since you opened it.")
        self.mine = mine
        self.theirs = theirs


class Preview(Struct, frozen=True):
    """What publishing a draft would do."""

    draft: Draft
    proposal: Proposal
    differences: tuple[Difference, ...]
    other_files: tuple[str, ...]
    """Changed files that hold no entries."""
    fingerprint: str
    """Identifies what the preview shows."""
    details: tuple[Difference, ...] = ()
    """Where whole files change (an archive, an undone change): every record that does, unless they are too many."""

    @property
    def story(self) -> Story:
        """The base as it would be."""
        return self.proposal.story


def make_preview(editor: Editor, draft: Draft) -> Preview:
    """Return a draft's preview. Raises EditError (Collision among them) and StoryError where it can't be published."""
    proposal = editor.propose(change_request(draft, editor))
    if not proposal.changes:
        raise EditError(UNCHANGED)
    shown = repr((proposal.diff, proposal.warnings, proposal.reply, proposal.also_answers))
    return Preview(
        draft=draft,
        proposal=proposal,
        differences=compare_stories(proposal.old_story, proposal.story),
        other_files=tuple(name for name in sorted(proposal.changes) if not name.startswith(ENTRIES_FOLDER)),
        fingerprint=hashlib.sha256(shown.encode()).hexdigest()[:8],
        details=_details(proposal) if draft.kind in ("undo", "import") else (),
    )


def _details(proposal: Proposal) -> tuple[Difference, ...]:
    with suppress(EditError):  # too large; the diff of the files is shown
        return describe_change(file_versions(proposal.version, proposal.changes), proposal.story)
    return ()


def change_request(draft: Draft, editor: Editor) -> ChangeRequest:
    """Return the change that a draft means. Raises EditError, StoryError."""
    if draft.kind in ("undo", "import", "phrases"):
        return _request_about_many(draft)
    story = editor.snapshot().story
    if draft.kind == "add":
        topic = topic_slug(draft.target)
        if not topic:
            raise EditError("Choose a topic for the new answer, as in ‘denial’.")
        return AddEntry(parse_fields(draft.texts, {}, story), topic)
    entry = story.entries.get(draft.target)
    if entry is None:
        raise EditError("That answer has been removed in the meantime.")
    if draft.kind == "remove":
        return RemoveEntry(entry.id)
    if draft.kind == "phrase":
        return AddPhrasings(entry.id, (" ".join(draft.texts.get("phrasing", "").split()),))
    return _edit_request(draft, story, entry)


def _request_about_many(draft: Draft) -> ChangeRequest:
    """Return the change that a draft means which is about no entry in particular."""
    if draft.kind == "undo":
        return UndoChange(int(draft.target))
    if draft.kind == "import":
        return ImportBase(archive.unpack(draft.archive))
    texts = [(id, text) for id, lines in draft.texts.items() for text in lines.splitlines()]
    return AcceptSuggestions(tuple(AddPhrasings(id, (text,)) for id, text in texts))


def _edit_request(draft: Draft, story: Story, entry: Entry) -> EditEntry:
    current = form_texts(entry, story)
    if not compare_texts(current, draft.texts):
        raise EditError(UNCHANGED)
    if compare_texts(draft.original_texts, current):
        raise Collision(draft.texts, current)
    return EditEntry(entry.id, parse_fields(draft.texts, current, story, entry))


def compare_stories(old: Story, new: Story) -> tuple[Difference, ...]:
    """Return the entries that are new, removed, or different in a field of the form."""
    differences = []
    for id in changed_entries(old, new):
        before, after = old.entries.get(id), new.entries.get(id)
        if after is None:
            differences.append(Difference(id, old.entries[id].question, "removed"))
        elif before is None:
            differences.append(Difference(id, after.question, "new"))
        elif changed := [name for name in LABELS if getattr(before, name) != getattr(after, name)]:
            changes = tuple(FieldChange(name, _text(before, old, name), _text(after, new, name)) for name in changed)
            differences.append(Difference(id, after.question, "changed", changes))
    return tuple(differences)


def _text(entry: Entry, story: Story, name: str) -> str:
    """Return the form's text of a field, with all phrasings."""
    return "\n".join(entry.phrasings) if name == "phrasings" else form_texts(entry, story)[name]
