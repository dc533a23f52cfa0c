"""Drafts: no edit is ever lost, whatever happens between the form and the publication."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import bootstrap
from bot.discord_frontend.moderation import moderation_text, work_queue
from bot.discord_frontend.moderation.work_queue import QueueFull
from bot.editing.change_request import ChangeRequest
from bot.editing.editor import Editor
from bot.editing.proposal import Proposal
from bot.journal.journal import Journal
from bot.journal.records import Draft
from tests.support.discord_rig import connected, embed, text, utc_today
from tests.support.fake_discord import Interaction, NoAnswer, Person
from tests.support.moderation_rig import NOW, ModerationRig, button_labels, content, form_values, moderation_rig
from tests.support.story_files import OLD, on_disk

HARBOUR = "It stands in the harbour of Brim."
PREVIEW = (
    "**Preview: change to ‘Where is the lighthouse?’.** Nothing is published yet.\n\n"
    "**Answer**\n- before: It stands at Brim.\n- now: It stands in the harbour of Brim.\n\n"
    "**Members will see this:**"
)
DRAFT_BUTTONS = ["Back to the form", "Source and denial", "Button and links", "Discard"]
PUBLISHED = "Published as change 1. Members get it from now on."


async def open_form(rig: ModerationRig, who: Person | None = None) -> Interaction:
    """Open the form of an entry."""
    return await (who or rig.mo).slash("kb edit", entry="keeper-place")


def published_answer(rig: ModerationRig) -> str:
    """Return the answer on disk."""
    return bootstrap.story(rig.folder).entries["keeper-place"].answer


async def open_pending_draft(rig: ModerationRig) -> Interaction:
    """Open the only draft that the inbox offers."""
    inbox = await rig.mo.slash("kb inbox")
    assert button_labels(inbox) == ["Drafts (1)"]
    listed = await rig.mo.click(inbox, "Drafts (1)")
    assert content(listed) == "These drafts are not published. Choose one to see its preview."
    return await rig.mo.select(listed, "Choose a draft", ["Change to ‘Where is the lighthouse?’"])


async def test_a_form_open_over_a_restart_is_accepted(rig: ModerationRig) -> None:
    """The buttons of its preview work after another restart."""
    form = await open_form(rig)
    await rig.client.close()
    async with connected(rig.restarted(), rig.fake_discord):
        preview = await rig.mo.submit(form, {"Answer": HARBOUR})
        assert content(preview) == PREVIEW
    async with connected(rig.restarted(), rig.fake_discord):
        assert form_values(await rig.mo.click(preview, "Back to the form"))["Answer"] == HARBOUR
        assert content(await rig.mo.click(preview, "Publish")) == PUBLISHED
        assert text(await rig.ask("where is the lighthouse?")).startswith(HARBOUR)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("POST", "/callback", 404, 10062), ("PATCH", "/messages/@original", 401, 50027)],
    ids=["too late to answer at all", "the token ran out while it was looked at"],
)
async def test_a_form_submitted_too_late_is_kept_as_a_draft(
    rig: ModerationRig, method: str, path: str, status: int, code: int
) -> None:
    """Discord shows the person a failure; the draft is listed in the inbox and can be published from there."""
    form = await open_form(rig)
    rig.fake_discord.fail_next(method, path, status, times=2, body={"code": code, "message": "gone"})
    with pytest.raises(NoAnswer):
        await rig.mo.submit(form, {"Answer": HARBOUR})
    rig.fake_discord.faults._waiting.clear()
    again = await open_pending_draft(rig)
    assert content(again) == PREVIEW
    assert form_values(await rig.mo.click(again, "Back to the form"))["Answer"] == HARBOUR
    assert content(await rig.mo.click(again, "Publish")) == PUBLISHED
    assert rig.journal.drafts.pending(9) == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            {"Other ways of asking it": "x" * 301},
            "Line 1 of ‘Other ways of asking it’ is 1 character too long.",
        ),
        (
            {"Other ways of asking it": f"where\n{'x' * 310}"},
            "Line 2 of ‘Other ways of asking it’ is 10 characters too long.",
        ),
    ],
)
async def test_a_draft_that_cannot_be_published_comes_back_with_the_reason(
    rig: ModerationRig, typed: dict[str, Any], sentence: str
) -> None:
    """A button opens the form again with the same text."""
    refused = await rig.mo.submit(await open_form(rig), {"Answer": HARBOUR, **typed})
    lines = content(refused).splitlines()
    assert lines[0] == "**This can't be published yet.** Your draft is saved."
    assert f"- {sentence}" in lines
    assert button_labels(refused) == DRAFT_BUTTONS
    again = await rig.mo.click(refused, "Back to the form")
    assert form_values(again)["Answer"] == HARBOUR
    ((name, value),) = typed.items()
    assert form_values(again)[name] in (value, [value])
    whole = {
        "Standing": "reported",
        "Paragraphs it rests on": "1",
        "Other ways of asking it": "where was the keeper working",
    }
    assert "**Preview: change to" in content(await rig.mo.submit(again, whole))


async def test_a_standing_that_needs_more_leads_to_the_next_step(rig: ModerationRig) -> None:
    """It is no error: the step asks for what is missing, and its form has people, claims and answers to choose from."""
    step = await rig.mo.submit(
        await open_form(rig), {"Standing": "alleged", "Answer": "Tom Reed says that it stands at Brim."}
    )
    assert content(step) == "**One more step: who alleges it? Which allegation is it?** Your draft is saved."
    assert button_labels(step) == ["Next step", "Back to the form", "Discard"]
    more = await rig.mo.click(step, "Next step")
    assert form_values(more) == {
        "Who alleges, denies or says it": [],
        "The allegation it is about": [],
        "What became known later": [],
    }
    first = (more.modal or {})["components"][0]["component"]["options"][0]
    assert (first["label"], first["description"]) == ("Ada Quill", "Keeper of the lighthouse at Brim.")
    half = await rig.mo.submit(more, {"Who alleges, denies or says it": "Tom Reed"})
    assert content(half) == "**One more step: which allegation is it?** Your draft is saved."
    more = await rig.mo.click(half, "Next step")
    assert form_values(more)["Who alleges, denies or says it"] == ["Tom Reed"]
    preview = await rig.mo.submit(more, {"The allegation it is about": "Ada Quill took the lamp."})
    assert "**Who alleges, denies or says it**\n- added: Tom Reed" in content(preview)
    assert "**Standing**\n- before: reported\n- now: alleged" in content(preview)
    assert "Ada Quill denies it." in embed(preview.message)["description"]
    links = await rig.mo.click(preview, "Button and links")
    assert form_values(links) == {"Words on its button": "", "What to read next": []}
    next_questions = ["What is Ada Quill accused of?", "When did Ada Quill leave the lighthouse?"]
    preview = await rig.mo.submit(links, {"Words on its button": "The place", "What to read next": next_questions})
    assert "**Words on its button**\n- before: (empty)\n- now: The place" in content(preview)
    assert "**What to read next**\n- added: What is Ada Quill accused of?\n- added: When did" in content(preview)
    again = await rig.mo.click(preview, "Button and links")
    assert form_values(again)["What to read next"] == ["keeper-left", "lamp-taken"]


async def collide(rig: ModerationRig) -> Interaction:
    """Let two moderators open the same form and the first one publish; return what the second one gets."""
    tom = rig.fake_discord.person(rig.guild, "Tom", [rig.role])
    first, second = await open_form(rig, tom), await open_form(rig)
    done = await tom.click(await tom.submit(first, {"Answer": "At Brim."}), "Publish")
    assert content(done) == PUBLISHED
    return await rig.mo.submit(second, {"Answer": HARBOUR})


async def test_a_collision_shows_both_versions_and_theirs_can_be_kept(rig: ModerationRig) -> None:
    """Keeping theirs deletes the draft."""
    both = await collide(rig)
    assert content(both) == (
        "**Somebody else has changed ‘Where is the lighthouse?’ since you opened it.** Your draft is saved.\n\n"
        "**Answer**\n- theirs: At Brim.\n- yours: It stands in the harbour of Brim."
    )
    assert button_labels(both) == ["Use mine", "Keep theirs", "Keep editing"]
    taken = await rig.mo.click(both, "Keep theirs")
    assert content(taken) == "Your draft is discarded. The published answer stays as it is."
    assert (published_answer(rig), rig.journal.drafts.pending(9)) == ("At Brim.", [])


async def test_after_a_collision_editing_continues_on_the_published_version(rig: ModerationRig) -> None:
    """The next preview compares with what is published now."""
    both = await collide(rig)
    form = await rig.mo.click(both, "Keep editing")
    assert form_values(form)["Answer"] == HARBOUR
    preview = await rig.mo.submit(form, {"Answer": "It stands at Brim, in the harbour."})
    assert "- before: At Brim.\n- now: It stands at Brim, in the harbour." in content(preview)


async def test_after_a_collision_mine_is_previewed_and_published(rig: ModerationRig) -> None:
    """Using one's own version takes one press and a preview."""
    preview = await rig.mo.click(await collide(rig), "Use mine")
    assert content(preview) == PREVIEW.replace("It stands at Brim.", "At Brim.")
    await rig.mo.click(preview, "Publish")
    assert (published_answer(rig), rig.journal.drafts.pending(9)) == (HARBOUR, [])


