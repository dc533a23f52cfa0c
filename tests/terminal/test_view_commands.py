"""The commands that show the story."""

import re
from pathlib import Path

import pytest

from bot import bootstrap
from bot.answering.view import VIEW_KINDS
from bot.cards.view_card import view_lines
from bot.terminal import cli
from tests.support.small_story import small_story


def run(small: Path, *words: str) -> int:
    """Run `pilcrow` with these words on the small story; return the exit status."""
    return cli.main([*words, "--knowledge", str(small)])


def test_every_command_of_discord_is_a_command_of_the_terminal(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both show the same lines, in the same order."""
    views = bootstrap.views(small_story())
    abouts = {"summary": ["--length", "line", "--topic", "lamp"], "who": ["the", "mayor"], "paragraph": ["2"]}
    keys = {"summary": "lamp:line", "who": "the mayor", "paragraph": "2"}
    for kind in VIEW_KINDS:
        if kind == "help":
            continue
        assert run(small, kind, *abouts.get(kind, [])) == 0
        shown = re.sub(r"^(?:- |│ )", "", capsys.readouterr().out, flags=re.MULTILINE)
        lines = view_lines(views.open(kind, keys.get(kind, "")))
        assert shown.split() == " ".join(line.text for line in lines).split()
    assert cli.main(["help"]) == 0
    assert "timeline" in capsys.readouterr().out


def test_addresses_are_printed_on_asking(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Below the view, each with the paragraph or source that it belongs to."""
    run(small, "updates")
    assert "https://" not in capsys.readouterr().out
    run(small, "updates", "--links")
    assert capsys.readouterr().out.splitlines()[-1].endswith(" https://quay.example/lamp-found")


def test_plot_saves_the_timeline_as_one_picture(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command prints the file's name and the picture's alternative text."""
    file = tmp_path / "when.png"
    assert run(small, "timeline", "--plot", str(file), "--theme", "light") == 0
    assert file.read_bytes().startswith(b"\x89PNG")
    assert capsys.readouterr().out.startswith(f"{file}: What happened when. In the article. May 2020: Keeper Ada Quill")


def test_an_unknown_topic_or_name_is_refused(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence with the nearest choice, and exit status 2."""
    assert run(small, "summary", "--topic", "quill: north") == 2
    assert run(small, "who", "Napoleon") == 2
    assert capsys.readouterr().err == (
        "pilcrow: There is no topic ‘quill north’. The topics are: The dark light; The lamp.\n"
        "pilcrow: The article mentions nobody called ‘Napoleon’.\n"
    )
