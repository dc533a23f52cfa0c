"""Buttons under a card, also of cards sent before a restart."""

import asyncio
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.answering.answerer import Answerer
from bot.discord_frontend.asking.conversations import Conversations
from bot.discord_frontend.client import PilcrowClient
from bot.discord_frontend.common.cooldown import Cooldown
from bot.discord_frontend.services import Services
from bot.journal.counts import OutcomeCounts
from bot.journal.journal import Journal
from bot.journal.records import OutcomeCount
from bot.matching.weights import load_weights
from tests.support.discord_rig import (
    ACCUSED_QUESTION,
    LEFT_QUESTION,
    UNANSWERABLE_QUESTION,
    Rig,
    connected,
    discord_rig,
    embed,
    labels,
    text,
)
from tests.support.fake_discord import Interaction
from tests.support.fixed_base import fixed_base
from tests.support.small_story import small_story

ENTRY_GONE = "That answer has been removed. Please ask again in your own words."
VAGUE = "the keeper?"


def private_text(used: Interaction) -> str:
    """Return the text of the ephemeral answer to an interaction."""
    assert used.ephemeral
    assert used.message is not None
    assert used.followups == []
    return str(used.message["content"])


async def test_a_related_question_is_answered_privately(rig: Rig) -> None:
    """Public answers would fill the channel."""
    used = await rig.ada.click(await rig.mention(LEFT_QUESTION), "What is Ada Quill accused of?")
    assert embed(used.message)["title"] == "What is Ada Quill accused of?"
    assert used.ephemeral


async def test_paragraphs_are_shown_as_gists_without_the_articles_text(rig: Rig) -> None:
    """Each has its number, link and gist; the answer is private."""
    used = await rig.ada.click(await rig.mention(LEFT_QUESTION), "Show the paragraphs")
    assert used.ephemeral
    assert embed(used.message)["description"] == (
        "**[¶1](https://quay.example/harbour-light#:~:text=Keeper%20Ada%20Quill,on%20Friday%20evening.)** "
        "Keeper Ada Quill left the lighthouse at Brim on Friday."
    )


async def test_paragraphs_are_quoted_if_the_articles_text_is_configured(tmp_path: Path) -> None:
    """The text follows the gist, escaped."""
    async with discord_rig(tmp_path, texts={1: "Keeper Ada Quill walked [out](x) on Friday evening."}) as rig:
        used = await rig.ada.click(await rig.mention(LEFT_QUESTION), "Show the paragraphs")
        assert embed(used.message)["description"].endswith(
            "\n> Keeper Ada Quill walked \\[out\\](x) on Friday evening."
        )


async def test_a_vote_is_counted_once_per_user_and_card(rig: Rig) -> None:
    """It is stored without the user."""
    card = await rig.mention(LEFT_QUESTION)
    assert private_text(await rig.ada.click(card, "Helpful")) == "Thank you. Your vote is counted, without your name."
    assert private_text(await rig.ada.click(card, "Not helpful")) == "You have already voted on this answer."
    bob = rig.fake_discord.person(rig.guild, name="Bob")
    await bob.click(card, "Not helpful")
    await rig.fake_discord.assert_silent(rig.channel)
    assert rig.journal.feedback.totals() == {"keeper-left": (1, 1)}


async def test_an_unhelpful_answer_puts_its_question_into_the_inbox(rig: Rig) -> None:
    """It is stored with the entry and a count, unless the question is no longer remembered."""
    await rig.ada.click(await rig.mention(LEFT_QUESTION), "Helpful")
    cards = [await rig.mention(LEFT_QUESTION), await rig.mention(LEFT_QUESTION)]
    for card in cards:
        assert (
            private_text(await rig.ada.click(card, "Not helpful"))
            == "Thank you. Your vote is counted, without your name."
        )
    await rig.fake_discord.assert_silent(rig.channel)
    (recorded,) = rig.journal.inbox.questions(10)
    assert (recorded.text, recorded.entry, recorded.count, recorded.outcome) == (
        LEFT_QUESTION,
        "keeper-left",
        2,
        "not_helpful",
    )
    assert recorded.place == str(rig.guild.id)
    forgotten = await rig.mention(LEFT_QUESTION)
    rig.client.services.conversations = Conversations(max_bytes=1)
    await rig.ada.click(forgotten, "Not helpful")
    await rig.fake_discord.assert_silent(rig.channel)
    assert rig.journal.feedback.totals() == {"keeper-left": (1, 3)}
    assert rig.journal.inbox.questions(10) == [recorded]


