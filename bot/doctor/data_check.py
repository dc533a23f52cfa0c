"""Whether the base and the database can be used, and whether a bot is using them already."""

from datetime import date
from pathlib import Path

from bot.answering.expected_replies import find_changed_replies
from bot.answering.knowledge_base import load_answerer
from bot.config import Config
from bot.doctor.finding import Finding, Level, ok, warning, wrong
from bot.errors import PilcrowError, Problem, StoryError
from bot.journal import address, inspection, migrate
from bot.journal.inspection import DatabaseState
from bot.matching.weights import load_weights
from bot.ops import instance_lock
from bot.story import article
from bot.story.repository import Repository
from bot.story.validation import article_match, rules

MAX_PROBLEMS = 5
BASE, DATABASE, COPY, CLOCK = "base", "database", "second copy", "clock"


def check_base(folder: Path, article_file: Path | None) -> list[Finding]:
    """Return what `pilcrow check` finds: the bot starts with what only the rules object to, and not with the rest."""
    try:
        version = Repository(folder).load()
        answerer = load_answerer(version, load_weights())
        lines = article.read_lines(article_file) if article_file else []
    except StoryError as error:
        return _listed("wrong", error.problems)
    except PilcrowError as error:
        return [wrong(BASE, str(error))]
    story = answerer.story
    problems = rules.find_problems(story)
    if lines:
        problems += article_match.find_mismatches(story, lines)
    problems += find_changed_replies(answerer)
    if problems:
        return _listed("warning", problems)
    return [ok(BASE, f"{folder}: {len(story.entries)} entries, revision {version.revision}, no problems")]


def _listed(level: Level, problems: list[Problem]) -> list[Finding]:
    """Return the first few problems of the base, and where the others are."""
    findings = [Finding(level, BASE, str(problem)) for problem in problems[:MAX_PROBLEMS]]
    if (more := len(problems) - MAX_PROBLEMS) > 0:
        findings.append(Finding(level, BASE, f"and {more:,} more; 'pilcrow check' lists them"))
    return findings


def check_database(settings: Config, today: date) -> list[Finding]:
    """Return how the database is, and whether a bot uses it. Nothing is written, and no password is shown."""
    state = inspection.inspect(settings.database)
    file = address.sqlite_file(settings.database)
    name = str(file) if file else "PostgreSQL"
    findings = [_database(state, name), *_running(state, file)]
    if state.last_day is not None and state.last_day > today:
        sentence = f"today is {today} here, but questions were counted on {state.last_day}: set this machine's clock"
        findings.append(warning(CLOCK, sentence))
    return findings


def _database(state: DatabaseState, name: str) -> Finding:
    if state.problem:
        return wrong(DATABASE, f"{name}: {state.problem}")
    if not state.schema:
        return ok(DATABASE, f"{name}: not there yet; it is made when it is first needed")
    if state.schema != migrate.HEAD:
        sentence = (
            f"of an older version ({state.schema}); the next start brings it to {migrate.HEAD}: back it up before"
        )
        return warning(DATABASE, f"{name}: {sentence}")
    return ok(DATABASE, f"{name}: whole, of this version")


def _running(state: DatabaseState, file: Path | None) -> list[Finding]:
    if file is None:
        if state.sessions:
            sentence = (
                f"{state.sessions} sessions of this program are open there: start no second bot with the same shards"
            )
            return [warning(COPY, sentence)]
        return []
    try:
        running = instance_lock.is_running(file)
    except OSError as error:
        return [warning(COPY, f"it can't be told whether a bot runs here: {error.strerror or error}")]
    if running:
        return [ok(COPY, "a bot is running on this database; another one would not start")]
    return [ok(COPY, "no bot is running on this database; one on another machine can't be seen from here")]
