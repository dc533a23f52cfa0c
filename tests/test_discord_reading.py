"""What can be read, in Discord: every command in a server, in a direct message and after a restart."""

import struct
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import discord
import pytest

from bot import command_list as listed
from bot import limits
from bot.base import Ready
from bot.discord_frontend import pages
from bot.discord_frontend.client import PilcrowClient
from bot.discord_frontend.cooldown import Cooldown
from bot.reading import Reading, Readings, Row, Section
from tests.small_story import small_story
from tests.test_discord_rig import Rig, Scripted, connected, embed, labels, rig

PLACES = ("server", "direct")
VALUES: dict[str, dict[str, Any]] = {"who": {"name": "the mayor"}, "paragraph": {"number": "2"}}
UPDATE = 7  # interaction callback type "UPDATE_MESSAGE"
READ = listed.COMMANDS[1:]


@pytest.fixture
async def r(tmp_path: Path) -> AsyncIterator[Rig]:
    async with rig(tmp_path) as made:
        yield made


@pytest.mark.parametrize("command", READ, ids=lambda one: one.name)
async def test_every_command_works_in_a_server_and_in_a_direct_message(r: Rig, command: listed.Command) -> None:
    """The same card in both, made from what the engine reads; its lines name their paragraphs or their source."""
    values = VALUES.get(command.name, {})
    about = ":".join(str(value) for value in values.values())
    expected = Readings(small_story(), {}, 90).open(command.name, about)
    shown = [embed((await r.ada.slash(command.name, guild=where, options=values)).message) for where in (r.guild, None)]
    assert shown[0] == shown[1]
    assert shown[0]["title"].startswith(expected.title)
    assert shown[0]["footer"]["text"].startswith("¶ Pilcrow · answers are written by people")
    first = expected.sections[0].rows[0]
    assert first.text.replace("‘", "‘") in shown[0]["description"].replace("\\", "")


async def test_every_command_works_after_a_restart(r: Rig) -> None:
    """A bot that has just started shows the same."""
    before = {one.name: await r.ada.slash(one.name, options=VALUES.get(one.name, {})) for one in READ}
    await r.client.close()
    patient = Cooldown(100, 20, lambda: 0.0)
    async with connected(PilcrowClient(r.client.config, Ready(Scripted(), {}, ""), r.journal, patient), r.standin):
        for one in READ:
            after = await r.ada.slash(one.name, options=VALUES.get(one.name, {}))
            assert embed(after.message) == embed(before[one.name].message)


async def test_a_person_who_has_added_the_bot_reads_anywhere(r: Rig) -> None:
    """As a user-installed app, in a server without the bot."""
    elsewhere = r.standin.guild("Elsewhere", installed=False)
    eve = r.standin.person(elsewhere, name="Eve")
    eve.installs()
    for one in READ:
        used = await eve.slash(one.name, options=VALUES.get(one.name, {}))
        assert embed(used.message)["title"]


async def test_a_line_names_its_paragraph_with_a_link(r: Rig) -> None:
    """What a member sees, word for word."""
    used = await r.ada.slash("summary", length="short")
    link = "https://quay.example/harbour-light#:~:text="
    assert embed(used.message)["description"] == (
        f"- Keeper Ada Quill left the lighthouse at Brim on Friday. [¶1]({link}Keeper%20Ada%20Quill,on%20Friday%20evening.)\n"
        f"- Tom Reed says that she took the lamp; she denies it. [¶2]({link}Mayor%20Tom%20Reed,she%20denies%20it.)\n\n"
        "**Known later (not in the article)**\n"
        "- **1 June 2020:** The lamp was found in the mayor's cellar. "
        "([The Quay, 1 June 2020](https://quay.example/lamp-found))"
    )


async def test_long_readings_are_turned_page_by_page_also_after_a_restart(r: Rig, tmp_path: Path) -> None:
    """The buttons know all they need; whoever asked turns the page in place, anybody else gets a copy of their own."""
    used = await r.ada.slash("summary", length="full")
    assert (embed(used.message)["title"], labels(used.message)) == ("The dark light (1 of 3)", ["Next page"])
    turned = await r.ada.clicks(used, "Next page")
    assert (turned.response or {})["type"] == UPDATE
    assert (embed(turned.message)["title"], labels(turned.message)) == (
        "The dark light (2 of 3)",
        ["Previous page", "Next page"],
    )
    bob = r.standin.person(r.guild, name="Bob")
    copy = await bob.clicks(turned.message or {}, "Next page")
    assert (copy.ephemeral, embed(copy.message)["title"]) == (True, "The dark light (3 of 3)")
    await r.client.close()
    again = PilcrowClient(r.client.config, Ready(Scripted(), {}, ""), r.journal)
    async with connected(again, r.standin):
        back = await r.ada.clicks(turned.message or {}, "Previous page")
        assert embed(back.message)["title"] == "The dark light (1 of 3)"


