"""Moderators' work, independent of how it is asked for: saved drafts, previews, publishing.

It knows no interactions and no forms. Slow jobs run in a thread, one at a time and with a bounded queue, because every
preview holds two versions of the base in memory. Archives are on disk from their arrival until they are previewed.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import date

from msgspec.structs import replace

from bot.answering.answerer import Answerer
from bot.discord_frontend.common.bounded_cache import BoundedCache, size_of_texts
from bot.discord_frontend.moderation import moderation_text
from bot.discord_frontend.moderation.permissions import Moderators
from bot.discord_frontend.moderation.work_queue import WorkQueue
from bot.discord_frontend.services import Services
from bot.editing import question_groups
from bot.editing.change_text import describe_change
from bot.editing.difference import Difference
from bot.editing.editor import Editor
from bot.editing.preview import Preview, make_preview
from bot.editing.proposal import ProposalOutdated
from bot.editing.question_groups import MAX_QUESTIONS, QuestionGroup
from bot.editing.text_diff import unified_diff
from bot.errors import EditError, JournalError, PilcrowError
from bot.journal.journal import Journal
from bot.journal.records import Change, Draft, InboxQuestion
from bot.story.models import Story
from bot.story.repository import Conflict

DRAFT_CACHE_BYTES = 30_000_000
"""Drafts are also cached in memory, for when the journal can't be read or written."""
PREVIEW_CACHE_BYTES = 8_000_000
"""Previews are cached so that publishing need not compute them again."""
INBOX_CACHE_BYTES = 4_000_000
"""Questions of the inbox are cached as last shown, so that a button need not gather them again."""
QUEUE_LIMIT = 20
"""Jobs that may wait for the one that is running."""
ARCHIVE_QUEUE_LIMIT = 2
"""Archives that may wait while one is downloaded and saved."""
DRAFTS_LISTED = 25
log = logging.getLogger(__name__)


class DraftGone(PilcrowError):
    """The draft no longer exists."""