async def test_outcomes_are_counted(rig: Rig) -> None:
    """They are counted by entry and outcome, without the text; opening a related question does not count."""
    rig.answerer.clarify_on(VAGUE)
    card = await rig.mention(LEFT_QUESTION)
    await rig.ada.click(card, "What is Ada Quill accused of?")
    for question in (LEFT_QUESTION, VAGUE, UNANSWERABLE_QUESTION):
        await rig.ada.slash("ask", question=question)
    (chosen, *_) = rig.client.services.suggestions.entries("when did")
    await rig.ada.slash("ask", question=chosen[1])
    await rig.ada.slash("ask", question="?!")
    await rig.fake_discord.assert_silent(rig.channel)
    assert [(count.entry, count.outcome, count.count) for count in rig.journal.outcomes.all()] == [
        ("", "abstain", 1),
        ("", "clarify", 1),
        ("keeper-left", "answer", 3),
    ]


async def test_concurrent_outcomes_are_written_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outcomes recorded during a write go into the next one; none is lost."""
    written: list[int] = []

    def add(counts: Iterable[OutcomeCount]) -> None:
        listed = list(counts)
        written.append(sum(count.count for count in listed))
        OutcomeCounts.add(journal.outcomes, listed)

    journal = Journal(f"sqlite:///{tmp_path}/journal.sqlite3")
    monkeypatch.setattr(journal.outcomes, "add", add)
    services = Services(
        knowledge_base=fixed_base(Answerer(small_story(), load_weights())),
        journal=journal,
        cooldown=Cooldown(1, 1, lambda: 0.0),
        today=lambda: date(2026, 3, 1),
    )
    answered = services.ask.ask(LEFT_QUESTION)
    await asyncio.gather(*(services.record(answered, 1, "dm") for _ in range(2000)))
    assert journal.outcomes.all() == [OutcomeCount(date(2026, 3, 1), "keeper-left", "answer", 2000)]
    assert written == [1, 1999]
    journal.close()


async def test_an_option_of_a_clarification_is_answered_publicly(rig: Rig) -> None:
    """Each option is a button, and so is ‘None of these’."""
    rig.answerer.clarify_on(VAGUE)
    card = await rig.mention(VAGUE)
    assert embed(card)["description"] == "Which of these do you mean?"
    assert labels(card) == ["When did Ada Quill leave the lighthouse?", "Where is the lighthouse?", "None of these"]
    used = await rig.ada.click(card, "Where is the lighthouse?")
    assert not used.ephemeral
    assert embed(used.message)["description"] == "It stands at Brim."


async def test_an_option_of_a_private_clarification_is_answered_privately(rig: Rig) -> None:
    """A private clarification shows the question."""
    rig.answerer.clarify_on(VAGUE)
    asked = await rig.ada.slash("ask", question=VAGUE, private=True)
    assert embed(asked.message)["description"] == "Question: the keeper?\n\nWhich of these do you mean?"
    assert (await rig.ada.click(asked, "Where is the lighthouse?")).ephemeral


async def test_none_of_these_records_the_question_once_per_card(rig: Rig) -> None:
    """Pressing the button again changes nothing."""
    rig.answerer.clarify_on(VAGUE)
    card = await rig.mention(VAGUE)
    for _ in range(2):
        assert private_text(await rig.ada.click(card, "None of these")) == (
            "Nobody has written an answer to that yet. Your question goes on the moderators' list, without your name."
        )
    (recorded,) = rig.journal.inbox.questions(10)
    assert (recorded.text, recorded.count, recorded.outcome) == (VAGUE, 1, "none_of_these")


async def test_buttons_work_after_a_restart(rig: Rig) -> None:
    """Only the remembered question is lost."""
    rig.answerer.clarify_on(VAGUE)
    card, unsure = await rig.mention(LEFT_QUESTION), await rig.mention(VAGUE)
    await rig.client.close()
    restarted = PilcrowClient(rig.client.config, fixed_base(rig.answerer), rig.journal)
    async with connected(restarted, rig.fake_discord):
        assert text((await rig.ada.click(card, "What is Ada Quill accused of?")).message)
        assert text((await rig.ada.click(card, "Show the paragraphs")).message)
        assert (
            private_text(await rig.ada.click(card, "Helpful")) == "Thank you. Your vote is counted, without your name."
        )
        assert text((await rig.ada.click(unsure, "Where is the lighthouse?")).message)
        assert private_text(await rig.ada.click(unsure, "None of these")) == (
            "Nobody has written an answer to that yet. I no longer have your question: please ask it in other words."
        )
    assert rig.journal.inbox.questions(1) == []


async def test_a_button_of_a_removed_entry_says_so(rig: Rig) -> None:
    """The base may have changed since the card was sent."""
    card = await rig.mention(LEFT_QUESTION)
    entries = {id: entry for id, entry in rig.answerer.story.entries.items() if id == "keeper-place"}
    rig.answerer.story = replace(rig.answerer.story, entries=entries)
    for label in ("What is Ada Quill accused of?", "Show the paragraphs", "Helpful"):
        assert private_text(await rig.ada.click(card, label)) == ENTRY_GONE
    assert rig.journal.feedback.totals() == {}


async def test_an_unknown_button_says_that_it_no_longer_works(rig: Rig) -> None:
    """Cards of older versions may have other buttons."""
    card = await rig.mention(LEFT_QUESTION)
    row = rig.fake_discord.messages_store.find(card["id"]).data["components"][0]
    row["components"][0]["custom_id"] = "pilcrow:dance:1"
    assert private_text(await rig.ada.click(card, "pilcrow:dance:1")) == (
        "That button no longer works. Please ask again in your own words."
    )


async def test_an_exception_behind_a_button_is_answered_and_logged(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The log does not contain the user's id."""
    card = await rig.mention(LEFT_QUESTION)

    def broken(_: str) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(rig.answerer, "entry_reply", broken)
    assert private_text(await rig.ada.click(card, "Show the paragraphs")) == (
        "Something went wrong on my side. It has been logged."
    )
    assert "a bug" in caplog.text
    assert str(rig.ada.id) not in caplog.text


