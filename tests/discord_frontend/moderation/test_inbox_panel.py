"""The inbox: questions grouped, paged, answered, turned into phrasings and dismissed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from msgspec.structs import replace

from bot.discord_frontend.moderation import inbox_panel
from bot.editing import question_groups
from bot.editing.question_groups import QuestionGroup
from bot.journal.records import REASONS
from tests.support.discord_rig import embed, text, utc_today
from tests.support.moderation_rig import ModerationRig, button_labels, content, form_values
from tests.support.oversized import ID, LONG, assert_fits, oversized_story

if TYPE_CHECKING:
    import pytest


async def test_a_question_becomes_a_phrasing_with_one_press(rig: ModerationRig) -> None:
    """The preview names the entry, and publishing takes the question off the inbox."""
    rig.journal.inbox.add("lighthouse coordinates please", "dm", utc_today())
    opened = await rig.mo.slash("kb inbox")
    preview = await rig.mo.click(opened, "1a")
    assert content(preview) == (
        "**Preview: another way of asking ‘Where is the lighthouse?’.** Nothing is published yet.\n\n"
        "**Other ways of asking it**\n- added: lighthouse coordinates please\n\n"
        "**Members will see this:**"
    )
    done = await rig.mo.click(preview, "Publish")
    assert text(await rig.ask("lighthouse coordinates please")).startswith("It stands at Brim.\n")
    assert rig.journal.inbox.questions(9) == []
    assert button_labels(done) == ["Next question", "Undo"]


async def test_a_question_comes_back_when_its_change_is_undone(rig: ModerationRig) -> None:
    """And the next question is one press away."""
    rig.journal.inbox.add("lighthouse coordinates please", "dm", utc_today())
    preview = await rig.mo.click(await rig.mo.slash("kb inbox"), "1a")
    done = await rig.mo.click(preview, "Publish")
    undone = await rig.mo.click(await rig.mo.click(done, "Undo"), "Publish")
    assert content(undone) == "Change 1 is undone (change 2)."
    (question,) = rig.journal.inbox.questions(9)
    assert question.text == "lighthouse coordinates please"
    following = await rig.mo.click(done, "Next question")
    assert embed(following.message)["title"] == "Inbox: 1 question without a good answer"


async def test_several_suggestions_are_accepted_at_once(rig: ModerationRig) -> None:
    """One preview, one change, and all of them are off the inbox; undoing it brings them back."""
    asked = ("lighthouse coordinates please", "day the keeper left", "gossip about the lamp")
    for each in asked:
        rig.journal.inbox.add(each, "dm", utc_today())
    listed = await rig.mo.click(await rig.mo.slash("kb inbox"), "Accept several")
    assert content(listed) == (
        "Below each question is the answer closest to it. Choose all that fit; you see a preview first."
    )
    preview = await rig.mo.select(listed, "Choose the ones that fit", list(asked[:2]))
    assert content(preview).startswith(
        "**Preview: 2 suggestions.** Nothing is published yet.\n\n"
        "**‘When did Ada Quill leave the lighthouse?’**\n**Other ways of asking it**\n- added: day the keeper left\n\n"
        "**‘Where is the lighthouse?’**\n**Other ways of asking it**\n- added: lighthouse coordinates please"
    )
    (label,) = [label for label in button_labels(preview) if label.startswith("Publish")]
    done = await rig.mo.click(preview, label)
    assert [question.text for question in rig.journal.inbox.questions(9)] == [asked[2]]
    assert (await rig.fake_discord.next_message(rig.changes))["content"].startswith(
        "**1.** mo accepted 2 suggestions ·"
    )
    undo = await rig.mo.click(done, "Undo")
    (label,) = [label for label in button_labels(undo) if label.startswith("Publish")]
    await rig.mo.click(undo, label)
    assert len(rig.journal.inbox.questions(9)) == 3


async def test_a_dismissed_question_stays_away(rig: ModerationRig) -> None:
    """The page is shown again without it."""
    for asked in ("who built the lighthouse tower", "lamp oil price per barrel"):
        rig.journal.inbox.add(asked, "dm", utc_today())
    opened = await rig.mo.slash("kb inbox")
    assert embed(opened.message)["title"] == "Inbox: 2 questions without a good answer"
    left = await rig.mo.click(opened, "1: dismiss")
    assert (left.message or {})["id"] == (opened.message or {})["id"]
    assert embed(left.message)["title"] == "Inbox: 1 question without a good answer"
    assert len(rig.journal.inbox.questions(9)) == 1

    listed = await rig.mo.click(left, "Dismissed")
    assert content(listed) == "These questions stay off the inbox. Choose one to bring it back."
    (dismissed,) = rig.journal.inbox.dismissed(9)
    back = await rig.mo.select(listed, "Bring a question back", [dismissed.text])
    assert content(back) == f"‘{dismissed.text}’ is back in the inbox."
    again = await rig.mo.click(back, "Inbox")
    assert embed(again.message)["title"] == "Inbox: 2 questions without a good answer"
    assert "Dismissed" not in button_labels(again)


async def test_the_inbox_is_grouped_again_only_when_it_has_changed(
    rig: ModerationRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages are turned without comparing all questions again."""
    for asked in (
        "who built the tower",
        "lamp oil price",
        "height of the cliff",
        "name of the boat",
        "colour of the door",
    ):
        rig.journal.inbox.add(asked, "dm", utc_today())
    first = await rig.mo.slash("kb inbox")
    with monkeypatch.context() as patch:
        patch.setattr(question_groups, "group_questions", lambda *_: [])
        second = await rig.mo.click(first, "Next page")
    assert embed(second.message)["title"] == "Inbox: 5 questions without a good answer"
    rig.journal.inbox.add("size of the lamp", "dm", utc_today())
    assert embed((await rig.mo.slash("kb inbox")).message)["title"] == "Inbox: 6 questions without a good answer"


