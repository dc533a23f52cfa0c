"""`pilcrow kb`: the moderators' work in a terminal, through the same code as in Discord."""

import argparse
from collections.abc import Callable
from pathlib import Path

from bot.story.entry import STANDINGS
from bot.terminal import kb_edits, kb_people, kb_reports, kb_review
from bot.terminal.arguments import (
    Subparsers,
    add_command,
    add_config_option,
    add_group,
    add_knowledge_option,
    add_picture_options,
)
from bot.terminal.kb_session import Session, with_session


def add_to(subparsers: Subparsers) -> None:
    """Add `kb` and its subcommands."""
    group = add_group(subparsers, "kb", "Maintain the fact base: open questions, corrections, history.")

    def add(name: str, description: str, run: Callable[[Session], None]) -> argparse.ArgumentParser:
        parser = add_command(group, name, description, with_session(run))
        add_knowledge_option(parser, default=None)
        add_config_option(parser)
        return parser

    add(
        "inbox",
        "List the questions without a good answer, similar ones grouped, most frequent first.",
        kb_reports.list_inbox,
    )
    reviewing = add(
        "review",
        "Go through the inbox and what trials collected, one key each: accept as a phrasing, write an entry, dismiss.",
        kb_review.review_questions,
    )
    reviewing.add_argument("--who", default="", help="your name, for the history (default: your login name)")
    dismiss = add("dismiss", "Take questions off the inbox.", kb_reports.dismiss)
    dismiss.add_argument("numbers", type=int, nargs="+", metavar="N", help="a number of the inbox")
    restore = add("restore", "Bring dismissed questions back; without a number, list them.", kb_reports.restore)
    restore.add_argument("numbers", type=int, nargs="*", metavar="N", help="a number of a dismissed question")
    add("show", "Show an entry as it is written.", kb_reports.show_entry).add_argument("id")
    add("history", "List the changes: who made them, when and why.", kb_reports.list_history)
    add("diff", "Show a change, line by line.", kb_reports.show_change).add_argument("number", type=int)
    add("export", "Save the base as a ZIP archive.", kb_reports.export_archive).add_argument("file", type=Path)
    test = add(
        "test", "Ask a question and see how the answer was chosen; nothing is counted.", kb_reports.test_question
    )
    test.add_argument("question", nargs="+")
    stats = add(
        "stats",
        "Show how many questions are asked, answered, offered and missed, over time and by entry.",
        kb_reports.show_stats,
    )
    stats.add_argument("--days", type=int, default=30, help="number of days (default: 30)")
    add_picture_options(stats)
    _add_edits(add)
    kb_people.add_to(group, _add_publishing_options)


def _add_edits(add: Callable[[str, str, Callable[[Session], None]], argparse.ArgumentParser]) -> None:
    """Add the subcommands that publish a change."""
    new = add("add", "Add an entry.", kb_edits.add)
    _add_inbox_option(new, "start from this number of the inbox: its wordings become the question and phrasings")
    new.add_argument("--file", default="", help="the file in qa/, as in 'denial' (default: that of similar entries)")
    new.add_argument("--phrasing", action="append", default=[], help="a way of asking the question; can be repeated")
    required = [key for key, field in kb_edits.OPTION_FIELDS.items() if field.required and key != "question"]
    _add_field_options(new, required)
    edit = add("edit", "Change fields of an entry; an empty value removes a field.", kb_edits.edit)
    edit.add_argument("id")
    _add_field_options(edit)
    phrase = add("phrase", "Add phrasings to an entry.", kb_edits.phrase)
    phrase.add_argument("id")
    phrase.add_argument("phrasing", nargs="*")
    _add_inbox_option(phrase, "use the wordings of this number of the inbox, unless phrasings are given")
    accept = add("accept", "Make inbox questions phrasings of the entries closest to them.", kb_edits.accept)
    accept.add_argument("numbers", type=int, nargs="+", metavar="N", help="a number of the inbox")
    remove = add("remove", "Remove an entry.", kb_edits.remove)
    remove.add_argument("id")
    undo = add("undo", "Undo a change; the history keeps both.", kb_edits.undo)
    undo.add_argument("number", type=int)
    import_ = add("import", "Replace the base with a ZIP archive.", kb_edits.import_archive)
    import_.add_argument("file", type=Path)
    for parser in (new, edit, phrase, accept, remove, undo, import_):
        _add_publishing_options(parser)


def _add_publishing_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="publish without asking")
    parser.add_argument("--despite-warnings", action="store_true", help="publish even if there are warnings")
    parser.add_argument("--why", default="", help="the reason, for the history")
    parser.add_argument("--who", default="", help="your name, for the history (default: your login name)")


def _add_inbox_option(parser: argparse.ArgumentParser, help_text: str) -> None:
    parser.add_argument("--from", dest="inbox_number", type=int, metavar="N", help=help_text)


def _add_field_options(parser: argparse.ArgumentParser, required: list[str] | None = None) -> None:
    for key, field in kb_edits.OPTION_FIELDS.items():
        choices = STANDINGS if field.kind == "standing" else None
        several = ", separated by commas" if field.is_list else ""
        help_text = f"{field.label or key}{several}"
        parser.add_argument(f"--{key}", required=key in (required or ()), choices=choices, help=help_text)
