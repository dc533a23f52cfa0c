"""The commands that show the story: the same ones as in Discord, under the same names."""

import argparse
from pathlib import Path

from bot import bootstrap
from bot.cards.view_card import view_lines
from bot.i18n.command_specs import Command, reader_commands
from bot.story.models import LENGTHS
from bot.terminal import user_files
from bot.terminal.arguments import Subparsers, add_command, add_knowledge_option, add_picture_options
from bot.terminal.console import Screen, write_line

NO_VIEWS = ("ask", "help")
"""Commands of Discord that show no view."""


def add_to(subparsers: Subparsers) -> None:
    """Add a command for each view of the story."""
    for spec in reader_commands().values():
        if spec.name not in NO_VIEWS:
            parser = add_command(subparsers, spec.name, spec.description, _show)
            parser.set_defaults(view=spec.name, argument="", length="", plot=None, article=None)
            parser.add_argument("--links", action="store_true", help="also print where the links lead")
            add_knowledge_option(parser)
            _add_options(parser, spec)


def _add_options(parser: argparse.ArgumentParser, spec: Command) -> None:
    if spec.name == "summary":
        parser.add_argument("--length", choices=LENGTHS, default="short", help="default: short")
        parser.add_argument("--topic", dest="argument", default="", help=spec.options[1].description)
    elif spec.name == "timeline":
        add_picture_options(parser)
    elif spec.name == "who":
        parser.add_argument("argument", nargs="+", metavar="NAME", help=spec.options[0].description)
    elif spec.name == "paragraph":
        parser.add_argument("argument", metavar="NUMBER", help=spec.options[0].description)
        parser.add_argument("--article", type=Path, metavar="FILE", help="the article's text, to show the paragraph")


def _show(options: argparse.Namespace) -> int:
    views = bootstrap.views(bootstrap.story(options.knowledge), options.article)
    argument = " ".join(options.argument) if isinstance(options.argument, list) else options.argument
    if options.length:
        argument = f"{argument.replace(':', ' ')}:{options.length}"
    view = views.open(options.view, argument)
    if options.plot:
        from bot.charts import timeline_picture

        (picture,) = timeline_picture.draw_timeline(view, options.theme, max_height=None)
        user_files.write(options.plot, picture.png)
        write_line(f"{options.plot}: {picture.alt}")
        return 0
    screen, lines = Screen.for_stdout(), view_lines(view)
    screen.print_card(lines)
    if options.links:
        screen.print_addresses(lines)
    return 0
