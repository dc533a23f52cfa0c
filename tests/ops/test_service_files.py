"""The files with which the bot runs as a service say what the program needs: users, folders, exit statuses, commands."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot.config import Config
from bot.errors import EXIT_CONFIG, EXIT_RETRY
from bot.journal.address import sqlite_file
from bot.terminal.cli import REFUSED, build_parser

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "bot" / "ops" / "service"
HOME = "/srv/pilcrow"
UNITS = ("pilcrow.service", "pilcrow-backup.service", "pilcrow-backup.timer")
WRITTEN = {f"{HOME}/{Config().knowledge}", f"{HOME}/{(sqlite_file(Config().database) or Path()).parent}"}
"""The folders that the program writes with its default settings."""


def unit(name: str) -> ConfigParser:
    """Return a unit, read as strictly as its format allows."""
    parser = ConfigParser(delimiters=("=",), comment_prefixes=("#",), interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(FOLDER / name, "utf-8")
    return parser


def container() -> list[tuple[str, str]]:
    """Return the instructions of the container file with their arguments."""
    text = (FOLDER / "Containerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(name, arguments.strip()) for name, _, arguments in (line.partition(" ") for line in lines)]


def compose() -> Any:
    """Return the compose file."""
    return yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    """With a program where they expect one; a warning counts as a mistake."""
    program = tmp_path / "srv" / ".venv" / "bin" / "pilcrow"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n", "utf-8")
    program.chmod(0o755)
    for name in UNITS:
        text = (FOLDER / name).read_text("utf-8").replace(HOME, str(tmp_path / "srv"))
        (tmp_path / name).write_text(text, "utf-8")
    command = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in UNITS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"SYSTEMD_LOG_LEVEL": "warning"})
    ours = [line for line in done.stderr.splitlines() if "pilcrow" in line]
    assert (done.returncode, ours) == (0, [])


def test_the_service_is_started_again_only_where_that_can_help() -> None:
    """A network that is away at the start is waited for; what a person has to change is not tried for ever."""
    service, options = unit("pilcrow.service")["Service"], unit("pilcrow.service")["Unit"]
    prevented = {int(status) for status in service["RestartPreventExitStatus"].split()}
    assert {EXIT_CONFIG, REFUSED} == prevented
    assert EXIT_RETRY not in prevented
    assert (service["Restart"], service["RestartSec"], options["StartLimitIntervalSec"]) == ("on-failure", "30", "0")
    assert "network-online.target" in options["After"]
    assert "network-online.target" in options["Wants"]


@pytest.mark.parametrize("name", ["pilcrow.service", "pilcrow-backup.service"])
def test_a_service_has_a_user_who_can_write_what_the_program_writes(name: str) -> None:
    """And nothing else of the system."""
    service = unit(name)["Service"]
    assert (service["User"], service["WorkingDirectory"], service["ProtectSystem"]) == ("pilcrow", HOME, "strict")
    assert set(service["ReadWritePaths"].split()) == WRITTEN
    assert "DynamicUser" not in service


@pytest.mark.parametrize("name", ["pilcrow.service", "pilcrow-backup.service"])
def test_a_service_runs_a_command_that_there_is(name: str) -> None:
    """With options that the program knows."""
    program, *arguments = unit(name)["Service"]["ExecStart"].split()
    assert program == f"{HOME}/.venv/bin/pilcrow"
    assert build_parser().parse_args(arguments).config == Path(f"{HOME}/config.yaml")


def test_the_timer_starts_the_backup() -> None:
    """The service of its name, also after a night in which the machine was off."""
    assert unit("pilcrow-backup.timer")["Timer"]["Persistent"] == "true"
    assert "network" not in (FOLDER / "pilcrow-backup.service").read_text("utf-8").casefold().replace(
        "privatenetwork", ""
    )


def test_a_comment_never_stands_behind_a_value() -> None:
    """It would become part of it: a path with a comment behind it is another path."""
    for name in UNITS:
        lines = (FOLDER / name).read_text("utf-8").splitlines()
        assert [line for line in lines if "#" in line and not line.startswith("#")] == []


def test_the_container_runs_as_a_user_of_its_own() -> None:
    """Named by number, so that the folders outside can be given to them; with the folders that the program writes."""
    lines = container()
    ((_, user),) = [line for line in lines if line[0] == "USER"]
    uid, gid = user.split(":")
    (users,) = [arguments for name, arguments in lines if name == "RUN" and "useradd" in arguments]
    assert f"--uid {uid}" in users
    assert f"--gid {gid}" in users
    assert all(folder in users for folder in WRITTEN)
    assert ("WORKDIR", HOME) in lines
    assert lines.index(("USER", user)) < lines.index(("ENTRYPOINT", '["pilcrow"]'))


def test_the_container_has_a_tested_python_and_tested_packages() -> None:
    """From the locked requirements; nothing of the build stays in it."""
    lines = container()
    images = {arguments.split()[0] for name, arguments in lines if name == "FROM"}
    assert len(images) == 1
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    tested = {line.rpartition(" ")[2] for line in project["classifiers"] if "Python :: 3." in line}
    assert images.pop().removeprefix("python:").removesuffix("-slim") in tested
    (build,) = [arguments for name, arguments in lines if name == "RUN" and "pip install" in arguments]
    assert "--require-hashes -r bot/ops/service/requirements.txt" in build
    for name, arguments in lines:
        if name == "COPY" and "--from" not in arguments:
            assert all((ROOT / path).exists() for path in arguments.split()[:-1])


def test_the_compose_file_fits_the_container() -> None:
    """Paths, command and what is writable."""
    service = compose()["services"]["pilcrow"]
    assert ROOT / service["build"]["dockerfile"] == FOLDER / "Containerfile"
    targets = [volume.split(":")[1] for volume in service["volumes"]]
    assert set(targets) >= WRITTEN
    assert build_parser().parse_args(service["command"]).config == Path("config.yaml")
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    named = {volume.split(":")[0] for volume in service["volumes"] if not volume.startswith(".")}
    assert named == set(compose()["volumes"])


def requirements() -> dict[str, tuple[str, int]]:
    """Return the locked packages: version and number of hashes by name."""
    text = (FOLDER / "requirements.txt").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    matches = [re.match(r"([\w.-]+)==(\S+)", line) for line in lines]
    return {
        canonicalize_name(match.group(1)): (match.group(2), line.count("--hash=sha256:"))
        for line, match in zip(lines, matches, strict=True)
        if match
    }


def test_the_locked_packages_are_whole_and_fit_the_ranges() -> None:
    """Each with hashes, without any address, and every dependency is among them."""
    text = (FOLDER / "requirements.txt").read_text("utf-8")
    assert "://" not in text
    assert "--index" not in text
    locked = requirements()
    assert all(hashes for _, hashes in locked.values())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for line in [*project["dependencies"], *project["optional-dependencies"]["postgresql"]]:
        needed = Requirement(line)
        version, _ = locked[canonicalize_name(needed.name)]
        assert needed.specifier.contains(version), line
