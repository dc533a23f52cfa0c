"""Whether this machine can run the bot: Python, packages, folders, space and the user."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

import bot
from bot.answering import index_cache
from bot.config import Config
from bot.doctor.finding import Finding, ok, warning, wrong
from bot.errors import EditError
from bot.files import safe_files
from bot.journal import address
from bot.story import ownership
from bot.story.base_files import ENTRIES_FOLDER
from bot.story.repository import STATE_FOLDER

DISTRIBUTION = "pilcrow-bot"
NEWEST_TESTED = (3, 13)
MIN_FREE = 200_000_000
"""Bytes free below which a disk counts as nearly full."""


def check_program() -> list[Finding]:
    """Return how Python and the installed packages fit this program."""
    version = ".".join(map(str, sys.version_info[:3]))
    newest = ".".join(map(str, NEWEST_TESTED))
    if sys.version_info[:2] > NEWEST_TESTED:
        python = warning("python", f"{version} is newer than {newest}, the newest that this version was tested with")
    else:
        python = ok("python", f"{version}, and pilcrow {bot.__version__}")
    return [python, *_package_findings()]


def _package_findings() -> Iterator[Finding]:
    from packaging.requirements import Requirement

    try:
        distribution = metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        yield warning("packages", "this is a copy of the source that is not installed; run: pip install .")
        return
    if distribution.version != bot.__version__:
        sentence = f"version {distribution.version} was installed and {bot.__version__} runs; run: pip install ."
        yield warning("packages", sentence)
        return
    needed = [Requirement(line) for line in distribution.requires or ()]
    needed = [one for one in needed if one.marker is None or one.marker.evaluate({"extra": ""})]
    problems = [problem for one in needed if (problem := _package_problem(one.name, str(one.specifier)))]
    yield from (wrong("packages", problem) for problem in problems)
    if not problems:
        yield ok("packages", f"all {len(needed)} are installed in versions that fit")


def _package_problem(name: str, specifier: str) -> str:
    """Return what is wrong with an installed package, '' if nothing is."""
    from packaging.specifiers import SpecifierSet

    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return f"{name} is not installed; run: pip install '{name}{specifier}'"
    if SpecifierSet(specifier).contains(version, prereleases=True):
        return ""
    return f"{name} {version} is installed, and this program needs {specifier}; run: pip install '{name}{specifier}'"


def check_folders(settings: Config, knowledge: Path, environ: Mapping[str, str]) -> list[Finding]:
    """Return what of the folders that the bot writes to it can write."""
    findings = [_base_folder(knowledge, publishes=bool(settings.moderator_guilds))]
    cache = index_cache.cache_folder(environ)
    if cache is None or not _can_write(cache):
        where = f" {cache}" if cache else ""
        sentence = f"the cache{where} can't be written, so each start takes a second longer; set XDG_CACHE_HOME"
        findings.append(warning("folders", sentence))
    if settings.health_file is not None:
        folder = settings.health_file.absolute().parent
        if not _can_write(folder):
            findings.append(wrong("folders", f"health_file can't be written: give this user write access to {folder}"))
    data = address.sqlite_file(settings.database)
    for path in filter(None, [knowledge, data.absolute().parent if data else None]):
        if (free := _free_bytes(path)) is not None and free < MIN_FREE:
            findings.append(warning("disk", f"only {free // 1_000_000} MB are free at {path}: make some room"))
    return [*findings, *_user_findings(knowledge)]


def _base_folder(folder: Path, *, publishes: bool) -> Finding:
    """Return whether changes of the base can be written."""
    if not folder.is_dir():
        return wrong("folders", f"there is no folder {folder}: set 'knowledge', or start in the folder that has it")
    try:
        ownership.check_state_folder(folder / STATE_FOLDER, folder)
    except EditError as error:
        return wrong("folders", str(error))
    entries = folder / ENTRIES_FOLDER
    for path in (folder, entries if entries.is_dir() else folder):
        if not os.access(path, os.W_OK | os.X_OK):
            owner = safe_files.owner_name(path)
            sentence = f"{path} can't be written by this user; it belongs to {owner}"
            if publishes:
                return wrong("folders", f"{sentence}: moderators can't publish until it can (chown, ReadWritePaths=)")
            return ok("folders", f"{sentence}, and nobody publishes from Discord")
    return ok("folders", f"{folder} can be read and written")


def _user_findings(knowledge: Path) -> Iterator[Finding]:
    """Warn about root, for whom everything can be written and nothing is said of the bot's user."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    owner = safe_files.owner_name(knowledge)
    if owner != "root":
        yield warning("user", f"you are root, but the base belongs to {owner}; run: sudo -u {owner} pilcrow doctor")
    else:
        yield warning("user", "you are root; give the bot a user of its own, and run this as that user")


def _can_write(path: Path) -> bool:
    """Return whether a folder can be written, or made where it does not exist."""
    existing = next((folder for folder in (path, *path.parents) if folder.exists()), path)
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)


def _free_bytes(path: Path) -> int | None:
    existing = next((folder for folder in (path, *path.parents) if folder.exists()), path)
    try:
        return shutil.disk_usage(existing).free
    except OSError:
        return None
