"""What a member reads of a reply, word for word, before anything decides how to show it."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.answering.reply import Reply, Suggestion
from bot.cards.card import Card
from bot.cards.reply_card import MAX_ASKED, MAX_NEAREST_WORDS, fitting, reply_card
from bot.matching.weights import load_weights
from bot.story import loader
from tests.support.small_story import small_story, small_story_files

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
ARTICLE = "https://quay.example/harbour-light#:~:text="
FIRST = f"{ARTICLE}Keeper%20Ada%20Quill,on%20Friday%20evening."
SECOND = f"{ARTICLE}Mayor%20Tom%20Reed,she%20denies%20it."
LATER = "https://quay.example/lamp-found"
SINCE = "Since the article: Jun 2020, The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)"
DENIED = "Denied: Ada Quill denies it. ¶2"
NO_ANSWER = "I have no answer to that: I know one news story, about ‘Harbour light goes dark’."
KEPT = "Passed to the moderators, without your name."
IN_ENGLISH = "La réponse est en anglais, telle que des personnes l'ont rédigée et vérifiée."
SHORT = "one two three four five six seven."


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    """The small story."""
    return Answerer(small_story(), load_weights())


@pytest.fixture(scope="module")
def unsure(answerer: Answerer) -> Answerer:
    """The same, offering what it would otherwise answer."""
    return Answerer(answerer.story, replace(load_weights(), answer=0.9999, guess=0.6))


@pytest.fixture(scope="module")
def real() -> Answerer:
    """The real base."""
    return bootstrap.answerer(KNOWLEDGE)


def lines(card: Card) -> list[tuple[str, str]]:
    """Return kind and words of each line."""
    return [(line.kind, line.text) for line in card.lines]


def links(card: Card) -> list[tuple[str, str]]:
    """Return the words and addresses of the links, in order."""
    return [(span.text, span.url) for line in card.lines for span in line.spans if span.url]


def buttons(card: Card) -> list[tuple[str, str, int]]:
    """Return label, what Discord sends back, and row of each button."""
    return [(button.label, button.custom_id, button.row) for button in card.buttons]


def ask(answerer: Answerer, question: str) -> Card:
    """Return the card of the reply to a question."""
    return reply_card(answerer.reply(question), answerer.story)


# An answer


def test_the_answer_stands_first_then_its_standing_and_source(answerer: Answerer) -> None:
    """Nothing before it: no title, no question, no note."""
    card = ask(answerer, "what day did the keeper quit?")
    assert lines(card) == [
        ("text", 'She left it on Friday evening, and was "quite tired".'),
        ("small", "Reported · The Quay ¶1"),
    ]
    assert links(card) == [("¶1", FIRST)]
    assert buttons(card) == [
        ("What is Ada Quill accused of?", "pilcrow:related:lamp-taken", 0),
        ("More", "pilcrow:more:keeper-left", 1),
        ("Good", "pilcrow:vote:up:keeper-left", 1),
        ("Wrong", "pilcrow:vote:down:keeper-left", 1),
    ]
    assert [button.emoji for button in card.buttons] == [None, None, "👍", "👎"]
    assert not card.as_embed


def test_an_allegation_has_a_badge_its_denial_and_what_was_found_later(answerer: Answerer) -> None:
    """The denial and the later lines stand behind a bar, link to their sources, and may never be dropped."""
    card = ask(answerer, "did the keeper steal the lamp")
    assert lines(card) == [
        ("text", "The mayor, Tom Reed, says that she took the lamp, worth 40 crowns."),
        ("small", "Alleged, not proven · The Quay ¶2"),
        ("quote", DENIED),
        ("quote", SINCE),
    ]
    assert card.lines[1].spans[0].style == "badge"
    assert [line.spans[0].style for line in card.lines[2:]] == ["strong", "strong"]
    assert links(card) == [("¶2", SECOND), ("¶2", SECOND), ("Jun 2020", LATER)]
    assert not any(line.can_drop for line in card.lines)


def test_a_denial_names_who_denies_and_is_not_repeated(answerer: Answerer) -> None:
    """Where the answer is the denial, no line says it again."""
    assert lines(ask(answerer, "what does she say about the lamp")) == [
        ("text", "Ada Quill denies it."),
        ("small", "Denied by Ada Quill · The Quay ¶2"),
    ]


def test_what_the_article_does_not_say_shows_the_closest_that_it_does(answerer: Answerer) -> None:
    """No paragraph stands beside the badge; the closest text has its own, and gives way where there is no room."""
    card = ask(answerer, "how old is ada quill")
    assert lines(card) == [
        ("text", "The article does not say how old she is."),
        ("small", "Not in the article"),
        ("quote", 'Closest: She left it on Friday evening, and was "quite tired". ¶1'),
    ]
    assert [line.can_drop for line in card.lines] == [False, False, True]


@pytest.fixture(scope="module")
def later() -> Answerer:
    """The small story with short forms, a badge, and an answer that is only known from later."""
    files = small_story_files()
    files["claims.yaml"] += (
        b"  label: The lamp\n  denial_short: Quill denies taking it.\n  state: found_false\n"
        b"  badge: Alleged, denied; found in his cellar in 2020\n"
    )
    files["developments.yaml"] += (
        b"  short: The Quay, the lamp was in the mayor's cellar.\n"
        b"- id: lamp-back\n  date: 2021\n  text: The lamp burns again.\n  source: The Quay\n  url: https://quay.example/back\n"
    )
    files["qa/lamp.yaml"] += (
        b"- id: lamp-now\n  question: Where is the lamp now?\n  label: The lamp now\n"
        b"  answer: It burns again in the lighthouse.\n  cites: [1]\n"
        b"  standing: not_covered\n  nearest: keeper-left\n  developments: [lamp-back]\n"
    )
    return Answerer(loader.parse_story(files), load_weights())


def test_the_badge_and_the_short_forms_stand_for_the_long_ones(later: Answerer) -> None:
    """The badge tells the latest state of the claim; each date is the link to its source."""
    card = reply_card(later.entry_reply("lamp-taken"), later.story)
    assert lines(card)[1:] == [
        ("small", "Alleged, denied; found in his cellar in 2020 · The Quay ¶2"),
        ("quote", "Denied: Quill denies taking it. ¶2"),
        ("quote", "Since the article: Jun 2020, The Quay, the lamp was in the mayor's cellar."),
    ]


def test_what_the_answer_itself_tells_is_not_told_again(later: Answerer) -> None:
    """The dates of its sources stand beside the badge, and the closest text is left out: the answer is no 'does not say'."""
    card = reply_card(later.entry_reply("lamp-now"), later.story)
    assert lines(card) == [
        ("text", "It burns again in the lighthouse."),
        ("small", "Known since the article · 2021"),
    ]
    assert links(card) == [("2021", "https://quay.example/back")]


def test_further_paragraphs_of_an_answer_are_lines_of_their_own(answerer: Answerer) -> None:
    """Two questions in a message get two answers, and the more cautious standing."""
    card = ask(answerer, "when did the keeper quit and did the keeper steal the lamp?")
    assert lines(card) == [
        ("text", 'She left it on Friday evening, and was "quite tired".'),
        ("text", "The mayor, Tom Reed, says that she took the lamp, worth 40 crowns."),
        ("small", "Alleged, not proven · The Quay ¶1 ¶2"),
        ("quote", DENIED),
        ("quote", SINCE),
    ]


def test_four_paragraphs_are_shown_and_the_others_counted(answerer: Answerer) -> None:
    """A fifth and sixth would take another line."""
    reply = answerer.entry_reply("keeper-left")
    many = tuple(replace(reply.sources[0], paragraph=number) for number in range(1, 7))
    assert lines(reply_card(replace(reply, sources=many), answerer.story))[1] == (
        "small",
        "Reported · The Quay ¶1 ¶2 ¶3 ¶4 +2",
    )


def test_as_many_next_questions_as_fit_one_line_of_a_phone() -> None:
    """Three at most; one that is too long is passed over, not cut."""
    labels = [
        "Why did he leave?",
        "A label of more than fifty letters that fills the line",
        "His riding",
        "Who?",
        "Why?",
    ]
    suggestions = [Suggestion(label, label, label) for label in labels]
    assert [item.label for item in fitting(suggestions)] == ["Why did he leave?", "His riding"]
    assert [item.label for item in fitting(suggestions[3:] * 3)] == ["Who?", "Why?", "Who?"]


# Asking back


def test_a_choice_is_a_question_and_its_options_are_buttons(answerer: Answerer) -> None:
    """One a line, since labels may be questions; the last says that it is none of them."""
    card = ask(answerer, "what about the lamp")
    assert lines(card) == [("text", "Which do you mean?")]
    assert buttons(card) == [
        ("Does Ada Quill deny taking the lamp?", "pilcrow:entry:lamp-denied", 0),
        ("What is Ada Quill accused of?", "pilcrow:entry:lamp-taken", 1),
        ("None of these", "pilcrow:none", 2),
    ]


def test_a_guess_is_marked_and_has_all_that_the_answer_would_have(unsure: Answerer) -> None:
    """The denial and what was found later stand below it, and only the others are buttons."""
    card = ask(unsure, "did the keeper steal the lamp")
    assert lines(card) == [
        ("text", "You may mean: The mayor, Tom Reed, says that she took the lamp, worth 40 crowns."),
        ("small", "Alleged, not proven · The Quay ¶2"),
        ("quote", DENIED),
        ("quote", SINCE),
    ]
    assert buttons(card) == [
        ("Does Ada Quill deny taking the lamp?", "pilcrow:entry:lamp-denied", 0),
        ("None of these", "pilcrow:none", 1),
    ]


def test_a_guess_in_french_says_last_that_it_is_in_english(answerer: Answerer) -> None:
    """The engine's own words are French."""
    asked = replace(answerer.reply("what about the lamp"), language="fr")
    guessed = replace(asked, guess=Answerer(answerer.story, load_weights()).entry_reply("lamp-taken", "fr"))
    assert lines(reply_card(guessed, answerer.story)) == [
        ("text", "Peut-être ceci : The mayor, Tom Reed, says that she took the lamp, worth 40 crowns."),
        ("small", "Allégué, non prouvé · The Quay ¶2"),
        ("quote", "Démenti : Ada Quill denies it. ¶2"),
        ("quote", "Depuis l'article : juin 2020, The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)"),
        ("small", IN_ENGLISH),
    ]
    assert [button.label for button in reply_card(guessed, answerer.story).buttons][-1] == "Aucune"


