"""The index cache: used for the very same base and program only, and rebuilt otherwise."""

import os
import shutil
from array import array
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from bot.answering import index_cache, knowledge_base
from bot.answering.answerer import Answerer
from bot.answering.matcher_input import story_vocabulary
from bot.answering.program_fingerprint import program_digest
from bot.matching.calibration import Calibration
from bot.matching.document import Document
from bot.matching.index import MAX_TEXTS
from bot.matching.weights import load_weights
from bot.story import loader
from bot.story.repository import Repository
from tests.support.small_story import small_story_files

QUESTIONS = ("when did Ada Quill leave the lighthouse?", "where is the lighthouse?", "did she take the lampp", "pizza")


@pytest.fixture
def store(tmp_path: Path) -> Repository:
    """A base on disk."""
    for name, data in small_story_files().items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    return Repository(tmp_path)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    found = index_cache.cache_folder(os.environ)
    assert found == tmp_path / "cache" / "pilcrow"
    return found


def file(store: Repository, cache: Path) -> Path:
    """Return the file with the cached index of a base."""
    return index_cache.index_path(cache, store.load().revision, program_digest())


def load_answerer(store: Repository) -> Answerer:
    return knowledge_base.load_answerer(store.load(), load_weights())


def test_a_cached_index_gives_the_same_replies(store: Repository, cache: Path) -> None:
    """Every reply is the same, with its match."""
    read = load_answerer(store)
    again = index_cache.load_index(cache, store.load().revision)
    assert again is not None
    answerer = Answerer(again[0], load_weights(), again[1])
    assert answerer.story == read.story
    for question in QUESTIONS:
        assert answerer.reply_with_match(question) == read.reply_with_match(question)


def test_a_cached_index_can_be_updated(store: Repository, cache: Path) -> None:
    """A bot that started from it follows changes like any other."""
    load_answerer(store)
    again = index_cache.load_index(cache, store.load().revision)
    assert again is not None
    changed = store.folder / "qa" / "keeper.yaml"
    changed.write_bytes(changed.read_bytes().replace(b"left", b"quit"))
    story = loader.parse_story(store.load().files)
    renewed = Answerer(again[0], load_weights(), again[1]).updated(story)
    for question in QUESTIONS:
        assert renewed.reply(question) == Answerer(story, load_weights()).reply(question)


def test_a_cached_vocabulary_equals_the_one_saved(store: Repository, cache: Path) -> None:
    """Otherwise a small change of the base would have every entry analyzed again."""
    read = load_answerer(store)
    again = index_cache.load_index(cache, store.load().revision)
    assert again is not None
    assert again[1].analyzer.vocabulary == story_vocabulary(read.story)


def test_a_changed_base_is_parsed(store: Repository, cache: Path) -> None:
    """A change of any file makes the cached index useless."""
    load_answerer(store)
    before = store.load().revision
    path = store.folder / "qa" / "keeper.yaml"
    path.write_bytes(path.read_bytes().replace(b"Friday", b"Monday"))
    now = store.load().revision
    assert before != now
    assert index_cache.load_index(cache, now) is None
    assert "Monday" in load_answerer(store).entry_reply("keeper-left").answer
    assert index_cache.load_index(cache, now) is not None


