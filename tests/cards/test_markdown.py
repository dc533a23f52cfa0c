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


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [("short", 5, "short"), ("one two three", 9, "one two…"), ("one two three", 8, "one two…"), ("abcdef", 4, "abc…"), ("a", 0, ""), ("ab\\*cd", 4, "ab…")],
)  # fmt: skip
def test_text_is_truncated_between_words(text: str, limit: int, shown: str) -> None:
    """'…' marks the end; the result is never over the limit."""
    assert markdown.truncate(text, limit) == shown


@pytest.mark.parametrize(
    "url", [f"https://quay.example/{'a' * 600}", "https://quay.example/a b", "https://quay.example/>"]
)
def test_a_url_that_would_break_the_link_is_left_out(url: str) -> None:
    """The label stays, without a link."""
    assert markdown.link("¶9", url) == "¶9"


def test_brackets_in_a_url_are_percent_encoded() -> None:
    """They would end the link."""
    assert markdown.link("¶9", "https://q.example/a_(b)", preview=False) == "[¶9](<https://q.example/a_%28b%29>)"
