"""`pilcrow kb`: the moderators' work in a terminal, through the same code as anywhere."""

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bot import app, config
from bot.answering import Answerer
from bot.editing import Editor
from bot.effects import unified
from bot.errors import EditError
from bot.journal import Change, Journal
from bot.proposal import Proposal
from bot.story import edits
from bot.story.records import STANDINGS
from bot.story.store import Store
from bot.terminal.render import Line
from bot.terminal.show import Screen

FIELDS = ("question", "answer", "cites", "standing", "by", "claim", "nearest", "related", "developments")
LISTS = ("cites", "by", "related", "developments")
SHOWN = 50
Run = Callable[["Work"], int]


class Work:
    """One command with everything it needs."""

    def __init__(self, options: argparse.Namespace) -> None:
        settings = config.read(options.config, os.environ)
        self.options = options
        self.folder: Path = options.knowledge or settings.knowledge
        self.journal = Journal(settings.database)
        self.editor = Editor(Store(self.folder), self.journal, app.weights(), lambda: datetime.now(UTC))
        self.screen = Screen.for_stdout()


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `kb` and everything under it."""
    text = "Keep the base: see what is missing, change answers, undo."
    kb = commands.add_parser("kb", help=text, description=text)
    under = kb.add_subparsers(metavar="WHAT", required=True)

    def add(name: str, text: str, run: Run, *, changes: bool = True) -> argparse.ArgumentParser:
        sub = under.add_parser(name, help=text, description=text)
        sub.set_defaults(command=lambda options: _run(run, options))
        sub.add_argument("--knowledge", type=Path, default=None, metavar="DIR", help="the base (default: as in config)")
        sub.add_argument("--config", type=Path, default=Path("config.yaml"), metavar="FILE", help="the settings")
        if changes:
            sub.add_argument("--yes", action="store_true", help="publish without asking")
            sub.add_argument("--despite-warnings", action="store_true", help="publish though there are warnings")
            sub.add_argument("--why", default="", help="the reason, for the history")
            sub.add_argument("--who", default="", help="your name, for the history")
        return sub

    add("inbox", "Questions without an answer, most frequent first.", _inbox, changes=False)
    new = add("add", "A new entry.", _add)
    new.add_argument("--file", required=True, help="the file of qa/ that it goes into, as in 'denial'")
    new.add_argument("--phrasing", action="append", default=[], help="a way of asking it; may be given again")
    _fields(new, required=("question", "answer", "cites", "standing"))
    edit = add("edit", "Change fields of an entry; an empty value removes one.", _edit)
    edit.add_argument("id")
    _fields(edit)
    phrase = add("phrase", "One more way of asking for an entry.", _phrase)
    phrase.add_argument("id")
    phrase.add_argument("phrasing")
    add("remove", "Take an entry away.", _remove).add_argument("id")
    add("history", "What was changed, by whom, when and why.", _history, changes=False)
    add("diff", "One change in full.", _diff, changes=False).add_argument("number", type=int)
    add("undo", "Take a change back; that is a change too.", _undo).add_argument("number", type=int)
    add("export", "The base as a ZIP archive.", _export, changes=False).add_argument("file", type=Path)
    add("import", "The base of a ZIP archive in place of this one.", _import).add_argument("file", type=Path)
    add("stats", "What is missed, and how answers are judged.", _stats, changes=False)


def _fields(command: argparse.ArgumentParser, required: tuple[str, ...] = ()) -> None:
    for name in FIELDS:
        choices = STANDINGS if name == "standing" else None
        some = ", several with commas" if name in LISTS else ""
        command.add_argument(f"--{name}", required=name in required, choices=choices, help=f"the entry's {name}{some}")


def _given(options: argparse.Namespace) -> dict[str, edits.Value]:
    found: dict[str, edits.Value] = {}
    for name in FIELDS:
        value = getattr(options, name)
        if value is not None:
            found[name] = [part.strip() for part in value.split(",") if part.strip()] if name in LISTS else value
    return found


def _run(run: Run, options: argparse.Namespace) -> int:
    work = Work(options)
    try:
        return run(work)
    finally:
        work.journal.close()


def _publish(work: Work, proposal: Proposal) -> int:
    """Shows what a change does, asks, and publishes it."""
    lines = [Line(text, "plain") for text in proposal.diff.splitlines()]
    work.screen.lines([Line(proposal.what, "question"), *lines])
    if proposal.reply:
        work.screen.lines([Line(""), Line("Members will see:", "standing")])
        work.screen.reply(proposal.reply)
    work.screen.lines(Line(f"Warning: {text}", "standing") for text in proposal.warnings)
    options = work.options
    despite = options.despite_warnings
    if proposal.warnings and not despite:
        raise EditError("there are warnings; change it, or say --despite-warnings")
    if not options.yes and not _agreed():
        work.screen.lines([Line("Nothing is changed.", "hint")])
        return 0
    change = work.editor.publish(proposal, options.who or getpass.getuser(), options.why, despite=despite)
    work.screen.lines(
        [Line(f"Published as change {change.number}; 'pilcrow kb undo {change.number}' takes it back.", "hint")]
    )
    return 0


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise EditError("say --yes to publish where nobody can be asked")
    return input("Publish? [y/N] ").strip().casefold() in ("y", "yes")


def _add(work: Work) -> int:
    fields = _given(work.options) | {"phrasings": work.options.phrasing}
    return _publish(work, work.editor.add(fields, work.options.file))


def _edit(work: Work) -> int:
    return _publish(work, work.editor.edit(work.options.id, _given(work.options)))


def _phrase(work: Work) -> int:
    return _publish(work, work.editor.phrase(work.options.id, work.options.phrasing))


def _remove(work: Work) -> int:
    return _publish(work, work.editor.remove(work.options.id))


def _undo(work: Work) -> int:
    return _publish(work, work.editor.undo(work.options.number))


def _import(work: Work) -> int:
    return _publish(work, work.editor.import_(work.options.file.read_bytes()))


def _export(work: Work) -> int:
    data = work.editor.export()
    work.options.file.write_bytes(data)
    print(f"{work.options.file}: {len(data):,} bytes")
    return 0


def _inbox(work: Work) -> int:
    found = work.journal.unanswered(SHOWN)
    if not found:
        work.screen.lines([Line("Nothing is waiting.", "hint")])
        return 0
    answerer = Answerer(app.story(work.folder), app.weights())
    for one in found:
        near = [candidate.entry for candidate in answerer.matcher.match(one.text).candidates[:3]]
        seen = f"{one.count} times, last on {one.last_seen}"
        work.screen.lines(
            [Line(f"{one.text} ({seen})", "question"), Line(f"nearest: {', '.join(near) or 'nothing'}", "row")]
        )
    return 0


def _history(work: Work) -> int:
    work.screen.lines(Line(_told(change), "plain") for change in work.journal.changes(SHOWN))
    return 0


def _diff(work: Work) -> int:
    change = work.journal.change(work.options.number)
    if change is None:
        raise EditError(f"there is no change {work.options.number}; 'pilcrow kb history' lists them")
    work.screen.lines(
        [Line(_told(change), "question"), *(Line(text, "plain") for text in unified(change.files).splitlines())]
    )
    return 0


def _told(change: Change) -> str:
    why = f": {change.why}" if change.why else ""
    spite = f" (in spite of {len(change.warnings)} warnings)" if change.warnings else ""
    return f"{change.number}. {change.at} {change.who}, {change.what}{why}{spite}"


def _stats(work: Work) -> int:
    missed = work.journal.unanswered(10_000)
    lines = [
        Line(f"Without an answer: {len(missed)} questions, asked {sum(one.count for one in missed)} times", "plain")
    ]
    judged = sorted(work.journal.feedback().items(), key=lambda item: (-item[1][1], item[0]))
    lines += [Line(f"{id}: {up} helpful, {down} not", "plain") for id, (up, down) in judged]
    work.screen.lines(lines)
    return 0
