"""Moderators' changes of the base: proposed with their consequences, published, recorded in the history, undone.

Nothing is written before `publish`, which applies the request again where the base has changed in the meantime. A change is
published as a whole or not at all. The history records it before it is published, with both versions of every file, so a
process that dies in between loses neither the text nor the way back.
"""

import logging
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime

from msgspec.structs import replace

from bot.answering.knowledge_base import KnowledgeBase, Snapshot
from bot.editing import apply_request, archive, impact, swap_test
from bot.editing.apply_request import file_versions, merge_files
from bot.editing.change_request import ChangeRequest, LoadedEntry, RemoveEntry, UndoChange, check_unchanged, load_entry
from bot.editing.impact import BaseReport
from bot.editing.proposal import Proposal, ProposalOutdated
from bot.editing.text_diff import unified_diff
from bot.errors import EditError, JournalError, PilcrowError, StoryError
from bot.journal.journal import Journal
from bot.journal.records import Change, ChangeSummary
from bot.story.repository import Conflict, FileSnapshot, check_file_names

INBOX_QUESTIONS = 50
"""Questions of the inbox that are asked of a changed base."""
log = logging.getLogger(__name__)


class Editor:
    """Changes one base. Synchronous, and may take seconds: an event loop calls it through a thread."""

    def __init__(self, knowledge_base: KnowledgeBase, journal: Journal, now: Callable[[], datetime]) -> None:
        self._knowledge_base = knowledge_base
        self._repository = knowledge_base.repository
        self._journal = journal
        self._now = now
        self._report: BaseReport | None = None
        """That on the version of the last proposal."""

    def snapshot(self) -> Snapshot:
        """Return the base as it is on disk. Raises StoryError, EditError."""
        return self._knowledge_base.at(self._repository.load())

    def load_entry(self, id: str) -> LoadedEntry:
        """Return an entry as its file has it. Raises EditError where there is none, StoryError."""
        snapshot = self.snapshot()
        return load_entry(snapshot.files, snapshot.story, id)

    def export(self) -> bytes:
        """Return the base as a ZIP archive of its YAML files. Raises StoryError, EditError."""
        return archive.pack(self._repository.load().files)

    def propose(self, request: ChangeRequest) -> Proposal:
        """Apply a request to the base as it is now, and check the result. Raises EditError (Conflict among them), StoryError."""
        before = self.snapshot()
        version = before.files
        request = check_unchanged(request, version, before.story)
        undone = self.change(request.number) if isinstance(request, UndoChange) else None
        title, files = apply_request.apply(request, version, before.story, undone)
        check_file_names(files)
        changes = {name: data for name, data in files.items() if version.files.get(name) != data}
        result = FileSnapshot.of(merge_files(version.files, changes))
        story = self._knowledge_base.parse(result)
        after = self._knowledge_base.build(result, story)
        changed = [id for id in impact.changed_entries(before.story, story) if id in story.entries]
        is_removal = isinstance(request, RemoveEntry)  # what else changes are links to the entry
        also_answers = () if is_removal else swap_test.find_wrong_answers(before.answerer, after.answerer, changed)
        return Proposal(
            request=request,
            title=title,
            changes=changes,
            version=version,
            warnings=self._find_warnings(before, after),
            reply=after.answerer.entry_reply(changed[0]) if len(changed) == 1 and not is_removal else None,
            diff=unified_diff(file_versions(version, changes)),
            old_story=before.story,
            story=story,
            also_answers=also_answers,
        )

    def publish(
        self,
        proposal: Proposal,
        author: str,
        reason: str = "",
        *,
        despite_warnings: bool = False,
        answered_questions: Iterable[int] = (),
    ) -> Change:
        """Publish a proposal, and take the inbox questions that it answers off the inbox; those of an undone change return.

        Where the base has changed in the meantime, the request is applied again to what is there now. Raises
        ProposalOutdated where it has other warnings then, Conflict where its entry was changed, EditError, StoryError,
        JournalError.
        """
        with self._repository.lock():
            self.settle_pending()
            if self._repository.load().revision != proposal.version.revision:
                old_warnings, proposal = proposal.warnings, self.propose(proposal.request)
                if set(proposal.warnings) - set(old_warnings):
                    raise ProposalOutdated(proposal)
            if proposal.warnings and not despite_warnings:
                raise EditError("There are warnings. Change the text, or publish despite them.")
            if not proposal.changes:
                raise EditError("Nothing would change.")
            change = self._commit(proposal, author, reason)
            try:
                self._knowledge_base.load()
            except PilcrowError as error:  # it is published nevertheless
                log.warning("Change %d is published, but not in use yet: %s", change.number, error.summary())
        try:
            self._journal.inbox.settle(answered_questions, change.number)
            if isinstance(proposal.request, UndoChange):
                self._journal.inbox.reopen(proposal.request.number)
        except JournalError as error:  # it is published nevertheless
            log.warning("The inbox does not know yet what change %d answers or undoes: %s", change.number, error)
        return change

    def settle_pending(self) -> None:
        """Find out whether changes were published that were under way when a process died. Raises EditError, JournalError."""
        if not self._journal.history.pending():
            return
        with self._repository.lock():
            committed = self._repository.committed_transactions()
            for number, transaction in self._journal.history.pending().items():
                self._journal.history.set_state(number, "made" if transaction in committed else "not made")
            for transaction in committed:  # nobody else is publishing, so the history has recorded all of them
                self._repository.discard_transaction(transaction)

    def changes(self, limit: int, offset: int = 0) -> list[ChangeSummary]:
        """Return the history without its texts, latest first. Raises JournalError."""
        self._try_to_settle()
        return self._journal.history.changes(limit, offset)

    def change(self, number: int) -> Change | None:
        """Return one change of the history. Raises JournalError."""
        self._try_to_settle()
        return self._journal.history.change(number)

    def _try_to_settle(self) -> None:
        with suppress(EditError):  # somebody is publishing, and will record the result
            self.settle_pending()

    def _find_warnings(self, before: Snapshot, after: Snapshot) -> tuple[str, ...]:
        if self._report is None or self._report.revision != before.revision:
            self._report = BaseReport.of(before.answerer, before.revision)
        report_after = BaseReport.of(after.answerer, after.revision)
        questions = self._journal.inbox.questions(INBOX_QUESTIONS)
        return impact.find_warnings(before.answerer, after.answerer, self._report, report_after, questions)

    def _commit(self, proposal: Proposal, author: str, reason: str) -> Change:
        """Record a change as under way, write its files, and record it as made."""
        version, changes = proposal.version, proposal.changes
        change = Change(
            number=0,
            at=self._now().strftime("%Y-%m-%d %H:%M"),
            author=author,
            title=proposal.title,
            reason=reason,
            warnings=proposal.warnings,
            revision_before=version.revision,
            revision_after=FileSnapshot.of(merge_files(version.files, changes)).revision,
            files=file_versions(version, changes),
            state="under way",
        )
        transaction = secrets.token_hex(16)
        number = self._journal.history.add(change, transaction)
        try:
            self._repository.publish(changes, version.revision, transaction, validate=self._knowledge_base.build)
        except (Conflict, StoryError):
            self._journal.history.delete(number)  # refused before anything was written
            raise
        try:
            self._journal.history.set_state(number, "made")
            self._repository.discard_transaction(transaction)
        except JournalError as error:  # it is published, and the next change will find that out
            log.warning("Change %d is published, but not recorded as such yet: %s", number, error)
        return replace(change, number=number, state="made")
