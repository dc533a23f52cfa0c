"""What would make a base better, most useful first."""

from collections.abc import Sequence

from msgspec.structs import replace

from bot.answering.answerer import Answerer
from bot.evaluation import advice_confusions, advice_coverage, advice_entries
from bot.evaluation.advice import advise, ask_itself, prospects
from bot.matching.leave_one_out import Trial, Verdict
from bot.matching.weights import load_weights
from bot.story.models import Story
from tests.support.small_story import small_story


def led(entry: str, asked: str, first: str, verdict: Verdict = "other") -> Trial:
    """Return the trial of a text that was answered with another entry."""
    return Trial(entry, asked, "text", first, verdict, 0.9)


def confusions(*trials: Trial) -> list[str]:
    return list(map(str, advice_confusions.find(small_story(), trials, 0.8)))


def entries(story: Story) -> list[str]:
    return list(map(str, advice_entries.find(story)))


def coverage(story: Story) -> list[str]:
    return list(map(str, advice_coverage.find(story, Answerer(story, load_weights()).matcher.index)))


def with_entry(story: Story, id: str, *, phrasings: Sequence[str] = (), answer: str = "") -> Story:
    """Return the story with more phrasings, and perhaps another answer, of one entry."""
    entry = story.entries[id]
    changed = replace(entry, phrasings=(*entry.phrasings, *phrasings), answer=answer or entry.answer)
    return replace(story, entries={**story.entries, id: changed})


def test_a_phrasing_that_leads_elsewhere_is_named_with_both_entries() -> None:
    """Where it stands, what it is, and which entry would answer it."""
    assert confusions(led("lamp-taken", "who took the lamp", "keeper-left")) == [
        "qa/lamp.yaml:1: 'lamp-taken' would lose 'who took the lamp' to 'keeper-left' (qa/keeper.yaml:1) if it were not "
        "written here; write two more like it, or move it there if it belongs there"
    ]


def test_siblings_that_compete_are_named_once() -> None:
    """Whichever of the two loses its phrasings to the other."""
    trials = (
        led("lamp-taken", "who took the lamp", "lamp-denied", "same_paragraph"),
        led("lamp-denied", "what does she say about the lamp", "lamp-taken", "same_paragraph"),
    )
    assert confusions(*trials) == [
        "qa/lamp.yaml:1: 'lamp-taken' and 'lamp-denied' (qa/lamp.yaml:11) compete: 2 phrasings of one lead to the other, as "
        "'who took the lamp'; say in each what sets it apart, or make them one"
    ]


def test_an_entry_that_holds_too_widely_is_named_with_those_it_takes_from() -> None:
    """'The article does not say' in place of what it does say."""
    trials = (
        led("lamp-taken", "who took the lamp", "keeper-age", "not_covered"),
        led("keeper-left", "what day did the keeper quit", "keeper-age", "not_covered"),
        led("keeper-left", "when did she walk away from the lighthouse", "keeper-age", "not_covered"),
    )
    assert confusions(*trials) == [
        "qa/keeper.yaml:18: 'keeper-age' says that the article does not say, and takes 3 questions of 'lamp-taken' and "
        "'keeper-left', as 'who took the lamp'; make its phrasings narrower, or give those entries more"
    ]


def test_what_is_not_answered_elsewhere_is_no_confusion() -> None:
    """Below the threshold, with its own entry, or with the whole entry left out."""
    below = replace(led("lamp-taken", "who took the lamp", "keeper-left"), confidence=0.7)
    whole = replace(led("lamp-taken", "who took the lamp", "keeper-left"), left_out="entry")
    assert confusions(below, whole, led("lamp-taken", "who took the lamp", "lamp-taken", "own")) == []


def test_entries_with_few_phrasings_are_named() -> None:
    """Their question counts as one way of being asked."""
    story = small_story()
    assert "qa/keeper.yaml:18: 'keeper-age' has 2 ways of being asked; with 10 an entry is found far more often" in (
        entries(story)
    )
    assert not [line for line in entries(with_entry(story, "keeper-age", phrasings=list("abcdefgh"))) if "-age" in line]


