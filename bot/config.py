"""The settings: config.yaml, and what the environment says about the ways to Discord and to the journal's database.

Read with the strictness of the base: every problem of the file at once, as `config.yaml:line: sentence`. The token is no
setting: it is read from the environment, and only there; so is an address of the database that holds a password.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from bot.errors import ConfigError, Problem
from bot.journal import address
from bot.ops.log_setup import LOG_FORMATS, LogFormat
from bot.story import yaml_ast
from bot.story.base_files import MAX_FILE_BYTES
from bot.story.mapping_reader import ChoiceT, MappingReader, ProblemList

API = "https://discord.com/api/v10"
DATABASE = address.EXAMPLE
UNANSWERED_DAYS = 90
STATS_DAYS = 365
DRAFT_DAYS = 14
LOG_LEVELS = ("debug", "info", "warning", "error")
DATABASE_VARIABLE = "PILCROW_DATABASE"
TOKEN = "DISCORD_TOKEN"  # noqa: S105 (the variable's name, not its value)
TEXT = 400
SHARDS = 1000
"""The most that may be set."""
_PASSWORD = re.compile(r"://[^/@:]*:\S+@|[?&]password=", re.IGNORECASE)
_SECRET_KEY = re.compile(r"token|secret|password", re.IGNORECASE)
_SECRET_VALUE = re.compile(r"[\w-]{20,}\.[\w-]{5,}\.[\w-]{25,}")
_ID = re.compile(r"[1-9][0-9]{5,19}")
_COUNT = re.compile(r"[1-9][0-9]{0,5}")
_SHARD = re.compile(r"0|[1-9][0-9]{0,5}")


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting, with its default."""

    knowledge: Path = Path("knowledge")
    article: Path | None = None
    """The article's own text, if the operator has put it beside the base."""
    database: str = field(default=DATABASE, repr=False)
    command_guilds: tuple[int, ...] = ()
    """Servers to register the commands in; empty: everywhere."""
    listen_channels: tuple[int, ...] = ()
    """Channels in which the bot answers without being called."""
    moderator_channel: int | None = None
    """The channel that is told when the base is broken, and when it is well again."""
    moderator_guilds: tuple[int, ...] = ()
    """Servers in which moderators keep the base; empty: it is kept in files and in the terminal only."""
    moderator_roles: tuple[int, ...] = ()
    """Roles, in those servers, whose members are moderators."""
    changes_channel: int | None = None
    """The channel that gets one line for each change of the base."""
    draft_days: int = DRAFT_DAYS
    cooldown_questions: int = 5
    cooldown_seconds: int = 20
    unanswered_days: int = UNANSWERED_DAYS
    stats_days: int = STATS_DAYS
    log_level: str = "info"
    log_format: LogFormat = "text"
    health_file: Path | None = None
    """Where to write, every few seconds, whether the bot is well."""
    shards: int | Literal["auto"] = 1
    """Into how many parts Discord deals out the servers, over all processes; 'auto': as many as Discord advises."""
    shard_ids: tuple[int, ...] = ()
    """The shards of this process, from 0; empty: all."""
    home_guild: int | None = None
    """The server whose process is the home of the base; None: that of shard 0."""
    api: str = API
    gateway: str | None = None

    @property
    def home(self) -> bool:
        """Whether this process is the one that changes the base, registers commands and deletes what is old."""
        if self.shards == "auto" or not self.shard_ids:
            return True
        return shard_of(self.home_guild or 0, self.shards) in self.shard_ids


def shard_of(guild: int, shards: int) -> int:
    """The shard that a server belongs to; topics/gateway, "Sharding"."""
    return (guild >> 22) % shards


def read(path: Path, environ: Mapping[str, str], shard_ids: str | None = None) -> Config:
    """The settings in `path` (all defaults where there is no such file) and in the environment. Raises ConfigError.

    shard_ids: numbers with commas, which go before the setting, and become part of the name of the health file.
    """
    api, gateway = _addresses(environ)
    problems = ProblemList(path.name)
    root = _root(path, problems)
    config = Config() if root is None or problems.all else _config(_Settings(root, "the settings", problems))
    if problems.all:
        raise ConfigError("\n".join(str(problem) for problem in sorted(set(problems.all))))
    config = replace(config, api=api, gateway=gateway, database=_database(environ) or config.database)
    return config if shard_ids is None else _with_shards(config, shard_ids)


def token(environ: Mapping[str, str]) -> str:
    """The bot's token, or nothing where there is none."""
    return environ.get(TOKEN, "").strip()


