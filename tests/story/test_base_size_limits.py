"""The size of a base: checked before anything else that takes time, with a sentence."""

import pytest

from bot.errors import StoryError
from bot.story import loader, mapping_reader
from bot.story.incremental import parse_changed_files
from tests.support.small_story import small_story, small_story_files


def load_problems(changed: dict[str, bytes]) -> list[str]:
    """Return the problems of the small story with other files."""
    with pytest.raises(StoryError) as caught:
        loader.parse_story(small_story_files() | changed)
    return [str(problem) for problem in caught.value.problems]


def records(count: int, line: str = "") -> bytes:
    """Return a file of records that have nothing but an id, and perhaps a line."""
    return "".join(f"- id: x{number}\n{line}" for number in range(count)).encode()


def flow_list(count: int) -> str:
    """Return a list of different texts."""
    return f"[{', '.join(f'w{number}' for number in range(count))}]"


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("people.yaml", records(2_001), "people.yaml: the base has 2,001 people; at most 2,000 fit, so remove some"),
        (
            "people.yaml",
            records(21, f"  aliases: {flow_list(1_000)}\n"),
            "people.yaml: the base has 21,000 aliases; at most 20,000 fit, so remove some",
        ),
        (
            "developments.yaml",
            records(501),
            "developments.yaml: the base has 501 developments; at most 500 fit, so remove some",
        ),
        ("claims.yaml", records(501), "claims.yaml: the base has 501 claims; at most 500 fit, so remove some"),
        ("summaries.yaml", records(201), "summaries.yaml: the base has 201 summaries; at most 200 fit, so remove some"),
        ("timeline.yaml", records(501), "timeline.yaml: the base has 501 events; at most 500 fit, so remove some"),
        ("glossary.yaml", records(501), "glossary.yaml: the base has 501 terms; at most 500 fit, so remove some"),
        (
            "expected.yaml",
            records(5_001),
            "expected.yaml: the base has 5,001 expected replies; at most 5,000 fit, so remove some",
        ),
        (
            "vocabulary.yaml",
            b"".join(b"k%d: a\n" % number for number in range(5_001)),
            "vocabulary.yaml: the base has 5,001 concepts; at most 5,000 fit, so remove some",
        ),
        (
            "vocabulary.yaml",
            f"a: {flow_list(20_001)}".encode(),
            "vocabulary.yaml: the base has 20,001 words; at most 20,000 fit, so remove some",
        ),
        (
            "story.yaml",
            b"paragraphs:\n" + b"- {}\n" * 1_001,
            "story.yaml: the base has 1,001 paragraphs; at most 1,000 fit, so remove some",
        ),
        ("qa/x.yaml", records(3_996), "qa/: the base has 4,001 entries; at most 4,000 fit, so remove some"),
    ],
)
def test_a_base_with_too_many_records_is_refused(name: str, data: bytes, sentence: str) -> None:
    """Nothing else is reported: no record is read."""
    assert load_problems({name: data}) == [sentence]


def test_the_limits_hold_over_all_files() -> None:
    """Also where only one of them is parsed again."""
    changed = small_story_files() | {"qa/x.yaml": records(3_996)}
    with pytest.raises(StoryError, match="the base has 4,001 entries; at most 4,000 fit"):
        parse_changed_files(changed, small_story_files(), small_story())


def test_a_list_that_is_too_long_is_refused() -> None:
    """Each list of a record has its limit."""
    people = small_story_files()["people.yaml"].replace(
        b"[Quill, the keeper, lighthouse keeper]", flow_list(1_001).encode()
    )
    assert load_problems({"people.yaml": people}) == ["people.yaml:4: 'aliases' has 1,001 items; at most 1,000 fit"]


def test_similar_ids_are_suggested_for_the_first_few_unknown_ones() -> None:
    """Looking for them takes time, and a hostile file could have a hundred thousand."""
    unknown = ", ".join(f"keeper-lef{number}" for number in range(30))
    keeper = small_story_files()["qa/keeper.yaml"].replace(b"related: [", f"related: [{unknown}, ".encode())
    problems = load_problems({"qa/keeper.yaml": keeper})
    assert sum("does not exist" in problem for problem in problems) == 30
    assert sum("; did you mean 'keeper-left'?" in problem for problem in problems) == mapping_reader.MAX_SUGGESTIONS


def test_a_problem_quotes_only_the_beginning_of_a_long_text() -> None:
    """A hostile file could otherwise fill the log and the moderators' channel."""
    for line in (
        "id: {}",
        "related: [{}]",
        "cites: ['{}']",
        "standing: '{}'",
        "phrasings: [{0}, {0}]",
        "{}: a",
        "answer: !{} a",
        "answer: &{} a",
        "answer: *{}",
        "id: a\n  question: {}",
    ):
        for character in "7", "x", "\u0e31":
            text = ("- " + line.format(character * 20_000) + "\n").encode()
            assert max(map(len, load_problems({"qa/x.yaml": text + text}))) < 300
