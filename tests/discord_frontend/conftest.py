"""Fixtures for the tests of the Discord front end."""

import pytest

from bot.discord_frontend.gateway.backoff import Backoff


@pytest.fixture
def no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the waits between attempts too short to notice."""

    def next_delay(self: Backoff, **_: object) -> float:
        self.failures += 1
        return 0.01

    monkeypatch.setattr(Backoff, "next_delay", next_delay)
