"""Every way of asking in Discord, through the real client."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.discord_rig import (
    ACCUSED_QUESTION,
    LEFT_QUESTION,
    PLACE_QUESTION,
    UNANSWERABLE_QUESTION,
    Rig,
    embed,
    fields,
    labels,
    rig,
)

LEFT_ANSWER = 'She left it on Friday evening, and was "quite tired".'
NOTHING = "Nobody has written an answer to that yet."
LISTED = f"{NOTHING} Your question goes on the moderators' list, without your name."


@pytest.fixture
async def r(tmp_path: Path) -> AsyncIterator[Rig]:
    """A running bot that listens nowhere."""
    async with rig(tmp_path) as running:
        yield running


async def test_a_mention_is_answered_with_a_card(r: Rig) -> None:
    """Text without the mention is the question; the card has answer, standing, source, what is known later, and buttons."""
    asked = await r.ada.says(r.channel, ACCUSED_QUESTION, mention_bot=True)
    reply = await r.fake_discord.next_message(r.channel)
    assert reply["message_reference"]["message_id"] == asked["id"]
    card = embed(reply)
    assert card["title"] == "What is Ada Quill accused of?"
    assert card["description"] == (
        "The mayor, Tom Reed, says that she took the lamp, worth 40 crowns.\n\nAda Quill denies it."
    )
    assert fields(reply) == {
        "Standing": "Alleged, not proven",
        "Source": "[¶2](https://quay.example/harbour-light#:~:text=Mayor%20Tom%20Reed,she%20denies%20it.) "
        "The mayor says that she took the lamp; she denies it.",
        "Known later (not in the article)": "2020-06-01: The lamp was found in the mayor's cellar. "
        "([The Quay, 1 June 2020](https://quay.example/lamp-found))",
    }
    assert card["footer"]["text"] == ("¶ Pilcrow · answers are written by people · Harbour light goes dark · The Quay")
    assert labels(reply)[-3:] == ["Show the paragraphs", "Helpful", "Not helpful"]


async def test_a_message_that_is_not_for_it_is_left_alone(r: Rig) -> None:
    """Without being called it says nothing: Discord does not even show it the text."""
    await r.ada.says(r.channel, LEFT_QUESTION)
    await r.fake_discord.silent(r.channel)
    assert r.answerer.asked == []


async def test_a_direct_message_is_a_question(r: Rig) -> None:
    """No mention is needed in a direct message, and the conversation goes on from one question to the next."""
    await r.ada.dm(LEFT_QUESTION)
    assert embed(await r.fake_discord.next_message(r.ada))["description"] == LEFT_ANSWER
    await r.ada.dm("and why?")
    await r.fake_discord.next_message(r.ada)
    assert r.answerer.asked == [(LEFT_QUESTION, ()), ("and why?", (LEFT_QUESTION,))]


async def test_a_reply_to_the_bot_goes_on_from_that_question(r: Rig) -> None:
    """The question before is the context of a reply."""
    first = await r.mention(LEFT_QUESTION)
    await r.ada.says(r.channel, "and where?", reply_to=first)
    await r.fake_discord.next_message(r.channel)
    assert r.answerer.asked[-1] == ("and where?", (LEFT_QUESTION,))


async def test_a_reply_without_a_ping_is_left_alone(r: Rig) -> None:
    """Discord shows no text of it, so nothing is asked."""
    first = await r.mention(LEFT_QUESTION)
    await r.ada.says(r.channel, "and where?", reply_to=first, ping=False)
    await r.fake_discord.silent(r.channel)


async def test_a_mention_in_a_reply_asks_that_message(r: Rig) -> None:
    """No text of one's own: what the message asks that is replied to, where Discord shows it."""
    bob = r.fake_discord.person(r.guild, name="Bob")
    question = await bob.says(r.channel, f"hey <@{r.fake_discord.bot.id}> {PLACE_QUESTION}")
    await r.fake_discord.next_message(r.channel)
    await r.ada.says(r.channel, "", mention_bot=True, reply_to=question)
    assert embed(await r.fake_discord.next_message(r.channel))["description"] == "It stands at Brim."