# No answer


def test_without_anything_close_a_reply_says_what_the_bot_knows(answerer: Answerer) -> None:
    """And offers the story, and the help."""
    card = ask(answerer, "best pizza in napoli tonight")
    assert lines(card) == [("text", NO_ANSWER), ("small", KEPT)]
    assert buttons(card) == [("The story", "pilcrow:view:summary", 0), ("What can I ask?", "pilcrow:view:help", 0)]


def test_the_story_is_named_by_its_subject(answerer: Answerer) -> None:
    """By its title only where nobody wrote whom or what it is about."""
    about = replace(answerer.story, subject="the keeper of Brim")
    assert ask(Answerer(about, load_weights()), "pizza").lines[0].text == (
        "I have no answer to that: I know one news story, about the keeper of Brim."
    )


def test_an_empty_question_is_not_passed_on(answerer: Answerer) -> None:
    """There is nothing to write an answer to."""
    assert lines(ask(answerer, "ok thanks")) == [("text", "Ask me something about the story, in your own words.")]


def test_the_closest_answer_comes_with_its_denial_and_what_was_found(answerer: Answerer) -> None:
    """Only the closest text itself may give way; a button shows the whole answer."""
    card = ask(answerer, "accused why")
    assert lines(card) == [
        ("text", NO_ANSWER),
        ("quote", "Closest: The mayor, Tom Reed, says that she took the lamp, worth 40 crowns. ¶2"),
        ("quote", DENIED),
        ("quote", SINCE),
        ("small", KEPT),
    ]
    assert [line.can_drop for line in card.lines] == [False, True, False, False, False]
    assert buttons(card)[0] == ("What is Ada Quill accused of?", "pilcrow:entry:lamp-taken", 0)


