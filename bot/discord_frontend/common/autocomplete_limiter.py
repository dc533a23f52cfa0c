"""Rate-limiting autocomplete: answers as many keystrokes as the limit allows, and always the latest."""

import asyncio

from bot.discord_frontend.common.cooldown import Cooldown


class AutocompleteLimiter:
    """The keystrokes that wait for a token, one for each user."""

    def __init__(self, cooldown: Cooldown) -> None:
        self._cooldown = cooldown
        self._pending: dict[int, asyncio.Future[bool]] = {}

    async def acquire(self, user_id: int) -> bool:
        """Wait until this keystroke may be answered; return False as soon as a later one replaces it.

        Discord shows nothing for a keystroke that was typed over, so leaving it unanswered is no error to the user.
        """
        loop = asyncio.get_running_loop()
        previous = self._pending.get(user_id)
        if previous is None:
            seconds = self._cooldown.reserve(user_id, "autocomplete")
            if not seconds:
                return True
            loop.call_later(seconds, self._release, user_id)
        elif not previous.done():
            previous.set_result(False)
        current: asyncio.Future[bool] = loop.create_future()
        self._pending[user_id] = current
        return await current

    def _release(self, user_id: int) -> None:
        pending = self._pending.pop(user_id)
        if not pending.done():
            pending.set_result(True)