async def test_a_message_that_discord_does_not_show_is_named_as_such(r: Rig) -> None:
    """Where the text of the other message is not shown to bots, the way that works is named."""
    bob = r.fake_discord.person(r.guild, name="Bob")
    question = await bob.says(r.channel, PLACE_QUESTION)
    r.fake_discord.messages_store.find(question["id"]).data["content"] = ""  # what Discord makes of it on its way to us
    reply = await r.mention("", reply_to=question)
    assert reply["content"] == (
        "I can't read that message: Discord only shows me messages that mention me. "
        "Open the message's menu and choose Apps, then ‘Answer this’."
    )


@pytest.mark.parametrize("text", ["", "😀", "?!", "@everyone"])
async def test_nothing_asked_gets_a_hint(r: Rig, text: str) -> None:
    """An empty question or a mere emoji gets a sentence, and is not put on any list."""
    reply = await r.mention(text)
    assert embed(reply)["description"] in ("Ask me something about the story, in your own words.", LISTED)


async def test_slash_command_answers_in_the_channel_or_in_private(r: Rig) -> None:
    """/ask shows its answer to all, with 'private' only to the person; at once."""
    public = await r.ada.slash("ask", question=LEFT_QUESTION)
    assert embed(public.message)["description"] == LEFT_ANSWER
    assert not public.ephemeral
    assert public.acknowledged_after is not None
    assert public.acknowledged_after < 1
    assert (await r.ada.slash("ask", question=LEFT_QUESTION, private=True)).ephemeral


async def test_suggestions_are_the_base_s_questions(r: Rig) -> None:
    """At most 25 of them; one picked shows its entry, though its text is not asked."""
    choices = await r.ada.autocomplete("ask", "question", "where is the li")
    assert choices[0] == {"name": "Where is the lighthouse?", "value": "¶:keeper-place"}
    picked = await r.ada.slash("ask", question="¶:keeper-place")
    assert embed(picked.message)["description"] == "It stands at Brim."
    assert r.answerer.asked == []


async def test_a_suggestion_that_is_gone_is_named(r: Rig) -> None:
    """The base may have changed between the suggestion and the command."""
    used = await r.ada.slash("ask", question="¶:no-such-entry")
    assert used.message is not None
    assert used.message["content"] == "That answer has been removed. Please ask again in your own words."
    assert used.ephemeral


