"""Remembered conversations."""

from bot.discord_frontend.asking.conversations import MAX_BYTES, MAX_EVENTS, MAX_QUESTION_LENGTH, Conversations
from bot.discord_frontend.common.bounded_cache import BoundedCache, size_of_texts


def test_remembered_conversations_are_bounded_in_bytes() -> None:
    """Three questions of 4,000 characters for each of 5,000 messages would take 240 MB."""
    cache: BoundedCache[object, tuple[str, ...]] = BoundedCache(MAX_BYTES, size_of_texts)
    for key in range(2 * MAX_EVENTS):
        cache[key % 7000] = tuple(chr(0x10900 + n) * MAX_QUESTION_LENGTH for n in range(3))
    cached = [cache.get(key) for key in range(7000)]
    assert cache.currsize == sum(size_of_texts(questions) for questions in cached if questions) <= MAX_BYTES
    cache["large"] = ("x" * 2 * MAX_BYTES,)
    assert cache.get("large") is None


def test_only_the_start_of_each_question_is_remembered() -> None:
    """Neither a follow-up nor the journal uses more of it."""
    conversations = Conversations()
    conversations.remember(1, ("x" * 4000, "who"))
    assert conversations.questions(1) == ("x" * MAX_QUESTION_LENGTH, "who")
    assert conversations.questions(None) == ()
