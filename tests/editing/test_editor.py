"""Moderators' changes: shown with what they would do, published, kept in the history, and undone byte for byte."""

import io
import stat
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot import bootstrap
from bot.answering.knowledge_base import KnowledgeBase
from bot.editing.archive import unpack
from bot.editing.change_request import AddEntry, AddPhrasings, EditEntry, ImportBase, RemoveEntry, UndoChange
from bot.editing.editor import Editor
from bot.editing.proposal import ProposalOutdated
from bot.errors import EditError, JournalError, StoryError
from bot.journal.journal import Journal
from bot.story import repository
from bot.story.entry import FieldValue
from bot.story.repository import Conflict, Repository
from tests.support.archives import packed
from tests.support.story_files import OLD, on_disk, write

NOW = datetime(2026, 5, 23, 14, 5, tzinfo=UTC)
KEEPER = "qa/keeper.yaml"
WORTH: dict[str, FieldValue] = {
    "question": "What is the lamp worth?",
    "answer": "The lamp is worth 40 crowns.",
    "cites": ["2"],
    "standing": "reported",
    "phrasings": ["price of the lamp"],
}


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return write(tmp_path / "knowledge")


@pytest.fixture
def journal(address: str) -> Iterator[Journal]:
    opened = Journal(address)
    yield opened
    opened.close()


@pytest.fixture
def editor(base: Path, journal: Journal) -> Editor:
    return Editor(bootstrap.knowledge_base(base), journal, lambda: NOW)


def test_a_change_is_shown_published_and_undone(editor: Editor, base: Path) -> None:
    """The card as members will see it, the lines that change; afterwards the file is byte for byte what it was."""
    proposal = editor.propose(AddEntry(WORTH, "lamp"))
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


def test_the_history_says_who_what_when_and_why(editor: Editor, journal: Journal) -> None:
    """The latest first, with both versions of what changed."""
    editor.publish(editor.propose(AddPhrasings("keeper-place", ("the lighthouse, whereabouts",))), "Ada")
    editor.publish(editor.propose(EditEntry("keeper-place", {"answer": "It is at Brim."})), "Tom", "shorter")
    told = [(one.number, one.at, one.author, one.title, one.reason) for one in journal.history.changes(10)]
    assert told == [
        (2, "2026-05-23 14:05", "Tom", "edit keeper-place", "shorter"),
        (1, "2026-05-23 14:05", "Ada", "phrase keeper-place", ""),
    ]
    first = journal.history.change(1)
    assert first is not None
    old, new = first.files[KEEPER]
    assert (old or "").encode() == OLD[KEEPER]
    assert "the lighthouse, whereabouts" in (new or "")


def test_warnings_are_published_over_only_by_saying_so(editor: Editor, base: Path, journal: Journal) -> None:
    """A name that the paragraph does not have; the history keeps what it was published in spite of."""
    proposal = editor.propose(EditEntry("keeper-place", {"answer": "It stands in Oslo."}))
    assert proposal.warnings == (
        "keeper-place: the answer mentions the name 'Oslo', which is not in ¶1; cite a paragraph that has it, or leave it out",
    )
    with pytest.raises(EditError, match="There are warnings"):
        editor.publish(proposal, "Ada")
    assert on_disk(base) == OLD
    editor.publish(proposal, "Ada", despite_warnings=True)
    kept = journal.history.change(1)
    assert kept is not None
    assert kept.warnings == proposal.warnings
    assert journal.history.changes(1)[0].warning_count == len(proposal.warnings)


def test_a_phrasing_that_another_entry_answers_is_a_warning(editor: Editor) -> None:
    """Members would get another answer from now on."""
    warning = (
        "'on what day did the keeper quit' is currently answered by keeper-left "
        '(‘She left it on Friday evening, and was "quite tired".’)'
    )
    assert editor.propose(AddPhrasings("keeper-place", ("on what day did the keeper quit",))).warnings == (warning,)
    edited = editor.propose(EditEntry("keeper-place", {"phrasings": ["on what day did the keeper quit"]}))
    assert warning in edited.warnings


def test_an_expected_reply_that_would_change_is_a_warning(editor: Editor, base: Path) -> None:
    """What it would be, and what it has to be."""
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


