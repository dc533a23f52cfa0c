"""The README says what is so."""

from bot.i18n import command_specs
from bot.terminal.cli import parser
from tests.pictures import exchange
from tests.support.command_table import README, written


def test_the_command_list_is_that_of_the_command_tree() -> None:
    """Stale? Run `python -m tests.support.command_table`."""
    text = README.read_text("utf-8")
    assert written(text) == text


def test_the_picture_shows_what_the_bot_says_now() -> None:
    """Stale? Run `python -m tests.pictures.exchange`."""
    assert exchange.PICTURE.read_text("utf-8") == exchange.drawn()


def test_every_command_is_also_in_the_terminal() -> None:
    """`pilcrow summary` is `/summary`; help is `--help`."""
    listed = {line.split()[0] for line in parser().format_help().splitlines() if line.strip()}
    for one in command_specs.COMMANDS:
        assert one is command_specs.HELP or one.name in listed
