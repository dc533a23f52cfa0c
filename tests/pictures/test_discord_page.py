"""Message payloads as HTML that looks like Discord."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.pictures.chromium import Chromium, find_chromium
from tests.pictures.discord_page import FIT_LETTERS, LETTER_WIDTH, Scene, page, text_html
from tests.pictures.estimated_height import estimate
from tests.pictures.reply_sizes import measure

PROGRAM = find_chromium()
needs_chromium = pytest.mark.skipif(PROGRAM is None, reason="no Chromium here")
BUTTON: Mapping[str, Any] = {"type": 2, "style": 2, "label": "More", "custom_id": "x", "disabled": False}


def payload(*buttons: Mapping[str, Any], **body: Any) -> Mapping[str, Any]:
    """Return a message with a row of buttons."""
    return {**body, "components": [{"type": 1, "components": list(buttons)}]} if buttons else body


def test_neighbouring_quotes_stand_behind_one_bar() -> None:
    """A denial and what was found later are one quote for a reader."""
    assert text_html("a\n> b\n> c\n-# d") == (
        '<div class="line text">a</div>'
        '<blockquote><div class="line text">b</div><div class="line text">c</div></blockquote>'
        '<div class="line small">d</div>'
    )


def test_text_cannot_become_html() -> None:
    """A question may hold anything."""
    shown = page([Scene("a", "<script>", [payload({**BUTTON, "label": "<i>"}, content="<b> [<u>](<https://a.b/?<>)")])])
    assert "<script>" not in shown
    assert "&lt;b&gt; [&lt;u&gt;](&lt;https://a.b/?&lt;&gt;)" in shown
    assert '<span class="label">&lt;i&gt;</span>' in shown


def test_buttons_have_their_emoji_and_style() -> None:
    """Buttons of a row stand in one row; those that cannot be pressed are pale."""
    vote = {**BUTTON, "label": "Good", "style": 1, "disabled": True, "emoji": {"id": None, "name": "👍"}}
    assert (
        '<div class="row"><div class="button style2"><span class="label">More</span></div>'
        '<div class="button style1 disabled"><span>👍</span><span class="label">Good</span></div></div>'
    ) in page([Scene("a", "b", [payload(BUTTON, vote, content="c")])])


def test_only_one_person_sees_a_private_reply() -> None:
    """Discord says so below it."""
    assert "Only you can see this" in page([Scene("a", "b", [payload(content="c", flags=64)])])
    assert "Only you can see this" not in page([Scene("a", "b", [payload(content="c")])])


def test_nothing_is_left_out_silently() -> None:
    """What cannot be drawn is an error, or a picture would lack what readers see."""
    with pytest.raises(ValueError, match="an embed with title cannot be drawn here"):
        page([Scene("a", "b", [{"embeds": [{"title": "a", "description": "b"}]}])])
    with pytest.raises(ValueError, match="a component of type 17 cannot be drawn here"):
        page([Scene("a", "b", [{"components": [{"type": 17}]}])])


@needs_chromium
def test_letters_are_as_wide_as_discords() -> None:
    """Whatever font the machine has, a line holds as much as in Discord."""
    script = "(() => { const it = document.querySelector('.line'); const range = document.createRange();"
    script += " range.selectNodeContents(it); return range.getBoundingClientRect().width / it.textContent.length; })()"
    with Chromium(PROGRAM or "") as chromium:
        chromium.show(page([Scene("a", "b", [payload(content="Dong advised a Chinese diplomat")])]), 380)
        chromium.evaluate(FIT_LETTERS)
        assert chromium.evaluate(script) == pytest.approx(LETTER_WIDTH, rel=0.1)


@needs_chromium
def test_a_height_is_estimated_as_chromium_measures_it() -> None:
    """For a message, an embed, buttons in two lines and a select: each alone, so that no error hides another."""
    texts = (
        "A word.",
        "> **Denied:** " + "he says so and others do not " * 6,
        "-# `Alleged, not proven` · The Deep Dive",
    )
    select = {"type": 3, "custom_id": "x", "placeholder": "8 more questions", "options": []}
    replies = [
        [payload(content="\n".join(texts))],
        [payload(embeds=[{"description": "\n".join(["## Heading", "**The story**", "- one", *texts])}])],
        [payload(*[{**BUTTON, "label": "Any evidence for it?"}] * 3, content="a")],
        [payload({**BUTTON, "label": "A label that no button of a phone has the room for"}, content="a")],
        [payload(select, content="a", flags=64)],
    ]
    with Chromium(PROGRAM or "") as chromium:
        measured = list(measure(chromium, replies))
    assert [estimate(reply) for reply in replies] == measured
    assert measured[2].wrapped == 1
    assert measured[3].cut == 1
