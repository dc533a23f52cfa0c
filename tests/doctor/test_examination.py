"""`pilcrow doctor`: each thing that can be wrong is one line, before members meet it."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from datetime import date, timedelta
from importlib import metadata
from pathlib import Path

import pytest

from bot.config import DISCORD_API, Config
from bot.discord_frontend.gateway import token_format
from bot.doctor import data_check, machine_check
from bot.doctor.examination import examine
from bot.doctor.finding import Finding
from bot.journal.journal import Journal
from bot.journal.records import OutcomeCount
from bot.ops.instance_lock import InstanceLock
from bot.terminal.cli import main
from tests.support.discord_rig import OPENAPI
from tests.support.fake_discord import FakeDiscord
from tests.support.fake_discord.world import EMBED_LINKS, SEND_MESSAGES, VIEW_CHANNEL

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde." + "x" * 38
"""Of Discord's shape; its application's id is 123456789012345678."""
HELD = """
import sys
from pathlib import Path
from bot.ops.instance_lock import InstanceLock
lock = InstanceLock(Path(sys.argv[1]), [int(shard) for shard in sys.argv[2:]])
print(lock.acquire(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def config(small: Path, tmp_path: Path) -> Path:
    """Return a configuration with the small base and a database of its own."""
    path = tmp_path / "config.yaml"
    path.write_text(f"knowledge: {small}\ndatabase: sqlite:///{tmp_path}/data/p.sqlite3\n", "utf-8")
    return path


@pytest.fixture
async def fake_discord() -> AsyncIterator[FakeDiscord]:
    """Run a fake Discord that the bot has not joined yet."""
    async with FakeDiscord(openapi=OPENAPI) as running:
        yield running
    assert running.unknown_requests == []


def add(config: Path, text: str) -> None:
    """Add settings to a configuration."""
    with config.open("a", encoding="utf-8") as file:
        file.write(text)


def offline(config: Path, environ: Mapping[str, str] | None = None) -> list[Finding]:
    """Return what is found without a network."""
    return examine(config, None, {"DISCORD_TOKEN": TOKEN, **(environ or {})}, offline=True)


async def online(config: Path, fake_discord: FakeDiscord, token: str | None = None) -> list[Finding]:
    """Return what is found with the stand-in for Discord."""
    environ = {"DISCORD_TOKEN": token or fake_discord.token, "PILCROW_DISCORD_API": fake_discord.api_url}
    return await asyncio.to_thread(examine, config, None, environ)


def about(findings: list[Finding], subject: str) -> list[tuple[str, str]]:
    """Return the levels and sentences of one subject."""
    return [(finding.level, finding.sentence) for finding in findings if finding.subject == subject]


def test_a_good_start_has_nothing_wrong(config: Path) -> None:
    """Without a network too; nothing is made or changed on disk."""
    before = sorted(config.parent.rglob("*"))
    findings = offline(config)
    assert [finding for finding in findings if finding.level == "wrong"] == []
    assert sorted(config.parent.rglob("*")) == before
    ((level, link),) = about(findings, "install link")
    assert level == "ok"
    assert link.startswith(
        "https://discord.com/oauth2/authorize?client_id=123456789012345678"
        "&scope=bot+applications.commands&permissions=274878024704 "
    )


def test_a_broken_configuration_is_told_line_by_line(config: Path) -> None:
    """With what was probably meant; what depends on it is not looked at."""
    add(config, "listen_channel: [1]\nhome_guild: [general]\n")
    findings = offline(config)
    assert [sentence.partition(";")[0] for _, sentence in about(findings, "configuration")] == [
        "config.yaml:3: the configuration has no key 'listen_channel'",
        "config.yaml:4: 'home_guild' must hold ids, as in [123456789012345678]",
    ]
    assert "did you mean 'listen_channels'?" in about(findings, "configuration")[0][1]
    assert about(findings, "database") == []


@pytest.mark.parametrize(
    ("token", "part"),
    [
        ("", "there is no token"),
        (f'"{TOKEN}"', "quotation marks"),
        (f"'{TOKEN}'", "quotation marks"),
        (f"Bot {TOKEN}", "the word 'Bot' before"),
        (f"DISCORD_TOKEN={TOKEN}", "its own name"),
        (TOKEN.replace(".", " "), "a space"),
        ("123456789012345678", "looks like an id"),
        ("0123456789abcdef" * 4, "Public Key"),
        ("A-cdefghijklmnopqrstuvwxyz_12345", "Client Secret"),
        (TOKEN[:40], "three parts"),
    ],
)
def test_a_token_as_it_was_typed(config: Path, token: str, part: str) -> None:
    """What is wrong is said, and no part of it shown."""
    findings = offline(config, {"DISCORD_TOKEN": token})
    ((level, sentence),) = about(findings, "token")
    assert level == "wrong"
    assert part in sentence
    assert not any(TOKEN[:20] in finding.sentence for finding in findings)


def test_a_token_is_told_from_one_of_another_server() -> None:
    """Only Discord's own have its shape; each begins with the application's id."""
    assert token_format.typing_problem("fake-discord-token") == ""
    assert token_format.application_id(TOKEN) == 123456789012345678
    assert token_format.application_id("fake-discord-token") is None
    assert DISCORD_API.startswith("https://")


def test_a_broken_base_is_named_by_its_lines(config: Path, small: Path) -> None:
    """What keeps the bot from starting is wrong; a base that only breaks a rule is to be looked at."""
    path = small / "qa" / "keeper.yaml"
    path.write_bytes(path.read_bytes().replace(b"standing: reported", b"standing: sitting"))
    found = about(offline(config), "base")
    assert found[0][0] == "wrong"
    assert found[0][1].startswith("qa/keeper.yaml:")


def test_a_folder_that_is_not_there_is_named(config: Path) -> None:
    """Started from another folder, for instance."""
    findings = examine(config, Path("nowhere"), {"DISCORD_TOKEN": TOKEN}, offline=True)
    assert about(findings, "folders")[0] == (
        "wrong",
        "there is no folder nowhere: set 'knowledge', or start in the folder that has it",
    )


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everything")
def test_a_base_that_cannot_be_written_matters_where_moderators_publish(config: Path, small: Path) -> None:
    """Without moderators it is meant."""
    small.chmod(0o500)
    try:
        assert about(offline(config), "folders")[0][0] == "ok"
        add(config, "moderator_guilds: [123456789012345678]\nmoderator_roles: [123456789012345679]\n")
        assert about(offline(config), "folders")[0][0] == "wrong"
    finally:
        small.chmod(0o700)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_folders_that_are_closed_to_the_bot_are_told(config: Path, small: Path) -> None:
    """With what to do, also where not even the names in them can be seen."""
    folders = [small, database(config).parent]
    for folder in folders:
        folder.chmod(0)
    try:
        findings = offline(config)
        for subject in ("folders", "base", "database"):
            assert about(findings, subject)[0][0] == "wrong"
        assert "this user's own: give it write access" in about(findings, "folders")[0][1]
        assert about(findings, "database")[0][1].endswith("give the bot write access to the file and its folder")
    finally:
        for folder in folders:
            folder.chmod(0o700)


def database(config: Path) -> Path:
    """Make the database of a configuration, and return its file."""
    file = config.parent / "data" / "p.sqlite3"
    journal = Journal(f"sqlite:///{file}")
    journal.outcomes.add([OutcomeCount(date(2026, 3, 1), "", "abstain", 1)])
    journal.close()
    return file


def test_a_whole_database_is_well(config: Path) -> None:
    """It is read, and not changed."""
    file = database(config)
    before = file.read_bytes()
    assert about(offline(config), "database") == [("ok", f"{file}: whole, of this version")]
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("statement", "level", "part"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "wrong", "made by a newer version of this program"),
        ("UPDATE alembic_version SET version_num = '0004'", "warning", "of an older version (0004)"),
        ("DROP TABLE alembic_version", "wrong", "it holds tables of another program"),
    ],
)
def test_the_version_of_a_database_is_told(config: Path, statement: str, level: str, part: str) -> None:
    """In a sentence, before anything tries to migrate it."""
    file = database(config)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement)
    ((found, sentence),) = about(offline(config), "database")
    assert (found, part in sentence) == (level, True), sentence


