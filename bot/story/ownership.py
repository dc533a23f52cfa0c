"""Whose the folder for changes is, and what a change may write: told in a sentence before anything is touched."""

import errno
import stat
from contextlib import suppress
from pathlib import Path

from bot.errors import EditError
from bot.files import safe_files

MARK_PATTERN = r"^[0-9a-f]{1,64}\Z"
"""What the mark of a change looks like."""


class DiskRefuses(EditError):
    """The disk is full, broken, or may not be written."""


class NotOurs(EditError):
    """What lies in the folder for changes was not left there by this user on this machine."""


def check(own: Path, base: Path) -> None:
    """Raise NotOurs unless the folder for changes is this user's own, or is not there."""
    try:
        safe_files.check_folder(own, allowed_mode=base.stat().st_mode)
    except FileNotFoundError:
        return
    except NotADirectoryError:
        raise NotOurs(f"{own} is a link or a file, not a folder. Move it away, then try again.") from None
    except OSError as error:
        if safe_files.is_owned(own):
            sentence = f"{error.strerror}. Make it private (chmod 700 {own}), then try again."
            raise NotOurs(f"The base can't be changed: {own}: {sentence}") from error
        who = safe_files.owner_name(own)
        sentence = f"{own} belongs to {who}, who changes this base. Publish as {who}, or have {who} delete that folder."
        raise NotOurs(f"The base can't be changed: {sentence}") from error


def marks(own: Path, base: Path) -> Path | None:
    """Return the folder of the marks of changes, if there is one. Raise NotOurs."""
    check(own, base)
    found = own / "made"
    try:
        safe_files.check_folder(found, allowed_mode=base.stat().st_mode)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise NotOurs(f"{found} can't be used: {error.strerror}. Delete it, then try again.") from error
    return found


def check_place(base: Path, name: str) -> None:
    """Raise DiskRefuses where writing this file of the base would follow a link, or put something else out of the way."""
    target = base / name
    for path, is_wanted, what in ((target.parent, stat.S_ISDIR, "folder"), (target, stat.S_ISREG, "file")):
        if path == base:
            continue
        with suppress(FileNotFoundError):
            if not is_wanted(path.lstat().st_mode):
                sentence = f"{path} is a link or no {what}. Put the {what} itself in its place, then try again."
                raise DiskRefuses(f"The base can't be changed: {sentence}")


def refused(error: OSError, base: Path) -> DiskRefuses:
    """Return what the system objected to as a sentence, with whose the base is where that may be the reason."""
    where = f" ({error.filename})" if error.filename else ""
    sentence = f"The base can't be changed: {error.strerror or error}{where}."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        who = safe_files.owner_name(base)
        sentence += (
            f" {base} belongs to {who}: publish as {who}, or let this user write there"
            " (under systemd with User= and ReadWritePaths=)."
        )
    return DiskRefuses(sentence)
