"""Moderators' changes: shown with what they would do, published, kept in the history, and undone byte for byte."""

import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot import app
from bot.editing import Editor, unpacked
from bot.errors import EditError, StoryError
from bot.journal import Journal
from bot.story import edits
from bot.story.store import Conflict, Store
from bot.terminal import cli
from tests.test_store import OLD, on_disk, write

NOW = datetime(2026, 5, 23, 14, 5, tzinfo=UTC)
KEEPER = "qa/keeper.yaml"
WORTH: dict[str, edits.Value] = {
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
def journal(tmp_path: Path) -> Journal:
    return Journal(f"sqlite:///{tmp_path}/journal.sqlite3")


@pytest.fixture
def editor(base: Path, journal: Journal) -> Editor:
    return Editor(Store(base), journal, app.weights(), lambda: NOW)


def test_a_change_is_shown_published_and_undone(editor: Editor, base: Path) -> None:
    """The card as members will see it, the lines that change; afterwards the file is byte for byte what it was."""
    proposal = editor.add(WORTH, "lamp")
    assert proposal.reply is not None
    assert (proposal.reply.entry, proposal.reply.answer) == ("what-is-the-lamp-worth", "The lamp is worth 40 crowns.")
    assert "+  question: What is the lamp worth?" in proposal.diff
    assert proposal.warnings == ()
    assert on_disk(base) == OLD
    change = editor.publish(proposal, "Ada", "asked often")
    assert (change.number, change.who, change.why) == (1, "Ada", "asked often")
    assert app.story(base).entries["what-is-the-lamp-worth"].phrasings == ("price of the lamp",)
    assert editor.publish(editor.undo(1), "Tom").what == "undo 1 (add what-is-the-lamp-worth)"
    assert on_disk(base) == OLD


def test_the_history_says_who_what_when_and_why(editor: Editor, journal: Journal) -> None:
    """The latest first, with both versions of what changed."""
    editor.publish(editor.phrase("keeper-place", "the lighthouse, whereabouts"), "Ada")
    editor.publish(editor.edit("keeper-place", {"answer": "It is at Brim."}), "Tom", "shorter")
    told = [(one.number, one.at, one.who, one.what, one.why) for one in journal.changes(10)]
    assert told == [
        (2, "2026-05-23 14:05", "Tom", "edit keeper-place", "shorter"),
        (1, "2026-05-23 14:05", "Ada", "phrase keeper-place", ""),
    ]
    first = journal.change(1)
    assert first is not None
    old, new = first.files[KEEPER]
    assert (old or "").encode() == OLD[KEEPER]
    assert "the lighthouse, whereabouts" in (new or "")


def test_warnings_are_published_over_only_by_saying_so(editor: Editor, base: Path, journal: Journal) -> None:
    """A name that the paragraph does not have; the history keeps what it was published in spite of."""
    proposal = editor.edit("keeper-place", {"answer": "It stands in Oslo."})
    assert proposal.warnings == ("keeper-place: the answer has the name 'Oslo', which ¶1 does not have",)
    with pytest.raises(EditError, match="There are warnings"):
        editor.publish(proposal, "Ada")
    assert on_disk(base) == OLD
    editor.publish(proposal, "Ada", despite=True)
    assert journal.changes(1)[0].warnings == proposal.warnings


def test_a_phrasing_that_another_entry_answers_is_a_warning(editor: Editor) -> None:
    """Members would get another answer from now on."""
    assert editor.phrase("keeper-place", "on what day did the keeper quit").warnings == (
        "'on what day did the keeper quit' is answered by keeper-left now",
    )


def test_an_expected_reply_that_would_change_is_a_warning(editor: Editor, base: Path) -> None:
    """What it would be, and what it has to be."""
    (base / "expected.yaml").write_text("- q: in which town is the lighthouse\n  entries: [keeper-place]\n", "utf-8")
    proposal = editor.edit("keeper-place", {"question": "What is at Brim?", "phrasings": ["what stands there"]})
    (warning,) = proposal.warnings
    assert warning.startswith("'in which town is the lighthouse' should get keeper-place, and gets ")


def test_a_waiting_question_that_would_get_another_answer_is_a_warning(editor: Editor, journal: Journal) -> None:
    """Where the change was meant for something else; the entry that it was meant for is no surprise."""
    journal.note_unanswered("price of the lamp", "dm", date(2026, 5, 1))
    worth = editor.add(WORTH, "lamp")
    assert worth.warnings == ()
    editor.publish(worth, "Ada")
    (warning,) = editor.remove("what-is-the-lamp-worth").warnings
    assert warning.startswith("'price of the lamp' (asked 1 times) would get ")
    assert warning.endswith(", and gets what-is-the-lamp-worth now")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"cites": ["99"]}, "there is no paragraph 99"),
        ({"answer": "x" * 5000}, "'answer' has 5000 characters"),
        ({"cites": []}, "an entry has no 'cites'"),
        ({"standing": "alleged"}, "an entry has no 'by'"),
        ({"related": ["nobody"]}, "which does not exist"),
    ],
)
def test_what_would_break_the_base_stops_it(
    editor: Editor, base: Path, fields: dict[str, edits.Value], sentence: str
) -> None:
    """Unknown paragraph, too long, no citation, broken schema."""
    with pytest.raises(StoryError, match=sentence):
        editor.edit("keeper-place", fields)
    assert on_disk(base) == OLD


