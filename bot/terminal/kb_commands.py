"""`pilcrow kb`: the moderators' work in a terminal, through the same code as anywhere."""

import argparse
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bot import bootstrap, config
from bot.answering.answerer import Answerer
from bot.editing import inbox
from bot.editing.editor import Editor
from bot.editing.impact import unified
from bot.editing.inbox import Waiting
from bot.editing.proposal import Proposal
from bot.errors import EditError
from bot.journal.journal import Journal
from bot.journal.records import ChangeSummary
from bot.ops import log_setup
from bot.story.entry import STANDINGS, WRITABLE_FIELDS, FieldValue
from bot.terminal import confirm
from bot.terminal.console import Screen, say
from bot.terminal.render import Line

OPTION_FIELDS = {key: field for key, field in WRITABLE_FIELDS.items() if key not in ("id", "phrasings")}
"""Fields of an entry with an option of their own."""
SHOWN = 50
Run = Callable[["Work"], int]


class Work:
    """One command with everything it needs."""

    def __init__(self, options: argparse.Namespace) -> None:
        settings = config.read(options.config, os.environ)
        self.options = options
        self.folder: Path = options.knowledge or settings.knowledge
        self.journal = Journal(settings.database)
        self.editor = Editor(bootstrap.knowledge_base(self.folder), self.journal, lambda: datetime.now(UTC))
        self.screen = Screen.for_stdout()

    def answerer(self) -> Answerer:
        """What answers from the base as it is."""
        return bootstrap.answerer(self.folder)

    def waiting(self, answerer: Answerer) -> list[Waiting]:
        """The inbox."""
        return inbox.gather(self.journal.inbox.questions(inbox.MOST), answerer)

    def one_waiting(self, id: int) -> Waiting:
        """One group of the inbox. Raises EditError."""
        found = inbox.find(self.waiting(self.answerer()), id)
        if found is None:
            raise EditError(f"there is no {id} in the inbox; 'pilcrow kb inbox' lists what is")
        return found


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `kb` and everything under it."""
    text = "Keep the base: see what is missing, change answers, undo."
    kb = commands.add_parser("kb", help=text, description=text)
    under = kb.add_subparsers(metavar="WHAT", required=True)

    def add(name: str, text: str, run: Run, *, changes: bool = False) -> argparse.ArgumentParser:
        sub = under.add_parser(name, help=text, description=text)
        sub.set_defaults(command=lambda options: _run(run, options), waiting=None)
        sub.add_argument("--knowledge", type=Path, default=None, metavar="DIR", help="the base (default: as in config)")
        sub.add_argument("--config", type=Path, default=Path("config.yaml"), metavar="FILE", help="the settings")
        if changes:
            sub.add_argument("--yes", action="store_true", help="publish without asking")
            sub.add_argument("--despite-warnings", action="store_true", help="publish though there are warnings")
            sub.add_argument("--why", default="", help="the reason, for the history")
            sub.add_argument("--who", default="", help="your name, for the history")
        return sub

    add("inbox", "What people asked and did not get, alike ones together, most frequent first.", _inbox)
    dismiss = add("dismiss", "Take something off the inbox for good.", _dismiss)
    dismiss.add_argument("waiting", type=int, nargs="+", metavar="N", help="its number in the inbox")
    new = add("add", "A new entry.", _add, changes=True)
    _from(new, "start from this number of the inbox: its wordings become question and phrasings")
    new.add_argument(
        "--file", default="", help="the file of qa/ that it goes into, as in 'denial' (default: beside its like)"
    )
    new.add_argument("--phrasing", action="append", default=[], help="a way of asking it; may be given again")
    _fields(new, required=tuple(key for key, field in OPTION_FIELDS.items() if field.required and key != "question"))
    edit = add("edit", "Change fields of an entry; an empty value removes one.", _edit, changes=True)
    edit.add_argument("id")
    _fields(edit)
    phrase = add("phrase", "More ways of asking for an entry.", _phrase, changes=True)
    phrase.add_argument("id")
    phrase.add_argument("phrasing", nargs="*")
    _from(phrase, "the wordings of this number of the inbox; with phrasings given, those instead")
    add("remove", "Take an entry away.", _remove, changes=True).add_argument("id")
    add("show", "An entry as it is written.", _show).add_argument("id")
    add("history", "What was changed, by whom, when and why.", _history)
    add("diff", "One change in full.", _diff).add_argument("number", type=int)
    add("undo", "Take a change back; that is a change too.", _undo, changes=True).add_argument("number", type=int)
    add("export", "The base as a ZIP archive.", _export).add_argument("file", type=Path)
    add("import", "The base of a ZIP archive in place of this one.", _import, changes=True).add_argument(
        "file", type=Path
    )
    add("test", "Ask, and see how the answer came about; nothing is counted.", _test).add_argument(
        "question", nargs="+"
    )
    stats = add("stats", "What is asked, answered, offered and missed, by entry and over time.", _stats)
    stats.add_argument("--days", type=int, default=30, help="how many days back (default: 30)")
    stats.add_argument("--plot", type=Path, metavar="FILE.png", help="draw it as a picture")
    stats.add_argument("--theme", choices=("dark", "light"), default="dark", help="of the picture; default: dark")


def _from(command: argparse.ArgumentParser, text: str) -> None:
    command.add_argument("--from", dest="waiting", type=int, metavar="N", help=text)


def _fields(command: argparse.ArgumentParser, required: tuple[str, ...] = ()) -> None:
    for key, field in OPTION_FIELDS.items():
        choices = STANDINGS if field.kind == "standing" else None
        several = ", several with commas" if field.is_list else ""
        command.add_argument(f"--{key}", required=key in required, choices=choices, help=f"the entry's {key}{several}")


def _given(options: argparse.Namespace) -> dict[str, FieldValue]:
    found: dict[str, FieldValue] = {}
    for key, field in OPTION_FIELDS.items():
        value = getattr(options, key)
        if value is not None:
            found[key] = [part.strip() for part in value.split(",") if part.strip()] if field.is_list else value
    return found


def _run(run: Run, options: argparse.Namespace) -> int:
    log_setup.set_up_terminal()
    work = Work(options)
    try:
        return run(work)
    finally:
        work.journal.close()


def _publish(work: Work, proposal: Proposal, answers: tuple[int, ...] = ()) -> int:
    confirm.publish(work.screen, work.editor, proposal, work.options, answers)
    return 0


def _add(work: Work) -> int:
    options = work.options
    waiting = work.one_waiting(options.waiting) if options.waiting else None
    fields = _given(options)
    texts = [*(waiting.texts if waiting else ()), *options.phrasing]
    if "question" not in fields:
        if not texts:
            raise EditError("say --question, or --from with a number of the inbox")
        fields["question"] = texts.pop(0)
    proposal = work.editor.add(fields | {"phrasings": texts}, options.file)
    return _publish(work, proposal, waiting.ids if waiting else ())


def _edit(work: Work) -> int:
    return _publish(work, work.editor.edit(work.options.id, _given(work.options)))


def _phrase(work: Work) -> int:
    options = work.options
    waiting = work.one_waiting(options.waiting) if options.waiting else None
    texts = options.phrasing or (waiting.texts if waiting else ())
    if not texts:
        raise EditError("say a phrasing, or --from with a number of the inbox")
    return _publish(work, work.editor.phrase(options.id, *texts), waiting.ids if waiting else ())


def _remove(work: Work) -> int:
    return _publish(work, work.editor.remove(work.options.id))


def _undo(work: Work) -> int:
    return _publish(work, work.editor.undo(work.options.number))


def _import(work: Work) -> int:
    return _publish(work, work.editor.import_(confirm.read(work.options.file)))


def _export(work: Work) -> int:
    data = work.editor.export()
    confirm.write(work.options.file, data)
    say(f"{work.options.file}: {len(data):,} bytes")
    return 0


def _show(work: Work) -> int:
    entered = work.editor.entered(work.options.id)
    work.screen.lines([Line(f"{entered.id} ({entered.file})", "question"), *confirm.field_lines(entered.fields)])
    return 0


def _inbox(work: Work) -> int:
    answerer = work.answerer()
    found = work.waiting(answerer)
    if not found:
        work.screen.lines([Line("Nothing is waiting.", "hint")])
        return 0
    for one in found[:SHOWN]:
        times = "once" if one.count == 1 else f"{one.count} times, last"
        head = Line(f"{one.id}. {one.text} ({times} on {one.last_seen}, {one.why})", "question")
        others = [Line(f"also: {text}", "row") for text in one.texts[1:]]
        guesses = [Line(f"perhaps {id}: {question}", "row") for id, question in inbox.guessed(one, answerer).guesses]
        work.screen.lines([head, *others, *(guesses or [Line("nothing comes near", "row")])])
    if len(found) > SHOWN:
        work.screen.lines([Line(f"and {len(found) - SHOWN} more", "hint")])
    return 0


def _dismiss(work: Work) -> int:
    answerer = work.answerer()
    waiting = work.waiting(answerer)
    for id in work.options.waiting:
        found = inbox.find(waiting, id)
        if found is None:
            raise EditError(f"there is no {id} in the inbox; 'pilcrow kb inbox' lists what is")
        work.journal.inbox.dismiss(found.ids)
        work.screen.lines([Line(f"Dismissed: {'; '.join(found.texts)}", "plain")])
    return 0


def _history(work: Work) -> int:
    work.screen.lines(Line(_told(change), "plain") for change in work.editor.changes(SHOWN))
    return 0


def _diff(work: Work) -> int:
    change = work.editor.change(work.options.number)
    if change is None:
        raise EditError(f"there is no change {work.options.number}; 'pilcrow kb history' lists them")
    spite = [Line(f"In spite of: {text}", "standing") for text in change.warnings]
    lines = [Line(text, "plain") for text in unified(change.files).splitlines()]
    work.screen.lines([Line(_told(change.summary), "question"), *spite, *lines])
    return 0


def _told(change: ChangeSummary) -> str:
    return f"{change.at}  {change.line}"


def _test(work: Work) -> int:
    answerer = work.answerer()
    reply, match = answerer.explained(" ".join(work.options.question))
    work.screen.reply(reply)
    work.screen.explanation(match, answerer)
    return 0


def _stats(work: Work) -> int:
    from bot.terminal.stats_view import show

    show(work.journal, bootstrap.story(work.folder), work.options)
    return 0
