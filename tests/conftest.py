"""What tests share."""

from pathlib import Path

import pytest

from tests.small_story import files


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The small story as a folder on disk."""
    folder = tmp_path / "knowledge"
    for name, data in files().items():
        path = folder / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(data)
    return folder
