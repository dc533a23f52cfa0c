"""The README's list of commands, made from the command tree: `python -m tests.command_table` writes it."""

from pathlib import Path
from typing import Any

import discord
from discord import app_commands

from bot.discord_frontend.commands import Tree

README = Path(__file__).parent.parent / "README.md"
START, END = "<!-- commands, made by python -m tests.command_table -->", "<!-- end of commands -->"


def table() -> str:
    """All commands of the tree as a Markdown table, in alphabetical order, with what each takes."""
    desk: Any = _Desk()
    tree = Tree(discord.Client(intents=discord.Intents.none()), desk, ())
    rows = []
    for command in sorted(tree.get_commands(), key=lambda one: one.name):
        if isinstance(command, app_commands.Command):
            options = ", ".join(
                f"`{option.name}`" + ("" if option.required else " (optional)") for option in command.parameters
            )
            rows.append(f"| `/{command.name}` | {options or '–'} | {command.description} |")
    rows += [
        f"| {one.name} (in a message's Apps menu) | – | Answers that message. |"
        for one in tree.get_commands(type=discord.AppCommandType.message)
    ]
    return "\n".join(["| command | takes | what it does |", "|---|---|---|", *rows])


class _Desk:
    """Stands where the tree keeps a desk to hand questions to; nothing is asked of it here."""

    def __getattr__(self, name: str) -> None:
        return None


def written(text: str) -> str:
    """The README with the table as it is now."""
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    README.write_text(written(README.read_text("utf-8")), "utf-8")
