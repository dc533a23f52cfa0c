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
    text = scaffold.build_files(lines)["story.yaml"]
    assert "people: [saint-anne, brim, ada-quill, coast-guard]" in text
    assert 'numbers: ["40"]' in text
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
    (tmp_path / "base" / "story.yaml").write_text("mine")
    with pytest.raises(scaffold.FolderNotEmpty, match="is not empty; name a new folder"):
        scaffold.write_scaffold(tmp_path / "base", lines)


def test_any_text_gives_a_valid_base(tmp_path: Path) -> None:
    """Also an empty one, or one with quotes, backslashes and control characters."""
    for number, odd in enumerate(
        ([], ["x"], ['A "b" \\ c'], ["t", 'He said "\\x" and Ã\u200b left for "Ü" Brim \\ now.'])
    ):
        scaffold.write_scaffold(tmp_path / str(number), odd)
        loader.load_story(tmp_path / str(number))
