"""`pilcrow kb` as a person meets it: everything that moderators do, in a terminal."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot import bootstrap
from bot.journal.journal import Journal
from bot.story.repository import Repository
from bot.terminal import cli
from tests.support.story_files import OLD, on_disk, write

DAY = date(2026, 5, 1)
ADD = ["--answer", "The ferry is 40 crowns.", "--cites", "2", "--standing", "reported", "--file", "lamp"]
PLACE = "qa/keeper.yaml"


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A base in a folder of its own, with an inbox."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "config.yaml").write_text("database: sqlite:///j.sqlite3\n", "utf-8")
    journal = Journal("sqlite:///j.sqlite3")
    for text in ("what does the ferry cost", "what does the fery cost", "lol", "what does the ferry cost"):
        journal.inbox.add(text, "dm", DAY)
    journal.inbox.add("where is it", "dm", DAY, "not_helpful", "keeper-place")
    journal.close()
    return write(tmp_path / "knowledge")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs a command; what it prints, or with a status the error."""

    def ran(*arguments: str, status: int = 0) -> str:
        assert cli.main(["kb", *arguments]) == status
        shown = capsys.readouterr()
        return shown.err if status else shown.out

    return ran


def typing(monkeypatch: pytest.MonkeyPatch, answer: Callable[[str], str]) -> None:
    """Somebody sits at the terminal."""
    monkeypatch.setattr("sys.stdin", type("Terminal", (), {"isatty": lambda _: True})())
    monkeypatch.setattr("builtins.input", answer)


def test_nothing_is_published_without_a_yes(base: Path, run: Callable[..., str]) -> None:
    """A phrasing, the history, the difference, undo."""
    asked = ["phrase", "keeper-place", "the lighthouse, whereabouts", "--who", "Ada"]
    assert (
        run(*asked, status=2)
        == "pilcrow: there is nobody to ask, because standard input is not a terminal; confirm with --yes\n"
    )
    assert on_disk(base) == OLD
    shown = run(*asked, "--yes", "--why", "sailors say so")
    assert "+    - 'the lighthouse, whereabouts'\n" in shown
    assert "Members will see:\nWhere is the lighthouse?\nIt stands at Brim.\n" in shown
    assert shown.endswith("Published change 1. Undo it with 'pilcrow kb undo 1'.\n")
    assert run("history").endswith("  Change 1 by Ada: phrase keeper-place (sailors say so)\n")
    assert "+    - 'the lighthouse, whereabouts'\n" in run("diff", "1")
    run("undo", "1", "--yes")
    assert on_disk(base) == OLD


