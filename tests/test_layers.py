"""Dependencies run in one direction: every module of `bot/` imports only from the packages that the design lets it know."""

import ast
import subprocess
import sys
from collections.abc import Iterable
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

BOT = Path(__file__).parents[1] / "bot"
CORE = ("errors", "files", "nlp", "i18n", "story", "matching", "answering")
MAY_IMPORT = {
    "errors": (),
    "files": ("errors",),
    "nlp": ("errors",),
    "i18n": ("errors", "nlp"),
    "story": ("errors", "files", "nlp"),
    "matching": ("errors", "nlp"),
    "answering": ("errors", "files", "nlp", "i18n", "story", "matching"),
    "cards": ("errors", "nlp", "i18n", "story", "answering"),
    "journal": ("errors", "files", "nlp", "story"),
    "editing": (*CORE, "journal"),
    "evaluation": CORE,
    "charts": (*CORE, "journal", "evaluation"),
    "ops": ("errors", "files", "nlp"),
    "config": ("errors", "files", "ops", "story", "journal"),
    "discord_frontend": (*CORE, "cards", "journal", "editing", "charts", "ops", "config"),
    "doctor": (*CORE, "journal", "ops", "config", "discord_frontend"),
    "backup": ("errors", "files", "story", "journal", "ops"),
    "terminal": (
        *CORE,
        "cards",
        "journal",
        "editing",
        "charts",
        "ops",
        "config",
        "evaluation",
        "bootstrap",
        "doctor",
        "backup",
    ),
    "bootstrap": (*CORE, "journal", "editing", "ops", "config", "discord_frontend"),
    "__main__": ("terminal",),
}
"""The packages and top-level modules of `bot/`, and what each may import of the others."""
ONLY_IN = {
    "discord": ("discord_frontend",),
    "aiohttp": ("discord_frontend",),
    "yaml": ("story",),
    "sqlalchemy": ("journal",),
    "alembic": ("journal",),
    "matplotlib": ("charts",),
    "rich": ("terminal",),
    "click": ("terminal",),
}
"""Third-party libraries that only some packages may import."""
MAX_MODULE = 350
MAX_FUNCTION = 60
"""Lines."""


def owner(path: Path) -> str:
    """Return the package, or top-level module, that a file belongs to."""
    return path.relative_to(BOT).parts[0].removesuffix(".py")


def module_name(path: Path) -> str:
    """Return the dotted name of a module."""
    return ".".join(path.relative_to(BOT.parent).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    """Return the dotted names of all modules that a file imports, wherever the import stands."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "bot":
                names.update(f"bot.{alias.name}" for alias in node.names)
            else:
                names.add(node.module)
    return names


MODULES = sorted(BOT.rglob("*.py"))


def test_every_package_has_its_place() -> None:
    """A new package or top-level module has to be given its layer here."""
    assert {owner(path) for path in MODULES} - {"__init__"} == set(MAY_IMPORT)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(BOT)))
def test_a_module_imports_nothing_above_its_layer(path: Path) -> None:
    """Each module imports only from the packages that its own may know; the message names the offender."""
    here = owner(path)
    allowed = {here, *MAY_IMPORT.get(here, ())}
    offenders = [
        f"{path.relative_to(BOT.parent)} imports {name}"
        for name in sorted(imports(path))
        if name.startswith("bot.") and name.split(".")[1] not in allowed
    ]
    assert offenders == []


def imports_at_load(body: Iterable[ast.stmt]) -> set[str]:
    """Return the dotted names of what is imported when a module is loaded: not in functions, and not for types only."""
    names: set[str] = set()
    for node in body:
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Try):
            names |= imports_at_load(node.body)
    return names


def test_no_modules_import_each_other_in_a_circle() -> None:
    """The message names the circle."""
    trees = {module_name(path): ast.parse(path.read_text("utf-8")) for path in MODULES}
    graph = {name: imports_at_load(tree.body) & trees.keys() - {name} for name, tree in trees.items()}
    TopologicalSorter(graph).prepare()


def test_modules_and_functions_fit_the_head() -> None:
    """A module has at most 350 lines, and a function at most 60."""
    offenders = []
    for path in MODULES:
        text = path.read_text("utf-8")
        functions = [
            node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        lengths = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}
        offenders += [f"{path}: {name} has {length} lines" for name, length in lengths.items() if length > MAX_FUNCTION]
        if (lines := text.count("\n")) > MAX_MODULE:
            offenders.append(f"{path} has {lines} lines")
    assert offenders == []


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_a_library_is_imported_only_where_it_belongs(library: str) -> None:
    """Discord, YAML, the database, pictures and terminal output each stay behind one package."""
    offenders = [
        f"{path.relative_to(BOT.parent)} imports {library}"
        for path in MODULES
        if owner(path) not in ONLY_IN[library] and any(name.split(".")[0] == library for name in imports(path))
    ]
    assert offenders == []


def test_importing_the_terminal_does_not_import_discord() -> None:
    """`import discord` takes half a second, which nobody who asks in a terminal should wait for."""
    code = "import sys, bot.terminal.cli; sys.exit('discord' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=BOT.parent, check=False).returncode == 0


TEST_MODULES = sorted(Path(__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("path", TEST_MODULES, ids=lambda path: str(path.relative_to(BOT.parent)))
def test_no_module_imports_a_test_module(path: Path) -> None:
    """What tests share stands in `tests/support/`."""
    imported = {part for name in imports(path) for part in name.split(".")}
    assert not {part for part in imported if part.startswith("test_")}
