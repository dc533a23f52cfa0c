"""Paged views: turning pages, restarts, a base that changes, and Discord's limits."""

from pathlib import Path

import discord
import msgspec
import pytest
from msgspec.structs import replace

from bot import bootstrap
from bot.answering.view import Row, Section, View
from bot.answering.view_builder import Views
from bot.cards import discord_limits, markdown
from bot.discord_frontend.client import PilcrowClient
from bot.discord_frontend.reading import pages
from bot.i18n.command_specs import reader_commands
from bot.nlp.languages import LANGUAGES, Language
from bot.story.models import LENGTHS
from tests.support.discord_rig import Rig, ScriptedAnswerer, connected, embed, labels
from tests.support.fixed_base import fixed_base
from tests.support.small_story import small_story

PRIVATE = 64  # message flag EPHEMERAL
UPDATE = 7  # interaction callback type "UPDATE_MESSAGE"
VIEW_COMMANDS = [command for command in reader_commands().values() if command.name != "ask"]


async def test_pages_are_turned_in_place_also_after_a_restart(rig: Rig, tmp_path: Path) -> None:
    """Another user who turns a page gets a private copy."""
    used = await rig.ada.slash("summary", length="full")
    assert (embed(used.message)["title"], labels(used.message)) == ("The dark light (1 of 3)", ["Next page"])
    turned = await rig.ada.click(used, "Next page")
    assert (turned.response or {})["type"] == UPDATE
    assert (embed(turned.message)["title"], labels(turned.message)) == (
        "The dark light (2 of 3)",
        ["Previous page", "Next page"],
    )
    bob = rig.fake_discord.person(rig.guild, name="Bob")
    copy = await bob.click(turned.message or {}, "Next page")
    assert (copy.ephemeral, embed(copy.message)["title"]) == (True, "The dark light (3 of 3)")
    await rig.client.close()
    restarted = PilcrowClient(rig.client.config, fixed_base(ScriptedAnswerer()), rig.journal)
    async with connected(restarted, rig.fake_discord):
        back = await rig.ada.click(turned.message or {}, "Previous page")
        assert embed(back.message)["title"] == "The dark light (1 of 3)"


async def test_every_page_points_to_the_later_developments(rig: Rig) -> None:
    """No allegation stands alone on a page."""
    used = await rig.ada.slash("summary", length="full")
    last = "\n\n**Known later (not in the article):** on page 3."
    assert embed(used.message)["description"].endswith(last)
    used = await rig.ada.click(used, "Next page")
    assert embed(used.message)["description"].endswith(last)
    used = await rig.ada.click(used, "Next page")
    assert embed(used.message)["description"].endswith("([The Quay, 1 June 2020](https://quay.example/lamp-found))")


def use_views(rig: Rig, views: Views) -> None:
    """Have the bot use these views from now on."""
    base = rig.client.services.knowledge_base
    base.use(msgspec.structs.replace(base.current, views=views))


async def test_a_removed_page_leads_to_the_last_page(rig: Rig) -> None:
    """The view may have become shorter."""
    used = await rig.ada.slash("summary", length="full")
    story = small_story()
    lamp = story.summaries["lamp"]
    short = replace(story, summaries={"all": replace(lamp, id="all", title="Shorter")})
    use_views(rig, Views(short, {}, bootstrap.view_settings()))
    turned = await rig.ada.click(used, "Next page")
    assert (embed(turned.message)["title"], labels(turned.message)) == ("Shorter", [])
    again = await rig.ada.slash("summary", topic="all", length="full")
    assert embed(again.message)["title"] == "Shorter"


async def test_a_removed_topic_is_a_private_error(rig: Rig) -> None:
    """The page that the user has stays."""
    used = await rig.ada.slash("summary", length="full")
    story = small_story()
    use_views(rig, Views(replace(story, summaries={"lamp": story.summaries["lamp"]}), {}, bootstrap.view_settings()))
    turned = await rig.ada.click(used, "Next page")
    data = (turned.response or {})["data"]
    assert (data["content"], data["flags"]) == ("There is no topic ‘all’. The topics are: The lamp.", PRIVATE)


