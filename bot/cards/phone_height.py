"""How tall a card is on a phone: Discord on a screen 380 px wide, of which 700 px are seen without scrolling.

Estimated from the widths of letters; 'px' are those of CSS. The programs in tests/pictures measure the same in a browser.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from bot.cards.card import Button, Card, Line, Span

SCREEN = 700
"""Pixels of a phone's screen between its bars."""
AROUND = 62
"""Above a message, the line of who used which command and that of the bot's name, and below it some room."""
TEXT_WIDTH = 300
"""Of a line of text, and of buttons."""
EMBED_WIDTH, EMBED_FRAME = 268, 28
"""Of a line in an embed; and what an embed has above and below its lines."""
QUOTE_INDENT, ITEM_INDENT = 24, 20
"""What a bar and a bullet take of a line."""
MESSAGE_LETTER, EMBED_LETTER = (16, 22), (14, 18)
"""Size of the letters, and height of a line."""
SMALL_MESSAGE_LETTER, SMALL_EMBED_LETTER = (13, 18), (12, 16)
BUTTON_LETTER = 14
AVERAGE_WIDTH = 0.475
"""Of a letter in running text, spaces included, in parts of its size."""
BREADTHS: Mapping[str, float] = {
    letter: breadth
    for letters, breadth in (
        (" '.,:;!|·ijlJ", 0.56),
        ("()[]-/Ift", 0.74),
        ('r"', 0.88),
        ("csvxyzk", 1.05),
        ("DGHNOQU", 1.57),
        ("w", 1.66),
        ("mMW", 1.97),
    )
    for letter in letters
}
"""Widths of letters, in widths of the average one."""
OTHER_BREADTH = 1.25
STRONG, BADGE = 1.06, 1.077
"""How much wider bold letters are, and how wide each of a badge is."""
PADDING, GAP, EMOJI = 32, 8, 25
"""Around a button's label, between buttons, and of an emoji before the label."""
ROW_HEIGHT = 40
"""Of a line of buttons, with the room above it."""
SELECT_HEIGHT = 48
MAX_CACHED = 1_000
"""Lines whose heights are remembered: which rows fit on a page is tried out."""


def card_height(card: Card) -> int:
    """Return the height of a card on a phone, in pixels, with its buttons and the lines above it."""
    text = sum(line_height(line, in_embed=card.as_embed) for line in card.lines)
    below = ROW_HEIGHT * button_lines(card.buttons) + (SELECT_HEIGHT if card.choices else 0)
    return AROUND + text + (EMBED_FRAME if card.as_embed else 0) + below


@lru_cache(MAX_CACHED)
def line_height(line: Line, *, in_embed: bool) -> int:
    """Return the height of a line of a card, in pixels, however many lines of a screen it takes."""
    if line.kind == "small":
        size, height = SMALL_EMBED_LETTER if in_embed else SMALL_MESSAGE_LETTER
    else:
        size, height = EMBED_LETTER if in_embed else MESSAGE_LETTER
    indent = {"quote": QUOTE_INDENT, "item": ITEM_INDENT}.get(line.kind, 0)
    width = (EMBED_WIDTH if in_embed else TEXT_WIDTH) - indent
    strength = STRONG if line.kind == "heading" else 1
    return height * _screen_lines(_widths(line.spans, size * AVERAGE_WIDTH * strength), width)


def _widths(spans: Iterable[Span], average: float) -> Iterator[tuple[str, float]]:
    """Yield each letter with its width in pixels."""
    for span in spans:
        for letter in span.text:
            breadth = BADGE if span.style == "badge" else BREADTHS.get(letter, OTHER_BREADTH)
            yield letter, average * breadth * (STRONG if span.style == "strong" else 1)


def _screen_lines(letters: Iterable[tuple[str, float]], width: float) -> int:
    """Return how many lines of a screen letters take: a word goes on the next line where it does not fit, in parts if need be."""
    lines, used, word = 1, 0.0, 0.0
    for letter, breadth in letters:
        if letter == "\n":
            lines, used, word = lines + 1, 0.0, 0.0
        elif letter.isspace():
            used, word = used + breadth, 0.0
        elif word + breadth > width:
            lines, used, word = lines + 1, breadth, breadth
        elif used + breadth > width:
            word += breadth
            lines, used = lines + 1, word
        else:
            used, word = used + breadth, word + breadth
    return lines


def button_width(label: str, *, has_emoji: bool = False) -> float:
    """Return the width of a button, in pixels."""
    letters = sum(BREADTHS.get(letter, OTHER_BREADTH) for letter in label) * BUTTON_LETTER * AVERAGE_WIDTH
    return PADDING + letters + (EMOJI if has_emoji else 0)


def button_lines(buttons: Iterable[Button]) -> int:
    """Return how many lines the buttons take: each of their rows at least one."""
    lines, row, used = 0, -1, 0.0
    for button in sorted(buttons, key=lambda button: button.row):
        width = button_width(button.label, has_emoji=button.emoji is not None)
        if button.row != row or used + width > TEXT_WIDTH:
            lines, row, used = lines + 1, button.row, 0.0
        used += width + GAP
    return lines
