"""What can be read, in Discord: every command in a server, in a direct message and after a restart."""

import struct
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import msgspec
import pytest
from msgspec.structs import replace

from bot import bootstrap
from bot.answering.view import Row, Section, View
from bot.answering.views import Views
from bot.charts import timeline_picture
from bot.charts.picture import Picture
from bot.discord_frontend.client import PilcrowClient
from bot.discord_frontend.common import discord_limits, markdown
from bot.discord_frontend.common.cooldown import Cooldown
from bot.discord_frontend.reading import pages
from bot.i18n.command_specs import Command, reader_commands
from bot.nlp.languages import LANGUAGES, Language
from bot.story.models import LENGTHS
from tests.support.discord_rig import FakeRenderer, Rig, ScriptedAnswerer, connected, embed, fields, labels, rig
from tests.support.fake_discord import Interaction, Person
from tests.support.fixed_base import fixed_base
from tests.support.small_story import small_story

PLACES = ("server", "direct")
VALUES: dict[str, dict[str, Any]] = {"who": {"name": "the mayor"}, "paragraph": {"number": "2"}}
DRAWING = 60.0  # seconds to wait for a picture: another process has to start and load matplotlib
PRIVATE = 64  # message flag EPHEMERAL
UPDATE = 7  # interaction callback type "UPDATE_MESSAGE"
READ = [command for command in reader_commands().values() if command.name != "ask"]


@pytest.fixture
async def r(tmp_path: Path) -> AsyncIterator[Rig]:
    async with rig(tmp_path) as made:
        yield made


@pytest.mark.parametrize("command", READ, ids=lambda one: one.name)
async def test_every_command_works_in_a_server_and_in_a_direct_message(r: Rig, command: Command) -> None:
    """The same card in both, made from what the engine reads; its lines name their paragraphs or their source."""
    values = VALUES.get(command.name, {})
    about = ":".join(str(value) for value in values.values())
    expected = Views(small_story(), {}, bootstrap.view_settings()).open(command.name, about)
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
    async with connected(
        PilcrowClient(r.client.config, fixed_base(ScriptedAnswerer()), r.journal, patient), r.fake_discord
    ):
        for one in READ:
            after = await r.ada.slash(one.name, options=VALUES.get(one.name, {}))
            assert embed(after.message) == embed(before[one.name].message)


async def test_a_person_who_has_added_the_bot_reads_anywhere(r: Rig) -> None:
    """As a user-installed app, in a server without the bot: every command, the next page and the picture."""
    elsewhere = r.fake_discord.guild("Elsewhere", installed=False)
    eve = r.fake_discord.person(elsewhere, name="Eve")
    eve.installs()
    for one in READ:
        used = await eve.slash(one.name, options=VALUES.get(one.name, {}))
        assert embed(used.message)["title"]
    await reads_on(r.client, eve)


async def test_pages_and_pictures_in_a_direct_message_before_and_after_a_restart(r: Rig) -> None:
    """Nothing of them is kept in the bot's memory."""
    zed = r.fake_discord.person(None, name="Zed")
    used = await reads_on(r.client, zed)
    await r.client.close()
    again = PilcrowClient(r.client.config, fixed_base(ScriptedAnswerer()), r.journal, Cooldown(100, 20, lambda: 0.0))
    async with connected(again, r.fake_discord):
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
    bob = r.fake_discord.person(r.guild, name="Bob")
    copy = await bob.clicks(turned.message or {}, "Next page")
    assert (copy.ephemeral, embed(copy.message)["title"]) == (True, "The dark light (3 of 3)")
    await r.client.close()
    again = PilcrowClient(r.client.config, fixed_base(ScriptedAnswerer()), r.journal)
    async with connected(again, r.fake_discord):
        back = await r.ada.clicks(turned.message or {}, "Previous page")
        assert embed(back.message)["title"] == "The dark light (1 of 3)"


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
async def test_bad_input_gets_a_private_sentence(r: Rig, command: str, values: dict[str, Any], sentence: str) -> None:
    """Clear, private, with the nearest valid choice; what was typed is escaped."""
    used = await r.ada.slash(command, options=values)
    assert (used.ephemeral, (used.message or {})["content"]) == (True, sentence)


