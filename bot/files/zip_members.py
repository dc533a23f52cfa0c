"""What is held of every ZIP archive that a stranger may have prepared, before anything in it is unpacked."""

import lzma
import stat
import zipfile
import zlib

UNREADABLE = (
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


def is_plainly_packed(member: zipfile.ZipInfo) -> bool:
    """Tell whether a member is stored or deflated: LZMA may ask for 4 GB of memory."""
    return member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def is_regular_file(member: zipfile.ZipInfo) -> bool:
    """Tell whether a member is a file, and no link or device."""
    return stat.S_IFMT(member.external_attr >> 16) in (0, stat.S_IFREG)
