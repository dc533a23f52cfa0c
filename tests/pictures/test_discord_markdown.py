"""The part of Discord's Markdown that the bot writes, as the pictures and the figures read it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.markdown import escape, link
from tests.pictures.discord_markdown import Block, Run, parse, visible_text


@pytest.mark.parametrize(
    ("markdown", "runs"),
    [
        ("plain", [Run("plain")]),
        ("**Denied:** no", [Run("Denied:", strong=True), Run(" no")]),
        ("`Not proven` · x", [Run("Not proven", code=True), Run(" · x")]),
        ("`a \\ *b*`", [Run("a \\ *b*", code=True)]),
        ("[¶4](<https://a.b/c#d>)", [Run("¶4", url="https://a.b/c#d")]),
        ("[¶4](https://a.b/c)", [Run("¶4", url="https://a.b/c")]),
        ("[**b** c](<https://a.b>)", [Run("b", strong=True, url="https://a.b"), Run(" c", url="https://a.b")]),
        ("**[a](<https://a.b>)**", [Run("a", strong=True, url="https://a.b")]),
        (r"[a \[b\]](<https://a.b>)", [Run("a [b]", url="https://a.b")]),
        (r"\*\*a\*\* \`b\` \[c\](d) \\", [Run(r"**a** `b` [c](d) \ ".rstrip())]),
        ("2 * 3, ** 4", [Run("2 * 3, ** 4")]),
        ("[a](b)", [Run("[a](b)")]),
        ("[a] (<https://a.b>)", [Run("[a] (<https://a.b>)")]),
        ("`open", [Run("`open")]),
    ],
)
def test_styles_within_a_line(markdown: str, runs: list[Run]) -> None:
    """Bold, code and links are read where they are whole; everything else is text."""
    assert list(parse(markdown)) == [Block(tuple(runs))]


@pytest.mark.parametrize(
    ("markdown", "block"),
    [
        ("> a", Block((Run("a"),), quoted=True)),
        (">a", Block((Run(">a"),))),
        ("-# a", Block((Run("a"),), "small")),
        ("> -# a", Block((Run("a"),), "small", quoted=True)),
        ("- a", Block((Run("a"),), "item", mark="•")),
        ("  - a", Block((Run("a"),), "item", level=1, mark="•")),
        ("2. a", Block((Run("a"),), "item", mark="2.")),
        ("## a", Block((Run("a"),), "heading", level=2)),
        ("#### a", Block((Run("#### a"),))),
        (r"\- a", Block((Run("- a"),))),
        (r"\# a", Block((Run("# a"),))),
        (r"1\. a", Block((Run("1. a"),))),
    ],
)
def test_kinds_of_lines(markdown: str, block: Block) -> None:
    """What a line begins with makes it a quote, small print, a heading or an item, unless it is escaped."""
    assert parse(markdown) == (block,)


def test_empty_lines_stay() -> None:
    """A blank line takes room in a message; a text without a character takes none."""
    assert [block.text for block in parse("a\n\nb")] == ["a", "", "b"]
    assert parse("") == ()


@given(st.text(st.sampled_from("ab19 *_`[]()<>\\#-+.>|~:/\n"), max_size=40))
def test_what_the_bot_escapes_is_read_as_it_was_typed(text: str) -> None:
    """Escaping and reading are each other's reverse, so the pictures show what a reader would see."""
    typed = "\n".join(" ".join(line.split()) for line in text.split("\n"))
    assert visible_text(escape(typed)) == typed


@given(st.text(st.sampled_from("ab *`[]\\"), min_size=1, max_size=20))
def test_a_link_shows_its_label(label: str) -> None:
    """Whatever a label holds, its address is not seen."""
    (block,) = parse(link(escape(f"a{label}"), "https://a.b/(c)", preview=False))
    assert block.text == f"a{label}"
    assert {run.url for run in block.runs} == {"https://a.b/%28c%29"}
