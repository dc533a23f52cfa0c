"""A change that was made ready and is not in place yet, as it lies in the base's own folder.

That folder may have come with a git pull or an archive, so nothing in it is believed. A change counts only if this user
owns it and no other may write it, if it lies where it was written (a copy has another inode), if every name in it is a
file of the base, and if every text has the digest that the list says. Anything else is refused and left as it is.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
from msgspec import Meta, Struct

from bot.files import safe_files
from bot.story.base_files import MAX_FILE_BYTES, NAME_PATTERN, digest
from bot.story.ownership import MARK_PATTERN, NotOurs

LISTED = "steps.json"
MARK = "mark"
"""The file that becomes the mark of the change."""
MOST = 1_000_000
"""Bytes that are read of the list."""
ANY = safe_files.WRITABLE_BY_OTHERS
"""Modes of the files do not matter, since the folder is closed; in the base they are as the umask wants them."""
_Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a change: its text lies in `file` (None: it is to be removed); digests of the text before and after."""

    name: Annotated[str, Meta(pattern=NAME_PATTERN)]
    file: Annotated[str, Meta(pattern=r"^[0-9]{1,4}\Z")] | None
    old: _Digest | None
    new: _Digest | None


class Leftover(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole change. `place`: the inode of the folder that it was written to; `mark`: see `Repository.publish`."""

    place: int
    mark: Annotated[str, Meta(pattern=MARK_PATTERN)] | None
    steps: tuple[Step, ...]

    def applied(self, files: Mapping[str, bytes], texts: Mapping[str, bytes]) -> dict[str, bytes]:
        """Return the files as they are once this change is in place."""
        gone = {step.name for step in self.steps if step.file is None}
        return {name: data for name, data in files.items() if name not in gone} | dict(texts)


def read(ready: Path, base: Path) -> tuple[Leftover, dict[str, bytes]] | None:
    """Return the change in the folder `ready`, with the texts that are not in place yet by the name of their file.

    None where there is no change, or where all of it is in place. Raise NotOurs.
    """
    try:
        folder = safe_files.check_folder(ready, allowed_mode=base.stat().st_mode)
        listed = safe_files.read_regular_file(ready / LISTED, MOST, private=True, allowed_mode=ANY)
    except FileNotFoundError:
        return None
    except OSError as error:
        _refuse(ready, str(error.strerror or error))
    try:
        left = msgspec.json.decode(listed, type=Leftover)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        _refuse(ready, f"its {LISTED} is not one that this program writes")
    if left.place != folder.st_ino:
        _refuse(ready, "it was copied here from somewhere else")
    names = [step.name for step in left.steps]
    staged = [step.file for step in left.steps if step.file is not None]
    if len(set(names)) < len(names) or len(set(staged)) < len(staged):
        _refuse(ready, f"its {LISTED} names a file twice")
    return left, {step.name: text for step in left.steps if (text := _text(ready, step)) is not None}


def _text(ready: Path, step: Step) -> bytes | None:
    """Return the text that a step moves into place; None where it has none, or has moved it already."""
    if step.file is None:
        return None
    try:
        text = safe_files.read_regular_file(ready / step.file, MAX_FILE_BYTES + 1, private=True, allowed_mode=ANY)
    except FileNotFoundError:
        return None
    except OSError as error:
        _refuse(ready, f"{step.file}: {error.strerror or error}")
    if digest(text) != step.new:
        _refuse(ready, f"the text for {step.name} is not the one that its {LISTED} tells of")
    return text


def _refuse(ready: Path, why: str) -> NoReturn:
    raise NotOurs(
        f"{ready} is not a change that this program left there for itself: {why}. Nothing of it is used. "
        "See whether the base is as it should be, then delete that folder."
    )