@pytest.mark.parametrize("where", PLACES)
async def test_whoever_wants_it_reads_in_private(r: Rig, where: str) -> None:
    """Every command, every page and the picture; without asking for it, all may read along."""
    place = r.guild if where == "server" else None
    for one in READ:
        values = VALUES.get(one.name, {})
        assert (await r.ada.slash(one.name, guild=place, options={**values, "private": True})).ephemeral
        assert not (await r.ada.slash(one.name, guild=place, options=values)).ephemeral
    used = await r.ada.slash("summary", guild=place, length="full", private=True)
    turned = await r.ada.clicks(used, "Next page")
    assert (turned.ephemeral, embed(turned.message)["title"]) == (True, "The dark light (2 of 3)")


async def test_a_page_before_what_was_found_later_says_where_that_is(r: Rig) -> None:
    """So that nothing alleged stands alone on it."""
    used = await r.ada.slash("summary", length="full")
    last = "\n\n**Known later (not in the article):** on page 3."
    assert embed(used.message)["description"].endswith(last)
    used = await r.ada.clicks(used, "Next page")
    assert embed(used.message)["description"].endswith(last)
    used = await r.ada.clicks(used, "Next page")
    assert embed(used.message)["description"].endswith("([The Quay, 1 June 2020](https://quay.example/lamp-found))")


def show(r: Rig, views: Views) -> None:
    """Have the bot show these views from now on."""
    base = r.client.services.knowledge_base
    base.use(msgspec.structs.replace(base.current, views=views))


async def test_a_page_that_is_gone_after_the_base_has_changed(r: Rig) -> None:
    """The nearest page there is; a private sentence where the whole topic is gone."""
    used = await r.ada.slash("summary", length="full")
    story = small_story()
    rest = {id: one for id, one in story.summaries.items() if id == "lamp"}
    short = replace(story, summaries={"all": replace(rest["lamp"], id="all", title="Shorter")})
    show(r, Views(short, {}, bootstrap.view_settings()))
    turned = await r.ada.clicks(used, "Next page")
    assert (embed(turned.message)["title"], labels(turned.message)) == ("Shorter", [])
    again = await r.ada.slash("summary", topic="all", length="full")
    assert embed(again.message)["title"] == "Shorter"


async def test_a_topic_that_is_gone_while_somebody_reads_it(r: Rig) -> None:
    """A private sentence with the nearest topic; the page that they have stays."""
    used = await r.ada.slash("summary", length="full")
    story = small_story()
    show(r, Views(replace(story, summaries={"lamp": story.summaries["lamp"]}), {}, bootstrap.view_settings()))
    turned = await r.ada.clicks(used, "Next page")
    data = (turned.response or {})["data"]
    assert (data["content"], data["flags"]) == ("There is no topic ‘all’. The topics are: The lamp.", PRIVATE)


async def test_a_discord_in_french_reads_with_french_around_it(r: Rig) -> None:
    """Headings, buttons, help and fatal_errors, in the language of whoever asks or presses."""
    zoe = r.fake_discord.person(r.guild, name="Zoé", locale="fr")
    used = await zoe.slash("summary", length="full")
    assert embed(used.message)["description"].startswith(
        "*Ce qui suit est en anglais, tel que des personnes l'ont rédigé et vérifié.*\n\n- line a, the keeper left"
    )
    assert embed(used.message)["title"] == "The dark light (1 sur 3)"
    turned = await zoe.clicks(used, "Page suivante")
    assert labels(turned.message) == ["Page précédente", "Page suivante"]
    shown = embed((await zoe.slash("help")).message)
    assert shown["title"] == "Ce que je sais faire"
    refused = await zoe.slash("who", options={"name": "Napoléon"})
    assert (refused.ephemeral, (refused.message or {})["content"]) == (
        True,
        "L'article ne mentionne personne du nom de « Napoléon ».",
    )
    r.fake_discord.patience = DRAWING
    drawn = await zoe.slash("timeline", picture="light")
    assert (drawn.message or {})["content"].startswith("La chronologie en image.")
    assert (drawn.message or {})["attachments"][0]["description"].startswith("Chronologie.")


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
    r.fake_discord.patience = DRAWING
    used = await r.ada.slash("timeline", picture=theme)
    (file,) = (used.message or {})["attachments"]
    assert file["description"] == (
        "What happened when. In the article. May 2020: Keeper Ada Quill leaves the lighthouse. ¶1 "
        "(the article says ‘Friday’; the date is known from The Quay) "
        "Known later (not in the article). 1 June 2020: The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)"
    )
    drawn = (
        await r.client.services.renderer.render(
            r.client.services.views.timeline("dark" if theme == "dark" else "light")
        )
    )[0].png
    assert drawn.startswith(b"\x89PNG")
    assert struct.unpack(">I", drawn[16:20]) == (1080,)


