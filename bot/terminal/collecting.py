"""`pilcrow chat --collect`: keeps what is asked in a trial, and what is said of the answers, for `pilcrow kb review`."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from bot.answering.answerer import Answerer
from bot.answering.reply import Reply
from bot.cards.card import Button
from bot.editing.question_groups import closest_entries
from bot.journal.journal import Journal
from bot.journal.records import Verdict

NOTICE = (
    "This is a trial: what you ask is kept, with its answer and what you say of it, so that whoever writes the answers "
    "can learn how people ask. Who you are is not kept. After {days} days it is deleted."
)
KEYS = ("y right", "n wrong")
"""What can be typed after an answer, as the line below it says."""
NOTED, WHICH = "Noted.", "Noted: wrong. Is it one of these? Type its number, or go on asking."
YES_WORDS, NO_WORDS = ("y", "yes"), ("n", "no")
CLOSEST = 3
"""Other entries that somebody whose answer was wrong may pick from."""


class Collector:
    """Keeps the questions of one chat: each when it is known what was said of its answer, so that it is kept once.

    A follow-up is not kept, since it says nothing without the question before it.
    """

    def __init__(self, journal: Journal, today: Callable[[], date]) -> None:
        self._journal = journal
        self._today = today
        self._question = ""
        self._entry = ""
        self._verdict: Verdict = "none"

    def asked(self, question: str, reply: Reply, *, is_follow_up: bool) -> None:
        """Take a question with its reply, and keep the one before it. Raise JournalError."""
        self.finish()
        if not is_follow_up and not reply.empty_question:
            shown = reply.guess or reply
            self._question, self._entry, self._verdict = question, shown.entry or "", "none"

    def can_judge(self) -> bool:
        """Return whether there is an answer of which nothing has been said yet."""
        return bool(self._question and self._entry) and self._verdict == "none"

    def judge(self, *, right: bool) -> None:
        """Take what is said of the answer."""
        self._verdict = "right" if right else "wrong"

    def others(self, answerer: Answerer) -> list[Button]:
        """Return the entries that may be meant in place of the one that answered, to pick from."""
        ids = closest_entries(self._question, answerer.matcher, other_than=self._entry)[:CLOSEST]
        entries = answerer.story.entries
        return [Button(entries[id].question, "entry", id, row=row) for row, id in enumerate(ids)]

    def picked(self, entry: str) -> None:
        """Take the entry that was picked from several as what the question meant. Raise JournalError."""
        if not self._question or self._verdict == "right":
            return
        if self._verdict == "wrong":
            self._journal.collected.add(self._question, self._today(), self._entry, "wrong")
        self._entry, self._verdict = entry, "picked"
        self.finish()

    def finish(self) -> None:
        """Keep the last question. Raise JournalError."""
        if self._question:
            self._journal.collected.add(self._question, self._today(), self._entry, self._verdict)
        self._question = ""


def today() -> date:
    """Return today's date, UTC."""
    return datetime.now(UTC).date()
