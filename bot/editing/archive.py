"""The base as a ZIP archive. An archive that is imported may come from anybody: it is checked, and never unpacked to disk."""

import io
import lzma
import stat
import zipfile
import zlib
from collections.abc import Mapping, Sequence

from bot.errors import EditError
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
_UNREADABLE = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    EOFError,
    IndexError,
    MemoryError,
    zlib.error,
    lzma.LZMAError,
)
"""What `zipfile` raises on archives that are damaged or encrypted."""


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return a ZIP archive of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, FILE_DATE), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the files of an archive. Raises EditError where they can't be a base."""
    if len(data) > MAX_ARCHIVE_BYTES:
        raise EditError(TOO_LARGE)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _check_members(members)
            return {member.filename: _read_member(archive, member) for member in members}
    except _UNREADABLE as error:
        raise EditError(NOT_AN_ARCHIVE) from error


def _check_members(members: Sequence[zipfile.ZipInfo]) -> None:
    """Check all that can be checked without unpacking. Raises EditError."""
    names = [member.filename for member in members]
    if len(members) > MAX_FILES or sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        raise EditError(TOO_LARGE)
    if "story.yaml" not in names:
        raise EditError("The archive has no story.yaml at its top level. Pack the base's files, not their folder.")
    check_file_names(names)
    duplicate = next((name for name in names if names.count(name) > 1), None)
    if duplicate:
        raise EditError(f"The archive has {duplicate} twice.")
    for member in members:
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # LZMA may ask for 4 GB of memory
            raise EditError(
                f"In the archive, {member.filename} is packed in an unusual way. Pack it as an ordinary ZIP file."
            )
        if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
            raise EditError(f"In the archive, {member.filename} is a link or a device. Only regular files are allowed.")


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Return a file, at most one byte more than the loader accepts."""
    with archive.open(member) as file:
        return file.read(MAX_FILE_BYTES + 1)
