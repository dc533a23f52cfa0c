"""The commands with which an operator sets a bot up, looks after it and moves it: doctor, backup, restore."""

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import EditError
from bot.ops import log_setup
from bot.terminal.arguments import Subparsers, add_command, add_config_option, add_knowledge_option, add_shards_option
from bot.terminal.console import write_line

LEVEL_WIDTH, SUBJECT_WIDTH = 8, 14


def add_to(subparsers: Subparsers) -> None:
    """Add the commands."""
    doctor = add_command(
        subparsers,
        "doctor",
        "Look for everything that keeps the bot from working, and say what to do; exit status 0, or 1 if something is wrong.",
        _doctor,
    )
    add_config_option(doctor)
    add_knowledge_option(doctor, default=None)
    add_shards_option(doctor)
    doctor.add_argument("--offline", action="store_true", help="don't ask Discord")
    backup = add_command(
        subparsers, "backup", "Save the base and the database in one file, also while the bot runs.", _backup
    )
    backup.add_argument("--keep", type=int, metavar="N", help="in a folder: delete all but the latest N backups")
    backup.add_argument("--base-only", action="store_true", help="without the database")
    restore = add_command(subparsers, "restore", "Put a backup in place, while no bot runs.", _restore)
    restore.add_argument(
        "--force", action="store_true", help="replace the base and the database that are there; they are kept beside it"
    )
    for command, what in ((backup, "the file to write, or a folder for it"), (restore, "the backup")):
        command.add_argument("file", type=Path, metavar="FILE", help=what)
        add_config_option(command)
        add_knowledge_option(command, default=None)


def _doctor(options: argparse.Namespace) -> int:
    from bot.doctor.examination import examine

    findings = examine(
        options.config, options.knowledge, os.environ, shard_ids=options.shard_ids, offline=options.offline
    )
    for finding in findings:
        write_line(f"{finding.level:{LEVEL_WIDTH}} {finding.subject:{SUBJECT_WIDTH}} {finding.sentence}")
    counts = [sum(finding.level == level for finding in findings) for level in ("wrong", "warning")]
    write_line(f"{counts[0]} wrong, {counts[1]} to look at" if any(counts) else "Everything is well.")
    return 1 if counts[0] else 0


def _backup(options: argparse.Namespace) -> int:
    from bot import config
    from bot.backup import making

    if options.keep is not None and options.keep < 1:
        raise EditError("--keep takes a number of backups from 1")
    if options.keep is not None and not options.file.is_dir():
        raise EditError(f"--keep needs a folder to keep the backups in, and there is no folder {options.file}: make it")
    settings = config.load_config(options.config, os.environ)
    folder = options.knowledge or settings.knowledge
    now = datetime.now(UTC)
    path = making.make_backup(options.file, folder, settings.database, now, base_only=options.base_only)
    write_line(f"{path}: {path.stat().st_size:,} bytes. It holds what members typed: keep it as safe as the database.")
    if options.keep is not None and (removed := making.remove_older(options.file, options.keep)):
        write_line(f"Deleted {len(removed)} older ones.")
    return 0


def _restore(options: argparse.Namespace) -> int:
    from bot import config
    from bot.backup import restoring

    log_setup.configure_terminal_logging()
    settings = config.load_config(options.config, os.environ)
    folder = options.knowledge or settings.knowledge
    done = restoring.restore_backup(options.file, folder, settings.database, datetime.now(UTC), force=options.force)
    write_line(f"Restored the backup of {done.manifest.made} UTC; the base has revision {done.manifest.revision}.")
    if done.next_change is None:
        write_line("There was no database in it; the one that is there stays as it is.")
    else:
        write_line(f"The next change has number {done.next_change:,}, so that no number is used twice.")
    for path in done.kept:
        write_line(f"What was there before is kept: {path}")
    return 0
