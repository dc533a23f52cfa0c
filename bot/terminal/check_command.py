"""`pilcrow check`: what is wrong with a base, by itself and against the article's text."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from bot import bootstrap
from bot.answering.expected_replies import find_changed_replies
from bot.errors import ConfigError, StoryError
from bot.story import article, loader, yaml_edit
from bot.story.loader import STORY_FILE
from bot.story.models import Story
from bot.story.repository import Repository
from bot.story.validation import article_match, rules
from bot.story.validation.missing_records import Additions, find_missing_records
from bot.story.validation.notes import find_notes
from bot.terminal.advice_view import write_advice
from bot.terminal.console import write_error, write_line
from bot.terminal.left_to_write import split_unwritten

PROBLEMS = 2
"""Exit status where the base has problems; `cli.REFUSED`, which would import this module in a circle."""


UNFINISHED = 1
"""Exit status where nothing is wrong, but something is still to be written."""


def check(
    folder: Path,
    article_file: Path | None,
    *,
    update: bool = False,
    advise: bool = False,
    all_advice: bool = False,
) -> int:
    """Print what is worth a look in a base, how large it is, and what would make it better. Raise StoryError.

    article_file: the article's text, which is then taken for the truth; update: first add to `story.yaml` what its records
    lack of it. advise: also where there are problems; all_advice: not only the first lines. Raise ConfigError, EditError.
    """
    if update and article_file is None:
        raise ConfigError("--update needs the article's text; name it with --article FILE")
    lines = article.read_lines(article_file) if article_file else []
    if update:
        for line in update_records(folder, lines):
            write_line(line)
    answerer = bootstrap.answerer(folder)
    story = answerer.story
    texts = _paragraph_texts(story, lines)
    problems = rules.find_problems(story, texts)
    if article_file:
        problems += article_match.find_mismatches(story, lines)
    problems += find_changed_replies(answerer)
    steps, problems = split_unwritten(problems)
    if steps:
        write_line("Left to write, in this order:")
        for step in steps:
            write_line(step)
    else:
        for note in find_notes(story, texts):
            write_line(f"Worth a look: {note}")
    if problems and not advise:
        raise StoryError(problems)
    if problems:
        write_error(f"pilcrow: {StoryError(problems)}")
    elif not steps:
        write_line(f"{folder}: {_sizes(story, folder)}: no problems.")
    if advise or not steps:
        write_advice(answerer, everything=all_advice)
    return PROBLEMS if problems else UNFINISHED if steps else 0


def update_records(folder: Path, lines: list[str]) -> Iterator[str]:
    """Add to the records of a base what the article's lines have, and yield what was added. Raise StoryError, EditError."""
    repository = Repository(folder)
    snapshot = repository.load()
    story = loader.parse_story(snapshot.files)
    additions = find_missing_records(story, _paragraph_texts(story, lines))
    data = snapshot.files[STORY_FILE]
    for number, by_key in additions.items():
        for key, texts in by_key.items():
            data = yaml_edit.add_to_paragraph(data, number, key, texts)
    if additions:
        repository.publish({STORY_FILE: data}, snapshot.revision)
    yield from _describe(additions)


def _describe(additions: Additions) -> Iterator[str]:
    if not additions:
        yield f"{STORY_FILE}: the records have all that the article has; nothing was added."
    for number, by_key in additions.items():
        for key, texts in by_key.items():
            yield f"{STORY_FILE}: paragraph {number}: added to '{key}': {', '.join(texts)}"


def _paragraph_texts(story: Story, lines: list[str]) -> Mapping[int, str]:
    """Return the text of each paragraph that is among the article's lines, as a base can quote it."""
    return {number: article.visible_text(text) for number, text in article.match_paragraphs(story, lines).items()}


def _sizes(story: Story, folder: Path) -> str:
    """Return how large a base is: entries, phrasings with the questions, paragraphs, and the longest file of entries."""
    phrasings = sum(len(entry.phrasings) + 1 for entry in story.entries.values())
    files = {entry.file for entry in story.written_entries}
    lines = max((len((folder / file).read_bytes().splitlines()) for file in files), default=0)
    entries = f"{len(story.entries)} entries ({len(story.written_entries)} written)"
    return f"{entries}, {phrasings} phrasings, {len(story.paragraphs)} paragraphs, longest file {lines} lines"
