"""Commands of the fake Discord: who is offered them, and what their answers become."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.fake_discord import FakeDiscord, Guild, NoAnswer, NotOffered, Person
from tests.support.fake_discord.world import ADMINISTRATOR, USE_EXTERNAL_APPS
from tests.support.sample_bot import SampleBot


async def test_a_slash_command_is_answered_publicly_or_ephemerally(
    bot: SampleBot, fake_discord: FakeDiscord, guild: Guild, ada: Person
) -> None:
    """An ephemeral response is visible only to its user."""
    public = await ada.slash("ask", question="who?")
    assert public.message is not None
    assert public.message["content"] == "Answer to who?"
    assert not public.ephemeral
    assert public.acknowledged_after is not None
    assert public.acknowledged_after < 1
    private = await ada.slash("ask", question="who?", private=True)
    assert private.ephemeral
    channel = guild.channel("general")
    assert fake_discord.messages(channel) == [public.message]
    assert fake_discord.messages(channel, viewer=ada) == [public.message, private.message]


async def test_a_slash_command_in_a_direct_message_has_a_user_and_no_member(bot: SampleBot, ada: Person) -> None:
    """The payload's context is 1."""
    used = await ada.slash("ask", guild=None, question="who?")
    assert used.payload["context"] == 1
    assert "member" not in used.payload
    assert used.payload["user"]["id"] == str(ada.id)


async def test_a_user_install_has_five_follow_ups(bot: SampleBot, fake_discord: FakeDiscord) -> None:
    """Where only the user installed the application, the sixth follow-up is refused with 40094."""
    elsewhere = fake_discord.guild("Elsewhere", installed=False)
    bob = fake_discord.person(elsewhere, name="Bob")
    with pytest.raises(NotOffered):
        await bob.slash("many")
    bob.install()
    used = await bob.slash("many")
    assert used.payload["authorizing_integration_owners"] == {"1": str(bob.id)}
    assert len(used.followups) == 5
    assert bot.error_codes == [40094]


async def test_a_user_install_answers_ephemerally_without_use_external_apps(
    bot: SampleBot, fake_discord: FakeDiscord
) -> None:
    """A user without the permission sees the response alone."""
    elsewhere = fake_discord.guild("Elsewhere", installed=False)
    elsewhere.channel("general").overwrites[elsewhere.id] = (0, USE_EXTERNAL_APPS)
    bob = fake_discord.person(elsewhere, name="Bob")
    bob.install()
    assert (await bob.slash("ask", question="who?")).ephemeral


async def test_the_first_follow_up_fills_the_deferred_message(bot: SampleBot, ada: Person) -> None:
    """It stays ephemeral; the next follow-up is a message of its own."""
    used = await ada.slash("slow")
    assert used.response == {"type": 5, "data": {"flags": 64}}
    assert used.message is not None
    assert used.message["content"] == "late"
    assert used.ephemeral
    assert [message["attachments"][0]["filename"] for message in used.followups] == ["a.txt"]


async def test_a_second_response_is_refused(bot: SampleBot, ada: Person) -> None:
    """The error code is 40060."""
    used = await ada.slash("twice")
    assert used.message is not None
    assert used.message["content"] == "once"
    assert bot.error_codes == [40060]


async def test_a_follow_up_before_the_response_is_refused(bot: SampleBot, ada: Person) -> None:
    """The webhook of the interaction does not exist yet (10015)."""
    await ada.slash("early")
    assert bot.error_codes == [10015]


async def test_a_refused_response_can_be_sent_again(bot: SampleBot, fake_discord: FakeDiscord, ada: Person) -> None:
    """Content over 2,000 characters is refused with 50035 and recorded as a violation."""
    used = await ada.slash("long")
    assert bot.error_codes == [50035]
    assert used.message is not None
    assert used.message["content"] == "shorter"
    assert [violation.where for violation in fake_discord.violations] == (
        ["$.data.content"] if fake_discord.schema else []
    )
    fake_discord.violations.clear()


async def test_a_response_after_three_seconds_is_refused(
    bot: SampleBot, fake_discord: FakeDiscord, ada: Person
) -> None:
    """The interaction is unknown by then."""
    held = fake_discord.hold_next("POST", "/callback$")
    using = asyncio.create_task(ada.slash("ask", question="who?"))
    await held.arrived.wait()
    (interaction,) = fake_discord.interactions.values()
    interaction.make_older(3.1)
    held.release()
    with pytest.raises(NoAnswer):
        await using
    assert fake_discord.requests[-1].status == 404


