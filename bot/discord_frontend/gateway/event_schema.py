"""The schema of messages and interactions, checked before they are handled.

discord.py hands most values on unchecked, so a value of the wrong type would only be noticed where it is used. Only the
fields that we use are declared; others may hold anything.
"""

import re
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from bot.nlp.sanitize import REPLACEMENT

MAX_TOKEN = 400
"""Characters of an interaction's token, which becomes part of a URL."""
_SURROGATE = re.compile(r"[\ud800-\udfff]")
Id = Annotated[str, Meta(pattern=r"^[0-9]{1,20}$")]
Digits = Annotated[str, Meta(pattern=r"^[0-9]{1,25}$")]
Token = Annotated[str, Meta(pattern=rf"^[\w.:=+-]{{1,{MAX_TOKEN}}}$")]
OPTION_TYPES: dict[int, Any] = {3: str, 4: int | str, 5: bool}
"""Value types by option type; an integer that is still being typed is a string."""


class User(Struct):
    """A user, person or bot."""

    id: Id
    username: str
    discriminator: str
    avatar: str | None
    bot: bool | None = None


class ReferencedMessage(Struct):
    """A message that another one, or an interaction, refers to."""

    id: Id
    channel_id: Id
    author: User
    content: str
    type: int = 0
    flags: int | None = None


class Message(ReferencedMessage):
    """A new message."""

    guild_id: Id | None = None
    webhook_id: Id | None = None
    mentions: list[User] = []
    referenced_message: ReferencedMessage | None = None


class Option(Struct):
    """An option of a command, or a subcommand."""

    name: str
    type: int
    value: str | int | float | bool | None = None
    focused: bool = False
    options: list["Option"] = []

    def __post_init__(self) -> None:
        """Raise ValueError if the value does not have the declared type."""
        expected = OPTION_TYPES.get(self.type)
        if expected is not None and not isinstance(self.value, expected):
            raise ValueError("the value does not have the option's type")


class Resolved(Struct):
    """The objects that an interaction refers to by id."""

    messages: dict[str, ReferencedMessage] = {}


class InteractionData(Struct):
    """The command, component or modal that was used."""

    name: str | None = None
    custom_id: str | None = None
    component_type: int | None = None
    type: int | None = None
    guild_id: Id | None = None
    target_id: Id | None = None
    options: list[Option] = []
    values: list[str] = []
    components: list[dict[str, Any]] = []
    resolved: Resolved | None = None


class Member(Struct):
    """A user in a server."""

    user: User
    roles: list[Id]
    permissions: Digits


class RespondableInteraction(Struct):
    """What it takes to respond to an interaction."""

    id: Id
    application_id: Id
    type: Annotated[int, Meta(ge=2, le=5)]
    token: Token


class Interaction(RespondableInteraction, kw_only=True):
    """A command, component or modal that somebody used."""

    data: InteractionData
    channel_id: Id | None = None
    guild_id: Id | None = None
    user: User | None = None
    member: Member | None = None
    message: ReferencedMessage | None = None
    locale: str = "en-US"
    app_permissions: Digits = "0"
    authorizing_integration_owners: dict[str, Id | int] = {}


SCHEMAS: dict[str, type[Struct]] = {
    "MESSAGE_CREATE": Message,
    "INTERACTION_CREATE": Interaction,
    "RESPONDABLE": RespondableInteraction,
}


def replace_surrogates(value: Any) -> Any:
    """Return data with U+FFFD in place of lone surrogates, which can be neither stored nor sent."""
    if isinstance(value, str):
        return value if value.isascii() else _SURROGATE.sub(REPLACEMENT, value)
    if isinstance(value, dict):
        return {replace_surrogates(key): replace_surrogates(item) for key, item in value.items()}
    if isinstance(value, list):
        return list(map(replace_surrogates, value))
    return value


def check(event: str, data: Any) -> None:
    """Raise ValueError if an event does not match its schema."""
    schema = SCHEMAS.get(event)
    if schema is None:
        return
    parsed = msgspec.convert(data, schema)
    if isinstance(parsed, Interaction) and (parsed.user if parsed.guild_id is None else parsed.member) is None:
        raise ValueError("an interaction without a user")
