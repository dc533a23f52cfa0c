"""What a review goes through: questions of the inbox and of trials, grouped, each with the entries that may be meant. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from bot.answering.answerer import Answerer
from bot.editing.question_groups import QuestionGroup, group_questions, with_guesses
from bot.journal.records import CollectedQuestion, InboxQuestion

GUESSES = 5
"""Entries to choose from."""
SAID_RIGHT = ("right", "picked")
"""Verdicts by which whoever asked says which entry is meant."""


class ReviewItem(Struct, frozen=True):
    """Wordings of one question, and the entries that may be meant."""

    group: QuestionGroup
    is_collected: bool
    """Whether it was asked in a trial; else it is from the inbox."""
    meant: str = ""
    """The entry that people in a trial said is right."""
    likelihood: float = 0.0
    """How likely the first guess is right, 0 to 1."""

    @property
    def origin(self) -> str:
        """Where it comes from, how often and what was said, in words."""
        times = "once" if self.group.count == 1 else f"{self.group.count} times"
        if not self.is_collected:
            return f"asked {times}, last on {self.group.last_seen}, {self.group.reason}"
        said = f", said to be right: {self.meant}" if self.meant else ""
        wrong = f", said to be wrong: {self.group.entry}" if self.group.entry else ""
        return f"asked {times} in a trial, last on {self.group.last_seen}{said}{wrong}"


def items_to_review(
    inbox: Iterable[InboxQuestion], collected: Sequence[CollectedQuestion], answerer: Answerer
) -> list[ReviewItem]:
    """Return what there is to review, the surest guess first, then what was asked most often."""
    items = [_item(group, answerer) for group in group_questions(inbox, answerer)]
    by_id = {question.id: question for question in collected}
    for group in group_questions(map(_as_question, collected), answerer):
        said = Counter[str]()
        for question in (by_id[id] for id in group.ids):
            if question.verdict in SAID_RIGHT and question.entry in answerer.story.entries:
                said[question.entry] += question.count
        meant = said.most_common(1)[0][0] if said else ""
        items.append(_item(group, answerer, is_collected=True, meant=meant))
    return sorted(items, key=lambda item: (-item.likelihood, -item.group.count, item.group.id))


def new_wordings(item: ReviewItem, answerer: Answerer) -> tuple[str, ...]:
    """Return the wordings that are no phrasing of any entry yet, word for word."""
    index = answerer.matcher.index
    return tuple(text for text in item.group.texts if index.exact_match(index.analyzer.analyze(text)) is None)


def with_choices(item: ReviewItem, answerer: Answerer) -> QuestionGroup:
    """Return the group with the five entries that are closest, what people said they meant before all others."""
    return with_guesses(item.group, answerer, GUESSES, first=[item.meant] if item.meant else [])


def _item(group: QuestionGroup, answerer: Answerer, *, is_collected: bool = False, meant: str = "") -> ReviewItem:
    match = answerer.matcher.decide(answerer.matcher.index.analyzer.analyze(group.text))
    refused = bool(match.candidates) and match.candidates[0].entry == group.entry
    likelihood = 1.0 if meant else 0.0 if refused else match.confidence
    return ReviewItem(group, is_collected, meant, likelihood)


def _as_question(question: CollectedQuestion) -> InboxQuestion:
    """Return a collected question as the inbox has it: with the entry that did not help."""
    wrong = question.entry if question.verdict == "wrong" else ""
    day = question.last_seen
    return InboxQuestion(question.text, question.count, day, day, "", question.verdict, wrong, question.id)
