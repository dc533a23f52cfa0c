"""Parsing of a form's texts: what is typed is understood, or reported in the form's own words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot import bootstrap
from bot.editing import form_parser
from bot.editing.entry_form import form_texts
from bot.editing.form_parser import find_entry, parse_fields
from bot.errors import EditError
from bot.story.entry import Entry
from tests.support.oversized import ID, oversized_story
from tests.support.small_story import small_story

STORY = small_story()
TAKEN = STORY.entries["lamp-taken"]


def test_every_entry_of_the_real_base_survives_a_round_trip() -> None:
    """Names stand for the same people, and questions for the same entries."""
    story = bootstrap.story(Path(__file__).parents[2] / "knowledge")
    for entry in story.written_entries:
        texts = form_texts(entry, story)
        assert parse_fields(texts, texts, story, entry) == {}
        parsed = parse_fields(texts, {}, story, entry)
        for name in ("question", "answer", "standing"):
            assert parsed[name] == getattr(entry, name)
        for name in ("cites", "by", "related", "developments", "phrasings"):
            assert tuple(parsed.get(name, ())) == getattr(entry, name), (entry.id, name)
        for name in ("label", "closest"):
            assert parsed.get(name, "") == getattr(entry, name), (entry.id, name)
        for name in ("claim", "nearest"):
            assert parsed.get(name) == getattr(entry, name), (entry.id, name)


def test_only_changed_fields_are_parsed() -> None:
    """The others stay as they are written."""
    now = form_texts(TAKEN, STORY)
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
        ({"cites": "2, two"}, ["Write numbers only, as in 2, 15."]),
        (
            {"nearest": "Where is the light house?"},
            ["There is no answer to ‘Where is the light house?’. Did you mean ‘Where is the lighthouse?’?"],
        ),
    ],
)
def test_all_mistakes_are_reported_at_once(typed: dict[str, str], sentences: list[str]) -> None:
    """In the form's own words, with the closest entry or name there is."""
    now = form_texts(TAKEN, STORY)
    with pytest.raises(EditError) as refused:
        parse_fields({**now, **typed}, now, STORY, TAKEN)
    assert str(refused.value).splitlines() == sentences


def test_an_entry_is_found_by_its_question_or_id() -> None:
    """Case, punctuation and spaces do not matter."""
    assert find_entry("keeper-place", STORY) == find_entry(" where IS the lighthouse ", STORY) == "keeper-place"
    with pytest.raises(EditError, match=r"^There is no answer to ‘zzz’\.$"):
        find_entry("zzz", STORY)


def test_nothing_is_suggested_for_unknown_names() -> None:
    """Only a similar question, id or name is suggested."""
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


def test_phrasings_beyond_the_form_are_kept() -> None:
    """Those that do not fit into the form are not lost when others are changed."""
    story = oversized_story()
    entry: Entry = story.entries[f"{ID}-0"]
    now = form_texts(entry, story)
    shown = now["phrasings"].splitlines()
    assert len(shown) == 13
    typed = {**now, "phrasings": "\n".join(["one more", *shown[1:]])}
    found = parse_fields(typed, now, story, entry)
    assert list(found) == ["phrasings"]
    assert list(found["phrasings"]) == ["one more", *shown[1:], *entry.phrasings[13:]]


def test_names_are_indexed_once_for_all_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """A form has room for a thousand lines; for the first unknown ones a similar name is suggested."""
    calls: list[str] = []

    def counted(name: str) -> Callable[[Any], Any]:
        function = getattr(form_parser, name)

        def call(argument: Any) -> Any:
            calls.append(name)
            return function(argument)

        return call

    for name in ("index_people", "_fold"):
        monkeypatch.setattr(form_parser, name, counted(name))
    lines = [f"Qill {number}" for number in range(500)]
    for field in ("by", "related"):
        calls.clear()
        with pytest.raises(EditError) as refusal:
            parse_fields({field: "\n".join(lines)}, {}, STORY, TAKEN)
        assert len([line for line in str(refusal.value).splitlines() if "Qill" in line]) == len(lines)
        assert str(refusal.value).count("Did you mean") <= form_parser.MAX_SUGGESTIONS
        assert calls.count("index_people") <= 1
        assert calls.count("_fold") < 2 * len(lines)
