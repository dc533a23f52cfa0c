"""A small discord.py client with a command of each kind, for tests of the fake Discord."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import discord
from discord import app_commands


def text_file() -> discord.File:
    """Return a small file."""
    return discord.File(io.BytesIO(b"text"), "a.txt")


class SuggestionForm(discord.ui.Modal, title="Suggest an entry"):
    """A form with a field of each kind."""

    question: discord.ui.Label[Any] = discord.ui.Label(text="Question", component=discord.ui.TextInput(max_length=200))
    standing: discord.ui.Label[Any] = discord.ui.Label(
        text="Standing",
        component=discord.ui.Select(
            options=[discord.SelectOption(label="Reported"), discord.SelectOption(label="Denied")]
        ),
    )

    tone: discord.ui.Label[Any] = discord.ui.Label(
        text="Tone",
        component=discord.ui.RadioGroup(
            options=[discord.RadioGroupOption(label="Plain", default=True), discord.RadioGroupOption(label="Formal")]
        ),
    )
    tags: discord.ui.Label[Any] = discord.ui.Label(
        text="Tags",
        component=discord.ui.CheckboxGroup(
            options=[discord.CheckboxGroupOption(label=tag) for tag in ("who", "when", "why")]
        ),
    )
    sure: discord.ui.Label[Any] = discord.ui.Label(text="Sure?", component=discord.ui.Checkbox(default=True))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        fields: list[Any] = [label.component for label in self.walk_children() if isinstance(label, discord.ui.Label)]
        question, standing, tone, tags, sure = fields
        submitted = (question.value, standing.values, tone.value, tags.values, sure.value)
        await interaction.response.send_message(repr(submitted), ephemeral=True)


class AnswerView(discord.ui.View):
    """AnswerView that update the message, open a form or answer nothing, and a select."""

    @discord.ui.button(label="Again", custom_id="again")
    async def again(self, interaction: discord.Interaction, _: discord.ui.Button[AnswerView]) -> None:
        await interaction.response.edit_message(content="again")

    @discord.ui.button(label="Suggest", custom_id="suggest")
    async def suggest(self, interaction: discord.Interaction, _: discord.ui.Button[AnswerView]) -> None:
        await interaction.response.send_modal(SuggestionForm())

    @discord.ui.button(label="Dead", custom_id="dead")
    async def dead(self, interaction: discord.Interaction, _: discord.ui.Button[AnswerView]) -> None:
        """Answer nothing."""

    @discord.ui.button(label="Off", custom_id="off", disabled=True)
    async def off(self, interaction: discord.Interaction, _: discord.ui.Button[AnswerView]) -> None:
        """Do nothing: it is disabled."""

    @discord.ui.select(cls=discord.ui.UserSelect, custom_id="who", placeholder="Who?")
    async def who(self, interaction: discord.Interaction, select: discord.ui.UserSelect[AnswerView]) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content=select.values[0].name)


class SampleBot(discord.Client):
    """A client that answers messages which end in a question mark, and has a command of each kind."""

    def __init__(self, intents: discord.Intents) -> None:
        super().__init__(
            intents=intents,
            guild_ready_timeout=0.01,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self.tree = app_commands.CommandTree(self)
        self.received: list[str] = []
        self.error_codes: list[int] = []
        self.resumed = asyncio.Event()
        add_commands(self)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Skip the five seconds that discord.py waits."""

    async def on_resumed(self) -> None:
        self.resumed.set()

    async def on_message(self, message: discord.Message) -> None:
        if message.author == self.user:
            return
        self.received.append(message.content)
        if message.content.endswith("?"):
            await message.reply(f"You asked: {message.content}", mention_author=False)


def add_commands(bot: SampleBot) -> None:
    """Register the commands of the bot."""
    everywhere = app_commands.allowed_installs(guilds=True, users=True)

    @bot.tree.command()
    @everywhere
    async def ask(interaction: discord.Interaction, question: str, private: bool = False) -> None:  # noqa: FBT001, FBT002
        """Answer at once"""
        await interaction.response.send_message(f"Answer to {question}", ephemeral=private, view=AnswerView(timeout=60))

    @ask.autocomplete("question")
    async def offer(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{typed}?", value=typed)]

    @bot.tree.command()
    async def slow(interaction: discord.Interaction) -> None:
        """Answer late, then add something"""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send("late", ephemeral=False)
        await interaction.followup.send("more", ephemeral=False, file=text_file())

    @bot.tree.command()
    async def twice(interaction: discord.Interaction) -> None:
        """Answer twice"""
        await interaction.response.send_message("once")
        interaction.response._response_type = None  # or discord.py itself would raise
        try:
            await interaction.response.send_message("twice")
        except discord.HTTPException as error:
            bot.error_codes.append(error.code)

    @bot.tree.command()
    async def early(interaction: discord.Interaction) -> None:
        """Follow up before there is an answer"""
        try:
            await interaction.followup.send("early")
        except discord.HTTPException as error:
            bot.error_codes.append(error.code)
        await interaction.response.send_message("now")

    @bot.tree.command()
    @everywhere
    async def many(interaction: discord.Interaction) -> None:
        """Send seven follow-ups"""
        await interaction.response.send_message("0")
        try:
            for number in range(1, 8):
                await interaction.followup.send(str(number))
        except discord.HTTPException as error:
            bot.error_codes.append(error.code)

    @bot.tree.command()
    async def long(interaction: discord.Interaction) -> None:
        """Say too much"""
        try:
            await interaction.response.send_message("x" * 2001)
        except discord.HTTPException as error:
            bot.error_codes.append(error.code)
            await interaction.response.send_message("shorter")

    @bot.tree.command()
    async def pick(
        interaction: discord.Interaction,
        role: discord.Role,
        channel: discord.TextChannel,
        file: discord.Attachment,
        number: app_commands.Range[int, 1, 5],
    ) -> None:
        """Take one of each"""
        text = (await file.read()).decode()
        await interaction.response.send_message(f"{role.name} {channel.name} {text} {number}")

    @bot.tree.context_menu(name="Who")
    async def who(interaction: discord.Interaction, user: discord.User) -> None:
        await interaction.response.send_message(user.display_name, ephemeral=True)
        await interaction.delete_original_response()

    @bot.tree.context_menu(name="Answer this")
    async def answer_this(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"On {message.content!r}", ephemeral=True)

    kb = app_commands.Group(
        name="kb",
        description="The base",
        guild_only=True,
        default_permissions=discord.Permissions(manage_messages=True),
    )

    @kb.command()
    async def add(interaction: discord.Interaction, who: discord.Member) -> None:
        """Add"""
        await interaction.response.send_message(f"added by {who.display_name}")

    bot.tree.add_command(kb)
