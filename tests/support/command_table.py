"""Write the tables of commands in the documents from the command tree: `python -m tests.support.command_table`."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from discord import app_commands

from bot.discord_frontend.moderation.kb_commands import kb_group
from bot.discord_frontend.reading.reader_commands import reader_commands

ROOT = Path(__file__).parents[2]
MEMBERS, MODERATORS = ROOT / "README.md", ROOT / "knowledge" / "MODERATORS.md"
START, END = "<!-- commands, made by python -m tests.support.command_table -->", "<!-- end of commands -->"
HEAD = ("| command | takes | what it does |", "|---|---|---|")


def members_table() -> str:
    """Return the members' commands as a Markdown table, in alphabetical order, with what each takes."""
    services: Any = _Placeholder()
    commands = reader_commands(services)
    rows = _rows(commands)
    rows += [
        f"| {command.name} (in a message's Apps menu) | – | Answers that message. |"
        for command in commands
        if isinstance(command, app_commands.ContextMenu)
    ]
    return "\n".join([*HEAD, *rows])


def moderators_table() -> str:
    """Return the same table of the moderators' commands."""
    service: Any = _Placeholder()
    return "\n".join([*HEAD, *_rows(kb_group(service).commands)])


def _rows(commands: Iterable[Any]) -> list[str]:
    rows = []
    for command in sorted(commands, key=lambda command: command.name):
        if isinstance(command, app_commands.Command):
            options = ", ".join(
                f"`{option.name}`" if option.required else f"[`{option.name}`]" for option in command.parameters
            )
            rows.append(f"| `/{command.qualified_name}` | {options or '–'} | {command.description} |")
    return rows


class _Placeholder:
    """A placeholder for services that commands refer to but do not use here."""

    def __getattr__(self, name: str) -> "_Placeholder":
        return self


def updated(page: Path) -> str:
    """Return the text of a page with its table of commands as it is now."""
    table = members_table() if page == MEMBERS else moderators_table()
    before, _, rest = page.read_text("utf-8").partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{table}\n{END}{after}"


if __name__ == "__main__":
    for page in (MEMBERS, MODERATORS):
        page.write_text(updated(page), "utf-8")
