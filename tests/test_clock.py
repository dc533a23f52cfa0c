"""A clock that jumps: nothing is deleted because the year was wrong for a minute, and nothing stands still."""

import asyncio
import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest

from bot.calendar import HOLDS, Calendar
from bot.discord_frontend.repeating import Repeated
from bot.journal.journal import Journal

START = 1_772_366_400.0  # noon of 1 March 2026, UTC
FIRST = date(2026, 3, 1)
YEAR = 365 * 86_400.0


class Clocks:
    """A clock that can be set, and one that only counts."""

    def __init__(self) -> None:
        self.counted = 50.0
        self.wrong = 0.0

    def passes(self, seconds: float) -> None:
        self.counted += seconds

    @property
    def calendar(self) -> Calendar:
        return Calendar(lambda: START - 50 + self.counted + self.wrong, lambda: self.counted)


def test_days_pass_as_they_do() -> None:
    """Also where the clock is put right by a few minutes now and then."""
    clocks = Clocks()
    calendar = clocks.calendar
    for day in range(40):
        assert calendar.today() == FIRST + timedelta(days=day)
        clocks.passes(86_400)
        clocks.wrong += 30


@pytest.mark.parametrize("jump", [5 * YEAR, -5 * YEAR, 90 * 86_400])
def test_a_jump_for_a_moment_changes_no_day(jump: float) -> None:
    """Years ahead, years back, and back to what it was."""
    clocks = Clocks()
    calendar = clocks.calendar
    for _ in range(3):
        clocks.wrong = jump
        assert calendar.today() == FIRST
        clocks.passes(60)
        assert calendar.today() == FIRST
        clocks.wrong = 0
        clocks.passes(60)
        assert calendar.today() == FIRST


def test_a_clock_that_keeps_its_new_time_for_a_day_is_believed() -> None:
    """Somebody has put it right; until then the days are counted on."""
    clocks = Clocks()
    calendar = clocks.calendar
    clocks.wrong = YEAR
    assert calendar.today() == FIRST
    clocks.passes(HOLDS / 2)
    assert calendar.today() == FIRST + timedelta(days=1)
    clocks.passes(HOLDS / 2)
    assert calendar.today() == FIRST + timedelta(days=366)


def test_a_clock_that_jumps_on_is_never_believed() -> None:
    """Each new time begins anew."""
    clocks = Clocks()
    calendar = clocks.calendar
    for _ in range(4):
        clocks.wrong += YEAR
        calendar.today()
        clocks.passes(HOLDS * 0.75)
    assert calendar.today() == FIRST + timedelta(days=3)


def test_the_daily_deletion_spares_what_is_young(tmp_path: Path) -> None:
    """Though the clock says that ten years have gone by."""
    clocks = Clocks()
    calendar = clocks.calendar
    journal = Journal(f"sqlite:///{tmp_path}/j.sqlite3")
    journal.note_unanswered("who paid", "dm", calendar.today())
    clocks.wrong = 10 * YEAR
    assert journal.forget_older_than(calendar.today() - timedelta(days=90)) == 0
    clocks.wrong = 0
    clocks.passes(91 * 86_400)
    assert journal.forget_older_than(calendar.today() - timedelta(days=90)) == 1
    journal.close()


async def test_what_is_repeated_does_not_wait_for_a_time_of_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock goes back by a year between two of three times."""
    done: asyncio.Queue[int] = asyncio.Queue()
    numbers: Iterator[int] = count()

    async def work() -> None:
        done.put_nowait(next(numbers))
        now = time.time() - YEAR
        monkeypatch.setattr(time, "time", lambda: now)

    repeated = Repeated(work, 0)
    repeated.start()
    assert [await asyncio.wait_for(done.get(), 5) for _ in range(3)] == [0, 1, 2]
    repeated.cancel()


async def test_what_goes_wrong_once_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    """The traceback is in the log."""
    done = asyncio.Event()
    attempts: Iterator[int] = count()

    async def work() -> None:
        if next(attempts) == 0:
            raise ValueError
        done.set()

    repeated = Repeated(work, 0)
    assert not repeated.is_running()
    repeated.start()
    await asyncio.wait_for(done.wait(), 5)
    assert repeated.is_running()
    repeated.cancel()
    assert caplog.messages == ["This is a bug; it is tried again in 0 s"]
