"""The other commands of moderators: taking away, the history, archives, asking in private, figures."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.discord_frontend.common import markdown
from bot.journal.records import Change, OutcomeCount
from tests.support.archives import packed
from tests.support.discord_rig import connected, embed, labels, utc_today
from tests.support.fake_discord import Interaction
from tests.support.kb_rig import Kb, buttons, content, filled, kb
from tests.support.story_files import OLD, on_disk

KEEPER = "qa/keeper.yaml"


@pytest.fixture
async def k(tmp_path: Path) -> AsyncIterator[Kb]:
    async with kb(tmp_path) as made:
        yield made


def files(k: Kb, used: Interaction) -> dict[str, bytes]:
    """What is attached to an answer."""
    listed = (used.message or {})["attachments"]
    return {one["filename"]: k.standin.messages_store.files[int(one["id"])].content for one in listed}


async def published(k: Kb, phrasing: str) -> Interaction:
    """One more way of asking, published."""
    preview = await k.mo.slash("kb phrase", entry="keeper-place", phrasing=phrasing)
    return await k.mo.clicks(preview, "Publish")


async def test_a_new_answer_begins_with_a_topic(k: Kb) -> None:
    """The ones there are, suggested; a new one makes a new part of the base."""
    assert await k.mo.autocomplete("kb add", "topic", "la") == [{"name": "lamp", "value": "lamp"}]
    form = await k.mo.slash("kb add", topic="The Oil", question="What did the lamp burn?", why="asked often")
    typed = {
        "Answer": "The article does not say what it burnt.",
        "Paragraphs it rests on": "2",
        "Standing": "not_covered",
    }
    refused = await k.mo.submits(form, typed)
    assert "- ‘The nearest thing the article does say’ is empty" in content(refused)
    more = await k.mo.clicks(refused, "Source, denial and links")
    assert filled(more)["Topic"] == ["The Oil"]
    preview = await k.mo.submits(more, {"The nearest thing the article does say": "What is Ada Quill accused of?"})
    assert "Ada Quill denies it." in embed(preview.message)["description"]
    (label,) = [one for one in buttons(preview) if one.startswith("Publish")]
    await k.mo.clicks(preview, label)
    assert b"question: What did the lamp burn?" in on_disk(k.folder)["qa/the-oil.yaml"]
    assert {name: data for name, data in on_disk(k.folder).items() if name != "qa/the-oil.yaml"} == OLD


async def test_the_card_in_a_preview_can_be_seen_and_not_pressed(k: Kb) -> None:
    """Its buttons are those that members will have."""
    preview = await k.mo.slash("kb phrase", entry="Where is the lighthouse?", phrasing="whereabouts of the tower")
    card = await k.ask("in which town is the lighthouse")
    assert embed(preview.message) == embed(card)
    assert labels(preview.message)[: len(labels(card))] == labels(card)
    assert buttons(preview) == ["Publish", "Back to the form", "Discard"]
    form = await k.mo.clicks(preview, "Back to the form")
    assert filled(form) == {"How people ask it": "whereabouts of the tower"}
    again = await k.mo.submits(form, {"How people ask it": "what day did the keeper quit"})
    assert "is currently answered by keeper-left (‘She left it on Friday evening" in content(again)


async def test_an_answer_is_taken_away_after_a_preview(k: Kb) -> None:
    """What another answer leads to stays: a plain sentence says why."""
    refused = await k.mo.slash("kb remove", entry="keeper-left")
    assert content(refused) == (
        "**This can't be published.**\n- Other answers link to this one. Remove these links first:\n"
        "- ‘How old is Ada Quill?’"
    )
    preview = await k.mo.slash("kb remove", entry="lamp-denied", why="said twice")
    assert content(preview).startswith(
        "**Preview: removal of ‘Does Ada Quill deny taking the lamp?’.** Nothing is published yet.\n\n"
        "**What changes**\n- ‘Does Ada Quill deny taking the lamp?’: removed"
    )
    (label,) = [one for one in buttons(preview) if one.startswith("Publish")]
    await k.mo.clicks(preview, label)
    assert b"lamp-denied" not in on_disk(k.folder)["qa/lamp.yaml"]


async def test_an_answer_that_is_not_there_is_named_with_the_nearest(k: Kb) -> None:
    """Whatever was typed instead of choosing."""
    used = await k.mo.slash("kb edit", entry="Where is the *lighthose*?")
    assert (
        content(used)
        == "There is no answer to ‘Where is the \\*lighthose\\*?’. Did you mean ‘Where is the lighthouse?’?"
    )


async def test_the_history_is_paged_and_each_change_can_be_seen(k: Kb) -> None:
    """The latest first; a page holds ten."""
    assert content(await k.mo.slash("kb history")) == "Nothing has been changed yet."
    for number in range(11):
        await published(k, f"whereabouts {'abcdefghijk'[number]} tower")
    first = await k.mo.slash("kb history")
    assert content(first).splitlines()[0] == (
        "**11.** mo added another way of asking ‘Where is the lighthouse?’ · 2026-05-23 14:05 UTC"
    )
    assert (len(content(first).splitlines()), buttons(first)) == (10, ["Older"])
    older = await k.mo.clicks(first, "Older")
    assert (older.message or {})["content"] == (
        "**1.** mo added another way of asking ‘Where is the lighthouse?’ · 2026-05-23 14:05 UTC"
    )
    seen = await k.mo.selects(older, "Show a change", ["Change 1"])
    assert "+    - whereabouts a tower\n" in content(seen)
    undo = await k.mo.clicks(seen, "Undo")
    assert "- removed: whereabouts a tower" in content(undo)
    assert await k.mo.autocomplete("kb diff", "number", "11") == [
        {"name": "11: mo added another way of asking ‘Where is the lighthouse?’, 2026-05-23 14:05", "value": 11}
    ]
    assert content(await k.mo.slash("kb diff", number=99)) == "There is no change 99. The history lists all changes."
    assert "There is no change 99" in content(await k.mo.slash("kb undo", number=99))


async def test_a_change_that_was_never_made_is_told_as_such(k: Kb) -> None:
    """A process died before it had written anything; the text is in the history all the same."""
    change = Change(
        0, "2026-05-23 14:00", "tom", "edit keeper-place", "", (), "", "", {KEEPER: ("a", "b")}, "under way"
    )
    k.journal.history.add(change, "0" * 32)
    told = "**1.** tom changed ‘Where is the lighthouse?’ · 2026-05-23 14:00 UTC · Never published"
    assert content(await k.mo.slash("kb history")) == told
    assert content(await k.mo.slash("kb diff", number=1)).startswith(told)
    assert "- Change 1 was never published, so there is nothing to undo." in content(
        await k.mo.slash("kb undo", number=1)
    )


async def test_a_base_goes_out_as_an_archive_and_comes_back_with_the_difference_shown(k: Kb) -> None:
    """Nothing is taken before it was seen; the archive is kept meanwhile, over a restart too."""
    used = await k.mo.slash("kb export")
    assert content(used) == "The whole base as it is now. `/kb import` reads this file back."
    archive = files(k, used)["base.zip"]
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert {name: opened.read(name) for name in opened.namelist()} == OLD
    await published(k, "whereabouts of the tower")
    preview = await k.mo.slash("kb import", archive=("old.zip", archive), why="as it was")
    assert content(preview).startswith(
        "**Preview: an archive in place of the base.** Nothing is published yet.\n\n"
        "**Other ways of asking it**\n- removed: whereabouts of the tower"
    )
    assert b"-    - whereabouts of the tower" in files(k, preview)["what-changes.diff"]
    await k.client.close()
    async with connected(k.another(), k.standin):
        await k.mo.clicks(preview, "Publish")
        assert on_disk(k.folder) == OLD


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"no zip", "That is not a ZIP archive, or it is damaged."),
        (packed(OLD | {"../story.yaml": b"x: y"}), "'../story.yaml' can't be a file of the base"),
        (packed({"x/story.yaml": b""}), "The archive has no story.yaml at its top"),
        (packed(OLD | {"qa/x.yaml": b"- id: ["}), "- qa/x.yaml:2: this is not valid YAML"),
        (b"x" * 6_000_001, "The archive is too large to be a base: at most 6 MB, 6 MB unpacked, in 200 files."),
    ],
)
async def test_a_file_that_is_no_base_is_refused(k: Kb, data: bytes, sentence: str) -> None:
    """Before anything is done with it."""
    assert sentence in content(await k.mo.slash("kb import", archive=("base.zip", data)))
    assert on_disk(k.folder) == OLD


async def test_asking_in_private_says_why(k: Kb) -> None:
    """The card that members get, and the reasons in plain words. Nothing goes into the inbox."""
    used = await k.mo.slash("kb test", question="in which town is the lighthose")
    lines = content(used).splitlines()
    assert lines[0] == "**Members get the card below. Here is why:**"
    assert "- I read ‘lighthose’ as ‘lighthouse’." in lines
    assert any(line.startswith("- 1\\. ‘Where is the lighthouse?’; closest phrasing:") for line in lines)
    assert lines[-1].endswith("So I answer with the first.")
    assert embed(used.message)["title"] == "Where is the lighthouse?"
    assert buttons(used) == []
    nothing = await k.mo.slash("kb test", question="best pizza in napoli")
    assert content(nothing).endswith("- So I say that I have no answer.")
    assert k.journal.inbox.questions(9) == []


async def test_what_is_typed_formats_and_links_nothing(k: Kb) -> None:
    """Also in reasons, in previews and in the changes' channel."""
    used = await k.mo.slash("kb test", question="**[x](https://evil.example)** @everyone")
    assert "**[x]" not in content(used)
    assert "https://evil.example" not in content(used) + embed(used.message)["description"]
    preview = await k.mo.slash(
        "kb phrase", entry="keeper-place", phrasing="where **is** [it](https://evil.example)", why="*"
    )
    assert "- added: where \\*\\*is\\*\\* \\[it\\](https:\\//evil.example)" in content(preview)
    await k.mo.clicks(preview, "Publish")
    assert "· Reason: \\*" in (await k.standin.next_message(k.changes))["content"]


