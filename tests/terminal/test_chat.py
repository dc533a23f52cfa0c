"""`pilcrow chat`: follow-ups, numbers, more, links and commands."""

import io
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.journal.journal import Journal
from bot.matching.weights import load_weights
from bot.terminal import chat, cli
from bot.terminal.console import Screen
from tests.support.small_story import small_story
from tests.support.story_files import write

LINK = "https://quay.example/harbour-light#:~:text="
PLACE = "It stands at Brim.\nReported · The Quay ¶1\nm more · l links\n"


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Return a function that types lines into a chat, and returns what each of them printed.

    sure_from: the confidence from which the bot answers and does not ask back.
    """

    def run(*typed: str, sure_from: float | None = None) -> list[str]:
        lines, printed, out = iter([*typed, "quit"]), [0], io.StringIO()

        def read(_prompt: str) -> str:
            printed.append(out.tell())
            return next(lines)

        monkeypatch.setattr("builtins.input", read)
        weights = load_weights()
        answerer = Answerer(small_story(), replace(weights, answer=weights.answer if sure_from is None else sure_from))
        assert chat.chat(answerer, bootstrap.views(answerer.story), Screen(out, width=80, colour=False)) == 0
        return [out.getvalue()[start:end].removesuffix("\n") for start, end in pairwise(printed[1:])]

    return run


def test_an_answer_is_followed_by_what_can_be_typed(said: Callable[..., list[str]]) -> None:
    """The answer is first, then standing, denial and what was found later, then one line of numbers and letters."""
    assert said("did the keeper steal the lamp") == [
        "The mayor, Tom Reed, says that she took the lamp, worth 40 crowns.\n"
        "[Alleged, not proven] · The Quay ¶2\n"
        "│ Denied: Ada Quill denies it. ¶2\n"
        "│ Since the article: Jun 2020, The lamp was found in the mayor's cellar. (The\n"
        "│ Quay, 1 June 2020)\n"
        "1) Does Ada Quill deny taking the lamp?  · m more · l links\n"
    ]


def test_a_follow_up_uses_the_question_before_it(said: Callable[..., list[str]]) -> None:
    """'she' is who was asked about; ':why' explains the last reply."""
    _, place, why = said("when did the keeper quit?", "and where was she working?", ":why")
    assert place == PLACE
    assert "From the previous question: " in why
    assert "Decision: " in why


def test_a_number_picks_what_the_last_card_offers(said: Callable[..., list[str]]) -> None:
    """A label stands for its question; where nothing is offered, a number is a question like any other."""
    left, accused, _ = said("when did the keeper quit?", "1", "1")
    assert left.endswith("1) What is Ada Quill accused of?  · m more · l links\n")
    assert accused.startswith("The mayor, Tom Reed, says that she took the lamp")


def test_more_shows_the_paragraphs_and_what_was_found_in_full(said: Callable[..., list[str]]) -> None:
    """With the question as it was understood; the numbers under the card before go on to be valid."""
    _, more, accused = said("when did the keeper quit?", "m", "1")
    assert more == (
        "When did Ada Quill leave the lighthouse?\n"
        "What the paragraphs say (The Quay, May 2020)\n"
        "- ¶1 Keeper Ada Quill left the lighthouse at Brim on Friday.\n"
        "2) Where is the lighthouse?  · l links\n"
    )
    assert accused.startswith("The mayor, Tom Reed, says that she took the lamp")


def test_what_the_last_reply_does_not_have_is_not_asked_for(said: Callable[..., list[str]]) -> None:
    """'m' and 'l' are never questions."""
    none = ["There is no more to show.\n", "The last reply has no links.\n"]
    assert said("m", "l") == none
    assert said("will it rain tomorrow", "m", "l")[1:] == none
    *_, first, again = said("when did the keeper quit?", "m", "m")
    assert first.startswith("When did Ada Quill leave the lighthouse?\n")
    assert again == none[0]


def test_links_are_printed_on_asking_only(said: Callable[..., list[str]]) -> None:
    """By their paragraph or date, each on one line however long it is."""
    answer, links, view, of_view = said("did the keeper steal the lamp", "l", "claims", "links")
    assert "https://" not in answer + view
    address = f"¶2 {LINK}Mayor%20Tom%20Reed,she%20denies%20it.\n"
    assert links == f"{address}Jun 2020 https://quay.example/lamp-found\n"
    assert address in of_view


def test_what_is_not_understood_is_not_said_to_be_passed_on(said: Callable[..., list[str]]) -> None:
    """A terminal has no inbox. The numbers open the story and the help."""
    nothing, story, _, help_shown = said("will it rain tomorrow", "1", "will it rain tomorrow", "2")
    assert nothing == (
        "I have no answer to that: I know one news story, about ‘Harbour light goes\n"
        "dark’.\n"
        "1) The story  2) What can I ask?\n"
    )
    assert story.startswith("The dark light\n")
    assert help_shown.startswith("What I can do\n")


def test_a_guess_is_marked_and_the_other_meanings_can_be_picked(said: Callable[..., list[str]]) -> None:
    """The guess is shown with all that belongs to it; the numbers pick one of the others."""
    asked, picked = said("did the keeper steal the lamp", "1", sure_from=1.0)
    assert asked == (
        "You may mean: The mayor, Tom Reed, says that she took the lamp, worth 40 crowns.\n"
        "[Alleged, not proven] · The Quay ¶2\n"
        "│ Denied: Ada Quill denies it. ¶2\n"
        "│ Since the article: Jun 2020, The lamp was found in the mayor's cellar. (The\n"
        "│ Quay, 1 June 2020)\n"
        "1) Does Ada Quill deny taking the lamp?  · m more · l links\n"
    )
    assert picked.startswith("Ada Quill denies it.\n[Denied by Ada Quill] · The Quay ¶2\n")


def test_chat_ends_at_the_end_of_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-D ends the conversation without an error."""

    def closed(_prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", closed)
    answerer = Answerer(small_story(), load_weights())
    screen = Screen(io.StringIO(), width=80, colour=True)
    assert chat.chat(answerer, bootstrap.views(answerer.story), screen) == 0


def test_chat_runs_the_commands_of_discord(said: Callable[..., list[str]]) -> None:
    """With the slash or without, in English and French; what the story lacks is said in a sentence."""
    who, mayor, beyond, lamp, line, aide, asked, demanded = said(
        "/who mayro",
        "who tom reed",
        "paragraph 99",
        "summary full lamp",
        "/Summary Line",
        "aide",
        "/ask where is the lighthouse?",
        "/demander where is the lighthouse?",
    )
    assert who == mayor
    assert who.startswith("Tom Reed\n")
    assert "Mayor of Brim. ¶2\n" in who
    assert beyond == "There is no paragraph ‘99’. The article has paragraphs 1 to 2; the closest is 2.\n"
    assert lamp.startswith("The lamp\n- Tom Reed says that Ada Quill took the lamp; she denies it. ¶2\n")
    assert line.startswith("The dark light\n- The keeper of the lighthouse at Brim left. ¶1\n")
    assert "- /résumé\u202f: L'histoire" in aide or "- /résumé : L'histoire" in aide
    assert asked == demanded == PLACE


@pytest.fixture
def trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return a function that types lines into a chat that keeps what is asked, and returns its output."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "config.yaml").write_text("database: sqlite:///j.sqlite3\nunanswered_days: 7\n", "utf-8")
    write(tmp_path / "knowledge")

    def run(*typed: str) -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
        assert cli.main(["chat", "--collect"]) == 0
        return capsys.readouterr().out

    return run


def kept() -> list[tuple[str, str, str]]:
    """Return what has been kept: question, entry, verdict."""
    journal = Journal("sqlite:///j.sqlite3")
    questions = sorted(journal.collected.questions(9), key=lambda question: question.id)
    journal.close()
    return [(question.text, question.entry, question.verdict) for question in questions]


def test_a_trial_says_at_the_start_what_it_keeps(trial: Callable[..., str]) -> None:
    """Before anything is asked; without --collect nothing is said or kept."""
    assert (
        "This is a trial: what you ask is kept, with its answer and what you say of it, so that whoever\n"
        "writes the answers can learn how people ask. Who you are is not kept. After 7 days it is deleted.\n"
    ) in trial("quit")
    assert kept() == []


def test_a_trial_keeps_each_question_once_with_what_was_said_of_its_answer(trial: Callable[..., str]) -> None:
    """Right, wrong, nothing, or no answer at all; the last one too, whether somebody says goodbye or not."""
    shown = trial(
        "where is the lighthouse", "y", "when did the keeper quit", "n", "who cooked the zeppelin", "how old is she"
    )
    assert "m more · l links · y right · n wrong\n" in shown
    assert "¶ Noted.\n" in shown
    assert kept()[:3] == [
        ("where is the lighthouse", "keeper-place", "right"),
        ("when did the keeper quit", "keeper-left", "wrong"),
        ("who cooked the zeppelin", "", "none"),
    ]


def test_a_trial_asks_what_was_meant_where_an_answer_is_wrong(trial: Callable[..., str]) -> None:
    """A number says it, and shows that answer; both are kept."""
    shown = trial("when did the keeper quit", "n", "1", "y")
    assert "¶ Noted: wrong. Is it one of these? Type its number, or go on asking.\n1) " in shown
    (question, first, wrong), (again, second, picked) = kept()
    assert (question, wrong, picked) == (again, "wrong", "picked")
    assert first != second


def test_a_trial_does_not_keep_follow_ups(trial: Callable[..., str]) -> None:
    """'And where was she working?' asks nothing by itself."""
    trial("when did the keeper quit?", "and where was she working?", "n", "m", "timeline")
    assert kept() == [("when did the keeper quit?", "keeper-left", "none")]


def test_a_trial_deletes_what_is_older_than_the_configuration_says(trial: Callable[..., str]) -> None:
    """As the bot does every day with what it was asked."""
    journal = Journal("sqlite:///j.sqlite3")
    journal.collected.add("who paid", date(2020, 1, 1))
    journal.close()
    trial("quit")
    assert kept() == []
