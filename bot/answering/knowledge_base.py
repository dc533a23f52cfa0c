"""The live knowledge base: the snapshot everybody answers from, and how it follows the files on disk.

Synchronous: loading and indexing take a second or two, so an event loop calls the methods through a thread.
"""

import os
from collections.abc import Mapping, Sequence
from threading import RLock
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from bot.answering import index_cache
from bot.answering.answerer import Answerer
from bot.errors import EditError, StoryError
from bot.matching.calibration import calibrate
from bot.matching.index import Index
from bot.matching.weights import Weights
from bot.story import article, base_files
from bot.story.models import Story
from bot.story.repository import FileSnapshot, Repository

if TYPE_CHECKING:
    from bot.answering.view import ViewSettings
    from bot.answering.view_builder import Views


class Snapshot(Struct, frozen=True):
    """One version of the knowledge base, ready to answer from.

    texts: the article's own paragraphs by number, where the operator has supplied them.
    """

    answerer: Answerer
    views: "Views"
    texts: Mapping[int, str]
    files: FileSnapshot

    @property
    def revision(self) -> str:
        """The revision of the files."""
        return self.files.revision

    @property
    def story(self) -> Story:
        """The story that this snapshot answers from."""
        return self.answerer.story


class KnowledgeBase:
    """The knowledge base on disk and its current snapshot.

    Whoever needs the base takes `current` once at the start of each job: another thread may replace it at any time.
    """

    def __init__(
        self,
        repository: Repository,
        weights: Weights,
        *,
        article_lines: Sequence[str] = (),
        view_settings: "ViewSettings",
    ) -> None:
        """article_lines: the article's own text, if the operator has supplied it."""
        self.repository = repository
        self._weights = weights
        self._article_lines = list(article_lines)
        self._view_settings = view_settings
        self._lock = RLock()
        self._seen: base_files.Signature = ()
        self._settled: base_files.Signature = ()
        self._current: Snapshot | None = None
        self._candidate: Snapshot | None = None
        self._calibrated = ""
        self.problem: StoryError | None = None
        """What is wrong with the files on disk, as far as they were read; None: the current snapshot is what they hold."""

    @property
    def current(self) -> Snapshot:
        """The snapshot to answer from, loaded when it is first asked for. Raise StoryError."""
        return self._current or self.load()

    def use(self, snapshot: Snapshot) -> None:
        """Answer from this snapshot from now on."""
        changed = self._current is not None and self._current.revision != snapshot.revision
        self._current, self._candidate = snapshot, None
        if changed:
            import logging  # asking in a terminal does without

            logging.getLogger(__name__).info("The base has changed: %d entries", len(snapshot.story.entries))

    def load(self) -> Snapshot:
        """Make the base as it is on disk the current snapshot, and return it. Raise StoryError, EditError."""
        with self._lock:
            self._seen = self._settled = base_files.signature(self.repository.folder)
            return self.at(self.repository.load())

    def at(self, version: FileSnapshot) -> Snapshot:
        """Make this version, read from disk, the current snapshot, and return it. Raise StoryError."""
        with self._lock:
            snapshot = self._current
            if snapshot is None or snapshot.revision != version.revision:
                if snapshot is None:  # not warmed: it is needed at once
                    snapshot = self._snapshot(load_answerer(version, self._weights), version)
                    self._calibrated = version.revision
                else:
                    snapshot = self.build(version)
                    _save(version, snapshot.answerer)
                self.use(snapshot)
            self.problem = None
            return snapshot

    def build(self, version: FileSnapshot, story: Story | None = None) -> Snapshot:
        """Return a snapshot of a version that need not be on disk, such as a proposed change. Raise StoryError.

        It is kept until another one is built or loaded, so that publishing the change need not parse and index it again.
        story: what the version's files hold, if they have been parsed already.
        """
        with self._lock:
            for known in (self._current, self._candidate):
                if known is not None and known.revision == version.revision:
                    return known
            answerer = self.current.answerer.updated(story or self.parse(version))
            answerer.warm()
            self._candidate = self._snapshot(answerer, version)
            return self._candidate

    def parse(self, version: FileSnapshot) -> Story:
        """Return the story of a version, parsing only the files that differ from the current snapshot's. Raise StoryError."""
        from bot.story.incremental import parse_changed_files  # needs yaml, which a cached index does without

        current = self.current
        return parse_changed_files(version.files, current.files.files, current.story)

    def refresh(self) -> bool:
        """Load the files again if they have changed since they were last looked at; return whether they were read.

        Files that have just changed are left alone until the next call: somebody may still be writing. Raise StoryError
        where they are broken, once for each state they are in, and EditError where they can't be read now.
        """
        if not self._read_changes():
            self._calibrate()
            return False
        return True

    def _read_changes(self) -> bool:
        with self._lock:
            seen = base_files.signature(self.repository.folder)
            if seen != self._seen:
                self._seen = seen
                return False
            if seen == self._settled:
                return False
            self._settled = seen
            try:
                self.at(self.repository.load())
            except EditError:  # another process holds the lock: try again at the next call
                self._settled = ()
                raise
            except StoryError as error:
                self.problem = error
                raise
            return True

    def _calibrate(self) -> None:
        """Give a base that has changed a threshold of its own; until then it has that of the version before.

        Nobody waits for it: changes are read and published meanwhile.
        """
        snapshot = self._current
        if snapshot is None or snapshot.revision == self._calibrated:
            return
        answerer = snapshot.answerer
        weights = _calibrated(snapshot.files, snapshot.story, answerer.matcher.index, self._weights)
        with self._lock:
            self._calibrated = snapshot.revision
            if self._current is snapshot and weights != answerer.matcher.weights:
                self._current = replace(snapshot, answerer=Answerer(snapshot.story, weights, answerer.matcher.index))

    def _snapshot(self, answerer: Answerer, version: FileSnapshot) -> Snapshot:
        from bot.answering.view_builder import Views  # asking in a terminal does without

        story = answerer.story
        texts = article.match_paragraphs(story, self._article_lines)
        return Snapshot(answerer, Views(story, texts, self._view_settings), texts, version)


def load_answerer(version: FileSnapshot, weights: Weights) -> Answerer:
    """Return what answers from a version of the base, from the index cache if it is there. Raise StoryError."""
    cached = index_cache.load_index(index_cache.cache_folder(os.environ), version.revision)
    if cached is not None:
        story, index = cached
    else:
        answerer = Answerer(_parsed(version), weights)
        _save(version, answerer)
        story, index = answerer.story, answerer.matcher.index
    return Answerer(story, _calibrated(version, story, index, weights), index)


def _calibrated(version: FileSnapshot, story: Story, index: Index, weights: Weights) -> Weights:
    """Return the weights with the threshold of a version of the base, which is computed where it is not cached."""
    folder = index_cache.cache_folder(os.environ)
    calibration = index_cache.load_calibration(folder, version.revision)
    if calibration is None:
        ids = {entry.id for entry in story.written_entries}
        calibration = calibrate(index, weights, ids, story.wrong_share)
        if calibration.texts:  # else it takes no time
            index_cache.save_calibration(folder, version.revision, calibration)
    return calibration.applied(weights)


def _save(version: FileSnapshot, answerer: Answerer) -> None:
    folder = index_cache.cache_folder(os.environ)
    index_cache.save_index(folder, version.revision, answerer.story, answerer.matcher.index)


def _parsed(version: FileSnapshot) -> Story:
    from bot.story import loader  # needs yaml, which a cached index does without

    return loader.parse_story(version.files)
