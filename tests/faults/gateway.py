"""Send the client malformed gateway events.

    python -m tests.faults.gateway [--events 100000] [--seed 1]

Events of every kind that the bot receives, and some unknown ones, have fields removed, added, nulled, retyped, nested or
enlarged, reproducibly from the seed. Real questions between them have to be answered over the same connection. Neither
content of the events nor an id may get into the log, no task may fail unnoticed, and memory has to stay flat; otherwise
the exit status is 1.
"""

import argparse
import asyncio
import io
import logging
import random
import re
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.discord_frontend.runner import quiet_discord_logs
from bot.ops import log_setup
from tests.support.discord_rig import LEFT_QUESTION, PLACE_QUESTION, Rig, embed, rig
from tests.support.fake_discord import NoAnswer

MARKER = "sEcReT"
"""Part of every generated text, to be searched for in the log."""
BATCH = 500
"""Events between two rounds of questions."""
MAX_GROWTH = 40.0
"""Megabytes by which memory may grow after the first fifth of the events."""
MAX_LINES = 600
"""Log lines, one for each kind of unreadable data."""
EXPECTED_ERRORS = re.compile(r"Discord answered 400|in _delay_ready")
"""Responses that a generated interaction does not accept; discord.py's handling of two READYs at once."""
REPEATED_LINES = re.compile(r"rejected the answer|Can't send|Ready; servers")
"""Lines logged for each interaction or session, of which there are many here."""
EVENTS = (
    ("MESSAGE_CREATE", 6),
    ("MESSAGE_UPDATE", 1),
    ("MESSAGE_DELETE", 1),
    ("INTERACTION_CREATE", 6),
    ("GUILD_CREATE", 2),
    ("GUILD_UPDATE", 1),
    ("GUILD_ROLE_CREATE", 1),
    ("GUILD_ROLE_DELETE", 1),
    ("GUILD_MEMBER_UPDATE", 1),
    ("CHANNEL_CREATE", 2),
    ("CHANNEL_UPDATE", 2),
    ("CHANNEL_DELETE", 1),
    ("THREAD_CREATE", 2),
    ("THREAD_UPDATE", 1),
    ("THREAD_DELETE", 1),
    ("THREAD_LIST_SYNC", 1),
    ("THREAD_MEMBERS_UPDATE", 1),
    ("READY", 1),
    ("RESUMED", 1),
    ("TYPING_START", 1),
    (f"NEVER_HEARD_OF_{MARKER}", 1),
)
EVENT_NAMES, EVENT_WEIGHTS = zip(*EVENTS, strict=True)
Json = Any


class Mutator:
    """Turns well-formed events into malformed ones."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def mutate(self, data: Json) -> Json:
        """Return a copy with one to three faults."""
        copy = _copied(data)
        for _ in range(self._chance.randint(1, 3)):
            places = list(_locations(copy))
            if not places:
                return self._value(copy)
            holder, key = self._chance.choice(places)
            if isinstance(holder, dict) and self._chance.random() < 0.3:
                del holder[key]
            elif isinstance(holder, dict) and self._chance.random() < 0.1:
                holder[f"new_{MARKER}"] = self._value(None)
            else:
                holder[key] = self._value(holder[key])
        return copy if self._chance.random() < 0.98 else self._value(copy)

    def _value(self, was: Json) -> Json:
        pick = self._chance.randrange(13)
        made: tuple[Json, ...] = (
            None,
            MARKER,
            self._chance.randint(-(2**70), 2**70),
            self._chance.random() < 0.5,
            [was],
            {MARKER: was},
            [],
            {},
            0.5,
            str(self._chance.randint(10**16, 10**19)),
            f"{MARKER} \u202e\x00😀" * 2,
            MARKER * self._chance.randint(1, 2_000),
            _deep(self._chance.randint(1, 60)),
        )
        return made[pick]


def _deep(levels: int) -> Json:
    made: Json = MARKER
    for level in range(levels):
        made = [made] if level % 2 else {"a": made}
    return made


def _copied(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _copied(each) for key, each in value.items()}
    return [_copied(each) for each in value] if isinstance(value, list) else value


def _locations(value: Json) -> Iterator[tuple[Json, Json]]:
    """Yield every location inside a value, as (container, key)."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    for key in keys:
        yield value, key
        yield from _locations(value[key])


