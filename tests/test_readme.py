"""The README says what is so."""

from pathlib import Path

import pytest

from bot.i18n import command_specs
from bot.terminal.cli import build_parser
from tests.pictures import exchange
from tests.support.command_table import MEMBERS, MODERATORS, updated


@pytest.mark.parametrize("page", [MEMBERS, MODERATORS], ids=lambda page: page.name)
def test_the_command_table_is_that_of_the_command_tree(page: Path) -> None:
    """Stale? Run `python -m tests.support.command_table`."""
    assert updated(page) == page.read_text("utf-8")


def test_the_readme_is_one_page() -> None:
    """At most 150 lines of at most 120 characters; everything else stands where it is about."""
    lines = MEMBERS.read_text("utf-8").splitlines()
    assert len(lines) <= 150
    assert [line for line in lines if len(line) > 120] == []


def test_the_picture_shows_what_the_bot_says_now() -> None:
    """Stale? Run `python -m tests.pictures.exchange`."""
    assert exchange.PICTURE.read_text("utf-8") == exchange.drawn()


def test_every_command_is_also_in_the_terminal() -> None:
    """`pilcrow summary` is `/summary`; help is `--help`."""
    listed = {line.split()[0] for line in build_parser().format_help().splitlines() if line.strip()}
    for one in command_specs.reader_commands().values():
        assert one.name == "help" or one.name in listed
