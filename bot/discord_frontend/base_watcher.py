"""Following the base on disk while the bot runs."""

import asyncio
import logging
from collections.abc import Callable

from bot.answering.knowledge_base import KnowledgeBase
from bot.cards.markdown import escape
from bot.discord_frontend.common import user_text
from bot.errors import PilcrowError, StoryError

MAX_LOGGED_PROBLEMS = 20
log = logging.getLogger(__name__)


class BaseWatcher:
    """Reloads a knowledge base when its files change. `notify` tells the moderators."""

    def __init__(self, knowledge_base: KnowledgeBase, notify: Callable[[str], None]) -> None:
        self._knowledge_base = knowledge_base
        self._notify = notify
        self._broken = False
        self._unreadable = False

    async def check(self) -> None:
        """Load the base if it has changed; if it is broken, the last good snapshot stays in use."""
        try:
            await asyncio.to_thread(self._knowledge_base.refresh)
        except StoryError as error:
            self._broken = True
            log.warning(
                "The base has errors; the last good version stays in use:\n%s", error.summary(MAX_LOGGED_PROBLEMS)
            )
            self._notify(escape(f"{user_text.BASE_BROKEN}\n{error.summary()}"))
            return
        except PilcrowError as error:
            if not self._unreadable:
                log.warning("The base has changed but can't be read yet: %s Retrying.", error)
            self._unreadable = True
            return
        self._unreadable = False
        if self._broken and self._knowledge_base.problem is None:  # whoever has read it, and whatever mended it
            self._broken = False
            log.warning("The base has no errors any more; revision %s is in use", self._knowledge_base.current.revision)
            self._notify(user_text.BASE_FIXED)
