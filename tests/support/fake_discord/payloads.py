"""Interaction payloads as Discord builds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import world as w
from .errors import Json
from .limits import CHAT_INPUT
from .messages import Message, Upload

if TYPE_CHECKING:
    from .actor import Person
    from .server import FakeDiscord

GUILD_CONTEXT, BOT_DM, PRIVATE_CHANNEL = 0, 1, 2
SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(1, 12)
PLAIN_TYPES: dict[int, tuple[type, ...]] = {STRING: (str,), INTEGER: (int,), BOOLEAN: (bool,), NUMBER: (int, float)}
DM_PERMISSIONS = w.EVERYONE & ~w.USE_EXTERNAL_APPS


class NotOffered(LookupError):
    """Discord's client would not let the user do this."""


@dataclass(frozen=True)
class Scene:
    """A user in a channel, about to use the application."""

    person: Person
    channel: w.Channel

    @property
    def fake_discord(self) -> FakeDiscord:
        """Return the fake Discord of this user."""
        return self.person.fake_discord

    @property
    def guild(self) -> w.Guild | None:
        """Return the guild of the channel, if any."""
        return self.channel.guild

    @property
    def context(self) -> int:
        """Return the interaction context: a guild, the bot's direct messages, or another private channel."""
        if self.guild:
            return GUILD_CONTEXT
        return BOT_DM if self.fake_discord.bot in self.channel.people else PRIVATE_CHANNEL

    def owners(self, kinds: Iterable[int] = (0, 1)) -> dict[str, str]:
        """Return `authorizing_integration_owners`: the installations through which the user has the application."""
        owners: dict[str, str] = {}
        if 0 in kinds and self.context != PRIVATE_CHANNEL and (self.guild is None or self.guild.installed):
            owners["0"] = str(self.guild.id) if self.guild else "0"
        if 1 in kinds and self.person.has_installed:
            owners["1"] = str(self.person.id)
        return owners

    def envelope(self, kind: int, data: Json, installed: dict[str, str]) -> Json:
        """Return the payload around an interaction's data."""
        fake_discord, person, channel = self.fake_discord, self.person, self.channel
        snowflake = fake_discord.world.snowflakes.now()
        payload: Json = {
            "id": str(snowflake),
            "application_id": str(fake_discord.application_id),
            "type": kind,
            "data": data,
            "token": f"interaction-token-{snowflake}",
            "version": 1,
            "locale": person.locale,
            "entitlements": [],
            "entitlement_sku_ids": [],
            "authorizing_integration_owners": installed,
            "channel_id": str(channel.id),
            "context": self.context,
            "attachment_size_limit": 10 * 1024 * 1024,
        }
        guild = self.guild
        if guild is None:
            shown = channel.payload(person.user if self.context == PRIVATE_CHANNEL else fake_discord.bot)
            return payload | {"user": person.user.payload(), "channel": shown, "app_permissions": str(DM_PERMISSIONS)}
        if person.id not in guild.members:
            raise NotOffered(f"{person.name} is not in {guild.name}")
        granted = guild.permissions(person.user, channel)
        allowed = guild.permissions(fake_discord.bot, channel) if guild.installed else granted & w.EVERYONE
        return payload | {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
            "guild_locale": guild.locale,
            "member": {**guild.members[person.id].payload(), "permissions": str(granted)},
            "app_permissions": str(allowed),
            "channel": {**channel.payload(fake_discord.bot), "permissions": str(granted)},
        }

    def resolve(self, resolved: Json, value: Any) -> str:
        """Add a picked entity to `resolved` and return its id."""
        user = getattr(value, "user", value)
        if isinstance(user, w.User):
            resolved.setdefault("users", {})[str(user.id)] = user.payload()
            if self.guild and user.id in self.guild.members:
                member = self.guild.members[user.id].payload(with_user=False)
                member["permissions"] = str(self.guild.permissions(user, self.channel))
                resolved.setdefault("members", {})[str(user.id)] = member
            return str(user.id)
        if isinstance(value, w.Role):
            resolved.setdefault("roles", {})[str(value.id)] = value.payload()
            return str(value.id)
        if isinstance(value, w.Channel):
            partial = {**value.payload(self.fake_discord.bot), "permissions": str(w.EVERYONE)}
            resolved.setdefault("channels", {})[str(value.id)] = partial
            return str(value.id)
        if isinstance(value, tuple):  # a file: (name, content)
            attachment = self.fake_discord.messages_store.attach(Upload("files[0]", *value)) | {"ephemeral": True}
            resolved.setdefault("attachments", {})[attachment["id"]] = attachment
            return str(attachment["id"])
        raise TypeError(f"a person cannot pick {value!r}")

    def options(
        self, offered: list[Json], values: Mapping[str, Any], resolved: Json, *, focused: str | None = None
    ) -> list[Json]:
        """Return the filled-in options of a command. Raise NotOffered where Discord's client would not send them."""
        known = {option["name"]: option for option in offered}
        if unknown := set(values) - set(known):
            raise NotOffered(f"the command has no option {sorted(unknown)}, only {sorted(known)}")
        missing = [name for name, option in known.items() if option.get("required") and name not in values]
        if missing and focused is None:
            raise NotOffered(f"the option {missing[0]!r} must be filled in")
        filled: list[Json] = []
        for name, value in values.items():
            option = known[name]
            answer: Json = {"name": name, "type": option["type"], "value": value}
            if name == focused:
                if not option.get("autocomplete"):
                    raise NotOffered(f"the option {name!r} has no autocomplete")
                answer["focused"] = True
            elif option["type"] in PLAIN_TYPES:
                _check_plain(option, value)
            else:
                answer["value"] = self.resolve(resolved, value)
            filled.append(answer)
        return filled

    def command(self, name: str, kind: int, *, force: bool) -> Json:
        """Return the command with this name that the user sees here; `force`: ignore default permissions."""
        scopes: list[int | None] = [self.guild.id, None] if self.guild else [None]
        everything = [command for scope in scopes for command in self.fake_discord.commands.get(scope, [])]
        named = [command for command in everything if (command["name"], command["type"]) == (name, kind)]
        if not named:
            names = sorted(command["name"] for command in everything)
            raise NotOffered(f"no command {name!r} of type {kind} is registered here, only {names}")
        for command in named:
            here = "guild_id" in command or self.context in (command["contexts"] or (0, 1, 2))
            if here and self.owners(command["integration_types"]):
                if force or self._permitted(command["default_member_permissions"]):
                    return command
                raise NotOffered(f"{name!r} needs permissions that {self.person.name} has not")
        raise NotOffered(f"{name!r} is not offered to {self.person.name} in context {self.context}")

    def slash(
        self, name: str, values: Mapping[str, Any], *, force: bool, focused: str | None = None
    ) -> tuple[Json, list[int]]:
        """Return the data of a slash command ('ask', 'kb add') and its integration types."""
        first, *rest = name.split()
        command = level = self.command(first, CHAT_INPUT, force=force)
        path: list[Json] = []
        for step in rest:
            below = [each for each in level["options"] if each["name"] == step and each["type"] in (SUBCOMMAND, GROUP)]
            if not below:
                raise NotOffered(f"/{name} is not registered")
            level = {"options": [], **below[0]}
            path.insert(0, level)
        if any(option["type"] in (SUBCOMMAND, GROUP) for option in level["options"]):
            raise NotOffered(f"/{name} is a group: {[option['name'] for option in level['options']]}")
        resolved: Json = {}
        filled = self.options(level["options"], values, resolved, focused=focused)
        for part in path:
            filled = [{"name": part["name"], "type": part["type"], "options": filled}]
        data = command_fields(command) | {"options": filled}
        return (data | {"resolved": resolved} if resolved else data), command["integration_types"]

    def _permitted(self, needed: str | None) -> bool:
        """Return whether default_member_permissions let the user use a command."""
        if needed is None or self.guild is None:
            return True
        granted = self.guild.permissions(self.person.user, self.channel)
        return bool(granted & w.ADMINISTRATOR) or (int(needed) != 0 and not int(needed) & ~granted)


