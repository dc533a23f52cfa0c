"""What moderators can pile up is limited in bytes as well as in number, and so is what they can keep busy."""

from __future__ import annotations

import asyncio
import gc
import random
import threading
import time
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot import bootstrap
from bot.discord_frontend.common.bounded_cache import BoundedCache
from bot.discord_frontend.moderation import moderation_text, work_queue
from bot.discord_frontend.moderation.preview_panels import LINES_LISTED, problem
from bot.discord_frontend.moderation.work_queue import QueueFull, WorkQueue
from bot.editing import archive, impact, text_diff
from bot.editing.change_request import ImportBase
from bot.editing.editor import Editor
from bot.editing.entry_form import FieldChange
from bot.errors import EditError, JournalError, StoryError
from bot.journal import drafts as limits
from bot.journal.journal import Journal
from bot.journal.records import Change, Draft
from bot.story import loader, yaml_edit
from bot.story.mapping_reader import MAX_PROBLEMS
from tests.support.discord_rig import connected
from tests.support.kb_rig import Kb, buttons, content, kb
from tests.support.story_files import OLD, on_disk, write

DAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
KEEPER = "qa/keeper.yaml"


@pytest.fixture
async def k(tmp_path: Path) -> AsyncIterator[Kb]:
    async with kb(tmp_path) as made:
        yield made


@pytest.fixture
def journal(address: str) -> Iterator[Journal]:
    opened = Journal(address)
    yield opened
    opened.close()


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    return Editor(bootstrap.knowledge_base(write(tmp_path / "knowledge")), Journal("sqlite://"), lambda: NOW)


