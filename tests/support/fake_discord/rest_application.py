"""The HTTP API of the application, its commands, the gateway's address, users and guilds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import limits
from . import world as w
from .errors import ApiError, Json, unknown
from .routing import Answer, Call, route

if TYPE_CHECKING:
    from .server import FakeDiscord

COMMANDS = "/applications/{application_id}/commands"
GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"


@route("GET", "/users/@me")
def me(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Return the bot's user."""
    return 200, {
        **fake_discord.bot.payload(),
        "verified": True,
        "mfa_enabled": True,
        "email": None,
        "flags": 0,
        "locale": "en-US",
    }


@route("GET", "/users/{user_id}")
def user(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Return a user."""
    user = fake_discord.world.users.get(int(call.params["user_id"]))
    if user is None:
        raise unknown("User")
    return 200, user.payload()


@route("GET", "/oauth2/applications/@me")
@route("GET", "/applications/@me")
def application(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Return the bot's application."""
    return 200, {
        "id": str(fake_discord.application_id),
        "name": fake_discord.bot.name,
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "team": None,
        "owner": fake_discord.owner.payload(),
        "flags": fake_discord.application_flags,
        "bot": fake_discord.bot.payload(),
        "integration_types_config": {"0": {}, "1": {}},
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "approximate_guild_count": len(fake_discord.world.guilds),
        "approximate_user_install_count": 0,
        "tags": [],
    }


@route("GET", "/gateway", open=True)
def gateway(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Return the gateway's URL."""
    return 200, {"url": fake_discord.gateway_url}


@route("GET", "/gateway/bot")
def gateway_bot(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Return the gateway's URL, the number of shards, and the session start limit."""
    starts = {
        "total": 1000,
        "remaining": 1000 - len(fake_discord.gateway.identifies),
        "reset_after": 86_400_000,
        "max_concurrency": 1,
    }
    return 200, {"url": fake_discord.gateway_url, "shards": fake_discord.shards, "session_start_limit": starts}


def _guild(fake_discord: FakeDiscord, call: Call) -> w.Guild:
    guild = fake_discord.world.guilds.get(int(call.params["guild_id"]))
    if guild is None or not guild.installed:
        raise unknown("Guild")
    return guild


@route("GET", "/guilds/{guild_id}")
def guild(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Return a guild that the bot is in."""
    guild = _guild(fake_discord, call)
    return 200, {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner.id),
        "emojis": [],
        "stickers": [],
        "preferred_locale": guild.locale,
        "roles": [role.payload() for role in guild.roles.values()],
        **guild.plain_payload(),
    }


@route("GET", "/guilds/{guild_id}/channels")
def guild_channels(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Return the channels of a guild."""
    return 200, [channel.payload(fake_discord.bot) for channel in _guild(fake_discord, call).channels.values()]


@route("GET", "/guilds/{guild_id}/roles")
def guild_roles(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Return the roles of a guild."""
    return 200, [role.payload() for role in _guild(fake_discord, call).roles.values()]


@route("GET", "/guilds/{guild_id}/members/{user_id}")
def member(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Return a member of a guild."""
    member = _guild(fake_discord, call).members.get(int(call.params["user_id"]))
    if member is None:
        raise unknown("Member")
    return 200, member.payload()


@route("DELETE", "/users/@me/guilds/{guild_id}")
def leave(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Take the bot out of a guild."""
    fake_discord.leave_guild(_guild(fake_discord, call))
    return 204, None


def _scope(fake_discord: FakeDiscord, call: Call) -> int | None:
    """Return the guild whose commands a request is about; None for the global ones."""
    if call.params["application_id"] != str(fake_discord.application_id):
        raise ApiError(403, 20012, "You are not authorized to perform this action on this application")
    return _guild(fake_discord, call).id if "guild_id" in call.params else None


def _complete(fake_discord: FakeDiscord, command: Json, scope: int | None, known: list[Json]) -> Json:
    """Return a command as Discord stores it; it keeps its id while its name and type stay."""
    kind = command.get("type") or limits.CHAT_INPUT
    old = [each["id"] for each in known if (each["name"], each["type"]) == (command["name"], kind)]
    permissions = command.get("default_member_permissions")
    whole: Json = {
        "options": [],
        "nsfw": False,
        "description": "",
        "contexts": None,
        "integration_types": [0],
        "name_localizations": None,
        "description_localizations": None,
        "dm_permission": True,
        **command,
        "id": old[0] if old else str(fake_discord.world.snowflakes.fixed()),
        "type": kind,
        "version": str(fake_discord.world.snowflakes.now()),
        "application_id": str(fake_discord.application_id),
        "default_member_permissions": None if permissions is None else str(permissions),
    }
    whole["integration_types"] = whole["integration_types"] or [0]
    whole["options"] = whole["options"] or []
    if whole["dm_permission"] is False and whole["contexts"] is None:  # the older way to say "in servers only"
        whole["contexts"] = [0]
    if scope is not None:
        whole["guild_id"] = str(scope)
    return whole


@route("GET", COMMANDS)
@route("GET", GUILD_COMMANDS)
def list_commands(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Return the commands of a scope, with localizations only if asked for."""
    commands = fake_discord.commands.get(_scope(fake_discord, call), [])
    if call.query.get("with_localizations", "").lower() not in ("1", "true"):
        commands = [_unlocalized(command) for command in commands]
    return 200, commands


def _unlocalized(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unlocalized(each) for key, each in value.items() if not key.endswith("_localizations")}
    return [_unlocalized(each) for each in value] if isinstance(value, list) else value


@route("PUT", COMMANDS)
@route("PUT", GUILD_COMMANDS)
def overwrite_commands(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Replace the commands of a scope."""
    scope = _scope(fake_discord, call)
    wanted: list[Json] = call.body or []
    limits.check_commands(wanted)
    known = fake_discord.commands.get(scope, [])
    fake_discord.commands[scope] = [_complete(fake_discord, command, scope, known) for command in wanted]
    fake_discord.command_calls.append(("PUT", scope))
    return 200, fake_discord.commands[scope]


@route("POST", COMMANDS)
@route("POST", GUILD_COMMANDS)
def create_command(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Add a command to a scope, or replace the one with its name."""
    scope = _scope(fake_discord, call)
    known = fake_discord.commands.get(scope, [])
    whole = _complete(fake_discord, call.form, scope, known)
    others = [command for command in known if command["id"] != whole["id"]]
    limits.check_commands([*others, call.form])
    fake_discord.commands[scope] = [*others, whole]
    fake_discord.command_calls.append(("POST", scope))
    return (200 if len(others) < len(known) else 201), whole


@route("DELETE", COMMANDS + "/{command_id}")
@route("DELETE", GUILD_COMMANDS + "/{command_id}")
def delete_command(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Remove a command."""
    scope = _scope(fake_discord, call)
    known = fake_discord.commands.get(scope, [])
    fake_discord.commands[scope] = [command for command in known if command["id"] != call.params["command_id"]]
    if len(fake_discord.commands[scope]) == len(known):
        raise unknown("application command")
    fake_discord.command_calls.append(("DELETE", scope))
    return 204, None
