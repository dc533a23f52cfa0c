"""Stored drafts: bounded in number, characters and bytes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.errors import JournalError
from bot.journal import drafts as limits
from bot.journal.journal import Journal
from bot.journal.records import Draft

DAY = date(2026, 3, 1)


@pytest.fixture
def journal(address: str) -> Iterator[Journal]:
    """Return an empty journal, in SQLite and in PostgreSQL."""
    opened = Journal(address)
    yield opened
    opened.close()


@pytest.mark.parametrize("sizes", [(9, 9, 9, 9, 9), (1,) * 20])
def test_archives_are_limited_in_bytes_and_number(journal: Journal, sizes: tuple[int, ...]) -> None:
    """The oldest are deleted first."""
    kept = [Draft("import", archive=b"x" * size * 1_000_000) for size in sizes]
    for draft in kept:
        journal.drafts.add(draft, DAY, pending=True)
    there = [draft for draft in kept if journal.drafts.get(draft.key)]
    assert there == kept[-len(there) :]
    assert sum(len(draft.archive) for draft in there) <= limits.MAX_ARCHIVE_BYTES
    assert len(there) == min(limits.MAX_ARCHIVES, limits.MAX_ARCHIVE_BYTES // 1_000_000 // sizes[0])
    assert journal.drafts.archive(there[-1].key) == there[-1].archive
    assert journal.drafts.archive(kept[0].key) == b""


def test_texts_are_limited_in_characters(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest are deleted first; the latest is kept whatever its size."""
    monkeypatch.setattr(limits, "MAX_TEXT", 100_000)
    kept = [Draft("add", texts={"answer": "x" * size}) for size in (40_000, 40_000, 40_000, 200_000)]
    found = []
    for draft in kept:
        journal.drafts.add(draft, DAY, pending=True)
        found.append([one in journal.drafts.pending(9) for one in kept])
    assert found[2] == [False, True, True, False]
    assert found[3] == [False, False, False, True]


def test_a_new_draft_replaces_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drafts never change; beyond a number the oldest are deleted."""
    journal = Journal(f"sqlite:///{tmp_path}/journal.sqlite3")
    first, second = (
        Draft("edit", "a", {"answer": "1"}, question_ids=(3,)),
        Draft("import", archive=b"\0zip", reason="because"),
    )
    journal.drafts.add(first, DAY, pending=True)
    journal.drafts.add(second, DAY, pending=True, replaces=first.key)
    assert journal.drafts.pending(9) == [replace(second, archive=b"")]
    assert [journal.drafts.get(key) for key in (first.key, second.key, "nothing")] == [
        first,
        replace(second, archive=b""),
        None,
    ]
    assert journal.drafts.archive(second.key) == b"\0zip"
    monkeypatch.setattr("bot.journal.drafts.MAX_DRAFTS", 2)
    journal.drafts.add(Draft("undo", "1"), DAY, pending=False)
    assert journal.drafts.get(first.key) is None
    monkeypatch.setattr("bot.journal.drafts.MAX_ARCHIVES", 1)
    monkeypatch.setattr("bot.journal.drafts.MAX_DRAFTS", 99)
    journal.drafts.add(third := Draft("import", archive=b"\0zip"), DAY, pending=True)
    assert [journal.drafts.get(one.key) for one in (second, third)] == [None, replace(third, archive=b"")]
    journal.drafts.delete(third.key)
    assert journal.drafts.pending(9) == []
    with pytest.raises(JournalError):
        Journal("nonsense").drafts.pending(1)
    journal.close()
