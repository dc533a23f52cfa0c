"""The HTTP API of interactions: responses, edits and follow-ups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import limits
from .components import check_modal
from .errors import ApiError, Json, unknown
from .interaction import (
    CHOICES,
    COMMAND,
    COMPONENT,
    DEFER,
    DEFER_UPDATE,
    MODAL,
    REPLY,
    UPDATE,
    Interaction,
)
from .messages import EPHEMERAL, LOADING, Message, referenced
from .routing import Answer, Call, route
from .schema import Violation

if TYPE_CHECKING:
    from .server import FakeDiscord

HOOK = "/webhooks/{application_id}/{token}"
MAX_FOLLOWUPS = 5  # for an application that is installed by the person only


@route("POST", "/interactions/{interaction_id}/{token}/callback", open=True)
def callback(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Take the one initial response."""
    interaction = fake_discord.interactions.get(call.params["token"])
    if interaction is None or str(interaction.id) != call.params["interaction_id"]:
        raise unknown("interaction")
    interaction.check_answer(call.body)
    kind, data = call.form["type"], call.form.get("data") or {}
    if kind == MODAL:
        check_modal(data)
    elif kind == CHOICES:
        limits.check_choices(data.get("choices") or [])
    elif kind == REPLY:
        interaction.original = _send(fake_discord, interaction, data, call)
    elif kind == DEFER:
        if (data.get("flags") or 0) & ~EPHEMERAL:
            fake_discord.violations.append(
                Violation(call.method, call.path, "$.data.flags", "a deferred answer may carry only the flag EPHEMERAL")
            )
        flags = (data.get("flags") or 0) & EPHEMERAL | LOADING
        interaction.original = _send(fake_discord, interaction, {"flags": flags}, call)
    elif kind == UPDATE:
        interaction.original = _edit(fake_discord, _source(interaction), data, call)
    elif kind == DEFER_UPDATE:
        interaction.original = _source(interaction)
    interaction.callback = call.form
    interaction.acknowledged_after = interaction.age
    fake_discord.notify_listeners(interaction)
    if call.query.get("with_response", "").lower() not in ("1", "true"):
        return 204, None
    return 200, _callback_response(interaction)


def _callback_response(interaction: Interaction) -> Json:
    about: Json = {"id": str(interaction.id), "type": interaction.kind}
    kind = (interaction.callback or {})["type"]
    resource: Json = {"type": kind}
    if interaction.original:
        about |= {
            "response_message_id": str(interaction.original.id),
            "response_message_loading": interaction.loading,
            "response_message_ephemeral": interaction.ephemeral,
        }
        if kind in (REPLY, UPDATE):
            resource["message"] = interaction.original.payload()
    return {"interaction": about, "resource": resource}


@route("POST", HOOK, open=True)
def follow_up(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Send a follow-up; the first one after a deferral fills the deferred message."""
    interaction = _interaction(fake_discord, call)
    if interaction.loading and interaction.original:
        return 200, _edit(fake_discord, interaction.original, call.form, call).payload()
    if interaction.external and len(interaction.followup_messages) >= MAX_FOLLOWUPS:
        raise ApiError(400, 40094, "This interaction has hit the maximum number of follow up messages")
    message = _send(fake_discord, interaction, call.form, call)
    interaction.followup_messages.append(message)
    return 200, message.payload()


@route("GET", HOOK + "/messages/{message_id}", open=True)
def get(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Return the initial response (@original) or a follow-up."""
    return 200, _message(fake_discord, call).payload()


@route("PATCH", HOOK + "/messages/{message_id}", open=True)
def edit(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Edit the initial response or a follow-up."""
    return 200, _edit(fake_discord, _message(fake_discord, call), call.form, call).payload()


@route("DELETE", HOOK + "/messages/{message_id}", open=True)
def delete(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Delete the initial response or a follow-up."""
    fake_discord.message_events.drop(_message(fake_discord, call))
    return 204, None


def _interaction(fake_discord: FakeDiscord, call: Call) -> Interaction:
    interaction = fake_discord.interactions.get(call.params["token"])
    if interaction is None or call.params["application_id"] != str(fake_discord.application_id):
        raise unknown("Webhook")
    interaction.check_webhook()
    return interaction


def _message(fake_discord: FakeDiscord, call: Call) -> Message:
    """Return the message of a webhook URL, if it belongs to this interaction."""
    interaction, wanted = _interaction(fake_discord, call), call.params["message_id"]
    reachable = [message for message in (interaction.original, *interaction.followup_messages) if message]
    for message in reachable:
        if wanted == str(message.id) or (wanted == "@original" and message is interaction.original):
            return fake_discord.messages_store.find(message.id)
    raise unknown("Message")


def _source(interaction: Interaction) -> Message:
    if interaction.source is None:
        raise unknown("Message")
    return interaction.source


def _send(fake_discord: FakeDiscord, interaction: Interaction, body: Json, call: Call) -> Message:
    """Create a message of an interaction: the initial response or a follow-up."""
    metadata = interaction.metadata
    viewer = interaction.viewer_of(body.get("flags") or 0)
    flags = (body.get("flags") or 0) | (EPHEMERAL if viewer is not None else 0)
    application = str(fake_discord.application_id)
    extra: Json = {"interaction_metadata": metadata, "application_id": application, "webhook_id": application}
    kind, earlier = 19, interaction.original or interaction.source
    if interaction.kind == COMMAND and not interaction.original:
        kind = 20 if interaction.payload["data"]["type"] == 1 else 23
        extra["interaction"] = {
            "id": str(interaction.id),
            "type": COMMAND,
            "user": metadata["user"],
            "name": interaction.payload["data"]["name"],
        }
    elif earlier is None:
        kind = 0
    elif interaction.kind == COMPONENT or interaction.original:
        extra.update(referenced(earlier))
    message = fake_discord.messages_store.create(
        interaction.channel,
        fake_discord.bot,
        {**body, "flags": flags},
        call.uploads,
        kind=kind,
        extra=extra,
        viewer=viewer,
    )
    fake_discord.message_events.announce(message)
    return message


def _edit(fake_discord: FakeDiscord, message: Message, body: Json, call: Call) -> Message:
    """Edit a message; it stays ephemeral or not."""
    fake_discord.messages_store.edit(message, body, call.uploads)
    fake_discord.message_events.announce(message, "MESSAGE_UPDATE")
    return message
