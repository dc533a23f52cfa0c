"""The timeline as a picture."""

import struct

import pytest

from bot.answering.view import Row, Section, View
from bot.cards import discord_limits
from bot.charts import timeline_picture
from bot.charts.picture import Picture
from tests.support.discord_rig import FakeRenderer, Rig

RENDER_TIMEOUT = 60.0  # seconds to wait for a picture: another process has to start and load matplotlib


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_the_timeline_picture_is_a_png_with_alt_text(rig: Rig, theme: str) -> None:
    """It is 1,080 pixels wide."""
    rig.fake_discord.patience = RENDER_TIMEOUT
    used = await rig.ada.slash("timeline", picture=theme)
    (file,) = (used.message or {})["attachments"]
    assert file["description"] == (
        "What happened when. In the article. May 2020: Keeper Ada Quill leaves the lighthouse. ¶1 "
        "(the article says ‘Friday’; the date is known from The Quay) "
        "Since the article. 1 Jun 2020: The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)"
    )
    png = (
        await rig.client.services.renderer.render(
            rig.client.services.views.timeline("dark" if theme == "dark" else "light")
        )
    )[0].png
    assert png.startswith(b"\x89PNG")
    assert struct.unpack(">I", png[16:20]) == (1080,)


async def test_more_than_ten_pictures_are_sent_in_several_messages(rig: Rig) -> None:
    """Discord accepts ten files in a message."""
    rig.client.services.renderer = FakeRenderer(12)
    used = await rig.ada.slash("timeline", picture="dark")
    more = await used.next_followup()
    assert [len((used.message or {})["attachments"]), len(more["attachments"])] == [10, 2]


async def test_a_failed_rendering_is_answered_with_an_apology(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user is not left with ‘is thinking’."""

    async def fails(*_: object) -> tuple[Picture, ...]:
        raise OSError("no process can be started")

    monkeypatch.setattr(rig.client.services.renderer, "render", fails)
    used = await rig.ada.slash("timeline", picture="dark", private=True)
    assert (used.ephemeral, used.loading) == (True, False)
    assert (used.message or {})["content"] == "Something went wrong on my side. It has been logged."


def test_a_long_timeline_is_split_into_numbered_pictures() -> None:
    """Height and alt text stay within their limits, and nothing is left out."""
    row = Row("word " * 60 + "end.", time="1 May 2020", note="a note")
    wide = Row("M" * 48, time="2 May 2020")
    view = View("timeline", "", "When", (Section("Told", (row,) * 6), Section("Later", (wide,), later=True)))
    pictures = timeline_picture.draw_timeline(view, "dark")
    assert [picture.alt.split(" 1 May")[0] for picture in pictures] == [
        "When (1 of 3). Told.",
        "When (2 of 3). Told, continued.",
        "When (3 of 3). Told, continued.",
    ]
    assert all(len(picture.alt) <= discord_limits.ALT_TEXT for picture in pictures)
    assert sum(picture.alt.count("end. (a note)") for picture in pictures) == 6
    assert pictures[2].alt.endswith(f"Later. 2 May 2020: {'M' * 48}")
    assert all(struct.unpack(">I", picture.png[20:24])[0] <= timeline_picture.MAX_HEIGHT for picture in pictures)
    (whole,) = timeline_picture.draw_timeline(view, "dark", max_height=None)
    assert whole.alt.count("end. (a note)") == 6
