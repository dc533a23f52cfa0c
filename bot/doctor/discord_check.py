"""Whether Discord's side is set up for these settings: application, intents, servers, roles and channels."""

from collections.abc import Iterator
from typing import Any

from bot.config import Config
from bot.discord_frontend.gateway import fatal_errors
from bot.discord_frontend.gateway.api_probe import ApiAnswer
from bot.doctor import channel_access
from bot.doctor.discord_survey import Survey, named_channels, named_guilds, objects, to_id, to_integer
from bot.doctor.finding import Finding, ok, warning, wrong

APPLICATION, INTENTS, GATEWAY, CLOCK = "application", "intents", "gateway", "clock"
SERVERS, ROLES, CHANNELS, INSTALL = "servers", "roles", "channels", "install link"
MESSAGE_CONTENT = 1 << 18 | 1 << 19
"""Flags of an application with the Message Content Intent: of a large one, or of one in less than 100 servers."""
MAX_CLOCK_ERROR = 30.0
"""Seconds by which the machine's clock may be off."""
MANY_STARTS = 100
"""Connections in a day that no well bot needs."""
GUILD_INSTALL = "0"
UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TOO_MANY, SERVER_ERROR = 401, 403, 404, 429, 500
GONE = (FORBIDDEN, NOT_FOUND)


def install_link(application_id: int) -> str:
    """Return the address with which the bot is added to a server."""
    permissions = channel_access.install_permissions()
    return (
        f"https://discord.com/oauth2/authorize?client_id={application_id}"
        f"&scope=bot+applications.commands&permissions={permissions}"
    )


def check_install_link(application_id: int) -> Finding:
    """Return the install link, with what it asks for."""
    names = ", ".join(channel_access.PERMISSIONS)
    return ok(INSTALL, f"{install_link(application_id)} (adds the bot to a server with {names})")


def check_discord(settings: Config, found: Survey, now: float) -> list[Finding]:
    """Return what Discord's answers mean. now: seconds since 1970 by this machine's clock."""
    application = found.application.mapping()
    application_id = to_id(application.get("id"))
    if not application_id:
        return [_no_application(settings, found.application)]
    return [
        ok(APPLICATION, f"{application.get('name')} ({application_id}) at {settings.api}"),
        *_application(application),
        *_intents(settings, application),
        check_install_link(application_id),
        *_gateway(settings, found.gateway),
        *_clock(found.application, now),
        *_servers(settings, found, application_id),
        *_roles(settings, found),
        *_channels(settings, found),
    ]


def _no_application(settings: Config, answer: ApiAnswer) -> Finding:
    if not answer.status:
        sentence = (
            f"Discord can't be reached at {settings.api} ({answer.error}): check the network, a proxy or a firewall"
        )
        return wrong(APPLICATION, f"{sentence}; until then the bot would wait")
    if answer.status == UNAUTHORIZED:
        return wrong(APPLICATION, fatal_errors.INVALID_TOKEN)
    if answer.status == TOO_MANY or answer.status >= SERVER_ERROR:
        return warning(APPLICATION, f"Discord answered {answer.status}: ask again in a few minutes")
    return wrong(
        APPLICATION,
        f"{settings.api} answered {answer.status}, and not as Discord's API does: check PILCROW_DISCORD_API, or a proxy",
    )


def _application(application: dict[str, Any]) -> Iterator[Finding]:
    where = f"{fatal_errors.PORTAL}, your application"
    if application.get("interactions_endpoint_url"):
        yield wrong(
            APPLICATION,
            f"it has an Interactions Endpoint URL, so commands and buttons never reach the bot: empty it ({where})",
        )
    if application.get("bot_require_code_grant"):
        yield wrong(
            APPLICATION, f"'Requires OAuth2 Code Grant' is on, so nobody can add the bot: switch it off ({where})"
        )
    installs = application.get("integration_types_config")
    if isinstance(installs, dict) and installs and GUILD_INSTALL not in installs:
        yield wrong(APPLICATION, f"it can't be added to servers: tick 'Guild Install' under Installation ({where})")
    if application.get("bot_public") is False:
        yield warning(APPLICATION, f"'Public Bot' is off, so only its owner can add it to a server ({where}, Bot)")


def _intents(settings: Config, application: dict[str, Any]) -> Iterator[Finding]:
    if not settings.listen_channels:
        yield ok(INTENTS, "none of the privileged ones is needed")
    elif to_integer(application.get("flags")) & MESSAGE_CONTENT:
        yield ok(INTENTS, "the Message Content Intent, which listen_channels needs, is on")
    else:
        yield wrong(INTENTS, fatal_errors.INTENT_NOT_ENABLED)


