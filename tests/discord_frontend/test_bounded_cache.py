"""The bounded cache."""

from bot.discord_frontend.common.bounded_cache import BoundedCache


def test_the_oldest_entries_are_evicted_by_size() -> None:
    """An entry larger than the cache is not stored, and evicts nothing."""
    cache: BoundedCache[str, str] = BoundedCache(10, len)
    for key, value in (("a", "1234"), ("b", "1234"), ("a", "12345"), ("c", "12345"), ("d", "x" * 11)):
        cache[key] = value
    assert [cache.get(key) for key in "abcd"] == ["12345", None, "12345", None]
    cache.pop("a", None)
    cache["e"] = "x" * 5
    assert [cache.get(key) for key in "ace"] == [None, "12345", "x" * 5]


def test_the_oldest_entries_are_evicted_by_number() -> None:
    """Without a size each entry counts as one."""
    cache: BoundedCache[str, str] = BoundedCache(2)
    for key in "abc":
        cache[key] = key
    assert [cache.get(key) for key in "abc"] == [None, "b", "c"]
