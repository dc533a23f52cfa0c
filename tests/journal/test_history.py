"""The history is small, every version in it can be had again, and listing it reads none of them."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import JournalError
from bot.journal import text_store as module
from bot.journal.journal import Journal
from bot.journal.records import Change, ChangeSummary

FILE = "qa/x.yaml"
OLD = "".join(
    f"- id: e{number}\n  question: Why {number * 7919}?\n  answer: {number * 104729}\n" for number in range(3000)
)


@pytest.fixture
def journal(address: str) -> Iterator[Journal]:
    opened = Journal(address)
    yield opened
    opened.close()


def change(before: str | None, after: str | None, what: str = "phrase x") -> Change:
    """A change of one file."""
    return Change(0, "2026-03-01 12:00", "Ada", what, "", ("a warning",), "a", "b", {FILE: (before, after)})


def more(text: str, number: int) -> str:
    """The text with one phrasing more, somewhere in it."""
    at = text.index("- id:", number * 997 % len(text) // 2)
    return f"{text[:at]}# phrasing {number}\n{text[at:]}"


def held(journal: Journal) -> int:
    """The bytes that the history takes."""
    with journal.database.transaction() as connection:
        files = connection.execute(
            journal.database.tables.history.select().with_only_columns(journal.database.tables.history.c.files)
        ).scalars()
        kept = connection.execute(
            journal.database.tables.texts.select().with_only_columns(journal.database.tables.texts.c.hunks)
        ).scalars()
        return sum(map(len, files)) + sum(map(len, kept))


def test_a_phrasing_takes_a_few_hundred_bytes(journal: Journal) -> None:
    """Of a file of 150 KB, that is; the whole file is kept once, compressed. Both versions of it were 300 KB."""
    text = more(OLD, 0)
    journal.history.add(change(OLD, text))
    first = held(journal)
    assert first < 60_000
    for number in range(1, 21):
        text, before = more(text, number), text
        journal.history.add(change(before, text))
    assert held(journal) - first < 20 * 400


def test_every_version_can_be_had_again(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many differences it is away from a whole text, with files that come, go, and are changed by hand between."""
    monkeypatch.setattr(module, "MAX_DEPTH", 5)
    chance = random.Random(1)
    text: str | None = OLD
    wanted = {}
    for number in range(40):
        before = text
        kind = chance.randrange(8)
        text = None if kind == 0 else more(before or OLD, number) if kind < 7 else OLD.replace("Why", "When")
        wanted[journal.history.add(change(before, text))] = before, text
        if kind == 6:
            text = more(text or OLD, 1000 + number)  # in an editor
    for number, versions in wanted.items():
        found = journal.history.change(number)
        assert found is not None
        assert found.files == {FILE: versions}
    with journal.database.transaction() as connection:
        depths = connection.execute(
            journal.database.tables.texts.select().with_only_columns(journal.database.tables.texts.c.depth)
        ).scalars()
        assert max(depths) == 5


@pytest.mark.parametrize("text", ["", "\n", "a", "a\n", "a\r\nb\x0b\u2028c", "\x00", "字😀"])
def test_any_text_comes_back_as_it_was(journal: Journal, text: str) -> None:
    """Whatever ends its lines, and where there are none."""
    for versions in ((None, text), (text, "b\n"), ("b\n", text), (text, None)):
        found = journal.history.change(journal.history.add(change(*versions)))
        assert found is not None
        assert found.files == {FILE: versions}


def test_a_list_of_changes_reads_no_texts(journal: Journal) -> None:
    """It is read at each keystroke; so it is there even where every text is gone."""
    for number in range(3):
        journal.history.add(change(OLD, more(OLD, number), f"edit {number}"))
    with journal.database.transaction() as connection:
        connection.execute(journal.database.tables.texts.delete())
        connection.execute(journal.database.tables.history.update().values(files="not even JSON"))
    at = "2026-03-01 12:00"
    assert journal.history.changes(2) == [
        ChangeSummary(3, at, "Ada", "edit 2", "", 1),
        ChangeSummary(2, at, "Ada", "edit 1", "", 1),
    ]
    assert [one.number for one in journal.history.changes(2, 2)] == [1]


def test_a_damaged_text_is_named(journal: Journal) -> None:
    """In a sentence, whatever is wrong with it: bytes, the text that comes out, or a version that is gone."""
    number = journal.history.add(change("a\nb\n", "a\nc\n"))
    damaged = (b"x", module.pack("", "other"), module.pack("", "a\nc\n")[:-3])
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


def test_a_change_that_was_withdrawn_leaves_no_text(journal: Journal) -> None:
    """But for those that another change has."""
    text = more(OLD, 1)
    first = journal.history.add(change(OLD, text))
    journal.history.delete(journal.history.add(change(text, more(text, 2))))
    assert journal.history.change(first) is not None
    with journal.database.transaction() as connection:
        assert len(connection.execute(journal.database.tables.texts.select()).all()) == 2
    journal.history.delete(first)
    assert held(journal) == 0


def test_large_changes_are_refused_where_the_history_is_full(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a sentence, before anything is written; small ones are still taken."""
    monkeypatch.setattr(module, "MAX_SIZE", 100_000)
    monkeypatch.setattr(module, "LARGE", 30_000)
    journal.history.add(change(None, OLD))
    chance = random.Random(1)
    large = "".join(f"{chance.getrandbits(64)}\n" for _ in range(20_000))
    with pytest.raises(JournalError) as refused:
        journal.history.add(change(OLD, large, "import an archive"))
    assert str(refused.value) == (
        "the history is full: it holds 0.0 MB of 0.1 MB, and this change needs 0.2 MB; "
        "smaller changes can still be published"
    )
    assert len(journal.history.changes(9)) == 1
    journal.history.add(change(OLD, more(OLD, 1)))
    assert len(journal.history.changes(9)) == 2


def test_the_history_of_an_older_version_is_carried_over(address: str, tmp_path: Path) -> None:
    """Every text can be had again, the numbers and states stay, and it takes a fraction of the room."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine, text

    (tmp_path / "data").mkdir(exist_ok=True)
    engine = create_engine(address)
    config = Config()
    config.set_main_option("script_location", str(Path(module.__file__).parent / "migrations"))
    versions: list[str | None] = [None, OLD]
    for number in range(70):
        versions.append(more(versions[-1] or "", number))
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
    told = journal.history.changes(999)
    assert [one.number for one in told] == list(range(len(versions) - 1, 0, -1))
    assert {one.number for one in told if one.state == "not made"} == {3}
    assert {one.warning_count for one in told} == {2}
    for number, both in enumerate(itertools.pairwise(versions), 1):
        found = journal.history.change(number)
        assert found is not None
        assert found.files == {FILE: both}
    assert held(journal) < 160_000  # of 20 MB
    again = more(OLD, 999)
    assert (journal.history.change(journal.history.add(change(OLD, again))) or change("", "")).files == {
        FILE: (OLD, again)
    }
    journal.close()
