"""Text from elsewhere can't send control sequences to the terminal, whichever way it gets there."""

import io
import json
import logging
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.table import Table

from bot.answering.answerer import Answerer
from bot.cards.card import Line, Span
from bot.journal.journal import Journal
from bot.journal.records import OutcomeCount
from bot.matching.weights import load_weights
from bot.ops.log_setup import LogFormat, TerminalFormatter, make_formatter
from bot.terminal import cli, console
from bot.terminal.console import Screen
from tests.support.fake_discord.hidden import hidden
from tests.support.small_story import small_story, small_story_files

EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eevil" + "\u0301" * 50
SAFE = " ]0;owned  [2J 31mevil\u0301\u0301\u0301\u0301"
DAY = date(2026, 3, 1)


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Journal]:
    """Return the journal of a folder with the small story, in which somebody has asked something evil."""
    monkeypatch.chdir(tmp_path)
    Path("config.yaml").write_text("database: sqlite:///j.sqlite3\nknowledge: base\n", "utf-8")
    for name, data in small_story_files().items():
        (tmp_path / "base" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "base" / name).write_bytes(data)
    journal = Journal("sqlite:///j.sqlite3")
    journal.inbox.add("who", "dm", DAY)
    with journal.database.transaction() as connection:  # as a version wrote it that kept what was typed as it was
        connection.execute(journal.database.tables.inbox.update().values(text=f"who {EVIL}"))
    yield journal
    journal.close()


