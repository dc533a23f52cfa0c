"""Rules on claims: each says who denies it and how it stands today, and nothing repeats a charge without that."""

from collections.abc import Iterator

from bot.errors import Problem
from bot.story.models import Claim, Development, Story
from bot.story.validation.attribution import entry_problem
from bot.story.validation.brevity import word_count

FOUND = ("found_false", "found_true")
DENIAL_WORDS, DEVELOPMENT_WORDS = 16, 12
"""Most words of the short forms."""


def _at_claim(claim: Claim, sentence: str) -> Problem:
    return Problem("claims.yaml", 0, f"{claim.id}: {sentence}")


def find_incomplete_claims(story: Story) -> Iterator[Problem]:
    """Yield a problem for each claim that some paragraph carries and that lacks a short form or its badge."""
    carried = {id for paragraph in story.paragraphs.values() for id in paragraph.claims}
    for claim in story.claims.values():
        if claim.id not in carried:
            continue
        for key in ("label", "short", "denial_short", "badge"):
            if not getattr(claim, key):
                yield _at_claim(claim, f"it has no '{key}'; replies show it wherever its paragraphs are shown")
        if word_count(claim.denial_short) > DENIAL_WORDS:
            yield _at_claim(claim, f"'denial_short' has more than {DENIAL_WORDS} words; shorten it")
        for development in (story.developments[id] for id in claim.developments):
            if not development.short:
                yield _at_development(development, "it has no 'short': who and what, in at most 12 words")


def _at_development(development: Development, sentence: str) -> Problem:
    return Problem("developments.yaml", 0, f"{development.id}: {sentence}")


def find_long_developments(story: Story) -> Iterator[Problem]:
    """Yield a problem for each short form of a development that is too long."""
    for development in story.developments.values():
        if word_count(development.short) > DEVELOPMENT_WORDS:
            yield _at_development(development, f"'short' has more than {DEVELOPMENT_WORDS} words; shorten it")


def find_claims_not_carried(story: Story) -> Iterator[Problem]:
    """Yield a problem for each paragraph that makes a claim and does not carry it, if paragraphs carry any."""
    if not any(paragraph.claims for paragraph in story.paragraphs.values()):
        return
    for claim in story.claims.values():
        for number in claim.cites:
            if claim.id not in story.paragraphs[number].claims:
                yield Problem("story.yaml", 0, f"paragraph {number} makes the claim '{claim.id}'; add it to 'claims'")


def find_unfounded_states(story: Story) -> Iterator[Problem]:
    """Yield a problem for each state that says something was found without a development, or whose badge names no year."""
    for claim in story.claims.values():
        years = {story.developments[id].date[:4] for id in claim.developments}
        if claim.state in FOUND and not years:
            yield _at_claim(claim, f"state {claim.state}, but no development found anything; add it to 'developments'")
        if claim.state in FOUND and claim.badge and not any(year in claim.badge for year in years):
            yield _at_claim(claim, "the badge does not name the year in which it was found; add it")


def find_findings_left_out(story: Story) -> Iterator[Problem]:
    """Yield a problem for each development that recognises a finding which is not listed beside it."""
    for claim in story.claims.values():
        found = [story.developments[id] for id in claim.developments]
        for development in found:
            earlier = [other for other in found if other.sort_key < development.sort_key]
            if "finding" in development.text and not earlier:
                yield _at_claim(claim, f"'{development.id}' speaks of a finding that is not listed beside it; add it")


def find_repeated_charges(story: Story) -> Iterator[Problem]:
    """Yield a problem for each entry under which the closest thing repeats an allegation."""
    for entry in story.written_entries:
        nearest = story.entries[entry.nearest] if entry.nearest else None
        if nearest is None or entry.closest or not entry.label:
            continue
        if nearest.standing == "alleged" and entry.claim != nearest.claim:
            yield entry_problem(
                entry, f"its nearest, '{nearest.id}', repeats an allegation under another question; choose another"
            )


RULES = (
    find_incomplete_claims,
    find_long_developments,
    find_claims_not_carried,
    find_unfounded_states,
    find_findings_left_out,
    find_repeated_charges,
)
