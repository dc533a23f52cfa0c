"""Forms: fields within Discord's limits, filled in with the draft."""

from __future__ import annotations

from typing import Any

import pytest

from bot.discord_frontend.moderation import forms
from bot.editing import entry_form
from bot.journal.records import Draft
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
