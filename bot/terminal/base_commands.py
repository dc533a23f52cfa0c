"""The commands that work on a whole fact base: chat, check, eval, bench, new."""

import argparse
import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.errors import PilcrowError
from bot.terminal.arguments import Subparsers, add_command, add_config_option, add_knowledge_option
from bot.terminal.console import Screen, write_line

if TYPE_CHECKING:
    from bot.answering.view_builder import Views

QUESTION_USES = ("unseen", "newest", "twins", "fitting", "phrasings", "retired")
"""`evaluation.questions.Use`, repeated here since importing it would slow down every command."""
DEFAULT_PEOPLE = 40
"""`story.name_proposals.MAX_PROPOSALS`, likewise."""


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
    check.add_argument(
        "--update", action="store_true", help="add to story.yaml what its records lack of the article, and say what"
    )
    check.add_argument("--advice", action="store_true", help="also where there are problems: what would make it better")
    check.add_argument("--all", action="store_true", help="all that would make it better, and not just the first ten")
    _add_eval(subparsers)
    _add_bench(subparsers)
    new = add_command(
        subparsers,
        "new",
        "Start a fact base for another article, or add to one what the article has and it lacks.",
        _new,
    )
    new.add_argument("folder", type=Path, metavar="DIR", help="the folder of the new base, or of one to add to")
    new.add_argument("--article", type=Path, required=True, metavar="FILE", help="the article's text, headline first")
    new.add_argument(
        "--people",
        type=int,
        default=DEFAULT_PEOPLE,
        metavar="N",
        help="propose at most N records of who is who (default: 40)",
    )


def _add_eval(subparsers: Subparsers) -> None:
    evaluate = add_command(subparsers, "eval", "Measure the bot on questions with known replies.", _eval)
    add_knowledge_option(evaluate)
    evaluate.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="YAML files of labelled questions, or manifests"
    )
    evaluate.add_argument("--stories", type=Path, metavar="MANIFEST", help="judge each story of a manifest instead")
    evaluate.add_argument("--questions", type=Path, metavar="DIR", help="with --stories: a further folder of questions")
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
    bench.add_argument(
        "--intents", type=Path, metavar="FILE", help="only intents: JSON with train_5, train_10 … and test"
    )
    bench.add_argument("--json", action="store_true", help="with --intents: print the figures as JSON")
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
    from bot.terminal.check_command import check

    return check(
        options.knowledge,
        options.article,
        update=options.update,
        advise=options.advice or options.all,
        all_advice=options.all,
    )


def _eval(options: argparse.Namespace) -> int:
    if bool(options.files) == bool(options.stories):
        raise PilcrowError("name files of questions, or a manifest of stories with --stories, and not both")
    if options.stories:
        from bot.terminal.story_reports import evaluate_stories

        return evaluate_stories(options.stories, options.questions, as_json=options.json)
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
    if options.intents:
        from bot.terminal.story_reports import measure_intent_file

        return measure_intent_file(options.intents, as_json=options.json)
    from bot.terminal.bench_command import run_benchmarks

    answerer = bootstrap.answerer(options.knowledge)
    return run_benchmarks(
        options.knowledge, answerer, options.files, clinc=options.clinc, plot=options.plot, short=options.short
    )


def _new(options: argparse.Namespace) -> int:
    from bot.story import article

    lines = article.read_lines(options.article)
    if (options.folder / "story.yaml").exists():
        _update(options.folder, lines)
    else:
        _start(options.folder, lines, options.people)
    write_line(f"  pilcrow check --knowledge {options.folder} --article {options.article}")
    return 0


def _start(folder: Path, lines: list[str], most_people: int) -> None:
    """Write a new base, and say what is in it."""
    from bot.story import scaffold

    made = scaffold.write_scaffold(folder, lines, max(0, most_people))
    draft = made.draft
    paragraphs = f"{len(draft.paragraphs)} paragraph{'s' if len(draft.paragraphs) > 1 else ''}"
    write_line(
        f"{folder}: {len(made.files)} files written, with {paragraphs} and {len(draft.people)} proposals of who is who in "
        "people.yaml. Replace every TODO; this command lists what is left:"
    )


def _update(folder: Path, lines: list[str]) -> None:
    """Add what a base lacks of the article, and say what that was."""
    from bot.story.loader import parse_story
    from bot.story.repository import Repository
    from bot.story.scaffold_update import update_base

    repository = Repository(folder)
    snapshot = repository.load()
    update = update_base(snapshot.files, parse_story(snapshot.files), lines)
    if update.files:
        repository.publish(update.files, snapshot.revision)
    for sentence in update.report:
        write_line(sentence)
    said = (
        "Nothing that was written has been changed."
        if update.files
        else "It has all of the article; nothing has changed."
    )
    write_line(f"{folder}: {said} This command lists what is left:")
