"""What moderators' work needs, whichever way they ask for it: drafts that are not lost, previews, publishing.

It knows no request and no form. What takes long runs in a thread, one at a time: each preview holds two versions of the
base in memory.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import date
from sys import getsizeof

from bot.discord_frontend.desk import Desk
from bot.discord_frontend.memory import Memory
from bot.discord_frontend.moderating import wording
from bot.discord_frontend.moderating.permissions import Moderators
from bot.editing import inbox, preview
from bot.editing.drafts import Draft
from bot.editing.editor import Editor
from bot.editing.inbox import MOST, Waiting
from bot.editing.preview import Preview
from bot.editing.proposal import Moved
from bot.errors import JournalError, PilcrowError
from bot.journal.journal import Change, Journal
from bot.story.store import Conflict

HELD = 30_000_000
"""Bytes of the drafts also held in memory, for when the journal can't be read or written: a few archives, or all texts."""
LOOKED = 4
"""Previews remembered, so that publishing need not look again."""
SHOWN = 200
"""Questions of the inbox, as they were last shown, so that pressing a button need not gather them again."""
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
        self._held: Memory[Draft] = Memory(HELD, _size)
        self._looked: Memory[Preview] = Memory(LOOKED)
        self.shown: Memory[Waiting] = Memory(SHOWN)
        self.publishing: set[str] = set()
        """Keys of the drafts that are being published: a second press does nothing."""
        self._busy = asyncio.Lock()

    async def keep(self, draft: Draft, *, waiting: bool, replaces: str = "") -> str:
        """Keeps a draft, in memory only where the journal can't; says why then. Never fails."""
        self._held.keep(draft.key, draft)
        try:
            await asyncio.to_thread(self.journal.keep_draft, draft, self.today(), waiting=waiting, replaces=replaces)
        except JournalError as error:
            log.warning("A moderator's text is kept in memory only: %s", error)
            return str(error)
        return ""

    async def draft(self, key: str) -> Draft:
        """The draft with this key. Raises Lost, JournalError."""
        found = self._held.get(key) or await asyncio.to_thread(self.journal.draft, key)
        if found is None:
            raise Lost(wording.LOST)
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
        return await asyncio.to_thread(inbox.gather, found, self.desk.answerer)

    async def look(self, draft: Draft) -> Preview:
        """What a draft would do. Raises what `preview.look` raises."""
        async with self._busy:
            found = await asyncio.to_thread(preview.look, self.editor, draft)
        self._looked.keep(draft.key, found)
        return found

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
        async with self._busy:
            return await asyncio.to_thread(
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
        await self._announce(wording.announced(change, found))


def _size(draft: Draft) -> int:
    """Return about how many bytes a draft takes."""
    texts = (*draft.texts.values(), *draft.before.values())
    return 1_000 + len(draft.archive) + sum(map(getsizeof, texts))
