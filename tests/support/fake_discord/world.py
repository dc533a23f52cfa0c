"""Users, guilds, roles, members and channels, and their payloads."""

from __future__ import annotations

from dataclasses import dataclass, field

from .errors import Json
from .snowflakes import timestamp

ADMINISTRATOR, MANAGE_GUILD, ADD_REACTIONS = 1 << 3, 1 << 5, 1 << 6
VIEW_CHANNEL, SEND_MESSAGES, MANAGE_MESSAGES = 1 << 10, 1 << 11, 1 << 13
EMBED_LINKS, ATTACH_FILES, READ_HISTORY = 1 << 14, 1 << 15, 1 << 16
USE_APPLICATION_COMMANDS, SEND_IN_THREADS, USE_EXTERNAL_APPS = 1 << 31, 1 << 38, 1 << 50
ALL_PERMISSIONS = (1 << 53) - 1
EVERYONE = (
    ADD_REACTIONS
    | VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_HISTORY
    | USE_APPLICATION_COMMANDS
    | SEND_IN_THREADS
    | USE_EXTERNAL_APPS
)
TEXT_CHANNEL, DM_CHANNEL, VOICE_CHANNEL, PUBLIC_THREAD, FORUM = 0, 1, 2, 11, 15


@dataclass(frozen=True)
class User:
    """A user or a bot."""

    id: int
    name: str
    bot: bool = False

    def payload(self) -> Json:
        """Return the payload in messages and members."""
        return {
            "id": str(self.id),
            "username": self.name.lower().replace(" ", "_"),
            "discriminator": "0000" if self.bot else "0",
            "global_name": None if self.bot else self.name,
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
        }


@dataclass(frozen=True)
class Role:
    """A role of a guild."""

    id: int
    name: str
    permissions: int
    position: int
    managed_by: int | None = None

    def payload(self) -> Json:
        """Return the payload in GUILD_CREATE."""
        payload: Json = {
            "id": str(self.id),
            "name": self.name,
            "permissions": str(self.permissions),
            "position": self.position,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "flags": 0,
            "hoist": False,
            "managed": self.managed_by is not None,
            "mentionable": False,
            "icon": None,
            "unicode_emoji": None,
        }
        if self.managed_by is not None:
            payload["tags"] = {"bot_id": str(self.managed_by)}
        return payload


@dataclass
class Member:
    """A user in a guild."""

    user: User
    joined: int
    roles: list[int] = field(default_factory=list)

    def payload(self, *, with_user: bool = True) -> Json:
        """Return the payload in GUILD_CREATE, or without the user as in messages."""
        payload: Json = {
            "roles": [str(role) for role in self.roles],
            "joined_at": timestamp(self.joined),
            "nick": None,
            "avatar": None,
            "premium_since": None,
            "deaf": False,
            "mute": False,
            "pending": False,
            "flags": 0,
            "communication_disabled_until": None,
        }
        if with_user:
            payload["user"] = self.user.payload()
        return payload