async def test_an_exception_after_the_answer_is_only_logged(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """No apology follows an answer."""
    card = await rig.mention(LEFT_QUESTION)

    def broken(_: int | None, __: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(rig.client.services.conversations, "remember", broken)
    used = await rig.ada.click(card, "What is Ada Quill accused of?")
    assert embed(used.message)["title"] == "What is Ada Quill accused of?"
    assert used.followups == []
    assert [record.name for record in caplog.records if record.exc_info] == [
        "bot.discord_frontend.common.error_handler"
    ]


async def test_each_event_is_answered_by_one_handler(rig: Rig) -> None:
    """discord.py stores no views that could answer too."""
    card = await rig.mention(ACCUSED_QUESTION)
    await rig.ada.click(card, "Show the paragraphs")
    await rig.ada.slash("ask", question=ACCUSED_QUESTION, private=True)
    await rig.fake_discord.assert_silent(rig.channel)
    assert len(rig.bodies()) == 3
    store = rig.client._connection._view_store
    assert (store._views, store._synced_message_views) == ({}, {})
    assert not [task for task in asyncio.all_tasks() if "timeout" in str(task.get_coro())]


async def test_opening_an_entry_counts_towards_the_cooldown(tmp_path: Path) -> None:
    """Buttons that open an entry are limited like questions."""
    async with discord_rig(tmp_path, questions=2) as rig:
        card = await rig.mention(LEFT_QUESTION)
        await rig.ada.click(card, "What is Ada Quill accused of?")
        assert private_text(await rig.ada.click(card, "What is Ada Quill accused of?")) == (
            "You are asking too fast. Please try again in 10 seconds."
        )