@pytest.mark.parametrize("ticks", range(1, 12))
def test_no_number_of_backticks_ends_a_code_block(ticks: int) -> None:
    """Wherever they stand in it: between the fences no three backticks are next to each other."""
    fence = "`" * ticks
    shown = markdown.code_block(f"{fence}a{fence}\n{fence}\u200b{fence}\n{fence}", "diff")
    assert shown.startswith("```diff\n")
    assert shown.endswith("\n```")
    assert "``" not in shown.removeprefix("```diff\n").removesuffix("```")


async def test_a_change_full_of_backticks_stays_in_its_block(k: Kb) -> None:
    """`/kb diff` shows a change of the base, whoever wrote that: nothing of it formats, links or reverses."""
    k.journal.history.add(
        Change(0, "2026-03-01 10:00", "Mo", "edit x", "", (), "a", "b", {"qa/x.yaml": ("", "`````\n# \u202eb\n")})
    )
    shown = content(await k.mo.slash("kb diff", number=1))
    assert shown.endswith("+`\u200b`\u200b`\u200b`\u200b`\n+# b\n```")


async def test_the_inbox_shows_what_members_typed_and_no_more(k: Kb) -> None:
    """No reversed writing, no piles of accents, no link; the form and the list of drafts hold nothing hidden either.

    The stand-in holds every request against that, too.
    """
    typed = "who \u202epaid Z" + "\u0301" * 60 + " at https://evil.example or discord.gg/evil"
    k.journal.inbox.add("who paid", "dm", utc_today())
    with k.journal.database.transaction() as connection:  # as a version wrote it that kept what was typed as it was
        connection.execute(k.journal.database.tables.inbox.update().values(text=typed))
    inbox = await k.mo.slash("kb inbox")
    assert embed(inbox.message)["description"].splitlines()[0] == (
        "**1. who paid Z" + "\u0301" * 4 + " at https:\\//evil.example or discord.gg\\/evil**"
    )
    form = await k.mo.clicks(inbox, "1: new answer")
    assert filled(form)["Question"] == "who paid Z" + "\u0301" * 4 + " at https://evil.example or discord.gg/evil"
    await k.mo.submits(form, {"Answer": "It \u202estands.", "Paragraphs it rests on": "2", "Standing": "said"})
    again = await k.mo.slash("kb inbox")
    drafts = await k.mo.clicks(again, "Drafts (1)")
    (row,) = (drafts.message or {})["components"]
    (option,) = row["components"][0]["options"]
    assert (option["label"][:25], option["description"]) == ("New answer to ‘who paid Z", "It stands.")


