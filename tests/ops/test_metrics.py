"""The metrics: Prometheus' text format, numbers only."""

import re

from msgspec.structs import replace

import bot
from bot.ops.health import Health
from bot.ops.metrics import render

WELL = Health(1_000, connected=True, lost_seconds=0, heartbeat_ack_seconds=20, servers=3, revision="abc")


def samples(text: str) -> dict[str, int]:
    """Return the values by name and labels; every line has to be one or a comment."""
    lines = text.splitlines()
    assert all(
        re.fullmatch(r'# (HELP|TYPE) pilcrow_\w+ .+|pilcrow_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? \d+', line)
        for line in lines
    )
    return {name: int(value) for name, _, value in (line.rpartition(" ") for line in lines if not line.startswith("#"))}


def test_each_value_stands_on_a_line_with_its_kind() -> None:
    """As a scraper reads it."""
    found = samples(render(WELL, {"answer": 7}, 2))
    assert found == {
        f'pilcrow_info{{version="{bot.__version__}",base="abc"}}': 1,
        "pilcrow_connected": 1,
        "pilcrow_lost_seconds": 0,
        "pilcrow_heartbeat_ack_seconds": 20,
        "pilcrow_servers": 3,
        "pilcrow_journal_ok": 1,
        "pilcrow_base_ok": 1,
        'pilcrow_questions_total{outcome="answer"}': 7,
        'pilcrow_questions_total{outcome="clarify"}': 0,
        'pilcrow_questions_total{outcome="abstain"}': 0,
        "pilcrow_refused_requests": 2,
    }


def test_trouble_is_a_zero() -> None:
    """And what is not known has no line."""
    found = samples(render(replace(WELL, journal="full", base="broken", heartbeat_ack_seconds=None), {}, 0))
    assert (found["pilcrow_journal_ok"], found["pilcrow_base_ok"]) == (0, 0)
    assert "pilcrow_heartbeat_ack_seconds" not in found
