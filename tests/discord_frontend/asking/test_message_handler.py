"""Every way of asking in Discord, through the real client."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from tests.support.discord_rig import (
    ACCUSED_QUESTION,
    LEFT_QUESTION,
    PLACE_QUESTION,
    UNANSWERABLE_QUESTION,
    Rig,
    discord_rig,
    embed,
    fields,
    labels,
)

LEFT_ANSWER = 'She left it on Friday evening, and was "quite tired".'
NOTHING = "Nobody has written an answer to that yet."
LISTED = f"{NOTHING} Your question goes on the moderators' list, without your name."


async def test_a_mention_is_answered_with_a_card(rig: Rig) -> None:
    """Text without the mention is the question; the card has answer, standing, source, what is known later, and buttons."""
    asked = await rig.ada.says(rig.channel, ACCUSED_QUESTION, mention_bot=True)
    reply = await rig.fake_discord.next_message(rig.channel)
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


async def test_a_message_that_is_not_for_it_is_left_alone(rig: Rig) -> None:
    """Without being called it says nothing: Discord does not even show it the text."""
    await rig.ada.says(rig.channel, LEFT_QUESTION)
    await rig.fake_discord.silent(rig.channel)
    assert rig.answerer.asked == []


async def test_a_direct_message_is_a_question(rig: Rig) -> None:
    """No mention is needed in a direct message, and the conversation goes on from one question to the next."""
    await rig.ada.dm(LEFT_QUESTION)
    assert embed(await rig.fake_discord.next_message(rig.ada))["description"] == LEFT_ANSWER
    await rig.ada.dm("and why?")
    await rig.fake_discord.next_message(rig.ada)
    assert rig.answerer.asked == [(LEFT_QUESTION, ()), ("and why?", (LEFT_QUESTION,))]


async def test_a_reply_to_the_bot_goes_on_from_that_question(rig: Rig) -> None:
    """The question before is the context of a reply."""
    first = await rig.mention(LEFT_QUESTION)
    await rig.ada.says(rig.channel, "and where?", reply_to=first)
    await rig.fake_discord.next_message(rig.channel)
    assert rig.answerer.asked[-1] == ("and where?", (LEFT_QUESTION,))


async def test_a_reply_without_a_ping_is_left_alone(rig: Rig) -> None:
    """Discord shows no text of it, so nothing is asked."""
    first = await rig.mention(LEFT_QUESTION)
    await rig.ada.says(rig.channel, "and where?", reply_to=first, ping=False)
    await rig.fake_discord.silent(rig.channel)


async def test_a_mention_in_a_reply_asks_that_message(rig: Rig) -> None:
    """No text of one's own: what the message asks that is replied to, where Discord shows it."""
    bob = rig.fake_discord.person(rig.guild, name="Bob")
    question = await bob.says(rig.channel, f"hey <@{rig.fake_discord.bot.id}> {PLACE_QUESTION}")
    await rig.fake_discord.next_message(rig.channel)
    await rig.ada.says(rig.channel, "", mention_bot=True, reply_to=question)
    assert embed(await rig.fake_discord.next_message(rig.channel))["description"] == "It stands at Brim."


async def test_a_message_that_discord_does_not_show_is_named_as_such(rig: Rig) -> None:
    """Where the text of the other message is not shown to bots, the way that works is named."""
    bob = rig.fake_discord.person(rig.guild, name="Bob")
    question = await bob.says(rig.channel, PLACE_QUESTION)
    rig.fake_discord.messages_store.find(question["id"]).data["content"] = (
        ""  # what Discord makes of it on its way to us
    )
    reply = await rig.mention("", reply_to=question)
    assert reply["content"] == (
        "I can't read that message: Discord only shows me messages that mention me. "
        "Open the message's menu and choose Apps, then ‘Answer this’."
    )


@pytest.mark.parametrize("text", ["", "😀", "?!", "@everyone"])
async def test_nothing_asked_gets_a_hint(rig: Rig, text: str) -> None:
    """An empty question or a mere emoji gets a sentence, and is not put on any list."""
    reply = await rig.mention(text)
    assert embed(reply)["description"] in ("Ask me something about the story, in your own words.", LISTED)


async def test_slash_command_answers_in_the_channel_or_in_private(rig: Rig) -> None:
    """/ask shows its answer to all, with 'private' only to the person; at once."""
    public = await rig.ada.slash("ask", question=LEFT_QUESTION)
    assert embed(public.message)["description"] == LEFT_ANSWER
    assert not public.ephemeral
    assert public.acknowledged_after is not None
    assert public.acknowledged_after < 1
    assert (await rig.ada.slash("ask", question=LEFT_QUESTION, private=True)).ephemeral


async def test_suggestions_are_the_base_s_questions(rig: Rig) -> None:
    """At most 25 of them; one picked shows its entry, though its text is not asked."""
    choices = await rig.ada.autocomplete("ask", "question", "where is the li")
    assert choices[0] == {"name": "Where is the lighthouse?", "value": "¶:keeper-place"}
    picked = await rig.ada.slash("ask", question="¶:keeper-place")
    assert embed(picked.message)["description"] == "It stands at Brim."
    assert rig.answerer.asked == []


