"""Paged views: turning pages, restarts, and a base that changes. Their lines and limits are those of the cards."""

from pathlib import Path

import msgspec
from msgspec.structs import replace

from bot import bootstrap
from bot.answering.view_builder import Views
from bot.discord_frontend.client import PilcrowClient
from tests.support.discord_rig import Rig, ScriptedAnswerer, connected, labels, text
from tests.support.fixed_base import fixed_base
from tests.support.small_story import small_story

PRIVATE = 64  # message flag EPHEMERAL
UPDATE = 7  # interaction callback type "UPDATE_MESSAGE"
LINKS = ["Shorter", "Timeline", "What is alleged"]


def title(message: object) -> str:
    """Return the first line of a view."""
    return text(message).split("\n")[0]


async def test_pages_are_turned_in_place_also_after_a_restart(rig: Rig, tmp_path: Path) -> None:
    """Another user who turns a page gets a private copy."""
    used = await rig.ada.slash("summary", length="full")
    assert (title(used.message), labels(used.message)) == ("**The dark light (1 of 4)**", ["Next", *LINKS])
    turned = await rig.ada.click(used, "Next")
    assert (turned.response or {})["type"] == UPDATE
    assert (title(turned.message), labels(turned.message)) == ("**The dark light (2 of 4)**", ["Back", "Next", *LINKS])
    bob = rig.fake_discord.person(rig.guild, name="Bob")
    copy = await bob.click(turned.message or {}, "Next")
    assert (copy.ephemeral, title(copy.message)) == (True, "**The dark light (3 of 4)**")
    await rig.client.close()
    restarted = PilcrowClient(rig.client.config, fixed_base(ScriptedAnswerer()), rig.journal)
    async with connected(restarted, rig.fake_discord):
        back = await rig.ada.click(turned.message or {}, "Back")
        assert title(back.message) == "**The dark light (1 of 4)**"


async def test_an_allegation_stands_on_no_page_without_its_denial(rig: Rig) -> None:
    """What was found later is on the last page of a summary, and on every page with a line that carries the claim."""
    used = await rig.ada.slash("summary", length="full")
    while "Next" in labels(used.message):
        assert "took the lamp" not in text(used.message)
        used = await rig.ada.click(used, "Next")
    assert "> **Since the article:** [Jun 2020](<https://quay.example/lamp-found>)" in text(used.message)
    used = await rig.ada.slash("summary", topic="lamp", length="line")
    assert [line[:11] for line in text(used.message).split("\n")[1:]] == ["- Tom Reed ", "> **Denied:", "> **Since t"]


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
    turned = await rig.ada.click(used, "Next")
    assert (title(turned.message), labels(turned.message)) == ("**Shorter**", LINKS)
    again = await rig.ada.slash("summary", topic="all", length="full")
    assert title(again.message) == "**Shorter**"


async def test_a_removed_topic_is_a_private_error(rig: Rig) -> None:
    """The page that the user has stays."""
    used = await rig.ada.slash("summary", length="full")
    story = small_story()
    use_views(rig, Views(replace(story, summaries={"lamp": story.summaries["lamp"]}), {}, bootstrap.view_settings()))
    turned = await rig.ada.click(used, "Next")
    data = (turned.response or {})["data"]
    assert (data["content"], data["flags"]) == ("There is no topic ‘all’. The topics are: The lamp.", PRIVATE)
