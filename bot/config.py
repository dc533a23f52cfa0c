"""The configuration: config.yaml, and environment variables for secrets and addresses.

As strict as the base: every problem of the file is reported at once, as `config.yaml:line: sentence`. The token is read from
the environment only, and so is a database address that holds a password.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from bot.errors import ConfigError, Problem
from bot.files import safe_files
from bot.journal import address
from bot.ops.log_setup import LOG_FORMATS, LogFormat
from bot.story import yaml_ast
from bot.story.base_files import MAX_FILE_BYTES
from bot.story.mapping_reader import ChoiceT, MappingReader, ProblemList

DEFAULT_FILE = Path("config.yaml")
DISCORD_API = "https://discord.com/api/v10"
DEFAULT_DATABASE = address.EXAMPLE
UNANSWERED_DAYS = 90
STATS_DAYS = 365
DRAFT_DAYS = 14
MAX_DAYS = 3650
MAX_SHARDS = 1000
MAX_PORT = 65_535 - MAX_SHARDS
MAX_TEXT_LENGTH = 400
LOG_LEVELS = ("debug", "info", "warning", "error")
TOKEN_VARIABLE = "DISCORD_TOKEN"  # noqa: S105 (the variable's name, not its value)
DATABASE_VARIABLE = "PILCROW_DATABASE"
API_VARIABLE = "PILCROW_DISCORD_API"
GATEWAY_VARIABLE = "PILCROW_DISCORD_GATEWAY"
NO_FILE = "there is no file {}: check what --config names, or copy config.example.yaml there"
_PASSWORD = re.compile(r"://[^/@:]*:.+@|[?&]\w*(?:password|secret|token|passwd)\w*=", re.IGNORECASE | re.DOTALL)
_SECRET_KEY = re.compile(r"token|secret|password", re.IGNORECASE)
_SECRET_VALUE = re.compile(r"[\w-]{20,}\.[\w-]{5,}\.[\w-]{25,}")
_SNOWFLAKE = re.compile(r"[1-9][0-9]{5,19}")
_INTEGER = re.compile(r"[1-9][0-9]{0,5}")
_SHARD_ID = re.compile(r"0|[1-9][0-9]{0,5}")


@dataclass(frozen=True, slots=True)
class Config:
    """All settings, with their defaults."""

    knowledge: Path = Path("knowledge")
    article: Path | None = None
    """The article's own text, if the operator has put it beside the base."""
    database: str = field(default=DEFAULT_DATABASE, repr=False)
    command_guilds: tuple[int, ...] = ()
    """Servers to register the commands in; empty: everywhere."""
    listen_channels: tuple[int, ...] = ()
    """Channels in which the bot answers without being mentioned."""
    moderator_channel: int | None = None
    """The channel that is told when the base breaks and when it works again."""
    moderator_guilds: tuple[int, ...] = ()
    """Servers in which moderators edit the base; empty: it is edited in files and in the terminal only."""
    moderator_roles: tuple[int, ...] = ()
    """Roles, in those servers, whose members are moderators."""
    changes_channel: int | None = None
    """The channel that gets one line per change of the base."""
    draft_days: int = DRAFT_DAYS
    cooldown_questions: int = 5
    cooldown_seconds: int = 20
    unanswered_days: int = UNANSWERED_DAYS
    stats_days: int = STATS_DAYS
    log_level: str = "info"
    log_format: LogFormat = "text"
    health_file: Path | None = None
    """Where to write the state of the bot every few seconds; see `bot.ops.health`."""
    metrics_port: int | None = None
    """Where to serve metrics, on the loopback interface; None: nowhere. A process with shards adds its first one."""
    shards: int | Literal["auto"] = 1
    """The number of shards over all processes; 'auto': as many as Discord recommends."""
    shard_ids: tuple[int, ...] = ()
    """The shards of this process, from 0; empty: all."""
    home_guild: int | None = None
    """The server whose process is home to the base; None: the process of shard 0."""
    api: str = DISCORD_API
    gateway: str | None = None

    @property
    def is_home(self) -> bool:
        """Whether this process is the one that changes the base, registers commands and deletes old records."""
        if self.shards == "auto" or not self.shard_ids:
            return True
        return shard_of(self.home_guild or 0, self.shards) in self.shard_ids


