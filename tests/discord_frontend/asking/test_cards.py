"""Cards, their text, and the cooldown, without a connection."""

from __future__ import annotations

import pytest
from bot.discord_frontend.asking.cards import CardBuilder, said_by
from bot.discord_frontend.common.card import Card, CardButton
from msgspec.structs import replace

from bot.answering.answerer import Answerer
from bot.answering.reply import Citation, Option, Reply
from bot.cards import markdown
from bot.discord_frontend.common.bounded_cache import BoundedCache
from bot.discord_frontend.common.cooldown import MAX_BUCKETS, Cooldown
from bot.i18n.messages import messages
from bot.matching.weights import load_weights
from bot.story.models import Development
from tests.support.fake_discord.limits import check_message
from tests.support.small_story import small_story

LONG_URL = "https://quay.example/" + "a" * 600


@pytest.fixture
def cards() -> CardBuilder:
    return CardBuilder(small_story(), {})


def fields(card: Card) -> dict[str, str]:
    """Return the fields of a card by name."""
    return {str(field.name): str(field.value) for field in card.embed.fields}


def oversized_reply(words: str = "wordy ") -> Reply:
    """Return a reply whose parts all exceed Discord's limits."""
    text = words * 3000
    citations = tuple(Citation(n, text, f"https://q.example/{n}#" + "b" * 300) for n in range(1, 60))
    developments = tuple(Development(str(n), "2020-06-01", text, text, LONG_URL) for n in range(40))
    related = tuple((f"id-{n}", text) for n in range(3))
    options = tuple(Option(f"id-{n}", text, text, citations) for n in range(3))
    return Reply("answer", text, "", 1.0, "keeper-left", text, "alleged", citations, developments, options, related)


@pytest.mark.parametrize("words", ["wordy ", "x", "[*_", "字"])
def test_every_card_is_within_discords_limits(cards: CardBuilder, words: str) -> None:
    """The limits hold for each part and for the total."""
    reply = oversized_reply(words)
    full = CardBuilder(small_story(), dict.fromkeys(range(60), words * 3000))
    all_cards = [
        full.answer(reply),
        full.clarify(reply, words * 3000),
        full.abstain(replace(reply, nearest=reply, nearest_heading=words), question=words * 3000),
        full.paragraphs(reply),
    ]
    for card in all_cards:
        check_message({"embeds": [card.embed.to_dict()]})
        assert all(0 < len(press.label) <= 80 and len(press.custom_id) <= 100 for press in card.buttons)
        assert len({press.custom_id for press in card.buttons}) == len(card.buttons)


def test_gists_are_shortened_before_the_answer(cards: CardBuilder) -> None:
    """Every paragraph keeps its number and link."""
    reply = replace(oversized_reply(), answer="It was so. " * 330, developments=(), question="Q?")
    card = cards.answer(replace(reply, citations=reply.citations[:5]))
    assert card.embed.description == reply.answer
    shown = "\n".join(str(field.value) for field in card.embed.fields)
    assert all(f"[¶{n}](https://q.example/{n}#" in shown for n in range(1, 6))


@pytest.mark.parametrize(
    ("status", "id", "shown"),
    [
        ("reported", "keeper-left", "Reported by the article"),
        ("alleged", "lamp-taken", "Alleged, not proven"),
        ("denied", "lamp-denied", "Denied"),
        ("said", "lamp-denied", "Said by Ada Quill"),
        ("assumed", "keeper-left", "Widely assumed, not established"),
        ("not_covered", "keeper-age", "The article does not say"),
    ],
)
def test_each_standing_has_a_label(cards: CardBuilder, status: str, id: str, shown: str) -> None:
    """A statement names its speaker."""
    reply = replace(Answerer(small_story(), load_weights()).entry_reply(id), standing=status)
    assert fields(cards.answer(reply))["Standing"] == shown


def test_a_statement_names_all_speakers() -> None:
    """Without speakers it is just a statement."""
    assert said_by(["Ada", "Tom", "Eve"], messages("en").reply) == "Said by Ada, Tom and Eve"
    assert said_by([], messages("fr").reply) == "Une déclaration"


