"""What would be sent for a card."""

from typing import Any

from bot.cards.card import Card
from bot.discord_frontend.common.card_message import to_messages
from tests.support.fake_discord.components import number
from tests.support.fake_discord.limits import check_message


def bodies(card: Card, *, may_embed: bool = True) -> list[dict[str, Any]]:
    """Return the requests that send a card. Raise ApiError where Discord would refuse one."""
    sent = [_body(message) for message in to_messages(card, may_embed=may_embed)]
    for body in sent:
        check_message(body)
    return sent


def texts(card: Card, *, may_embed: bool = True) -> list[str]:
    """Return what each message of a card says. Raise ApiError where Discord would refuse one."""
    return [
        str(body["embeds"][0]["description"] if body["embeds"] else body["content"])
        for body in bodies(card, may_embed=may_embed)
    ]


def _body(message: dict[str, Any]) -> dict[str, Any]:
    components = message["view"].to_components() if "view" in message else []
    number(components)
    embeds = [message["embed"].to_dict()] if "embed" in message else []
    return {"content": message.get("content"), "embeds": embeds, "components": components}
