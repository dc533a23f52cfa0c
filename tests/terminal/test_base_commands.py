"""`pilcrow check`: what is wrong with a base."""

from pathlib import Path

import pytest

from bot.terminal import cli


def test_check_reports_the_file_and_line_of_a_problem(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A problem in the base is one sentence on standard error, with exit status 2 and no traceback."""
    (small / "qa" / "lamp.yaml").write_text("- id: x\n  answer: yes\n")
    assert cli.main(["check", "--knowledge", str(small)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "qa/lamp.yaml:2: 'answer' must be text, but YAML reads yes as yes or no; put it in quotes" in shown.err
    assert "Traceback" not in shown.err


def test_check_compares_the_base_with_the_article(
    small: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """`--article` names every paragraph whose text differs."""
    article = tmp_path / "article.txt"
    article.write_text("Keeper Ada Quill left.\n")
    assert cli.main(["check", "--knowledge", str(small), "--article", str(article)]) == 2
    assert (
        "story.yaml: paragraph 1: no paragraph of the article has this hash; its text has changed"
        in capsys.readouterr().err
    )


def test_check_says_how_large_a_base_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Entries, phrasings with the questions, paragraphs, and the lines of its longest file of entries."""
    folder = Path(__file__).parents[1] / "second_story" / "knowledge"
    assert cli.main(["check", "--knowledge", str(folder)]) == 0
    lines = max(len(path.read_text().splitlines()) for path in (folder / "qa").iterdir())
    assert f"103 entries (103 written), 704 phrasings, 7 paragraphs, longest file {lines} lines" in (
        capsys.readouterr().out
    )
