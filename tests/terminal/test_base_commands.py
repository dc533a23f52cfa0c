"""`pilcrow check`: what is wrong with a base."""

from pathlib import Path

import pytest
import yaml

from bot.terminal import cli
from tests.support.article_base import base_files, write_article


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


def test_check_brings_the_records_up_to_date(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """`--update` says what it adds to story.yaml; nothing else changes, and a second time there is nothing to add."""
    text = "On Monday the mill at Skell had twelve doors."
    article = write_article(tmp_path / "article.txt", text)
    base = tmp_path / "base"
    (base / "qa").mkdir(parents=True)
    for name, data in base_files(text, "It had twelve doors.").items():
        (base / name).write_bytes(data)
    (base / "story.yaml").write_text(yaml.safe_dump(yaml.safe_load((base / "story.yaml").read_text()), sort_keys=False))
    before = (base / "story.yaml").read_text().splitlines()
    arguments = ["check", "--knowledge", str(base), "--article", str(article)]
    assert cli.main(arguments) == 0
    assert capsys.readouterr().out == (
        "Worth a look: story.yaml: the records lack names, numbers, days or quotes that the article has, in ¶1 and ¶2; "
        "'pilcrow check --article FILE --update' adds them\n"
        f"{base}: 2 entries (2 written), 4 phrasings, 2 paragraphs, longest file 1 lines: no problems.\n"
    )
    assert cli.main([*arguments, "--update"]) == 0
    assert capsys.readouterr().out == (
        "story.yaml: paragraph 1: added to 'names': Skell\n"
        "story.yaml: paragraph 1: added to 'numbers': twelve\n"
        "story.yaml: paragraph 1: added to 'days': Monday\n"
        "story.yaml: paragraph 2: added to 'names': Holm\n"
        "story.yaml: paragraph 2: added to 'numbers': four\n"
        "story.yaml: paragraph 2: added to 'days': June\n"
        f"{base}: 2 entries (2 written), 4 phrasings, 2 paragraphs, longest file 1 lines: no problems.\n"
    )
    after = (base / "story.yaml").read_text().splitlines()
    assert [line for line in after if line not in before] == [
        '  names: ["Skell"]',
        '  numbers: ["twelve"]',
        '  days: ["Monday"]',
        '  names: ["Holm"]',
        '  numbers: ["four"]',
        '  days: ["June"]',
    ]
    assert [line for line in after if line in before] == before
    assert cli.main([*arguments, "--update"]) == 0
    assert capsys.readouterr().out.startswith(
        "story.yaml: the records have all that the article has; nothing was added.\n"
    )


def test_an_update_needs_the_article(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing else says what the records lack."""
    assert cli.main(["check", "--knowledge", str(small), "--update"]) == 2
    assert capsys.readouterr().err == "pilcrow: --update needs the article's text; name it with --article FILE\n"
