"""Messages: creating and editing them, and which content a bot may read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from . import components, limits
from .creation import World
from .errors import ApiError, Json, copied, unknown
from .snowflakes import timestamp
from .world import Channel, User

EPHEMERAL, LOADING, SUPPRESS_EMBEDS, SILENT = 1 << 6, 1 << 7, 1 << 2, 1 << 12
SENDABLE = EPHEMERAL | SUPPRESS_EMBEDS | SILENT | components.COMPONENTS_V2
CONTENT_FIELDS: Json = {"content": "", "embeds": [], "attachments": [], "components": []}
USER_MENTION, ROLE_MENTION = re.compile(r"<@!?(\d+)>"), re.compile(r"<@&(\d+)>")


@dataclass(frozen=True)
class Upload:
    """A file sent with a request."""

    field: str
    filename: str
    content: bytes


@dataclass
class Message:
    """A stored message. `viewer`: the only user who sees it, if it is ephemeral."""

    id: int
    channel: Channel
    author: User
    data: Json
    viewer: int | None = None
    from_interaction: bool = False
    deleted: bool = False
    seen: bool = False  # handed to the test by next_message
    edits: list[Json] = field(default_factory=list)
    reactions: dict[str, list[int]] = field(default_factory=dict)  # emoji: who

    def payload(self, *, may_read: bool = True) -> Json:
        """Return a copy for the wire, without content if the bot may not read it."""
        data: Json = copied(self.data)
        if counts := {emoji: len(users) for emoji, users in self.reactions.items() if users}:
            data["reactions"] = [
                {
                    "emoji": {"id": None, "name": emoji},
                    "count": count,
                    "me": False,
                    "me_burst": False,
                    "burst_colors": [],
                    "count_details": {"burst": 0, "normal": count},
                }
                for emoji, count in counts.items()
            ]
        return data if may_read else blank(data)


def blank(data: Json) -> Json:
    """Return a message, and the one it replies to, without what the message content intent protects."""
    data = {key: value for key, value in data.items() if key != "poll"} | copied(CONTENT_FIELDS)
    quoted = data.get("referenced_message")
    if quoted and not quoted["author"]["bot"]:
        data["referenced_message"] = blank(quoted)
    return data


class Messages:
    """All messages by id; `files` has the uploads by attachment id."""

    def __init__(self, world: World, bot: User, base_url: str) -> None:
        self.world = world
        self.bot = bot
        self.base_url = base_url
        self.all: dict[int, Message] = {}
        self.files: dict[int, Upload] = {}
        self.nonces: dict[tuple[int, str], Message] = {}  # by channel: with enforce_nonce they are not repeated

    def find(self, message_id: object, channel: Channel | None = None) -> Message:
        """Return the message with this id. Raise Discord's 404."""
        message = self.all.get(int(str(message_id))) if str(message_id).isdecimal() else None
        if message is None or message.deleted or channel not in (None, message.channel):
            raise unknown("Message")
        return message

    def forget(self) -> None:
        """Delete all messages and files."""
        self.all.clear()
        self.files.clear()
        self.nonces.clear()

    def readable(self, message: Message) -> bool:
        """Return whether a bot without the message content intent may read this message."""
        if message.channel.guild is None or message.author == self.bot:
            return True
        return any(user["id"] == str(self.bot.id) for user in message.data["mentions"])

    def create(
        self,
        channel: Channel,
        author: User,
        body: Json,
        uploads: list[Upload] | None = None,
        *,
        kind: int = 0,
        extra: Json | None = None,
        viewer: int | None = None,
    ) -> Message:
        """Create a message from a request body. Raise ApiError if it exceeds a limit."""
        flags = (body.get("flags") or 0) & (SENDABLE | LOADING)
        if not flags & LOADING:
            limits.check_message(body, len(uploads or []))
        message_id = self.world.snowflakes.now()
        parts = copied(body.get("components") or [])
        components.number(parts)
        data: Json = {
            "id": str(message_id),
            "channel_id": str(channel.id),
            "author": author.payload(),
            "type": kind,
            "content": body.get("content") or "",
            "embeds": _embeds(body.get("embeds")),
            "components": parts,
            "attachments": self._attachments(message_id, body, uploads or [], []),
            "flags": flags,
            "timestamp": timestamp(message_id),
            "edited_timestamp": None,
            "tts": bool(body.get("tts")),
            "pinned": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            **(extra or {}),
        }
        if body.get("nonce") is not None:
            data["nonce"] = body["nonce"]
        message = Message(message_id, channel, author, data, viewer, "interaction_metadata" in data)
        reply_to = self._reference(message, body)
        self._mention(message, body.get("allowed_mentions"), reply_to)
        self.all[message_id] = message
        channel.last_message = message_id if viewer is None else channel.last_message
        return message

    def edit(self, message: Message, body: Json, uploads: list[Upload] | None = None) -> Message:
        """Apply the given fields. Raise ApiError if the result exceeds a limit."""
        before, data = message.data, copied(message.data)
        settable = components.COMPONENTS_V2 | SUPPRESS_EMBEDS
        data["flags"] = (data["flags"] & ~(LOADING | SUPPRESS_EMBEDS)) | ((body.get("flags") or 0) & settable)
        if "content" in body:
            data["content"] = body["content"] or ""
        if "embeds" in body:
            data["embeds"] = _embeds(body["embeds"])
        if "components" in body:
            data["components"] = copied(body["components"] or [])
            components.number(data["components"])
        if "attachments" in body or uploads:
            data["attachments"] = self._attachments(message.id, body, uploads or [], before["attachments"])
        limits.check_message(data, len(uploads or []))
        if not before["flags"] & LOADING:
            data["edited_timestamp"] = timestamp(self.world.snowflakes.now())
        message.edits.append(before)
        message.data = data
        self._mention(message, body.get("allowed_mentions"), None)
        return message

    def _reference(self, message: Message, body: Json) -> Message | None:
        """Make the message a reply if its body says so; return the message replied to."""
        wanted = body.get("message_reference") or {}
        if not wanted.get("message_id"):
            return None
        try:
            target = self.find(wanted["message_id"], message.channel)
        except ApiError:
            if wanted.get("fail_if_not_exists", True):
                errors = {
                    "message_reference": {
                        "_errors": [{"code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message"}]
                    }
                }
                raise ApiError(400, 50035, "Invalid Form Body", errors) from None
            return None
        message.data.update(referenced(target), type=19)
        return target

    def _mention(self, message: Message, allowed: Json | None, reply_to: Message | None) -> None:
        """Set whom the message mentions, by `allowed_mentions` or Discord's defaults."""
        everything = message.data["content"] + "".join(
            component.get("content", "") for _, component in components.walk(message.data["components"])
        )
        if allowed is None:
            parse = ["users"] if message.from_interaction else ["users", "roles", "everyone"]
            allowed = {"parse": parse, "replied_user": True}
        parse = allowed.get("parse") or []
        named_users = {str(user) for user in allowed.get("users") or []}
        named_roles = {str(role) for role in allowed.get("roles") or []}
        users = [user for user in USER_MENTION.findall(everything) if "users" in parse or user in named_users]
        # Pinging replies reach the author of a regular message; a slash response has no author to reach.
        if reply_to and allowed.get("replied_user") and not reply_to.from_interaction:
            users.append(str(reply_to.author.id))
        known = [self.world.users[int(user)] for user in dict.fromkeys(users) if int(user) in self.world.users]
        guild = message.channel.guild
        roles = [
            role
            for role in dict.fromkeys(ROLE_MENTION.findall(everything))
            if ("roles" in parse or role in named_roles) and guild and int(role) in guild.roles
        ]
        message.data["mentions"] = [user.payload() for user in known]
        message.data["mention_roles"] = roles
        message.data["mention_everyone"] = "everyone" in parse and ("@everyone" in everything or "@here" in everything)

    def _attachments(self, message_id: int, body: Json, uploads: list[Upload], old: list[Json]) -> list[Json]:
        """Return the attachments after a request: the old ones that it keeps, and the new files."""
        described = {str(entry.get("id")): entry for entry in body.get("attachments") or []}
        kept = [entry for entry in old if "attachments" not in body or entry["id"] in described]
        return kept + [self.attach(upload, described.get(_index(upload), {})) for upload in uploads]

    def attach(self, upload: Upload, described: Json | None = None) -> Json:
        """Store a file and return its payload."""
        attachment_id = self.world.snowflakes.now()
        self.files[attachment_id] = upload
        url = f"{self.base_url}/attachments/{attachment_id}/{upload.filename}"
        payload: Json = {
            "id": str(attachment_id),
            "filename": upload.filename,
            "size": len(upload.content),
            "url": url,
            "proxy_url": url,
            "content_type": "application/octet-stream",
        }
        if (described or {}).get("description"):
            payload["description"] = (described or {})["description"]
        return payload


def referenced(target: Message) -> Json:
    """Return the fields of a message that replies to `target`."""
    reference = {"type": 0, "message_id": str(target.id), "channel_id": str(target.channel.id)}
    if target.channel.guild:
        reference["guild_id"] = str(target.channel.guild.id)
    quoted = {key: value for key, value in target.payload().items() if key != "referenced_message"}
    return {"message_reference": reference, "referenced_message": quoted}


def _embeds(embeds: Any) -> list[Json]:
    return [{"type": "rich", **embed} for embed in embeds or []]


def _index(upload: Upload) -> str:
    """Return the number in a form field such as files[0]."""
    return upload.field.partition("[")[2].rstrip("]")
