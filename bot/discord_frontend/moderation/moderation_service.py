"""What moderators' work needs, whichever way they ask for it: drafts that are not lost, previews, publishing.

It knows no request and no form. What takes long runs in a thread, one at a time, and only so many wait: each preview holds
two versions of the base in memory. Archives are on disk from the moment they have come until they are looked at.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import date

from msgspec.structs import replace

from bot.discord_frontend.asking.ask_service import Desk
from bot.discord_frontend.common.recent import Memory, bytes_of
from bot.discord_frontend.moderation import moderation_text
from bot.discord_frontend.moderation.permissions import Moderators
from bot.discord_frontend.moderation.work_queue import Queue
from bot.editing import inbox, preview
from bot.editing.drafts import Draft
from bot.editing.editor import Editor
from bot.editing.impact import unified
from bot.editing.inbox import MOST, Waiting
from bot.editing.preview import Preview
from bot.editing.proposal import Moved
from bot.errors import EditError, JournalError, PilcrowError
from bot.journal.journal import Journal
from bot.journal.records import Change
from bot.story.models import Story
from bot.story.repository import Conflict

HELD = 30_000_000
"""Bytes of the drafts also held in memory, for when the journal can't be read or written."""
LOOKED = 8_000_000
"""Bytes of the texts of the previews remembered, so that publishing need not look again."""
SHOWN = 4_000_000
"""Bytes of the questions of the inbox, as last shown, so that pressing a button need not gather them again."""
WAITING = 20
"""Pieces of work that may wait for the one that runs."""
ARCHIVES = 2
"""Archives that may wait to be fetched and written down, while one is."""
LISTED = 25
"""Drafts listed of those that wait to be published."""
log = logging.getLogger(__name__)


class Lost(PilcrowError):
    """A draft that is no longer there."""


