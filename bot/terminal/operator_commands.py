"""The commands with which an operator sets a bot up, looks after it and moves it: doctor, backup, restore."""

import argparse
import os

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
