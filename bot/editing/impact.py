"""The impact of a change of the base: which questions get another answer, and what is not supported by its paragraphs. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from bot.answering.answerer import Answerer
from bot.answering.expected_replies import find_changed_replies
from bot.answering.reply import Reply
from bot.editing.claim_warnings import find_claim_warnings
from bot.errors import Problem
from bot.journal.records import InboxQuestion
from bot.story.derived import ROLE
from bot.story.entry import Entry
from bot.story.models import Story
from bot.story.validation.rules import find_problems

MAX_NEW_PHRASINGS = 200
"""New phrasings that are asked of the base before the change; an imported base may have thousands."""
MAX_ANSWER = 120
"""Characters of an answer in a warning."""
MAX_EXPECTED = 2_000
"""Questions of expected.yaml that are asked of the changed base; each takes a few milliseconds."""
MAX_WARNINGS = 100


class BaseReport(Struct, frozen=True):
    """What is wrong with one version of the base: unsupported statements, and expected replies that it does not give."""

    revision: str
    findings: Sequence[Problem]
    changed_replies: Sequence[Problem]

    @classmethod
    def of(cls, answerer: Answerer, revision: str) -> "BaseReport":
        """Return the report on a version. Takes a second for a large one."""
        return cls(revision, find_problems(answerer.story), find_changed_replies(answerer, MAX_EXPECTED))


def find_warnings(
    before: Answerer,
    after: Answerer,
    report_before: BaseReport,
    report_after: BaseReport,
    questions: Iterable[InboxQuestion],
) -> tuple[str, ...]:
    """Return the reasons not to publish a change, as sentences; `questions`: those of the inbox, asked of both versions."""
    warnings = [problem.sentence for problem in _new_problems(report_after.findings, report_before.findings)]
    warnings += _claim_warnings(before.story, after.story)
    warnings += _answered_elsewhere(before, after)
    warnings += _unexpected_replies(after, _new_problems(report_after.changed_replies, report_before.changed_replies))
    warnings += _inbox_changes(before, after, questions)
    if len(after.story.expected) > MAX_EXPECTED:
        warnings.append(
            f"expected.yaml has more than {MAX_EXPECTED:,} questions; only the first {MAX_EXPECTED:,} were checked"
        )
    warnings = list(dict.fromkeys(warnings))
    if len(warnings) > MAX_WARNINGS:
        warnings[MAX_WARNINGS - 1 :] = [f"and {len(warnings) - MAX_WARNINGS + 1:,} more warnings"]
    return tuple(warnings)


def changed_entries(before: Story, after: Story) -> list[str]:
    """Return the ids of the entries that are new, removed or different, wherever they stand in their files."""
    ids = dict.fromkeys((*before.entries, *after.entries))
    return [id for id in ids if _content(before, id) != _content(after, id)]


def _new_problems(after: Iterable[Problem], before: Iterable[Problem]) -> list[Problem]:
    """Return the problems that there were not before, independent of their lines."""
    known = {(problem.file, problem.sentence) for problem in before}
    return [problem for problem in after if (problem.file, problem.sentence) not in known]


def _claim_warnings(before: Story, after: Story) -> list[str]:
    """Return what changed entries say of allegations without care, as far as they did not say it before."""
    changed = changed_entries(before, after)
    known = frozenset(find_claim_warnings(before, changed))
    return [warning for warning in find_claim_warnings(after, changed) if warning not in known]


def _answered_elsewhere(before: Answerer, after: Answerer) -> Iterator[str]:
    """Yield a warning for each new phrasing that another entry answered before."""
    new_phrasings = (
        (id, text)
        for id in changed_entries(before.story, after.story)
        for known in (frozenset(_phrasings(before.story, id)),)
        for text in _phrasings(after.story, id)
        if text not in known
    )
    for id, text in islice(new_phrasings, MAX_NEW_PHRASINGS):
        reply = before.reply(text)
        told_by_role = (reply.entry or "").startswith(ROLE)  # which gives way to any entry
        if reply.outcome == "answer" and reply.entry != id and not told_by_role:
            yield f"'{text}' is currently answered by {_describe(reply)}"


def _unexpected_replies(after: Answerer, problems: Iterable[Problem]) -> Iterator[str]:
    """Yield each problem of expected.yaml, with the answer that is given instead."""
    expected = {question.line: question for question in after.story.expected}
    for problem in problems:
        question = expected[problem.line]
        reply = after.reply(question.question, question.context)
        yield f"{problem.sentence}{f' (‘{_cut(reply.answer)}’)' if reply.outcome == 'answer' else ''}"


def _inbox_changes(before: Answerer, after: Answerer, questions: Iterable[InboxQuestion]) -> Iterator[str]:
    """Yield a warning for each question that gets another answer, unless it is that of the only entry that changes."""
    changed = changed_entries(before.story, after.story)
    for question in questions:
        old, new = before.reply(question.text), after.reply(question.text)
        if _result(new) != _result(old) and [new.entry] != changed:
            asked = "asked once" if question.count == 1 else f"asked {question.count} times"
            yield f"'{question.text}' ({asked}) would get {_describe(new)} instead of {_describe(old)}"


def _phrasings(story: Story, id: str) -> tuple[str, ...]:
    entry = story.entries.get(id)
    return (entry.question, *entry.phrasings) if entry else ()


def _content(story: Story, id: str) -> Entry | None:
    """Return an entry without its place."""
    entry = story.entries.get(id)
    return replace(entry, file="", line=0) if entry else None


def _result(reply: Reply) -> str:
    return reply.entry if reply.outcome == "answer" and reply.entry else reply.outcome


def _describe(reply: Reply) -> str:
    """Return what a question gets, for somebody who decides whether that is right."""
    if reply.outcome == "answer":
        return f"{reply.entry} (‘{_cut(reply.answer)}’)"
    if reply.outcome == "clarify":
        return f"a choice of {', '.join(option.entry for option in reply.options)}"
    return "no answer"


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_ANSWER else f"{line[: MAX_ANSWER - 1].rstrip()}…"