async def test_a_change_of_the_entry_after_the_preview_is_a_collision(rig: ModerationRig) -> None:
    """It is noticed on publishing, and nothing is published."""
    preview = await rig.mo.submit(await open_form(rig), {"Answer": HARBOUR})
    other = await rig.mo.slash("kb phrase", entry="keeper-place", phrasing="whereabouts of the tower")
    await rig.mo.click(other, "Publish")
    both = await rig.mo.click(preview, "Publish")
    assert "**Somebody else has changed ‘Where is the lighthouse?’ since you opened it.**" in content(both)
    assert "- only theirs: whereabouts of the tower" in content(both)
    assert published_answer(rig) == "It stands at Brim."


async def test_a_change_of_another_entry_is_no_collision(rig: ModerationRig) -> None:
    """Both changes are published."""
    preview = await rig.mo.submit(await open_form(rig), {"Answer": HARBOUR})
    other = await rig.mo.slash("kb phrase", entry="lamp-denied", phrasing="her word on the lamp")
    await rig.mo.click(other, "Publish")
    assert content(await rig.mo.click(preview, "Publish")) == PUBLISHED.replace("1", "2")
    assert published_answer(rig) == HARBOUR
    assert "her word on the lamp" in bootstrap.story(rig.folder).entries["lamp-denied"].phrasings