@pytest.mark.parametrize("garbage", [b"garbage" * 100, b"SQLite format 3\0" + b"\0" * 5000])
def test_a_corrupt_database_is_told(config: Path, garbage: bytes) -> None:
    """With the way back."""
    database(config).write_bytes(garbage)
    ((level, sentence),) = about(offline(config), "database")
    assert level == "wrong"
    assert "restore a backup" in sentence


def test_a_database_that_is_a_folder_is_told(config: Path) -> None:
    """Whatever else has its name."""
    (config.parent / "data" / "p.sqlite3").mkdir(parents=True)
    assert about(offline(config), "database")[0][0] == "wrong"


def test_a_server_that_is_away_is_told_without_its_address(config: Path) -> None:
    """The address may hold a password."""
    findings = offline(config, {"PILCROW_DATABASE": "postgresql://me:secret@127.0.0.1:9/x"})
    ((level, sentence),) = about(findings, "database")
    assert level == "wrong"
    assert "secret" not in sentence


def test_a_server_is_looked_at_without_making_tables(config: Path, address: str) -> None:
    """Empty, then with the tables of this version."""
    ((level, sentence),) = about(offline(config, {"PILCROW_DATABASE": address}), "database")
    assert (level, "not there yet" in sentence) == ("ok", True)
    journal = Journal(address)
    journal.inbox.add("who paid", "dm", date(2026, 3, 1))
    findings = offline(config, {"PILCROW_DATABASE": address})
    assert "of this version" in about(findings, "database")[0][1]
    journal.close()


