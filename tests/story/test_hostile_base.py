"""A base prepared by an attacker: loading it writes nothing, and nothing outside it is ever read or written."""

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
OTHER_UID = 54_321
ManifestJson = dict[str, Any]
PLANTED = b"# planted\n"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """Return a base with a file beside it that must stay untouched."""
    (tmp_path / "outside.yaml").write_bytes(b"keep me\n")
    return write(tmp_path / "knowledge")


def snapshot_tree(folder: Path) -> dict[str, tuple[int, bytes | str]]:
    """Return mode and content of everything in a folder, without following links."""
    tree: dict[str, tuple[int, bytes | str]] = {}
    for path in sorted(folder.rglob("*")):
        mode = path.lstat().st_mode
        content = os.readlink(path) if stat.S_ISLNK(mode) else path.read_bytes() if stat.S_ISREG(mode) else b""  # noqa: PTH115 (as it is)
        tree[path.relative_to(folder).as_posix()] = mode, content
    return tree


def leave_pending_change(folder: Path) -> Path:
    """Leave a change as a process does that is killed right after the commit; return its folder."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Repository, "_apply", lambda _: None)
        Repository(folder).publish(CHANGES, FileSnapshot.of(OLD).revision, "0a")
    return folder / STATE_FOLDER / "commit"


def edit_manifest(folder: Path, edit: Callable[[ManifestJson], object]) -> None:
    """Edit the manifest of a pending change."""
    manifest = json.loads((folder / "steps.json").read_bytes())
    edit(manifest)
    (folder / "steps.json").write_text(json.dumps(manifest), "utf-8")


def first_step(**values: object) -> Callable[[ManifestJson], object]:
    """Return an edit of the first file change, that of people.yaml."""
    return lambda manifest: manifest["steps"][0].update(values)


HOSTILE: dict[str, Callable[[ManifestJson], object]] = {
    "a path out of the base": first_step(name="../outside.yaml"),
    "a path out of its folder": first_step(name="qa/../../outside.yaml"),
    "an absolute path": first_step(name="/nowhere/at/all.yaml"),
    "not a YAML file": first_step(name=".git/hooks/post-checkout"),
    "the folder for changes": first_step(name=f"{STATE_FOLDER}/lock"),
    "a line break": first_step(name="people.yaml\n"),
    "a removal out of the base": first_step(name="../outside.yaml", file=None, new=None),
    "a staged text outside the folder": first_step(file="../../../outside.yaml"),
    "not a hash": first_step(new="x"),
    "a name that is no text": first_step(name=7),
    "an unknown field": first_step(more="x"),
    "a transaction outside its folder": lambda manifest: manifest.update(mark="../../../outside.yaml"),
    "a long transaction": lambda manifest: manifest.update(mark="a" * 65),
    "an empty manifest": lambda manifest: manifest.clear(),
}
BAD_FORMAT = "its steps.json is not in this program's format"


def assert_refused(folder: Path, reason: str, caplog: pytest.LogCaptureFixture) -> None:
    """Load and publish: the pending change is ignored, nothing is touched, and one sentence says why."""
    sentence = (
        f"{folder}/.pilcrow/commit was not left there by this program: {reason}. It is ignored. "
        "Check that the base is as it should be, then delete that folder."
    )
    before = snapshot_tree(folder.parent)
    assert Repository(folder).load() == FileSnapshot.of(OLD)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == [sentence]
    assert snapshot_tree(folder.parent) == before
    with pytest.raises(EditError) as refused:
        Repository(folder).publish({"people.yaml": b""}, FileSnapshot.of(OLD).revision)
    assert str(refused.value) == sentence
    lock = f"{folder.name}/{STATE_FOLDER}/lock"
    assert {
        name: content for name, content in snapshot_tree(folder.parent).items() if name != lock or lock in before
    } == before


@pytest.mark.parametrize("edit", HOSTILE.values(), ids=HOSTILE)
def test_a_planted_change_is_never_applied(
    base: Path, caplog: pytest.LogCaptureFixture, edit: Callable[[ManifestJson], object]
) -> None:
    """A manifest may only name files of the base."""
    edit_manifest(leave_pending_change(base), edit)
    assert_refused(base, BAD_FORMAT, caplog)


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"place": 1, "mark": "\xff"}'])
def test_an_unreadable_manifest_is_never_applied(base: Path, caplog: pytest.LogCaptureFixture, data: bytes) -> None:
    """A broken disk or another program may have left it."""
    (leave_pending_change(base) / "steps.json").write_bytes(data)
    assert_refused(base, BAD_FORMAT, caplog)


def test_a_manifest_of_an_earlier_version_is_never_applied(base: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Earlier versions trusted its content."""
    (ready := base / STATE_FOLDER / "commit").mkdir(parents=True, mode=0o700)
    (ready / "0").write_bytes(PLANTED)
    planted = {"name": "../outside.yaml", "file": "0", "old": None, "new": None}
    (ready / "steps.json").write_text(json.dumps([planted]), "utf-8")
    assert_refused(base, BAD_FORMAT, caplog)


