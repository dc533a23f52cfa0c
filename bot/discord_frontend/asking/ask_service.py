"""What the front end does with a question, whichever way it came: admit it, answer it, remember it, write it down.

It knows cards, but no request and no channel; `asking`, `buttons` and `commands` bring the questions here.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from bot.answering import explanation
from bot.answering.answerer import Answerer
from bot.answering.knowledge_base import KnowledgeBase, Snapshot
from bot.answering.reply import Reply
from bot.answering.views import Views
from bot.charts.picture import Picture, Theme
from bot.charts.renderer import Renderer, TimelineRequest
from bot.discord_frontend.asking.cards import Card, Cards
from bot.discord_frontend.common import discord_limits, user_text
from bot.discord_frontend.common.cooldown import Cooldown, Kind
from bot.discord_frontend.common.priority_gate import Turns
from bot.discord_frontend.common.recent import Memory, bytes_of
from bot.discord_frontend.reading import pages
from bot.errors import JournalError, PilcrowError
from bot.journal.journal import Journal
from bot.journal.records import InboxOutcome, OutcomeCount
from bot.nlp.languages import Language
from bot.nlp.normalize import MAX_CHARACTERS

CONTEXT = 3
"""Earlier questions of a conversation that are passed on."""
REMEMBERED = 5_000
"""Votes that are remembered, so that each counts once."""
EARLIER = 600
"""Characters of each question that are remembered: neither a follow-up nor the journal has more of it read."""
REMEMBERED_BYTES = 8 * 1024 * 1024
"""Maximum bytes of all conversations together."""
WAITING = 100
"""Notes that wait for the journal at one time; beyond that they are not kept, rather than pile up."""
DIRECT = "dm"
PICKED = "¶:"
"""How the value of a choice picked from the suggestions starts, so that nobody types it by accident."""
log = logging.getLogger(__name__)


class Gone(PilcrowError):
    """A card, a choice or a button names something that the base no longer holds."""


class TooFast(PilcrowError):
    """Somebody asked more than the cooldown allows."""


class Said(Struct, frozen=True):
    """What we say to a question. `context`: the conversation so far, this question last."""

    card: Card
    reply: Reply
    context: tuple[str, ...]
    asked: bool = True
    """False where a button led to it: nobody typed a question."""

    @property
    def abstained(self) -> bool:
        """Whether we have nothing."""
        return self.reply.outcome == "abstain"


class Desk:
    """The front end's own state: all of it in memory, and bounded."""

    def __init__(
        self,
        *,
        knowledge_base: KnowledgeBase,
        journal: Journal,
        cooldown: Cooldown,
        today: Callable[[], date],
    ) -> None:
        self.knowledge_base = knowledge_base
        self._journal = journal
        self.cooldown = cooldown
        self.renderer = Renderer()
        self._today = today
        self.turns = Turns()
        # A thread of its own: of memory that several threads use by turns the system gets less and less back.
        self._pen: ThreadPoolExecutor | None = ThreadPoolExecutor(1, "journal")
        self._said: Memory[tuple[str, ...]] = Memory(REMEMBERED_BYTES, bytes_of)
        self._once: Memory[bool] = Memory(REMEMBERED)
        self._journal_failed = False
        self._waiting = 0
        self._counts: Counter[tuple[date, str, str]] = Counter()
        self._counting = False

    @property
    def answerer(self) -> Answerer:
        """What answers from the current snapshot of the base."""
        return self.knowledge_base.current.answerer

    @property
    def _views(self) -> Views:
        return self.knowledge_base.current.views

    async def close(self) -> None:
        """End what is being drawn, and wait until what is being written down is written; nothing is after that."""
        await self.renderer.close()
        pen, self._pen = self._pen, None
        if pen is not None:
            await asyncio.to_thread(pen.shutdown)

    def admit(self, person: int, kind: Kind = "question") -> None:
        """Count one use against the person's limit. Raises TooFast."""
        seconds = self.cooldown.wait(person, kind)
        if seconds:
            raise TooFast(user_text.wait(seconds))

    def may_refuse(self, person: int, channel: int | None = None) -> bool:
        """Return whether the person is to be told that something can't be done, or the bot could be made to flood.

        channel: the one in which everybody would see it; None where only the person does.
        """
        kind: Kind = "refusal" if channel is None else "complaint"
        return not self.cooldown.wait(person, kind, channel or 0)

    def ask(self, question: str, context: tuple[str, ...] = (), *, echo: bool = False) -> Said:
        """The reply to a question; `echo` shows the question where Discord does not."""
        snapshot = self.knowledge_base.current
        reply = snapshot.answerer.reply(question, context)
        card = _cards(snapshot).reply(reply, question if echo else None)
        return Said(card, reply, (*context, question[:MAX_CHARACTERS])[-CONTEXT:])

    def explain(self, question: str) -> tuple[Said, list[str]]:
        """Return the reply to a question, and sentences on how it came about."""
        snapshot = self.knowledge_base.current
        reply, match = snapshot.answerer.reply_with_match(question)
        reasons = explanation.explain(reply, match, snapshot.story, snapshot.answerer.matcher.weights)
        return Said(_cards(snapshot).reply(reply, question), reply, (question[:MAX_CHARACTERS],)), reasons

    def pick(self, value: str, *, echo: bool, language: Language = "en") -> Said:
        """The reply to the option of a command: a choice picked from the suggestions, or free text."""
        if value.startswith(PICKED):
            return replace(self.entry(value.removeprefix(PICKED), language), asked=True)
        return self.ask(value, echo=echo)

    def entry(self, id: str, language: Language = "en") -> Said:
        """The reply that shows one entry. Raises Gone."""
        snapshot = self.knowledge_base.current
        reply = _entry(snapshot, id, language)
        return Said(_cards(snapshot).answer(reply), reply, (reply.question or "",), asked=False)

    def paragraphs(self, id: str) -> Card:
        """The paragraphs of an entry. Raises Gone."""
        snapshot = self.knowledge_base.current
        return Card(_cards(snapshot).paragraphs(_entry(snapshot, id)))

    def read(self, command: str, about: str, page: int = 1, language: Language = "en") -> Card:
        """One page of something to read. Raises NotInStory."""
        snapshot = self.knowledge_base.current
        return pages.card(snapshot.views.in_language(language).open(command, about), page, _cards(snapshot).footer)

    async def pictures(self, theme: Theme, language: Language = "en") -> tuple[Picture, ...]:
        """Return the timeline as pictures. Raises RendererBusy, RenderFailed."""
        return await self.renderer.render(TimelineRequest(self._views.in_language(language).timeline(), theme))

    def topics(self, typed: str) -> list[tuple[str, str]]:
        """(name, value) of the topics for what has been typed so far."""
        found = self._views.lookup.suggest_topics(typed, discord_limits.CHOICES)
        return [(user_text.cut(title, discord_limits.CHOICE_NAME), id) for id, title in found]

    def people(self, typed: str) -> list[tuple[str, str]]:
        """(name, value) of the people for what has been typed so far."""
        found = self._views.lookup.suggest_people(typed, discord_limits.CHOICES)
        return [(user_text.cut(name, discord_limits.CHOICE_NAME), id) for id, name in found]

    def paragraph_numbers(self, typed: str) -> list[tuple[str, str]]:
        """(name, value) of the paragraphs that start with the number typed so far, or whose gist has the word."""
        wanted = typed.strip().lstrip("¶").casefold()
        listed = [(number, one.gist) for number, one in self.answerer.story.paragraphs.items()]
        found = [one for one in listed if str(one[0]).startswith(wanted) or wanted in one[1].casefold()]
        name = discord_limits.CHOICE_NAME
        return [(user_text.cut(f"¶{n}: {gist}", name), str(n)) for n, gist in found][: discord_limits.CHOICES]

    def suggest(self, typed: str) -> list[tuple[str, str]]:
        """(name, value) of the choices for what has been typed so far."""
        name = discord_limits.CHOICE_NAME
        found = self.answerer.suggest(typed.removeprefix(PICKED), discord_limits.CHOICES)
        return [(user_text.cut(question, name), f"{PICKED}{id}"[:name]) for id, question in found]

    def remember(self, key: int | None, said: Said) -> None:
        """Keeps a conversation under the id of our message, if it is known, or of a direct channel."""
        if key is not None:
            self._said.keep(key, tuple([question[:EARLIER] for question in said.context]))

    def context(self, key: int | None) -> tuple[str, ...]:
        """The conversation that a message or a direct channel stands for, as far as it is remembered."""
        return self._said.get(key) or ()

    def first_time(self, *key: object) -> bool:
        """Whether this has not happened before, as far as we remember; votes count once."""
        known = self._once.get(key)
        self._once.keep(key, value=True)
        return not known

    async def note(self, said: Said, place: str) -> None:
        """Counts a question, and keeps one without an answer. Never fails: the answer has been given already."""
        if said.asked and not said.reply.empty_question:
            await self._count(said.reply)
        if said.abstained and not said.reply.empty_question:
            await self.note_text(said.context[-1], place, "abstain")

    async def note_text(self, question: str, place: str, outcome: InboxOutcome) -> None:
        """Writes a question down. Never fails."""
        today = self._today()
        await self._write(lambda: self._journal.inbox.add(question, place, today, outcome))

    async def note_verdict(self, id: str, place: str, question: str, *, helpful: bool) -> None:
        """Writes a verdict on an entry down, and a question that it did not help with, if known. Never fails."""
        today = self._today()
        await self._write(lambda: self._journal.feedback.add(id, helpful=helpful, day=today))
        if question and not helpful:
            await self._write(lambda: self._journal.inbox.add(question, place, today, "not_helpful", id))

    async def forget(self, days: int, counts: int, drafts: int) -> None:
        """Deletes what is older than so many days: questions that want an answer, counts, drafts. Never fails."""
        today = self._today()
        before = [today - timedelta(days=some) for some in (days, counts, drafts)]
        await self._write(lambda: self._journal.delete_before(*before))
        await self._write(self._erase)

    def _erase(self) -> None:
        if not self._journal.database.erase_deleted():
            log.warning(
                "What was deleted is still in the database's -wal file: another program is reading; it is tried again"
            )

    def known(self, id: str) -> bool:
        """Whether the base holds this entry."""
        return id in self.answerer.story.entries

    async def _count(self, reply: Reply) -> None:
        """One write at a time; what is asked meanwhile goes into the next one, so that a burst makes few."""
        entry = reply.entry if reply.outcome == "answer" and reply.entry else ""
        self._counts[(self._today(), entry, reply.outcome)] += 1
        if self._counting:
            return
        self._counting = True
        try:
            while self._counts:
                counts = [OutcomeCount(*key, count) for key, count in self._counts.items()]
                self._counts.clear()
                await self._write(partial(self._journal.outcomes.add, counts))
        finally:
            self._counting = False

    async def _write(self, work: Callable[[], object]) -> None:
        """One after the other, so that a journal which hangs takes up one thread and not all of them."""
        if self._waiting >= WAITING:
            self._failed(f"the journal is too slow: {WAITING} notes are waiting for it")
            return
        if self._pen is None:
            return
        self._waiting += 1
        try:
            await asyncio.get_running_loop().run_in_executor(self._pen, work)
        except JournalError as error:
            self._failed(str(error))
        else:
            if self._journal_failed:
                log.warning("Questions and verdicts are kept again")
            self._journal_failed = False
        finally:
            self._waiting -= 1

    def _failed(self, why: str) -> None:
        """Said once, until it is well again."""
        if not self._journal_failed:
            log.warning("Questions and verdicts are not kept: %s", why)
        self._journal_failed = True


def _cards(snapshot: Snapshot) -> Cards:
    return Cards(snapshot.story, snapshot.texts)


def _entry(snapshot: Snapshot, id: str, language: Language = "en") -> Reply:
    """Return the reply that shows one entry. Raise Gone."""
    if id not in snapshot.story.entries:
        raise Gone(user_text.GONE)
    return snapshot.answerer.entry_reply(id, language)
