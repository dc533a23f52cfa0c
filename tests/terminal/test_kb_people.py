"""`pilcrow kb people`: records of people.yaml are merged, dropped and added, with every reference to them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot import bootstrap
from bot.terminal import cli
from tests.support.story_files import OLD, on_disk, write


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a base in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "config.yaml").write_text("database: sqlite:///j.sqlite3\n", "utf-8")
    return write(tmp_path / "knowledge")


@pytest.fixture
def run(base: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return a function that runs a subcommand and returns its output, or standard error for an error status."""

    def ran(*arguments: str, status: int = 0) -> str:
        assert cli.main(["kb", *arguments, "--knowledge", str(base)]) == status
        shown = capsys.readouterr()
        return shown.err if status else shown.out

    return ran


def test_a_merge_is_one_change_that_can_be_undone(base: Path, run: Callable[..., str]) -> None:
    """It is shown first, like any other change, and recorded with all files that it touches."""
    shown = run("people", "merge", "ada-quill", "brim", "--yes", "--who", "Ada", "--despite-warnings")
    assert shown.startswith("merge brim into ada-quill\n")
    assert "-    people: [ada-quill, brim]\n+    people: [ada-quill]\n" in shown
    assert shown.endswith("Published change 1. Undo it with 'pilcrow kb undo 1'.\n")
    story = bootstrap.story(base)
    assert list(story.people) == ["ada-quill", "tom-reed"]
    assert "Brim" in story.people["ada-quill"].aliases
    assert run("history").endswith("  Change 1 by Ada: merge brim into ada-quill\n")
    run("undo", "1", "--yes", "--who", "Ada")
    assert on_disk(base) == OLD


def test_a_dropped_name_stays_with_its_paragraphs(base: Path, run: Callable[..., str]) -> None:
    """So that `check` finds it where answers say it; adding it again moves it back."""
    run("people", "drop", "brim", "--yes", "--who", "Ada", "--despite-warnings")
    story = bootstrap.story(base)
    assert "brim" not in story.people
    assert story.paragraphs[1].names == ("Brim",)
    run("people", "add", "Brim", "--kind", "place", "--role", "A harbour town.", "--yes", "--who", "Ada")
    story = bootstrap.story(base)
    assert story.people["brim"].kind == "place"
    assert story.paragraphs[1].names == ()


def test_an_article_tells_which_names_stand_where(base: Path, run: Callable[..., str], tmp_path: Path) -> None:
    """A name that the paragraph lacks is not listed for it."""
    text = "Keeper Ada Quill left the lighthouse on Friday evening."
    (tmp_path / "article.txt").write_text(f"Harbour light goes dark\n{text}\n", "utf-8")
    from bot.story.article import paragraph_hash

    path = base / "story.yaml"
    path.write_text(path.read_text("utf-8").replace("sha256: aa", f"sha256: {paragraph_hash(text)}"), "utf-8")
    run("people", "drop", "brim", "--article", "article.txt", "--yes", "--who", "Ada", "--despite-warnings")
    assert bootstrap.story(base).paragraphs[1].names == ()


def test_a_wrong_id_is_named(run: Callable[..., str]) -> None:
    """With the one that may be meant."""
    assert run("people", "drop", "ada-quil", "--yes", status=2) == (
        "pilcrow: There is no person 'ada-quil' in people.yaml. Did you mean 'ada-quill'?\n"
    )
