"""Looking up the people and topics of a story."""

import re

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.answering.story_lookup import StoryLookup, find_named_people
from bot.story.models import Story
from tests.support.small_story import small_story


def with_people(names: dict[str, tuple[str, ...]], texts: list[str]) -> Story:
    """Return the small story with people of these aliases, their id as their name, and developments with these texts."""
    story = small_story()
    person, development = story.people["ada-quill"], story.developments["lamp-found"]
    people = {id: replace(person, id=id, name=id, aliases=aliases) for id, aliases in names.items()}
    developments = {f"d{n}": replace(development, id=f"d{n}", text=text) for n, text in enumerate(texts)}
    return replace(story, people=people, developments=developments)


words = st.text(st.sampled_from("Ab.' -é\u0301_"), min_size=1, max_size=5)


@given(st.lists(words, min_size=1, max_size=6, unique=True), st.lists(words, max_size=5).map(" ".join))
def test_a_name_counts_where_it_stands_as_whole_words(names: list[str], text: str) -> None:
    """The same as looking for each name by itself."""
    names = [name.strip() or "A" for name in names]
    named = find_named_people(with_people(dict.fromkeys(names, ()), [text]))
    assert set(named) == {name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)}


def test_many_aliases_and_developments_take_no_time() -> None:
    """The time does not grow with one times the other: 18 seconds once."""
    aliases = tuple(f"Quill{number}" for number in range(1_000))
    story = with_people({"Ada": aliases, "Tom": aliases}, ["Quill7 and Quill came. " * 25] * 500)
    lookup = StoryLookup(story)
    assert len(lookup.developments_naming("Tom")) == 500