def test_a_file_named_twice_is_never_applied(base: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The second change would act on the result of the first."""
    edit_manifest(leave_pending_change(base), lambda manifest: manifest["steps"].append(manifest["steps"][0]))
    assert_refused(base, "its steps.json lists a file twice", caplog)


def test_a_text_with_another_hash_is_never_applied(base: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is not the text that was committed."""
    (leave_pending_change(base) / "0").write_bytes(PLANTED)
    assert_refused(base, "the text for people.yaml does not match its hash in steps.json", caplog)


def test_a_link_instead_of_a_text_is_never_applied(base: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It would be moved into the base and expose its target."""
    ready = leave_pending_change(base)
    (base.parent / "same").write_bytes((ready / "0").read_bytes())
    (ready / "0").unlink()
    (ready / "0").symlink_to(base.parent / "same")
    assert_refused(base, "0: Too many levels of symbolic links", caplog)


def test_a_pipe_instead_of_the_manifest_does_not_hang(base: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Reading it would never end."""
    manifest = leave_pending_change(base) / "steps.json"
    manifest.unlink()
    os.mkfifo(manifest)
    assert_refused(base, "not a regular file", caplog)


def test_a_change_that_others_may_write_is_never_applied(base: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Unless they may write the base as well."""
    ready = leave_pending_change(base)
    ready.chmod(0o777)
    assert_refused(base, "other users may write it", caplog)
    base.chmod(0o777)
    assert Repository(base).load() == FileSnapshot.of(NEW)


def test_a_pending_change_in_a_group_writable_base_is_finished(base: Path) -> None:
    """Its files are group-writable by the umask; the state folder is not."""
    before = os.umask(0o002)
    try:
        leave_pending_change(base)
    finally:
        os.umask(before)
    assert Repository(base).load() == FileSnapshot.of(NEW)
    assert on_disk(base) == NEW
    assert (base / "people.yaml").stat().st_mode & 0o777 == 0o664


def test_a_pending_change_in_a_copied_base_is_never_applied(base: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Only in the folder where it was committed is it finished."""
    leave_pending_change(base)
    copy = base.parent / "copy" / "knowledge"
    shutil.copytree(base, copy)
    assert_refused(copy, "it was copied here from somewhere else", caplog)
    assert Repository(base).load() == FileSnapshot.of(NEW)
    assert on_disk(base) == NEW


def test_asking_changes_nothing_in_a_hostile_base(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`pilcrow ask --knowledge DIR` only answers from its files."""
    edit_manifest(leave_pending_change(base), HOSTILE["a path out of the base"])
    before = snapshot_tree(base.parent)
    assert main(["ask", "--knowledge", str(base), "when did Ada Quill leave the lighthouse?"]) == 0
    assert "Friday" in capsys.readouterr().out
    assert snapshot_tree(base.parent) == before


def test_loading_creates_no_state_folder(base: Path) -> None:
    """It would belong to whoever asked first, and shut out whoever publishes."""
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
def test_a_link_in_place_of_state_is_not_followed(base: Path, name: str, refusal: str | None) -> None:
    """Neither loading nor publishing changes anything at its target."""
    elsewhere = base.parent / "elsewhere"
    elsewhere.mkdir()
    for one in ("0a", "steps.json", "lock"):
        (elsewhere / one).write_bytes(b"keep me\n")
    link = base / STATE_FOLDER / name
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(elsewhere)
    before = snapshot_tree(elsewhere)
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
    assert snapshot_tree(elsewhere) == before


def test_publishing_into_a_linked_folder_is_refused(base: Path) -> None:
    """It would write to the link's target."""
    (base / "qa").rename(base / "entries")
    (base / "qa").symlink_to(base / "entries")
    with pytest.raises(EditError) as refused:
        Repository(base).publish(CHANGES, FileSnapshot.of(OLD).revision)
    assert str(refused.value) == (
        f"The base can't be changed: {base}/qa is a link or not a folder. Put the folder itself there, then try again."
    )
    assert snapshot_tree(base / "entries").keys() == {"keeper.yaml", "lamp.yaml"}


def test_a_link_in_place_of_a_kept_file_is_not_followed(base: Path) -> None:
    """Whoever knows the text can guess the name."""
    leave_pending_change(base)
    (base / "people.yaml").write_bytes(PLANTED)
    kept = base / f"people.yaml.kept-{sha256_hex(PLANTED)[:8]}"
    kept.symlink_to(base.parent / "outside.yaml")
    assert Repository(base).load() == FileSnapshot.of(NEW)
    assert kept.read_bytes() == PLANTED
    assert not kept.is_symlink()
    assert (base.parent / "outside.yaml").read_bytes() == b"keep me\n"


def load_problems(base: Path) -> list[str]:
    """Return the problems of a base that can't be loaded."""
    with pytest.raises(StoryError) as refused:
        Repository(base).load()
    return [str(problem) for problem in refused.value.problems]


def test_special_files_are_reported_and_do_not_hang(base: Path) -> None:
    """Pipes, devices, folders, and links out of the base."""
    for name in ("story.yaml", "people.yaml", "claims.yaml", "vocabulary.yaml", "qa/keeper.yaml"):
        (base / name).unlink(missing_ok=True)
    os.mkfifo(base / "story.yaml")
    (base / "people.yaml").symlink_to("/dev/zero")
    (base / "vocabulary.yaml").mkdir()
    (base / "claims.yaml").symlink_to("../outside.yaml")
    os.mkfifo(base / "qa" / "keeper.yaml")
    assert load_problems(base) == [
        "claims.yaml: it is a link to outside the base; put the file itself there",
        "people.yaml: it is a link to outside the base; put the file itself there",
        "qa/keeper.yaml: it can't be read: not a regular file",
        "story.yaml: it can't be read: not a regular file",
        "vocabulary.yaml: it can't be read: Is a directory",
    ]


def test_entries_behind_a_link_out_of_the_base_are_refused(base: Path) -> None:
    """Each file is reported."""
    (base / "qa").rename(base.parent / "qa")
    (base / "qa").symlink_to("../qa")
    sentence = "it is a link to outside the base; put the file itself there"
    assert load_problems(base) == [f"qa/keeper.yaml: {sentence}", f"qa/lamp.yaml: {sentence}"]


def test_links_within_the_base_are_read(base: Path) -> None:
    """In a mounted volume, each file is a link."""
    (base / "..data").mkdir()
    (base / "people.yaml").rename(base / "..data" / "people.yaml")
    (base / "people.yaml").symlink_to("..data/people.yaml")
    assert Repository(base).load() == FileSnapshot.of(OLD)


def test_a_huge_file_is_not_read_whole(base: Path) -> None:
    """A sparse file takes no space on disk and would fill the memory."""
    with (base / "people.yaml").open("wb") as file:
        file.truncate(1 << 40)
    assert len(Repository(base).load().files["people.yaml"]) == 2_000_001


@pytest.fixture
def shared() -> Iterator[Path]:
    """Return a world-readable base of this user, who has published."""
    folder = Path(tempfile.mkdtemp(prefix="pilcrow-test-"))
    folder.chmod(0o755)
    base = write(folder / "knowledge")
    Repository(base).publish({"people.yaml": NEW["people.yaml"]}, FileSnapshot.of(OLD).revision)
    Repository(base).publish({"people.yaml": OLD["people.yaml"]}, Repository(base).load().revision)
    yield base
    shutil.rmtree(folder)


@pytest.fixture
def other_user() -> Iterator[int]:
    """Run the test as another user."""
    if NOT_ROOT:
        pytest.skip("only root can be another user")
    os.seteuid(OTHER_UID)
    yield OTHER_UID
    os.seteuid(0)


def test_another_user_can_load_but_not_publish(shared: Path, other_user: int) -> None:
    """The error names the user who can publish."""
    assert bootstrap.knowledge_base(shared).load().revision == FileSnapshot.of(OLD).revision
    with pytest.raises(EditError) as refused:
        Repository(shared).publish(CHANGES, FileSnapshot.of(OLD).revision)
    assert str(refused.value) == (
        f"The base can't be changed: {shared}/.pilcrow belongs to root. "
        "Publish as root, or ask root to delete that folder."
    )
    with pytest.raises(EditError):
        Repository(shared).committed_transactions()


def test_a_user_without_write_access_is_told_the_owner(shared: Path, other_user: int) -> None:
    """For example a service with a user of its own."""
    os.seteuid(0)
    shutil.rmtree(shared / STATE_FOLDER)
    os.seteuid(other_user)
    with pytest.raises(EditError) as refused:
        Repository(shared).publish(CHANGES, FileSnapshot.of(OLD).revision)
    assert str(refused.value) == (
        f"The base can't be changed: Permission denied ({shared}/.pilcrow). {shared} belongs to root: publish as root, "
        "or give this user write access (under systemd with User= and ReadWritePaths=)."
    )


def test_an_unreadable_folder_is_reported(shared: Path, other_user: int) -> None:
    """The base itself, or the folder above it."""
    os.seteuid(0)
    shared.chmod(0o700)
    os.seteuid(other_user)
    assert load_problems(shared) == [f"{shared}: it can't be read: Permission denied"]
    os.seteuid(0)
    shared.parent.chmod(0o700)
    os.seteuid(other_user)
    assert load_problems(shared) == [f"{shared}: it can't be read: Permission denied"]


def test_a_pending_change_of_another_user_is_not_finished(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever finished it would own the files."""
    leave_pending_change(shared)
    before = snapshot_tree(shared)
    with monkeypatch.context() as patched:
        patched.setattr(os, "geteuid", lambda: OTHER_UID)
        assert Repository(shared).load() == FileSnapshot.of(OLD)
    assert snapshot_tree(shared) == before
    assert Repository(shared).load() == FileSnapshot.of(NEW)


def test_index_files_of_earlier_versions_are_removed_at_the_next_change(base: Path) -> None:
    """Also unfinished ones of killed processes."""
    (base / STATE_FOLDER).mkdir(mode=0o700)
    for name in ("index", "index.17", "index.4711"):
        (base / STATE_FOLDER / name).write_bytes(b"x")
    Repository(base).publish(CHANGES, FileSnapshot.of(OLD).revision)
    assert [path.name for path in (base / STATE_FOLDER).iterdir()] == ["lock"]
