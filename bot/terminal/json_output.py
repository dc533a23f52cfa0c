"""Replies as JSON, and questions read from JSON lines: for programs that use Pilcrow from a pipe."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec.structs import asdict

from bot.answering.answerer import Answerer, Citation, Reply
from bot.errors import PilcrowError
from bot.nlp.normalize import MAX_CHARACTERS


class LineError(PilcrowError):
    """A line on standard input that is no question."""


def reply_json(reply: Reply) -> dict[str, Any]:
    """The reply with the keys that programs may rely on."""
    return {
        "outcome": reply.outcome,
        "entry": reply.entry,
        "question": reply.question,
        "answer": reply.answer,
        "status": reply.status,
        "citations": _citations(reply.citations),
        "developments": [
            {"date": one.date, "text": one.text, "source": one.source, "url": one.url} for one in reply.developments
        ],
        "confidence": reply.confidence,
        "options": [
            {
                "entry": option.entry,
                "question": option.question,
                "answer": option.answer,
                "citations": _citations(option.citations),
            }
            for option in reply.options
        ],
        "reason": reply.reason,
        "related": [{"entry": id, "question": question} for id, question in reply.related],
        "nearest": reply.nearest.entry if reply.nearest else None,
    }


def _citations(citations: Iterable[Citation]) -> list[dict[str, Any]]:
    return [asdict(citation) for citation in citations]


def replies(lines: Iterable[str], answerer: Answerer) -> Iterator[dict[str, Any]]:
    """Yield one reply for each line that is not blank, in order. Raises LineError that names the line."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            question, context = _read(line, number)
            yield reply_json(answerer.reply(question, context))


def _read(line: str, number: int) -> tuple[str, tuple[str, ...]]:
    example = '{"question": "…", "context": ["earlier question"]}'
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        raise LineError(f"line {number} of the input is not JSON; write {example}") from None
    question = asked.get("question") if isinstance(asked, dict) else None
    context = asked.get("context") or [] if isinstance(asked, dict) else []
    if isinstance(context, str):
        context = [context]
    if not isinstance(question, str) or not isinstance(context, list) or not all(isinstance(c, str) for c in context):
        raise LineError(f"line {number} of the input has no question; write {example}")
    return question[:MAX_CHARACTERS], tuple(earlier[:MAX_CHARACTERS] for earlier in context[-5:])
