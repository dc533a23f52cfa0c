"""`pilcrow kb`: everything that moderators do, in a terminal."""

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
    """Return a base in a folder of its own, with an inbox."""
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
    """Return a function that runs a subcommand and returns its output, or standard error for an error status."""

    def ran(*arguments: str, status: int = 0) -> str:
        assert cli.main(["kb", *arguments]) == status
        shown = capsys.readouterr()
        return shown.err if status else shown.out

    return ran


def answer_prompts(monkeypatch: pytest.MonkeyPatch, answer: Callable[[str], str]) -> None:
    """Make standard input a terminal at which somebody answers prompts."""
    monkeypatch.setattr("sys.stdin", type("Terminal", (), {"isatty": lambda _: True})())
    monkeypatch.setattr("builtins.input", answer)


def test_a_change_is_previewed_published_and_undone(base: Path, run: Callable[..., str]) -> None:
    """Without a terminal to ask at, nothing is published unless --yes is given."""
    asked = ["phrase", "keeper-place", "the lighthouse, whereabouts", "--who", "Ada"]
    assert (
        run(*asked, status=2)
        == "pilcrow: there is nobody to ask, because standard input is not a terminal; confirm with --yes\n"
    )
    assert on_disk(base) == OLD
    shown = run(*asked, "--yes", "--why", "sailors say so")
    assert "+    - 'the lighthouse, whereabouts'\n" in shown
    assert "Members will see:\nIt stands at Brim.\nReported · The Quay ¶1\n" in shown
    assert shown.endswith("Published change 1. Undo it with 'pilcrow kb undo 1'.\n")
    assert run("history").endswith("  Change 1 by Ada: phrase keeper-place (sailors say so)\n")
    assert "+    - 'the lighthouse, whereabouts'\n" in run("diff", "1")
    run("undo", "1", "--yes")
    assert on_disk(base) == OLD


