"""The settings: defaults, strictness, and no secrets."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from bot import config
from bot.config import Config
from bot.errors import ConfigError, JournalError
from bot.journal.journal import Journal

ROOT = Path(__file__).parents[1]
FAKE_TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde." + "x" * 38


def load(tmp_path: Path, text: str, environ: dict[str, str] | None = None) -> Config:
    """The settings in a file that holds this text."""
    (tmp_path / "config.yaml").write_text(text, "utf-8")
    return config.load_config(tmp_path / "config.yaml", environ or {})


def refusal(tmp_path: Path, text: str) -> list[str]:
    """The sentences with which these settings are refused."""
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, text)
    return str(refused.value).splitlines()


def test_no_file_is_all_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything works without a config.yaml, and with an empty one."""
    monkeypatch.chdir(tmp_path)
    assert config.load_config(None, {}) == Config()
    assert load(tmp_path, "# nothing\n") == Config()


def test_a_file_that_was_named_has_to_be_there(tmp_path: Path) -> None:
    """A slip in its name must not start a bot with other settings than were meant."""
    with pytest.raises(ConfigError) as refused:
        config.load_config(tmp_path / "nowhere.yaml", {})
    assert str(refused.value) == (
        f"there is no file {tmp_path}/nowhere.yaml: check what --config names, or copy config.example.yaml there"
    )


def test_the_default_file_is_read_where_none_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the folder in which the program is started."""
    (tmp_path / "config.yaml").write_text("draft_days: 3\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert config.load_config(None, {}).draft_days == 3


def test_the_example_documents_every_setting_with_its_default() -> None:
    """config.example.yaml reads as the defaults and names each setting that a file may hold."""
    path = ROOT / "config.example.yaml"
    assert config.load_config(path, {}) == Config()
    named = set(re.findall(r"^#? ?([a-z_]+):", path.read_text("utf-8"), re.MULTILINE))
    assert named == {field.name for field in fields(Config)} - {"api", "gateway"}


def test_settings_are_read(tmp_path: Path) -> None:
    """Every setting; ids as numbers or in quotes, a single one with or without brackets."""
    text = """\
knowledge: base
article: article.txt
database: postgresql://localhost/pilcrow
command_guilds: [123456789012345678, "223456789012345678"]
listen_channels: [323456789012345678]
moderator_channel: 423456789012345678
moderator_guilds: 523456789012345678
moderator_roles: [623456789012345678, 723456789012345678]
changes_channel: "823456789012345678"
draft_days: 3
cooldown_questions: 2
cooldown_seconds: 60
unanswered_days: 30
stats_days: 60
log_level: warning
log_format: json
health_file: health.json
metrics_port: 9464
shards: 4
shard_ids: [3, 1]
home_guild: [423456789012345678]
"""
    assert load(tmp_path, text) == Config(
        knowledge=Path("base"),
        article=Path("article.txt"),
        database="postgresql://localhost/pilcrow",
        command_guilds=(123456789012345678, 223456789012345678),
        listen_channels=(323456789012345678,),
        moderator_channel=423456789012345678,
        moderator_guilds=(523456789012345678,),
        moderator_roles=(623456789012345678, 723456789012345678),
        changes_channel=823456789012345678,
        draft_days=3,
        cooldown_questions=2,
        cooldown_seconds=60,
        unanswered_days=30,
        stats_days=60,
        log_level="warning",
        log_format="json",
        health_file=Path("health.json"),
        metrics_port=9464,
        shards=4,
        shard_ids=(1, 3),
        home_guild=423456789012345678,
    )


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    """As file:line: sentence, in order."""
    text = """\
