"""The validation of a loaded story: what rules can hold of 'true to the paragraph cited'."""

from collections.abc import Callable, Iterable

from bot.errors import Problem
from bot.story.models import Story
from bot.story.validation import attribution, brevity, citation_support, claims, consistency

Rule = Callable[[Story], Iterable[Problem]]
RULES: tuple[Rule, ...] = (
    *citation_support.RULES,
    *attribution.RULES,
    *consistency.RULES,
    *brevity.RULES,
    *claims.RULES,
)


def find_problems(story: Story) -> list[Problem]:
    """Return the problems of all rules, by file and line."""
    return sorted({problem for rule in RULES for problem in rule(story)})
