"""The subcommands of `pilcrow kb` that change the base, each through a preview and a confirmation."""

import argparse

from bot.editing import question_groups
from bot.editing.archive import MAX_ARCHIVE_BYTES, unpack
from bot.editing.change_request import (
    AcceptSuggestions,
    AddEntry,
    AddPhrasings,
    EditEntry,
    ImportBase,
    RemoveEntry,
    UndoChange,
)
from bot.editing.proposal import Proposal
from bot.editing.question_groups import QuestionGroup
from bot.errors import EditError
from bot.story.entry import WRITABLE_FIELDS, FieldValue
from bot.terminal import prompts, user_files
from bot.terminal.kb_session import Session, find_group

OPTION_FIELDS = {key: field for key, field in WRITABLE_FIELDS.items() if key not in ("id", "phrasings")}
"""Fields of an entry with an option of their own."""


def add(session: Session) -> None:
    """Add an entry."""
    options = session.options
    group = _inbox_group(session)
    fields = _given_fields(options)
    texts = [*(group.texts if group else ()), *options.phrasing]
    if "question" not in fields:
        if not texts:
            raise EditError("give --question, or --from with a number of the inbox")
        fields["question"] = texts.pop(0)
    _publish(session, session.editor.propose(AddEntry(fields | {"phrasings": texts}, options.file)), group)


def edit(session: Session) -> None:
    """Replace fields of an entry."""
    _publish(session, session.editor.propose(EditEntry(session.options.id, _given_fields(session.options))))


def phrase(session: Session) -> None:
    """Add phrasings to an entry."""
    options = session.options
    group = _inbox_group(session)
    texts = options.phrasing or (group.texts if group else ())
    if not texts:
        raise EditError("give a phrasing, or --from with a number of the inbox")
    _publish(session, session.editor.propose(AddPhrasings(options.id, tuple(texts))), group)


def accept(session: Session) -> None:
    """Make wordings of the inbox phrasings of the entries closest to them."""
    answerer = session.answerer()
    groups = session.inbox(answerer)
    additions: list[AddPhrasings] = []
    settled: list[int] = []
    for number in session.options.numbers:
        group = question_groups.with_guesses(find_group(groups, number), answerer)
        if not group.guesses:
            raise EditError(f"there is no entry like number {number}; 'pilcrow kb inbox' lists similar ones")
        additions.append(AddPhrasings(group.guesses[0][0], group.texts))
        settled += group.ids
    proposal = session.editor.propose(AcceptSuggestions(tuple(additions)))
    prompts.publish(session.screen, session.editor, proposal, session.options, tuple(settled))


def remove(session: Session) -> None:
    """Remove an entry."""
    _publish(session, session.editor.propose(RemoveEntry(session.options.id)))


def undo(session: Session) -> None:
    """Undo a change."""
    _publish(session, session.editor.propose(UndoChange(session.options.number)))


def import_archive(session: Session) -> None:
    """Replace the base with an archive."""
    data = user_files.read(session.options.file, MAX_ARCHIVE_BYTES + 1)
    _publish(session, session.editor.propose(ImportBase(unpack(data))))


def _publish(session: Session, proposal: Proposal, settled: QuestionGroup | None = None) -> None:
    prompts.publish(session.screen, session.editor, proposal, session.options, settled.ids if settled else ())


def _inbox_group(session: Session) -> QuestionGroup | None:
    """Return the group that --from names, if it is given."""
    number = session.options.inbox_number
    return find_group(session.inbox(session.answerer()), number) if number else None


def _given_fields(options: argparse.Namespace) -> dict[str, FieldValue]:
    """Return the fields that have been given, lists split at commas."""
    fields: dict[str, FieldValue] = {}
    for key, field in OPTION_FIELDS.items():
        value = getattr(options, key)
        if value is not None:
            fields[key] = [part.strip() for part in value.split(",") if part.strip()] if field.is_list else value
    return fields