async def test_between_two_users_only_user_installed_commands_are_offered(
    bot: SampleBot, fake_discord: FakeDiscord, guild: Guild, ada: Person
) -> None:
    """The payload's context is 2."""
    channel = fake_discord.private(ada, fake_discord.person(guild, name="Bob"))
    with pytest.raises(NotOffered):
        await ada.slash("ask", channel=channel, question="who?")
    ada.install()
    used = await ada.slash("ask", channel=channel, question="who?")
    assert used.payload["context"] == 2
    assert used.payload["authorizing_integration_owners"] == {"1": str(ada.id)}
    assert used.message in fake_discord.messages(channel)


async def test_concurrent_interactions_get_their_own_responses(
    bot: SampleBot, fake_discord: FakeDiscord, guild: Guild
) -> None:
    """Twenty users each get the response to their own command."""
    people = [fake_discord.person(guild, name=f"Reader {number}") for number in range(20)]
    used = await asyncio.gather(*(person.slash("ask", question=person.name) for person in people))
    assert [each.message and each.message["content"] for each in used] == [f"Answer to {user.name}" for user in people]


async def test_a_user_command_resolves_its_target(
    bot: SampleBot, fake_discord: FakeDiscord, guild: Guild, ada: Person
) -> None:
    """A response that the bot deleted is gone."""
    used = await ada.menu("Who", fake_discord.person(guild, name="Bob"))
    assert used.response is not None
    assert used.response["data"]["content"] == "Bob"
    assert used.message is None


async def test_a_message_command_brings_the_content_of_its_target(bot: SampleBot, guild: Guild, ada: Person) -> None:
    """Content is there that the bot could not read otherwise."""
    message = await ada.send(guild.channel("general"), "he resigned")
    used = await ada.menu("Answer this", message)
    assert used.message is not None
    assert used.message["content"] == "On 'he resigned'"


async def test_a_subcommand_is_offered_by_default_permissions(
    bot: SampleBot, fake_discord: FakeDiscord, guild: Guild, ada: Person
) -> None:
    """A group restricted to moderators is not offered to others, unless forced."""
    moderator = fake_discord.person(guild, name="Mo", roles=[fake_discord.role(guild, "Moderators", ADMINISTRATOR)])
    used = await moderator.slash("kb add", who=ada)
    assert used.message is not None
    assert used.message["content"] == "added by Ada"
    for name, values in (("kb add", {"who": ada}), ("kb", {}), ("kb burn", {}), ("nothing", {})):
        with pytest.raises(NotOffered):
            await ada.slash(name, options=values)
    with pytest.raises(NotOffered):
        await moderator.slash("kb add", guild=None, who=ada)
    assert (await ada.slash("kb add", force=True, who=ada)).message


async def test_options_arrive_resolved(bot: SampleBot, fake_discord: FakeDiscord, guild: Guild, ada: Person) -> None:
    """Roles, channels, files and numbers arrive as picked; values out of bounds are not offered."""
    picks = {
        "role": fake_discord.role(guild, "Readers"),
        "channel": guild.channel("general"),
        "file": ("a.txt", b"text"),
    }
    used = await ada.slash("pick", options=picks, number=5)
    assert used.message is not None
    assert used.message["content"] == "Readers general text 5"
    with pytest.raises(NotOffered):
        await ada.slash("pick", options=picks, number=6)
    with pytest.raises(NotOffered):
        await ada.slash("pick", options={**picks, "file": None, "other": 1})


async def test_autocomplete_returns_the_bots_choices(bot: SampleBot, ada: Person) -> None:
    """The text typed so far is sent as the focused option."""
    assert await ada.autocomplete("ask", "question", "han d") == [{"name": "han d?", "value": "han d"}]


async def test_a_bulk_overwrite_keeps_the_ids_of_unchanged_commands(bot: SampleBot, fake_discord: FakeDiscord) -> None:
    """Every overwrite is recorded."""
    before = {command["name"]: command["id"] for command in fake_discord.commands[None]}
    again = await bot.tree.sync()
    assert fake_discord.command_calls == [("PUT", None), ("PUT", None)]
    assert {command.name: str(command.id) for command in again} == before
