"""The base on disk changes as a whole or not at all, whenever a process dies, and nobody's text is lost."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import EditError, StoryError
from bot.story import repository
from bot.story.repository import Conflict, FileSnapshot, Repository
from tests.support.story_files import CHANGES, NEW, OLD, on_disk, write


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return write(tmp_path / "knowledge")


def test_several_files_change_together(base: Path) -> None:
    """Files are changed, added and deleted in one transaction; the rest stays byte for byte."""
    before = Repository(base).load()
    after = Repository(base).publish(CHANGES, before.revision)
    assert on_disk(base) == NEW
    assert after == Repository(base).load() == FileSnapshot.of(NEW)
    assert Repository(base).publish({name: OLD.get(name) for name in CHANGES}, after.revision) == before
    assert on_disk(base) == OLD


def test_an_outdated_change_is_refused(base: Path) -> None:
    """If the revision is not the expected one, nothing is written."""
    before = Repository(base).load()
    (base / "people.yaml").write_bytes(OLD["people.yaml"] + b"# by hand\n")
    with pytest.raises(Conflict, match="Somebody else has changed the base in the meantime"):
        Repository(base).publish(CHANGES, before.revision)
    assert on_disk(base) == OLD | {"people.yaml": OLD["people.yaml"] + b"# by hand\n"}


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("qa/keeper.yaml", b"- id: x\n  question: [", StoryError),
        ("story.yaml", None, StoryError),
        ("../outside.yaml", b"x", EditError),
        ("qa/../../x.yaml", b"x", EditError),
        ("/etc/x.yaml", b"x", EditError),
        ("qa/X.YAML", b"x", EditError),
    ],
)
def test_an_invalid_change_is_refused(base: Path, name: str, data: bytes | None, error: type[Exception]) -> None:
    """An invalid file, a missing required file, or a path outside the base."""
    with pytest.raises(error):
        Repository(base).publish({name: data}, Repository(base).load().revision)
    assert on_disk(base) == OLD


def test_a_file_saved_by_an_editor_during_publishing_is_kept_aside(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its text is kept beside the published file."""
    revision = Repository(base).load().revision
    prepare = Repository._commit

    def slow(self: Repository, *what: object) -> None:
        prepare(self, *what)  # type: ignore[arg-type]
        (base / "people.yaml").write_bytes(b"# an editor wrote this\n")

    monkeypatch.setattr(Repository, "_commit", slow)
    Repository(base).publish(CHANGES, revision)
    (kept,) = base.glob("people.yaml.kept-*")
    assert kept.read_bytes() == b"# an editor wrote this\n"
    assert (base / "people.yaml").read_bytes() == NEW["people.yaml"]


def test_waiting_for_another_process_times_out(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says so, and nothing is changed."""
    monkeypatch.setattr(repository, "LOCK_TIMEOUT", 0.01)
    with Repository(base)._exclusive(), pytest.raises(EditError, match="Another program is changing the base"):
        Repository(base).publish(CHANGES, "")


def publish_until(folder: Path, stop: int) -> bool:
    """Publish in a child process that dies just before the `stop`th disk operation; return whether it finished."""
    child = os.fork()
    if child == 0:
        count = 0

        def counted(function: object) -> object:
            def run(*args: object, **more: object) -> object:
                nonlocal count
                count += 1
                if count == stop:
                    os._exit(9)
                return function(*args, **more)  # type: ignore[operator]

            return run

        try:
            Path.rename = counted(Path.rename)  # type: ignore[assignment,method-assign]
            Path.replace = counted(Path.replace)  # type: ignore[assignment,method-assign]
            Path.unlink = counted(Path.unlink)  # type: ignore[assignment,method-assign]
            Path.mkdir = counted(Path.mkdir)  # type: ignore[assignment,method-assign]
            os.fsync = counted(os.fsync)  # type: ignore[assignment]
            shutil.rmtree = counted(shutil.rmtree)  # type: ignore[assignment]
            Repository(folder).publish(CHANGES, FileSnapshot.of(OLD).revision, "0a")
        except BaseException:  # noqa: BLE001 (nothing of pytest may run on in the child)
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) in (0, 9)
    return os.waitstatus_to_exitcode(status) == 0


def bases_of_killed_processes(tmp_path: Path) -> Iterator[Path]:
    """Yield a base for each disk operation at which the publishing process died."""
    for stop in range(1, 1000):
        folder = write(tmp_path / str(stop))
        done = publish_until(folder, stop)
        yield folder
        if done:
            assert stop > 20
            return


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_process_killed_at_any_step_leaves_the_old_base_or_the_new_one(tmp_path: Path) -> None:
    """The next reader gets one of the two, complete, and can change it; the transaction tells which one it is."""
    seen = set()
    for folder in bases_of_killed_processes(tmp_path):
        found = Repository(folder).load()
        assert dict(found.files) in (OLD, NEW)
        assert on_disk(folder) == dict(found.files)
        seen.add(found.revision)
        assert (Repository(folder).committed_transactions() == {"0a"}) == (dict(found.files) == NEW)
        Repository(folder).publish({"people.yaml": OLD["people.yaml"]}, found.revision)
    assert seen == {FileSnapshot.of(OLD).revision, FileSnapshot.of(NEW).revision}
