"""Discord's limits on messages and commands, as the fake Discord enforces them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.fake_discord.errors import ApiError
from tests.support.fake_discord.limits import check_commands, check_message


def row(*buttons: dict[str, Any]) -> dict[str, Any]:
    """Return a row of buttons."""
    return {"type": 1, "components": list(buttons)}


def button(name: str = "b") -> dict[str, Any]:
    """Return a button."""
    return {"type": 2, "style": 1, "label": "l", "custom_id": name}


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"content": "x" * 2001},
        {"embeds": [{"description": "x" * 4000}, {"description": "x" * 2001}]},
        {"content": "x", "components": [row(button(str(number))) for number in range(6)]},
        {"content": "x", "components": [row(*(button(str(number)) for number in range(6)))]},
        {"content": "x", "components": [row(button("x" * 101))]},
        {"content": "x", "components": [row(button(), button())]},
        {"content": "x", "components": [{"type": 10, "content": "text"}]},
        {"content": "x", "flags": 1 << 15, "components": [{"type": 10, "content": "text"}]},
        {"flags": 1 << 15, "components": [{"type": 10, "content": "x"}] * 41},
        {"flags": 1 << 15, "components": [{"type": 10, "content": "x" * 2001}] * 2},
        {"flags": 1 << 15, "components": [{"type": 10, "content": "한" * 3500}]},
    ],
)
def test_a_message_over_a_limit_is_refused(message: dict[str, Any]) -> None:
    """Discord's limits hold for content, embeds and components."""
    with pytest.raises(ApiError):
        check_message(message)


@pytest.mark.parametrize(
    "commands",
    [
        [{"name": "Ask", "description": "d"}],
        [{"name": "ask", "description": ""}],
        [{"name": "ask", "description": "d"}] * 2,
        [{"name": f"Menu {number}", "type": 3} for number in range(16)],
        [{"name": "a", "description": "d", "options": [{"name": "o", "description": "d", "type": 3}] * 26}],
    ],
)
def test_a_command_over_a_limit_is_refused(commands: list[dict[str, Any]]) -> None:
    """Discord's limits hold for names, descriptions, numbers and options."""
    with pytest.raises(ApiError):
        check_commands(commands)
