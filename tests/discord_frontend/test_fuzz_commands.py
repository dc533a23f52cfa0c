"""Any command input leads to a card or a user error, and any settings file to settings or a ConfigError."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from bot import config
from bot.answering.answerer import Answerer
from bot.cards import discord_limits, markdown
from bot.discord_frontend.common import user_text
from bot.discord_frontend.common.cooldown import Cooldown
from bot.discord_frontend.services import Services
from bot.errors import ConfigError, PilcrowError
from bot.journal.journal import Journal
from bot.matching.weights import load_weights
from tests.support.fake_discord.limits import check_choices
from tests.support.fixed_base import fixed_base
from tests.support.fuzzing import active_markup, malformed_yaml, typed
from tests.support.sent_cards import bodies
from tests.support.small_story import small_story

KEYS = (
    "knowledge",
    "article",
    "database",
    "command_guilds",
    "listen_channels",
    "cooldown_seconds",
    "log_level",
    "x",
    "token",
)


@cache
def services() -> Services:
    """Return the services of a bot whose journal is in memory."""
    return Services(
        knowledge_base=fixed_base(Answerer(small_story(), load_weights())),
        journal=Journal("sqlite://"),
        cooldown=Cooldown(1, 1, lambda: 0.0),
        today=lambda: None,  # type: ignore[arg-type,return-value]
    )


@given(
    st.sampled_from(("who", "paragraph", "summary", "timeline", "claims", "nothing")), typed(), st.integers(0, 9_999)
)
def test_every_reader_command_opens_a_page_or_raises_a_user_error(command: str, text: str, page: int) -> None:
    """Names, numbers and topics may be any text."""
    try:
        card = services().views.page(command, text, page)
    except PilcrowError as error:
        message = markdown.echo(str(error))
        assert 0 < len(message) <= discord_limits.MESSAGE_CONTENT
        assert active_markup(message) == []
    else:
        bodies(card)


@given(typed())
def test_any_question_gets_a_card_within_discords_limits(text: str) -> None:
    """The input is free text, or looks like the value of a suggestion."""
    try:
        answered = services().ask.ask_or_pick(text)
    except PilcrowError as error:
        assert str(error) == user_text.ENTRY_GONE  # noqa: PT017 (most inputs raise nothing)
    else:
        bodies(answered.card)


@given(typed())
def test_suggestions_are_within_discords_limits(text: str) -> None:
    """There are at most 25, none empty or too long."""
    suggestions = services().suggestions
    for suggest in (suggestions.entries, suggestions.topics, suggestions.people, suggestions.paragraphs):
        check_choices([{"name": name, "value": value} for name, value in suggest(text)])


@given(st.one_of(malformed_yaml(), st.dictionaries(st.sampled_from(KEYS), typed(300), max_size=4).map(
    lambda settings: "".join(f"{key}: {value}\n" for key, value in settings.items()).encode("utf-8", "replace")
)))  # fmt: skip
def test_any_settings_file_is_loaded_or_raises_config_error(data: bytes) -> None:
    """The message names the file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "config.yaml"
        path.write_bytes(data)
        try:
            config.load_config(path, {})
        except ConfigError as error:
            assert str(error).startswith("config.yaml")  # noqa: PT017 (as above)
