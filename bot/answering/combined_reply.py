"""One reply to several questions in one message."""

from collections.abc import Sequence

from msgspec.structs import replace

from bot.answering.reply import Reply
from bot.i18n.messages import messages
from bot.nlp.languages import Language
from bot.story.entry import Standing

CAUTIOUS: tuple[Standing, ...] = ("alleged", "denied", "assumed", "said", "reported", "not_covered", "defined")
"""The standings, most cautious first. A combined reply shows the first that applies: nothing alleged shows as reported."""
MAX_LENGTH = 1000
"""Characters of all answers together; of longer ones only the first question is answered."""


def combine(replies: Sequence[Reply], first: Reply, question_count: int, language: Language) -> Reply | None:
    """Return one reply with all of these answers and, where some questions got none, a sentence that says so.

    first: the one of them that gives the combined reply its entry and reason. None where the text would be too long.
    """
    answers = list(dict.fromkeys(_text(reply) for reply in replies))
    if len(replies) < question_count:
        answers.append(messages(language).reply.unanswered_part)
    if sum(map(len, answers)) > MAX_LENGTH:
        return None
    cautious = min(replies, key=lambda reply: CAUTIOUS.index(reply.standing or "reported"))
    developments = dict.fromkeys(development for reply in replies for development in reply.developments)
    return replace(
        first,
        question=" / ".join(dict.fromkeys(reply.question or "" for reply in replies)),
        standing=cautious.standing,
        badge=cautious.badge,
        by=cautious.by,
        answer="\n\n".join(answers),
        confidence=min(reply.confidence for reply in replies),
        sources=tuple(
            dict.fromkeys(source for reply in replies for source in (*reply.sources, *reply.closest_sources))
        ),
        closest="",
        closest_sources=(),
        denials=tuple(dict.fromkeys(denial for reply in replies for denial in reply.denials)),
        developments=tuple(sorted(developments, key=lambda development: development.sort_key)),
        told=frozenset().union(*(reply.told for reply in replies)),
        reason=f"I read it as {question_count} questions. {first.reason}",
    )


def _text(reply: Reply) -> str:
    return f"{reply.answer} {reply.messages.does_say} {reply.closest}" if reply.closest else reply.answer
