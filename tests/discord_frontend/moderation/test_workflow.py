"""The whole workflow: a question without an answer, the inbox, a new answer, its publication, and undoing it."""

from __future__ import annotations

from tests.support.discord_rig import embed, text
from tests.support.moderation_rig import ModerationRig, button_labels, content, form_values
from tests.support.story_files import OLD, on_disk

ASKED = "how much is the lamp worth"
UNSURE = f"Which do you mean?\n-# Asked: {ASKED}"
LAMP = "[¶2](<https://quay.example/harbour-light#:~:text=Mayor%20Tom%20Reed,she%20denies%20it.>)"


async def test_from_an_unanswered_question_to_an_answer_and_back(rig: ModerationRig) -> None:
    """What members and moderators see on the way, word for word."""
    # A member asks in vain, twice.
    for _ in range(2):
        asked = await rig.ask(ASKED)
        assert text(asked) == UNSURE
        assert content(await rig.ada.click(asked, "None of these")) == (
            "Nobody has written an answer to that yet. Your question goes on the moderators' list, without your name."
        )

    # A moderator finds it in the inbox.
    opened = await rig.mo.slash("kb inbox")
    page = embed(opened.message)
    assert content(opened) == ""
    assert page["title"] == "Inbox: 1 question without a good answer"
    assert page["description"].startswith(f"**1. {ASKED}**\nasked 2 times, last on ")
    assert page["description"].endswith("\na) What is Ada Quill accused of?\nb) Does Ada Quill deny taking the lamp?")
    assert page["footer"]["text"] == (
        "Press 1a to make question 1 another way of asking a). You see a preview before anything is published."
    )
    assert button_labels(opened) == ["1a", "1b", "1: new answer", "1: dismiss", "Accept several"]

    # They write an answer; the form starts with the question.
    form = await rig.mo.click(opened, "1: new answer")
    assert (form.modal or {})["title"] == "New answer"
    assert form_values(form) == {
        "Question": ASKED,
        "Answer": "",
        "Paragraphs it rests on": [],
        "Standing": [],
        "Other ways of asking it": "",
    }
    answer = {"Answer": "The lamp is worth 40 crowns in Oslo.", "Paragraphs it rests on": "2", "Standing": "reported"}
    preview = await rig.mo.submit(
        form, {"Question": "What is the lamp worth?", **answer, "Other ways of asking it": ASKED}
    )

    # They see the card as members will, and the warning.
    assert content(preview) == (
        "**Preview: new answer to ‘What is the lamp worth?’.** Nothing is published yet.\n\n"
        "It goes into the topic ‘lamp’, with 1 other way of asking it.\n\n"
        "**1 warning**\n- The answer mentions the name 'Oslo', which is not in ¶2; write it as in the paragraph, add it to 'names' of ¶2 in story.yaml, or waive 'Oslo' with a reason.\n\n"
        "**Members will see this:**"
    )
    assert embed(preview.message)["description"] == (
        f"The lamp is worth 40 crowns in Oslo.\n-# Reported · The Quay {LAMP}"
    )
    assert button_labels(preview) == [
        "Publish despite 1 warning",
        "Back to the form",
        "Source and denial",
        "Button and links",
        "Discard",
    ]
    assert on_disk(rig.folder) == OLD

    # They mend it; the form has everything that they wrote.
    again = await rig.mo.click(preview, "Back to the form")
    assert form_values(again)["Answer"] == "The lamp is worth 40 crowns in Oslo."
    mended = await rig.mo.submit(again, {"Answer": "The lamp is worth 40 crowns."})
    assert (mended.message or {})["id"] == (preview.message or {})["id"]
    assert content(mended) == (
        "**Preview: new answer to ‘What is the lamp worth?’.** Nothing is published yet.\n\n"
        "It goes into the topic ‘lamp’, with 1 other way of asking it.\n\n**Members will see this:**"
    )
    assert button_labels(mended) == ["Publish", "Back to the form", "Source and denial", "Button and links", "Discard"]

    # They publish, and the changes' channel says so.
    published = await rig.mo.click(mended, "Publish")
    assert content(published) == "Published as change 1. Members get it from now on."
    assert button_labels(published) == ["Next question", "Undo"]
    assert (await rig.fake_discord.next_message(rig.changes))["content"] == (
        "**1.** mo added ‘What is the lamp worth?’ · 2026-05-23 14:05 UTC · Reason: from the inbox, asked 2 times"
    )

    # The member asks again and gets it; the question is off the inbox.
    assert text(await rig.ask(ASKED)).startswith("The lamp is worth 40 crowns.\n")
    assert content(await rig.mo.slash("kb inbox")) == ("The inbox is empty.")
    assert rig.journal.drafts.pending(9) == []

    # The moderator takes it back, through a preview too.
    undo = await rig.mo.click(published, "Undo")
    assert content(undo) == (
        "**Preview: undoing change 1.** Nothing is published yet.\n\n"
        "**What changes**\n- ‘What is the lamp worth?’: removed"
    )
    undone = await rig.mo.click(undo, "Publish")
    assert content(undone) == "Change 1 is undone (change 2)."
    assert on_disk(rig.folder) == OLD
    assert text(await rig.ask(ASKED)) == UNSURE
    assert embed((await rig.mo.slash("kb inbox")).message)["title"] == "Inbox: 1 question without a good answer"


async def test_publishing_despite_warnings_takes_another_button_and_is_recorded(rig: ModerationRig) -> None:
    """The button counts the warnings; the history and the changes channel mention them."""
    form = await rig.mo.slash("kb edit", entry="keeper-place", why="asked often")
    preview = await rig.mo.submit(form, {"Answer": "It stands at Oslo."})
    done = await rig.mo.click(preview, "Publish despite 1 warning")
    assert content(done) == "Published despite 1 warning as change 1. Members get it from now on."
    line = (
        "**1.** mo changed ‘Where is the lighthouse?’ · 2026-05-23 14:05 UTC"
        " · Reason: asked often · Published despite 1 warning"
    )
    assert content(await rig.mo.slash("kb history")) == line
    assert (await rig.fake_discord.next_message(rig.changes))["content"] == f"{line} · Changed: answer"