async def test_a_new_warning_since_the_preview_is_shown_before_publishing(rig: ModerationRig) -> None:
    """Somebody else has given the same phrasing to another entry; the preview is shown again with a note."""
    preview = await rig.mo.slash("kb phrase", entry="keeper-place", phrasing="tell of the old brass thing")
    assert button_labels(preview)[0] == "Publish"
    other = await rig.mo.slash("kb phrase", entry="lamp-denied", phrasing="tell of the old brass thing")
    await rig.mo.click(other, "Publish")
    again = await rig.mo.click(preview, "Publish")
    assert content(again).startswith(
        "The base has changed since this preview, and so has what your change would do. Please check it again.\n\n"
        "**Preview: another way of asking ‘Where is the lighthouse?’.** Nothing is published yet."
    )
    assert button_labels(again)[0] == "Publish despite 2 warnings"
    assert "tell of the old brass thing" not in bootstrap.story(rig.folder).entries["keeper-place"].phrasings


async def test_a_second_press_publishes_nothing(rig: ModerationRig) -> None:
    """Two presses at once make one change."""
    form = await rig.mo.slash("kb add", topic="lamp", question="What is the lamp worth?")
    typed = {"Answer": "The lamp is worth 40 crowns.", "Paragraphs it rests on": "2", "Standing": "reported"}
    preview = await rig.mo.submit(form, typed)
    first, _ = await asyncio.gather(*(rig.mo.click(preview, "Publish") for _ in range(2)))
    assert content(first) == PUBLISHED
    assert [change.title for change in rig.journal.history.changes(9)] == ["add what-is-the-lamp-worth"]


class SlowEditor(Editor):
    """An editor that waits until the test lets it go on."""

    begun, go = threading.Event(), threading.Event()

    def propose(self, edit: ChangeRequest) -> Proposal:
        self.begun.set()
        self.go.wait(30)
        return super().propose(edit)