async def test_suggestions_that_fail_are_none(
    r: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A bug in the suggestions leaves free text, and the log does not name the person."""

    def broken(_: str, __: int) -> list[tuple[str, str]]:
        raise RuntimeError

    monkeypatch.setattr(r.answerer, "suggest", broken)
    assert await r.ada.autocomplete("ask", "question", "x") == []
    assert str(r.ada.id) not in caplog.text


async def test_answer_this_in_a_message_s_menu(r: Rig) -> None:
    """The text of any message can be asked from its menu, in servers and in direct messages."""
    bob = r.fake_discord.person(r.guild, name="Bob")
    used = await r.ada.menu("Answer this", await bob.says(r.channel, PLACE_QUESTION))
    assert embed(used.message)["description"] == "It stands at Brim."
    picture = await bob.says(r.channel, "(a picture)")
    r.fake_discord.messages_store.find(picture["id"]).data["content"] = ""
    empty = await r.ada.menu("Answer this", picture)
    assert empty.message is not None
    assert empty.message["content"] == "That message has no text to answer."


async def test_it_works_for_people_who_have_added_it_to_their_account(r: Rig) -> None:
    """In a server without the bot, and in direct messages, /ask works for whoever installed it."""
    elsewhere = r.fake_discord.guild("Elsewhere", installed=False)
    bob = r.fake_discord.person(elsewhere, name="Bob")
    bob.installs()
    assert embed((await bob.slash("ask", question=LEFT_QUESTION)).message)["description"] == LEFT_ANSWER
    assert embed((await r.ada.slash("ask", guild=None, question=LEFT_QUESTION)).message)["description"] == LEFT_ANSWER


async def test_no_answer_is_said_kindly_and_noted_without_a_person(r: Rig) -> None:
    """The question goes to the list: its text, how often, where; never who."""
    r.answerer.abstain_on(UNANSWERABLE_QUESTION, "lamp-taken")
    for _ in range(2):
        reply = await r.mention(f"{UNANSWERABLE_QUESTION}")
    assert embed(reply)["description"] == (
        f"{LISTED}\n\n**The closest thing the article does say:**\n"
        "The mayor, Tom Reed, says that she took the lamp, worth 40 crowns.\n\nAda Quill denies it."
    )
    assert fields(reply)["Standing"] == "Alleged, not proven"
    assert list(fields(reply)) == ["Standing", "Source", "Known later (not in the article)"]
    assert labels(reply) == ["What is Ada Quill accused of?"]
    await r.fake_discord.silent(r.channel)
    (noted,) = r.journal.inbox.questions(10)
    assert (noted.text, noted.count, noted.place, noted.outcome) == (
        UNANSWERABLE_QUESTION,
        2,
        str(r.guild.id),
        "abstain",
    )
    assert str(r.ada.id) not in repr(noted)


async def test_nothing_near_is_said_in_two_sentences(r: Rig) -> None:
    """Where nothing fits at all there are no buttons."""
    reply = await r.mention(UNANSWERABLE_QUESTION)
    assert (embed(reply)["description"], labels(reply)) == (LISTED, [])


async def test_a_journal_that_fails_never_stops_an_answer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One line in the log, however often, and the answer all the same."""
    async with rig(tmp_path, database=f"sqlite:///{tmp_path}") as r:
        for _ in range(2):
            assert embed(await r.mention(UNANSWERABLE_QUESTION))["description"] == LISTED
    lines = [line for line in caplog.messages if "save questions" in line]
    assert lines == [
        f"Can't save questions and votes: the journal can't be used: [Errno 21] Is a directory: '{tmp_path}'"
    ]


async def test_the_answer_does_not_wait_for_the_journal(r: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """First the reply, then the disk, however long that takes."""
    disk, note = threading.Event(), r.journal.inbox.add

    def slow(*what: Any) -> None:
        disk.wait(5)
        note(*what)

    monkeypatch.setattr(r.journal.inbox, "add", slow)
    r.fake_discord.settle = 0.01
    used = await r.ada.slash("ask", question=UNANSWERABLE_QUESTION)
    assert used.message is not None
    assert not disk.is_set()
    disk.set()
    await r.fake_discord.silent(r.channel)
    assert [one.text for one in r.journal.inbox.questions(9)] == [UNANSWERABLE_QUESTION]


async def test_a_bug_is_no_reason_to_speak_uncalled(tmp_path: Path) -> None:
    """Where it only listens, nobody gets an apology for what they did not ask."""
    async with rig(tmp_path, privileged=["message_content"], listen=True) as r:
        r.answerer.replies["boom"] = RuntimeError("a bug")
        await r.ada.says(r.channel, "boom")
        await r.fake_discord.silent(r.channel)


async def test_a_channel_it_listens_to_needs_no_call(tmp_path: Path) -> None:
    """It answers what it can answer there, is silent otherwise, and writes nothing of that down."""
    async with rig(tmp_path, privileged=["message_content"], listen=True) as r:
        await r.ada.says(r.channel, LEFT_QUESTION)
        assert embed(await r.fake_discord.next_message(r.channel))["description"] == LEFT_ANSWER
        await r.ada.says(r.channel, UNANSWERABLE_QUESTION)
        await r.fake_discord.silent(r.channel)
        assert r.journal.inbox.questions(1) == []


async def test_other_bots_are_never_answered(r: Rig) -> None:
    """Two bots must not talk to each other for ever."""
    other = r.fake_discord.world.user("Other", bot=True)
    r.fake_discord.world.join(r.guild, other, [])
    message = r.fake_discord.messages_store.create(
        r.channel,
        other,
        {"content": f"<@{r.fake_discord.bot.id}> {LEFT_QUESTION}", "allowed_mentions": {"parse": ["users"]}},
    )
    r.fake_discord.mark()
    r.fake_discord.message_events.announce(message)
    await r.fake_discord.silent(r.channel)


async def test_nothing_typed_pings_or_formats(r: Rig) -> None:
    """Every message forbids all mentions, and a question shown back is nothing but text."""
    bad = "@everyone <@12345678901234567> <#2> [a](http://x.y) [b](http://evil.example) **x** <:a:3> https://evil.example \u202eabc"
    used = await r.ada.slash("ask", question=bad)
    shown = embed(used.message)["description"].split("\n\n")[0]
    assert shown == (
        "Question: @\u200beveryone \\<@\u200b12345678901234567\\> \\<#2\\> \\[a\\](http:\\//x.y) \\[b\\](http:\\//evil.example) "
        "\\*\\*x\\*\\* \\<:a:3\\> https:\\//evil.example abc"
    )
    await r.mention(bad)
    assert {str(body["allowed_mentions"]["parse"]) for body in r.bodies()} == {"[]"}
    assert all(not body["allowed_mentions"].get("replied_user") for body in r.bodies())


async def test_a_very_long_question_gets_a_reply(r: Rig) -> None:
    """A full message, or the 6,000 characters that a command takes: a reply, never an error."""
    assert embed(await r.mention("z" * 1970))["description"]
    used = await r.ada.slash("ask", question="lamp " * 1200)
    assert used.message is not None
    assert used.message["embeds"]


async def test_the_cooldown_counts_every_way_of_asking(tmp_path: Path) -> None:
    """Over it a command is told so in private, mentions once and then not at all; with time it passes."""
    async with rig(tmp_path, questions=2) as r:
        await r.mention(LEFT_QUESTION)
        await r.ada.slash("ask", question=LEFT_QUESTION)
        sentence = "You are asking too fast. Please try again in 10 seconds."
        refused = await r.ada.slash("ask", question=LEFT_QUESTION)
        assert refused.ephemeral
        assert refused.message is not None
        assert refused.message["content"] == sentence
        assert (await r.mention(LEFT_QUESTION))["content"] == sentence
        await r.ada.says(r.channel, LEFT_QUESTION, mention_bot=True)
        await r.fake_discord.silent(r.channel)
        bob = r.fake_discord.person(r.guild, name="Bob")
        await bob.says(r.channel, LEFT_QUESTION, mention_bot=True)
        assert (await r.fake_discord.next_message(r.channel))["embeds"]
        r.time[0] += 10
        assert (await r.mention(LEFT_QUESTION))["embeds"]


async def test_a_bug_is_an_apology_and_a_line_in_the_log(r: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """One short sentence to the person, once, the traceback to the log; neither holds what was asked or who asked."""
    r.answerer.replies["boom"] = RuntimeError("a bug")
    sentence = "Something went wrong on my side. It has been logged."
    assert (await r.mention("boom"))["content"] == sentence
    used = await r.ada.slash("ask", question="boom")
    assert used.message is not None
    assert (used.message["content"], used.ephemeral, used.followups) == (sentence, True, [])
    assert [record.exc_info is not None for record in caplog.records if record.levelname == "ERROR"] == [True, True]
    assert str(r.ada.id) not in caplog.text
    await r.fake_discord.silent(r.channel)


async def test_a_refused_answer_is_not_followed_by_a_second(r: Rig) -> None:
    """An interaction that Discord no longer knows gets no apology either."""
    unknown = {"message": "Unknown interaction", "code": 10062}
    fault = r.fake_discord.fail_next("POST", "/callback", 404, 5, body=unknown)
    r.fake_discord.answer_within, r.fake_discord.patience = 0.3, 0.3
    with pytest.raises(AssertionError):
        await r.ada.slash("ask", question=LEFT_QUESTION)
    assert fault.hits == 1
