"""Why Discord will not have us, and what to do about it: one sentence for each reason that waiting does not mend."""

from bot import config as settings
from bot.errors import StartError

PORTAL = "https://discord.com/developers/applications"
NO_TOKEN = (
    f"there is no token: copy it from {PORTAL} (your application, Bot, Reset Token) "
    f"and put it into the environment variable {settings.TOKEN}"
)
BAD_TOKEN = f"Discord does not know this token: make a new one at {PORTAL} (your application, Bot, Reset Token) and put it into {settings.TOKEN}"
NO_INTENT = (
    "Discord won't show the bot what is written in listen_channels: switch on the Message Content Intent at "
    f"{PORTAL} (your application, Bot), or empty listen_channels in config.yaml"
)
MANY_SERVERS = "the bot is in more servers than fit one connection (2500): write 'shards: auto' into config.yaml"
NO_SHARD = "Discord does not have the shards that were asked for: check 'shards' and 'shard_ids' in config.yaml"
OUTDATED = "Discord no longer speaks this version of its gateway: update Pilcrow"
NO_INTENTS = "Discord does not know the intents that were asked for: update Pilcrow"
FINAL_CODES = {
    4004: BAD_TOKEN,
    4010: NO_SHARD,
    4011: MANY_SERVERS,
    4012: OUTDATED,
    4013: NO_INTENTS,
    4014: NO_INTENT,
}
"""Close codes after which another attempt would end in the same way; topics/opcodes-and-status-codes."""


def final(code: int) -> StartError | None:
    """Return the error for a close code, None where the connection may be made again."""
    sentence = FINAL_CODES.get(code)
    return None if sentence is None else StartError(sentence)
