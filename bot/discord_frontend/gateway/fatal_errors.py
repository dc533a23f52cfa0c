"""The errors that retrying does not fix: one sentence for each, saying what to do."""

from bot import config as settings
from bot.errors import StartError

PORTAL = "https://discord.com/developers/applications"
NO_TOKEN = (
    f"there is no token: copy it from {PORTAL} (your application, Bot, Reset Token) "
    f"and put it into the environment variable {settings.TOKEN_VARIABLE}"
)
INVALID_TOKEN = (
    f"Discord does not know this token: make a new one at {PORTAL} (your application, Bot, Reset Token) "
    f"and put it into {settings.TOKEN_VARIABLE}"
)
INTENT_NOT_ENABLED = (
    "listen_channels needs the Message Content Intent: switch it on at "
    f"{PORTAL} (your application, Bot), or empty listen_channels in config.yaml"
)
SHARDING_REQUIRED = "the bot is in more servers than fit one connection (2500): write 'shards: auto' into config.yaml"
INVALID_SHARD = "Discord does not have these shards: check 'shards' and 'shard_ids' in config.yaml"
OUTDATED_GATEWAY = "Discord no longer supports this version of its gateway: update Pilcrow"
INVALID_INTENTS = "Discord does not know the intents of this version: update Pilcrow"
FATAL_CLOSE_CODES = {
    4004: INVALID_TOKEN,
    4010: INVALID_SHARD,
    4011: SHARDING_REQUIRED,
    4012: OUTDATED_GATEWAY,
    4013: INVALID_INTENTS,
    4014: INTENT_NOT_ENABLED,
}
"""Close codes after which reconnecting would fail the same way; topics/opcodes-and-status-codes."""


def fatal_error(close_code: int) -> StartError | None:
    """Return the error for a close code, or None if reconnecting may help."""
    message = FATAL_CLOSE_CODES.get(close_code)
    return None if message is None else StartError(message)
