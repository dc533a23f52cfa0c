"""Asking the person at the terminal, and publishing what they have agreed to."""

import argparse
import getpass
import sys

from bot.editing.change_request import Fields
from bot.editing.editor import Editor
from bot.editing.proposal import Proposal, ProposalOutdated
from bot.errors import EditError
from bot.story.repository import Conflict
from bot.terminal.console import Screen, write_line
from bot.terminal.render import Line


def confirm(question: str) -> bool:
    """Ask a yes/no question. Raise EditError if standard input is no terminal."""
    if not sys.stdin.isatty():
        raise EditError("there is nobody to ask, because standard input is not a terminal; confirm with --yes")
    try:
        return input(f"{question} [y/N] ").strip().casefold() in ("y", "yes")
    except EOFError:  # Ctrl-D
        write_line("")
        return False


def login_name() -> str:
    """Return the login name of whoever runs the command. Raise EditError where the system has none."""
    try:
        return getpass.getuser()
    except (KeyError, ImportError, OSError) as error:
        raise EditError("this system has no name for you; give one for the history with --who NAME") from error


def publish(
    screen: Screen, editor: Editor, proposal: Proposal, options: argparse.Namespace, answers: tuple[int, ...] = ()
) -> None:
    """Show what a change does, ask, and publish it; `answers`: ids of the inbox questions that it settles.

    Raise EditError if it can't be published.
    """
    _print_proposal(screen, proposal)
    despite = options.despite_warnings
    if not proposal.changes:
        raise EditError("this would change nothing")
    if proposal.warnings and not despite:
        raise EditError("there are warnings; fix them, or publish with --despite-warnings")
    if not options.yes and not confirm("Publish?"):
        screen.print_lines([Line("Nothing has changed.", "hint")])
        return
    author = options.who or login_name()
    try:
        change = editor.publish(
            proposal,
            author,
            options.why,
            despite_warnings=despite,
            answered_questions=answers,
        )
    except ProposalOutdated as moved:
        screen.print_lines([Line(str(moved), "standing")])
        publish(screen, editor, moved.proposal, options, answers)
        return
    except Conflict as conflict:
        _print_conflict(screen, conflict)
        raise
    settled = " and took its question off the inbox" if answers else ""
    hint = f"Published change {change.number}{settled}. Undo it with 'pilcrow kb undo {change.number}'."
    screen.print_lines([Line(hint, "hint")])


def field_lines(fields: Fields) -> list[Line]:
    """Return the fields of an entry, one per line."""
    lines = []
    for key, value in fields.items():
        if key == "phrasings" and not isinstance(value, str):
            lines += [Line(f"{key}:", "row"), *(Line(f"- {phrasing}", "row") for phrasing in value)]
        else:
            lines.append(Line(f"{key}: {value if isinstance(value, str) else ', '.join(map(str, value))}", "row"))
    return lines


def _print_proposal(screen: Screen, proposal: Proposal) -> None:
    diff = [Line(text, "plain") for text in proposal.diff.splitlines()]
    screen.print_lines([Line(proposal.title, "question"), *diff])
    if proposal.reply:
        screen.print_lines([Line(""), Line("Members will see:", "standing")])
        screen.print_reply(proposal.reply, proposal.story)
    screen.print_lines(Line(f"Warning: {text}", "standing") for text in proposal.warnings)
    if proposal.also_answers:
        questions = ", ".join(f"‘{text}’" for text in proposal.also_answers)
        screen.print_lines([Line(f"Would also answer: {questions}", "standing")])


def _print_conflict(screen: Screen, conflict: Conflict) -> None:
    """Print both versions of an entry that somebody else has changed in the meantime."""
    if conflict.current is None:
        return
    screen.print_lines([Line("Published now:", "standing"), *field_lines(conflict.current)])
    screen.print_lines([Line("Your version:", "standing"), *field_lines(conflict.yours)])
