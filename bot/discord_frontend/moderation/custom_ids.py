"""Reading what follows an action's name in a custom id. It may be anything: other programs can send custom ids too."""

from bot.discord_frontend.moderation import moderation_text
from bot.errors import PilcrowError

MAX_DIGITS = 16
"""Digits of the largest number that Discord accepts in a command."""


class ActionUnavailable(PilcrowError):
    """A button or form of a bot that is no longer moderated from Discord, or one that this version does not know."""


def parse_number(argument: str) -> int:
    """Return the number that an argument consists of. Raise ActionUnavailable if it does not, or if it is too large."""
    if not (argument.isascii() and argument.isdecimal() and len(argument) <= MAX_DIGITS):
        raise unknown_action()
    return int(argument)


def unknown_action() -> ActionUnavailable:
    """Return the error for a custom id that no version of the bot has sent."""
    return ActionUnavailable(moderation_text.UNKNOWN_BUTTON)
