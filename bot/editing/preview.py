"""What a draft would do, before it is done: the card as members will see it, entry by entry what is different, warnings.

Synchronous, and takes seconds: an event loop calls it through a thread.
"""

import hashlib
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from bot.editing import entry_form
from bot.editing.editor import Editor
from bot.editing.entry_form import LABELS, Shift
from bot.editing.proposal import Proposal, applied
from bot.errors import EditError
from bot.journal.records import Draft
from bot.story import base_files, loader
from bot.story.entry import Entry
from bot.story.models import Story

Fate = Literal["new", "changed", "gone"]


class Collision(EditError):
    """Somebody else has changed the entry since the form was opened; carries both versions, as fields of a form."""

    def __init__(self, mine: Mapping[str, str], theirs: Mapping[str, str]) -> None:
        super().__init__("Somebody else has changed this entry since you opened it.")
        self.mine = mine
        self.theirs = theirs


class Difference(Struct, frozen=True):
    """One entry that is not what it was."""

    id: str
    question: str
    fate: Fate
    shifts: tuple[Shift, ...] = ()


class Preview(Struct, frozen=True):
    """What would be published. `story`: the base as it would be; `seen`: tells this preview from any other."""

    draft: Draft
    proposal: Proposal
    story: Story
    differences: tuple[Difference, ...]
    files: tuple[str, ...]
    """Files that hold no entries and change."""
    seen: str


def look(editor: Editor, draft: Draft) -> Preview:
    """What a draft would do now. Raises EditError (Collision among them) and StoryError where it can't be published."""
    proposal = propose(editor, draft)
    if not proposal.changes:
        raise EditError("Nothing would change: that is what is published already.")
    old = loader.parse_story(proposal.version.files)
    new = loader.parse_story(applied(proposal.version.files, proposal.changes))
    seen = hashlib.sha256(repr((proposal.diff, proposal.warnings, proposal.reply)).encode()).hexdigest()[:8]
    others = tuple(name for name in sorted(proposal.changes) if not name.startswith(base_files.ENTRIES_FOLDER))
    return Preview(draft, proposal, new, differences(old, new), others, seen)


def propose(editor: Editor, draft: Draft) -> Proposal:
    """The change that a draft means. Raises EditError, StoryError."""
    if draft.kind == "undo":
        return editor.undo(int(draft.target))
    if draft.kind == "import":
        return editor.import_(draft.archive)
    story = editor.story()
    if draft.kind == "add":
        name = entry_form.topic(draft.target)
        if not name:
            raise EditError("The new answer needs a topic, as in ‘denial’.")
        return editor.add(entry_form.fields(draft.texts, {}, story), name)
    if draft.target not in story.entries:
        raise EditError("That answer has been taken away meanwhile.")
    id = draft.target
    if draft.kind == "remove":
        _let_go(id, story)
        return editor.remove(id)
    if draft.kind == "phrase":
        return editor.phrase(id, " ".join(draft.texts.get("phrasing", "").split()))
    return _edit(editor, draft, story, id)


def _let_go(id: str, story: Story) -> None:
    """Raises EditError where other entries lead to this one."""
    leading = [e.question for e in story.entries.values() if id in e.related or id == e.nearest]
    if leading:
        listed = "\n".join(f"‘{question}’" for question in leading)
        raise EditError(f"Other answers lead to this one; change what is to be read next there first:\n{listed}")


def _edit(editor: Editor, draft: Draft, story: Story, id: str) -> Proposal:
    entry = story.entries[id]
    now = entry_form.texts(entry, story)
    if not entry_form.shifts(now, draft.texts):
        raise EditError("Nothing would change: that is what is published already.")
    if entry_form.shifts(draft.original_texts, now):
        raise Collision(draft.texts, now)
    return editor.edit(id, entry_form.fields(draft.texts, now, story, entry))


def differences(old: Story, new: Story) -> tuple[Difference, ...]:
    """The entries that two versions of the base do not have alike."""
    found = []
    for id in dict.fromkeys((*old.entries, *new.entries)):
        before, after = old.entries.get(id), new.entries.get(id)
        if before is None or after is None:
            one = after or before
            found.append(Difference(id, one.question if one else "", "gone" if after is None else "new"))
        elif changed := [name for name in LABELS if getattr(before, name) != getattr(after, name)]:
            shifts = tuple(Shift(n, _text(before, old, n), _text(after, new, n)) for n in changed)
            found.append(Difference(id, after.question, "changed", shifts))
    return tuple(found)


def _text(entry: Entry, story: Story, name: str) -> str:
    """A field as it is read; all phrasings, however many."""
    return "\n".join(entry.phrasings) if name == "phrasings" else entry_form.texts(entry, story)[name]
