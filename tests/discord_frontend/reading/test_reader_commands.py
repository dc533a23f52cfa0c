"""The reader commands in guilds, in direct messages, as a user install and after a restart."""

from typing import Any

import pytest

from bot import bootstrap
from bot.answering.view_builder import Views
from bot.cards.message_text import markdown_text
from bot.cards.view_card import view_pages
from bot.discord_frontend.client import PilcrowClient
from bot.discord_frontend.common.cooldown import Cooldown
from bot.i18n.command_specs import Command, reader_commands
from tests.support.discord_rig import FakeRenderer, Rig, ScriptedAnswerer, connected, labels, text
from tests.support.fake_discord import Interaction, Person
from tests.support.fixed_base import fixed_base
from tests.support.small_story import small_story

PLACES = ("server", "direct")
OPTIONS: dict[str, dict[str, Any]] = {"who": {"name": "the mayor"}, "paragraph": {"number": "2"}}
P2 = "[¶2](<https://quay.example/harbour-light#:~:text=Mayor%20Tom%20Reed,she%20denies%20it.>)"
UPDATE = 7  # interaction callback type "UPDATE_MESSAGE"
VIEW_COMMANDS = [command for command in reader_commands().values() if command.name != "ask"]


def title(message: Any) -> str:
    """Return the first line of a view."""
    return text(message).split("\n")[0]


@pytest.mark.parametrize("command", VIEW_COMMANDS, ids=lambda command: command.name)
async def test_every_command_shows_its_view_in_a_guild_and_in_a_direct_message(rig: Rig, command: Command) -> None:
    """The first page of the view, the same in both."""
    values = OPTIONS.get(command.name, {})
    argument = ":".join(str(value) for value in values.values())
    expected = Views(small_story(), {}, bootstrap.view_settings()).open(command.name, argument)
    shown = [
        text((await rig.ada.slash(command.name, guild=guild, options=values)).message) for guild in (rig.guild, None)
    ]
    assert shown[0] == shown[1] == markdown_text(view_pages(expected)[0])


async def test_every_command_shows_the_same_after_a_restart(rig: Rig) -> None:
    """The card does not depend on the process."""
    before = {
        command.name: await rig.ada.slash(command.name, options=OPTIONS.get(command.name, {}))
        for command in VIEW_COMMANDS
    }
    await rig.client.close()
    cooldown = Cooldown(100, 20, lambda: 0.0)
    async with connected(
        PilcrowClient(rig.client.config, fixed_base(ScriptedAnswerer()), rig.journal, cooldown), rig.fake_discord
    ):
        for command in VIEW_COMMANDS:
            after = await rig.ada.slash(command.name, options=OPTIONS.get(command.name, {}))
            assert text(after.message) == text(before[command.name].message)


async def test_reader_commands_work_as_a_user_install(rig: Rig) -> None:
    """Commands, pages and pictures work in a guild without the bot."""
    elsewhere = rig.fake_discord.guild("Elsewhere", installed=False)
    eve = rig.fake_discord.person(elsewhere, name="Eve")
    eve.install()
    for command in VIEW_COMMANDS:
        used = await eve.slash(command.name, options=OPTIONS.get(command.name, {}))
        assert text(used.message).startswith("**")
    await turn_page_and_open_picture(rig.client, eve)


async def test_pages_and_pictures_work_in_a_direct_message_after_a_restart(rig: Rig) -> None:
    """The bot keeps no state for them."""
    zed = rig.fake_discord.person(None, name="Zed")
    used = await turn_page_and_open_picture(rig.client, zed)
    await rig.client.close()
    restarted = PilcrowClient(
        rig.client.config, fixed_base(ScriptedAnswerer()), rig.journal, Cooldown(100, 20, lambda: 0.0)
    )
    async with connected(restarted, rig.fake_discord):
        turned = await zed.click(used, "Next")
        assert title(turned.message) == "**The dark light (3 of 4)**"
        await turn_page_and_open_picture(restarted, zed)


async def turn_page_and_open_picture(client: PilcrowClient, person: Person) -> Interaction:
    """Turn a page and open the picture as this user; return the page turned."""
    used = await person.slash("summary", length="full")
    turned = await person.click(used, "Next")
    assert ((turned.response or {})["type"], title(turned.message)) == (UPDATE, "**The dark light (2 of 4)**")
    client.services.renderer = FakeRenderer(1)
    picture = await person.slash("timeline", picture="light")
    assert [file["description"] for file in (picture.message or {})["attachments"]] == ["drawn already"]
    return turned


