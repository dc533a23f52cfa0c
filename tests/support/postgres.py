"""A real PostgreSQL server on loopback for tests, with its data in a temporary folder that is deleted afterwards.

The binaries are those of the machine (Debian: `apt-get install postgresql`). The server refuses to run as root, so root
starts it as `postgres` or `nobody`.
"""

import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections import deque
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, Self, TextIO

BINARY_FOLDERS = "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin"
SETTINGS = {
    "fsync": "off",  # no power failure during a test
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
    "logging_collector": "off",
}
USER = "pilcrow"
PR_SET_PDEATHSIG = 1  # of prctl(2)


class NotInstalled(Exception):
    """There is no PostgreSQL server on this machine."""


class Postgres:
    """One server; `with Postgres() as server:`. Raises NotInstalled."""

    def __init__(self) -> None:
        self._bin = _find_binaries()
        self._user_options = _user_options()
        self._folder = Path(tempfile.mkdtemp(prefix="pilcrow-postgresql-"))
        self._server: subprocess.Popen[str] | None = None
        self._names = count(1)
        self.password = secrets.token_hex(8)
        self.port = 0

    def __enter__(self) -> Self:
        try:
            self._init_database()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def address(self, database: str = "postgres") -> str:
        """Return the address of a database, with its password."""
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def database(self) -> str:
        """Create an empty database and return its address."""
        name = f"test_{next(self._names)}"
        self.execute(f"CREATE DATABASE {name}")
        return self.address(name)

    def execute(self, sql: str, database: str = "postgres") -> list[Any]:
        """Run one statement on a connection of its own; return its rows."""
        import psycopg

        with psycopg.connect(self.address(database), autocommit=True) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    def start(self) -> None:
        """Start the server and wait until it accepts connections; restarted, it has the same port."""
        self.port = self.port or _free_port()
        settings = [f"--{name}={value}" for name, value in {**SETTINGS, "port": str(self.port)}.items()]
        self._server = subprocess.Popen(
            [self._bin / "postgres", "-D", self._folder / "data", *settings],
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_die_with_parent(),  # noqa: PLW1509 (it takes no lock)
            **self._user_options,
        )
        assert self._server.stderr is not None
        lines = []
        for line in self._server.stderr:
            lines.append(line)
            if "database system is ready to accept connections" in line:
                # Read and discard its further output, or the pipe would fill up and block it.
                self._reader = threading.Thread(target=_drain, args=(self._server.stderr,), daemon=True)
                self._reader.start()
                return
        raise RuntimeError(f"PostgreSQL did not start: {''.join(lines)}")

    def stop(self) -> None:
        """Stop the server at once, as a crash would; committed data is there when it is started again."""
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait()
            self._reader.join()
            self._server = None

    def _init_database(self) -> None:
        if "user" in self._user_options:
            shutil.chown(self._folder, self._user_options["user"])
        password = self._folder / "password"
        password.write_text(self.password)
        password.chmod(0o644)  # in a folder that only the server's user can enter
        command: list[str | Path] = [
            self._bin / "initdb",
            "-D",
            self._folder / "data",
            "-U",
            USER,
            "--pwfile",
            password,
        ]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **self._user_options)
        password.unlink()


def _find_binaries() -> Path:
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    for pattern in BINARY_FOLDERS:
        folders += sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NotInstalled("PostgreSQL is not installed here; on Debian: apt-get install postgresql")


def _user_options() -> dict[str, Any]:
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_name, "group": user.pw_gid, "extra_groups": []}


def _die_with_parent() -> Callable[[], object] | None:
    """Return what makes a child process end with the tests, however they end; None where the system can't."""
    prctl: Callable[[int, int], int] | None = getattr(ctypes.CDLL(None), "prctl", None)
    return (lambda: prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)) if prctl else None


def _drain(stream: TextIO) -> None:
    with stream:
        deque(stream, 0)


def _free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])
