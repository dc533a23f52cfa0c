"""Discord's limits on messages, embeds, autocomplete choices and commands."""

from __future__ import annotations

import re
from collections import Counter

from . import components
from .errors import ApiError, FormErrors, Json

COMMAND_NAME = re.compile(r"^[-_'\w]{1,32}$")
CHAT_INPUT, USER_COMMAND, MESSAGE_COMMAND = 1, 2, 3
MAX_COMMANDS = {CHAT_INPUT: 100, USER_COMMAND: 15, MESSAGE_COMMAND: 15}


def check_message(message: Json, files: int = 0) -> None:
    """Raise an error if Discord would refuse the message that results from the request."""
    errors = FormErrors()
    v2 = bool((message.get("flags") or 0) & components.COMPONENTS_V2)
    content, embeds, parts = message.get("content"), message.get("embeds") or [], message.get("components") or []
    errors.length("content", content, 2000)
    if v2:
        for field in ("content", "embeds", "poll", "sticker_ids"):
            if message.get(field):
                errors.add(
                    field,
                    "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                    f"The '{field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
                )
    errors.count("embeds", embeds, 10)
    total = 0
    for index, embed in enumerate(embeds):
        total += _check_embed(errors, f"embeds.{index}", embed)
    if total > 6000:
        errors.add("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")
    components.check_message(errors, parts, v2=v2)
    errors.length("nonce", message.get("nonce"), 25)
    errors.raise_if_any()
    if not any(
        (content, embeds, parts, files, message.get("attachments"), message.get("sticker_ids"), message.get("poll"))
    ):
        raise ApiError(400, 50006, "Cannot send an empty message")


def _check_embed(errors: FormErrors, path: str, embed: Json) -> int:
    """Check one embed; return the number of characters that count towards the 6,000."""
    footer, author = embed.get("footer") or {}, embed.get("author") or {}
    texts = [
        ("title", embed.get("title"), 256),
        ("description", embed.get("description"), 4096),
        ("footer.text", footer.get("text"), 2048),
        ("author.name", author.get("name"), 256),
    ]
    fields: list[Json] = embed.get("fields") or []
    errors.count(f"{path}.fields", fields, 25)
    for index, field in enumerate(fields):
        texts.append((f"fields.{index}.name", field.get("name"), 256))
        texts.append((f"fields.{index}.value", field.get("value"), 1024))
    for name, text, most in texts:
        errors.length(f"{path}.{name}", text, most, 1 if name.startswith("fields") else 0)
    return sum(len(text or "") for _, text, _ in texts)


def check_choices(choices: list[Json]) -> None:
    """Raise an error for more than 25 choices, or for names or values that are too long."""
    errors = FormErrors()
    errors.count("data.choices", choices, 25)
    for index, choice in enumerate(choices):
        errors.length(f"data.choices.{index}.name", choice.get("name"), 100, 1)
        if isinstance(choice.get("value"), str):
            errors.length(f"data.choices.{index}.value", choice["value"], 100)
    errors.raise_if_any()


def check_commands(commands: list[Json]) -> None:
    """Raise an error if Discord would not register these commands of one scope."""
    errors = FormErrors()
    kinds = Counter(command.get("type") or CHAT_INPUT for command in commands)
    if any(kinds[kind] > most for kind, most in MAX_COMMANDS.items()):
        raise ApiError(400, 30032, "Maximum number of application commands reached")
    seen: set[tuple[str, int]] = set()
    for index, command in enumerate(commands):
        kind, name = command.get("type") or CHAT_INPUT, command.get("name", "")
        if (name, kind) in seen:
            errors.add(
                f"{index}.name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique"
            )
        seen.add((name, kind))
        if kind == CHAT_INPUT:
            _check_command(errors, f"{index}", command)
            if _size(command) > 8000:
                errors.add(
                    f"{index}", "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size of 8000 characters"
                )
        else:
            errors.length(f"{index}.name", name, 32, 1)
    errors.raise_if_any()


def _check_command(errors: FormErrors, path: str, command: Json) -> None:
    """Check a slash command, subcommand or option, recursively."""
    name = command.get("name", "")
    if not COMMAND_NAME.match(name) or name != name.lower():
        errors.add(f"{path}.name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    errors.length(f"{path}.description", command.get("description"), 100, 1)
    options: list[Json] = command.get("options") or []
    errors.count(f"{path}.options", options, 25)
    errors.count(f"{path}.choices", command.get("choices") or [], 25)
    optional = False
    for index, option in enumerate(options):
        here = f"{path}.options.{index}"
        if option.get("name") in [earlier.get("name") for earlier in options[:index]]:
            errors.add(f"{here}.name", "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATED", "Option name is taken")
        if option.get("required") and optional:
            errors.add(
                f"{here}.required",
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional = optional or not option.get("required")
        _check_command(errors, here, option)
    for index, choice in enumerate(command.get("choices") or []):
        errors.length(f"{path}.choices.{index}.name", choice.get("name"), 100, 1)


def _size(command: Json) -> int:
    """Return the number of characters of names, descriptions and values, with the longest localization of each."""
    total = 0
    for field in ("name", "description"):
        texts = [command.get(field), *(command.get(f"{field}_localizations") or {}).values()]
        total += max(len(text or "") for text in texts)
    value = command.get("value")
    total += len(value) if isinstance(value, str) else 0
    return total + sum(_size(part) for part in [*(command.get("options") or []), *(command.get("choices") or [])])
