"""The small story as files: before and after a change, written to disk and read back."""

from pathlib import Path

from bot.story.repository import STATE_FOLDER
from tests.support.small_story import small_story_files

OLD = small_story_files()
CHANGES: dict[str, bytes | None] = {
    "qa/keeper.yaml": OLD["qa/keeper.yaml"].replace(b"It stands at Brim.", b"It stands in Brim."),
    "people.yaml": OLD["people.yaml"].replace(b"Mayor of Brim.", b"The mayor of Brim."),
    "qa/second.yaml": b"",
    "vocabulary.yaml": None,
}
EXTRA = OLD["qa/lamp.yaml"].replace(b"lamp-", b"other-")
CHANGES["qa/second.yaml"] = EXTRA
NEW = {name: data for name, data in (OLD | CHANGES).items() if data is not None}


def write(folder: Path) -> Path:
    """Write the small story to a folder and return it."""
    for name, data in OLD.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def on_disk(folder: Path) -> dict[str, bytes]:
    """Return the folder's files by relative path, without the state folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and STATE_FOLDER not in path.parts
    }