class ModerationService:
    """What moderators can do to one bot's base. announce: posts a line in the changes channel."""

    def __init__(
        self,
        *,
        moderators: Moderators,
        editor: Editor,
        journal: Journal,
        services: Services,
        today: Callable[[], date],
        announce: Callable[[str], None],
    ) -> None:
        self.moderators = moderators
        self.editor = editor
        self.journal = journal
        self._services = services
        self.ask_service = services.ask
        self.cooldown = services.cooldown
        self.gate = services.gate
        self.renderer = services.renderer
        self.today = today
        self._announce = announce
        self._draft_cache: BoundedCache[str, Draft] = BoundedCache(DRAFT_CACHE_BYTES, _draft_size)
        self._preview_cache: BoundedCache[str, Preview] = BoundedCache(PREVIEW_CACHE_BYTES, _preview_size)
        self.inbox_cache: BoundedCache[int, QuestionGroup] = BoundedCache(
            INBOX_CACHE_BYTES, lambda group: size_of_texts(group.texts)
        )
        self._grouped: tuple[list[InboxQuestion], Answerer, list[QuestionGroup]] | None = None
        """The inbox as it was last grouped: its questions, what analysed them, and the groups."""
        self.publishing: set[str] = set()
        """Keys of the drafts that are being published, so that a second press does nothing."""
        self._write_queue = WorkQueue(QUEUE_LIMIT, moderation_text.QUEUE_FULL)
        self._read_queue = WorkQueue(QUEUE_LIMIT, moderation_text.QUEUE_FULL)
        self._archive_queue = WorkQueue(ARCHIVE_QUEUE_LIMIT, moderation_text.QUEUE_FULL)
        self._uploaders: set[int] = set()
        """Ids of the people whose archives are being downloaded, at most one each."""

    @property
    def answerer(self) -> Answerer:
        """What answers questions at the moment."""
        return self._services.knowledge_base.current.answerer

    @property
    def story(self) -> Story:
        """The story that questions are answered from at the moment."""
        return self.answerer.story

    async def save_draft(self, draft: Draft, *, pending: bool, replaces: str = "") -> str:
        """Save a draft, in memory only where the journal fails; return the reason then, otherwise nothing.

        Never raises. Archives are not kept in memory.
        """
        self._draft_cache[draft.key] = replace(draft, archive=b"")
        try:
            await asyncio.to_thread(self.journal.drafts.add, draft, self.today(), pending=pending, replaces=replaces)
        except JournalError as error:
            log.warning("A draft could not be saved and is kept in memory only: %s", error)
            return str(error)
        return ""

    async def receive_archive(self, person: int, download: Callable[[], Awaitable[bytes]], why: str) -> Draft:
        """Download an archive and save it as a draft. Raise EditError, QueueFull, and what `download` raises."""
        if person in self._uploaders:
            raise EditError(moderation_text.UPLOAD_IN_PROGRESS)
        self._uploaders.add(person)
        try:
            async with self._archive_queue.turn():
                draft = Draft("import", archive=await download(), reason=why)
                failure = await self.save_draft(draft, pending=True)
        finally:
            self._uploaders.discard(person)
        if failure:
            self._draft_cache.pop(draft.key, None)
            raise EditError(moderation_text.ARCHIVE_NOT_SAVED.format(failure))
        return replace(draft, archive=b"")

    async def load_draft(self, key: str) -> Draft:
        """Return the draft with this key, without its archive. Raise DraftGone, JournalError."""
        draft = self._draft_cache.get(key) or await asyncio.to_thread(self.journal.drafts.get, key)
        if draft is None:
            raise DraftGone(moderation_text.DRAFT_GONE)
        return draft

    async def pending_drafts(self) -> list[Draft]:
        """Return the drafts that are not published yet, newest first. Raise JournalError."""
        return await asyncio.to_thread(self.journal.drafts.pending, DRAFTS_LISTED)

    async def delete_draft(self, key: str) -> None:
        """Delete a draft. Raise JournalError."""
        self._draft_cache.pop(key, None)
        await asyncio.to_thread(self.journal.drafts.delete, key)

    async def inbox(self) -> list[QuestionGroup]:
        """Return the questions of the inbox, similar ones grouped. Raise QueueFull, JournalError."""
        return await self._read_queue.run(self._group_inbox, self.answerer)

    def _group_inbox(self, answerer: Answerer) -> list[QuestionGroup]:
        """Return the groups, those of the last call unless the inbox or the base has changed."""
        questions = self.journal.inbox.questions(MAX_QUESTIONS)
        if self._grouped is None or self._grouped[:2] != (questions, answerer):
            self._grouped = questions, answerer, question_groups.group_questions(questions, answerer)
        return self._grouped[2]

    async def preview(self, draft: Draft) -> Preview:
        """Return what a draft would change. Raise QueueFull, DraftGone, and what `make_preview` raises."""
        preview = await self._write_queue.run(self._make_preview, draft)
        self._preview_cache[draft.key] = preview
        return preview

    def _make_preview(self, draft: Draft) -> Preview:
        if draft.kind != "import":
            return make_preview(self.editor, draft)
        archive = self.journal.drafts.archive(draft.key)
        if not archive:
            raise DraftGone(moderation_text.DRAFT_GONE)
        return replace(make_preview(self.editor, replace(draft, archive=archive)), draft=draft)

    async def change(self, number: int) -> tuple[Change, tuple[Difference, ...] | str]:
        """Return a change of the history and what it changed: record by record, or the diff of its files where that fails.

        Raise EditError, QueueFull, JournalError.
        """
        return await self._read_queue.run(self._change, number)

    def _change(self, number: int) -> tuple[Change, tuple[Difference, ...] | str]:
        change = self.editor.change(number)
        if change is None:
            raise EditError(moderation_text.NO_SUCH_CHANGE.format(number))
        try:
            return change, describe_change(change.files, self.story)
        except EditError:
            return change, unified_diff(change.files)

    async def story_on_disk(self) -> Story:
        """Return the base as it is on disk. Raise QueueFull, StoryError."""
        return (await self._read_queue.run(self.editor.snapshot)).story

    async def export(self) -> bytes:
        """Return the base as an archive. Raise QueueFull, StoryError."""
        return await self._read_queue.run(self.editor.export)

    async def publish(self, draft: Draft, fingerprint: str, author: str, *, despite_warnings: bool) -> Change | Preview:
        """Publish the preview with this fingerprint; return a new preview if the draft would do something else by now.

        Raise EditError, QueueFull, StoryError, JournalError.
        """
        current = self._preview_cache.get(draft.key) or await self.preview(draft)
        if current.fingerprint != fingerprint:
            return current
        groups = await self.inbox() if draft.question_ids else []
        answered = [id for group in groups if set(group.ids) & set(draft.question_ids) for id in group.ids]
        try:
            change = await self._write_queue.run(
                self.editor.publish,
                current.proposal,
                author,
                draft.reason,
                despite_warnings=despite_warnings,
                answered_questions=answered,
            )
        except (Conflict, ProposalOutdated):
            return await self.preview(draft)
        try:
            await self.delete_draft(draft.key)
        except PilcrowError as error:  # the change is published, so nothing here may look like a failure
            log.warning("After publishing change %d: %s", change.number, error)
        self._announce(moderation_text.announcement(change, current))
        return change


def _preview_size(preview: Preview) -> int:
    """Return the bytes of the texts in a preview: changed files in both versions, the rest of the base, the diff."""
    proposal = preview.proposal
    files = (*proposal.version.files.values(), *proposal.changes.values())
    return sum(len(data or b"") for data in files) + len(proposal.diff)


def _draft_size(draft: Draft) -> int:
    return size_of_texts((draft.archive, draft.reason, *draft.texts.values(), *draft.original_texts.values()))
