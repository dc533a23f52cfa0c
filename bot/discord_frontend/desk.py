"""What the front end does with a question, whichever way it came: admit it, answer it, remember it, write it down.

It knows cards, but no request and no channel; `asking`, `buttons` and `commands` bring the questions here.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot import limits
from bot.answering import Answerer, Reply
from bot.discord_frontend import wording
from bot.discord_frontend.cards import Card, Cards
from bot.discord_frontend.cooldown import Cooldown
from bot.discord_frontend.memory import Memory
from bot.errors import JournalError, PilcrowError
from bot.journal import Journal, Outcome

CONTEXT = 3
"""Earlier questions of a conversation that are passed on."""
REMEMBERED = 5_000
"""Messages of ours whose question is still known."""
DIRECT = "dm"
PICKED = "¶:"
"""How the value of a choice picked from the suggestions starts, so that nobody types it by accident."""
log = logging.getLogger(__name__)


class Gone(PilcrowError):
    """A card, a choice or a button names something that the base no longer holds."""


class TooFast(PilcrowError):
    """Somebody asked more than the cooldown allows."""


@dataclass(frozen=True, slots=True)
class Said:
    """What we say to a question. `context`: the conversation so far, this question last."""

    card: Card
    reply: Reply
    context: tuple[str, ...]

    @property
    def abstained(self) -> bool:
        """Whether we have nothing."""
        return self.reply.outcome == "abstain"


class Desk:
    """The front end's own state: all of it in memory, and bounded."""

    def __init__(
        self,
        *,
        answerer: Answerer,
        journal: Journal,
        cooldown: Cooldown,
        texts: Mapping[int, str],
        today: Callable[[], date],
    ) -> None:
        self._answerer = answerer
        self._cards = Cards(answerer.story, texts)
        self._journal = journal
        self._cooldown = cooldown
        self._today = today
        self._said: Memory[tuple[str, ...]] = Memory(REMEMBERED)
        self._once: Memory[bool] = Memory(REMEMBERED)
        self._journal_failed = False

    def admit(self, person: int) -> None:
        """Counts a question against the person's cooldown. Raises TooFast."""
        seconds = self._cooldown.wait(person)
        if seconds:
            raise TooFast(wording.wait(seconds))

    def should_say_wait(self, person: int) -> bool:
        """Whether to tell the person to wait in public: once, or the bot could be made to flood a channel."""
        return self._cooldown.first_refusal(person)

    def ask(self, question: str, context: tuple[str, ...] = (), *, echo: bool = False) -> Said:
        """The reply to a question; `echo` shows the question where Discord does not."""
        reply = self._answerer.reply(question, context)
        asked = question if echo else None
        if reply.outcome == "answer":
            card = self._cards.answer(reply)
        elif reply.outcome == "clarify":
            card = self._cards.clarify(reply, asked)
        else:
            nearest = self._answerer.entry(reply.nearest.entry) if reply.nearest else None
            card = self._cards.abstain(reply, nearest, asked=asked)
        return Said(card, reply, (*context, question[: limits.QUESTION])[-CONTEXT:])

    def pick(self, value: str, *, echo: bool) -> Said:
        """The reply to the option of a command: a choice picked from the suggestions, or free text."""
        return self.entry(value.removeprefix(PICKED)) if value.startswith(PICKED) else self.ask(value, echo=echo)

    def entry(self, id: str) -> Said:
        """The reply that shows one entry. Raises Gone."""
        reply = self._entry(id)
        return Said(self._cards.answer(reply), reply, (reply.question or "",))

    def paragraphs(self, id: str) -> Card:
        """The paragraphs of an entry. Raises Gone."""
        return Card(self._cards.paragraphs(self._entry(id)))

    def suggest(self, typed: str) -> list[tuple[str, str]]:
        """(name, value) of the choices for what has been typed so far."""
        name = limits.CHOICE_NAME
        found = self._answerer.suggest(typed.removeprefix(PICKED), limits.CHOICES)
        return [(wording.cut(question, name), f"{PICKED}{id}"[:name]) for id, question in found]

    def remember(self, key: int | None, said: Said) -> None:
        """Keeps a conversation under the id of our message, or of a direct channel."""
        self._said.keep(key, said.context)

    def context(self, key: int | None) -> tuple[str, ...]:
        """The conversation that a message or a direct channel stands for, as far as it is remembered."""
        return self._said.get(key) or ()

    def first_time(self, *key: object) -> bool:
        """Whether this has not happened before, as far as we remember; votes count once."""
        known = self._once.get(key)
        self._once.keep(key, value=True)
        return not known

    async def note(self, said: Said, place: str) -> None:
        """Writes an unanswered question down. Never fails: the answer has been given already."""
        if said.abstained and not said.reply.empty:
            await self.note_text(said.context[-1], place, "abstain")

    async def note_text(self, question: str, place: str, outcome: Outcome) -> None:
        """Writes a question down. Never fails."""
        await self._write(lambda: self._journal.note_unanswered(question, place, self._today(), outcome))

    async def note_verdict(self, id: str, *, helpful: bool) -> None:
        """Writes a verdict on an entry down. Never fails."""
        await self._write(lambda: self._journal.note_feedback(id, helpful=helpful, now=self._today()))

    async def forget(self, days: int) -> None:
        """Deletes the unanswered questions that are older. Never fails."""
        await self._write(lambda: self._journal.forget_older_than(self._today() - timedelta(days=days)))

    def known(self, id: str) -> bool:
        """Whether the base holds this entry."""
        return id in self._answerer.story.entries

    def _entry(self, id: str) -> Reply:
        if not self.known(id):
            raise Gone(wording.GONE)
        return self._answerer.entry(id)

    async def _write(self, work: Callable[[], object]) -> None:
        try:
            await asyncio.to_thread(work)
        except JournalError as error:
            if not self._journal_failed:
                log.warning("Questions and verdicts are not kept: %s", error)
            self._journal_failed = True
        else:
            self._journal_failed = False
