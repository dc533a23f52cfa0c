"""A draft's preview: what it parses, and what would be different."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import bootstrap
from bot.editing import archive
from bot.editing.editor import Editor
from bot.editing.entry_form import form_texts
from bot.editing.preview import make_preview
from bot.errors import EditError
from bot.journal.journal import Journal
from bot.journal.records import Draft
from bot.story import loader
from tests.support.story_files import NEW, OLD, on_disk

KEEPER = "qa/keeper.yaml"


@pytest.fixture
def editor(base: Path) -> Editor:
    """Return an editor whose base is loaded already, as that of a running bot."""
    editor = Editor(bootstrap.knowledge_base(base), Journal("sqlite://"), lambda: datetime(2026, 5, 23, tzinfo=UTC))
    editor.snapshot()
    return editor


@pytest.fixture
def parsed(editor: Editor) -> Iterator[list[str]]:
    """Return the names of the files that are parsed, in order."""
    names: list[str] = []
    parse_file = loader.parse_file

    def record(name: str, data: bytes) -> loader.ParsedFile:
        names.append(name)
        return parse_file(name, data)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loader, "parse_file", record)
        yield names


def edit_draft(editor: Editor, answer: str) -> Draft:
    """Return a draft that changes the answer of an entry."""
    story = editor.snapshot().story
    texts = form_texts(story.entries["keeper-place"], story)
    return Draft("edit", "keeper-place", {**texts, "answer": answer}, texts)


def test_a_preview_parses_each_changed_file_once_and_publishing_parses_nothing(
    editor: Editor, base: Path, parsed: list[str]
) -> None:
    """The story and the index that the preview has built are those that the bot answers from once it is published."""
    preview = make_preview(editor, edit_draft(editor, "At Brim."))
    assert parsed == [KEEPER]
    editor.publish(preview.proposal, "Ada")
    snapshot = editor.snapshot()
    assert parsed == [KEEPER]
    assert snapshot.story is preview.story
    assert (base / KEEPER).read_bytes() == OLD[KEEPER].replace(b"It stands at Brim.", b"At Brim.")


@pytest.mark.parametrize(
    ("draft", "changed"),
    [
        (Draft("phrase", "keeper-place", {"phrasing": "the lighthouse, whereabouts"}), [KEEPER]),
        (
            Draft(
                "add",
                "worth",
                {"question": "What is it worth?", "answer": "40 crowns.", "cites": "2", "standing": "reported"},
            ),
            ["qa/worth.yaml"],
        ),
        (Draft("import", archive=archive.pack(NEW)), sorted(name for name in NEW if NEW[name] != OLD.get(name))),
    ],
)
def test_every_kind_of_preview_parses_each_changed_file_once(
    editor: Editor, base: Path, parsed: list[str], draft: Draft, changed: list[str]
) -> None:
    """Whatever the draft is: a phrasing, a new file, an archive, and undoing it afterwards."""
    preview = make_preview(editor, draft)
    assert sorted(parsed) == changed
    change = editor.publish(preview.proposal, "Ada", despite_warnings=True)
    assert sorted(parsed) == changed
    parsed.clear()
    restored = sorted(name for name, data in OLD.items() if on_disk(base).get(name) != data)
    undo = make_preview(editor, Draft("undo", str(change.number)))
    assert sorted(parsed) == restored
    editor.publish(undo.proposal, "Ada", despite_warnings=True)
    assert sorted(parsed) == restored
    assert on_disk(base) == OLD


def test_only_the_fields_that_change_are_differences(editor: Editor) -> None:
    """Field by field, before and after; nothing of entries that only moved within their file."""
    (difference,) = make_preview(editor, edit_draft(editor, "At Brim.")).differences
    assert (difference.id, difference.kind) == ("keeper-place", "changed")
    (change,) = difference.field_changes
    assert (change.field, change.old, change.new) == ("answer", "It stands at Brim.", "At Brim.")


def test_a_draft_that_changes_nothing_has_no_preview(editor: Editor) -> None:
    """It says that this is published already."""
    with pytest.raises(EditError, match=r"^Nothing would change: this is already published\.$"):
        make_preview(editor, edit_draft(editor, "It stands at Brim."))
