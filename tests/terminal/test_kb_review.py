"""`pilcrow kb review`: what was asked and not answered becomes phrasings and entries, one key each."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot import bootstrap
from bot.journal.journal import Journal
from bot.terminal import cli
from tests.support.story_files import OLD, on_disk, write

DAY = date(2026, 5, 1)
ROOT = Path(__file__).parents[2]
KEYS = "1-3 accept · n new · d dismiss · s skip · q quit: \n"
HELP = (
    "  1 to 5 makes all its wordings phrasings of that entry, y of the first one; n writes a new entry; d\n"
    "    dismisses it for good; s skips it; q ends.\n"
)


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journal:
    """Return an empty journal beside the small base."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "config.yaml").write_text("database: sqlite:///j.sqlite3\n", "utf-8")
    write(tmp_path / "knowledge")
    return Journal("sqlite:///j.sqlite3")


@pytest.fixture
def review(journal: Journal, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Return a function that types lines into a review, and returns its output; the journal must be filled before."""

    def ran(*typed: str) -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
        assert cli.main(["kb", "review", "--who", "Ada"]) == 0
        return capsys.readouterr().out

    return ran


def texts(journal: Journal) -> list[str]:
    """Return what is left in the inbox and of trials."""
    inbox = [question.text for question in journal.inbox.questions(9)]
    return inbox + [question.text for question in journal.collected.questions(9)]


def test_one_key_makes_all_wordings_phrasings_of_the_guess(journal: Journal, review: Callable[..., str]) -> None:
    """In one change of the history, which can be undone; the question leaves the inbox, and the entry answers it."""
    for text in ("where does the lighthouse stand, please", "where does the lighthouse stand plese"):
        journal.inbox.add(text, "dm", DAY)
    shown = review("1")
    assert shown.startswith(
        f"{HELP}\n"
        "1 of 1: where does the lighthouse stand, please\n"
        "  asked 2 times, last on 2026-05-01, unanswered\n"
        "  also: where does the lighthouse stand plese\n"
        "  1) Where is the lighthouse?\n"
    )
    assert shown.endswith(
        "  Published change 1: phrase keeper-place.\n"
        "\n"
        "2 phrasings added, 0 entries written, 0 dismissed, 0 skipped; 0 left.\n"
        "  Now run 'pilcrow check': a phrasing may draw other questions to its entry. 'pilcrow kb undo N'\n"
        "    undoes a change: 1.\n"
    )
    assert texts(journal) == []
    phrasings = bootstrap.story(Path("knowledge")).entries["keeper-place"].phrasings
    assert phrasings[-2:] == ("where does the lighthouse stand, please", "where does the lighthouse stand plese")
    assert journal.history.changes(9)[0].line == (
        "Change 1 by Ada: phrase keeper-place (reviewed, asked 2 times, last on 2026-05-01, unanswered)"
    )
    assert cli.main(["kb", "undo", "1", "--yes"]) == 0
    assert on_disk(Path("knowledge")) == OLD


def test_what_people_in_a_trial_said_is_right_comes_first(journal: Journal, review: Callable[..., str]) -> None:
    """Before what is only likely; and an entry that they said is wrong is not offered."""
    journal.inbox.add("where does the lighthouse stand", "dm", DAY)
    journal.collected.add("what was nicked", DAY, "lamp-taken", "picked")
    journal.collected.add("where might one find her", DAY, "keeper-place", "wrong")
    shown = review("y", "s", "s")
    assert (
        "1 of 3: what was nicked\n  asked once in a trial, last on 2026-05-01, said to be right: lamp-taken\n" in shown
    )
    assert "2 of 3: where does the lighthouse stand\n" in shown
    last = shown[shown.index("3 of 3: where might one find her\n") :]
    assert "said to be wrong: keeper-place\n" in last
    assert "Where is the lighthouse?" not in last
    assert "1 phrasing added, 0 entries written, 0 dismissed, 2 skipped; 0 left.\n" in shown
    assert texts(journal) == ["where does the lighthouse stand", "where might one find her"]
    assert "what was nicked" in bootstrap.story(Path("knowledge")).entries["lamp-taken"].phrasings


def test_a_new_entry_is_asked_for_field_by_field(journal: Journal, review: Callable[..., str]) -> None:
    """Enter takes what is proposed; most such questions are about what the article does not say."""
    journal.inbox.add("what does the ferry cost", "dm", DAY)
    answer = "The article does not say what the ferry costs."
    shown = review("n", "What does the ferry cost?", "", answer, "1", "keeper-place", "y")
    assert "Question [what does the ferry cost]: \n" in shown
    assert "0 phrasings added, 1 entry written, 0 dismissed, 0 skipped; 0 left.\n" in shown
    entry = bootstrap.story(Path("knowledge")).entries["what-does-the-ferry-cost"]
    assert (entry.answer, entry.standing, entry.nearest) == (answer, "not_covered", "keeper-place")
    assert texts(journal) == []


def test_an_empty_line_gives_a_new_entry_up(journal: Journal, review: Callable[..., str]) -> None:
    """The question is still to be decided."""
    journal.inbox.add("what does the ferry cost", "dm", DAY)
    shown = review("n", "", "", "", "d")
    assert "0 entries written, 1 dismissed, 0 skipped; 0 left.\n" in shown
    assert on_disk(Path("knowledge")) == OLD
    journal.inbox.add("what does the ferry cost", "dm", DAY)
    assert texts(journal) == []


def test_warnings_are_shown_and_only_a_yes_publishes(journal: Journal, review: Callable[..., str]) -> None:
    """Here the phrasing is one that another entry answers."""
    journal.collected.add("where is the lighthouse now", DAY, "keeper-age", "picked")
    shown = review("1", "n", "q")
    assert (
        "Warning: 'where is the lighthouse now' is currently answered by keeper-place (‘It stands at Brim.’)\n" in shown
    )
    assert "Publish despite that? y/N: \n  Nothing has changed.\n" in shown
    assert on_disk(Path("knowledge")) == OLD
    assert texts(journal) == ["where is the lighthouse now"]


def test_what_is_a_phrasing_already_is_taken_off(journal: Journal, review: Callable[..., str]) -> None:
    """Nobody is asked about it."""
    journal.collected.add("Where is the lighthouse?", DAY, "keeper-place", "right")
    assert "1 had their phrasings already; 0 left.\n" in review()
    assert texts(journal) == []


def test_the_end_of_input_ends_the_review(journal: Journal, review: Callable[..., str]) -> None:
    """A key that means nothing asks again; what was not decided is left."""
    journal.inbox.add("where does the lighthouse stand", "dm", DAY)
    shown = review("x")
    assert "  Type one of the keys that stand there.\n" in shown
    assert shown.endswith("\n0 phrasings added, 0 entries written, 0 dismissed, 0 skipped; 1 left.\n")


def test_an_empty_inbox_says_so(review: Callable[..., str]) -> None:
    """There may have been no trial either."""
    assert review() == "  There is nothing to review: the inbox is empty, and no trial has collected anything.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_terminal_gives_single_keys(journal: Journal) -> None:
    """No Enter is needed."""
    journal.inbox.add("where does the lighthouse stand", "dm", DAY)
    controller, terminal = os.openpty()
    command = [sys.executable, "-m", "bot", "kb", "review", "--who", "Ada"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    with subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment) as process:
        os.write(controller, b"d")
        assert process.wait(60) == 0
    os.close(terminal)
    shown = os.read(controller, 100_000).decode()
    os.close(controller)
    assert "0 phrasings added, 0 entries written, 1 dismissed, 0 skipped; 0 left." in shown
    assert texts(journal) == []