def heavy(seed: int, size: int = 1_500_000) -> bytes:
    """The base with comments that no archive makes smaller than half."""
    noise = random.Random(seed).randbytes(size // 2).hex()
    lines = "".join(f"# {noise[at : at + 70]}\n" for at in range(0, len(noise), 70))
    return archive.pack(OLD | {"people.yaml": OLD["people.yaml"] + lines.encode()})


async def test_archives_wait_on_disk_and_not_in_memory(k: Kb) -> None:
    """After ten archives that nobody has published no more is held than after two."""
    sent = [heavy(seed) for seed in range(10)]
    for data in sent[:2]:
        assert "**Preview: an archive" in content(await k.mo.slash("kb import", archive=("base.zip", data)))
    k.standin.messages_store.files.clear()
    gc.collect()
    tracemalloc.start()
    try:
        for data in sent[2:]:
            await k.mo.slash("kb import", archive=("base.zip", data))
            k.standin.messages_store.files.clear()
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 20_000_000  # four previews; each archive and what is in it is 2.3 MB, so ten would be 23 MB and more
    assert all(draft.archive == b"" for draft in k.journal.drafts.pending(99))


async def test_an_archive_that_can_not_be_written_down_is_refused(k: Kb, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not held in memory instead, as a text would be."""

    def fail(*_: object, **__: object) -> None:
        raise JournalError("the disk is full")

    monkeypatch.setattr(k.journal.drafts, "add", fail)
    used = await k.mo.slash("kb import", archive=("base.zip", archive.pack(OLD)))
    assert content(used) == (
        "The archive could not be saved: the disk is full. Nothing has changed; please send it again later."
    )


async def test_an_archive_that_had_to_go_is_told(k: Kb, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest go when later ones need the room; after a restart its preview says so and publishes nothing."""
    monkeypatch.setattr(limits, "MAX_ARCHIVES", 1)
    first = await k.mo.slash("kb import", archive=("base.zip", heavy(1, 5_000)))
    await k.mo.slash("kb import", archive=("base.zip", heavy(2, 5_000)))
    await k.client.close()
    async with connected(k.another(), k.standin):
        (label,) = [one for one in buttons(first) if one.startswith("Publish")]
        assert content(await k.mo.clicks(first, label)) == moderation_text.DRAFT_GONE
        assert on_disk(k.folder) == OLD


@pytest.mark.parametrize("sizes", [(9, 9, 9, 9, 9), (1,) * 20])
def test_unpublished_archives_are_limited_in_bytes(journal: Journal, sizes: tuple[int, ...]) -> None:
    """And in number; the oldest go first."""
    kept = [Draft("import", archive=b"x" * size * 1_000_000) for size in sizes]
    for draft in kept:
        journal.drafts.add(draft, DAY, pending=True)
    there = [draft for draft in kept if journal.drafts.get(draft.key)]
    assert there == kept[-len(there) :]
    assert sum(len(draft.archive) for draft in there) <= limits.MAX_ARCHIVE_BYTES
    assert len(there) == min(limits.MAX_ARCHIVES, limits.MAX_ARCHIVE_BYTES // 1_000_000 // sizes[0])
    assert journal.drafts.archive(there[-1].key) == there[-1].archive
    assert journal.drafts.archive(kept[0].key) == b""


def test_unpublished_texts_are_limited_in_characters(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest go first, and what was written last stays whatever its size."""
    monkeypatch.setattr(limits, "MAX_TEXT", 100_000)
    kept = [Draft("add", texts={"answer": "x" * size}) for size in (40_000, 40_000, 40_000, 200_000)]
    found = []
    for draft in kept:
        journal.drafts.add(draft, DAY, pending=True)
        found.append([one in journal.drafts.pending(9) for one in kept])
    assert found[2] == [False, True, True, False]
    assert found[3] == [False, False, False, True]


def test_memory_is_limited_by_weight_too() -> None:
    """The oldest go first; what is too heavy by itself is not kept, and nothing goes for it."""
    memory: BoundedCache[str, str] = BoundedCache(10, len)
    for key, value in (("a", "1234"), ("b", "1234"), ("a", "12345"), ("c", "12345"), ("d", "x" * 11)):
        memory[key] = value
    assert [memory.get(key) for key in "abcd"] == ["12345", None, "12345", None]
    memory.pop("a", None)
    memory["e"] = "x" * 5
    assert [memory.get(key) for key in "ace"] == [None, "12345", "x" * 5]


async def test_only_so_many_wait() -> None:
    """One works at a time, one waits here; the next is refused at once, and taken when there is room again."""
    go, running, most = threading.Event(), 0, 0

    def work() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        go.wait()
        running -= 1

    queue = WorkQueue(1, "Please wait.")
    tasks = [asyncio.create_task(queue.run(work)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(QueueFull, match=r"^Please wait\.$"):
        await queue.run(work)
    go.set()
    await asyncio.gather(*tasks)
    await queue.run(work)
    assert most == 1


async def test_a_moderator_is_told_when_too_much_waits(k: Kb, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text is kept, and can be looked at again."""

    async def full(*_: object, **__: object) -> None:
        raise QueueFull(moderation_text.QUEUE_FULL)

    monkeypatch.setattr(work_queue.WorkQueue, "run", full)
    used = await k.mo.slash("kb phrase", entry="keeper-place", phrasing="where is the tower")
    assert content(used) == (
        "**This can't be published yet.** Your draft is saved.\n"
        "- Too many changes are being checked right now. Please try again in a minute."
    )
    assert len(k.journal.drafts.pending(9)) == 1


async def test_one_archive_at_a_time_from_one_person(k: Kb) -> None:
    """While it is being fetched; afterwards another may be sent."""
    service = k.client.action_router._service
    assert service is not None
    fetched = asyncio.Event()

    async def fetch() -> bytes:
        await fetched.wait()
        return b"x"

    first = asyncio.create_task(service.receive_archive(1, fetch, ""))
    await asyncio.sleep(0)
    with pytest.raises(EditError) as refused:
        await service.receive_archive(1, fetch, "")
    assert str(refused.value) == (
        "I'm still reading the last archive you sent. Wait for its preview before you send another."
    )
    others = [asyncio.create_task(service.receive_archive(who, fetch, "")) for who in (2, 3)]
    await asyncio.sleep(0)
    with pytest.raises(
        QueueFull, match=r"^Too many changes are being checked right now\. Please try again in a minute\.$"
    ):
        await service.receive_archive(4, fetch, "")
    fetched.set()
    await asyncio.gather(first, *others)
    assert (await service.receive_archive(1, fetch, "")).archive == b""


def entries(count: int, phrasings: int) -> bytes:
    """A file of entries."""
    return b"".join(
        yaml_edit.format_entry(
            {
                "id": f"e-{number}",
                "question": f"What is number {number}?",
                "answer": f"It is {number}.",
                "cites": ["1"],
                "standing": "reported",
                "phrasings": [f"way {way} of {number}" for way in range(phrasings)],
            }
        ).encode()
        for number in range(count)
    )


@pytest.mark.parametrize(
    ("count", "phrasings", "sentence"),
    [
        (4_001, 0, "The archive has 4,006 answers. At most 4,000 can be imported."),
        (8, 10_001, "The archive has 80,016 ways of asking. At most 80,000 can be imported."),
    ],
)
def test_an_archive_that_would_take_minutes_is_refused_before_it_is_tried_out(
    editor: Editor, count: int, phrasings: int, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bytes say little: answers and ways of asking are what takes time."""
    monkeypatch.setattr("bot.answering.answerer.Answerer.updated", None)  # nothing is tried out
    with pytest.raises(EditError) as refused:
        editor.propose(ImportBase(archive.unpack(archive.pack(OLD | {"qa/x.yaml": entries(count, phrasings)}))))
    assert str(refused.value) == sentence


def test_a_base_with_very_many_expected_questions_is_tried_with_the_first(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And says so; of very many warnings the first are listed and the others counted, in the history too."""
    monkeypatch.setattr(impact, "EXPECTED", 150)
    asked = "".join(f"- q: where is the lighthouse {number}\n  entries: [lamp-taken]\n" for number in range(400))
    found = editor.propose(ImportBase(archive.unpack(archive.pack(OLD | {"expected.yaml": asked.encode()}))))
    assert len(found.warnings) == impact.MAX_WARNINGS
    assert found.warnings[-1] == "and 52 more warnings"


def test_of_a_file_with_very_many_problems_the_first_are_listed() -> None:
    """In the reader, and in what a moderator sees."""
    with pytest.raises(StoryError) as broken:
        loader.parse_story(OLD | {"qa/x.yaml": b"- id: x\n" * 20_000})
    assert len(broken.value.problems) == MAX_PROBLEMS + 1
    assert str(broken.value.problems[0]) == ("qa/x.yaml: this file has more than 1,000 problems; these are the first")
    (attachment,) = problem(Draft("import"), broken.value).attachments
    lines = attachment.data.decode().splitlines()
    assert len(lines) == LINES_LISTED + 2
    assert lines[-1] == "- and 801 more"


async def test_suggestions_of_changes_read_no_texts(k: Kb) -> None:
    """Each keystroke asks for them: number, who, when and what is all that they need."""
    files = {KEEPER: ("a\n" * 100_000, "b\n" * 100_000)}
    for number in range(30):
        k.journal.history.add(Change(0, "2026-05-23 14:05", "mo", f"edit {number}", "", (), "a", "b", files))
    await k.mo.autocomplete("kb diff", "number", "")
    tracemalloc.start()
    try:
        found = k.journal.history.changes(50)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 200_000
    assert len(found) == 30
    assert len(await k.mo.autocomplete("kb undo", "number", "")) == 25


async def test_a_huge_change_is_shown_as_a_file_of_bounded_size(k: Kb) -> None:
    """However much it changed."""
    files: dict[str, tuple[str | None, str | None]] = {KEEPER: ("".join(f"{n}\n" for n in range(300_000)), None)}
    k.journal.history.add(Change(0, "2026-05-23 14:05", "mo", "remove it", "", (), "a", "b", files))
    used = await k.mo.slash("kb diff", number=1)
    assert content(used).endswith("The changed lines are in the attached file.")
    assert used.message is not None
    (file,) = used.message["attachments"]
    assert file["size"] < text_diff.MAX_DIFF + 100


def test_what_changed_in_a_long_list_is_found_in_one_go() -> None:
    """Twenty thousand ways of asking are compared with as many others by looking each up, not by going through all."""
    first, second = (FieldChange("phrasings", *sides) for sides in (("a\n" * 3, "b"), _many()))
    assert (first.removed_lines, first.added_lines) == (("a", "a", "a"), ("b",))
    begin = time.process_time()
    assert (len(second.removed_lines), len(second.added_lines)) == (20_000, 20_000)
    assert time.process_time() - begin < 5.0


def _many() -> tuple[str, str]:
    old, new = (("".join(f"{word} {number}\n" for number in range(20_000))) for word in ("old", "new"))
    return old, new
