"""Checking the token while running: only Discord's own refusal ends the bot."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.discord_frontend.gateway import fatal_errors
from bot.errors import StartError
from tests.support.discord_rig import LEFT_QUESTION, Rig, connected, new_client, text
from tests.support.fake_discord import FakeDiscord

NESTED = b"[" * 200_000
UNREADABLE: list[tuple[int, dict[str, str], Any]] = [
    (502, {}, b'{"message": "502'),
    (502, {}, b""),
    (200, {}, b'{"id": "1'),
    (200, {}, NESTED),
    (429, {}, {"message": "You are being rate limited."}),
    (403, {}, b"<html>"),
    (401, {"Content-Type": "text/html"}, b"<html>401 from a proxy</html>"),
    (0, {}, None),
]


@pytest.mark.parametrize(("status", "headers", "body"), UNREADABLE)
async def test_an_answer_that_says_nothing_about_the_token_is_ignored(
    rig: Rig, status: int, headers: dict[str, str], body: Any
) -> None:
    """An outage or a proxy may answer anything; the bot goes on."""
    fault = rig.fake_discord.fail_next("GET", "/users/@me$", status, headers=headers, body=body)
    await rig.client.token_watch.check()
    assert fault.hits == 1
    assert text(await rig.mention(LEFT_QUESTION))


async def test_a_refusal_by_discord_raises_the_start_error(rig: Rig) -> None:
    """A 401 of the API itself means that the token is no longer valid."""
    rig.fake_discord.fail_next("GET", "/users/@me$", 401)
    with pytest.raises(StartError) as refused:
        await rig.client.token_watch.check()
    assert str(refused.value) == fatal_errors.INVALID_TOKEN


@pytest.mark.parametrize("body", [NESTED, b"", b'[{"name": 1', b"[7]"])
async def test_registered_commands_that_cannot_be_read_do_not_end_the_bot(tmp_path: Path, body: bytes) -> None:
    """The bot runs without registering its commands, and tries no further than that."""
    async with FakeDiscord() as fake_discord:
        fault = fake_discord.fail_next("GET", r"/applications/\d+/commands", 200, body=body)
        async with connected(new_client(fake_discord, tmp_path), fake_discord):
            assert fault.hits == 1
            running = next(task for task in asyncio.all_tasks() if task.get_name() == "the bot")
            assert not running.done()
