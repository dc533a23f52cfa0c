"""Files are written atomically and read without trusting what lies there."""

import os
from pathlib import Path

import pytest

from bot.files import safe_files


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_private_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    """Also if it replaces a file that everybody could read."""
    path = tmp_path / "export.json"
    path.write_bytes(b"old")
    path.chmod(0o644)
    safe_files.write_private(path, b"new")
    assert (path.read_bytes(), mode(path)) == (b"new", 0o600)
    assert os.listdir(tmp_path) == ["export.json"]  # noqa: PTH208


def test_a_private_file_is_written_through_a_link(tmp_path: Path) -> None:
    """The link's target is replaced, and the link stays."""
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "target")
    safe_files.write_private(link, b"x")
    assert link.is_symlink()
    assert (tmp_path / "target").read_bytes() == b"x"


def test_a_link_of_another_user_is_not_written_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a shared folder somebody may have put it there to have something overwritten."""
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    uid = link.lstat().st_uid + 4321
    if os.geteuid() == 0:
        os.chown(link, uid, uid, follow_symlinks=False)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: uid)
    with pytest.raises(PermissionError, match="it is a link of another user"):
        safe_files.write_private(link, b"new")
    assert target.read_bytes() == b"old"


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The temporary file is removed if the rename fails."""
    path = tmp_path / "health.json"
    path.write_bytes(b"old")

    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match=r"^$"):
        safe_files.write_atomically(path, b"new")
    assert os.listdir(tmp_path) == ["health.json"]  # noqa: PTH208
    assert path.read_bytes() == b"old"


def test_only_abandoned_temporary_files_are_removed(tmp_path: Path) -> None:
    """One that another process may be writing now stays."""
    old, new = tmp_path / ".index.aa.part", tmp_path / ".index.bb.part"
    for path in (old, new):
        path.write_bytes(b"x")
    os.utime(old, (0, 0))
    safe_files.write_atomically(tmp_path / "index", b"x")
    assert (old.exists(), new.exists()) == (False, True)


def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    """Reading it would hang."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a regular file"):
        safe_files.read_regular_file(tmp_path / "pipe", 10)


def test_a_private_read_follows_no_link(tmp_path: Path) -> None:
    """Its target may be somewhere else."""
    (tmp_path / "file").write_bytes(b"x" * 20)
    (tmp_path / "link").symlink_to("file")
    assert safe_files.read_regular_file(tmp_path / "link", 10) == b"x" * 10
    with pytest.raises(OSError, match="symbolic link"):
        safe_files.read_regular_file(tmp_path / "link", 10, private=True)


def test_a_folder_that_others_may_write_is_refused(tmp_path: Path) -> None:
    """Unless the caller accepts that mode."""
    tmp_path.chmod(0o777)
    with pytest.raises(PermissionError, match="other users may write it"):
        safe_files.check_folder(tmp_path)
    safe_files.check_folder(tmp_path, allowed_mode=0o777)


def test_a_link_to_itself_is_replaced_by_a_private_file(tmp_path: Path) -> None:
    """There is no target to write to, and no traceback."""
    loop = tmp_path / "loop"
    loop.symlink_to("loop")
    safe_files.write_private(loop, b"text")
    assert loop.read_bytes() == b"text"
    assert not loop.is_symlink()
