"""The /kb commands. Each looks by itself at who uses it, and so does each suggestion while typing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.discord_frontend.common import discord_limits
from bot.discord_frontend.common.user_text import cut
from bot.discord_frontend.moderation import draft_actions, history_panels, inbox_panel, kb_command_specs, stats_panel
from bot.discord_frontend.moderation.moderation_service import Office
from bot.discord_frontend.reading.reader_commands import as_command
from bot.editing.drafts import Draft
from bot.editing.entry_form import find, topics
from bot.story import text_limits

log = logging.getLogger(__name__)
Number = app_commands.Range[int, 1]
Why = app_commands.Range[str, 0, 300]
Topic = app_commands.Range[str, 1, 60]
Question = app_commands.Range[str, 0, text_limits.QUESTION]
Phrasing = app_commands.Range[str, 1, text_limits.PHRASING]
Command = app_commands.Command[Any, ..., None]
RECENT = 50
"""Changes that are suggested; older ones are known by their number."""
SEEN_BY = discord.Permissions(manage_messages=True)
"""Whom Discord shows the commands to, until an administrator says otherwise; a hint only."""


def group(office: Office) -> app_commands.Group:
    """All of them."""
    name, description = kb_command_specs.GROUP.french
    made = app_commands.Group(
        name=locale_str(kb_command_specs.GROUP.name, fr=name),
        description=locale_str(kb_command_specs.GROUP.description, fr=description),
        default_permissions=SEEN_BY,
        guild_only=True,
    )
    for make in (_inbox, _add, _edit, _phrase, _remove, _history, _diff, _undo, _export, _import, _test, _stats):
        command = make(office)
        command.add_check(office.moderators.check)
        made.add_command(command)
    return made


def _suggesting(office: Office, suggest: Callable[[str], Awaitable[list[tuple[str, Any]]]]) -> Any:
    """Autocomplete from (name, value) pairs, for moderators; discord.py does not ask a command's checks here."""

    async def complete(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[Any]]:
        try:
            if not office.moderators.include(interaction):
                return []
            found = (await suggest(typed[: discord_limits.CHOICE_NAME]))[: discord_limits.CHOICES]
            return [
                app_commands.Choice(name=cut(name, discord_limits.CHOICE_NAME), value=value) for name, value in found
            ]
        except Exception:  # discord.py's own log line would name the person
            log.exception("No suggestions could be made")
            return []

    return complete


def _entries(office: Office) -> Any:
    async def suggest(typed: str) -> list[tuple[str, str]]:
        return [(question, id) for id, question in office.desk.answerer.suggest(typed, discord_limits.CHOICES)]

    return _suggesting(office, suggest)


def _changes(office: Office) -> Any:
    async def suggest(typed: str) -> list[tuple[str, int]]:
        changes = await asyncio.to_thread(office.journal.changes, RECENT)
        listed = [(f"{one.number}: {one.what}, {one.who}, {one.at}", one.number) for one in changes]
        return [one for one in listed if typed.casefold() in one[0].casefold()]

    return _suggesting(office, suggest)


def _topics(office: Office) -> Any:
    async def suggest(typed: str) -> list[tuple[str, str]]:
        return [(name, name) for name in topics(office.desk.answerer.story) if typed.casefold() in name]

    return _suggesting(office, suggest)


def _entry(office: Office, typed: str) -> str:
    """The id of the entry that was chosen or typed. Raises EditError."""
    return find(typed, office.desk.answerer.story)


def _inbox(office: Office) -> Command:
    @as_command(kb_command_specs.INBOX)
    async def command(interaction: discord.Interaction) -> None:
        await inbox_panel.page(office, interaction, "1")

    return command


def _add(office: Office) -> Command:
    @as_command(kb_command_specs.ADD)
    async def command(interaction: discord.Interaction, topic: Topic, question: Question = "", why: Why = "") -> None:
        await draft_actions.begin(office, interaction, Draft("add", topic, {"question": question}, why=why))

    command.autocomplete("topic")(_topics(office))
    return command


def _edit(office: Office) -> Command:
    @as_command(kb_command_specs.EDIT)
    async def command(interaction: discord.Interaction, entry: str, why: Why = "") -> None:
        await draft_actions.begin_edit(office, interaction, _entry(office, entry), why)

    command.autocomplete("entry")(_entries(office))
    return command


def _phrase(office: Office) -> Command:
    @as_command(kb_command_specs.PHRASE)
    async def command(interaction: discord.Interaction, entry: str, phrasing: Phrasing, why: Why = "") -> None:
        draft = Draft("phrase", _entry(office, entry), {"phrasing": phrasing}, why=why)
        await draft_actions.start(office, interaction, draft)

    command.autocomplete("entry")(_entries(office))
    return command


def _remove(office: Office) -> Command:
    @as_command(kb_command_specs.REMOVE)
    async def command(interaction: discord.Interaction, entry: str, why: Why = "") -> None:
        await draft_actions.start(office, interaction, Draft("remove", _entry(office, entry), why=why))

    command.autocomplete("entry")(_entries(office))
    return command


def _history(office: Office) -> Command:
    @as_command(kb_command_specs.HISTORY)
    async def command(interaction: discord.Interaction) -> None:
        await history_panels.page(office, interaction, "1")

    return command


def _diff(office: Office) -> Command:
    @as_command(kb_command_specs.DIFF)
    async def command(interaction: discord.Interaction, number: Number) -> None:
        await history_panels.diff(office, interaction, str(number))

    command.autocomplete("number")(_changes(office))
    return command


def _undo(office: Office) -> Command:
    @as_command(kb_command_specs.UNDO)
    async def command(interaction: discord.Interaction, number: Number, why: Why = "") -> None:
        await draft_actions.start(office, interaction, Draft("undo", str(number), why=why))

    command.autocomplete("number")(_changes(office))
    return command


def _export(office: Office) -> Command:
    @as_command(kb_command_specs.EXPORT)
    async def command(interaction: discord.Interaction) -> None:
        await history_panels.export(office, interaction)

    return command


def _import(office: Office) -> Command:
    @as_command(kb_command_specs.IMPORT)
    async def command(interaction: discord.Interaction, archive: discord.Attachment, why: Why = "") -> None:
        await history_panels.import_(office, interaction, archive, why)

    return command


def _test(office: Office) -> Command:
    @as_command(kb_command_specs.TEST)
    async def command(interaction: discord.Interaction, question: str) -> None:
        await history_panels.test(office, interaction, question)

    return command


def _stats(office: Office) -> Command:
    @as_command(kb_command_specs.STATS)
    async def command(
        interaction: discord.Interaction, days: app_commands.Range[int, 1, 365] = stats_panel.DAYS
    ) -> None:
        await stats_panel.page(office, interaction, days)

    return command
