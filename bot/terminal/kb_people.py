"""`pilcrow kb people`: merge, drop and add people of the base, with every reference to them."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.editing.change_request import AddPerson, DropPeople, MergePeople
from bot.story.article import match_paragraphs, read_lines, visible_text
from bot.story.models import PERSON_KINDS
from bot.story.people_edit import PEOPLE_FILE
from bot.terminal import prompts
from bot.terminal.arguments import Subparsers, add_command, add_config_option, add_group, add_knowledge_option
from bot.terminal.kb_session import Session, with_session


def add_to(subparsers: Subparsers, add_publishing_options: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add `people` and its subcommands."""
    group = add_group(
        subparsers, "people", f"Merge, drop and add records of {PEOPLE_FILE}, with every reference to them."
    )

    def add(name: str, description: str, run: Callable[[Session], None]) -> argparse.ArgumentParser:
        parser = add_command(group, name, description, with_session(run))
        add_knowledge_option(parser, default=None)
        add_config_option(parser)
        add_publishing_options(parser)
        return parser

    merge = add("merge", "Make one record of several: the names of the others become aliases of the first.", _merge)
    merge.add_argument("id", help="who stays")
    merge.add_argument("others", nargs="+", metavar="OTHER", help="who becomes part of it")
    drop = add("drop", "Remove records; the paragraphs keep the names under 'names'.", _drop)
    drop.add_argument("ids", nargs="+", metavar="ID")
    drop.add_argument(
        "--article",
        type=Path,
        metavar="FILE",
        help="the article's text, which tells what name stands in which paragraph",
    )
    new = add("add", "Make a record of a name that stands under 'names'.", _add)
    new.add_argument("name", help="as it stands there")
    new.add_argument("--kind", choices=PERSON_KINDS, required=True, help="what it is")
    new.add_argument("--role", required=True, help="who or what it is, in a sentence of your own")


def _merge(session: Session) -> None:
    options = session.options
    proposal = session.editor.propose(MergePeople(options.id, tuple(options.others)))
    prompts.publish(session.screen, session.editor, proposal, options)


def _drop(session: Session) -> None:
    request = DropPeople(tuple(session.options.ids), _paragraph_texts(session))
    prompts.publish(session.screen, session.editor, session.editor.propose(request), session.options)


def _add(session: Session) -> None:
    request = AddPerson(session.options.name, session.options.kind, session.options.role)
    prompts.publish(session.screen, session.editor, session.editor.propose(request), session.options)


def _paragraph_texts(session: Session) -> Mapping[int, str]:
    """Return the paragraphs' texts, as far as the article is known by --article or the configuration."""
    path = session.options.article or session.article
    if path is None:
        return {}
    texts = match_paragraphs(session.editor.snapshot().story, read_lines(path))
    return {number: visible_text(text) for number, text in texts.items()}
