"""A base folder that somebody else has prepared: reading it writes nothing, and nothing outside it is read or written."""

import json
import logging
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from bot import bootstrap
from bot.errors import EditError, StoryError
from bot.story.base_files import sha256_hex
from bot.story.repository import STATE_FOLDER, FileSnapshot, Repository
from bot.terminal.cli import main
from tests.support.story_files import CHANGES, NEW, OLD, on_disk, write

NOT_ROOT = not hasattr(os, "geteuid") or os.geteuid() != 0
SOMEBODY = 54_321
"""A user who is not there."""
Steps = dict[str, Any]
TEXT = b"# planted\n"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A base with a file beside it that nobody may touch."""
    (tmp_path / "outside.yaml").write_bytes(b"keep me\n")
    return write(tmp_path / "knowledge")


def everything(folder: Path) -> dict[str, tuple[int, bytes | str]]:
    """All that is in a folder, links unfollowed."""
    found: dict[str, tuple[int, bytes | str]] = {}
    for path in sorted(folder.rglob("*")):
        mode = path.lstat().st_mode
        held = os.readlink(path) if stat.S_ISLNK(mode) else path.read_bytes() if stat.S_ISREG(mode) else b""  # noqa: PTH115 (as it is)
        found[path.relative_to(folder).as_posix()] = mode, held
    return found


def left_behind(folder: Path) -> Path:
    """Leave a change as a process does that is killed when it is made and nothing is in place; its folder."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Repository, "_apply", lambda _: None)
        Repository(folder).publish(CHANGES, FileSnapshot.of(OLD).revision, "0a")
    return folder / STATE_FOLDER / "commit"


def spoilt(ready: Path, how: Callable[[Steps], object]) -> None:
    """Change what the list of a change says."""
    listed = json.loads((ready / "steps.json").read_bytes())
    how(listed)
    (ready / "steps.json").write_text(json.dumps(listed), "utf-8")


def step(**wanted: object) -> Callable[[Steps], object]:
    """Change the first step, which is about people.yaml."""
    return lambda listed: listed["steps"][0].update(wanted)


HOSTILE: dict[str, Callable[[Steps], object]] = {
    "a path out of the base": step(name="../outside.yaml"),
    "a path out of its folder": step(name="qa/../../outside.yaml"),
    "an absolute path": step(name="/nowhere/at/all.yaml"),
    "no YAML file": step(name=".git/hooks/post-checkout"),
    "the folder for changes": step(name=f"{STATE_FOLDER}/lock"),
    "a line break": step(name="people.yaml\n"),
    "a removal out of the base": step(name="../outside.yaml", file=None, new=None),
    "a text from elsewhere": step(file="../../../outside.yaml"),
    "no digest": step(new="x"),
    "no text": step(name=7),
    "more than there is": step(more="x"),
    "a mark out of its folder": lambda listed: listed.update(mark="../../../outside.yaml"),
    "a long mark": lambda listed: listed.update(mark="a" * 65),
    "nothing": lambda listed: listed.clear(),
}
NO_LIST = "its steps.json is not in this program's format"


def assert_refused(folder: Path, why: str, caplog: pytest.LogCaptureFixture) -> None:
    """Read and publish: nothing of the change is used, nothing is touched, and one sentence says why."""
    sentence = (
        f"{folder}/.pilcrow/commit was not left there by this program: {why}. It is ignored. "
        "Check that the base is as it should be, then delete that folder."
    )
    before = everything(folder.parent)
    assert Repository(folder).load() == FileSnapshot.of(OLD)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == [sentence]
    assert everything(folder.parent) == before
    with pytest.raises(EditError) as refused:
        Repository(folder).publish({"people.yaml": b""}, FileSnapshot.of(OLD).revision)
    assert str(refused.value) == sentence
    lock = f"{folder.name}/{STATE_FOLDER}/lock"
    assert {name: held for name, held in everything(folder.parent).items() if name != lock or lock in before} == before


