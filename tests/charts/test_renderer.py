"""Pictures are rendered one at a time by a worker process that blocks nobody and never outlives the bot."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.answering.view import Row, Section, View
from bot.charts.renderer import (
    BUSY,
    CACHE_BYTES,
    FAILED,
    MAX_REQUESTS,
    Renderer,
    RendererBusy,
    RenderFailed,
    TimelineRequest,
)
from tests.support.discord_rig import LEFT_QUESTION, OPENAPI, discord_rig, text, wait_for_exit
from tests.support.fake_discord import FakeDiscord

ROOT = Path(__file__).parents[2]
DRAWING_WORKER = """
import sys
from bot.charts import worker
from bot.charts.picture import Picture
def draw(request):
    with open(sys.argv[1], "a") as log:
        log.write("drawn\\n")
    return (Picture(bytes(int(sys.argv[2])), request.view.title),)
worker._draw = draw
worker.main()
"""
LATE_EXIT = """
import os, threading
exit_now = os._exit
def exit_late(status):
    os.close(1)
    os.close(2)
    threading.Event().wait(0.05)
    open(sys.argv[1] + ".exited", "a").write(".")
    exit_now(status)
os._exit = exit_late
worker.main()
"""
HANGING_WORKER = """
import sys, threading
from bot.charts import worker
def draw(request):
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
from tests.charts.test_renderer import HANGING_WORKER, request
asyncio.run(Renderer((sys.executable, "-c", HANGING_WORKER, sys.argv[1])).render(request("a")))
"""
BOT = """
import sys
from bot.charts.renderer import Renderer
from tests.charts.test_renderer import HANGING_WORKER
Renderer.__init__.__defaults__ = ((sys.executable, "-c", HANGING_WORKER, sys.argv.pop(1)),)
from bot.__main__ import main
sys.exit(main())
"""


def request(title: str) -> TimelineRequest:
    """Return a request for a timeline."""
    return TimelineRequest(
        View("timeline", "", title, (Section("Told", (Row("It happened.", time="1 May"),)),)), "dark"
    )


def logging_renderer(log: Path, size: int = 10) -> Renderer:
    """Return a renderer whose worker logs each request and returns a picture of `size` bytes."""
    return Renderer((sys.executable, "-c", DRAWING_WORKER, str(log), str(size)))


def requests_drawn(log: Path) -> int:
    """Return how many requests the worker has drawn."""
    return len(log.read_text().splitlines())


async def test_concurrent_equal_requests_share_one_rendering(tmp_path: Path) -> None:
    """And none is rendered again while it is in the cache."""
    renderer = logging_renderer(tmp_path / "log")
    results = await asyncio.gather(*(renderer.render(request("a")) for _ in range(24)))
    assert [pictures[0].alt for pictures in results] == ["a"] * 24
    await renderer.render(request("a"))
    assert requests_drawn(tmp_path / "log") == 1


async def test_a_worker_that_exits_is_not_killed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Its output may end some time before it has exited; a kill just then makes asyncio log an unknown process."""
    program = DRAWING_WORKER.replace("worker.main()", LATE_EXIT)
    await Renderer((sys.executable, "-c", program, str(tmp_path / "log"), "9")).render(request("a"))
    assert (tmp_path / "log.exited").exists()
    assert caplog.messages == []


async def test_the_queue_is_limited(tmp_path: Path) -> None:
    """One request too many is refused; those in the queue are drawn."""
    renderer = logging_renderer(tmp_path / "log")
    results = await asyncio.gather(
        *(renderer.render(request(str(n))) for n in range(MAX_REQUESTS + 1)), return_exceptions=True
    )
    assert [one if isinstance(one, BaseException) else one[0].alt for one in results[:-1]] == [
        str(n) for n in range(MAX_REQUESTS)
    ]
    assert isinstance(results[-1], RendererBusy)
    assert str(results[-1]) == "Several other pictures are being drawn. Please try again in a minute." == BUSY


