"""How high a reply stands on a phone, estimated from its payloads where no Chromium is there to measure it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from tests.pictures.discord_markdown import Block, Run, parse
from tests.pictures.discord_page import BUTTON, EPHEMERAL, LETTER_WIDTH, Payload

TEXT_WIDTH = 300.0
"""CSS pixels of a line on a phone of 380; those here and below are those of discord.css."""
EMBED_WIDTH, EMBED_HEIGHT = TEXT_WIDTH - 4 - 12 - 16, 4 + 10 + 14
"""Of a line in an embed, and of an embed around its lines."""
QUOTE_INDENT, ITEM_INDENT = 24, 20
STRONG, CODE = 1.06, 1.077
"""How much wider than plain letters bold and code are; Discord's code is smaller, but wide."""
ABOVE, BELOW = 8 + 18 + 4 + 22, 10
"""What is asked and the bot's name, and the room under a message."""
ROW, GAP, PADDING, SELECT = 32, 8, 32, 40
EMOJI = 25
"""Of an emoji before a label, with its gap."""
EPHEMERAL_NOTE = 6 + 16
SIZES = {"text": (16, 22), "small": (13, 18), "item": (16, 22), "heading": (16, 22)}
EMBED_SIZES = {"text": (14, 18), "small": (12, 16), "item": (14, 18), "heading": (14, 18)}
"""Size of the letters and height of a line, by kind of line."""
HEADINGS = {1: (24, 33), 2: (20, 27)}
HEADING_MARGINS = 8 + 4


BREADTHS: Mapping[str, float] = {
    " '.,:;!|·ijlJ": 0.56,
    "()[]-/Ift": 0.74,
    'r"': 0.88,
    "csvxyzk": 1.05,
    "DGHNOQU": 1.57,
    "w": 1.66,
    "mMW": 1.97,
}
"""Of signs that are far from 1.25, which most letters are as wide as; spaces count in the average."""


class Shape(Struct, frozen=True):
    """How a reply stands on a phone.

    lines: of text; height: in CSS pixels, of all of it; cut: labels that do not fit their button; wrapped: rows of buttons that
    take more than one line.
    """

    lines: int
    height: float
    cut: int = 0
    wrapped: int = 0


def estimate(payloads: Iterable[Payload]) -> Shape:
    """Return how a reply probably stands on a phone."""
    lines, height, cut, wrapped = 0, float(ABOVE + BELOW), 0, 0
    for payload in payloads:
        texts = [
            (payload.get("content") or "", False),
            *((it["description"], True) for it in payload.get("embeds") or ()),
        ]
        for text, in_embed in texts:
            shapes = [_block(block, in_embed=in_embed) for block in parse(text)]
            lines += sum(shape.lines for shape in shapes)
            height += sum(shape.height for shape in shapes) + (EMBED_HEIGHT if in_embed else 0)
        for row in payload.get("components") or ():
            shape = _row(row)
            height, cut, wrapped = height + shape.height, cut + shape.cut, wrapped + shape.wrapped
        height += EPHEMERAL_NOTE if int(payload.get("flags") or 0) & EPHEMERAL else 0
    return Shape(lines, height, cut, wrapped)


def _block(block: Block, *, in_embed: bool) -> Shape:
    letter, line_height = (EMBED_SIZES if in_embed else SIZES)[block.kind]
    if block.kind == "heading":
        letter, line_height = HEADINGS.get(block.level, (letter, line_height))
    width = (EMBED_WIDTH if in_embed else TEXT_WIDTH) - (QUOTE_INDENT if block.quoted else 0)
    if block.kind == "item":
        width -= ITEM_INDENT * (1 + block.level)
    lines = _wrapped(block, letter * LETTER_WIDTH / 16, width)
    return Shape(lines, lines * line_height + (HEADING_MARGINS if block.kind == "heading" else 0))


def _wrapped(block: Block, letter: float, width: float) -> int:
    """Return the number of lines that a block takes: words go on the next line where they do not fit."""
    widths = [letter * _relative_width(run, sign, block) for run in block.runs for sign in run.text]
    text = "".join(run.text for run in block.runs)
    lines, used, position = 1, 0.0, 0
    for is_space, group in itertools.groupby(text, str.isspace):
        length = len(list(group))
        word = sum(widths[position : position + length])
        position += length
        if used + word > width and used and not is_space:
            lines, used = lines + 1, 0.0
        lines += max(0, math.ceil(word / width) - 1)
        used += word
    return lines


def _relative_width(run: Run, sign: str, block: Block) -> float:
    if run.code:
        return CODE
    return _breadth(sign) * (STRONG if run.strong or block.kind == "heading" else 1)


def _breadth(sign: str) -> float:
    """Return the width of a sign, in widths of the average letter."""
    return next((breadth for signs, breadth in BREADTHS.items() if sign in signs), 1.27 if sign.isupper() else 1.25)


def _row(row: Mapping[str, Any]) -> Shape:
    """Return the height of a row of buttons, which wraps, or of a select."""
    used, rows, cut = 0.0, 1, 0
    for component in row["components"]:
        if component["type"] != BUTTON:
            return Shape(0, GAP + SELECT)
        label = sum(map(_breadth, component.get("label") or "")) * LETTER_WIDTH * 14 / 16
        width = PADDING + label + (EMOJI if component.get("emoji") else 0)
        cut += width > TEXT_WIDTH
        width = min(width, TEXT_WIDTH)
        if used and used + width > TEXT_WIDTH:
            rows, used = rows + 1, 0.0
        used += width + GAP
    return Shape(0, rows * (ROW + GAP), cut, int(rows > 1))
