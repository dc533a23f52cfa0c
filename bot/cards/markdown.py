"""Showing other people's text in Discord: escaped, truncated, and unable to do anything but be read."""

import re

from bot.cards.discord_limits import EMBED_DESCRIPTION, LINK_URL
from bot.nlp.sanitize import sanitize

MAX_ECHO = 300
"""Characters of a question that are shown back."""
_MENTION = re.compile(r"@(?=everyone|here|[!&]?[0-9]{17,20})")
_ZERO_WIDTH_SPACE = "\u200b"
"""Breaks a mention after its '@', and a fence between its backticks."""
_OWN_ZERO_WIDTH_SPACE = re.compile(f"(?<=[@`]){_ZERO_WIDTH_SPACE}")
_URL_BREAK = re.compile(
    r":(?=//)|(?<=discord\.gg)(?=/)|(?<=discord\.gift)(?=/)|(?<=discord\.new)(?=/)|(?<=/invite)(?=/)|(?<=/template)(?=/)",
    re.IGNORECASE,
)
"""Where a backslash keeps Discord from making a link of a URL, or of an invitation without '://'."""
_MARKUP = re.compile(r"([\\*_~`|<>\[\]])")
_BLOCK_MARKUP = re.compile(r"^([^\S\n]*(?:\d+(?=\.\s))?)([#+.-])", re.MULTILINE)
"""The start of a heading, a list or a numbered list."""
_BREAKS_LINK = re.compile(r"[\s<>\\]")
"""Characters that a URL in a masked link must not contain."""


def escape(text: str, limit: int = EMBED_DESCRIPTION) -> str:
    """Return text that Discord shows literally, without formatting, links or mentions; at most `limit` characters of it.

    discord.utils.escape_markdown is not enough: of two masked links in one line it breaks only the first, and it leaves
    channels, commands, timestamps and custom emoji alone.
    """
    escaped = _MARKUP.sub(r"\\\1", break_mentions(sanitize(text)[: max(0, limit) + 1]))
    unlinked = _URL_BREAK.sub(lambda match: f"{match[0]}\\", escaped)
    return truncate(_BLOCK_MARKUP.sub(r"\1\\\2", unlinked), limit)


def break_mentions(text: str) -> str:
    """Return a text that mentions nobody, wherever in Discord it is pasted."""
    return _MENTION.sub(f"@{_ZERO_WIDTH_SPACE}", text)


def echo(text: str) -> str:
    """Return what a user typed, to be shown back: escaped, on one line, at most MAX_ECHO characters."""
    visible = sanitize(text[: 8 * MAX_ECHO], lines=False)  # eight times as much: hidden characters take up room too
    return escape(truncate(" ".join(visible.split()), MAX_ECHO))


def link(label: str, url: str, limit: int = LINK_URL, *, preview: bool = True) -> str:
    """Return a masked link, or the label alone if the URL is longer than `limit` or would break the link.

    preview: Discord may show one under a message; it never does under an embed.
    """
    safe = url.replace("(", "%28").replace(")", "%29")
    if len(safe) > min(limit, LINK_URL) or _BREAKS_LINK.search(safe):
        return label
    return f"[{label}]({safe})" if preview else f"[{label}](<{safe}>)"


def code_block(text: str, language: str = "") -> str:
    """Return `text` in a code block that nothing in it can end: no two backticks stay next to each other."""
    safe = sanitize(text)
    for _ in range(2):
        safe = safe.replace("``", f"`{_ZERO_WIDTH_SPACE}`")
    return f"```{language}\n{safe}\n```"


def truncate(text: str, limit: int) -> str:
    """Return at most `limit` characters of the text, cut between words and marked with '…'.

    Whatever is sent is truncated, so hidden characters are removed here too: of zero-width spaces only those that
    `escape` and `code_block` insert are left.
    """
    if _ZERO_WIDTH_SPACE in text:
        text = _ZERO_WIDTH_SPACE.join(map(sanitize, _OWN_ZERO_WIDTH_SPACE.split(text)))
    else:
        text = sanitize(text)
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    kept = text[: limit - 1]
    if not text[limit - 1].isspace() and " " in kept.strip():
        kept = kept[: kept.rindex(" ")]
    return kept.rstrip(" \n\\") + "…"
