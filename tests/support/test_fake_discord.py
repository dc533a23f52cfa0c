"""The fake Discord, held against the real discord.py client."""

from __future__ import annotations

import asyncio
import io
import warnings
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yarl

from tests.support.fake_discord import FakeDiscord, Guild, NoAnswer, NotOffered, Person
from tests.support.fake_discord.errors import ApiError
from tests.support.fake_discord.limits import check_commands, check_message
from tests.support.fake_discord.world import ADMINISTRATOR, SEND_MESSAGES, USE_EXTERNAL_APPS

with warnings.catch_warnings():  # on Python 3.11 discord.py imports audioop, which warns
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord
    from discord import app_commands
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

OPENAPI = Path(__file__).parents[3] / "shared" / "discord" / "openapi.json"


def attached() -> discord.File:
    """A small file."""
    return discord.File(io.BytesIO(b"text"), "a.txt")


class Form(discord.ui.Modal, title="Suggest an entry"):
    """A form with one label of each kind that matters."""

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
        found = (question.value, standing.values, tone.value, tags.values, sure.value)
        await interaction.response.send_message(repr(found), ephemeral=True)


class Buttons(discord.ui.View):
    """Buttons that update, open a form, or say nothing, and a select."""

    @discord.ui.button(label="Again", custom_id="again")
    async def again(self, interaction: discord.Interaction, _: discord.ui.Button[Buttons]) -> None:
        await interaction.response.edit_message(content="again")

    @discord.ui.button(label="Suggest", custom_id="suggest")
    async def suggest(self, interaction: discord.Interaction, _: discord.ui.Button[Buttons]) -> None:
        await interaction.response.send_modal(Form())

    @discord.ui.button(label="Dead", custom_id="dead")
    async def dead(self, interaction: discord.Interaction, _: discord.ui.Button[Buttons]) -> None:
        """Answer nothing."""

    @discord.ui.button(label="Off", custom_id="off", disabled=True)
    async def off(self, interaction: discord.Interaction, _: discord.ui.Button[Buttons]) -> None:
        """Never pressed."""

    @discord.ui.select(cls=discord.ui.UserSelect, custom_id="who", placeholder="Who?")
    async def who(self, interaction: discord.Interaction, select: discord.ui.UserSelect[Buttons]) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content=select.values[0].name)


