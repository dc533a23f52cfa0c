"""Make text from elsewhere safe to display: no terminal commands, no hidden characters, no piles of accents.

Everything a front end shows passes through `sanitize`: in the terminal by way of `bot.terminal.console`, in Discord by way of
`bot.discord_frontend.common.user_text`, in the log by way of `bot.ops.log_setup`. Pure, and quick for ordinary text.
"""

import re
import unicodedata

MAX_MARKS = 4
"""Combining marks in a row that are kept: more than any living script stacks on one letter, too few to cover other lines."""
REPLACEMENT = "\ufffd"
"""Stands for a surrogate, a private-use character or a noncharacter."""
ZWNJ, ZWJ = "\u200c", "\u200d"
_ORDINARY = re.compile(
    r"[ -~\n\xa0-\xac\xae-\u02ff\u0370-\u0377\u0391-\u03a1\u03a3-\u03ff\u0400-\u0482"
    r"\u048a-\u052f\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u21ff"
    r"\u3001-\u3029\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3\U0001f300-\U0001faff]*"
)
"""Characters that are safe as they are; any others are looked up one by one."""
_LINE_BREAK = re.compile(r"\r\n?|[\x85\u2028\u2029]")
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that are shown as blanks."""
_HIDDEN = re.compile(r"[\u034f\u17b4\u17b5\u180b-\u180f\ufff0-\ufff8\U000e0000-\U000e0fff]")
"""Ignorable characters outside the category of format characters: joiners, variation selectors, tags."""


def sanitize(text: str, *, lines: bool = True) -> str:
    r"""Return `text` without anything but visible characters and blanks.

    Control characters become spaces, and every kind of line break becomes "\n", or a space where `lines` is false. Format
    characters (Unicode category Cf: direction overrides, zero-width spaces, tags) are removed, except that a zero-width
    joiner or non-joiner stays where it shapes what is written: between two letters outside ASCII, as Persian and the Indic
    scripts need it, or between two parts of an emoji. Surrogates, private-use characters and noncharacters become U+FFFD.
    Of combining marks in a row the first MAX_MARKS are kept.
    """
    if text.isascii() and text.isprintable():  # the same as below for most texts, several times as quick
        return text
    if not _ORDINARY.fullmatch(text):
        text = _visible(_LINE_BREAK.sub("\n", text))
    return text if lines else text.replace("\n", " ")


def has_unsafe_characters(text: str) -> bool:
    """Return whether `sanitize` would change `text` other than a tab to a blank."""
    return not _ORDINARY.fullmatch(text) and sanitize(text) != text.replace("\t", " ")


def json_escaped(text: str) -> str:
    r"""Return JSON text with invisible characters as \u escapes: the same data, safe to display."""
    if _ORDINARY.fullmatch(text):
        return text
    return "".join(c if c.isprintable() or c == "\n" else _escape(c) for c in text)


def _escape(character: str) -> str:
    utf16 = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{utf16[i : i + 2].hex()}" for i in range(0, len(utf16), 2))


def _visible(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for i, character in enumerate(text):
        category = unicodedata.category(character)
        if category[0] == "M" and not _HIDDEN.match(character):
            marks += 1
            if marks <= MAX_MARKS:
                kept.append(character)
            continue
        replacement = _replace(character, category)
        if character in (ZWNJ, ZWJ) and _joins(character, kept[-1:], text[i + 1 : i + 2]):
            replacement = character
        if replacement:
            marks = 0
            kept.append(replacement)
    return "".join(kept)


def _replace(character: str, category: str) -> str:
    """Return what is shown for one character that is no combining mark; nothing where it is removed."""
    if character == "\n":
        return character
    if category == "Cc" or character in _BLANK:
        return " "
    if category == "Cf" or _HIDDEN.match(character):
        return ""
    if category in ("Cs", "Co") or (category == "Cn" and _is_noncharacter(character)):
        return REPLACEMENT
    return character


def _is_noncharacter(character: str) -> bool:
    return 0xFDD0 <= ord(character) <= 0xFDEF or ord(character) & 0xFFFE == 0xFFFE


def _joins(joiner: str, before: list[str], after: str) -> bool:
    """Return whether a joiner shapes the text: between letters outside ASCII, or between parts of an emoji."""
    if not before or not after or before[0].isascii() or after.isascii() or after in _BLANK:
        return False
    letters = "L" if joiner == ZWNJ else "LS"
    return unicodedata.category(before[0])[0] in f"M{letters}" and unicodedata.category(after)[0] in letters
