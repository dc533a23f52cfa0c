"""An answer as a quotation in plain text, which says by itself how certain it is, who denies it and what came out."""

from collections.abc import Iterable, Iterator

from bot.answering.reply import Citation, Reply
from bot.cards import discord_limits
from bot.cards.markdown import break_mentions, code_block
from bot.cards.message_text import split_lines
from bot.cards.spans import short_date
from bot.story.models import Story

FENCES = len("```\n\n```")


def copy_text(reply: Reply, story: Story) -> str:
    """Return the answer of an entry with its standing, denial, later developments and link, to be pasted elsewhere."""
    return break_mentions("\n".join(_lines(reply, story)))


def copy_blocks(text: str) -> list[str]:
    """Return the text in as few code blocks as it takes that nothing in it can end, each of which fits into a message."""
    length = discord_limits.MESSAGE_CONTENT - FENCES
    blocks = [code_block(part) for part in split_lines(text, length)]
    if all(len(block) <= discord_limits.MESSAGE_CONTENT for block in blocks):
        return blocks
    # What keeps a fence in the text from ending the block may double its length.
    return [code_block(part) for part in split_lines(text, length // 2)]


def _lines(reply: Reply, story: Story) -> Iterator[str]:
    say = reply.messages
    yield reply.answer
    if reply.standing == "not_covered":
        yield reply.standing_text
    else:
        yield f"{reply.standing_text} · {story.publisher}{_numbers(reply.sources)}"
    if reply.closest:
        yield f"{say.closest} {reply.closest}{_numbers(reply.closest_sources)}"
    for denial in reply.denials:
        yield f"{say.denied} {denial.text}{_numbers(denial.citations)}"
    if reply.developments:
        yield say.since
    for later in reply.developments:
        yield f"- {short_date(later.date, reply.language)}: {later.short or later.text} ({later.source})"
    address = reply.citations[0].url if reply.citations else story.url
    yield f"{story.title}, {story.publisher}: {address}"
    yield say.written_by_people


def _numbers(citations: Iterable[Citation]) -> str:
    return "".join(f" ¶{citation.paragraph}" for citation in citations)
