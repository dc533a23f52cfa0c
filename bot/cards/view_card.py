"""Laying out a View in lines, and in pages of one phone screen each."""

from collections.abc import Iterator

from bot.answering.view import Row, Section, View
from bot.cards.card import Card, Line, Span, line
from bot.cards.spans import citation_spans


def view_lines(view: View) -> tuple[Line, ...]:
    """Return all lines of a view, the title first."""
    note = [line(view.language_note, "small")] if view.language_note else []
    sections = (shown for section in view.sections for shown in _section(section))
    return (line(view.title, "heading"), *note, *sections)


def view_pages(view: View) -> tuple[Card, ...]:
    """Return the pages of a view, at least one."""
    return (Card(view_lines(view), as_embed=True),)


def _section(section: Section) -> Iterator[Line]:
    if section.heading:
        yield line(section.heading, "heading")
    for row in section.rows:
        yield _row(row)


def _row(row: Row) -> Line:
    time = (Span(f"{row.time}: ", "strong"),) if row.time else ()
    source = (Span(" ("), Span(row.source, url=row.url), Span(")")) if row.source else ()
    return Line((*time, Span(row.text), *citation_spans(row.citations), *source), "item")
