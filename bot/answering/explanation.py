"""Explain a reply in plain words: how the question was read, which entries come close, and what was decided. Pure."""

from collections.abc import Iterable, Mapping

from bot.answering.reply import Reply
from bot.answering.roles import has_role
from bot.i18n.messages import join_list, messages
from bot.matching.features import Candidate
from bot.matching.matcher import Match
from bot.matching.weights import Weights
from bot.nlp.languages import Language
from bot.story.derived import ROLE
from bot.story.models import Story

MAX_CANDIDATES = 3
MAX_WORD_LENGTH = 60
"""Letters of a word that are shown back to whoever typed it: some type four thousand without a space."""
DECISIONS = {
    "answer": "So I answer with the first.",
    "clarify": "So I ask which of these is meant.",
    "guess": "So I show the first as a guess, and ask.",
    "abstain": "So I say that I have no answer.",
}


def explain(reply: Reply, match: Match, story: Story, weights: Weights) -> list[str]:
    """Return sentences, one a line: how the question was read, what comes close, how sure the bot is, what it decided."""
    lines = [reply.reason]
    if match.question.corrections:
        corrections = ", ".join(f"‘{typed}’ as ‘{corrected}’" for typed, corrected in match.question.corrections)
        lines.append(f"I read {corrections}.")
    candidates = match.candidates[:MAX_CANDIDATES]
    lines += [_describe_candidate(rank, candidate, story) for rank, candidate in enumerate(candidates, 1)]
    if reply.entry and reply.entry.startswith(ROLE):
        return [*lines, "So I answer with what people.yaml tells."]
    if not candidates:
        return [*lines, DECISIONS["abstain"]]
    return [
        *lines,
        f"I am {match.confidence:.0%} sure of the first. From {weights.answer:.0%} I answer, from {weights.clarify:.0%} "
        f"I ask back. {DECISIONS['guess' if reply.guess else match.decision]}",
    ]


def _describe_candidate(rank: int, candidate: Candidate, story: Story) -> str:
    unmatched = describe_terms(candidate.unmatched, story)
    coverage = f"it says nothing about {unmatched}" if unmatched else "it covers the whole question"
    question = story.entries[candidate.entry].question
    return f"{rank}. ‘{question}’; closest phrasing: ‘{candidate.phrasing}’; {coverage}."


def decision_reason(match: Match, story: Story) -> str:
    """Return one plain sentence on why the bot answers, asks back or abstains."""
    if not match.candidates:
        return "No word of the question occurs in the base."
    first = match.candidates[0]
    surface_forms = match.question.surface_forms
    phrasing, unmatched = first.phrasing, describe_terms(first.unmatched, story, surface_forms)
    if match.decision == "answer":
        return f"It is close to ‘{phrasing}’, except for {unmatched}." if unmatched else f"It is close to ‘{phrasing}’."
    if match.decision == "clarify":
        if unmatched:
            return f"The closest entry says nothing about {unmatched}."
        return f"Several entries fit; the first is close to ‘{phrasing}’."
    unmatched = describe_terms([term for term in first.unmatched if not has_role(term, story)], story, surface_forms)
    if unmatched:
        return f"No entry that comes close says anything about {unmatched}."
    return f"Even the closest phrasing, ‘{phrasing}’, is too different."


def describe_terms(
    terms: Iterable[str], story: Story, surface_forms: Mapping[str, str] | None = None, language: Language = "en"
) -> str:
    """Return terms as a reader would write them: people by name, other terms quoted, as in ‘how old’ and Han Dong.

    surface_forms: how each term was typed, where that is known.
    """
    say, typed = messages(language).reply, surface_forms or {}
    names = [
        story.people[term[1:]].name
        if term.startswith("@")
        else say.quote.format(text=_truncate(typed.get(term, term.lstrip("#=!"))))
        for term in terms
    ]
    return join_list(list(dict.fromkeys(names)), say.list_and)


def _truncate(word: str) -> str:
    return word if len(word) <= MAX_WORD_LENGTH else f"{word[: MAX_WORD_LENGTH - 1]}…"
