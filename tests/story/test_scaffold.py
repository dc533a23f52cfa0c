"""`pilcrow new`: a base for another article."""

from pathlib import Path

import pytest

from bot.story import loader, scaffold
from bot.story.article import read_lines
from bot.story.validation.article_match import find_mismatches
from bot.story.validation.rules import find_problems

ARTICLE = """Ferry runs aground off Brim

The ferry Saint Anne ran aground off Brim on Friday with 40 people aboard, said Ada Quill of the Coast Guard.

“Nobody was hurt,” Quill said in Brim on Saturday. Always careful, she gave no cause.

Share
Tweet
"""


@pytest.fixture
def lines(tmp_path: Path) -> list[str]:
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE, "utf-8")
    return read_lines(path)


def test_a_scaffold_is_a_valid_base(lines: list[str], tmp_path: Path) -> None:
    """It loads, and agrees with the article it was made from."""
    scaffold.write_scaffold(tmp_path / "base", lines)
    story = loader.load_story(tmp_path / "base")
    assert story.title == "Ferry runs aground off Brim"
    assert list(story.paragraphs) == [1, 2]
    assert find_mismatches(story, lines) == []


def test_names_numbers_days_and_quotes_are_found(lines: list[str]) -> None:
    """They are listed for each paragraph, without page furniture and words that only open a sentence."""
    text = scaffold.build_scaffold(lines).files["story.yaml"]
    assert "people: [brim, ada-quill, coast-guard]" in text
    assert 'numbers: ["40"]' in text
    assert 'days: ["Friday"]' in text
    assert 'days: ["Saturday"]' in text
    assert 'quotes: ["Nobody was hurt,"]' in text
    assert "always" not in text.replace("Always", "")
    assert "Tweet" not in text


def test_the_validation_lists_what_is_left_to_write(lines: list[str], tmp_path: Path) -> None:
    """Every TODO is a problem, so that `pilcrow check` leads through the work."""
    scaffold.write_scaffold(tmp_path / "base", lines)
    problems = [str(problem) for problem in find_problems(loader.load_story(tmp_path / "base"))]
    assert "people.yaml: the role of brim is still to be written" in problems
    assert "story.yaml: the gist of paragraph 2 is still to be written" in problems
    assert "story.yaml: no entry answers anything from paragraph 2; add one" in problems


def test_existing_work_is_not_overwritten(lines: list[str], tmp_path: Path) -> None:
    """A folder that is not empty is refused."""
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "notes.txt").write_text("mine")
    with pytest.raises(
        scaffold.FolderNotEmpty, match=r"is not empty, and has no story\.yaml to add to; name a new folder"
    ):
        scaffold.write_scaffold(tmp_path / "base", lines)


def test_any_text_gives_a_valid_base(tmp_path: Path) -> None:
    """Also an empty one, or one with quotes, backslashes and control characters."""
    for number, odd in enumerate(
        ([], ["x"], ['A "b" \\ c'], ["t", 'He said "\\x" and Ã\u200b left for "Ü" Brim \\ now.'])
    ):
        scaffold.write_scaffold(tmp_path / str(number), odd)
        loader.load_story(tmp_path / str(number))


def test_invisible_characters_give_a_valid_base(tmp_path: Path) -> None:
    """They are left out; the paragraphs' hashes are still those of the article as it is."""
    path = tmp_path / "article.txt"
    path.write_text(
        "A\x07 head\u202eline\n\nThe keeper Ada\u200b Quill left “the\x00 lamp” at Brim, \x1b[31msaid\x1b Ada\u3164Quill.\n",
        "utf-8",
    )
    lines = read_lines(path)
    scaffold.write_scaffold(tmp_path / "base", lines)
    story = loader.load_story(tmp_path / "base")
    assert story.title == "A headline"
    assert [person.name for person in story.people.values()] == ["Ada Quill"]
    assert story.paragraphs[1].names == ("Brim",)
    assert story.paragraphs[1].quotes == ("the lamp",)
    assert find_mismatches(story, lines) == []


def test_many_names_take_no_time(tmp_path: Path) -> None:
    """The time does not grow with the square of their number, and no more people are proposed than a person looks at."""
    lines = ["Headline"] + [
        "".join(f"then {letter}da{number} {letter}uill{number} left, " for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        + "all."
        for number in range(500)
    ]
    scaffold.write_scaffold(tmp_path / "base", lines)
    story = loader.load_story(tmp_path / "base")
    assert len(story.people) == 40
    assert story.paragraphs[500].names[0] == "Ada499 Auill499"


def test_an_article_that_is_too_long_is_refused(tmp_path: Path) -> None:
    """A base with as many paragraphs could not be loaded; nothing is written."""
    with pytest.raises(scaffold.ArticleTooLong) as refused:
        scaffold.write_scaffold(tmp_path / "base", ["Headline", *(f"Line {number}." for number in range(1_001))])
    assert str(refused.value) == ("The article has 1,001 paragraphs, but a base can have at most 1,000; leave some out")
    assert not (tmp_path / "base").exists()


def test_what_is_left_out_of_people_stands_under_names(lines: list[str], tmp_path: Path) -> None:
    """The likeliest of the names without a record are named for the author; all of them stay with their paragraphs."""
    made = scaffold.write_scaffold(tmp_path / "base", lines, most_people=1)
    story = loader.load_story(tmp_path / "base")
    assert list(story.people) == ["ada-quill"]
    assert story.paragraphs[1].names == ("Saint Anne", "Brim", "Coast Guard")
    assert "#   Brim\n" in made.files["people.yaml"]
    assert find_mismatches(story, lines) == []


def test_publisher_and_day_may_be_unknown(lines: list[str], tmp_path: Path) -> None:
    """'not known' is accepted, and members read what is not known."""
    made = scaffold.build_scaffold(lines).files["story.yaml"]
    for key, what in (("publisher", "publisher"), ("published", "date")):
        assert f'{key}: "TODO: ' in made
        scaffold.write_scaffold(tmp_path / key, lines)
        path = tmp_path / key / "story.yaml"
        text = "".join(
            f"{key}: not known\n" if line.startswith(f"{key}:") else f"{line}\n" for line in made.splitlines()
        )
        path.write_text(text, "utf-8")
        assert getattr(loader.load_story(tmp_path / key), key) == f"{what} not known"


def test_ids_have_no_accents(tmp_path: Path) -> None:
    """A letter with an accent counts as the letter."""
    made = scaffold.build_scaffold(
        ["Headline", "Björn Lindgrén of Malmö left, said Zoë Águila, who had asked Björn Lindgrén."]
    )
    assert [person.id for person in made.draft.people] == ["bjorn-lindgren", "zoe-aguila"]
