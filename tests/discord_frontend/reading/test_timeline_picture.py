"""The timeline as a picture."""

import struct

import pytest

from bot.answering.view import Row, Section, View
from bot.charts import timeline_picture
from bot.charts.picture import Picture
from bot.discord_frontend.common import discord_limits
from tests.support.discord_rig import FakeRenderer, Rig

DRAWING = 60.0  # seconds to wait for a picture: another process has to start and load matplotlib


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_the_timeline_as_a_picture(rig: Rig, theme: str) -> None:
    """A PNG wide enough for a phone, with a text that a screen reader reads out."""
    rig.fake_discord.patience = DRAWING
    used = await rig.ada.slash("timeline", picture=theme)
    (file,) = (used.message or {})["attachments"]
    assert file["description"] == (
        "What happened when. In the article. May 2020: Keeper Ada Quill leaves the lighthouse. ¶1 "
        "(the article says ‘Friday’; the date is known from The Quay) "
        "Known later (not in the article). 1 June 2020: The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)"
    )
    drawn = (
        await rig.client.services.renderer.render(
            rig.client.services.views.timeline("dark" if theme == "dark" else "light")
        )
    )[0].png
    assert drawn.startswith(b"\x89PNG")
    assert struct.unpack(">I", drawn[16:20]) == (1080,)


async def test_many_pictures_come_in_several_messages(rig: Rig) -> None:
    """Discord takes ten files a message."""
    rig.client.services.renderer = FakeRenderer(12)
    used = await rig.ada.slash("timeline", picture="dark")
    more = await used.next_followup()
    assert [len((used.message or {})["attachments"]), len(more["attachments"])] == [10, 2]


async def test_nobody_is_left_waiting_for_a_picture_that_fails(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Discord shows that we think until we say something."""

    async def fails(*_: object) -> tuple[Picture, ...]:
        raise OSError("no process can be started")

    monkeypatch.setattr(rig.client.services.renderer, "render", fails)
    used = await rig.ada.slash("timeline", picture="dark", private=True)
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
