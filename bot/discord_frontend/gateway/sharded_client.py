"""Several shards: Discord deals out the servers among several connections, which may be in several processes.

They start one after the other with five seconds between two, whatever `max_concurrency` Discord allows, so that forty take
more than three minutes; a shard that is lost for longer than it can
resume comes back in a new session, and what was written meanwhile is missed. Direct messages come to shard 0. Every
process answers on its own; one of them, the home of the base, also changes it, registers the commands and deletes what
is old (`Config.home`).
"""

import logging
from collections.abc import Sequence
from typing import Any

import discord

from bot.answering.knowledge_base import Base, Ready
from bot.config import Config
from bot.discord_frontend.client import PilcrowClient
from bot.editing.editor import Editor
from bot.errors import NotNow
from bot.journal.journal import Journal

MOST_SHARDS = 250
"""Shards that room is left for where Discord says how many there are to be."""
log = logging.getLogger(__name__)


class ShardedClient(PilcrowClient, discord.AutoShardedClient):
    """The same bot with several connections."""

    def _most_shards(self, config: Config) -> int:
        if config.shards == "auto":
            return MOST_SHARDS
        return len(config.shard_ids) or config.shards

    def _sharding(self, config: Config) -> dict[str, Any]:
        if config.shards == "auto":
            return {}
        return {"shard_count": config.shards, "shard_ids": list(config.shard_ids) or None}

    @property
    def shards_here(self) -> Sequence[int]:
        """The shards that this process has to have."""
        return self.shard_ids or range(self.shard_count or 1)

    async def connect(self, *, reconnect: bool = True) -> None:
        """Stay connected with every shard until the client is closed. Raise StartError."""
        self._connection.shard_count = self.shard_count
        self._connection.shard_ids = list(self.shards_here)
        await super().connect(reconnect=reconnect)

    async def prepare(self) -> str:
        """Asks Discord for the number of shards and whether they may be started; where its gateway is.

        Raises NotNow.
        """
        advised, address, limit = await self.http.get_bot_gateway()
        self.shard_count = self.shard_count or advised
        here = self.shards_here
        if limit["remaining"] < len(here):
            hours = limit["reset_after"] / 3_600_000
            raise NotNow(
                f"Discord allows only {limit['remaining']} more connections until {hours:.1f} hours from now, and this "
                f"process needs {len(here)}; start it again then, and look at why it has been started so often"
            )
        others = "" if self.config.home else "; another process changes the base"
        log.info("Shards: %s of %d%s", ", ".join(map(str, here)), self.shard_count, others)
        return address


def make_client(
    config: Config, ready: Ready, journal: Journal, base: Base | None, editor: Editor | None = None
) -> PilcrowClient:
    """The bot that the settings ask for."""
    kind = PilcrowClient if config.shards == 1 else ShardedClient
    return kind(config, ready, journal, base=base, editor=editor)
