"""Validation of the journal's database address before anything connects.

No message here quotes any part of the address: it may hold a password, and one that can't be parsed may hold it anywhere.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import ConfigError

if TYPE_CHECKING:
    from sqlalchemy import URL

EXAMPLE = "sqlite:///data/pilcrow.sqlite3"
DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg", "postgresql+psycopg2")
PORTS = range(1, 65_536)
UNKNOWN_SCHEME = f"has to be an address that starts with sqlite:/// or postgresql://, as in {EXAMPLE}"
UNPARSABLE = (
    "is not a valid address; write it as in postgresql://user:password@host:5432/pilcrow, with a port from 1 to 65535, "
    "and in the user's name and password write @ as %40, : as %3A and / as %2F"
)
HAS_HOST = "names a host, but SQLite is a file; write three slashes, as in sqlite:///data/pilcrow.sqlite3"

HAS_OPTIONS = "has options after a question mark, which SQLite does not take; leave them out, as in sqlite:///data/pilcrow.sqlite3"


def problem(address: str) -> str:
    """Return what is wrong with an address, to follow the name of the setting; "" for a valid one."""
    if address.startswith("sqlite:///"):
        return HAS_OPTIONS if "?" in address else ""  # only a path; SQLAlchemy is slow to import
    if address.partition("://")[0] not in DRIVERS:
        return UNKNOWN_SCHEME
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(address)
    except (ArgumentError, ValueError):  # whose own message may quote part of the password
        return UNPARSABLE
    if url.get_backend_name() == "sqlite":
        return HAS_HOST if url.host or url.username or url.port else HAS_OPTIONS if url.query else ""
    # With a second @ it is unclear where the password ends, and a driver's errors quote user, host and database.
    user = url.username or ""
    ambiguous = "@" in f"{url.host or ''}{url.database or ''}" or ("@" in user and f"://{user}" in address)
    return UNPARSABLE if ambiguous or (url.port is not None and url.port not in PORTS) else ""


def sqlite_file(address: str) -> Path | None:
    """Return the file of an SQLite database; None for a server, or a database in memory."""
    scheme, _, path = address.partition(":///")
    return Path(path) if scheme.partition("+")[0] == "sqlite" and path not in ("", ":memory:") else None


def parse(address: str) -> "URL":
    """Return the address as a URL. Raises ConfigError where it is not valid."""
    from sqlalchemy import make_url

    if reason := problem(address):
        raise ConfigError(f"the journal's database {reason}")
    return make_url(address)
