"""The rules on claims and on short answers, each shown to fail on a mutant of the real base."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from bot import bootstrap
from bot.story.models import Story
from bot.story.validation.rules import find_problems

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"


@pytest.fixture(scope="module")
def story() -> Story:
    """The real base."""
    return bootstrap.story(KNOWLEDGE)


def mutant(story: Story, records: str, id: object, changes: Mapping[str, Any]) -> Story:
    """Return the story with one record changed."""
    kept = getattr(story, records)
    return replace(story, **{records: {**kept, id: replace(kept[id], **changes)}})


LONG = "word " * 19
MUTANTS = (
    ("claims", "advised-delay", {"badge": ""}, "advised-delay: it has no 'badge'"),
    ("claims", "advised-delay", {"denial_short": LONG}, "'denial_short' has more than 16 words"),
    ("claims", "advised-delay", {"badge": "Found false"}, "the badge does not name the year in which it was found"),
    ("claims", "advised-delay", {"developments": ()}, "state found_false, but no development found anything"),
    (
        "claims",
        "advised-delay",
        {"developments": ("settlement",)},
        "'settlement' speaks of a finding that is not listed",
    ),
    ("paragraphs", 4, {"claims": ()}, "paragraph 4 makes the claim 'advised-delay'; add it to 'claims'"),
    ("developments", "hogue-final", {"short": ""}, "hogue-final: it has no 'short'"),
    ("developments", "hogue-final", {"short": LONG}, "'short' has more than 12 words"),
    ("entries", "han-dong-riding", {"answer": f"Dong {LONG}."}, "the first sentence of the answer has 21 words"),
    ("entries", "han-dong-riding", {"label": "A label that is far too long"}, "the label has 28 characters"),
    (
        "entries",
        "resignation-day",
        {"answer": "Dong told the House."},
        "the question asks when, and the answer has no time",
    ),
    ("entries", "release-when", {"answer": "They came home."}, "the question asks when, and the answer has no time"),
)


@pytest.mark.parametrize(("records", "id", "changes", "sentence"), MUTANTS, ids=[mutant[3] for mutant in MUTANTS])
def test_each_rule_finds_its_mutant(
    story: Story, records: str, id: object, changes: Mapping[str, Any], sentence: str
) -> None:
    """The base is clean, and one change makes one rule speak."""
    found = [str(problem) for problem in find_problems(mutant(story, records, id, changes))]
    assert any(sentence in problem for problem in found), found


def test_a_closest_text_does_not_repeat_a_charge(story: Story) -> None:
    """Under another question the nearest entry may not be the allegation."""
    entry = next(e for e in story.written_entries if e.standing == "not_covered" and e.claim is None and e.label)
    changed = mutant(story, "entries", entry.id, {"nearest": "allegation-what", "closest": ""})
    assert any("repeats an allegation under another question" in str(p) for p in find_problems(changed))


def test_nine_answers_in_ten_are_short(story: Story) -> None:
    """Longer ones are named as soon as there are more."""
    longer = {id: replace(e, answer=f"{e.answer} {LONG}") if e.is_written else e for id, e in story.entries.items()}
    found = find_problems(replace(story, entries=longer))
    assert any("more than one answer in ten has over 30 words" in str(problem) for problem in found)
