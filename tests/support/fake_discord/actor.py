"""What a user does in Discord. Every method returns when the bot has answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from . import components as c
from . import payloads as p
from .errors import Json
from .forms import check_number, fill
from .interaction import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL_SUBMIT, Interaction
from .limits import MESSAGE_COMMAND, USER_COMMAND
from .messages import LOADING, Message
from .world import VIEW_CHANNEL, Channel, Guild, Role, User

if TYPE_CHECKING:
    from .server import FakeDiscord


class _Home:
    """The type of HOME."""


HOME: Final = _Home()
Place = Guild | None | _Home


class Person:
    """A user. `install()` installs the application on their account."""

    def __init__(self, fake_discord: FakeDiscord, user: User, home: Guild | None, locale: str) -> None:
        self.fake_discord = fake_discord
        self.user = user
        self.home = home
        self.locale = locale
        self.has_installed = False

    @property
    def id(self) -> int:
        """Return the user id."""
        return self.user.id

    @property
    def name(self) -> str:
        """Return the display name."""
        return self.user.name

    @property
    def direct(self) -> Channel:
        """Return the direct message channel with the bot."""
        return self.fake_discord.world.direct(self.user, self.fake_discord.bot)

    def install(self) -> None:
        """Install the application on the user's account (user install)."""
        self.has_installed = True

    def join(self, guild: Guild, roles: Sequence[Role] = ()) -> None:
        """Become a member of another guild."""
        self.fake_discord.world.join(guild, self.user, list(roles))

    def close_dms(self) -> None:
        """Accept no direct messages any more."""
        self.fake_discord.world.closed_dms.add(self.id)

    async def send(
        self, channel: Channel, text: str, *, mention_bot: bool = False, reply_to: Json | None = None, ping: bool = True
    ) -> Json:
        """Send a message and return it; `next_message` returns the bot's reply."""
        if channel.guild and not channel.guild.permissions(self.user, channel) & VIEW_CHANNEL:
            raise p.NotOffered(f"{self.name} does not see #{channel.name}")
        if mention_bot:
            text = f"<@{self.fake_discord.bot.id}> {text}"
        body: Json = {"content": text, "allowed_mentions": {"parse": ["users", "roles"], "replied_user": ping}}
        if reply_to:
            body["message_reference"] = {"message_id": reply_to["id"]}
        self.fake_discord.mark()
        message = self.fake_discord.messages_store.create(channel, self.user, body)
        self.fake_discord.message_events.announce(message)
        return message.payload()

    async def dm(self, text: str, *, reply_to: Json | None = None) -> Json:
        """Send the bot a direct message."""
        return await self.send(self.direct, text, reply_to=reply_to)

    async def edit(self, message: Json, text: str) -> Json:
        """Edit a message of this user."""
        stored = self.fake_discord.messages_store.find(message["id"])
        body = {"content": text, "allowed_mentions": {"parse": ["users", "roles"]}}
        self.fake_discord.mark()
        self.fake_discord.messages_store.edit(stored, body)
        self.fake_discord.message_events.announce(stored, "MESSAGE_UPDATE")
        return stored.payload()

    async def delete(self, message: Json) -> None:
        """Delete a message."""
        self.fake_discord.mark()
        self.fake_discord.message_events.drop(self.fake_discord.messages_store.find(message["id"]))

    async def react(self, message: Json, emoji: str) -> None:
        """React to a message."""
        self.fake_discord.mark()
        self.fake_discord.message_events.react(self.fake_discord.messages_store.find(message["id"]), self.user, emoji)

    async def slash(
        self,
        name: str,
        *,
        guild: Place = HOME,
        channel: Channel | None = None,
        force: bool = False,
        options: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> Interaction:
        """Use a slash command ('ask', 'kb add'). Options named like a parameter of this method go into `options`."""
        scene = self._scene(guild, channel)
        data, kinds = scene.slash(name, {**(options or {}), **values}, force=force)
        return await self.fake_discord.interact(scene, COMMAND, data, scene.owners(kinds))

    async def autocomplete(
        self,
        name: str,
        option: str,
        typed: str,
        *,
        guild: Place = HOME,
        channel: Channel | None = None,
        force: bool = False,
        **values: Any,
    ) -> list[Json]:
        """Type into an option; return the choices that the bot offers."""
        scene = self._scene(guild, channel)
        data, kinds = scene.slash(name, {**values, option: typed}, force=force, focused=option)
        return (await self.fake_discord.interact(scene, AUTOCOMPLETE, data, scene.owners(kinds))).choices

    async def menu(
        self,
        name: str,
        target: Json | Person,
        *,
        guild: Place = HOME,
        channel: Channel | None = None,
        force: bool = False,
    ) -> Interaction:
        """Use a context menu command on a message or a user."""
        resolved: Json = {}
        if isinstance(target, Person):
            scene, kind = self._scene(guild, channel), USER_COMMAND
            target_id = scene.resolve(resolved, target)
        else:
            message = self._visible(target)
            scene, kind, target_id = p.Scene(self, channel or message.channel), MESSAGE_COMMAND, str(message.id)
            resolved["messages"] = {target_id: message.payload()}
        command = scene.command(name, kind, force=force)
        data = p.command_fields(command) | {"target_id": target_id, "resolved": resolved}
        return await self.fake_discord.interact(scene, COMMAND, data, scene.owners(command["integration_types"]))

    async def click(self, message: Json | Interaction, button: str) -> Interaction:
        """Press the button with this custom_id or label."""
        source, component = self._component(message, button, (c.BUTTON,))
        if component.get("style") in (c.LINK, c.PREMIUM):
            raise p.NotOffered(f"{button!r} tells the bot nothing when it is pressed")
        return await self._use(source, component, {})

    async def select(self, message: Json | Interaction, menu: str, values: Sequence[Any]) -> Interaction:
        """Choose from the select with this custom_id or placeholder; values or labels, users, roles or channels."""
        source, component = self._component(message, menu, c.SELECTS)
        check_number(component, list(values))
        resolved: Json = {}
        if component["type"] == c.STRING_SELECT:
            offered = {option["label"]: option["value"] for option in component["options"]}
            chosen = [value if value in offered.values() else offered.get(value) for value in values]
            if None in chosen:
                raise p.NotOffered(f"{values!r} are not all offered, only {offered}")
            return await self._use(source, component, {"values": chosen})
        scene = p.Scene(self, source.channel)
        chosen = [scene.resolve(resolved, value) for value in values]
        return await self._use(source, component, {"values": chosen, "resolved": resolved})

    async def submit(self, opened: Interaction, values: Mapping[str, Any]) -> Interaction:
        """Fill in the modal that an interaction opened, by custom_id or label, and submit it."""
        modal = opened.modal
        if modal is None or opened.user != self.user:
            raise p.NotOffered("that interaction opened no form for this person")
        parts, resolved = fill(opened.scene, modal, values)
        data: Json = {"custom_id": modal["custom_id"], "components": parts, "resolved": resolved}
        installed = opened.payload["authorizing_integration_owners"]
        return await self.fake_discord.interact(
            opened.scene, MODAL_SUBMIT, data, installed, source=opened.source, parent=opened.metadata
        )

    def _scene(self, guild: Place, channel: Channel | None) -> p.Scene:
        """Return the scene in a channel, in the first channel of a guild, or in the direct message channel."""
        if channel is None:
            place = self.home if isinstance(guild, _Home) else guild
            channel = next(iter(place.channels.values())) if place else self.direct
        return p.Scene(self, channel)

    def _visible(self, message: Json | Interaction) -> Message:
        """Return the current message. Raise NotOffered if this user cannot see it."""
        shown = message.message if isinstance(message, Interaction) else message
        if shown is None:
            raise p.NotOffered("there is no message any more")
        stored = self.fake_discord.messages_store.find(shown["id"])
        if stored.viewer not in (None, self.id):
            raise p.NotOffered(f"{self.name} does not see this message: it is ephemeral")
        return stored

    def _component(self, message: Json | Interaction, wanted: str, kinds: tuple[int, ...]) -> tuple[Message, Json]:
        """Return the component of a message with this custom_id, label or placeholder."""
        source = self._visible(message)
        usable = [part for _, part in c.walk(source.data["components"]) if part["type"] in kinds]
        for key in ("custom_id", "label", "placeholder"):
            for part in usable:
                if part.get(key) == wanted:
                    if part.get("disabled") or source.data["flags"] & LOADING:
                        raise p.NotOffered(f"{wanted!r} is disabled")
                    return source, part
        raise p.NotOffered(f"no {wanted!r} here, only {[part.get('label') or part['custom_id'] for part in usable]}")

    async def _use(self, source: Message, part: Json, more: Json) -> Interaction:
        data = {"custom_id": part["custom_id"], "component_type": part["type"], "id": part["id"], **more}
        scene = p.Scene(self, source.channel)
        installed = (source.data.get("interaction_metadata") or {}).get("authorizing_integration_owners")
        return await self.fake_discord.interact(scene, COMPONENT, data, installed or scene.owners(), source=source)
