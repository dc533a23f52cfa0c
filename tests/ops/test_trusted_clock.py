"""A machine's clock that is wrong: nothing is deleted because of it, and the days go on."""

import asyncio
import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest

from bot.discord_frontend import client as client_module
from bot.discord_frontend.common.periodic import PeriodicTask
from bot.discord_frontend.gateway.http_monitor import parse_http_date
from bot.journal.journal import Journal
from bot.ops.trusted_clock import TrustedClock
from tests.support.discord_rig import connected, new_client, utc_today
from tests.support.fake_discord import FakeDiscord

START = 1_772_366_400.0  # noon of 1 March 2026, UTC
FIRST = date(2026, 3, 1)
YEAR = 365 * 86_400.0
JUMPS = [10 * YEAR, -10 * YEAR, 90 * 86_400]


class Clocks:
    """A clock that can be set, one that only counts, and Discord's."""

    def __init__(self, wrong: float = 0.0) -> None:
        self.counted = 50.0
        self.wrong = wrong

    def passes(self, seconds: float) -> None:
        self.counted += seconds

    @property
    def discord(self) -> float:
        return START - 50 + self.counted

    @property
    def clock(self) -> TrustedClock:
        return TrustedClock(lambda: self.discord + self.wrong, lambda: self.counted)


def test_a_day_that_the_machine_confirms_is_believed_at_once() -> None:
    """Before Discord has said anything, the day is the machine's and nothing may be deleted."""
    clocks = Clocks()
    clock = clocks.clock
    assert (clock.today(), clock.is_synchronized, clock.is_reliable) == (FIRST, False, False)
    clock.synchronize(clocks.discord)
    assert (clock.today(), clock.is_synchronized, clock.is_reliable) == (FIRST, True, True)
    assert clock.machine_error == 0.0


@pytest.mark.parametrize("wrong", JUMPS)
def test_the_day_is_discords_if_it_follows_the_last_recorded_day(wrong: float) -> None:
    """Whatever the machine's clock says at the start; nothing may be deleted before a day has passed."""
    clocks = Clocks(wrong)
    clock = clocks.clock
    clock.synchronize(clocks.discord)
    assert (clock.today(), clock.is_reliable) == (FIRST + timedelta(seconds=wrong), False)
    clock.set_last_day(FIRST - timedelta(days=20))
    assert (clock.today(), clock.is_reliable, clock.machine_error) == (FIRST, False, wrong)
    clocks.passes(86_400)
    clock.synchronize(clocks.discord)
    assert (clock.today(), clock.is_reliable) == (FIRST + timedelta(days=1), True)


@pytest.mark.parametrize("last_day", [None, FIRST, FIRST - timedelta(days=400)])
@pytest.mark.parametrize("lie", JUMPS)
def test_a_false_date_at_the_start_changes_nothing(lie: float, last_day: date | None) -> None:
    """It is not in line with the machine's clock, nor with the last recorded day; the next true one is believed."""
    clocks = Clocks()
    clock = clocks.clock
    clock.set_last_day(last_day)
    for _ in range(9):
        clock.synchronize(clocks.discord + lie)
        assert (clock.today(), clock.is_reliable) == (FIRST, False)
        clocks.passes(4_000)
    clock.synchronize(clocks.discord)
    assert clock.is_reliable


@pytest.mark.parametrize("lie", JUMPS)
def test_a_false_date_while_running_changes_no_day(lie: float) -> None:
    """Nothing may be deleted until the next true date."""
    clocks = Clocks()
    clock = clocks.clock
    clock.synchronize(clocks.discord)
    clock.synchronize(clocks.discord + lie)
    assert (clock.today(), clock.is_reliable) == (FIRST, False)
    clock.synchronize(clocks.discord)
    assert (clock.today(), clock.is_reliable) == (FIRST, True)


@pytest.mark.parametrize("jump", JUMPS)
def test_a_jump_changes_no_day(jump: float) -> None:
    """For a moment or for good, once or again and again: seconds are counted from what Discord said last."""
    clocks = Clocks()
    clock = clocks.clock
    clock.synchronize(clocks.discord)
    for day in range(40):
        assert clock.today() == FIRST + timedelta(days=day)
        clocks.wrong += jump if day % 2 else -jump / 3
        clocks.passes(86_400)


def test_time_that_was_not_counted_is_made_good() -> None:
    """While a machine sleeps its count may stand still; its clock then confirms what Discord says."""
    clocks = Clocks()
    clock = clocks.clock
    clock.synchronize(clocks.discord)
    clocks.wrong = 3 * 86_400.0
    clock.synchronize(clocks.discord + 3 * 86_400)
    assert (clock.today(), clock.is_reliable) == (FIRST + timedelta(days=3), False)
    clocks.passes(86_400)
    assert clock.is_reliable