class Office:
    """The moderators' side of one bot. renew: takes the base up as it is on disk; announce: tells the changes' channel."""

    def __init__(
        self,
        *,
        moderators: Moderators,
        editor: Editor,
        journal: Journal,
        desk: Desk,
        today: Callable[[], date],
        renew: Callable[[], Awaitable[None]],
        announce: Callable[[str], Awaitable[None]],
    ) -> None:
        self.moderators = moderators
        self.editor = editor
        self.journal = journal
        self.desk = desk
        self.today = today
        self._renew = renew
        self._announce = announce
        self._held: Memory[Draft] = Memory(HELD, _draft_size)
        self._looked: Memory[Preview] = Memory(LOOKED, _preview_size)
        self.shown: Memory[Waiting] = Memory(SHOWN, lambda waiting: bytes_of(waiting.texts))
        self.publishing: set[str] = set()
        """Keys of the drafts that are being published: a second press does nothing."""
        self._work = Queue(WAITING, moderation_text.QUEUE_FULL)
        self._reading = Queue(WAITING, moderation_text.QUEUE_FULL)
        self._archives = Queue(ARCHIVES, moderation_text.QUEUE_FULL)
        self._sending: set[int] = set()
        """Whose archive is being fetched: one for each person, and only as long as that takes."""

    async def keep(self, draft: Draft, *, waiting: bool, replaces: str = "") -> str:
        """Keeps a draft, in memory only where the journal can't; says why then. Never fails. An archive is not held in memory."""
        self._held.keep(draft.key, replace(draft, archive=b""))
        try:
            await asyncio.to_thread(self.journal.keep_draft, draft, self.today(), waiting=waiting, replaces=replaces)
        except JournalError as error:
            log.warning("A moderator's text is kept in memory only: %s", error)
            return str(error)
        return ""

    async def take_in(self, sender: int, fetch: Callable[[], Awaitable[bytes]], why: str) -> Draft:
        """Fetches an archive and writes it down. Raises EditError, QueueFull, and what `fetch` raises."""
        if sender in self._sending:
            raise EditError(moderation_text.IMPORTING)
        self._sending.add(sender)
        try:
            async with self._archives.turn():
                draft = Draft("import", archive=await fetch(), why=why)
                unkept = await self.keep(draft, waiting=True)
        finally:
            self._sending.discard(sender)
        if unkept:
            self._held.drop(draft.key)
            raise EditError(moderation_text.NOT_WRITTEN.format(unkept))
        return replace(draft, archive=b"")

    async def draft(self, key: str) -> Draft:
        """The draft with this key, without its archive. Raises Lost, JournalError."""
        found = self._held.get(key) or await asyncio.to_thread(self.journal.draft, key)
        if found is None:
            raise Lost(moderation_text.LOST)
        return found

    async def drafts(self) -> list[Draft]:
        """What was written and not published, the latest first. Raises JournalError."""
        return await asyncio.to_thread(self.journal.drafts, LISTED)

    async def drop(self, key: str) -> None:
        """Forgets a draft. Raises JournalError."""
        self._held.drop(key)
        await asyncio.to_thread(self.journal.drop_draft, key)

    async def waiting(self) -> list[Waiting]:
        """The questions of the inbox, alike ones together. Raises JournalError."""
        found = await asyncio.to_thread(self.journal.unanswered, MOST)
        return await self._reading.run(inbox.gather, found, self.desk.answerer)

    async def look(self, draft: Draft) -> Preview:
        """What a draft would do. Raises QueueFull, Lost, and what `preview.look` raises."""
        found = await self._work.run(self._look, draft)
        self._looked.keep(draft.key, found)
        return found

    def _look(self, draft: Draft) -> Preview:
        if draft.kind != "import":
            return preview.look(self.editor, draft)
        archive = self.journal.archive(draft.key)
        if not archive:
            raise Lost(moderation_text.LOST)
        return replace(preview.look(self.editor, replace(draft, archive=archive)), draft=draft)

    async def difference(self, number: int) -> tuple[Change, str]:
        """One change, and its lines. Raises EditError, QueueFull, JournalError."""
        return await self._reading.run(self._difference, number)

    def _difference(self, number: int) -> tuple[Change, str]:
        change = self.editor.change(number)
        if change is None:
            raise EditError(f"There is no change {number}; the history lists them.")
        return change, unified(change.files)

    async def story(self) -> Story:
        """The base as it is on disk. Raises QueueFull, StoryError."""
        return await self._reading.run(self.editor.story)

    async def export(self) -> bytes:
        """The base as an archive. Raises QueueFull, StoryError."""
        return await self._reading.run(self.editor.export)

    async def publish(self, draft: Draft, seen: str, who: str, *, despite: bool) -> Change | Preview:
        """Publishes what was seen; the preview as it is now where the base has changed so that it is another one.

        Raises EditError, StoryError, JournalError.
        """
        found = self._looked.get(draft.key) or await self.look(draft)
        if found.seen != seen:
            return found
        try:
            change = await self._published(found, who, despite=despite)
        except (Conflict, Moved):
            return await self.look(draft)
        await self._after(found, change)
        return change

    async def _published(self, found: Preview, who: str, *, despite: bool) -> Change:
        answers = await self._answers(found.draft)
        return await self._work.run(
            self.editor.publish, found.proposal, who, found.draft.why, despite=despite, answers=answers
        )

    async def _answers(self, draft: Draft) -> list[int]:
        """The questions of the inbox that a draft settles, with those like them."""
        waiting = await self.waiting() if draft.asked else []
        return [id for asked in draft.asked for one in waiting if asked in one.ids for id in one.ids]

    async def _after(self, found: Preview, change: Change) -> None:
        """What follows from a change. It is made, so nothing here may look as if it had failed."""
        for step in (self.drop(found.draft.key), self._renew()):
            try:
                await step
            except PilcrowError as error:
                log.warning("After change %d: %s", change.number, error)
        await self._announce(moderation_text.announced(change, found))


def _preview_size(found: Preview) -> int:
    """Return the bytes of the texts a preview holds: both versions of what changes, the whole base before, the difference."""
    proposal = found.proposal
    files = (*proposal.version.files.values(), *proposal.changes.values())
    return sum(len(data or b"") for data in files) + len(proposal.diff)


def _draft_size(draft: Draft) -> int:
    return bytes_of((draft.archive, draft.why, *draft.texts.values(), *draft.before.values()))
