"""Sharding: Discord splits the servers among several connections, which may be in several processes.

Shards start one after the other, five seconds apart, whatever `max_concurrency` Discord allows, so forty take more than
three minutes. A shard that was lost for too long to resume starts a new session and misses what was written meanwhile.
Direct messages go to shard 0. Every process answers on its own; one of them, the home of the base, also changes it,
registers the commands and deletes old records (`Config.is_home`).
"""

import logging
from collections.abc import Sequence
from typing import Any

import discord

from bot.answering.knowledge_base import KnowledgeBase
from bot.config import Config
from bot.discord_frontend.client import PilcrowClient
from bot.editing.editor import Editor
from bot.errors import TemporaryStartError
from bot.journal.journal import Journal

MAX_AUTO_SHARDS = 250
"""Shards to reserve HTTP connections for when Discord decides their number."""
MAX_SHARDS = 100_000
"""Shards beyond which the number that Discord recommends must be an error."""
UNUSABLE_SHARDS = "Discord does not say how many shards to use: try again in a few minutes, or write their number into 'shards' in config.yaml"
log = logging.getLogger(__name__)


class ShardedClient(PilcrowClient, discord.AutoShardedClient):
    """The bot with several gateway connections."""

    def _max_shards(self, config: Config) -> int:
        if config.shards == "auto":
            return MAX_AUTO_SHARDS
        return len(config.shard_ids) or config.shards

    def _shard_options(self, config: Config) -> dict[str, Any]:
        if config.shards == "auto":
            return {}
        return {"shard_count": config.shards, "shard_ids": list(config.shard_ids) or None}

    @property
    def local_shards(self) -> Sequence[int]:
        """The shards that this process runs."""
        return self.shard_ids or range(self.shard_count or 1)

    async def connect(self, *, reconnect: bool = True) -> None:
        """Stay connected with every shard until the client is closed. Raise StartError."""
        self._connection.shard_count = self.shard_count
        self._connection.shard_ids = list(self.local_shards)
        await super().connect(reconnect=reconnect)

    async def prepare(self) -> str:
        """Ask Discord for the number of shards; return the gateway's URL. Raise TemporaryStartError if they may not be started yet."""
        recommended, url, limit = await self.http.get_bot_gateway()
        if self.shard_count is None:
            if not isinstance(recommended, int) or not 1 <= recommended <= MAX_SHARDS:
                raise TemporaryStartError(UNUSABLE_SHARDS)
            self.shard_count = recommended
        shards = self.local_shards
        if limit["remaining"] < len(shards):
            hours = limit["reset_after"] / 3_600_000
            raise TemporaryStartError(
                f"Discord allows only {limit['remaining']} more connections until {hours:.1f} hours from now, and this "
                f"process needs {len(shards)}; start it again then, and find out why it was started so often"
            )
        note = "" if self.config.is_home else "; another process changes the base"
        log.info("Shards: %s of %d%s", ", ".join(map(str, shards)), self.shard_count, note)
        return url


def make_client(
    config: Config, knowledge_base: KnowledgeBase, journal: Journal, editor: Editor | None = None
) -> PilcrowClient:
    """Return a client with as many shards as the settings ask for."""
    client_class = PilcrowClient if config.shards == 1 else ShardedClient
    return client_class(config, knowledge_base, journal, editor=editor)
