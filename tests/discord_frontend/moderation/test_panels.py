"""What moderators are shown fits into what Discord takes, whatever the base and they themselves have written."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import pytest
from msgspec.structs import replace

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.answering.reply import Reply
from bot.discord_frontend.common import discord_limits
from bot.discord_frontend.moderation import forms, inbox_panel, preview_panels, stats_panel
from bot.discord_frontend.moderation.panel_sender import to_view
from bot.discord_frontend.moderation.panels import Panel
from bot.editing import entry_form, form_parser
from bot.editing.change_request import UndoChange
from bot.editing.preview import Collision, Preview, compare_stories
from bot.editing.proposal import Proposal
from bot.editing.question_groups import QuestionGroup
from bot.errors import EditError, Problem, StoryError
from bot.journal.records import Change, Draft
from bot.journal.stats import EntryStats, Stats, Totals
from bot.story import text_limits
from bot.story.entry import Entry
from bot.story.models import Claim, Development, Story
from bot.story.repository import FileSnapshot
from tests.support.fake_discord.components import check_message, check_modal
from tests.support.fake_discord.errors import FormErrors
from tests.support.small_story import small_story

LONG = "*_word_* [x](https://evil.example/y) ‘quoted’ `code` " * 100
ID = "-".join(["long"] * 12)


@cache
def huge() -> Story:
    """A story in which everything is as long, and as much, as it may be or more."""
    story = small_story()
    question, answer = LONG[: text_limits.QUESTION], LONG[: text_limits.ANSWER]
    phrasings = tuple(f"{n} {LONG}"[: text_limits.PHRASING] for n in range(40))
    entries = {
        f"{ID}-{n}": replace(
            story.entries["lamp-taken"],
            id=f"{ID}-{n}",
            question=f"{n} {question}"[: text_limits.QUESTION],
            answer=answer,
            phrasings=phrasings,
            related=tuple(f"{ID}-{m}" for m in range(9)),
            developments=tuple(f"later-{m}" for m in range(30)),
            file=f"qa/{'topic' * 11}-{n}.yaml",
        )
        for n in range(60)
    }
    claim, later = story.claims["took-lamp"], story.developments["lamp-found"]
    claims: dict[str, Claim] = {f"c-{n}": replace(claim, id=f"c-{n}", text=LONG[:600]) for n in range(30)}
    claims["took-lamp"] = claim
    known: dict[str, Development] = {"lamp-found": later} | {
        f"later-{n}": replace(later, id=f"later-{n}", text=LONG[:600], source=LONG[:200]) for n in range(30)
    }
    return replace(story, entries=entries, claims=claims, developments=known)


@cache
def card() -> Reply:
    """The card of one of its entries."""
    story = huge()
    few = replace(story, entries=dict(list(story.entries.items())[:9]))
    return Answerer(few, bootstrap.weights()).entry_reply(f"{ID}-0")


def fits(panel: Panel) -> None:
    """Discord takes it."""
    assert len(panel.content) <= discord_limits.MESSAGE_CONTENT
    assert sum(len(embed) for embed in panel.embeds) <= discord_limits.EMBED_TOTAL
    for embed in panel.embeds:
        assert len(embed.description or "") <= discord_limits.EMBED_DESCRIPTION
        assert all(len(field.value or "") <= discord_limits.EMBED_FIELD_VALUE for field in embed.fields)
    errors = FormErrors()
    check_message(errors, to_view(panel).to_components(), v2=False)
    assert errors.tree == {}


def previewed(story: Story, kind: Any, warnings: int = 60) -> Preview:
    """A preview of a change of everything."""
    small = small_story()
    shown = story.entries[f"{ID}-0"]
    proposal = Proposal(
        request=UndoChange(1),
        title="edit",
        changes={"people.yaml": b""},
        version=FileSnapshot({}, ""),
        warnings=tuple(f"{ID}-{n}: {LONG}" for n in range(warnings)),
        reply=card() if kind in ("add", "edit", "phrase") else None,
        diff=LONG * 10,
        old_story=small,
        story=story,
    )
    draft = Draft(kind, shown.id, entry_form.form_texts(shown, story))
    return Preview(draft, proposal, compare_stories(small, story), ("people.yaml",), "01234567")


@pytest.mark.parametrize("kind", ["add", "edit", "phrase", "remove", "undo", "import"])
def test_a_preview_fits_and_what_is_cut_is_in_a_file(kind: Any) -> None:
    """The whole text, with every warning."""
    found = previewed(huge(), kind)
    panel = preview_panels.preview(found, LONG[:300])
    fits(panel)
    whole = next(attachment.data.decode() for attachment in panel.attachments if attachment.filename == "preview.txt")
    assert whole.count("\n- ") >= 60
    assert "60 warnings" in panel.buttons[0].label


def test_what_is_wrong_and_two_versions_fit() -> None:
    """However much it is."""
    story = huge()
    one, two = (entry_form.form_texts(story.entries[f"{ID}-{n}"], story) for n in (0, 1))
    draft = Draft("edit", f"{ID}-0", one, two)
    problems = StoryError([Problem("qa/x.yaml", n, f"{n} {LONG}") for n in range(50)])
    fits(preview_panels.problem(draft, problems))
    fits(preview_panels.problem(draft, EditError(LONG * 9)))
    fits(preview_panels.collision(draft, Collision(one, two)))
    fits(preview_panels.with_save_failure(preview_panels.collision(draft, Collision(one, two)), draft, LONG[:200]))
    fits(preview_panels.published(Change(10**9, "", "", "", "", (LONG,) * 99, "", "", {}), draft))


@pytest.mark.parametrize("kind", ["add", "edit", "phrase"])
@pytest.mark.parametrize("part", ["text", "more", "phrase"])
def test_a_form_fits_and_holds_what_there_is(kind: Any, part: Any) -> None:
    """Of too many choices the first, and always those that are chosen."""
    story = huge()
    texts = {
        **entry_form.form_texts(story.entries[f"{ID}-0"], story),
        "phrasing": LONG,
        "question": LONG,
        "claim": "took-lamp",
    }
    texts["developments"] = "later-29"
    about = f"{ID}-0" if kind != "add" else "t" * 60
    form = forms.modal(Draft(kind, about, texts), part, story).to_dict()
    check_modal(form)
    chosen = [o["value"] for label in form["components"] for o in label["component"].get("options", ()) if o["default"]]
    if part == "more":
        assert {"took-lamp", "later-29"} <= set(chosen)
    if part == "text" and kind == "edit":
        hints = [label["description"] for label in form["components"]]
        assert "One per line. 27 more don't fit in here and stay as they are." in hints


def test_a_page_of_the_inbox_fits() -> None:
    """With the longest questions, guesses and ids."""
    story = huge()
    guesses = tuple((id, entry.question) for id, entry in list(story.entries.items())[:3])
    one = QuestionGroup(10**9, LONG[:500], (LONG,), 10**6, date(2026, 1, 1), f"{ID}-0", (1,), guesses)
    for shown in ([one] * 4, [replace(one, entry="")] * 4):
        told = [replace(each, id=each.id + place) for place, each in enumerate(shown)]
        panel = inbox_panel.page_panel(told, 2, 999, 25, story)
        fits(panel)
        assert len(panel.buttons) == 4 * 5 + 3


def test_figures_fit() -> None:
    """Of many days, with many answers."""
    day = date(2026, 1, 1)
    times = {date.fromordinal(day.toordinal() + n): Totals(10**6, 10**6, 10**6) for n in range(62)}
    entries = tuple(EntryStats(f"e-{n}", LONG, 10**6, 10**5, 10**5) for n in range(99))
    embed = stats_panel.stats_embed(Stats(day, max(times), Totals(10**8, 10**8, 10**8), times, entries))
    fits(Panel("", (embed,)))


def test_very_many_phrasings_stay_when_some_are_changed() -> None:
    """Those that do not fit into the form are not lost."""
    story = huge()
    entry: Entry = story.entries[f"{ID}-0"]
    now = entry_form.form_texts(entry, story)
    shown = now["phrasings"].splitlines()
    assert len(shown) == 13
    typed = {**now, "phrasings": "\n".join(["one more", *shown[1:]])}
    found = form_parser.parse_fields(typed, now, story, entry)
    assert list(found) == ["phrasings"]
    assert list(found["phrasings"]) == ["one more", *shown[1:], *entry.phrasings[13:]]
