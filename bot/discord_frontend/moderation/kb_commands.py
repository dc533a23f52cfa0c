"""The /kb commands. Every command checks who uses it, and so does every suggestion while typing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards import discord_limits
from bot.cards.markdown import truncate
from bot.discord_frontend.moderation import (
    draft_actions,
    history_panels,
    inbox_panel,
    kb_command_specs,
    moderation_text,
    stats_panel,
)
from bot.discord_frontend.moderation.moderation_service import ModerationService
from bot.discord_frontend.reading.reader_commands import as_command
from bot.discord_frontend.services import Interaction
from bot.editing.entry_form import topics
from bot.editing.form_parser import find_entry
from bot.journal.records import Draft
from bot.story import field_lengths

log = logging.getLogger(__name__)
Number = app_commands.Range[int, 1]
Why = app_commands.Range[str, 0, 300]
Topic = app_commands.Range[str, 1, 60]
Question = app_commands.Range[str, 0, field_lengths.QUESTION]
Phrasing = app_commands.Range[str, 1, field_lengths.PHRASING]
Days = app_commands.Range[int, 1, 365]
Command = app_commands.Command[Any, ..., None]
CHANGES_SUGGESTED = 50
"""Older changes can still be named by their number."""
DEFAULT_PERMISSIONS = discord.Permissions(manage_messages=True)
"""To whom Discord shows the commands until an administrator decides otherwise; a hint, and no protection."""


def kb_group(service: ModerationService) -> app_commands.Group:
    """Return /kb with all its commands."""
    french_name, french_description = kb_command_specs.GROUP.french
    group = app_commands.Group(
        name=locale_str(kb_command_specs.GROUP.name, fr=french_name),
        description=locale_str(kb_command_specs.GROUP.description, fr=french_description),
        default_permissions=DEFAULT_PERMISSIONS,
        guild_only=True,
    )
    for make in (_inbox, _add, _edit, _phrase, _remove, _history, _diff, _undo, _export, _import, _test, _stats):
        command = make(service)
        command.add_check(service.moderators.require)
        group.add_command(command)
    return group


def _autocomplete(service: ModerationService, suggest: Callable[[str], Awaitable[list[tuple[str, Any]]]]) -> Any:
    """Return an autocomplete callback that suggests (name, value) pairs to moderators.

    discord.py does not run a command's checks for autocomplete.
    """

    async def complete(interaction: Interaction, typed: str) -> list[app_commands.Choice[Any]]:
        try:
            if not service.moderators.include(interaction):
                return []
            pairs = (await suggest(typed[: discord_limits.CHOICE_NAME]))[: discord_limits.CHOICES]
            return [
                app_commands.Choice(name=truncate(name, discord_limits.CHOICE_NAME), value=value)
                for name, value in pairs
            ]
        except Exception:  # discord.py's own log line would name the person
            log.exception("Autocomplete failed")
            return []

    return complete


def _entry_autocomplete(service: ModerationService) -> Any:
    async def suggest(typed: str) -> list[tuple[str, str]]:
        entries = service.answerer.suggest(typed, discord_limits.CHOICES)
        return [(question, id) for id, question in entries]

    return _autocomplete(service, suggest)


def _change_autocomplete(service: ModerationService) -> Any:
    async def suggest(typed: str) -> list[tuple[str, int]]:
        changes = await asyncio.to_thread(service.journal.history.changes, CHANGES_SUGGESTED)
        questions = moderation_text.questions_of(service.story)
        names = [
            (f"{change.number}: {moderation_text.change_sentence(change, questions)}, {change.at}", change.number)
            for change in changes
        ]
        return [(name, number) for name, number in names if typed.casefold() in name.casefold()]

    return _autocomplete(service, suggest)


def _topic_autocomplete(service: ModerationService) -> Any:
    async def suggest(typed: str) -> list[tuple[str, str]]:
        return [(name, name) for name in topics(service.story) if typed.casefold() in name]

    return _autocomplete(service, suggest)


def _inbox(service: ModerationService) -> Command:
    @as_command(kb_command_specs.INBOX)
    async def command(interaction: Interaction) -> None:
        await inbox_panel.show_inbox(service, interaction, "1")

    return command


def _add(service: ModerationService) -> Command:
    @as_command(kb_command_specs.ADD)
    async def command(interaction: Interaction, topic: Topic, question: Question = "", why: Why = "") -> None:
        await draft_actions.open_form(service, interaction, Draft("add", topic, {"question": question}, reason=why))

    command.autocomplete("topic")(_topic_autocomplete(service))
    return command


def _edit(service: ModerationService) -> Command:
    @as_command(kb_command_specs.EDIT)
    async def command(interaction: Interaction, entry: str, why: Why = "") -> None:
        await draft_actions.open_edit_form(service, interaction, find_entry(entry, service.story), why)

    command.autocomplete("entry")(_entry_autocomplete(service))
    return command


def _phrase(service: ModerationService) -> Command:
    @as_command(kb_command_specs.PHRASE)
    async def command(interaction: Interaction, entry: str, phrasing: Phrasing, why: Why = "") -> None:
        draft = Draft("phrase", find_entry(entry, service.story), {"phrasing": phrasing}, reason=why)
        await draft_actions.save_and_preview(service, interaction, draft)

    command.autocomplete("entry")(_entry_autocomplete(service))
    return command


def _remove(service: ModerationService) -> Command:
    @as_command(kb_command_specs.REMOVE)
    async def command(interaction: Interaction, entry: str, why: Why = "") -> None:
        await draft_actions.save_and_preview(
            service, interaction, Draft("remove", find_entry(entry, service.story), reason=why)
        )

    command.autocomplete("entry")(_entry_autocomplete(service))
    return command


def _history(service: ModerationService) -> Command:
    @as_command(kb_command_specs.HISTORY)
    async def command(interaction: Interaction) -> None:
        await history_panels.show_history(service, interaction, "1")

    return command


def _diff(service: ModerationService) -> Command:
    @as_command(kb_command_specs.DIFF)
    async def command(interaction: Interaction, number: Number) -> None:
        await history_panels.show_change(service, interaction, str(number))

    command.autocomplete("number")(_change_autocomplete(service))
    return command


def _undo(service: ModerationService) -> Command:
    @as_command(kb_command_specs.UNDO)
    async def command(interaction: Interaction, number: Number, why: Why = "") -> None:
        await draft_actions.save_and_preview(service, interaction, Draft("undo", str(number), reason=why))

    command.autocomplete("number")(_change_autocomplete(service))
    return command


def _export(service: ModerationService) -> Command:
    @as_command(kb_command_specs.EXPORT)
    async def command(interaction: Interaction) -> None:
        await history_panels.send_export(service, interaction)

    return command


def _import(service: ModerationService) -> Command:
    @as_command(kb_command_specs.IMPORT)
    async def command(interaction: Interaction, archive: discord.Attachment, why: Why = "") -> None:
        await history_panels.import_archive(service, interaction, archive, why)

    return command


def _test(service: ModerationService) -> Command:
    @as_command(kb_command_specs.TEST)
    async def command(interaction: Interaction, question: str) -> None:
        await history_panels.test_question(service, interaction, question)

    return command


def _stats(service: ModerationService) -> Command:
    @as_command(kb_command_specs.STATS)
    async def command(interaction: Interaction, days: Days = stats_panel.DEFAULT_DAYS) -> None:
        await stats_panel.show_stats(service, interaction, days)

    return command
