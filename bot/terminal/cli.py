"""The command `pilcrow`: its words, and what each of them starts.

One error boundary: a PilcrowError is shown as its sentence with exit status 2 (`run` has statuses of its own, see
bot.errors); anything else is a bug, shown with its traceback and exit status 1.
"""

import argparse
import gc
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn, TextIO

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.errors import PilcrowError, StoryError, exit_status
from bot.i18n import command_specs
from bot.nlp.sanitize import sanitize
from bot.story.models import LENGTHS
from bot.terminal import json_output
from bot.terminal.console import Screen, complain, say, say_json
from bot.terminal.render import reading_lines

FAILED = 1
REFUSED = 2
Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command line; returns the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    alone = "ask" if given[:1] == ["ask"] else ""
    if alone and "--jsonl" not in given:
        gc.disable()  # one answer makes little garbage; walking through the base for it takes longer than the answer
    options = parser(alone).parse_args(given)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        command: Command = options.command
        return command(options)
    except PilcrowError as error:
        complain(f"pilcrow: {error}")
        return REFUSED
    except BrokenPipeError:  # whoever read our output has heard enough
        sys.stderr.close()
        return FAILED
    except KeyboardInterrupt:
        return 130
    except Exception:  # noqa: BLE001 (a bug, whose traceback may quote text from elsewhere)
        import traceback

        complain(traceback.format_exc())
        return FAILED


class Parser(argparse.ArgumentParser):
    """argparse, with errors that are safe to display: an argument may be the name of somebody else's file."""

    def error(self, message: str) -> NoReturn:
        """Show the usage and the message, and exit."""
        super().error(sanitize(message))


def parser(alone: str = "") -> argparse.ArgumentParser:
    """All commands with their options; every text here is shown by --help. `alone`: no more of them than this one needs."""
    top: argparse.ArgumentParser = Parser(
        prog="pilcrow", description="Answers questions about one news story, with its source."
    )
    commands = top.add_subparsers(prog="pilcrow", metavar="COMMAND", required=True)  # a prog given is none to work out

    def add(name: str, text: str, command: Command) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(command=command)
        sub.add_argument("--knowledge", type=Path, default=None, metavar="DIR", help="the base (default: ./knowledge)")
        return sub

    add("chat", "Talk with the bot here in the terminal.", _chat)
    ask = add("ask", "Ask one question, or many on standard input.", _ask)
    ask.add_argument("question", nargs="*", help="the question; none with --jsonl")
    ask.add_argument("--json", action="store_true", help="the reply as JSON")
    ask.add_argument("--explain", action="store_true", help="what matched, what did not, and why")
    ask.add_argument("--jsonl", action="store_true", help="read one JSON question a line, write one JSON reply a line")
    if alone == "ask":  # to start quickly: importing and building the others takes longer than asking
        return top
    for one in command_specs.reader_commands().values():
        if one.name not in ("ask", "help"):  # asking is above, help below
            _add_reading(add(one.name, one.description, _read), one)
    commands.add_parser("help", help=command_specs.reader_commands()["help"].description).set_defaults(command=_help)
    check = add("check", "Check the base: its form, and that every answer is true to its paragraphs.", _check)
    check.add_argument("--article", type=Path, metavar="FILE", help="also hold it against the article's text")
    measure = add("eval", "Measure the bot on questions with known replies.", _eval)
    measure.add_argument("files", nargs="+", type=Path, metavar="FILE", help="YAML files of questions")
    measure.add_argument("--json", action="store_true", help="all figures and failures as JSON")
    measure.add_argument("--baseline", action="store_true", help="put plain fuzzy matchers and BM25 beside it")
    measure.add_argument("--plot", type=Path, metavar="FILE.png", help="chart of right against wrong")
    measure.add_argument("--brief", action="store_true", help="leave the failures out")
    speed = add("bench", "Measure how fast the bot is, beside plain matchers, on this and on larger bases.", _bench)
    speed.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="YAML files of questions to ask the story's base"
    )
    speed.add_argument("--clinc", type=Path, metavar="FILE", help="CLINC150 as JSON, for 150 intents by strangers")
    speed.add_argument("--plot", type=Path, metavar="FILE.png", help="chart of how time grows with the base")
    speed.add_argument("--short", action="store_true", help="less of everything: a minute instead of many")
    new = commands.add_parser(
        "new", help="Start a base for another article.", description="Start a base for another article."
    )
    new.set_defaults(command=_new)
    new.add_argument("folder", type=Path, metavar="DIR", help="the new base")
    new.add_argument("--article", type=Path, required=True, metavar="FILE", help="the article's text, headline first")
    from bot.terminal import data_commands, kb_commands

    kb_commands.add_to(commands)
    data_commands.add_to(commands)
    run = add("run", "Run the Discord bot (needs DISCORD_TOKEN).", _run)
    run.add_argument("--config", type=Path, default=Path("config.yaml"), metavar="FILE", help="default: config.yaml")
    text = "Say whether the running bot is well, by its health_file; exit status 0 or 1."
    health = commands.add_parser("health", help=text, description=text)
    health.set_defaults(command=_health)
    health.add_argument("--config", type=Path, default=Path("config.yaml"), metavar="FILE", help="default: config.yaml")
    for command in (run, health):
        command.add_argument("--shard-ids", metavar="N,N", help="the shards of this process (default: as in config)")
    return top


