"""What is shown: inside Discord's limits whatever the base and the question hold; nothing formats, links or mentions by accident."""

import io
import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from itertools import cycle

from discord import Embed
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.answering.view import View
from bot.answering.views import Views
from bot.discord_frontend.asking.cards import CardBuilder
from bot.discord_frontend.common import discord_limits, markdown
from bot.discord_frontend.common.card import Card, CardButton
from bot.discord_frontend.reading import pages
from bot.matching.weights import load_weights
from bot.nlp.languages import LANGUAGES
from bot.nlp.sanitize import sanitize
from bot.story import loader, text_limits
from bot.story.models import Story
from bot.terminal.console import Screen
from bot.terminal.json_output import reply_json
from bot.terminal.render import reply_lines, view_lines
from tests.support.fake_discord import hidden
from tests.support.fake_discord.limits import check_message
from tests.support.fuzzing import fewer, loose, quoted, typed, written
from tests.support.small_story import small_story, small_story_files

TEXTS = {
    "story.yaml": {"title": discord_limits.EMBED_TITLE, "publisher": text_limits.NAME, "gist": text_limits.GIST, "first": text_limits.NAME, "disclaimer": 600},
    "people.yaml": {"name": text_limits.NAME, "role": 400},
    "developments.yaml": {"text": text_limits.DEVELOPMENT, "source": 200},
    "claims.yaml": {"text": text_limits.CLAIM, "denial": text_limits.CLAIM},
    "summaries.yaml": {"title": text_limits.NAME, "text": text_limits.POINT},
    "timeline.yaml": {"said": text_limits.NAME, "text": text_limits.POINT},
    "qa/keeper.yaml": {"question": text_limits.QUESTION, "answer": text_limits.ANSWER},
    "qa/lamp.yaml": {"question": text_limits.QUESTION, "answer": text_limits.ANSWER},
}  # fmt: skip
"""The texts of the small story that are shown, with their limits."""


@cache
def small() -> Answerer:
    """What answers from the small story."""
    return Answerer(small_story(), load_weights())


def _next_of(texts: list[str]) -> Callable[[re.Match[str]], str]:
    """Puts one of the texts after the other in place of what is found."""
    others = cycle(texts)
    return lambda found: found[1] + quoted(next(others))


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """The small story with other texts in it, as long as the reader takes them, and twenty paragraphs cited."""
    base = small_story_files()
    base["summaries.yaml"] = (
        base["summaries.yaml"].split(b"    - {text: 'line c,")[0] + b"  developments: [lamp-found]\n"
    )
    for name, keys in TEXTS.items():
        text = base[name].decode()
        for key, most in keys.items():
            with_end = re.compile(rf"(\b{key}: )(.+?)(?=\n|, cites: )")
            text = with_end.sub(_next_of(draw(st.lists(written(most), min_size=1, max_size=3))), text)
        base[name] = text.encode("utf-8", "replace")
    return loader.parse_story(base)


def check_card(card: Card, own: frozenset[str]) -> None:
    """One card, as Discord would take it."""
    check_message({"embeds": [card.embed.to_dict()]})
    assert hidden.find(card.embed.to_dict()) is None
    check_embed(card.embed, own)
    assert len({press.custom_id for press in card.buttons}) == len(card.buttons)
    for press in card.buttons:
        assert 0 < len(press.label) <= discord_limits.BUTTON_LABEL
        assert len(press.custom_id) <= discord_limits.CUSTOM_ID


def check_embed(embed: Embed, own: frozenset[str]) -> None:
    """Nothing in it formats, links or mentions but what is ours."""
    for text in (embed.description or "", *(str(field.value) for field in embed.fields)):
        assert (loose(text, own), text) == ([], text)


def addresses(story: Story) -> frozenset[str]:
    """Where links of this story may lead, as they are written into a link."""
    known = [
        story.url,
        *(story.paragraph_url(number) for number in story.paragraphs),
        *(one.url for one in story.developments.values()),
    ]
    return frozenset(url.replace("(", "%28").replace(")", "%29") for url in known)


def views(story: Story) -> Iterable[View]:
    """Everything that can be read of a story."""
    made = Views(story, {1: story.disclaimer}, bootstrap.view_settings())
    for command in ("timeline", "claims", "sources", "updates", "help", "about", "privacy"):
        yield made.open(command)
    yield from (made.open("who", id) for id in story.people)
    yield from (made.open("paragraph", str(number)) for number in story.paragraphs)
    yield from (made.summary(length, id) for id in story.summaries for length in ("line", "short", "full"))


