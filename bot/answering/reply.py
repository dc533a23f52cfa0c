"""What the bot replies, as records that every front end can show."""

from typing import Literal

from msgspec import Struct

from bot.i18n.messages import ReplyMessages, messages
from bot.nlp.languages import Language
from bot.story.entry import Standing
from bot.story.models import Development

Outcome = Literal["answer", "clarify", "abstain"]


class Citation(Struct, frozen=True):
    """A paragraph that an answer rests on: its number, its gist in our words, and a link that opens the article there."""

    paragraph: int
    gist: str
    url: str


class Option(Struct, frozen=True):
    """One of the two or three entries offered when the bot is not sure which one is meant."""

    entry: str
    question: str
    answer: str
    citations: tuple[Citation, ...]


class Reply(Struct, frozen=True):
    """The reply to a question.

    outcome `answer`: `entry`, `question`, `standing` and `citations` are those of the entry shown. `clarify`: `options` holds
    two or three entries. `abstain`: `nearest` may hold the reply of the closest entry, with the heading to put above it.
    answer: the answer, the question back, or the sentence that there is no answer. confidence: 0 to 1. reason: one plain
    sentence on why this is the reply.
    """

    outcome: Outcome
    answer: str
    reason: str
    confidence: float
    entry: str | None = None
    question: str | None = None
    standing: Standing | None = None
    citations: tuple[Citation, ...] = ()
    developments: tuple[Development, ...] = ()
    options: tuple[Option, ...] = ()
    related: tuple[tuple[str, str], ...] = ()
    """(id, question) of entries worth reading next."""
    nearest: "Reply | None" = None
    nearest_heading: str = ""
    empty_question: bool = False
    """Nothing was asked: the question has no word that means anything."""
    language: Language = "en"
    """Of the question. The engine's own words are in it, and the answer too where the base has it in that language."""
    language_note: str = ""
    """Stands before an answer in another language than the question."""
    badge: str = ""
    """Shown in place of the standing, if there is one: the latest state of a claim, or that all of it is known from later."""

    @property
    def full_text(self) -> str:
        """The whole text to show: on abstaining, the nearest entry too."""
        return f"{self.answer} {self.nearest_heading} {self.nearest.answer}" if self.nearest else self.answer

    @property
    def standing_text(self) -> str:
        """The standing as readers see it: the latest state of a claim, or that the answer is known from later."""
        return self.badge or self.messages.standings[self.standing or "reported"]

    @property
    def messages(self) -> ReplyMessages:
        """The engine's own sentences in the reply's language."""
        return messages(self.language).reply
