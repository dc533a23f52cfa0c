"""Forms: fields within Discord's limits, filled in with the draft."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot import bootstrap
from bot.discord_frontend.moderation import forms
from bot.editing import entry_form
from bot.journal.records import Draft
from bot.story.models import Story
from tests.support.fake_discord.components import check_modal
from tests.support.oversized import ID, LONG, oversized_story


@pytest.mark.parametrize("kind", ["add", "edit", "phrase"])
@pytest.mark.parametrize("part", ["text", "more", "links", "phrase"])
def test_a_form_fits_and_is_filled_in(kind: Any, part: Any) -> None:
    """Of too many options the first are offered, and always the chosen ones."""
    story = oversized_story()
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


def submitted_unchanged(form: Any) -> dict[str, str]:
    """Return what a form sends if nothing in it is changed; a select sends its choices in the order of its options."""
    texts = {}
    for label in form["components"]:
        field = label["component"]
        chosen = [option["value"] for option in field.get("options", ()) if option["default"]]
        texts[field["custom_id"]] = "\n".join(chosen) if "options" in field else field.get("value") or ""
    return texts


@cache
def real_story() -> Story:
    """Return the story of the base that the bot is delivered with."""
    return bootstrap.story(Path(__file__).parents[3] / "knowledge")


def test_a_form_sent_back_as_it_is_changes_nothing() -> None:
    """Each form of each entry of the base: the order of paragraphs, people and links stays, though selects have their own."""
    story = real_story()
    for entry in story.written_entries:
        texts = entry_form.form_texts(entry, story)
        for part in ("text", "more", "links"):
            form = forms.modal(Draft("edit", entry.id, texts), part, story).to_dict()
            check_modal(form)
            after = entry_form.merge_submitted(texts, submitted_unchanged(form), story)
            assert entry_form.compare_texts(texts, after) == (), (entry.id, part)
            assert after["cites"] == texts["cites"]


def fields_of(part: Any, standing: str, **texts: str) -> dict[str, Any]:
    """Return the fields of a new answer's form, by their names."""
    draft = Draft("add", "denial", {"standing": standing, **texts})
    form = forms.modal(draft, part, real_story(), ["denial-consul-post", "denial-proof"]).to_dict()
    return {label["component"]["custom_id"]: label["component"] for label in form["components"]}


def test_paragraphs_are_chosen_by_their_gist() -> None:
    """Each says what it is about."""
    option = fields_of("text", "")["cites"]["options"][3]
    assert option["label"] == "¶4"
    assert option["description"].startswith("A report alleges that in February 2021 Dong privately advised")


def test_the_form_has_what_the_standing_needs() -> None:
    """Whoever the paragraph names comes first, and whatever is not listed can be typed."""
    more = fields_of("more", "said", cites="9")
    assert list(more) == ["by", "by+other", "claim", "developments"]
    assert {option["label"] for option in more["by"]["options"][:2]} == {"Han Dong", "the report"}
    assert list(fields_of("more", "not_covered")) == ["claim", "nearest", "nearest+other", "closest", "developments"]
    links = fields_of("links", "reported")
    assert list(links) == ["label", "related", "related+other", "topic", "topic+other"]
    assert links["related"]["options"][0]["value"] == "denial-consul-post"
    assert links["topic"]["options"][0]["default"]


def test_what_is_typed_beside_a_select_is_added() -> None:
    """In a list, after what was there before; in place of a single choice; a new topic in place of the chosen one."""
    story = real_story()
    before = {"by": "the report\nHan Dong", "cites": "4, 1"}
    sent = {"by": "Han Dong\nthe report\nCanada", "by+other": "Napoleon", "cites": "1\n4\n9", "nearest": "denial-proof"}
    sent |= {"topic": "denial", "topic+other": " oil "}
    assert entry_form.merge_submitted(before, sent, story) == {
        "by": "the report\nHan Dong\nCanada\nNapoleon",
        "cites": "4, 1, 9",
        "nearest": story.entries["denial-proof"].question,
        "topic": "oil",
    }
    typed = entry_form.merge_submitted({}, {"nearest": "denial-proof", "nearest+other": "Who?"}, story)
    assert typed == {"nearest": "Who?"}
