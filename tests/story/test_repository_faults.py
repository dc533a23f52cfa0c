"""Publishing to a disk that is full, read-only or broken: the base stays whole, and loading goes on."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import bootstrap
from bot.errors import EditError
from bot.files import safe_files
from bot.story.repository import STATE_FOLDER, FileSnapshot, Repository
from tests.support.story_files import CHANGES, NEW, OLD, on_disk, write

DISK_FULL = "The base can't be changed: No space left on device."


def refuse(*_: object, **__: object) -> None:
    """Raise as a full disk does."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def refuse_after(writes: int, function: Callable[..., None]) -> Callable[..., None]:
    """Return the function, made to raise after so many calls."""
    remaining = iter(range(writes))

    def limited(*arguments: object) -> None:
        if next(remaining, None) is None:
            refuse()
        function(*arguments)

    return limited


@pytest.mark.parametrize("writes", range(4))
def test_a_full_disk_leaves_the_old_base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: int) -> None:
    """At whichever write it fills up: nothing of the change stays, and once there is space it can be published."""
    folder = write(tmp_path)
    before = Repository(folder).load()
    with monkeypatch.context() as patched:
        patched.setattr(safe_files, "write_new", refuse_after(writes, safe_files.write_new))
        with pytest.raises(EditError) as refused:
            Repository(folder).publish(CHANGES, before.revision)
    assert str(refused.value) == DISK_FULL
    assert on_disk(folder) == OLD
    assert not (folder / STATE_FOLDER / "next").exists()
    Repository(folder).publish(CHANGES, before.revision)
    assert on_disk(folder) == NEW


@pytest.mark.parametrize("moves", range(4))
def test_a_committed_change_is_loaded_before_it_is_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    """If the disk fails between two files, every reader gets the complete new base, and later it is moved into place."""
    folder = write(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(Repository, "_move", refuse_after(moves, Repository._move))
        after = Repository(folder).publish(CHANGES, Repository(folder).load().revision)
        assert after == FileSnapshot.of(NEW)
        assert on_disk(folder) != NEW
        patched.setattr(Repository, "_move", refuse)
        assert Repository(folder).load() == after
        patched.setattr(os, "access", lambda *_: False)
        assert Repository(folder).load() == after
    assert Repository(folder).load() == after
    assert on_disk(folder) == NEW


def test_a_read_only_base_can_be_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even a lock file can be created there, so publishing is refused."""
    folder = write(tmp_path)
    monkeypatch.setattr(Path, "mkdir", refuse)
    assert bootstrap.knowledge_base(folder).load().revision == FileSnapshot.of(OLD).revision
    with pytest.raises(EditError, match=DISK_FULL):
        Repository(folder).publish(CHANGES, FileSnapshot.of(OLD).revision)


def test_a_base_that_can_not_be_loaded_now_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change is not missed because another process held the lock at that moment."""
    base = bootstrap.knowledge_base(write(tmp_path))
    base.load()
    (tmp_path / "people.yaml").write_bytes(NEW["people.yaml"])

    def locked(_: Repository) -> FileSnapshot:
        raise EditError("Another program is changing the base. Try again in a moment.")

    assert not base.refresh()
    with monkeypatch.context() as patched:
        patched.setattr(Repository, "load", locked)
        for _ in range(2):
            with pytest.raises(EditError):
                base.refresh()
    assert base.refresh()
    assert base.current.story.people["tom-reed"].role == "The mayor of Brim."
