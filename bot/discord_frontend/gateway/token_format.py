"""What is wrong with a token as it was typed, found without asking Discord. No sentence here quotes any part of it."""

import base64
import re

from bot.config import TOKEN_VARIABLE
from bot.discord_frontend.gateway.fatal_errors import NO_TOKEN, PORTAL

QUOTES = "\"'‘’“”`"
TOKEN = re.compile(r"([\w-]{20,})\.[\w-]{5,}\.[\w-]{25,}", re.ASCII)
"""A token: the application's id in base64, a time, a signature."""
_WHERE = f"{PORTAL} (your application, Bot, Reset Token)"
_OTHER_VALUES = (
    (re.compile(r"\d{15,20}"), "an id, such as the Application ID"),
    (re.compile(r"[0-9a-f]{64}"), "the application's Public Key"),
    (re.compile(r"[\w-]{32}", re.ASCII), "the Client Secret"),
)


def typing_problem(token: str) -> str:
    """Return what keeps a token from being one, whatever its shape; '' if nothing does."""
    if not token:
        return NO_TOKEN
    if token[0] in QUOTES or token[-1] in QUOTES:
        return f"{TOKEN_VARIABLE} has quotation marks around the token: take them away"
    if re.match(r"(?i)(?:bot|bearer)\s", token):
        word = token.split(maxsplit=1)[0]
        return f"{TOKEN_VARIABLE} has the word {word!r} before the token: take it away, the program adds it"
    if token.startswith(f"{TOKEN_VARIABLE}="):
        return f"{TOKEN_VARIABLE} has its own name before the token: take it away"
    if not re.fullmatch(r"[\x21-\x7e]+", token):
        return (
            f"{TOKEN_VARIABLE} has a space, a line break or a letter with an accent in it, which no token has: "
            f"copy the token again from {_WHERE}"
        )
    return ""


def shape_problem(token: str) -> str:
    """Return why this does not look like one of Discord's tokens; '' if it does."""
    if problem := typing_problem(token):
        return problem
    for pattern, name in _OTHER_VALUES:
        if pattern.fullmatch(token):
            return f"{TOKEN_VARIABLE} looks like {name}, not like a token: copy the token from {_WHERE}"
    if not TOKEN.fullmatch(token):
        return f"{TOKEN_VARIABLE} does not have a token's three parts with dots between: copy it again from {_WHERE}"
    return ""


def application_id(token: str) -> int | None:
    """Return the application's id that a token of Discord's shape begins with; None if it has none."""
    match = TOKEN.fullmatch(token)
    if match is None:
        return None
    part = match.group(1)
    try:
        text = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("ascii")
    except ValueError:
        return None
    return int(text) if text.isdecimal() and len(text) <= 20 else None