async def test_each_line_links_its_paragraph(rig: Rig) -> None:
    """The summary is shown word for word, with the denial and what was found later; the embed has nothing else."""
    used = await rig.ada.slash("summary", length="short")
    link = "https://quay.example/harbour-light#:~:text="
    assert text(used.message) == (
        "**The dark light**\n"
        f"- Keeper Ada Quill left the lighthouse at Brim on Friday. [¶1](<{link}Keeper%20Ada%20Quill,on%20Friday%20evening.>)\n"
        f"- Tom Reed says that she took the lamp; she denies it. [¶2](<{link}Mayor%20Tom%20Reed,she%20denies%20it.>)\n"
        f"> **Denied:** Ada Quill denies it. [¶2](<{link}Mayor%20Tom%20Reed,she%20denies%20it.>)\n"
        "> **Since the article:** [Jun 2020](<https://quay.example/lamp-found>), The lamp was found in the mayor's cellar. "
        "(The Quay, 1 June 2020)"
    )
    assert labels(used.message) == ["Longer", "Timeline", "What is alleged"]


async def test_what_a_view_leads_to_is_opened_in_its_place(rig: Rig) -> None:
    """Longer, the timeline, what is alleged, the full wording: in the same message, so that a channel is not filled up."""
    shown = await rig.ada.slash("summary", length="short")
    for label, heading in (
        ("Longer", "**The dark light (1 of 4)**"),
        ("Timeline", "**What happened when**"),
        ("Later events (1)", "**Since the article**"),
    ):
        shown = await rig.ada.click(shown, label)
        assert ((shown.response or {})["type"], title(shown.message)) == (UPDATE, heading)
    shown = await rig.ada.slash("claims")
    shown = await rig.ada.click(shown, "Full wording")
    assert text(shown.message).split("\n")[1:3] == [
        "**1\\. Alleged**",
        "- Alleged by Tom Reed: Ada Quill took the lamp. " + P2,
    ]
    assert labels((await rig.ada.click(shown, "Shorter")).message) == ["Full wording"]


async def test_the_answers_that_rest_on_a_paragraph_are_picked_from_a_select(rig: Rig) -> None:
    """The paragraphs beside it are one button away."""
    shown = await rig.ada.slash("paragraph", number="1")
    assert labels(shown.message) == ["¶2 →", "Answers that rest on it (3)"]
    after = await rig.ada.click(shown, "¶2 →")
    assert title(after.message) == "**Paragraph 2**"


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
async def test_invalid_input_gets_a_private_error(
    rig: Rig, command: str, values: dict[str, Any], sentence: str
) -> None:
    """The error names the nearest valid choice; the input is escaped."""
    used = await rig.ada.slash(command, options=values)
    assert (used.ephemeral, (used.message or {})["content"]) == (True, sentence)


@pytest.mark.parametrize("where", PLACES)
async def test_private_makes_commands_and_pages_ephemeral(rig: Rig, where: str) -> None:
    """Without the option they are public."""
    place = rig.guild if where == "server" else None
    for command in VIEW_COMMANDS:
        values = OPTIONS.get(command.name, {})
        assert (await rig.ada.slash(command.name, guild=place, options={**values, "private": True})).ephemeral
        assert not (await rig.ada.slash(command.name, guild=place, options=values)).ephemeral
    used = await rig.ada.slash("summary", guild=place, length="full", private=True)
    turned = await rig.ada.click(used, "Next")
    assert (turned.ephemeral, title(turned.message)) == (True, "**The dark light (2 of 4)**")


async def test_suggestions_match_names_topics_and_paragraphs(rig: Rig) -> None:
    """Names match despite misspellings; paragraphs show their gist."""
    assert (await rig.ada.autocomplete("who", "name", "mayr"))[0] == {"name": "Tom Reed", "value": "tom-reed"}
    topics = await rig.ada.autocomplete("summary", "topic", "")
    assert [topic["value"] for topic in topics] == ["all", "lamp"]
    assert await rig.ada.autocomplete("paragraph", "number", "2") == [
        {"name": "¶2: The mayor says that she took the lamp; she denies it.", "value": "2"}
    ]