knowledge: yes
listen_channel: [1]
listen_channels: [general, 123456789012345678, "123456789012345678"]
cooldown_questions: 0
cooldown_seconds: "20"
log_level: loud
"""
    ids = "in Discord, turn on Developer Mode, right-click and choose Copy ID"
    assert refusal(tmp_path, text) == [
        "config.yaml:1: 'knowledge' must be text, but YAML reads yes as yes or no; put it in quotes",
        "config.yaml:2: the configuration has no key 'listen_channel'; did you mean 'listen_channels'?",
        f"config.yaml:3: 'listen_channels' must hold ids, as in [123456789012345678]; {ids}",
        "config.yaml:3: 123456789012345678 appears twice in 'listen_channels'; remove one",
        "config.yaml:4: 'cooldown_questions' must be a whole number from 1 to 1000, as in 'cooldown_questions: 5'",
        "config.yaml:5: 'cooldown_seconds' must be a whole number from 1 to 86400, as in 'cooldown_seconds: 20'",
        "config.yaml:6: 'log_level: loud' is not possible; use one of debug, info, warning, error",
    ]


def test_a_setting_of_one_id_takes_one(tmp_path: Path) -> None:
    """A second id would be ignored without a word."""
    assert refusal(tmp_path, "home_guild: [123456789012345678, 223456789012345678]") == [
        "config.yaml:1: 'home_guild' must be one id; remove the others"
    ]


@pytest.mark.parametrize(("given", "missing"), [("guilds", "roles"), ("roles", "guilds")])
def test_moderators_need_a_server_and_a_role(tmp_path: Path, given: str, missing: str) -> None:
    """One without the other lets nobody in; better said at the start."""
    assert refusal(tmp_path, f"moderator_{given}: [123456789012345678]\n") == [
        f"config.yaml:1: 'moderator_{given}' needs 'moderator_{missing}' too; without both, nobody can moderate"
    ]


@pytest.mark.parametrize(
    "text", [f"token: {FAKE_TOKEN}", "discord_token: x", f"log_level: {FAKE_TOKEN}", f"knowledge: [[{FAKE_TOKEN}]]"]
)
def test_a_token_in_the_file_is_refused_and_not_shown(tmp_path: Path, text: str) -> None:
    """Whatever it is called and wherever it stands."""
    assert refusal(tmp_path, f"# settings\n{text}\n") == [
        "config.yaml:2: the token belongs in the environment variable DISCORD_TOKEN; "
        "remove it here, and make a new one if it was shared"
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- a", "config.yaml:1: the configuration must be keys with values, as in 'knowledge: knowledge'"),
        ("a: *b", "config.yaml:1: the alias *b is not allowed; write the text out instead"),
    ],
)
def test_what_is_no_set_of_keys_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    """Lists and YAML's more dangerous parts are refused as in the base."""
    assert refusal(tmp_path, text) == [sentence]


def test_a_file_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    """A folder of that name, for instance."""
    (tmp_path / "config.yaml").mkdir()
    with pytest.raises(ConfigError, match=r"^config\.yaml: it can't be read: Is a directory$"):
        config.load_config(tmp_path / "config.yaml", {})


def test_the_environment_says_where_discord_is(tmp_path: Path) -> None:
    """Both addresses, a slash at the end or not; the token is read apart from the settings."""
    environ = {
        "PILCROW_DISCORD_API": "http://127.0.0.1:1/api/v10/",
        "PILCROW_DISCORD_GATEWAY": "ws://127.0.0.1:1/",
        "DISCORD_TOKEN": " abc\n",
    }
    found = load(tmp_path, "", environ)
    assert (found.api, found.gateway) == ("http://127.0.0.1:1/api/v10", "ws://127.0.0.1:1/")
    assert (config.read_token(environ), config.read_token({})) == ("abc", "")
    assert "abc" not in repr(found)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "PILCROW_DISCORD_API",
            "PILCROW_DISCORD_API must be an address that starts with https://, as in https://discord.com/api/v10",
        ),
        ("PILCROW_DISCORD_GATEWAY", "PILCROW_DISCORD_GATEWAY must be an address that starts with wss://"),
    ],
)
def test_an_address_that_is_none_is_named(tmp_path: Path, name: str, sentence: str) -> None:
    """By the name of the variable."""
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, "", {name: "discord"})
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("shards: 0", "config.yaml:1: 'shards' must be a whole number from 1 to 1000, as in 'shards: 1'"),
        (
            "shards: 2\nshard_ids: [0, 2]",
            "config.yaml:2: 'shard_ids' must hold numbers from 0 to 1, as 'shards' is 2",
        ),
        (
            "shards: 2\nshard_ids: 1",
            "config.yaml:2: 'shard_ids' must be a list, as in 'shard_ids: [a, b]' or one '- item' per line",
        ),
        (
            "shards: auto\nshard_ids: [0]",
            "config.yaml:2: 'shard_ids' needs a number in 'shards', the same in every process; "
            "with 'auto' one process runs all shards",
        ),
    ],
)
def test_shards_that_do_not_fit_are_named(tmp_path: Path, text: str, sentence: str) -> None:
    """A shard has to be one of those that there are."""
    assert refusal(tmp_path, text) == [sentence]