def test_questions_are_sanitized(journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    """`data forget` lists questions before it deletes them; `kb inbox` and `kb dismiss` show them."""
    assert cli.main(["kb", "inbox"]) == 0
    assert cli.main(["data", "forget", "--words", "who", "--yes"]) == 0
    shown = capsys.readouterr()
    assert f"who {SAFE}\nDeleted questions: 1.\n" in shown.out
    assert not hidden(shown.out + shown.err)


@pytest.mark.parametrize("name", ["people.yaml", "qa/lamp.yaml"])
def test_problems_of_a_base_are_sanitized(journal: Journal, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Problems quote keys, values and the YAML parser's own words."""
    path = Path("base", name)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"- id: {json.dumps(EVIL)}\n  {json.dumps('k' + EVIL)}: x\n")
    assert cli.main(["check", "--knowledge", "base"]) == 2
    shown = capsys.readouterr()
    assert shown.err.startswith("pilcrow: ")
    assert not hidden(shown.out + shown.err)


def test_file_names_are_sanitized(journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    """File names come from archives, folders and the command line."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("story.yaml", "x")
        archive.writestr(f"qa/{EVIL}.yaml", "x")
    Path("evil.zip").write_bytes(packed.getvalue())
    assert cli.main(["kb", "import", "evil.zip"]) == 2
    assert cli.main(["kb", "export", f"no/{EVIL}"]) == 2
    assert cli.main(["check", "--knowledge", f"no/{EVIL}"]) == 2
    assert cli.main(["data", "export", f"{EVIL}.json"]) == 0
    with pytest.raises(SystemExit):
        cli.main(["ask", f"--{EVIL}"])
    shown = capsys.readouterr()
    assert f"qa/{SAFE}.yaml' can't be a file of the base" in shown.err
    assert f"pilcrow: no/{SAFE}: there is no such folder" in shown.err
    assert not hidden(shown.out + shown.err)


def test_json_is_escaped_without_loss(journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    """Control characters are escaped and not removed, so programs read what was there."""
    console.write_json({"question": EVIL, "emoji": "👍 é"})
    shown = capsys.readouterr().out
    assert json.loads(shown) == {"question": EVIL, "emoji": "👍 é"}
    assert "👍 é" in shown
    assert not {"\x1b", "\x9b", "\u202e"} & set(shown)


def test_tables_are_sanitized(journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    """Rich passes escape sequences through; `kb stats` shows ids that the base may no longer have."""
    journal.outcomes.add([OutcomeCount(date.today(), f"x{EVIL}", "answer", 1)])  # noqa: DTZ011 (any day of the last thirty)
    assert cli.main(["kb", "stats"]) == 0
    table = Table(EVIL, title=EVIL, caption=EVIL)
    table.add_row(EVIL)
    console.rich_console().print(table)
    shown = capsys.readouterr().out
    assert "x ]0;owned" in shown
    assert not hidden(shown)


def test_tracebacks_are_sanitized(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bug's traceback may quote the input; the exit status is 1."""

    def broken(*_: object) -> None:
        raise ValueError(EVIL)

    monkeypatch.setattr("bot.bootstrap.answerer", broken)
    assert cli.main(["ask", "x"]) == 1
    shown = capsys.readouterr().err
    assert f"ValueError: {SAFE}\n" in shown
    assert not hidden(shown)


def test_warnings_are_sanitized() -> None:
    """Warnings of a command are sentences on standard error."""
    record = logging.LogRecord("bot.x", logging.WARNING, "", 1, "%s is broken", (EVIL,), None)
    assert TerminalFormatter().format(record) == f"pilcrow: {SAFE} is broken"


@pytest.mark.parametrize("shape", ["text", "json"])
def test_log_lines_are_sanitized(shape: LogFormat) -> None:
    """Log lines, in text and in JSON, quote errors of the system that name files."""
    error = OSError(2, EVIL, f"/srv/{EVIL}")
    record = logging.LogRecord("bot.x", logging.WARNING, "", 1, "%s is broken", (EVIL,), (OSError, error, None))
    line = make_formatter(shape).format(record)
    assert f"{SAFE} is broken" in (json.loads(line)["message"] if shape == "json" else line)
    assert not hidden(line)


def test_cards_are_sanitized() -> None:
    """Texts, labels of links and addresses may come from somebody else's base: the only escape sequence is our own link."""
    lines = [Line((Span(EVIL, url=f"https://x.example/{EVIL}"), Span(EVIL, "badge")), "quote")]
    out = io.StringIO()
    screen = Screen(out, width=80, colour=False, links=True)
    screen.print_card(lines)
    screen.print_addresses(lines)
    address = f"https://x.example/]0;owned[2J31mevil{'%CC%81' * 4}"
    assert out.getvalue() == (f"│  \x1b]8;;{address}\x1b\\{SAFE.lstrip()}\x1b]8;;\x1b\\[{SAFE}]\n{SAFE} {address}\n")
    assert not hidden(out.getvalue().replace(f"\x1b]8;;{address}\x1b\\", "").replace("\x1b]8;;\x1b\\", ""))


def test_a_guess_is_marked_and_the_other_questions_follow() -> None:
    """Nobody can press a button here, so they stand there as they can be asked."""
    story = small_story()
    answerer = Answerer(story, replace(load_weights(), answer=1.0))
    asked, out = answerer.reply("did the keeper steal the lamp"), io.StringIO()
    reply = replace(asked, guess=answerer.entry_reply("lamp-taken"))
    Screen(out, width=100, colour=False).print_reply(reply, story)
    assert out.getvalue() == (
        "You may mean: The mayor, Tom Reed, says that she took the lamp, worth 40 crowns.\n"
        "[Alleged, not proven] · The Quay ¶2\n"
        "│ Denied: Ada Quill denies it. ¶2\n"
        "│ Since the article: Jun 2020, The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)\n"
        "Which do you mean?\n"
        "- Does Ada Quill deny taking the lamp?\n"
    )


def test_a_link_that_is_wrapped_is_a_link_on_each_row() -> None:
    """No row ends within a link: what follows it would be a part of it."""
    out = io.StringIO()
    lines = [Line((Span("See "), Span("the report of May", url="https://x.example/"), Span(", p. 3")), "quote")]
    Screen(out, width=18, colour=True, links=True).print_card(lines)
    start, bar, end = "\x1b]8;;https://x.example/\x1b\\\x1b[36m", "\x1b[2m│ \x1b[0m", "\x1b[0m\x1b]8;;\x1b\\"
    assert out.getvalue() == f"{bar}See {start}the report{end}\n{bar}{start}of May{end}, p. 3\n"


@pytest.mark.parametrize(
    ("is_terminal", "environ", "colour", "links"),
    [
        (True, {"TERM": "xterm-256color"}, True, True),
        (True, {}, True, True),
        (True, {"TERM": "xterm", "NO_COLOR": "1"}, False, True),
        (True, {"TERM": "xterm", "NO_COLOR": ""}, True, True),
        (True, {"TERM": "dumb"}, False, False),
        (True, {"TERM": "linux"}, True, False),
        (True, {"TERM": "xterm", "FORCE_HYPERLINK": "0"}, True, False),
        (False, {"TERM": "xterm"}, False, False),
        (False, {"TERM": "xterm", "FORCE_HYPERLINK": "1"}, False, True),
        (False, {"TERM": "xterm", "FORCE_HYPERLINK": ""}, False, True),
    ],
)
def test_colour_and_links_where_the_terminal_has_them(
    is_terminal: bool,  # noqa: FBT001
    environ: dict[str, str],
    colour: bool,  # noqa: FBT001
    links: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A pipe gets plain text. NO_COLOR switches off colour alone; FORCE_HYPERLINK decides about links alone."""
    for name in ("TERM", "NO_COLOR", "FORCE_HYPERLINK"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout.isatty", lambda: is_terminal)
    screen = Screen.for_stdout()
    assert (screen.colour, screen.links) == (colour, links)
