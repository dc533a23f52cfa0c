"""Foreign text in Discord's Markdown."""

from __future__ import annotations

import pytest

from bot.cards import markdown


@pytest.mark.parametrize("ticks", range(1, 12))
def test_no_number_of_backticks_ends_a_code_block(ticks: int) -> None:
    """Inside a code block no two backticks are adjacent."""
    fence = "`" * ticks
    shown = markdown.code_block(f"{fence}a{fence}\n{fence}\u200b{fence}\n{fence}", "diff")
    assert shown.startswith("```diff\n")
    assert shown.endswith("\n```")
    assert "``" not in shown.removeprefix("```diff\n").removesuffix("```")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("discord.gg/x", "discord.gg\\/x"),
        ("Discord.com/Invite/x", "Discord.com/Invite\\/x"),
        ("discord.gift/x", "discord.gift\\/x"),
        ("discord.new/x", "discord.new\\/x"),
        ("discord.com/template/x", "discord.com/template\\/x"),
        ("discordapp.com/invite/x", "discordapp.com/invite\\/x"),
        ("https://discordapp.com/invite/x", "https:\\//discordapp.com/invite\\/x"),
    ],
)
def test_no_invitation_becomes_a_link(text: str, shown: str) -> None:
    """Discord makes a link of one without '://' too, at each of its own addresses."""
    assert markdown.escape(text) == shown
