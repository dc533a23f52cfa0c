"""Registering the commands with Discord, only where they differ from what Discord has.

What is registered is asked of Discord and not kept in a file: a file can be lost, or belong to another application.
"""

import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

import discord
from discord import app_commands
from discord.http import Route

from bot.discord_frontend.gateway.backoff import Backoff
from bot.discord_frontend.gateway.http_monitor import describe_error, is_transient

MIN_DELAY, MAX_DELAY = 5.0, 300.0  # seconds between two attempts
log = logging.getLogger(__name__)
COMPARED_KEYS = (
    "name",
    "name_localizations",
    "type",
    "description",
    "description_localizations",
    "options",
    "required",
    "autocomplete",
    "choices",
    "value",
    "min_length",
    "max_length",
    "default_member_permissions",
    "integration_types",
    "contexts",
)
LOCALIZATION_KEYS = ("name_localizations", "description_localizations")
GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"


async def register(
    client: discord.Client,
    tree: app_commands.CommandTree[Any],
    guilds: Sequence[int],
    pause: Callable[[float], Awaitable[None]],
) -> None:
    """Bring the commands up to date, retrying while the failure is transient."""
    backoff, failed = Backoff(first=MIN_DELAY, longest=MAX_DELAY), False
    while not client.is_closed():
        if await sync(client, tree, guilds, retrying=failed):
            if failed:
                log.info("The commands are up to date now")
            return
        failed = True
        await pause(backoff.next_delay())


async def sync(
    client: discord.Client, tree: app_commands.CommandTree[Any], guilds: Sequence[int], *, retrying: bool = False
) -> bool:
    """Bring the global commands and those of `guilds` up to date; return False if retrying may help.

    A failure is logged unless `retrying`: mentions work without commands.
    """
    done = True
    for guild in (None, *map(discord.Object, guilds)):
        where = f"in server {guild.id}" if guild else "everywhere"
        try:
            ours = [await _payload(command, tree) for command in tree.get_commands(guild=guild)]
            registered = await _registered(client, guild)
            if _fingerprint(ours) != _fingerprint(registered):
                await tree.sync(guild=guild)
                log.info("Registered %d commands %s", len(ours), where)
        except Exception as error:  # noqa: BLE001 (an outage may answer anything)
            done = done and isinstance(error, discord.HTTPException) and not is_transient(error)
            if not retrying:
                hint = " (is the bot in it?)" if guild else ""
                log.warning("Can't register the commands %s%s: %s", where, hint, describe_error(error))
    return done


async def _registered(client: discord.Client, guild: discord.Object | None) -> Sequence[Any]:
    # discord.py can't ask for the localizations, which Discord leaves out otherwise.
    application = client.application_id or 0
    if guild is None:
        route = Route("GET", "/applications/{application_id}/commands", application_id=application)
    else:
        route = Route("GET", GUILD_COMMANDS, application_id=application, guild_id=guild.id)
    return cast("Sequence[Any]", await client.http.request(route, params={"with_localizations": "true"}))


async def _payload(command: Any, tree: app_commands.CommandTree[Any]) -> Any:
    """Return a command as it is sent, with its names in other languages."""
    return await command.get_translated_payload(tree, tree.translator) if tree.translator else command.to_dict(tree)


def _fingerprint(commands: Sequence[Any]) -> list[str]:
    """Return commands in a comparable form: Discord adds keys, and defaults for what is left out."""
    return sorted(json.dumps(_normalized(command), sort_keys=True) for command in commands)


def _normalized(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: dict(sorted(value[key].items())) if key in LOCALIZATION_KEYS else _normalized(value[key])
            for key in COMPARED_KEYS
            if value.get(key)
        }
    if isinstance(value, list):
        return sorted(value) if all(isinstance(item, int) for item in value) else list(map(_normalized, value))
    return value
