"""Write files that hold what people wrote, so that at no moment anybody but their owner can read them."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

MODE = 0o600


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, readable by its owner only from its first byte on. Raises OSError.

    The file is made under another name beside `path`, then renamed: one that was there is replaced, whatever its mode was. A
    device or a pipe, as /dev/stdout may be, is written to as it is.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    target = path.resolve()  # where `path` is a link, the file that it leads to is replaced, and not the link
    made = target.with_name(f".pilcrow-{secrets.token_hex(8)}")
    handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 (a descriptor has no path)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        made.replace(target)
    except BaseException:
        with suppress(OSError):
            made.unlink()
        raise
