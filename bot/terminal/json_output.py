"""Replies as JSON, and questions from JSON lines, for programs that use Pilcrow through a pipe."""

import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec.structs import asdict

from bot.answering.answerer import Answerer
from bot.answering.reply import Citation, Reply
from bot.cards import discord_limits
from bot.cards.message_text import needs_embed, split_text
from bot.cards.reply_card import reply_card
from bot.errors import PilcrowError
from bot.nlp.normalize import MAX_CHARACTERS
from bot.story.models import Story

MAX_LINE = 1_000_000
"""Characters of a line."""
MAX_CONTEXT = 5
"""Earlier questions that are considered."""


class LineError(PilcrowError):
    """A line of standard input is not a question."""


def reply_json(reply: Reply, story: Story) -> dict[str, Any]:
    """Return a reply as an object whose keys programs may rely on.

    message: the text that Discord would get, as a message or as its embed; labels: those of the buttons under it.
    """
    card = reply_card(reply, story)
    limit = discord_limits.EMBED_DESCRIPTION if needs_embed(card) else discord_limits.MESSAGE_CONTENT
    return {
        "outcome": reply.outcome,
        "entry": reply.entry,
        "question": reply.question,
        "answer": reply.full_text,
        "status": "not_covered" if reply.standing == "defined" else reply.standing,  # the article does not say
        "citations": _citations(reply.citations),
        "developments": [
            {"date": later.date, "text": later.text, "source": later.source, "url": later.url}
            for later in reply.developments
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
        "related": [{"entry": item.entry, "question": item.question, "label": item.label} for item in reply.related],
        "nearest": reply.nearest.entry if reply.nearest else None,
        "guess": reply.guess.entry if reply.guess else None,
        "message": "\n".join(split_text(card, limit)),
        "labels": [button.label for button in card.buttons],
    }


def _citations(citations: Iterable[Citation]) -> list[dict[str, Any]]:
    return [asdict(citation) for citation in citations]


def read_lines(readline: Callable[[int], str]) -> Iterator[str]:
    """Yield the lines of a stream, of which `readline` reads. Raise LineError for one that is too long, before all of it is in memory."""
    for number in itertools.count(1):
        line = readline(MAX_LINE + 1)
        if len(line) > MAX_LINE:
            raise LineError(
                f"line {number} of the input has more than {MAX_LINE:,} characters; write one question a line"
            )
        if not line:
            return
        yield line


def replies(lines: Iterable[str], answerer: Answerer) -> Iterator[dict[str, Any]]:
    """Yield one reply for each line that is not blank, in order. Raise LineError, which names the line."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            question, context = _parse(line, number)
            yield reply_json(answerer.reply(question, context), answerer.story)


def _parse(line: str, number: int) -> tuple[str, tuple[str, ...]]:
    """Return the question of a line and the earlier questions. Raise LineError."""
    example = '{"question": "…", "context": ["earlier question"]}'
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise LineError(f"line {number} of the input is not JSON; write {example}") from None
    question = value.get("question") if isinstance(value, dict) else None
    context = value.get("context") or [] if isinstance(value, dict) else []
    if isinstance(context, str):
        context = [context]
    if not isinstance(question, str) or not isinstance(context, list) or not all(isinstance(c, str) for c in context):
        raise LineError(f"line {number} of the input has no question; write {example}")
    return question[:MAX_CHARACTERS], tuple(earlier[:MAX_CHARACTERS] for earlier in context[-MAX_CONTEXT:])
