"""Backup and restore: base and database together, taken while the bot runs, and safe to read whoever made it."""

from __future__ import annotations

import io
import os
import sqlite3
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.backup import backup_file, making, restoring
from bot.backup.restoring import Restored
from bot.errors import EditError, JournalError, PilcrowError, StoryError
from bot.journal import migrate
from bot.journal.journal import Journal
from bot.journal.records import Change
from bot.ops.instance_lock import InstanceLock
from bot.story.repository import Repository
from bot.terminal.cli import main

NOW = datetime(2026, 11, 29, 18, 0, tzinfo=UTC)
DAY = date(2026, 3, 1)
CHANGE = Change(
    number=0,
    at="2026-03-01 10:00",
    author="mo",
    title="A change",
    reason="",
    warnings=(),
    revision_before="a",
    revision_after="b",
    files={"qa/keeper.yaml": ("old", "new")},
    state="made",
)
HOLD = """
import sys
from pathlib import Path
from bot.ops.instance_lock import InstanceLock
print(InstanceLock(Path(sys.argv[1])).acquire(), flush=True)
sys.stdin.read()
"""


def address(folder: Path) -> str:
    """Return the address of the database in a folder."""
    return f"sqlite:///{folder}/data/p.sqlite3"


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """Return a journal with a question and two changes, closed."""
    journal = Journal(address(tmp_path))
    journal.inbox.add("who paid", "dm", DAY)
    journal.history.add(CHANGE)
    journal.history.add(CHANGE)
    journal.close()
    return journal


@pytest.fixture
def backup(small: Path, journal: Journal, tmp_path: Path) -> Path:
    """Return a backup of the small base and the journal."""
    return making.make_backup(tmp_path / "backup.zip", small, address(tmp_path), NOW)


def restore(backup: Path, folder: Path, *, force: bool = False, days: int = 0) -> Restored:
    """Restore into a folder."""
    return restoring.restore_backup(
        backup, folder / "knowledge", address(folder), NOW + timedelta(days=days), force=force
    )


def add_change(folder: Path) -> int:
    """Add a change to the history in a folder, and return its number."""
    journal = Journal(address(folder))
    try:
        return journal.history.add(CHANGE)
    finally:
        journal.close()


