"""Previews, problems and collisions."""

from __future__ import annotations

from typing import Any

import pytest

from bot.discord_frontend.moderation import preview_panels
from bot.discord_frontend.moderation.difference_text import LINES_LISTED
from bot.discord_frontend.moderation.preview_panels import problem_panel
from bot.editing import entry_form
from bot.editing.change_request import UndoChange
from bot.editing.preview import Collision, Preview, compare_stories
from bot.editing.proposal import Proposal
from bot.errors import EditError, Problem, StoryError
from bot.journal.records import Change, Draft
from bot.story import loader
from bot.story.mapping_reader import MAX_PROBLEMS
from bot.story.models import Story
from bot.story.repository import FileSnapshot
from tests.support.discord_rig import embed, labels, text
from tests.support.moderation_rig import ModerationRig, button_labels, content, form_values
from tests.support.oversized import ID, LONG, assert_fits, oversized_reply, oversized_story
from tests.support.small_story import small_story
from tests.support.story_files import OLD


async def test_the_card_in_a_preview_is_shown_with_disabled_buttons(rig: ModerationRig) -> None:
    """It is the card that members will get."""
    preview = await rig.mo.slash("kb phrase", entry="Where is the lighthouse?", phrasing="whereabouts of the tower")
    card = await rig.ask("in which town is the lighthouse")
    assert embed(preview.message)["description"] == "\n".join(text(card).splitlines()[:-1])
    assert text(card).splitlines()[-1] == "-# Asked: in which town is the lighthouse"
    assert labels(preview.message)[: len(labels(card))] == labels(card)
    assert button_labels(preview) == ["Publish", "Back to the form", "Discard"]
    form = await rig.mo.click(preview, "Back to the form")
    assert form_values(form) == {"How people ask it": "whereabouts of the tower"}
    again = await rig.mo.submit(form, {"How people ask it": "what day did the keeper quit"})
    assert (
        "is currently answered by ‘When did Ada Quill leave the lighthouse?’ (‘She left it on Friday evening"
        in content(again)
    )


def preview_of_everything(story: Story, kind: Any, warnings: int = 60) -> Preview:
    """Return a preview of a change of everything."""
    small = small_story()
    shown = story.entries[f"{ID}-0"]
    proposal = Proposal(
        request=UndoChange(1),
        title="edit",
        changes={"people.yaml": b""},
        version=FileSnapshot({}, ""),
        warnings=tuple(f"{ID}-{n}: {LONG}" for n in range(warnings)),
        reply=oversized_reply() if kind in ("add", "edit", "phrase") else None,
        diff=LONG * 10,
        old_story=small,
        story=story,
    )
    draft = Draft(kind, shown.id, entry_form.form_texts(shown, story))
    return Preview(draft, proposal, compare_stories(small, story), ("people.yaml",), "01234567")


@pytest.mark.parametrize("kind", ["add", "edit", "phrase", "remove", "undo", "import"])
def test_a_preview_fits_and_is_attached_in_full_if_cut(kind: Any) -> None:
    """The attachment has every warning."""
    panel = preview_panels.preview_panel(preview_of_everything(oversized_story(), kind), LONG[:300])
    assert_fits(panel)
    whole = next(attachment.data.decode() for attachment in panel.attachments if attachment.filename == "preview.txt")
    assert whole.count("\n- ") >= 60
    assert "60 warnings" in panel.buttons[0].label


def test_problems_and_collisions_fit() -> None:
    """Their number and length don't matter."""
    story = oversized_story()
    mine, theirs = (entry_form.form_texts(story.entries[f"{ID}-{n}"], story) for n in (0, 1))
    draft = Draft("edit", f"{ID}-0", mine, theirs)
    problems = StoryError([Problem("qa/x.yaml", n, f"{n} {LONG}") for n in range(50)])
    assert_fits(preview_panels.problem_panel(draft, problems))
    assert_fits(preview_panels.problem_panel(draft, EditError(LONG * 9)))
    assert_fits(preview_panels.collision_panel(draft, Collision(mine, theirs)))
    assert_fits(
        preview_panels.with_save_failure(
            preview_panels.collision_panel(draft, Collision(mine, theirs)), draft, LONG[:200]
        )
    )
    assert_fits(preview_panels.published_panel(Change(10**9, "", "", "", "", (LONG,) * 99, "", "", {}), draft))


def test_only_the_first_of_very_many_problems_are_listed() -> None:
    """Both the loader and the panel list a bounded number."""
    with pytest.raises(StoryError) as broken:
        loader.parse_story(OLD | {"qa/x.yaml": b"- id: x\n" * 3_900})
    assert len(broken.value.problems) == MAX_PROBLEMS + 1
    assert str(broken.value.problems[0]) == ("qa/x.yaml: this file has more than 1,000 problems; these are the first")
    (attachment,) = problem_panel(Draft("import"), broken.value).attachments
    lines = attachment.data.decode().splitlines()
    assert len(lines) == LINES_LISTED + 2
    assert lines[-1] == "- and 801 more"