def oversized_view() -> View:
    """Return a view with too many rows, all of whose texts are too long."""
    story = small_story()
    long = "word * _ [x](y) " * 200
    url = "https://quay.example/" + "(" * 300
    views = Views(replace(story, url=url), {}, bootstrap.view_settings())
    row = Row(long, views.citations((1, 2)) * 3, time=long, source=long, url=url, note=long)
    return View("who", "x", long, tuple(Section(long, (row,) * 6) for _ in range(3)))


def test_later_developments_are_fields_of_the_first_page_if_they_fit() -> None:
    """Otherwise they get a page."""
    main = Section("", (Row("word " * 300),) * 2)
    later = Section(
        "Known later",
        tuple(Row(f"{n} " * 300, time="May", source="S", url="https://s.example/") for n in "ab"),
        later=True,
    )
    card = pages.page_card(View("who", "x", "X", (main, later)), 1, "footer")
    assert card.buttons == ()
    assert [field.name for field in card.embed.fields] == ["Known later", "\u200b"]  # more than one field holds
    assert (card.embed.fields[0].value or "").startswith("- **May:** a a a")
    assert len(card.embed) <= discord_limits.EMBED_TOTAL
    first_page = pages.page_card(View("who", "x", "X", (main, replace(later, rows=later.rows * 4))), 1, "footer")
    assert first_page.embed.fields == []
    assert [press.label for press in first_page.buttons] == ["Next page"]


def test_every_page_is_within_discords_limits() -> None:
    """A page number past the end is the last page."""
    view = oversized_view()
    number = 1
    while True:
        card = pages.page_card(view, number, "¶" * 400)
        assert len(card.embed.title or "") <= discord_limits.EMBED_TITLE
        assert len(card.embed.description or "") <= discord_limits.EMBED_DESCRIPTION
        assert len(card.embed) <= discord_limits.EMBED_TOTAL
        assert all(len(press.custom_id) <= discord_limits.CUSTOM_ID for press in card.buttons)
        if "Next page" not in [press.label for press in card.buttons]:
            break
        number += 1
    assert number >= 6
    assert pages.page_card(view, 10_000, "").embed.title == pages.page_card(view, number, "").embed.title
    assert isinstance(card.embed, discord.Embed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_view_of_the_real_base_is_shown_in_full_within_the_limits(language: Language) -> None:
    """Each row of each view is on one of its pages."""
    views = bootstrap.views(bootstrap.story(Path(__file__).parents[3] / "knowledge")).in_language(language)
    story = views.story
    arguments = {
        "summary": [f"{topic}:{length}" for topic in story.summaries for length in LENGTHS],
        "who": list(story.people),
        "paragraph": [str(number) for number in story.paragraphs],
    }
    for command in VIEW_COMMANDS:
        for argument in arguments.get(command.name, [""]):
            view = views.open(command.name, argument)
            text = full_text(view)
            for row in (row for section in view.sections for row in section.rows):
                assert markdown.escape(row.text) in text, (command.name, argument)


def full_text(view: View) -> str:
    """Return the text of all pages of a view, after asserting that each is within the limits."""
    texts, number, more = [], 1, True
    while more:
        card = pages.page_card(view, number, "¶" * 400)
        assert len(card.embed.description or "") <= discord_limits.EMBED_DESCRIPTION
        assert len(card.embed) <= discord_limits.EMBED_TOTAL
        assert all(len(field.value or "") <= discord_limits.EMBED_FIELD_VALUE for field in card.embed.fields)
        texts += [card.embed.description or "", *(field.value or "" for field in card.embed.fields)]
        number += 1
        more = any(press.argument.startswith(f"{number}:") for press in card.buttons)
    return "\n".join(texts)
