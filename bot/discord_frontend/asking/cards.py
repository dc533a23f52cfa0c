"""A Reply as a card: an embed and the buttons under it. Pure: no request is made here.

A classic embed and not Components V2: its limits are documented and enforced per part, and it survives being quoted,
forwarded and read aloud. Everything is cut to Discord's limits here, whatever the base holds.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, TypeVar

from discord import Embed
from msgspec import Struct

from bot.answering.reply import Citation, Reply
from bot.discord_frontend.common import discord_limits, user_text
from bot.discord_frontend.common.user_text import cut, echo, plain
from bot.i18n.messages import ReplyMessages
from bot.story import text_limits
from bot.story.models import Development, Story

Action = Literal["entry", "related", "paragraphs", "vote", "none", "page"]
T = TypeVar("T")
MORE = "\u200b"
"""The name of a field that goes on from the one before: a name must not be empty."""
FOOTER = 400
SOURCE_NAME = 100
"""Characters shown of the name of a later development's source."""
_BREAKING = re.compile(r"[\s<>\\]")
"""What an address in a link must not have."""


class Press(Struct, frozen=True):
    """A button: what it says, and what pressing it asks for. `about` is an entry's id, for votes with up or down."""

    label: str
    action: Action
    about: str = ""
    emoji: str | None = None
    row: int = 0

    @property
    def custom_id(self) -> str:
        """What Discord sends back when it is pressed; stable, because cards outlive the bot's process."""
        return ":".join(filter(None, ("pilcrow", self.action, self.about)))


class Card(Struct, frozen=True):
    """What is sent."""

    embed: Embed
    buttons: tuple[Press, ...] = ()


class Cards:
    """Cards for one story. `texts` holds the article's own paragraphs, where the operator has supplied them."""

    def __init__(self, story: Story, texts: Mapping[int, str]) -> None:
        self._story = story
        self._texts = texts
        title = cut(story.title, 200)
        self.footer = cut(f"¶ Pilcrow · {user_text.WRITTEN} · {title} · {story.publisher}", FOOTER)

    def reply(self, reply: Reply, asked: str | None = None) -> Card:
        """Return the card of a reply. asked: the question, where Discord does not show it."""
        if reply.outcome == "answer":
            return self.answer(reply)
        return self.clarify(reply, asked) if reply.outcome == "clarify" else self.abstain(reply, asked)

    def answer(self, reply: Reply) -> Card:
        """The card of an entry."""
        id = reply.entry or ""
        related = tuple(Press(_label(question), "related", other) for other, question in reply.related)
        say = reply.messages
        below = (
            Press(say.show_paragraphs, "paragraphs", id, row=1),
            Press(say.helpful, "vote", f"up:{id}", "👍", row=1),
            Press(say.not_helpful, "vote", f"down:{id}", "👎", row=1),
        )
        text = "\n\n".join(filter(None, (plain(reply.language_note), plain(reply.answer))))
        return Card(self._embed(text, say, reply, title=plain(reply.question or "")), related + below)

    def clarify(self, reply: Reply, asked: str | None = None) -> Card:
        """The question back: which of these? `asked` is shown where nobody else sees what was asked."""
        options = tuple(Press(_label(option.question), "entry", option.entry) for option in reply.options)
        say = reply.messages
        none = Press(say.none_of_these, "none", row=1)
        return Card(self._embed(_asked(asked, say) + plain(reply.answer), say), (*options, none))

    def abstain(self, reply: Reply, asked: str | None = None) -> Card:
        """Return the card that says there is no answer, with the nearest entry and all that belongs to it."""
        say = reply.messages
        text = plain(reply.answer if reply.empty_question else f"{reply.answer} {say.question_kept}")
        nearest = reply.nearest
        if nearest is None:
            return Card(self._embed(_asked(asked, say) + text, say))
        text = f"{_asked(asked, say)}{text}\n\n**{plain(reply.nearest_heading)}**\n{plain(nearest.answer)}"
        button = Press(_label(nearest.question or ""), "entry", nearest.entry or "")
        return Card(self._embed(text, say, nearest), (button,))

    def paragraphs(self, reply: Reply) -> Embed:
        """The paragraphs an answer rests on: what each says, and its own text where we have it."""
        share = discord_limits.EMBED_DESCRIPTION // max(1, len(reply.citations)) - 2
        parts = [self._paragraph(citation, share) for citation in reply.citations]
        return Embed(description="\n\n".join(parts)).set_footer(text=self.footer)

    def _paragraph(self, citation: Citation, room: int) -> str:
        head = f"**{linked(f'¶{citation.paragraph}', citation.url, room // 2)}** "
        head += plain(citation.gist, room - len(head))
        text = self._texts.get(citation.paragraph, "")
        return f"{head}\n> {plain(text, room - len(head) - 3)}" if text and room - len(head) > 20 else head

    def _embed(self, text: str, say: ReplyMessages, reply: Reply | None = None, title: str = "") -> Embed:
        """The embed; the answer comes first when room is short, then what is known later, then the sources."""
        embed = Embed(
            title=cut(title, discord_limits.EMBED_TITLE) or None,
            description=cut(text, discord_limits.EMBED_DESCRIPTION),
        )
        embed.set_footer(text=self.footer)
        if reply is None:
            return embed
        standing = plain(self._standing(reply, say), discord_limits.EMBED_FIELD_VALUE)
        embed.add_field(name=say.standing_label, value=standing, inline=False)
        room = discord_limits.EMBED_TOTAL - len(embed)
        later = _fields(
            say.later_label, reply.developments, _development_line, (text_limits.DEVELOPMENT, 200, 80), room
        )
        room -= sum(len(name) + len(value) for name, value in later)
        source = _fields(say.source_label, reply.citations, _citation_line, (text_limits.GIST, 80, 0), room)
        for name, value in (*source, *later)[: discord_limits.EMBED_FIELDS - 1]:
            embed.add_field(name=name, value=value, inline=False)
        return embed

    def _standing(self, reply: Reply, say: ReplyMessages) -> str:
        entry = self._story.entries.get(reply.entry or "")
        if reply.standing == "said" and entry is not None:
            return user_text.said_by((self._story.people[id].name for id in entry.by), say)
        return say.standings[reply.standing or "reported"]


