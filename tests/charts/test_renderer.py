"""Pictures are drawn one at a time, each once, by a process that nobody waits for and that never outlives the bot."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.answering.views import Row, Section, View
from bot.charts.renderer import BUSY, KEPT, MOST, UNDRAWN, Busy, Renderer, Timeline, Undrawn
from tests.support.discord_rig import LEFT, OPENAPI, embed, ended, rig
from tests.support.fake_discord import StandIn

ROOT = Path(__file__).parents[2]
DRAWS = """
import sys
from bot.charts import worker
from bot.charts.timeline_picture import Picture
def draw(order):
    with open(sys.argv[1], "a") as log:
        log.write("drawn\\n")
    return (Picture(bytes(int(sys.argv[2])), order.reading.title),)
worker._draw = draw
worker.main()
"""
HANGS = """
import sys, threading
from bot.charts import worker
def draw(order):
    global pipe
    pipe = open(sys.argv[1], "w", buffering=1)
    pipe.write("here\\n")
    threading.Event().wait()
worker._draw = draw
worker.main()
"""
PARENT = """
import asyncio, sys
from bot.charts.renderer import Renderer
from tests.charts.test_renderer import HANGS, order
asyncio.run(Renderer((sys.executable, "-c", HANGS, sys.argv[1])).draw(order("a")))
"""
BOT = """
import sys
from bot.charts.renderer import Renderer
from tests.charts.test_renderer import HANGS
Renderer.__init__.__defaults__ = ((sys.executable, "-c", HANGS, sys.argv.pop(1)),)
from bot.__main__ import main
sys.exit(main())
"""


def order(title: str) -> Timeline:
    """A timeline to draw."""
    return Timeline(View("timeline", "", title, (Section("Told", (Row("It happened.", time="1 May"),)),)), "dark")


def drawing(log: Path, size: int = 10) -> Renderer:
    """A renderer whose worker writes down each drawing, and makes a picture of so many bytes."""
    return Renderer((sys.executable, "-c", DRAWS, str(log), str(size)))


def drawn(log: Path) -> int:
    """How often a worker drew."""
    return len(log.read_text().splitlines())


async def test_the_same_picture_wanted_by_many_at_once_is_drawn_once(tmp_path: Path) -> None:
    """And not again as long as it is kept."""
    renderer = drawing(tmp_path / "log")
    found = await asyncio.gather(*(renderer.draw(order("a")) for _ in range(24)))
    assert [one[0].alt for one in found] == ["a"] * 24
    await renderer.draw(order("a"))
    assert drawn(tmp_path / "log") == 1


async def test_only_so_many_pictures_wait(tmp_path: Path) -> None:
    """One more is refused with a sentence, and those that wait are drawn."""
    renderer = drawing(tmp_path / "log")
    found = await asyncio.gather(*(renderer.draw(order(str(n))) for n in range(MOST + 1)), return_exceptions=True)
    assert [one if isinstance(one, BaseException) else one[0].alt for one in found[:-1]] == [
        str(n) for n in range(MOST)
    ]
    assert isinstance(found[-1], Busy)
    assert str(found[-1]) == "Several other pictures are being drawn. Please ask again in a minute." == BUSY


async def test_pictures_are_kept_up_to_so_many_bytes(tmp_path: Path) -> None:
    """The one that was wanted longest ago goes first; one that is too large by itself is not kept."""
    renderer = drawing(tmp_path / "log", KEPT // 2 - 100)
    for title in ("a", "b", "c", "b", "a"):
        await renderer.draw(order(title))
    assert drawn(tmp_path / "log") == 4
    large = drawing(tmp_path / "large", KEPT)
    await large.draw(order("a"))
    await large.draw(order("a"))
    assert drawn(tmp_path / "large") == 2


async def test_a_worker_that_fails_is_a_sentence_and_a_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And the next picture is tried anew."""
    renderer = Renderer((sys.executable, "-c", "raise SystemExit('no such thing')"))
    for _ in range(2):
        with pytest.raises(Undrawn, match=r"^The picture could not be drawn\. It has been logged\.$"):
            await renderer.draw(order("a"))
    assert caplog.text.count("no such thing") == 2
    assert UNDRAWN not in caplog.text


