"""Questions by mention, reply, direct message, command and context menu."""

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
    labels,
    text,
)
from tests.support.fake_discord.world import FORUM, PUBLIC_THREAD, VOICE_CHANNEL

LEFT_ANSWER = 'She left it on Friday evening, and was "quite tired".'
NOTHING = "Nobody has written an answer to that yet."
KEPT = "Passed to the moderators, without your name."
LISTED = f"I have no answer to that: I know one news story, about ‘Harbour light goes dark’.\n-# {KEPT}"


async def test_a_mention_is_answered_with_text(rig: Rig) -> None:
    """It has the answer, its standing, sources, denial and later developments, and buttons; no link has a preview."""
    asked = await rig.ada.send(rig.channel, ACCUSED_QUESTION, mention_bot=True)
    reply = await rig.fake_discord.next_message(rig.channel)
    assert reply["message_reference"]["message_id"] == asked["id"]
    assert reply["embeds"] == []
    address = "https://quay.example/harbour-light#:~:text=Mayor%20Tom%20Reed,she%20denies%20it."
    assert reply["content"] == (
        "The mayor, Tom Reed, says that she took the lamp, worth 40 crowns.\n"
        f"-# `Alleged, not proven` · The Quay [¶2](<{address}>)\n"
        f"> **Denied:** Ada Quill denies it. [¶2](<{address}>)\n"
        "> **Since the article:** [Jun 2020](<https://quay.example/lamp-found>), "
        "The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)"
    )
    assert labels(reply) == ["Does Ada Quill deny taking the lamp?", "More", "Good", "Wrong"]


@pytest.mark.parametrize("kind", [PUBLIC_THREAD, FORUM, VOICE_CHANNEL])
async def test_a_thread_a_forum_post_and_the_chat_of_a_voice_channel_are_channels_like_any(rig: Rig, kind: int) -> None:
    """A mention and a command are answered there, and the buttons work."""
    world = rig.fake_discord.world
    forum = world.channel(rig.guild, "forum", FORUM) if kind == FORUM else rig.channel
    if kind == VOICE_CHANNEL:
        channel = world.channel(rig.guild, "voice", VOICE_CHANNEL)
    else:
        channel = world.channel(rig.guild, "lighthouses", PUBLIC_THREAD, parent=forum)
    rig.fake_discord.join_guild(rig.guild)
    await rig.fake_discord.watch.round_trip()
    await rig.ada.send(channel, LEFT_QUESTION, mention_bot=True)
    reply = await rig.fake_discord.next_message(channel)
    assert text(reply).startswith(LEFT_ANSWER)
    assert text((await rig.ada.click(reply, "More")).message).startswith("**When did Ada Quill leave the lighthouse?**")
    used = await rig.ada.slash("ask", channel=channel, question=LEFT_QUESTION)
    assert text(used.message).startswith(LEFT_ANSWER)


async def test_a_message_without_a_mention_is_ignored(rig: Rig) -> None:
    """Discord does not send its content."""
    await rig.ada.send(rig.channel, LEFT_QUESTION)
    await rig.fake_discord.assert_silent(rig.channel)
    assert rig.answerer.asked == []


async def test_a_direct_message_is_a_question(rig: Rig) -> None:
    """It needs no mention; later questions have the earlier ones as context."""
    await rig.ada.dm(LEFT_QUESTION)
    assert text(await rig.fake_discord.next_message(rig.ada)).startswith(LEFT_ANSWER)
    await rig.ada.dm("and why?")
    await rig.fake_discord.next_message(rig.ada)
    assert rig.answerer.asked == [(LEFT_QUESTION, ()), ("and why?", (LEFT_QUESTION,))]


async def test_a_reply_to_the_bot_has_the_earlier_question_as_context(rig: Rig) -> None:
    """The context is that of the message replied to."""
    first = await rig.mention(LEFT_QUESTION)
    await rig.ada.send(rig.channel, "and where?", reply_to=first)
    await rig.fake_discord.next_message(rig.channel)
    assert rig.answerer.asked[-1] == ("and where?", (LEFT_QUESTION,))


async def test_a_reply_without_a_ping_is_ignored(rig: Rig) -> None:
    """Discord does not send its content."""
    first = await rig.mention(LEFT_QUESTION)
    await rig.ada.send(rig.channel, "and where?", reply_to=first, ping=False)
    await rig.fake_discord.assert_silent(rig.channel)


