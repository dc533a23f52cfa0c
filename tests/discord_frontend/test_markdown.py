"""Text from elsewhere, shown in Discord."""

from __future__ import annotations

import pytest

from bot.discord_frontend.common import markdown


@pytest.mark.parametrize("ticks", range(1, 12))
def test_no_number_of_backticks_ends_a_code_block(ticks: int) -> None:
    """Between the fences no two backticks are next to each other."""
    fence = "`" * ticks
    shown = markdown.code_block(f"{fence}a{fence}\n{fence}\u200b{fence}\n{fence}", "diff")
    assert shown.startswith("```diff\n")
    assert shown.endswith("\n```")
    assert "``" not in shown.removeprefix("```diff\n").removesuffix("```")
