"""`pilcrow check`: what is wrong with a base."""

from pathlib import Path

import pytest
import yaml

from bot.evaluation.advice import Prospects
from bot.terminal import cli
from bot.terminal.advice_view import prospect_lines
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


def without_advice(printed: str) -> str:
    """Return what `check` printed before it says what would make the base better."""
    return printed.partition("\nWhat would make it better")[0]


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
    assert without_advice(capsys.readouterr().out) == (
        "Worth a look: story.yaml: the records lack names, numbers, days or quotes that the article has, in ¶1 and ¶2; "
        "'pilcrow check --article FILE --update' adds them\n"
        f"{base}: 2 entries (2 written), 4 phrasings, 2 paragraphs, longest file 1 lines: no problems.\n"
    )
    assert cli.main([*arguments, "--update"]) == 0
    assert without_advice(capsys.readouterr().out) == (
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


def test_check_says_what_would_make_a_sound_base_better(capsys: pytest.CaptureFixture[str]) -> None:
    """The ten most useful lines, how many more there are, and how good the base probably is."""
    folder = Path(__file__).parents[1] / "second_story" / "knowledge"
    assert cli.main(["check", "--knowledge", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:3] == ["", "What would make it better, most useful first:"]
    assert all(line.startswith("  ") for line in lines[3:14])
    assert lines[13].startswith("  … and ")
    assert lines[13].endswith(" more: pilcrow check --all")
    assert lines[15].startswith(
        "Of 100 questions of the kind written here, each asked as if it had not been written, it "
    )
    assert "Only questions by somebody who has not seen the base tell how often: pilcrow eval." in lines[16]
    assert cli.main(["check", "--knowledge", str(folder), "--all"]) == 0
    everything = capsys.readouterr().out.splitlines()
    assert everything[3:13] == lines[3:13]
    assert len(everything) > 40


def test_check_gives_advice_on_a_base_with_problems_only_where_it_is_asked_for(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Problems come first, and the exit status is theirs."""
    lamp = small / "qa" / "lamp.yaml"
    lamp.write_text(lamp.read_text().replace("40 crowns", "41 crowns"))
    problem = "qa/lamp.yaml:"
    assert cli.main(["check", "--knowledge", str(small)]) == 2
    plain = capsys.readouterr()
    assert problem in plain.err
    assert "What would make it better" not in plain.out
    assert cli.main(["check", "--knowledge", str(small), "--advice"]) == 2
    advised = capsys.readouterr()
    assert problem in advised.err
    assert "What would make it better, most useful first:" in advised.out
    assert "How good it is can't be told yet: it has too few phrasings." in advised.out


def test_what_to_expect_is_said_in_sentences() -> None:
    """With how it was found, and how far it can be trusted."""
    assert prospect_lines(Prospects(right=0.404, wrong=0.05, unforeseen=0.16, texts=1386), 0.874) == [
        "\nOf 100 questions of the kind written here, each asked as if it had not been written, it would answer about 40 right "
        "and 5 wrong. Of 100 that no entry is about, it would answer about 16 all the same. It answers from a confidence of 0.87 "
        "on.",
        "(Found by leaving out 1,386 texts, and then their entries; give or take 3. Compare it with the same base before a "
        "change, not with another one. Strangers who ask what the entries foresee are answered right more often; those who "
        "change a name, year or number are answered wrongly more often. Only questions by somebody who has not seen the base "
        "tell how often: pilcrow eval.)",
    ]
