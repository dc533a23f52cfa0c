"""Rendered text stays within Discord's limits, and never formats, links or mentions by accident."""

import re
from collections.abc import Callable, Iterable
from functools import cache
from itertools import cycle
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.answering.view import View
from bot.answering.view_builder import Views
from bot.cards import discord_limits, markdown
from bot.cards.card import Button, ButtonAction, Card
from bot.cards.copy_text import copy_blocks, copy_text
from bot.cards.more_card import more_card
from bot.cards.reply_card import reply_card
from bot.cards.view_card import view_page
from bot.matching.weights import load_weights
from bot.nlp.languages import LANGUAGES
from bot.nlp.sanitize import sanitize
from bot.story import field_lengths, loader
from bot.story.models import Story
from tests.support.fake_discord import hidden
from tests.support.fuzzing import active_markup, fewer, quoted, typed, written
from tests.support.sent_cards import bodies, texts
from tests.support.small_story import small_story, small_story_files

TEXTS = {
    "story.yaml": {"title": discord_limits.EMBED_TITLE, "publisher": field_lengths.NAME, "gist": field_lengths.GIST, "first": field_lengths.NAME, "disclaimer": 600},
    "people.yaml": {"name": field_lengths.NAME, "role": 400},
    "developments.yaml": {"text": field_lengths.DEVELOPMENT, "source": 200},
    "claims.yaml": {"text": field_lengths.CLAIM, "denial": field_lengths.CLAIM},
    "summaries.yaml": {"title": field_lengths.NAME, "text": field_lengths.POINT},
    "timeline.yaml": {"said": field_lengths.NAME, "text": field_lengths.POINT},
    "qa/keeper.yaml": {"question": field_lengths.QUESTION, "answer": field_lengths.ANSWER},
    "qa/lamp.yaml": {"question": field_lengths.QUESTION, "answer": field_lengths.ANSWER},
}  # fmt: skip
"""The texts of the small story that are shown, with their limits."""


@cache
def small_answerer() -> Answerer:
    """Return an answerer of the small story."""
    return Answerer(small_story(), load_weights())


