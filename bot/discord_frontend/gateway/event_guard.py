"""Guarding the client against events that discord.py can't read.

discord.py lets an exception in one of its parsers end the client. Here each parser is wrapped: an unreadable event is
logged once for its kind, by the event's name and the error's type only, and skipped.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import discord
from cachetools import LRUCache

from bot.discord_frontend.common import error_handler
from bot.discord_frontend.gateway.event_schema import check, replace_surrogates

log = logging.getLogger(__name__)
Parser = Callable[[Any], None]
MAX_INTERACTIONS = 5_000
"""Interactions that are remembered, to tell those that are delivered twice."""
MAX_ID = 20
"""Characters of an id."""
MAX_KINDS = 500
"""Kinds of unreadable data that are told apart; only a broken server would send more."""
MESSAGE_KEYS = (
    "id",
    "channel_id",
    "guild_id",
    "author",
    "member",
    "content",
    "type",
    "timestamp",
    "edited_timestamp",
    "tts",
    "mention_everyone",
    "mentions",
    "pinned",
    "flags",
    "webhook_id",
    "message_reference",
    "referenced_message",
)
"""The parts of a message that decide whether and what it asks us."""
EMPTY_PARTS: dict[str, list[Any]] = {"attachments": [], "embeds": [], "components": [], "mention_roles": []}
"""The parts that discord.py requires and we ignore."""
INTERACTION_KEYS = ("id", "application_id", "type", "token")
"""The parts of an interaction that it takes to respond to it."""


class EventGuard:
    """Wraps the parsers of one client."""

    def __init__(self, client: discord.Client) -> None:
        self._state: Any = client._connection  # noqa: SLF001 (discord.py has no hook for its parsers)
        self._logged: set[tuple[str, str]] = set()
        self._apologies: set[asyncio.Task[None]] = set()
        self._interactions: LRUCache[str, bool] = LRUCache(MAX_INTERACTIONS)
        """The ids of the latest interactions."""
        self._own_user: dict[str, Any] | None = None
        parsers = self._state.parsers
        for event, parse in list(parsers.items()):
            parsers[event] = partial(self._parse, event, parse)
        store: Any = self._state._view_store  # noqa: SLF001 (as above)
        store.schedule_dynamic_item_call = partial(self._run_component, store.schedule_dynamic_item_call)

    def set_own_user(self, user: discord.ClientUser | None) -> None:
        """Keep our own user as of the login, for a READY that lacks it."""
        if user is not None:
            names = {"username": user.name, "discriminator": user.discriminator, "global_name": user.global_name}
            self._own_user = {"id": str(user.id), **names, "avatar": None, "bot": True}

    def log_skipped(self, what: str, error: Exception) -> None:
        """Log that something from Discord was unreadable, once for each kind; `what` must quote nothing of it."""
        kind = (what, type(error).__name__)
        if kind not in self._logged and len(self._logged) < MAX_KINDS:
            self._logged.add(kind)
            log.warning("Skipped %s from Discord that can't be read (%s); more like it won't be logged", *kind)

    async def _run_component(
        self, call: Callable[..., Awaitable[None]], kind: int, factory: Any, interaction: Any, *args: Any
    ) -> None:
        """Run a button's callback, or apologize if the message it belongs to is unreadable."""
        try:
            await call(kind, factory, interaction, *args)
        except Exception as error:  # noqa: BLE001 (our own callbacks handle their errors)
            self.log_skipped("a component", error)
            await error_handler.respond_with_error(interaction, error_handler.MalformedInteraction())

    def _parse(self, event: str, parse: Parser, data: Any) -> None:
        if isinstance(data, dict) and data.get("guild_id", "") is None:
            del data["guild_id"]  # some servers send null for none
        if event == "READY" and isinstance(data, dict) and self._own_user is not None:
            user = data.get("user")
            if not isinstance(user, dict) or user.get("id") != self._own_user["id"]:
                data["user"] = self._own_user
        try:
            if event == "INTERACTION_CREATE" and isinstance(data, dict):
                if self._is_repeated(data):
                    return
                if "data" in data:
                    data["data"] = replace_surrogates(data["data"])
            check(event, data)
            parse(data)
        except Exception as error:  # noqa: BLE001 (whatever the data made discord.py raise)
            if event == "READY":
                self.log_skipped("a READY", error)
                parse(self._minimal_ready(data))
            elif event == "MESSAGE_CREATE" and isinstance(data, dict):
                self._parse_minimal_message(parse, data, error)
            else:
                self.log_skipped(f"{'an' if event[0] in 'AEIOU' else 'a'} {event}", error)
                if event == "INTERACTION_CREATE" and isinstance(data, dict):
                    self._apologize(data)

    def _is_repeated(self, data: dict[str, Any]) -> bool:
        """Return whether an interaction has been delivered before; a second response would be rejected anyway."""
        id = data.get("id")
        if not isinstance(id, str) or len(id) > MAX_ID:
            return False
        repeated = id in self._interactions
        self._interactions[id] = True
        return repeated

    def _apologize(self, data: dict[str, Any]) -> None:
        """Tell the user of an unreadable interaction, as far as it can be responded to."""
        try:
            minimal: Any = {key: data[key] for key in INTERACTION_KEYS}
            minimal |= {"data": {}, "version": 1, "attachment_size_limit": 0}
            check("RESPONDABLE", minimal)
            interaction = discord.Interaction(data=minimal, state=self._state)
        except Exception:  # noqa: BLE001 (then there is nobody to tell)
            return
        apology = asyncio.create_task(
            error_handler.respond_with_error(interaction, error_handler.MalformedInteraction()),
            name="CommandTree-invoker",
        )
        self._apologies.add(apology)
        apology.add_done_callback(self._apologies.discard)

    def _parse_minimal_message(self, parse: Parser, data: dict[str, Any], error: Exception) -> None:
        """Parse a message without the parts that we ignore: a question is not lost for the poll beside it."""
        try:
            check("MESSAGE_CREATE", data)
            parse({key: data[key] for key in MESSAGE_KEYS if key in data} | EMPTY_PARTS)
        except Exception:  # noqa: BLE001 (as above)
            self.log_skipped("a MESSAGE_CREATE", error)

    def _minimal_ready(self, data: Any) -> Any:
        """Return a READY with only the required parts; the servers follow one by one anyway.

        Raise if even those are missing, so that a new session is started.
        """
        if self._own_user is None:
            raise TypeError("a READY without a user")
        return {"user": self._own_user, "guilds": [], "shard": data.get("shard")}