def test_a_clock_that_is_behind_the_journal_is_told(config: Path) -> None:
    """Without a network that is all there is to go by."""
    database(config)
    settings = Config(database=f"sqlite:///{config.parent}/data/p.sqlite3")
    (clock,) = about(data_check.check_database(settings, date(2026, 3, 1) - timedelta(days=1)), "clock")
    assert clock[0] == "warning"
    assert about(data_check.check_database(settings, date(2026, 3, 1)), "clock") == []


def test_a_copy_that_runs_is_seen(config: Path) -> None:
    """Whatever shards it has; once it is gone, however it ended, nothing is left of it."""
    file = database(config)
    command = [sys.executable, "-c", HELD, str(file), "3"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"True\n"
        assert "a bot is running" in about(offline(config), "second copy")[0][1]
        with InstanceLock(file, [3]) as same, InstanceLock(file, [2]) as other:
            assert (same.acquire(), other.acquire()) == (False, True)
        running.kill()
    with InstanceLock(file) as lock:
        assert lock.acquire()
    assert "no bot is running" in about(offline(config), "second copy")[0][1]


def test_packages_are_compared_with_what_the_program_needs() -> None:
    """By name, version and the command that mends it."""
    assert machine_check._package_problem("discord.py", ">=2") == ""
    assert machine_check._package_problem("discord.py", ">=99") == (
        f"discord.py {metadata.version('discord.py')} is installed, and this program needs >=99; "
        "run: pip install 'discord.py>=99'"
    )
    assert "is not installed" in machine_check._package_problem("no-such-package", "")


async def test_discord_is_asked_for_everything_the_settings_name(config: Path, fake_discord: FakeDiscord) -> None:
    """Server, role and channel by their names, and nothing but GET requests."""
    guild = fake_discord.guild()
    role = fake_discord.role(guild, "Editors")
    add(
        config,
        f"home_guild: {guild.id}\nmoderator_guilds: [{guild.id}]\nmoderator_roles: [{role.id}]\n"
        f"changes_channel: {guild.channel('general').id}\n",
    )
    findings = await online(config, fake_discord)
    assert [finding for finding in findings if finding.level == "wrong"] == []
    assert about(findings, "servers") == [("ok", f"Reading room ({guild.id}, home_guild)")]
    assert about(findings, "roles") == [("ok", f"Editors ({role.id}): its members are moderators")]
    assert about(findings, "channels") == [("ok", f"#general ({guild.channel('general').id}, changes_channel)")]
    assert about(findings, "clock") == [("ok", "this machine's agrees with Discord's")]
    assert {request.method for request in fake_discord.requests} == {"GET"}
    assert fake_discord.gateway.generation == 0


async def test_what_the_settings_name_and_discord_does_not_have(config: Path, fake_discord: FakeDiscord) -> None:
    """Each is one line that says where to get the right id."""
    guild = fake_discord.guild()
    elsewhere = fake_discord.guild("Elsewhere", installed=False)
    add(
        config,
        f"home_guild: {elsewhere.id}\nmoderator_guilds: [{guild.id}]\nmoderator_roles: [{guild.id}, 99999999]\n"
        "listen_channels: [88888888]\n",
    )
    findings = await online(config, fake_discord)
    wrong = [finding.sentence for finding in findings if finding.level == "wrong"]
    assert [sentence.partition(":")[0] for sentence in wrong] == [
        "listen_channels needs the Message Content Intent",
        f"the bot is not in server {elsewhere.id} of 'home_guild'",
        f"{guild.id} of 'moderator_roles' is a server's @everyone, which makes nobody a moderator",
        "there is no role 99999999 in any server of 'moderator_guilds'",
        "the bot can't see channel 88888888 of 'listen_channels'",
    ]
    assert about(findings, "roles")[-1][0] == "warning"


async def test_a_channel_in_which_the_bot_may_not_write(config: Path, fake_discord: FakeDiscord) -> None:
    """The permission is named; what a role is denied in the channel counts."""
    guild = fake_discord.guild()
    channel = guild.channel("general")
    add(config, f"listen_channels: [{channel.id}]\nmoderator_channel: {channel.id}\n")
    fake_discord.privileged = frozenset(["message_content"])
    assert about(await online(config, fake_discord), "channels")[0][0] == "ok"
    fake_discord.deny_permissions(channel, guild.roles[guild.id], deny=EMBED_LINKS)
    ((level, sentence),) = about(await online(config, fake_discord), "channels")
    assert (level, "the bot lacks Embed Links there" in sentence) == ("wrong", True)
    channel.overwrites[fake_discord.bot.id] = (EMBED_LINKS, SEND_MESSAGES)
    ((level, sentence),) = about(await online(config, fake_discord), "channels")
    assert (level, "the bot lacks Send Messages there" in sentence) == ("wrong", True)
    channel.overwrites[guild.id] = (0, VIEW_CHANNEL)
    assert "allow it View Channel there" in about(await online(config, fake_discord), "channels")[0][1]


async def test_a_token_that_discord_does_not_know(config: Path, fake_discord: FakeDiscord) -> None:
    """Only then is a new one asked for."""
    ((level, sentence),) = about(await online(config, fake_discord, "another-token"), "application")
    assert level == "wrong"
    assert sentence.startswith("Discord does not know this token")


@pytest.mark.parametrize(("status", "level"), [(503, "warning"), (429, "warning"), (404, "wrong"), (0, "wrong")])
async def test_an_api_that_does_not_answer(config: Path, fake_discord: FakeDiscord, status: int, level: str) -> None:
    """An outage is told from an address that is wrong."""
    fake_discord.fail_next("GET", "/applications/@me", status, 9)  # the HTTP library itself asks twice
    ((found, _),) = about(await online(config, fake_discord), "application")
    assert found == level


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"interactions_endpoint_url": "https://example.org"}, "commands and buttons never reach the bot"),
        ({"bot_require_code_grant": True}, "nobody can add the bot"),
        ({"integration_types_config": {"1": {}}}, "tick 'Guild Install'"),
    ],
)
async def test_an_application_that_is_set_up_wrong(
    config: Path, fake_discord: FakeDiscord, changed: dict[str, object], part: str
) -> None:
    """What the portal has a switch for."""
    body = {"id": "1234567", "name": "Pilcrow", "flags": 0, **changed}
    fake_discord.fail_next("GET", "/applications/@me", 200, body=body)
    wrong = [
        sentence for level, sentence in about(await online(config, fake_discord), "application") if level == "wrong"
    ]
    assert len(wrong) == 1
    assert part in wrong[0]


