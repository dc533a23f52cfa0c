"""The whole story: asked in vain, found in the inbox, answered, published, asked again, undone, byte for byte."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.discord_rig import embed, fields, utc_today
from tests.support.kb_rig import Kb, buttons, content, filled, kb
from tests.support.story_files import OLD, on_disk

ASKED = "how much is the lamp worth"
UNSURE = f"Question: {ASKED}\n\nWhich of these do you mean?"
LAMP = "[¶2](https://quay.example/harbour-light#:~:text=Mayor%20Tom%20Reed,she%20denies%20it.)"


@pytest.fixture
async def k(tmp_path: Path) -> AsyncIterator[Kb]:
    async with kb(tmp_path) as made:
        yield made


async def test_from_a_question_without_an_answer_to_an_answer_and_back(k: Kb) -> None:
    """What each of them sees on the way, word for word."""
    # A member asks in vain, twice.
    for _ in range(2):
        asked = await k.ask(ASKED)
        assert embed(asked)["description"] == UNSURE
        assert content(await k.ada.clicks(asked, "None of these")) == (
            "Nobody has written an answer to that yet. Your question goes on the moderators' list, without your name."
        )

    # A moderator finds it in the inbox.
    opened = await k.mo.slash("kb inbox")
    page = embed(opened.message)
    assert content(opened) == ""
    assert page["title"] == "Inbox: 1 question without a good answer"
    assert page["description"].startswith(f"**1. {ASKED}**\nasked 2 times, last on ")
    assert page["description"].endswith("\na) What is Ada Quill accused of?\nb) Does Ada Quill deny taking the lamp?")
    assert page["footer"]["text"] == (
        "Press 1a to make question 1 another way of asking a). You see a preview before anything is published."
    )
    assert buttons(opened) == ["1a", "1b", "1: new answer", "1: dismiss"]

    # They write an answer; the form starts with the question.
    form = await k.mo.clicks(opened, "1: new answer")
    assert (form.modal or {})["title"] == "New answer"
    assert filled(form) == {
        "Question": ASKED,
        "Answer": "",
        "Paragraphs it rests on": "",
        "Standing": [],
        "Other ways of asking it": "",
    }
    answer = {"Answer": "The lamp is worth 40 crowns in Oslo.", "Paragraphs it rests on": "2", "Standing": "reported"}
    preview = await k.mo.submits(
        form, {"Question": "What is the lamp worth?", **answer, "Other ways of asking it": ASKED}
    )

    # They see the card as members will, and the warning.
    assert content(preview) == (
        "**Preview: new answer to ‘What is the lamp worth?’.** Nothing is published yet.\n\n"
        "It goes into the topic ‘lamp’, with 1 other way of asking it.\n\n"
        "**1 warning**\n- the answer mentions the name 'Oslo', which is not in ¶2; cite a paragraph that has it, or leave it out\n\n"
        "**Members will see this:**"
    )
    card = embed(preview.message)
    assert (card["title"], card["description"]) == ("What is the lamp worth?", "The lamp is worth 40 crowns in Oslo.")
    assert fields(preview.message) == {
        "Standing": "Reported by the article",
        "Source": f"{LAMP} The mayor says that she took the lamp; she denies it.",
    }
    assert buttons(preview) == ["Publish despite 1 warning", "Back to the form", "Source, denial and links", "Discard"]
    assert on_disk(k.folder) == OLD

    # They mend it; the form has everything that they wrote.
    again = await k.mo.clicks(preview, "Back to the form")
    assert filled(again)["Answer"] == "The lamp is worth 40 crowns in Oslo."
    mended = await k.mo.submits(again, {"Answer": "The lamp is worth 40 crowns."})
    assert (mended.message or {})["id"] == (preview.message or {})["id"]
    assert content(mended) == (
        "**Preview: new answer to ‘What is the lamp worth?’.** Nothing is published yet.\n\n"
        "It goes into the topic ‘lamp’, with 1 other way of asking it.\n\n**Members will see this:**"
    )
    assert buttons(mended) == ["Publish", "Back to the form", "Source, denial and links", "Discard"]

    # They publish, and the changes' channel says so.
    published = await k.mo.clicks(mended, "Publish")
    assert content(published) == "Published as change 1. Members get it from now on."
    assert buttons(published) == ["Undo"]
    assert (await k.standin.next_message(k.changes))["content"] == (
        "**1.** mo added ‘What is the lamp worth?’ · 2026-05-23 14:05 UTC · Reason: from the inbox, asked 2 times"
    )

    # The member asks again and gets it; the question is off the inbox.
    assert embed(await k.ask(ASKED))["description"] == "The lamp is worth 40 crowns."
    assert content(await k.mo.slash("kb inbox")) == ("The inbox is empty.")
    assert k.journal.drafts.pending(9) == []

    # The moderator takes it back, through a preview too.
    undo = await k.mo.clicks(published, "Undo")
    assert content(undo) == (
        "**Preview: undoing change 1.** Nothing is published yet.\n\n"
        "**What changes**\n- ‘What is the lamp worth?’: removed"
    )
    undone = await k.mo.clicks(undo, "Publish")
    assert content(undone) == "Change 1 is undone (change 2)."
    assert on_disk(k.folder) == OLD
    assert embed(await k.ask(ASKED))["description"] == UNSURE


async def test_a_warning_is_published_over_only_by_saying_so_and_the_history_says_it(k: Kb) -> None:
    """By a button that counts them."""
    form = await k.mo.slash("kb edit", entry="keeper-place", why="asked often")
    preview = await k.mo.submits(form, {"Answer": "It stands at Oslo."})
    done = await k.mo.clicks(preview, "Publish despite 1 warning")
    assert content(done) == "Published despite 1 warning as change 1. Members get it from now on."
    told = (
        "**1.** mo changed ‘Where is the lighthouse?’ · 2026-05-23 14:05 UTC"
        " · Reason: asked often · Published despite 1 warning"
    )
    assert content(await k.mo.slash("kb history")) == told
    assert (await k.standin.next_message(k.changes))["content"] == f"{told} · Changed: answer"


async def test_one_click_makes_a_question_a_way_of_asking(k: Kb) -> None:
    """Through the preview, which says what it is one of."""
    k.journal.inbox.add("lighthouse coordinates please", "dm", utc_today())
    opened = await k.mo.slash("kb inbox")
    preview = await k.mo.clicks(opened, "1a")
    assert content(preview) == (
        "**Preview: another way of asking ‘Where is the lighthouse?’.** Nothing is published yet.\n\n"
        "**Other ways of asking it**\n- added: lighthouse coordinates please\n\n"
        "**Members will see this:**"
    )
    await k.mo.clicks(preview, "Publish")
    assert embed(await k.ask("lighthouse coordinates please"))["title"] == "Where is the lighthouse?"
    assert k.journal.inbox.questions(9) == []


async def test_what_is_dismissed_stays_away(k: Kb) -> None:
    """And the page shows what is left."""
    for text in ("who built the lighthouse tower", "lamp oil price per barrel"):
        k.journal.inbox.add(text, "dm", utc_today())
    opened = await k.mo.slash("kb inbox")
    assert embed(opened.message)["title"] == "Inbox: 2 questions without a good answer"
    left = await k.mo.clicks(opened, "1: dismiss")
    assert (left.message or {})["id"] == (opened.message or {})["id"]
    assert embed(left.message)["title"] == "Inbox: 1 question without a good answer"
    assert len(k.journal.inbox.questions(9)) == 1
