"""The HTTP API of the fake Discord: injected faults and recorded violations."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from tests.support.discord_rig import OPENAPI
from tests.support.fake_discord import FakeDiscord, Person
from tests.support.sample_bot import SampleBot


async def test_an_injected_fault_is_used_once(bot: SampleBot, fake_discord: FakeDiscord, ada: Person) -> None:
    """discord.py retries an injected 429 after its Retry-After."""
    fault = fake_discord.fail_next("POST", "/channels/.*/messages", 429)
    await ada.dm("why?")
    assert (await fake_discord.next_message(ada))["content"] == "You asked: why?"
    assert fault.hits == 1


async def test_a_held_request_is_answered_when_released(bot: SampleBot, fake_discord: FakeDiscord, ada: Person) -> None:
    """`arrived` is set while it is held."""
    held = fake_discord.hold_next("POST", "/callback$")
    using = asyncio.create_task(ada.slash("ask", question="who?"))
    await held.arrived.wait()
    assert not using.done()
    held.release()
    assert (await using).message


async def test_status_0_cuts_the_connection_once(fake_discord: FakeDiscord) -> None:
    """No response is sent."""
    fault = fake_discord.fail_next("POST", "/users/@me/channels", 0)
    url = f"{fake_discord.api_url}/users/@me/channels"
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.post(url, json={})
        async with session.post(url, json={}) as answer:
            assert answer.status == 401
    assert fault.hits == 1


async def test_an_unknown_request_is_recorded(fake_discord: FakeDiscord) -> None:
    """It is answered with 404."""
    async with aiohttp.ClientSession() as session, session.get(f"{fake_discord.api_url}/moon") as answer:
        assert (answer.status, await answer.json()) == (404, {"message": "404: Not Found", "code": 0})
    assert fake_discord.unknown_requests == [("GET", "/api/v10/moon")]
    fake_discord.unknown_requests.clear()


@pytest.mark.skipif(OPENAPI is None, reason="Discord's description of its API is not here")
async def test_a_body_outside_the_schema_is_recorded(bot: SampleBot, fake_discord: FakeDiscord, ada: Person) -> None:
    """The violation names the path of the offending value."""
    body = {"recipient_id": str(ada.id), "nicks": 3}
    headers = {"Authorization": f"Bot {fake_discord.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        await session.post(f"{fake_discord.api_url}/users/@me/channels", json=body)
    assert [(violation.path, violation.where) for violation in fake_discord.violations] == [
        ("/users/@me/channels", "$.nicks")
    ]
    fake_discord.violations.clear()