def test_two_moderators_at_one_entry(editor: Editor, base: Path) -> None:
    """The second is told; nothing of the first is lost."""
    first = editor.edit("keeper-place", {"answer": "At Brim."})
    second = editor.edit("keeper-place", {"answer": "Brim has it."})
    editor.publish(first, "Ada")
    with pytest.raises(Conflict, match="Somebody else has changed the base meanwhile"):
        editor.publish(second, "Tom")
    assert app.story(base).entries["keeper-place"].answer == "At Brim."


def test_a_change_that_was_built_upon_is_not_undone(editor: Editor) -> None:
    """The later ones first."""
    editor.publish(editor.edit("keeper-place", {"answer": "At Brim."}), "Ada")
    editor.publish(editor.edit("keeper-place", {"answer": "Brim."}), "Tom")
    with pytest.raises(EditError, match="has been changed since; undo the later changes first"):
        editor.undo(1)
    with pytest.raises(EditError, match="There is no change 9"):
        editor.undo(9)


def test_an_archive_goes_out_and_comes_back(editor: Editor, base: Path) -> None:
    """The same base makes the same archive; what comes back is shown before it is taken."""
    archive = editor.export()
    assert archive == editor.export()
    assert unpacked(archive) == OLD
    editor.publish(editor.edit("keeper-place", {"answer": "At Brim."}), "Ada")
    back = editor.import_(archive)
    assert list(back.changes) == [KEEPER]
    editor.publish(back, "Ada")
    assert on_disk(base) == OLD


def packed(files: dict[str, bytes]) -> bytes:
    """An archive of these files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


@pytest.mark.parametrize(
    ("archive", "error", "sentence"),
    [
        (b"no zip", EditError, "That is no ZIP archive that I can open"),
        (packed({"x/story.yaml": b""}), EditError, "The archive has no story.yaml at its top"),
        (packed(OLD | {"big.yaml": b"a" * 21_000_000}), EditError, "too large to be a base"),
        (packed({f"{n}.yaml": b"" for n in range(300)}), EditError, "too large to be a base"),
        (packed({"story.yaml": b"- ["}), StoryError, "this is not valid YAML"),
    ],
)
def test_a_hostile_archive_is_refused(
    editor: Editor, base: Path, archive: bytes, error: type[Exception], sentence: str
) -> None:
    """Too many files, too large unpacked, not a base."""
    with pytest.raises(error, match=sentence):
        editor.import_(archive)
    assert on_disk(base) == OLD


@pytest.mark.parametrize("name", ["../story.yaml", "/etc/passwd", "qa/../../x.yaml", "bot.py"])
def test_an_archive_writes_nowhere_else(editor: Editor, base: Path, tmp_path: Path, name: str) -> None:
    """Paths that lead out of the base, and files that are none of it."""
    with pytest.raises((EditError, StoryError)):
        editor.publish(editor.import_(packed(OLD | {name: b"x: y"})), "Ada", despite=True)
    assert on_disk(base) == OLD
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["knowledge"]


def test_the_terminal_does_the_same(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`pilcrow kb`: a phrasing, the history, undo; nothing is published without a yes."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text(f"database: sqlite:///{tmp_path}/j.sqlite3\n", "utf-8")
    asked = ["kb", "phrase", "keeper-place", "the lighthouse, whereabouts", "--who", "Ada"]
    assert cli.main(asked) == 2
    assert "say --yes to publish where nobody can be asked" in capsys.readouterr().err
    assert on_disk(base) == OLD
    assert cli.main([*asked, "--yes", "--why", "sailors say so"]) == 0
    assert "+    - 'the lighthouse, whereabouts'\n" in (shown := capsys.readouterr().out)
    assert "Published as change 1; 'pilcrow kb undo 1' takes it back.\n" in shown
    assert cli.main(["kb", "history"]) == 0
    assert "Ada, phrase keeper-place: sailors say so\n" in capsys.readouterr().out
    assert cli.main(["kb", "diff", "1"]) == 0
    assert "+    - 'the lighthouse, whereabouts'\n" in capsys.readouterr().out
    assert cli.main(["kb", "undo", "1", "--yes"]) == 0
    assert on_disk(base) == OLD
    assert cli.main(["kb", "inbox"]) == 0
    assert "Nothing is waiting.\n" in capsys.readouterr().out
