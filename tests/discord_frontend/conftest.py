"""Fixtures for the tests of the Discord front end."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.discord_frontend.gateway.backoff import Backoff
from tests.support.discord_rig import Rig, discord_rig


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    """Run a bot with the default settings."""
    async with discord_rig(tmp_path) as running:
        yield running


@pytest.fixture
def no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the waits between attempts too short to notice."""

    def next_delay(self: Backoff, **_: object) -> float:
        self.failures += 1
        return 0.01

    monkeypatch.setattr(Backoff, "next_delay", next_delay)
