"""The history, diffs, archives and test questions."""

from __future__ import annotations

import io
import zipfile

import pytest

from bot.editing import text_diff
from bot.journal.records import Change
from tests.support.archives import packed
from tests.support.discord_rig import connected, embed
from tests.support.fake_discord import Interaction
from tests.support.moderation_rig import ModerationRig, button_labels, content
from tests.support.story_files import OLD, on_disk

KEEPER_FILE = "qa/keeper.yaml"


async def publish_phrasing(rig: ModerationRig, phrasing: str) -> Interaction:
    """Publish another phrasing of an entry."""
    preview = await rig.mo.slash("kb phrase", entry="keeper-place", phrasing=phrasing)
    return await rig.mo.click(preview, "Publish")


async def test_the_history_is_paged_and_shows_each_change(rig: ModerationRig) -> None:
    """The latest change comes first; a page has ten."""
    assert content(await rig.mo.slash("kb history")) == "Nothing has been changed yet."
    for number in range(11):
        await publish_phrasing(rig, f"whereabouts {'abcdefghijk'[number]} tower")
    first = await rig.mo.slash("kb history")
    assert content(first).splitlines()[0] == (
        "**11.** mo added another way of asking ‘Where is the lighthouse?’ · 2026-05-23 14:05 UTC"
    )
    assert (len(content(first).splitlines()), button_labels(first)) == (10, ["Older"])
    older = await rig.mo.click(first, "Older")
    assert (older.message or {})["content"] == (
        "**1.** mo added another way of asking ‘Where is the lighthouse?’ · 2026-05-23 14:05 UTC"
    )
    seen = await rig.mo.select(older, "Show a change", ["Change 1"])
    assert content(seen) == (
        "**1.** mo added another way of asking ‘Where is the lighthouse?’ · 2026-05-23 14:05 UTC\n\n"
        "**Changed: ‘Where is the lighthouse?’**\n**Other ways of asking it**\n- added: whereabouts a tower"
    )
    undo = await rig.mo.click(seen, "Undo")
    assert "- removed: whereabouts a tower" in content(undo)
    assert await rig.mo.autocomplete("kb diff", "number", "11") == [
        {"name": "11: mo added another way of asking ‘Where is the lighthouse?’, 2026-05-23 14:05", "value": 11}
    ]
    assert content(await rig.mo.slash("kb diff", number=99)) == "There is no change 99. The history lists all changes."
    assert "There is no change 99" in content(await rig.mo.slash("kb undo", number=99))


async def test_a_change_that_was_never_published_is_marked(rig: ModerationRig) -> None:
    """The process died before it wrote anything; the history has the text all the same."""
    change = Change(
        0, "2026-05-23 14:00", "tom", "edit keeper-place", "", (), "", "", {KEEPER_FILE: ("a", "b")}, "under way"
    )
    rig.journal.history.add(change, "0" * 32)
    line = "**1.** tom changed ‘Where is the lighthouse?’ · 2026-05-23 14:00 UTC · Never published"
    assert content(await rig.mo.slash("kb history")) == line
    assert content(await rig.mo.slash("kb diff", number=1)).startswith(line)
    assert "- Change 1 was never published, so there is nothing to undo." in content(
        await rig.mo.slash("kb undo", number=1)
    )


async def test_an_exported_archive_is_imported_after_a_preview(rig: ModerationRig) -> None:
    """The archive is kept until it is published, over a restart too."""
    used = await rig.mo.slash("kb export")
    assert content(used) == "The whole base as it is now. `/kb import` reads this file back."
    archive = rig.attachments(used)["base.zip"]
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert {name: opened.read(name) for name in opened.namelist()} == OLD
    await publish_phrasing(rig, "whereabouts of the tower")
    preview = await rig.mo.slash("kb import", archive=("old.zip", archive), why="as it was")
    assert content(preview).startswith(
        "**Preview: an archive in place of the base.** Nothing is published yet.\n\n"
        "**Other ways of asking it**\n- removed: whereabouts of the tower"
    )
    assert rig.attachments(preview)["what-changes.txt"].decode() == (
        "**Changed: ‘Where is the lighthouse?’**\n**Other ways of asking it**\n- removed: whereabouts of the tower"
    )
    await rig.client.close()
    async with connected(rig.restarted(), rig.fake_discord):
        await rig.mo.click(preview, "Publish")
        assert on_disk(rig.folder) == OLD


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"no zip", "That is not a ZIP archive, or it is damaged."),
        (packed(OLD | {"../story.yaml": b"x: y"}), "'../story.yaml' can't be a file of the base"),
        (packed({"x/people.yaml": b""}), "The archive has no story.yaml."),
        (packed(OLD | {"qa/x.yaml": b"- id: ["}), "- qa/x.yaml:2: this is not valid YAML"),
        (
            b"x" * 6_000_001,
            "The archive is too large. A base has at most 6 MB as a ZIP file, 6 MB unpacked, and 200 files.",
        ),
    ],
)
async def test_an_invalid_archive_is_refused(rig: ModerationRig, data: bytes, sentence: str) -> None:
    """Nothing is changed, and the reason is given."""
    assert sentence in content(await rig.mo.slash("kb import", archive=("base.zip", data)))
    assert on_disk(rig.folder) == OLD


