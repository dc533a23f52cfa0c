"""The base as a ZIP archive. An archive that is imported may come from anybody: it is checked, and never unpacked to disk."""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence

from bot.errors import EditError
from bot.files.zip_members import UNREADABLE, is_plainly_packed, is_regular_file
from bot.story.base_files import MAX_FILE_BYTES, MAX_FILES
from bot.story.repository import check_file_names

MAX_ARCHIVE_BYTES = 6_000_000
MAX_UNPACKED_BYTES = 6_000_000
"""With `story.base_limits`: what can be checked in about half a minute."""
TOO_LARGE = (
    f"The archive is too large. A base has at most {MAX_ARCHIVE_BYTES // 1_000_000} MB as a ZIP file, "
    f"{MAX_UNPACKED_BYTES // 1_000_000} MB unpacked, and {MAX_FILES} files."
)
NOT_AN_ARCHIVE = "That is not a ZIP archive, or it is damaged."
FILE_DATE = (2020, 1, 1, 0, 0, 0)
"""The date of every file in an archive, so that the same base makes the same archive."""
_LITTER = frozenset((".DS_Store", "Thumbs.db", "desktop.ini", "README.md", "MODERATORS.md"))
"""Files that are no part of a base: what operating systems add, and the pages that explain it."""
_STORY = re.compile(r"(?:^|/)story\.yaml$")


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return a ZIP archive of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, FILE_DATE), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the files of an archive, byte for byte. Raises EditError where they can't be a base.

    Archives are taken as people make them: with the base's folder on top, and with what an operating system adds.
    """
    if len(data) > MAX_ARCHIVE_BYTES:
        raise EditError(TOO_LARGE)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = _base_files(archive.infolist())
            _check_members(members)
            return {name: _read_member(archive, member) for name, member in members}
    except UNREADABLE as error:
        raise EditError(NOT_AN_ARCHIVE) from error


def _base_files(members: Sequence[zipfile.ZipInfo]) -> list[tuple[str, zipfile.ZipInfo]]:
    """Return the files of the base in an archive, each with its name there: without folders above it, and without litter.

    Only what operating systems and this program put beside a base is left out; whatever else there is gets refused.
    """
    files = [member for member in members if not member.is_dir() and not _is_litter(member.filename)]
    tops = [name.removesuffix("story.yaml") for name in (member.filename for member in files) if _STORY.search(name)]
    top = min(tops, key=len, default="")
    if not all(member.filename.startswith(top) for member in files):
        top = ""
    return [(member.filename.removeprefix(top), member) for member in files]


def _is_litter(name: str) -> bool:
    folders, _, file = name.rpartition("/")
    return "__MACOSX" in folders.split("/") or file in _LITTER or file.startswith("._")


def _check_members(members: Sequence[tuple[str, zipfile.ZipInfo]]) -> None:
    """Check all that can be checked without unpacking. Raises EditError."""
    names = [name for name, _ in members]
    if len(members) > MAX_FILES or sum(member.file_size for _, member in members) > MAX_UNPACKED_BYTES:
        raise EditError(TOO_LARGE)
    if "story.yaml" not in names:
        raise EditError("The archive has no story.yaml. Pack the folder of a base, or the files in it.")
    check_file_names(names)
    duplicate = next((name for name in names if names.count(name) > 1), None)
    if duplicate:
        raise EditError(f"The archive has {duplicate} twice.")
    for name, member in members:
        if not is_plainly_packed(member):
            raise EditError(f"In the archive, {name} is packed in an unusual way. Pack it as an ordinary ZIP file.")
        if not is_regular_file(member):
            raise EditError(f"In the archive, {name} is a link or a device. Only regular files are allowed.")


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Return a file, at most one byte more than the loader accepts."""
    with archive.open(member) as file:
        return file.read(MAX_FILE_BYTES + 1)
