"""Which keystroke of a person is answered with suggestions: as many as their limit allows, and always the latest."""

import asyncio

from bot.discord_frontend.common.cooldown import Cooldown


class Keystrokes:
    """The keystrokes that wait, one for each person."""

    def __init__(self, cooldown: Cooldown) -> None:
        self._cooldown = cooldown
        self._waiting: dict[int, asyncio.Future[bool]] = {}

    async def is_latest(self, person: int) -> bool:
        """Wait until this keystroke may be answered; return False as soon as a later one takes its place.

        Discord shows nothing of a keystroke that was typed over, so one without an answer is no error to anybody.
        """
        loop = asyncio.get_running_loop()
        earlier = self._waiting.get(person)
        if earlier is None:
            seconds = self._cooldown.reserve(person, "keystroke")
            if not seconds:
                return True
            loop.call_later(seconds, self._answer, person)
        elif not earlier.done():
            earlier.set_result(False)
        mine: asyncio.Future[bool] = loop.create_future()
        self._waiting[person] = mine
        return await mine

    def _answer(self, person: int) -> None:
        waiting = self._waiting.pop(person)
        if not waiting.done():
            waiting.set_result(True)
