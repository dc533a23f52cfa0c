"""Building a card from a Reply: an embed and the buttons under it.

A classic embed and not Components V2: its limits are documented and enforced for each part, and it survives being quoted,
forwarded and read aloud. Everything is truncated to Discord's limits here, whatever the base holds.
"""

from collections.abc import Mapping, Sequence

from discord import Embed

from bot.answering.reply import Citation, Reply
from bot.cards import discord_limits
from bot.cards.markdown import echo, escape, link, truncate
from bot.discord_frontend.common import user_text
from bot.discord_frontend.common.card import Card, CardButton
from bot.discord_frontend.common.embed_fields import fit_fields
from bot.i18n.messages import ReplyMessages, join_list
from bot.story import field_lengths
from bot.story.models import Development, Story

FOOTER = 400
"""Characters of a card's footer."""
FOOTER_TITLE = 200
SOURCE_NAME = 100
"""Characters shown of the name of a later development's source."""
MIN_EXCERPT = 20
"""Characters of a paragraph's own text below which it is left out."""


class CardBuilder:
    """Builds the cards of one story. `texts`: the article's own paragraphs by number, if the operator supplied them."""

    def __init__(self, story: Story, texts: Mapping[int, str]) -> None:
        self._story = story
        self._texts = texts
        title = truncate(story.title, FOOTER_TITLE)
        self.footer = truncate(f"¶ Pilcrow · {user_text.FOOTER_NOTE} · {title} · {story.publisher}", FOOTER)

    def reply(self, reply: Reply, question: str | None = None) -> Card:
        """Return the card of a reply; `question` is shown on it if the channel does not show it."""
        if reply.outcome == "answer":
            return self.answer(reply)
        return self.clarify(reply, question) if reply.outcome == "clarify" else self.abstain(reply, question)

    def answer(self, reply: Reply) -> Card:
        """Return the card of an entry."""
        id, messages = reply.entry or "", reply.messages
        related = tuple(CardButton(_label(question), "related", other) for other, question in reply.related)
        actions = (
            CardButton(messages.show_paragraphs, "paragraphs", id, row=1),
            CardButton(messages.helpful, "vote", f"up:{id}", "👍", row=1),
            CardButton(messages.not_helpful, "vote", f"down:{id}", "👎", row=1),
        )
        text = "\n\n".join(filter(None, (escape(reply.language_note), escape(reply.answer))))
        return Card(self._embed(text, messages, reply, title=escape(reply.question or "")), related + actions)

    def clarify(self, reply: Reply, question: str | None = None) -> Card:
        """Return the card that asks which entry is meant; `question` is shown if the channel does not show it."""
        messages = reply.messages
        options = tuple(CardButton(_label(option.question), "entry", option.entry) for option in reply.options)
        none = CardButton(messages.none_of_these, "none", row=1)
        return Card(self._embed(_echoed(question, messages) + escape(reply.answer), messages), (*options, none))

    def abstain(self, reply: Reply, question: str | None = None) -> Card:
        """Return the card that says there is no answer, with the nearest entry in full."""
        messages = reply.messages
        no_answer = escape(reply.answer if reply.empty_question else f"{reply.answer} {messages.question_kept}")
        text = _echoed(question, messages) + no_answer
        nearest = reply.nearest
        if nearest is None:
            return Card(self._embed(text, messages))
        text = f"{text}\n\n**{escape(reply.nearest_heading)}**\n{escape(nearest.answer)}"
        button = CardButton(_label(nearest.question or ""), "entry", nearest.entry or "")
        return Card(self._embed(text, messages, nearest), (button,))

    def paragraphs(self, reply: Reply) -> Card:
        """Return the card of the paragraphs that an answer cites: the gist of each, and its own text if we have it."""
        budget = discord_limits.EMBED_DESCRIPTION // max(1, len(reply.citations)) - 2
        parts = [self._paragraph(citation, budget) for citation in reply.citations]
        return Card(Embed(description="\n\n".join(parts)).set_footer(text=self.footer))

    def _paragraph(self, citation: Citation, budget: int) -> str:
        head = f"**{link(f'¶{citation.paragraph}', citation.url, budget // 2)}** "
        head += escape(citation.gist, budget - len(head))
        text = self._texts.get(citation.paragraph, "")
        if text and budget - len(head) > MIN_EXCERPT:
            return f"{head}\n> {escape(text, budget - len(head) - 3)}"
        return head

    def _embed(self, text: str, messages: ReplyMessages, reply: Reply | None = None, title: str = "") -> Embed:
        """Return the embed; if space is short, the answer has precedence, then later developments, then sources."""
        embed = Embed(
            title=truncate(title, discord_limits.EMBED_TITLE) or None,
            description=truncate(text, discord_limits.EMBED_DESCRIPTION),
        )
        embed.set_footer(text=self.footer)
        if reply is None:
            return embed
        standing = escape(self._standing(reply, messages), discord_limits.EMBED_FIELD_VALUE)
        embed.add_field(name=messages.standing_label, value=standing, inline=False)
        budget = discord_limits.EMBED_TOTAL - len(embed)
        lengths = (field_lengths.DEVELOPMENT, 200, 80)
        later = fit_fields(messages.later_label, reply.developments, _development_line, lengths, budget)
        budget -= sum(len(name) + len(value) for name, value in later)
        sources = fit_fields(
            messages.source_label, reply.citations, _citation_line, (field_lengths.GIST, 80, 0), budget
        )
        for name, value in (*later, *sources)[: discord_limits.EMBED_FIELDS - 1]:
            embed.add_field(name=name, value=value, inline=False)
        return embed

    def _standing(self, reply: Reply, messages: ReplyMessages) -> str:
        entry = self._story.entries.get(reply.entry or "")
        if reply.standing == "said" and entry is not None:
            return said_by([self._story.people[id].name for id in entry.by], messages)
        return reply.standing_text


def said_by(names: Sequence[str], messages: ReplyMessages) -> str:
    """Return the standing of a statement, with the people who made it."""
    if not names:
        return messages.standings["said"]
    return messages.said_by.format(names=join_list(names, messages.list_and))


def _label(question: str) -> str:
    return truncate(question, discord_limits.BUTTON_LABEL)


def _echoed(question: str | None, messages: ReplyMessages) -> str:
    return f"{messages.asked.format(question=echo(question))}\n\n" if question and question.strip() else ""


def _citation_line(citation: Citation, length: int) -> str:
    head = link(f"¶{citation.paragraph}", citation.url)
    return f"{head} {escape(citation.gist, min(length, discord_limits.EMBED_FIELD_VALUE - len(head) - 1))}".strip()


def _development_line(development: Development, length: int) -> str:
    source = link(escape(development.source, SOURCE_NAME), development.url)
    rest = discord_limits.EMBED_FIELD_VALUE - len(development.date) - len(source) - 5
    return f"{truncate(development.date, 10)}: {escape(development.text, min(length, rest))} ({source})"
