"""The state of the bot in Prometheus' text format: numbers only, nothing about people, servers or questions.

Written here rather than by prometheus-client: a dozen lines of text need neither its global registry nor its thread.
"""

from collections.abc import Iterator, Mapping

import bot
from bot.ops.health import Health

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OUTCOMES = ("answer", "clarify", "abstain")


def render(health: Health, outcomes: Mapping[str, int], refused_requests: int) -> str:
    """Return the metrics. outcomes: questions since the start, by the outcome of their reply."""
    return "".join(f"{line}\n" for line in _lines(health, outcomes, refused_requests))


def _lines(health: Health, outcomes: Mapping[str, int], refused_requests: int) -> Iterator[str]:
    labels = f'version="{bot.__version__}",base="{health.revision}"'
    yield from _metric("info", "gauge", "The program and the base in use.", {labels: 1})
    yield from _metric("connected", "gauge", "Whether Discord's gateway is connected.", {"": int(health.connected)})
    yield from _metric("lost_seconds", "gauge", "For how long it has not been connected.", {"": health.lost_seconds})
    if health.heartbeat_ack_seconds is not None:
        age = {"": health.heartbeat_ack_seconds}
        yield from _metric("heartbeat_ack_seconds", "gauge", "Age of the last acknowledged heartbeat.", age)
    yield from _metric("servers", "gauge", "Servers that the bot is in.", {"": health.servers})
    yield from _metric("journal_ok", "gauge", "Whether questions and votes are saved.", {"": int(not health.journal)})
    yield from _metric("base_ok", "gauge", "Whether the base on disk is the one in use.", {"": int(not health.base)})
    counts = {f'outcome="{outcome}"': outcomes.get(outcome, 0) for outcome in OUTCOMES}
    yield from _metric("questions_total", "counter", "Questions since the start, by outcome.", counts)
    refused = {"": refused_requests}
    yield from _metric("refused_requests", "gauge", "Requests that Discord refused in the last ten minutes.", refused)


def _metric(name: str, kind: str, help_text: str, values: Mapping[str, int]) -> Iterator[str]:
    yield f"# HELP pilcrow_{name} {help_text}"
    yield f"# TYPE pilcrow_{name} {kind}"
    for labels, value in values.items():
        yield f"pilcrow_{name}{{{labels}}} {value}" if labels else f"pilcrow_{name} {value}"
