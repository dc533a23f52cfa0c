"""Terminals, arguments and streams that are not as they should be end in a sentence, never in a traceback."""

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.table import Table

from bot.editing.archive import unpack
from bot.errors import EditError
from bot.terminal import cli, console, json_output, prompts
from tests.support.archives import packed
from tests.support.story_files import OLD, on_disk, write

MAIN = "import sys; from bot.terminal.cli import main; sys.exit(main())"


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a base in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text("database: sqlite:///j.sqlite3\n", "utf-8")
    return write(tmp_path / "knowledge")


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return a function that runs a command that is refused, and returns what it says."""

    def run(*arguments: str) -> str:
        assert cli.main(list(arguments)) == 2
        return capsys.readouterr().err

    return run


@pytest.mark.parametrize("columns", ["", "0", "5", "9" * 5000, "²", "١٢"])
def test_any_width_of_the_terminal_is_accepted(
    base: Path, monkeypatch: pytest.MonkeyPatch, columns: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A serial line has 0 columns; COLUMNS may hold anything, and rich reads it too."""
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("LINES", columns)
    monkeypatch.setattr(os, "get_terminal_size", lambda _=1: os.terminal_size((0, 0)))
    assert cli.main(["ask", "where is the lighthouse"]) == 0
    assert cli.main(["kb", "stats"]) == 0
    shown = capsys.readouterr()
    assert "Brim." in shown.out
    assert shown.err == ""


def test_text_from_elsewhere_is_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    """A table shows brackets and colons as they are."""
    table = Table("[red]head", title="[/red]", caption=":smile:")
    table.add_row("[/red]")
    console.rich_console().print(table)
    shown = capsys.readouterr().out
    assert shown.count("[/red]") == 2
    assert "[red]head" in shown
    assert ":smile:" in shown


@pytest.mark.parametrize("number", ["99999999999999999999", "2147483648", "0", "-1"])
def test_a_number_beyond_the_history_is_not_in_it(base: Path, refused: Callable[..., str], number: str) -> None:
    """However large it is."""
    assert refused("kb", "diff", number) == f"pilcrow: there is no change {number}; 'pilcrow kb history' lists them\n"
    assert refused("kb", "undo", number, "--yes") == f"pilcrow: There is no change {number} in the history.\n"


@pytest.mark.parametrize(
    "arguments",
    [("phrase", "keeper-place", "a\udcff"), ("edit", "keeper-place", "--answer", "a\udcff"), ("edit", "a\udcff")],
)
def test_arguments_have_to_be_utf_8(base: Path, refused: Callable[..., str], arguments: tuple[str, ...]) -> None:
    """Nothing is published that can't be written."""
    assert refused("kb", *arguments, "--yes") == (
        "pilcrow: ‘a\ufffd’ is not UTF-8 text; type it again in a terminal whose encoding is UTF-8\n"
    )
    assert on_disk(base) == OLD


def test_a_user_without_a_name_has_to_give_one(
    base: Path, monkeypatch: pytest.MonkeyPatch, refused: Callable[..., str]
) -> None:
    """A container may run as a user whom /etc/passwd does not have."""

    def unknown() -> str:
        raise KeyError("getpwuid(): uid not found: 54321")

    monkeypatch.setattr("getpass.getuser", unknown)
    words = ["kb", "phrase", "keeper-place", "the lighthouse, whereabouts", "--yes"]
    assert refused(*words) == "pilcrow: this system has no name for you; give one for the history with --who NAME\n"
    assert cli.main([*words, "--who", "Ada"]) == 0


