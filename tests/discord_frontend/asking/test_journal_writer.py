"""The journal writer: replies go on while the journal fails, and each failure is logged once."""

import asyncio
import sqlite3
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.discord_frontend.asking import journal_writer
from bot.discord_frontend.asking.journal_writer import JournalWriter
from bot.discord_frontend.common.cooldown import Rate
from bot.errors import JournalError
from bot.journal.journal import Journal
from tests.support.discord_rig import (
    GENEROUS_RATES,
    LEFT_QUESTION,
    PLACE_QUESTION,
    UNANSWERABLE_QUESTION,
    discord_rig,
    text,
)

DAY = date(2026, 3, 1)


async def test_a_locked_journal_is_logged_once_and_again_when_it_recovers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Every question gets its reply in the meantime."""
    monkeypatch.setattr("bot.journal.engine.TIMEOUT", 0.01)
    path = tmp_path / "data" / "journal.sqlite3"
    async with discord_rig(tmp_path) as rig:
        await rig.mention(UNANSWERABLE_QUESTION)
        await rig.fake_discord.assert_silent(rig.channel)
        blocker = sqlite3.connect(path, isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        for _ in range(3):
            assert text(await rig.mention(UNANSWERABLE_QUESTION))
        await rig.fake_discord.assert_silent(rig.channel)
        blocker.execute("ROLLBACK")
        blocker.close()
        await rig.mention(UNANSWERABLE_QUESTION)
        await rig.fake_discord.assert_silent(rig.channel)
    assert [line for line in caplog.messages if "questions and votes" in line] == [
        "Can't save questions and votes: the journal can't be used: database is locked; "
        "another program keeps the file locked",
        "Saving questions and votes works again",
    ]


async def test_a_damaged_journal_is_not_called_well_by_what_still_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Of a damaged file one table may work while another never does; the log does not say both in turn."""
    journal = Journal(f"sqlite:///{tmp_path}/j.sqlite3")
    add = journal.inbox.add

    def fail(*_: Any) -> None:
        raise JournalError("the journal can't be used: database disk image is malformed")

    monkeypatch.setattr(journal.inbox, "add", fail)
    writer = JournalWriter(journal, lambda: DAY)
    for _ in range(3):
        await writer.record_unanswered("who paid", "dm", "abstain")
        assert await writer.last_day() is None
    assert "malformed" in writer.problem
    monkeypatch.setattr(journal.inbox, "add", add)
    await writer.record_unanswered("who paid", "dm", "abstain")
    assert writer.problem == ""
    await writer.close()
    journal.close()
    assert caplog.messages == [
        "Can't save questions and votes: the journal can't be used: database disk image is malformed",
        "Saving questions and votes works again",
    ]


async def test_pending_writes_to_a_hanging_journal_are_limited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Beyond the limit they are dropped, which is logged once; only one thread waits."""
    monkeypatch.setattr(journal_writer, "MAX_PENDING", 3)
    released, threads = threading.Event(), []

    journal = Journal(f"sqlite:///{tmp_path}/j.sqlite3")
    add = journal.inbox.add

    def hang(*arguments: Any) -> None:
        threads.append(threading.get_ident())
        released.wait()
        add(*arguments)

    monkeypatch.setattr(journal.inbox, "add", hang)
    writer = JournalWriter(journal, lambda: DAY)
    writes = [asyncio.create_task(writer.record_unanswered(f"question {n}", "dm", "abstain")) for n in range(9)]
    await asyncio.wait(writes, timeout=0.01)
    assert sum(write.done() for write in writes) == 6
    released.set()
    await asyncio.gather(*writes)
    await writer.close()
    assert len(threads) == 3
    assert len(set(threads)) == 1
    assert sorted(question.text for question in journal.inbox.questions(9)) == [
        "question 0",
        "question 1",
        "question 2",
    ]
    journal.close()
    assert caplog.messages == [
        "Can't save questions and votes: the journal is too slow: 3 writes are waiting for it",
        "Saving questions and votes works again",
    ]


async def test_one_person_cannot_fill_the_inbox(tmp_path: Path) -> None:
    """Beyond the limit their questions are answered as before, and kept no more; votes still count."""
    rates = {**GENEROUS_RATES, "inbox": Rate(2, 86_400)}
    async with discord_rig(tmp_path, rates=rates) as rig:
        for number in range(3):
            assert text(await rig.mention(f"{UNANSWERABLE_QUESTION} {number}"))
            await rig.fake_discord.assert_silent(rig.channel)
        wrong = await rig.ada.click(await rig.mention(LEFT_QUESTION), "Wrong")
        await rig.ada.click(wrong, "Out of date")
        rig.answerer.clarify_on(PLACE_QUESTION)
        none = await rig.ada.click(await rig.mention(PLACE_QUESTION), "None of these")
        assert (none.message or {})["content"] == (
            "Nobody has written an answer to that yet. You have already added many questions to the moderators' list today."
        )
        await rig.fake_discord.person(rig.guild, name="Bob").slash("ask", question=UNANSWERABLE_QUESTION)
        await rig.fake_discord.assert_silent(rig.channel)
        texts = sorted(question.text for question in rig.journal.inbox.questions(9))
        assert texts == [UNANSWERABLE_QUESTION, *(f"{UNANSWERABLE_QUESTION} {number}" for number in range(2))]
        assert rig.journal.feedback.totals() == {"keeper-left": (0, 1)}
