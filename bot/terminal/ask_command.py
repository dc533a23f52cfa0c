"""`pilcrow ask`: one question, or many as JSON lines. Imports stand where they are used: start-up is measured."""

import argparse
import sys

from bot import bootstrap
from bot.cards.reply_card import reply_card
from bot.terminal.arguments import Subparsers, add_command, add_knowledge_option
from bot.terminal.console import Screen, write_json


def add_to(subparsers: Subparsers) -> None:
    """Add `ask`."""
    ask = add_command(subparsers, "ask", "Ask one question, or many on standard input.", _ask)
    ask.add_argument("question", nargs="*", help="the question; leave out with --jsonl")
    ask.add_argument("--json", action="store_true", help="print the reply as JSON")
    ask.add_argument("--explain", action="store_true", help="also print what matched, what did not, and why")
    ask.add_argument("--links", action="store_true", help="also print where the links lead")
    ask.add_argument("--jsonl", action="store_true", help="read a JSON question and write a JSON reply per line")
    add_knowledge_option(ask)


def _ask(options: argparse.Namespace) -> int:
    answerer = bootstrap.answerer(options.knowledge)
    if options.jsonl:
        from bot.terminal import json_output

        for reply_as_json in json_output.replies(json_output.read_lines(sys.stdin.readline), answerer):
            write_json(reply_as_json)
        return 0
    reply, match = answerer.reply_with_match(" ".join(options.question))
    if options.json:
        from bot.terminal import json_output

        write_json(json_output.reply_json(reply, answerer.story), indent=2)
        return 0
    screen = Screen.for_stdout()
    screen.print_reply(reply, answerer.story)
    if options.links:
        screen.print_addresses(reply_card(reply, answerer.story).lines)
    if options.explain:
        screen.print_explanation(match, answerer)
    return 0
