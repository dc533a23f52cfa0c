"""A copied answer carries with it how certain it is, who denies it, what came out, and where it is from."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot.answering.answerer import Answerer
from bot.answering.reply import Reply
from bot.cards import discord_limits
from bot.cards.copy_text import copy_blocks, copy_text
from bot.matching.weights import load_weights
from tests.support.fuzzing import HOSTILE
from tests.support.small_story import small_story

END = "Pilcrow, an answer written by people"


def reply_of(id: str) -> Reply:
    return Answerer(small_story(), load_weights()).entry_reply(id)


def test_a_contested_answer_is_copied_with_its_denial_and_outcome() -> None:
    """In plain text: the answer, its standing, the denial, later developments with date and source, article and link."""
    assert copy_text(reply_of("lamp-taken"), small_story()) == (
        "The mayor, Tom Reed, says that she took the lamp, worth 40 crowns.\n"
        "Alleged, not proven · The Quay ¶2\n"
        "Denied: Ada Quill denies it. ¶2\n"
        "Since the article:\n"
        "- Jun 2020: The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)\n"
        "Harbour light goes dark, The Quay: "
        "https://quay.example/harbour-light#:~:text=Mayor%20Tom%20Reed,she%20denies%20it.\n"
        f"{END}"
    )


def test_what_the_article_does_not_say_is_copied_with_the_closest_thing() -> None:
    """And with the link of the paragraph that says it."""
    assert copy_text(reply_of("keeper-age"), small_story()).splitlines() == [
        "The article does not say how old she is.",
        "Not in the article",
        'Closest: She left it on Friday evening, and was "quite tired". ¶1',
        "Harbour light goes dark, The Quay: "
        "https://quay.example/harbour-light#:~:text=Keeper%20Ada%20Quill,on%20Friday%20evening.",
        END,
    ]


def test_pasted_into_discord_it_mentions_nobody() -> None:
    """Whatever the base says."""
    text = copy_text(replace(reply_of("keeper-left"), answer="@everyone <@123456789012345678>"), small_story())
    assert text.splitlines()[0] == "@\u200beveryone <@\u200b123456789012345678>"


@pytest.mark.parametrize("piece", [*HOSTILE, "`" * 7, "word ", "x"])
def test_nothing_in_it_ends_its_code_block(piece: str) -> None:
    """And however long it is, every block fits into a message."""
    for block in copy_blocks(f"{piece}\n{piece * 3_000}\n{piece}"):
        assert len(block) <= discord_limits.MESSAGE_CONTENT
        assert block.startswith("```\n")
        assert block.endswith("\n```")
        assert "``" not in block[3:-3]


def test_it_is_one_block_if_it_can_be() -> None:
    """A text of 1,992 characters still is."""
    assert len(copy_blocks("a" * 1_992)) == 1
    assert len(copy_blocks("a" * 1_993)) == 2