def _add_reading(command: argparse.ArgumentParser, one: command_specs.Command) -> None:
    command.set_defaults(reading=one, about="", length="", plot=None, article=None)
    if one.name == "summary":
        command.add_argument("--length", choices=LENGTHS, default="short", help="default: short")
        command.add_argument("--topic", dest="about", default="", help=one.options[1].description)
    elif one.name == "timeline":
        command.add_argument("--plot", type=Path, metavar="FILE.png", help="draw it as a picture")
        command.add_argument("--theme", choices=("dark", "light"), default="dark", help="of the picture; default: dark")
    elif one.name == "who":
        command.add_argument("about", nargs="+", metavar="NAME", help=one.options[0].description)
    elif one.name == "paragraph":
        command.add_argument("about", metavar="NUMBER", help=one.options[0].description)
        command.add_argument("--article", type=Path, metavar="FILE", help="the article's text, to show the paragraph")


def _help(_: argparse.Namespace) -> int:
    parser().print_help()
    return 0


def _read(options: argparse.Namespace) -> int:
    folder = _folder(options)
    views = bootstrap.views(bootstrap.story(folder), options.article)
    about = " ".join(options.about) if isinstance(options.about, list) else options.about
    if options.length:
        about = f"{about.replace(':', ' ')}:{options.length}"
    reading = views.open(options.reading.name, about)
    if options.plot:
        from bot.charts import timeline_picture

        (drawn,) = timeline_picture.draw_timeline(reading, options.theme, max_height=None)
        from bot.terminal import confirm

        confirm.write(options.plot, drawn.png)
        say(f"{options.plot}: {drawn.alt}")
        return 0
    Screen.for_stdout().lines(reading_lines(reading))
    return 0


def _folder(options: argparse.Namespace) -> Path:
    return options.knowledge or Path("knowledge")


def _chat(options: argparse.Namespace) -> int:
    from bot.terminal.chat import chat

    answerer = bootstrap.answerer(_folder(options))
    return chat(answerer, bootstrap.views(answerer.story), Screen.for_stdout())


def _ask(options: argparse.Namespace) -> int:
    answerer = bootstrap.answerer(_folder(options))
    if options.jsonl:
        return _ask_lines(sys.stdin, answerer)
    question = " ".join(options.question)
    reply, match = answerer.explained(question)
    if options.json:
        say_json(json_output.reply_json(reply), indent=2)
        return 0
    screen = Screen.for_stdout()
    screen.reply(reply)
    if options.explain:
        screen.explanation(match, answerer)
    return 0


def _ask_lines(lines: TextIO, answerer: Answerer) -> int:
    for reply in json_output.replies(lines, answerer):
        say_json(reply)
    return 0


def _check(options: argparse.Namespace) -> int:
    from bot.answering.expected import find_changed_replies
    from bot.story import article
    from bot.story.validation import support

    folder = _folder(options)
    answerer = bootstrap.answerer(folder)
    story = answerer.story
    problems = support.findings(story)
    if options.article:
        problems += support.article_findings(story, article.read_lines(options.article))
    problems += find_changed_replies(answerer)
    if problems:
        raise StoryError(problems)
    phrasings = sum(len(entry.phrasings) + 1 for entry in story.entries.values())
    say(
        f"{folder}: {len(story.entries)} entries, {phrasings} phrasings, {len(story.paragraphs)} paragraphs: no problem."
    )
    return 0


def _eval(options: argparse.Namespace) -> int:
    from bot.terminal.eval_command import evaluate

    return evaluate(
        options.files,
        bootstrap.answerer(_folder(options)),
        as_json=options.json,
        compare=options.baseline,
        plot=options.plot,
        failures=not options.brief,
    )


def _bench(options: argparse.Namespace) -> int:
    from bot.terminal import bench_command

    folder = _folder(options)
    answerer = bootstrap.answerer(folder)
    return bench_command.run(folder, answerer, options.files, options.clinc, options.plot, short=options.short)


def _new(options: argparse.Namespace) -> int:
    from bot.story import article, scaffold

    written = scaffold.write_scaffold(options.folder, article.read_lines(options.article))
    say(f"{options.folder}: {len(written)} files. Write what is marked TODO; this names what is left:")
    say(f"  pilcrow check --knowledge {options.folder} --article {options.article}")
    return 0


def _run(options: argparse.Namespace) -> int:
    try:
        bootstrap.run_discord(options.config, options.knowledge, os.environ, options.shard_ids)
    except PilcrowError as error:
        complain(f"pilcrow: {error}")
        return exit_status(error)
    return 0


def _health(options: argparse.Namespace) -> int:
    from bot import config
    from bot.ops import health

    file = config.read(options.config, os.environ, options.shard_ids).health_file
    well, sentence = health.verdict(health.read(file) if file else None, time.time())
    say(sentence)
    return 0 if well else FAILED
