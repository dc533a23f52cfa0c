"""The HTTP API of the application, its commands, the gateway's address, users and guilds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import limits
from . import world as w
from .errors import ApiError, Json, unknown
from .routing import Answer, Call, route

if TYPE_CHECKING:
    from .server import StandIn

COMMANDS = "/applications/{application_id}/commands"
GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"


@route("GET", "/users/@me")
def me(standin: StandIn, call: Call) -> Answer:
    """The bot's own user."""
    return 200, {
        **standin.bot.payload(),
        "verified": True,
        "mfa_enabled": True,
        "email": None,
        "flags": 0,
        "locale": "en-US",
    }


@route("GET", "/users/{user_id}")
def user(standin: StandIn, call: Call) -> Answer:
    """Any user."""
    found = standin.world.users.get(int(call.params["user_id"]))
    if found is None:
        raise unknown("User")
    return 200, found.payload()


@route("GET", "/oauth2/applications/@me")
@route("GET", "/applications/@me")
def application(standin: StandIn, call: Call) -> Answer:
    """The application that the bot belongs to."""
    return 200, {
        "id": str(standin.application_id),
        "name": standin.bot.name,
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "team": None,
        "owner": standin.owner.payload(),
        "flags": standin.application_flags,
        "bot": standin.bot.payload(),
        "integration_types_config": {"0": {}, "1": {}},
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "approximate_guild_count": len(standin.world.guilds),
        "approximate_user_install_count": 0,
        "tags": [],
    }


@route("GET", "/gateway", open=True)
def gateway(standin: StandIn, call: Call) -> Answer:
    """Where the gateway is."""
    return 200, {"url": standin.gateway_url}


@route("GET", "/gateway/bot")
def gateway_bot(standin: StandIn, call: Call) -> Answer:
    """Where the gateway is, and how many shards and sessions there may be."""
    starts = {
        "total": 1000,
        "remaining": 1000 - len(standin.gateway.identifies),
        "reset_after": 86_400_000,
        "max_concurrency": 1,
    }
    return 200, {"url": standin.gateway_url, "shards": standin.shards, "session_start_limit": starts}


def _guild(standin: StandIn, call: Call) -> w.Guild:
    guild = standin.world.guilds.get(int(call.params["guild_id"]))
    if guild is None or not guild.installed:
        raise unknown("Guild")
    return guild


@route("GET", "/guilds/{guild_id}")
def guild(standin: StandIn, call: Call) -> Answer:
    """A guild that the bot is in."""
    found = _guild(standin, call)
    return 200, {
        "id": str(found.id),
        "name": found.name,
        "owner_id": str(found.owner.id),
        "emojis": [],
        "stickers": [],
        "preferred_locale": found.locale,
        "roles": [role.payload() for role in found.roles.values()],
        **found.plain_payload(),
    }


@route("GET", "/guilds/{guild_id}/channels")
def guild_channels(standin: StandIn, call: Call) -> Answer:
    """The channels of a guild."""
    return 200, [channel.payload(standin.bot) for channel in _guild(standin, call).channels.values()]


@route("GET", "/guilds/{guild_id}/roles")
def guild_roles(standin: StandIn, call: Call) -> Answer:
    """The roles of a guild."""
    return 200, [role.payload() for role in _guild(standin, call).roles.values()]


@route("GET", "/guilds/{guild_id}/members/{user_id}")
def member(standin: StandIn, call: Call) -> Answer:
    """A member of a guild."""
    found = _guild(standin, call).members.get(int(call.params["user_id"]))
    if found is None:
        raise unknown("Member")
    return 200, found.payload()


@route("DELETE", "/users/@me/guilds/{guild_id}")
def leave(standin: StandIn, call: Call) -> Answer:
    """The bot leaves a guild."""
    standin.leave_guild(_guild(standin, call))
    return 204, None


def _scope(standin: StandIn, call: Call) -> int | None:
    """Which commands a request is about: None for the global ones, or those of a guild."""
    if call.params["application_id"] != str(standin.application_id):
        raise ApiError(403, 20012, "You are not authorized to perform this action on this application")
    return _guild(standin, call).id if "guild_id" in call.params else None


def _complete(standin: StandIn, command: Json, scope: int | None, known: list[Json]) -> Json:
    """A command as Discord gives it back; it keeps its id as long as its name and type stay."""
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
        "id": old[0] if old else str(standin.world.snowflakes.fixed()),
        "type": kind,
        "version": str(standin.world.snowflakes.now()),
        "application_id": str(standin.application_id),
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
def list_commands(standin: StandIn, call: Call) -> Answer:
    """The commands of a scope; their names in other languages only where they are asked for."""
    commands = standin.commands.get(_scope(standin, call), [])
    if call.query.get("with_localizations", "").lower() not in ("1", "true"):
        commands = [_unlocalized(command) for command in commands]
    return 200, commands


def _unlocalized(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unlocalized(each) for key, each in value.items() if not key.endswith("_localizations")}
    return [_unlocalized(each) for each in value] if isinstance(value, list) else value


@route("PUT", COMMANDS)
@route("PUT", GUILD_COMMANDS)
def overwrite_commands(standin: StandIn, call: Call) -> Answer:
    """Replace the commands of a scope."""
    scope = _scope(standin, call)
    wanted: list[Json] = call.body or []
    limits.check_commands(wanted)
    known = standin.commands.get(scope, [])
    standin.commands[scope] = [_complete(standin, command, scope, known) for command in wanted]
    standin.command_calls.append(("PUT", scope))
    return 200, standin.commands[scope]


@route("POST", COMMANDS)
@route("POST", GUILD_COMMANDS)
def create_command(standin: StandIn, call: Call) -> Answer:
    """Add a command to a scope, or replace the one of this name."""
    scope = _scope(standin, call)
    known = standin.commands.get(scope, [])
    whole = _complete(standin, call.form, scope, known)
    others = [command for command in known if command["id"] != whole["id"]]
    limits.check_commands([*others, call.form])
    standin.commands[scope] = [*others, whole]
    standin.command_calls.append(("POST", scope))
    return (200 if len(others) < len(known) else 201), whole


@route("DELETE", COMMANDS + "/{command_id}")
@route("DELETE", GUILD_COMMANDS + "/{command_id}")
def delete_command(standin: StandIn, call: Call) -> Answer:
    """Remove a command."""
    scope = _scope(standin, call)
    known = standin.commands.get(scope, [])
    standin.commands[scope] = [command for command in known if command["id"] != call.params["command_id"]]
    if len(standin.commands[scope]) == len(known):
        raise unknown("application command")
    standin.command_calls.append(("DELETE", scope))
    return 204, None