async def test_many_pictures_come_in_several_messages(r: Rig) -> None:
    """Discord takes ten files a message."""
    r.client.services.renderer = FakeRenderer(12)
    used = await r.ada.slash("timeline", picture="dark")
    more = await used.next_followup()
    assert [len((used.message or {})["attachments"]), len(more["attachments"])] == [10, 2]


async def test_nobody_is_left_waiting_for_a_picture_that_fails(r: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Discord shows that we think until we say something."""

    async def fails(*_: object) -> tuple[Picture, ...]:
        raise OSError("no process can be started")

    monkeypatch.setattr(r.client.services.renderer, "render", fails)
    used = await r.ada.slash("timeline", picture="dark", private=True)
    assert (used.ephemeral, used.loading) == (True, False)
    assert (used.message or {})["content"] == "Something went wrong on my side. It has been logged."


def test_a_drawn_timeline_goes_on_in_a_second_picture_that_says_so() -> None:
    """No picture is taller, and no text for a screen reader longer, than what can be read; nothing is left out of either."""
    row = Row("word " * 60 + "end.", time="1 May 2020", note="a note")
    wide = Row("M" * 48, time="2 May 2020")
    reading = View("timeline", "", "When", (Section("Told", (row,) * 6), Section("Later", (wide,), later=True)))
    drawn = timeline_picture.draw_timeline(reading, "dark")
    assert [one.alt.split(" 1 May")[0] for one in drawn] == [
        "When (1 of 3). Told.",
        "When (2 of 3). Told, continued.",
        "When (3 of 3). Told, continued.",
    ]
    assert all(len(one.alt) <= discord_limits.ALT_TEXT for one in drawn)
    assert sum(one.alt.count("end. (a note)") for one in drawn) == 6
    assert drawn[2].alt.endswith(f"Later. 2 May 2020: {'M' * 48}")
    assert all(struct.unpack(">I", one.png[20:24])[0] <= timeline_picture.MAX_HEIGHT for one in drawn)
    (whole,) = timeline_picture.draw_timeline(reading, "dark", max_height=None)
    assert whole.alt.count("end. (a note)") == 6


async def test_names_come_in_french_too(r: Rig) -> None:
    """Discord shows them to whoever uses Discord in French."""
    known = {command["name"]: command for command in r.fake_discord.commands[None]}
    for one in reader_commands().values():
        assert known[one.name]["name_localizations"] == {"fr": one.french[0]}
        assert known[one.name]["description_localizations"] == {"fr": one.french[1]}
        options = {option["name"]: option for option in known[one.name].get("options", ())}
        assert {name: option["name_localizations"] for name, option in options.items()} == {
            option.name: {"fr": option.french[0]} for option in one.options
        }
    lengths, pictures = (known[name]["options"][0]["choices"] for name in ("summary", "timeline"))
    assert [(one["name"], one["name_localizations"]["fr"], one["value"]) for one in (*lengths, *pictures)] == [
        ("one line", "une ligne", "line"),
        ("short", "court", "short"),
        ("full", "en entier", "full"),
        ("dark", "sombre", "dark"),
        ("light", "clair", "light"),
    ]
    assert known["Answer this"]["name_localizations"] == {"fr": "Répondre à ceci"}


async def test_a_question_in_french_gets_french_around_the_answer(r: Rig) -> None:
    """The words around it are French, and say that the answer itself is not."""
    card = embed((await r.ada.slash("ask", question="quand est-ce que Ada Quill a leave le lighthouse ?")).message)
    assert card["description"] == (
        "Voici la réponse, rédigée et vérifiée par des personnes, en anglais :\n\n"
        'She left it on Friday evening, and was "quite tired".'
    )
    assert card["fields"][0] == {"name": "Statut", "value": "Rapporté par l'article", "inline": False}


async def test_whoever_picks_or_presses_in_french_gets_french_around_it(r: Rig) -> None:
    """Nothing was typed, so the language is that of the person's Discord."""
    zoe = r.fake_discord.person(r.guild, name="Zoé", locale="fr")
    picked = await zoe.slash("ask", question="¶:keeper-left")
    assert fields(picked.message)["Statut"] == "Rapporté par l'article"
    pressed = await zoe.clicks(picked, "What is Ada Quill accused of?")
    assert fields(pressed.message)["Statut"] == "Allégué, non prouvé"
    english = await r.ada.slash("ask", question="¶:keeper-left")
    assert fields(english.message)["Standing"] == "Reported by the article"


def huge() -> View:
    """A reading with everything at its longest, and far too much of it."""
    story = small_story()
    long = "word * _ [x](y) " * 200
    url = "https://quay.example/" + "(" * 300
    views = Views(replace(story, url=url), {}, bootstrap.view_settings())
    row = Row(long, views.citations((1, 2)) * 3, time=long, source=long, url=url, note=long)
    return View("who", "x", long, tuple(Section(long, (row,) * 6) for _ in range(3)))


def test_what_was_found_later_joins_the_first_page_where_there_is_room() -> None:
    """As fields under it: one card instead of two pages."""
    told = Section("", (Row("word " * 300),) * 2)
    later = Section(
        "Known later",
        tuple(Row(f"{n} " * 300, time="May", source="S", url="https://s.example/") for n in "ab"),
        later=True,
    )
    card = pages.page_card(View("who", "x", "X", (told, later)), 1, "footer")
    assert card.buttons == ()
    assert [field.name for field in card.embed.fields] == ["Known later", "\u200b"]  # more than one field holds
    assert (card.embed.fields[0].value or "").startswith("- **May:** a a a")
    assert len(card.embed) <= discord_limits.EMBED_TOTAL
    apart = pages.page_card(View("who", "x", "X", (told, replace(later, rows=later.rows * 4))), 1, "footer")
    assert apart.embed.fields == []
    assert [press.label for press in apart.buttons] == ["Next page"]


def test_a_page_never_exceeds_what_discord_takes() -> None:
    """Whatever the base holds."""
    reading = huge()
    number = 1
    while True:
        card = pages.page_card(reading, number, "¶" * 400)
        assert len(card.embed.title or "") <= discord_limits.EMBED_TITLE
        assert len(card.embed.description or "") <= discord_limits.EMBED_DESCRIPTION
        assert len(card.embed) <= discord_limits.EMBED_TOTAL
        assert all(len(press.custom_id) <= discord_limits.CUSTOM_ID for press in card.buttons)
        if "Next page" not in [press.label for press in card.buttons]:
            break
        number += 1
    assert number >= 6
    assert pages.page_card(reading, 10_000, "").embed.title == pages.page_card(reading, number, "").embed.title
    assert isinstance(card.embed, discord.Embed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_can_be_read_of_the_real_base_fits(language: Language) -> None:
    """Every topic at every length, everybody, every paragraph, page by page: within Discord's limits, and all of it there."""
    views = bootstrap.views(bootstrap.story(Path(__file__).parents[3] / "knowledge")).in_language(language)
    story = views.story
    abouts = {
        "summary": [f"{topic}:{length}" for topic in story.summaries for length in LENGTHS],
        "who": list(story.people),
        "paragraph": [str(number) for number in story.paragraphs],
    }
    for command in READ:
        for about in abouts.get(command.name, [""]):
            reading = views.open(command.name, about)
            shown = shown_in_full(reading)
            for row in (row for section in reading.sections for row in section.rows):
                assert markdown.escape(row.text) in shown, (command.name, about)


def shown_in_full(reading: View) -> str:
    """What stands on all pages of a reading; each is held against the limits."""
    texts, number, more = [], 1, True
    while more:
        card = pages.page_card(reading, number, "¶" * 400)
        assert len(card.embed.description or "") <= discord_limits.EMBED_DESCRIPTION
        assert len(card.embed) <= discord_limits.EMBED_TOTAL
        assert all(len(field.value or "") <= discord_limits.EMBED_FIELD_VALUE for field in card.embed.fields)
        texts += [card.embed.description or "", *(field.value or "" for field in card.embed.fields)]
        number += 1
        more = any(press.argument.startswith(f"{number}:") for press in card.buttons)
    return "\n".join(texts)
