"""The warnings before a change: other answers, unsupported statements."""

from datetime import date
from pathlib import Path

import pytest

from bot.editing import archive, impact
from bot.editing.change_request import AddEntry, AddPhrasings, EditEntry, ImportBase, RemoveEntry
from bot.editing.editor import Editor
from bot.journal.journal import Journal
from tests.support.edits import LAMP_WORTH
from tests.support.story_files import OLD


def test_a_new_phrasing_that_another_entry_answers_is_a_warning(editor: Editor) -> None:
    """Members who ask like that would get another answer."""
    warning = (
        "'on what day did the keeper quit' is currently answered by keeper-left "
        '(‘She left it on Friday evening, and was "quite tired".’)'
    )
    assert editor.propose(AddPhrasings("keeper-place", ("on what day did the keeper quit",))).warnings == (warning,)
    edited = editor.propose(EditEntry("keeper-place", {"phrasings": ["on what day did the keeper quit"]}))
    assert warning in edited.warnings


def test_an_expected_reply_that_would_change_is_a_warning(editor: Editor, base: Path) -> None:
    """The warning says what the question would get, and what it should get."""
    (base / "expected.yaml").write_text("- q: in which town is the lighthouse\n  entries: [keeper-place]\n", "utf-8")
    proposal = editor.propose(
        EditEntry("keeper-place", {"question": "What is at Brim?", "phrasings": ["what stands there"]})
    )
    (warning,) = proposal.warnings
    assert warning == "'in which town is the lighthouse' should get keeper-place, and gets abstain"
    (base / "expected.yaml").write_text("- q: whither the ferry\n", "utf-8")
    assert editor.propose(AddPhrasings("keeper-place", ("whither the ferry",))).warnings == (
        "'whither the ferry' should get no answer, and gets keeper-place (‘It stands at Brim.’)",
    )


def test_an_inbox_question_that_would_get_another_answer_is_a_warning(editor: Editor, journal: Journal) -> None:
    """Unless it would get the only entry that changes: then the change was made for it."""
    journal.inbox.add("price of the lamp", "dm", date(2026, 5, 1))
    worth = editor.propose(AddEntry(LAMP_WORTH, "lamp"))
    assert worth.warnings == ()
    editor.publish(worth, "Ada")
    (warning,) = editor.propose(RemoveEntry("what-is-the-lamp-worth")).warnings
    assert warning == (
        "'price of the lamp' (asked once) would get a choice of lamp-taken, lamp-denied "
        "instead of what-is-the-lamp-worth (‘The lamp is worth 40 crowns.’)"
    )


def test_only_the_first_expected_questions_are_asked(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The warnings say so; only the first ones are listed, and the others counted."""
    monkeypatch.setattr(impact, "MAX_EXPECTED", 150)
    asked = "".join(f"- q: where is the lighthouse {number}\n  entries: [lamp-taken]\n" for number in range(400))
    found = editor.propose(ImportBase(archive.unpack(archive.pack(OLD | {"expected.yaml": asked.encode()}))))
    assert len(found.warnings) == impact.MAX_WARNINGS
    assert found.warnings[-1] == "and 52 more warnings"