def test_a_waiting_question_that_would_get_another_answer_is_a_warning(editor: Editor, journal: Journal) -> None:
    """Where the change was meant for something else; the entry that it was meant for is no surprise."""
    journal.inbox.add("price of the lamp", "dm", date(2026, 5, 1))
    worth = editor.propose(AddEntry(WORTH, "lamp"))
    assert worth.warnings == ()
    editor.publish(worth, "Ada")
    (warning,) = editor.propose(RemoveEntry("what-is-the-lamp-worth")).warnings
    assert warning == (
        "'price of the lamp' (asked once) would get a choice of lamp-taken, lamp-denied "
        "instead of what-is-the-lamp-worth (‘The lamp is worth 40 crowns.’)"
    )


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
def test_what_would_break_the_base_stops_it(
    editor: Editor, base: Path, fields: dict[str, FieldValue], sentence: str
) -> None:
    """Unknown paragraph, too long, no citation, broken schema."""
    with pytest.raises(StoryError, match=sentence):
        editor.propose(EditEntry("keeper-place", fields))
    assert on_disk(base) == OLD


def test_two_moderators_at_one_entry(editor: Editor, base: Path) -> None:
    """The second sees both versions, whenever it comes out; nothing of the first is lost."""
    looked = editor.load_entry("keeper-place")
    first = editor.propose(EditEntry("keeper-place", {"answer": "At Brim."}, looked.fingerprint))
    second = editor.propose(EditEntry("keeper-place", {"answer": "Brim has it."}, looked.fingerprint))
    editor.publish(first, "Ada")
    for again in (
        lambda: editor.publish(second, "Tom"),
        lambda: editor.propose(EditEntry("keeper-place", {"answer": "Brim has it."}, looked.fingerprint)),
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
    mark = editor.load_entry("keeper-place").fingerprint
    editor.publish(editor.propose(RemoveEntry("keeper-place")), "Ada", despite_warnings=True)
    with pytest.raises(Conflict, match="Somebody else has removed 'keeper-place' in the meantime") as caught:
        editor.propose(EditEntry("keeper-place", {"answer": "Brim has it."}, mark))
    assert caught.value.current is None


def test_two_moderators_at_two_entries(editor: Editor, base: Path, journal: Journal) -> None:
    """Both are published, though the base is another one by then; one more phrasing hinders nobody either."""
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
    assert [one.number for one in journal.history.changes(9)] == [3, 2, 1]


def test_warnings_are_looked_for_again_where_the_base_has_moved(editor: Editor, base: Path) -> None:
    """A change that would now do something else is given back as it is now, and published once that was seen."""
    proposal = editor.propose(AddPhrasings("keeper-place", ("the ferry to the lamp",)))
    assert proposal.warnings == ()
    editor.publish(editor.propose(AddEntry(WORTH | {"phrasings": ["the ferry to the lamp"]}, "lamp")), "Tom")
    with pytest.raises(
        ProposalOutdated, match="The base has changed since you looked, so this has other consequences now"
    ) as caught:
        editor.publish(proposal, "Ada", despite_warnings=True)
    moved = caught.value.proposal
    assert (
        "'the ferry to the lamp' is currently answered by what-is-the-lamp-worth (‘The lamp is worth 40 crowns.’)"
        in (moved.warnings)
    )
    with pytest.raises(EditError, match="There are warnings"):
        editor.publish(moved, "Ada")
    assert editor.publish(moved, "Ada", despite_warnings=True).summary.line == (
        "Change 2 by Ada: phrase keeper-place, despite 2 warnings"
    )


def test_an_edit_by_hand_meanwhile_is_seen(editor: Editor, base: Path) -> None:
    """Somebody's editor changed the same entry, or only a comment beside it."""
    proposal = editor.propose(EditEntry("keeper-place", {"answer": "At Brim."}))
    (base / KEEPER).write_bytes(OLD[KEEPER] + b"# a note by hand\n")
    editor.publish(proposal, "Ada")
    noted = OLD[KEEPER].replace(b"It stands at Brim.", b"At Brim.") + b"# a note by hand\n"
    assert (base / KEEPER).read_bytes() == noted
    proposal = editor.propose(EditEntry("keeper-place", {"answer": "Brim has it."}))
    (base / KEEPER).write_bytes(noted.replace(b"At Brim.", b"Near Brim."))
    with pytest.raises(Conflict):
        editor.publish(proposal, "Ada")


def test_what_does_not_change_a_field_leaves_it_as_it_is_written(editor: Editor) -> None:
    """A form gives all of its fields back; those that read the same are not written again."""
    looked = editor.load_entry("lamp-taken")
    assert (looked.file, looked.fields["cites"], looked.fields["by"]) == ("qa/lamp.yaml", (2,), ("tom-reed",))
    assert editor.propose(EditEntry("lamp-taken", dict(looked.fields))).changes == {}
    with pytest.raises(EditError, match="Nothing would change"):
        editor.publish(editor.propose(AddPhrasings("lamp-taken", (" Who took  the LAMP",))), "Ada")


def test_a_new_entry_finds_its_place(editor: Editor) -> None:
    """Where nobody says which file: beside those that cite the same paragraph."""
    assert list(editor.propose(AddEntry(WORTH)).changes) == ["qa/lamp.yaml"]
    with pytest.raises(EditError, match="can't be a file of the base"):
        editor.propose(AddEntry(WORTH, "../lamp"))


def test_what_was_waiting_is_taken_off_the_inbox(editor: Editor, journal: Journal) -> None:
    """Once it is published, and not before."""
    for text in ("price of the lamp", "who built the pier"):
        journal.inbox.add(text, "dm", date(2026, 5, 1))
    proposal = editor.propose(AddEntry(WORTH, "lamp"))
    assert len(journal.inbox.questions(9)) == 2
    editor.publish(proposal, "Ada", answered_questions=[1])
    assert [one.text for one in journal.inbox.questions(9)] == ["who built the pier"]


def test_a_change_is_undone_though_others_came_after(editor: Editor, base: Path) -> None:
    """Other entries of the file, and other phrasings of the entry, stay as they are; in the end nothing is left of any."""
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


def test_a_new_file_is_undone_though_something_was_added_to_it(editor: Editor, base: Path) -> None:
    """What came later stays; with the last entry the file goes."""
    editor.publish(editor.propose(AddEntry(WORTH, "worth")), "Ada")
    editor.publish(
        editor.propose(AddEntry(WORTH | {"id": "other", "question": "Is the lamp worth much?"}, "worth")),
        "Tom",
        despite_warnings=True,
    )
    editor.publish(editor.propose(UndoChange(1)), "Ada")
    assert [id for id, entry in bootstrap.story(base).entries.items() if entry.file == "qa/worth.yaml"] == ["other"]
    editor.publish(editor.propose(UndoChange(2)), "Ada")
    assert on_disk(base) == OLD


def test_a_change_that_was_built_upon_is_not_undone(editor: Editor) -> None:
    """The later ones first."""
    editor.publish(editor.propose(EditEntry("keeper-place", {"answer": "At Brim."})), "Ada")
    editor.publish(editor.propose(EditEntry("keeper-place", {"answer": "Brim."})), "Tom")
    with pytest.raises(EditError) as refused:
        editor.propose(UndoChange(1))
    assert str(refused.value) == "'keeper-place' has been changed since. Undo the later changes first, or edit it."
    with pytest.raises(EditError, match="There is no change 9 in the history"):
        editor.propose(UndoChange(9))


class Dead(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("when", ["before the files", "after the files", "before it is noted"])
def test_a_process_that_dies_between_files_and_history_loses_neither(
    editor: Editor, base: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """What was published can be undone; what was not is in the history with its text, and can't."""
    publish = Repository.publish

    def die(repository: Repository, *arguments: Any, **options: Any) -> Any:
        if when != "before the files":
            publish(repository, *arguments, **options)
        raise Dead

    def die_noting(*_: object) -> None:
        raise Dead

    if when == "before it is noted":
        monkeypatch.setattr(journal.history, "set_state", die_noting)
    else:
        monkeypatch.setattr(Repository, "publish", die)
    with pytest.raises(Dead):
        editor.publish(editor.propose(AddPhrasings("keeper-place", ("the lighthouse, whereabouts",))), "Ada")
    monkeypatch.undo()
    again = Editor(bootstrap.knowledge_base(base), journal, lambda: NOW)
    with Repository(base).lock():  # somebody else is at it, or may be
        monkeypatch.setattr(repository, "LOCK_TIMEOUT", 0.01)
        assert [one.state for one in again.changes(9)] == ["under way"]
    monkeypatch.undo()
    (change,) = again.changes(9)
    kept = again.change(1)
    assert kept is not None
    assert kept.summary == change
    assert "the lighthouse, whereabouts" in (kept.files[KEEPER][1] or "")
    assert Repository(base).committed_transactions() == set()
    if when == "before the files":
        assert change.line == "Change 1 by Ada: phrase keeper-place; not made"
        with pytest.raises(EditError, match="Change 1 was never published, so there is nothing to undo"):
            again.propose(UndoChange(1))
    else:
        assert change.state == "made"
        again.publish(again.propose(UndoChange(1)), "Tom")
    assert on_disk(base) == OLD


def test_a_journal_that_fails_after_the_files_does_not_look_like_a_refusal(
    editor: Editor, base: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is published; the history, and the inbox, catch up."""

    def fail(*_: object) -> None:
        raise JournalError("the disk is full")

    monkeypatch.setattr(journal.history, "set_state", fail)
    monkeypatch.setattr(journal.inbox, "delete", fail)
    change = editor.publish(
        editor.propose(AddPhrasings("keeper-place", ("the lighthouse, whereabouts",))), "Ada", answered_questions=[1]
    )
    assert change.summary.line == "Change 1 by Ada: phrase keeper-place"
    assert "Change 1 is published, but not recorded as such yet: the disk is full" in caplog.text
    assert "The questions that change 1 answers are still in the inbox: the disk is full" in caplog.text
    monkeypatch.undo()
    assert journal.history.changes(1)[0].state == "under way"
    editor.publish(editor.propose(UndoChange(1)), "Ada")
    assert [one.state for one in journal.history.changes(9)] == ["made", "made"]
    assert on_disk(base) == OLD


def test_a_journal_that_fails_before_the_files_stops_it(
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


def test_what_is_refused_is_not_in_the_history(editor: Editor, base: Path, journal: Journal) -> None:
    """Somebody's editor was quicker than the last look: nothing was made, and nothing is said to be."""
    proposal = editor.propose(AddPhrasings("keeper-place", ("the lighthouse, whereabouts",)))
    late = Repository(base)
    read, version = late.load, late.load()
    (base / "people.yaml").write_bytes(OLD["people.yaml"] + b"# by hand\n")
    seen = iter([version])
    late.load = lambda: next(seen, None) or read()  # type: ignore[method-assign]
    with pytest.raises(Conflict, match="Somebody else has changed the base meanwhile"):
        Editor(
            KnowledgeBase(late, bootstrap.weights(), view_settings=bootstrap.view_settings()), journal, lambda: NOW
        ).publish(proposal, "Ada")
    assert journal.history.changes(9) == []


def test_an_archive_goes_out_and_comes_back(editor: Editor, base: Path) -> None:
    """The same base makes the same archive; what comes back is shown before it is taken."""
    archive = editor.export()
    assert archive == editor.export()
    assert unpack(archive) == OLD
    editor.publish(editor.propose(EditEntry("keeper-place", {"answer": "At Brim."})), "Ada")
    back = editor.propose(ImportBase(unpack(archive)))
    assert list(back.changes) == [KEEPER]
    editor.publish(back, "Ada")
    assert on_disk(base) == OLD


def linked() -> bytes:
    """An archive with a symbolic link in it."""
    file = io.BytesIO(packed({"story.yaml": OLD["story.yaml"]}))
    with zipfile.ZipFile(file, "a") as archive:
        link = zipfile.ZipInfo("people.yaml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    return file.getvalue()


def doubled() -> bytes:
    """An archive with one name twice."""
    file = io.BytesIO(packed(OLD))
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("people.yaml", "")
    return file.getvalue()


def spoilt(archive: bytes) -> bytes:
    """The archive with bytes changed in the middle of its first file."""
    return archive[:60] + bytes(40) + archive[100:]


@pytest.mark.parametrize(
    ("archive", "error", "sentence"),
    [
        (b"no zip", EditError, "That is not a ZIP archive, or it is damaged"),
        (packed({"x/story.yaml": b""}), EditError, "The archive has no story.yaml at its top level"),
        (packed(OLD | {"big.yaml": b"a" * 21_000_000}), EditError, "The archive is too large"),
        (packed({f"{n}.yaml": b"" for n in range(300)}), EditError, "The archive is too large"),
        (b"PK" * 6_000_000, EditError, "The archive is too large"),
        (packed(OLD)[:-30], EditError, "That is not a ZIP archive, or it is damaged"),
        (spoilt(packed(OLD)), EditError, "That is not a ZIP archive, or it is damaged"),
        (linked(), EditError, "In the archive, people.yaml is a link or a device"),
        (doubled(), EditError, "The archive has people.yaml twice"),
        (packed(OLD | {"qa/keeper.yaml": b"\xff\xfe"}), StoryError, "this is not UTF-8 text"),
        (packed({"story.yaml": b"- ["}), StoryError, "this is not valid YAML"),
    ],
)
def test_a_hostile_archive_is_refused(
    editor: Editor, base: Path, archive: bytes, error: type[Exception], sentence: str
) -> None:
    """Too many files, too large unpacked, not a base."""
    with pytest.raises(error, match=sentence):
        editor.propose(ImportBase(unpack(archive)))
    assert on_disk(base) == OLD


@pytest.mark.parametrize("name", ["../story.yaml", "/etc/passwd", "qa/../../x.yaml", "bot.py"])
def test_an_archive_writes_nowhere_else(editor: Editor, base: Path, tmp_path: Path, name: str) -> None:
    """Paths that lead out of the base, and files that are none of it."""
    with pytest.raises((EditError, StoryError)):
        editor.publish(editor.propose(ImportBase(unpack(packed(OLD | {name: b"x: y"})))), "Ada", despite_warnings=True)
    assert on_disk(base) == OLD
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["knowledge"]
