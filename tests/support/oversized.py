"""A story in which every text is as long, and every list as large, as it may be or more."""

from __future__ import annotations

from functools import cache

from msgspec.structs import replace

from bot.answering.answerer import Answerer
from bot.answering.reply import Reply
from bot.cards import discord_limits
from bot.discord_frontend.moderation.panel_sender import to_view
from bot.discord_frontend.moderation.panels import Panel
from bot.matching.weights import load_weights
from bot.story import field_lengths
from bot.story.models import Claim, Development, Story
from tests.support.fake_discord.components import check_message
from tests.support.fake_discord.errors import FormErrors
from tests.support.small_story import small_story

LONG = "*_word_* [x](https://evil.example/y) ‘quoted’ `code` " * 100
ID = "-".join(["long"] * 12)


@cache
def oversized_story() -> Story:
    """Return the story."""
    story = small_story()
    question, answer = LONG[: field_lengths.QUESTION], LONG[: field_lengths.ANSWER]
    phrasings = tuple(f"{n} {LONG}"[: field_lengths.PHRASING] for n in range(40))
    entries = {
        f"{ID}-{n}": replace(
            story.entries["lamp-taken"],
            id=f"{ID}-{n}",
            question=f"{n} {question}"[: field_lengths.QUESTION],
            answer=answer,
            phrasings=phrasings,
            related=tuple(f"{ID}-{m}" for m in range(9)),
            developments=tuple(f"later-{m}" for m in range(30)),
            file=f"qa/{'topic' * 11}-{n}.yaml",
        )
        for n in range(60)
    }
    claim, later = story.claims["took-lamp"], story.developments["lamp-found"]
    claims: dict[str, Claim] = {f"c-{n}": replace(claim, id=f"c-{n}", text=LONG[:600]) for n in range(30)}
    claims["took-lamp"] = claim
    known: dict[str, Development] = {"lamp-found": later} | {
        f"later-{n}": replace(later, id=f"later-{n}", text=LONG[:600], source=LONG[:200]) for n in range(30)
    }
    return replace(story, entries=entries, claims=claims, developments=known)


@cache
def oversized_reply() -> Reply:
    """Return the reply of one of its entries."""
    story = oversized_story()
    few = replace(story, entries=dict(list(story.entries.items())[:9]))
    return Answerer(few, load_weights()).entry_reply(f"{ID}-0")


def assert_fits(panel: Panel) -> None:
    """Assert that Discord accepts a panel."""
    assert len(panel.content) <= discord_limits.MESSAGE_CONTENT
    assert sum(len(embed) for embed in panel.embeds) <= discord_limits.EMBED_TOTAL
    for embed in panel.embeds:
        assert len(embed.description or "") <= discord_limits.EMBED_DESCRIPTION
        assert all(len(field.value or "") <= discord_limits.EMBED_FIELD_VALUE for field in embed.fields)
    errors = FormErrors()
    check_message(errors, to_view(panel).to_components(), v2=False)
    assert errors.tree == {}
