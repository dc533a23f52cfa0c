"""Checks, before anything is written, of who owns the state folder and of what a change would overwrite.

Every refusal is an EditError with a sentence for the person who publishes.
"""

import errno
import stat
from contextlib import suppress
from pathlib import Path

from bot.errors import EditError
from bot.files import safe_files

TRANSACTION_PATTERN = r"^[0-9a-f]{1,64}\Z"
"""A transaction id: see `Repository.publish`."""


class WriteRefused(EditError):
    """The disk is full, broken or read-only, or the target is not a plain file."""


class UntrustedState(EditError):
    """The state folder, or something in it, was not left there by this user on this machine."""


def check_state_folder(state_folder: Path, base: Path) -> None:
    """Raise UntrustedState if the state folder exists and is not this user's own."""
    try:
        safe_files.check_folder(state_folder, allowed_mode=base.stat().st_mode)
    except FileNotFoundError:
        return
    except NotADirectoryError:
        message = f"{state_folder} is a link or a file, not a folder. Move it away, then try again."
        raise UntrustedState(message) from None
    except OSError as error:
        if error.errno == errno.EACCES:  # the base is closed to this user; what `check_owner` refuses is EPERM
            raise write_refused(error, base) from error
        if safe_files.is_owned(state_folder):
            remedy = f"{error.strerror}. Make it private (chmod 700 {state_folder}), then try again."
            raise UntrustedState(f"The base can't be changed: {state_folder}: {remedy}") from error
        owner = safe_files.owner_name(state_folder)
        raise UntrustedState(
            f"The base can't be changed: {state_folder} belongs to {owner}. "
            f"Publish as {owner}, or ask {owner} to delete that folder."
        ) from error


def find_transaction_folder(state_folder: Path, base: Path) -> Path | None:
    """Return the folder of transactions, None if there is none. Raise UntrustedState."""
    check_state_folder(state_folder, base)
    folder = state_folder / "made"
    try:
        safe_files.check_folder(folder, allowed_mode=base.stat().st_mode)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UntrustedState(f"{folder} can't be used: {error.strerror}. Delete it, then try again.") from error
    return folder


def check_target(base: Path, name: str) -> None:
    """Raise WriteRefused if writing this file of the base would follow a link or replace something that is no file."""
    target = base / name
    for path, has_right_type, noun in ((target.parent, stat.S_ISDIR, "folder"), (target, stat.S_ISREG, "file")):
        if path == base:
            continue
        with suppress(FileNotFoundError):
            if not has_right_type(path.lstat().st_mode):
                raise WriteRefused(
                    f"The base can't be changed: {path} is a link or not a {noun}. "
                    f"Put the {noun} itself there, then try again."
                )


def write_refused(error: OSError, base: Path) -> WriteRefused:
    """Return the system's error as a sentence, with the base's owner if permissions may be the reason."""
    where = f" ({error.filename})" if error.filename else ""
    sentence = f"The base can't be changed: {error.strerror or error}{where}."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        with suppress(OSError):
            if safe_files.is_owned(base):
                remedy = f"give it write access (chmod -R u+rwX {base}, or under systemd ReadWritePaths=)"
                return WriteRefused(f"{sentence} {base} is this user's own: {remedy}.")
        owner = safe_files.owner_name(base)
        sentence += (
            f" {base} belongs to {owner}: publish as {owner}, or give this user write access "
            "(under systemd with User= and ReadWritePaths=)."
        )
    return WriteRefused(sentence)