def test_the_command_line_says_which_shards_this_process_has(tmp_path: Path) -> None:
    """It goes before the setting, is held to the same rules, and each process has a health file of its own."""
    (tmp_path / "config.yaml").write_text("shards: 3\nshard_ids: [0]\nhealth_file: run/health.json\n")
    found = config.load_config(tmp_path / "config.yaml", {}, "2, 1")
    assert (found.shard_ids, found.health_file) == ((1, 2), Path("run/health-1-2.json"))
    with pytest.raises(ConfigError, match=r"^--shard-ids must hold numbers from 0 to 2, as 'shards' is 3$"):
        config.load_config(tmp_path / "config.yaml", {}, "3")
    assert load(tmp_path, "shards: auto").shards == "auto"


@pytest.mark.parametrize(
    ("settings", "home"),
    [
        (Config(), True),
        (Config(shards="auto"), True),
        (Config(shards=2), True),
        (Config(shards=2, shard_ids=(0,)), True),
        (Config(shards=2, shard_ids=(1,)), False),
        (Config(shards=2, shard_ids=(0,), home_guild=1 << 22), False),
        (Config(shards=2, shard_ids=(1,), home_guild=1 << 22), True),
        (Config(shards=3, shard_ids=(1, 2), home_guild=(5 << 22) + 7), True),
    ],
)
def test_one_process_is_the_home_of_the_base(settings: Config, *, home: bool) -> None:
    """That of the home server's shard, (id >> 22) % shards; without a home server that of shard 0; alone, always."""
    assert settings.is_home is home


def test_the_environment_says_where_the_journal_is(tmp_path: Path) -> None:
    """Before the setting, so that a password need not be in a file; and it is not shown by accident."""
    secret = "postgresql://pilcrow:hush@localhost/pilcrow"
    found = load(tmp_path, "database: sqlite:///here.sqlite3", {"PILCROW_DATABASE": f" {secret}\n"})
    assert found.database == secret
    assert "hush" not in repr(found)
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, "", {"PILCROW_DATABASE": "mysql://pilcrow:hush@localhost/pilcrow"})
    assert str(refused.value) == (
        "PILCROW_DATABASE has to be an address that starts with sqlite:/// or postgresql://, "
        "as in sqlite:///data/pilcrow.sqlite3"
    )


@pytest.mark.parametrize(
    "address",
    ["https://me:hush@quay.example", "https://hush@quay.example", "https://quay.example:99999", "https://quay.example:hush",
     "https://[::1", "https://", "https://:80", "ftp://quay.example", "https://quay.example:0", "https://me:hu/sh@quay.example"],
)  # fmt: skip
def test_an_address_of_discord_with_a_password_or_no_port_is_refused_and_not_quoted(
    tmp_path: Path, address: str
) -> None:
    """Where Discord can't be reached its address is shown, so it must hold nothing that is secret."""
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, "", {"PILCROW_DISCORD_API": address})
    assert str(refused.value) == (
        "PILCROW_DISCORD_API must be an address that starts with https://, as in https://discord.com/api/v10"
    )
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, "", {"PILCROW_DISCORD_GATEWAY": address.replace("https", "wss")})
    assert str(refused.value) == "PILCROW_DISCORD_GATEWAY must be an address that starts with wss://"