def test_what_the_closest_answer_does_not_speak_of_is_named(answerer: Answerer) -> None:
    """Else it would look like an answer."""
    assert lines(ask(answerer, "which pizza in brim town"))[1] == (
        "quote",
        "Closest, but not about ‘pizza’: It stands at Brim. ¶1",
    )


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (f"{SHORT} Two more follow.", "Closest: one two three four five six seven. ¶1"),
        ("word " * (MAX_NEAREST_WORDS - 1) + "end. More.", "Closest: " + "word " * (MAX_NEAREST_WORDS - 1) + "end. ¶1"),
        ("word " * MAX_NEAREST_WORDS + "end. More.", "Closest: " + "word " * MAX_NEAREST_WORDS + "end. More. ¶1"),
        ("Mr. Reed of St. Brim and J. Poe left. More.", "Closest: Mr. Reed of St. Brim and J. Poe left. ¶1"),
    ],
    ids=["short", "twenty words", "longer", "titles and initials"],
)
def test_of_the_closest_answer_a_short_first_sentence_is_enough(answerer: Answerer, answer: str, shown: str) -> None:
    """Twenty words are read at a glance. Of an answer that begins with a longer one nothing is cut off."""
    nearest = replace(answerer.entry_reply("keeper-left"), answer=answer)
    reply = Reply("abstain", "No.", "", 0.1, nearest=nearest)
    assert reply_card(reply, answerer.story).lines[1].text == shown


