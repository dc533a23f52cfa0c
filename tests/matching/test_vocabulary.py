"""The tries of names and phrases: the longest phrase wins, fillers may stand inside, and their number costs no time."""

import pytest

from bot.matching.analyzer import Analyzer
from bot.matching.vocabulary import Vocabulary


def analyzer(*names: str) -> Analyzer:
    """Return an analyzer of a story in which each name is that of a person of their own."""
    return Analyzer(Vocabulary.build(aliases={name: name for name in names}, concepts={}, members={}))


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("ada quill", ["@ada quill"]),
        ("ada quill of the brim", ["@ada quill brim"]),
        ("ada of quill", ["@ada quill"]),
        ("ada said quill", ["@ada"]),
        ("ada ada quills brim", ["@ada", "@ada quill"]),
        ("ada quill reed brim", ["@ada quill"]),
    ],
)
def test_the_longest_name_wins(text: str, people: list[str]) -> None:
    """Fillers may stand inside it, other words may not."""
    terms = analyzer("ada", "ada quill", "ada quill brim").analyze(text).terms
    assert [term for term in terms if term[0] == "@"] == people


def test_names_that_begin_alike_cost_no_time() -> None:
    """Neither building the table nor reading a question compares each with the others."""
    many = analyzer(*(f"the ada quill {number} brim" for number in range(20_000)))
    terms = many.analyze("ada quill 19999 brim " * 25).terms
    assert terms == ("@the ada quill 19999 brim",)
