"""The health file: the running bot writes it every few seconds, and a supervisor reads it with `pilcrow health`.

The clock is passed in. A file that has not been written for a while means that no bot is there to write it.
"""

from pathlib import Path

import msgspec
from msgspec import Struct

from bot.files import safe_files

CHECK_INTERVAL = 5.0  # seconds between two checks of the connection
STALE_AFTER = 60  # seconds without a write after which the process counts as stuck or gone
MAX_DISCONNECTED = 300  # seconds that Discord may be out of reach before a restart is worth it
MAX_ACK_AGE = 180  # seconds without an acknowledged heartbeat, of which there is one every 41 s
MAX_BYTES = 10_000
"""Bytes read of the file."""


class Health(Struct, frozen=True):
    """The state of the running bot. Times are whole seconds."""

    written: int
    """When this was written, by the machine's clock."""
    connected: bool
    """Whether the gateway is connected and the servers are known."""
    lost_seconds: int
    """For how long it has not been connected."""
    heartbeat_ack_seconds: int | None
    """How long ago Discord acknowledged a heartbeat; None if it has not yet."""
    servers: int
    revision: str
    """Of the base in use."""
    journal: str = ""
    """Why questions and votes can't be saved; '' if they are."""
    base: str = ""
    """What is wrong with the files of the base, so that an earlier version is in use; '' if nothing is."""


def write_health(path: Path, health: Health) -> None:
    """Write the file, so that a reader sees either the old one or the new one. Raise OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    safe_files.write_atomically(path, msgspec.json.encode(health) + b"\n")


def read_health(path: Path) -> Health | None:
    """Return what the file says; None if there is no such file, or nothing valid in it."""
    try:
        return msgspec.json.decode(safe_files.read_regular_file(path, MAX_BYTES), type=Health)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None


def assess(health: Health | None, now: float) -> tuple[bool, str]:
    """Return whether the bot is healthy, and one sentence that says why. now: seconds since 1970."""
    if health is None:
        return False, "no health file: the bot is not running, or health_file is not set"
    age = round(now - health.written)
    if age > STALE_AFTER:
        return False, f"no sign of life for {age} s: the process is stuck or gone"
    if not health.connected:
        return health.lost_seconds <= MAX_DISCONNECTED, f"not connected to Discord for {health.lost_seconds} s"
    ack_age = health.heartbeat_ack_seconds
    if ack_age is not None and ack_age > MAX_ACK_AGE:
        return False, f"Discord has not acknowledged a heartbeat for {ack_age} s"
    last_ack = "none yet" if ack_age is None else f"{ack_age} s ago"
    journal = f"not saved ({health.journal})" if health.journal else "saved"
    base = f" of before, since its files are broken ({health.base})" if health.base else ""
    return True, (  # a restart would mend neither journal nor base, and a bot with a broken base does not start
        f"connected; last heartbeat acknowledged: {last_ack}; servers: {health.servers}; "
        f"base {health.revision}{base}; questions and votes: {journal}"
    )
