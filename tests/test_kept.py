"""What is kept of a base beside it: used for the very same base and engine only, and worth nothing otherwise."""

import os
from pathlib import Path

import pytest

from bot import app, base, kept
from bot.answering import Answerer, vocabulary
from bot.story.store import Store
from tests.small_story import files

QUESTIONS = ("when did Ada Quill leave the lighthouse?", "where is the lighthouse?", "did she take the lampp", "pizza")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A base on disk."""
    for name, data in files().items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    return Store(tmp_path)


def opened(store: Store) -> Answerer:
    return base.answerer(store, store.read(), app.weights())


def test_what_is_kept_answers_as_what_was_read(store: Store) -> None:
    """Every reply is the same, with all that belongs to it."""
    read = opened(store)
    again = kept.load(store.own, store.read().revision)
    assert again is not None
    answerer = Answerer(again[0], app.weights(), again[1])
    assert answerer.story == read.story
    for question in QUESTIONS:
        assert answerer.explained(question) == read.explained(question)


def test_a_kept_index_can_be_renewed(store: Store) -> None:
    """A bot that started from it takes up changes as any other."""
    read = opened(store)
    again = kept.load(store.own, store.read().revision)
    assert again is not None
    changed = store.folder / "qa" / "keeper.yaml"
    changed.write_bytes(changed.read_bytes().replace(b"left", b"quit"))
    story = base.answerer(store, store.read(), app.weights(), before=read).story
    renewed = Answerer(again[0], app.weights(), again[1]).renewed(story)
    for question in QUESTIONS:
        assert renewed.reply(question) == Answerer(story, app.weights()).reply(question)


def test_a_kept_vocabulary_is_the_one_that_was_kept(store: Store) -> None:
    """Or a small change of the base would have everything read again."""
    read = opened(store)
    again = kept.load(store.own, store.read().revision)
    assert again is not None
    assert again[1].analyser.vocabulary == vocabulary(read.story)


def test_another_base_is_read(store: Store) -> None:
    """A change of any file makes what is kept worth nothing."""
    opened(store)
    before = store.read().revision
    path = store.folder / "qa" / "keeper.yaml"
    path.write_bytes(path.read_bytes().replace(b"Friday", b"Monday"))
    now = store.read().revision
    assert before != now
    assert kept.load(store.own, now) is None
    assert "Monday" in opened(store).entry("keeper-left").answer
    assert kept.load(store.own, now) is not None


def test_another_engine_reads_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another version of the program has kept is not used."""
    opened(store)
    monkeypatch.setattr(kept, "_engine", lambda: (("other.py", 1, 1),))
    assert kept.load(store.own, store.read().revision) is None


@pytest.mark.parametrize("data", [b"", b"\x00", b"\xc1" * 99, b"\x91" * 100_000, b"{}", b"\x86\xa1a\x01"])
def test_anything_else_counts_as_nothing(store: Store, data: bytes) -> None:
    """A broken file is made again."""
    opened(store)
    (store.own / kept.NAME).write_bytes(data)
    assert kept.load(store.own, store.read().revision) is None
    assert opened(store).reply(QUESTIONS[0]).entry == "keeper-left"
    assert kept.load(store.own, store.read().revision) is not None


def test_a_file_that_is_cut_off_anywhere_counts_as_nothing(store: Store) -> None:
    """As after a disk that was full."""
    opened(store)
    whole, revision = (store.own / kept.NAME).read_bytes(), store.read().revision
    for size in range(0, len(whole), 997):
        (store.own / kept.NAME).write_bytes(whole[:size])
        assert kept.load(store.own, revision) is None


def test_a_byte_that_has_changed_anywhere_makes_it_count_as_nothing(store: Store) -> None:
    """Documents are decoded when a question wants them; a broken one must not be found only then."""
    opened(store)
    whole, revision = bytearray((store.own / kept.NAME).read_bytes()), store.read().revision
    for at in range(0, len(whole), 499):
        spoilt = whole.copy()
        spoilt[at] ^= 0x20
        (store.own / kept.NAME).write_bytes(spoilt)
        assert kept.load(store.own, revision) is None


def test_where_nothing_can_be_kept_the_base_is_read_all_the_same(store: Store) -> None:
    """A folder in the place of the file: nothing is said, and nothing left behind."""
    (store.own / kept.NAME).mkdir(parents=True)
    assert opened(store).reply(QUESTIONS[0]).entry == "keeper-left"
    assert os.listdir(store.own) == [kept.NAME]  # noqa: PTH208 (names are enough)


def test_a_file_that_has_been_read_whole_is_not_kept_in_memory(store: Store) -> None:
    """Every document holds all of it until it is decoded: for the life of the bot, were it not let go."""
    opened(store)
    again = kept.load(store.own, store.read().revision)
    assert again is not None
    documents = again[1].documents
    assert isinstance(documents, kept._Documents)
    assert all(map(bytes, documents._encoded))
    Answerer(again[0], app.weights(), again[1]).warm()
    assert not any(map(bytes, documents._encoded))
