"""Explanations, and what can be typed after a card, as lines of text with named styles. Pure; the console colours styles."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from bot.cards.card import Button, Card, line
from bot.matching.matcher import Match
from bot.matching.weights import OPPOSING, SUPPORTING
from bot.terminal.layout import cell_width

CANDIDATES_SHOWN = 5
GAP = "  "
"""Between what can be picked."""
PICKABLE = ("entry", "related", "view", "page")
"""Actions of the buttons that can be picked by number in a terminal."""
FIRST_PAGE = "1:"
"""What the argument of a button begins with that opens another view, and not another page: a terminal shows all pages."""


class Line(Struct, frozen=True):
    """A line of text. style: question, standing, row, hint, choice or plain."""

    text: str
    style: str = "plain"


def pickable(card: Card, width: int, first: int = 1) -> list[Button]:
    """Return what can be picked by number: buttons of a card, and its choices as buttons in rows of at most `width` columns.

    first: the number of the first one.
    """
    buttons = [button for button in card.buttons if button.action in PICKABLE]
    buttons = [button for button in buttons if button.action != "page" or button.argument.startswith(FIRST_PAGE)]
    row, used = max((button.row for button in buttons), default=-1), width
    for number, (id, label) in enumerate(card.choices, first + len(buttons)):
        needed = cell_width(f"{number}) {label}")
        row, used = (row, used + len(GAP) + needed) if used + len(GAP) + needed <= width else (row + 1, needed)
        buttons.append(Button(label, "related", id, row=row))
    return buttons


def split_choices(card: Card, width: int) -> tuple[Card, Card | None]:
    """Return a card with the choices that fit in one row, and a card with the others if there are any."""
    buttons = pickable(card, width)
    picks = buttons[len(buttons) - len(card.choices) :]
    count = sum(button.row == picks[0].row for button in picks)
    if count == len(card.choices):
        return card, None
    rest = Card((line(card.choices_label, "heading"),), choices=card.choices[count:])
    return replace(card, choices=card.choices[:count]), rest


def choice_lines(buttons: Sequence[Button], keys: Sequence[str], width: int, first: int = 1) -> Iterator[Line]:
    """Yield '1) Any evidence?  2) His version  · m more · l links': a line for each row of buttons, then the keys.

    first: the number of the first button.
    """
    numbered = enumerate(buttons, first)
    rows = [
        GAP.join(f"{number}) {button.label}" for number, button in row)
        for _, row in groupby(numbered, lambda item: item[1].row)
    ]
    tail = " · ".join(keys)
    if rows and tail and cell_width(f"{rows[-1]}{GAP}· {tail}") <= width:
        rows[-1] += f"{GAP}· {tail}"
    elif tail:
        rows.append(tail)
    return (Line(row, "choice") for row in rows)


def explanation_lines(match: Match, words: dict[str, str]) -> list[Line]:
    """Return what matched, what did not, and why the bot answered or abstained; `words`: terms as people write them."""
    query = match.question
    lines = [Line(f"Terms: {' '.join(query.terms) or 'none'}", "hint")]
    if query.corrections:
        lines.append(Line(f"Corrected: {', '.join(f'{a} → {b}' for a, b in query.corrections)}", "hint"))
    if query.intents:
        lines.append(Line(f"Asks for: {', '.join(sorted(query.intents))}", "hint"))
    if query.context_terms:
        lines.append(Line(f"From the previous question: {' '.join(sorted(query.context_terms))}", "hint"))
    for rank, candidate in enumerate(match.candidates[:CANDIDATES_SHOWN], 1):
        supporting = [f"{name} {candidate.features[name]:.2f}" for name in SUPPORTING]
        opposing = [f"{name} {candidate.features[name]:.2f}" for name in OPPOSING if candidate.features[name] > 0]
        lines.append(Line(f"{rank}. {candidate.entry}  score {candidate.score:.2f}", "standing"))
        lines.append(Line(f"   for: {', '.join(supporting)}", "hint"))
        lines.append(Line(f"   against: {', '.join(opposing) or 'nothing'}", "hint"))
        if candidate.unmatched:
            unmatched = ", ".join(words.get(term, term) for term in candidate.unmatched)
            lines.append(Line(f"   unmatched: {unmatched}", "hint"))
    features = ", ".join(f"{name} {value:.2f}" for name, value in match.features.items())
    lines.append(Line(f"Decision: {match.decision}, confidence {match.confidence:.2f} ({features})", "standing"))
    return lines
