"""Making text safe to display: no terminal commands, no hidden characters, no piles of accents."""

import sys
import unicodedata

import pytest
from hypothesis import given

from bot.nlp.sanitize import MAX_MARKS, REPLACEMENT, json_escaped, sanitize
from tests.support.fuzzing import typed

ALL_CHARACTERS = [chr(code) for code in range(sys.maxunicode + 1)]


def test_control_and_format_characters_are_removed() -> None:
    """Of all of Unicode: controls become spaces, format characters are removed, unassigned ones are replaced."""
    for category, shown in {"Cc": " ", "Cf": "", "Cs": REPLACEMENT, "Co": REPLACEMENT}.items():
        characters = [c for c in ALL_CHARACTERS if unicodedata.category(c) == category and c not in "\n\r\x85"]
        assert {sanitize(f"a{c}b") for c in characters} == {f"a{shown}b"}
    assert {sanitize(c) for c in "\n\r\x85\u2028\u2029"} == {"\n"}
    assert {sanitize(c, lines=False) for c in ("\n", "\r\n", "\x85", "\u2028", "\u2029")} == {" "}
    assert sanitize("a\U000e0041\ufdd0\U0001ffff\u034f\u3164b") == f"a{REPLACEMENT}{REPLACEMENT} b"


@pytest.mark.parametrize(
    "text",
    [
        "Ada Quill left on Friday, ‘tired’.",
        "Élise naïve",
        "e\u0301",
        "می‌خواهم",
        "क्‍ष",
        "👨‍👩‍👧 ❤️ 👍🏽 🇨🇦",
        "你好吗",
        "עִבְרִית",
        "ที่",
        "- a list\n- of two",
    ],
)
def test_ordinary_text_is_unchanged(text: str) -> None:
    """So are accents, scripts that need joiners, emoji made of several, and lines."""
    assert sanitize(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;title\x07\x1b[2Jx", " ]0;title  [2Jx"),
        ("\x9b31mred", " 31mred"),
        ("safe\u202egnp.exe", "safegnp.exe"),
        ("Z" + "\u0301" * 90 + "a", "Z" + "\u0301" * MAX_MARKS + "a"),
        ("Z" + "\u0301\u200d" * 90 + "a", "Z" + "\u0301" * MAX_MARKS + "a"),
        ("pay\u200dpal pay\u200cpal \u200d\u200d", "paypal paypal "),
        ("😀\u200d\u200d\u200d😀", "😀\u200d😀"),
        ("\u0646\u200c\u3164", "\u0646 "),
    ],
)
def test_active_characters_are_removed(text: str, shown: str) -> None:
    """Terminal commands, direction overrides, accents on accents, and joiners that join nothing."""
    assert sanitize(text) == shown


@given(typed())
def test_sanitize_is_idempotent(text: str) -> None:
    """Text may pass through it more than once."""
    assert sanitize(sanitize(text)) == sanitize(text)


def test_json_keeps_its_data_without_invisible_characters() -> None:
    """They become escapes, which every JSON parser decodes."""
    assert json_escaped('"a\u202e\x9b\U000e0041é😀"') == '"a\\u202e\\u009b\\udb40\\udc41é😀"'
