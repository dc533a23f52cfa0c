"""A card as Discord's Markdown: what it looks like, and what gives way where there is no room."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.cards import discord_limits
from bot.cards.card import Card, Line, LineKind, Span, line
from bot.cards.message_text import fit_text, markdown_text, split_text
from bot.cards.reply_card import reply_card
from bot.matching.weights import load_weights
from tests.support.small_story import small_story

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
ARTICLE = "https://quay.example/harbour-light"
FRAGMENT = ":~:text=Mayor%20Tom%20Reed,she%20denies%20it."
PARAGRAPH = f"[¶2](<{ARTICLE}#{FRAGMENT}>)"
ANSWER = "The mayor, Tom Reed, says that she took the lamp, worth 40 crowns."
SINCE = "The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)"


@pytest.fixture(scope="module")
def allegation() -> Card:
    """An allegation with its denial and what was found later."""
    answerer = Answerer(small_story(), load_weights())
    return reply_card(answerer.reply("did the keeper steal the lamp"), answerer.story)


def test_a_reply_reads_as_text_of_a_message(allegation: Card) -> None:
    """Small print, a badge as code, a bar, and links without a preview."""
    assert markdown_text(allegation).split("\n") == [
        ANSWER,
        f"-# `Alleged, not proven` · The Quay {PARAGRAPH}",
        f"> **Denied:** Ada Quill denies it. {PARAGRAPH}",
        f"> **Since the article:** [Jun 2020](<https://quay.example/lamp-found>), {SINCE}",
    ]


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("text", "one\ntwo"),
        ("quote", "> one\n> two"),
        ("small", "-# one\n-# two"),
        ("item", "- one\n- two"),
        ("heading", "**one\ntwo**"),
    ],
)
def test_each_kind_of_line_has_its_markup(kind: LineKind, shown: str) -> None:
    """A line break in a text does not end the markup."""
    assert markdown_text(Card((line("one\ntwo", kind),))) == shown


@pytest.mark.parametrize(
    ("span", "shown"),
    [
        (Span("a *b* _c_"), r"a \*b\* \_c\_"),
        (Span("> no bar"), r"\> no bar"),
        (Span("-# no small print"), r"\-# no small print"),
        (Span("[x](https://evil.example)"), r"\[x\](https:\//evil.example)"),
        (Span("@everyone"), "@\u200beveryone"),
        (Span("a*b", "strong"), r"**a\*b**"),
        (Span("not `proven`", "badge"), "`not proven`"),
        (Span("May 2023", url="https://x.example/(a)"), "[May 2023](<https://x.example/%28a%29>)"),
        (Span("May 2023", url="https://x.example/a b"), "May 2023"),
        (Span("May 2023", url="https://x.example/" + "a" * discord_limits.LINK_URL), "May 2023"),
    ],
)
def test_what_people_wrote_is_shown_literally(span: Span, shown: str) -> None:
    """It makes no formatting, link or mention of its own; an address that would break its link is left out."""
    assert markdown_text(Card((Line((span,)),))) == shown


def test_what_gives_way_first_is_what_is_missed_least(allegation: Card) -> None:
    """Fragments, then links to paragraphs, then lines that may be left out, then links to sources; never a denial."""
    extra = Line(
        (Span("Closest:", "strong"), Span(" something"), Span(" "), Span("¶2", url=ARTICLE)), "quote", can_drop=True
    )
    card = replace(allegation, lines=(*allegation.lines, extra))
    whole = markdown_text(card)
    without_fragments = whole.replace(f"#{FRAGMENT}", "")
    without_links = without_fragments.replace(f"[¶2](<{ARTICLE}>)", "¶2")
    without_closest = without_links.removesuffix("\n> **Closest:** something ¶2")
    least = without_closest.replace("[Jun 2020](<https://quay.example/lamp-found>)", "Jun 2020")
    steps = [whole, without_fragments, without_links, without_closest, least]
    assert [len(step) for step in steps] == sorted({len(step) for step in steps}, reverse=True)
    for longer, step in zip([whole, *steps], steps, strict=False):
        assert fit_text(card, len(longer) - (longer != step)) == step
    assert fit_text(card, len(least) - 1) is None
    assert f"**Denied:** Ada Quill denies it. ¶2\n> **Since the article:** Jun 2020, {SINCE}" in least


def test_what_does_not_fit_one_text_is_split_between_lines(allegation: Card) -> None:
    """Nothing is lost of the answer, the denial and what was found later."""
    assert split_text(allegation) == [markdown_text(allegation)]
    assert split_text(allegation, 110) == [
        f"{ANSWER}\n-# `Alleged, not proven` · The Quay ¶2",
        "> **Denied:** Ada Quill denies it. ¶2",
        f"> **Since the article:** Jun 2020, {SINCE}",
    ]


def test_a_line_that_does_not_fit_is_cut_between_words() -> None:
    """A word that is longer than all the room is cut anyway."""
    assert split_text(Card((line("one two three " + "x" * 12),)), 10) == ["one two", "three", "xxxxxxxxxx", "xx"]


@given(
    texts=st.lists(st.tuples(st.text(max_size=60), st.sampled_from(["text", "quote", "small", "item"])), max_size=6),
    limit=st.integers(30, 200),
)
def test_no_text_is_longer_than_the_limit(texts: list[tuple[str, LineKind]], limit: int) -> None:
    """Whatever was written."""
    card = Card(tuple(line(text, kind) for text, kind in texts))
    assert all(len(text) <= limit for text in split_text(card, limit))
    fitting = fit_text(card, limit)
    assert fitting is None or len(fitting) <= limit


def test_every_reply_of_the_base_fits_a_message_or_an_embed() -> None:
    """With all denials and everything found later, whichever of the two it is."""
    answerer = bootstrap.answerer(KNOWLEDGE)
    for id in answerer.story.entries:
        reply = answerer.entry_reply(id)
        card = reply_card(reply, answerer.story)
        assert fit_text(card, discord_limits.EMBED_DESCRIPTION) == markdown_text(card), id
        text = fit_text(card)
        assert text is not None, id
        assert all(later.url in text for later in reply.developments), id