def test_another_program_builds_its_own_index(store: Repository, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another version of the program cached is not used."""
    load_answerer(store)
    monkeypatch.setattr(index_cache, "program_digest", lambda: "another")
    assert index_cache.load_index(cache, store.load().revision) is None


def test_two_programs_keep_an_index_each(store: Repository, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checkouts that share a cache folder do not overwrite each other's again and again."""
    load_answerer(store)
    revision = store.load().revision
    with monkeypatch.context() as patched:
        patched.setattr(index_cache, "program_digest", lambda: "another")
        load_answerer(store)
        assert index_cache.load_index(cache, revision) is not None
    assert index_cache.load_index(cache, revision) is not None


def test_a_home_that_does_not_exist_is_not_made(store: Repository, tmp_path: Path) -> None:
    """A service's user may have none; root could make it."""
    answerer = load_answerer(store)
    folder = index_cache.cache_folder({"HOME": str(tmp_path / "nonexistent")})
    index_cache.save_index(folder, "0", answerer.story, answerer.matcher.index)
    assert not (tmp_path / "nonexistent").exists()
    (tmp_path / "nonexistent").mkdir()
    index_cache.save_index(folder, "0", answerer.story, answerer.matcher.index)
    assert index_cache.load_index(folder, "0") is not None


@pytest.mark.parametrize("data", [b"", b"\x00", b"\xc1" * 99, b"\x91" * 100_000, b"{}", b"\x86\xa1a\x01"])
def test_a_broken_file_counts_as_missing(store: Repository, cache: Path, data: bytes) -> None:
    """It is built again."""
    load_answerer(store)
    file(store, cache).write_bytes(data)
    assert index_cache.load_index(cache, store.load().revision) is None
    assert load_answerer(store).reply(QUESTIONS[0]).entry == "keeper-left"
    assert index_cache.load_index(cache, store.load().revision) is not None


def test_a_truncated_file_counts_as_missing(store: Repository, cache: Path) -> None:
    """Wherever it is cut, as on a full disk."""
    load_answerer(store)
    whole, revision = file(store, cache).read_bytes(), store.load().revision
    for size in range(0, len(whole), 997):
        file(store, cache).write_bytes(whole[:size])
        assert index_cache.load_index(cache, revision) is None


def test_a_changed_byte_makes_the_file_count_as_missing(store: Repository, cache: Path) -> None:
    """Documents are decoded when a question needs them; a broken one must not be found only then."""
    load_answerer(store)
    whole, revision = bytearray(file(store, cache).read_bytes()), store.load().revision
    for at in range(0, len(whole), 499):
        spoilt = whole.copy()
        spoilt[at] ^= 0x20
        file(store, cache).write_bytes(spoilt)
        assert index_cache.load_index(cache, revision) is None


def test_a_base_that_cannot_be_cached_is_parsed(store: Repository, cache: Path) -> None:
    """A folder in the place of the file: no error, and nothing is left behind."""
    file(store, cache).mkdir(parents=True, mode=0o700)
    assert load_answerer(store).reply(QUESTIONS[0]).entry == "keeper-left"
    assert list(cache.iterdir()) == [file(store, cache)]


CALIBRATION = Calibration(answer=0.9, wrong_share=0.02, texts=300, per_entry=10.0)


def test_a_cached_calibration_is_what_the_base_answers_by(store: Repository, cache: Path) -> None:
    """Its threshold takes the place of the fitted one; for another version of the base it is not used."""
    load_answerer(store)
    revision = store.load().revision
    index_cache.save_calibration(cache, revision, CALIBRATION)
    assert load_answerer(store).matcher.weights == replace(load_weights(), answer=0.9)
    assert index_cache.load_calibration(cache, "another") is None


@pytest.mark.parametrize("data", [b"", b"{}", b'{"answer":9,"wrong_share":0.02,"texts":1,"per_entry":1}', b"[" * 999])
def test_a_broken_calibration_counts_as_missing(store: Repository, cache: Path, data: bytes) -> None:
    """Whatever is in the file, the base is calibrated again."""
    load_answerer(store)
    revision = store.load().revision
    index_cache.save_calibration(cache, revision, CALIBRATION)
    path = index_cache.calibration_path(cache, revision, program_digest())
    path.write_bytes(data)
    assert index_cache.load_calibration(cache, revision) is None
    assert load_answerer(store).matcher.weights == load_weights()  # it is too small to tell anything


def test_calibrations_are_cleared_with_the_indexes(store: Repository, cache: Path) -> None:
    """And only the latest few of either are kept."""
    load_answerer(store)
    for number in range(index_cache.MAX_CACHED + 3):
        index_cache.save_calibration(cache, f"{number:016x}", CALIBRATION)
    assert len(list(cache.glob("*.calibration"))) == index_cache.MAX_CACHED
    assert index_cache.clear_cache(cache) == 1
    assert list(cache.iterdir()) == []


def test_a_fully_decoded_file_is_released(store: Repository, cache: Path) -> None:
    """Every encoded document keeps the whole file in memory."""
    load_answerer(store)
    again = index_cache.load_index(cache, store.load().revision)
    assert again is not None
    documents = again[1].documents
    assert isinstance(documents, index_cache._LazyDocuments)
    assert all(map(bytes, documents._encoded))
    Answerer(again[0], load_weights(), again[1]).warm()
    assert not any(map(bytes, documents._encoded))


def resigned(path: Path, change: Callable[[index_cache._CachedIndex], index_cache._CachedIndex]) -> None:
    """Change what is cached, and correct the checksum."""
    data = msgspec.msgpack.encode(
        change(msgspec.msgpack.decode(path.read_bytes()[index_cache.CHECKSUM_BYTES :], type=index_cache._CachedIndex))
    )
    path.write_bytes(sha256(data).digest() + data)


def test_an_index_in_the_folder_of_the_base_is_ignored(store: Repository, cache: Path) -> None:
    """A folder that was pulled or unpacked may bring an index with answers that nobody wrote."""
    load_answerer(store)
    (store.state_folder).mkdir()
    shutil.copy2(file(store, cache), store.state_folder / "index")
    resigned(store.state_folder / "index", lambda one: replace(one, story=replace(one.story, entries={})))
    shutil.rmtree(cache)
    assert load_answerer(store).reply(QUESTIONS[0]).entry == "keeper-left"


@pytest.mark.parametrize("mode", [0o666, 0o620, 0o602])
def test_an_index_that_others_may_write_counts_as_missing(store: Repository, cache: Path, mode: int) -> None:
    """The file, or the folder."""
    load_answerer(store)
    file(store, cache).chmod(mode)
    assert index_cache.load_index(cache, store.load().revision) is None
    file(store, cache).chmod(0o600)
    assert index_cache.load_index(cache, store.load().revision) is not None
    cache.chmod(mode | 0o100)
    assert index_cache.load_index(cache, store.load().revision) is None


def test_an_index_of_another_user_counts_as_missing(
    store: Repository, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And none is saved in another user's home."""
    load_answerer(store)
    revision, before = store.load().revision, list(cache.iterdir())
    with monkeypatch.context() as patched:
        patched.setattr(os, "geteuid", lambda: 54_321)
        assert index_cache.load_index(cache, revision) is None
        load_answerer(store)
        assert list(cache.iterdir()) == before
        shutil.rmtree(cache.parent)
        load_answerer(store)
        assert not cache.parent.exists()


def test_a_link_or_a_pipe_counts_as_missing(store: Repository, cache: Path) -> None:
    """A pipe does not hang; a link is replaced, not followed."""
    load_answerer(store)
    path, revision = file(store, cache), store.load().revision
    path.rename(cache.parent / "elsewhere")
    os.mkfifo(path)
    assert index_cache.load_index(cache, revision) is None
    path.unlink()
    path.symlink_to(cache.parent / "elsewhere")
    assert index_cache.load_index(cache, revision) is None
    before = (cache.parent / "elsewhere").stat()
    load_answerer(store)
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
        lambda one: replace(one, tables=replace(one.tables, exact=array("Q", (1, 99 * MAX_TEXTS)).tobytes())),
        lambda one: replace(one, tables=replace(one.tables, exact=b"\x00" * 24)),
        lambda one: replace(one, tables=replace(one.tables, bigrams={"at brim": b"\x00"})),
        lambda one: replace(one, revision="0" * 16),
        lambda one: replace(one, program="another"),
    ],
)
def test_an_inconsistent_index_counts_as_missing(
    store: Repository, cache: Path, change: Callable[[index_cache._CachedIndex], index_cache._CachedIndex]
) -> None:
    """Also with a valid checksum: its tables must be those of its own story."""
    load_answerer(store)
    resigned(file(store, cache), change)
    assert index_cache.load_index(cache, store.load().revision) is None
    assert load_answerer(store).reply(QUESTIONS[0]).entry == "keeper-left"


