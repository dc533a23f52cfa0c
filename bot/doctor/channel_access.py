"""What the bot may do in a channel, from Discord's JSON: topics/permissions of its documentation, 'Permission Overwrites'."""

from collections.abc import Mapping
from typing import Any

from bot.doctor.discord_survey import objects, to_id, to_integer

ADMINISTRATOR = 1 << 3
EVERYTHING = -1
PERMISSIONS = {
    "View Channels": 1 << 10,
    "Send Messages": 1 << 11,
    "Embed Links": 1 << 14,
    "Attach Files": 1 << 15,
    "Read Message History": 1 << 16,
    "Send Messages in Threads": 1 << 38,
}
"""What the bot needs in a server, by Discord's names."""
TO_POST = ("View Channels", "Send Messages")
TO_ANSWER = (*TO_POST, "Embed Links", "Read Message History")
THREADS = (10, 11, 12)
"""Channel types whose permissions are those of their parent."""


def install_permissions() -> int:
    """Return the permissions for the install link, as Discord counts them."""
    return sum(PERMISSIONS.values())


def granted(guild: Mapping[str, Any], channel: Mapping[str, Any], member: Mapping[str, Any], own_id: int) -> int:
    """Return the bot's permissions in a channel of a server."""
    everyone = to_id(guild.get("id"))
    held = {everyone, *(to_id(role) for role in member.get("roles") or ())}
    permissions = 0
    for role in objects(guild.get("roles")):
        if to_id(role.get("id")) in held:
            permissions |= to_integer(role.get("permissions"))
    if permissions & ADMINISTRATOR or to_id(guild.get("owner_id")) == own_id:
        return EVERYTHING
    overwrites = {to_id(one.get("id")): one for one in objects(channel.get("permission_overwrites"))}
    for targets in ({everyone}, held - {everyone}, {own_id}):
        applied = [overwrites[id] for id in targets if id in overwrites]
        for one in applied:
            permissions &= ~to_integer(one.get("deny"))
        for one in applied:
            permissions |= to_integer(one.get("allow"))
    return permissions


def missing(permissions: int, needed: tuple[str, ...]) -> list[str]:
    """Return the names of the permissions that are needed and not granted."""
    return [name for name in needed if not permissions & PERMISSIONS[name]]
