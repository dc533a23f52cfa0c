"""What the tests of the moderators' side share: the real client on a base on disk, a moderator, a member, an outsider."""

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
from tests.support.discord_rig import GENEROUS, OPENAPI, connected
from tests.support.fake_discord import Channel, Guild, Interaction, Person, Role, StandIn
from tests.support.fake_discord.world import MANAGE_MESSAGES
from tests.support.story_files import write

NOW = datetime(2026, 5, 23, 14, 5, tzinfo=UTC)


@dataclass
class Kb:
    """One bot whose base is kept from Discord, with the people around it."""

    standin: StandIn
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

    def another(self) -> PilcrowClient:
        """The bot, started again."""
        return _client(self.config, self.folder, self.journal)

    async def ask(self, question: str) -> Any:
        """What a member gets."""
        return (await self.ada.slash("ask", question=question)).message


def _client(config: Config, folder: Path, journal: Journal, rates: Mapping[Usage, Rate] = GENEROUS) -> PilcrowClient:
    base = bootstrap.knowledge_base(folder)
    editor = Editor(base, journal, lambda: NOW)
    patient = Cooldown(1000, 20, lambda: 0.0, rates)
    return PilcrowClient(config, base, journal, patient, editor=editor)


@asynccontextmanager
async def kb(tmp_path: Path, rates: Mapping[Usage, Rate] = GENEROUS, **settings: Any) -> AsyncIterator[Kb]:
    """A running bot; at the end every request of it has to have been one that Discord describes."""
    folder = write(tmp_path / "knowledge")
    async with StandIn(openapi=OPENAPI) as standin:
        standin.patience = standin.settle = (
            30.0  # a preview takes a while where a machine is busy; nobody waits that long
        )
        guild = standin.guild(channels=("general", "changes"))
        role = standin.role(guild, "Moderators", MANAGE_MESSAGES)
        config = replace(
            Config(),
            api=standin.api_url,
            gateway=standin.gateway_url,
            moderator_guilds=(guild.id,),
            moderator_roles=(role.id,),
            changes_channel=(guild.channel("changes").id),
            **settings,
        )
        journal = Journal(f"sqlite:///{tmp_path}/data/journal.sqlite3")
        mo, ada = standin.person(guild, "Mo", [role]), standin.person(guild, "Ada")
        client = _client(config, folder, journal, rates)
        channels = guild.channel("general"), guild.channel("changes")
        try:
            async with connected(client, standin):
                yield Kb(standin, guild, *channels, role, mo, ada, folder, config, journal, client)
        finally:
            journal.close()
        assert standin.violations == []
        assert standin.unknown_requests == []


def content(used: Interaction) -> str:
    """What an interaction was answered with, for the person alone."""
    assert used.ephemeral
    assert used.message is not None
    return str(used.message["content"])


def buttons(used: Interaction | dict[str, Any]) -> list[str]:
    """What can be pressed."""
    message: Any = used.message if isinstance(used, Interaction) else used
    parts = [part for row in message["components"] for part in row["components"]]
    return [part["label"] for part in parts if part["type"] == 2 and not part.get("disabled")]


def filled(used: Interaction) -> dict[str, Any]:
    """The fields of the form that an interaction opened, by label, with what is in them."""
    assert used.modal is not None
    found: dict[str, Any] = {}
    for label in used.modal["components"]:
        part = label["component"]
        chosen = [option["value"] for option in part.get("options", ()) if option.get("default")]
        found[label["label"]] = chosen if "options" in part else part.get("value", "")
    return found