def files_of(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_elsewhere_everything_is_as_it_was(small: Path, backup: Path, tmp_path: Path) -> None:
    """Base, inbox and history; only their owner may read the backup and the database."""
    elsewhere = tmp_path / "elsewhere"
    done = restore(backup, elsewhere)
    assert Repository(elsewhere / "knowledge").load() == Repository(small).load()
    journal = Journal(address(elsewhere))
    assert [question.text for question in journal.inbox.questions(9)] == ["who paid"]
    change = journal.history.change(2)
    assert change is not None
    assert change.files == CHANGE.files
    journal.close()
    assert done.kept == ()
    for path in (backup, elsewhere / "data" / "p.sqlite3"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not list(elsewhere.rglob(".restoring-*"))


def test_it_is_taken_while_the_bot_writes(small: Path, tmp_path: Path) -> None:
    """An open database with all its latest rows still in SQLite's log."""
    journal = Journal(address(tmp_path))
    journal.inbox.add("who paid", "dm", DAY)
    journal.inbox.add("who was paid", "dm", DAY)
    assert (tmp_path / "data" / "p.sqlite3-wal").stat().st_size
    made = making.make_backup(tmp_path / "b.zip", small, address(tmp_path), NOW)
    journal.inbox.add("who else", "dm", DAY)
    journal.close()
    restore(made, tmp_path / "elsewhere")
    restored = Journal(address(tmp_path / "elsewhere"))
    assert {question.text for question in restored.inbox.questions(9)} == {"who paid", "who was paid"}
    restored.close()


def test_a_change_under_way_is_settled_by_the_base_that_is_saved(small: Path, tmp_path: Path) -> None:
    """What remembers it is a folder of the base that is not copied."""
    repository = Repository(small)
    journal = Journal(address(tmp_path))
    under_way = replace(CHANGE, state="under way")
    journal.history.add(under_way, "aa")
    journal.history.add(under_way, "bb")
    text = (small / "qa" / "keeper.yaml").read_bytes()
    repository.publish({"qa/keeper.yaml": text + b"\n"}, repository.load().revision, "aa")
    made = making.make_backup(tmp_path / "b.zip", small, address(tmp_path), NOW)
    assert set(journal.history.pending()) == {1, 2}
    journal.close()
    restore(made, tmp_path / "elsewhere")
    restored = Journal(address(tmp_path / "elsewhere"))
    assert [change.state for change in restored.history.changes(9)] == ["not made", "made"]
    restored.close()


def test_without_a_database_the_base_alone_is_saved(small: Path, tmp_path: Path) -> None:
    """A bot that nobody has asked yet; the restore leaves a database alone."""
    made = making.make_backup(tmp_path / "b.zip", small, address(tmp_path), NOW)
    assert restore(made, tmp_path / "elsewhere").next_change is None
    assert not (tmp_path / "elsewhere" / "data" / "p.sqlite3").exists()


def test_postgresql_is_left_to_its_own_tool(small: Path, tmp_path: Path) -> None:
    """A sentence names it; the base can be saved all the same."""
    server = "postgresql://localhost/pilcrow"
    with pytest.raises(EditError, match="pg_dump"):
        making.make_backup(tmp_path / "b.zip", small, server, NOW)
    assert making.make_backup(tmp_path / "b.zip", small, server, NOW, base_only=True).exists()


def test_a_damaged_database_is_not_saved_as_if_it_were_well(small: Path, journal: Journal, tmp_path: Path) -> None:
    """The backup that is there stays."""
    file, target = tmp_path / "data" / "p.sqlite3", tmp_path / "b.zip"
    target.write_bytes(b"the last good one")
    file.write_bytes(file.read_bytes()[:4096] + b"\xff" * 20_000)
    with pytest.raises(JournalError, match="restore a backup"):
        making.make_backup(target, small, address(tmp_path), NOW)
    assert target.read_bytes() == b"the last good one"


@pytest.mark.parametrize("name", ["nowhere/b.zip", "/dev/null", "pipe"])
def test_where_it_cannot_be_written_is_said(small: Path, journal: Journal, tmp_path: Path, name: str) -> None:
    """A device is not replaced by a file."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(EditError, match=name):
        making.make_backup(tmp_path / name, small, address(tmp_path), NOW)
    with pytest.raises(EditError, match=name):
        restore(tmp_path / name, tmp_path / "elsewhere")
    assert not list(tmp_path.glob(".pilcrow-*"))


def test_in_a_folder_it_is_named_by_the_time_and_old_ones_go(small: Path, journal: Journal, tmp_path: Path) -> None:
    """What is named otherwise stays."""
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "notes.zip").touch()
    for day in range(4):
        making.make_backup(folder, small, address(tmp_path), NOW + timedelta(days=day))
    assert len(making.remove_older(folder, 2)) == 2
    assert sorted(path.name for path in folder.iterdir()) == [
        "notes.zip",
        "pilcrow-20261201-180000.zip",
        "pilcrow-20261202-180000.zip",
    ]


def test_what_is_there_is_replaced_only_when_told_to_and_then_kept(small: Path, backup: Path, tmp_path: Path) -> None:
    """Base and database, both readable where they are kept."""
    (small / "qa" / "extra.yaml").write_bytes(b"[]\n")
    before = files_of(tmp_path / "data")
    with pytest.raises(EditError, match=r"there is something already: .*knowledge, .*p\.sqlite3; with --force"):
        restore(backup, tmp_path)
    assert files_of(tmp_path / "data").items() >= before.items()
    done = restore(backup, tmp_path, force=True)
    assert not (small / "qa" / "extra.yaml").exists()
    kept_base, kept_database = done.kept
    assert files_of(kept_base) == {"qa/extra.yaml": b"[]\n"}
    with closing(sqlite3.connect(kept_database)) as connection:
        assert connection.execute("SELECT count(*) FROM history").fetchone() == (2,)


def test_numbers_are_not_used_twice(backup: Path, tmp_path: Path) -> None:
    """Those that were used since the backup are passed over; where nobody knows them, a thousand are."""
    assert add_change(tmp_path) == 3
    assert restore(backup, tmp_path, force=True).next_change == 4
    assert add_change(tmp_path) == 4
    assert restore(backup, tmp_path / "elsewhere").next_change == 1003
    assert add_change(tmp_path / "elsewhere") == 1003


def test_after_a_crash_of_the_disk_the_backup_takes_the_place_of_the_damage(backup: Path, tmp_path: Path) -> None:
    """The damaged file is kept too: somebody may still get something out of it."""
    file = tmp_path / "data" / "p.sqlite3"
    file.write_bytes(b"garbage" * 1000)
    done = restore(backup, tmp_path, force=True)
    assert done.next_change == 1003
    assert done.kept[-1].read_bytes() == b"garbage" * 1000


def test_a_running_bot_is_not_restored_under(backup: Path, tmp_path: Path) -> None:
    """Not with --force either."""
    file, root = tmp_path / "data" / "p.sqlite3", Path(__file__).parents[2]
    command = [sys.executable, "-c", HOLD, str(file)]
    environ = {**os.environ, "PYTHONPATH": str(root)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root, env=environ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"True\n"
        with pytest.raises(EditError, match=r"^the bot is running; stop it first"):
            restore(backup, tmp_path, force=True)
        running.kill()
    assert restore(backup, tmp_path, force=True).kept
    with InstanceLock(file) as lock:
        assert lock.acquire()


def test_an_older_database_is_brought_up_to_date(small: Path, tmp_path: Path) -> None:
    """A backup is restored by the program of its time or a later one."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine

    (tmp_path / "data").mkdir()
    older = create_engine(address(tmp_path))
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    with older.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
    older.dispose()
    made = making.make_backup(tmp_path / "b.zip", small, address(tmp_path), NOW)
    restore(made, tmp_path / "elsewhere")
    with closing(sqlite3.connect(tmp_path / "elsewhere" / "data" / "p.sqlite3")) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (migrate.HEAD,)


# Hostile archives


def members(backup: Path) -> dict[str, bytes]:
    """Return what is in a backup."""
    with zipfile.ZipFile(backup) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, content: dict[str, bytes], *, link: str = "") -> Path:
    """Write an archive with this content; `link`: the member that claims to be a link."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            info = zipfile.ZipInfo(name)
            if name == link:
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    return path


def with_trigger(data: bytes, folder: Path) -> bytes:
    """Return a database that runs something when a question is saved."""
    file = folder / "trigger.sqlite3"
    file.write_bytes(data)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TRIGGER t AFTER INSERT ON inbox BEGIN DELETE FROM history; END")
    return file.read_bytes()


HOSTILE: dict[str, Callable[[dict[str, bytes]], dict[str, bytes]]] = {
    "a path upwards": lambda content: content | {"base/../../evil.yaml": b"x"},
    "an absolute path": lambda content: content | {"/etc/evil": b"x"},
    "a file of another kind": lambda content: content | {"base/.git/config": b"x"},
    "no manifest": lambda content: {name: data for name, data in content.items() if name != backup_file.MANIFEST},
    "a changed file": lambda content: content | {"base/story.yaml": b"x"},
    "a missing file": lambda content: {name: data for name, data in content.items() if name != "base/story.yaml"},
    "a manifest of nonsense": lambda content: content | {backup_file.MANIFEST: b"[" * 50_000},
    "a large file": lambda content: content | {"base/story.yaml": b" " * 3_000_000},
    "many files": lambda content: content | {f"base/qa/x{number}.yaml": b"" for number in range(300)},
}


@pytest.mark.parametrize("how", HOSTILE)
def test_a_hostile_archive_is_refused_before_anything_is_written(backup: Path, tmp_path: Path, how: str) -> None:
    """Paths, sizes, counts and checksums."""
    hostile = packed(tmp_path / "hostile.zip", HOSTILE[how](members(backup)))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with pytest.raises(PilcrowError):
        restore(hostile, elsewhere)
    assert files_of(elsewhere) == {}


def test_a_link_in_an_archive_is_refused(backup: Path, tmp_path: Path) -> None:
    """It would lead somewhere else."""
    with pytest.raises(EditError, match="is a link or a device"):
        restore(packed(tmp_path / "h.zip", members(backup), link="base/story.yaml"), tmp_path / "elsewhere")


@pytest.mark.parametrize("kind", ["trigger", "newer", "garbage", "another program's"])
def test_a_hostile_database_is_refused(small: Path, backup: Path, tmp_path: Path, kind: str) -> None:
    """With checksums that are right, it still has to be one of this program's, and well."""
    data = members(backup)[backup_file.DATABASE]
    file = tmp_path / "hostile.sqlite3"
    file.write_bytes(with_trigger(data, tmp_path) if kind == "trigger" else data)
    if kind == "garbage":
        file.write_bytes(data[:4096] + b"\xff" * 40_000)
    elif kind != "trigger":
        with closing(sqlite3.connect(file)) as connection, connection:
            newer = "UPDATE alembic_version SET version_num = '9999'"
            connection.execute(newer if kind == "newer" else "DROP TABLE alembic_version")
    manifest = backup_file.Manifest(1, "x", "now", Repository(small).load().revision, migrate.HEAD, {})
    with (tmp_path / "h.zip").open("wb") as target:
        backup_file.write_backup(target, Repository(small).load(), file, manifest)
    with pytest.raises(JournalError, match="the database in the backup"):
        restore(tmp_path / "h.zip", tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere" / "knowledge").exists()


def test_a_base_that_is_broken_is_not_restored(small: Path, tmp_path: Path) -> None:
    """The bot would not start with it."""
    (small / "qa" / "keeper.yaml").write_bytes(b"- id: [")
    made = making.make_backup(tmp_path / "b.zip", small, address(tmp_path), NOW)
    with pytest.raises(StoryError):
        restore(made, tmp_path / "elsewhere")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\5\6" + b"\0" * 18,
        b"no archive at all, but long enough to be one",
        b"PK\5\6" + b"\0" * 4 + b"\xff\xff\xff\xff" + b"\0" * 10,  # claims 65,535 members
    ],
)
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    """In one sentence."""
    with pytest.raises(EditError, match=f"^{backup_file.NOT_A_BACKUP}$"):
        backup_file.BackupFile(io.BytesIO(data))


def test_the_commands_say_what_they_did(
    small: Path, journal: Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Round trip by the command line."""
    config = tmp_path / "config.yaml"
    config.write_text(f"knowledge: {small}\ndatabase: {address(tmp_path)}\n", "utf-8")
    made = tmp_path / "b.zip"
    assert main(["backup", str(made), "--config", str(config)]) == 0
    assert capsys.readouterr().out.startswith(f"{made}: ")
    assert main(["restore", str(made), "--config", str(config)]) == 2
    assert "with --force it is replaced" in capsys.readouterr().err
    assert main(["restore", str(made), "--config", str(config), "--force"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Restored the backup of 20")
    assert lines[1] == "The next change has number 3, so that no number is used twice."
    assert main(["restore", str(tmp_path / "nowhere.zip"), "--config", str(config)]) == 2
    assert main(["backup", str(made), "--keep", "3", "--config", str(config)]) == 2
