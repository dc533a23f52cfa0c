"""The one door: what a reply holds."""

import pytest

from bot.answering.answerer import Answerer
from bot.matching.weights import load_weights
from bot.terminal.json_output import LineError, replies, reply_json
from tests.support.small_story import small_story

KEYS = [
    "outcome", "entry", "question", "answer", "status", "citations", "developments", "confidence", "options", "reason",
]  # fmt: skip


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    return Answerer(small_story(), load_weights())


def test_an_answer_is_the_entry_with_its_paragraph(answerer: Answerer) -> None:
    """What somebody wrote, the paragraph it rests on, and a link to it."""
    reply = answerer.reply("what day did the keeper quit?")
    assert (reply.outcome, reply.entry, reply.standing) == ("answer", "keeper-left", "reported")
    assert reply.answer == 'She left it on Friday evening, and was "quite tired".'
    assert [(c.paragraph, c.url[-43:]) for c in reply.citations] == [(1, "Keeper%20Ada%20Quill,on%20Friday%20evening.")]


def test_an_allegation_comes_with_its_denial_and_later_developments(answerer: Answerer) -> None:
    """An allegation never stands alone."""
    reply = answerer.reply("did the keeper steal the lamp")
    assert reply.standing == "alleged"
    assert reply.answer.endswith("\n\nAda Quill denies it.")
    assert [d.id for d in reply.developments] == ["lamp-found"]


def test_an_entry_not_covered_by_the_article_adds_the_nearest_one(answerer: Answerer) -> None:
    """`not_covered` is an answer: what is not said, then the nearest thing that is said."""
    reply = answerer.reply("how old is ada quill")
    assert (reply.outcome, reply.standing) == ("answer", "not_covered")
    assert reply.answer.split("\n\n") == [
        "The article does not say how old she is.",
        'It does say: She left it on Friday evening, and was "quite tired".',
    ]


def test_a_question_without_a_match_gets_no_answer(answerer: Answerer) -> None:
    """One sentence says so, and what is unknown about the question."""
    reply = answerer.reply("best pizza in napoli tonight")
    assert (reply.outcome, reply.answer) == (
        "abstain",
        "Nobody has written an answer to that yet.",
    )
    assert reply.reason == "No word of the question occurs in the base."


@pytest.mark.parametrize(
    "typed",
    ["", " ", "\x00", "😀", "Z̷̢a̶l̴g̵o̸" * 300, "\u202e" + "a" * 4000, "你好吗", "а" * 9000, "?!", "<@1>", "((((", "\ud800"],
)
def test_nonsense_gets_a_reply(answerer: Answerer, typed: str) -> None:
    """Whatever is typed gets a sentence, never an error and never an answer."""
    reply = answerer.reply(typed)
    assert reply.outcome == "abstain"
    assert reply.answer


def test_a_follow_up_uses_the_question_before(answerer: Answerer) -> None:
    """'and where was she?' is about whoever the question before was about."""
    _, match = answerer.reply_with_match("and where was she working?", ["when did the keeper quit?"])
    assert match.candidates[0].entry == "keeper-place"
    assert match.question.context_terms == {"@ada-quill", "#leave"}


def test_the_same_question_gets_the_same_reply(answerer: Answerer) -> None:
    """Deterministic: nothing is remembered between questions."""
    first = answerer.reply("who took the lamp")
    answerer.reply("where is the lighthouse")
    assert answerer.reply("who took the lamp") == first


def test_suggestions_start_with_the_closest_entries(answerer: Answerer) -> None:
    """Autocomplete offers the entries closest to what is typed, and all of them for nothing."""
    assert answerer.suggest("where is the li", 2)[0] == ("keeper-place", "Where is the lighthouse?")
    assert len(answerer.suggest("", 25)) == 5


def test_json_has_the_keys_that_programs_rely_on(answerer: Answerer) -> None:
    """The keys of a reply as JSON, in order; more may follow them."""
    assert list(reply_json(answerer.reply("who took the lamp")))[: len(KEYS)] == KEYS
    shown = list(replies(['{"question": "age of the keeper"}', "", '{"question": ""}'], answerer))
    assert [one["outcome"] for one in shown] == ["answer", "abstain"]
    assert shown[0]["citations"][0] == {
        "paragraph": 1,
        "gist": "Keeper Ada Quill left the lighthouse at Brim on Friday.",
        "url": "https://quay.example/harbour-light#:~:text=Keeper%20Ada%20Quill,on%20Friday%20evening.",
    }


@pytest.mark.parametrize(
    "line", ["{", '{"q": "x"}', "[]", '{"question": 3}', '{"question": "x", "context": [1]}', "[" * 100_000]
)
def test_an_invalid_line_is_named(answerer: Answerer, line: str) -> None:
    """Bad JSON on standard input is named by its line."""
    with pytest.raises(LineError, match="line 2 of the input"):
        list(replies(['{"question": "x"}', line], answerer))


def test_unknown_terms_are_listed_in_the_language_of_the_question(answerer: Answerer) -> None:
    """Quotation marks and 'and' too."""
    assert answerer.reply("où sont les pizzas de napoli").answer == (
        "Personne n'a encore rédigé de réponse à cette question. Je ne sais rien sur « pizzas » et « napoli »."
    )
