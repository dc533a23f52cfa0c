"""Changes of the base: proposed, published, recorded in the history, and undone byte for byte."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot import bootstrap
from bot.answering.knowledge_base import KnowledgeBase
from bot.editing.change_request import AddEntry, AddPhrasings, EditEntry, RemoveEntry, UndoChange
from bot.editing.editor import Editor
from bot.editing.proposal import ProposalOutdated
from bot.errors import EditError, JournalError, StoryError
from bot.journal.journal import Journal
from bot.matching.weights import load_weights
from bot.story import repository
from bot.story.entry import FieldValue
from bot.story.repository import Conflict, Repository
from tests.support.edits import LAMP_WORTH
from tests.support.story_files import OLD, on_disk

NOW = datetime(2026, 5, 23, 14, 5, tzinfo=UTC)
KEEPER = "qa/keeper.yaml"


def test_a_change_is_proposed_published_and_undone(editor: Editor, base: Path) -> None:
    """The proposal has the card that members will see, and the diff; after undoing, the file is byte for byte what it was."""
    proposal = editor.propose(AddEntry(LAMP_WORTH, "lamp"))
    assert proposal.reply is not None
    assert (proposal.reply.entry, proposal.reply.answer) == ("what-is-the-lamp-worth", "The lamp is worth 40 crowns.")
    assert "+  question: What is the lamp worth?" in proposal.diff
    assert proposal.warnings == ()
    assert on_disk(base) == OLD
    change = editor.publish(proposal, "Ada", "asked often")
    assert (change.number, change.author, change.reason) == (1, "Ada", "asked often")
    assert bootstrap.story(base).entries["what-is-the-lamp-worth"].phrasings == ("price of the lamp",)
    assert editor.publish(editor.propose(UndoChange(1)), "Tom").title == "undo 1 (add what-is-the-lamp-worth)"
    assert on_disk(base) == OLD


def test_the_history_records_who_what_when_and_why(editor: Editor, journal: Journal) -> None:
    """Latest first, with both versions of each changed file."""
    editor.publish(editor.propose(AddPhrasings("keeper-place", ("the lighthouse, whereabouts",))), "Ada")
    editor.publish(editor.propose(EditEntry("keeper-place", {"answer": "It is at Brim."})), "Tom", "shorter")
    changes = [
        (change.number, change.at, change.author, change.title, change.reason) for change in journal.history.changes(10)
    ]
    assert changes == [
        (2, "2026-05-23 14:05", "Tom", "edit keeper-place", "shorter"),
        (1, "2026-05-23 14:05", "Ada", "phrase keeper-place", ""),
    ]
    first = journal.history.change(1)
    assert first is not None
    old, new = first.files[KEEPER]
    assert (old or "").encode() == OLD[KEEPER]
    assert "the lighthouse, whereabouts" in (new or "")


def test_publishing_despite_warnings_has_to_be_explicit(editor: Editor, base: Path, journal: Journal) -> None:
    """The history records the warnings."""
    proposal = editor.propose(EditEntry("keeper-place", {"answer": "It stands in Oslo."}))
    assert proposal.warnings == (
        "keeper-place: the answer mentions the name 'Oslo', which is not in ¶1; write it as in the paragraph, add it to 'names' of ¶1 in story.yaml, or waive 'Oslo' with a reason",
    )
    with pytest.raises(EditError, match="There are warnings"):
        editor.publish(proposal, "Ada")
    assert on_disk(base) == OLD
    editor.publish(proposal, "Ada", despite_warnings=True)
    stored = journal.history.change(1)
    assert stored is not None
    assert stored.warnings == proposal.warnings
    assert journal.history.changes(1)[0].warning_count == len(proposal.warnings)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"cites": ["99"]}, "there is no paragraph 99"),
        ({"answer": "x" * 5000}, "'answer' is 3,800 characters too long"),
        ({"cites": []}, "an entry has no 'cites'"),
        ({"standing": "alleged"}, "an entry has no 'by'"),
        ({"related": ["nobody"]}, "which does not exist"),
    ],
)
def test_a_change_that_breaks_the_base_is_refused(
    editor: Editor, base: Path, fields: dict[str, FieldValue], sentence: str
) -> None:
    """An unknown paragraph, a text that is too long, no citation, a missing field, a dangling link."""
    with pytest.raises(StoryError, match=sentence):
        editor.propose(EditEntry("keeper-place", fields))
    assert on_disk(base) == OLD


def test_a_conflicting_edit_is_refused_with_both_versions(editor: Editor, base: Path) -> None:
    """Whether it is proposed or published second, nothing of the first edit is lost."""
    loaded = editor.load_entry("keeper-place")
    first = editor.propose(EditEntry("keeper-place", {"answer": "At Brim."}, loaded.fingerprint))
    second = editor.propose(EditEntry("keeper-place", {"answer": "Brim has it."}, loaded.fingerprint))
    editor.publish(first, "Ada")
    for again in (
        lambda: editor.publish(second, "Tom"),
        lambda: editor.propose(EditEntry("keeper-place", {"answer": "Brim has it."}, loaded.fingerprint)),
    ):
        with pytest.raises(Conflict) as caught:
            again()
        assert str(caught.value) == (
            "Somebody else has changed 'keeper-place' in the meantime. Compare both versions, then repeat your change."
        )
        assert (caught.value.id, caught.value.yours) == ("keeper-place", {"answer": "Brim has it."})
        assert caught.value.current is not None
        assert caught.value.current["answer"] == "At Brim."
    assert bootstrap.story(base).entries["keeper-place"].answer == "At Brim."
    fingerprint = editor.load_entry("keeper-place").fingerprint
    editor.publish(editor.propose(RemoveEntry("keeper-place")), "Ada", despite_warnings=True)
    with pytest.raises(Conflict, match="Somebody else has removed 'keeper-place' in the meantime") as caught:
        editor.propose(EditEntry("keeper-place", {"answer": "Brim has it."}, fingerprint))
    assert caught.value.current is None


def test_edits_of_different_entries_do_not_conflict(editor: Editor, base: Path, journal: Journal) -> None:
    """Both are published, though the base has changed in the meantime; nor does one more phrasing conflict with an edit."""
    place = editor.propose(EditEntry("keeper-place", {"answer": "At Brim."}))
    left = editor.propose(EditEntry("keeper-left", {"answer": "She left on Friday evening."}))
    phrase = editor.propose(AddPhrasings("keeper-place", ("the lighthouse, whereabouts",)))
    for proposal in (place, left, phrase):
        editor.publish(proposal, "Ada")
    expected = OLD[KEEPER].replace(b"It stands at Brim.", b"At Brim.")
    expected = expected.replace(
        b'She left it on Friday evening, and was "quite tired".', b"She left on Friday evening."
    )
    expected = expected.replace(b"keeper working\n", b"keeper working\n    - 'the lighthouse, whereabouts'\n")
    assert on_disk(base) == OLD | {KEEPER: expected}
    assert [change.number for change in journal.history.changes(9)] == [3, 2, 1]


def test_a_proposal_with_new_warnings_is_outdated(editor: Editor, base: Path) -> None:
    """It is returned as it is now, and published once that has been seen."""
    proposal = editor.propose(AddPhrasings("keeper-place", ("the ferry to the lamp",)))
    assert proposal.warnings == ()
    editor.publish(editor.propose(AddEntry(LAMP_WORTH | {"phrasings": ["the ferry to the lamp"]}, "lamp")), "Tom")
    with pytest.raises(
        ProposalOutdated, match="The base has changed since you looked, so this has other consequences now"
    ) as caught:
        editor.publish(proposal, "Ada", despite_warnings=True)
    current = caught.value.proposal
    assert (
        "'the ferry to the lamp' is currently answered by what-is-the-lamp-worth (‘The lamp is worth 40 crowns.’)"
        in (current.warnings)
    )
    with pytest.raises(EditError, match="There are warnings"):
        editor.publish(current, "Ada")
    assert editor.publish(current, "Ada", despite_warnings=True).summary.line == (
        "Change 2 by Ada: phrase keeper-place, despite 2 warnings"
    )


def test_an_edit_by_hand_is_noticed(editor: Editor, base: Path) -> None:
    """A change of the same entry conflicts; a comment beside it does not."""
    proposal = editor.propose(EditEntry("keeper-place", {"answer": "At Brim."}))
    (base / KEEPER).write_bytes(OLD[KEEPER] + b"# a note by hand\n")
    editor.publish(proposal, "Ada")
    noted = OLD[KEEPER].replace(b"It stands at Brim.", b"At Brim.") + b"# a note by hand\n"
    assert (base / KEEPER).read_bytes() == noted
    proposal = editor.propose(EditEntry("keeper-place", {"answer": "Brim has it."}))
    (base / KEEPER).write_bytes(noted.replace(b"At Brim.", b"Near Brim."))
    with pytest.raises(Conflict):
        editor.publish(proposal, "Ada")


def test_unchanged_fields_are_not_rewritten(editor: Editor) -> None:
    """A form returns all of its fields; those with the same value stay as they are written."""
    loaded = editor.load_entry("lamp-taken")
    assert (loaded.file, loaded.fields["cites"], loaded.fields["by"]) == ("qa/lamp.yaml", (2,), ("tom-reed",))
    assert editor.propose(EditEntry("lamp-taken", dict(loaded.fields))).changes == {}
    with pytest.raises(EditError, match="Nothing would change"):
        editor.publish(editor.propose(AddPhrasings("lamp-taken", (" Who took  the LAMP",))), "Ada")


def test_a_new_entry_is_filed_with_its_neighbours(editor: Editor) -> None:
    """Without a file it goes where entries cite the same paragraph."""
    assert list(editor.propose(AddEntry(LAMP_WORTH)).changes) == ["qa/lamp.yaml"]
    with pytest.raises(EditError, match="can't be a file of the base"):
        editor.propose(AddEntry(LAMP_WORTH, "../lamp"))


def test_publishing_removes_answered_questions_from_the_inbox(editor: Editor, journal: Journal) -> None:
    """Not before it is published, and no other questions."""
    for text in ("price of the lamp", "who built the pier"):
        journal.inbox.add(text, "dm", date(2026, 5, 1))
    proposal = editor.propose(AddEntry(LAMP_WORTH, "lamp"))
    assert len(journal.inbox.questions(9)) == 2
    editor.publish(proposal, "Ada", answered_questions=[1])
    assert [question.text for question in journal.inbox.questions(9)] == ["who built the pier"]


def test_a_change_can_be_undone_after_later_changes(editor: Editor, base: Path) -> None:
    """Other entries and other phrasings stay; when all changes are undone, the base is as it was."""
    editor.publish(editor.propose(EditEntry("keeper-place", {"answer": "At Brim."})), "Ada")
    editor.publish(editor.propose(EditEntry("keeper-left", {"answer": "She left on Friday evening."})), "Tom")
    editor.publish(editor.propose(AddPhrasings("keeper-place", ("the lighthouse, whereabouts",))), "Tom")
    undone = editor.publish(editor.propose(UndoChange(1)), "Ada")
    assert undone.title == "undo 1 (edit keeper-place)"
    story = bootstrap.story(base)
    assert story.entries["keeper-place"].answer == "It stands at Brim."
    assert story.entries["keeper-place"].phrasings[-1] == "the lighthouse, whereabouts"
    assert story.entries["keeper-left"].answer == "She left on Friday evening."
    for number in (2, 3):
        editor.publish(editor.propose(UndoChange(number)), "Ada")
    assert on_disk(base) == OLD
    editor.publish(editor.propose(UndoChange(4)), "Ada")
    assert bootstrap.story(base).entries["keeper-place"].answer == "At Brim."


def test_a_new_file_can_be_undone_after_later_additions(editor: Editor, base: Path) -> None:
    """Later entries stay; with its last entry the file is deleted."""
    editor.publish(editor.propose(AddEntry(LAMP_WORTH, "worth")), "Ada")
    editor.publish(
        editor.propose(AddEntry(LAMP_WORTH | {"id": "other", "question": "Is the lamp worth much?"}, "worth")),
        "Tom",
        despite_warnings=True,
    )
    editor.publish(editor.propose(UndoChange(1)), "Ada")
    assert [id for id, entry in bootstrap.story(base).entries.items() if entry.file == "qa/worth.yaml"] == ["other"]
    editor.publish(editor.propose(UndoChange(2)), "Ada")
    assert on_disk(base) == OLD


def test_a_change_that_later_ones_overlap_cannot_be_undone(editor: Editor) -> None:
    """The later ones have to be undone first."""
    editor.publish(editor.propose(EditEntry("keeper-place", {"answer": "At Brim."})), "Ada")
    editor.publish(editor.propose(EditEntry("keeper-place", {"answer": "Brim."})), "Tom")
    with pytest.raises(EditError) as refused:
        editor.propose(UndoChange(1))
    assert str(refused.value) == "'keeper-place' has been changed since. Undo the later changes first, or edit it."
    with pytest.raises(EditError, match="There is no change 9 in the history"):
        editor.propose(UndoChange(9))


class ProcessKilled(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("when", ["before the files", "after the files", "before it is recorded"])
def test_a_process_that_is_killed_while_publishing_loses_nothing(
    editor: Editor, base: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """What was published can be undone; what was not is in the history with its text, and can't be undone."""
    publish = Repository.publish

    def die(repository: Repository, *arguments: Any, **options: Any) -> Any:
        if when != "before the files":
            publish(repository, *arguments, **options)
        raise ProcessKilled

    def die_before_recording(*_: object) -> None:
        raise ProcessKilled

    if when == "before it is recorded":
        monkeypatch.setattr(journal.history, "set_state", die_before_recording)
    else:
        monkeypatch.setattr(Repository, "publish", die)
    with pytest.raises(ProcessKilled):
        editor.publish(editor.propose(AddPhrasings("keeper-place", ("the lighthouse, whereabouts",))), "Ada")
    monkeypatch.undo()
    again = Editor(bootstrap.knowledge_base(base), journal, lambda: NOW)
    with Repository(base).lock():  # somebody else is at it, or may be
        monkeypatch.setattr(repository, "LOCK_TIMEOUT", 0.01)
        assert [change.state for change in again.changes(9)] == ["under way"]
    monkeypatch.undo()
    (change,) = again.changes(9)
    stored = again.change(1)
    assert stored is not None
    assert stored.summary == change
    assert "the lighthouse, whereabouts" in (stored.files[KEEPER][1] or "")
    assert Repository(base).committed_transactions() == set()
    if when == "before the files":
        assert change.line == "Change 1 by Ada: phrase keeper-place; not made"
        with pytest.raises(EditError, match="Change 1 was never published, so there is nothing to undo"):
            again.propose(UndoChange(1))
    else:
        assert change.state == "made"
        again.publish(again.propose(UndoChange(1)), "Tom")
    assert on_disk(base) == OLD


