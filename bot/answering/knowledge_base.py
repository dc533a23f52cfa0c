"""The base while the bot runs: what answers from it now, and what to do when its files change.

Synchronous: reading and indexing take a second or two, so an event loop calls it through a thread.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from bot.answering import index_cache
from bot.answering.answerer import Answerer
from bot.errors import EditError, StoryError
from bot.matching.weights import Weights
from bot.story import article, base_files
from bot.story.repository import FileSnapshot, Repository


class Ready(Struct, frozen=True):
    """One version of the base, ready to answer. `texts`: the article's own paragraphs, where the operator has them."""

    answerer: Answerer
    texts: Mapping[int, str]
    revision: str


def answerer(version: FileSnapshot, weights: Weights, before: Answerer | None = None) -> Answerer:
    """What answers from a version of a base; `before`: what answered from an earlier one. Raises StoryError."""
    found = index_cache.load(index_cache.folder(os.environ), version.revision) if before is None else None
    if found is not None:
        return Answerer(found[0], weights, found[1])
    from bot.story import loader

    story = loader.parse_story(version.files)
    made = before.renewed(story) if before else Answerer(story, weights)
    index_cache.save(index_cache.folder(os.environ), version.revision, story, made.matcher.index)
    return made


class Base:
    """One base on disk, followed.

    lines: the article's own text, where the operator has supplied it.
    """

    def __init__(self, folder: Path, weights: Weights, lines: list[str] | None = None) -> None:
        self.store = Repository(folder)
        self._weights = weights
        self._lines = lines
        self._seen: base_files.Signature = ()
        self._settled: base_files.Signature = ()
        self._last: Answerer | None = None
        self.latest: Ready | None = None
        """What was last read, to be asked without reading it again."""

    def read(self) -> Ready:
        """The base as it is on disk. Raises StoryError."""
        self._seen = self._settled = base_files.signature(self.store.folder)
        version = self.store.load()
        made = answerer(version, self._weights, self._last)
        if self._last is not None:  # which still answers; the first is wanted at once, and warmed beside (see `app`)
            made.warm()
        self._last = made
        texts = article.match_paragraphs(self._last.story, self._lines) if self._lines else {}
        self.latest = Ready(self._last, texts, version.revision)
        return self.latest

    def changed(self, than: str) -> Ready | None:
        """The base, if its files have changed since they were last looked at and are another version `than` this one.

        Files that change while they are looked at are left alone until the next look: somebody is still writing. Raises
        StoryError where they are broken, once for each state they are in, and EditError where they can't be read now.
        """
        seen = base_files.signature(self.store.folder)
        if seen != self._seen:
            self._seen = seen
            return None
        if seen == self._settled:
            return None
        self._settled = seen
        try:
            return None if self.store.load().revision == than else self.read()
        except EditError:  # not now: another process is stuck; to be looked at again
            self._settled = ()
            raise


def sentence(error: StoryError, most: int = 5) -> str:
    """A broken base as a message: the first few problems, and how many more there are."""
    lines = [str(problem) for problem in error.problems[:most]]
    more = len(error.problems) - len(lines)
    return "\n".join([*lines, f"… and {more} more"] if more > 0 else lines)
