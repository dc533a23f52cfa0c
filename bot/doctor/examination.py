"""Everything that can be wrong before members meet it, looked at in one go. Nothing is changed but the index cache."""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bot import config
from bot.discord_frontend.gateway import token_format
from bot.doctor import data_check, discord_check, machine_check, settings_check
from bot.doctor.discord_survey import survey
from bot.doctor.finding import Finding, ok


def examine(
    config_file: Path | None,
    knowledge: Path | None,
    environ: Mapping[str, str],
    *,
    shard_ids: str | None = None,
    offline: bool = False,
    clock: Callable[[], float] = time.time,
) -> list[Finding]:
    """Return what was found, in the order in which it is put right; `offline`: without asking Discord."""
    settings, findings = settings_check.read_settings(config_file, environ, shard_ids)
    token = settings_check.check_token(environ, settings)
    findings = [*machine_check.check_program(), *findings, token]
    if settings is None:
        return findings  # everything else depends on it
    folder = knowledge or settings.knowledge
    findings += machine_check.check_folders(settings, folder, environ)
    if folder.is_dir():
        findings += data_check.check_base(folder, settings.article)
    findings += data_check.check_database(settings, datetime.now(UTC).date())
    application_id = token_format.application_id(config.read_token(environ))
    if offline:
        findings.append(ok(discord_check.APPLICATION, "not asked (--offline)"))
        if application_id:
            findings.append(discord_check.check_install_link(application_id))
    elif token.level != "wrong":
        found = asyncio.run(survey(settings, config.read_token(environ)))
        findings += discord_check.check_discord(settings, found, clock())
    return findings
