"""Removal of an entry: nothing links to it afterwards, and nothing else changes."""

from pathlib import Path

import pytest

from bot.editing.change_request import RemoveEntry
from bot.editing.editor import Editor
from bot.errors import EditError
from tests.support.story_files import OLD

EXPECTED = """\
# asked often
- q: who took the lamp
  entries: [lamp-taken]
- q: what of the lamp
  context: [who took the lamp]
  entries:
  - lamp-taken
  - lamp-denied
- q: whither the ferry
"""


def test_links_and_expected_replies_go_with_an_entry(editor: Editor, base: Path) -> None:
    """A question that only the entry might answer is expected no longer; comments stay."""
    (base / "expected.yaml").write_text(EXPECTED, "utf-8")
    changes = editor.propose(RemoveEntry("lamp-taken")).changes
    assert sorted(changes) == ["expected.yaml", "qa/keeper.yaml", "qa/lamp.yaml"]
    assert changes["qa/keeper.yaml"] == OLD["qa/keeper.yaml"].replace(b"  related: [lamp-taken]\n", b"")
    assert (changes["expected.yaml"] or b"").decode() == (
        "# asked often\n- q: what of the lamp\n  context: [who took the lamp]\n  entries: [lamp-denied]\n"
        "- q: whither the ferry\n"
    )


def test_the_short_form_of_a_removed_nearest_thing_goes_too(editor: Editor, base: Path) -> None:
    """It says what the removed answer said."""
    file = base / "qa" / "keeper.yaml"
    text = OLD["qa/keeper.yaml"].replace(b"  nearest: keeper-left\n", b"  nearest: keeper-left\n  closest: She left.\n")
    file.write_bytes(text)
    new = editor.propose(RemoveEntry("keeper-left")).story.entries["keeper-age"]
    assert (new.nearest, new.closest) == ("keeper-place", "")


def test_an_only_nearest_thing_is_not_removed(editor: Editor, base: Path) -> None:
    """The sentence names the answer that needs it."""
    for id in ("keeper-place", "lamp-taken"):
        editor.publish(editor.propose(RemoveEntry(id)), "Ada", despite_warnings=True)
    with pytest.raises(EditError) as refused:
        editor.propose(RemoveEntry("keeper-left"))
    assert str(refused.value) == (
        "‘How old is Ada Quill?’ has this as the nearest thing, and there is no other. Edit that answer first."
    )