def _gateway(settings: Config, answer: ApiAnswer) -> Iterator[Finding]:
    body = answer.mapping()
    limit = body.get("session_start_limit")
    if not isinstance(limit, dict) or not isinstance(body.get("url"), str):
        yield warning(GATEWAY, f"Discord did not say where its gateway is (it answered {answer.status})")
        return
    total, remaining = to_integer(limit.get("total")), to_integer(limit.get("remaining"))
    recommended = to_integer(body.get("shards"))
    needed = recommended if settings.shards == "auto" else len(settings.shard_ids) or settings.shards
    counts = f"{remaining} of {total} connections are left for today"
    if remaining < needed:
        hours = to_integer(limit.get("reset_after")) / 3_600_000
        yield wrong(GATEWAY, f"{counts}, and the bot needs {needed}: start it in {hours:.1f} hours, and find out why")
    elif total - remaining > MANY_STARTS:
        yield warning(GATEWAY, f"{counts}: does it restart for ever, or does another copy run with this token?")
    else:
        yield ok(GATEWAY, counts)
    if settings.shards == 1 and recommended > 1:
        yield warning(GATEWAY, f"Discord advises {recommended} shards for as many servers: write 'shards: auto'")


def _clock(answer: ApiAnswer, now: float) -> Iterator[Finding]:
    if answer.server_time is None:
        return
    error = now - answer.server_time
    if abs(error) <= MAX_CLOCK_ERROR:
        yield ok(CLOCK, "this machine's agrees with Discord's")
    else:
        direction = "ahead of" if error > 0 else "behind"
        sentence = f"this machine's is {abs(error):,.0f} s {direction} Discord's: set it, and keep it set (timedatectl)"
        yield warning(CLOCK, sentence)


def _servers(settings: Config, found: Survey, application_id: int) -> Iterator[Finding]:
    for id, setting in named_guilds(settings).items():
        answer = found.guilds[id]
        if answer.mapping():
            yield ok(SERVERS, f"{answer.mapping().get('name')} ({id}, {setting})")
        elif answer.status in GONE:
            sentence = f"the bot is not in server {id} of '{setting}': add it with {install_link(application_id)}"
            yield wrong(SERVERS, f"{sentence}, or take the id out")
        else:
            yield _unknown(SERVERS, f"server {id}", answer)


def _roles(settings: Config, found: Survey) -> Iterator[Finding]:
    guilds = {id: found.guilds[id] for id in settings.moderator_guilds}
    roles = {
        id: {to_id(role.get("id")): role for role in objects(answer.mapping().get("roles"))}
        for id, answer in guilds.items()
    }
    for id in settings.moderator_roles:
        role = next((held[id] for held in roles.values() if id in held), None)
        if id in guilds:
            yield wrong(ROLES, f"{id} of 'moderator_roles' is a server's @everyone, which makes nobody a moderator")
        elif role is not None:
            yield ok(ROLES, f"{role.get('name')} ({id}): its members are moderators")
        elif all(answer.mapping() for answer in guilds.values()):
            how = "right-click the role in Server Settings, Roles, and choose Copy Role ID"
            yield wrong(ROLES, f"there is no role {id} in any server of 'moderator_guilds': {how}")
    for id, held in roles.items():
        if held and not any(role in held and role != id for role in settings.moderator_roles):
            yield warning(
                ROLES, f"server {id} of 'moderator_guilds' has none of 'moderator_roles': nobody moderates there"
            )


def _channels(settings: Config, found: Survey) -> Iterator[Finding]:
    for id, setting in named_channels(settings).items():
        answer = found.channels[id]
        channel = answer.mapping()
        if not channel:
            if answer.status in GONE:
                sentence = f"the bot can't see channel {id} of '{setting}': allow it View Channel there"
                yield wrong(CHANNELS, f"{sentence}, or take the id out")
            else:
                yield _unknown(CHANNELS, f"channel {id}", answer)
            continue
        name = f"#{channel.get('name')} ({id}, {setting})"
        needed = channel_access.TO_ANSWER if setting == "listen_channels" else channel_access.TO_POST
        lacking = _lacking(found, channel, needed)
        if lacking:
            yield wrong(
                CHANNELS, f"{name}: the bot lacks {', '.join(lacking)} there; allow it in the channel's settings"
            )
        else:
            yield ok(CHANNELS, name)


def _lacking(found: Survey, channel: dict[str, Any], needed: tuple[str, ...]) -> list[str]:
    """Return the permissions that the bot lacks in a channel; none where Discord did not say enough to tell."""
    guild_id = to_id(channel.get("guild_id"))
    unknown = ApiAnswer()
    guild, member = found.guilds.get(guild_id, unknown).mapping(), found.members.get(guild_id, unknown).mapping()
    if not guild or not member or channel.get("type") in channel_access.THREADS:
        return []
    user = member.get("user")
    own_id = to_id(user.get("id")) if isinstance(user, dict) else 0
    return channel_access.missing(channel_access.granted(guild, channel, member, own_id), needed)


def _unknown(subject: str, what: str, answer: ApiAnswer) -> Finding:
    why = f"Discord answered {answer.status}" if answer.status else answer.error
    return warning(subject, f"{what} could not be looked at ({why}): ask again in a few minutes")
