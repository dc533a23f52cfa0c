"""The one door: what a reply holds."""

import pytest
from msgspec.structs import replace

from bot.answering.answerer import Answerer
from bot.answering.explanation import explain
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
    assert reply.answer == "The mayor, Tom Reed, says that she took the lamp, worth 40 crowns."
    assert [(denial.text, denial.citations[0].paragraph) for denial in reply.denials] == [("Ada Quill denies it.", 2)]
    assert reply.full_text == f"{reply.answer}\n\nAda Quill denies it."
    assert [d.id for d in reply.developments] == ["lamp-found"]


def test_an_entry_not_covered_by_the_article_adds_the_nearest_one(answerer: Answerer) -> None:
    """`not_covered` is an answer: what is not said, then the nearest thing that is said."""
    reply = answerer.reply("how old is ada quill")
    assert (reply.outcome, reply.standing) == ("answer", "not_covered")
    assert reply.answer == "The article does not say how old she is."
    assert reply.closest == 'She left it on Friday evening, and was "quite tired".'
    assert [source.paragraph for source in reply.closest_sources] == [1]
    assert reply.full_text == f"{reply.answer}\n\nIt does say: {reply.closest}"


def test_a_question_without_a_match_gets_no_answer(answerer: Answerer) -> None:
    """One sentence says so, and what the bot does know."""
    reply = answerer.reply("best pizza in napoli tonight")
    assert (reply.outcome, reply.answer) == (
        "abstain",
        "I have no answer to that: I know one news story, about ‘Harbour light goes dark’.",
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
    assert list(reply_json(answerer.reply("who took the lamp"), answerer.story))[: len(KEYS)] == KEYS
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


def test_what_the_nearest_entry_does_not_speak_of_is_named(answerer: Answerer) -> None:
    """In the language of the question, its quotation marks too."""
    reply = answerer.reply("which pizza in brim town")
    assert (reply.outcome, reply.nearest and reply.nearest.entry) == ("abstain", "keeper-place")
    assert reply.unknown_terms == "‘pizza’"
    assert answerer.reply("dans quelle town est la pizza de brim").unknown_terms == "« pizza »"


def test_the_nearest_of_what_is_not_covered_is_what_the_article_does_say(answerer: Answerer) -> None:
    """'I have no answer. The closest thing the article does say: it does not say.' would be no help."""
    reply, match = answerer.reply_with_match("he age")
    assert (reply.outcome, match.candidates[0].entry) == ("abstain", "keeper-age")
    assert reply.nearest
    assert (reply.nearest.entry, reply.nearest.standing) == ("keeper-left", "reported")


def test_where_the_article_says_nothing_close_no_nearest_is_shown(answerer: Answerer) -> None:
    """That it does not mention somebody is not what it does say."""
    story = answerer.story
    alone = replace(story.entries["keeper-age"], nearest=None)
    reply = Answerer(replace(story, entries={**story.entries, "keeper-age": alone}), load_weights()).reply("he age")
    assert (reply.outcome, reply.nearest, reply.unknown_terms) == ("abstain", None, "")


@pytest.fixture(scope="module")
def unsure(answerer: Answerer) -> Answerer:
    """The same, offering what it would otherwise answer."""
    return Answerer(answerer.story, replace(load_weights(), answer=0.9999, guess=0.6))


def test_what_is_probably_meant_is_shown_as_a_guess(unsure: Answerer) -> None:
    """With everything that the answer would have: denial and later developments. The options stay the same."""
    reply = unsure.reply("did the keeper steal the lamp")
    assert (reply.outcome, reply.answer) == ("clarify", "Which do you mean?")
    assert [option.entry for option in reply.options] == ["lamp-taken", "lamp-denied"]
    assert reply.guess == replace(unsure.entry_reply("lamp-taken"), reason="")
    assert [denial.text for denial in reply.guess.denials] == ["Ada Quill denies it."]
    assert [later.id for later in reply.guess.developments] == ["lamp-found"]


def test_that_the_article_does_not_say_is_no_guess(unsure: Answerer) -> None:
    """'You may mean: The article does not say how old she is.' reads badly, and helps nobody."""
    reply = unsure.reply("how old is ada quill")
    assert (reply.outcome, reply.options[0].entry, reply.guess) == ("clarify", "keeper-age", None)


def test_no_guess_is_made_of_somebody_else(unsure: Answerer) -> None:
    """It was Ada Quill who left."""
    reply = unsure.reply("when did reed leave the lighthouse")
    assert (reply.outcome, reply.options[0].entry, reply.guess) == ("clarify", "keeper-left", None)


def test_an_explanation_says_that_the_first_is_a_guess(unsure: Answerer) -> None:
    """Beside how sure the bot is of it."""
    reply, match = unsure.reply_with_match("did the keeper steal the lamp")
    last = explain(reply, match, unsure.story, unsure.matcher.weights)[-1]
    assert last.endswith("So I show the first as a guess, and ask.")
