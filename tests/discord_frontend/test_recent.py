"""What is remembered of conversations is bounded."""

from bot.discord_frontend.asking.ask_service import EARLIER, REMEMBERED, REMEMBERED_BYTES
from bot.discord_frontend.common.recent import Memory, bytes_of


def test_remembered_conversations_are_bounded_in_bytes() -> None:
    """Three questions of 4,000 letters each under 5,000 messages were 240 MB."""
    memory: Memory[tuple[str, ...]] = Memory(REMEMBERED_BYTES, bytes_of)
    for key in range(2 * REMEMBERED):
        memory.keep(key % 7000, tuple(chr(0x10900 + n) * EARLIER for n in range(3)))
    held = [memory.get(key) for key in range(7000)]
    assert memory.used == sum(bytes_of(context) for context in held if context) <= REMEMBERED_BYTES
    memory.keep("large", ("x" * 2 * REMEMBERED_BYTES,))
    assert memory.get("large") is None