@pytest.mark.parametrize("url", [LONG_URL, "https://quay.example/a b", "https://quay.example/>"])
def test_a_url_that_would_break_the_link_is_left_out(cards: CardBuilder, url: str) -> None:
    """The paragraph number stays, without a link."""
    reply = replace(oversized_reply(), citations=(Citation(9, "A gist.", url),), developments=())
    assert fields(cards.answer(reply))["Source"] == "¶9 A gist."


def test_brackets_in_a_url_are_percent_encoded(cards: CardBuilder) -> None:
    """They would end the link."""
    reply = replace(oversized_reply(), citations=(Citation(9, "A gist.", "https://q.example/a_(b)"),), developments=())
    assert fields(cards.answer(reply))["Source"] == "[¶9](https://q.example/a_%28b%29) A gist."


def test_text_of_the_base_is_escaped(cards: CardBuilder) -> None:
    """Only our own links are links."""
    reply = replace(
        oversized_reply(), answer="# *a* [x](https://evil.example)\n- b <#1> ||c||", citations=(), developments=()
    )
    assert cards.answer(reply).embed.description == (
        "\\# \\*a\\* \\[x\\](https:\\//evil.example)\n\\- b \\<#1\\> \\|\\|c\\|\\|"
    )


def test_custom_ids_are_stable() -> None:
    """Cards that were sent keep working only if they do not change."""
    assert CardButton("x", "entry", "keeper-left").custom_id == "pilcrow:entry:keeper-left"
    assert CardButton("x", "paragraphs", "keeper-left").custom_id == "pilcrow:paragraphs:keeper-left"
    assert CardButton("x", "vote", "up:keeper-left").custom_id == "pilcrow:vote:up:keeper-left"
    assert CardButton("x", "none").custom_id == "pilcrow:none"


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [("short", 5, "short"), ("one two three", 9, "one two…"), ("one two three", 8, "one two…"), ("abcdef", 4, "abc…"), ("a", 0, ""), ("ab\\*cd", 4, "ab…")],
)  # fmt: skip
def test_text_is_truncated_between_words(text: str, limit: int, shown: str) -> None:
    """'…' marks the end; the result is never over the limit."""
    assert markdown.truncate(text, limit) == shown


def test_the_cooldown_allows_the_configured_rate() -> None:
    """It starts full, refills with time, and is counted per user."""
    time = [0.0]
    cooldown = Cooldown(2, 20, lambda: time[0])
    assert [cooldown.take(1), cooldown.take(1), cooldown.take(1), cooldown.take(2)] == [0, 0, 10, 0]
    time[0] = 4
    assert cooldown.take(1) == 6
    time[0] = 10
    assert [cooldown.take(1), cooldown.take(1)] == [0, 10]
    time[0] = 1000
    assert [cooldown.take(1), cooldown.take(1), cooldown.take(1)] == [0, 0, 10]


def test_each_usage_and_channel_has_its_own_bucket() -> None:
    """Votes take no questions away."""
    cooldown = Cooldown(1, 20, lambda: 0.0)
    assert [cooldown.take(1), cooldown.take(1), cooldown.take(1, "button")] == [0, 20, 0]
    assert [cooldown.take(1, "channel_error", channel) for channel in (7, 7, 8)] == [0, 30, 0]


def test_a_reservation_uses_up_a_token() -> None:
    """The next one has to wait for the full interval."""
    time = [0.0]
    cooldown = Cooldown(1, 20, lambda: time[0])
    assert [cooldown.reserve(1, "autocomplete") for _ in range(6)] == [0, 0, 0, 0, 0, 0.2]
    time[0] += 0.2
    assert cooldown.reserve(1, "autocomplete") == 0.2


def test_caches_and_cooldowns_are_bounded() -> None:
    """The oldest entry is evicted, by number or by size."""
    memory: BoundedCache[str, str] = BoundedCache(2)
    for key in "abc":
        memory[key] = key
    assert [memory.get(key) for key in "abc"] == [None, "b", "c"]
    sized: BoundedCache[str, str] = BoundedCache(10, len)
    for key in ("a" * 4, "b" * 4, "c" * 4, "d" * 11):
        sized[key[0]] = key
    assert [sized.get(key) for key in "abcd"] == [None, "bbbb", "cccc", None]
    cooldown = Cooldown(1, 1, lambda: 0.0)
    for person in range(MAX_BUCKETS + 5):
        cooldown.take(person)
    assert len(cooldown._buckets) == MAX_BUCKETS
