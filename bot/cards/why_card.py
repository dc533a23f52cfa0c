"""Asking somebody who found an answer wrong what is wrong with it."""

from bot.cards.card import Button, Card, line
from bot.i18n.messages import messages
from bot.nlp.languages import Language

BUTTONS_IN_ROW = 2
"""As many as fit one line on a phone."""


def why_card(id: str, language: Language) -> Card:
    """Return the card that asks what is wrong with the answer of an entry."""
    say = messages(language).reply
    buttons = [
        Button(label, "why", f"{reason}:{id}", row=number // BUTTONS_IN_ROW)
        for number, (reason, label) in enumerate(say.reasons.items())
    ]
    return Card((line(say.what_is_wrong),), tuple(buttons))