async def test_members_are_answered_during_a_preview(rig: ModerationRig) -> None:
    """A preview takes seconds, in a thread."""
    service = rig.client.action_router._service
    assert service is not None
    service.editor = SlowEditor(bootstrap.knowledge_base(rig.folder), rig.journal, lambda: NOW)
    rig.fake_discord.settle = 0
    asked = asyncio.create_task(rig.mo.slash("kb phrase", entry="keeper-place", phrasing="whereabouts of the tower"))
    assert await asyncio.to_thread(SlowEditor.begun.wait, 30)
    assert text(await rig.ask("where is the lighthouse?")).startswith("It stands at Brim.\n")
    SlowEditor.go.set()
    assert "**Preview:" in content(await asked)


async def test_a_draft_that_cannot_be_saved_is_attached_as_a_file(rig: ModerationRig, tmp_path: Path) -> None:
    """The reason is given, and its buttons work as long as the bot runs."""
    form = await open_form(rig)
    with sqlite3.connect(tmp_path / "data" / "journal.sqlite3") as database:
        database.execute(
            "CREATE TRIGGER full BEFORE INSERT ON drafts BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        )
    database.close()
    preview = await rig.mo.submit(form, {"Answer": HARBOUR})
    assert content(preview) == (
        "**Your draft could not be saved:** the journal can't be used: database or disk is full; free some space on that disk. "
        f"I keep it in memory until I restart, and it is attached as a file.\n\n{PREVIEW}"
    )
    (file,) = (preview.message or {})["attachments"]
    assert rig.fake_discord.messages_store.files[int(file["id"])].content.decode() == (
        f"Question:\nWhere is the lighthouse?\n\nAnswer:\n{HARBOUR}\n\nParagraphs it rests on:\n1\n\nStanding:\nreported\n\n"
        "Other ways of asking it:\nin which town is the lighthouse\nwhere was the keeper working"
    )
    assert form_values(await rig.mo.click(preview, "Back to the form"))["Answer"] == HARBOUR


async def test_a_form_whose_draft_is_gone_is_given_back_as_a_file(rig: ModerationRig) -> None:
    """The form was open for longer than drafts are kept, and the bot has been restarted."""
    form = await open_form(rig)
    await rig.client.close()
    rig.journal.drafts.delete_before(utc_today() + timedelta(days=1))
    async with connected(rig.restarted(), rig.fake_discord):
        back = await rig.mo.submit(form, {"Answer": HARBOUR})
        assert content(back) == (
            "That draft is gone: it was published or discarded, or it was deleted because it was too old. "
            "Nothing was saved; your text is attached as a file."
        )
        (file,) = (back.message or {})["attachments"]
        assert HARBOUR in rig.fake_discord.messages_store.files[int(file["id"])].content.decode()


async def test_a_button_of_a_deleted_draft_says_so(rig: ModerationRig) -> None:
    """The draft was discarded in one message and its button pressed in another."""
    preview = await rig.mo.submit(await open_form(rig), {"Answer": HARBOUR})
    waiting = await open_pending_draft(rig)
    assert content(await rig.mo.click(waiting, "Discard")) == "Discarded. Nothing has changed."
    assert content(await rig.mo.click(preview, "Publish")) == (
        "That draft is gone: it was published or discarded, or it was deleted because it was too old."
    )
    assert on_disk(rig.folder) == OLD


async def test_drafts_hold_no_person(rig: ModerationRig, tmp_path: Path) -> None:
    """Neither a name nor an id is anywhere in the row."""
    await rig.mo.submit(await open_form(rig), {"Answer": HARBOUR})
    with sqlite3.connect(tmp_path / "data" / "journal.sqlite3") as database:
        rows = str(database.execute("SELECT * FROM drafts").fetchall())
    database.close()
    assert HARBOUR in rows
    assert str(rig.mo.id) not in rows
    assert "'mo'" not in rows.lower()


async def test_old_drafts_are_deleted(tmp_path: Path) -> None:
    """Drafts are deleted by age at the start and every day."""
    journal = Journal(f"sqlite:///{tmp_path}/data/journal.sqlite3")
    journal.drafts.add(Draft("edit", "keeper-place", key="old"), utc_today() - timedelta(days=4), pending=True)
    journal.drafts.add(Draft("edit", "keeper-place", key="new"), utc_today() - timedelta(days=3), pending=True)
    async with moderation_rig(tmp_path, draft_days=3) as rig:
        await rig.client.cleanup_task.run_once()
        assert [draft.key for draft in rig.journal.drafts.pending(9)] == ["new"]
    journal.close()


async def test_a_full_queue_is_reported_and_the_draft_kept(rig: ModerationRig, monkeypatch: pytest.MonkeyPatch) -> None:
    """The draft can be previewed later."""

    async def full(*_: object, **__: object) -> None:
        raise QueueFull(moderation_text.QUEUE_FULL)

    monkeypatch.setattr(work_queue.WorkQueue, "run", full)
    used = await rig.mo.slash("kb phrase", entry="keeper-place", phrasing="where is the tower")
    assert content(used) == (
        "**This can't be published yet.** Your draft is saved.\n"
        "- Too many changes are being checked right now. Please try again in a minute."
    )
    assert len(rig.journal.drafts.pending(9)) == 1


async def test_a_new_answer_starts_with_a_topic(rig: ModerationRig) -> None:
    """Existing topics are suggested; a new one makes a new file."""
    assert await rig.mo.autocomplete("kb add", "topic", "la") == [{"name": "lamp", "value": "lamp"}]
    form = await rig.mo.slash("kb add", topic="The Oil", question="What did the lamp burn?", why="asked often")
    typed = {
        "Answer": "The article does not say what it burnt.",
        "Paragraphs it rests on": "2",
        "Standing": "not_covered",
    }
    step = await rig.mo.submit(form, typed)
    assert content(step) == (
        "**One more step: what is the nearest thing that the article does say?** Your draft is saved."
    )
    more = await rig.mo.click(step, "Next step")
    nearest = "What is Ada Quill accused of?"
    closest = "It says that the mayor accuses Ada Quill, who denies it."
    preview = await rig.mo.submit(
        more,
        {"The nearest thing the article does say": nearest, "The nearest thing, in at most 20 words": closest},
    )
    assert closest in embed(preview.message)["description"]
    assert "**It starts a new topic,** ‘the-oil’, with 0 other ways of asking it." in content(preview)
    links = await rig.mo.click(preview, "Button and links")
    assert form_values(links)["Topic"] == ["The Oil"]
    preview = await rig.mo.submit(links, {})
    assert "Ada Quill denies it." in embed(preview.message)["description"]
    (label,) = [label for label in button_labels(preview) if label.startswith("Publish")]
    await rig.mo.click(preview, label)
    assert b"question: What did the lamp burn?" in on_disk(rig.folder)["qa/the-oil.yaml"]
    assert {name: data for name, data in on_disk(rig.folder).items() if name != "qa/the-oil.yaml"} == OLD


async def test_an_answer_is_removed_after_a_preview(rig: ModerationRig) -> None:
    """Other answers keep no link to it; what happens to them is shown first, and undone with it."""
    preview = await rig.mo.slash("kb remove", entry="lamp-taken", why="said twice")
    assert content(preview).startswith(
        "**Preview: removal of ‘What is Ada Quill accused of?’.** Nothing is published yet.\n\n"
        "**What changes**\n- ‘When did Ada Quill leave the lighthouse?’: changed (what to read next)\n"
        "- ‘What is Ada Quill accused of?’: removed"
    )
    (label,) = [label for label in button_labels(preview) if label.startswith("Publish")]
    done = await rig.mo.click(preview, label)
    assert b"lamp-taken" not in b"".join(on_disk(rig.folder).values())
    assert "mo removed ‘What is Ada Quill accused of?’" in content(await rig.mo.slash("kb history"))
    undo = await rig.mo.click(done, "Undo")
    (label,) = [label for label in button_labels(undo) if label.startswith("Publish")]
    await rig.mo.click(undo, label)
    assert on_disk(rig.folder) == OLD


async def test_another_nearest_thing_takes_the_place_of_a_removed_one(rig: ModerationRig) -> None:
    """It is one from the same paragraphs, and is shown first."""
    preview = await rig.mo.slash("kb remove", entry="keeper-left")
    assert (
        "- ‘How old is Ada Quill?’: changed (the nearest thing the article does say: now ‘Where is the lighthouse?’)"
    ) in content(preview)
    (label,) = [label for label in button_labels(preview) if label.startswith("Publish")]
    await rig.mo.click(preview, label)
    assert bootstrap.story(rig.folder).entries["keeper-age"].nearest == "keeper-place"
