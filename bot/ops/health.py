"""Whether the running bot is well: it writes so to a file every few seconds, and whoever watches it reads that file.

The clock is passed in; a file that has not been written for a while means that nobody is there to write it.
"""

from pathlib import Path

import msgspec
from msgspec import Struct

from bot.files import safe_files

EVERY = 5.0  # seconds between two looks at the connection
SILENT = 60  # seconds without a sign of life after which the process counts as stuck or gone
LOST = 300  # seconds that Discord may be out of reach before it is worth a restart
NO_ACK = 180  # seconds without an acknowledged heartbeat, of which there is one every 41 s

LARGEST = 10_000
"""Bytes that are read of the file."""


class Health(Struct, frozen=True):
    """How the bot is. Times are whole seconds."""

    written: int
    """When this was written, by the clock of the machine."""
    connected: bool
    """Whether Discord's gateway is connected, and has told what servers there are."""
    lost_seconds: int
    """For how long it has not been connected."""
    heartbeat_ack_seconds: int | None
    """How long ago Discord acknowledged a heartbeat; None where it has not yet."""
    servers: int
    revision: str
    """Of the base that it answers from."""


def write(path: Path, health: Health) -> None:
    """Puts it where it can be read whole at any time. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    safe_files.write_atomically(path, msgspec.json.encode(health) + b"\n")


def read(path: Path) -> Health | None:
    """What is written there; None where nothing is, or nothing that makes sense."""
    try:
        return msgspec.json.decode(safe_files.read_regular_file(path, LARGEST), type=Health)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None


def verdict(health: Health | None, now: float) -> tuple[bool, str]:
    """Whether it is well, and one sentence that says why."""
    if health is None:
        return False, "there is no sign of life: the bot is not running, or health_file is not set"
    silent = round(now - health.written)
    if silent > SILENT:
        return False, f"no sign of life for {silent} s: the process is stuck or gone"
    if not health.connected:
        sentence = f"not connected to Discord for {health.lost_seconds} s"
        return health.lost_seconds <= LOST, sentence
    ack = health.heartbeat_ack_seconds
    if ack is not None and ack > NO_ACK:
        return False, f"Discord has not acknowledged a heartbeat for {ack} s"
    last = "none yet" if ack is None else f"{ack} s ago"
    return True, f"connected; last heartbeat acknowledged: {last}; servers: {health.servers}; base {health.revision}"
