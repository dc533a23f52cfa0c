"""The services of one bot, composed in one place, and the typed way from an interaction to them."""

from collections import Counter
from collections.abc import Callable
from datetime import date

import discord

from bot.answering.knowledge_base import KnowledgeBase
from bot.charts.renderer import Renderer
from bot.discord_frontend.asking.ask_service import Answered, AskService
from bot.discord_frontend.asking.conversations import Conversations
from bot.discord_frontend.asking.journal_writer import JournalWriter
from bot.discord_frontend.asking.suggestions import Suggestions
from bot.discord_frontend.common.cooldown import Cooldown
from bot.discord_frontend.common.message_sender import MessageSender
from bot.discord_frontend.common.priority_gate import PriorityGate
from bot.discord_frontend.reading.view_service import ViewService
from bot.journal.journal import Journal


class Services:
    """What handlers of messages and interactions work with."""

    def __init__(
        self, *, knowledge_base: KnowledgeBase, journal: Journal, cooldown: Cooldown, today: Callable[[], date]
    ) -> None:
        self.knowledge_base = knowledge_base
        self.cooldown = cooldown
        self.gate = PriorityGate()
        self.sender = MessageSender()
        self.renderer = Renderer()
        self.ask = AskService(knowledge_base)
        self.views = ViewService(knowledge_base)
        self.suggestions = Suggestions(knowledge_base)
        self.conversations = Conversations()
        self.journal = JournalWriter(journal, today)
        self.outcomes: Counter[str] = Counter()
        """Questions since the start, by the outcome of their reply."""

    async def record(self, answered: Answered, user_id: int, place: str, *conversations: int) -> None:
        """Remember a delivered answer for follow-ups, under the ids of its conversations, and write it to the journal."""
        for key in conversations:
            self.conversations.remember(key, answered.context)
        if answered.reply.empty_question:
            return
        self.outcomes[answered.reply.outcome] += 1
        if answered.typed:
            await self.journal.count_question(answered.reply)
        if answered.abstained and self.may_keep_question(user_id):
            await self.journal.record_unanswered(answered.context[-1], place, "abstain")

    def may_keep_question(self, user_id: int) -> bool:
        """Return whether to put a question of this person in the inbox, which nobody may fill alone; count it if so."""
        return not self.cooldown.take(user_id, "inbox")

    async def close(self) -> None:
        """Stop drawing pictures, and wait for the pending writes to the journal."""
        await self.renderer.close()
        await self.journal.close()


class ServiceClient(discord.Client):
    """A client with services."""

    services: Services


Interaction = discord.Interaction[ServiceClient]
