"""A knowledge base in memory, for tests in which it does not change on disk."""

from collections.abc import Mapping
from pathlib import Path

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.answering.knowledge_base import KnowledgeBase, Snapshot
from bot.answering.view_builder import Views
from bot.matching.weights import load_weights
from bot.story.repository import FileSnapshot, Repository


def fixed_base(answerer: Answerer, texts: Mapping[int, str] | None = None, views: Views | None = None) -> KnowledgeBase:
    """Return a knowledge base that answers with `answerer` and has no files."""
    base = KnowledgeBase(Repository(Path("no-such-folder")), load_weights(), view_settings=bootstrap.view_settings())
    texts = texts or {}
    base.use(
        Snapshot(
            answerer, views or Views(answerer.story, texts, bootstrap.view_settings()), texts, FileSnapshot({}, "")
        )
    )
    return base