def test_a_yes_or_no_is_asked_for(base: Path, run: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Anything but a yes changes nothing."""
    answers = iter(["", "Y"])
    typing(monkeypatch, lambda _: next(answers))
    asked = ["phrase", "keeper-place", "the lighthouse, whereabouts"]
    assert run(*asked).endswith("Nothing has changed.\n")
    assert on_disk(base) == OLD
    assert "Published change 1" in run(*asked)


def test_the_inbox(run: Callable[..., str], base: Path) -> None:
    """Numbers, every wording, how often, why, and the best guesses; what is dismissed is gone from it."""
    assert run("inbox") == (
        "1. what does the ferry cost (asked 3 times, last on 2026-05-01, unanswered)\n"
        "  also: what does the fery cost\n"
        "  no similar entry\n"
        "3. lol (asked once on 2026-05-01, unanswered)\n"
        "  no similar entry\n"
        "4. where is it (asked once on 2026-05-01, not helpful: keeper-place)\n"
        "  no similar entry\n"
    )
    assert run("dismiss", "3", "4") == "Dismissed: lol\nDismissed: where is it\n"
    assert (
        run("dismiss", "9", status=2) == "pilcrow: there is no number 9 in the inbox; 'pilcrow kb inbox' lists them\n"
    )
    run("add", "--from", "2", *ADD, "--yes", "--despite-warnings")
    assert run("inbox") == "  The inbox is empty.\n"


def test_an_entry_is_started_from_the_inbox(base: Path, run: Callable[..., str]) -> None:
    """Its wordings become question and phrasings, unless another question is said; it is asked, and answered, at once."""
    shown = run("add", "--from", "1", "--question", "What does the ferry cost?", *ADD, "--yes", "--despite-warnings")
    assert "Published change 1 and took its question off the inbox. Undo it with 'pilcrow kb undo 1'.\n" in shown
    entry = bootstrap.story(base).entries["what-does-the-ferry-cost"]
    assert entry.phrasings == ("what does the ferry cost", "what does the fery cost")
    asked = run("test", "ferry", "cost?")
    assert "The ferry is 40 crowns.\n" in asked
    assert "Decision: answer" in asked
    assert run("add", *ADD, status=2) == "pilcrow: give --question, or --from with a number of the inbox\n"
    run("remove", "what-does-the-ferry-cost", "--yes", "--despite-warnings")
    assert on_disk(base) == OLD


def test_what_was_asked_becomes_a_phrasing(base: Path, run: Callable[..., str]) -> None:
    """All wordings of a number, or the one that is said; an unknown number or nothing at all is a sentence."""
    run("phrase", "lamp-taken", "--from", "1", "--yes", "--despite-warnings")
    assert bootstrap.story(base).entries["lamp-taken"].phrasings[-2:] == (
        "what does the ferry cost",
        "what does the fery cost",
    )
    run("phrase", "keeper-place", "where does it stand", "--from", "4", "--yes", "--despite-warnings")
    assert bootstrap.story(base).entries["keeper-place"].phrasings[-1] == "where does it stand"
    assert run("inbox").startswith("3. lol ")
    assert run("phrase", "keeper-place", status=2) == "pilcrow: give a phrasing, or --from with a number of the inbox\n"
    assert "there is no number 77 in the inbox" in run("phrase", "keeper-place", "--from", "77", status=2)
    assert run("phrase", "place", "x", status=2) == "pilcrow: There is no entry 'place'. Did you mean 'keeper-place'?\n"


def test_an_entry_is_shown_edited_and_warned_about(base: Path, run: Callable[..., str]) -> None:
    """As it is written; a warning stops it until it is said that it shall be published all the same."""
    assert run("show", "keeper-age") == (
        "keeper-age (qa/keeper.yaml)\n  id: keeper-age\n  question: How old is Ada Quill?\n"
        "  answer: The article does not say how old she is.\n  cites: 1\n  standing: not_covered\n"
        "  nearest: keeper-left\n  phrasings:\n  - age of the keeper\n"
    )
    asked = ["edit", "keeper-place", "--answer", "It stands in Oslo.", "--yes"]
    assert run(*asked, status=2) == "pilcrow: there are warnings; fix them, or publish with --despite-warnings\n"
    assert "Warning: keeper-place: the answer has the name 'Oslo', which ¶1 does not have\n" in run(
        *asked, "--despite-warnings"
    )
    assert ": edit keeper-place, in spite of a warning\n" in run("history")
    assert "Published despite: keeper-place: the answer has the name 'Oslo'" in run("diff", "1")
    assert (
        run("edit", "keeper-place", "--answer", "It stands in Oslo.", status=2)
        == "pilcrow: this would change nothing\n"
    )
    assert run("diff", "9", status=2) == "pilcrow: there is no change 9; 'pilcrow kb history' lists them\n"


def test_somebody_else_was_quicker(
    base: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the yes: both versions are shown, and the other's stays."""

    def meanwhile(_: str) -> str:
        (base / PLACE).write_bytes(OLD[PLACE].replace(b"It stands at Brim.", b"Near Brim."))
        return "y"

    typing(monkeypatch, meanwhile)
    assert cli.main(["kb", "edit", "keeper-place", "--answer", "At Brim."]) == 2
    shown = capsys.readouterr()
    assert (
        "Published now:\n  id: keeper-place\n  question: Where is the lighthouse?\n  answer: Near Brim.\n" in shown.out
    )
    assert shown.out.endswith("Your version:\n  answer: At Brim.\n")
    assert shown.err == (
        "pilcrow: Somebody else has changed 'keeper-place' meanwhile. Look at both versions, then repeat your change.\n"
    )
    assert bootstrap.story(base).entries["keeper-place"].answer == "Near Brim."


def test_the_base_has_moved_and_it_is_shown_again(
    base: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the yes another entry has taken the phrasing: with the new warning it is not published."""

    def meanwhile(_: str) -> str:
        (base / PLACE).write_bytes(
            OLD[PLACE].replace(b"    - age of the keeper\n", b"    - the lighthouse whereabouts\n")
        )
        return "y"

    typing(monkeypatch, meanwhile)
    assert cli.main(["kb", "phrase", "keeper-place", "the lighthouse, whereabouts"]) == 2
    shown = capsys.readouterr()
    assert "The base has changed since you looked, and so has what this would do. Look at it again.\n" in shown.out
    assert shown.out.count("phrase keeper-place\n") == 2
    assert shown.err == "pilcrow: there are warnings; fix them, or publish with --despite-warnings\n"


def test_an_archive(base: Path, run: Callable[..., str]) -> None:
    """Out and in; a path that leads nowhere is a sentence."""
    assert run("export", "base.zip").startswith("base.zip: ")
    run("edit", "keeper-place", "--answer", "At Brim.", "--yes")
    assert "+  answer: It stands at Brim.\n" in run("import", "base.zip", "--yes")
    assert on_disk(base) == OLD
    assert run("import", "no.zip", status=2) == "pilcrow: no.zip can't be read: No such file or directory\n"
    assert run("export", "no/base.zip", status=2) == (
        "pilcrow: no/base.zip can't be written: No such file or directory\n"
    )


def test_what_a_killed_process_left_is_in_the_history(base: Path, run: Callable[..., str]) -> None:
    """The history finds out first how it ended."""
    run("phrase", "keeper-place", "the lighthouse, whereabouts", "--yes", "--who", "Ada")
    journal = Journal("sqlite:///j.sqlite3")
    journal.history.set_state(1, "under way")
    journal.close()
    assert run("history").endswith("  Change 1 by Ada: phrase keeper-place; not made\n")
    assert Repository(base).committed_transactions() == set()
