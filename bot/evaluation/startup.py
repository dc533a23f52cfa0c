"""Measure how long whole processes take to start."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

READY = """
import time
from pathlib import Path
import discord
start = time.perf_counter()
from bot import bootstrap
from bot.discord_frontend import runner
ready = bootstrap.knowledge_base(Path({knowledge!r})).load()
elapsed = time.perf_counter() - start
ready.answerer.warm()
from bot.evaluation.timing import memory_mb
print(elapsed, memory_mb())
"""
"""Prints the seconds until the bot could answer, counted after `import discord`, and the MB of its process then."""


def measure_startup(knowledge: Path, runs: int) -> dict[str, list[float]]:
    """Run whole processes in turn, and return the seconds (or MB) of each run.

    Python keeps our modules compiled, as it does for everybody; where PYTHONDONTWRITEBYTECODE forbids that, compiling them
    would take a fifth of each run.

    ask: `pilcrow ask` of one question; import: Python importing rapidfuzz and yaml; ready and memory: see `READY`.
    """
    ask = [sys.executable, "-m", "bot", "ask", "--knowledge", str(knowledge), "what happened"]
    imports = [sys.executable, "-c", "import rapidfuzz, yaml"]
    ready = [sys.executable, "-c", READY.format(knowledge=str(knowledge))]
    results: dict[str, list[float]] = {"ask": [], "import": [], "ready": [], "memory": []}
    _run(ask)  # caches the index, and the modules
    for _ in range(runs):
        results["ask"].append(_run(ask)[0])
        results["import"].append(_run(imports)[0])
        seconds, memory = _run(ready)[1].split()
        results["ready"].append(float(seconds))
        results["memory"].append(float(memory))
    return results


def _run(command: Sequence[str]) -> tuple[float, str]:
    """Return the seconds that a command takes, and what it prints."""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environ)  # noqa: S603 (our own commands)
    return time.perf_counter() - start, done.stdout
