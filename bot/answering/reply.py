"""What the bot replies, as records that every front end can show."""

from typing import Literal

from msgspec import Struct

from bot.i18n.messages import ReplyMessages, join_list, messages
from bot.nlp.languages import Language
from bot.story.entry import Standing
from bot.story.models import Development

Outcome = Literal["answer", "clarify", "abstain"]


class Citation(Struct, frozen=True):
    """A paragraph that an answer rests on: its number, its gist in our words, and a link that opens the article there."""

    paragraph: int
    gist: str
    url: str


class Denial(Struct, frozen=True):
    """A denial of a claim in its short form, with the paragraphs that it rests on."""

    text: str
    citations: tuple[Citation, ...]


class Suggestion(Struct, frozen=True):
    """An entry to read next. label: a few words for a button; its question if nobody wrote a label."""

    entry: str
    question: str
    label: str


class Option(Struct, frozen=True):
    """One of the two or three entries offered when the bot is not sure which one is meant."""

    entry: str
    question: str
    label: str
    answer: str
    citations: tuple[Citation, ...]


class Reply(Struct, frozen=True):
    """The reply to a question.

    outcome `answer`: `entry`, `question`, `standing` and `sources` are those of the entry shown. `clarify`: `options` holds
    two or three entries, and `guess` may hold the reply of the first. `abstain`: `nearest` may hold the reply of the closest
    entry. answer: the answer, the question back, or the sentence that there is no answer. confidence: 0 to 1. reason: one
    plain sentence on why this is the reply.
    """

    outcome: Outcome
    answer: str
    reason: str
    confidence: float
    entry: str | None = None
    question: str | None = None
    label: str = ""
    """The question in a few words, for a button."""
    standing: Standing | None = None
    by: tuple[str, ...] = ()
    """Names of who alleges, denies or says it."""
    sources: tuple[Citation, ...] = ()
    """The paragraphs that the answer itself rests on."""
    closest: str = ""
    """Where the article does not say: the closest thing that it does say …"""
    closest_sources: tuple[Citation, ...] = ()
    """… and the paragraphs which that rests on."""
    denials: tuple[Denial, ...] = ()
    """Of the claims that the reply shows, unless the answer is the denial."""
    developments: tuple[Development, ...] = ()
    """All that became known later and has to be shown, oldest first."""
    told: frozenset[str] = frozenset()
    """Ids of the developments that the answer itself tells."""
    options: tuple[Option, ...] = ()
    guess: "Reply | None" = None
    """On asking back: the answer that is probably meant, clearly ahead of the other options."""
    related: tuple[Suggestion, ...] = ()
    nearest: "Reply | None" = None
    unknown_terms: str = ""
    """What the question asks about that the nearest entry says nothing about."""
    empty_question: bool = False
    """Nothing was asked: the question has no word that means anything."""
    language: Language = "en"
    """Of the question. The engine's own words are in it, and the answer too where the base has it in that language."""
    language_note: str = ""
    """Says that the answer is in another language than the question."""
    badge: str = ""
    """Shown in place of the standing, if there is one: the latest state of a claim, or that all of it is known from later."""

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every paragraph that the reply rests on: first the answer's own, then those of the closest, then of the denials."""
        denying = (citation for denial in self.denials for citation in denial.citations)
        return tuple(dict.fromkeys((*self.sources, *self.closest_sources, *denying)))

    @property
    def full_text(self) -> str:
        """The whole text to show: the closest thing and the denials too; on abstaining, those of the nearest entry."""
        say = self.messages
        closest = [f"{say.does_say} {self.closest}"] if self.closest else []
        nearest = [f"{say.nearest} {self.nearest.full_text}"] if self.nearest else []
        return "\n\n".join([self.answer, *closest, *(denial.text for denial in self.denials), *nearest])

    @property
    def standing_text(self) -> str:
        """The standing as readers see it: the latest state of a claim, or that the answer is known from later."""
        say = self.messages
        if self.badge:
            return self.badge
        named = {"said": say.said_by, "denied": say.denied_by}.get(self.standing or "")
        if named and self.by:
            return named.format(names=join_list(self.by, say.list_and))
        return say.standings[self.standing or "reported"]

    @property
    def messages(self) -> ReplyMessages:
        """The engine's own sentences in the reply's language."""
        return messages(self.language).reply
