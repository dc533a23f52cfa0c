"""The address of the journal's database, checked before anything connects; no sentence here quotes any of it.

An address may hold a password, and one that can't be read may hold it anywhere.
"""

from typing import TYPE_CHECKING

from bot.errors import ConfigError

if TYPE_CHECKING:
    from sqlalchemy import URL

EXAMPLE = "sqlite:///data/pilcrow.sqlite3"
DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg", "postgresql+psycopg2")
PORTS = range(1, 65_536)
NO_DATABASE = f"has to be an address that starts with sqlite:/// or postgresql://, as in {EXAMPLE}"
UNREADABLE = (
    "can't be read as an address, as in postgresql://user:password@host:5432/pilcrow; the port has to be a number from 1 to "
    "65535, and in a user's name or password write @ as %40, : as %3A and / as %2F"
)
NOT_LOCAL = "names a host, and SQLite is a file: write three slashes, as in sqlite:///data/pilcrow.sqlite3"


def problem(address: str) -> str:
    """Return why this can't be the address of a database, to follow the name of the setting; "" where it can."""
    if address.startswith("sqlite:///"):
        return ""  # nothing but a path, which needs no parser; SQLAlchemy takes a while to import
    if address.partition("://")[0] not in DRIVERS:
        return NO_DATABASE
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(address)
    except (ArgumentError, ValueError):  # whose own text may quote a piece of the password
        return UNREADABLE
    if url.get_backend_name() == "sqlite":
        return NOT_LOCAL if url.host or url.username or url.port else ""
    # With a second @ nobody can tell where the password ends, and a driver's errors quote user, host and database.
    user = url.username or ""
    ambiguous = "@" in f"{url.host or ''}{url.database or ''}" or ("@" in user and f"://{user}" in address)
    return UNREADABLE if ambiguous or (url.port is not None and url.port not in PORTS) else ""


def parse(address: str) -> "URL":
    """Return the address in its parts. Raises ConfigError."""
    from sqlalchemy import make_url

    if why := problem(address):
        raise ConfigError(f"the journal's database {why}")
    return make_url(address)