def _next_of(texts: list[str]) -> Callable[[re.Match[str]], str]:
    """Return a replacement function that inserts the texts in turn."""
    replacements = cycle(texts)
    return lambda match: match[1] + quoted(next(replacements))


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Draw the small story with other texts, none longer than the loader accepts."""
    files = small_story_files()
    files["summaries.yaml"] = (
        files["summaries.yaml"].split(b"    - {text: 'line c,")[0] + b"  developments: [lamp-found]\n"
    )
    for name, keys in TEXTS.items():
        text = files[name].decode()
        for key, max_length in keys.items():
            with_end = re.compile(rf"(\b{key}: )(.+?)(?=\n|, cites: )")
            text = with_end.sub(_next_of(draw(st.lists(written(max_length), min_size=1, max_size=3))), text)
        files[name] = text.encode("utf-8", "replace")
    return loader.parse_story(files)


def check_card(card: Card, allowed_urls: frozenset[str], *, shows: Iterable[str] = ()) -> None:
    """Assert that Discord accepts a card, as text and in an embed, that its text is inert, and that it shows some texts."""
    for may_embed in (True, False):
        for body in bodies(card, may_embed=may_embed):
            assert hidden.find(body) is None
        said = texts(card, may_embed=may_embed)
        for each in said:
            assert (active_markup(each, allowed_urls), each) == ([], each)
        flat = _words("".join(said))
        assert [text for text in shows if _words(markdown.escape(text)) not in flat] == []


def _words(text: str) -> str:
    """Return a text without the places where lines may break, and without bars."""
    return re.sub(r"(^> )|\s", "", text, flags=re.MULTILINE)


def addresses(story: Story) -> frozenset[str]:
    """Return the URLs that links of this story may have, as they are escaped in a link."""
    urls = [
        story.url,
        *(story.paragraph_url(number) for number in story.paragraphs),
        *(development.url for development in story.developments.values()),
    ]
    return frozenset(url.replace("(", "%28").replace(")", "%29") for url in urls)


def all_views(story: Story) -> Iterable[View]:
    """Yield every view of a story."""
    views = Views(story, {1: story.disclaimer}, bootstrap.view_settings())
    for command in ("timeline", "claims", "sources", "updates", "help", "about", "privacy"):
        yield views.open(command)
    yield from (views.open("who", id) for id in story.people)
    yield from (views.open("paragraph", str(number)) for number in story.paragraphs)
    yield from (views.summary(length, id) for id in story.summaries for length in ("line", "short", "full"))


@fewer()
@given(stories(), typed())
def test_every_card_and_page_of_any_base_fits(story: Story, question: str) -> None:
    """Answers, clarifications, abstentions, paragraphs and all pages of all views are within the limits."""
    answerer, allowed_urls = Answerer(story, load_weights()), addresses(story)
    paragraph_texts = {1: story.disclaimer * 20, 2: "# *text* " * 600}
    for id in story.entries:
        for language in LANGUAGES:
            reply = answerer.entry_reply(id, language)
            later = [development.text for development in reply.developments]
            shown = [*(denial.text for denial in reply.denials), *later]
            check_card(reply_card(reply, story, question), allowed_urls, shows=[*reply.answer.split("\n\n"), *shown])
            abstained = replace(answerer.reply("xyzzy"), nearest=reply)
            check_card(reply_card(abstained, story, question), allowed_urls, shows=shown)
            check_card(more_card(reply, story, paragraph_texts), allowed_urls, shows=later)
            for block in copy_blocks(copy_text(reply, story)):
                assert len(block) <= discord_limits.MESSAGE_CONTENT
                assert "``" not in block[3:-3]
                assert not hidden.hidden(block)
    check_card(reply_card(answerer.reply(question), story, question), allowed_urls)
    for view in all_views(story):
        number, card = 1, view_page(view, 1)
        check_card(card, allowed_urls)
        while any(press.label == "Next page" for press in card.buttons):
            number += 1
            card = view_page(view, number)
            check_card(card, allowed_urls)


@given(typed())
def test_a_question_is_shown_inert(question: str) -> None:
    """It is shown so in the card and in the explanation of an abstention."""
    shown = markdown.echo(question)
    assert active_markup(f"Question: {shown}") == []
    assert "://" not in shown
    assert not hidden.hidden(shown)
    reply = small_answerer().reply(question)
    card = reply_card(reply, small_answerer().story, question)
    # What is behind the answer is there whatever was typed.
    check_card(card, addresses(small_answerer().story), shows=[reply.nearest.answer] if reply.nearest else [])


@given(typed(), st.integers(0, 6_000))
def test_escaped_text_unescapes_to_a_prefix_of_itself(text: str, limit: int) -> None:
    """It is never over the limit."""
    shown = markdown.escape(text, limit)
    assert len(shown) <= limit
    assert active_markup(shown) == []
    plain, text = re.sub(r"\\(.)", r"\1", shown.replace("@\u200b", "@"), flags=re.DOTALL), sanitize(text)
    assert text.startswith(plain.removesuffix("…").rstrip(" \n\\")) or plain == text


@given(typed(200), typed(600))
def test_a_link_has_the_given_url_or_is_plain_text(label: str, url: str) -> None:
    """A URL never ends its link early."""
    link = markdown.link(markdown.escape(label), f"https://quay.example/{url}")
    assert active_markup(link, frozenset({f"https://quay.example/{url}".replace("(", "%28").replace(")", "%29")})) == []


@given(
    st.sampled_from(get_args(ButtonAction)),
    st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True),
)
def test_any_id_fits_into_a_custom_id(action: ButtonAction, id: str) -> None:
    """Ids have at most 60 characters; the longest custom_id is that of a page of a paragraph or person."""
    press = Button("x", action, f"9999:paragraph:{id[:60]}")
    assert len(press.custom_id) <= discord_limits.CUSTOM_ID
