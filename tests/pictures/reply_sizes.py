"""How much there is of a reply: words, lines, height on a phone, labels cut, words before the answer, lines in a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from msgspec import Struct, convert

from bot.answering.reply import Reply
from bot.answering.view import VIEW_KINDS
from bot.answering.view_builder import Views
from bot.cards.card import Card
from bot.cards.reply_card import reply_card
from bot.cards.view_card import view_pages
from bot.story.models import LENGTHS, Story
from tests.pictures.chromium import Chromium
from tests.pictures.discord_markdown import visible_text
from tests.pictures.discord_page import FIT_LETTERS, SELECT, WIDTHS, Payload, Scene, page
from tests.pictures.estimated_height import Shape
from tests.pictures.payloads import card_payloads

SCREEN = 700
"""CSS pixels of a phone's screen between its bars."""
COLUMNS = 80
SCENES_A_PAGE = 500
MEASURE = """[...document.querySelectorAll('.message')].map(message => ({
  lines: [...message.querySelectorAll('.line')].map(
    line => Math.round(line.getBoundingClientRect().height / parseFloat(getComputedStyle(line).lineHeight))
  ).reduce((sum, lines) => sum + lines, 0),
  height: message.getBoundingClientRect().height,
  cut: [...message.querySelectorAll('.label')].filter(label => label.scrollWidth > label.clientWidth).length,
  wrapped: [...message.querySelectorAll('.row')].filter(row => row.clientHeight > 40).length,
}))"""


class Size(Struct, frozen=True):
    """How much there is of a reply, apart from how it stands on a phone.

    words: with those on its buttons; before: words before the answer; terminal: lines there; shortened: labels that are shorter
    in the payload than on the card; is_long: too long for the text of one message, though meant for one.
    """

    name: str
    payloads: tuple[Payload, ...]
    words: int
    before: int
    terminal: int
    shortened: int
    is_long: bool


def reply_size(name: str, reply: Reply, story: Story) -> Size:
    """Return how much there is of a reply."""
    answer = reply.guess.answer if reply.guess else reply.answer
    return card_size(name, reply_card(reply, story), answer.split("\n")[0])


def view_sizes(views: Views) -> list[Size]:
    """Return how much there is of each page of every view: those of all arguments, and those that their buttons open."""
    story = views.story
    found: dict[tuple[str, str], None] = dict.fromkeys(
        (kind, "") for kind in VIEW_KINDS if kind not in ("who", "paragraph")
    )
    found |= dict.fromkeys(("summary", f"{topic}:{length}") for topic in story.summaries for length in LENGTHS)
    found |= dict.fromkeys(("who", id) for id in story.people)
    found |= dict.fromkeys(("paragraph", str(number)) for number in story.paragraphs)
    sizes, ahead, known = [], list(found), set(found)
    while ahead:
        kind, argument = ahead.pop(0)
        for number, card in enumerate(view_pages(views.open(kind, argument)), 1):
            sizes.append(card_size(f"/{kind} {argument} page {number}", card))
            for button in card.buttons:
                _, other, its_argument = [*button.argument.split(":", 2), "", ""][:3]
                if button.action == "page" and (other, its_argument) not in known:
                    known.add((other, its_argument))
                    ahead.append((other, its_argument))
    return sizes


def card_size(name: str, card: Card, answer: str = "") -> Size:
    """Return how much there is of a card. answer: what should stand first on it."""
    payloads = card_payloads(card)
    shown, sent = visible(payloads), labels(payloads)
    in_embed = any(payload.get("embeds") for payload in payloads)
    return Size(
        name,
        tuple(payloads),
        count_words(shown) + sum(map(count_words, sent)),
        count_words(shown.partition(answer)[0]) if answer else 0,
        terminal_lines(card),
        sum(button.label not in sent for button in card.buttons),
        len(payloads) > 1 or (in_embed and not card.as_embed),
    )


def visible(payloads: Sequence[Payload]) -> str:
    """Return the text of messages and their embeds as a reader sees it."""
    texts = [
        text
        for payload in payloads
        for text in (payload.get("content"), *(embed["description"] for embed in payload.get("embeds") or ()))
    ]
    return "\n".join(visible_text(text) for text in texts if text)


def labels(payloads: Sequence[Payload]) -> list[str]:
    """Return what stands on the buttons and the selects of messages."""
    parts = [
        part for payload in payloads for row in payload.get("components") or () for part in row.get("components") or ()
    ]
    return [part.get("placeholder" if part["type"] == SELECT else "label") or "" for part in parts]


def count_words(text: str) -> int:
    """Return the number of words: what stands between spaces and holds a letter or a digit."""
    return sum(any(sign.isalnum() for sign in word) for word in text.split())


def terminal_lines(card: Card) -> int:
    """Return how many lines a card takes in a terminal of 80 columns, one of them for the buttons."""
    lines = sum(len(textwrap.wrap(line.text, COLUMNS - 2)) or 1 for line in card.lines)
    return lines + bool(card.buttons)


def measure(chromium: Chromium, replies: Sequence[Sequence[Payload]]) -> Iterator[Shape]:
    """Yield how each reply stands on a phone, some hundreds of them in one page."""
    for start in range(0, len(replies), SCENES_A_PAGE):
        scenes = [
            Scene(str(number), "what they asked", it)
            for number, it in enumerate(replies[start : start + SCENES_A_PAGE])
        ]
        chromium.show(page(scenes), WIDTHS["phone"])
        chromium.evaluate(FIT_LETTERS)
        yield from convert(chromium.evaluate(MEASURE), list[Shape])
