"""The composition root: builds everything from settings and passes it in. Nothing else reads a file to get going."""

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from bot.answering import Answerer
from bot.base import Base
from bot.config import UNANSWERED_DAYS
from bot.matching.matcher import Weights
from bot.reading import Readings
from bot.story import article, reader
from bot.story.records import Story
from bot.story.store import Store


def story(knowledge: Path) -> Story:
    """The story in `knowledge`. Raises StoryError."""
    return reader.read_files(Store(knowledge).read().files)


def answerer(knowledge: Path) -> Answerer:
    """What answers from the base in `knowledge`. Raises StoryError."""
    return Answerer(story(knowledge), weights())


def readings(story: Story, article_file: Path | None = None, kept_days: int = UNANSWERED_DAYS) -> Readings:
    """What can be read of a story; `article_file`: the article's own text, where the operator has it. Raises StoryError."""
    texts = article.paragraphs(story, article.read_lines(article_file)) if article_file else {}
    return Readings(story, texts, kept_days)


def weights() -> Weights:
    """The fitted weights, shipped beside the matcher."""
    return Weights(**json.loads(files("bot.matching").joinpath("weights.json").read_text("utf-8")))


def run_discord(
    config_file: Path, knowledge: Path | None, environ: Mapping[str, str], shard_ids: str | None = None
) -> None:
    """Runs the Discord bot until it is told to stop; `knowledge` and `shard_ids` go before the settings.

    Raises ConfigError, StoryError or StartError.
    """
    from datetime import UTC, datetime

    from bot import config
    from bot.editing import Editor
    from bot.journal import Journal

    settings = config.read(config_file, environ, shard_ids)
    lines = article.read_lines(settings.article) if settings.article else None
    base = Base(knowledge or settings.knowledge, weights(), lines)
    ready = base.read()
    from bot.discord_frontend import starting

    journal = Journal(settings.database)
    editor = Editor(base.store, journal, weights(), lambda: datetime.now(UTC), lambda: base.latest)
    starting.run(settings, base, ready, journal, config.token(environ), editor=editor)
