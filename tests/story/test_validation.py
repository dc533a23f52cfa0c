"""The validation rules, each with the sentence it reports."""

import pytest
from msgspec.structs import replace

from bot.errors import Problem, StoryError
from bot.story import loader
from bot.story.validation.citation_support import find_unsupported_texts
from bot.story.validation.rules import find_problems
from tests.support.small_story import small_story, small_story_files


def validate_edited(name: str, old: str, new: str) -> list[str]:
    base = small_story_files()
    assert old in base[name].decode()
    base[name] = base[name].decode().replace(old, new, 1).encode()
    return [str(problem) for problem in find_problems(loader.parse_story(base))]


def test_a_valid_base_has_no_problems() -> None:
    """The small story breaks no rule."""
    assert find_problems(small_story()) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        ("qa/keeper.yaml", "at Brim.", "at Wick.", "qa/keeper.yaml:10: keeper-place: the answer mentions the name 'Wick', which is not in ¶1; write it as in the paragraph, add it to 'names' of ¶1 in story.yaml, or waive 'Wick' with a reason"),
        ("qa/keeper.yaml", "Friday evening", "Monday evening", "qa/keeper.yaml:1: keeper-left: the answer mentions the day 'Monday', which is not in ¶1; write it as in the paragraph, add it to 'days' of ¶1 in story.yaml, or waive 'Monday' with a reason"),
        ("qa/lamp.yaml", "40 crowns", "50 crowns", "qa/lamp.yaml:1: lamp-taken: the answer mentions the number '50', which is not in ¶2; write it as in the paragraph, add it to 'numbers' of ¶2 in story.yaml, or waive '50' with a reason"),
        ("qa/keeper.yaml", '"quite tired"', '"very tired"', "qa/keeper.yaml:1: keeper-left: the answer quotes 'very tired', which is not among the quotes of ¶1; write it as in the paragraph, add it to 'quotes' of ¶1 in story.yaml, or waive 'very tired' with a reason"),
        (
            "qa/keeper.yaml",
            "It stands at Brim.",
            "It stands at Brim, where she allegedly took a lamp.",
            "qa/keeper.yaml:10: keeper-place: the answer mentions an allegation ('allegedly') without its denial; add 'claim', say who denies it, or waive 'alleged' with a reason",
        ),
        (
            "qa/keeper.yaml",
            "It stands at Brim.",
            "The president of Brim allegedly took a lamp.",
            "qa/keeper.yaml:10: keeper-place: the answer mentions an allegation ('allegedly') without its denial; add 'claim', say who denies it, or waive 'alleged' with a reason",
        ),
        (
            "qa/lamp.yaml",
            "The mayor, Tom Reed, says that she took",
            "Yes, Tom Reed says that she took",
            "qa/lamp.yaml:1: lamp-taken: don't begin with yes or no; write a full sentence",
        ),
        (
            "qa/lamp.yaml",
            "The mayor, Tom Reed, says that she took the lamp",
            "She took the lamp. Tom Reed says so, and that it is",
            "qa/lamp.yaml:1: lamp-taken: the standing is 'alleged', but the first sentence does not say who says so; add it there, with 'says', 'argues', 'denies' or the like (a further verb: under 'say' in vocabulary.yaml)",
        ),
        (
            "qa/lamp.yaml",
            "Ada Quill denies it.",
            "Never. She denies it.",
            "qa/lamp.yaml:11: lamp-denied: the standing is 'denied', but the first sentence does not say who says so; add it there, with 'says', 'argues', 'denies' or the like (a further verb: under 'say' in vocabulary.yaml)",
        ),
        (
            "qa/keeper.yaml",
            "on Friday evening",
            "two days ago",
            "qa/keeper.yaml:1: keeper-left: 'two days ago' is relative to the article's day, not the reader's; give a date or quote it, or waive 'two days ago' with a reason",
        ),
        (
            "qa/keeper.yaml",
            "She left it on Friday evening",
            "Ada Quill did, on Friday evening",
            "qa/keeper.yaml:1: keeper-left: the answer is also shown under the question of keeper-age, where nobody would understand 'Ada Quill did,'; name who and what in the first sentence, or give keeper-age a 'closest'",
        ),
        (
            "summaries.yaml",
            "left the lighthouse at Brim on Friday.",
            "left the lighthouse at Brim last week.",
            "summaries.yaml:5: 'last week' is relative to the article's day, not the reader's; give a date or quote it",
        ),
        (
            "story.yaml",
            "left the lighthouse at Brim on Friday.",
            "left the lighthouse at Brim yesterday.",
            "story.yaml: the gist of paragraph 1: 'yesterday' is relative to the article's day, not the reader's; give a date or quote it",
        ),
        (
            "qa/keeper.yaml",
            "age of the keeper",
            "Did the keeper steal the lamp?!",
            "qa/lamp.yaml:1: lamp-taken: 'did the keeper steal the lamp' is also a phrasing of 'keeper-age' (qa/keeper.yaml:18); keep one",
        ),
        ("claims.yaml", "  developments: [lamp-found]\n", "", "claims.yaml: took-lamp: the claim has no later development; add one under 'developments'"),
        ("people.yaml", "aliases: [Reed, the mayor]", "aliases: [Reed, the keeper]", "people.yaml: 'the keeper' belongs to ada-quill and tom-reed; keep it for one of them"),
    ],
)  # fmt: skip
def test_each_rule_reports_its_problem(name: str, old: str, new: str, sentence: str) -> None:
    """One edit that breaks the rule yields exactly its sentence, among others."""
    assert sentence in validate_edited(name, old, new)


