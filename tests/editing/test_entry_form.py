"""An entry as the texts of a form."""

from __future__ import annotations

import pytest

from bot.editing import entry_form
from bot.editing.entry_form import FieldChange, compare_texts, form_texts, topic_slug
from tests.support.small_story import small_story

STORY = small_story()


def test_white_space_and_duplicate_lines_are_no_change() -> None:
    """A form that is sent back reformatted changes nothing."""
    before = form_texts(STORY.entries["lamp-taken"], STORY)
    answer, phrasings = f"  {before['answer']}\n", f"\n{before['phrasings']}\n\nwho took the lamp\n"
    assert compare_texts(before, {**before, "answer": answer, "phrasings": phrasings}) == ()


@pytest.mark.parametrize(
    ("typed", "name"),
    [("The Oil", "the-oil"), ("oil.yaml", "oil"), ("../../etc", "etc"), ("Été & après", "ete-apres"), ("?", "")],
)
def test_a_topic_becomes_a_safe_file_name(typed: str, name: str) -> None:
    """It has no path, no dot and no capital."""
    assert topic_slug(typed) == name
    assert entry_form.topics(STORY) == ("keeper", "lamp")


def test_line_changes_of_long_lists_take_linear_time() -> None:
    """Twenty thousand phrasings are compared with as many others."""
    first, second = (FieldChange("phrasings", *sides) for sides in (("a\n" * 3, "b"), _long_lists()))
    assert (first.removed_lines, first.added_lines) == (("a", "a", "a"), ("b",))
    assert (len(second.removed_lines), len(second.added_lines)) == (20_000, 20_000)


def _long_lists() -> tuple[str, str]:
    old, new = (("".join(f"{word} {number}\n" for number in range(20_000))) for word in ("old", "new"))
    return old, new
