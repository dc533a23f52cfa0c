"""Whether the settings can be used: the configuration file, the environment, and the token as it was typed."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

from bot import config
from bot.config import Config
from bot.discord_frontend.gateway import token_format
from bot.doctor.finding import Finding, ok, warning, wrong
from bot.errors import ConfigError

CONFIGURATION, TOKEN = "configuration", "token"


def read_settings(
    path: Path | None, environ: Mapping[str, str], shard_ids: str | None
) -> tuple[Config | None, list[Finding]]:
    """Return the settings, None where they can't be used, and what was found."""
    try:
        settings = config.load_config(path, environ, shard_ids)
    except ConfigError as error:
        return None, [wrong(CONFIGURATION, line) for line in str(error).splitlines()]
    file = path or config.DEFAULT_FILE
    if not file.exists():
        sentence = f"there is no {file} here, so every setting has its default; copy config.example.yaml to change one"
        return settings, [warning(CONFIGURATION, sentence)]
    default = Config()
    changed = [field.name for field in fields(Config) if getattr(settings, field.name) != getattr(default, field.name)]
    return settings, [ok(CONFIGURATION, f"{file}; not at its default: {', '.join(changed) or 'nothing'}")]


def check_token(environ: Mapping[str, str], settings: Config | None) -> Finding:
    """Return how the token was typed. Another server's tokens may have any shape."""
    token = config.read_token(environ)
    is_discord = settings is None or settings.api == config.DISCORD_API
    problem = token_format.shape_problem(token) if is_discord else token_format.typing_problem(token)
    if problem:
        return wrong(TOKEN, problem)
    return ok(TOKEN, f"{config.TOKEN_VARIABLE} is set and typed as a token is")
