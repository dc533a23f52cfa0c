"""The commands for whoever operates the Discord bot: run, health."""

import argparse
import os
import time

from bot import bootstrap
from bot.errors import PilcrowError, exit_status
from bot.terminal.arguments import Subparsers, add_command, add_config_option, add_knowledge_option, add_shards_option
from bot.terminal.console import write_error, write_line


def add_to(subparsers: Subparsers) -> None:
    """Add the commands."""
    run = add_command(subparsers, "run", "Run the Discord bot (needs DISCORD_TOKEN).", _run)
    add_knowledge_option(run, default=None)
    health = add_command(
        subparsers,
        "health",
        "Report whether the running bot is healthy, from its health_file; exit status 0 or 1.",
        _health,
    )
    for command in (run, health):
        add_config_option(command)
        add_shards_option(command)


def _run(options: argparse.Namespace) -> int:
    try:
        bootstrap.run_discord(options.config, options.knowledge, os.environ, options.shard_ids)
    except PilcrowError as error:
        write_error(f"pilcrow: {error}")
        return exit_status(error)
    return 0


def _health(options: argparse.Namespace) -> int:
    from bot import config
    from bot.ops import health

    path = config.load_config(options.config, os.environ, options.shard_ids).health_file
    healthy, sentence = health.assess(health.read_health(path) if path else None, time.time())
    write_line(sentence)
    return 0 if healthy else 1