class _Settings(MappingReader):
    """The kinds of value that only settings have."""

    def count(self, key: str, default: int, most: int) -> int:
        """A whole number from 1 to `most`."""
        node = self.node(key, str(default))
        if node is None:
            return default
        text = node.text if isinstance(node, yaml_ast.Scalar) and node.plain else ""
        if not _COUNT.fullmatch(text) or int(text) > most:
            self.problems.add(node.line, f"'{key}' has to be a whole number from 1 to {most}, as in '{key}: {default}'")
            return default
        return int(text)

    def shards(self, key: str) -> int | Literal["auto"]:
        """A number of shards, or 'auto'."""
        node = self.node(key, "1")
        if isinstance(node, yaml_ast.Scalar) and node.text == "auto":
            return "auto"
        return self.count(key, 1, SHARDS)

    def shard_ids(self, key: str, shards: int | Literal["auto"]) -> tuple[int, ...]:
        """A list of shards, each of which there has to be."""
        found = [(n, n.text if isinstance(n, yaml_ast.Scalar) else "") for n in self.list_nodes(key, "[0]")]
        for node, text in found:
            if problem := _no_shard(text, shards):
                self.problems.add(node.line, f"'{key}' {problem}")
                return ()
        return tuple(sorted({int(text) for _, text in found}))

    def database(self, key: str) -> str:
        """The address of a database, without a password."""
        text = self.text(key, TEXT, required=False)
        if text and (problem := address.problem(text)):
            self.problems.add(self._values[key].line, f"'{key}' {problem}")
        return text or DATABASE

    def snowflakes(self, key: str) -> tuple[int, ...]:
        """A list of Discord's ids, as bare numbers or in quotes."""
        found: list[int] = []
        for node in self.list_nodes(key, "[123456789012345678]"):
            text = node.text if isinstance(node, yaml_ast.Scalar) else ""
            if not _ID.fullmatch(text):
                how = "in Discord, switch on Developer Mode, right-click and choose Copy ID"
                self.problems.add(node.line, f"'{key}' holds ids, as in [123456789012345678]; {how}")
            elif int(text) in found:
                self.problems.add(node.line, f"{text} stands twice in '{key}'; remove one")
            else:
                found.append(int(text))
        return tuple(found)

    def word(self, key: str, allowed: tuple[ChoiceT, ...], default: ChoiceT) -> ChoiceT:
        """One of the words allowed."""
        return self.choice(key, allowed, default) if key in self else self._default(key, default)

    def _default(self, key: str, default: ChoiceT) -> ChoiceT:
        self.node(key, default)
        return default


def _config(fields: _Settings) -> Config:
    article = fields.text("article", TEXT, required=False)
    health = fields.text("health_file", TEXT, required=False)
    shards = fields.shards("shards")
    config = Config(
        knowledge=Path(fields.text("knowledge", TEXT, required=False) or "knowledge"),
        article=Path(article) if article else None,
        database=fields.database("database"),
        command_guilds=fields.snowflakes("command_guilds"),
        listen_channels=fields.snowflakes("listen_channels"),
        moderator_channel=next(iter(fields.snowflakes("moderator_channel")), None),
        moderator_guilds=fields.snowflakes("moderator_guilds"),
        moderator_roles=fields.snowflakes("moderator_roles"),
        changes_channel=next(iter(fields.snowflakes("changes_channel")), None),
        draft_days=fields.count("draft_days", DRAFT_DAYS, 3650),
        cooldown_questions=fields.count("cooldown_questions", 5, 1000),
        cooldown_seconds=fields.count("cooldown_seconds", 20, 86_400),
        unanswered_days=fields.count("unanswered_days", UNANSWERED_DAYS, 3650),
        stats_days=fields.count("stats_days", STATS_DAYS, 3650),
        log_level=fields.word("log_level", LOG_LEVELS, "info"),
        log_format=fields.word("log_format", LOG_FORMATS, "text"),
        health_file=Path(health) if health else None,
        shards=shards,
        shard_ids=fields.shard_ids("shard_ids", shards),
        home_guild=next(iter(fields.snowflakes("home_guild")), None),
    )
    if bool(config.moderator_guilds) != bool(config.moderator_roles):
        given, missing = ("guilds", "roles") if config.moderator_guilds else ("roles", "guilds")
        what = f"'moderator_{given}' needs 'moderator_{missing}' too; without them nobody could moderate"
        fields.problems.add(fields.line, what)
    fields.reject_unknown_keys()
    return config


