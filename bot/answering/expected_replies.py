"""The questions of `expected.yaml`, whose answers must not change by accident."""

from collections.abc import Sequence

from bot.answering.answerer import Answerer
from bot.errors import Problem
from bot.story.loader import EXPECTED_FILE
from bot.story.models import ExpectedReply


def find_changed_replies(answerer: Answerer, limit: int | None = None) -> list[Problem]:
    """Return a problem for each expected question that no longer gets one of its entries; check the first `limit` only.

    A question without entries is expected to get no answer.
    """
    problems = (_check(answerer, question) for question in answerer.story.expected[:limit])
    return [problem for problem in problems if problem]


def _check(answerer: Answerer, expected: ExpectedReply) -> Problem | None:
    reply = answerer.reply(expected.question, expected.context)
    answered_by = reply.entry if reply.outcome == "answer" else None
    if _as_expected(answered_by, expected.entries):
        return None
    wanted = " or ".join(expected.entries) or "no answer"
    sentence = f"'{expected.question}' should get {wanted}, and gets {answered_by or reply.outcome}"
    return Problem(EXPECTED_FILE, expected.line, sentence)


def _as_expected(entry: str | None, wanted: Sequence[str]) -> bool:
    return entry in wanted if wanted else entry is None
