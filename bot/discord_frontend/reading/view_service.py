"""The views of the story as cards and render requests, from the current snapshot of the base."""

from bot.answering.knowledge_base import KnowledgeBase
from bot.cards.card import Card
from bot.cards.view_card import view_page
from bot.charts.picture import Theme
from bot.charts.renderer import TimelineRequest
from bot.nlp.languages import Language


class ViewService:
    """Shows the views of one knowledge base."""

    def __init__(self, knowledge_base: KnowledgeBase) -> None:
        self._knowledge_base = knowledge_base

    def page(self, command: str, argument: str, page: int = 1, language: Language = "en") -> Card:
        """Return one page of a view. Raise NotInStory."""
        view = self._knowledge_base.current.views.in_language(language).open(command, argument)
        return view_page(view, page)

    def timeline(self, theme: Theme, language: Language = "en") -> TimelineRequest:
        """Return the request to render the timeline."""
        return TimelineRequest(self._knowledge_base.current.views.in_language(language).timeline(), theme)
