"""Who somebody is, as `people.yaml` says, where no entry answers it."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.answering.explanation import explain
from bot.cards.more_card import more_card
from bot.editing.change_request import get_entry
from bot.errors import EditError
from bot.matching.weights import load_weights
from bot.story.derived import role_entry, shown_entry
from bot.story.models import Person
from tests.support.small_story import small_story

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
REED = "Who is Tom Reed?"


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    """The small story, in which no entry asks who anybody is."""
    return Answerer(small_story(), load_weights())


@pytest.mark.parametrize(
    "question",
    [
        "who is tom reed",
        "tom reed?",
        "whos Tom Reed",
        "so who exactly was tom reed",
        "please tell me about tom reed please",
        "role of tom reed",
        "what is the role of Tom Reed?",
        "qui est Tom Reed",
    ],
)
def test_whoever_asks_only_who_somebody_is_gets_the_role_and_its_paragraphs(answerer: Answerer, question: str) -> None:
    """However it is asked, and whatever the matcher makes of it."""
    reply, person = answerer.reply(question), answerer.story.people["tom-reed"]
    assert (reply.outcome, reply.entry, reply.standing) == ("answer", "role-of-tom-reed", "reported")
    assert (reply.question, reply.answer) == (REED, person.role)
    assert tuple(citation.paragraph for citation in reply.sources) == person.cites


@pytest.mark.parametrize(
    "question", ["what did tom reed say", "when was tom reed born", "who is tom reed or ada quill"]
)
def test_whoever_asks_more_gets_no_role(answerer: Answerer, question: str) -> None:
    """A role is no answer to what somebody did, and one of two is half an answer."""
    assert answerer.reply(question).entry != "role-of-tom-reed"


def test_an_entry_that_asks_the_same_goes_first() -> None:
    """Somebody wrote it for this question."""
    story = small_story()
    written = replace(
        story.entries["keeper-place"], id="reed", question=REED, answer="He keeps the lamp.", phrasings=()
    )
    answerer = Answerer(replace(story, entries={**story.entries, "reed": written}), load_weights())
    assert answerer.reply("who is tom reed").answer == "He keeps the lamp."


def test_what_nobody_has_written_is_not_shown() -> None:
    """`pilcrow new` marks roles that a person has to write; and somebody outside the article has none in it."""
    person = small_story().people["tom-reed"]
    changed = ({"role": "TODO: who or what he is"}, {"role": ""}, {"outside_article": True}, {"cites": ()})
    assert [role_entry(replace(person, **values)) for values in changed] == [None] * 4


def test_what_is_asked_for_fits_what_it_is(answerer: Answerer) -> None:
    """The question is the title of the reply."""
    person = answerer.story.people["tom-reed"]
    kinds: list[Person] = [replace(person, kind=kind) for kind in ("person", "group", "place")]
    assert [entry.question for entry in map(role_entry, kinds) if entry] == [
        REED,
        "Who are Tom Reed?",
        "What is Tom Reed?",
    ]


def test_a_role_is_shown_like_any_answer(answerer: Answerer) -> None:
    """Its buttons lead to it by its id, and there is more about it."""
    reply = answerer.entry_reply("role-of-tom-reed")
    assert reply.question == REED
    assert more_card(reply, answerer.story, {}).lines[0].spans[0].text == REED
    with pytest.raises(KeyError):
        answerer.entry_reply("role-of-nobody")


def test_moderators_are_told_where_a_role_stands(answerer: Answerer) -> None:
    """It is edited in people.yaml."""
    with pytest.raises(EditError, match=r"^‘Who is Tom Reed\?’ is made from people\.yaml; change it there\.$"):
        get_entry(answerer.story, "role-of-tom-reed")


def test_a_role_is_explained(answerer: Answerer) -> None:
    """The explanation says that it was not matched."""
    reply, match = answerer.reply_with_match("who is tom reed")
    lines = explain(reply, match, answerer.story, answerer.matcher.weights)
    assert lines[0] == "It asks only who or what that is, and no entry asks the same: people.yaml tells it."
    assert lines[-1] == "So I answer with what people.yaml tells."


def test_nobody_is_told_that_there_is_nothing_about_somebody_who_has_a_role() -> None:
    """Whatever is asked: what stands nearest then is who that is."""
    answerer = bootstrap.answerer(KNOWLEDGE)
    for person in answerer.story.people.values():
        if role_entry(person) is None:
            continue
        reply = answerer.reply(f"how much money did {person.name} pay for the zeppelin")
        assert person.name not in reply.unknown_terms


def test_a_role_is_none_of_the_entries(answerer: Answerer) -> None:
    """It does not compete with what people wrote."""
    assert "role-of-tom-reed" not in answerer.story.entries
    assert shown_entry(answerer.story, "keeper-left") is answerer.story.entries["keeper-left"]
