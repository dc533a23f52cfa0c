"""Shows a change, asks, and publishes it; and what else the commands that change something share."""

import argparse
import getpass
import sys
from pathlib import Path

from bot.editing.editor import Editor
from bot.editing.proposal import Fields, Moved, Proposal
from bot.errors import EditError
from bot.files import safe_files
from bot.story.repository import Conflict
from bot.terminal.console import Screen
from bot.terminal.render import Line


def publish(
    screen: Screen, editor: Editor, proposal: Proposal, options: argparse.Namespace, answers: tuple[int, ...] = ()
) -> None:
    """Shows what a change does, asks, and publishes it; `answers`: questions of the inbox that it settles.

    Raises EditError where it can't be published, or not like this.
    """
    _show_proposal(screen, proposal)
    despite = options.despite_warnings
    if not proposal.changes:
        raise EditError("nothing would change")
    if proposal.warnings and not despite:
        raise EditError("there are warnings; change it, or say --despite-warnings")
    if not options.yes and not agreed("Publish?"):
        screen.lines([Line("Nothing is changed.", "hint")])
        return
    who = options.who or getpass.getuser()
    try:
        change = editor.publish(proposal, who, options.why, despite=despite, answers=answers)
    except Moved as moved:
        screen.lines([Line(str(moved), "standing")])
        publish(screen, editor, moved.proposal, options, answers)
        return
    except Conflict as conflict:
        _show_conflict(screen, conflict)
        raise
    took = "; what it answers is off the inbox" if answers else ""
    hint = f"Published as change {change.number}{took}; 'pilcrow kb undo {change.number}' takes it back."
    screen.lines([Line(hint, "hint")])


def _show_proposal(screen: Screen, proposal: Proposal) -> None:
    lines = [Line(text, "plain") for text in proposal.diff.splitlines()]
    screen.lines([Line(proposal.what, "question"), *lines])
    if proposal.reply:
        screen.lines([Line(""), Line("Members will see:", "standing")])
        screen.reply(proposal.reply)
    screen.lines(Line(f"Warning: {text}", "standing") for text in proposal.warnings)


def _show_conflict(screen: Screen, conflict: Conflict) -> None:
    """Both versions of an entry that somebody else has changed meanwhile."""
    if conflict.current is None:
        return
    screen.lines([Line("As it is now:", "standing"), *field_lines(conflict.current)])
    screen.lines([Line("What you wrote:", "standing"), *field_lines(conflict.yours)])


def field_lines(fields: Fields) -> list[Line]:
    """The fields of an entry, a line each."""
    found = []
    for key, value in fields.items():
        if key == "phrasings" and not isinstance(value, str):
            found += [Line(f"{key}:", "row"), *(Line(f"- {one}", "row") for one in value)]
        else:
            found.append(Line(f"{key}: {value if isinstance(value, str) else ', '.join(map(str, value))}", "row"))
    return found


def agreed(question: str) -> bool:
    """Whether whoever sits at the terminal says yes. Raises EditError where nobody does."""
    if not sys.stdin.isatty():
        raise EditError("say --yes to go on where nobody can be asked")
    return input(f"{question} [y/N] ").strip().casefold() in ("y", "yes")


def read(path: Path) -> bytes:
    """What a file holds. Raises EditError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise EditError(f"{path} can't be read: {error.strerror or error}") from error


def write(path: Path, data: bytes) -> None:
    """Write what was asked for, for its owner only. Raises EditError."""
    try:
        safe_files.write_private(path, data)
    except OSError as error:
        raise EditError(f"{path} can't be written: {error.strerror or error}") from error