def shard_of(guild: int, shard_count: int) -> int:
    """Return the shard that a server belongs to (Discord's documentation, Gateway, "Sharding")."""
    return (guild >> 22) % shard_count


def load_config(path: Path | None, environ: Mapping[str, str], shard_ids: str | None = None) -> Config:
    """Return the configuration from the file and from the environment. Raise ConfigError.

    path: the file that was named, which has to be there; None: DEFAULT_FILE, or only defaults where there is none.
    shard_ids: numbers with commas that override the setting; they become part of the health file's name.
    """
    api, gateway = _discord_addresses(environ)
    file = path or DEFAULT_FILE
    problems = ProblemList(file.name)
    root = _parse_file(file, problems, required=path is not None)
    config = Config() if root is None or problems.all else _read_settings(root, problems)
    if problems.all:
        raise ConfigError("\n".join(str(problem) for problem in sorted(set(problems.all))))
    config = replace(config, api=api, gateway=gateway, database=_database_address(environ) or config.database)
    return config if shard_ids is None else _with_shards(config, shard_ids)


def read_token(environ: Mapping[str, str]) -> str:
    """Return the bot's token, '' if there is none."""
    return environ.get(TOKEN_VARIABLE, "").strip()


class _SettingsReader(MappingReader):
    """Reads the kinds of values that only the configuration has; a missing key gets its default."""

    def integer(self, key: str, default: int, maximum: int) -> int:
        """Return a whole number from 1 to `maximum`."""
        node = self.node(key, str(default))
        if node is None:
            return default
        text = node.text if isinstance(node, yaml_ast.Scalar) and node.plain else ""
        if not _INTEGER.fullmatch(text) or int(text) > maximum:
            sentence = f"'{key}' must be a whole number from 1 to {maximum}, as in '{key}: {default}'"
            self.problems.add(node.line, sentence)
            return default
        return int(text)

    def port(self, key: str, example: int) -> int | None:
        """Return the number of a port; None if there is none."""
        return None if self.node(key, str(example)) is None else self.integer(key, example, MAX_PORT)

    def path(self, key: str) -> Path | None:
        """Return a path."""
        text = self.text(key, MAX_TEXT_LENGTH, required=False)
        return Path(text) if text else None

    def word(self, key: str, allowed: tuple[ChoiceT, ...], default: ChoiceT) -> ChoiceT:
        """Return one of the allowed words."""
        return self.choice(key, allowed, default) if self.node(key, default) is not None else default

    def database(self, key: str) -> str:
        """Return the address of a database."""
        node, text = self.node(key, DEFAULT_DATABASE), self.text(key, MAX_TEXT_LENGTH, required=False)
        if node is not None and text and (problem := address.problem(text)):
            self.problems.add(node.line, f"'{key}' {problem}")
        return text or DEFAULT_DATABASE

    def snowflakes(self, key: str) -> tuple[int, ...]:
        """Return ids of Discord, from a list or a single id, bare or in quotes."""
        node = self.node(key, "[123456789012345678]")
        nodes = [node] if isinstance(node, yaml_ast.Scalar) else self.list_nodes(key, "[123456789012345678]")
        ids: list[int] = []
        for item in nodes:
            text = item.text if isinstance(item, yaml_ast.Scalar) else ""
            if not _SNOWFLAKE.fullmatch(text):
                how = "in Discord, turn on Developer Mode, right-click and choose Copy ID"
                self.problems.add(item.line, f"'{key}' must hold ids, as in [123456789012345678]; {how}")
            elif int(text) in ids:
                self.problems.add(item.line, f"{text} appears twice in '{key}'; remove one")
            else:
                ids.append(int(text))
        return tuple(ids)

    def snowflake(self, key: str) -> int | None:
        """Return one id of Discord, bare, in quotes or in a list."""
        ids = self.snowflakes(key)
        if len(ids) > 1:
            self.problems.add(self._key_lines[key], f"'{key}' must be one id; remove the others")
        return ids[0] if ids else None

    def shard_count(self, key: str) -> int | Literal["auto"]:
        """Return a number of shards, or 'auto'."""
        node = self.node(key, "1")
        if isinstance(node, yaml_ast.Scalar) and node.text == "auto":
            return "auto"
        return self.integer(key, 1, MAX_SHARDS)

    def shard_ids(self, key: str, shard_count: int | Literal["auto"]) -> tuple[int, ...]:
        """Return a list of shards, each within the number of shards."""
        ids = set()
        for node in self.list_nodes(key, "[0]"):
            text = node.text if isinstance(node, yaml_ast.Scalar) else ""
            if problem := _shard_problem(text, shard_count):
                self.problems.add(node.line, f"'{key}' {problem}")
                return ()
            ids.add(int(text))
        return tuple(sorted(ids))


