"""A card as messages: text where it fits, else an embed with the same lines, else as many messages as it takes."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot.cards.card import Button, Card, Line, Span, line
from bot.cards.message_text import markdown_text
from bot.cards.more_card import more_card
from bot.cards.reply_card import reply_card
from bot.cards.why_card import why_card
from bot.discord_frontend.common.card_message import to_messages
from tests.support.oversized import LONG, oversized_reply, oversized_story
from tests.support.sent_cards import bodies, texts

DENIED = Line((Span("Denied:", "strong"), Span(" She denies it. "), Span("¶2", url="https://quay.example/2")), "quote")
GIST = Line((Span("gist " * 500),), "item", can_drop=True)


def long_card(words: int) -> Card:
    """Return a card with an answer of so many words, a gist, a denial and a button."""
    return Card((*[line("word " * 100)] * (words // 100), GIST, DENIED), (Button("More", "more", "x"),))


def test_a_short_card_is_the_text_of_a_message() -> None:
    """No link in it makes a preview, and there is no embed."""
    (body,) = bodies(Card((line("She left."), DENIED), (Button("More", "more", "x"),)))
    assert body["content"] == "She left.\n> **Denied:** She denies it. [¶2](<https://quay.example/2>)"
    assert body["embeds"] == []


def test_a_card_that_is_too_long_for_a_text_is_an_embed_with_the_same_lines() -> None:
    """It has a description only, and all of the card."""
    card = long_card(100)
    (body,) = bodies(card)
    assert body["content"] is None
    (embed,) = body["embeds"]
    assert embed.keys() == {"type", "flags", "description"}
    assert embed["description"] == markdown_text(card)


def test_without_embeds_it_is_shortened_to_a_text() -> None:
    """Gists give way; the denial stays whole."""
    (body,) = bodies(long_card(100), may_embed=False)
    assert "gist" not in body["content"]
    assert body["content"].endswith("> **Denied:** She denies it. ¶2")


def test_what_does_not_fit_at_all_takes_several_messages() -> None:
    """Nothing that must be said is lost, and the last message has the buttons."""
    sent = bodies(long_card(1_000), may_embed=False)
    assert len(sent) == 4
    assert " ".join(body["content"] for body in sent).count("word") == 1_000
    assert sent[-1]["content"].endswith("> **Denied:** She denies it. ¶2")
    assert [bool(body["components"]) for body in sent] == [False, False, False, True]
    assert len(bodies(long_card(1_000))) == 2  # embeds hold more


def test_choices_are_a_select_below_the_buttons() -> None:
    """Its custom id is always the same, and each option's value is the entry."""
    card = Card(
        (line("x"),),
        (Button("Copy", "copy", "x"),),
        (("a", "Who?"), ("b", "q" * 150)),
        "2 more questions",
        as_embed=True,
    )
    (_, row) = bodies(card)[0]["components"]
    (select,) = row["components"]
    assert (select["custom_id"], select["placeholder"]) == ("pilcrow:choose", "2 more questions")
    assert [(option["value"], option["label"]) for option in select["options"]] == [
        ("a", "Who?"),
        ("b", "q" * 99 + "…"),
    ]


def test_a_card_without_buttons_has_no_components() -> None:
    """An empty view would be refused."""
    assert [message.keys() for message in to_messages(Card((line("x"),)))] == [{"content"}]


@pytest.mark.parametrize("may_embed", [True, False])
def test_the_largest_cards_are_within_discords_limits(*, may_embed: bool) -> None:
    """Of the largest base, too, no denial and no later development is left out or cut, wherever it is shown."""
    story, reply = oversized_story(), oversized_reply()
    later = [f"later {number}" for number in range(30)]
    known = {
        id: replace(each, text=f"{name}: {each.text}")
        for (id, each), name in zip(story.developments.items(), later, strict=False)
    }
    story = replace(story, developments={**story.developments, **known})
    reply = replace(reply, developments=tuple(known.values()), told=frozenset())
    for card in (reply_card(reply, story, LONG), more_card(reply, story, dict.fromkeys(story.paragraphs, LONG))):
        said = "\n".join(texts(card, may_embed=may_embed))
        assert "Ada Quill denies it." in said
        assert [name for name in later if f"{name}:" not in said] == []


def test_custom_ids_are_stable() -> None:
    """Cards that were sent keep working only if they do not change."""
    ids = [
        button.custom_id
        for button in (
            Button("x", "entry", "keeper-left"),
            Button("x", "related", "keeper-left"),
            Button("x", "more", "keeper-left"),
            Button("x", "vote", "up:keeper-left"),
            Button("x", "copy", "keeper-left"),
            Button("x", "view", "summary:lamp:full"),
            Button("x", "page", "2:who:tom-reed"),
            Button("x", "none"),
        )
    ]
    assert ids == [
        "pilcrow:entry:keeper-left",
        "pilcrow:related:keeper-left",
        "pilcrow:more:keeper-left",
        "pilcrow:vote:up:keeper-left",
        "pilcrow:copy:keeper-left",
        "pilcrow:view:summary:lamp:full",
        "pilcrow:page:2:who:tom-reed",
        "pilcrow:none",
    ]
    assert why_card("keeper-left", "en").buttons[0].custom_id == "pilcrow:why:wrong_subject:keeper-left"