async def test_the_worker_knows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The token and the database's address stay with the bot."""
    monkeypatch.setenv("DISCORD_TOKEN", "hush-hush")
    monkeypatch.setenv("PILCROW_DATABASE", "hush-hush")
    told = tmp_path / "told"
    worker = f"import os; open({str(told)!r}, 'w').write(repr(dict(os.environ)))"
    with pytest.raises(Undrawn):
        await Renderer((sys.executable, "-c", worker)).draw(order("a"))
    assert "hush-hush" not in told.read_text()


async def test_questions_are_answered_while_a_picture_is_drawn(tmp_path: Path) -> None:
    """The loop never waits for the worker, whose end closing the bot is."""
    pipe = fifo(tmp_path)
    async with rig(tmp_path) as r:
        r.client.desk.renderer = Renderer((sys.executable, "-c", HANGS, str(pipe)))
        r.standin.waits = False
        await r.ada.slash("timeline", picture="dark")
        with await asyncio.to_thread(pipe.open) as end:
            assert await asyncio.to_thread(end.readline) == "here\n"
            r.standin.waits = True
            assert embed((await r.ada.slash("ask", question=LEFT)).message)["title"]
            await r.client.desk.renderer.close()
            assert await asyncio.to_thread(end.read) == ""


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_worker_ends_with_its_parent_however_that_ends(tmp_path: Path, told: signal.Signals) -> None:
    """Its pipe is closed when it is gone, and only then."""
    pipe = fifo(tmp_path)
    with subprocess.Popen([sys.executable, "-c", PARENT, str(pipe)], cwd=ROOT, stderr=subprocess.DEVNULL) as parent:
        with pipe.open() as end:
            assert end.readline() == "here\n"
            parent.send_signal(told)
            assert end.read() == ""
        parent.wait()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
async def test_no_worker_is_left_when_the_bot_is_stopped_while_drawing(
    small: Path, tmp_path: Path, told: signal.Signals
) -> None:
    """The bot is gone in time, and so is what draws for it."""
    pipe = fifo(tmp_path)
    async with StandIn(openapi=OPENAPI) as standin:
        standin.in_process = standin.waits = False
        ada = standin.person(standin.guild(), name="Ada")
        running = await bot([str(pipe)], small, tmp_path, standin)
        await standin.until(lambda: standin.commands or running.returncode is not None, "commands", 30)
        await ada.slash("timeline", picture="dark")
        with await asyncio.to_thread(pipe.open) as end:
            assert await asyncio.to_thread(end.readline) == "here\n"
            running.send_signal(told)
            status, log = await ended(running)
            assert await asyncio.to_thread(end.read) == ""
    assert status == (0 if told is not signal.SIGKILL else -signal.SIGKILL), log
    assert "Traceback" not in log


async def bot(before: Sequence[str], folder: Path, tmp_path: Path, standin: StandIn) -> asyncio.subprocess.Process:
    """`pilcrow run` with a worker that hangs."""
    config = tmp_path / "config.yaml"
    config.write_text(f"database: sqlite:///{tmp_path}/journal.sqlite3\n")
    environ = {
        **os.environ,
        "DISCORD_TOKEN": standin.token,
        "PILCROW_DISCORD_API": standin.api_url,
        "PILCROW_DISCORD_GATEWAY": standin.gateway_url,
    }
    command = ["-c", BOT, *before, "run", "--config", str(config), "--knowledge", str(folder)]
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=ROOT, env=environ, stderr=pipe, stdout=pipe
    )


def fifo(folder: Path) -> Path:
    """A named pipe, which is at its end when whoever writes to it is gone."""
    path = folder / "pipe"
    os.mkfifo(path)
    return path
