"""The front end's own sentences, and what keeps other people's text from doing anything but being read."""

import re
from collections.abc import Iterable

from discord.utils import escape_mentions

from bot.discord_frontend.common.discord_limits import EMBED_DESCRIPTION
from bot.i18n.messages import ReplyMessages, join_list
from bot.nlp.sanitize import sanitize

WRITTEN = "answers are written by people"
NONE_LISTED = "Nobody has written an answer to that yet. Your question goes on the moderators' list, without your name."
NONE_FORGOTTEN = "Then I have no answer to that. I no longer know what you asked: please ask again in other words."
GONE = "That answer is no longer in the base. Please ask again in your own words."
OLD_BUTTON = "I don't know that button any more. Please ask again in your own words."
THANKS = "Thank you. It is counted, without your name."
COUNTED = "Your verdict on this answer is counted already."
UNREADABLE = (
    "I can't read that message: Discord shows me only messages that mention me. "
    "Open the message's menu and choose Apps, then ‘Answer this’."
)
NO_TEXT = "There is no text in that message that I could answer."
COMMAND_CHANGED = "That command has changed since your Discord last looked. Please try again in a minute."
MALFORMED = "I couldn't make sense of what Discord sent me. Please try again."
IN_CHANNEL = "Discord did not take this answer to a command in time, so here it is as a message."
INTERNAL_ERROR = "Something went wrong on my side. It has been logged."
NOT_HOME = (
    "The base is changed in its home server only, and this server is looked after by another part of me. "
    "Go there, or use 'pilcrow kb' in a terminal."
)
BROKEN = "The base is broken, so I go on with the last good one:"
WELL_AGAIN = "The base is well again, and in use."
CROWDED = "Too many questions are waiting right now. Please ask again in a minute."
NO_FILES = "I may not attach files here. `/timeline` without a picture has the same as text."
ECHO = 300
"""Characters of a question that are shown back."""

_GUARD = "\u200b"
"""Zero-width space: breaks a mention after its '@', and a fence between its backticks."""
_GUARDS = re.compile(f"(?<=[@`]){_GUARD}")
_ADDRESS = re.compile(r":(?=//)|(?<=discord\.gg)(?=/)|(?<=discord\.com/invite)(?=/)", re.IGNORECASE)
"""Where an address, or an invitation without '://', is broken so that Discord makes no link of it."""
_MARKUP = re.compile(r"([\\*_~`|<>\[\]])")
_LINE_START = re.compile(r"^([^\S\n]*(?:\d+(?=\.\s))?)([#+.-])", re.MULTILINE)
"""A heading, a list, or a list with numbers."""


def wait(seconds: float) -> str:
    """What somebody is told who asks too fast."""
    whole = max(1, round(seconds))
    return f"That was a lot at once. Please ask again in {whole} second{'s' if whole > 1 else ''}."


def said_by(names: Iterable[str], say: ReplyMessages) -> str:
    """The standing of a statement: whose it is."""
    listed = list(names)
    if not listed:
        return say.standings["said"]
    return say.said_by.format(names=join_list(listed, say.list_and))


def plain(text: str, limit: int = EMBED_DESCRIPTION) -> str:
    """Return text from elsewhere so that Discord shows it as it is written: nothing formats, links, mentions or hides.

    At most `limit` characters of what is sent.

    discord.utils.escape_markdown is not enough: of two masked links in one line it breaks only the first, and it leaves
    channels, commands, time stamps and custom emoji alone.
    """
    escaped = _MARKUP.sub(r"\\\1", escape_mentions(sanitize(text)[: max(0, limit) + 1]))
    unlinked = _ADDRESS.sub(lambda found: f"{found[0]}\\", escaped)
    return cut(_LINE_START.sub(r"\1\\\2", unlinked), limit)


def echo(text: str) -> str:
    """Return what somebody typed, to be shown back: on one line, not too much of it, without links or mentions."""
    shown = sanitize(text[: 8 * ECHO], lines=False)  # eight times: what is hidden takes up room too
    return plain(cut(" ".join(shown.split()), ECHO))


def code_block(text: str, language: str = "") -> str:
    """Return `text` in a code block that nothing in it can end: of backticks no two stay next to each other."""
    safe = sanitize(text).replace("``", f"`{_GUARD}`").replace("``", f"`{_GUARD}`")
    return f"```{language}\n{safe}\n```"


def cut(text: str, limit: int) -> str:
    """Return at most `limit` characters of the text, between two words, with '…' where something is missing.

    Whatever is sent is cut to Discord's limits, so this is also where nothing hidden gets through: of zero-width spaces only
    those that `plain` and `code_block` put in.
    """
    text = _GUARD.join(map(sanitize, _GUARDS.split(text))) if _GUARD in text else sanitize(text)
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    kept = text[: limit - 1]
    if not text[limit - 1].isspace() and " " in kept.strip():
        kept = kept[: kept.rindex(" ")]
    return kept.rstrip(" \n\\") + "…"
