"""Entries that nobody has to write: definitions, and that the article does not mention somebody."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.editing.change_request import get_entry
from bot.errors import EditError
from bot.story.derived import with_derived_entries
from tests.support.small_story import small_story

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    """The real base, which has both kinds."""
    return bootstrap.answerer(KNOWLEDGE)


def test_a_term_of_the_glossary_is_defined_apart_from_the_article(answerer: Answerer) -> None:
    """It has a standing of its own, and no later development."""
    reply = answerer.reply("what is a riding")
    assert (reply.entry, reply.standing, reply.developments) == ("term-riding", "defined", ())
    assert reply.answer == "A riding is a Canadian electoral district; its voters elect one member of Parliament."


@pytest.mark.parametrize("name", ["Joe Biden", "Donald Trump", "Mark Carney"])
def test_somebody_outside_the_article_is_not_mentioned(answerer: Answerer, name: str) -> None:
    """One mechanism with names, in place of an entry each."""
    reply = answerer.reply(f"what did {name.lower()} say about it")
    assert (reply.answer, reply.standing) == (f"The article does not mention {name}.", "not_covered")


def test_somebody_of_whom_an_entry_tells_has_no_such_entry(answerer: Answerer) -> None:
    """David Johnston is not in the article, but what he found later is in the base."""
    assert "absent-david-johnston" not in answerer.story.entries


def test_a_derived_entry_is_edited_where_it_comes_from(answerer: Answerer) -> None:
    """Moderators are told where."""
    with pytest.raises(
        EditError, match=r"^‘What does ‘riding’ mean\?’ is made from glossary\.yaml; change it there\.$"
    ):
        get_entry(answerer.story, "term-riding")


def test_many_people_outside_the_article_take_no_time() -> None:
    """The time does not grow with one times the other: each name is looked for in all entries at once."""
    story = small_story()
    person, entry = story.people["ada-quill"], story.entries["keeper-left"]
    outside = {
        f"p{n}": replace(person, id=f"p{n}", name=f"Stranger{n} Hale", aliases=(), outside_article=True)
        for n in range(2_000)
    }
    entries = {f"e{n}": replace(entry, id=f"e{n}", answer=f"Stranger{n} Hale left.") for n in range(1_000)}
    derived = with_derived_entries(replace(story, people=outside, entries=entries)).entries
    assert [id in derived for id in ("absent-p0", "absent-p999", "absent-p1000", "absent-p1999")] == [
        False,
        False,
        True,
        True,
    ]
