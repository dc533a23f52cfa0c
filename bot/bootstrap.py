"""The composition root: builds everything from the configuration and passes it in."""

import gc
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answering.answerer import Answerer
from bot.answering.knowledge_base import KnowledgeBase, load_answerer
from bot.matching.weights import load_weights
from bot.story import article
from bot.story.models import Story
from bot.story.repository import Repository

if TYPE_CHECKING:
    from bot.answering.view import ViewSettings
    from bot.answering.view_builder import Views


def story(folder: Path) -> Story:
    """Load the story in a folder. Raise StoryError."""
    return answerer(folder).story


def answerer(folder: Path) -> Answerer:
    """Load what answers from the base in a folder. Raise StoryError."""
    return load_answerer(Repository(folder).load(), load_weights())


def knowledge_base(folder: Path, article_file: Path | None = None, retention_days: int | None = None) -> KnowledgeBase:
    """Return the knowledge base in a folder, not loaded yet. Raise StoryError if the article's own text can't be read."""
    lines = article.read_lines(article_file) if article_file else []
    return KnowledgeBase(
        Repository(folder), load_weights(), article_lines=lines, view_settings=view_settings(retention_days)
    )


def views(story: Story, article_file: Path | None = None) -> "Views":
    """Return the views of a story. Raise StoryError if the article's own text can't be read."""
    from bot.answering.view_builder import Views

    texts = article.match_paragraphs(story, article.read_lines(article_file)) if article_file else {}
    return Views(story, texts, view_settings())


def view_settings(retention_days: int | None = None) -> "ViewSettings":
    """Return what views show that is not in the story; `retention_days`: by default that of the configuration."""
    from bot.answering.view import ViewSettings
    from bot.config import UNANSWERED_DAYS
    from bot.i18n.command_specs import help_lines

    return ViewSettings(help_lines(), UNANSWERED_DAYS if retention_days is None else retention_days)


def run_discord(
    config_file: Path | None, knowledge: Path | None, environ: Mapping[str, str], shard_ids: str | None = None
) -> None:
    """Run the Discord bot until it is told to stop; `knowledge` and `shard_ids` override the configuration.

    Raise ConfigError, StoryError or StartError.
    """
    from datetime import UTC, datetime

    from bot import config
    from bot.editing.editor import Editor
    from bot.journal.journal import Journal
    from bot.ops import log_setup

    settings = config.load_config(config_file, environ, shard_ids)
    log_setup.configure_logging(settings.log_level, settings.log_format)
    base = knowledge_base(knowledge or settings.knowledge, settings.article, settings.unanswered_days)
    snapshot = base.load()
    gc.collect()
    gc.freeze()  # the base stays, so the garbage collector need not walk through it
    threading.Thread(target=snapshot.answerer.warm, daemon=True).start()  # while connecting to Discord
    from bot.discord_frontend import runner
    from bot.discord_frontend.single_instance import single_instance

    journal = Journal(settings.database)
    editor = Editor(base, journal, lambda: datetime.now(UTC))
    with single_instance(settings):
        runner.run(settings, base, journal, config.read_token(environ), editor=editor)
