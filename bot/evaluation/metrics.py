"""Judge the replies to labelled questions, and compute the figures.

An answer is right when it cites an accepted paragraph among its first five and says what it must: every pattern of `must`, and
every word of one of the short answers in `gold`, where a question has them. Where nothing should be
answered, abstaining, clarifying, saying that the article does not say, and (for a wrong premise) correcting it all hold.
A guess, shown where the bot asks back, is no answer and changes no verdict; guesses are counted by themselves.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from msgspec import Struct, field

from bot.answering.answerer import Answerer
from bot.answering.reply import Citation, Reply
from bot.evaluation.questions import Question

Verdict = Literal["right", "offered", "missed", "wrong", "held"]
MAX_CITATIONS = 5
"""Citations of a reply that are looked at."""
MAX_OPTIONS = 3
_WORD = re.compile(r"[a-z0-9]+(?:[.,][0-9]+)*")
"""A word of a short answer, or a number as it is written: 1,500 or 3.5."""
_IGNORED = frozenset({"the", "a", "an", "of", "in", "and", "s"})
"""Words of a short answer that a reply need not have."""


class JudgedReply(Struct, frozen=True):
    """A question with its reply and the verdict."""

    question: Question
    reply: Reply
    verdict: Verdict


class Figures(Struct, frozen=True):
    """Counts, and the four shares that the evaluation reports; a share of nothing is 0."""

    answerable: int
    not_answerable: int
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    right_by_nearest: int = 0
    """Of the right, those that say that the article does not say, and then the nearest thing it does say."""

    @property
    def total(self) -> int:
        """All questions."""
        return self.answerable + self.not_answerable

    @property
    def answered_right(self) -> float:
        """Right, as a share of the answerable."""
        return self.verdicts["right"] / max(1, self.answerable)

    @property
    def right_or_offered(self) -> float:
        """Right or offered, as a share of the answerable."""
        return (self.verdicts["right"] + self.verdicts["offered"]) / max(1, self.answerable)

    @property
    def wrong_share(self) -> float:
        """Wrong, as a share of all."""
        return self.verdicts["wrong"] / max(1, self.total)

    @property
    def held_share(self) -> float:
        """Held, as a share of those that are not answerable."""
        return self.verdicts["held"] / max(1, self.not_answerable)

    def as_json(self) -> dict[str, float | int]:
        """Return the figures with plain names, shares 0 to 1."""
        return {
            "questions": self.total,
            "answerable": self.answerable,
            "answered_right": round(self.answered_right, 4),
            "right_or_offered": round(self.right_or_offered, 4),
            "wrong": round(self.wrong_share, 4),
            "held": round(self.held_share, 4),
            "right_by_nearest": self.right_by_nearest,
        }


class Guesses(Struct, frozen=True):
    """How many answers were shown as a guess on asking back, and how many of these were right."""

    shown: int
    right: int

    def as_json(self) -> dict[str, int]:
        """Return the counts with plain names."""
        return {"shown": self.shown, "right": self.right, "wrong": self.shown - self.right}


def judge(question: Question, reply: Reply) -> Verdict:
    """Return the verdict on a reply."""
    cited = bool(question.paragraphs & _cited_paragraphs(reply.citations))
    if question.kind == "answerable":
        if reply.outcome == "answer":
            text = f"{reply.question or ''} {reply.full_text}"
            says_it = all(pattern.search(text) for pattern in question.must) and has_gold_answer(question.gold, text)
            return "right" if cited and says_it else "wrong"
        offered = any(
            question.paragraphs & _cited_paragraphs(option.citations) for option in reply.options[:MAX_OPTIONS]
        )
        return "offered" if reply.outcome == "clarify" and offered else "missed"
    if reply.outcome != "answer" or reply.standing in ("not_covered", "defined"):
        return "held"
    return "held" if question.kind == "false_premise" and cited else "wrong"


def has_gold_answer(gold: Sequence[str], text: str) -> bool:
    """Return whether a text has every word of one of some short answers, articles and punctuation aside; of none, it has."""
    said = _words(text)
    return not gold or any(_words(answer) <= said for answer in gold)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold().replace("’", "'"))) - _IGNORED


def _cited_paragraphs(citations: Iterable[Citation]) -> set[int]:
    return {citation.paragraph for citation in list(citations)[:MAX_CITATIONS]}


def judge_replies(
    questions: Sequence[Question], answerer: Answerer, on_progress: Callable[[], None] = lambda: None
) -> list[JudgedReply]:
    """Ask every question and judge the reply; call `on_progress` after each."""
    judged = []
    for question in questions:
        reply = answerer.reply(question.text, question.context)
        judged.append(JudgedReply(question, reply, judge(question, reply)))
        on_progress()
    return judged


def compute_figures(judged: Iterable[JudgedReply]) -> Figures:
    """Return the figures of some judged replies."""
    answerable = not_answerable = right_by_nearest = 0
    verdicts: Counter[Verdict] = Counter()
    for item in judged:
        verdicts[item.verdict] += 1
        right_by_nearest += item.verdict == "right" and item.reply.standing == "not_covered"
        if item.question.kind == "answerable":
            answerable += 1
        else:
            not_answerable += 1
    return Figures(answerable, not_answerable, verdicts, right_by_nearest)


def count_guesses(judged: Iterable[JudgedReply]) -> Guesses:
    """Return how the guesses did, each judged as if it were the answer.

    Where nothing should be answered, a guess is right only if it corrects a wrong premise.
    """
    guesses = [(item.question, item.reply.guess) for item in judged if item.reply.guess]
    right = [q for q, guess in guesses if judge(q, guess) == ("held" if q.kind == "false_premise" else "right")]
    return Guesses(len(guesses), len(right))


def figures_by_group(judged: Sequence[JudgedReply]) -> dict[str, Figures]:
    """Return the figures of all, and by kind, file, use, follow-ups and accepted paragraph."""
    groups: dict[str, list[JudgedReply]] = {"all": list(judged)}
    for item in judged:
        question = item.question
        groups.setdefault(f"kind {question.kind}", []).append(item)
        if question.use:
            groups.setdefault(f"use {question.use}", []).append(item)
        groups.setdefault(f"file {question.file}", []).append(item)
        groups.setdefault("follow-ups" if question.context else "single questions", []).append(item)
    for number in sorted({number for item in judged for number in item.question.paragraphs}):
        groups[f"¶{number}"] = [item for item in judged if number in item.question.paragraphs]
    return {name: compute_figures(group) for name, group in groups.items()}
