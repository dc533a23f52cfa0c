"""The pages of a View as cards."""

from bot.answering.view import View
from bot.cards.card import Card
from bot.cards.view_card import view_pages


def page_card(view: View, number: int) -> Card:
    """Return one page of a view, or the nearest page if there is no such page any more."""
    pages = view_pages(view)
    return pages[max(1, min(number, len(pages))) - 1]
