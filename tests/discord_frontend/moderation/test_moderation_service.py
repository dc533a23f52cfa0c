"""Archives and previews: bounded in memory, number and time."""

from __future__ import annotations

import asyncio
import gc
import random
import tracemalloc

import pytest

from bot.discord_frontend.moderation import moderation_text
from bot.discord_frontend.moderation.work_queue import QueueFull
from bot.editing import archive
from bot.errors import EditError, JournalError
from bot.journal import drafts as limits
from tests.support.discord_rig import connected
from tests.support.moderation_rig import ModerationRig, button_labels, content
from tests.support.story_files import OLD, on_disk


def incompressible_archive(seed: int, size: int = 1_500_000) -> bytes:
    """Return an archive of the base with comments that no compression makes smaller than half."""
    noise = random.Random(seed).randbytes(size // 2).hex()
    lines = "".join(f"# {noise[at : at + 70]}\n" for at in range(0, len(noise), 70))
    return archive.pack(OLD | {"people.yaml": OLD["people.yaml"] + lines.encode()})


async def test_archives_are_kept_on_disk_and_not_in_memory(rig: ModerationRig) -> None:
    """Ten unpublished archives take no more memory than two."""
    sent = [incompressible_archive(seed) for seed in range(10)]
    for data in sent[:2]:
        assert "**Preview: an archive" in content(await rig.mo.slash("kb import", archive=("base.zip", data)))
    rig.fake_discord.messages_store.files.clear()
    gc.collect()
    tracemalloc.start()
    try:
        for data in sent[2:]:
            await rig.mo.slash("kb import", archive=("base.zip", data))
            rig.fake_discord.messages_store.files.clear()
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 20_000_000  # four previews; each archive and what is in it is 2.3 MB, so ten would be 23 MB and more
    assert all(draft.archive == b"" for draft in rig.journal.drafts.pending(99))


async def test_an_archive_that_cannot_be_saved_is_refused(rig: ModerationRig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unlike a text, it is not kept in memory instead."""

    def fail(*_: object, **__: object) -> None:
        raise JournalError("the disk is full")

    monkeypatch.setattr(rig.journal.drafts, "add", fail)
    used = await rig.mo.slash("kb import", archive=("base.zip", archive.pack(OLD)))
    assert content(used) == (
        "The archive could not be saved: the disk is full. Nothing has changed; please send it again later."
    )


async def test_an_archive_that_made_room_for_later_ones_is_reported(
    rig: ModerationRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a restart its preview says so and publishes nothing."""
    monkeypatch.setattr(limits, "MAX_ARCHIVES", 1)
    first = await rig.mo.slash("kb import", archive=("base.zip", incompressible_archive(1, 5_000)))
    await rig.mo.slash("kb import", archive=("base.zip", incompressible_archive(2, 5_000)))
    await rig.client.close()
    async with connected(rig.restarted(), rig.fake_discord):
        (label,) = [label for label in button_labels(first) if label.startswith("Publish")]
        assert content(await rig.mo.click(first, label)) == moderation_text.DRAFT_GONE
        assert on_disk(rig.folder) == OLD


async def test_each_person_uploads_one_archive_at_a_time(rig: ModerationRig) -> None:
    """Another may be sent when the first has been downloaded; the queue is bounded."""
    service = rig.client.action_router._service
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