def _root(path: Path, problems: ProblemList) -> yaml_ast.Node | None:
    """The file's content, if there is one that can be read and that holds no secret."""
    try:
        with path.open("rb") as file:
            root = yaml_ast.parse(file.read(MAX_FILE_BYTES + 1))
    except FileNotFoundError:
        return None
    except OSError as error:
        problems.add(0, f"it can't be read: {error.strerror or error}")
        return None
    except yaml_ast.YamlError as error:
        problems.add(error.line, str(error))
        return None
    if root is not None and (line := _secret_line(root)):
        # Nothing else is named then, since other sentences repeat what they object to.
        sentence = f"the token belongs in the environment variable {TOKEN}"
        raise ConfigError(
            str(Problem(path.name, line, f"{sentence}; remove it here, and make a new one if it was shared"))
        )
    if root is not None and (line := _password_line(root)):
        sentence = f"an address with a password belongs in the environment variable {DATABASE_VARIABLE}"
        raise ConfigError(str(Problem(path.name, line, f"{sentence}; remove it here")))
    if root is not None and not isinstance(root, yaml_ast.Mapping):
        problems.add(root.line, "the settings have to be keys with values, as in 'knowledge: knowledge'")
    return root


def _secret_line(node: yaml_ast.Node) -> int:
    """The line of the first thing that is called, or looks like, a token; 0 where there is none."""
    if isinstance(node, yaml_ast.Scalar):
        return node.line if _SECRET_VALUE.search(node.text) else 0
    if isinstance(node, yaml_ast.Sequence):
        return next(filter(None, map(_secret_line, node.items)), 0)
    lines = (
        key.line if _SECRET_KEY.search(key.text) or _SECRET_VALUE.search(key.text) else _secret_line(value)
        for key, value in node.pairs
    )
    return next(filter(None, lines), 0)


def _password_line(node: yaml_ast.Node) -> int:
    """The line of the first address that holds a password; 0 where there is none."""
    if isinstance(node, yaml_ast.Scalar):
        return node.line if _PASSWORD.search(node.text) else 0
    if isinstance(node, yaml_ast.Sequence):
        return next(filter(None, map(_password_line, node.items)), 0)
    return next(filter(None, (_password_line(value) for _, value in node.pairs)), 0)


def _no_shard(text: str, shards: int | Literal["auto"]) -> str:
    """Why this names no shard; nothing where it does."""
    if shards == "auto":
        return "needs a number in 'shards', the same for all processes: with 'auto' one process runs them all"
    if not _SHARD.fullmatch(text) or int(text) >= shards:
        return f"holds shards of this process, from 0 to {shards - 1} with 'shards: {shards}'"
    return ""


def _with_shards(config: Config, text: str) -> Config:
    """The settings with these shards for this process. Raises ConfigError."""
    parts = [part.strip() for part in text.split(",")]
    for part in parts:
        if problem := _no_shard(part, config.shards):
            raise ConfigError(f"--shard-ids {problem}")
    ids, health = tuple(sorted({int(part) for part in parts})), config.health_file
    if health is not None:
        health = health.with_stem("-".join([health.stem, *map(str, ids)]))
    return replace(config, shard_ids=ids, health_file=health)


def _database(environ: Mapping[str, str]) -> str:
    """The address of the database that the environment names, if it does. Raises ConfigError."""
    found = environ.get(DATABASE_VARIABLE, "").strip()
    if found and (problem := address.problem(found)):
        raise ConfigError(f"{DATABASE_VARIABLE} {problem}")
    return found


def _addresses(environ: Mapping[str, str]) -> tuple[str, str | None]:
    """Where Discord's HTTP API and gateway are. Raises ConfigError."""
    api = environ.get("PILCROW_DISCORD_API", "").strip().rstrip("/") or API
    gateway = environ.get("PILCROW_DISCORD_GATEWAY", "").strip() or None
    if not _is_address(api, "https", "http"):
        raise ConfigError(f"PILCROW_DISCORD_API has to be an address that starts with https://, as in {API}")
    if gateway and not _is_address(gateway, "wss", "ws"):
        raise ConfigError("PILCROW_DISCORD_GATEWAY has to be an address that starts with wss://")
    return api, gateway


def _is_address(text: str, *schemes: str) -> bool:
    """Tell whether this is an address with one of these schemes, a host, a port that there can be, and no password."""
    try:
        parts = urlsplit(text)
        return (
            parts.scheme in schemes
            and bool(parts.hostname)
            and parts.port != 0
            and not re.search(r"\s|@", parts.netloc)
        )
    except ValueError:  # the port is no number, or too large
        return False
