"""Answering questions with cards, from the current snapshot of the base."""

from msgspec import Struct
from msgspec.structs import replace

from bot.answering import explanation
from bot.answering.knowledge_base import KnowledgeBase, Snapshot
from bot.answering.reply import Reply
from bot.cards.card import Card
from bot.cards.copy_text import copy_blocks, copy_text
from bot.cards.more_card import more_card
from bot.cards.reply_card import reply_card
from bot.discord_frontend.asking.conversations import MAX_QUESTIONS
from bot.discord_frontend.asking.suggestions import ENTRY_PREFIX
from bot.discord_frontend.common import user_text
from bot.errors import PilcrowError
from bot.nlp.languages import Language
from bot.nlp.normalize import MAX_CHARACTERS
from bot.story.derived import shown_entry
from bot.story.entry import Entry


class EntryGone(PilcrowError):
    """A card, a choice or a button refers to an entry that is no longer in the base."""


class Answered(Struct, frozen=True):
    """A question and the card that answers it. `context`: the questions of the conversation so far, this one last."""

    card: Card
    reply: Reply
    context: tuple[str, ...]
    typed: bool = True
    """Whether the user typed or picked a question, rather than pressed a button."""

    @property
    def abstained(self) -> bool:
        """Whether there is no answer."""
        return self.reply.outcome == "abstain"


class AskService:
    """Answers questions from one knowledge base."""

    def __init__(self, knowledge_base: KnowledgeBase) -> None:
        self._knowledge_base = knowledge_base

    def ask(self, question: str, context: tuple[str, ...] = (), *, echo: bool = False) -> Answered:
        """Answer a question; with `echo` the card shows it, for where Discord does not."""
        snapshot = self._knowledge_base.current
        reply = snapshot.answerer.reply(question, context)
        card = reply_card(reply, snapshot.story, question if echo else "")
        return Answered(card, reply, (*context, question[:MAX_CHARACTERS])[-MAX_QUESTIONS:])

    def explain(self, question: str) -> tuple[Answered, list[str]]:
        """Answer a question; return the answer, and sentences on how it was found."""
        snapshot = self._knowledge_base.current
        reply, match = snapshot.answerer.reply_with_match(question)
        reasons = explanation.explain(reply, match, snapshot.story, snapshot.answerer.matcher.weights)
        card = reply_card(reply, snapshot.story, question)
        return Answered(card, reply, (question[:MAX_CHARACTERS],)), reasons

    def ask_or_pick(self, value: str, *, language: Language = "en") -> Answered:
        """Answer the value of a command's option: an entry picked from the suggestions, or a question. Raise EntryGone."""
        if value.startswith(ENTRY_PREFIX):
            return replace(self.entry(value.removeprefix(ENTRY_PREFIX), language, echo=True), typed=True)
        return self.ask(value, echo=True)

    def entry(self, id: str, language: Language = "en", *, echo: bool = False) -> Answered:
        """Answer with one entry; with `echo` the card shows its question. Raise EntryGone."""
        snapshot = self._knowledge_base.current
        reply = _entry(snapshot, id, language)
        question = reply.question or ""
        card = reply_card(reply, snapshot.story, question if echo else "")
        return Answered(card, reply, (question,), typed=False)

    def more(self, id: str, language: Language = "en") -> Card:
        """Return the card of what stands behind the answer of an entry. Raise EntryGone."""
        snapshot = self._knowledge_base.current
        return more_card(_entry(snapshot, id, language), snapshot.story, snapshot.texts)

    def copy(self, id: str, language: Language = "en") -> list[str]:
        """Return the answer of an entry as code blocks to copy, mostly one. Raise EntryGone."""
        snapshot = self._knowledge_base.current
        return copy_blocks(copy_text(_entry(snapshot, id, language), snapshot.story))

    def question(self, id: str) -> str:
        """Return the question of an entry. Raise EntryGone."""
        return _require_entry(self._knowledge_base.current, id).question

    def require_entry(self, id: str) -> None:
        """Raise EntryGone if the base does not hold this entry."""
        _require_entry(self._knowledge_base.current, id)


def _entry(snapshot: Snapshot, id: str, language: Language) -> Reply:
    _require_entry(snapshot, id)
    return snapshot.answerer.entry_reply(id, language)


def _require_entry(snapshot: Snapshot, id: str) -> Entry:
    entry = shown_entry(snapshot.story, id)
    if entry is None:
        raise EntryGone(user_text.ENTRY_GONE)
    return entry
