"""Moderators' changes of the base: proposed, shown with what they would do, then published, and undone.

Front ends only show a `Proposal` and ask. Nothing is written before `publish`, which makes the change again where the base
has moved meanwhile. What is written is the base as a whole or not at all, and both versions of every file are kept in the
history, so that any change can be undone. The history knows of a change before the base does: a process that dies in between
loses neither the text nor the way back.
"""

import logging
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime

from msgspec.structs import replace

from bot.answering.knowledge_base import KnowledgeBase
from bot.editing import archive, impact, proposal
from bot.editing.proposal import Add, Edit, Entered, Fields, Import, Moved, Phrase, Proposal, Remove, Revise, Undo
from bot.errors import EditError, JournalError, PilcrowError, StoryError
from bot.journal.journal import Journal
from bot.journal.records import Change, ChangeSummary
from bot.story import loader
from bot.story.models import Story
from bot.story.repository import Conflict, FileSnapshot, check_file_names

RECENT = 50
"""Questions of the inbox that are asked again of a changed base."""
log = logging.getLogger(__name__)


class Editor:
    """Changes one base. Synchronous, and takes seconds: an event loop calls it through a thread."""

    def __init__(self, knowledge_base: KnowledgeBase, journal: Journal, now: Callable[[], datetime]) -> None:
        self._knowledge_base = knowledge_base
        self._store = knowledge_base.repository
        self._journal = journal
        self._now = now
        self._known: tuple[str, impact.State | None] = ("", None)

    def story(self) -> Story:
        """The base as it is on disk. Raises StoryError."""
        return loader.parse_story(self._store.load().files)

    def entered(self, id: str) -> Entered:
        """An entry as it stands in its file. Raises EditError where there is none, StoryError."""
        version = self._store.load()
        return proposal.entered(version, loader.parse_story(version.files), id)

    def add(self, fields: Fields, file: str = "") -> Proposal:
        """A new entry. Raises StoryError where it can't be an entry."""
        return self.propose(Add(fields, file))

    def edit(self, id: str, fields: Fields, seen: str = "") -> Proposal:
        """Fields of an entry changed; `seen`: its mark, where it was looked at before.

        Raises Conflict where it has changed since, EditError where there is none, StoryError where it would break.
        """
        return self.propose(Revise(id, fields, seen))

    def phrase(self, id: str, *phrasings: str) -> Proposal:
        """More phrasings for an entry. Raises EditError, StoryError."""
        return self.propose(Phrase(id, phrasings))

    def remove(self, id: str, seen: str = "") -> Proposal:
        """An entry taken away. Raises Conflict, EditError, StoryError where another entry names it."""
        return self.propose(Remove(id, seen))

    def undo(self, number: int) -> Proposal:
        """A change taken back; what later changes did to other entries stays. Raises EditError where it can't be."""
        return self.propose(Undo(number))

    def import_(self, packed: bytes) -> Proposal:
        """The base of an archive in place of this one. Raises EditError where it is none, StoryError where it is broken."""
        return self.propose(Import(archive.unpacked(packed)))

    def export(self) -> bytes:
        """The base as a ZIP archive of its YAML files."""
        return archive.packed(self._store.load().files)

    def propose(self, edit: Edit) -> Proposal:
        """What a change would do to the base as it is now. Raises EditError (Conflict among them), StoryError."""
        version = self._store.load()
        base = self._state(version)
        old = base.answerer.story
        edit = proposal.seen(edit, version, old)
        what, files = proposal.made(edit, version, old, self.change(edit.number) if isinstance(edit, Undo) else None)
        check_file_names(files)
        changes = {name: data for name, data in files.items() if version.files.get(name) != data}
        proposed = proposal.applied(version.files, changes)
        new = loader.parse_story(proposed)
        if isinstance(edit, Import):
            archive.check_size(new)
        after = self._knowledge_base.build(FileSnapshot.of(proposed), new).answerer
        touched = [id for id in impact.touched(old, new) if id in new.entries]
        return Proposal(
            edit=edit,
            what=what,
            changes=changes,
            version=version,
            warnings=impact.warnings(base, impact.State.of(after), self._journal.inbox.questions(RECENT)),
            reply=after.entry_reply(touched[0]) if len(touched) == 1 else None,
            diff=impact.unified(proposal.texts(version, changes)),
        )

    def publish(
        self, proposed: Proposal, who: str, why: str = "", *, despite: bool = False, answers: Iterable[int] = ()
    ) -> Change:
        """Makes a proposal true; `despite`: also with warnings; `answers`: questions of the inbox that it settles.

        Where the base has moved since, the change is made again on what is there now. Raises Moved where there are other
        warnings then, Conflict where its entry was changed, EditError, StoryError, JournalError.
        """
        with self._store.lock():
            self.settle()
            if self._store.load().revision != proposed.version.revision:
                seen, proposed = proposed, self.propose(proposed.edit)
                if set(proposed.warnings) - set(seen.warnings):
                    raise Moved(proposed)
            if proposed.warnings and not despite:
                raise EditError("There are warnings; look at them, then publish in spite of them or change it.")
            if not proposed.changes:
                raise EditError("Nothing would change.")
            change = self._publish(proposed, who, why)
            try:
                self._knowledge_base.load()
            except PilcrowError as error:  # it is published all the same
                log.warning("Change %d is published, and not answered from yet: %s", change.number, error)
        try:
            self._journal.inbox.delete(answers)
        except JournalError as error:  # it is published all the same
            log.warning("What change %d answers is still in the inbox: %s", change.number, error)
        return change

    def settle(self) -> None:
        """Finds out whether a change was made that was under way when a process died. Raises EditError, JournalError."""
        if not self._journal.history.pending():
            return
        with self._store.lock():
            made = self._store.committed_transactions()
            for number, mark in self._journal.history.pending().items():
                self._journal.history.set_state(number, "made" if mark in made else "not made")
            for mark in made:  # nobody else is publishing, so the history knows of all of them
                self._store.discard_transaction(mark)

    def changes(self, limit: int, offset: int = 0) -> list[ChangeSummary]:
        """The history without its texts, the latest first. Raises JournalError."""
        self._try_to_settle()
        return self._journal.history.changes(limit, offset)

    def change(self, number: int) -> Change | None:
        """One change of the history. Raises JournalError."""
        self._try_to_settle()
        return self._journal.history.change(number)

    def _try_to_settle(self) -> None:
        with suppress(EditError):  # somebody is publishing, and will say by themselves how it ended
            self.settle()

    def _publish(self, proposed: Proposal, who: str, why: str) -> Change:
        """Notes a change as under way, makes it, and notes that it was made."""
        version, changes = proposed.version, proposed.changes
        change = Change(
            number=0,
            at=self._now().strftime("%Y-%m-%d %H:%M"),
            author=who,
            title=proposed.what,
            reason=why,
            warnings=proposed.warnings,
            revision_before=version.revision,
            revision_after=FileSnapshot.of(proposal.applied(version.files, changes)).revision,
            files=proposal.texts(version, changes),
            state="under way",
        )
        mark = secrets.token_hex(16)
        number = self._journal.history.add(change, mark)
        try:
            self._store.publish(changes, version.revision, mark)
        except (Conflict, StoryError):
            self._journal.history.delete(number)  # refused before anything was written
            raise
        try:
            self._journal.history.set_state(number, "made")
            self._store.discard_transaction(mark)
        except JournalError as error:  # it is made, and the next change will find that out
            log.warning("Change %d is published; the history will say so later: %s", number, error)
        return replace(change, number=number, state="made")

    def _state(self, version: FileSnapshot) -> impact.State:
        """The base as it is, looked at; what is known of it already is not read again."""
        revision, known = self._known
        if known is None or revision != version.revision:
            known = impact.State.of(self._knowledge_base.at(version).answerer)
            self._known = version.revision, known
        return known