def test_only_a_yes_publishes(base: Path, run: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Any other answer changes nothing."""
    answers = iter(["", "Y"])
    answer_prompts(monkeypatch, lambda _: next(answers))
    asked = ["phrase", "keeper-place", "the lighthouse, whereabouts"]
    assert run(*asked).endswith("Nothing has changed.\n")
    assert on_disk(base) == OLD
    assert "Published change 1" in run(*asked)


def test_inbox_lists_groups_with_similar_entries(run: Callable[..., str], base: Path) -> None:
    """Each group has its number, wordings, count, reason and guesses; dismissed and answered groups disappear."""
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
    assert run("restore") == "3. lol\n4. where is it\n"
    assert run("restore", "3") == "Back in the inbox: lol\n"
    assert run("restore", "3", status=2) == (
        "pilcrow: there is no dismissed question 3; 'pilcrow kb restore' lists them\n"
    )
    run("dismiss", "3")
    assert (
        run("dismiss", "9", status=2) == "pilcrow: there is no number 9 in the inbox; 'pilcrow kb inbox' lists them\n"
    )
    run("add", "--from", "2", *ADD, "--yes", "--despite-warnings")
    assert run("inbox") == "  The inbox is empty.\n"


def test_add_from_the_inbox_turns_wordings_into_phrasings(base: Path, run: Callable[..., str]) -> None:
    """The wordings become the question and phrasings, unless --question is given; the entry answers at once."""
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


def test_phrase_from_the_inbox_adds_its_wordings(base: Path, run: Callable[..., str]) -> None:
    """All wordings of a number are added, or the phrasing that is given; an unknown number is refused."""
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


def test_several_suggestions_are_accepted_at_once(base: Path, run: Callable[..., str]) -> None:
    """The wordings of each number go to the entry closest to it; a number without one is refused."""
    journal = Journal("sqlite:///j.sqlite3")
    journal.inbox.add("lighthouse coordinates please", "dm", DAY)
    journal.inbox.add("day the keeper left", "dm", DAY)
    journal.close()
    assert "there is no entry like number 3" in run("accept", "3", status=2)
    assert "accept 2 suggestions\n" in run("accept", "5", "6", "--yes", "--despite-warnings")
    assert "lighthouse coordinates please" in bootstrap.story(base).entries["keeper-place"].phrasings
    assert "lighthouse" not in run("inbox")


def test_warnings_stop_an_edit_until_it_is_forced(base: Path, run: Callable[..., str]) -> None:
    """`show` prints an entry as it is written; `--despite-warnings` publishes, and the history says so."""
    assert run("show", "keeper-age") == (
        "keeper-age (qa/keeper.yaml)\n  id: keeper-age\n  question: How old is Ada Quill?\n"
        "  answer: The article does not say how old she is.\n  cites: 1\n  standing: not_covered\n"
        "  nearest: keeper-left\n  phrasings:\n  - age of the keeper\n"
    )
    asked = ["edit", "keeper-place", "--answer", "It stands in Oslo.", "--yes"]
    assert run(*asked, status=2) == "pilcrow: there are warnings; fix them, or publish with --despite-warnings\n"
    warning = (
        "Warning: keeper-place: the answer mentions the name 'Oslo', which is not in ¶1; write it as in the paragraph"
    )
    assert warning in " ".join(run(*asked, "--despite-warnings").split())
    assert ": edit keeper-place, despite a warning\n" in run("history")
    assert "Published despite: keeper-place: the answer mentions the name 'Oslo'" in run("diff", "1")
    assert (
        run("edit", "keeper-place", "--answer", "It stands in Oslo.", status=2)
        == "pilcrow: this would change nothing\n"
    )
    assert run("diff", "9", status=2) == "pilcrow: there is no change 9; 'pilcrow kb history' lists them\n"


def test_the_words_on_a_button_and_the_closest_text_are_edited(base: Path, run: Callable[..., str]) -> None:
    """They are options like the other fields; an empty value removes one."""
    closest = "She left on Friday; nothing is said of her age."
    run("edit", "keeper-age", "--label", "Her age", "--closest", closest, "--yes")
    entry = bootstrap.story(base).entries["keeper-age"]
    assert (entry.label, entry.closest) == ("Her age", closest)
    assert "  label: Her age\n" in run("show", "keeper-age")
    run("edit", "keeper-age", "--label", "", "--closest", "", "--yes")
    assert on_disk(base) == OLD


def test_a_conflicting_edit_shows_both_versions(
    base: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If somebody changes the entry between the preview and the yes, their version stays."""

    def meanwhile(_: str) -> str:
        (base / PLACE).write_bytes(OLD[PLACE].replace(b"It stands at Brim.", b"Near Brim."))
        return "y"

    answer_prompts(monkeypatch, meanwhile)
    assert cli.main(["kb", "edit", "keeper-place", "--answer", "At Brim."]) == 2
    shown = capsys.readouterr()
    assert (
        "Published now:\n  id: keeper-place\n  question: Where is the lighthouse?\n  answer: Near Brim.\n" in shown.out
    )
    assert shown.out.endswith("Your version:\n  answer: At Brim.\n")
    assert shown.err == (
        "pilcrow: Somebody else has changed 'keeper-place' in the meantime. Compare both versions, then repeat your change.\n"
    )
    assert bootstrap.story(base).entries["keeper-place"].answer == "Near Brim."


def test_a_new_warning_since_the_preview_stops_publishing(
    base: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If another entry takes the phrasing between the preview and the yes, the preview is shown again."""

    def meanwhile(_: str) -> str:
        (base / PLACE).write_bytes(
            OLD[PLACE].replace(b"    - age of the keeper\n", b"    - the lighthouse whereabouts\n")
        )
        return "y"

    answer_prompts(monkeypatch, meanwhile)
    assert cli.main(["kb", "phrase", "keeper-place", "the lighthouse, whereabouts"]) == 2
    shown = capsys.readouterr()
    assert (
        "The base has changed since you looked, so this has other consequences now. Please look again.\n" in shown.out
    )
    assert shown.out.count("phrase keeper-place\n") == 2
    assert shown.err == "pilcrow: there are warnings; fix them, or publish with --despite-warnings\n"


def test_an_archive_is_exported_and_imported(base: Path, run: Callable[..., str]) -> None:
    """A path that can't be read or written is refused with a sentence."""
    assert run("export", "base.zip").startswith("base.zip: ")
    run("edit", "keeper-place", "--answer", "At Brim.", "--yes")
    assert "+  answer: It stands at Brim.\n" in run("import", "base.zip", "--yes")
    assert on_disk(base) == OLD
    assert run("import", "no.zip", status=2) == "pilcrow: no.zip can't be read: No such file or directory\n"
    assert run("export", "no/base.zip", status=2) == (
        "pilcrow: no/base.zip can't be written: No such file or directory\n"
    )


def test_history_shows_a_change_that_a_killed_process_left(base: Path, run: Callable[..., str]) -> None:
    """The history first finds out how the change ended."""
    run("phrase", "keeper-place", "the lighthouse, whereabouts", "--yes", "--who", "Ada")
    journal = Journal("sqlite:///j.sqlite3")
    journal.history.set_state(1, "under way")
    journal.close()
    assert run("history").endswith("  Change 1 by Ada: phrase keeper-place; not made\n")
    assert Repository(base).committed_transactions() == set()