async def test_figures_as_a_table_and_a_picture(k: Kb) -> None:
    """What is asked, how it came out, which answers are given most; the picture says the same to a screen reader."""
    day = utc_today() - timedelta(days=1)
    k.journal.outcomes.add([OutcomeCount(day, "keeper-place", "answer", 3), OutcomeCount(day, "", "abstain", 1)])
    k.journal.feedback.add("keeper-place", helpful=True, day=day)
    used = await k.mo.slash("kb stats", days=7)
    shown: dict[str, Any] = embed(used.message)
    assert shown["title"] == f"Questions from {utc_today() - timedelta(days=6)} to {utc_today()}: 4"
    assert shown["description"] == (
        "```\nday           asked answered  offered   missed\n"
        f"{day}        4        3        0        1\n"
        "total             4        3        0        1\n```"
    )
    assert shown["fields"][0]["value"] == "- **3** Where is the lighthouse? (👍 1, 👎 0)"
    (file,) = (used.message or {})["attachments"]
    assert file["description"].startswith(
        f"Questions from {utc_today() - timedelta(days=6)} to {utc_today()}: 4 asked, 3 answered"
    )
    drawn = files(k, used)["stats.png"]
    assert struct.unpack(">I", drawn[16:20]) == (1080,)


async def test_figures_of_nothing(k: Kb) -> None:
    """One sentence, and no picture."""
    used = await k.mo.slash("kb stats")
    assert embed(used.message)["description"] == "Nobody asked anything in this period."
    assert files(k, used) == {}


