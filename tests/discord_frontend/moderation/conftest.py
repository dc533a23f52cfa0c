"""Fixtures for the tests of moderation."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.moderation_rig import ModerationRig, moderation_rig


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[ModerationRig]:
    """Run a bot that is moderated from Discord."""
    async with moderation_rig(tmp_path) as running:
        yield running
