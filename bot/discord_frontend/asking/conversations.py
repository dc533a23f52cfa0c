"""Short-term memory of conversations and votes: in memory only, and bounded."""

from bot.discord_frontend.common.bounded_cache import BoundedCache, size_of_texts

MAX_QUESTIONS = 3
"""Questions of a conversation that are remembered, the latest ones."""
MAX_QUESTION_LENGTH = 600
"""Characters remembered of each question: neither a follow-up nor the journal uses more."""
MAX_BYTES = 3 * 1024 * 1024
"""Bytes of all conversations together: the latest 10,000 of one question each."""
MAX_EVENTS = 5_000
"""Votes and the like that are remembered, so that each counts once."""


class Conversations:
    """The latest questions of each conversation, by the id of our last message in it or of a direct message channel."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._questions: BoundedCache[int, tuple[str, ...]] = BoundedCache(max_bytes, size_of_texts)
        self._events: BoundedCache[object, bool] = BoundedCache(MAX_EVENTS)

    def remember(self, key: int, questions: tuple[str, ...]) -> None:
        """Remember the latest questions of a conversation."""
        self._questions[key] = tuple([question[:MAX_QUESTION_LENGTH] for question in questions])

    def questions(self, key: int | None) -> tuple[str, ...]:
        """Return the questions of a conversation, the latest last, as far as they are remembered."""
        return self._questions.get(key, ()) if key is not None else ()

    def first_time(self, *event: object) -> bool:
        """Return whether an event is new, as far as remembered, and remember it."""
        new = event not in self._events
        self._events[event] = True
        return new
