"""What the database holds can be exported and deleted, and is gone then."""

import json
import os
import sqlite3
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import EditError
from bot.journal import data_requests, engine
from bot.journal.journal import Journal
from bot.journal.records import Change, Draft, OutcomeCount
from bot.journal.text_store import pack
from bot.terminal import cli, user_files
from tests.support.archives import packed
from tests.support.small_story import small_story_files as small_files

DAY = date(2026, 3, 1)
SECRET = "who paid Wilhelmina"

IN_MEMORY = (
    "A bot that is running still has recent questions and unpublished texts in memory, and may save them again. "
    "Restart it to be sure.\n"
)


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journal:
    """Return a journal with something in every table."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text("database: sqlite:///j.sqlite3\n", "utf-8")
    journal = Journal("sqlite:///j.sqlite3")
    journal.inbox.add_reason(SECRET, "dm", DAY, "keeper-place", "outdated")
    journal.inbox.add("who owns the lamp", "dm", DAY + timedelta(days=9))
    journal.feedback.add("keeper-place", helpful=True, day=DAY)
    journal.outcomes.add([OutcomeCount(DAY, "keeper-place", "answer", 4)])
    warnings = (f"'{SECRET}' (asked once) would get x, and gets no answer now", "something else")
    journal.history.add(
        Change(0, "2026-03-01 10:00", "Ada", "add x", "", warnings, "a", "b", {"qa/x.yaml": (None, "- x")})
    )
    return journal


def test_everything_is_exported(journal: Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`pilcrow data export` writes every row of every table as JSON into a file that only its owner can read."""
    assert cli.main(["data", "export", "out.json"]) == 0
    written = (tmp_path / "out.json").read_text("utf-8")
    assert capsys.readouterr().out == f"out.json: {len(written.encode()):,} bytes\n"
    assert stat.S_IMODE((tmp_path / "out.json").stat().st_mode) == 0o600
    found = json.loads(written)
    assert {"asked", "feedback", "history", "inbox"} <= set(found)
    assert found["asked"] == [{"day": "2026-03-01", "entry": "keeper-place", "outcome": "answer", "count": 4}]
    assert [row["text"] for row in found["inbox"]] == [SECRET, "who owns the lamp"]
    assert [row["outdated"] for row in found["inbox"]] == [1, 0]
    ((name, (before, after)),) = found["history"][0]["files"].items()
    assert (name, before) == ("qa/x.yaml", None)
    assert found["texts"] == [{"digest": after, "base": "", "depth": 0, "hunks": [[0, 1, "- x"]]}]
    journal.close()


