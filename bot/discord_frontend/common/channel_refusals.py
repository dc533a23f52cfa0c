"""Remembering where Discord has refused messages, so that nobody can make the bot collect refusals there."""

from time import monotonic

from cachetools import TTLCache

REMEMBERED_FOR = 300.0  # seconds in which nothing is sent to a channel after a refusal
MAX_CHANNELS = 10_000
"""Channels and servers remembered; beyond that the oldest is forgotten."""
MAX_PER_SERVER = 20
"""Refusals of one server's channels after which nothing is sent to any of its channels."""


class ChannelRefusals:
    """The channels and servers in which Discord refuses messages at the moment."""

    def __init__(self) -> None:
        self._channels: TTLCache[int, bool] = TTLCache(MAX_CHANNELS, REMEMBERED_FOR, monotonic)
        self._servers: TTLCache[int, int] = TTLCache(MAX_CHANNELS, REMEMBERED_FOR, monotonic)

    def add(self, channel_id: int, server_id: int | None) -> None:
        """Remember a refusal."""
        self._channels[channel_id] = True
        if server_id is not None:
            self._servers[server_id] = self._servers.get(server_id, 0) + 1

    def covers(self, channel_id: int, server_id: int | None) -> bool:
        """Return whether a message to this channel would probably be refused."""
        return channel_id in self._channels or (
            server_id is not None and self._servers.get(server_id, 0) >= MAX_PER_SERVER
        )