async def test_connections_that_are_used_up(config: Path, fake_discord: FakeDiscord) -> None:
    """A bot that restarts for ever, or a copy elsewhere, uses the thousand that Discord allows in a day."""
    limit = {"total": 1000, "remaining": 0, "reset_after": 7_200_000, "max_concurrency": 1}
    body = {"url": fake_discord.gateway_url, "shards": 1, "session_start_limit": limit}
    fake_discord.fail_next("GET", "/gateway/bot", 200, body=body)
    ((level, sentence),) = about(await online(config, fake_discord), "gateway")
    assert (level, "start it in 2.0 hours" in sentence) == ("wrong", True)


async def test_a_clock_that_is_wrong(config: Path, fake_discord: FakeDiscord) -> None:
    """Discord's answers carry a date."""
    environ = {"DISCORD_TOKEN": fake_discord.token, "PILCROW_DISCORD_API": fake_discord.api_url}
    findings = await asyncio.to_thread(examine, config, None, environ, clock=lambda: time.time() + 86_400)
    ((level, sentence),) = about(findings, "clock")
    assert (level, "86,4" in sentence, "ahead of" in sentence) == ("warning", True, True)


def test_the_command_prints_a_line_for_each_and_tells_by_its_exit_status(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """0 where nothing is wrong, 1 otherwise."""
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    assert main(["doctor", "--offline", "--config", str(config)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.split()[0] in ("ok", "warning") for line in lines[:-1])
    monkeypatch.delenv("DISCORD_TOKEN")
    assert main(["doctor", "--offline", "--config", str(config)]) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("1 wrong")
