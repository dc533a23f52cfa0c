"""Buttons under a card, also of cards sent before a restart."""

import asyncio
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from bot.answering.answerer import Answerer
from bot.answering.entry_replies import EntryReplies
from bot.discord_frontend.asking.conversations import Conversations
from bot.discord_frontend.client import PilcrowClient
from bot.discord_frontend.common.cooldown import Cooldown
from bot.discord_frontend.services import Services
from bot.journal import data_requests
from bot.journal.counts import OutcomeCounts
from bot.journal.journal import Journal
from bot.journal.records import OutcomeCount
from bot.matching.weights import load_weights
from tests.support.discord_rig import (
    ACCUSED_QUESTION,
    LEFT_QUESTION,
    PLACE_QUESTION,
    UNANSWERABLE_QUESTION,
    Rig,
    connected,
    discord_rig,
    embed,
    labels,
    text,
)
from tests.support.fake_discord import Interaction
from tests.support.fake_discord.messages import EPHEMERAL
from tests.support.fixed_base import fixed_base
from tests.support.small_story import small_story

ENTRY_GONE = "That answer has been removed. Please ask again in your own words."
NO_LONGER_WORKS = "That button no longer works. Please ask again in your own words."
WHAT_IS_WRONG = "Counted, without your name. What is wrong?"
VAGUE = "the keeper?"


def private_text(used: Interaction) -> str:
    """Return the text of the ephemeral answer to an interaction."""
    assert used.ephemeral
    assert used.message is not None
    assert used.followups == []
    return str(used.message["content"])


def _set_custom_ids(rig: Rig, message: Any, custom_ids: dict[str, str]) -> None:
    """Give some buttons of a message, by label, other custom ids."""
    for row in rig.fake_discord.messages_store.find(message["id"]).data["components"]:
        for button in row["components"]:
            button["custom_id"] = custom_ids.get(button.get("label"), button["custom_id"])


async def test_a_related_question_is_answered_privately(rig: Rig) -> None:
    """Public answers would fill the channel."""
    used = await rig.ada.click(await rig.mention(LEFT_QUESTION), "What is Ada Quill accused of?")
    assert text(used.message).startswith("The mayor, Tom Reed, says that she took the lamp")
    assert used.ephemeral


async def test_more_is_shown_privately_in_an_embed_without_the_articles_text(rig: Rig) -> None:
    """The question as it was understood, and each paragraph with its number, link and gist."""
    used = await rig.ada.click(await rig.mention(LEFT_QUESTION), "More")
    assert used.ephemeral
    assert embed(used.message).keys() == {"type", "flags", "description"}
    assert text(used.message) == (
        "**When did Ada Quill leave the lighthouse?**\n"
        "**What the paragraphs say (The Quay, May 2020)**\n"
        "- [¶1](<https://quay.example/harbour-light#:~:text=Keeper%20Ada%20Quill,on%20Friday%20evening.>) "
        "Keeper Ada Quill left the lighthouse at Brim on Friday."
    )
    assert labels(used.message) == ["Copy", "1 more question"]


async def test_more_quotes_the_paragraphs_if_the_articles_text_is_configured(tmp_path: Path) -> None:
    """The text follows the gist, escaped."""
    async with discord_rig(tmp_path, texts={1: "Keeper Ada Quill walked [out](x) on Friday evening."}) as rig:
        used = await rig.ada.click(await rig.mention(LEFT_QUESTION), "More")
        assert text(used.message).endswith("\n> Keeper Ada Quill walked \\[out\\](x) on Friday evening.")


async def test_a_question_chosen_from_the_select_is_answered_privately(rig: Rig) -> None:
    """The select offers what is no button under the answer, and works after a restart like any button."""
    more = await rig.ada.click(await rig.mention(LEFT_QUESTION), "More")
    used = await rig.ada.select(more, "pilcrow:choose", ["Where is the lighthouse?"])
    assert used.ephemeral
    assert text(used.message).startswith("It stands at Brim.\n")


