"""The live knowledge base: one current snapshot, which follows the files on disk."""

from pathlib import Path
from typing import Any

import pytest

from bot import bootstrap
from bot.answering.knowledge_base import KnowledgeBase
from bot.errors import StoryError
from bot.story import loader
from bot.story.repository import FileSnapshot
from tests.support.story_files import OLD, write

KEEPER = "qa/keeper.yaml"
MOVED = OLD[KEEPER].replace(b"It stands at Brim.", b"It stands in the harbour.")
BROKEN = OLD[KEEPER].replace(b"standing: reported", b"standing: sitting")


@pytest.fixture
def base(tmp_path: Path) -> KnowledgeBase:
    """A knowledge base on disk."""
    return bootstrap.knowledge_base(write(tmp_path))


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were parsed so far."""
    names: list[str] = []
    parse_file = loader.parse_file

    def record(name: str, data: bytes) -> Any:
        names.append(name)
        return parse_file(name, data)

    monkeypatch.setattr(loader, "parse_file", record)
    return names


def test_files_that_have_just_changed_are_left_alone(base: KnowledgeBase) -> None:
    """A change is loaded when a second look finds it unchanged; a broken base is reported once for each of its states."""
    folder, first = base.repository.folder, base.load()
    assert not base.refresh()
    (folder / KEEPER).write_bytes(MOVED)
    assert not base.refresh()
    assert base.current is first
    assert base.refresh()
    second = base.current
    assert second.story.entries["keeper-place"].answer == "It stands in the harbour."
    assert not base.refresh()
    (folder / KEEPER).write_bytes(BROKEN)
    assert not base.refresh()
    with pytest.raises(StoryError):
        base.refresh()
    assert not base.refresh()
    (folder / KEEPER).write_bytes(MOVED)
    assert [base.refresh() for _ in range(3)] == [False, True, False]
    assert base.current is second


def test_a_version_that_was_built_is_not_parsed_again_when_it_is_on_disk(
    base: KnowledgeBase, parsed: list[str]
) -> None:
    """Publishing a change takes the snapshot that its preview built from the one file that changes."""
    base.load()
    parsed.clear()
    preview = base.build(FileSnapshot.of({**OLD, KEEPER: MOVED}))
    assert base.current is not preview
    (base.repository.folder / KEEPER).write_bytes(MOVED)
    assert base.load() is base.current is preview
    assert parsed == [KEEPER]
    assert base.current.views.story is base.current.answerer.story


def with_many_phrasings() -> bytes:
    """Return the small story's file about the keeper with entries that are hardly told apart."""
    ways = ("who took the {} from the {} tower", "who stole the {} of the {} tower", "who had the {} in the {} tower")
    entries = (
        f"- id: {thing}-{side}\n  question: What of the {thing} {side}?\n  answer: The mayor took it.\n  cites: [2]\n"
        f"  standing: reported\n  phrasings:\n" + "".join(f"    - {way.format(thing, side)}\n" for way in ways)
        for thing in ("lamp", "boat", "bell", "rope", "sail", "oar", "net", "door", "clock", "map")
        for side in ("east", "west", "north")
    )
    return OLD[KEEPER] + "".join(entries).encode()


def test_a_changed_base_gets_its_threshold_when_it_is_next_looked_at(base: KnowledgeBase) -> None:
    """Publishing does not wait for it: until then the threshold is that of the version before."""
    before = base.load().answerer.matcher.weights
    (base.repository.folder / KEEPER).write_bytes(with_many_phrasings())
    published = base.load()
    assert published.answerer.matcher.weights == before
    assert not base.refresh()
    assert base.current.revision == published.revision
    assert base.current.answerer.matcher.weights.answer > before.answer
    calibrated = base.current
    assert not base.refresh()
    assert base.current is calibrated
    assert bootstrap.knowledge_base(base.repository.folder).load().answerer.matcher.weights == (
        calibrated.answerer.matcher.weights
    )


def test_a_broken_base_leaves_the_current_snapshot(base: KnowledgeBase) -> None:
    """Whoever asks goes on with the last good one."""
    first = base.load()
    (base.repository.folder / KEEPER).write_bytes(BROKEN)
    with pytest.raises(StoryError):
        base.load()
    assert base.current is first
