"""Dependencies run in one direction."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

BOT = Path(__file__).parent.parent / "bot"
MUST_NOT_KNOW = {
    "story": (
        "discord",
        "bot.matching",
        "bot.answering",
        "bot.journal",
        "bot.terminal",
        "bot.discord_frontend",
        "bot.app",
    ),
    "language": (
        "discord",
        "yaml",
        "bot.story",
        "bot.matching",
        "bot.answering",
        "bot.terminal",
        "bot.discord_frontend",
    ),
    "matching": (
        "discord",
        "yaml",
        "bot.story",
        "bot.answering",
        "bot.journal",
        "bot.terminal",
        "bot.discord_frontend",
    ),
    "journal": ("discord", "yaml", "bot.matching", "bot.answering", "bot.terminal", "bot.discord_frontend"),
    "editing": ("discord", "yaml", "bot.terminal", "bot.discord_frontend", "bot.app"),
    "measuring": ("discord", "bot.journal", "bot.editing", "bot.terminal", "bot.discord_frontend"),
    "drawing": ("discord", "yaml", "bot.matching", "bot.terminal", "bot.discord_frontend"),
    "terminal": ("discord", "bot.discord_frontend", "bot.story.reader"),
    "discord_frontend": ("yaml", "bot.matching", "bot.terminal", "bot.story.reader"),
}


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@pytest.mark.parametrize("room", sorted(MUST_NOT_KNOW))
def test_a_room_does_not_know_what_it_must_not(room: str) -> None:
    """Each room imports only what the design lets it know."""
    for path in (BOT / room).rglob("*.py"):
        for name in imported(path):
            assert not any(name == bad or name.startswith(f"{bad}.") for bad in MUST_NOT_KNOW[room]), (path.name, name)


def test_nothing_heavy_is_imported_to_answer() -> None:
    """Answering in the terminal needs neither discord nor sqlalchemy nor rich."""
    code = "import sys, bot.terminal.cli, bot.answering; print([m for m in ('discord', 'sqlalchemy', 'rich', 'numpy') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=BOT.parent)
    assert shown.stdout.strip() == "[]"
