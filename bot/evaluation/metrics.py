"""Runs questions with known right replies through the one door, and counts.

The verdicts (right, offered, missed, wrong, held) and the figures are those of the project's evaluation rules: an answer is
right when it cites an accepted paragraph among its first five and says what it must; where nothing should be answered,
keeping quiet, offering, saying that the article does not say, and (for a wrong premise) correcting it all hold.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Literal, get_args

import yaml
from msgspec import Struct, field

from bot.answering.answerer import Answerer, Citation, Reply
from bot.errors import PilcrowError, Problem
from bot.story.loader import EXPECTED

Verdict = Literal["right", "offered", "missed", "wrong", "held"]
Kind = Literal["answerable", "unanswerable", "false_premise", "offtopic"]
CITED = 5
OFFERED = 3


class QuestionsError(PilcrowError):
    """A file of questions that can't be read, and why."""


class Question(Struct, frozen=True):
    """One question with what a right reply has to cite (`paragraphs`, any of them) and to say (`must`, all of them)."""

    id: str
    text: str
    kind: Kind
    paragraphs: frozenset[int]
    must: tuple[re.Pattern[str], ...]
    context: tuple[str, ...]
    file: str


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


def changed(answerer: Answerer, most: int | None = None) -> list[Problem]:
    """The expected replies of the base that are no longer given, by line of `expected.yaml`; of the first `most` only."""
    problems = []
    for one in answerer.story.expected[:most]:
        reply = answerer.reply(one.question, one.context)
        given = reply.entry if reply.outcome == "answer" else None
        if given not in one.entries if one.entries else given is not None:
            wanted = " or ".join(one.entries) or "no answer"
            sentence = f"'{one.question}' should get {wanted}, and gets {given or reply.outcome}"
            problems.append(Problem(EXPECTED, one.line, sentence))
    return problems


def load(path: Path) -> list[Question]:
    """The questions of one YAML file. Raises QuestionsError that names the file and the first item that is off."""
    try:
        items = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise QuestionsError(f"{path}: can't be read as questions: {str(error).splitlines()[0]}") from error
    if not isinstance(items, list):
        raise QuestionsError(f"{path}: has to be a list of questions, each with id, q, kind, paragraphs and must")
    return [_question(item, number, path) for number, item in enumerate(items, 1)]


def _question(item: object, number: int, path: Path) -> Question:
    where = f"{path}: question {number}"
    if not isinstance(item, dict) or not {"id", "q", "kind", "paragraphs"} <= set(item):
        raise QuestionsError(f"{where} needs the keys id, q, kind and paragraphs")
    if item["kind"] not in get_args(Kind):
        raise QuestionsError(f"{where}: kind has to be one of {', '.join(get_args(Kind))}")
    try:
        must = tuple(re.compile(pattern) for pattern in item.get("must") or ())
    except re.error as error:
        raise QuestionsError(f"{where}: must holds a broken pattern: {error}") from error
    context = item.get("context") or ()
    return Question(
        id=str(item["id"]),
        text=str(item["q"]),
        kind=item["kind"],
        paragraphs=frozenset(item["paragraphs"]),
        must=must,
        context=(context,) if isinstance(context, str) else tuple(context),
        file=path.name,
    )


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
