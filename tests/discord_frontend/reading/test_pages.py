"""Paged views: turning pages, restarts, a base that changes, and Discord's limits."""

from pathlib import Path

import discord
import msgspec
import pytest
from msgspec.structs import replace

from bot import bootstrap
from bot.answering.view import Row, Section, View
from bot.answering.views import Views
from bot.discord_frontend.client import PilcrowClient
from bot.discord_frontend.common import discord_limits, markdown
from bot.discord_frontend.reading import pages
from bot.i18n.command_specs import reader_commands
from bot.nlp.languages import LANGUAGES, Language
from bot.story.models import LENGTHS
from tests.support.discord_rig import Rig, ScriptedAnswerer, connected, embed, labels
from tests.support.fixed_base import fixed_base
from tests.support.small_story import small_story

PRIVATE = 64  # message flag EPHEMERAL
UPDATE = 7  # interaction callback type "UPDATE_MESSAGE"
READ = [command for command in reader_commands().values() if command.name != "ask"]


async def test_long_readings_are_turned_page_by_page_also_after_a_restart(rig: Rig, tmp_path: Path) -> None:
    """The buttons know all they need; whoever asked turns the page in place, anybody else gets a copy of their own."""
    used = await rig.ada.slash("summary", length="full")
    assert (embed(used.message)["title"], labels(used.message)) == ("The dark light (1 of 3)", ["Next page"])
    turned = await rig.ada.clicks(used, "Next page")
    assert (turned.response or {})["type"] == UPDATE
    assert (embed(turned.message)["title"], labels(turned.message)) == (
        "The dark light (2 of 3)",
        ["Previous page", "Next page"],
    )
    bob = rig.fake_discord.person(rig.guild, name="Bob")
    copy = await bob.clicks(turned.message or {}, "Next page")
    assert (copy.ephemeral, embed(copy.message)["title"]) == (True, "The dark light (3 of 3)")
    await rig.client.close()
    again = PilcrowClient(rig.client.config, fixed_base(ScriptedAnswerer()), rig.journal)
    async with connected(again, rig.fake_discord):
        back = await rig.ada.clicks(turned.message or {}, "Previous page")
        assert embed(back.message)["title"] == "The dark light (1 of 3)"


async def test_a_page_before_what_was_found_later_says_where_that_is(rig: Rig) -> None:
    """So that nothing alleged stands alone on it."""
    used = await rig.ada.slash("summary", length="full")
    last = "\n\n**Known later (not in the article):** on page 3."
    assert embed(used.message)["description"].endswith(last)
    used = await rig.ada.clicks(used, "Next page")
    assert embed(used.message)["description"].endswith(last)
    used = await rig.ada.clicks(used, "Next page")
    assert embed(used.message)["description"].endswith("([The Quay, 1 June 2020](https://quay.example/lamp-found))")


def show(rig: Rig, views: Views) -> None:
    """Have the bot show these views from now on."""
    base = rig.client.services.knowledge_base
    base.use(msgspec.structs.replace(base.current, views=views))


async def test_a_page_that_is_gone_after_the_base_has_changed(rig: Rig) -> None:
    """The nearest page there is; a private sentence where the whole topic is gone."""
    used = await rig.ada.slash("summary", length="full")
    story = small_story()
    rest = {id: one for id, one in story.summaries.items() if id == "lamp"}
    short = replace(story, summaries={"all": replace(rest["lamp"], id="all", title="Shorter")})
    show(rig, Views(short, {}, bootstrap.view_settings()))
    turned = await rig.ada.clicks(used, "Next page")
    assert (embed(turned.message)["title"], labels(turned.message)) == ("Shorter", [])
    again = await rig.ada.slash("summary", topic="all", length="full")
    assert embed(again.message)["title"] == "Shorter"


async def test_a_topic_that_is_gone_while_somebody_reads_it(rig: Rig) -> None:
    """A private sentence with the nearest topic; the page that they have stays."""
    used = await rig.ada.slash("summary", length="full")
    story = small_story()
    show(rig, Views(replace(story, summaries={"lamp": story.summaries["lamp"]}), {}, bootstrap.view_settings()))
    turned = await rig.ada.clicks(used, "Next page")
    data = (turned.response or {})["data"]
    assert (data["content"], data["flags"]) == ("There is no topic ‘all’. The topics are: The lamp.", PRIVATE)


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
