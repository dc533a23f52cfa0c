"""Archives of the base: exported, imported, and refused where they are hostile."""

import io
import stat
import zipfile
from pathlib import Path

import pytest

from bot.editing.archive import unpack
from bot.editing.change_request import AddPhrasings, EditEntry, ImportBase, UndoChange
from bot.editing.editor import Editor
from bot.errors import EditError, StoryError
from bot.story import yaml_edit
from tests.support.archives import packed
from tests.support.story_files import OLD, on_disk

KEEPER = "qa/keeper.yaml"


def test_an_exported_archive_can_be_imported(editor: Editor, base: Path) -> None:
    """The same base makes the same archive; importing it restores the base."""
    archive = editor.export()
    assert archive == editor.export()
    assert unpack(archive) == OLD
    editor.publish(editor.propose(EditEntry("keeper-place", {"answer": "At Brim."})), "Ada")
    back = editor.propose(ImportBase(unpack(archive)))
    assert list(back.changes) == [KEEPER]
    editor.publish(back, "Ada")
    assert on_disk(base) == OLD


@pytest.mark.parametrize("top", ["", "knowledge/", "my base/knowledge/"])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_an_archive_is_taken_as_people_make_it(top: str, newline: bytes) -> None:
    """With a folder on top, what a Mac adds, and the pages beside the base; line endings stay as they are."""
    files = {name: data.replace(b"\n", newline) for name, data in OLD.items()}
    packed_files = {f"{top}{name}": data for name, data in files.items()}
    litter = {f"{top}.DS_Store": b"x", f"__MACOSX/{top}._story.yaml": b"x", f"{top}qa/._keeper.yaml": b"x"}
    assert unpack(packed(packed_files | litter | {f"{top}README.md": b"# x", f"{top}qa/": b""})) == files


def test_a_base_with_windows_line_endings_keeps_them(editor: Editor, base: Path) -> None:
    """It can be imported and edited; only the lines of the changed field are new."""
    files = {name: data.replace(b"\n", b"\r\n") for name, data in OLD.items()}
    editor.publish(editor.propose(ImportBase(unpack(packed(files)))), "Ada", despite_warnings=True)
    assert on_disk(base) == files
    editor.publish(editor.propose(EditEntry("keeper-place", {"answer": "At Brim."})), "Ada")
    assert on_disk(base)[KEEPER] == files[KEEPER].replace(b"It stands at Brim.", b"At Brim.")
    editor.publish(editor.propose(AddPhrasings("keeper-place", ("whereabouts of the tower",))), "Ada")
    assert on_disk(base)[KEEPER].count(b"\n") == on_disk(base)[KEEPER].count(b"\r\n") == OLD[KEEPER].count(b"\n") + 1
    for number in (3, 2):
        editor.publish(editor.propose(UndoChange(number)), "Ada", despite_warnings=True)
    assert on_disk(base) == files


def archive_with_link() -> bytes:
    """Return an archive with a symbolic link in it."""
    file = io.BytesIO(packed({"story.yaml": OLD["story.yaml"]}))
    with zipfile.ZipFile(file, "a") as archive:
        link = zipfile.ZipInfo("people.yaml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    return file.getvalue()


def archive_with_duplicate() -> bytes:
    """Return an archive with one name twice."""
    file = io.BytesIO(packed(OLD))
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("people.yaml", "")
    return file.getvalue()


def damaged(archive: bytes) -> bytes:
    """Return the archive with bytes changed in the middle of its first file."""
    return archive[:60] + bytes(40) + archive[100:]


@pytest.mark.parametrize(
    ("archive", "error", "sentence"),
    [
        (b"no zip", EditError, "That is not a ZIP archive, or it is damaged"),
        (packed({"x/people.yaml": b""}), EditError, "The archive has no story.yaml. Pack the folder of a base"),
        (packed({f"x/{name}": data for name, data in OLD.items()} | {"bot.py": b""}), EditError, "no story.yaml"),
        (packed(OLD | {"big.yaml": b"a" * 21_000_000}), EditError, "The archive is too large"),
        (packed({f"{n}.yaml": b"" for n in range(300)}), EditError, "The archive is too large"),
        (b"PK" * 6_000_000, EditError, "The archive is too large"),
        (packed(OLD)[:-30], EditError, "That is not a ZIP archive, or it is damaged"),
        (damaged(packed(OLD)), EditError, "That is not a ZIP archive, or it is damaged"),
        (archive_with_link(), EditError, "In the archive, people.yaml is a link or a device"),
        (archive_with_duplicate(), EditError, "The archive has people.yaml twice"),
        (packed(OLD | {"qa/keeper.yaml": b"\xff\xfe"}), StoryError, "this is not UTF-8 text"),
        (packed({"story.yaml": b"- ["}), StoryError, "this is not valid YAML"),
    ],
)
def test_a_hostile_archive_is_refused(
    editor: Editor, base: Path, archive: bytes, error: type[Exception], sentence: str
) -> None:
    """Too many files, too large when unpacked, damaged, or not a base."""
    with pytest.raises(error, match=sentence):
        editor.propose(ImportBase(unpack(archive)))
    assert on_disk(base) == OLD


@pytest.mark.parametrize("name", ["../story.yaml", "/etc/passwd", "qa/../../x.yaml", "bot.py"])
def test_an_archive_writes_only_files_of_the_base(editor: Editor, base: Path, tmp_path: Path, name: str) -> None:
    """Paths that lead out of the base, and other files, are refused."""
    with pytest.raises((EditError, StoryError)):
        editor.publish(editor.propose(ImportBase(unpack(packed(OLD | {name: b"x: y"})))), "Ada", despite_warnings=True)
    assert on_disk(base) == OLD
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["knowledge"]


def entries_file(count: int, phrasings: int) -> bytes:
    """Return a YAML file of that many entries."""
    return b"".join(
        yaml_edit.format_entry(
            {
                "id": f"e-{number}",
                "question": f"What is number {number}?",
                "answer": f"It is {number}.",
                "cites": ["1"],
                "standing": "reported",
                "phrasings": [f"way {way} of {number}" for way in range(phrasings)],
            }
        ).encode()
        for number in range(count)
    )


@pytest.mark.parametrize(
    ("count", "phrasings", "sentence"),
    [
        (4_001, 0, "qa/: the base has 4,006 entries; at most 4,000 fit, so remove some"),
        (8, 10_001, "qa/: the base has 80,016 phrasings; at most 80,000 fit, so remove some"),
    ],
)
def test_an_archive_with_too_many_entries_or_phrasings_is_refused(
    editor: Editor, count: int, phrasings: int, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Indexing them would take minutes, however few bytes they are; nothing is indexed."""
    monkeypatch.setattr("bot.answering.answerer.Answerer.updated", None)  # would index them
    with pytest.raises(StoryError) as refused:
        editor.propose(ImportBase(unpack(packed(OLD | {"qa/x.yaml": entries_file(count, phrasings)}))))
    assert str(refused.value) == sentence
