"""The history: every version of every file can be restored, and a list of changes needs none of them."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

from bot.journal import migrate
from bot.journal.journal import Journal
from bot.journal.records import Change, ChangeSummary
from tests.support.history import FILE, OLD, make_change, stored_bytes, with_comment


def test_listing_changes_reads_no_texts(journal: Journal) -> None:
    """Autocompletion lists them at each keystroke, and they are listed even where every text is damaged."""
    for number in range(3):
        journal.history.add(make_change(OLD, with_comment(OLD, number), f"edit {number}"))
    with journal.database.transaction() as connection:
        connection.execute(journal.database.tables.texts.delete())
        connection.execute(journal.database.tables.history.update().values(files="not even JSON"))
    at = "2026-03-01 12:00"
    assert journal.history.changes(2) == [
        ChangeSummary(3, at, "Ada", "edit 2", "", 1),
        ChangeSummary(2, at, "Ada", "edit 1", "", 1),
    ]
    assert [change.number for change in journal.history.changes(2, 2)] == [1]


def test_deleting_a_change_deletes_its_texts(journal: Journal) -> None:
    """Those that another change has stay."""
    text = with_comment(OLD, 1)
    first = journal.history.add(make_change(OLD, text))
    journal.history.delete(journal.history.add(make_change(text, with_comment(text, 2))))
    assert journal.history.change(first) is not None
    with journal.database.transaction() as connection:
        assert len(connection.execute(journal.database.tables.texts.select()).all()) == 2
    journal.history.delete(first)
    assert stored_bytes(journal) == 0


def test_any_text_can_be_a_reason(journal: Journal) -> None:
    """Lone surrogates and null characters, which PostgreSQL refuses, are replaced."""
    number = journal.history.add(Change(0, "2026-03-01 12:00", "A\x00da", "edit x", "\ud800 why", (), "a", "b", {}))
    stored = journal.history.change(number)
    assert stored is not None
    assert (stored.author, stored.reason) == ("A da", "\ufffd why")


def test_an_older_history_is_migrated(address: str, tmp_path: Path) -> None:
    """Every text can be restored, numbers and states stay, and it takes a fraction of the space."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine, text

    (tmp_path / "data").mkdir(exist_ok=True)
    engine = create_engine(address)
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    versions: list[str | None] = [None, OLD]
    for number in range(70):
        versions.append(with_comment(versions[-1] or "", number))
    versions += ["by hand\n", None]
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        for number, (before, after) in enumerate(itertools.pairwise(versions), 1):
            values = {
                "files": json.dumps({FILE: (before, after)}),
                "state": "not made" if number == 3 else "made",
                "warnings": json.dumps(["one", "two"]),
            }
            row = "('2026-03-01 12:00', 'Ada', 'edit x', '', :warnings, 'a', 'b', :files, :state, '')"
            columns = "at, who, what, why, warnings, before, after, files, state, mark"
            connection.execute(text(f"INSERT INTO history ({columns}) VALUES {row}"), values)  # noqa: S608 (a constant)
    engine.dispose()
    journal = Journal(address)
    changes = journal.history.changes(999)
    assert [change.number for change in changes] == list(range(len(versions) - 1, 0, -1))
    assert {change.number for change in changes if change.state == "not made"} == {3}
    assert {change.warning_count for change in changes} == {2}
    for number, both in enumerate(itertools.pairwise(versions), 1):
        stored = journal.history.change(number)
        assert stored is not None
        assert stored.files == {FILE: both}
    assert stored_bytes(journal) < 160_000  # of 20 MB
    again = with_comment(OLD, 999)
    assert (journal.history.change(journal.history.add(make_change(OLD, again))) or make_change("", "")).files == {
        FILE: (OLD, again)
    }
    journal.close()