async def test_the_cache_is_limited_in_bytes(tmp_path: Path) -> None:
    """The least recently used picture is evicted; one larger than the cache is not cached."""
    renderer = logging_renderer(tmp_path / "log", CACHE_BYTES // 2 - 100)
    for title in ("a", "b", "c", "b", "a"):
        await renderer.render(request(title))
    assert requests_drawn(tmp_path / "log") == 4
    large = logging_renderer(tmp_path / "large", CACHE_BYTES)
    await large.render(request("a"))
    await large.render(request("a"))
    assert requests_drawn(tmp_path / "large") == 2


async def test_a_failing_worker_is_reported_and_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The failure is not cached: the next request runs a worker again."""
    renderer = Renderer((sys.executable, "-c", "raise SystemExit('no such thing')"))
    for _ in range(2):
        with pytest.raises(RenderFailed, match=r"^The picture could not be drawn\. The error has been logged\.$"):
            await renderer.render(request("a"))
    assert caplog.text.count("no such thing") == 2
    assert FAILED not in caplog.text


async def test_the_worker_gets_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The token and the database's address are not in its environment."""
    monkeypatch.setenv("DISCORD_TOKEN", "hush-hush")
    monkeypatch.setenv("PILCROW_DATABASE", "hush-hush")
    dump = tmp_path / "environ"
    worker = f"import os; open({str(dump)!r}, 'w').write(repr(dict(os.environ)))"
    with pytest.raises(RenderFailed):
        await Renderer((sys.executable, "-c", worker)).render(request("a"))
    assert "hush-hush" not in dump.read_text()


async def test_questions_are_answered_during_rendering(tmp_path: Path) -> None:
    """The event loop never waits for the worker, and closing the bot ends it."""
    pipe = fifo(tmp_path)
    async with discord_rig(tmp_path) as rig:
        rig.client.services.renderer = Renderer((sys.executable, "-c", HANGING_WORKER, str(pipe)))
        rig.fake_discord.waits = False
        await rig.ada.slash("timeline", picture="dark")
        with await asyncio.to_thread(pipe.open) as end:
            assert await asyncio.to_thread(end.readline) == "here\n"
            rig.fake_discord.waits = True
            assert text((await rig.ada.slash("ask", question=LEFT_QUESTION)).message)
            await rig.client.services.renderer.close()
            assert await asyncio.to_thread(end.read) == ""


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_worker_exits_with_its_parent_whatever_ends_it(tmp_path: Path, sent: signal.Signals) -> None:
    """The pipe that it holds open is closed when it exits."""
    pipe = fifo(tmp_path)
    with subprocess.Popen([sys.executable, "-c", PARENT, str(pipe)], cwd=ROOT, stderr=subprocess.DEVNULL) as parent:
        with pipe.open() as end:
            assert end.readline() == "here\n"
            parent.send_signal(sent)
            assert end.read() == ""
        parent.wait()


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
async def test_stopping_the_bot_during_rendering_leaves_no_worker(
    small: Path, tmp_path: Path, sent: signal.Signals
) -> None:
    """The bot exits in time, and so does the worker."""
    pipe = fifo(tmp_path)
    async with FakeDiscord(openapi=OPENAPI) as fake_discord:
        fake_discord.in_process = fake_discord.waits = False
        ada = fake_discord.person(fake_discord.guild(), name="Ada")
        running = await start_bot([str(pipe)], small, tmp_path, fake_discord)
        await fake_discord.until(lambda: fake_discord.commands or running.returncode is not None, "commands", 30)
        await ada.slash("timeline", picture="dark")
        with await asyncio.to_thread(pipe.open) as end:
            assert await asyncio.to_thread(end.readline) == "here\n"
            running.send_signal(sent)
            status, log = await wait_for_exit(running)
            assert await asyncio.to_thread(end.read) == ""
    assert status == (0 if sent is not signal.SIGKILL else -signal.SIGKILL), log
    assert "Traceback" not in log


async def start_bot(
    before: Sequence[str], folder: Path, tmp_path: Path, fake_discord: FakeDiscord
) -> asyncio.subprocess.Process:
    """Start `pilcrow run` with a worker that hangs."""
    config = tmp_path / "config.yaml"
    config.write_text(f"database: sqlite:///{tmp_path}/journal.sqlite3\n")
    environ = {
        **os.environ,
        "DISCORD_TOKEN": fake_discord.token,
        "PILCROW_DISCORD_API": fake_discord.api_url,
        "PILCROW_DISCORD_GATEWAY": fake_discord.gateway_url,
    }
    command = ["-c", BOT, *before, "run", "--config", str(config), "--knowledge", str(folder)]
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=ROOT, env=environ, stderr=pipe, stdout=pipe
    )


def fifo(folder: Path) -> Path:
    """Create a named pipe; a reader sees its end when the writer has exited."""
    path = folder / "pipe"
    os.mkfifo(path)
    return path