@pytest.mark.parametrize(
    "document",
    [b"\xc0", b"\x80", b"\x01", b"\xa4keep", b"\x92\x01\x02", "another's", "cut"],
)
def test_a_broken_document_is_built_again(store: Repository, cache: Path, document: bytes | str) -> None:
    """It is decoded when a question needs it, and must not raise then; every reply is the same."""
    replies = [load_answerer(store).reply_with_match(question) for question in QUESTIONS]

    def change(one: index_cache._CachedIndex) -> index_cache._CachedIndex:
        found = [msgspec.msgpack.decode(encoded, type=Document) for encoded in one.documents]
        cut = [memoryview(msgspec.msgpack.encode(replace(each, terms=each.terms[:1]))) for each in found]
        others = (*one.documents[1:], one.documents[0])
        if isinstance(document, bytes):
            return replace(one, documents=(memoryview(document),) * len(found))
        return replace(one, documents=tuple(cut) if document == "cut" else others)

    resigned(file(store, cache), change)
    again = index_cache.load_index(cache, store.load().revision)
    assert again is not None
    answerer = Answerer(again[0], load_weights(), again[1])
    assert [answerer.reply_with_match(question) for question in QUESTIONS] == replies
    answerer.warm()


def test_the_oldest_indexes_are_removed(store: Repository, cache: Path) -> None:
    """So are files that a killed process left unfinished; what another process is writing now stays."""
    answerer = load_answerer(store)
    abandoned, written = cache / ".x.index.0a.part", cache / ".y.index.0b.part"
    for number in range(20):
        index_cache.save_index(cache, f"{number:016x}", answerer.story, answerer.matcher.index)
        path = index_cache.index_path(cache, f"{number:016x}", program_digest())
        os.utime(path, ns=(number, number))
    for path in (abandoned, written):
        path.write_bytes(b"")
    os.utime(abandoned, (0, 0))
    load_answerer(store)
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
def test_the_cache_folder_is_the_users_own(environ: dict[str, str], place: Path | None) -> None:
    """Without an absolute path there is no cache."""
    assert index_cache.cache_folder(environ) == place
    assert index_cache.load_index(None, "0") is None
