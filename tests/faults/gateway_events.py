"""Generate gateway events of every kind that the bot receives, and corrupt them."""

import random
from collections.abc import Iterator
from typing import Any

from tests.support.discord_rig import LEFT_QUESTION, PLACE_QUESTION, Rig
from tests.support.fake_discord.errors import copied

MARKER = "sEcReT"
"""Part of every generated text, to be searched for in the log."""
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
    """Corrupts well-formed events."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def mutate(self, data: Json) -> Json:
        """Return a copy with one to three corruptions."""
        copy = copied(data)
        for _ in range(self._rng.randint(1, 3)):
            locations = list(_locations(copy))
            if not locations:
                return self._replacement(copy)
            holder, key = self._rng.choice(locations)
            if isinstance(holder, dict) and self._rng.random() < 0.3:
                del holder[key]
            elif isinstance(holder, dict) and self._rng.random() < 0.1:
                holder[f"new_{MARKER}"] = self._replacement(None)
            else:
                holder[key] = self._replacement(holder[key])
        return copy if self._rng.random() < 0.98 else self._replacement(copy)

    def _replacement(self, value: Json) -> Json:
        index = self._rng.randrange(13)
        replacements: tuple[Json, ...] = (
            None,
            MARKER,
            self._rng.randint(-(2**70), 2**70),
            self._rng.random() < 0.5,
            [value],
            {MARKER: value},
            [],
            {},
            0.5,
            str(self._rng.randint(10**16, 10**19)),
            f"{MARKER} \u202e\x00😀" * 2,
            MARKER * self._rng.randint(1, 2_000),
            _deep(self._rng.randint(1, 60)),
        )
        return replacements[index]


def _deep(levels: int) -> Json:
    nested: Json = MARKER
    for level in range(levels):
        nested = [nested] if level % 2 else {"a": nested}
    return nested


def _locations(value: Json) -> Iterator[tuple[Json, Json]]:
    """Yield every location inside a value, as (container, key)."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    for key in keys:
        yield value, key
        yield from _locations(value[key])


class EventGenerator:
    """Generates well-formed events of one guild."""

    def __init__(self, rig: Rig, rng: random.Random) -> None:
        self._rig = rig
        self._rng = rng
        self._number = 10**17
        self._interactions: list[Json] = []

    async def prepare(self) -> None:
        """Record one interaction of each kind."""
        rig = self._rig
        card = await rig.ada.slash("ask", question=LEFT_QUESTION)
        used = [card, await rig.ada.slash("timeline"), await rig.ada.click(card, "Good")]
        used.append(await rig.ada.menu("Answer this", await rig.ada.send(rig.channel, PLACE_QUESTION)))
        await rig.ada.autocomplete("ask", "question", "when")
        self._interactions = [each.payload for each in (*used, *rig.fake_discord.interactions.values())]
        form = copied(self._interactions[0])
        row = {"type": 1, "components": [{"type": 4, "custom_id": "answer", "value": MARKER}]}
        form |= {"type": 5, "data": {"custom_id": "pilcrow-kb:form", "components": [row]}}
        self._interactions.append(form)

    def generate(self, name: str) -> Json:
        """Return an event of this name."""
        rig, bot = self._rig, self._rig.fake_discord.bot
        guild, channel = rig.guild.payload(bot, all_members=False), rig.channel.payload(bot)
        here = {"guild_id": str(rig.guild.id)}
        self._number += 1
        new = {"id": str(self._number)}
        kind = name.partition("_")[0]
        if name == "INTERACTION_CREATE":
            return self._rng.choice(self._interactions) | new
        if kind == "MESSAGE":
            return self._message(channel) | new | here
        if kind == "GUILD":
            about = {"role": guild["roles"][0], "user": rig.ada.user.payload(), "role_id": str(self._number)}
            other = {"id": str(10**18 + self._number % 20)}
            return guild | other if name == "GUILD_CREATE" else guild | about | here
        if kind == "THREAD":
            return self._thread(channel) | here
        if name == "READY":
            shown = {"id": str(rig.guild.id), "unavailable": True}
            return {
                "user": bot.payload(),
                "guilds": [shown],
                "session_id": self._session(),
                "shard": [0, 1],
                **self._url(),
            }
        other = {"id": str(10**18 + 100 + self._number % 20)}
        return channel | here | other | {"user_id": str(rig.ada.id), "channel_id": channel["id"], "timestamp": 1}

    def _url(self) -> Json:
        return {"resume_gateway_url": self._rig.fake_discord.gateway_url, "v": 10}

    def _session(self) -> str:
        return next(iter(self._rig.fake_discord.gateway.sessions))

    def _message(self, channel: Json) -> Json:
        bot = self._rig.fake_discord.bot
        poll: Json = {
            "question": {"text": MARKER},
            "answers": [],
            "expiry": None,
            "layout_type": 1,
            "allow_multiselect": False,
        }
        text = self._rng.choice([f"<@{bot.id}> {MARKER}", MARKER, ""])
        member = {"roles": [], "joined_at": "2026-01-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}
        return {
            "channel_id": channel["id"],
            "author": self._rig.ada.user.payload(),
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
            **({"poll": poll} if self._rng.random() < 0.2 else {}),
        }

    def _thread(self, channel: Json) -> Json:
        meta = {"archived": False, "auto_archive_duration": 60, "archive_timestamp": "2026-01-01T00:00:00+00:00"}
        thread = {
            "id": str(10**18 + 200 + self._number % 20),
            "type": 11,
            "parent_id": channel["id"],
            "name": MARKER,
            "owner_id": str(self._rig.ada.id),
            "message_count": 1,
            "member_count": 1,
            "thread_metadata": meta | {"locked": False},
        }
        member = {
            "id": thread["id"],
            "user_id": str(self._rig.ada.id),
            "join_timestamp": meta["archive_timestamp"],
            "flags": 0,
        }
        return thread | {"threads": [dict(thread)], "members": [member], "added_members": [member], "channel_ids": []}
