"""No edit is ever lost: restarts, late answers, conflicts, failed checks, a full disk."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from bot import bootstrap
from bot.editing.change_request import ChangeRequest
from bot.editing.editor import Editor
from bot.editing.proposal import Proposal
from bot.errors import JournalError
from bot.journal.journal import Journal
from bot.journal.records import Draft
from tests.support.discord_rig import connected, embed, utc_today
from tests.support.fake_discord import Interaction, NoAnswer, Person
from tests.support.kb_rig import NOW, Kb, buttons, content, filled, kb
from tests.support.story_files import OLD, on_disk

HARBOUR = "It stands in the harbour of Brim."
PREVIEW = (
    "**Preview: change to ‘Where is the lighthouse?’.** Nothing is published yet.\n\n"
    "**Answer**\n- before: It stands at Brim.\n- now: It stands in the harbour of Brim.\n\n"
    "**Members will see this:**"
)
FORMS = ["Back to the form", "Source, denial and links", "Discard"]
DONE = "Published as change 1. Members get it from now on."


@pytest.fixture
async def k(tmp_path: Path) -> AsyncIterator[Kb]:
    async with kb(tmp_path) as made:
        yield made


async def opened(k: Kb, who: Person | None = None) -> Interaction:
    """The form of an entry."""
    return await (who or k.mo).slash("kb edit", entry="keeper-place")


def answer(k: Kb) -> str:
    """What is published."""
    return bootstrap.story(k.folder).entries["keeper-place"].answer


async def pending_draft(k: Kb) -> Interaction:
    """What waits under 'Drafts', looked at again."""
    inbox = await k.mo.slash("kb inbox")
    assert buttons(inbox) == ["Drafts (1)"]
    listed = await k.mo.clicks(inbox, "Drafts (1)")
    assert content(listed) == "These drafts are not published. Choose one to see its preview."
    return await k.mo.selects(listed, "Choose a draft", ["Change to ‘Where is the lighthouse?’"])


async def test_a_form_left_open_over_a_restart_is_taken(k: Kb) -> None:
    """And so are the buttons of the preview, over another one."""
    form = await opened(k)
    await k.client.close()
    async with connected(k.another(), k.standin):
        preview = await k.mo.submits(form, {"Answer": HARBOUR})
        assert content(preview) == PREVIEW
    async with connected(k.another(), k.standin):
        assert filled(await k.mo.clicks(preview, "Back to the form"))["Answer"] == HARBOUR
        assert content(await k.mo.clicks(preview, "Publish")) == DONE
        assert embed(await k.ask("where is the lighthouse?"))["description"] == HARBOUR


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("POST", "/callback", 404, 10062), ("PATCH", "/messages/@original", 401, 50027)],
    ids=["too late to answer at all", "the token ran out while it was looked at"],
)
async def test_a_text_that_came_too_late_waits(k: Kb, method: str, path: str, status: int, code: int) -> None:
    """Discord shows the person a failure; the text is under 'Drafts', and can be published from there."""
    form = await opened(k)
    k.standin.fail_next(method, path, status, times=2, body={"code": code, "message": "gone"})
    with pytest.raises(NoAnswer):
        await k.mo.submits(form, {"Answer": HARBOUR})
    k.standin.faults._waiting.clear()
    again = await pending_draft(k)
    assert content(again) == PREVIEW
    assert filled(await k.mo.clicks(again, "Back to the form"))["Answer"] == HARBOUR
    assert content(await k.mo.clicks(again, "Publish")) == DONE
    assert k.journal.drafts.pending(9) == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"Paragraphs it rests on": "1 and 99"}, "There is no paragraph ‘99’; the article has 1 to 2."),
        (
            {"Standing": "alleged"},
            "‘Who alleges, denies or says it’ is empty; this standing needs it.",
        ),
        (
            {"Other ways of asking it": "x" * 301},
            "item 1 of ‘Other ways of asking it’ is 1 character too long; at most 300 fit",
        ),
        ({"Paragraphs it rests on": "-"}, "There is no paragraph ‘-’; the article has 1 to 2."),
    ],
)
async def test_what_can_not_be_published_comes_back_with_the_reason(
    k: Kb, typed: dict[str, Any], sentence: str
) -> None:
    """In plain words, and a button that opens the form again with the same text."""
    refused = await k.mo.submits(await opened(k), {"Answer": HARBOUR, **typed})
    lines = content(refused).splitlines()
    assert lines[0] == "**This can't be published yet.** Your draft is saved."
    assert f"- {sentence}" in lines
    assert buttons(refused) == FORMS
    again = await k.mo.clicks(refused, "Back to the form")
    assert filled(again)["Answer"] == HARBOUR
    ((name, value),) = typed.items()
    assert filled(again)[name] in (value, [value])
    whole = {
        "Standing": "reported",
        "Paragraphs it rests on": "1",
        "Other ways of asking it": "where was the keeper working",
    }
    assert "**Preview: change to" in content(await k.mo.submits(again, whole))


async def test_the_second_form_says_who_and_what(k: Kb) -> None:
    """By names and questions as people know them; what is not known is suggested."""
    refused = await k.mo.submits(
        await opened(k), {"Standing": "alleged", "Answer": "Tom Reed says that it stands at Brim."}
    )
    more = await k.mo.clicks(refused, "Source, denial and links")
    assert filled(more) == {
        "Who alleges, denies or says it": "",
        "The allegation it is about": [],
        "The nearest thing the article does say": "",
        "What to read next": "",
        "What became known later": [],
    }
    typed = {"Who alleges, denies or says it": "Tom Red", "The allegation it is about": "Ada Quill took the lamp."}
    wrong = await k.mo.submits(more, {**typed, "What to read next": "When did Ada Quill leave the lamp?"})
    assert content(wrong).splitlines()[1:] == [
        "- Nobody in the base is called ‘Tom Red’. Did you mean ‘Tom Reed’?",
        "- There is no answer to ‘When did Ada Quill leave the lamp?’. Did you mean ‘When did Ada Quill leave the lighthouse?’?",
    ]
    more = await k.mo.clicks(wrong, "Source, denial and links")
    right = {
        "Who alleges, denies or says it": "the mayor",
        "What to read next": "When did Ada Quill leave the lighthouse?",
    }
    preview = await k.mo.submits(more, right)
    assert "**Who alleges, denies or says it**\n- added: Tom Reed" in content(preview)
    assert "**Standing**\n- before: reported\n- now: alleged" in content(preview)
    assert "Ada Quill denies it." in embed(preview.message)["description"]


async def two_at_once(k: Kb) -> Interaction:
    """Two moderators open the same form; the first publishes, the second gets this."""
    tom = k.standin.person(k.guild, "Tom", [k.role])
    first, second = await opened(k, tom), await opened(k)
    done = await tom.clicks(await tom.submits(first, {"Answer": "At Brim."}), "Publish")
    assert content(done) == DONE
    return await k.mo.submits(second, {"Answer": HARBOUR})


async def test_two_moderators_at_one_entry_the_second_sees_both_versions(k: Kb) -> None:
    """And takes theirs."""
    both = await two_at_once(k)
    assert content(both) == (
        "**Somebody else has changed ‘Where is the lighthouse?’ since you opened it.** Your draft is saved.\n\n"
        "**Answer**\n- theirs: At Brim.\n- yours: It stands in the harbour of Brim."
    )
    assert buttons(both) == ["Use mine", "Keep theirs", "Keep editing"]
    taken = await k.mo.clicks(both, "Keep theirs")
    assert content(taken) == "Your draft is discarded. The published answer stays as it is."
    assert (answer(k), k.journal.drafts.pending(9)) == ("At Brim.", [])


async def test_of_two_versions_the_second_takes_theirs_or_writes_on(k: Kb) -> None:
    """Their own goes through the preview again, over what is published now."""
    both = await two_at_once(k)
    form = await k.mo.clicks(both, "Keep editing")
    assert filled(form)["Answer"] == HARBOUR
    preview = await k.mo.submits(form, {"Answer": "It stands at Brim, in the harbour."})
    assert "- before: At Brim.\n- now: It stands at Brim, in the harbour." in content(preview)


async def test_of_two_versions_the_second_takes_their_own(k: Kb) -> None:
    """With one press, through the preview."""
    preview = await k.mo.clicks(await two_at_once(k), "Use mine")
    assert content(preview) == PREVIEW.replace("It stands at Brim.", "At Brim.")
    await k.mo.clicks(preview, "Publish")
    assert (answer(k), k.journal.drafts.pending(9)) == (HARBOUR, [])


async def test_a_change_of_the_same_entry_after_the_preview_is_seen_too(k: Kb) -> None:
    """Between looking and publishing."""
    preview = await k.mo.submits(await opened(k), {"Answer": HARBOUR})
    other = await k.mo.slash("kb phrase", entry="keeper-place", phrasing="whereabouts of the tower")
    await k.mo.clicks(other, "Publish")
    both = await k.mo.clicks(preview, "Publish")
    assert "**Somebody else has changed ‘Where is the lighthouse?’ since you opened it.**" in content(both)
    assert "- only theirs: whereabouts of the tower" in content(both)
    assert answer(k) == "It stands at Brim."


async def test_a_change_of_another_entry_does_not_matter(k: Kb) -> None:
    """It is published over it, and both are there."""
    preview = await k.mo.submits(await opened(k), {"Answer": HARBOUR})
    other = await k.mo.slash("kb phrase", entry="lamp-denied", phrasing="her word on the lamp")
    await k.mo.clicks(other, "Publish")
    assert content(await k.mo.clicks(preview, "Publish")) == DONE.replace("1", "2")
    assert answer(k) == HARBOUR
    assert "her word on the lamp" in bootstrap.story(k.folder).entries["lamp-denied"].phrasings


async def test_a_warning_that_is_new_since_the_preview_is_seen_before_anything_is_published(k: Kb) -> None:
    """Somebody else has given the same question to another entry; the preview is shown again, and says so."""
    preview = await k.mo.slash("kb phrase", entry="keeper-place", phrasing="tell of the old brass thing")
    assert buttons(preview)[0] == "Publish"
    other = await k.mo.slash("kb phrase", entry="lamp-denied", phrasing="tell of the old brass thing")
    await k.mo.clicks(other, "Publish")
    again = await k.mo.clicks(preview, "Publish")
    assert content(again).startswith(
        "The base has changed since this preview, and so has what your change would do. Please check it again.\n\n"
        "**Preview: another way of asking ‘Where is the lighthouse?’.** Nothing is published yet."
    )
    assert buttons(again)[0] == "Publish despite 2 warnings"
    assert "tell of the old brass thing" not in bootstrap.story(k.folder).entries["keeper-place"].phrasings


async def test_a_second_press_publishes_nothing(k: Kb) -> None:
    """Two fingers, or a slow connection: one change."""
    form = await k.mo.slash("kb add", topic="lamp", question="What is the lamp worth?")
    typed = {"Answer": "The lamp is worth 40 crowns.", "Paragraphs it rests on": "2", "Standing": "reported"}
    preview = await k.mo.submits(form, typed)
    first, _ = await asyncio.gather(*(k.mo.clicks(preview, "Publish") for _ in range(2)))
    assert content(first) == DONE
    assert [change.title for change in k.journal.history.changes(9)] == ["add what-is-the-lamp-worth"]


class Slow(Editor):
    """An editor that takes as long as a test wants."""

    begun, go = threading.Event(), threading.Event()

    def propose(self, edit: ChangeRequest) -> Proposal:
        self.begun.set()
        self.go.wait(30)
        return super().propose(edit)


async def test_members_are_answered_while_a_preview_is_being_made(k: Kb) -> None:
    """It takes seconds, in a thread; the moderator is told to wait at once."""
    service = k.client.action_router._service
    assert service is not None
    service.editor = Slow(bootstrap.knowledge_base(k.folder), k.journal, lambda: NOW)
    k.standin.settle = 0
    asked = asyncio.create_task(k.mo.slash("kb phrase", entry="keeper-place", phrasing="whereabouts of the tower"))
    assert await asyncio.to_thread(Slow.begun.wait, 30)
    assert embed(await k.ask("where is the lighthouse?"))["description"] == "It stands at Brim."
    Slow.go.set()
    assert "**Preview:" in content(await asked)


async def test_a_full_disk_gives_the_text_back(k: Kb, tmp_path: Path) -> None:
    """With the reason, as a file, and by a button for as long as the bot runs."""
    form = await opened(k)
    with sqlite3.connect(tmp_path / "data" / "journal.sqlite3") as database:
        database.execute(
            "CREATE TRIGGER full BEFORE INSERT ON drafts BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        )
    database.close()
    preview = await k.mo.submits(form, {"Answer": HARBOUR})
    assert content(preview) == (
        "**Your draft could not be saved:** the journal can't be used: database or disk is full; free some space on that disk. "
        f"I keep it in memory until I restart, and it is attached as a file.\n\n{PREVIEW}"
    )
    (file,) = (preview.message or {})["attachments"]
    assert k.standin.messages_store.files[int(file["id"])].content.decode() == (
        f"Question:\nWhere is the lighthouse?\n\nAnswer:\n{HARBOUR}\n\nParagraphs it rests on:\n1\n\nStanding:\nreported\n\n"
        "Other ways of asking it:\nin which town is the lighthouse\nwhere was the keeper working"
    )
    assert filled(await k.mo.clicks(preview, "Back to the form"))["Answer"] == HARBOUR


async def test_a_text_whose_draft_is_gone_is_given_back(k: Kb) -> None:
    """The form was open for longer than drafts are kept, and the bot was started again meanwhile."""
    form = await opened(k)
    await k.client.close()
    k.journal.drafts.delete_before(utc_today() + timedelta(days=1))
    async with connected(k.another(), k.standin):
        back = await k.mo.submits(form, {"Answer": HARBOUR})
        assert content(back) == (
            "That draft is gone: it was published or discarded, or it was deleted because it was too old. "
            "Nothing was saved; your text is attached as a file."
        )
        (file,) = (back.message or {})["attachments"]
        assert HARBOUR in k.standin.messages_store.files[int(file["id"])].content.decode()


async def test_a_button_of_a_draft_that_is_gone_says_so(k: Kb) -> None:
    """Discarded in one place, pressed in another."""
    preview = await k.mo.submits(await opened(k), {"Answer": HARBOUR})
    waiting = await pending_draft(k)
    assert content(await k.mo.clicks(waiting, "Discard")) == "Discarded. Nothing has changed."
    assert content(await k.mo.clicks(preview, "Publish")) == (
        "That draft is gone: it was published or discarded, or it was deleted because it was too old."
    )
    assert on_disk(k.folder) == OLD


async def test_drafts_hold_no_person(k: Kb, tmp_path: Path) -> None:
    """Neither a name nor an id, anywhere in the row."""
    await k.mo.submits(await opened(k), {"Answer": HARBOUR})
    with sqlite3.connect(tmp_path / "data" / "journal.sqlite3") as database:
        rows = str(database.execute("SELECT * FROM drafts").fetchall())
    database.close()
    assert HARBOUR in rows
    assert str(k.mo.id) not in rows
    assert "'mo'" not in rows.lower()


async def test_old_drafts_go(tmp_path: Path) -> None:
    """After so many days, at the start and every day."""
    journal = Journal(f"sqlite:///{tmp_path}/data/journal.sqlite3")
    journal.drafts.add(Draft("edit", "keeper-place", key="old"), utc_today() - timedelta(days=4), pending=True)
    journal.drafts.add(Draft("edit", "keeper-place", key="new"), utc_today() - timedelta(days=3), pending=True)
    async with kb(tmp_path, draft_days=3) as k:
        await k.client.cleanup_task.run_once()
        assert [draft.key for draft in k.journal.drafts.pending(9)] == ["new"]
    journal.close()


def test_of_one_text_only_the_latest_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A draft is never changed: another one takes its place. Beyond a number the oldest go."""
    journal = Journal(f"sqlite:///{tmp_path}/journal.sqlite3")
    first, second = (
        Draft("edit", "a", {"answer": "1"}, question_ids=(3,)),
        Draft("import", archive=b"\0zip", reason="because"),
    )
    journal.drafts.add(first, utc_today(), pending=True)
    journal.drafts.add(second, utc_today(), pending=True, replaces=first.key)
    assert journal.drafts.pending(9) == [replace(second, archive=b"")]
    assert [journal.drafts.get(key) for key in (first.key, second.key, "nothing")] == [
        first,
        replace(second, archive=b""),
        None,
    ]
    assert journal.drafts.archive(second.key) == b"\0zip"
    monkeypatch.setattr("bot.journal.drafts.MAX_DRAFTS", 2)
    journal.drafts.add(Draft("undo", "1"), utc_today(), pending=False)
    assert journal.drafts.get(first.key) is None
    monkeypatch.setattr("bot.journal.drafts.MAX_ARCHIVES", 1)
    monkeypatch.setattr("bot.journal.drafts.MAX_DRAFTS", 99)
    journal.drafts.add(third := Draft("import", archive=b"\0zip"), utc_today(), pending=True)
    assert [journal.drafts.get(one.key) for one in (second, third)] == [None, replace(third, archive=b"")]
    journal.drafts.delete(third.key)
    assert journal.drafts.pending(9) == []
    with pytest.raises(JournalError):
        Journal("nonsense").drafts.pending(1)
    journal.close()
