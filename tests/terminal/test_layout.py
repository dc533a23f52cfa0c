"""Cards in rows of a terminal: prefixes, styles and widths."""

import pytest

from bot.cards.card import Line, Span
from bot.terminal.layout import Run, card_rows, cell_width, wrap


def rows(line: Line, width: int) -> list[str]:
    """Return the words of each row."""
    return ["".join(run.text for run in row) for row in card_rows(line, width)]


def test_each_row_of_a_quote_stands_behind_the_bar() -> None:
    """Other lines have no prefix but the dash of an item, under which its further rows are indented."""
    text = (Span("one two three"),)
    assert rows(Line(text, "quote"), 9) == ["│ one two", "│ three"]
    assert rows(Line(text, "item"), 9) == ["- one two", "  three"]
    assert rows(Line(text), 9) == ["one two", "three"]
    assert rows(Line(()), 9) == [""]


def test_styles_are_those_of_the_span_or_else_of_its_line() -> None:
    """Small print is faint, a heading strong; a badge stands in brackets, which show where there is no colour."""
    line = Line((Span("Denied", "badge"), Span(" · The Quay "), Span("¶2", url="https://x.example/")), "small")
    assert list(card_rows(line, 80)) == [
        [
            Run("[Denied]", "badge"),
            Run(" "),
            Run("· The Quay", "hint"),
            Run(" "),
            Run("¶2", "hint", "https://x.example/"),
        ]
    ]
    assert list(card_rows(Line((Span("Claims"),), "heading"), 80)) == [[Run("Claims", "strong")]]


def test_runs_without_a_blank_between_them_stay_together() -> None:
    """A comma does not begin a row."""
    line = Line((Span("in"), Span(" "), Span("May 2023", url="https://x.example/"), Span(", he said")))
    assert rows(line, 11) == ["in May", "2023, he", "said"]


def test_blanks_within_a_line_are_kept() -> None:
    """A line of YAML, or of an explanation, keeps its indentation."""
    shown = wrap([Run("    by:  [a, b]")], 12, Run(""), Run(""))
    assert ["".join(run.text for run in row) for row in shown] == ["    by:  [a,", "b]"]


@pytest.mark.parametrize(
    ("text", "columns"),
    [("¶4", 2), ("é", 1), ("e\u0301", 1), ("東京", 4), ("한글", 4), ("🙂", 2), ("नमस्ते", 4), ("", 0)],
)
def test_width_is_counted_in_columns(text: str, columns: int) -> None:
    """Wide characters take two, combining ones none."""
    assert cell_width(text) == columns


def test_text_without_spaces_is_wrapped_where_its_script_allows() -> None:
    """Chinese may be broken after any character; a long word of letters is not, so that it can be copied."""
    assert rows(Line((Span("東京都は日本の首都"),), "quote"), 10) == ["│ 東京都は", "│ 日本の首", "│ 都"]
    assert rows(Line((Span("see https://x.example/long-address here"),)), 10) == [
        "see",
        "https://x.example/long-address",
        "here",
    ]