async def test_the_inbox_is_paged(rig: ModerationRig) -> None:
    """A page has four questions, each with its row of buttons; an answer that did not help can be edited."""
    texts = ("who built the tower", "lamp oil price", "height of the cliff", "name of the boat", "colour of the door")
    for asked in texts:
        rig.journal.inbox.add(asked, "dm", utc_today())
    rig.journal.inbox.add("where exactly is it", "dm", utc_today(), "not_helpful", "keeper-place")
    for reason in ("not_asked", "outdated", "outdated"):
        rig.journal.inbox.add_reason("where exactly is it", "dm", utc_today(), "keeper-place", reason)
    first = await rig.mo.slash("kb inbox")
    assert embed(first.message)["title"] == "Inbox: 6 questions without a good answer"
    assert embed(first.message)["footer"]["text"].startswith("Page 1 of 2. ")
    assert button_labels(first)[-1] == "Next page"
    second = await rig.mo.click(first, "Next page")
    assert embed(second.message)["footer"]["text"].startswith("Page 2 of 2. ")
    assert button_labels(second)[-1] == "Previous page"
    assert (
        "The answer to ‘Where is the lighthouse?’ did not help.\n👎 1: out of date (2), not what I asked"
        in embed(second.message)["description"]
    )
    form = await rig.mo.click(second, "2: edit that answer")
    assert form_values(form)["Answer"] == "It stands at Brim."
    preview = await rig.mo.submit(form, {"Answer": "It stands at Brim, on Friday."})
    (label,) = [label for label in button_labels(preview) if label.startswith("Publish")]
    await rig.mo.click(preview, label)
    assert "where exactly is it" not in [question.text for question in rig.journal.inbox.questions(9)]
    gone = await rig.mo.click(second, "1: new answer")
    assert gone.modal is not None


async def test_questions_are_shown_without_hidden_characters_or_links(rig: ModerationRig) -> None:
    """The form and the list of drafts hold nothing hidden either; the fake Discord checks every request for that, too."""
    typed = "who \u202epaid Z" + "\u0301" * 60 + " at https://evil.example or discord.gg/evil"
    rig.journal.inbox.add("who paid", "dm", utc_today())
    with rig.journal.database.transaction() as connection:  # as a version wrote it that kept what was typed as it was
        connection.execute(rig.journal.database.tables.inbox.update().values(text=typed))
    inbox = await rig.mo.slash("kb inbox")
    assert embed(inbox.message)["description"].splitlines()[0] == (
        "**1. who paid Z" + "\u0301" * 4 + " at https:\\//evil.example or discord.gg\\/evil**"
    )
    form = await rig.mo.click(inbox, "1: new answer")
    assert form_values(form)["Question"] == "who paid Z" + "\u0301" * 4 + " at https://evil.example or discord.gg/evil"
    await rig.mo.submit(form, {"Answer": "It \u202estands.", "Paragraphs it rests on": "2", "Standing": "said"})
    again = await rig.mo.slash("kb inbox")
    drafts = await rig.mo.click(again, "Drafts (1)")
    (row,) = (drafts.message or {})["components"]
    (option,) = row["components"][0]["options"]
    assert (option["label"][:25], option["description"]) == ("New answer to ‘who paid Z", "It stands.")


def test_a_page_of_the_inbox_fits() -> None:
    """With the longest questions, guesses and ids."""
    story = oversized_story()
    guesses = tuple((id, entry.question) for id, entry in list(story.entries.items())[:3])
    reasons = tuple((reason, 10**6) for reason in REASONS)
    group = QuestionGroup(10**9, LONG[:500], (LONG,), 10**6, date(2026, 1, 1), f"{ID}-0", (1,), guesses, reasons)
    for groups in ([group] * 4, [replace(group, entry="")] * 4):
        numbered = [replace(each, id=each.id + i) for i, each in enumerate(groups)]
        panel = inbox_panel.page_panel(numbered, 2, 999, 25, story)
        assert_fits(panel)
        assert len(panel.buttons) == 4 * 5 + 4