def _label(question: str) -> str:
    return cut(question, discord_limits.BUTTON_LABEL)


def _asked(question: str | None, say: ReplyMessages) -> str:
    return f"{say.asked.format(question=echo(question))}\n\n" if question and question.strip() else ""


def linked(label: str, url: str, room: int = discord_limits.LINK_URL) -> str:
    """A link, or the label alone where the address is too long or would break out of the link."""
    safe = url.replace("(", "%28").replace(")", "%29")
    if len(safe) > min(room, discord_limits.LINK_URL) or _BREAKING.search(safe):
        return label
    return f"[{label}]({safe})"


def _citation_line(citation: Citation, length: int) -> str:
    head = linked(f"¶{citation.paragraph}", citation.url)
    return f"{head} {plain(citation.gist, min(length, discord_limits.EMBED_FIELD_VALUE - len(head) - 1))}".strip()


def _development_line(one: Development, length: int) -> str:
    source = linked(plain(one.source, SOURCE_NAME), one.url)
    rest = discord_limits.EMBED_FIELD_VALUE - len(one.date) - len(source) - 5
    return f"{cut(one.date, 10)}: {plain(one.text, min(length, rest))} ({source})"


def _fields(
    name: str, things: Sequence[T], line: Callable[[T, int], str], lengths: Iterable[int], room: int
) -> list[tuple[str, str]]:
    """As many fields as the things take up: at the first of the `lengths` of their texts at which all of them fit."""
    fields: list[tuple[str, str]] = []
    for length in lengths:
        fields, whole = packed(name, [line(thing, length) for thing in things], room)
        if whole:
            break
    return fields


def packed(name: str, lines: Iterable[str], room: int) -> tuple[list[tuple[str, str]], bool]:
    """Lines put together into fields, and whether there was room for all of them."""
    fields: list[tuple[str, str]] = []
    for line in lines:
        heading, value = fields[-1] if fields else ("", "")
        if fields and len(value) + 1 + len(line) <= discord_limits.EMBED_FIELD_VALUE:
            taken = 1 + len(line)
            fields[-1] = (heading, f"{value}\n{line}") if taken <= room else fields[-1]
        else:
            heading = MORE if fields else name
            taken = len(heading) + len(line)
            fields += [(heading, line)] if taken <= room else []
        if taken > room:
            return fields, False
        room -= taken
    return fields, True
