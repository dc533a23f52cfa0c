"""A text that is too long for a message is cut where that changes neither its words nor its look."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.cards.markdown import escape
from bot.cards.message_text import split_lines
from tests.support.fuzzing import active_markup, typed


@given(typed(2_000), st.integers(40, 200))
def test_no_part_is_too_long_and_nothing_is_lost(text: str, limit: int) -> None:
    """Only spaces and line breaks are left out, at the cuts."""
    shown = escape(text)
    parts = split_lines(shown, limit)
    assert all(len(part) <= limit for part in parts)
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", shown)


def test_a_cut_makes_no_markup() -> None:
    """It falls before a letter, never before what would begin a list or a heading, and never within an escape."""
    text = escape("one # two 1. three - four > five *six* " * 200)
    assert [active_markup(part) for part in split_lines(text, 50)] == [[]] * len(split_lines(text, 50))
    stars = split_lines(escape("*" * 2_000), 1_999)
    assert [active_markup(part) for part in stars] == [[], [], []]
    assert "".join(stars) == escape("*" * 2_000)


def test_lines_stay_whole_where_they_can() -> None:
    """As many as fit stand together."""
    assert split_lines("one\ntwo\nthree", 7) == ["one\ntwo", "three"]
    assert split_lines("one two three", 8) == ["one two", "three"]
