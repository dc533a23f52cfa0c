"""The texts of the history: small, complete, and checked."""

from __future__ import annotations

import random

import pytest

from bot.errors import JournalError
from bot.journal import text_store
from bot.journal.journal import Journal
from tests.support.history import FILE, OLD, make_change, stored_bytes, with_comment


def test_a_small_change_takes_a_few_hundred_bytes(journal: Journal) -> None:
    """The whole file of 150 KB is stored once, compressed; after that only differences."""
    text = with_comment(OLD, 0)
    journal.history.add(make_change(OLD, text))
    first = stored_bytes(journal)
    assert first < 60_000
    for number in range(1, 21):
        text, before = with_comment(text, number), text
        journal.history.add(make_change(before, text))
    assert stored_bytes(journal) - first < 20 * 400


def test_every_version_can_be_restored(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many differences it is away from a whole text, with files that come, go, and are edited by hand in between."""
    monkeypatch.setattr(text_store, "MAX_DEPTH", 5)
    chance = random.Random(1)
    text: str | None = OLD
    wanted = {}
    for number in range(40):
        before = text
        kind = chance.randrange(8)
        text = None if kind == 0 else with_comment(before or OLD, number) if kind < 7 else OLD.replace("Why", "When")
        wanted[journal.history.add(make_change(before, text))] = before, text
        if kind == 6:
            text = with_comment(text or OLD, 1000 + number)  # in an editor
    for number, versions in wanted.items():
        stored = journal.history.change(number)
        assert stored is not None
        assert stored.files == {FILE: versions}
    with journal.database.transaction() as connection:
        depths = connection.execute(
            journal.database.tables.texts.select().with_only_columns(journal.database.tables.texts.c.depth)
        ).scalars()
        assert max(depths) == 5


@pytest.mark.parametrize("text", ["", "\n", "a", "a\n", "a\r\nb\x0b\u2028c", "\x00", "字😀"])
def test_texts_are_restored_exactly(journal: Journal, text: str) -> None:
    """Whatever ends their lines, and where there are none."""
    for versions in ((None, text), (text, "b\n"), ("b\n", text), (text, None)):
        stored = journal.history.change(journal.history.add(make_change(*versions)))
        assert stored is not None
        assert stored.files == {FILE: versions}


def test_a_damaged_text_is_reported(journal: Journal) -> None:
    """Whether its bytes are damaged, another text comes out, or a version is missing."""
    number = journal.history.add(make_change("a\nb\n", "a\nc\n"))
    damaged = (b"x", text_store.pack("", "other"), text_store.pack("", "a\nc\n")[:-3])
    for hunks in damaged:
        with journal.database.transaction() as connection:
            connection.execute(journal.database.tables.texts.update().values(hunks=hunks))
        with pytest.raises(JournalError) as refused:
            journal.history.change(number)
        assert str(refused.value) == ("a text of the history is damaged; restore a backup of the database")
    with journal.database.transaction() as connection:
        connection.execute(journal.database.tables.texts.delete())
    with pytest.raises(JournalError, match="is damaged"):
        journal.history.change(number)


def test_large_changes_are_refused_in_a_full_history(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is written; small changes are still accepted."""
    monkeypatch.setattr(text_store, "MAX_SIZE", 100_000)
    monkeypatch.setattr(text_store, "LARGE", 30_000)
    journal.history.add(make_change(None, OLD))
    chance = random.Random(1)
    large = "".join(f"{chance.getrandbits(64)}\n" for _ in range(20_000))
    with pytest.raises(JournalError) as refused:
        journal.history.add(make_change(OLD, large, "import an archive"))
    assert str(refused.value) == (
        "the history is full: it holds 0.0 MB of 0.1 MB, and this change needs 0.2 MB; "
        "smaller changes can still be published"
    )
    assert len(journal.history.changes(9)) == 1
    journal.history.add(make_change(OLD, with_comment(OLD, 1)))
    assert len(journal.history.changes(9)) == 2
