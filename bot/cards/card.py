"""A card: a reply or a page of a view, laid out in lines with buttons under it, before anything decides how to show it."""

from typing import Literal

from msgspec import Struct

SpanStyle = Literal["plain", "strong", "badge"]
LineKind = Literal["text", "quote", "small", "heading", "item"]
ButtonAction = Literal["entry", "related", "more", "vote", "why", "copy", "none", "view", "page"]
CHOOSE = "pilcrow:choose"
"""What Discord sends back, with the chosen entry, when one of a card's choices is made."""


class Span(Struct, frozen=True):
    """A run of text in one style. url: what it links to; quotes a paragraph's address, with or without its fragment."""

    text: str
    style: SpanStyle = "plain"
    url: str = ""


class Line(Struct, frozen=True):
    """A line of a card. kind: `quote` stands behind a bar, `small` in small print.

    can_drop: it may be left out where there is no room; a denial and what was found later never may.
    """

    spans: tuple[Span, ...]
    kind: LineKind = "text"
    can_drop: bool = False

    @property
    def text(self) -> str:
        """The words of the line alone."""
        return "".join(span.text for span in self.spans)


class Button(Struct, frozen=True):
    """A button under a card. `argument` is what the action applies to: an entry's id, with up or down before it for a vote."""

    label: str
    action: ButtonAction
    argument: str = ""
    emoji: str | None = None
    row: int = 0

    @property
    def custom_id(self) -> str:
        """What Discord sends back when the button is pressed; stable, because messages outlive the bot's process."""
        return ":".join(filter(None, ("pilcrow", self.action, self.argument)))


class Card(Struct, frozen=True):
    """Lines with buttons under them, and a select of further entries.

    choices: entry and question of each; choices_label: what the select says before one is chosen. as_embed: Discord shows it
    in an embed (views and details), else as the text of a message (answers).
    """

    lines: tuple[Line, ...]
    buttons: tuple[Button, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    choices_label: str = ""
    as_embed: bool = False

    @property
    def text(self) -> str:
        """The words of the card alone, a line each."""
        return "\n".join(line.text for line in self.lines)


def line(text: str, kind: LineKind = "text") -> Line:
    """Return a line in one plain style."""
    return Line((Span(text),), kind)
