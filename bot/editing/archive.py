"""The base as a ZIP archive, out and in. What comes in was made by anybody: it is read with care, and nothing is unpacked to disk."""

import io
import lzma
import stat
import zipfile
import zlib
from collections.abc import Mapping

from bot.errors import EditError
from bot.story.base_files import MAX_FILE_BYTES, MAX_FILES
from bot.story.models import Story
from bot.story.repository import check_file_names

PACKED = 6_000_000
"""Bytes of an archive."""
UNPACKED = 6_000_000
"""Bytes that it may hold, unpacked: with ENTRIES and PHRASINGS, as much as can be tried out in about half a minute."""
ENTRIES = 4_000
PHRASINGS = 80_000
TOO_LARGE = (
    f"The archive is too large to be a base: at most {PACKED // 1_000_000} MB, "
    f"{UNPACKED // 1_000_000} MB unpacked, in {MAX_FILES} files."
)
STAMP = (2020, 1, 1, 0, 0, 0)
"""The date of every file in an archive, so that the same base makes the same archive."""
_BROKEN = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
)


def packed(files: Mapping[str, bytes]) -> bytes:
    """The archive of these files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, STAMP), data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def unpacked(archive: bytes) -> dict[str, bytes]:
    """The files of an archive that somebody sent. Raises EditError where it is not just a base."""
    if len(archive) > PACKED:
        raise EditError(TOO_LARGE)
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            listed = [one for one in opened.infolist() if not one.is_dir()]
            _check(listed)
            return {one.filename: _read(opened, one) for one in listed}
    except _BROKEN as error:
        raise EditError("That is no ZIP archive that I can open.") from error


def check_size(story: Story) -> None:
    """Raises EditError where a base that came in has more entries or phrasings than can be tried out."""
    phrasings = sum(len(entry.phrasings) for entry in story.entries.values())
    for what, count, most in (("answers", len(story.entries), ENTRIES), ("ways of asking", phrasings, PHRASINGS)):
        if count > most:
            raise EditError(f"The archive has {count:,} {what}; I can try out at most {most:,} at a time.")


def _check(listed: list[zipfile.ZipInfo]) -> None:
    """What can be said without unpacking anything."""
    names = [one.filename for one in listed]
    if len(listed) > MAX_FILES or sum(one.file_size for one in listed) > UNPACKED:
        raise EditError(TOO_LARGE)
    if "story.yaml" not in names:
        raise EditError(
            "The archive has no story.yaml at its top; pack the files of the base themselves, not their folder."
        )
    check_file_names(names)
    double = next((name for name in names if names.count(name) > 1), None)
    if double:
        raise EditError(f"The archive holds {double} twice.")
    for one in listed:
        kind = stat.S_IFMT(one.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise EditError(f"{one.filename} in the archive is a link or a device; only plain files belong to a base.")


def _read(opened: zipfile.ZipFile, one: zipfile.ZipInfo) -> bytes:
    """A file, no more of it than a file of a base may have: the reader refuses a longer one."""
    with opened.open(one) as file:
        return file.read(MAX_FILE_BYTES + 1)
