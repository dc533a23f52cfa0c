"""One interaction: its payload, and everything that the bot responded."""

from __future__ import annotations

import asyncio
from typing import Any

from .errors import ApiError, Json, copied, unknown
from .messages import EPHEMERAL, LOADING, Message
from .payloads import Scene
from .world import USE_EXTERNAL_APPS

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
REPLY, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
ANSWERS = {
    COMMAND: (REPLY, DEFER, MODAL),
    COMPONENT: (REPLY, DEFER, DEFER_UPDATE, UPDATE, MODAL),
    AUTOCOMPLETE: (CHOICES,),
    MODAL_SUBMIT: (REPLY, DEFER, DEFER_UPDATE, UPDATE),
}


class Interaction:
    """An interaction: the `payload` sent to the bot, and properties with the current state of its responses."""

    def __init__(self, scene: Scene, payload: Json, source: Message | None, metadata: Json) -> None:
        self.scene = scene
        self.fake_discord = scene.fake_discord
        self.user = scene.person.user
        self.channel = scene.channel
        self.payload = payload
        self.source = source  # the message whose component was used
        self.metadata = metadata
        self.id = int(payload["id"])
        self.token: str = payload["token"]
        self.kind: int = payload["type"]
        self.callback: Json | None = None
        self.original: Message | None = None
        self.followup_messages: list[Message] = []
        self.acknowledged_after: float | None = None
        self.began = asyncio.get_running_loop().time()

    @property
    def response(self) -> Json | None:
        """Return the first callback as the bot sent it: {'type': 4, 'data': {...}}."""
        callback: Json | None = copied(self.callback)
        return callback

    @property
    def message(self) -> Json | None:
        """Return the current response (of an update, the message with the component); None if deleted."""
        return self.original.payload() if self.original and not self.original.deleted else None

    @property
    def followups(self) -> list[Json]:
        """Return the current follow-up messages."""
        return [message.payload() for message in self.followup_messages if not message.deleted]

    @property
    def ephemeral(self) -> bool:
        """Return whether only the user sees the response."""
        return self.original is not None and self.original.viewer is not None

    @property
    def deferred(self) -> bool:
        """Return whether the bot deferred its response."""
        return self.callback is not None and self.callback["type"] in (DEFER, DEFER_UPDATE)

    @property
    def modal(self) -> Json | None:
        """Return the modal that the bot opened."""
        return copied(self.callback["data"]) if self.callback and self.callback["type"] == MODAL else None

    @property
    def choices(self) -> list[Json]:
        """Return the choices that the bot offered."""
        if not self.callback or self.callback["type"] != CHOICES:
            return []
        choices: list[Json] = copied(self.callback["data"].get("choices") or [])
        return choices

    @property
    def loading(self) -> bool:
        """Return whether the user still sees 'is thinking'."""
        return bool(self.original and self.original.data["flags"] & LOADING and not self.original.deleted)

    @property
    def age(self) -> float:
        """Return the seconds since the user acted."""
        return asyncio.get_running_loop().time() - self.began

    @property
    def external(self) -> bool:
        """Return whether the application is here only through a user install."""
        return "0" not in self.payload["authorizing_integration_owners"]

    def make_older(self, seconds: float) -> None:
        """Let time pass for this interaction: it expires unanswered after 3 s, and in any case after 15 min."""
        self.began -= seconds

    async def next_followup(self, number: int = 1) -> Json:
        """Wait for the follow-up with this number and return it."""
        await self.fake_discord.until(lambda: len(self.followup_messages) >= number, f"follow-up {number}")
        return self.followup_messages[number - 1].payload()

    def viewer_of(self, flags: int) -> int | None:
        """Return who sees a new message with these flags: everybody (None) or only the user."""
        guild = self.channel.guild
        forced = bool(self.external and guild and not guild.permissions(self.user, self.channel) & USE_EXTERNAL_APPS)
        return self.user.id if flags & EPHEMERAL or forced else None

    def check_answer(self, answer: Any) -> None:
        """Raise the error with which Discord refuses a first response, if it does."""
        if self.age > (15 * 60 if self.callback else self.fake_discord.answer_within):
            raise unknown("interaction")
        if self.callback is not None:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        kinds: tuple[int, ...] = ANSWERS[self.kind]
        if self.source is None:
            kinds = tuple(kind for kind in kinds if kind not in (DEFER_UPDATE, UPDATE))
        if not isinstance(answer, dict) or answer.get("type") not in kinds:
            errors = {"type": {"_errors": [{"code": "BASE_TYPE_CHOICES", "message": f"Value must be one of {kinds}."}]}}
            raise ApiError(400, 50035, "Invalid Form Body", errors)

    def check_webhook(self) -> None:
        """Raise an error if the token is used before the response, or after 15 minutes."""
        if self.age > 15 * 60:
            raise ApiError(401, 50027, "Invalid Webhook Token")
        if self.callback is None or self.kind == AUTOCOMPLETE:
            raise unknown("Webhook")
