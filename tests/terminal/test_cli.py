"""The command `pilcrow`: its parser, and how errors end it."""

from pathlib import Path

import pytest

from bot import __version__
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


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    """So that a report of a bug can name it."""
    with pytest.raises(SystemExit) as done:
        cli.main(["--version"])
    assert (done.value.code, capsys.readouterr().out) == (0, f"pilcrow {__version__}\n")


@pytest.mark.parametrize("command", [["run"], ["health"], ["kb", "history"], ["data", "export", "all.json"]])
def test_a_configuration_that_is_not_there_is_refused(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By every command that takes one, before it does anything."""
    named = tmp_path / "nowhere.yaml"
    assert cli.main([*command, "--config", str(named)]) != 0
    assert capsys.readouterr().err == (
        f"pilcrow: there is no file {named}: check what --config names, or copy config.example.yaml there\n"
    )
