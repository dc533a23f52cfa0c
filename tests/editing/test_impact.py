"""The impact of a change: expected replies and warnings, bounded."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import bootstrap
from bot.editing import archive, impact
from bot.editing.change_request import ImportBase
from bot.editing.editor import Editor
from bot.journal.journal import Journal
from tests.support.story_files import OLD, write

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    """Return an editor of the small story."""
    return Editor(bootstrap.knowledge_base(write(tmp_path / "knowledge")), Journal("sqlite://"), lambda: NOW)


def test_only_the_first_expected_questions_are_asked(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The warnings say so; only the first ones are listed, and the others counted."""
    monkeypatch.setattr(impact, "MAX_EXPECTED", 150)
    asked = "".join(f"- q: where is the lighthouse {number}\n  entries: [lamp-taken]\n" for number in range(400))
    found = editor.propose(ImportBase(archive.unpack(archive.pack(OLD | {"expected.yaml": asked.encode()}))))
    assert len(found.warnings) == impact.MAX_WARNINGS
    assert found.warnings[-1] == "and 52 more warnings"
