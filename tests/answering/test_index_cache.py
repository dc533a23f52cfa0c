"""What is kept of a base in the user's cache: used for the very same base and engine only, and worth nothing otherwise."""

import os
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from bot import bootstrap
from bot.answering import index_cache, knowledge_base
from bot.answering.answerer import Answerer
from bot.answering.matcher_input import story_vocabulary
from bot.matching.document import Document
from bot.matching.index import MAX_TEXTS
from bot.story import loader
from bot.story.repository import Repository
from tests.support.small_story import files

QUESTIONS = ("when did Ada Quill leave the lighthouse?", "where is the lighthouse?", "did she take the lampp", "pizza")


@pytest.fixture
def store(tmp_path: Path) -> Repository:
    """A base on disk."""
    for name, data in files().items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    return Repository(tmp_path)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where an index is kept."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    found = index_cache.cache_folder(os.environ)
    assert found == tmp_path / "cache" / "pilcrow"
    return found


def file(store: Repository, cache: Path) -> Path:
    """The index of a base."""
    return cache / f"{store.load().revision}.index"


def opened(store: Repository) -> Answerer:
    return knowledge_base.load_answerer(store.load(), bootstrap.weights())


def test_what_is_kept_answers_as_what_was_read(store: Repository, cache: Path) -> None:
    """Every reply is the same, with all that belongs to it."""
    read = opened(store)
    again = index_cache.load_index(cache, store.load().revision)
    assert again is not None
    answerer = Answerer(again[0], bootstrap.weights(), again[1])
    assert answerer.story == read.story
    for question in QUESTIONS:
        assert answerer.reply_with_match(question) == read.reply_with_match(question)


def test_a_kept_index_can_be_renewed(store: Repository, cache: Path) -> None:
    """A bot that started from it takes up changes as any other."""
    opened(store)
    again = index_cache.load_index(cache, store.load().revision)
    assert again is not None
    changed = store.folder / "qa" / "keeper.yaml"
    changed.write_bytes(changed.read_bytes().replace(b"left", b"quit"))
    story = loader.parse_story(store.load().files)
    renewed = Answerer(again[0], bootstrap.weights(), again[1]).updated(story)
    for question in QUESTIONS:
        assert renewed.reply(question) == Answerer(story, bootstrap.weights()).reply(question)


def test_a_kept_vocabulary_is_the_one_that_was_kept(store: Repository, cache: Path) -> None:
    """Or a small change of the base would have everything read again."""
    read = opened(store)
    again = index_cache.load_index(cache, store.load().revision)
    assert again is not None
    assert again[1].analyzer.vocabulary == story_vocabulary(read.story)


def test_another_base_is_read(store: Repository, cache: Path) -> None:
    """A change of any file makes what is kept worth nothing."""
    opened(store)
    before = store.load().revision
    path = store.folder / "qa" / "keeper.yaml"
    path.write_bytes(path.read_bytes().replace(b"Friday", b"Monday"))
    now = store.load().revision
    assert before != now
    assert index_cache.load_index(cache, now) is None
    assert "Monday" in opened(store).entry_reply("keeper-left").answer
    assert index_cache.load_index(cache, now) is not None


