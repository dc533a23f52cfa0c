"""A change that is committed but not moved into place yet, as it lies in the base's state folder.

That folder may have come with a git pull or an archive, so nothing in it is trusted. A change counts only if this user owns
it and nobody else may write it, if it lies where it was written (a copy has another inode), if every name in it is a valid
file of the base, and if every text matches its hash in the manifest. Anything else is refused and left untouched.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
from msgspec import Meta, Struct

from bot.files import safe_files
from bot.story.base_files import MAX_FILE_BYTES, NAME_PATTERN, sha256_hex
from bot.story.ownership import TRANSACTION_PATTERN, UntrustedState

MANIFEST_FILE = "steps.json"
TRANSACTION_FILE = "mark"
"""An empty file that becomes the change's transaction id."""
MAX_MANIFEST_BYTES = 1_000_000
ANY_MODE = safe_files.WRITABLE_BY_OTHERS
"""The files' own modes follow the umask and don't matter, because their folder is private."""
_Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


class FileChange(Struct, frozen=True, forbid_unknown_fields=True):
    """The change of one file of the base.

    file: name of the staged file with the new text, None for a deletion; old, new: SHA-256 of the text before and after.
    """

    name: Annotated[str, Meta(pattern=NAME_PATTERN)]
    file: Annotated[str, Meta(pattern=r"^[0-9]{1,4}\Z")] | None
    old: _Sha256 | None
    new: _Sha256 | None


class Manifest(Struct, frozen=True, forbid_unknown_fields=True, rename={"inode": "place", "transaction": "mark"}):
    """A whole change. `inode`: of the folder it was written to; `transaction`: see `Repository.publish`."""

    inode: int
    transaction: Annotated[str, Meta(pattern=TRANSACTION_PATTERN)] | None
    steps: tuple[FileChange, ...]


class PendingChange(Struct, frozen=True):
    """A committed change, with the staged texts that are not in place yet by file name."""

    manifest: Manifest
    texts: Mapping[str, bytes]

    def apply_to(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """Return the files as they will be once this change is in place."""
        deleted = {step.name for step in self.manifest.steps if step.file is None}
        return {name: data for name, data in files.items() if name not in deleted} | dict(self.texts)


def load_pending_change(folder: Path, base: Path) -> PendingChange | None:
    """Return the change in `folder`, None if there is none or all of it is in place. Raise UntrustedState."""
    try:
        status = safe_files.check_folder(folder, allowed_mode=base.stat().st_mode)
        encoded = safe_files.read_regular_file(
            folder / MANIFEST_FILE, MAX_MANIFEST_BYTES, private=True, allowed_mode=ANY_MODE
        )
    except FileNotFoundError:
        return None
    except OSError as error:
        _refuse(folder, str(error.strerror or error))
    try:
        manifest = msgspec.json.decode(encoded, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        _refuse(folder, f"its {MANIFEST_FILE} is not in this program's format")
    if manifest.inode != status.st_ino:
        _refuse(folder, "it was copied here from somewhere else")
    names = [step.name for step in manifest.steps]
    staged = [step.file for step in manifest.steps if step.file is not None]
    if len(set(names)) < len(names) or len(set(staged)) < len(staged):
        _refuse(folder, f"its {MANIFEST_FILE} lists a file twice")
    texts = {step.name: text for step in manifest.steps if (text := _staged_text(folder, step)) is not None}
    return PendingChange(manifest, texts)


def _staged_text(folder: Path, step: FileChange) -> bytes | None:
    """Return the text to move into place; None for a deletion, or if it has been moved already."""
    if step.file is None:
        return None
    try:
        text = safe_files.read_regular_file(folder / step.file, MAX_FILE_BYTES + 1, private=True, allowed_mode=ANY_MODE)
    except FileNotFoundError:
        return None
    except OSError as error:
        _refuse(folder, f"{step.file}: {error.strerror or error}")
    if sha256_hex(text) != step.new:
        _refuse(folder, f"the text for {step.name} does not match its hash in {MANIFEST_FILE}")
    return text


def _refuse(folder: Path, reason: str) -> NoReturn:
    raise UntrustedState(
        f"{folder} was not left there by this program: {reason}. It is ignored. "
        "Check that the base is as it should be, then delete that folder."
    )
