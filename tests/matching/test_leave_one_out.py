"""Asking a base its own texts with something left out."""

from bot.matching.document import Document
from bot.matching.index_builder import leave_out, update
from bot.matching.leave_one_out import run_trials
from bot.matching.matcher import Matcher
from bot.matching.weights import load_weights
from tests.support.entry_texts import entry_texts, index_of

LAMP = entry_texts("lamp", "who took the lamp", "who has the lamp now", "who stole the lamp")
BOAT = entry_texts("boat", "when did the boat sail", "when did the boat leave", "what day was the boat gone")
IDS = {"lamp", "boat"}


def test_an_index_without_a_text_or_an_entry_is_the_one_built_without_it() -> None:
    """Every question is ranked as by an index that never had what is left out, if no word of the base is lost with it."""
    index = index_of(LAMP, BOAT)
    numbers = {index.document(n).entry.id: n for n in range(2)}
    changes: dict[int, Document | None] = {numbers["lamp"]: index.document(numbers["lamp"]).without_text(1)}
    built = update(index, [entry_texts("lamp", "who took the lamp", "who stole the lamp"), BOAT])
    for question in ("who took the lamp", "when did the boat sail", "who has the boat"):
        left, fresh = (Matcher(found, load_weights()).match(question) for found in (leave_out(index, changes), built))
        assert left == fresh
    assert Matcher(leave_out(index, {numbers["boat"]: None}), load_weights()).match("boat").candidates == ()


def test_the_index_itself_stays_as_it_is() -> None:
    """A bot may answer from it meanwhile."""
    index = index_of(LAMP, BOAT)
    before = Matcher(index, load_weights()).match("who stole the lamp")
    run_trials(index, load_weights(), IDS, 100)
    assert Matcher(index, load_weights()).match("who stole the lamp") == before


def test_each_text_is_asked_without_itself_and_without_its_entry() -> None:
    """Left out, a text may still find its entry by the others; without the entry it can't."""
    trials = run_trials(index_of(LAMP, BOAT), load_weights(), IDS, 100)
    asked = {left_out: sorted(t.asked for t in trials if t.left_out == left_out) for left_out in ("text", "entry")}
    assert asked["text"] == asked["entry"] == sorted((*LAMP.texts, *BOAT.texts))
    assert {t.verdict for t in trials if t.left_out == "text" and t.entry == "lamp"} == {"own"}
    assert not [t for t in trials if t.left_out == "entry" and t.verdict == "own"]


def test_the_same_base_gives_the_same_trials() -> None:
    """A part of the texts is drawn, always the same, and not more than may be asked or indexed again."""
    entries = [entry_texts(f"e{n}", *(f"who took lamp {n} {word}" for word in ("a", "b", "c"))) for n in range(20)]
    index = index_of(*entries)
    ids = {entry.id for entry in entries}
    trials = run_trials(index, load_weights(), ids, 20)
    assert trials == run_trials(index, load_weights(), ids, 20)
    assert len(trials) == 2 * 20
    assert len(run_trials(index, load_weights(), ids, 1000, max_work=30)) == 2 * 10


def test_a_question_that_says_nothing_is_never_answered() -> None:
    """'How many?' has no confidence at any threshold."""
    index = index_of(entry_texts("lamp", "how many lamps were there", "how many"), BOAT)
    trial = next(
        t for t in run_trials(index, load_weights(), IDS, 100) if t.asked == "how many" and t.left_out == "text"
    )
    assert trial.confidence == 0.0