class EventGenerator:
    """Generates well-formed events of one guild."""

    def __init__(self, r: Rig, chance: random.Random) -> None:
        self._r = r
        self._chance = chance
        self._number = 10**17
        self._interactions: list[Json] = []

    async def prepare(self) -> None:
        """Record one interaction of each kind."""
        r = self._r
        card = await r.ada.slash("ask", question=LEFT_QUESTION)
        used = [card, await r.ada.slash("timeline"), await r.ada.clicks(card, "Helpful")]
        used.append(await r.ada.menu("Answer this", await r.ada.says(r.channel, PLACE_QUESTION)))
        await r.ada.autocomplete("ask", "question", "when")
        self._interactions = [one.payload for one in (*used, *r.fake_discord.interactions.values())]
        form = _copied(self._interactions[0])
        row = {"type": 1, "components": [{"type": 4, "custom_id": "answer", "value": MARKER}]}
        form |= {"type": 5, "data": {"custom_id": "pilcrow-kb:form", "components": [row]}}
        self._interactions.append(form)

    def generate(self, name: str) -> Json:
        """Return an event of this name."""
        r, bot = self._r, self._r.fake_discord.bot
        guild, channel = r.guild.payload(bot, all_members=False), r.channel.payload(bot)
        here = {"guild_id": str(r.guild.id)}
        self._number += 1
        new = {"id": str(self._number)}
        kind = name.partition("_")[0]
        if name == "INTERACTION_CREATE":
            return self._chance.choice(self._interactions) | new
        if kind == "MESSAGE":
            return self._message(channel) | new | here
        if kind == "GUILD":
            about = {"role": guild["roles"][0], "user": r.ada.user.payload(), "role_id": str(self._number)}
            other = {"id": str(10**18 + self._number % 20)}
            return guild | other if name == "GUILD_CREATE" else guild | about | here
        if kind == "THREAD":
            return self._thread(channel) | here
        if name == "READY":
            shown = {"id": str(r.guild.id), "unavailable": True}
            return {
                "user": bot.payload(),
                "guilds": [shown],
                "session_id": self._session(),
                "shard": [0, 1],
                **self._url(),
            }
        other = {"id": str(10**18 + 100 + self._number % 20)}
        return channel | here | other | {"user_id": str(r.ada.id), "channel_id": channel["id"], "timestamp": 1}

    def _url(self) -> Json:
        return {"resume_gateway_url": self._r.fake_discord.gateway_url, "v": 10}

    def _session(self) -> str:
        return next(iter(self._r.fake_discord.gateway.sessions))

    def _message(self, channel: Json) -> Json:
        bot = self._r.fake_discord.bot
        poll: Json = {
            "question": {"text": MARKER},
            "answers": [],
            "expiry": None,
            "layout_type": 1,
            "allow_multiselect": False,
        }
        text = self._chance.choice([f"<@{bot.id}> {MARKER}", MARKER, ""])
        member = {"roles": [], "joined_at": "2026-01-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}
        return {
            "channel_id": channel["id"],
            "author": self._r.ada.user.payload(),
            "member": member,
            "content": text,
            "timestamp": "2026-01-01T00:00:00+00:00",
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [bot.payload() | {"member": member}],
            "mention_roles": [],
            "attachments": [],
            "embeds": [{"type": "rich", "title": MARKER, "fields": [{"name": "a", "value": "b"}]}],
            "pinned": False,
            "type": 0,
            "flags": 0,
            "components": [{"type": 1, "components": [{"type": 2, "style": 1, "custom_id": "a", "label": "a"}]}],
            "reactions": [{"count": 1, "me": False, "emoji": {"id": None, "name": "a"}}],
            **({"poll": poll} if self._chance.random() < 0.2 else {}),
        }

    def _thread(self, channel: Json) -> Json:
        meta = {"archived": False, "auto_archive_duration": 60, "archive_timestamp": "2026-01-01T00:00:00+00:00"}
        thread = {
            "id": str(10**18 + 200 + self._number % 20),
            "type": 11,
            "parent_id": channel["id"],
            "name": MARKER,
            "owner_id": str(self._r.ada.id),
            "message_count": 1,
            "member_count": 1,
            "thread_metadata": meta | {"locked": False},
        }
        member = {
            "id": thread["id"],
            "user_id": str(self._r.ada.id),
            "join_timestamp": meta["archive_timestamp"],
            "flags": 0,
        }
        return thread | {"threads": [dict(thread)], "members": [member], "added_members": [member], "channel_ids": []}


class Results:
    """The problems so far, and the measurements."""

    def __init__(self) -> None:
        self.problems: Counter[str] = Counter()
        self.answered = 0
        self.sessions = 1
        self.memory: list[float] = []


async def ask(r: Rig, results: Results) -> None:
    """Ask by mention and by command, after undoing what the events did to the guild.

    A question is repeated if a new session has just started, in which it may rightly be missed.
    """
    gateway = r.fake_discord.gateway
    for _ in range(3):
        before = len(gateway.identifies)
        try:
            await r.fake_discord.until(lambda: _connected(r), "the bot to be connected")
            _allow_heartbeats(r)
            await r.fake_discord.watch.round_trip()
            r.fake_discord.join_guild(r.guild)
            if await _answered(r):
                results.answered += 2
            else:
                results.problems["a question got no card"] += 1
        except (NoAnswer, TimeoutError, RuntimeError) as error:
            if len(gateway.identifies) > before:
                continue
            results.problems[f"no answer: {error}"] += 1
        return
    results.problems["sessions keep restarting"] += 1


def _allow_heartbeats(r: Rig) -> None:
    """Lift discord.py's limit of 110 heartbeats a minute."""
    for socket in r.client.sockets().values():
        socket._rate_limiter.max = socket._rate_limiter.remaining = 10**9


async def _answered(r: Rig) -> bool:
    asked = (await r.ada.says(r.channel, LEFT_QUESTION, mention_bot=True))["id"]
    reply = await r.fake_discord.until(lambda: _reply(r, asked), "the answer to a mention")
    return bool(embed(reply).get("title") and (await r.ada.slash("ask", question=PLACE_QUESTION)).message)


async def no_identify_delay(_: int | None, *, initial: bool = False) -> None:
    """Skip the five seconds that discord.py waits before it starts a new session."""


def _connected(r: Rig) -> bool:
    """Return whether there is a session, and the bot knows of it."""
    return bool(r.fake_discord.gateway.listening()) and r.client.gateway_monitor.all_connected


def _reply(r: Rig, asked: str) -> Json:
    """Return the bot's reply to this message, if it has been sent."""
    replies = (one for one in r.fake_discord.messages(r.channel) if one["author"]["id"] == str(r.fake_discord.bot.id))
    return next((one for one in replies if (one.get("message_reference") or {}).get("message_id") == asked), None)


async def play(events: int, seed: int, folder: Path) -> Results:
    """Send a number of events and return the results."""
    chance, results, readies = random.Random(seed), Results(), 0
    async with rig(folder, questions=10**9) as r:
        r.fake_discord.patience = 10.0
        r.client.before_identify_hook = no_identify_delay  # type: ignore[method-assign, assignment]
        handler = asyncio.get_running_loop().get_exception_handler()
        generator, mutator = EventGenerator(r, chance), Mutator(chance)
        _allow_heartbeats(r)
        await generator.prepare()
        for number in range(events):
            name = chance.choices(EVENT_NAMES, EVENT_WEIGHTS)[0]
            if chance.random() < 0.005:
                r.fake_discord.send_packet(
                    chance.choice(["", "[]", f'"{MARKER}"', '{"op": 0, "t": [], "d": 1}', "[" * 5_000])
                )
            r.fake_discord.send_event(name, mutator.mutate(generator.generate(name)))
            readies += name == "READY"
            if number % BATCH == BATCH - 1:
                await ask(r, results)
                r.fake_discord.forget()
                results.memory.append(_resident())
        await r.fake_discord.watch.wait(20)
        sessions = len(r.fake_discord.gateway.identifies) + len(r.fake_discord.gateway.resumes)
        if sessions - 1 > readies:  # of one that can't be used at all a new session may be made, of nothing else
            results.problems[f"{sessions - 1} times the bot reconnected"] += 1
        results.sessions = sessions
        if handler is None:
            results.problems["the event loop has no exception handler"] += 1
        r.fake_discord.unknown_requests.clear()  # made-up ids and tokens lead nowhere
        r.fake_discord.violations.clear()
    return results


def _resident() -> float:
    """Return the memory of the process in megabytes, or its peak where the system does not report the current one."""
    file = Path("/proc/self/statm")
    if file.exists():
        return int(file.read_text().split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


@contextmanager
def log_as_written() -> Iterator[io.StringIO]:
    """Capture the log as `pilcrow run` writes it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(log_setup.make_formatter("text"))
    logging.basicConfig(handlers=[handler], force=True)
    logging.getLogger(log_setup.ROOT_LOGGER).setLevel(logging.INFO)
    quiet_discord_logs()
    yield written


def judge(results: Results, log: str) -> None:
    """Add the problems of the log and of memory growth to the results."""
    lines = log.splitlines()
    for line in lines:
        redacted = re.sub(r"(in|answer:) channel \d+(:| is gone)", "", line)  # lines about a guild channel name it
        if MARKER in line or re.search(r"\d{15,}", redacted):
            results.problems[f"content or an id in the log: {line[:160]}"] += 1
        if EXPECTED_ERRORS.search(line):
            continue
        if " ERROR " in line or "Unhandled error" in line:
            results.problems[re.sub(r"^\S+ ", "", line)[:400]] += 1
    others = [line for line in lines if not REPEATED_LINES.search(line)]
    if len(others) > MAX_LINES:
        results.problems[f"{len(others)} lines in the log"] += 1
    settled = results.memory[len(results.memory) // 5 :]
    if len(settled) > 1 and settled[-1] - settled[0] > MAX_GROWTH:
        results.problems[f"memory grew from {settled[0]:.0f} to {settled[-1]:.0f} MB"] += 1


def main() -> int:
    """Send the events; return 1 if there were problems."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--events", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--log", type=Path, help="a file for the log")
    chosen = options.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pilcrow-gateway-") as folder, log_as_written() as log:
        results = asyncio.run(play(chosen.events, chosen.seed, Path(folder)))
    judge(results, log.getvalue())
    if chosen.log:
        chosen.log.write_text(log.getvalue(), "utf-8")
    for problem, times in results.problems.most_common(40):
        print(f"{times} × {problem}")
    memory = f"{results.memory[0]:.0f} to {results.memory[-1]:.0f} MB" if results.memory else "not measured"
    print(
        f"{chosen.events:,} events in {time.monotonic() - started:.0f} s, {results.answered} questions answered between them, "
        f"{results.sessions} sessions, "
        f"memory {memory}, {len(log.getvalue().splitlines())} log lines, {len(results.problems)} problems"
    )
    return 1 if results.problems else 0


if __name__ == "__main__":
    sys.exit(main())
