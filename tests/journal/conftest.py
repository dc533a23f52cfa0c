"""What the journal's tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.journal.journal import Journal


@pytest.fixture
def journal(address: str) -> Iterator[Journal]:
    """Return an empty journal, in SQLite and in PostgreSQL."""
    journal = Journal(address)
    yield journal
    journal.close()