@fewer()
@given(stories(), typed())
def test_every_card_and_page_of_any_base_fits(story: Story, question: str) -> None:
    """Entries, questions back, what is not there, paragraphs, and every page of everything that can be read."""
    answerer, own = Answerer(story, load_weights()), addresses(story)
    cards = CardBuilder(story, {1: story.disclaimer * 20, 2: "# *text* " * 600})
    for id in story.entries:
        for language in LANGUAGES:
            reply = answerer.entry_reply(id, language)
            check_card(cards.answer(reply), own)
            check_card(cards.abstain(replace(answerer.reply("xyzzy"), nearest=reply), question), own)
        check_embed(cards.paragraphs(reply).embed, own)
    check_card(cards.clarify(answerer.reply(question), question), own)
    for reading in views(story):
        number, card = 1, pages.page_card(reading, 1, cards.footer)
        check_card(card, own)
        while any(press.label == "Next page" for press in card.buttons):
            number += 1
            card = pages.page_card(reading, number, cards.footer)
            check_card(card, own)


@given(typed())
def test_nothing_that_was_typed_formats_links_or_mentions(question: str) -> None:
    """As the question shown back, and as the words that nothing is said about."""
    shown = markdown.echo(question)
    assert loose(f"Question: {shown}") == []
    assert "://" not in shown
    assert not hidden.hidden(shown)
    reply = small().reply(question)
    cards = CardBuilder(small().story, {})
    card = cards.answer(reply) if reply.outcome == "answer" else cards.abstain(reply, question)
    check_card(card, addresses(small().story))
    if reply.nearest is not None:  # the nearest thing is there whatever was typed
        assert markdown.escape(reply.nearest.answer) in str(card.embed.description)


@given(typed(), st.integers(0, 6_000))
def test_text_of_the_base_is_shown_as_it_is_written(text: str, limit: int) -> None:
    """Escaped, never over the limit, and what is left of it without the escapes is a beginning of it."""
    shown = markdown.escape(text, limit)
    assert len(shown) <= limit
    assert loose(shown) == []
    plain, text = re.sub(r"\\(.)", r"\1", shown.replace("@\u200b", "@"), flags=re.DOTALL), sanitize(text)
    assert text.startswith(plain.removesuffix("…").rstrip(" \n\\")) or plain == text


@given(typed(200), typed(600))
def test_a_link_leads_where_it_says_or_is_none(label: str, url: str) -> None:
    """An address never ends its link early."""
    made = markdown.link(markdown.escape(label), f"https://quay.example/{url}")
    assert loose(made, frozenset({f"https://quay.example/{url}".replace("(", "%28").replace(")", "%29")})) == []


@fewer()
@given(stories(), typed(), st.integers(20, 100), st.booleans())
def test_the_terminal_shows_text_and_no_commands(story: Story, question: str, width: int, colour: bool) -> None:  # noqa: FBT001
    """No line ends early, and nothing moves the cursor or changes colours but what is ours."""
    answerer, out = Answerer(story, load_weights()), io.StringIO()
    screen = Screen(out, width=width, colour=colour)
    reply, match = answerer.reply_with_match(question)
    screen.print_reply(reply)
    screen.print_explanation(match, answerer)
    for id in story.entries:
        screen.print_lines(reply_lines(answerer.entry_reply(id)))
    for reading in views(story):
        screen.print_lines(view_lines(reading))
    own = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;;[^\x1b]*\x1b\\")
    assert not hidden.hidden(own.sub("", out.getvalue()) if colour else out.getvalue())


@given(typed())
def test_no_text_from_elsewhere_commands_the_terminal(text: str) -> None:
    """Questions of strangers are listed there too."""
    from bot.terminal.render import Line

    out = io.StringIO()
    Screen(out, width=80, colour=False).print_lines([Line(text, "plain", text)])
    assert not hidden.hidden(out.getvalue())


@given(typed())
def test_a_reply_is_one_line_of_json(question: str) -> None:
    """For programs: readable again, whatever was asked."""
    line = json.dumps(reply_json(small().reply(question)), ensure_ascii=False)
    assert "\n" not in line
    assert json.loads(line)["outcome"] in ("answer", "clarify", "abstain")


@given(
    st.sampled_from(("entry", "related", "paragraphs", "vote", "none", "page")),
    st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True),
)
def test_any_id_fits_into_a_button(action: str, id: str) -> None:
    """Ids have at most 60 characters; the longest is that of a page of somebody."""
    press = CardButton("x", action, f"9999:paragraph:{id[:60]}")  # type: ignore[arg-type]
    assert len(press.custom_id) <= discord_limits.CUSTOM_ID
