"""Runs questions with known right replies through the one door, and counts.

The verdicts (right, offered, missed, wrong, held) and the figures are those of the project's evaluation rules: an answer is
right when it cites an accepted paragraph among its first five and says what it must; where nothing should be answered,
keeping quiet, offering, saying that the article does not say, and (for a wrong premise) correcting it all hold.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from msgspec import Struct, field

from bot.answering.answerer import Answerer, Citation, Reply
from bot.evaluation.questions import Question

Verdict = Literal["right", "offered", "missed", "wrong", "held"]
CITED = 5
OFFERED = 3


class Judged(Struct, frozen=True):
    """A question, its reply, and the verdict."""

    question: Question
    reply: Reply
    verdict: Verdict


class Figures(Struct, frozen=True):
    """Counts by verdict, and the four figures; a share of nothing counts as 0."""

    answerable: int
    due: int
    """Questions where keeping quiet was due."""
    counts: Counter[str] = field(default_factory=Counter)
    wrong: int = 0
    held: int = 0

    @property
    def answered_right(self) -> float:
        """Right among answerable."""
        return self.counts["right"] / max(1, self.answerable)

    @property
    def right_or_offered(self) -> float:
        """Right or offered among answerable."""
        return (self.counts["right"] + self.counts["offered"]) / max(1, self.answerable)

    @property
    def wrong_share(self) -> float:
        """Wrong among all."""
        return self.wrong / max(1, self.answerable + self.due)

    @property
    def held_share(self) -> float:
        """Held where keeping quiet was due."""
        return self.held / max(1, self.due)

    def as_json(self) -> dict[str, float | int]:
        """The figures with plain names, shares 0 to 1."""
        return {
            "questions": self.answerable + self.due,
            "answerable": self.answerable,
            "answered_right": round(self.answered_right, 4),
            "right_or_offered": round(self.right_or_offered, 4),
            "wrong": round(self.wrong_share, 4),
            "held": round(self.held_share, 4),
        }


def judge(question: Question, reply: Reply) -> Verdict:
    """The verdict on one reply."""
    cited = bool(question.paragraphs & _cited(reply.citations))
    if question.kind == "answerable":
        if reply.outcome == "answer":
            text = f"{reply.question or ''} {reply.answer}"
            return "right" if cited and all(must.search(text) for must in question.must) else "wrong"
        offered = any(question.paragraphs & _cited(option.citations) for option in reply.options[:OFFERED])
        return "offered" if reply.outcome == "clarify" and offered else "missed"
    if reply.outcome != "answer" or reply.status == "not_covered":
        return "held"
    return "held" if question.kind == "false_premise" and cited else "wrong"


def _cited(citations: Iterable[Citation]) -> set[int]:
    return {citation.paragraph for citation in list(citations)[:CITED]}


def run(questions: Sequence[Question], answerer: Answerer, step: Callable[[], None] = lambda: None) -> list[Judged]:
    """Asks every question and judges the reply; `step` is called after each."""
    judged = []
    for question in questions:
        reply = answerer.reply(question.text, question.context)
        judged.append(Judged(question, reply, judge(question, reply)))
        step()
    return judged


def figures(judged: Iterable[Judged]) -> Figures:
    """The figures of some judged replies."""
    answerable, due, held, wrong = 0, 0, 0, 0
    counts: Counter[str] = Counter()
    for one in judged:
        wrong += one.verdict == "wrong"
        if one.question.kind == "answerable":
            answerable += 1
            counts[one.verdict] += 1
        else:
            due += 1
            held += one.verdict == "held"
    return Figures(answerable, due, counts, wrong, held)


def groups(judged: Sequence[Judged]) -> dict[str, Figures]:
    """Figures in all, and by kind, file and accepted paragraph."""
    keyed: dict[str, list[Judged]] = {"all": list(judged)}
    for one in judged:
        keyed.setdefault(f"kind {one.question.kind}", []).append(one)
        keyed.setdefault(f"file {one.question.file}", []).append(one)
        keyed.setdefault("follow-ups" if one.question.context else "single questions", []).append(one)
    for number in sorted({number for one in judged for number in one.question.paragraphs}):
        keyed[f"¶{number}"] = [one for one in judged if number in one.question.paragraphs]
    return {key: figures(some) for key, some in keyed.items()}