@dataclass
class Channel:
    """A channel of a guild (`parent`: of a thread or forum post), or a direct message channel (`people`)."""

    id: int
    name: str = ""
    guild: Guild | None = None
    people: tuple[User, ...] = ()
    overwrites: dict[int, tuple[int, int]] = field(default_factory=dict)  # role or user id: (allow, deny)
    last_message: int | None = None
    kind: int = TEXT_CHANNEL
    parent: Channel | None = None

    def payload(self, reader: User) -> Json:
        """Return the channel as `reader` sees it; the recipients of a direct message channel are the others."""
        last = None if self.last_message is None else str(self.last_message)
        if self.guild is None:
            others = [person.payload() for person in self.people if person != reader]
            return {"id": str(self.id), "type": DM_CHANNEL, "flags": 0, "last_message_id": last, "recipients": others}
        overwrites = [
            {"id": str(target), "type": int(target in self.guild.members), "allow": str(allow), "deny": str(deny)}
            for target, (allow, deny) in self.overwrites.items()
        ]
        if self.parent:
            return self._thread_payload(self.parent, self.guild, last)
        return {
            "id": str(self.id),
            "type": self.kind,
            "guild_id": str(self.guild.id),
            "name": self.name,
            "topic": None,
            "position": 0,
            "nsfw": False,
            "parent_id": None,
            "rate_limit_per_user": 0,
            "last_message_id": last,
            "flags": 0,
            "permission_overwrites": overwrites,
            **({"bitrate": 64_000, "user_limit": 0, "rtc_region": None} if self.kind == VOICE_CHANNEL else {}),
            **({"available_tags": [], "default_reaction_emoji": None} if self.kind == FORUM else {}),
        }

    def _thread_payload(self, parent: Channel, guild: Guild, last: str | None) -> Json:
        meta = {
            "archived": False,
            "auto_archive_duration": 60,
            "archive_timestamp": timestamp(self.id),
            "locked": False,
        }
        return {
            "id": str(self.id),
            "type": self.kind,
            "guild_id": str(guild.id),
            "parent_id": str(parent.id),
            "owner_id": str(guild.owner.id),
            "name": self.name,
            "last_message_id": last,
            "message_count": 0,
            "member_count": 1,
            "rate_limit_per_user": 0,
            "flags": 0,
            "thread_metadata": meta,
        }


@dataclass
class Guild:
    """A server. `installed`: the bot is in it; `unavailable`: READY names it but GUILD_CREATE does not come."""

    id: int
    name: str
    owner: User
    locale: str = "en-US"
    installed: bool = True
    unavailable: bool = False
    roles: dict[int, Role] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)

    def channel(self, name: str) -> Channel:
        """Return the channel with this name."""
        return next(channel for channel in self.channels.values() if channel.name == name)

    def permissions(self, user: User, channel: Channel | None = None) -> int:
        """Return a user's permissions, by roles and the overwrites of the channel."""
        member = self.members.get(user.id)
        if member is None:
            return 0
        granted = self.roles[self.id].permissions
        for role in member.roles:
            granted |= self.roles[role].permissions
        if user == self.owner or granted & ADMINISTRATOR:
            return ALL_PERMISSIONS
        overwrites = (channel.parent or channel).overwrites if channel else {}
        steps = [[self.id], member.roles, [user.id]]
        for targets in steps:
            applied = [overwrites[target] for target in targets if target in overwrites]
            for _, deny in applied:
                granted &= ~deny
            for allow, _ in applied:
                granted |= allow
        return granted

    def payload(self, bot: User, *, all_members: bool) -> Json:
        """Return the payload of GUILD_CREATE; without the members intent its only member is the bot."""
        members = list(self.members.values()) if all_members else [self.members[bot.id]]
        return {
            "id": str(self.id),
            "name": self.name,
            "owner_id": str(self.owner.id),
            "preferred_locale": self.locale,
            "roles": [role.payload() for role in self.roles.values()],
            "unavailable": False,
            "large": False,
            "channels": [channel.payload(bot) for channel in self.channels.values() if not channel.parent],
            "threads": [channel.payload(bot) for channel in self.channels.values() if channel.parent],
            "members": [member.payload() for member in members],
            "member_count": len(self.members),
            "joined_at": timestamp(self.id),
            "presences": [],
            "voice_states": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
            "emojis": [],
            "stickers": [],
            **self.plain_payload(),
        }

    def plain_payload(self) -> Json:
        """Return settings that no test depends on."""
        return {
            "icon": None,
            "splash": None,
            "discovery_splash": None,
            "banner": None,
            "description": None,
            "features": [],
            "afk_channel_id": None,
            "afk_timeout": 300,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "rules_channel_id": None,
            "public_updates_channel_id": None,
            "verification_level": 0,
            "default_message_notifications": 1,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "nsfw": False,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "premium_progress_bar_enabled": False,
            "vanity_url_code": None,
            "application_id": None,
            "region": "deprecated",
            "max_members": 500_000,
            "incidents_data": None,
        }
