"""Whether the bot is well: what it writes, and what a supervisor reads from that."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.ops import health
from bot.ops.health import Health
from bot.terminal.cli import main
from tests.support.discord_rig import LEFT_QUESTION, discord_rig

WELL = Health(1_000, connected=True, lost_seconds=0, heartbeat_ack_seconds=20, servers=3, revision="abc")


@pytest.mark.parametrize(
    ("found", "now", "well", "sentence"),
    [
        (
            WELL,
            1_005,
            True,
            "connected; last heartbeat acknowledged: 20 s ago; servers: 3; base abc; questions and votes: saved",
        ),
        (
            replace(WELL, heartbeat_ack_seconds=None),
            1_000,
            True,
            "connected; last heartbeat acknowledged: none yet; servers: 3; base abc; questions and votes: saved",
        ),
        (WELL, 1_061, False, "no sign of life for 61 s: the process is stuck or gone"),
        (replace(WELL, heartbeat_ack_seconds=181), 1_005, False, "Discord has not acknowledged a heartbeat for 181 s"),
        (replace(WELL, connected=False, lost_seconds=300), 1_005, True, "not connected to Discord for 300 s"),
        (replace(WELL, connected=False, lost_seconds=301), 1_005, False, "not connected to Discord for 301 s"),
        (
            replace(WELL, journal="file is not a database", base="qa/x.yaml:3: no such key"),
            1_005,
            True,
            "connected; last heartbeat acknowledged: 20 s ago; servers: 3; "
            "base abc of before, since its files are broken (qa/x.yaml:3: no such key); "
            "questions and votes: not saved (file is not a database)",
        ),
        (None, 1_005, False, "no health file: the bot is not running, or health_file is not set"),
    ],
)
def test_the_verdict(found: Health | None, now: float, *, well: bool, sentence: str) -> None:
    """A loss that Discord may mend by itself is no reason for a restart; silence is.

    Nor is a broken base or journal: the bot answers, and after a restart it might not.
    """
    assert health.assess(found, now) == (well, sentence)


def test_it_is_written_whole_and_read_back(tmp_path: Path) -> None:
    """Also where the folder is missing; nothing else stays there."""
    path = tmp_path / "run" / "health.json"
    health.write_health(path, WELL)
    health.write_health(path, replace(WELL, servers=4))
    assert health.read_health(path) == replace(WELL, servers=4)
    assert [one.name for one in path.parent.iterdir()] == ["health.json"]


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    """But nothing that another process may be writing, and nothing of another file."""
    path = tmp_path / "health.json"
    old, new, other = (tmp_path / name for name in (".health.json.0a.part", ".health.json.0b.part", ".notes.part"))
    for one in (old, new, other):
        one.write_text("", "utf-8")
    for one in (old, other):
        os.utime(one, (0, 0))
    health.write_health(path, WELL)
    assert sorted(tmp_path.iterdir()) == [new, other, path]


def test_a_planted_link_or_pipe_is_not_followed(tmp_path: Path) -> None:
    """The folder may be one in which others write; reading a pipe does not hang."""
    path, elsewhere = tmp_path / "health.json", tmp_path / "elsewhere"
    elsewhere.write_text("keep me", "utf-8")
    (tmp_path / f".health.json.{os.getpid()}").symlink_to(elsewhere)
    path.symlink_to(elsewhere)
    health.write_health(path, WELL)
    assert (health.read_health(path), path.is_symlink(), elsewhere.read_text("utf-8")) == (WELL, False, "keep me")
    path.unlink()
    os.mkfifo(path)
    assert health.read_health(path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"written": 1}'])
def test_what_is_no_health_is_none(tmp_path: Path, text: str) -> None:
    """A file of something else means that nobody says that the bot is well."""
    path = tmp_path / "health.json"
    path.write_text(text, "utf-8")
    assert health.read_health(path) is None


async def test_the_running_bot_writes_it(tmp_path: Path) -> None:
    """Connected, with the base's revision; not connected when it is not."""
    path = tmp_path / "health.json"
    async with discord_rig(tmp_path, health_file=path, heartbeat=300) as rig:
        await rig.client.gateway_monitor.check()
        found = health.read_health(path)
        assert found is not None
        assert (found.connected, found.servers, found.heartbeat_ack_seconds, found.lost_seconds) == (True, 1, 0, 0)
        rig.client.gateway_monitor.lost()
        await rig.client.gateway_monitor.check()
        found = health.read_health(path)
        assert found is not None
        assert not found.connected


async def test_a_health_file_that_cannot_be_written_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The bot goes on."""
    (tmp_path / "file").write_text("", "utf-8")
    async with discord_rig(tmp_path, health_file=tmp_path / "file" / "health.json") as rig:
        for _ in range(3):
            await rig.client.gateway_monitor.check()
        assert (await rig.mention(LEFT_QUESTION))["content"]
    assert caplog.text.count("Can't write health_file: ") == 1


def test_the_command_tells_by_its_exit_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`pilcrow health` for a supervisor: one sentence and 0 or 1."""
    (tmp_path / "config.yaml").write_text(f"health_file: {tmp_path}/health.json\n", "utf-8")
    health.write_health(tmp_path / "health.json", replace(WELL, written=round(time.time())))
    assert main(["health", "--config", str(tmp_path / "config.yaml")]) == 0
    assert (
        capsys.readouterr().out
        == "connected; last heartbeat acknowledged: 20 s ago; servers: 3; base abc; questions and votes: saved\n"
    )
    (tmp_path / "config.yaml").write_text("", "utf-8")
    assert main(["health", "--config", str(tmp_path / "config.yaml")]) == 1
    assert capsys.readouterr().out == "no health file: the bot is not running, or health_file is not set\n"
