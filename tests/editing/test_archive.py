"""Archives of the base: refused before they take too long to check."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import bootstrap
from bot.editing import archive
from bot.editing.change_request import ImportBase
from bot.editing.editor import Editor
from bot.errors import EditError
from bot.journal.journal import Journal
from bot.story import yaml_edit
from tests.support.story_files import OLD, write

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    """Return an editor of the small story."""
    return Editor(bootstrap.knowledge_base(write(tmp_path / "knowledge")), Journal("sqlite://"), lambda: NOW)


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
        (4_001, 0, "The archive has 4,006 answers. At most 4,000 can be imported."),
        (8, 10_001, "The archive has 80,016 ways of asking. At most 80,000 can be imported."),
    ],
)
def test_an_archive_with_too_many_entries_or_phrasings_is_refused(
    editor: Editor, count: int, phrasings: int, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Indexing them would take minutes, however few bytes they are; nothing is indexed."""
    monkeypatch.setattr("bot.answering.answerer.Answerer.updated", None)  # would index them
    with pytest.raises(EditError) as refused:
        editor.propose(ImportBase(archive.unpack(archive.pack(OLD | {"qa/x.yaml": entries_file(count, phrasings)}))))
    assert str(refused.value) == sentence
