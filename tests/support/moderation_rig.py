"""A running bot whose base is moderated from Discord, with a moderator and a member."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot import bootstrap
from bot.config import Config
from bot.discord_frontend.client import PilcrowClient
from bot.discord_frontend.common.cooldown import Cooldown, Rate, Usage
from bot.editing.editor import Editor
from bot.journal.journal import Journal
from tests.support.discord_rig import GENEROUS_RATES, OPENAPI, connected
from tests.support.fake_discord import Channel, FakeDiscord, Guild, Interaction, Person, Role
from tests.support.fake_discord.components import BUTTON
from tests.support.fake_discord.world import MANAGE_MESSAGES
from tests.support.story_files import write

NOW = datetime(2026, 5, 23, 14, 5, tzinfo=UTC)
PATIENCE = 30.0
"""Seconds to wait for an answer: a preview takes a while on a busy machine."""


@dataclass
class ModerationRig:
    """One bot, its base on disk, and the people and channels around it."""

    fake_discord: FakeDiscord
    guild: Guild
    channel: Channel
    changes: Channel
    role: Role
    mo: Person
    """A moderator."""
    ada: Person
    """A member."""
    folder: Path
    config: Config
    journal: Journal
    client: PilcrowClient

    def restarted(self) -> PilcrowClient:
        """Return the client of another process with the same base and journal."""
        return _client(self.config, self.folder, self.journal)

    async def ask(self, question: str) -> Any:
        """Return the message that a member gets."""
        return (await self.ada.slash("ask", question=question)).message

    def attachments(self, used: Interaction) -> dict[str, bytes]:
        """Return the files attached to an answer, by name."""
        files = self.fake_discord.messages_store.files
        attached = (used.message or {})["attachments"]
        return {attachment["filename"]: files[int(attachment["id"])].content for attachment in attached}


def _client(
    config: Config, folder: Path, journal: Journal, rates: Mapping[Usage, Rate] = GENEROUS_RATES
) -> PilcrowClient:
    base = bootstrap.knowledge_base(folder)
    editor = Editor(base, journal, lambda: NOW)
    cooldown = Cooldown(1000, 20, lambda: 0.0, rates)
    return PilcrowClient(config, base, journal, cooldown, editor=editor)


@asynccontextmanager
async def moderation_rig(
    tmp_path: Path, rates: Mapping[Usage, Rate] = GENEROUS_RATES, **settings: Any
) -> AsyncIterator[ModerationRig]:
    """Run a bot; assert at the end that Discord describes every request it has made."""
    folder = write(tmp_path / "knowledge")
    async with FakeDiscord(openapi=OPENAPI) as fake_discord:
        fake_discord.patience = fake_discord.settle = PATIENCE
        guild = fake_discord.guild(channels=("general", "changes"))
        role = fake_discord.role(guild, "Moderators", MANAGE_MESSAGES)
        config = replace(
            Config(),
            api=fake_discord.api_url,
            gateway=fake_discord.gateway_url,
            moderator_guilds=(guild.id,),
            moderator_roles=(role.id,),
            changes_channel=(guild.channel("changes").id),
            **settings,
        )
        journal = Journal(f"sqlite:///{tmp_path}/data/journal.sqlite3")
        mo, ada = fake_discord.person(guild, "Mo", [role]), fake_discord.person(guild, "Ada")
        client = _client(config, folder, journal, rates)
        channels = guild.channel("general"), guild.channel("changes")
        try:
            async with connected(client, fake_discord):
                yield ModerationRig(fake_discord, guild, *channels, role, mo, ada, folder, config, journal, client)
        finally:
            journal.close()
        assert fake_discord.violations == []
        assert fake_discord.unknown_requests == []


def content(used: Interaction) -> str:
    """Return the text of the private answer to an interaction."""
    assert used.ephemeral
    assert used.message is not None
    return str(used.message["content"])


def button_labels(used: Interaction | dict[str, Any]) -> list[str]:
    """Return the labels of the buttons that can be pressed."""
    message: Any = used.message if isinstance(used, Interaction) else used
    parts = [part for row in message["components"] for part in row["components"]]
    return [part["label"] for part in parts if part["type"] == BUTTON and not part.get("disabled")]


def form_values(used: Interaction) -> dict[str, Any]:
    """Return what the fields of an opened form are filled in with, by label."""
    assert used.modal is not None
    values: dict[str, Any] = {}
    for label in used.modal["components"]:
        field = label["component"]
        chosen = [option["value"] for option in field.get("options", ()) if option.get("default")]
        values[label["label"]] = chosen if "options" in field else field.get("value", "")
    return values