def _read_settings(root: yaml_ast.Node, problems: ProblemList) -> Config:
    reader = _SettingsReader(root, "the configuration", problems)
    shards = reader.shard_count("shards")
    config = Config(
        knowledge=reader.path("knowledge") or Path("knowledge"),
        article=reader.path("article"),
        database=reader.database("database"),
        command_guilds=reader.snowflakes("command_guilds"),
        listen_channels=reader.snowflakes("listen_channels"),
        moderator_channel=reader.snowflake("moderator_channel"),
        moderator_guilds=reader.snowflakes("moderator_guilds"),
        moderator_roles=reader.snowflakes("moderator_roles"),
        changes_channel=reader.snowflake("changes_channel"),
        draft_days=reader.integer("draft_days", DRAFT_DAYS, MAX_DAYS),
        cooldown_questions=reader.integer("cooldown_questions", 5, 1000),
        cooldown_seconds=reader.integer("cooldown_seconds", 20, 86_400),
        unanswered_days=reader.integer("unanswered_days", UNANSWERED_DAYS, MAX_DAYS),
        stats_days=reader.integer("stats_days", STATS_DAYS, MAX_DAYS),
        log_level=reader.word("log_level", LOG_LEVELS, "info"),
        log_format=reader.word("log_format", LOG_FORMATS, "text"),
        health_file=reader.path("health_file"),
        metrics_port=reader.port("metrics_port", 9464),
        shards=shards,
        shard_ids=reader.shard_ids("shard_ids", shards),
        home_guild=reader.snowflake("home_guild"),
    )
    if bool(config.moderator_guilds) != bool(config.moderator_roles):
        present, missing = ("guilds", "roles") if config.moderator_guilds else ("roles", "guilds")
        sentence = f"'moderator_{present}' needs 'moderator_{missing}' too; without both, nobody can moderate"
        problems.add(reader.line, sentence)
    reader.reject_unknown_keys()
    return config


def _parse_file(path: Path, problems: ProblemList, *, required: bool) -> yaml_ast.Node | None:
    """Return what the file holds, None if it can't be read or is neither there nor required. Raise ConfigError for a secret."""
    try:
        root = yaml_ast.parse(safe_files.read_regular_file(path, MAX_FILE_BYTES + 1))
    except FileNotFoundError:
        if required:
            raise ConfigError(NO_FILE.format(path)) from None
        return None
    except OSError as error:
        problems.add(0, f"it can't be read: {error.strerror or error}")
        return None
    except yaml_ast.YamlError as error:
        problems.add(error.line, str(error))
        return None
    if root is not None:
        _refuse_secrets(root, path.name)
        if not isinstance(root, yaml_ast.Mapping):
            problems.add(root.line, "the configuration must be keys with values, as in 'knowledge: knowledge'")
    return root


