"""What has to be right in a message or an interaction before anything is done with it.

discord.py takes most values as they come, so that a text which is none would only be noticed by whoever uses it. Only
what is used here is declared; whatever else there is may be anything.
"""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

TOKEN = 400
"""Characters that no interaction's token has; it becomes part of an address."""
Id = Annotated[str, Meta(pattern=r"^[0-9]{1,20}$")]
Digits = Annotated[str, Meta(pattern=r"^[0-9]{1,25}$")]
Token = Annotated[str, Meta(pattern=rf"^[\w.:=+-]{{1,{TOKEN}}}$")]
KINDS: dict[int, Any] = {3: str, 4: int | str, 5: bool}
"""Types of a command's options; an integer that is still being typed is a text."""


class User(Struct):
    """A person or a bot."""

    id: Id
    username: str
    discriminator: str
    avatar: str | None
    bot: bool | None = None


class Target(Struct):
    """A message that another one, or an interaction, is about."""

    id: Id
    channel_id: Id
    author: User
    content: str
    type: int = 0
    flags: int | None = None


class Message(Target):
    """A new message."""

    guild_id: Id | None = None
    webhook_id: Id | None = None
    mentions: list[User] = []
    referenced_message: Target | None = None


class Option(Struct):
    """An option of a command, or a command of a group."""

    name: str
    type: int
    value: str | int | float | bool | None = None
    focused: bool = False
    options: list["Option"] = []

    def __post_init__(self) -> None:
        """Raise ValueError for a value that is not of the type that it says."""
        wanted = KINDS.get(self.type)
        if wanted is not None and not isinstance(self.value, wanted):
            raise ValueError("a value of another type")


class Resolved(Struct):
    """The things that an interaction names by their ids."""

    messages: dict[str, Target] = {}


class Data(Struct):
    """What was done."""

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
    """A person in a server."""

    user: User
    roles: list[Id]
    permissions: Digits


class Address(Struct):
    """What it takes to answer an interaction."""

    id: Id
    application_id: Id
    type: Annotated[int, Meta(ge=2, le=5)]
    token: Token


class Interaction(Address, kw_only=True):
    """Something that a person did with the bot."""

    data: Data
    channel_id: Id | None = None
    guild_id: Id | None = None
    user: User | None = None
    member: Member | None = None
    message: Target | None = None
    locale: str = "en-US"
    app_permissions: Digits = "0"
    authorizing_integration_owners: dict[str, Id | int] = {}


SHAPES: dict[str, type[Struct]] = {"MESSAGE_CREATE": Message, "INTERACTION_CREATE": Interaction, "ADDRESS": Address}


def check(event: str, data: Any) -> None:
    """Raise ValueError for an event that is not what it has to be."""
    shape = SHAPES.get(event)
    if shape is None:
        return
    read = msgspec.convert(data, shape)
    if isinstance(read, Interaction) and (read.user if read.guild_id is None else read.member) is None:
        raise ValueError("an interaction of nobody")
