"""Buttons, selects and modals of the fake Discord."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.fake_discord import FakeDiscord, Guild, NoAnswer, NotOffered, Person
from tests.support.sample_bot import SampleBot


async def test_a_button_updates_its_message(bot: SampleBot, ada: Person) -> None:
    """A button is found by its label or custom_id."""
    used = await ada.slash("ask", question="who?")
    pressed = await ada.click(used, "Again")
    assert pressed.message == used.message
    assert pressed.message is not None
    assert pressed.message["content"] == "again"


async def test_a_disabled_missing_or_invisible_button_is_not_offered(
    bot: SampleBot, fake_discord: FakeDiscord, guild: Guild, ada: Person
) -> None:
    """Another user's ephemeral message is invisible."""
    used = await ada.slash("ask", question="who?", private=True)
    for name in ("Off", "Nowhere"):
        with pytest.raises(NotOffered):
            await ada.click(used, name)
    with pytest.raises(NotOffered):
        await fake_discord.person(guild, name="Bob").click(used, "Again")


async def test_a_button_without_a_response_fails_at_once(bot: SampleBot, ada: Person) -> None:
    """NoAnswer does not take three seconds."""
    used = await ada.slash("ask", question="who?")
    with pytest.raises(NoAnswer):
        await ada.click(used, "Dead")


async def test_a_select_sends_its_values(bot: SampleBot, ada: Person) -> None:
    """A deferred update and an edit change the message."""
    used = await ada.slash("ask", question="who?")
    chosen = await ada.select(used, "who", [ada])
    assert chosen.deferred
    assert chosen.message is not None
    assert chosen.message["content"] == "ada"


async def test_a_modal_is_filled_in_by_label_and_submitted(bot: SampleBot, ada: Person) -> None:
    """Values that Discord's client would not accept are not offered."""
    opened = await ada.click(await ada.slash("ask", question="who?"), "Suggest")
    assert opened.modal is not None
    assert opened.modal["title"] == "Suggest an entry"
    filled = {"Question": "Who?", "Standing": "Denied", "Tags": ["who", "why"]}
    sent = await ada.submit(opened, filled)
    assert sent.message is not None
    assert sent.message["content"] == "('Who?', ['Denied'], 'Plain', ['who', 'why'], True)"
    mistakes: list[dict[str, Any]] = [{"Question": "x" * 201}, {"Question": ""}, {"Standing": "Said"}, {"Tags": []}]
    for wrong in [*mistakes, {"Colour": "red"}]:
        with pytest.raises(NotOffered):
            await ada.submit(opened, {**filled, **wrong})