def test_a_jump_that_the_machine_does_not_confirm_has_to_last_for_a_day() -> None:
    """A further day passes before anything may be deleted."""
    clocks = Clocks()
    clock = clocks.clock
    clock.synchronize(clocks.discord)
    for _ in range(3):
        clock.synchronize(clocks.discord + 3 * 86_400)
        assert (clock.today() < FIRST + timedelta(days=2), clock.is_reliable) == (True, False)
        clocks.passes(40_000)
    clock.synchronize(clocks.discord + 3 * 86_400)
    assert (clock.today(), clock.is_reliable) == (FIRST + timedelta(days=4), False)
    clocks.passes(86_400)
    assert clock.is_reliable


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("Sun, 01 Mar 2026 12:00:00 GMT", START), ("", None), ("soon", None), ("Sun, 99 Mar 2026 12:00:00 GMT", None)],
)
def test_dates_of_http(header: str, seconds: float | None) -> None:
    """RFC 9110, 5.6.7; anything else says nothing."""
    assert parse_http_date(header) == seconds


WAITING = "old records are not deleted until it is certain which is right"


@pytest.mark.parametrize(
    ("wrong", "warnings"),
    [
        (0.0, []),
        (10 * YEAR, [f"The machine's clock is 3650.0 days ahead of Discord's; {WAITING}"]),
        (-10 * YEAR, [f"The machine's clock is 3650.0 days behind Discord's; {WAITING}"]),
    ],
)
async def test_a_start_deletes_what_is_old_if_the_machine_confirms_the_day(
    tmp_path: Path, wrong: float, warnings: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Otherwise nothing is deleted, and the operator is told that one of the clocks is off."""
    monkeypatch.setattr(client_module, "time", lambda: time.time() + wrong)
    journal = Journal(f"sqlite:///{tmp_path}/j.sqlite3")
    today = utc_today()
    journal.inbox.add("who paid", "dm", today - timedelta(days=50))
    journal.inbox.add("who owns it", "dm", today - timedelta(days=100))
    async with FakeDiscord() as fake_discord:
        fake_discord.guild()
        bot = new_client(fake_discord, tmp_path, journal)
        async with connected(bot, fake_discord):
            caplog.clear()
            await bot.cleanup_task.run_once()
            assert bot.services.journal._today() == today
    kept = {question.text for question in journal.inbox.questions(9)}
    assert kept == ({"who paid", "who owns it"} if wrong else {"who paid"})
    assert [line for line in caplog.messages if "clock" in line] == warnings
    journal.close()


@pytest.mark.parametrize("header", ["Fri, 01 Jan 2100 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"])
async def test_one_false_date_header_deletes_nothing(tmp_path: Path, header: str) -> None:
    """Neither at once nor with what is recorded meanwhile."""
    journal = Journal(f"sqlite:///{tmp_path}/j.sqlite3")
    journal.inbox.add("who paid", "dm", utc_today())
    async with FakeDiscord() as fake_discord:
        fake_discord.guild()
        bot = new_client(fake_discord, tmp_path, journal)
        async with connected(bot, fake_discord):
            fake_discord.fail_next("GET", "/users/@me$", 404, headers={"Date": header})
            await bot.token_watch.check()
            await bot.cleanup_task.run_once()
            assert bot.services.journal._today() == utc_today()
    assert [question.text for question in journal.inbox.questions(9)] == ["who paid"]
    journal.close()


async def test_without_a_date_from_discord_nothing_is_deleted_by_age(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The machine's clock alone may be years ahead."""
    journal = Journal(f"sqlite:///{tmp_path}/j.sqlite3")
    journal.inbox.add("who paid", "dm", date(2020, 1, 1))
    async with FakeDiscord() as fake_discord:
        bot = new_client(fake_discord, tmp_path, journal)
        await bot.cleanup_task.run_once()
        await bot.close()
    assert len(journal.inbox.questions(9)) == 1
    assert (
        "Old records are not deleted: Discord's responses carry no date, and the machine's clock may be wrong"
        in caplog.text
    )
    journal.close()


async def test_what_is_repeated_does_not_wait_for_a_time_of_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock goes back by a year between two of three times."""
    done: asyncio.Queue[int] = asyncio.Queue()
    numbers: Iterator[int] = count()

    async def work() -> None:
        done.put_nowait(next(numbers))
        now = time.time() - YEAR
        monkeypatch.setattr(time, "time", lambda: now)

    repeated = PeriodicTask(work, 0)
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

    repeated = PeriodicTask(work, 0)
    assert not repeated.is_running()
    repeated.start()
    await asyncio.wait_for(done.wait(), 5)
    assert repeated.is_running()
    repeated.cancel()
    assert caplog.messages == ["This is a bug; retrying in 0 s"]
