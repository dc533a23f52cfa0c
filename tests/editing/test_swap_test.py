"""The swap test: what a changed entry would answer besides its own questions."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.editing.people_finder import Mention, PeopleFinder
from bot.editing.swap_test import MAX_LISTED, _Swapper, find_wrong_answers
from bot.story.entry import Entry
from tests.support.small_story import small_story

FOLDER = Path(__file__).parents[2] / "knowledge"


@cache
def answerer() -> Answerer:
    """Return what answers from the delivered base."""
    return bootstrap.answerer(FOLDER)


def with_entry(entry: Entry) -> Answerer:
    """Return what answers from the base with one more entry, or another version of one."""
    story = answerer().story
    return answerer().updated(replace(story, entries={**story.entries, entry.id: entry}))


def without_entry(id: str) -> Answerer:
    """Return what answers from the base without an entry and the links to it."""
    story = answerer().story
    entries = {
        other.id: replace(
            other,
            related=tuple(linked for linked in other.related if linked != id),
            nearest=None if other.nearest == id else other.nearest,
        )
        for other in story.entries.values()
        if other.id != id
    }
    return answerer().updated(replace(story, entries=entries))


def variants(text: str) -> list[str]:
    """Return the swapped versions of a phrasing of an entry about Dong's riding."""
    story = answerer().story
    entry = replace(story.entries["han-dong-riding"], phrasings=(text,), question=text, answer="It is so.")
    return list(_Swapper(story, entry, PeopleFinder(story.people.values())).swapped(text))


@pytest.mark.parametrize(
    ("text", "swapped"),
    [
        ("What did Telford say?", "What did Michael Kovrig say?"),
        ("Did Telford call Trudeau?", "Did Trudeau call Telford?"),
        ("What happened in 2021?", "What happened in 2019?"),
        ("Who are the other three?", "Who are the other 2?"),
        ("Was the RCMP asked?", "Was China asked?"),
    ],
)
def test_actor_direction_year_and_number_are_swapped(text: str, swapped: str) -> None:
    """With the base's own people and numbers."""
    assert swapped in variants(text)


def test_names_side_by_side_are_not_turned_round() -> None:
    """'Kovrig and Spavor' asks the same as 'Spavor and Kovrig'."""
    assert "Where are Spavor and Kovrig?" not in variants("Where are Kovrig and Spavor?")


def test_a_new_entry_is_asked_about_others() -> None:
    """At most five questions are listed, each answered by the new entry and by no other before."""
    id = "pmo-back-channel"
    before = without_entry(id)
    found = find_wrong_answers(before, answerer(), [id])
    assert 0 < len(found) <= MAX_LISTED
    for text in found:
        assert answerer().reply(text).entry == id
        assert before.reply(text).entry != id
    assert not set(found) & set(answerer().story.entries[id].phrasings)


def test_what_was_answered_before_is_not_listed() -> None:
    """A change that makes nothing worse has nothing to list."""
    riding = answerer().story.entries["han-dong-riding"]
    assert find_wrong_answers(answerer(), with_entry(replace(riding, answer="Don Valley North.")), [riding.id]) == ()


def test_the_longest_name_is_found() -> None:
    """'the lighthouse keeper' is one mention, and a name within a word is none."""
    finder = PeopleFinder(small_story().people.values())
    assert finder.mentions("Was the Lighthouse Keeper at Brim, or Brimstone?") == [
        Mention(8, 25, "ada-quill"),
        Mention(29, 33, "brim"),
    ]
