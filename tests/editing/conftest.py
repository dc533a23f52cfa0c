"""What the editing tests share."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import bootstrap
from bot.editing.editor import Editor
from bot.journal.journal import Journal
from tests.support.story_files import write


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """Return the folder of a small base."""
    return write(tmp_path / "knowledge")


@pytest.fixture
def journal(address: str) -> Iterator[Journal]:
    """Return an empty journal, in SQLite and in PostgreSQL."""
    journal = Journal(address)
    yield journal
    journal.close()


@pytest.fixture
def editor(base: Path, journal: Journal) -> Editor:
    """Return an editor of the base."""
    return Editor(bootstrap.knowledge_base(base), journal, lambda: datetime(2026, 5, 23, 14, 5, tzinfo=UTC))
