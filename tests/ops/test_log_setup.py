"""The log: one line a thing, as text or JSON, and nothing of people in it."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.discord_frontend.runner import quiet_discord_logs
from bot.ops import log_setup
from tests.support.discord_rig import LEFT_QUESTION, PLACE_QUESTION, UNANSWERABLE_QUESTION, Rig, discord_rig


@contextmanager
def written(shape: log_setup.LogFormat, level: str = "INFO") -> Iterator[io.StringIO]:
    """What the log gets, as `pilcrow run` sets it up."""
    text, root, ours = io.StringIO(), logging.getLogger(), logging.getLogger(log_setup.ROOT_LOGGER)
    handler, before = logging.StreamHandler(text), (root.level, ours.level)
    handler.setFormatter(log_setup.make_formatter(shape))
    root.addHandler(handler)
    ours.setLevel(level)
    try:
        yield text
    finally:
        root.removeHandler(handler)
        ours.setLevel(before[1])


def test_a_line_of_text() -> None:
    """When, how bad, who, what: on one line."""
    with written("text") as text:
        logging.getLogger("bot.here").warning("Two\nthings")
    assert re.sub(r"^[\d-]+T[\d:.]+Z", "NOW", text.getvalue()) == "NOW WARNING bot.here: Two | things\n"


def test_a_line_of_json() -> None:
    """The same, for programs."""
    with written("json") as text:
        logging.getLogger("bot.here").info("It said “hello”")
    line = json.loads(text.getvalue())
    assert line.pop("time").endswith("Z")
    assert line == {"level": "info", "logger": "bot.here", "message": "It said “hello”"}


@pytest.mark.parametrize("shape", log_setup.LOG_FORMATS)
def test_an_error_is_its_type_and_its_place(shape: log_setup.LogFormat) -> None:
    """Its own text may quote what somebody wrote."""
    with written(shape) as text:
        try:
            dict[str, int]()["my secret question"]
        except KeyError:
            logging.getLogger("bot.here").exception("This is a bug")
    assert "secret" not in text.getvalue()
    assert text.getvalue().count("\n") == 1
    assert re.search(
        r"KeyError at tests/ops/test_log_setup\.py:\d+ in test_an_error_is_its_type_and_its_place", text.getvalue()
    )


def test_at_debug_an_error_is_shown_whole() -> None:
    """Whoever looks for a bug gets everything, as the settings say."""
    with written("text", "DEBUG") as text:
        try:
            dict[str, int]()["my secret question"]
        except KeyError:
            logging.getLogger("bot.here").exception("This is a bug")
    assert "Traceback" in text.getvalue()
    assert "secret" in text.getvalue()
    assert text.getvalue().count("\n") == 1


def test_of_other_packages_only_the_first_line_is_shown() -> None:
    """Asyncio shows the object that failed, and with it the error's own text."""
    with written("text") as text:
        logging.getLogger("asyncio").error(
            "Task exception was never retrieved\nfuture: <Task exception=KeyError('me')>"
        )
    assert text.getvalue().endswith("ERROR asyncio: Task exception was never retrieved\n")


def test_of_other_packages_values_are_left_out() -> None:
    """What they put into their lines may be a person, what somebody wrote, or an object; small numbers stay."""
    other = logging.getLogger("discord.app_commands.tree")
    with written("text") as text:
        other.error(
            "Ignoring exception for %r (Guild: %s, User: %s)", "my secret", 123456789012345678, 12345678901234567
        )
        other.error("Shard ID %s waits %.2f seconds at 100%%", 3, 1.5)
        other.error("View 123456789012345678 of <Item custom_id='my secret'> is unknown")
    assert [line.partition("ERROR discord.app_commands.tree: ")[2] for line in text.getvalue().splitlines()] == [
        "Ignoring exception for … (Guild: …, User: …)",
        "Shard ID 3 waits 1.50 seconds at 100%",
        "View … of <…> is unknown",
    ]


async def everything(rig: Rig, names: list[str]) -> None:
    """Every way of asking and every kind of trouble, by people with these names."""
    people = [rig.fake_discord.person(rig.guild, name=name) for name in names]
    rig.answerer.replies["my boom question"] = KeyError("my boom question")
    for person in people:
        for question in (LEFT_QUESTION, UNANSWERABLE_QUESTION, "my boom question", "@everyone"):
            await person.send(rig.channel, question, mention_bot=True)
            await rig.fake_discord.next_message(rig.channel)
            await person.dm(question)
            await rig.fake_discord.next_message(person)
        await person.slash("ask", question=UNANSWERABLE_QUESTION)
        await person.slash("ask", question="my boom question")
        await person.autocomplete("ask", "question", "my boom")
        card = await person.slash("ask", question=PLACE_QUESTION, private=True)
        await person.click(card, "Good")
        await person.menu("Answer this", await person.send(rig.channel, LEFT_QUESTION))
    rig.fake_discord.fail_next("POST", "/channels/", 0, 2)
    await people[0].dm(LEFT_QUESTION)
    await rig.fake_discord.watch.wait(5)
    rig.fake_discord.fail_next("POST", "/channels/", 429)
    await people[0].dm(PLACE_QUESTION)
    await rig.fake_discord.next_message(people[0])
    for status, code in ((404, 10062), (400, 50035), (403, 50013)):
        fault = rig.fake_discord.fail_next(
            "POST", "/callback$", status, body={"message": "my boom question", "code": code}
        )
        asking = asyncio.create_task(people[0].slash("ask", question=UNANSWERABLE_QUESTION))
        await fault.arrived.wait()
        await asyncio.gather(asking, return_exceptions=True)
    rig.fake_discord.world.closed_dms.add(people[0].id)
    await people[0].dm(LEFT_QUESTION)
    await rig.fake_discord.watch.wait(5)
    await rig.fake_discord.request_reconnect()
    await rig.fake_discord.wait_for_reconnect()
    await rig.fake_discord.watch.round_trip()


@pytest.mark.parametrize("shape", log_setup.LOG_FORMATS)
async def test_nothing_of_people_is_in_the_log(tmp_path: Path, shape: log_setup.LogFormat) -> None:
    """At info the log of everything there is holds no person, no question, no token and no direct conversation."""
    names = ["Adelheid", "Bartholomew"]
    quiet_discord_logs()
    with written(shape) as text:
        async with discord_rig(tmp_path) as rig:
            rig.fake_discord.patience = 2.0
            await everything(rig, names)
            users = [user for user in rig.fake_discord.world.users.values() if user.name in names]
            directs = [channel for channel in rig.fake_discord.world.channels.values() if channel.guild is None]
            tokens = [rig.fake_discord.token, *rig.fake_discord.interactions]
            messages = [str(id) for id in rig.fake_discord.messages_store.all]
    found = text.getvalue()
    assert "This is a bug" in found
    assert "Reconnected after" in found
    ids = [str(user.id) for user in users] + [str(channel.id) for channel in directs]
    questions = [LEFT_QUESTION, UNANSWERABLE_QUESTION, PLACE_QUESTION, "my boom", "everyone"]
    for secret in (*names, *(name.lower() for name in names), *ids, *tokens, *messages, *questions):
        assert secret not in found
    for line in found.splitlines():
        assert json.loads(line) if shape == "json" else re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z [A-Z]+ [\w.]+: ", line)
