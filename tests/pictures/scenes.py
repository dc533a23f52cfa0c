"""The replies that the pictures show, as the real bot sends them: it runs against the fake Discord, where somebody asks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot import bootstrap
from bot.config import Config
from bot.discord_frontend.client import PilcrowClient
from bot.discord_frontend.common.cooldown import Cooldown
from bot.journal.journal import Journal
from tests.pictures.discord_page import Scene
from tests.support.discord_rig import GENEROUS_RATES, connected
from tests.support.fake_discord import FakeDiscord, Guild, Person

QUESTIONS = (
    "did he do it",
    "when did he quit",
    "who is katie telford",
    "what did trudeau say",
    "how tall is he",
    "who runs the cons now",
    "this clown got his seat thru china or is that just talk??",
    "leafs winning tonight?",
)
MORE, MORE_OF = "More", QUESTIONS[0]
"""The button that is pressed, and the question whose answer has it."""
COMMANDS: Mapping[str, Mapping[str, Any]] = {
    "summary": {},
    "claims": {},
    "who": {"name": "Han Dong"},
    "timeline": {},
    "paragraph": {"number": "4"},
}


async def play(knowledge: Path) -> list[Scene]:
    """Return the scenes with the base in a folder."""
    base = bootstrap.knowledge_base(knowledge)
    base.load()
    async with FakeDiscord() as fake_discord:
        with TemporaryDirectory() as folder:
            journal = Journal(f"sqlite:///{folder}/journal.sqlite3")
            config = replace(Config(), api=fake_discord.api_url, gateway=fake_discord.gateway_url)
            cooldown = Cooldown(100, 20, lambda: 0.0, GENEROUS_RATES)
            guild = fake_discord.guild(channels=("general", *map(scene_name, QUESTIONS)))
            person = fake_discord.person(guild, name="sam")
            try:
                async with connected(PilcrowClient(config, base, journal, cooldown), fake_discord):
                    asked = [scene for text in QUESTIONS for scene in await _ask(text, guild, person)]
                    return [*asked, *[await _use(name, options, person) for name, options in COMMANDS.items()]]
            finally:
                journal.close()


async def _ask(question: str, guild: Guild, person: Person) -> list[Scene]:
    """Return the answer to a question that begins a conversation, and what its *More* shows."""
    fake_discord, channel = person.fake_discord, guild.channel(scene_name(question))
    before = len(fake_discord.requests)
    await person.send(channel, question, mention_bot=True)
    message = await fake_discord.next_message(channel)
    sent = [
        request.body
        for request in fake_discord.requests[before:]
        if request.method == "POST" and request.path.endswith(f"/{channel.id}/messages")
    ]
    scenes = [Scene(scene_name(question), question, sent)]
    if question == MORE_OF:
        pressed = await person.click(message, MORE)
        scenes.append(Scene("more", MORE, [_data(pressed.response)], is_command=True))
    return scenes


async def _use(name: str, options: Mapping[str, Any], person: Person) -> Scene:
    used = await person.slash(name, options=options)
    typed = " ".join([f"/{name}", *map(str, options.values())])
    return Scene(scene_name(typed), typed, [_data(used.response)], is_command=True)


def _data(response: Mapping[str, Any] | None) -> Mapping[str, Any]:
    assert response, "the bot has not answered"
    data: Mapping[str, Any] = response["data"]
    return data


def scene_name(typed: str) -> str:
    """Return a file's name for what was typed, of letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", typed.casefold()).strip("-")[:30].strip("-")