# Around the reply


def test_the_question_follows_the_answer_where_the_conversation_does_not_show_it(answerer: Answerer) -> None:
    """On one line, and not all of a long one."""
    reply = answerer.reply("where is the lighthouse")
    card = reply_card(reply, answerer.story, asked=" where is\nthe lighthouse ")
    assert lines(card)[-1] == ("small", "Asked: where is the lighthouse")
    assert card.lines[0].text == "It stands at Brim."
    long = reply_card(reply, answerer.story, asked="x" * 1000).lines[-1].text
    assert long == "Asked: " + "x" * (MAX_ASKED - 1) + "…"


@pytest.mark.parametrize("asked", ["", "le phare"])
def test_that_an_answer_is_in_another_language_is_said_last(answerer: Answerer, asked: str) -> None:
    """The answer comes first in every language."""
    card = reply_card(answerer.entry_reply("keeper-place", "fr"), answerer.story, asked)
    assert lines(card)[0] == ("text", "It stands at Brim.")
    assert lines(card)[-1] == ("small", IN_ENGLISH)


# The whole of the real base


def test_every_answer_of_the_base_stands_first(real: Answerer) -> None:
    """Word for word, in one line or more, whatever its standing."""
    for id, entry in real.story.entries.items():
        card = reply_card(real.entry_reply(id), real.story)
        parts = entry.answer.split("\n\n")
        assert [line.text for line in card.lines[: len(parts)]] == parts, id


def test_every_card_shows_all_denials_and_developments_of_its_reply(real: Answerer) -> None:
    """In lines that are never left out; a development that the answer tells is linked beside the badge."""
    for id in real.story.entries:
        reply = real.entry_reply(id)
        card = reply_card(reply, real.story)
        kept = [line for line in card.lines if not line.can_drop]
        assert all(any(denial.text in line.text for line in kept) for denial in reply.denials), id
        urls = {span.url for line in kept for span in line.spans}
        assert urls.issuperset(later.url for later in reply.developments), id


def test_no_card_of_the_base_has_a_label_that_a_phone_cuts(real: Answerer) -> None:
    """Next questions share a line; the others have one of their own."""
    for id in real.story.entries:
        for button in reply_card(real.entry_reply(id), real.story).buttons:
            assert len(button.label) <= 37, (id, button.label)
