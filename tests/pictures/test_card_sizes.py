"""The figures on how much there is of a reply."""

from __future__ import annotations

import pytest

from bot import bootstrap
from bot.cards.card import Button, Card, Line, Span, line
from bot.cards.reply_card import reply_card
from tests.pictures import card_sizes, discord_look
from tests.pictures.estimated_height import Shape
from tests.pictures.payloads import card_payloads
from tests.pictures.reply_sizes import card_size, count_words, visible
from tests.pictures.scenes import QUESTIONS

CARD = Card(
    (
        line("It is not proven."),
        Line((Span("Denied:", "strong"), Span(" no "), Span("¶4", url="https://a.b/c")), "quote"),
    ),
    (Button("Any evidence?", "related", "x"), Button("Good", "vote", "up:x", "👍", row=1)),
)


def test_a_word_holds_a_letter_or_a_digit() -> None:
    """A dot between two words is none; an address is not seen, so its words are none."""
    assert count_words("Reported · The Deep Dive ¶4 – ‘no’") == 6
    assert card_size("a", CARD).words == 4 + 3 + 2 + 1


def test_words_before_the_answer_count() -> None:
    """Whoever reads the card reads those first."""
    assert card_size("a", CARD, "It is not proven.").before == 0
    assert card_size("a", CARD, "no ¶4").before == 5


def test_what_should_have_been_a_message_counts_as_long() -> None:
    """An answer that goes into an embed for its length; a reading is meant for one."""
    lines = tuple(line("word " * 200) for _ in range(3))
    assert not card_size("a", CARD).is_long
    assert card_size("a", Card(lines)).is_long
    assert not card_size("a", Card(lines, as_embed=True)).is_long


def test_a_shortened_label_is_a_cut_label() -> None:
    """Discord allows 80 characters."""
    assert card_size("a", Card(CARD.lines, (Button("word " * 20, "related", "x"),))).shortened == 1


def test_percentiles_are_of_the_nearest_rank() -> None:
    """So a figure is always one that some reply has."""
    assert [card_sizes.percentile([3, 1, 2, 4], share) for share in (0.25, 0.5, 0.9)] == [1, 2, 4]
    assert card_sizes.percentile([7], 0.5) == 7


def test_the_table() -> None:
    """What `python -m tests.pictures.card_sizes` prints."""
    sizes = [card_size("a", CARD, "It is not proven."), card_size("b", CARD, "no ¶4")]
    assert card_sizes.table("2 entries", sizes, [Shape(3, 350), Shape(40, 710, cut=1, wrapped=1)]) == (
        "| 2 entries | p50 | p90 | most |\n"
        "|---|---|---|---|\n"
        "| words, with buttons | 10 | 10 | 10 |\n"
        "| words before the answer | 0 | 5 | 5 |\n"
        "| lines on a phone | 3 | 40 | 40 |\n"
        "| phone screens (700 px) | 0.50 | 1.01 | 1.01 |\n"
        "| button labels cut | 0 | 1 | 1 |\n"
        "| terminal, 80 columns: lines | 3 | 3 | 3 |\n"
        "\n"
        "Higher than a screen: 1; with a label cut: 1; with a row of buttons that takes two lines: 1; "
        "too long for the text of a message: 0."
    )


def test_the_largest_are_named() -> None:
    """So that somebody can shorten them."""
    sizes = [card_size(name, CARD) for name in ("small", "large")]
    assert card_sizes.largest(sizes, [Shape(3, 350), Shape(40, 710)], 1) == [
        "Highest:",
        "   710 px   10 words  large",
        "Most words:",
        "   10 words   350 px  small",
    ]
    assert card_sizes.largest(sizes, [Shape(3, 350), Shape(40, 710)], 0) == []


def test_without_chromium_there_are_no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence says so."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit, match="There is no Chromium here, which this needs"):
        discord_look.main([])


def test_the_picture_of_a_card_is_small_and_shows_what_the_bot_says_now() -> None:
    """Stale? Run `python -m tests.pictures.discord_look --card`."""
    answerer = bootstrap.answerer(discord_look.ROOT / "knowledge")
    payloads = card_payloads(reply_card(answerer.reply(QUESTIONS[0]), answerer.story))
    assert discord_look.described(discord_look.CARD) == visible(payloads)
    assert discord_look.CARD.stat().st_size < 60_000
