"""Warnings about allegations: told as a fact, presumed by a title, or stated without the claim."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot import bootstrap
from bot.editing.change_request import AddEntry
from bot.editing.claim_warnings import ClaimChecker, find_claim_warnings
from bot.editing.editor import Editor
from bot.story.entry import Standing, blank_entry
from bot.story.models import Story
from tests.support.small_story import small_story

TOLD = (
    "x: ‘Han Dong told a senior Chinese diplomat to keep the two men in prison.’ tells as a fact what is only alleged "
    "(‘The two Michaels’), and Han Dong denies it; say who alleges it"
)
AS_FACTS = [
    "Han Dong told a senior Chinese diplomat to keep the two men in prison.",
    "Dong advised Beijing not to free Kovrig and Spavor yet.",
    "Dong asked a Chinese diplomat to delay the release of the two Michaels.",
    "The MP urged China to hold off freeing the two Canadians.",
    "In February 2021, Dong privately recommended to a diplomat that the release wait.",
    "It was Dong's advice to Beijing that the Michaels stay in jail.",
    "The two Michaels stayed in prison longer because of Dong's advice.",
    "Kovrig and Spavor were kept locked up at Han Dong's request.",
    "Dong persuaded the diplomat that freeing them would help the Conservatives.",
    "Beijing was told by Dong to postpone the release.",
    "Dong, who denies it, told a diplomat to keep the two men in prison.",
    "Dong told the diplomat to keep them in prison, which he denies.",
    "Dong told China, which did not agree, to keep the two men.",
    "He said to the diplomat that their release would help the Conservatives.",
]
ATTRIBUTED = [
    "A report says that Dong told a diplomat to keep the two men in prison.",
    "Dong is said to have advised Beijing to wait with the two men.",
    "According to a report, he advised the diplomat to keep them in jail.",
]
HARMLESS = [
    "Dong says that he asked the diplomat to free the two men.",
    "Dong denies that he told a diplomat to keep the two men in prison.",
    "Dong did not tell a diplomat to keep the two men in prison.",
    "The article does not name the diplomat to whom Dong spoke.",
    "Dong left the Liberal caucus.",
    "China held Kovrig and Spavor for over two years.",
]


@cache
def story() -> Story:
    """Return the base that the bot is delivered with."""
    return bootstrap.story(Path(__file__).parents[2] / "knowledge")


def warnings(answer: str, *cites: int, standing: Standing = "reported", **fields: Any) -> list[str]:
    """Return the warnings of an entry with this answer."""
    question = fields.pop("question", "What did Dong do?")
    entry = blank_entry(
        id="x", question=question, answer=answer, cites=cites, standing=standing, file="qa/x.yaml", **fields
    )
    return list(ClaimChecker(story()).find_warnings(entry))


def test_no_entry_of_the_base_gets_one() -> None:
    """Each of them was written with care, so a warning here would be a false alarm."""
    assert list(find_claim_warnings(story(), story().entries)) == []


@pytest.mark.parametrize("answer", AS_FACTS)
def test_a_claim_told_as_a_fact_warns_whatever_the_standing(answer: str) -> None:
    """With *Alleged* too: 'told' attributes nothing when the teller is the accused."""
    for standing, fields in (("reported", {}), ("alleged", {"claim": "advised-delay", "by": ("the-report",)})):
        (warning,) = warnings(answer, 4, standing=standing, **fields)  # type: ignore[arg-type]
        assert "tells as a fact what is only alleged (‘The two Michaels’)" in warning
    if answer == AS_FACTS[0]:
        assert warning == TOLD


def test_a_claim_told_as_a_fact_warns_whatever_it_cites() -> None:
    """Paragraph 5 carries no claim."""
    assert warnings(AS_FACTS[0], 5) == [TOLD]


@pytest.mark.parametrize(
    "answer", ["Dong got Chinese help to secure his seat.", "China helped Dong win his nomination."]
)
def test_the_claim_that_the_paragraph_carries_is_named(answer: str) -> None:
    """Not the first one of the base."""
    (warning,) = warnings(answer, 14)
    assert "(‘The Toronto seat’)" in warning


@pytest.mark.parametrize("answer", ATTRIBUTED)
def test_a_claim_stated_without_being_named_warns(answer: str) -> None:
    """The advice is to name it; named, or in an answer that is alleged or denied, it is fine."""
    assert warnings(answer, 4) == [
        "x: the answer states an allegation (‘The two Michaels’) without being about it; choose the standing ‘Alleged’ and "
        "that allegation, so that its denial and what was found are shown"
    ]
    assert warnings(answer, 4, standing="alleged", claim="advised-delay", by=("the-report",)) == []


@pytest.mark.parametrize("answer", HARMLESS)
def test_what_states_no_claim_is_fine(answer: str) -> None:
    """His own word, a denial, and what has nothing to do with it."""
    assert warnings(answer, 4) == []


@pytest.mark.parametrize(
    ("question", "presumes"),
    [
        ("Why did Dong tell Beijing to keep the two men in prison?", True),
        ("When did Han Dong advise the diplomat?", True),
        ("How did China help Dong win his seat?", True),
        ("Did Dong tell Beijing to keep the two men in prison?", False),
        ("What does the report say Dong told the diplomat?", False),
        ("Why did he allegedly advise the diplomat?", False),
        ("When did Dong talk with the consul general?", False),
        ("What does Dong say about the two men?", False),
    ],
)
def test_a_title_that_presumes_warns(question: str, *, presumes: bool) -> None:
    """Asking whether it is so takes nothing for granted."""
    found = warnings("The article does not say.", 4, standing="not_covered", question=question)
    assert [warning.partition(" (")[0] for warning in found] == [
        "x: the question takes for granted what is only alleged"
    ] * presumes


def test_a_preview_warns(editor: Editor) -> None:
    """Through the editor, as for every change; the small base's claim has nobody but the accused in it."""
    fields = {
        "question": "What did she do?",
        "answer": "Ada Quill took the lamp.",
        "cites": ["2"],
        "standing": "reported",
    }
    assert "what-did-she-do: ‘Ada Quill took the lamp.’ tells as a fact what is only alleged" in "\n".join(
        editor.propose(AddEntry(fields, "lamp")).warnings
    )
    assert list(find_claim_warnings(small_story(), small_story().entries)) == []