async def test_copy_gives_a_code_block_privately(rig: Rig) -> None:
    """It holds all that belongs to the answer, and no markup."""
    more = await rig.ada.click(await rig.mention(ACCUSED_QUESTION), "More")
    assert private_text(await rig.ada.click(more, "Copy")) == (
        "```\nThe mayor, Tom Reed, says that she took the lamp, worth 40 crowns.\n"
        "Alleged, not proven · The Quay ¶2\n"
        "Denied: Ada Quill denies it. ¶2\n"
        "Since the article:\n"
        "- Jun 2020: The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)\n"
        "Harbour light goes dark, The Quay: "
        "https://quay.example/harbour-light#:~:text=Mayor%20Tom%20Reed,she%20denies%20it.\n"
        "Pilcrow, an answer written by people\n```"
    )


async def test_a_long_copy_takes_several_messages(rig: Rig) -> None:
    """Each has a code block of its own, and all are private."""
    answer = "It was so. " * 300
    entry = replace(rig.answerer.story.entries["keeper-left"], answer=answer)
    rig.answerer.story = replace(rig.answerer.story, entries={**rig.answerer.story.entries, entry.id: entry})
    rig.answerer._entry_replies = EntryReplies(rig.answerer.story)
    more = await rig.ada.click(await rig.mention(PLACE_QUESTION), "More")
    _set_custom_ids(rig, more.message, {"Copy": "pilcrow:copy:keeper-left"})
    used = await rig.ada.click(more, "pilcrow:copy:keeper-left")
    parts = [used.message, *used.followups]
    assert len(parts) == 2
    assert all(part["content"].startswith("```\n") and part["content"].endswith("\n```") for part in parts if part)
    assert all(part["flags"] & EPHEMERAL for part in parts if part)


async def test_the_buttons_of_an_abstention_open_readings_privately(rig: Rig) -> None:
    """'The story' is the summary, 'What can I ask?' the help."""
    card = await rig.mention(UNANSWERABLE_QUESTION)
    assert labels(card) == ["The story", "What can I ask?"]
    story = await rig.ada.click(card, "The story")
    assert story.ephemeral
    assert text(story.message).startswith("**The dark light**")
    assert text((await rig.ada.click(card, "What can I ask?")).message).startswith("**What I can do**")


async def test_a_view_button_may_have_an_argument(rig: Rig) -> None:
    """It has colons in it, as a topic with its length does."""
    card = await rig.mention(UNANSWERABLE_QUESTION)
    _set_custom_ids(
        rig, card, {"The story": "pilcrow:view:summary:lamp:full", "What can I ask?": "pilcrow:view:who:tom-reed"}
    )
    used = await rig.ada.click(card, "pilcrow:view:summary:lamp:full")
    assert text(used.message).startswith("**The lamp**")
    used = await rig.ada.click(card, "pilcrow:view:who:tom-reed")
    assert text(used.message).startswith("**Tom Reed**")


async def test_a_vote_is_counted_once_per_user_and_card(rig: Rig) -> None:
    """It is stored without the user."""
    card = await rig.mention(LEFT_QUESTION)
    assert private_text(await rig.ada.click(card, "Good")) == "Thank you. Your vote is counted, without your name."
    assert private_text(await rig.ada.click(card, "Wrong")) == "You have already voted on this answer."
    bob = rig.fake_discord.person(rig.guild, name="Bob")
    await bob.click(card, "Wrong")
    await rig.fake_discord.assert_silent(rig.channel)
    assert rig.journal.feedback.totals() == {"keeper-left": (1, 1)}


async def test_an_unhelpful_answer_puts_its_question_into_the_inbox(rig: Rig) -> None:
    """It is stored with the entry and a count, unless the question is no longer remembered."""
    await rig.ada.click(await rig.mention(LEFT_QUESTION), "Good")
    cards = [await rig.mention(LEFT_QUESTION), await rig.mention(LEFT_QUESTION)]
    for card in cards:
        assert private_text(await rig.ada.click(card, "Wrong")) == WHAT_IS_WRONG
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
    await rig.ada.click(forgotten, "Wrong")
    await rig.fake_discord.assert_silent(rig.channel)
    assert rig.journal.feedback.totals() == {"keeper-left": (1, 3)}
    assert rig.journal.inbox.questions(10) == [recorded]


