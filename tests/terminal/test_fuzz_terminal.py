"""Whatever stands in a base or is asked: the terminal gets no control sequences but our own, and programs get JSON."""

import io
import json
import re
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from bot.answering.answerer import Answerer
from bot.cards.card import Button, Card, Line, Span
from bot.matching.weights import load_weights
from bot.terminal.console import Screen
from bot.terminal.json_output import reply_json
from bot.terminal.layout import card_rows, cell_width
from bot.terminal.render import Line as TextLine
from bot.terminal.render import choice_lines, pickable
from tests.support.fake_discord.hidden import hidden
from tests.support.fuzzing import typed
from tests.support.small_story import small_story

OURS = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;;[!-~]*\x1b\\")
"""Colours and links."""


@cache
def small_answerer() -> Answerer:
    """Return an answerer of the small story."""
    return Answerer(small_story(), load_weights())


def lines() -> st.SearchStrategy[Line]:
    """Generate lines of a card with any texts and addresses."""
    urls = st.one_of(st.just(""), typed(300).map("https://quay.example/{}".format))
    spans = st.builds(Span, typed(300), st.sampled_from(("plain", "strong", "badge")), urls)
    kinds = st.sampled_from(("text", "quote", "small", "heading", "item"))
    return st.builds(Line, st.lists(spans, max_size=4).map(tuple), kinds)


@given(st.lists(lines(), max_size=3), typed(80), st.integers(20, 100), st.booleans(), st.booleans())
def test_a_card_sends_no_control_sequences_but_our_own(
    card_lines: list[Line],
    label: str,
    width: int,
    colour: bool,  # noqa: FBT001
    links: bool,  # noqa: FBT001
) -> None:
    """Every row ends outside our own."""
    out = io.StringIO()
    screen = Screen(out, width=width, colour=colour, links=links)
    screen.print_card(card_lines)
    screen.print_addresses(card_lines)
    card = Card(tuple(card_lines), (Button(label, "entry", "x"),), (("y", label),))
    screen.print_lines(choice_lines(pickable(card, width), ["l links"], width))
    shown = out.getvalue()
    assert not hidden(OURS.sub("", shown) if colour or links else shown)
    for row in shown.split("\n"):
        assert row.count("\x1b[0m") * 2 == len(re.findall(r"\x1b\[[0-9;]*m", row))
        assert len(re.findall(r"\x1b\]8;;[!-~]+\x1b", row)) == row.count("\x1b]8;;\x1b\\")


@given(lines(), st.integers(20, 100))
def test_rows_are_no_wider_than_the_screen_but_for_one_long_word(line: Line, width: int) -> None:
    """And no word of the line is lost."""
    rows = ["".join(run.text for run in row) for row in card_rows(line, width)]
    for row in rows:
        assert cell_width(row) <= width or len(row.split()) <= 2


@given(typed())
def test_text_from_elsewhere_is_sanitized(text: str) -> None:
    """Questions of users are listed too, and a chat shows what was typed."""
    out = io.StringIO()
    Screen(out, width=80, colour=False).print_lines([TextLine(text)])
    assert not hidden(out.getvalue())


@given(typed())
def test_a_reply_is_one_line_of_json(question: str) -> None:
    """The line can be parsed again."""
    line = json.dumps(reply_json(small_answerer().reply(question), small_story()), ensure_ascii=False)
    assert "\n" not in line
    assert json.loads(line)["outcome"] in ("answer", "clarify", "abstain")


@given(typed())
def test_a_reply_to_anything_is_sanitized(question: str) -> None:
    """With the explanation, which quotes the question's words."""
    out, answerer = io.StringIO(), small_answerer()
    screen = Screen(out, width=80, colour=False)
    reply, match = answerer.reply_with_match(question)
    screen.print_reply(reply, answerer.story)
    screen.print_explanation(match, answerer)
    assert not hidden(out.getvalue())