async def test_a_test_question_shows_the_card_and_the_reasons(rig: ModerationRig) -> None:
    """Nothing goes into the inbox."""
    used = await rig.mo.slash("kb test", question="in which town is the lighthose")
    lines = content(used).splitlines()
    assert lines[0] == "**Members get the card below. Here is why:**"
    assert "- I read ‘lighthose’ as ‘lighthouse’." in lines
    assert any(line.startswith("- 1\\. ‘Where is the lighthouse?’; closest phrasing:") for line in lines)
    assert lines[-1].endswith("So I answer with the first.")
    assert embed(used.message)["description"].startswith("It stands at Brim.\n")
    assert button_labels(used) == []
    nothing = await rig.mo.slash("kb test", question="best pizza in napoli")
    assert content(nothing).endswith("- So I say that I have no answer.")
    assert rig.journal.inbox.questions(9) == []


async def test_typed_text_formats_and_links_nothing(rig: ModerationRig) -> None:
    """That holds for reasons, previews and the changes channel."""
    used = await rig.mo.slash("kb test", question="**[x](https://evil.example)** @everyone")
    assert "**[x]" not in content(used)
    assert "https://evil.example" not in content(used) + embed(used.message)["description"]
    preview = await rig.mo.slash(
        "kb phrase", entry="keeper-place", phrasing="where **is** [it](https://evil.example)", why="*"
    )
    assert "- added: where \\*\\*is\\*\\* \\[it\\](https:\\//evil.example)" in content(preview)
    await rig.mo.click(preview, "Publish")
    assert "· Reason: \\*" in (await rig.fake_discord.next_message(rig.changes))["content"]


async def test_a_change_reads_as_sentences(rig: ModerationRig) -> None:
    """Not as YAML, whatever file it is in; nothing in it formats, links or reverses text."""
    before, after = (
        f"- id: lamp-taken\n  answer: {text}\n  by: [tom-reed]\n" for text in ("He says so.", "'`x` \u202eb'")
    )
    claims = tuple(
        f"- id: took-lamp\n  text: {text}\n  denied_by: [ada-quill]\n" for text in ("She took it.", "She did.")
    )
    files: dict[str, tuple[str | None, str | None]] = {
        "qa/x.yaml": (before, after),
        "claims.yaml": (claims[0], claims[1]),
    }
    files["qa/y.yaml"] = (None, "- id: y\n  question: Why?\n  cites: [1, 2]\n  by: [tom-reed]\n")
    rig.journal.history.add(Change(0, "2026-03-01 10:00", "Mo", "import an archive", "", (), "a", "b", files))
    assert content(await rig.mo.slash("kb diff", number=1)) == (
        "**1.** Mo replaced the base with an archive · 2026-03-01 10:00 UTC\n\n"
        "**Changed: ‘claims.yaml: took-lamp’**\n**text**\n- before: She took it.\n- now: She did.\n\n"
        "**Changed: ‘lamp-taken’**\n**Answer**\n- before: He says so.\n- now: \\`x\\` b\n\n"
        "**New: ‘Why?’**\n- Question: Why?\n- Paragraphs it rests on: ¶1; ¶2\n- Who alleges, denies or says it: Tom Reed"
    )


async def test_a_huge_diff_is_attached_and_bounded(rig: ModerationRig) -> None:
    """A diff is truncated to a fixed size."""
    files: dict[str, tuple[str | None, str | None]] = {KEEPER_FILE: ("".join(f"{n}\n" for n in range(300_000)), None)}
    rig.journal.history.add(Change(0, "2026-05-23 14:05", "mo", "remove it", "", (), "a", "b", files))
    used = await rig.mo.slash("kb diff", number=1)
    assert content(used).endswith("The changed lines are in the attached file.")
    assert used.message is not None
    (file,) = used.message["attachments"]
    assert file["size"] < text_diff.MAX_DIFF + 100
