"""Sends the real client events that Discord never should.

    python -m tests.faults.gateway [--events 100000] [--seed 1]

Events of every kind that the bot gets, and some that nobody knows, have fields left out, set to null or to another type,
nested deeply, blown up, or added; the same seed makes the same ones. Between them real questions have to be answered over
the same connection. Nothing that the events held, and no id, may get into the log; no task may fail unnoticed; the
memory has to stay flat. The exit status is 1 where one of that is not so.
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
from tests.support.discord_rig import LEFT, PLACE, Rig, embed, rig
from tests.support.fake_discord import NoAnswer

MARK = "sEcReT"
"""Stands in every text that is made up, so that it can be looked for in the log."""
BATCH = 500
"""Events between two questions."""
GROWTH = 40.0
"""Megabytes by which the process may grow after the first fifth of the events."""
LINES = 600
"""Lines that the log may have: one for each kind of thing that can't be read, of which there are not many."""
KNOWN = re.compile(r"Discord answered 400|in _delay_ready")
"""Answers of a kind that a made-up interaction does not take; what discord.py does of two READYs at the same moment."""
EACH = re.compile(r"took no answer|apology did not arrive|Ready; servers|An answer was not sent")
"""Lines that stand for one interaction or one session, of which there are many here."""
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
    (f"NEVER_HEARD_OF_{MARK}", 1),
)
NAMES, WEIGHTS = zip(*EVENTS, strict=True)
Json = Any


class Mutator:
    """Makes malformed events of well-formed ones."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def broken(self, data: Json) -> Json:
        """A copy with one to three things wrong."""
        copy = _copied(data)
        for _ in range(self._chance.randint(1, 3)):
            places = list(_places(copy))
            if not places:
                return self._value(copy)
            holder, key = self._chance.choice(places)
            if isinstance(holder, dict) and self._chance.random() < 0.3:
                del holder[key]
            elif isinstance(holder, dict) and self._chance.random() < 0.1:
                holder[f"new_{MARK}"] = self._value(None)
            else:
                holder[key] = self._value(holder[key])
        return copy if self._chance.random() < 0.98 else self._value(copy)

    def _value(self, was: Json) -> Json:
        pick = self._chance.randrange(13)
        made: tuple[Json, ...] = (
            None,
            MARK,
            self._chance.randint(-(2**70), 2**70),
            self._chance.random() < 0.5,
            [was],
            {MARK: was},
            [],
            {},
            0.5,
            str(self._chance.randint(10**16, 10**19)),
            f"{MARK} \u202e\x00😀" * 2,
            MARK * self._chance.randint(1, 2_000),
            _deep(self._chance.randint(1, 60)),
        )
        return made[pick]


def _deep(levels: int) -> Json:
    made: Json = MARK
    for level in range(levels):
        made = [made] if level % 2 else {"a": made}
    return made


def _copied(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _copied(each) for key, each in value.items()}
    return [_copied(each) for each in value] if isinstance(value, list) else value


def _places(value: Json) -> Iterator[tuple[Json, Json]]:
    """Every place inside a value, as what holds it and under which key."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    for key in keys:
        yield value, key
        yield from _places(value[key])


class Events:
    """Well-formed events of one server, to begin with."""

    def __init__(self, r: Rig, chance: random.Random) -> None:
        self._r = r
        self._chance = chance
        self._number = 10**17
        self._interactions: list[Json] = []

    async def prepare(self) -> None:
        """Have Ada do one of each, and keep what the bot was sent."""
        r = self._r
        card = await r.ada.slash("ask", question=LEFT)
        used = [card, await r.ada.slash("timeline"), await r.ada.clicks(card, "Helpful")]
        used.append(await r.ada.menu("Answer this", await r.ada.says(r.channel, PLACE)))
        await r.ada.autocomplete("ask", "question", "when")
        self._interactions = [one.payload for one in (*used, *r.standin.interactions.values())]
        form = _copied(self._interactions[0])
        row = {"type": 1, "components": [{"type": 4, "custom_id": "answer", "value": MARK}]}
        form |= {"type": 5, "data": {"custom_id": "pilcrow-kb:form", "components": [row]}}
        self._interactions.append(form)

    def of(self, name: str) -> Json:
        """One event of this name."""
        r, bot = self._r, self._r.standin.bot
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
        return {"resume_gateway_url": self._r.standin.gateway_url, "v": 10}

    def _session(self) -> str:
        return next(iter(self._r.standin.gateway.sessions))

    def _message(self, channel: Json) -> Json:
        bot = self._r.standin.bot
        poll: Json = {
            "question": {"text": MARK},
            "answers": [],
            "expiry": None,
            "layout_type": 1,
            "allow_multiselect": False,
        }
        text = self._chance.choice([f"<@{bot.id}> {MARK}", MARK, ""])
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
            "embeds": [{"type": "rich", "title": MARK, "fields": [{"name": "a", "value": "b"}]}],
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
            "name": MARK,
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


class Found:
    """What has gone wrong so far."""

    def __init__(self) -> None:
        self.problems: Counter[str] = Counter()
        self.answered = 0
        self.sessions = 1
        self.memory: list[float] = []


async def ask(r: Rig, found: Found) -> None:
    """Somebody asks in both ways; what the events have done to the server is put right first.

    Where a new session has begun just then, the question may rightly be missed, and is asked again.
    """
    gateway = r.standin.gateway
    for _ in range(3):
        before = len(gateway.identifies)
        try:
            await r.standin.until(lambda: _connected(r), "the bot to be connected")
            _allow_heartbeats(r)
            await r.standin.watch.round_trip()
            r.standin.join_guild(r.guild)
            if await _answered(r):
                found.answered += 2
            else:
                found.problems["a question got no card"] += 1
        except (NoAnswer, TimeoutError, RuntimeError) as error:
            if len(gateway.identifies) > before:
                continue
            found.problems[f"no answer: {error}"] += 1
        return
    found.problems["one new session after the other"] += 1


