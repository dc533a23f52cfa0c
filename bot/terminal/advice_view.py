"""The end of `pilcrow check`: what would make the base better, and how good it probably is."""

from bot.answering.answerer import Answerer
from bot.evaluation.advice import Prospects, advise, ask_itself, prospects
from bot.terminal.console import write_line

SHOWN = 10
MIN_TEXTS = 50
"""Texts below which asking a base itself tells nothing."""


def write_advice(answerer: Answerer, *, everything: bool) -> None:
    """Write the most useful suggestions, or all of them, and what may be expected of the base."""
    trials = ask_itself(answerer)
    suggestions = advise(answerer, trials)
    shown = suggestions if everything else suggestions[:SHOWN]
    if shown:
        write_line("\nWhat would make it better, most useful first:")
        for suggestion in shown:
            write_line(f"  {suggestion}")
    if more := len(suggestions) - len(shown):
        write_line(f"  … and {more:,} more: pilcrow check --all")
    for line in prospect_lines(prospects(answerer, trials), answerer.matcher.weights.answer):
        write_line(line)


def prospect_lines(expected: Prospects, threshold: float) -> list[str]:
    """Return how good a base probably is, in sentences, with how far they can be trusted."""
    if expected.texts < MIN_TEXTS:
        return ["\nHow good it is can't be told yet: it has too few phrasings."]
    right, wrong = round(100 * expected.right), round(100 * expected.wrong)
    unforeseen = round(100 * expected.unforeseen)
    margin = max(1, round(196 * (expected.right * (1 - expected.right) / expected.texts) ** 0.5))
    return [
        f"\nOf 100 questions of the kind written here, each asked as if it had not been written, it would answer about {right} "
        f"right and {wrong} wrong. Of 100 that no entry is about, it would answer about {unforeseen} all the same. It answers "
        f"from a confidence of {threshold:.2f} on.",
        f"(Found by leaving out {expected.texts:,} texts, and then their entries; give or take {margin}. Compare it with the "
        "same base before a change, not with another one. Strangers who ask what the entries foresee are answered right more "
        "often; those who change a name, year or number are answered wrongly more often. Only questions by somebody who has "
        "not seen the base tell how often: pilcrow eval.)",
    ]