async def test_the_inbox_is_paged(k: Kb) -> None:
    """Four questions to a page, each with its row of buttons; what did not help can be changed there."""
    texts = ("who built the tower", "lamp oil price", "height of the cliff", "name of the boat", "colour of the door")
    for text in texts:
        k.journal.inbox.add(text, "dm", utc_today())
    k.journal.inbox.add("where exactly is it", "dm", utc_today(), "not_helpful", "keeper-place")
    first = await k.mo.slash("kb inbox")
    assert embed(first.message)["title"] == "Inbox: 6 questions without a good answer"
    assert embed(first.message)["footer"]["text"].startswith("Page 1 of 2. ")
    assert buttons(first)[-1] == "Next page"
    second = await k.mo.clicks(first, "Next page")
    assert embed(second.message)["footer"]["text"].startswith("Page 2 of 2. ")
    assert buttons(second)[-1] == "Previous page"
    assert "The answer to ‘Where is the lighthouse?’ did not help." in embed(second.message)["description"]
    form = await k.mo.clicks(second, "2: edit that answer")
    assert filled(form)["Answer"] == "It stands at Brim."
    preview = await k.mo.submits(form, {"Answer": "It stands at Brim, on Friday."})
    (label,) = [one for one in buttons(preview) if one.startswith("Publish")]
    await k.mo.clicks(preview, label)
    assert "where exactly is it" not in [one.text for one in k.journal.inbox.questions(9)]
    gone = await k.mo.clicks(second, "1: new answer")
    assert gone.modal is not None
