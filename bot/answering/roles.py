"""Questions that ask nothing but who or what somebody is, which `people.yaml` answers where no entry does.

They are told by their words and not by the matcher: an entry for each of a hundred names would compete with the entries that
people wrote, and would be given for whatever else is asked about a name.
"""

from collections.abc import Sequence

from bot.matching.analysis import Analysis
from bot.matching.analyzer import Analyzer
from bot.matching.matcher import Match
from bot.matching.vocabulary import PERSON
from bot.nlp.lexicon import load_lexicon
from bot.story.derived import role_entry
from bot.story.entry import Entry
from bot.story.models import Story


def person_asked_for(question: Analysis) -> str | None:
    """Return the id of the one person, body, place or document of whom a text asks who or what that is, and nothing else."""
    named = [term for term in question.surface_forms if term.startswith(PERSON)]
    if len(named) != 1:
        return None
    beside = _without(question.tokens, question.surface_tokens(named[0]))
    return named[0][len(PERSON) :] if load_lexicon().identity_words.issuperset(beside) else None


def asked_role(match: Match, story: Story, analyzer: Analyzer) -> Entry | None:
    """Return the entry that tells the role of whom a question asks for.

    None if it asks more than that, or is answered and one of the entries that come close asks the same.
    """
    person = person_asked_for(match.question)
    known = story.people.get(person or "")
    entry = role_entry(known) if known else None
    if entry is not None and match.decision == "answer":
        phrasings = (analyzer.analyze(candidate.phrasing) for candidate in match.candidates)
        return None if any(person_asked_for(phrasing) == person for phrasing in phrasings) else entry
    return entry


def has_role(term: str, story: Story) -> bool:
    """Tell whether a term names somebody whose role the base tells."""
    person = story.people.get(term[len(PERSON) :]) if term.startswith(PERSON) else None
    return person is not None and role_entry(person) is not None


def _without(tokens: Sequence[str], name: Sequence[str]) -> list[str]:
    """Return the tokens without those of a name, where they first stand together."""
    for start in range(len(tokens) - len(name) + 1):
        if list(tokens[start : start + len(name)]) == list(name):
            return [*tokens[:start], *tokens[start + len(name) :]]
    return list(tokens)