async def test_a_reason_is_counted_with_the_question(rig: Rig) -> None:
    """One press more; the buttons go, so that it is given once. No user id is stored."""
    for reason in ("Out of date", "Not what I asked"):
        asked = await rig.ada.click(await rig.mention(LEFT_QUESTION), "Wrong")
        assert labels(asked.message) == [
            "Wrong person or thing",
            "Wrong or missing source",
            "Out of date",
            "Not what I asked",
        ]
        noted = await rig.ada.click(asked, reason)
        assert private_text(noted) == "Noted for the moderators. Thank you."
        assert (noted.message or {})["components"] == []
    await rig.fake_discord.assert_silent(rig.channel)
    (recorded,) = rig.journal.inbox.questions(10)
    assert (recorded.text, recorded.count) == (LEFT_QUESTION, 2)
    assert {reason: count for reason, count in recorded.reasons.items() if count} == {"outdated": 1, "not_asked": 1}
    assert str(rig.ada.id) not in data_requests.export(rig.journal.database)


async def test_two_presses_at_once_give_one_reason(rig: Rig) -> None:
    """Before Discord has taken the buttons away, a second one can be pressed."""
    asked = await rig.ada.click(await rig.mention(LEFT_QUESTION), "Wrong")
    stored = rig.fake_discord.messages_store.find((asked.message or {})["id"])
    buttons = stored.data["components"]
    await rig.ada.click(asked, "Out of date")
    stored.data["components"] = buttons
    assert private_text(await rig.ada.click(asked, "Not what I asked")) == "Noted for the moderators. Thank you."
    await rig.fake_discord.assert_silent(rig.channel)
    (recorded,) = rig.journal.inbox.questions(10)
    assert (recorded.outdated, recorded.not_asked) == (1, 0)


async def test_a_reason_for_a_forgotten_question_stands_with_the_entrys_own(rig: Rig) -> None:
    """That an answer is out of date is worth knowing without the words in which somebody asked."""
    asked = await rig.ada.click(await rig.mention("what day did the keeper quit"), "Wrong")
    await rig.fake_discord.assert_silent(rig.channel)
    rig.journal.inbox.delete([1])
    rig.client.services.conversations = Conversations()
    await rig.ada.click(asked, "Out of date")
    await rig.fake_discord.assert_silent(rig.channel)
    (recorded,) = rig.journal.inbox.questions(10)
    assert (recorded.text, recorded.entry, recorded.outdated) == (
        "When did Ada Quill leave the lighthouse?",
        "keeper-left",
        1,
    )


async def test_an_unknown_reason_is_not_stored(rig: Rig) -> None:
    """A custom id is text that Discord sends; none of it becomes the name of a column."""
    asked = await rig.ada.click(await rig.mention(LEFT_QUESTION), "Wrong")
    _set_custom_ids(rig, asked.message, {"Out of date": "pilcrow:why:count:keeper-left"})
    assert private_text(await rig.ada.click(asked, "pilcrow:why:count:keeper-left")) == NO_LONGER_WORKS


OLD_BUTTONS = {
    "pilcrow:related:lamp-taken": "The mayor, Tom Reed, says that she took the lamp, worth 40 crowns.\n",
    "pilcrow:paragraphs:keeper-left": "**When did Ada Quill leave the lighthouse?**\n",
    "pilcrow:vote:up:keeper-left": "Thank you. Your vote is counted, without your name.",
    "pilcrow:vote:down:keeper-left": "Counted, without your name. What is wrong?",
    "pilcrow:entry:keeper-place": "It stands at Brim.\n",
    "pilcrow:none": "Nobody has written an answer to that yet.",
    "pilcrow:page:2:timeline:": "**What happened when**",
    "pilcrow:page:1:who:tom-reed": "**Tom Reed**",
}
"""Custom ids of the buttons of earlier versions, and how what they show begins."""