class Bot(discord.Client):
    """A tiny bot: answers messages that it can read, and has one command of each kind."""

    def __init__(self, intents: discord.Intents) -> None:
        super().__init__(
            intents=intents,
            guild_ready_timeout=0.01,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self.tree = app_commands.CommandTree(self)
        self.heard: list[str] = []
        self.codes: list[int] = []
        self.resumed = asyncio.Event()
        add_commands(self)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait five seconds, as discord.py does."""

    async def on_resumed(self) -> None:
        self.resumed.set()

    async def on_message(self, message: discord.Message) -> None:
        if message.author == self.user:
            return
        self.heard.append(message.content)
        if message.content.endswith("?"):
            await message.reply(f"You asked: {message.content}", mention_author=False)


def add_commands(bot: Bot) -> None:
    """Register the commands of the tiny bot."""
    everywhere = app_commands.allowed_installs(guilds=True, users=True)

    @bot.tree.command()
    @everywhere
    async def ask(interaction: discord.Interaction, question: str, private: bool = False) -> None:  # noqa: FBT001, FBT002
        """Answer at once"""
        await interaction.response.send_message(f"Answer to {question}", ephemeral=private, view=Buttons(timeout=60))

    @ask.autocomplete("question")
    async def offer(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{typed}?", value=typed)]

    @bot.tree.command()
    async def slow(interaction: discord.Interaction) -> None:
        """Answer late, then add something"""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send("late", ephemeral=False)
        await interaction.followup.send("more", ephemeral=False, file=attached())

    @bot.tree.command()
    async def twice(interaction: discord.Interaction) -> None:
        """Answer twice"""
        await interaction.response.send_message("once")
        interaction.response._response_type = None  # or discord.py would refuse by itself
        try:
            await interaction.response.send_message("twice")
        except discord.HTTPException as error:
            bot.codes.append(error.code)

    @bot.tree.command()
    async def early(interaction: discord.Interaction) -> None:
        """Follow up before there is an answer"""
        try:
            await interaction.followup.send("early")
        except discord.HTTPException as error:
            bot.codes.append(error.code)
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
            bot.codes.append(error.code)

    @bot.tree.command()
    async def long(interaction: discord.Interaction) -> None:
        """Say too much"""
        try:
            await interaction.response.send_message("x" * 2001)
        except discord.HTTPException as error:
            bot.codes.append(error.code)
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


@pytest.fixture
async def fake_discord() -> AsyncIterator[FakeDiscord]:
    """A fake Discord that discord.py is pointed at; afterwards nothing may be amiss with what it was asked."""
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with FakeDiscord(openapi=OPENAPI) as fake_discord:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = fake_discord.api_url, yarl.URL(fake_discord.gateway_url)
        try:
            yield fake_discord
        finally:
            Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway
    assert not fake_discord.violations
    assert not fake_discord.unknown_requests


@pytest.fixture
def guild(fake_discord: FakeDiscord) -> Guild:
    """A guild with one channel."""
    return fake_discord.guild()


@pytest.fixture
def ada(fake_discord: FakeDiscord, guild: Guild) -> Person:
    """A member of the guild."""
    return fake_discord.person(guild, name="Ada")


@pytest.fixture
async def bot(fake_discord: FakeDiscord, guild: Guild) -> AsyncIterator[Bot]:
    """The tiny bot, ready."""
    intents = discord.Intents.none()
    intents.guilds = intents.messages = True
    bot = Bot(intents)
    running = asyncio.create_task(bot.start(fake_discord.token))
    await fake_discord.until(lambda: fake_discord.gateway.generation, "READY")
    await bot.wait_until_ready()
    yield bot
    await bot.close()
    await running


async def test_ready_brings_the_guild(bot: Bot, guild: Guild) -> None:
    """The client logs in, gets READY and GUILD_CREATE, and knows the guild, its channel and itself."""
    known = bot.get_guild(guild.id)
    assert known is not None
    assert known.name == guild.name
    assert [channel.name for channel in known.text_channels] == ["general"]
    assert known.me.guild_permissions.send_messages


async def test_commands_are_remembered(bot: Bot, fake_discord: FakeDiscord) -> None:
    """A bulk overwrite is counted and remembered; a second one keeps the ids of commands that stay."""
    before = {command["name"]: command["id"] for command in fake_discord.commands[None]}
    again = await bot.tree.sync()
    assert fake_discord.command_calls == [("PUT", None), ("PUT", None)]
    assert {command.name: str(command.id) for command in again} == before


async def test_mention_is_answered(bot: Bot, fake_discord: FakeDiscord, guild: Guild, ada: Person) -> None:
    """A message that mentions the bot arrives with its text, and the reply is found."""
    asked = await ada.says(guild.channel("general"), "who resigned?", mention_bot=True)
    answer = await fake_discord.next_message(guild.channel("general"))
    assert answer["content"].endswith("who resigned?")
    assert answer["message_reference"]["message_id"] == asked["id"]
    assert answer["mentions"] == []


async def test_other_text_is_blank(bot: Bot, fake_discord: FakeDiscord, guild: Guild, ada: Person) -> None:
    """Without the message content intent an ordinary message arrives empty, and the silence can be proved."""
    await ada.says(guild.channel("general"), "who resigned?")
    await fake_discord.silent(guild.channel("general"))
    assert bot.heard == [""]


async def test_silence_is_not_claimed_wrongly(bot: Bot, fake_discord: FakeDiscord, guild: Guild, ada: Person) -> None:
    """`silent` waits for the answer in the making and then fails."""
    await ada.says(guild.channel("general"), "who resigned?", mention_bot=True)
    with pytest.raises(AssertionError, match="who resigned"):
        await fake_discord.silent(guild.channel("general"))


async def test_replies_to_the_bot(bot: Bot, fake_discord: FakeDiscord, guild: Guild, ada: Person) -> None:
    """A pinging reply to a regular message has its text; without ping, or to a slash answer, it has not."""
    channel = guild.channel("general")
    await ada.says(channel, "first?", mention_bot=True)
    regular = await fake_discord.next_message(channel)
    slash = (await ada.slash("ask", question="x")).message
    await ada.says(channel, "with ping", reply_to=regular)
    await ada.says(channel, "without", reply_to=regular, ping=False)
    await ada.says(channel, "to slash", reply_to=slash)
    await fake_discord.silent(channel)
    assert bot.heard[1:] == ["with ping", "", ""]


async def test_direct_message(bot: Bot, fake_discord: FakeDiscord, ada: Person) -> None:
    """A direct message arrives with its text and is answered there."""
    await ada.dm("why?")
    assert (await fake_discord.next_message(ada))["content"] == "You asked: why?"


async def test_missing_answer_is_told_at_once(bot: Bot, fake_discord: FakeDiscord, ada: Person) -> None:
    """Who waits for a message that will not come hears so as soon as the bot is through."""
    await ada.dm("no question")
    with pytest.raises(NoAnswer):
        await fake_discord.next_message(ada)


async def test_slash_command(bot: Bot, fake_discord: FakeDiscord, guild: Guild, ada: Person) -> None:
    """A slash command is answered once, visibly or only for the person."""
    public = await ada.slash("ask", question="who?")
    assert public.message is not None
    assert public.message["content"] == "Answer to who?"
    assert not public.ephemeral
    assert public.acknowledged_after is not None
    assert public.acknowledged_after < 1
    private = await ada.slash("ask", question="who?", private=True)
    assert private.ephemeral
    channel = guild.channel("general")
    assert fake_discord.messages(channel) == [public.message]
    assert fake_discord.messages(channel, viewer=ada) == [public.message, private.message]


async def test_slash_in_a_direct_conversation(bot: Bot, ada: Person) -> None:
    """In the conversation with the bot there is a user and no member."""
    used = await ada.slash("ask", guild=None, question="who?")
    assert used.payload["context"] == 1
    assert "member" not in used.payload
    assert used.payload["user"]["id"] == str(ada.id)


async def test_user_install(bot: Bot, fake_discord: FakeDiscord) -> None:
    """Where only the person has installed it, the bot is not in the guild, and has five follow-ups."""
    elsewhere = fake_discord.guild("Elsewhere", installed=False)
    bob = fake_discord.person(elsewhere, name="Bob")
    with pytest.raises(NotOffered):
        await bob.slash("many")
    bob.installs()
    used = await bob.slash("many")
    assert used.payload["authorizing_integration_owners"] == {"1": str(bob.id)}
    assert len(used.followups) == 5
    assert bot.codes == [40094]


async def test_external_apps_are_private_without_permission(bot: Bot, fake_discord: FakeDiscord) -> None:
    """Without USE_EXTERNAL_APPS what a user-installed bot says is for the person only."""
    elsewhere = fake_discord.guild("Elsewhere", installed=False)
    elsewhere.channel("general").overwrites[elsewhere.id] = (0, USE_EXTERNAL_APPS)
    bob = fake_discord.person(elsewhere, name="Bob")
    bob.installs()
    assert (await bob.slash("ask", question="who?")).ephemeral


async def test_deferral_and_follow_ups(bot: Bot, ada: Person) -> None:
    """The first follow-up fills the deferred message, which stays ephemeral; the next is a message of its own."""
    used = await ada.slash("slow")
    assert used.response == {"type": 5, "data": {"flags": 64}}
    assert used.message is not None
    assert used.message["content"] == "late"
    assert used.ephemeral
    assert [message["attachments"][0]["filename"] for message in used.followups] == ["a.txt"]


async def test_second_answer_is_refused(bot: Bot, ada: Person) -> None:
    """An interaction is answered once; then it is 40060."""
    used = await ada.slash("twice")
    assert used.message is not None
    assert used.message["content"] == "once"
    assert bot.codes == [40060]


async def test_follow_up_before_the_answer_is_refused(bot: Bot, ada: Person) -> None:
    """Before the first answer the webhook of an interaction does not exist."""
    await ada.slash("early")
    assert bot.codes == [10015]


async def test_too_long_is_refused_and_can_be_mended(bot: Bot, fake_discord: FakeDiscord, ada: Person) -> None:
    """A refused answer (over 2000 characters) does not use the interaction up; the description refuses it too."""
    used = await ada.slash("long")
    assert bot.codes == [50035]
    assert used.message is not None
    assert used.message["content"] == "shorter"
    assert [violation.where for violation in fake_discord.violations] == (
        ["$.data.content"] if fake_discord.schema else []
    )
    fake_discord.violations.clear()


async def test_autocomplete(bot: Bot, ada: Person) -> None:
    """Typing into an option brings the bot's choices."""
    assert await ada.autocomplete("ask", "question", "han d") == [{"name": "han d?", "value": "han d"}]


async def test_button_updates_its_message(bot: Bot, ada: Person) -> None:
    """A button can change its message; it is found by label or custom_id."""
    used = await ada.slash("ask", question="who?")
    pressed = await ada.clicks(used, "Again")
    assert pressed.message == used.message
    assert pressed.message is not None
    assert pressed.message["content"] == "again"


async def test_what_cannot_be_pressed(bot: Bot, fake_discord: FakeDiscord, guild: Guild, ada: Person) -> None:
    """A disabled or missing button, and another person's ephemeral message, are out of reach."""
    used = await ada.slash("ask", question="who?", private=True)
    for name in ("Off", "Nowhere"):
        with pytest.raises(NotOffered):
            await ada.clicks(used, name)
    with pytest.raises(NotOffered):
        await fake_discord.person(guild, name="Bob").clicks(used, "Again")


async def test_silent_button_fails(bot: Bot, ada: Person) -> None:
    """A button that answers nothing is told at once, not after three seconds."""
    used = await ada.slash("ask", question="who?")
    with pytest.raises(NoAnswer):
        await ada.clicks(used, "Dead")


async def test_select(bot: Bot, ada: Person) -> None:
    """A select brings what was picked; a silent deferral and an edit change the message."""
    used = await ada.slash("ask", question="who?")
    chosen = await ada.selects(used, "who", [ada])
    assert chosen.deferred
    assert chosen.message is not None
    assert chosen.message["content"] == "ada"


async def test_modal(bot: Bot, ada: Person) -> None:
    """A form opens, is filled in by label, and its submit is answered."""
    opened = await ada.clicks(await ada.slash("ask", question="who?"), "Suggest")
    assert opened.modal is not None
    assert opened.modal["title"] == "Suggest an entry"
    filled = {"Question": "Who?", "Standing": "Denied", "Tags": ["who", "why"]}
    sent = await ada.submits(opened, filled)
    assert sent.message is not None
    assert sent.message["content"] == "('Who?', ['Denied'], 'Plain', ['who', 'why'], True)"
    mistakes: list[dict[str, Any]] = [{"Question": "x" * 201}, {"Question": ""}, {"Standing": "Said"}, {"Tags": []}]
    for wrong in [*mistakes, {"Colour": "red"}]:
        with pytest.raises(NotOffered):
            await ada.submits(opened, {**filled, **wrong})


async def test_context_menu_brings_the_text(bot: Bot, guild: Guild, ada: Person) -> None:
    """The target of a message command comes with its text, which the bot could not read otherwise."""
    said = await ada.says(guild.channel("general"), "he resigned")
    used = await ada.menu("Answer this", said)
    assert used.message is not None
    assert used.message["content"] == "On 'he resigned'"


async def test_group_and_its_permissions(bot: Bot, fake_discord: FakeDiscord, guild: Guild, ada: Person) -> None:
    """A subcommand is offered to those whom its group is for, and resolves a member."""
    moderator = fake_discord.person(guild, name="Mo", roles=[fake_discord.role(guild, "Moderators", ADMINISTRATOR)])
    used = await moderator.slash("kb add", who=ada)
    assert used.message is not None
    assert used.message["content"] == "added by Ada"
    for name, values in (("kb add", {"who": ada}), ("kb", {}), ("kb burn", {}), ("nothing", {})):
        with pytest.raises(NotOffered):
            await ada.slash(name, options=values)
    with pytest.raises(NotOffered):
        await moderator.slash("kb add", guild=None, who=ada)
    assert (await ada.slash("kb add", force=True, who=ada)).message


async def test_options_of_every_kind(bot: Bot, fake_discord: FakeDiscord, guild: Guild, ada: Person) -> None:
    """Roles, channels, files and numbers arrive as what was picked; numbers out of bounds are not offered."""
    picks = {
        "role": fake_discord.role(guild, "Readers"),
        "channel": guild.channel("general"),
        "file": ("a.txt", b"text"),
    }
    used = await ada.slash("pick", options=picks, number=5)
    assert used.message is not None
    assert used.message["content"] == "Readers general text 5"
    with pytest.raises(NotOffered):
        await ada.slash("pick", options=picks, number=6)
    with pytest.raises(NotOffered):
        await ada.slash("pick", options={**picks, "file": None, "other": 1})


async def test_menu_on_a_person_and_deletion(bot: Bot, fake_discord: FakeDiscord, guild: Guild, ada: Person) -> None:
    """A user command resolves its target; an answer that the bot deleted is gone."""
    used = await ada.menu("Who", fake_discord.person(guild, name="Bob"))
    assert used.response is not None
    assert used.response["data"]["content"] == "Bob"
    assert used.message is None


async def test_people_among_themselves(bot: Bot, fake_discord: FakeDiscord, guild: Guild, ada: Person) -> None:
    """Between two people only a command of a user install is there, in context 2."""
    channel = fake_discord.private(ada, fake_discord.person(guild, name="Bob"))
    with pytest.raises(NotOffered):
        await ada.slash("ask", channel=channel, question="who?")
    ada.installs()
    used = await ada.slash("ask", channel=channel, question="who?")
    assert used.payload["context"] == 2
    assert used.payload["authorizing_integration_owners"] == {"1": str(ada.id)}
    assert used.message in fake_discord.messages(channel)


async def test_many_at_once(bot: Bot, fake_discord: FakeDiscord, guild: Guild) -> None:
    """Several people can act at the same time, and each gets their own answer."""
    people = [fake_discord.person(guild, name=f"Reader {number}") for number in range(20)]
    used = await asyncio.gather(*(person.slash("ask", question=person.name) for person in people))
    assert [each.message and each.message["content"] for each in used] == [f"Answer to {one.name}" for one in people]


async def test_shards(fake_discord: FakeDiscord) -> None:
    """Each guild's events go to its shard, and direct messages to shard 0."""
    fake_discord.shards = 2
    guilds = [fake_discord.guild(f"Guild {number}") for number in range(4)]
    assert {(guild.id >> 22) % 2 for guild in guilds} == {0, 1}
    heard: list[tuple[int | None, str]] = []

    class Sharded(discord.AutoShardedClient):
        async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
            """Do not wait."""

        async def on_message(self, message: discord.Message) -> None:
            heard.append((message.guild.shard_id if message.guild else 0, message.content))

    bot = Sharded(intents=discord.Intents(guilds=True, messages=True), guild_ready_timeout=0.01)
    running = asyncio.create_task(bot.start(fake_discord.token))
    await fake_discord.until(lambda: fake_discord.gateway.generation == 2, "two shards")
    for guild in guilds:
        await fake_discord.person(guild).says(guild.channel("general"), str((guild.id >> 22) % 2), mention_bot=True)
    await fake_discord.person(guilds[0]).dm("0")
    await fake_discord.watch.wait(1)
    assert len(heard) == 5
    assert all(content.endswith(str(shard)) for shard, content in heard)
    await bot.close()
    await running


async def test_bad_token(fake_discord: FakeDiscord) -> None:
    """A wrong token is refused at login with 401."""
    async with Bot(discord.Intents.none()) as bot:
        with pytest.raises(discord.LoginFailure):
            await bot.start("wrong")


async def gateway_close_code(fake_discord: FakeDiscord, identify: dict[str, Any]) -> int | None:
    """What the gateway closes with after this IDENTIFY."""
    async with aiohttp.ClientSession() as session, session.ws_connect(fake_discord.gateway_url) as ws:
        assert (await ws.receive_json())["op"] == 10
        await ws.send_json({"op": 2, "d": identify})
        await ws.receive()
        return ws.close_code


async def test_gateway_refuses_a_bad_token(fake_discord: FakeDiscord) -> None:
    """The gateway closes with 4004 on a bad token."""
    assert await gateway_close_code(fake_discord, {"token": "wrong", "intents": 0}) == 4004


async def test_missing_privileged_intent(fake_discord: FakeDiscord) -> None:
    """Asking for message content that the application does not have ends with 4014."""
    bot = Bot(discord.Intents(guilds=True, messages=True, message_content=True))
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await asyncio.wait_for(bot.start(fake_discord.token), fake_discord.patience)
    await bot.close()


async def test_granted_privileged_intent(fake_discord: FakeDiscord) -> None:
    """With the message content intent granted, ordinary text can be read."""
    fake_discord.privileged = frozenset({"message_content"})
    guild = fake_discord.guild()
    bot = Bot(discord.Intents(guilds=True, messages=True, message_content=True))
    running = asyncio.create_task(bot.start(fake_discord.token))
    await fake_discord.until(lambda: fake_discord.gateway.generation, "READY")
    await fake_discord.person(guild).says(guild.channel("general"), "plain")
    await fake_discord.silent(guild.channel("general"))
    assert bot.heard == ["plain"]
    await bot.close()
    await running


@pytest.mark.parametrize("code", [4000, 1000, None])
async def test_resume_after_a_drop(bot: Bot, fake_discord: FakeDiscord, ada: Person, code: int | None) -> None:
    """A dropped client resumes and gets what it missed."""
    await fake_discord.drop_gateway(code)
    await ada.dm("missed?")
    await fake_discord.wait_for_reconnect()
    assert (await fake_discord.next_message(ada))["content"] == "You asked: missed?"
    assert len(fake_discord.gateway.resumes) == 1
    assert len(fake_discord.gateway.identifies) == 1
    assert bot.resumed.is_set()


async def test_reconnect_and_invalid_session(bot: Bot, fake_discord: FakeDiscord, ada: Person) -> None:
    """Op 7 and a resumable op 9 lead to a resume, a final op 9 to a new session."""
    await fake_discord.request_reconnect()
    await fake_discord.wait_for_reconnect()
    await fake_discord.invalidate_session(resumable=True)
    await fake_discord.wait_for_reconnect()
    assert (len(fake_discord.gateway.resumes), len(fake_discord.gateway.identifies)) == (2, 1)
    await fake_discord.invalidate_session(resumable=False)
    await fake_discord.wait_for_reconnect()
    assert (len(fake_discord.gateway.resumes), len(fake_discord.gateway.identifies)) == (2, 2)
    await ada.dm("still there?")
    assert (await fake_discord.next_message(ada))["content"] == "You asked: still there?"


async def test_unavailable_guild_appears_later(fake_discord: FakeDiscord) -> None:
    """A guild with an outage is named in READY and created later."""
    guild = fake_discord.guild()
    guild.unavailable = True
    bot = Bot(discord.Intents(guilds=True, messages=True))
    running = asyncio.create_task(bot.start(fake_discord.token))
    await fake_discord.until(lambda: fake_discord.gateway.generation, "READY")
    await fake_discord.watch.round_trip()
    known = bot.get_guild(guild.id)
    assert known is not None
    assert known.unavailable
    fake_discord.join_guild(guild)
    await fake_discord.watch.round_trip()
    known = bot.get_guild(guild.id)
    assert known is not None
    assert [channel.name for channel in known.text_channels] == ["general"]
    await bot.close()
    await running


async def test_unacknowledged_heartbeats(fake_discord: FakeDiscord) -> None:
    """Heartbeats are counted, and not acknowledged when a test says so."""
    fake_discord.ack_heartbeats = False
    async with aiohttp.ClientSession() as session, session.ws_connect(fake_discord.gateway_url) as ws:
        await ws.receive_json()
        await ws.send_json({"op": 1, "d": None})
        await ws.send_json({"op": 2, "d": {"token": fake_discord.token, "intents": 0}})
        assert (await ws.receive_json())["t"] == "READY"
    assert fake_discord.gateway.heartbeats == 1


async def test_fault_is_met_once(bot: Bot, fake_discord: FakeDiscord, ada: Person) -> None:
    """A 429 asked for is met by the client, which tries again after the time it was told."""
    fault = fake_discord.fail_next("POST", "/channels/.*/messages", 429)
    await ada.dm("why?")
    assert (await fake_discord.next_message(ada))["content"] == "You asked: why?"
    assert fault.hits == 1


async def test_request_can_be_held(bot: Bot, fake_discord: FakeDiscord, ada: Person) -> None:
    """A request held back is in sight, and is answered when it is let go."""
    held = fake_discord.hold_next("POST", "/callback$")
    using = asyncio.create_task(ada.slash("ask", question="who?"))
    await held.arrived.wait()
    assert not using.done()
    held.release()
    assert (await using).message


async def test_cut_connection(fake_discord: FakeDiscord) -> None:
    """Status 0 cuts the connection instead of answering, once."""
    fault = fake_discord.fail_next("POST", "/users/@me/channels", 0)
    url = f"{fake_discord.api_url}/users/@me/channels"
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.post(url, json={})
        async with session.post(url, json={}) as answer:
            assert answer.status == 401
    assert fault.hits == 1


async def test_late_answer_is_refused(bot: Bot, fake_discord: FakeDiscord, ada: Person) -> None:
    """After three seconds without an answer an interaction is unknown."""
    held = fake_discord.hold_next("POST", "/callback$")
    using = asyncio.create_task(ada.slash("ask", question="who?"))
    await held.arrived.wait()
    (interaction,) = fake_discord.interactions.values()
    interaction.make_older(3.1)
    held.release()
    with pytest.raises(NoAnswer):
        await using
    assert fake_discord.requests[-1].status == 404


async def test_missing_permission(bot: Bot, fake_discord: FakeDiscord, guild: Guild) -> None:
    """A channel where the bot may not write refuses it."""
    guild.channel("general").overwrites[guild.id] = (0, SEND_MESSAGES)
    destination = bot.get_partial_messageable(guild.channel("general").id)
    guild.channel("general").overwrites[fake_discord.bot.id] = (0, SEND_MESSAGES)
    with pytest.raises(discord.Forbidden):
        await destination.send("hello")


async def test_regular_message_life(bot: Bot, fake_discord: FakeDiscord, guild: Guild) -> None:
    """The bot can send with a file, read back, edit, react to and delete its message, and is seen typing."""
    channel = bot.get_channel(guild.channel("general").id)
    assert isinstance(channel, discord.TextChannel)
    sent = await channel.send("one", file=attached(), embed=discord.Embed(title="t"))
    assert await (await channel.fetch_message(sent.id)).attachments[0].read() == b"text"
    await sent.add_reaction("👍")
    await sent.edit(content="two", attachments=[])
    shown = fake_discord.messages(guild.channel("general"))[0]
    assert (shown["content"], shown["attachments"], shown["reactions"][0]["count"]) == ("two", [], 1)
    await channel.typing()
    assert fake_discord.typing == [channel.id]
    await sent.delete()
    assert fake_discord.messages(guild.channel("general")) == []


async def test_components_v2(bot: Bot, guild: Guild, ada: Person) -> None:
    """A layout is accepted, its button found, and it keeps to 4000 characters of text."""
    channel = bot.get_partial_messageable(guild.channel("general").id)
    view = discord.ui.LayoutView(timeout=1)
    view.add_item(
        discord.ui.Container(discord.ui.Section("text", accessory=discord.ui.Button(label="l", custom_id="b")))
    )
    await channel.send(view=view)
    view.add_item(discord.ui.TextDisplay("x" * 3999))
    with pytest.raises(discord.HTTPException):
        await channel.send(view=view)
    view.stop()


async def test_closed_direct_messages(bot: Bot, ada: Person) -> None:
    """A person who takes no direct messages is out of reach (50007)."""
    ada.closes_dms()
    with pytest.raises(discord.Forbidden) as refusal:
        await (await bot.fetch_user(ada.id)).send("hello")
    assert refusal.value.code == 50007


async def test_strangers_are_recorded(fake_discord: FakeDiscord) -> None:
    """A request that the fake Discord does not know is a 404 and is recorded."""
    async with aiohttp.ClientSession() as session, session.get(f"{fake_discord.api_url}/moon") as answer:
        assert (answer.status, await answer.json()) == (404, {"message": "404: Not Found", "code": 0})
    assert fake_discord.unknown_requests == [("GET", "/api/v10/moon")]
    fake_discord.unknown_requests.clear()


@pytest.mark.skipif(not OPENAPI.is_file(), reason="Discord's description of its API is not here")
async def test_violations_are_recorded(bot: Bot, fake_discord: FakeDiscord, ada: Person) -> None:
    """A body that does not fit Discord's description is recorded with the place where it does not."""
    body = {"recipient_id": str(ada.id), "nicks": 3}
    headers = {"Authorization": f"Bot {fake_discord.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        await session.post(f"{fake_discord.api_url}/users/@me/channels", json=body)
    assert [(violation.path, violation.where) for violation in fake_discord.violations] == [
        ("/users/@me/channels", "$.nicks")
    ]
    fake_discord.violations.clear()


def row(*buttons: dict[str, Any]) -> dict[str, Any]:
    """A row of buttons."""
    return {"type": 1, "components": list(buttons)}


def button(name: str = "b") -> dict[str, Any]:
    """A button."""
    return {"type": 2, "style": 1, "label": "l", "custom_id": name}


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"content": "x" * 2001},
        {"embeds": [{"description": "x" * 4000}, {"description": "x" * 2001}]},
        {"content": "x", "components": [row(button(str(number))) for number in range(6)]},
        {"content": "x", "components": [row(*(button(str(number)) for number in range(6)))]},
        {"content": "x", "components": [row(button("x" * 101))]},
        {"content": "x", "components": [row(button(), button())]},
        {"content": "x", "components": [{"type": 10, "content": "text"}]},
        {"content": "x", "flags": 1 << 15, "components": [{"type": 10, "content": "text"}]},
        {"flags": 1 << 15, "components": [{"type": 10, "content": "x"}] * 41},
        {"flags": 1 << 15, "components": [{"type": 10, "content": "x" * 2001}] * 2},
        {"flags": 1 << 15, "components": [{"type": 10, "content": "한" * 3500}]},
    ],
)
def test_limits_of_messages(message: dict[str, Any]) -> None:
    """Messages over Discord's limits are refused."""
    with pytest.raises(ApiError):
        check_message(message)


@pytest.mark.parametrize(
    "commands",
    [
        [{"name": "Ask", "description": "d"}],
        [{"name": "ask", "description": ""}],
        [{"name": "ask", "description": "d"}] * 2,
        [{"name": f"Menu {number}", "type": 3} for number in range(16)],
        [{"name": "a", "description": "d", "options": [{"name": "o", "description": "d", "type": 3}] * 26}],
    ],
)
def test_limits_of_commands(commands: list[dict[str, Any]]) -> None:
    """Commands that Discord would not register are refused."""
    with pytest.raises(ApiError):
        check_commands(commands)
