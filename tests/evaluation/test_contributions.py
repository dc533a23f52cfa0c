"""What phrasings contribute, and dropping those that contribute least."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.evaluation import contributions
from bot.evaluation.contributions import (
    Contribution,
    Measure,
    choose,
    count_phrasings,
    own_phrasings,
    pulls,
    rounds,
    without,
)
from bot.evaluation.models import RANKED, Case, Models
from bot.evaluation.questions import Question, load_questions
from bot.matching.weights import CANDIDATE_OBJECTIONS, DECISION_FEATURES
from bot.story import loader
from bot.story.models import Story

QUESTIONS = """\
- {id: x1, q: which day did ada quit, kind: answerable, paragraphs: [1], must: ['(?i)friday']}
- {id: x2, q: where is that lighthouse, kind: answerable, paragraphs: [1], must: ['Brim']}
- {id: x3, q: who has the lamp, kind: answerable, paragraphs: [2]}
- {id: y1, q: how old is the mayor, kind: unanswerable, paragraphs: []}
- {id: y2, q: napoli pizza, kind: offtopic, paragraphs: []}
"""
MANIFEST = "files:\n  - {file: x.yaml, writer: x, style: plain, use: phrasings}\n"
PHRASINGS = (
    "when did the keeper leave",
    "what was the day the keeper left the lighthouse",
    "the keeper quit on which day",
    "day of the keeper's leaving",
    "which day did quill walk away",
    "when was it that ada quill left",
    "at what time did the keeper leave the lighthouse",
    "when the keeper quit",
    "is it known when the keeper left",
    "tell me when the keeper walked away",
)
MODELS = Models(np.ones(len(RANKED)), np.array([0.0, *np.ones(len(DECISION_FEATURES))]))
"""Models that weigh every feature alike."""


@pytest.fixture
def folder(small: Path) -> Path:
    """Return the small story with an entry of many phrasings, and a comment among them."""
    path = small / "qa" / "keeper.yaml"
    old = "    - what day did the keeper quit\n"
    lines = "".join(f"    - {text}\n" for text in PHRASINGS).replace("'s", "s")
    path.write_text(path.read_text().replace(old, f"{old}    # by readers\n{lines}"))
    return small


@pytest.fixture
def story(folder: Path) -> Story:
    """Return it loaded."""
    return loader.load_story(folder)


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Return a manifest of one file of questions, which the choice may use."""
    (tmp_path / "x.yaml").write_text(QUESTIONS)
    path = tmp_path / "manifest.yaml"
    path.write_text(MANIFEST)
    return path


@pytest.fixture
def questions(manifest: Path) -> list[Question]:
    """Return its questions."""
    return load_questions(manifest)


def contribution(entry: str, number: int, amount: float) -> Contribution:
    return Contribution(entry, f"{entry} {number}", amount)


def test_few_of_an_entry_are_dropped_in_a_round() -> None:
    """Those that contribute least go first, but half of an entry's at most, and every entry keeps some."""
    many = [contribution("many", number, number / 10) for number in range(20)]
    few = [contribution("few", number, -1.0) for number in range(6)]
    assert choose([*few, *many], 30) == [*few[:1], *many[:10]]
    assert choose([*few, *many], 3) == [*few[:1], *many[:2]]


def test_a_score_is_pulled_to_where_the_reply_is_right(questions: list[Question]) -> None:
    """Up for a candidate that is right, down for one that is wrong beside it; and down where no candidate is right."""
    case = Case(
        question=questions[0],
        features=np.vstack([np.full(len(RANKED), 0.5), np.full(len(RANKED), 0.4)]),
        right=np.array([True, False]),
        cited=np.array([True, False]),
        interchangeable=np.eye(2, dtype=bool),
        objections=(dict.fromkeys(CANDIDATE_OBJECTIONS, 0.0),) * 2,
        brevity=0.1,
        unknown_words=0.0,
    )
    assert [pull > 0 for pull in pulls(case, MODELS)] == [True, False]
    wrong = replace(case, right=np.array([False, False]))
    assert pulls(wrong, MODELS)[0] < 0


def test_a_phrasing_like_a_question_contributes_to_it(story: Story, questions: list[Question]) -> None:
    """One that is close to a question with a right reply contributes more than one of its entry that is not."""
    measure = Measure(story, MODELS)
    measure.ask_labelled(questions[:1])
    amounts = {item.phrasing: item.amount for item in measure.contributions() if item.entry == "keeper-left"}
    assert amounts["what day did the keeper quit"] > max(0, amounts["is it known when the keeper left"])


def test_each_phrasing_that_somebody_wrote_is_measured(story: Story, questions: list[Question]) -> None:
    """The one that contributes least comes first."""
    measured = contributions.measure(story, questions, own_phrasings(story))
    assert sorted((item.entry, item.phrasing) for item in measured) == sorted(own_phrasings(story))
    amounts = [item.amount for item in measured]
    assert amounts == sorted(amounts)


def test_rounds_go_on_until_enough_are_dropped(story: Story, questions: list[Question]) -> None:
    """What is dropped is no longer in the story; other entries' texts stay."""
    steps = list(rounds(story, questions, 4))
    dropped = [(item.entry, item.phrasing) for _, chosen in steps for item in chosen]
    left = steps[-1][0]
    assert len(dropped) == 4
    assert len(steps) > 1
    assert own_phrasings(left) == [phrasing for phrasing in own_phrasings(story) if phrasing not in dropped]
    assert count_phrasings(left) == count_phrasings(story) - 4
    assert left == without(story, dropped)


def test_files_stay_as_they_are_but_for_what_is_dropped(
    folder: Path, manifest: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --write the lines of dropped phrasings are gone, and nothing else, comments included; without it none is."""
    path = folder / "qa" / "keeper.yaml"
    before = path.read_text()
    arguments = ["contributions", str(manifest), "--knowledge", str(folder), "--drop", "2"]
    monkeypatch.setattr("sys.argv", arguments)
    contributions.main()
    assert path.read_text() == before
    monkeypatch.setattr("sys.argv", [*arguments, "--write"])
    contributions.main()
    lines = [line.partition("keeper-left: ")[2] for line in capsys.readouterr().out.splitlines()]
    dropped = {line for line in lines if line}
    assert len(dropped) == 2
    kept = [line for line in before.splitlines() if line.removeprefix("    - ") not in dropped]
    assert path.read_text().splitlines() == kept


def test_what_each_contributes_is_printed(
    folder: Path, manifest: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each phrasing where nothing is to be dropped."""
    monkeypatch.setattr("sys.argv", ["contributions", str(manifest), "--knowledge", str(folder)])
    contributions.main()
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == len(own_phrasings(loader.load_story(folder)))
    assert any(line.endswith("keeper-left: when the keeper quit") for line in printed)
