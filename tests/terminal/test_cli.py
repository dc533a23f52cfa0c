"""The command `pilcrow`: its parser, and how errors end it."""

import pytest

from bot.terminal import cli


def test_a_missing_base_is_reported_with_the_option_that_names_it(capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence on standard error, and exit status 2."""
    assert cli.main(["ask", "x", "--knowledge", "/nowhere"]) == 2
    assert (
        capsys.readouterr().err
        == "pilcrow: /nowhere: there is no such folder; name the folder of the base with --knowledge DIR\n"
    )


def test_the_quick_parser_knows_ask_as_the_whole_one_does() -> None:
    """`pilcrow ask` is parsed without building the other commands, and the result is the same."""
    words = ["ask", "who", "is", "she", "--json", "--knowledge", "x"]
    assert vars(cli.build_parser(only_ask=True).parse_args(words)) == vars(cli.build_parser().parse_args(words))
