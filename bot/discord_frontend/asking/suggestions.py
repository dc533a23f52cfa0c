"""Autocomplete suggestions as (name, value) pairs, within Discord's limits."""

from collections.abc import Iterable

from bot.answering.knowledge_base import KnowledgeBase
from bot.cards.discord_limits import CHOICE_NAME, CHOICES
from bot.cards.markdown import truncate

ENTRY_PREFIX = "¶:"
"""Starts the value of a suggested entry, so that nobody types one by accident."""
Suggestion = tuple[str, str]


class Suggestions:
    """Suggests values for the options of commands."""

    def __init__(self, knowledge_base: KnowledgeBase) -> None:
        self._knowledge_base = knowledge_base

    def entries(self, typed: str) -> list[Suggestion]:
        """Suggest entries for a question typed so far."""
        matches = self._knowledge_base.current.answerer.suggest(typed.removeprefix(ENTRY_PREFIX), CHOICES)
        return _suggestions((question, f"{ENTRY_PREFIX}{id}"[:CHOICE_NAME]) for id, question in matches)

    def topics(self, typed: str) -> list[Suggestion]:
        """Suggest topics."""
        topics = self._knowledge_base.current.views.lookup.suggest_topics(typed, CHOICES)
        return _suggestions((title, id) for id, title in topics)

    def people(self, typed: str) -> list[Suggestion]:
        """Suggest people."""
        people = self._knowledge_base.current.views.lookup.suggest_people(typed, CHOICES)
        return _suggestions((name, id) for id, name in people)

    def paragraphs(self, typed: str) -> list[Suggestion]:
        """Suggest paragraphs whose number starts with, or whose gist contains, what was typed so far."""
        query = typed.strip().lstrip("¶").casefold()
        matches = [
            (f"¶{number}: {paragraph.gist}", str(number))
            for number, paragraph in self._knowledge_base.current.story.paragraphs.items()
            if str(number).startswith(query) or query in paragraph.gist.casefold()
        ]
        return _suggestions(matches[:CHOICES])


def _suggestions(pairs: Iterable[Suggestion]) -> list[Suggestion]:
    return [(truncate(name, CHOICE_NAME), value) for name, value in pairs]