def test_a_waiver_silences_one_word() -> None:
    """Other words of the same entry are still checked."""
    waiver = "It stands at Wick, in Kent.\n  waivers:\n    - {what: Wick, why: The old name of Brim.}"
    assert validate_edited("qa/keeper.yaml", "It stands at Brim.", waiver) == [
        "qa/keeper.yaml:10: keeper-place: the answer mentions the name 'Kent', which is not in ¶1; write it as in the paragraph, add it to 'names' of ¶1 in story.yaml, or waive 'Kent' with a reason"
    ]


def test_relative_times_are_allowed_where_the_sentence_speaks_of_the_article() -> None:
    """'Last week' is true if the sentence says that it is the article's."""
    assert validate_edited("qa/keeper.yaml", "on Friday evening", "last week, as the article counts") == []


def test_problems_are_listed_in_reading_order() -> None:
    """By file and line, and paragraph 2 before paragraph 10."""
    sentences = ("paragraph 10: it ends", "paragraph 2: it ends", "paragraph 2: a start")
    problems = [Problem("story.yaml", 0, sentence) for sentence in sentences]
    assert StoryError([*problems, Problem("people.yaml", 2, "b"), Problem("people.yaml", 1, "c")]).summary() == (
        "people.yaml:1: c\npeople.yaml:2: b\nstory.yaml: paragraph 2: a start\nstory.yaml: paragraph 2: it ends\n"
        "story.yaml: paragraph 10: it ends"
    )


def test_an_uncited_paragraph_is_reported() -> None:
    """Every paragraph needs an entry that answers from it."""
    base = small_story_files()
    del base["qa/lamp.yaml"]
    base["qa/keeper.yaml"] = base["qa/keeper.yaml"].replace(b"  related: [lamp-taken]\n", b"")
    assert [str(p) for p in find_problems(loader.parse_story(base))] == [
        "story.yaml: no entry answers anything from paragraph 2; add one"
    ]


def test_many_people_and_entries_take_no_time() -> None:
    """The time does not grow with one times the other: 19 seconds once for 2,000 of each."""
    story = small_story()
    person, entry = story.people["ada-quill"], story.entries["keeper-left"]
    story = replace(
        story,
        people={**story.people, **{f"p{n}": replace(person, id=f"p{n}", name=f"Quill{n}") for n in range(2_000)}},
        entries={**story.entries, **{f"e{n}": replace(entry, id=f"e{n}") for n in range(2_000)}},
    )
    list(find_unsupported_texts(story))
