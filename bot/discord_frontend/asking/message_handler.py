"""Answering messages."""

from collections.abc import Collection

import discord

from bot.discord_frontend.asking.ask_service import Answered
from bot.discord_frontend.asking.message_parsing import MessageQuestion, guild_id, is_direct, parse_question
from bot.discord_frontend.asking.responses import DIRECT_MESSAGE
from bot.discord_frontend.common import error_handler
from bot.discord_frontend.common.bounded_cache import BoundedCache
from bot.discord_frontend.services import Services

MAX_HANDLED = 1_000
"""Messages remembered as handled: after a lost connection Discord sends some twice."""


class MessageHandler:
    """Answers mentions, replies, direct messages, and questions in `listen_channels`."""

    def __init__(self, services: Services, listen_channels: Collection[int]) -> None:
        self._services = services
        self._listen_channels = listen_channels
        self._handled: BoundedCache[int, bool] = BoundedCache(MAX_HANDLED)

    async def handle(self, message: discord.Message, me: discord.abc.Snowflake) -> None:
        """Answer a message if it is for the bot. Raise MessageHidden, OnCooldown, and what Discord raises."""
        question = parse_question(message, me, self._listen_channels)
        if question is None or message.id in self._handled:
            return
        self._handled[message.id] = True
        answered = await self._answer(message.author.id, question)
        if answered is None:
            return
        ids = await self._services.sender.reply_with_card(message, answered.card)
        if ids:
            server = guild_id(message)
            direct_channels = [message.channel.id] if server is None else []
            place = DIRECT_MESSAGE if server is None else str(server)
            await self._services.record(answered, message.author.id, place, *ids, *direct_channels)

    async def handle_error(self, message: discord.Message, me: discord.ClientUser | None, error: BaseException) -> None:
        """Tell the author what went wrong if they addressed the bot; otherwise only log it."""
        if is_direct(message) or me in message.mentions:
            await error_handler.reply_with_error(self._services, message, error)
        else:
            error_handler.user_message(error)

    async def _answer(self, user_id: int, question: MessageQuestion) -> Answered | None:
        """Return the answer to a message; None for an overheard one that has none. Raise OnCooldown."""
        services = self._services
        if question.addressed:
            services.cooldown.admit(user_id)
            context = services.conversations.questions(question.conversation)
            return await services.gate.run(lambda: services.ask.ask(question.question, context), urgent=False)
        if services.cooldown.take(user_id, "overheard"):
            return None
        answered = await services.gate.run(lambda: services.ask.ask(question.question), urgent=False)
        # What has no answer is not recorded either: people were talking among themselves.
        return None if answered.abstained or services.cooldown.take(user_id) else answered
