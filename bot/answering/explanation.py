"""Why a question is answered as it is, in plain words. Pure."""

from bot.answering.answerer import Answerer
from bot.matching.features import Candidate
from bot.matching.matcher import Match

SHOWN = 3
DECISIONS = {
    "answer": "So I answer with the first.",
    "clarify": "So I ask which of these is meant.",
    "abstain": "So I say that I have no answer.",
}


def explained(question: str, answerer: Answerer) -> list[str]:
    """Sentences, one a line: what was read, what comes close, how sure the bot is, and what follows."""
    reply, match = answerer.explained(question)
    read = match.question
    lines = [reply.reason]
    if read.corrections:
        spelt = ", ".join(f"‘{typed}’ as ‘{taken}’" for typed, taken in read.corrections)
        lines.append(f"I took {spelt}.")
    lines += [_candidate(rank, one, answerer) for rank, one in enumerate(match.candidates[:SHOWN], 1)]
    lines.append(_sure(match, answerer))
    return lines


def _candidate(rank: int, one: Candidate, answerer: Answerer) -> str:
    left = answerer.words(one.unmatched)
    entry = answerer.story.entries[one.entry]
    rest = f"nothing in it answers to {left}" if left else "all of the question is in it"
    return f"{rank}. ‘{entry.question}’; the way of asking it that is closest: ‘{one.phrasing}’; {rest}."


def _sure(match: Match, answerer: Answerer) -> str:
    if not match.candidates:
        return DECISIONS["abstain"]
    weights = answerer.matcher.weights
    return (
        f"I am {match.confidence:.0%} sure of the first. From {weights.answer:.0%} I answer, from {weights.clarify:.0%} "
        f"I ask back. {DECISIONS[match.decision]}"
    )
