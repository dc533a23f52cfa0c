"""Rate limits for each user, over every way of using the bot.

Everything is in memory only: user ids are never logged and never stored.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from cachetools import LRUCache
from msgspec import Struct

from bot.discord_frontend.common import user_text
from bot.errors import PilcrowError

Usage = Literal[
    "question",
    "overheard",
    "button",
    "inbox",
    "autocomplete",
    "picture",
    "moderation",
    "form",
    "upload",
    "private_error",
    "channel_error",
    "public_error",
]
MAX_BUCKETS = 20_000
"""Buckets kept, about 5 MB; beyond that the least recently used one is reset."""


class Rate(Struct, frozen=True):
    """A number of uses in a number of seconds."""

    uses: int
    seconds: float


RATES: Mapping[Usage, Rate] = {
    "overheard": Rate(10, 10),  # messages in a channel of listen_channels that do not mention the bot
    "button": Rate(10, 10),  # buttons that turn a page, show paragraphs or vote
    "inbox": Rate(50, 86_400),  # questions put in the moderators' inbox; further ones are answered, but not kept
    "autocomplete": Rate(5, 1),
    "picture": Rate(3, 60),
    "moderation": Rate(30, 30),  # /kb commands, buttons and selects
    "form": Rate(10, 60),  # submitted forms, each of which is stored
    "upload": Rate(3, 60),  # archives of the base, imported and exported
    "private_error": Rate(5, 20),  # error messages that only one user sees
    "channel_error": Rate(1, 30),  # the same in a channel, for each channel
    "public_error": Rate(5, 60),  # the same in all channels together
}
"""The rates that can't be configured; that of questions is in the settings."""


class OnCooldown(PilcrowError):
    """A user exceeded a rate limit."""


class _Bucket(Struct, frozen=True):
    tokens: float
    updated_at: float


class Cooldown:
    """A token bucket for each user and kind of usage."""

    def __init__(
        self, questions: int, seconds: float, clock: Callable[[], float], rates: Mapping[Usage, Rate] = RATES
    ) -> None:
        self._rates = {**rates, "question": Rate(questions, seconds)}
        self._clock = clock
        self._buckets: LRUCache[tuple[Usage, int, int], _Bucket] = LRUCache(MAX_BUCKETS)

    def admit(self, user_id: int, usage: Usage = "question") -> None:
        """Count one use. Raise OnCooldown if there have been too many."""
        if seconds := self.take(user_id, usage):
            raise OnCooldown(user_text.on_cooldown(seconds))

    def may_report_error(self, user_id: int, channel_id: int | None = None) -> bool:
        """Return whether to show the user an error, in a channel or, without one, privately; count it if so."""
        if channel_id is None:
            return not self.take(user_id, "private_error")
        return not self.take(user_id, "channel_error", channel_id) and not self.take(user_id, "public_error")

    def take(self, user_id: int, usage: Usage = "question", channel_id: int = 0) -> float:
        """Take a token from the bucket; return 0, or the seconds until there is one to take."""
        return self._take(user_id, usage, channel_id, min_tokens=1)

    def reserve(self, user_id: int, usage: Usage) -> float:
        """Take a token, or the next one to come, and return the seconds until then. Call again only after those."""
        return self._take(user_id, usage, 0, min_tokens=0)

    def _take(self, user_id: int, usage: Usage, channel_id: int, *, min_tokens: float) -> float:
        rate, now, key = self._rates[usage], self._clock(), (usage, user_id, channel_id)
        bucket = self._buckets.get(key) or _Bucket(rate.uses, now)
        refill = max(0.0, now - bucket.updated_at) * rate.uses / rate.seconds
        tokens = min(rate.uses, bucket.tokens + refill)
        missing = max(0.0, 1 - tokens)
        if tokens >= min_tokens:
            tokens = max(tokens - 1, -1.0)
        self._buckets[key] = _Bucket(tokens, now)
        return missing * rate.seconds / rate.uses
