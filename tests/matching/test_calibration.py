"""The threshold of a base, from texts and entries left out."""

import pytest
from msgspec.structs import replace

from bot.matching.calibration import MIN_TRIALS, Calibration, calibrate, choose_threshold, expected_wrong
from bot.matching.leave_one_out import LeftOut, Trial, Verdict
from bot.matching.weights import load_weights
from tests.support.entry_texts import entry_texts, index_of

WEIGHTS = replace(load_weights(), answer=0.8)


def trial(confidence: float, verdict: Verdict = "other", left_out: LeftOut = "text") -> Trial:
    return Trial("lamp", "who took it", left_out, "boat", verdict, confidence)


RIGHT = [trial(0.99, "own"), trial(0.5, "nothing", "entry")]


def test_a_base_that_answers_nothing_wrongly_keeps_the_fitted_threshold() -> None:
    """Never lower: the base knows nothing of the questions that the weights were fitted on."""
    assert choose_threshold(RIGHT * 50, 10, 0.8, 0.02) == 0.8


def test_the_threshold_rises_until_the_share_of_wrong_answers_is_allowed() -> None:
    """Two of four texts are led elsewhere, at 0.85 and 0.9: with ten texts an entry that is 5 and 2.5 % of questions."""
    trials = [trial(0.85), trial(0.9), trial(0.99, "own"), trial(0.99, "own")]
    assert expected_wrong(trials, 0.85, 10) == pytest.approx(0.05)
    assert choose_threshold(trials, 10, 0.8, 0.05) == 0.8
    assert choose_threshold(trials, 10, 0.8, 0.03) == pytest.approx(0.86)
    assert choose_threshold(trials, 10, 0.8, 0.02) == pytest.approx(0.91)


def test_many_ways_of_asking_make_strange_questions_rare() -> None:
    """With a hundred texts an entry the same trials count a tenth of what they count with ten, and fewer than ten like ten."""
    trials = [trial(0.9), trial(0.99, "own")]
    assert expected_wrong(trials, 0.8, 100) == pytest.approx(expected_wrong(trials, 0.8, 10) / 10)
    assert expected_wrong(trials, 0.8, 3) == expected_wrong(trials, 0.8, 10)


def test_what_holds_or_tells_of_the_same_paragraph_is_not_wrong_while_the_entry_is_there() -> None:
    """Without the entry, one on the same paragraph tells something else; one that says that nothing is said never does."""
    assert expected_wrong([trial(0.9, "same_paragraph"), trial(0.9, "not_covered")], 0.8, 10) == 0.0
    assert expected_wrong([trial(0.9, "same_paragraph", "entry")], 0.8, 10) == pytest.approx(0.1)
    assert expected_wrong([trial(0.9, "not_covered", "entry")], 0.8, 10) == 0.0


def test_a_base_that_is_too_small_tells_nothing() -> None:
    """It keeps the fitted threshold, and nothing is asked."""
    index = index_of(entry_texts("lamp", "who took the lamp", "who stole the lamp"))
    assert calibrate(index, WEIGHTS, {"lamp"}, 0.02) == Calibration(0.8, 0.02, 0, 2.0)


def test_a_base_of_entries_that_are_hardly_told_apart_is_answered_from_with_more_caution() -> None:
    """The threshold rises where few wrong answers are allowed, and stays where many are."""
    things = ("lamp", "boat", "bell", "rope", "sail", "oar", "net", "door", "clock", "map")
    ways = ("who took the {} from the tower", "who stole the {} of the tower", "who had the {} in the tower")
    entries = [
        entry_texts(f"{thing}-{place}", *(f"{way.format(thing)} {place}" for way in ways))
        for thing in things
        for place in ("east", "west", "north", "south")
    ]
    index, ids = index_of(*entries), {entry.id for entry in entries}
    allowed = {share: calibrate(index, WEIGHTS, ids, share) for share in (0.5, 0.01)}
    assert allowed[0.5].texts >= MIN_TRIALS
    assert WEIGHTS.answer == allowed[0.5].answer < allowed[0.01].answer
    assert allowed[0.01].applied(WEIGHTS) == replace(WEIGHTS, answer=allowed[0.01].answer)