@pytest.mark.parametrize(
    ("command", "values", "sentence"),
    [
        ("paragraph", {"number": "99"}, "There is no paragraph ‘99’: the article has 1 to 2. The nearest is 2."),
        (
            "who",
            {"name": "**Napoleon**"},
            "The article has nobody called ‘\\*\\*Napoleon\\*\\*’. The nearest name: Tom Reed.",
        ),
        ("summary", {"topic": "weather: x"}, "There is no topic ‘weather x’. The nearest topic: The lamp."),
        ("who", {"name": "x" * 6000}, f"The article has nobody called ‘{'x' * 59}…’."),
    ],
)
async def test_bad_input_gets_a_private_sentence(r: Rig, command: str, values: dict[str, Any], sentence: str) -> None:
    """Clear, private, with the nearest valid choice; what was typed is escaped."""
    used = await r.ada.slash(command, options=values)
    assert (used.ephemeral, (used.message or {})["content"]) == (True, sentence)


async def test_suggestions_while_typing(r: Rig) -> None:
    """Names however they are spelt, topics, and paragraphs with what they say."""
    assert (await r.ada.autocomplete("who", "name", "mayr"))[0] == {"name": "Tom Reed", "value": "tom-reed"}
    topics = await r.ada.autocomplete("summary", "topic", "")
    assert [topic["value"] for topic in topics] == ["all", "lamp"]
    assert await r.ada.autocomplete("paragraph", "number", "2") == [
        {"name": "¶2: The mayor says that she took the lamp; she denies it.", "value": "2"}
    ]


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_the_timeline_as_a_picture(r: Rig, theme: str) -> None:
    """A PNG wide enough for a phone, with a text that a screen reader reads out."""
    used = await r.ada.slash("timeline", picture=theme)
    (file,) = (used.message or {})["attachments"]
    assert file["description"] == (
        "What happened when. In the article. May 2020: Keeper Ada Quill leaves the lighthouse. "
        "Known later (not in the article). 1 June 2020: The lamp was found in the mayor's cellar."
    )
    drawn = (await r.client.desk.pictures("dark" if theme == "dark" else "light"))[0].png
    assert drawn.startswith(b"\x89PNG")
    assert struct.unpack(">I", drawn[16:20]) == (1080,)


async def test_names_come_in_french_too(r: Rig) -> None:
    """Discord shows them to whoever uses Discord in French."""
    known = {command["name"]: command for command in r.standin.commands[None]}
    for one in listed.COMMANDS:
        assert known[one.name]["name_localizations"] == {"fr": one.french[0]}
        assert known[one.name]["description_localizations"] == {"fr": one.french[1]}
        options = {option["name"]: option for option in known[one.name].get("options", ())}
        assert {name: option["name_localizations"] for name, option in options.items()} == {
            option.name: {"fr": option.french[0]} for option in one.options
        }
    assert known["Answer this"]["name_localizations"] == {"fr": "Répondre à ceci"}


async def test_a_question_in_french_gets_french_around_the_answer(r: Rig) -> None:
    """The words around it are French, and say that the answer itself is not."""
    card = embed((await r.ada.slash("ask", question="où est le lighthouse ?")).message)
    assert card["description"] == (
        "Voici la réponse, en anglais, telle que des personnes l'ont rédigée et vérifiée :\n\nIt stands at Brim."
    )
    assert card["fields"][0] == {"name": "Statut", "value": "Rapporté par l'article", "inline": False}


def huge() -> Reading:
    """A reading with everything at its longest, and far too much of it."""
    story = small_story()
    long = "word * _ [x](y) " * 200
    url = "https://quay.example/" + "(" * 300
    readings = Readings(replace(story, url=url), {}, 90)
    row = Row(long, readings.cited((1, 2)) * 3, time=long, source=long, url=url, note=long)
    return Reading("who", "x", long, tuple(Section(long, (row,) * 6) for _ in range(3)))


def test_a_page_never_exceeds_what_discord_takes() -> None:
    """Whatever the base holds."""
    reading = huge()
    number = 1
    while True:
        card = pages.card(reading, number, "¶" * 400)
        assert len(card.embed.title or "") <= limits.EMBED_TITLE
        assert len(card.embed.description or "") <= limits.EMBED_DESCRIPTION
        assert len(card.embed) <= limits.EMBED_TOTAL
        assert all(len(press.custom_id) <= limits.CUSTOM_ID for press in card.buttons)
        if "Next page" not in [press.label for press in card.buttons]:
            break
        number += 1
    assert number >= 6
    assert pages.card(reading, 10_000, "").embed.title == pages.card(reading, number, "").embed.title
    assert isinstance(card.embed, discord.Embed)