def test_another_engine_reads_again(store: Repository, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another version of the program has kept is not used."""
    opened(store)
    monkeypatch.setattr(index_cache, "_program", lambda: "another")
    assert index_cache.load_index(cache, store.load().revision) is None


@pytest.mark.parametrize("data", [b"", b"\x00", b"\xc1" * 99, b"\x91" * 100_000, b"{}", b"\x86\xa1a\x01"])
def test_anything_else_counts_as_nothing(store: Repository, cache: Path, data: bytes) -> None:
    """A broken file is made again."""
    opened(store)
    file(store, cache).write_bytes(data)
    assert index_cache.load_index(cache, store.load().revision) is None
    assert opened(store).reply(QUESTIONS[0]).entry == "keeper-left"
    assert index_cache.load_index(cache, store.load().revision) is not None


def test_a_file_that_is_cut_off_anywhere_counts_as_nothing(store: Repository, cache: Path) -> None:
    """As after a disk that was full."""
    opened(store)
    whole, revision = file(store, cache).read_bytes(), store.load().revision
    for size in range(0, len(whole), 997):
        file(store, cache).write_bytes(whole[:size])
        assert index_cache.load_index(cache, revision) is None


def test_a_byte_that_has_changed_anywhere_makes_it_count_as_nothing(store: Repository, cache: Path) -> None:
    """Documents are decoded when a question wants them; a broken one must not be found only then."""
    opened(store)
    whole, revision = bytearray(file(store, cache).read_bytes()), store.load().revision
    for at in range(0, len(whole), 499):
        spoilt = whole.copy()
        spoilt[at] ^= 0x20
        file(store, cache).write_bytes(spoilt)
        assert index_cache.load_index(cache, revision) is None


def test_where_nothing_can_be_kept_the_base_is_read_all_the_same(store: Repository, cache: Path) -> None:
    """A folder in the place of the file: nothing is said, and nothing left behind."""
    file(store, cache).mkdir(parents=True, mode=0o700)
    assert opened(store).reply(QUESTIONS[0]).entry == "keeper-left"
    assert list(cache.iterdir()) == [file(store, cache)]


def test_a_file_that_has_been_read_whole_is_not_kept_in_memory(store: Repository, cache: Path) -> None:
    """Every document holds all of it until it is decoded: for the life of the bot, were it not let go."""
    opened(store)
    again = index_cache.load_index(cache, store.load().revision)
    assert again is not None
    documents = again[1].documents
    assert isinstance(documents, index_cache._LazyDocuments)
    assert all(map(bytes, documents._encoded))
    Answerer(again[0], bootstrap.weights(), again[1]).warm()
    assert not any(map(bytes, documents._encoded))


def resigned(path: Path, change: Callable[[index_cache._CachedIndex], index_cache._CachedIndex]) -> None:
    """Change what is kept, with a checksum that is right again."""
    data = msgspec.msgpack.encode(
        change(msgspec.msgpack.decode(path.read_bytes()[index_cache.CHECKSUM_BYTES :], type=index_cache._CachedIndex))
    )
    path.write_bytes(sha256(data).digest() + data)


def test_an_index_in_the_bases_own_folder_is_not_looked_at(store: Repository, cache: Path) -> None:
    """A folder that was pulled or unpacked may bring one, with answers that nobody wrote."""
    opened(store)
    (store.state_folder).mkdir()
    shutil.copy2(file(store, cache), store.state_folder / "index")
    resigned(store.state_folder / "index", lambda one: replace(one, story=replace(one.story, entries={})))
    shutil.rmtree(cache)
    assert opened(store).reply(QUESTIONS[0]).entry == "keeper-left"


@pytest.mark.parametrize("mode", [0o666, 0o620, 0o602])
def test_an_index_that_others_may_write_counts_as_nothing(store: Repository, cache: Path, mode: int) -> None:
    """The file, or the folder."""
    opened(store)
    file(store, cache).chmod(mode)
    assert index_cache.load_index(cache, store.load().revision) is None
    file(store, cache).chmod(0o600)
    assert index_cache.load_index(cache, store.load().revision) is not None
    cache.chmod(mode | 0o100)
    assert index_cache.load_index(cache, store.load().revision) is None


def test_an_index_of_another_user_counts_as_nothing(
    store: Repository, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And none is made in another user's home."""
    opened(store)
    revision, before = store.load().revision, list(cache.iterdir())
    with monkeypatch.context() as patched:
        patched.setattr(os, "geteuid", lambda: 54_321)
        assert index_cache.load_index(cache, revision) is None
        opened(store)
        assert list(cache.iterdir()) == before
        shutil.rmtree(cache.parent)
        opened(store)
        assert not cache.parent.exists()


def test_a_link_or_a_pipe_counts_as_nothing(store: Repository, cache: Path) -> None:
    """A pipe does not hang; a link is replaced, not followed."""
    opened(store)
    path, revision = file(store, cache), store.load().revision
    path.rename(cache.parent / "elsewhere")
    os.mkfifo(path)
    assert index_cache.load_index(cache, revision) is None
    path.unlink()
    path.symlink_to(cache.parent / "elsewhere")
    assert index_cache.load_index(cache, revision) is None
    before = (cache.parent / "elsewhere").stat()
    opened(store)
    assert not path.is_symlink()
    assert (cache.parent / "elsewhere").stat() == before


@pytest.mark.parametrize(
    "change",
    [
        lambda one: replace(one, documents=one.documents[1:]),
        lambda one: replace(one, documents=one.documents[1:], ids=one.ids[1:]),
        lambda one: replace(one, ids=(one.ids[0], *one.ids[:-1])),
        lambda one: replace(one, story=replace(one.story, entries={})),
        lambda one: replace(one, tables=replace(one.tables, document_count=9)),
        lambda one: replace(one, tables=replace(one.tables, postings={"brim": {99: b"\x00"}})),
        lambda one: replace(one, tables=replace(one.tables, exact={1: 99 * MAX_TEXTS})),
        lambda one: replace(one, tables=replace(one.tables, bigrams={"at brim": b"\x00"})),
        lambda one: replace(one, revision="0" * 16),
        lambda one: replace(one, program="another"),
    ],
)
def test_wrong_contents_with_a_right_checksum_count_as_nothing(
    store: Repository, cache: Path, change: Callable[[index_cache._CachedIndex], index_cache._CachedIndex]
) -> None:
    """An index that is not one of its own story."""
    opened(store)
    resigned(file(store, cache), change)
    assert index_cache.load_index(cache, store.load().revision) is None
    assert opened(store).reply(QUESTIONS[0]).entry == "keeper-left"


@pytest.mark.parametrize(
    "document",
    [b"\xc0", b"\x80", b"\x01", b"\xa4keep", b"\x92\x01\x02", "another's", "cut"],
)
def test_a_document_that_is_broken_is_made_again(store: Repository, cache: Path, document: bytes | str) -> None:
    """It is decoded when a question wants it, and must not raise then; every reply is the same."""
    replies = [opened(store).reply_with_match(question) for question in QUESTIONS]

    def change(one: index_cache._CachedIndex) -> index_cache._CachedIndex:
        found = [msgspec.msgpack.decode(encoded, type=Document) for encoded in one.documents]
        cut = [msgspec.Raw(msgspec.msgpack.encode(replace(each, terms=each.terms[:1]))) for each in found]
        others = (*one.documents[1:], one.documents[0])
        if isinstance(document, bytes):
            return replace(one, documents=(msgspec.Raw(document),) * len(found))
        return replace(one, documents=tuple(cut) if document == "cut" else others)

    resigned(file(store, cache), change)
    again = index_cache.load_index(cache, store.load().revision)
    assert again is not None
    answerer = Answerer(again[0], bootstrap.weights(), again[1])
    assert [answerer.reply_with_match(question) for question in QUESTIONS] == replies
    answerer.warm()


def test_indexes_of_bases_that_are_gone_do_not_pile_up(store: Repository, cache: Path) -> None:
    """Nor what a killed process had not finished writing; what another one is writing now stays."""
    answerer = opened(store)
    abandoned, written = cache / ".x.index.0a.part", cache / ".y.index.0b.part"
    for number in range(20):
        index_cache.save_index(cache, f"{number:016x}", answerer.story, answerer.matcher.index)
        path = cache / f"{number:016x}.index"
        os.utime(path, ns=(number, number))
    for path in (abandoned, written):
        path.write_bytes(b"")
    os.utime(abandoned, (0, 0))
    opened(store)
    index_cache.save_index(cache, store.load().revision, answerer.story, answerer.matcher.index)
    assert not abandoned.exists()
    assert written.exists()
    assert len(list(cache.glob("*.index"))) == index_cache.MAX_CACHED


@pytest.mark.parametrize(
    ("environ", "place"),
    [
        ({"HOME": "/home/ada"}, Path("/home/ada/.cache/pilcrow")),
        ({"HOME": "/home/ada", "XDG_CACHE_HOME": "/var/cache/x"}, Path("/var/cache/x/pilcrow")),
        ({"XDG_CACHE_HOME": "relative"}, None),
        ({}, None),
    ],
)
def test_the_place_is_the_users_own(environ: dict[str, str], place: Path | None) -> None:
    """Nothing is kept where there is none."""
    assert index_cache.cache_folder(environ) == place
    assert index_cache.load_index(None, "0") is None