UNREADABLE = (
    "is not a valid address; write it as in postgresql://user:password@host:5432/pilcrow, with a port from 1 to 65535, "
    "and in the user's name and password write @ as %40, : as %3A and / as %2F"
)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://pilcrow:hu@sh@localhost/pilcrow",
        "postgresql://pilcrow@hush@localhost/pilcrow",
        "postgresql://pilcrow/hush@localhost/pilcrow",
        "postgresql://pilcrow:hu/sh:7@ush@localhost/pilcrow",
        "postgresql://localhost:hush/pilcrow",
        "postgresql://localhost:99999/pilcrow",
        "postgresql://localhost:0/pilcrow",
        "postgresql://pilcrow:hush@[::1/pilcrow",
        "postgresql://pilcrow:hush@one:1,two:2/pilcrow",
    ],
)
def test_an_address_that_can_not_be_read_is_not_quoted(tmp_path: Path, address: str) -> None:
    """Any piece of it may be one of the password; the sentence says how to write what is special."""
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, "", {"PILCROW_DATABASE": address})
    assert str(refused.value) == f"PILCROW_DATABASE {UNREADABLE}"
    with pytest.raises(JournalError) as failed:
        Journal(address).inbox.questions(1)
    assert str(failed.value) == f"the journal's database {UNREADABLE}"


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://pilcrow:hu%40sh%2F%3A@localhost/pilcrow",
        "postgresql://us%40er@localhost/pilcrow",
        "postgresql+psycopg://[::1]:5432/pilcrow",
        "postgresql:///pilcrow?host=/run/postgresql",
        "sqlite:///C:/data/a b@c.sqlite3",
        "sqlite://",
    ],
)
def test_addresses_of_databases_are_taken_as_they_are(tmp_path: Path, address: str) -> None:
    """With what is special in them escaped."""
    assert load(tmp_path, "", {"PILCROW_DATABASE": address}).database == address


def test_an_sqlite_address_with_a_host_is_refused(tmp_path: Path) -> None:
    """Two slashes in place of three would make a file where nobody looks for it."""
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, "", {"PILCROW_DATABASE": "sqlite://data/pilcrow.sqlite3"})
    assert str(refused.value) == (
        "PILCROW_DATABASE names a host, but SQLite is a file; write three slashes, as in sqlite:///data/pilcrow.sqlite3"
    )


def test_an_address_that_is_no_databases_is_named(tmp_path: Path) -> None:
    """With what to write instead."""
    assert refusal(tmp_path, "database: data/pilcrow.sqlite3") == [
        "config.yaml:1: 'database' has to be an address that starts with sqlite:/// or postgresql://, "
        "as in sqlite:///data/pilcrow.sqlite3"
    ]


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://pilcrow:hush@localhost/pilcrow",
        "postgresql://localhost/p?user=x&password=hush",
        "mysql://a:hush@b",
        "postgresql://pilcrow:hush/hush@localhost/pilcrow",
        "postgresql://pilcrow:hu@sh@localhost/pilcrow",
        "postgresql://:hush@localhost/pilcrow",
        "'postgresql://pilcrow:hu sh@localhost/pilcrow'",
        "postgresql://localhost/p?sslpassword=hush",
        "postgresql://localhost/p?x=1&SSLPassword=hush",
    ],
)
def test_a_password_in_the_file_is_refused_and_not_shown(tmp_path: Path, address: str) -> None:
    """Files are copied, shown and kept in git."""
    assert refusal(tmp_path, f"log_level: loud\ndatabase: {address}") == [
        "config.yaml:2: an address with a password belongs in the environment variable PILCROW_DATABASE; remove it here"
    ]


def test_an_sqlite_address_has_no_options(tmp_path: Path) -> None:
    """SQLAlchemy would warn of them, with the path of its own source."""
    assert refusal(tmp_path, "database: sqlite:///x.sqlite3?foo=1") == [
        "config.yaml:1: 'database' has options after a question mark, which SQLite does not take; leave them out, "
        "as in sqlite:///data/pilcrow.sqlite3"
    ]