def test_texts_with_given_words_are_deleted(
    journal: Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Case and order do not matter; not one byte of the texts is left in the file."""
    assert cli.main(["data", "forget", "--words", "WILHELMINA paid"]) == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == (
        f"{SECRET}\n",
        "pilcrow: there is nobody to ask, because standard input is not a terminal; confirm with --yes\n",
    )
    journal.close()
    assert cli.main(["data", "forget", "--words", "WILHELMINA paid", "--yes"]) == 0
    assert capsys.readouterr().out == f"{SECRET}\nDeleted questions: 1; warnings in the history: 1.\n{IN_MEMORY}"
    assert [question.text for question in journal.inbox.questions(9)] == ["who owns the lamp"]
    kept = journal.history.change(1)
    assert kept is not None
    assert kept.warnings == ("(deleted)", "something else")
    journal.close()
    for file in tmp_path.glob("j.sqlite3*"):
        assert b"Wilhelmina" not in file.read_bytes()


def test_old_records_are_deleted(journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    """The history stays: it belongs to the base."""
    assert data_requests.delete_before(journal.database, DAY + timedelta(days=1)) | {"drafts": 0} == {
        "asked": 1,
        "feedback": 1,
        "collected": 0,
        "inbox": 1,
        "drafts": 0,
    }
    assert [question.text for question in journal.inbox.questions(9)] == ["who owns the lamp"]
    journal.close()
    assert cli.main(["data", "forget", "--older-than", "0", "--yes"]) == 0
    today = datetime.now(UTC).date()
    assert capsys.readouterr().out == (
        f"This deletes the questions, drafts and counts last updated before {today}.\nDeleted questions: 1.\n"
    )
    assert len(journal.history.changes(9)) == 1
    for days in ("-1", "99999999", "9999999999999999999"):
        assert cli.main(["data", "forget", "--older-than", days, "--yes"]) == 2
    journal.close()


def test_everything_is_deleted(journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    """The command says what that means first, and the database works on."""
    assert cli.main(["data", "forget", "--all", "--yes"]) == 0
    assert capsys.readouterr().out == (
        "This deletes everything: the inbox, drafts, counts, and the history; no change can be undone then.\n"
        "Deleted question counts: 1; feedback counts: 1; changes in the history: 1; questions: 2; texts in the history: 1.\n"
        f"{IN_MEMORY}"
    )
    assert (
        journal.inbox.questions(9),
        journal.history.changes(9),
        journal.outcomes.all(),
        journal.feedback.totals(),
    ) == ([], [], [], {})
    journal.inbox.add(SECRET, "dm", DAY)
    assert journal.inbox.questions(9)[0].id == 3
    journal.close()


@pytest.mark.parametrize("typed", ["ok", "lol", "😀", "???", "!", "\u200b", "https://x.example", "<@1>"])
def test_text_without_words_matches_only_itself(
    journal: Journal, typed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """'All of no words' would be true of every text; the message says what to type."""
    before = data_requests.export(journal.database)
    assert cli.main(["data", "forget", "--words", typed, "--yes"]) == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == (
        "",
        f"pilcrow: nothing was deleted: no stored text contains all of ‘{'' if typed == chr(0x200B) else typed}’; give "
        'words of the text to delete, in any order, as in --words "who paid" (what is not a word, such as ‘???’, ‘lol’ or '
        "an emoji, has to stand by itself in the text)\n",
    )
    assert data_requests.export(journal.database) == before
    assert cli.main(["data", "forget", "--words", " ", "--yes"]) == 2
    assert capsys.readouterr().err == "pilcrow: --words needs at least one word\n"
    journal.close()


@pytest.mark.parametrize(
    ("typed", "gone"),
    [
        ("lol", ["LOL!", "who paid lol"]),
        ("lol paid", ["who paid lol"]),
        ("😀", ["is it over 😀"]),
        ("it OVER", ["is it over 😀", "is it over ???"]),
        ("over ???", ["is it over ???"]),
        ("the us", ["did the US pay"]),
    ],
)
def test_tokens_without_words_are_compared_literally(tmp_path: Path, typed: str, gone: list[str]) -> None:
    """They narrow what is deleted, and never widen it."""
    asked = ["LOL!", "who paid lol", "is it over 😀", "is it over ???", "did the US pay", "lollipop"]
    journal = Journal(f"sqlite:///{tmp_path}/j.sqlite3")
    for number, text in enumerate(asked):
        journal.inbox.add(text, "dm", DAY, "not_helpful", str(number))
    assert sorted(data_requests.matching_questions(journal.database, typed)) == sorted(gone)
    assert data_requests.delete_matching(journal.database, typed)["inbox"] == len(gone)
    assert sorted(question.text for question in journal.inbox.questions(9)) == sorted(set(asked) - set(gone))
    journal.close()


def test_drafts_match_by_their_texts_and_not_by_json_keys(tmp_path: Path) -> None:
    """'texts' and 'question' are in every draft's JSON; accents are escaped there."""
    journal = Journal(f"sqlite:///{tmp_path}/j.sqlite3")
    journal.drafts.add(
        Draft("add", "lamp", {"question": "who paid in Québec", "answer": "x\n" * 3000 + "zebra"}), DAY, pending=True
    )
    assert data_requests.delete_matching(journal.database, "question")["drafts"] == 0
    assert data_requests.delete_matching(journal.database, "kind asked")["drafts"] == 0
    assert data_requests.count_matching(journal.database, "zebra")["drafts"] == 1
    assert data_requests.delete_matching(journal.database, "quebec")["drafts"] == 1
    journal.close()


def test_the_history_keeps_no_reason_name_or_unpublished_text(tmp_path: Path) -> None:
    """Reasons and names are replaced, and a change that was never published is deleted with its texts; others stay."""
    journal = Journal(f"sqlite:///{tmp_path}/j.sqlite3")
    files = {"qa/x.yaml": ("- a\n", "- a\n- zebra\n")}
    journal.history.add(Change(1, "x", "Ada", "add x", "zebra said so", (), "a", "b", files))
    journal.history.add(Change(2, "x", "Zebra", "add y", "", (), "b", "c", {"qa/y.yaml": (None, "- y\n")}, "not made"))
    never = {"qa/x.yaml": ("- a\n- zebra\n", "- a\n- zebra\n- the zebra again\n")}
    journal.history.add(Change(3, "x", "Ada", "add z", "", (), "b", "c", never, "not made"))
    counts = data_requests.delete_matching(journal.database, "zebra")
    assert {kind: count for kind, count in counts.items() if count} == {"unpublished": 1, "notes": 2}
    assert [(change.number, change.author, change.reason) for change in journal.history.changes(9)] == [
        (2, "(deleted)", ""),
        (1, "Ada", "(deleted)"),
    ]
    published = journal.history.change(1)
    assert published is not None
    assert published.files == files
    assert "again" not in data_requests.export(journal.database)
    journal.close()


def test_unpublished_archives_are_searched(tmp_path: Path) -> None:
    """All words have to stand in one entry; what is no archive is searched as it is."""
    journal = Journal(f"sqlite:///{tmp_path}/j.sqlite3")
    for key, archive in (
        ("entry", packed({"qa/x.yaml": b"- id: a\n  question: Who paid\n    the zebra?\n"})),
        ("two", packed({"qa/x.yaml": b"- id: a\n  question: Who paid?\n- id: b\n  question: The zebra?\n"})),
        ("damaged", b"PK who paid the zebra"),
    ):
        journal.drafts.add(Draft("import", archive=archive, key=key), DAY, pending=True)
    assert data_requests.delete_matching(journal.database, "paid zebra")["drafts"] == 2
    assert [draft.key for draft in journal.drafts.pending(9)] == ["two"]
    journal.close()


@pytest.mark.parametrize("column", ["key", "data", "archive"])
def test_a_broken_row_keeps_nothing_from_deletion(tmp_path: Path, column: str) -> None:
    """SQLite keeps in a column whatever was written there: bytes as a key, say."""
    journal = Journal(f"sqlite:///{tmp_path}/j.sqlite3")
    for _ in range(3):
        journal.drafts.add(Draft("edit", "x", {"answer": "secret"}), DAY, pending=True)
    journal.inbox.add("my secret question", "dm", DAY)
    connection = sqlite3.connect(tmp_path / "j.sqlite3")
    connection.execute(f"UPDATE drafts SET {column} = x'73656372657400ff' WHERE number = 1")  # noqa: S608
    connection.execute("UPDATE history SET files = x'ff', state = 'not made'")
    connection.commit()
    connection.close()
    counts = data_requests.delete_matching(journal.database, "secret")
    assert (counts["inbox"], counts["drafts"]) == (1, 3)
    journal.close()


def test_a_broken_key_keeps_no_draft_from_being_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest go where there are too many, whatever is in their key."""
    journal = Journal(f"sqlite:///{tmp_path}/j.sqlite3")
    for _ in range(2):
        journal.drafts.add(Draft("edit", "x", {"answer": "one"}), DAY, pending=True)
    with sqlite3.connect(tmp_path / "j.sqlite3") as connection:
        connection.execute("UPDATE drafts SET key = x'00ff' WHERE number = 2")
    connection.close()
    monkeypatch.setattr("bot.journal.drafts.MAX_DRAFTS", 1)
    journal.drafts.add(Draft("edit", "x", {"answer": "two"}), DAY, pending=True)
    assert [draft.texts["answer"] for draft in journal.drafts.pending(9)] == ["two"]
    assert "one" not in data_requests.export(journal.database)
    journal.close()


def test_earlier_texts_are_in_no_cached_index(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A cached index holds a version of the base that may have been published before; where it can't go, the person is told."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "cache" / "pilcrow"
    folder.mkdir(parents=True)
    (folder / "old.index").write_bytes(b"Wilhelmina")
    assert cli.main(["data", "forget", "--words", "wilhelmina", "--yes"]) == 0
    assert list(folder.iterdir()) == []
    (folder / "old.index").mkdir()
    assert cli.main(["data", "forget", "--all", "--yes"]) == 1
    assert capsys.readouterr().err == (
        f"pilcrow: deleted, but the index of the base can't be: Is a directory; delete the files in {folder} by hand\n"
    )
    journal.close()


def test_what_was_asked_in_a_trial_is_exported_and_deleted_like_the_inbox(
    journal: Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its words, by its age and with everything."""
    for asked in ("did Wilhelmina pay", "who owns it"):
        journal.collected.add(asked, DAY, "keeper-place", "right")
    assert cli.main(["data", "export", "out.json"]) == 0
    exported = json.loads((tmp_path / "out.json").read_text("utf-8"))["collected"]
    assert [(row["text"], row["verdict"], row["dismissed"]) for row in exported] == [
        ("did Wilhelmina pay", "right", False),
        ("who owns it", "right", False),
    ]
    capsys.readouterr()
    assert cli.main(["data", "forget", "--words", "did pay wilhelmina", "--yes"]) == 0
    assert capsys.readouterr().out == f"did Wilhelmina pay\nDeleted questions of trials: 1.\n{IN_MEMORY}"
    assert data_requests.delete_before(journal.database, DAY + timedelta(days=1))["collected"] == 1
    assert data_requests.delete_all(journal.database)["collected"] == 0
    assert b"Wilhelmina pay" not in (tmp_path / "j.sqlite3").read_bytes()


LONG = "Wilhelmina " * 40
KINDS = ("words", "age", "all", "answered", "dropped", "expired", "overflowing", "withdrawn", "archives")


def delete_text(journal: Journal, kind: str) -> None:
    """Delete text in one of the ways in which it can be deleted."""
    later = DAY + timedelta(days=99)
    if kind == "words":
        data_requests.delete_matching(journal.database, "wilhelmina")
    elif kind == "age":
        journal.inbox.delete_before(later)
        journal.drafts.delete_before(later)
    elif kind == "all":
        data_requests.delete_all(journal.database)
    elif kind == "answered":
        journal.inbox.delete([question.id for question in journal.inbox.questions(99)])
    elif kind in ("dropped", "archives"):
        journal.drafts.delete("one")
    elif kind == "expired":
        journal.drafts.delete_before(later)
    elif kind == "overflowing":
        journal.inbox.add("something else", "dm", later)
    elif kind == "withdrawn":
        journal.history.delete(1)


def files_with(folder: Path, text: bytes) -> list[str]:
    """Return the files that contain a text."""
    return sorted(path.name for path in folder.iterdir() if text in path.read_bytes())


@pytest.mark.parametrize("kind", KINDS)
def test_deleted_text_is_in_no_file(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in SQLite's log nor in free pages, at once, though the bot has the database open."""
    monkeypatch.setattr("bot.journal.inbox.MAX_QUESTIONS", 1)
    bot, journal = (Journal(f"sqlite:///{tmp_path}/data/j.sqlite3") for _ in range(2))
    folder = tmp_path / "data"
    if kind in ("words", "age", "all", "answered", "overflowing"):
        journal.inbox.add(LONG, "dm", DAY)
    if kind in ("words", "age", "all", "dropped", "expired"):
        journal.drafts.add(Draft("add", "x", {"question": LONG * 30}, key="one"), DAY, pending=True)
    if kind == "archives":
        journal.drafts.add(Draft("import", archive=LONG.encode() * 900, key="one"), DAY, pending=True)
    if kind in ("words", "all"):
        journal.history.add(Change(0, "x", "Ada", "x", "", (LONG, "else"), "a", "b", {}))
    if kind == "withdrawn":
        journal.history.add(Change(0, "x", "Ada", "x", "", (), "a", "b", {"x": (None, LONG * 99)}))
    assert bot.inbox.questions(9) == journal.inbox.questions(9)
    kept = pack("", LONG * 99) if kind == "withdrawn" else b"Wilhelmina"  # the history keeps its texts compressed
    assert files_with(folder, kept)
    delete_text(journal, kind)
    assert files_with(folder, kept) == files_with(folder, b"wilhelmina") == []
    bot.close()
    journal.close()


def test_text_that_cannot_be_erased_yet_is_reported(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is erased with the first write after the other program has stopped reading, or by the bot's daily clean-up."""
    monkeypatch.setattr(engine, "TIMEOUT", 0.01)
    reader = sqlite3.connect(tmp_path / "j.sqlite3", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM inbox").fetchone()
    assert cli.main(["data", "forget", "--words", "wilhelmina", "--yes"]) == 1
    assert capsys.readouterr().err == (
        "pilcrow: deleted, but still readable in the -wal file beside the database, because another program is reading the "
        "database; it will be erased when that program ends, or by the bot's daily clean-up\n"
    )
    assert not journal.database.erase_deleted()
    assert files_with(tmp_path, b"Wilhelmina")
    reader.execute("COMMIT")
    journal.inbox.add("something else", "dm", DAY)
    assert files_with(tmp_path, b"Wilhelmina") == []
    assert journal.database.erase_deleted()
    reader.close()
    journal.close()


@pytest.mark.parametrize("command", [["data", "export"], ["kb", "export"]])
def test_an_export_is_private_from_the_first_byte(
    journal: Journal, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where a file that anybody may read is there already; nothing is left beside it."""
    for name, data_ in small_files().items():
        Path("knowledge", name).parent.mkdir(parents=True, exist_ok=True)
        Path("knowledge", name).write_bytes(data_)
    Path("out").write_text("old", "utf-8")
    Path("out").chmod(0o644)
    old = os.open("out", os.O_RDONLY)
    modes: list[int] = []
    sync = os.fsync

    def synced(handle: int) -> None:
        modes.append(stat.S_IMODE(os.fstat(handle).st_mode))
        sync(handle)

    monkeypatch.setattr("os.fsync", synced)
    monkeypatch.setattr("os.chmod", lambda *_, **__: None)
    before = set(Path().iterdir())
    assert cli.main([*command, "out"]) == 0
    assert modes[-1:] == [0o600]
    assert stat.S_IMODE(Path("out").stat().st_mode) == 0o600
    assert os.read(old, 9) == b"old"  # whoever had it open before sees nothing of the new one
    assert [path for path in set(Path().iterdir()) - before if "sqlite" not in path.name] == []
    os.close(old)
    journal.close()


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing half-written is left beside it; a link is followed, a pipe is written to."""
    target, link, pipe = tmp_path / "target", tmp_path / "link", tmp_path / "pipe"
    target.write_text("old", "utf-8")
    link.symlink_to(target)
    user_files.write(link, b"new")
    assert (link.is_symlink(), target.read_bytes()) == (True, b"new")
    os.mkfifo(pipe)
    handle = os.open(pipe, os.O_RDWR)
    user_files.write(pipe, b"piped")
    assert (os.read(handle, 9), pipe.is_fifo()) == (b"piped", True)
    os.close(handle)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(EditError, match="target can't be written: No space left on device"):
        user_files.write(target, b"more")
    assert target.read_bytes() == b"new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "pipe", "target"]


def test_a_readable_database_is_made_private(journal: Journal, tmp_path: Path) -> None:
    """With its log, which holds the same text."""
    for path in tmp_path.glob("j.sqlite3*"):
        path.chmod(0o644)
    other = Journal("sqlite:///j.sqlite3")
    other.inbox.questions(1)
    found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("j.sqlite3*")}
    assert found == {"j.sqlite3": 0o600, "j.sqlite3-wal": 0o600, "j.sqlite3-shm": 0o600}
    other.close()
    journal.close()
