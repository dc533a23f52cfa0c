"""What can be read, in Discord: every command in a server, in a direct message and after a restart."""

from typing import Any

import pytest

from bot import bootstrap
from bot.answering.views import Views
from bot.discord_frontend.client import PilcrowClient
from bot.discord_frontend.common.cooldown import Cooldown
from bot.i18n.command_specs import Command, reader_commands
from tests.support.discord_rig import FakeRenderer, Rig, ScriptedAnswerer, connected, embed
from tests.support.fake_discord import Interaction, Person
from tests.support.fixed_base import fixed_base
from tests.support.small_story import small_story

PLACES = ("server", "direct")
VALUES: dict[str, dict[str, Any]] = {"who": {"name": "the mayor"}, "paragraph": {"number": "2"}}
UPDATE = 7  # interaction callback type "UPDATE_MESSAGE"
READ = [command for command in reader_commands().values() if command.name != "ask"]


@pytest.mark.parametrize("command", READ, ids=lambda one: one.name)
async def test_every_command_works_in_a_server_and_in_a_direct_message(rig: Rig, command: Command) -> None:
    """The same card in both, made from what the engine reads; its lines name their paragraphs or their source."""
    values = VALUES.get(command.name, {})
    about = ":".join(str(value) for value in values.values())
    expected = Views(small_story(), {}, bootstrap.view_settings()).open(command.name, about)
    shown = [
        embed((await rig.ada.slash(command.name, guild=where, options=values)).message) for where in (rig.guild, None)
    ]
    assert shown[0] == shown[1]
    assert shown[0]["title"].startswith(expected.title)
    assert shown[0]["footer"]["text"].startswith("¶ Pilcrow · answers are written by people")
    first = expected.sections[0].rows[0]
    assert first.text.replace("‘", "‘") in shown[0]["description"].replace("\\", "")


async def test_every_command_works_after_a_restart(rig: Rig) -> None:
    """A bot that has just started shows the same."""
    before = {one.name: await rig.ada.slash(one.name, options=VALUES.get(one.name, {})) for one in READ}
    await rig.client.close()
    patient = Cooldown(100, 20, lambda: 0.0)
    async with connected(
        PilcrowClient(rig.client.config, fixed_base(ScriptedAnswerer()), rig.journal, patient), rig.fake_discord
    ):
        for one in READ:
            after = await rig.ada.slash(one.name, options=VALUES.get(one.name, {}))
            assert embed(after.message) == embed(before[one.name].message)


async def test_a_person_who_has_added_the_bot_reads_anywhere(rig: Rig) -> None:
    """As a user-installed app, in a server without the bot: every command, the next page and the picture."""
    elsewhere = rig.fake_discord.guild("Elsewhere", installed=False)
    eve = rig.fake_discord.person(elsewhere, name="Eve")
    eve.installs()
    for one in READ:
        used = await eve.slash(one.name, options=VALUES.get(one.name, {}))
        assert embed(used.message)["title"]
    await reads_on(rig.client, eve)


async def test_pages_and_pictures_in_a_direct_message_before_and_after_a_restart(rig: Rig) -> None:
    """Nothing of them is kept in the bot's memory."""
    zed = rig.fake_discord.person(None, name="Zed")
    used = await reads_on(rig.client, zed)
    await rig.client.close()
    again = PilcrowClient(
        rig.client.config, fixed_base(ScriptedAnswerer()), rig.journal, Cooldown(100, 20, lambda: 0.0)
    )
    async with connected(again, rig.fake_discord):
        turned = await zed.clicks(used, "Next page")
        assert embed(turned.message)["title"] == "The dark light (3 of 3)"
        await reads_on(again, zed)


async def reads_on(client: PilcrowClient, person: Person) -> Interaction:
    """Somebody turns a page, and looks at the picture; the turned page."""
    used = await person.slash("summary", length="full")
    turned = await person.clicks(used, "Next page")
    assert ((turned.response or {})["type"], embed(turned.message)["title"]) == (UPDATE, "The dark light (2 of 3)")
    client.services.renderer = FakeRenderer(1)
    drawn = await person.slash("timeline", picture="light")
    assert [one["description"] for one in (drawn.message or {})["attachments"]] == ["drawn already"]
    return turned


async def test_a_line_names_its_paragraph_with_a_link(rig: Rig) -> None:
    """What a member sees, word for word."""
    used = await rig.ada.slash("summary", length="short")
    link = "https://quay.example/harbour-light#:~:text="
    assert embed(used.message)["description"] == (
        f"- Keeper Ada Quill left the lighthouse at Brim on Friday. [¶1]({link}Keeper%20Ada%20Quill,on%20Friday%20evening.)\n"
        f"- Tom Reed says that she took the lamp; she denies it. [¶2]({link}Mayor%20Tom%20Reed,she%20denies%20it.)\n\n"
        "**Known later (not in the article)**\n"
        "- **1 June 2020:** The lamp was found in the mayor's cellar. "
        "([The Quay, 1 June 2020](https://quay.example/lamp-found))"
    )


@pytest.mark.parametrize(
    ("command", "values", "sentence"),
    [
        (
            "paragraph",
            {"number": "99"},
            "There is no paragraph ‘99’. The article has paragraphs 1 to 2; the closest is 2.",
        ),
        (
            "who",
            {"name": "**Napoleon**"},
            "The article mentions nobody called ‘\\*\\*Napoleon\\*\\*’.",
        ),
        ("summary", {"topic": "quill: <@1>"}, "There is no topic ‘quill \\<@1\\>’. Did you mean ‘The lamp’?"),
        ("who", {"name": "xy" * 3000}, f"The article mentions nobody called ‘{'xy' * 29}x…’."),
    ],
)
async def test_bad_input_gets_a_private_sentence(rig: Rig, command: str, values: dict[str, Any], sentence: str) -> None:
    """Clear, private, with the nearest valid choice; what was typed is escaped."""
    used = await rig.ada.slash(command, options=values)
    assert (used.ephemeral, (used.message or {})["content"]) == (True, sentence)


@pytest.mark.parametrize("where", PLACES)
async def test_whoever_wants_it_reads_in_private(rig: Rig, where: str) -> None:
    """Every command, every page and the picture; without asking for it, all may read along."""
    place = rig.guild if where == "server" else None
    for one in READ:
        values = VALUES.get(one.name, {})
        assert (await rig.ada.slash(one.name, guild=place, options={**values, "private": True})).ephemeral
        assert not (await rig.ada.slash(one.name, guild=place, options=values)).ephemeral
    used = await rig.ada.slash("summary", guild=place, length="full", private=True)
    turned = await rig.ada.clicks(used, "Next page")
    assert (turned.ephemeral, embed(turned.message)["title"]) == (True, "The dark light (2 of 3)")


async def test_suggestions_while_typing(rig: Rig) -> None:
    """Names however they are spelt, topics, and paragraphs with what they say."""
    assert (await rig.ada.autocomplete("who", "name", "mayr"))[0] == {"name": "Tom Reed", "value": "tom-reed"}
    topics = await rig.ada.autocomplete("summary", "topic", "")
    assert [topic["value"] for topic in topics] == ["all", "lamp"]
    assert await rig.ada.autocomplete("paragraph", "number", "2") == [
        {"name": "¶2: The mayor says that she took the lamp; she denies it.", "value": "2"}
    ]
