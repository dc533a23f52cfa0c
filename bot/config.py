"""The settings: config.yaml, and what the environment says about the way to Discord.

Read with the strictness of the base: every problem of the file at once, as `config.yaml:line: sentence`. The token is no
setting: it is read from the environment, and only there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.errors import ConfigError, Problem
from bot.logs import FORMATS, Format
from bot.story import nodes
from bot.story.fields import Fields, Problems, Word

API = "https://discord.com/api/v10"
DATABASE = "sqlite:///data/pilcrow.sqlite3"
UNANSWERED_DAYS = 90
STATS_DAYS = 365
LOG_LEVELS = ("debug", "info", "warning", "error")
TOKEN = "DISCORD_TOKEN"  # noqa: S105 (the variable's name, not its value)
TEXT = 400
_SECRET_KEY = re.compile(r"token|secret|password", re.IGNORECASE)
_SECRET_VALUE = re.compile(r"[\w-]{20,}\.[\w-]{5,}\.[\w-]{25,}")
_ID = re.compile(r"[1-9]\d{5,19}")
_COUNT = re.compile(r"[1-9]\d{0,5}")


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting, with its default."""

    knowledge: Path = Path("knowledge")
    article: Path | None = None
    """The article's own text, if the operator has put it beside the base."""
    database: str = DATABASE
    command_guilds: tuple[int, ...] = ()
    """Servers to register the commands in; empty: everywhere."""
    listen_channels: tuple[int, ...] = ()
    """Channels in which the bot answers without being called."""
    moderator_channel: int | None = None
    """The channel that is told when the base is broken, and when it is well again."""
    cooldown_questions: int = 5
    cooldown_seconds: int = 20
    unanswered_days: int = UNANSWERED_DAYS
    stats_days: int = STATS_DAYS
    log_level: str = "info"
    log_format: Format = "text"
    health_file: Path | None = None
    """Where to write, every few seconds, whether the bot is well."""
    api: str = API
    gateway: str | None = None


def read(path: Path, environ: Mapping[str, str]) -> Config:
    """The settings in `path` (all defaults where there is no such file) and in the environment. Raises ConfigError."""
    api, gateway = _addresses(environ)
    problems = Problems(path.name)
    root = _root(path, problems)
    config = Config() if root is None or problems.found else _config(_Settings(root, "the settings", problems))
    if problems.found:
        raise ConfigError("\n".join(str(problem) for problem in sorted(set(problems.found))))
    return replace(config, api=api, gateway=gateway)


def token(environ: Mapping[str, str]) -> str:
    """The bot's token, or nothing where there is none."""
    return environ.get(TOKEN, "").strip()


class _Settings(Fields):
    """The kinds of value that only settings have."""

    def count(self, key: str, default: int, most: int) -> int:
        """A whole number from 1 to `most`."""
        node = self._get(key, str(default), required=False)
        if node is None:
            return default
        text = node.text if isinstance(node, nodes.Scalar) and node.plain else ""
        if not _COUNT.fullmatch(text) or int(text) > most:
            self.problems.add(node.line, f"'{key}' has to be a whole number from 1 to {most}, as in '{key}: {default}'")
            return default
        return int(text)

    def snowflakes(self, key: str) -> tuple[int, ...]:
        """A list of Discord's ids, as bare numbers or in quotes."""
        found: list[int] = []
        for node in self._list(key, "[123456789012345678]", required=False):
            text = node.text if isinstance(node, nodes.Scalar) else ""
            if not _ID.fullmatch(text):
                how = "in Discord, switch on Developer Mode, right-click and choose Copy ID"
                self.problems.add(node.line, f"'{key}' holds ids, as in [123456789012345678]; {how}")
            elif int(text) in found:
                self.problems.add(node.line, f"{text} stands twice in '{key}'; remove one")
            else:
                found.append(int(text))
        return tuple(found)

    def word(self, key: str, allowed: tuple[Word, ...], default: Word) -> Word:
        """One of the words allowed."""
        return self.choice(key, allowed, default) if key in self.free_keys() else self._default(key, default)

    def _default(self, key: str, default: Word) -> Word:
        self._get(key, default, required=False)
        return default


def _config(fields: _Settings) -> Config:
    article = fields.text("article", TEXT, required=False)
    health = fields.text("health_file", TEXT, required=False)
    config = Config(
        knowledge=Path(fields.text("knowledge", TEXT, required=False) or "knowledge"),
        article=Path(article) if article else None,
        database=fields.text("database", TEXT, required=False) or DATABASE,
        command_guilds=fields.snowflakes("command_guilds"),
        listen_channels=fields.snowflakes("listen_channels"),
        moderator_channel=next(iter(fields.snowflakes("moderator_channel")), None),
        cooldown_questions=fields.count("cooldown_questions", 5, 1000),
        cooldown_seconds=fields.count("cooldown_seconds", 20, 86_400),
        unanswered_days=fields.count("unanswered_days", UNANSWERED_DAYS, 3650),
        stats_days=fields.count("stats_days", STATS_DAYS, 3650),
        log_level=fields.word("log_level", LOG_LEVELS, "info"),
        log_format=fields.word("log_format", FORMATS, "text"),
        health_file=Path(health) if health else None,
    )
    fields.done()
    return config


def _root(path: Path, problems: Problems) -> nodes.Node | None:
    """The file's content, if there is one that can be read and that holds no secret."""
    try:
        with path.open("rb") as file:
            root = nodes.parse(file.read(nodes.MAX_BYTES + 1))
    except FileNotFoundError:
        return None
    except OSError as error:
        problems.add(0, f"it can't be read: {error.strerror or error}")
        return None
    except nodes.Unreadable as error:
        problems.add(error.line, str(error))
        return None
    if root is not None and (line := _secret_line(root)):
        # Nothing else is named then, since other sentences repeat what they object to.
        sentence = f"the token belongs in the environment variable {TOKEN}"
        raise ConfigError(
            str(Problem(path.name, line, f"{sentence}; remove it here, and make a new one if it was shared"))
        )
    if root is not None and not isinstance(root, nodes.Mapping):
        problems.add(root.line, "the settings have to be keys with values, as in 'knowledge: knowledge'")
    return root


def _secret_line(node: nodes.Node) -> int:
    """The line of the first thing that is called, or looks like, a token; 0 where there is none."""
    if isinstance(node, nodes.Scalar):
        return node.line if _SECRET_VALUE.search(node.text) else 0
    if isinstance(node, nodes.Sequence):
        return next(filter(None, map(_secret_line, node.items)), 0)
    lines = (
        key.line if _SECRET_KEY.search(key.text) or _SECRET_VALUE.search(key.text) else _secret_line(value)
        for key, value in node.pairs
    )
    return next(filter(None, lines), 0)


def _addresses(environ: Mapping[str, str]) -> tuple[str, str | None]:
    """Where Discord's HTTP API and gateway are. Raises ConfigError."""
    api = environ.get("PILCROW_DISCORD_API", "").strip().rstrip("/") or API
    gateway = environ.get("PILCROW_DISCORD_GATEWAY", "").strip() or None
    if not re.fullmatch(r"https?://[^\s/@]+\S*", api):
        raise ConfigError(f"PILCROW_DISCORD_API has to be an address that starts with https://, as in {API}")
    if gateway and not re.fullmatch(r"wss?://[^\s/@]+\S*", gateway):
        raise ConfigError("PILCROW_DISCORD_GATEWAY has to be an address that starts with wss://")
    return api, gateway