async def test_a_mention_without_text_asks_the_message_replied_to(rig: Rig) -> None:
    """Its content is known if it mentions the bot."""
    bob = rig.fake_discord.person(rig.guild, name="Bob")
    question = await bob.send(rig.channel, f"hey <@{rig.fake_discord.bot.id}> {PLACE_QUESTION}")
    await rig.fake_discord.next_message(rig.channel)
    await rig.ada.send(rig.channel, "", mention_bot=True, reply_to=question)
    assert text(await rig.fake_discord.next_message(rig.channel)).startswith("It stands at Brim.\n")


async def test_a_reply_to_a_message_without_content_is_explained(rig: Rig) -> None:
    """The answer names the context menu, which works."""
    bob = rig.fake_discord.person(rig.guild, name="Bob")
    question = await bob.send(rig.channel, PLACE_QUESTION)
    rig.fake_discord.messages_store.find(question["id"]).data["content"] = ""  # as Discord sends it to a bot
    reply = await rig.mention("", reply_to=question)
    assert reply["content"] == (
        "I can't read that message: Discord only shows me messages that mention me. "
        "Open the message's menu and choose Apps, then ‘Answer this’."
    )


@pytest.mark.parametrize("typed", ["", "😀", "?!", "@everyone"])
async def test_an_empty_question_gets_a_hint(rig: Rig, typed: str) -> None:
    """Emoji and punctuation are no question."""
    reply = await rig.mention(typed)
    assert text(reply) in ("Ask me something about the story, in your own words.", LISTED)


async def test_ask_answers_publicly_or_privately(rig: Rig) -> None:
    """`private` makes the answer ephemeral."""
    public = await rig.ada.slash("ask", question=LEFT_QUESTION)
    assert text(public.message).startswith(LEFT_ANSWER)
    assert not public.ephemeral
    assert public.acknowledged_after is not None
    assert public.acknowledged_after < 1
    assert (await rig.ada.slash("ask", question=LEFT_QUESTION, private=True)).ephemeral


async def test_suggestions_are_the_questions_of_entries(rig: Rig) -> None:
    """A picked suggestion opens its entry without matching."""
    choices = await rig.ada.autocomplete("ask", "question", "where is the li")
    assert choices[0] == {"name": "Where is the lighthouse?", "value": "¶:keeper-place"}
    picked = await rig.ada.slash("ask", question="¶:keeper-place")
    assert text(picked.message).startswith("It stands at Brim.\n")
    assert text(picked.message).endswith("\n-# Asked: Where is the lighthouse?")
    assert rig.answerer.asked == []


async def test_a_suggestion_of_a_removed_entry_says_so(rig: Rig) -> None:
    """The base may change between the suggestion and the command."""
    used = await rig.ada.slash("ask", question="¶:no-such-entry")
    assert used.message is not None
    assert used.message["content"] == "That answer has been removed. Please ask again in your own words."
    assert used.ephemeral


