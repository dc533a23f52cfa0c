"""What Discord says about the application, its servers and channels, asked before anything is judged."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import Struct

from bot.config import Config
from bot.discord_frontend.gateway import api_probe
from bot.discord_frontend.gateway.api_probe import ApiAnswer


class Survey(Struct, frozen=True):
    """Discord's answers, by id where there are several. members: the bot itself in each server."""

    application: ApiAnswer
    gateway: ApiAnswer
    guilds: Mapping[int, ApiAnswer]
    channels: Mapping[int, ApiAnswer]
    members: Mapping[int, ApiAnswer]


async def survey(settings: Config, token: str) -> Survey:
    """Ask Discord. Reads only: nothing is sent, registered or connected."""
    application, gateway = await api_probe.ask(settings.api, token, ["/applications/@me", "/gateway/bot"])
    if not application.mapping():
        return Survey(application, gateway, {}, {}, {})
    channels = await _ask_each(settings, token, "/channels/{}", named_channels(settings))
    owners = {to_id(answer.mapping().get("guild_id")) for answer in channels.values()} - {0}
    guild_ids = [*dict.fromkeys([*named_guilds(settings), *sorted(owners)])]
    guilds = await _ask_each(settings, token, "/guilds/{}", guild_ids)
    own = to_id(_object(application.mapping().get("bot")).get("id")) or to_id(application.mapping().get("id"))
    inside = [id for id, answer in guilds.items() if answer.mapping()]
    members = await _ask_each(settings, token, f"/guilds/{{}}/members/{own}", inside)
    return Survey(application, gateway, guilds, channels, members)


def named_guilds(settings: Config) -> Mapping[int, str]:
    """Return the servers of the settings, each with the setting that names it."""
    named = dict.fromkeys(settings.command_guilds, "command_guilds")
    named |= dict.fromkeys(settings.moderator_guilds, "moderator_guilds")
    return named | ({settings.home_guild: "home_guild"} if settings.home_guild else {})


def named_channels(settings: Config) -> Mapping[int, str]:
    """Return the channels of the settings, each with the setting that names it."""
    named = dict.fromkeys(settings.listen_channels, "listen_channels")
    for setting in ("moderator_channel", "changes_channel"):
        if (id := getattr(settings, setting)) is not None:
            named.setdefault(id, setting)
    return named


def to_id(value: object) -> int:
    """Return an id of Discord's JSON; 0 for anything else."""
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) <= 20 else 0


def to_integer(value: object) -> int:
    """Return a whole number of Discord's JSON, which may stand in quotes; 0 for anything else."""
    return value if isinstance(value, int) else int(value) if isinstance(value, str) and value.isdecimal() else 0


def objects(value: object) -> Sequence[Mapping[str, Any]]:
    """Return the objects of a JSON list; nothing for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


async def _ask_each(settings: Config, token: str, path: str, ids: Collection[int]) -> dict[int, ApiAnswer]:
    answers = await api_probe.ask(settings.api, token, [path.format(id) for id in ids]) if ids else []
    return dict(zip(ids, answers, strict=True))
