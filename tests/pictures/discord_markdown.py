"""Reads the part of Discord's Markdown that the bot writes: what a reader of a message sees of its text.

Lines: `> ` quotes, `-# ` small print, `# ` to `### ` headings, `- ` and `1. ` lists. Within a line: `**bold**`, `` `code` ``,
`[links](<address>)` and a backslash before a sign that is meant as such. Everything else is text, as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

BlockKind = Literal["text", "small", "heading", "item"]

_LINK = re.compile(
    r"\[(?P<label>(?:\\.|[^\[\]\\\n])+)\]\((?:<(?P<hidden>https?://[^\s<>]+)>|(?P<shown>https?://[^\s<>()]+))\)"
)
_TOKEN = re.compile(r"\\(?P<escaped>[!-/:-@\[-`{-~])|`(?P<code>[^`\n]+)`|(?P<strong>\*\*)|(?P<plain>[^\\`*\[]+|.)")
_HEADING = re.compile(r"(?P<signs>#{1,3}) +(?=\S)")
_ITEM = re.compile(r"(?P<indent> *)(?P<mark>[-*]|\d{1,3}\.) +(?=\S)")


class Run(Struct, frozen=True):
    """A piece of text in one style. url: the address that it links to."""

    text: str
    strong: bool = False
    code: bool = False
    url: str = ""


class Block(Struct, frozen=True):
    """A line. level: of a heading, 1 to 3, or how deep an item is nested; mark: what stands before an item."""

    runs: tuple[Run, ...]
    kind: BlockKind = "text"
    quoted: bool = False
    level: int = 0
    mark: str = ""

    @property
    def text(self) -> str:
        """The text of the line as a reader sees it."""
        return "".join(run.text for run in self.runs)


def parse(markdown: str) -> tuple[Block, ...]:
    """Return the lines of a text; an empty one has no runs."""
    return tuple(map(_block, markdown.split("\n"))) if markdown else ()


def visible_text(markdown: str) -> str:
    """Return what a reader sees of a text, without marks and addresses."""
    return "\n".join(block.text for block in parse(markdown))


def _block(line: str) -> Block:
    quoted = line.startswith("> ")
    if quoted:
        line = line[2:]
    if line.startswith("-# "):
        return Block(_runs(line[3:]), "small", quoted)
    if heading := _HEADING.match(line):
        return Block(_runs(line[heading.end() :]), "heading", quoted, level=len(heading["signs"]))
    if item := _ITEM.match(line):
        mark = item["mark"] if item["mark"][0].isdigit() else "•"
        return Block(_runs(line[item.end() :]), "item", quoted, level=len(item["indent"]) // 2, mark=mark)
    return Block(_runs(line), quoted=quoted)


def _runs(text: str) -> tuple[Run, ...]:
    """Return the runs of a line, neighbours of one style as one."""
    merged: list[Run] = []
    for run in _pieces(text, Run("")):
        last = merged[-1] if merged else None
        if last and not run.code and (last.strong, last.code, last.url) == (run.strong, run.code, run.url):
            merged[-1] = Run(last.text + run.text, run.strong, run.code, run.url)
        else:
            merged.append(run)
    return tuple(merged)


def _pieces(text: str, style: Run) -> Iterator[Run]:
    """Yield the pieces of a text within a style: bold until it is ended, links whole, signs one by one."""
    strong, position = style.strong, 0
    while position < len(text):
        link = _LINK.match(text, position) if not style.url else None
        if link:
            yield from _pieces(link["label"], Run("", strong, url=link["hidden"] or link["shown"]))
            position = link.end()
            continue
        token = _TOKEN.match(text, position)
        assert token, "one of the alternatives takes any sign"
        position = token.end()
        if token["strong"] and (strong != style.strong or _is_ended(text, position)):
            strong = not strong
        elif token["code"]:
            yield Run(token["code"], strong, code=True, url=style.url)
        else:
            yield Run(token["escaped"] or token["strong"] or token["plain"], strong, url=style.url)


def _is_ended(text: str, position: int) -> bool:
    """Return whether bold that starts here ends later in the text, with something in between."""
    tokens = list(_TOKEN.finditer(text, position))
    return any(token["strong"] for token in tokens[1:])
