"""The commands that show the story."""

from pathlib import Path

import pytest

from bot import bootstrap
from bot.answering.view import VIEW_KINDS
from bot.terminal import cli
from tests.support.small_story import small_story


def run(small: Path, *words: str) -> int:
    """Run `pilcrow` with these words on the small story; return the exit status."""
    return cli.main([*words, "--knowledge", str(small)])


def test_every_command_of_discord_is_a_command_of_the_terminal(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both show the same view: title, headings and rows."""
    views = bootstrap.views(small_story())
    abouts = {"summary": ["--length", "line", "--topic", "lamp"], "who": ["the", "mayor"], "paragraph": ["2"]}
    keys = {"summary": "lamp:line", "who": "the mayor", "paragraph": "2"}
    for kind in VIEW_KINDS:
        if kind == "help":
            continue
        assert run(small, kind, *abouts.get(kind, [])) == 0
        shown = " ".join(capsys.readouterr().out.split())
        reading = views.open(kind, keys.get(kind, ""))
        assert shown.startswith(reading.title)
        for section in reading.sections:
            assert section.heading in shown
            assert all(" ".join(row.text.split()) in shown for row in section.rows)
    assert cli.main(["help"]) == 0
    assert "timeline" in capsys.readouterr().out


def test_a_view_is_printed_with_sources_below_its_rows(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A source follows its row, and its address follows the source."""
    run(small, "paragraph", "¶2")
    assert capsys.readouterr().out.split("Questions it answers")[0] == (
        "Paragraph 2\n\n"
        "What it says, in our words\n"
        "  The mayor says that she took the lamp; she denies it. ¶2\n"
        "    https://quay.example/harbour-light#:~:text=Mayor%20Tom%20Reed,she%20denies%20it.\n\n"
        "What is denied\n"
        "  Ada Quill denies it. ¶2\n\n"
        "Known later (not in the article)\n"
        "  1 June 2020: The lamp was found in the mayor's cellar.\n"
        "  (The Quay, 1 June 2020)\n"
        "    https://quay.example/lamp-found\n\n"
    )


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