async def test_a_suggestion_that_is_gone_is_named(rig: Rig) -> None:
    """The base may have changed between the suggestion and the command."""
    used = await rig.ada.slash("ask", question="¶:no-such-entry")
    assert used.message is not None
    assert used.message["content"] == "That answer has been removed. Please ask again in your own words."
    assert used.ephemeral


async def test_suggestions_that_fail_are_none(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A bug in the suggestions leaves free text, and the log does not name the person."""

    def broken(_: str, __: int) -> list[tuple[str, str]]:
        raise RuntimeError

    monkeypatch.setattr(rig.answerer, "suggest", broken)
    assert await rig.ada.autocomplete("ask", "question", "x") == []
    assert str(rig.ada.id) not in caplog.text


async def test_answer_this_in_a_message_s_menu(rig: Rig) -> None:
    """The text of any message can be asked from its menu, in servers and in direct messages."""
    bob = rig.fake_discord.person(rig.guild, name="Bob")
    used = await rig.ada.menu("Answer this", await bob.says(rig.channel, PLACE_QUESTION))
    assert embed(used.message)["description"] == "It stands at Brim."
    picture = await bob.says(rig.channel, "(a picture)")
    rig.fake_discord.messages_store.find(picture["id"]).data["content"] = ""
    empty = await rig.ada.menu("Answer this", picture)
    assert empty.message is not None
    assert empty.message["content"] == "That message has no text to answer."


async def test_it_works_for_people_who_have_added_it_to_their_account(rig: Rig) -> None:
    """In a server without the bot, and in direct messages, /ask works for whoever installed it."""
    elsewhere = rig.fake_discord.guild("Elsewhere", installed=False)
    bob = rig.fake_discord.person(elsewhere, name="Bob")
    bob.installs()
    assert embed((await bob.slash("ask", question=LEFT_QUESTION)).message)["description"] == LEFT_ANSWER
    assert embed((await rig.ada.slash("ask", guild=None, question=LEFT_QUESTION)).message)["description"] == LEFT_ANSWER


async def test_no_answer_is_said_kindly_and_noted_without_a_person(rig: Rig) -> None:
    """The question goes to the list: its text, how often, where; never who."""
    rig.answerer.abstain_on(UNANSWERABLE_QUESTION, "lamp-taken")
    for _ in range(2):
        reply = await rig.mention(f"{UNANSWERABLE_QUESTION}")
    assert embed(reply)["description"] == (
        f"{LISTED}\n\n**The closest thing the article does say:**\n"
        "The mayor, Tom Reed, says that she took the lamp, worth 40 crowns.\n\nAda Quill denies it."
    )
    assert fields(reply)["Standing"] == "Alleged, not proven"
    assert list(fields(reply)) == ["Standing", "Source", "Known later (not in the article)"]
    assert labels(reply) == ["What is Ada Quill accused of?"]
    await rig.fake_discord.silent(rig.channel)
    (noted,) = rig.journal.inbox.questions(10)
    assert (noted.text, noted.count, noted.place, noted.outcome) == (
        UNANSWERABLE_QUESTION,
        2,
        str(rig.guild.id),
        "abstain",
    )
    assert str(rig.ada.id) not in repr(noted)


async def test_nothing_near_is_said_in_two_sentences(rig: Rig) -> None:
    """Where nothing fits at all there are no buttons."""
    reply = await rig.mention(UNANSWERABLE_QUESTION)
    assert (embed(reply)["description"], labels(reply)) == (LISTED, [])


async def test_a_journal_that_fails_never_stops_an_answer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One line in the log, however often, and the answer all the same."""
    async with discord_rig(tmp_path, database=f"sqlite:///{tmp_path}") as rig:
        for _ in range(2):
            assert embed(await rig.mention(UNANSWERABLE_QUESTION))["description"] == LISTED
    lines = [line for line in caplog.messages if "save questions" in line]
    assert lines == [
        f"Can't save questions and votes: the journal can't be used: [Errno 21] Is a directory: '{tmp_path}'"
    ]


async def test_the_answer_does_not_wait_for_the_journal(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """First the reply, then the disk, however long that takes."""
    disk, note = threading.Event(), rig.journal.inbox.add

    def slow(*what: Any) -> None:
        disk.wait(5)
        note(*what)

    monkeypatch.setattr(rig.journal.inbox, "add", slow)
    rig.fake_discord.settle = 0.01
    used = await rig.ada.slash("ask", question=UNANSWERABLE_QUESTION)
    assert used.message is not None
    assert not disk.is_set()
    disk.set()
    await rig.fake_discord.silent(rig.channel)
    assert [one.text for one in rig.journal.inbox.questions(9)] == [UNANSWERABLE_QUESTION]


async def test_a_bug_is_no_reason_to_speak_uncalled(tmp_path: Path) -> None:
    """Where it only listens, nobody gets an apology for what they did not ask."""
    async with discord_rig(tmp_path, privileged=["message_content"], listen=True) as rig:
        rig.answerer.replies["boom"] = RuntimeError("a bug")
        await rig.ada.says(rig.channel, "boom")
        await rig.fake_discord.silent(rig.channel)


async def test_a_channel_it_listens_to_needs_no_call(tmp_path: Path) -> None:
    """It answers what it can answer there, is silent otherwise, and writes nothing of that down."""
    async with discord_rig(tmp_path, privileged=["message_content"], listen=True) as rig:
        await rig.ada.says(rig.channel, LEFT_QUESTION)
        assert embed(await rig.fake_discord.next_message(rig.channel))["description"] == LEFT_ANSWER
        await rig.ada.says(rig.channel, UNANSWERABLE_QUESTION)
        await rig.fake_discord.silent(rig.channel)
        assert rig.journal.inbox.questions(1) == []


async def test_other_bots_are_never_answered(rig: Rig) -> None:
    """Two bots must not talk to each other for ever."""
    other = rig.fake_discord.world.user("Other", bot=True)
    rig.fake_discord.world.join(rig.guild, other, [])
    message = rig.fake_discord.messages_store.create(
        rig.channel,
        other,
        {"content": f"<@{rig.fake_discord.bot.id}> {LEFT_QUESTION}", "allowed_mentions": {"parse": ["users"]}},
    )
    rig.fake_discord.mark()
    rig.fake_discord.message_events.announce(message)
    await rig.fake_discord.silent(rig.channel)


async def test_nothing_typed_pings_or_formats(rig: Rig) -> None:
    """Every message forbids all mentions, and a question shown back is nothing but text."""
    bad = "@everyone <@12345678901234567> <#2> [a](http://x.y) [b](http://evil.example) **x** <:a:3> https://evil.example \u202eabc"
    used = await rig.ada.slash("ask", question=bad)
    shown = embed(used.message)["description"].split("\n\n")[0]
    assert shown == (
        "Question: @\u200beveryone \\<@\u200b12345678901234567\\> \\<#2\\> \\[a\\](http:\\//x.y) \\[b\\](http:\\//evil.example) "
        "\\*\\*x\\*\\* \\<:a:3\\> https:\\//evil.example abc"
    )
    await rig.mention(bad)
    assert {str(body["allowed_mentions"]["parse"]) for body in rig.bodies()} == {"[]"}
    assert all(not body["allowed_mentions"].get("replied_user") for body in rig.bodies())


async def test_a_very_long_question_gets_a_reply(rig: Rig) -> None:
    """A full message, or the 6,000 characters that a command takes: a reply, never an error."""
    assert embed(await rig.mention("z" * 1970))["description"]
    used = await rig.ada.slash("ask", question="lamp " * 1200)
    assert used.message is not None
    assert used.message["embeds"]


async def test_the_cooldown_counts_every_way_of_asking(tmp_path: Path) -> None:
    """Over it a command is told so in private, mentions once and then not at all; with time it passes."""
    async with discord_rig(tmp_path, questions=2) as rig:
        await rig.mention(LEFT_QUESTION)
        await rig.ada.slash("ask", question=LEFT_QUESTION)
        sentence = "You are asking too fast. Please try again in 10 seconds."
        refused = await rig.ada.slash("ask", question=LEFT_QUESTION)
        assert refused.ephemeral
        assert refused.message is not None
        assert refused.message["content"] == sentence
        assert (await rig.mention(LEFT_QUESTION))["content"] == sentence
        await rig.ada.says(rig.channel, LEFT_QUESTION, mention_bot=True)
        await rig.fake_discord.silent(rig.channel)
        bob = rig.fake_discord.person(rig.guild, name="Bob")
        await bob.says(rig.channel, LEFT_QUESTION, mention_bot=True)
        assert (await rig.fake_discord.next_message(rig.channel))["embeds"]
        rig.time[0] += 10
        assert (await rig.mention(LEFT_QUESTION))["embeds"]


async def test_a_bug_is_an_apology_and_a_line_in_the_log(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """One short sentence to the person, once, the traceback to the log; neither holds what was asked or who asked."""
    rig.answerer.replies["boom"] = RuntimeError("a bug")
    sentence = "Something went wrong on my side. It has been logged."
    assert (await rig.mention("boom"))["content"] == sentence
    used = await rig.ada.slash("ask", question="boom")
    assert used.message is not None
    assert (used.message["content"], used.ephemeral, used.followups) == (sentence, True, [])
    assert [record.exc_info is not None for record in caplog.records if record.levelname == "ERROR"] == [True, True]
    assert str(rig.ada.id) not in caplog.text
    await rig.fake_discord.silent(rig.channel)


async def test_a_refused_answer_is_not_followed_by_a_second(rig: Rig) -> None:
    """An interaction that Discord no longer knows gets no apology either."""
    unknown = {"message": "Unknown interaction", "code": 10062}
    fault = rig.fake_discord.fail_next("POST", "/callback", 404, 5, body=unknown)
    rig.fake_discord.answer_within, rig.fake_discord.patience = 0.3, 0.3
    with pytest.raises(AssertionError):
        await rig.ada.slash("ask", question=LEFT_QUESTION)
    assert fault.hits == 1