def _refuse_secrets(root: yaml_ast.Node, file: str) -> None:
    """Raise ConfigError for a secret, without any other problem: those quote what they object to."""
    if line := _token_line(root):
        sentence = (
            f"the token belongs in the environment variable {TOKEN_VARIABLE}; "
            "remove it here, and make a new one if it was shared"
        )
        raise ConfigError(str(Problem(file, line, sentence)))
    if line := _password_line(root):
        sentence = f"an address with a password belongs in the environment variable {DATABASE_VARIABLE}; remove it here"
        raise ConfigError(str(Problem(file, line, sentence)))


def _token_line(node: yaml_ast.Node) -> int:
    """Return the line of the first thing that is called, or looks like, a token; 0 if there is none."""
    if isinstance(node, yaml_ast.Scalar):
        return node.line if _SECRET_VALUE.search(node.text) else 0
    if isinstance(node, yaml_ast.Sequence):
        return next(filter(None, map(_token_line, node.items)), 0)
    lines = (
        key.line if _SECRET_KEY.search(key.text) or _SECRET_VALUE.search(key.text) else _token_line(value)
        for key, value in node.pairs
    )
    return next(filter(None, lines), 0)


def _password_line(node: yaml_ast.Node) -> int:
    """Return the line of the first address with a password; 0 if there is none."""
    if isinstance(node, yaml_ast.Scalar):
        return node.line if _PASSWORD.search(node.text) else 0
    if isinstance(node, yaml_ast.Sequence):
        return next(filter(None, map(_password_line, node.items)), 0)
    return next(filter(None, (_password_line(value) for _, value in node.pairs)), 0)


def _shard_problem(text: str, shard_count: int | Literal["auto"]) -> str:
    """Return what is wrong with the id of a shard, '' if nothing is."""
    if shard_count == "auto":
        return "needs a number in 'shards', the same in every process; with 'auto' one process runs all shards"
    if not _SHARD_ID.fullmatch(text) or int(text) >= shard_count:
        return f"must hold numbers from 0 to {shard_count - 1}, as 'shards' is {shard_count}"
    return ""


def _with_shards(config: Config, text: str) -> Config:
    """Return the configuration with these shards for this process. Raise ConfigError."""
    parts = [part.strip() for part in text.split(",")]
    for part in parts:
        if problem := _shard_problem(part, config.shards):
            raise ConfigError(f"--shard-ids {problem}")
    ids, health_file = tuple(sorted({int(part) for part in parts})), config.health_file
    if health_file is not None:
        health_file = health_file.with_stem("-".join([health_file.stem, *map(str, ids)]))
    port = config.metrics_port and config.metrics_port + ids[0]
    return replace(config, shard_ids=ids, health_file=health_file, metrics_port=port)


def _database_address(environ: Mapping[str, str]) -> str:
    """Return the address of the database that the environment gives, '' if it gives none. Raise ConfigError."""
    text = environ.get(DATABASE_VARIABLE, "").strip()
    if text and (problem := address.problem(text)):
        raise ConfigError(f"{DATABASE_VARIABLE} {problem}")
    return text


def _discord_addresses(environ: Mapping[str, str]) -> tuple[str, str | None]:
    """Return the addresses of Discord's HTTP API and gateway. Raise ConfigError."""
    api = environ.get(API_VARIABLE, "").strip().rstrip("/") or DISCORD_API
    gateway = environ.get(GATEWAY_VARIABLE, "").strip() or None
    if not _is_address(api, "https", "http"):
        raise ConfigError(f"{API_VARIABLE} must be an address that starts with https://, as in {DISCORD_API}")
    if gateway and not _is_address(gateway, "wss", "ws"):
        raise ConfigError(f"{GATEWAY_VARIABLE} must be an address that starts with wss://")
    return api, gateway


def _is_address(text: str, *schemes: str) -> bool:
    """Return whether this is an address with one of these schemes, a host, a valid port, and no password."""
    try:
        parts = urlsplit(text)
        return (
            parts.scheme in schemes
            and bool(parts.hostname)
            and parts.port != 0
            and not re.search(r"\s|@", parts.netloc)
        )
    except ValueError:  # the port is not a number, or too large
        return False
