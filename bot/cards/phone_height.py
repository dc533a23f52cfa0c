"""How tall a card is on a phone: Discord on a screen 380 px wide, of which 700 px are seen without scrolling.

An estimate, from letters of average width. It has to be right about which page fits on a screen, not about each pixel.
"""

import textwrap
from collections.abc import Iterable

from bot.cards.card import Button, Card, Line, LineKind

SCREEN = 700
"""Pixels of a phone's screen that a conversation has to itself."""
HEADER = 44
"""The line that says who used which command, and the line with the bot's name."""
EMBED_FRAME = 24
"""Above and below the text of an embed."""
LINE_HEIGHT = 18
"""Of the text in an embed, of 14 px."""
SMALL_LINE_HEIGHT = 16
MESSAGE_SCALE = 22 / 18
"""The text of a message is larger than that of an embed; it is as much wider, so that as many letters go on a line."""
COLUMNS: dict[LineKind, int] = {"text": 42, "heading": 40, "quote": 38, "item": 39, "small": 47}
"""Letters of a line of each kind: an embed's text is 270 px wide, a letter 6.4 px; a bar or a bullet takes some of it."""
BADGE_COLUMNS = 40
"""Letters of a line of small print with a badge, whose letters are all equally wide."""
ITEM_GAP = 2
"""Between the items of a list."""
ROW_HEIGHT = 40
"""Of a line of buttons, with the space above it."""
SELECT_HEIGHT = 48
ROW_WIDTH, BUTTON_PADDING, LETTER_WIDTH = 316, 40, 7.3
"""Pixels of a line of buttons, of a button around its label with the space beside it, and of a label's letter."""


def card_height(card: Card) -> float:
    """Return the height of a card on a phone, in pixels, with its buttons and the lines above it."""
    text = float(sum(map(line_height, card.lines)))
    text = text + EMBED_FRAME if card.as_embed else text * MESSAGE_SCALE
    return HEADER + text + ROW_HEIGHT * button_lines(card.buttons) + (SELECT_HEIGHT if card.choices else 0)


def line_height(line: Line) -> int:
    """Return the height of a line in an embed, in pixels, however many lines of a screen it takes."""
    has_badge = any(span.style == "badge" for span in line.spans)
    columns = BADGE_COLUMNS if has_badge else COLUMNS[line.kind]
    count = sum(max(1, len(textwrap.wrap(part, columns))) for part in line.text.split("\n"))
    height = SMALL_LINE_HEIGHT if line.kind == "small" else LINE_HEIGHT
    return height * count + (ITEM_GAP if line.kind == "item" else 0)


def button_width(label: str) -> float:
    """Return the width of a button, in pixels."""
    return BUTTON_PADDING + LETTER_WIDTH * len(label)


def button_lines(buttons: Iterable[Button]) -> int:
    """Return how many lines the buttons take: each of their rows at least one."""
    lines, row, left = 0, -1, 0.0
    for button in sorted(buttons, key=lambda button: button.row):
        width = button_width(button.label)
        if button.row != row or width > left:
            lines, row, left = lines + 1, button.row, float(ROW_WIDTH)
        left -= width
    return lines
