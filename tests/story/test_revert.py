"""A reverted change leaves later ones in place, and the result never contains anything that nobody wrote."""

import random

import pytest

from bot.story.revert import RevertConflict, revert_change
from tests.support.small_story import KEEPER

PLACE = "  answer: It stands at Brim.\n"
LEFT = '  answer: She left it on Friday evening, and was "quite tired".\n'
LAST = "    - where was the keeper working\n"
AGE = KEEPER[KEEPER.index("- id: keeper-age") :]


def changed(text: str, *pairs: tuple[str, str]) -> str:
    """Return the text with replacements, each of which must occur."""
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


MOVED = (PLACE, "  answer: At Brim.\n")
TIRED = (LEFT, "  answer: She left.\n")
ADDED = "    - whereabouts of it\n"
MORE = (LAST, LAST + ADDED)


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ((MOVED,), (TIRED,)),
        ((MOVED,), (MORE,)),
        ((MORE,), (MOVED,)),
        ((MORE,), ((LAST + ADDED, f"{LAST}{ADDED}    - where, though\n"),)),
        (((AGE, ""),), (TIRED,)),
        ((MOVED,), ((AGE, ""),)),
        ((MOVED,), (("- id: keeper-left\n", "# by hand\n- id: keeper-left\n"),)),
        ((MOVED, TIRED), (MORE,)),
    ],
)
def test_later_changes_elsewhere_are_kept(
    first: tuple[tuple[str, str], ...], later: tuple[tuple[str, str], ...]
) -> None:
    """To another entry, another phrasing or a comment: as if the reverted change had never been made."""
    after = changed(KEEPER, *first)
    now = changed(after, *later)
    added = ADDED if MORE in first else "nothing"
    kept = [(old.replace(added, ""), new.replace(added, "")) for old, new in later]
    assert revert_change(now, KEEPER, after) == changed(KEEPER, *kept)
    assert revert_change(after, KEEPER, after) == KEEPER


@pytest.mark.parametrize(
    ("first", "later"),
    [
        (MOVED, ("  answer: At Brim.\n", "  answer: Brim.\n")),
        (MOVED, ("  cites: [1]\n", "  cites: [1, 2]\n")),
        (MORE, ("whereabouts of it", "whereabouts of this")),
        (
            (AGE, f"{AGE}- id: new\n  question: New?\n  phrasings:\n    - old\n"),
            ("    - old\n", "    - old\n    - older\n"),
        ),
    ],
)
def test_overlapping_later_changes_are_a_conflict(first: tuple[str, str], later: tuple[str, str]) -> None:
    """An entry's fields change as a whole: half of each change would be a text that nobody wrote."""
    after = changed(KEEPER, first)
    with pytest.raises(RevertConflict):
        revert_change(changed(after, later), KEEPER, after)


def test_random_changes_are_reverted_correctly_or_refused() -> None:
    """Additions, removals and edits of similar entries never give a text that nobody wrote."""
    rng = random.Random(5)
    conflicts = 0
    for _ in range(300):
        entries = {f"e{n}": rng.choice("abc") for n in range(6)}
        first, later = ({rng.choice([*entries, "x", "y"]): rng.choice("abc-") for _ in range(2)} for _ in "ab")
        after = _without_removed(entries | first)
        now = _without_removed(after | later)
        try:
            reverted = revert_change(_text(now), _text(entries), _text(after))
        except RevertConflict:
            conflicts += 1
            assert {id for id in first if entries.get(id) != after.get(id)} & set(later)
            continue
        expected = {id: entries.get(id) if entries.get(id) != after.get(id) else now.get(id) for id in {*entries, *now}}
        assert sorted(reverted.split("- id: ")) == sorted(
            _text(_without_removed({i: t or "-" for i, t in expected.items()})).split("- id: ")
        )
    assert 0 < conflicts < 150


def _without_removed(entries: dict[str, str]) -> dict[str, str]:
    return {id: text for id, text in entries.items() if text != "-"}


def _text(entries: dict[str, str]) -> str:
    return "".join(f"- id: {id}\n  question: Why?\n  answer: {text}\n  cites: [1]\n" for id, text in entries.items())
