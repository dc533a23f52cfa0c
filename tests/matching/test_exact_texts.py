"""Packed positions of texts: the same as a dict of them."""

import random

from bot.matching.exact_texts import ITEM_BYTES, ExactTexts, ExactTextsBuilder, fingerprint


def test_packed_positions_are_those_of_a_dict() -> None:
    """Whatever is added and removed: of two texts with the same tokens the first one counts."""
    chance, expected, packed = random.Random(7), dict[int, int](), b""
    for _ in range(20):
        builder = ExactTextsBuilder(packed)
        for _ in range(50):
            hashed, position = fingerprint(str(chance.randrange(300))), chance.randrange(1 << 40)
            if chance.random() < 0.6:
                builder.add(hashed, position)
                expected.setdefault(hashed, position)
            else:
                position = chance.choice([position, expected.get(hashed, position)])
                assert builder.remove(hashed, position) == (expected.get(hashed) == position)
                if expected.get(hashed) == position:
                    del expected[hashed]
            assert (hashed in builder) == (hashed in expected)
        packed = builder.packed()
        exact = ExactTexts(packed)
        assert dict(exact.items()) == expected
        assert all(exact.get(hashed) == position for hashed, position in expected.items())
        assert len(packed) == ITEM_BYTES * len(expected)


def test_the_highest_fingerprint_and_an_empty_base() -> None:
    """Neither end of the numbers is special."""
    assert ExactTexts(b"").get(0) is None
    builder = ExactTextsBuilder(b"")
    for hashed in (2**64 - 1, 0):
        builder.add(hashed, hashed)
    exact = ExactTexts(builder.packed())
    assert [exact.get(hashed) for hashed in (0, 1, 2**64 - 1)] == [0, None, 2**64 - 1]
