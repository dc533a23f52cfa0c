"""Messages of the fake Discord: what the bot can read, write, edit and delete."""

from __future__ import annotations

import discord
import pytest

from tests.support.fake_discord import FakeDiscord, Guild, NoAnswer, Person
from tests.support.fake_discord.world import SEND_MESSAGES
from tests.support.sample_bot import SampleBot, text_file


async def test_a_mention_reaches_the_bot_with_its_text(
    bot: SampleBot, fake_discord: FakeDiscord, guild: Guild, ada: Person
) -> None:
    """A message that mentions the bot has its content, and `next_message` returns the reply."""
    asked = await ada.send(guild.channel("general"), "who resigned?", mention_bot=True)
    answer = await fake_discord.next_message(guild.channel("general"))
    assert answer["content"].endswith("who resigned?")
    assert answer["message_reference"]["message_id"] == asked["id"]
    assert answer["mentions"] == []


async def test_a_message_without_a_mention_reaches_the_bot_empty(
    bot: SampleBot, fake_discord: FakeDiscord, guild: Guild, ada: Person
) -> None:
    """Content is left out without the message content intent, and `assert_silent` passes."""
    await ada.send(guild.channel("general"), "who resigned?")
    await fake_discord.assert_silent(guild.channel("general"))
    assert bot.received == [""]


async def test_assert_silent_fails_if_the_bot_replies(
    bot: SampleBot, fake_discord: FakeDiscord, guild: Guild, ada: Person
) -> None:
    """`assert_silent` waits for handlers that still run, and then fails."""
    await ada.send(guild.channel("general"), "who resigned?", mention_bot=True)
    with pytest.raises(AssertionError, match="who resigned"):
        await fake_discord.assert_silent(guild.channel("general"))


async def test_only_a_pinging_reply_to_a_regular_message_has_content(
    bot: SampleBot, fake_discord: FakeDiscord, guild: Guild, ada: Person
) -> None:
    """A reply without ping, or to a slash command's response, arrives empty."""
    channel = guild.channel("general")
    await ada.send(channel, "first?", mention_bot=True)
    regular = await fake_discord.next_message(channel)
    slash = (await ada.slash("ask", question="x")).message
    await ada.send(channel, "with ping", reply_to=regular)
    await ada.send(channel, "without", reply_to=regular, ping=False)
    await ada.send(channel, "to slash", reply_to=slash)
    await fake_discord.assert_silent(channel)
    assert bot.received[1:] == ["with ping", "", ""]


async def test_a_direct_message_has_content(bot: SampleBot, fake_discord: FakeDiscord, ada: Person) -> None:
    """A direct message is answered in its channel."""
    await ada.dm("why?")
    assert (await fake_discord.next_message(ada))["content"] == "You asked: why?"


async def test_next_message_fails_as_soon_as_the_bot_is_idle(
    bot: SampleBot, fake_discord: FakeDiscord, ada: Person
) -> None:
    """NoAnswer comes without waiting for the timeout."""
    await ada.dm("no question")
    with pytest.raises(NoAnswer):
        await fake_discord.next_message(ada)


async def test_a_message_without_permission_is_forbidden(
    bot: SampleBot, fake_discord: FakeDiscord, guild: Guild
) -> None:
    """A channel that denies Send Messages answers 403."""
    guild.channel("general").overwrites[guild.id] = (0, SEND_MESSAGES)
    destination = bot.get_partial_messageable(guild.channel("general").id)
    guild.channel("general").overwrites[fake_discord.bot.id] = (0, SEND_MESSAGES)
    with pytest.raises(discord.Forbidden):
        await destination.send("hello")


async def test_a_message_is_sent_edited_reacted_to_and_deleted(
    bot: SampleBot, fake_discord: FakeDiscord, guild: Guild
) -> None:
    """Files, edits, reactions, typing and deletions of the bot's own messages are recorded."""
    channel = bot.get_channel(guild.channel("general").id)
    assert isinstance(channel, discord.TextChannel)
    sent = await channel.send("one", file=text_file(), embed=discord.Embed(title="t"))
    assert await (await channel.fetch_message(sent.id)).attachments[0].read() == b"text"
    await sent.add_reaction("👍")
    await sent.edit(content="two", attachments=[])
    shown = fake_discord.messages(guild.channel("general"))[0]
    assert (shown["content"], shown["attachments"], shown["reactions"][0]["count"]) == ("two", [], 1)
    await channel.typing()
    assert fake_discord.typing == [channel.id]
    await sent.delete()
    assert fake_discord.messages(guild.channel("general")) == []


async def test_a_components_v2_message_is_limited_to_4000_characters(bot: SampleBot, guild: Guild, ada: Person) -> None:
    """A layout is accepted up to 4,000 characters of text."""
    channel = bot.get_partial_messageable(guild.channel("general").id)
    view = discord.ui.LayoutView(timeout=1)
    view.add_item(
        discord.ui.Container(discord.ui.Section("text", accessory=discord.ui.Button(label="l", custom_id="b")))
    )
    await channel.send(view=view)
    view.add_item(discord.ui.TextDisplay("x" * 3999))
    with pytest.raises(discord.HTTPException):
        await channel.send(view=view)
    view.stop()


async def test_closed_direct_messages_are_forbidden(bot: SampleBot, ada: Person) -> None:
    """A user who accepts no direct messages answers 403 with code 50007."""
    ada.close_dms()
    with pytest.raises(discord.Forbidden) as refusal:
        await (await bot.fetch_user(ada.id)).send("hello")
    assert refusal.value.code == 50007