@pytest.mark.parametrize("custom_id", OLD_BUTTONS)
async def test_a_button_of_an_earlier_version_works(rig: Rig, custom_id: str) -> None:
    """Under the embed with title, fields and footer that its card was."""
    card = rig.fake_discord.messages_store.create(
        rig.channel,
        rig.fake_discord.bot,
        {
            "embeds": [
                {
                    "title": "When did Ada Quill leave the lighthouse?",
                    "description": "She left it on Friday evening.",
                    "fields": [{"name": "Standing", "value": "Reported by the article", "inline": False}],
                    "footer": {"text": "¶ Pilcrow · answers are written by people"},
                }
            ],
            "components": [
                {"type": 1, "components": [{"type": 2, "style": 2, "label": "Button", "custom_id": custom_id}]}
            ],
        },
    )
    used = await rig.ada.click(card.payload(), custom_id)
    assert text(used.message).startswith(OLD_BUTTONS[custom_id])


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
    assert text(card) == "Which do you mean?"
    assert labels(card) == ["When did Ada Quill leave the lighthouse?", "Where is the lighthouse?", "None of these"]
    used = await rig.ada.click(card, "Where is the lighthouse?")
    assert not used.ephemeral
    assert text(used.message).startswith("It stands at Brim.\n")


async def test_a_guess_is_answered_and_the_inbox_still_learns_of_a_wrong_one(rig: Rig) -> None:
    """The other entry is a button, and 'None of these' puts the question into the inbox."""
    rig.answerer.guess_on(VAGUE)
    card = await rig.mention(VAGUE)
    assert text(card).startswith('You may mean: She left it on Friday evening, and was "quite tired".\n')
    assert labels(card) == ["Where is the lighthouse?", "None of these"]
    await rig.ada.click(card, "None of these")
    await rig.fake_discord.assert_silent(rig.channel)
    (recorded,) = rig.journal.inbox.questions(10)
    assert (recorded.text, recorded.outcome) == (VAGUE, "none_of_these")
    assert [(count.entry, count.outcome) for count in rig.journal.outcomes.all()] == [("", "clarify")]


async def test_an_option_of_a_private_clarification_is_answered_privately(rig: Rig) -> None:
    """A private clarification shows the question."""
    rig.answerer.clarify_on(VAGUE)
    asked = await rig.ada.slash("ask", question=VAGUE, private=True)
    assert text(asked.message) == "Which do you mean?\n-# Asked: the keeper?"
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
        assert text((await rig.ada.click(card, "More")).message)
        assert private_text(await rig.ada.click(card, "Good")) == "Thank you. Your vote is counted, without your name."
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
    for label in ("What is Ada Quill accused of?", "More", "Good"):
        assert private_text(await rig.ada.click(card, label)) == ENTRY_GONE
    assert rig.journal.feedback.totals() == {}


async def test_an_unknown_button_says_that_it_no_longer_works(rig: Rig) -> None:
    """Cards of older versions may have other buttons."""
    card = await rig.mention(LEFT_QUESTION)
    row = rig.fake_discord.messages_store.find(card["id"]).data["components"][0]
    row["components"][0]["custom_id"] = "pilcrow:dance:1"
    assert private_text(await rig.ada.click(card, "pilcrow:dance:1")) == NO_LONGER_WORKS


async def test_an_exception_behind_a_button_is_answered_and_logged(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The log does not contain the user's id."""
    card = await rig.mention(LEFT_QUESTION)

    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(rig.answerer, "entry_reply", broken)
    assert private_text(await rig.ada.click(card, "More")) == ("Something went wrong on my side. It has been logged.")
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
    assert text(used.message).startswith("The mayor, Tom Reed, says that she took the lamp")
    assert used.followups == []
    assert [record.name for record in caplog.records if record.exc_info] == [
        "bot.discord_frontend.common.error_handler"
    ]


async def test_each_event_is_answered_by_one_handler(rig: Rig) -> None:
    """discord.py stores no views that could answer too."""
    card = await rig.mention(ACCUSED_QUESTION)
    await rig.ada.click(card, "More")
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
