"""Profiles and inputs of the fuzz tests.

The quick profile is part of every test run and deterministic; `pytest --hypothesis-profile long tests/test_fuzz_*.py` tries new inputs.
"""

import json
import re

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from bot.nlp.normalize import tokenize
from bot.nlp.sanitize import sanitize
from tests.support.small_story import small_story_files

ESCAPED = re.compile(r"\\.", re.DOTALL)
LINK = re.compile(r"\[[^\[\]]*\]\(<(https?://[^\s()<>]+)>\)|\[[^\[\]]*\]\((https?://[^\s()<>]+)\)")
HOSTILE = (
    "@everyone", "@here", "<@123456789012345678>", "<@&1>", "<#1>", "</ask:1>", "<:a:1>", "<a:b:2>", "<t:0:R>", "<id:customize>",
    "[a](https://evil.example)", "https://evil.example", "<https://evil.example>", "discord.gg/x", "**", "__", "~~", "||", "```", "`",
    "# ", "## ", "-# ", "> ", ">>> ", "- ", "* ", "+ ", "1. ", "\\", "\\\\", "\\*", "\n", "\r", "\t", "\x00", "\x1b[31m", "\x1b]8;;x\x1b\\",
    "\u202e", "\u2066", "\u200b", "\ufeff", "\u2028", "\x85", "\u0301", "\u0301" * 40, "\ufdfa", "\U0001f600", "👨‍👩‍👧", "ﬁ", "İ", "ß", "٣", "字",
    "?", "? ", " and who ", "'", "''", '"', "{}", "{0}", "%s", "$x", ": ", " #", "¶:", "¶:keeper-left", "::", "null", "yes", "2021-02-01",
    "Ada Quill", "the keeper", "lamp", "when did she leave", "who", "not", "mayr", "40", "what about ", "and he", "l'", "n't",
)  # fmt: skip
"""Pieces of text with a meaning to Discord, a terminal, YAML, SQL, Python or the matcher."""


def register() -> None:
    """Register the hypothesis profiles and load the quick one."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
    settings.register_profile(
        "quick",
        max_examples=25,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(
            Phase.explicit,
            Phase.generate,
        ),  # making a failing input smaller takes minutes: that is for the long profile
        suppress_health_check=slow,
    )
    settings.register_profile("long", max_examples=3_000, deadline=None, print_blob=True, suppress_health_check=slow)
    settings.load_profile("quick")


def fewer() -> settings:
    """Return settings with fewer examples, for tests that look at a whole base each time."""
    loaded = settings.default or settings()
    return settings(max_examples=max(6, loaded.max_examples // 4))


def _pieces() -> st.SearchStrategy[str]:
    known = sorted({word for data in small_story_files().values() for word in tokenize(data.decode())})
    anything = st.text(max_size=12)  # half characters (surrogates) too, as a broken client may send them
    return st.one_of(st.sampled_from(HOSTILE), st.sampled_from(known), anything)


def typed(max_length: int = 6_000) -> st.SearchStrategy[str]:
    """Generate what a user may type; Discord allows 4,000 characters in a message, 6,000 in an option."""
    some = st.lists(_pieces(), max_size=12).flatmap(
        lambda parts: st.sampled_from((" ", "")).map(lambda gap: gap.join(parts))
    )
    much = st.tuples(some, st.integers(1, max_length)).map(lambda pair: pair[0] * (pair[1] // max(1, len(pair[0])) + 1))
    return st.one_of(some, some, some, much).map(lambda text: text[:max_length])


def written(max_length: int) -> st.SearchStrategy[str]:
    """Generate what a text of the base may hold; the loader refuses invisible characters."""

    def clean(text: str) -> str:
        kept = sanitize(" ".join(sanitize(text).split())[:max_length]).strip()
        return kept if kept else "x"

    return typed(max_length * 2).map(clean)


def quoted(text: str) -> str:
    """Return a text in YAML's double quotes; JSON is YAML."""
    return json.dumps(text, ensure_ascii=False)


def active_markup(text: str, allowed_urls: frozenset[str] = frozenset()) -> list[str]:
    """Return what Discord would format, link or turn into a mention, except links to `allowed_urls`."""
    active = [part for part in ("@everyone", "@here") if part in text]
    text = ESCAPED.sub("x", text)
    active += [url for urls in LINK.findall(text) if (url := "".join(urls)) not in allowed_urls]
    text = re.sub(r"\*\*[^*\n]*\*\*", "", LINK.sub("", text))  # our own headings; others are escaped
    text = re.sub(r"^-# `[^`\n]+`", "", text, flags=re.MULTILINE)  # our own badge
    text = re.sub(r"^(> |- |-# )", "", text, flags=re.MULTILINE)
    active += re.findall(r"[*_~`|<>\[\]]", text)
    lines = text.split("\n")
    return active + [line for line in lines if re.match(r"\s*(?:[-+#]|\d+\.\s)", line)]


PIECES = (
    "- ", "id: ", "question: ", "answer: |\n    ", ">-\n", "cites: [1]", "phrasings:\n    - ", "&a ", "*a", "<<: *a", "!!str ", "!x ", "? ", "---\n", "...\n",
    "[", "]", "{", "}", "'", '"', "#", "\t", "\r\n", "\n", "\n  ", "\n    ", "~", "0x1f", "1e999", "9" * 5_000, "\ufeff", "\x00", "\x85", "\u2028",
    "id: keeper-left", "%YAML 1.1\n", "[" * 2_000, "a: " * 50, "- " * 50, "x" * 3_000, "\\ud800", '"\\ud800"', '"\\x00"', '"\\u202e"', *HOSTILE,
)  # fmt: skip


def malformed_yaml() -> st.SearchStrategy[bytes]:
    """Generate random bytes and almost valid YAML."""
    pieces = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
    encoded = st.tuples(pieces, st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1", "utf-32")))
    return st.one_of(st.binary(max_size=200), encoded.map(lambda pair: pair[0].encode(pair[1], "replace")))
