"""Text from elsewhere is shown and does nothing: no terminal commands, no hidden characters, no piles of accents."""

import sys
import unicodedata

import pytest
from hypothesis import given

from bot.nlp.sanitize import MARKS, REPLACED, json_escaped, sanitize
from tests.support.fuzzing import typed

EVERY = [chr(code) for code in range(sys.maxunicode + 1)]


def test_no_control_or_format_character_of_unicode_passes() -> None:
    """Of all code points: controls become spaces, format characters go, what has no meaning is replaced."""
    for category, shown in {"Cc": " ", "Cf": "", "Cs": REPLACED, "Co": REPLACED}.items():
        some = [c for c in EVERY if unicodedata.category(c) == category and c not in "\n\r\x85"]
        assert {sanitize(f"a{c}b") for c in some} == {f"a{shown}b"}
    assert {sanitize(c) for c in "\n\r\x85\u2028\u2029"} == {"\n"}
    assert {sanitize(c, lines=False) for c in ("\n", "\r\n", "\x85", "\u2028", "\u2029")} == {" "}
    assert sanitize("a\U000e0041\ufdd0\U0001ffff\u034f\u3164b") == f"a{REPLACED}{REPLACED} b"


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
def test_what_people_write_stays_as_it_is(text: str) -> None:
    """Accents, scripts that need joiners, emoji made of several, lines."""
    assert sanitize(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;title\x07\x1b[2Jx", " ]0;title  [2Jx"),
        ("\x9b31mred", " 31mred"),
        ("safe\u202egnp.exe", "safegnp.exe"),
        ("Z" + "\u0301" * 90 + "a", "Z" + "\u0301" * MARKS + "a"),
        ("Z" + "\u0301\u200d" * 90 + "a", "Z" + "\u0301" * MARKS + "a"),
        ("pay\u200dpal pay\u200cpal \u200d\u200d", "paypal paypal "),
        ("😀\u200d\u200d\u200d😀", "😀\u200d😀"),
        ("\u0646\u200c\u3164", "\u0646 "),
    ],
)
def test_what_does_something_is_taken_out(text: str, shown: str) -> None:
    """Commands of a terminal, reversed writing, accents over accents, joiners that join nothing."""
    assert sanitize(text) == shown


@given(typed())
def test_sanitizing_twice_changes_nothing_more(text: str) -> None:
    """So that it does no harm where text passes two of the places that do it."""
    assert sanitize(sanitize(text)) == sanitize(text)


def test_json_keeps_its_data_and_shows_no_control() -> None:
    """Invisible characters become escapes, which every reader of JSON turns back."""
    assert json_escaped('"a\u202e\x9b\U000e0041é😀"') == '"a\\u202e\\u009b\\udb40\\udc41é😀"'