def _allow_heartbeats(r: Rig) -> None:
    """Let the bot answer more questions for a heartbeat than the 110 a minute that discord.py would."""
    for socket in r.client.sockets().values():
        socket._rate_limiter.max = socket._rate_limiter.remaining = 10**9


async def _answered(r: Rig) -> bool:
    asked = (await r.ada.says(r.channel, LEFT, mention_bot=True))["id"]
    reply = await r.standin.until(lambda: _reply(r, asked), "the answer to a mention")
    return bool(embed(reply).get("title") and (await r.ada.slash("ask", question=PLACE)).message)


async def at_once(_: int | None, *, initial: bool = False) -> None:
    """Discord's limit of one new session in five seconds is the stand-in's to forget."""


def _connected(r: Rig) -> bool:
    """Whether there is a session that is heard, and the bot knows of it."""
    return bool(r.standin.gateway.listening()) and r.client.gateway_monitor.all_connected


def _reply(r: Rig, asked: str) -> Json:
    """The bot's reply to this message, if it is there."""
    replies = (one for one in r.standin.messages(r.channel) if one["author"]["id"] == str(r.standin.bot.id))
    return next((one for one in replies if (one.get("message_reference") or {}).get("message_id") == asked), None)


async def play(events: int, seed: int, folder: Path) -> Found:
    """Send so many events; what was found."""
    chance, found, readies = random.Random(seed), Found(), 0
    async with rig(folder, questions=10**9) as r:
        r.standin.patience = 10.0
        r.client.before_identify_hook = at_once  # type: ignore[method-assign, assignment]
        handler = asyncio.get_running_loop().get_exception_handler()
        made, mutator = Events(r, chance), Mutator(chance)
        _allow_heartbeats(r)
        await made.prepare()
        for number in range(events):
            name = chance.choices(NAMES, WEIGHTS)[0]
            if chance.random() < 0.005:
                r.standin.send_packet(chance.choice(["", "[]", f'"{MARK}"', '{"op": 0, "t": [], "d": 1}', "[" * 5_000]))
            r.standin.send_event(name, mutator.broken(made.of(name)))
            readies += name == "READY"
            if number % BATCH == BATCH - 1:
                await ask(r, found)
                r.standin.forget()
                found.memory.append(_resident())
        await r.standin.watch.wait(20)
        sessions = len(r.standin.gateway.identifies) + len(r.standin.gateway.resumes)
        if sessions - 1 > readies:  # of one that can't be used at all a new session may be made, of nothing else
            found.problems[f"{sessions - 1} times the connection was made anew"] += 1
        found.sessions = sessions
        if handler is None:
            found.problems["the loop has no handler for errors that nobody waits for"] += 1
        r.standin.unknown_requests.clear()  # made-up ids and tokens lead nowhere
        r.standin.violations.clear()
    return found


def _resident() -> float:
    """Megabytes that the process has in memory now, or at most had, where the system does not say."""
    file = Path("/proc/self/statm")
    if file.exists():
        return int(file.read_text().split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


@contextmanager
def log_as_written() -> Iterator[io.StringIO]:
    """What the log gets, as `pilcrow run` writes it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(log_setup.make_formatter("text"))
    logging.basicConfig(handlers=[handler], force=True)
    logging.getLogger(log_setup.ROOT_LOGGER).setLevel(logging.INFO)
    quiet_discord_logs()
    yield written


def judge(found: Found, log: str) -> None:
    """Add what is wrong with the log and the memory."""
    lines = log.splitlines()
    for line in lines:
        ours = re.sub(r"(in|sent:) channel \d+(:| is gone)", "", line)  # what is about a channel of a server names it
        if MARK in line or re.search(r"\d{15,}", ours):
            found.problems[f"content or an id in the log: {line[:160]}"] += 1
        if KNOWN.search(line):
            continue
        if " ERROR " in line or "nobody was waiting for" in line:
            found.problems[re.sub(r"^\S+ ", "", line)[:400]] += 1
    others = [line for line in lines if not EACH.search(line)]
    if len(others) > LINES:
        found.problems[f"{len(others)} lines in the log"] += 1
    settled = found.memory[len(found.memory) // 5 :]
    if len(settled) > 1 and settled[-1] - settled[0] > GROWTH:
        found.problems[f"memory grew from {settled[0]:.0f} to {settled[-1]:.0f} MB"] += 1


def main() -> int:
    """Sends the events; the exit status is 1 where something went wrong."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--events", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--log", type=Path, help="a file for the log")
    chosen = options.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pilcrow-gateway-") as folder, log_as_written() as log:
        found = asyncio.run(play(chosen.events, chosen.seed, Path(folder)))
    judge(found, log.getvalue())
    if chosen.log:
        chosen.log.write_text(log.getvalue(), "utf-8")
    for problem, times in found.problems.most_common(40):
        print(f"{times} × {problem}")
    memory = f"{found.memory[0]:.0f} to {found.memory[-1]:.0f} MB" if found.memory else "not measured"
    print(
        f"{chosen.events:,} events in {time.monotonic() - began:.0f} s, {found.answered} questions answered between them, "
        f"{found.sessions} sessions, "
        f"memory {memory}, {len(log.getvalue().splitlines())} log lines, {len(found.problems)} problems"
    )
    return 1 if found.problems else 0


if __name__ == "__main__":
    sys.exit(main())