def command_fields(command: Json) -> Json:
    """Return the fields of an interaction's data that identify the command."""
    data = {key: command[key] for key in ("id", "name", "type")}
    return data | {"guild_id": command["guild_id"]} if "guild_id" in command else data


def _check_plain(option: Json, value: Any) -> None:
    """Require a text, number or boolean within the registered bounds."""
    name, kind = option["name"], option["type"]
    if not isinstance(value, PLAIN_TYPES[kind]) or (kind != BOOLEAN and isinstance(value, bool)):
        raise TypeError(f"the option {name!r} does not take {value!r}")
    if option.get("choices") and value not in [choice["value"] for choice in option["choices"]]:
        raise NotOffered(f"{value!r} is not a choice of {name!r}")
    size, bounds = (len(value), "length") if isinstance(value, str) else (value, "value")
    least, most = option.get(f"min_{bounds}"), option.get(f"max_{bounds}", 6000 if kind == STRING else None)
    if (least is not None and size < least) or (most is not None and size > most):
        raise NotOffered(f"{name!r} takes {least} to {most}, not {size}")


def metadata(scene: Scene, payload: Json, source: Message | None, parent: Json | None) -> Json:
    """Return the `interaction_metadata` of an interaction's messages."""
    metadata: Json = {
        "id": payload["id"],
        "type": payload["type"],
        "user": scene.person.user.payload(),
        "authorizing_integration_owners": payload["authorizing_integration_owners"],
    }
    data = payload["data"]
    if payload["type"] == 3 and source:
        metadata["interacted_message_id"] = str(source.id)
    elif payload["type"] == 5 and parent:
        metadata["triggering_interaction_metadata"] = parent
    elif data.get("type") == 3:
        metadata |= {"command_type": 3, "target_message_id": data["target_id"]}
    elif data.get("type") == 2:
        metadata |= {"command_type": 2, "target_user": data["resolved"]["users"][data["target_id"]]}
    return metadata