def test_an_answer_that_does_not_answer_one_of_its_phrasings_is_named() -> None:
    """Asked how many or when, it has no number and no time."""
    story = with_entry(small_story(), "lamp-denied", phrasings=("when did she deny it", "when was it denied"))
    assert (
        "qa/lamp.yaml:11: 'lamp-denied' is asked 'when did she deny it' and 1 more like it, and its answer does not say; "
        "say it, or answer it elsewhere"
    ) in entries(story)


def test_an_answer_that_does_not_say_who_somebody_is_is_named() -> None:
    """By what `people.yaml` has of them; an answer with any word of that is fine."""
    story = with_entry(small_story(), "lamp-denied", phrasings=("who is quill",))
    sentence = (
        "qa/lamp.yaml:11: 'lamp-denied' is asked 'who is quill', and its answer has nothing of 'Keeper of the lighthouse at "
        "Brim.' in people.yaml; say it, or answer it elsewhere"
    )
    assert sentence in entries(story)
    assert sentence not in entries(with_entry(story, "lamp-denied", answer="Ada Quill, keeper at Brim, denies it."))


def test_names_and_numbers_that_no_answer_has_are_listed_by_paragraph() -> None:
    """A number may be written as a word, and a name by its last word."""
    story = small_story()
    paragraph = replace(story.paragraphs[1], names=("Fog Signal", "Harbour Board"), numbers=("3", "1888"))
    story = replace(story, paragraphs={**story.paragraphs, 1: paragraph})
    story = with_entry(story, "keeper-place", answer="It stands at Brim, three miles from the Board.")
    assert "story.yaml: no answer has Fog Signal or 1888 of ¶1; is any of it worth an entry?" in (coverage(story))


def test_people_of_whom_no_entry_tells_are_named() -> None:
    """With the paragraphs that their record cites."""
    story = small_story()
    board = replace(story.people["brim"], id="board", name="Harbour Board", aliases=(), cites=(1, 2))
    assert [line for line in coverage(replace(story, people={**story.people, "board": board})) if "Board" in line] == [
        "people.yaml: no entry tells of Harbour Board (¶1, ¶2); write one, or leave the record out"
    ]


def test_a_checklist_of_questions_that_nobody_answers_ends_the_advice() -> None:
    """By paragraph; nothing that members could read is written, a person decides."""
    sentences = [item.sentence for item in advise(Answerer(small_story(), load_weights()), [])]
    assert sentences[-2:] == [
        "¶2: nobody answers when, where, why, how many or what came of it; if readers will ask, say it, or that it is not said",
        "¶1: nobody answers who, why or what came of it; if readers will ask, say it, or that it is not said",
    ]


def test_what_may_be_expected_is_counted_at_the_threshold() -> None:
    """Right and wrong of the texts left out, and what is answered without its entry."""
    answerer = Answerer(small_story(), replace(load_weights(), answer=0.8))
    asked = ("a", "b", "c", "d")
    trials = [
        *(led("lamp-taken", text, "lamp-taken", "own") for text in asked),
        replace(led("lamp-taken", "e", "lamp-taken", "own"), confidence=0.1),
        led("lamp-taken", "f", "lamp-denied", "same_paragraph"),
        led("lamp-taken", "g", "keeper-left"),
        led("lamp-taken", "h", "keeper-age", "not_covered"),
        replace(led("lamp-taken", "i", "lamp-denied", "same_paragraph"), left_out="entry"),
        replace(led("lamp-taken", "j", "keeper-age", "not_covered"), left_out="entry"),
    ]
    found = prospects(answerer, trials)
    assert (found.right, found.wrong, found.unforeseen, found.texts) == (5 / 8, 1 / 8, 1 / 2, 8)
    assert prospects(answerer, ask_itself(answerer)).texts == sum(
        len(entry.phrasings) + 1 for entry in answerer.story.entries.values()
    )