def test_the_end_of_input_is_a_no(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-D at a question."""

    def ended(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("sys.stdin", type("Terminal", (), {"isatty": lambda _: True})())
    monkeypatch.setattr("builtins.input", ended)
    assert prompts.confirm("Publish?") is False


@pytest.mark.parametrize(
    ("command", "status", "error"),
    [
        ("ask --jsonl <&-", 0, ""),
        ("ask where is the lighthouse >&-", 0, ""),
        ("ask where is the lighthouse 2>&-", 0, ""),
        (
            "ask where is the lighthouse >/dev/full",
            1,
            "pilcrow: the output can't be written: No space left on device\n",
        ),
    ],
)
def test_streams_that_are_closed_or_full(base: Path, command: str, status: int, error: str) -> None:
    """Closed ones are empty; a full disk is named, once."""
    shell = f"\"{sys.executable}\" -c '{MAIN}' {command}"
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, env=environ, check=False)  # noqa: S607
    assert (done.returncode, done.stderr) == (status, error)


@pytest.mark.parametrize("options", [("--al",), ("--al", "--y"), ("--all", "--y"), ("--older", "0")])
def test_options_are_not_abbreviated(base: Path, options: tuple[str, ...]) -> None:
    """What deletes has to be written in full."""
    with pytest.raises(SystemExit):
        cli.main(["data", "forget", *options])


@pytest.mark.parametrize(
    "arguments",
    [
        ("kb", "inbox", "--config", "pipe"),
        ("check", "--article", "pipe"),
        ("eval", "pipe"),
        ("kb", "import", "pipe"),
        ("kb", "import", "/dev/zero"),
        ("new", "folder", "--article", "/dev/zero"),
        ("bench", "--short", "pipe"),
    ],
)
def test_only_regular_files_are_read(base: Path, refused: Callable[..., str], arguments: tuple[str, ...]) -> None:
    """A pipe would be waited for, and a device may never end."""
    os.mkfifo("pipe")
    assert refused(*arguments).endswith("read: not a regular file\n")


def test_a_line_is_refused_before_all_of_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """An endless line would fill the memory."""
    monkeypatch.setattr(json_output, "MAX_LINE", 20)

    asked = []

    def endless(limit: int) -> str:
        asked.append(limit)
        return "x" * limit

    with pytest.raises(json_output.LineError, match=r"^line 1 of the input has more than 20 characters"):
        list(json_output.read_lines(endless))
    assert asked == [21]


def test_archives_that_zipfile_stumbles_over_are_refused() -> None:
    """A file without a name; one whose compression may ask for gigabytes of memory."""
    data = packed(dict(OLD)).replace(b"people.yaml", b"\0eople.yaml")
    with pytest.raises(EditError):
        unpack(data)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("story.yaml", "x")
    with pytest.raises(EditError, match=r"^In the archive, story\.yaml is packed in an unusual way\."):
        unpack(buffer.getvalue())


@pytest.mark.parametrize("option", ["--by", "--related", "--claim", "--nearest", "--cites"])
def test_an_option_can_write_nothing_but_its_own_field(base: Path, option: str, refused: Callable[..., str]) -> None:
    """An id is written as a word, or in quotes: it can't end its list and begin an entry."""
    evil = "keeper]\n- id: evil\n  question: Evil?\n  answer: It is.\n  cites: [1]\n  standing: reported\n  by: [keeper"
    assert "evil" in refused("kb", "edit", "keeper-place", option, evil, "--yes", "--despite-warnings", "--who", "x")
    assert on_disk(base) == OLD


def test_a_chart_is_a_png_whatever_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name's suffix chooses no other format, and a folder that is not there is named."""
    from bot.charts import evaluation_plots
    from bot.evaluation.baselines import Point
    from bot.terminal import user_files

    points = {"Pilcrow": [Point(0.5, 0.9, 0.01)]}
    evaluation_plots.plot_threshold_curves(points, 0.5, tmp_path / "x.xyz")
    assert (tmp_path / "x.xyz").read_bytes().startswith(b"\x89PNG")
    missing = tmp_path / "no" / "x.png"
    with pytest.raises(EditError, match=r"x\.png can't be written: No such file"), user_files.writing(missing):
        evaluation_plots.plot_threshold_curves(points, 0.5, missing)
