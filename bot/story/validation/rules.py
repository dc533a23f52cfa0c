"""The validation of a loaded story: what rules can hold of 'true to the paragraph cited'."""

from collections.abc import Callable, Iterable, Mapping

from bot.errors import Problem
from bot.story.models import Story
from bot.story.validation import attribution, brevity, citation_support, claims, consistency, placement, verbatim
from bot.story.validation.mentions import NO_TEXTS
from bot.story.validation.waivers import find_useless_waivers, remove_waived

Rule = Callable[[Story], Iterable[Problem]]
TextRule = Callable[[Story, Mapping[int, str]], Iterable[Problem]]
RULES: tuple[Rule, ...] = (
    *attribution.RULES,
    *consistency.RULES,
    *brevity.RULES,
    *claims.RULES,
)
TEXT_RULES: tuple[TextRule, ...] = (*citation_support.RULES, *placement.RULES, *verbatim.RULES)
"""Rules that take the texts of the paragraphs, as far as they are at hand, for the truth."""


def find_problems(story: Story, texts: Mapping[int, str] = NO_TEXTS) -> list[Problem]:
    """Return the problems of all rules, by file and line; texts: those of the paragraphs that are at hand, by number."""
    found = [problem for rule in RULES for problem in rule(story)]
    found += (problem for rule in TEXT_RULES for problem in rule(story, texts))
    objections = [*found]
    if texts:  # a waiver that is needed without the article's text is not useless
        objections += (problem for rule in TEXT_RULES for problem in rule(story, NO_TEXTS))
    kept = [*remove_waived(story, found), *find_useless_waivers(story, objections)]
    return sorted({Problem(problem.file, problem.line, problem.sentence) for problem in kept})
