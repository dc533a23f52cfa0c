"""An entry as the fields of a form and back: what is not changed is not touched, what is typed is understood or named."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot import bootstrap
from bot.editing import entry_form, form_parser
from bot.editing.entry_form import FieldChange, compare_texts, form_texts, topic_slug
from bot.editing.form_parser import find_entry, parse_fields
from bot.errors import EditError
from bot.story.entry import Entry
from tests.support.oversized import ID, oversized_story
from tests.support.small_story import small_story

STORY = small_story()
TAKEN = STORY.entries["lamp-taken"]


def test_every_entry_of_the_real_base_reads_back_as_it_is() -> None:
    """Names mean the people they stood for, and questions the entries."""
    story = bootstrap.story(Path(__file__).parents[2] / "knowledge")
    for entry in story.entries.values():
        shown = form_texts(entry, story)
        assert parse_fields(shown, shown, story, entry) == {}
        read = parse_fields(shown, {}, story, entry)
        for name in ("question", "answer", "standing"):
            assert read[name] == getattr(entry, name)
        for name in ("cites", "by", "related", "developments", "phrasings"):
            assert tuple(read.get(name, ())) == getattr(entry, name), (entry.id, name)
        for name in ("claim", "nearest"):
            assert read.get(name) == getattr(entry, name), (entry.id, name)


def test_only_what_is_different_is_written() -> None:
    """White space, empty lines and lines twice are no difference."""
    now = form_texts(TAKEN, STORY)
    again = {**now, "answer": f"  {now['answer']}\n", "phrasings": f"\n{now['phrasings']}\n\nwho took the lamp\n"}
    assert compare_texts(now, again) == ()
    typed = {**now, "by": "The Mayor\nquill", "cites": "¶2 and 1", "claim": "took-lamp"}
    assert parse_fields(typed, now, STORY, TAKEN) == {"by": ["tom-reed", "ada-quill"], "cites": [2, 1]}
    assert parse_fields({**now, "developments": "", "related": ""}, now, STORY, TAKEN) == {}


@pytest.mark.parametrize(
    ("typed", "sentences"),
    [
        ({"by": ""}, ["‘Who alleges, denies or says it’ is empty; this standing needs it."]),
        ({"claim": ""}, ["‘The allegation it is about’ is empty; this standing needs it."]),
        (
            {"standing": "not_covered"},
            ["‘The nearest thing the article does say’ is empty; this standing needs it."],
        ),
        ({"standing": "sure"}, ["‘sure’ is not a standing."]),
        (
            {"answer": " ", "question": ""},
            [f"‘{n}’ is empty; please fill it in." for n in ("Question", "Answer")],
        ),
        ({"by": "Napoleon Bonaparte"}, ["Nobody in the base is called ‘Napoleon Bonaparte’."]),
        ({"cites": "2, two"}, ["Write paragraphs as numbers only, as in 2, 15."]),
        (
            {"nearest": "Where is the light house?"},
            ["There is no answer to ‘Where is the light house?’. Did you mean ‘Where is the lighthouse?’?"],
        ),
    ],
)
def test_what_can_not_be_read_is_named_all_at_once(typed: dict[str, str], sentences: list[str]) -> None:
    """In the words of the form, with the nearest that there is."""
    now = form_texts(TAKEN, STORY)
    with pytest.raises(EditError) as refused:
        parse_fields({**now, **typed}, now, STORY, TAKEN)
    assert str(refused.value).splitlines() == sentences


def test_an_entry_is_found_by_its_question_however_it_is_written() -> None:
    """Or by its id."""
    assert find_entry("keeper-place", STORY) == find_entry(" where IS the lighthouse ", STORY) == "keeper-place"
    with pytest.raises(EditError, match=r"^There is no answer to ‘zzz’\.$"):
        find_entry("zzz", STORY)


@pytest.mark.parametrize(
    ("typed", "name"),
    [("The Oil", "the-oil"), ("oil.yaml", "oil"), ("../../etc", "etc"), ("Été & après", "ete-apres"), ("?", "")],
)
def test_a_topic_is_a_file_name_and_nothing_else(typed: str, name: str) -> None:
    """No path, no dot, no capital."""
    assert topic_slug(typed) == name
    assert entry_form.topics(STORY) == ("keeper", "lamp")


def test_no_entry_and_nobody_is_suggested_for_what_is_like_none() -> None:
    """Only a question, an id or a name that is like what was typed; a stranger has none."""
    for typed in ("elon musk", "taylor swift", "what is the weather", "who leaked"):
        with pytest.raises(EditError, match=rf"^There is no answer to ‘{typed}’\.$"):
            find_entry(typed, STORY)
    with pytest.raises(
        EditError, match=r"^There is no answer to ‘keeper-plac’\. Did you mean ‘Where is the lighthouse\?’\?$"
    ):
        find_entry("keeper-plac", STORY)
    now = form_texts(TAKEN, STORY)
    with pytest.raises(EditError) as refused:
        parse_fields({**now, "by": "Elon Musk"}, now, STORY, TAKEN)
    assert str(refused.value) == "Nobody in the base is called ‘Elon Musk’."


def test_line_changes_of_long_lists_take_linear_time() -> None:
    """Twenty thousand phrasings are compared with as many others."""
    first, second = (FieldChange("phrasings", *sides) for sides in (("a\n" * 3, "b"), _long_lists()))
    assert (first.removed_lines, first.added_lines) == (("a", "a", "a"), ("b",))
    begin = time.process_time()
    assert (len(second.removed_lines), len(second.added_lines)) == (20_000, 20_000)
    assert time.process_time() - begin < 5.0


def _long_lists() -> tuple[str, str]:
    old, new = (("".join(f"{word} {number}\n" for number in range(20_000))) for word in ("old", "new"))
    return old, new


def test_phrasings_beyond_the_form_are_kept() -> None:
    """Those that do not fit into the form are not lost when others are changed."""
    story = oversized_story()
    entry: Entry = story.entries[f"{ID}-0"]
    now = entry_form.form_texts(entry, story)
    shown = now["phrasings"].splitlines()
    assert len(shown) == 13
    typed = {**now, "phrasings": "\n".join(["one more", *shown[1:]])}
    found = form_parser.parse_fields(typed, now, story, entry)
    assert list(found) == ["phrasings"]
    assert list(found["phrasings"]) == ["one more", *shown[1:], *entry.phrasings[13:]]
