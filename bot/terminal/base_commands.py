"""The commands that work on a whole fact base: chat, check, eval, bench, new."""

import argparse
import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.errors import StoryError
from bot.story.models import Story
from bot.terminal.arguments import Subparsers, add_command, add_config_option, add_knowledge_option
from bot.terminal.console import Screen, write_line

if TYPE_CHECKING:
    from bot.answering.view_builder import Views

QUESTION_USES = ("unseen", "fitting", "phrasings", "retired")
"""`evaluation.questions.Use`, repeated here since importing it would slow down every command."""


def add_to(subparsers: Subparsers) -> None:
    """Add the commands."""
    chat = add_command(subparsers, "chat", "Talk to the bot in the terminal.", _chat)
    add_knowledge_option(chat)
    chat.add_argument("--collect", action="store_true", help="keep what is asked, and not by whom, for 'kb review'")
    add_config_option(chat)
    check = add_command(
        subparsers, "check", "Check the fact base: its format, and every answer against its paragraphs.", _check
    )
    add_knowledge_option(check)
    check.add_argument("--article", type=Path, metavar="FILE", help="also check it against the article's text")
    _add_eval(subparsers)
    _add_bench(subparsers)
    new = add_command(subparsers, "new", "Start a fact base for another article.", _new)
    new.add_argument("folder", type=Path, metavar="DIR", help="the folder of the new base")
    new.add_argument("--article", type=Path, required=True, metavar="FILE", help="the article's text, headline first")


def _add_eval(subparsers: Subparsers) -> None:
    evaluate = add_command(subparsers, "eval", "Measure the bot on questions with known replies.", _eval)
    add_knowledge_option(evaluate)
    evaluate.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="YAML files of labelled questions, or manifests"
    )
    evaluate.add_argument("--use", choices=QUESTION_USES, help="only files of a manifest that may be used for this")
    evaluate.add_argument("--json", action="store_true", help="print all figures and failures as JSON")
    evaluate.add_argument("--baseline", action="store_true", help="compare with plain fuzzy matchers and BM25")
    evaluate.add_argument("--plot", type=Path, metavar="FILE.png", help="save a chart of right against wrong answers")
    evaluate.add_argument("--brief", action="store_true", help="don't list the failures")


def _add_bench(subparsers: Subparsers) -> None:
    bench = add_command(
        subparsers, "bench", "Measure the bot's speed beside plain matchers, on this base and on larger ones.", _bench
    )
    add_knowledge_option(bench)
    bench.add_argument("files", nargs="*", type=Path, metavar="FILE", help="YAML files of questions to ask this base")
    bench.add_argument("--clinc", type=Path, metavar="FILE", help="CLINC150 as JSON, to measure 150 intents")
    bench.add_argument(
        "--plot", type=Path, metavar="FILE.png", help="save a chart of time against the size of the base"
    )
    bench.add_argument("--short", action="store_true", help="measure less: one minute instead of many")


def _chat(options: argparse.Namespace) -> int:
    from bot.terminal.chat import chat

    answerer, screen = bootstrap.answerer(options.knowledge), Screen.for_stdout()
    views = bootstrap.views(answerer.story)
    return _trial(options, answerer, views, screen) if options.collect else chat(answerer, views, screen)


def _trial(options: argparse.Namespace, answerer: Answerer, views: "Views", screen: Screen) -> int:
    """Run a chat that keeps what is asked. Raise ConfigError, JournalError."""
    from bot import config
    from bot.journal.journal import Journal
    from bot.terminal.chat import chat
    from bot.terminal.collecting import NOTICE, Collector, today

    settings = config.load_config(options.config, os.environ)
    journal = Journal(settings.database)
    try:
        journal.collected.delete_before(today() - timedelta(days=settings.unanswered_days))
        return chat(answerer, views, screen, Collector(journal, today), NOTICE.format(days=settings.unanswered_days))
    finally:
        journal.close()


def _check(options: argparse.Namespace) -> int:
    from bot.answering.expected_replies import find_changed_replies
    from bot.story import article
    from bot.story.validation import article_match, rules

    answerer = bootstrap.answerer(options.knowledge)
    story = answerer.story
    problems = rules.find_problems(story)
    if options.article:
        problems += article_match.find_mismatches(story, article.read_lines(options.article))
    problems += find_changed_replies(answerer)
    if problems:
        raise StoryError(problems)
    write_line(f"{options.knowledge}: {_sizes(story, options.knowledge)}: no problems.")
    return 0


def _sizes(story: Story, folder: Path) -> str:
    """Return how large a base is: entries, phrasings with the questions, paragraphs, and the longest file of entries."""
    phrasings = sum(len(entry.phrasings) + 1 for entry in story.entries.values())
    files = {entry.file for entry in story.written_entries}
    lines = max((len((folder / file).read_bytes().splitlines()) for file in files), default=0)
    entries = f"{len(story.entries)} entries ({len(story.written_entries)} written)"
    return f"{entries}, {phrasings} phrasings, {len(story.paragraphs)} paragraphs, longest file {lines} lines"


def _eval(options: argparse.Namespace) -> int:
    from bot.terminal.eval_command import evaluate

    return evaluate(
        options.files,
        bootstrap.answerer(options.knowledge),
        use=options.use,
        as_json=options.json,
        with_baselines=options.baseline,
        plot=options.plot,
        list_failures=not options.brief,
    )


def _bench(options: argparse.Namespace) -> int:
    from bot.terminal.bench_command import run_benchmarks

    answerer = bootstrap.answerer(options.knowledge)
    return run_benchmarks(
        options.knowledge, answerer, options.files, clinc=options.clinc, plot=options.plot, short=options.short
    )


def _new(options: argparse.Namespace) -> int:
    from bot.story import article, scaffold

    written = scaffold.write_scaffold(options.folder, article.read_lines(options.article))
    write_line(f"{options.folder}: {len(written)} files written. Replace every TODO; this command lists what is left:")
    write_line(f"  pilcrow check --knowledge {options.folder} --article {options.article}")
    return 0