@pytest.mark.parametrize("how", HOSTILE.values(), ids=HOSTILE)
def test_a_planted_change_is_never_applied(
    base: Path, caplog: pytest.LogCaptureFixture, how: Callable[[Steps], object]
) -> None:
    """Whatever the list names, only files of the base may be in it."""
    spoilt(left_behind(base), how)
    assert_refused(base, NO_LIST, caplog)


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"place": 1, "mark": "\xff"}'])
def test_a_list_that_is_none_is_never_applied(base: Path, caplog: pytest.LogCaptureFixture, data: bytes) -> None:
    """As a broken disk, or somebody else's program, may leave it."""
    (left_behind(base) / "steps.json").write_bytes(data)
    assert_refused(base, NO_LIST, caplog)


def test_the_list_of_an_earlier_version_is_not_obeyed(base: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Which believed whatever was in it."""
    (ready := base / STATE_FOLDER / "commit").mkdir(parents=True, mode=0o700)
    (ready / "0").write_bytes(TEXT)
    planted = {"name": "../outside.yaml", "file": "0", "old": None, "new": None}
    (ready / "steps.json").write_text(json.dumps([planted]), "utf-8")
    assert_refused(base, NO_LIST, caplog)


def test_a_file_named_twice_is_never_applied(base: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The second step would find what the first has left."""
    spoilt(left_behind(base), lambda listed: listed["steps"].append(listed["steps"][0]))
    assert_refused(base, "its steps.json lists a file twice", caplog)


def test_a_text_that_is_not_the_one_listed_is_never_applied(base: Path, caplog: pytest.LogCaptureFixture) -> None:
    """By its digest."""
    (left_behind(base) / "0").write_bytes(TEXT)
    assert_refused(base, "the text for people.yaml does not match its hash in steps.json", caplog)


def test_a_link_instead_of_a_text_is_never_applied(base: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It would be moved into the base, and show what it leads to."""
    ready = left_behind(base)
    (base.parent / "same").write_bytes((ready / "0").read_bytes())
    (ready / "0").unlink()
    (ready / "0").symlink_to(base.parent / "same")
    assert_refused(base, "0: Too many levels of symbolic links", caplog)


def test_a_pipe_instead_of_the_list_does_not_hang(base: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody will ever write to it."""
    listed = left_behind(base) / "steps.json"
    listed.unlink()
    os.mkfifo(listed)
    assert_refused(base, "not a regular file", caplog)


def test_a_change_that_others_may_write_is_never_applied(base: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Unless they may write the base too."""
    ready = left_behind(base)
    ready.chmod(0o777)
    assert_refused(base, "other users may write it", caplog)
    base.chmod(0o777)
    assert Repository(base).load() == FileSnapshot.of(NEW)


def test_a_change_left_in_a_base_that_a_group_writes_is_finished(base: Path) -> None:
    """Its files may be written by the group, as the umask says; the folder for changes may not."""
    before = os.umask(0o002)
    try:
        left_behind(base)
    finally:
        os.umask(before)
    assert Repository(base).load() == FileSnapshot.of(NEW)
    assert on_disk(base) == NEW
    assert (base / "people.yaml").stat().st_mode & 0o777 == 0o664


def test_a_change_that_came_with_a_copy_of_the_folder_is_never_applied(
    base: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Pulled, unpacked or copied: whole and valid, and not left here. In the folder it was made in, it is finished."""
    left_behind(base)
    copy = base.parent / "copy" / "knowledge"
    shutil.copytree(base, copy)
    assert_refused(copy, "it was copied here from somewhere else", caplog)
    assert Repository(base).load() == FileSnapshot.of(NEW)
    assert on_disk(base) == NEW


def test_asking_a_hostile_base_touches_nothing(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`pilcrow ask --knowledge DIR` answers from its files."""
    spoilt(left_behind(base), HOSTILE["a path out of the base"])
    before = everything(base.parent)
    assert main(["ask", "--knowledge", str(base), "when did Ada Quill leave the lighthouse?"]) == 0
    assert "Friday" in capsys.readouterr().out
    assert everything(base.parent) == before


def test_reading_leaves_no_folder_for_changes(base: Path) -> None:
    """Or it would belong to whoever asked first, and shut out whoever publishes."""
    bootstrap.knowledge_base(base).load()
    assert on_disk(base) == OLD
    assert not (base / STATE_FOLDER).exists()


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("", "{0} is a link or a file, not a folder. Move it away, then try again."),
        ("made", "{0}/made can't be used: not a folder. Delete it, then try again."),
        (
            "commit",
            "{0}/commit was not left there by this program: not a folder. It is ignored. "
            "Check that the base is as it should be, then delete that folder.",
        ),
        ("lock", "The base can't be changed: Too many levels of symbolic links ({0}/lock)."),
        ("next", None),
    ],
)
def test_a_link_in_place_of_the_folder_for_changes_is_not_followed(base: Path, name: str, refusal: str | None) -> None:
    """Or in place of what is in it: nothing of where it leads to is changed, by reading or by publishing."""
    elsewhere = base.parent / "elsewhere"
    elsewhere.mkdir()
    for one in ("0a", "steps.json", "lock"):
        (elsewhere / one).write_bytes(b"keep me\n")
    link = base / STATE_FOLDER / name
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(elsewhere)
    before = everything(elsewhere)
    assert Repository(base).load() == FileSnapshot.of(OLD)
    with suppress(EditError):
        Repository(base).discard_transaction("0a")
    if refusal is None:
        Repository(base).publish(CHANGES, FileSnapshot.of(OLD).revision, "0b")
    else:
        with pytest.raises(EditError) as refused:
            Repository(base).publish(CHANGES, FileSnapshot.of(OLD).revision, "0b")
        assert str(refused.value) == refusal.format(base / STATE_FOLDER)
        assert Repository(base).load() == FileSnapshot.of(OLD)
    assert everything(elsewhere) == before


def test_publishing_into_a_folder_of_entries_that_is_a_link_is_refused(base: Path) -> None:
    """It would write wherever that leads."""
    (base / "qa").rename(base / "entries")
    (base / "qa").symlink_to(base / "entries")
    with pytest.raises(EditError) as refused:
        Repository(base).publish(CHANGES, FileSnapshot.of(OLD).revision)
    assert str(refused.value) == (
        f"The base can't be changed: {base}/qa is a link or not a folder. Put the folder itself there, then try again."
    )
    assert everything(base / "entries").keys() == {"keeper.yaml", "lamp.yaml"}


def test_a_link_where_an_editors_text_is_set_aside_is_not_followed(base: Path) -> None:
    """Its name can be guessed by whoever knows the text."""
    left_behind(base)
    (base / "people.yaml").write_bytes(TEXT)
    kept = base / f"people.yaml.kept-{sha256_hex(TEXT)[:8]}"
    kept.symlink_to(base.parent / "outside.yaml")
    assert Repository(base).load() == FileSnapshot.of(NEW)
    assert kept.read_bytes() == TEXT
    assert not kept.is_symlink()
    assert (base.parent / "outside.yaml").read_bytes() == b"keep me\n"


def problems(base: Path) -> list[str]:
    """What is said of a base that can't be read."""
    with pytest.raises(StoryError) as refused:
        Repository(base).load()
    return [str(problem) for problem in refused.value.problems]


def test_files_that_are_none_are_named_and_do_not_hang(base: Path) -> None:
    """A pipe, a device, a folder, and links that lead out of the base."""
    for name in ("story.yaml", "people.yaml", "claims.yaml", "vocabulary.yaml", "qa/keeper.yaml"):
        (base / name).unlink(missing_ok=True)
    os.mkfifo(base / "story.yaml")
    (base / "people.yaml").symlink_to("/dev/zero")
    (base / "vocabulary.yaml").mkdir()
    (base / "claims.yaml").symlink_to("../outside.yaml")
    os.mkfifo(base / "qa" / "keeper.yaml")
    assert problems(base) == [
        "claims.yaml: it is a link to outside the base; put the file itself there",
        "people.yaml: it is a link to outside the base; put the file itself there",
        "qa/keeper.yaml: it can't be read: not a regular file",
        "story.yaml: it can't be read: not a regular file",
        "vocabulary.yaml: it can't be read: Is a directory",
    ]


def test_entries_behind_a_link_out_of_the_base_are_not_read(base: Path) -> None:
    """All of them are named."""
    (base / "qa").rename(base.parent / "qa")
    (base / "qa").symlink_to("../qa")
    said = "it is a link to outside the base; put the file itself there"
    assert problems(base) == [f"qa/keeper.yaml: {said}", f"qa/lamp.yaml: {said}"]


def test_links_within_the_base_are_read(base: Path) -> None:
    """A mounted volume has each file as one."""
    (base / "..data").mkdir()
    (base / "people.yaml").rename(base / "..data" / "people.yaml")
    (base / "people.yaml").symlink_to("..data/people.yaml")
    assert Repository(base).load() == FileSnapshot.of(OLD)


def test_a_huge_file_is_named_and_not_read_whole(base: Path) -> None:
    """It takes no room on disk, and would take all memory."""
    with (base / "people.yaml").open("wb") as file:
        file.truncate(1 << 40)
    assert len(Repository(base).load().files["people.yaml"]) == 2_000_001


@pytest.fixture
def shared() -> Iterator[Path]:
    """A base that all users may read; this one owns it, and has published."""
    folder = Path(tempfile.mkdtemp(prefix="pilcrow-test-"))
    folder.chmod(0o755)
    base = write(folder / "knowledge")
    Repository(base).publish({"people.yaml": NEW["people.yaml"]}, FileSnapshot.of(OLD).revision)
    Repository(base).publish({"people.yaml": OLD["people.yaml"]}, Repository(base).load().revision)
    yield base
    shutil.rmtree(folder)


@pytest.fixture
def somebody() -> Iterator[int]:
    """Run as another user for a while."""
    if NOT_ROOT:
        pytest.skip("only root can be another user")
    os.seteuid(SOMEBODY)
    yield SOMEBODY
    os.seteuid(0)


def test_another_user_reads_the_base_and_is_told_who_publishes(shared: Path, somebody: int) -> None:
    """The folder for changes is nobody else's to look into: no traceback, and what to do instead."""
    assert bootstrap.knowledge_base(shared).load().revision == FileSnapshot.of(OLD).revision
    with pytest.raises(EditError) as refused:
        Repository(shared).publish(CHANGES, FileSnapshot.of(OLD).revision)
    assert str(refused.value) == (
        f"The base can't be changed: {shared}/.pilcrow belongs to root. "
        "Publish as root, or ask root to delete that folder."
    )
    with pytest.raises(EditError):
        Repository(shared).committed_transactions()


def test_a_user_who_may_not_write_the_base_is_told_whose_it_is(shared: Path, somebody: int) -> None:
    """As a service under a user of its own."""
    os.seteuid(0)
    shutil.rmtree(shared / STATE_FOLDER)
    os.seteuid(somebody)
    with pytest.raises(EditError) as refused:
        Repository(shared).publish(CHANGES, FileSnapshot.of(OLD).revision)
    assert str(refused.value) == (
        f"The base can't be changed: Permission denied ({shared}/.pilcrow). {shared} belongs to root: publish as root, "
        "or give this user write access (under systemd with User= and ReadWritePaths=)."
    )


def test_a_base_that_may_not_be_looked_at_is_a_sentence(shared: Path, somebody: int) -> None:
    """The folder itself, or the one above it."""
    os.seteuid(0)
    shared.chmod(0o700)
    os.seteuid(somebody)
    assert problems(shared) == [f"{shared}: it can't be read: Permission denied"]
    os.seteuid(0)
    shared.parent.chmod(0o700)
    os.seteuid(somebody)
    assert problems(shared) == [f"{shared}: it can't be read: Permission denied"]


def test_a_change_that_another_user_left_is_not_finished(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only by them: whoever finished it for them would own their files."""
    left_behind(shared)
    before = everything(shared)
    with monkeypatch.context() as patched:
        patched.setattr(os, "geteuid", lambda: SOMEBODY)
        assert Repository(shared).load() == FileSnapshot.of(OLD)
    assert everything(shared) == before
    assert Repository(shared).load() == FileSnapshot.of(NEW)


def test_what_earlier_versions_kept_in_the_base_is_removed_at_the_next_change(base: Path) -> None:
    """The index, and those that a killed process had not finished."""
    (base / STATE_FOLDER).mkdir(mode=0o700)
    for name in ("index", "index.17", "index.4711"):
        (base / STATE_FOLDER / name).write_bytes(b"x")
    Repository(base).publish(CHANGES, FileSnapshot.of(OLD).revision)
    assert [path.name for path in (base / STATE_FOLDER).iterdir()] == ["lock"]
