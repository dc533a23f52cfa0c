"""The bot as `pilcrow run` starts it, with measurements of its event loop.

    python -m tests.benchmarks.watched_bot CONFIG KNOWLEDGE FIGURES

On SIGUSR1 it writes the measurements since the last time to the file FIGURES, as JSON:

- late_ms, late_cpu_ms: the worst delay of a 5 ms timer, which is how long the event loop was blocked; and how much of
  that was CPU time of its thread (the rest is other work on the machine);
- busy_ms, busy_cpu_ms: the same for the longest single callback;
- rss_mb: current memory; cpu_s: CPU time of the whole process so far.
"""

import asyncio
import json
import os
import signal
import sys
import time
from asyncio import events
from pathlib import Path
from typing import Any

from bot import bootstrap
from bot.discord_frontend import runner

TICK = 0.005


class Figures:
    """The measurements."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.reset()

    def reset(self) -> None:
        """Start over."""
        self.late = self.late_cpu = self.busy = self.cpu = 0.0

    def write(self) -> None:
        """Write the measurements and start over."""
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        found = {
            "late_ms": self.late * 1000,
            "late_cpu_ms": self.late_cpu * 1000,
            "busy_ms": self.busy * 1000,
            "busy_cpu_ms": self.cpu * 1000,
            "rss_mb": pages * os.sysconf("SC_PAGE_SIZE") / 1e6,
            "cpu_s": time.process_time(),
        }
        aside = self.path.with_suffix(".new")
        aside.write_text(json.dumps(found), "ascii")
        aside.replace(self.path)
        self.reset()


def watch_callbacks(figures: Figures) -> None:
    """Time every callback of the event loop."""
    run = events.Handle._run

    def timed(handle: events.Handle) -> None:
        wall, cpu = time.perf_counter(), time.thread_time()
        run(handle)
        figures.busy = max(figures.busy, time.perf_counter() - wall)
        figures.cpu = max(figures.cpu, time.thread_time() - cpu)

    events.Handle._run = timed  # type: ignore[method-assign, assignment]


async def watch_timers(figures: Figures) -> None:
    """Time how late the event loop runs a timer."""
    while True:
        due, cpu = time.perf_counter() + TICK, time.thread_time()
        await asyncio.sleep(TICK)
        late = time.perf_counter() - due
        figures.late = max(figures.late, late)
        figures.late_cpu = max(figures.late_cpu, min(late, time.thread_time() - cpu))


def main() -> None:
    """Run the bot until it gets a signal."""
    config, knowledge, path = map(Path, sys.argv[1:])
    figures = Figures(path)
    watch_callbacks(figures)
    serve = runner.serve

    async def watched(*arguments: Any, **more: Any) -> None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, figures.write)
        watching = asyncio.create_task(watch_timers(figures))
        try:
            await serve(*arguments, **more)
        finally:
            watching.cancel()

    runner.serve = watched
    bootstrap.run_discord(config, knowledge, os.environ)


if __name__ == "__main__":
    main()
