"""Registers the commands with Discord, only where Discord does not have them already.

What Discord has is asked of Discord and not kept in a file: a file can be lost, or be another application's.
"""

import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

import discord
from discord import app_commands
from discord.http import Route

from bot.discord_frontend.gateway.backoff import Backoff
from bot.discord_frontend.gateway.http_monitor import TROUBLE, passing, trouble

FIRST, LONGEST = 5.0, 300.0  # seconds between two attempts
log = logging.getLogger(__name__)
MEANT = (
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
WORDED = ("name_localizations", "description_localizations")
GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"


async def register(
    client: discord.Client,
    tree: app_commands.CommandTree[Any],
    guilds: Sequence[int],
    pause: Callable[[float], Awaitable[None]],
) -> None:
    """Bring the commands up to date, and try again for as long as Discord is only in trouble."""
    backoff, failed = Backoff(first=FIRST, longest=LONGEST), False
    while not client.is_closed():
        if await sync(client, tree, guilds, again=failed):
            if failed:
                log.info("The commands are up to date now")
            return
        failed = True
        await pause(backoff.next())


async def sync(
    client: discord.Client, tree: app_commands.CommandTree[Any], guilds: Sequence[int], *, again: bool = False
) -> bool:
    """Bring the global commands and those of `guilds` up to date; return False where another attempt may do more.

    A refusal is logged, unless it is one `again`: mentions work without commands.
    """
    settled = True
    for guild in (None, *map(discord.Object, guilds)):
        where = f"in server {guild.id}" if guild else "everywhere"
        try:
            wanted = [await _payload(command, tree) for command in tree.get_commands(guild=guild)]
            known = await _known(client, guild)
            if _shape(wanted) != _shape(known):
                await tree.sync(guild=guild)
                log.info("Registered %d commands %s", len(wanted), where)
        except (*TROUBLE, OSError, LookupError, TypeError, ValueError, AttributeError) as error:
            settled = settled and isinstance(error, discord.HTTPException) and not passing(error)
            if not again:
                hint = " (is the bot in it?)" if guild else ""
                log.warning("Discord did not take the commands %s%s: %s", where, hint, trouble(error))
    return settled


async def _known(client: discord.Client, guild: discord.Object | None) -> Sequence[Any]:
    # discord.py has no way to ask for the localizations, without which Discord leaves them out.
    application = client.application_id or 0
    if guild is None:
        route = Route("GET", "/applications/{application_id}/commands", application_id=application)
    else:
        route = Route("GET", GUILD_COMMANDS, application_id=application, guild_id=guild.id)
    return cast("Sequence[Any]", await client.http.request(route, params={"with_localizations": "true"}))


async def _payload(command: Any, tree: app_commands.CommandTree[Any]) -> Any:
    """A command as it is sent, with its names in other languages."""
    return await command.get_translated_payload(tree, tree.translator) if tree.translator else command.to_dict(tree)


def _shape(commands: Sequence[Any]) -> list[str]:
    """What is meant by commands, however it is written: Discord gives back more keys, and defaults for what is left out."""
    return sorted(json.dumps(_meant(command), sort_keys=True) for command in commands)


def _worded(texts: dict[str, str]) -> dict[str, str]:
    return dict(sorted(texts.items()))


def _meant(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _worded(value[key]) if key in WORDED else _meant(value[key]) for key in MEANT if value.get(key)}
    if isinstance(value, list):
        return sorted(value) if all(isinstance(item, int) for item in value) else [_meant(item) for item in value]
    return value
