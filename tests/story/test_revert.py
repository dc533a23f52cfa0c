"""A change of one file taken back, though others came after: what comes out is what somebody wrote, or nothing does."""

import random

import pytest

from bot.story.revert import RevertConflict, revert_change
from tests.support.small_story import KEEPER

PLACE = "  answer: It stands at Brim.\n"
LEFT = '  answer: She left it on Friday evening, and was "quite tired".\n'
LAST = "    - where was the keeper working\n"
AGE = KEEPER[KEEPER.index("- id: keeper-age") :]


def changed(text: str, *pairs: tuple[str, str]) -> str:
    """The text with some of it replaced; each piece has to be there."""
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
def test_later_changes_of_something_else_stay(
    first: tuple[tuple[str, str], ...], later: tuple[tuple[str, str], ...]
) -> None:
    """Another entry, another phrasing, a comment: the same as if the first had never been made."""
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
def test_later_changes_of_the_same_are_not_lost(first: tuple[str, str], later: tuple[str, str]) -> None:
    """What an entry says is one piece: half of one change and half of another was written by nobody."""
    after = changed(KEEPER, first)
    with pytest.raises(RevertConflict):
        revert_change(changed(after, later), KEEPER, after)


def test_any_two_changes_are_taken_back_as_meant_or_not_at_all() -> None:
    """Random additions, removals and edits of many entries that look alike: never a text that nobody wrote."""
    chance = random.Random(5)
    refused = 0
    for _ in range(300):
        entries = {f"e{n}": chance.choice("abc") for n in range(6)}
        first, later = ({chance.choice([*entries, "x", "y"]): chance.choice("abc-") for _ in range(2)} for _ in "ab")
        after = _less(entries | first)
        now = _less(after | later)
        try:
            found = revert_change(_text(now), _text(entries), _text(after))
        except RevertConflict:
            refused += 1
            assert {id for id in first if entries.get(id) != after.get(id)} & set(later)
            continue
        wanted = {id: entries.get(id) if entries.get(id) != after.get(id) else now.get(id) for id in {*entries, *now}}
        assert sorted(found.split("- id: ")) == sorted(
            _text(_less({i: t or "-" for i, t in wanted.items()})).split("- id: ")
        )
    assert 0 < refused < 150


def _less(entries: dict[str, str]) -> dict[str, str]:
    return {id: text for id, text in entries.items() if text != "-"}


def _text(entries: dict[str, str]) -> str:
    return "".join(f"- id: {id}\n  question: Why?\n  answer: {text}\n  cites: [1]\n" for id, text in entries.items())
