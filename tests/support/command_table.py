"""The README's list of commands, made from the command tree: `python -m tests.support.command_table` writes it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import discord
from discord import app_commands

from bot.discord_frontend.moderation.kb_commands import group
from bot.discord_frontend.reading.reader_commands import Tree

README = Path(__file__).parents[2] / "README.md"
START, END = "<!-- commands, made by python -m tests.support.command_table -->", "<!-- end of commands -->"
MODERATORS = "<!-- moderators' commands, made by python -m tests.support.command_table -->"


HEAD = ("| command | takes | what it does |", "|---|---|---|")


def table() -> str:
    """All commands of the tree as a Markdown table, in alphabetical order, with what each takes."""
    desk: Any = _Anything()
    tree = Tree(discord.Client(intents=discord.Intents.none()), desk, ())
    rows = _rows(tree.get_commands())
    rows += [
        f"| {one.name} (in a message's Apps menu) | – | Answers that message. |"
        for one in tree.get_commands(type=discord.AppCommandType.message)
    ]
    return "\n".join([*HEAD, *rows])


def moderators_table() -> str:
    """The same of the moderators' commands."""
    office: Any = _Anything()
    return "\n".join([*HEAD, *_rows(group(office).commands)])


def _rows(commands: Iterable[Any]) -> list[str]:
    rows = []
    for command in sorted(commands, key=lambda one: one.name):
        if isinstance(command, app_commands.Command):
            options = ", ".join(
                f"`{option.name}`" + ("" if option.required else " (optional)") for option in command.parameters
            )
            rows.append(f"| `/{command.qualified_name}` | {options or '–'} | {command.description} |")
    return rows


class _Anything:
    """Stands where the commands keep a desk, or an office, to hand things to; nothing is asked of it here."""

    def __getattr__(self, name: str) -> "_Anything":
        return self


def written(text: str) -> str:
    """The README with the tables as they are now."""
    for start, made in ((START, table()), (MODERATORS, moderators_table())):
        before, _, rest = text.partition(start)
        _, _, after = rest.partition(END)
        text = f"{before}{start}\n{made}\n{END}{after}"
    return text


if __name__ == "__main__":
    README.write_text(written(README.read_text("utf-8")), "utf-8")
