"""Keep what Discord sends, and discord.py can't read, from doing more than getting lost.

discord.py lets an exception of its parsers end the client. Here each parser is wrapped: an event that can't be read is
logged once for its kind, by the event's name and the error's type only, and passed over.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import discord

from bot.discord_frontend.common import error_handler
from bot.discord_frontend.gateway.event_schema import check

log = logging.getLogger(__name__)
Parser = Callable[[Any], None]
KINDS = 500
"""Kinds of unreadable data that are told apart; more would be a server that makes them up."""
NEEDED = (
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
"""What of a message tells whether it asks us something."""
ADDRESS = ("id", "application_id", "type", "token")
"""What it takes to answer an interaction."""
WITHOUT: dict[str, list[Any]] = {"attachments": [], "embeds": [], "components": [], "mention_roles": []}


class EventGuard:
    """The parsers of one client, each guarded."""

    def __init__(self, client: discord.Client) -> None:
        self._state: Any = client._connection  # noqa: SLF001 (discord.py has no way to guard its parsers)
        self._seen: set[tuple[str, str]] = set()
        self._telling: set[asyncio.Task[None]] = set()
        self._me: dict[str, Any] | None = None
        parsers = self._state.parsers
        for event, parse in list(parsers.items()):
            parsers[event] = partial(self._guarded, event, parse)
        store: Any = self._state._view_store  # noqa: SLF001 (as above)
        store.schedule_dynamic_item_call = partial(self._pressed, store.schedule_dynamic_item_call)

    def passed_over(self, what: str, error: Exception) -> None:
        """Log that something from Discord was unreadable, once for each kind; `what` never holds anything of theirs."""
        kind = (what, type(error).__name__)
        if kind not in self._seen and len(self._seen) < KINDS:
            self._seen.add(kind)
            log.warning("Discord sent %s that can't be read (%s); it is passed over, as all like it will be", *kind)

    async def _pressed(
        self, call: Callable[..., Awaitable[None]], kind: int, factory: Any, interaction: Any, *more: Any
    ) -> None:
        """Do what a button is for, or tell the person that the message it stands under can't be read."""
        try:
            await call(kind, factory, interaction, *more)
        except Exception as error:  # noqa: BLE001 (what our own buttons raise ends with them)
            self.passed_over("a component", error)
            await error_handler.tell(interaction, error_handler.Malformed())

    def _guarded(self, event: str, parse: Parser, data: Any) -> None:
        if isinstance(data, dict) and data.get("guild_id", "") is None:
            del data["guild_id"]  # null for none, as some servers write it
        if event == "READY" and isinstance(data, dict) and self._me is not None:
            shown = data.get("user")
            if not isinstance(shown, dict) or shown.get("id") != self._me["id"]:
                data["user"] = self._me  # we are who we logged in as
        try:
            check(event, data)
            parse(data)
        except Exception as error:  # noqa: BLE001 (whatever the data made discord.py raise)
            if event == "READY":
                self.passed_over("a READY", error)
                parse(self._least_ready(data))
            elif event == "MESSAGE_CREATE" and isinstance(data, dict):
                self._least_message(parse, data, error)
            else:
                self.passed_over(f"{'an' if event[0] in 'AEIOU' else 'a'} {event}", error)
                if event == "INTERACTION_CREATE" and isinstance(data, dict):
                    self._apologise(data)

    def _apologise(self, data: dict[str, Any]) -> None:
        """Tell whoever waits for an interaction that can't be read, if that much of it can be."""
        try:
            least: Any = {key: data[key] for key in ADDRESS} | {"data": {}, "version": 1, "attachment_size_limit": 0}
            check("ADDRESS", least)
            waiting = discord.Interaction(data=least, state=self._state)
        except Exception:  # noqa: BLE001 (then nobody can be told)
            return
        telling = asyncio.create_task(
            error_handler.tell(waiting, error_handler.Malformed()), name="CommandTree-invoker"
        )
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)

    def _least_message(self, parse: Parser, data: dict[str, Any], error: Exception) -> None:
        """Read a message without the parts that we have no use for: a question is not lost for the poll beside it."""
        try:
            check("MESSAGE_CREATE", data)
            parse({key: data[key] for key in NEEDED if key in data} | WITHOUT)
        except Exception:  # noqa: BLE001 (as above)
            self.passed_over("a MESSAGE_CREATE", error)

    def remember(self, user: discord.ClientUser | None) -> None:
        """Keep who we are, as Discord said at the login, for a READY that does not say it."""
        if user is not None:
            names = {"username": user.name, "discriminator": user.discriminator, "global_name": user.global_name}
            self._me = {"id": str(user.id), **names, "avatar": None, "bot": True}

    def _least_ready(self, data: Any) -> Any:
        """Return a READY with only what has to be in it; the servers come one by one after it anyway.

        Raise what shows that nothing can be made of it; a new session is begun then.
        """
        if self._me is None:
            raise TypeError("a READY of nobody")
        return {"user": self._me, "guilds": [], "shard": data.get("shard")}