def test_a_journal_that_fails_after_publishing_is_no_failure(
    editor: Editor, base: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The change is published; the history and the inbox catch up."""

    def fail(*_: object) -> None:
        raise JournalError("the disk is full")

    monkeypatch.setattr(journal.history, "set_state", fail)
    monkeypatch.setattr(journal.inbox, "settle", fail)
    change = editor.publish(
        editor.propose(AddPhrasings("keeper-place", ("the lighthouse, whereabouts",))), "Ada", answered_questions=[1]
    )
    assert change.summary.line == "Change 1 by Ada: phrase keeper-place"
    assert "Change 1 is published, but not recorded as such yet: the disk is full" in caplog.text
    assert "The inbox does not know yet what change 1 answers or undoes: the disk is full" in caplog.text
    monkeypatch.undo()
    assert journal.history.changes(1)[0].state == "under way"
    editor.publish(editor.propose(UndoChange(1)), "Ada")
    assert [change.state for change in journal.history.changes(9)] == ["made", "made"]
    assert on_disk(base) == OLD


def test_a_journal_that_fails_before_publishing_prevents_it(
    editor: Editor, base: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be undone later is not published."""

    def fail(*_: object) -> None:
        raise JournalError("the disk is full")

    proposal = editor.propose(AddPhrasings("keeper-place", ("the lighthouse, whereabouts",)))
    monkeypatch.setattr(journal.history, "add", fail)
    with pytest.raises(JournalError):
        editor.publish(proposal, "Ada")
    assert on_disk(base) == OLD


def test_a_refused_change_is_not_in_the_history(editor: Editor, base: Path, journal: Journal) -> None:
    """Somebody changed the files after the last check: nothing is published or recorded."""
    proposal = editor.propose(AddPhrasings("keeper-place", ("the lighthouse, whereabouts",)))
    late = Repository(base)
    read, version = late.load, late.load()
    (base / "people.yaml").write_bytes(OLD["people.yaml"] + b"# by hand\n")
    seen = iter([version])
    late.load = lambda: next(seen, None) or read()  # type: ignore[method-assign]
    with pytest.raises(Conflict, match="Somebody else has changed the base in the meantime"):
        Editor(
            KnowledgeBase(late, load_weights(), view_settings=bootstrap.view_settings()), journal, lambda: NOW
        ).publish(proposal, "Ada")
    assert journal.history.changes(9) == []
