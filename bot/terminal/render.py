"""Explanations, and what can be typed after a card, as lines of text with named styles. Pure; the console colours styles."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from bot.cards.card import Button, Card
from bot.matching.matcher import Match
from bot.matching.weights import OPPOSING, SUPPORTING

CANDIDATES_SHOWN = 5
PICKABLE = ("entry", "related", "view")
"""Actions of the buttons that can be picked by number in a terminal."""


class Line(Struct, frozen=True):
    """A line of text. style: question, standing, row, hint, choice or plain."""

    text: str
    style: str = "plain"


def pickable(card: Card) -> list[Button]:
    """Return the buttons of a card that can be picked by number, and its further entries as buttons, one a row."""
    buttons = [button for button in card.buttons if button.action in PICKABLE]
    first_row = max((button.row for button in buttons), default=-1) + 1
    further = (Button(question, "related", id, row=row) for row, (id, question) in enumerate(card.choices, first_row))
    return [*buttons, *further]


def choice_lines(buttons: Sequence[Button], keys: Sequence[str], width: int, first: int = 1) -> Iterator[Line]:
    """Yield '1) Any evidence?  2) His version  · m more · l links': a line for each row of buttons, then the keys.

    first: the number of the first button.
    """
    numbered = enumerate(buttons, first)
    rows = [
        "  ".join(f"{number}) {button.label}" for number, button in row)
        for _, row in groupby(numbered, lambda item: item[1].row)
    ]
    tail = " · ".join(keys)
    if rows and tail and len(rows[-1]) + len(f"  · {tail}") <= width:
        rows[-1] += f"  · {tail}"
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
