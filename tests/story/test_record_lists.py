"""Lists in records are edited where they stand, whichever way they are written."""

import pytest

from bot.errors import EditError
from bot.story.record_lists import Lists, Record, edit_lists


def with_x(record: Record) -> Lists:
    """Return the list 'by' with x at its end."""
    return {"by": [*record.get("by", []), "x"]}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- id: a  # mine\n  by: [b, c]\n  n: 1\n", "- id: a  # mine\n  by: [b, c, x]\n  n: 1\n"),
        ('- id: a\n  by: ["b ]", c]\n', '- id: a\n  by: ["b ]", "c", "x"]\n'),
        ("- id: a\n  by:\n    - b\n  n: 1\n", "- id: a\n  by:\n    - b\n    - x\n  n: 1\n"),
        ("- id: a\n  n: 1\n\n# end\n- id: b\n", "- id: a\n  n: 1\n  by: [x]\n\n# end\n- id: b\n  by: [x]\n"),
        ("- {id: a, by: [b], n: 1}\n", "- {id: a, by: [b, x], n: 1}\n"),
        ("- {id: a, n: 1}\n", "- {id: a, n: 1, by: [x]}\n"),
    ],
)
def test_a_list_changes_and_nothing_else(before: str, after: str) -> None:
    """On one line, on several, between braces, or where there is none yet."""
    assert edit_lists(before.encode(), with_x).decode() == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- id: a\n  by: [b]\n  n: 1\n", "- id: a\n  n: 1\n"),
        ("- {id: a, by: [b], n: 1}\n", "- {id: a, n: 1}\n"),
        ("- id: a\n  by:\n  - b\n  n: 1\n", "- id: a\n  n: 1\n"),
    ],
)
def test_an_empty_list_goes(before: str, after: str) -> None:
    """With its key."""
    assert edit_lists(before.encode(), lambda _: {"by": []}).decode() == after


def test_records_under_a_key_are_found() -> None:
    """What stands before and after them stays."""
    before = "title: T\nparagraphs:\n  - number: 1\n    by: [b]\nsources:\n  - {text: by, cites: [1]}\n"
    after = before.replace("[b]", "[b, x]")
    assert edit_lists(before.encode(), with_x, "paragraphs").decode() == after


def test_an_unusual_list_is_refused() -> None:
    """Rather than damaged: what was edited is read again and compared."""
    before = '- id: a\n  text: "not by: [b] but"\n  by: !!seq [b]\n'
    with pytest.raises(EditError, match=r"the tag tag:yaml\.org,2002:seq is not allowed"):
        edit_lists(before.encode(), with_x)
    before = '- id: a\n  "by": [b]\n'
    with pytest.raises(EditError, match="the lists of a are written in an unusual way; change them in an editor"):
        edit_lists(before.encode(), with_x)
