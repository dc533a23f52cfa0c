"""Kills a process that changes the base at random instants, and looks at what it left.

    python -m tests.faults.kills [--kills 500] [--seed 1]

A child publishes and imports without end, back and forth between two bases that differ in several files; after a random
time it is killed (SIGKILL). Whoever reads next has to find one of the two, whole, and be able to change it. The last line
says how many kills there were, how many hit a change that was under way, and how many lost something.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from bot.story.store import OWN, Store, Version
from tests.test_store import NEW, OLD, write

LONGEST = 0.03
"""Seconds after which a child is killed at the latest."""


def change_for_ever(folder: Path, ready: int) -> None:
    """Publishes one base after the other until it is killed."""
    store = Store(folder)
    os.write(ready, b"x")
    while True:
        now = store.read()
        wanted = NEW if dict(now.files) == OLD else OLD
        changes = {name: wanted.get(name) for name in {*OLD, *NEW} if wanted.get(name) != now.files.get(name)}
        store.publish(changes, now.revision)


def kill_once(folder: Path, seconds: float) -> bool:
    """Lets a child change the base and kills it; whether a change was under way."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            change_for_ever(folder, writing)
        finally:
            os._exit(1)
    os.close(writing)
    os.read(reading, 1)
    os.close(reading)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return (folder / OWN / "commit").exists() or (folder / OWN / "next").exists()


def lost(folder: Path) -> bool:
    """Whether what is left is neither the one base nor the other."""
    found = Store(folder).read()
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and OWN not in path.parts
    }
    return files != dict(found.files) or found.revision not in (Version.of(OLD).revision, Version.of(NEW).revision)


def main() -> int:
    """Runs the kills; the exit status is 1 where something was lost."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--kills", type=int, default=500)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    chance = random.Random(chosen.seed)
    folder = Path(tempfile.mkdtemp(prefix="pilcrow-kills-"))
    under_way = losses = 0
    try:
        write(folder)
        for _ in range(chosen.kills):
            under_way += kill_once(folder, chance.uniform(0, LONGEST))
            losses += lost(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{chosen.kills} kills, {under_way} with a change under way, {losses} lost something")
    return 1 if losses else 0


if __name__ == "__main__":
    sys.exit(main())