async def test_an_exception_in_suggestions_leaves_them_empty(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The log does not contain the user's id."""

    def broken(_: str, __: int) -> list[tuple[str, str]]:
        raise RuntimeError

    monkeypatch.setattr(rig.answerer, "suggest", broken)
    assert await rig.ada.autocomplete("ask", "question", "x") == []
    assert str(rig.ada.id) not in caplog.text


async def test_answer_this_asks_the_content_of_a_message(rig: Rig) -> None:
    """A message without content gets an error."""
    bob = rig.fake_discord.person(rig.guild, name="Bob")
    used = await rig.ada.menu("Answer this", await bob.send(rig.channel, PLACE_QUESTION))
    assert text(used.message).startswith("It stands at Brim.\n")
    assert text(used.message).endswith(f"\n-# Asked: {PLACE_QUESTION}")
    picture = await bob.send(rig.channel, "(a picture)")
    rig.fake_discord.messages_store.find(picture["id"]).data["content"] = ""
    empty = await rig.ada.menu("Answer this", picture)
    assert empty.message is not None
    assert empty.message["content"] == "That message has no text to answer."


async def test_ask_works_as_a_user_install(rig: Rig) -> None:
    """It works in guilds without the bot and in direct messages."""
    elsewhere = rig.fake_discord.guild("Elsewhere", installed=False)
    bob = rig.fake_discord.person(elsewhere, name="Bob")
    bob.install()
    assert text((await bob.slash("ask", question=LEFT_QUESTION)).message).startswith(LEFT_ANSWER)
    assert text((await rig.ada.slash("ask", guild=None, question=LEFT_QUESTION)).message).startswith(LEFT_ANSWER)


async def test_an_unanswered_question_is_recorded_without_its_user(rig: Rig) -> None:
    """The inbox has its text, count and place; the card shows the nearest entry."""
    rig.answerer.abstain_on(UNANSWERABLE_QUESTION, "lamp-taken")
    for _ in range(2):
        reply = await rig.mention(f"{UNANSWERABLE_QUESTION}")
    address = "https://quay.example/harbour-light#:~:text=Mayor%20Tom%20Reed,she%20denies%20it."
    assert text(reply) == (
        f"{NOTHING}\n"
        "> **Closest:** The mayor, Tom Reed, says that she took the lamp, worth 40 crowns. "
        f"[¶2](<{address}>)\n"
        f"> **Denied:** Ada Quill denies it. [¶2](<{address}>)\n"
        "> **Since the article:** [Jun 2020](<https://quay.example/lamp-found>), "
        "The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)\n"
        f"-# {KEPT}"
    )
    assert labels(reply) == ["What is Ada Quill accused of?", "The story", "What can I ask?"]
    await rig.fake_discord.assert_silent(rig.channel)
    (recorded,) = rig.journal.inbox.questions(10)
    assert (recorded.text, recorded.count, recorded.place, recorded.outcome) == (
        UNANSWERABLE_QUESTION,
        2,
        str(rig.guild.id),
        "abstain",
    )
    assert str(rig.ada.id) not in repr(recorded)


async def test_an_abstention_without_a_nearest_entry_offers_what_there_is_to_read(rig: Rig) -> None:
    """The text says that the question is on the moderators' list."""
    reply = await rig.mention(UNANSWERABLE_QUESTION)
    assert (text(reply), labels(reply)) == (LISTED, ["The story", "What can I ask?"])


async def test_questions_are_answered_while_the_journal_fails(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The failure is logged once."""
    async with discord_rig(tmp_path, database=f"sqlite:///{tmp_path}") as rig:
        for _ in range(2):
            assert text(await rig.mention(UNANSWERABLE_QUESTION)) == LISTED
    lines = [line for line in caplog.messages if "save questions" in line]
    assert lines == [
        f"Can't save questions and votes: the journal can't be used: [Errno 21] Is a directory: '{tmp_path}'"
    ]


async def test_the_answer_does_not_wait_for_the_journal(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reply is sent before the question is written."""
    released, add = threading.Event(), rig.journal.inbox.add

    def slow_add(*arguments: Any) -> None:
        released.wait(5)
        add(*arguments)

    monkeypatch.setattr(rig.journal.inbox, "add", slow_add)
    rig.fake_discord.settle = 0.01
    used = await rig.ada.slash("ask", question=UNANSWERABLE_QUESTION)
    assert used.message is not None
    assert not released.is_set()
    released.set()
    await rig.fake_discord.assert_silent(rig.channel)
    assert [question.text for question in rig.journal.inbox.questions(9)] == [UNANSWERABLE_QUESTION]


async def test_an_exception_in_a_listened_channel_sends_no_apology(tmp_path: Path) -> None:
    """Nobody asked the bot there."""
    async with discord_rig(tmp_path, privileged=["message_content"], listen=True) as rig:
        rig.answerer.replies["boom"] = RuntimeError("a bug")
        await rig.ada.send(rig.channel, "boom")
        await rig.fake_discord.assert_silent(rig.channel)


async def test_a_listened_channel_needs_no_mention(tmp_path: Path) -> None:
    """Only answers are sent; abstentions are neither sent nor recorded."""
    async with discord_rig(tmp_path, privileged=["message_content"], listen=True) as rig:
        await rig.ada.send(rig.channel, LEFT_QUESTION)
        assert text(await rig.fake_discord.next_message(rig.channel)).startswith(LEFT_ANSWER)
        await rig.ada.send(rig.channel, UNANSWERABLE_QUESTION)
        await rig.fake_discord.assert_silent(rig.channel)
        assert rig.journal.inbox.questions(1) == []


async def test_other_bots_are_never_answered(rig: Rig) -> None:
    """Two bots must not answer each other endlessly."""
    other = rig.fake_discord.world.user("Other", bot=True)
    rig.fake_discord.world.join(rig.guild, other, [])
    message = rig.fake_discord.messages_store.create(
        rig.channel,
        other,
        {"content": f"<@{rig.fake_discord.bot.id}> {LEFT_QUESTION}", "allowed_mentions": {"parse": ["users"]}},
    )
    rig.fake_discord.mark()
    rig.fake_discord.message_events.announce(message)
    await rig.fake_discord.assert_silent(rig.channel)


async def test_a_question_shown_back_neither_pings_nor_formats(rig: Rig) -> None:
    """Every message forbids all mentions."""
    hostile = "@everyone <@12345678901234567> <#2> [a](http://x.y) [b](http://evil.example) **x** <:a:3> https://evil.example \u202eabc"
    used = await rig.ada.slash("ask", question=hostile)
    shown = text(used.message).split("\n")[-1]
    assert shown == (
        "-# Asked: @\u200beveryone \\<@\u200b12345678901234567\\> \\<#2\\> \\[a\\](http:\\//x.y) \\[b\\](http:\\//evil.example) "
        "\\*\\*x\\*\\* \\<:a:3\\> https:\\//evil.example abc"
    )
    await rig.mention(hostile)
    assert {str(body["allowed_mentions"]["parse"]) for body in rig.bodies()} == {"[]"}
    assert all(not body["allowed_mentions"].get("replied_user") for body in rig.bodies())


async def test_a_very_long_question_gets_a_reply(rig: Rig) -> None:
    """A message of 2,000 and an option of 6,000 characters are answered."""
    assert text(await rig.mention("z" * 1970))
    used = await rig.ada.slash("ask", question="lamp " * 1200)
    assert used.message is not None
    assert text(used.message)


async def test_the_cooldown_counts_every_way_of_asking(tmp_path: Path) -> None:
    """Commands are refused privately each time, mentions once."""
    async with discord_rig(tmp_path, questions=2) as rig:
        await rig.mention(LEFT_QUESTION)
        await rig.ada.slash("ask", question=LEFT_QUESTION)
        sentence = "You are asking too fast. Please try again in 10 seconds."
        refused = await rig.ada.slash("ask", question=LEFT_QUESTION)
        assert refused.ephemeral
        assert refused.message is not None
        assert refused.message["content"] == sentence
        assert (await rig.mention(LEFT_QUESTION))["content"] == sentence
        await rig.ada.send(rig.channel, LEFT_QUESTION, mention_bot=True)
        await rig.fake_discord.assert_silent(rig.channel)
        bob = rig.fake_discord.person(rig.guild, name="Bob")
        await bob.send(rig.channel, LEFT_QUESTION, mention_bot=True)
        assert text(await rig.fake_discord.next_message(rig.channel)).startswith(LEFT_ANSWER)
        rig.time[0] += 10
        assert text(await rig.mention(LEFT_QUESTION)).startswith(LEFT_ANSWER)


async def test_an_exception_is_answered_with_an_apology_and_logged(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """The log contains neither the question nor the user's id."""
    rig.answerer.replies["boom"] = RuntimeError("a bug")
    sentence = "Something went wrong on my side. It has been logged."
    assert (await rig.mention("boom"))["content"] == sentence
    used = await rig.ada.slash("ask", question="boom")
    assert used.message is not None
    assert (used.message["content"], used.ephemeral, used.followups) == (sentence, True, [])
    assert [record.exc_info is not None for record in caplog.records if record.levelname == "ERROR"] == [True, True]
    assert str(rig.ada.id) not in caplog.text
    await rig.fake_discord.assert_silent(rig.channel)


async def test_an_answer_to_an_expired_interaction_is_not_retried(rig: Rig) -> None:
    """No apology follows either."""
    unknown = {"message": "Unknown interaction", "code": 10062}
    fault = rig.fake_discord.fail_next("POST", "/callback", 404, 5, body=unknown)
    rig.fake_discord.answer_within, rig.fake_discord.patience = 0.3, 0.3
    with pytest.raises(AssertionError):
        await rig.ada.slash("ask", question=LEFT_QUESTION)
    assert fault.hits == 1
