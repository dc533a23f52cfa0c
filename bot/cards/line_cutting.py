"""Cutting lines that are too long for a page between their words, so that nothing of them is left out."""

from collections.abc import Iterable, Iterator

from bot.cards.card import Line, Span

MAX_LENGTH = 400
"""Letters of a part: some ten lines of a phone."""


def cut_lines(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield the lines, in parts of at most MAX_LENGTH letters each, of the same kind and with the same links."""
    for line in lines:
        spans: list[Span] = []
        length = 0
        for span in line.spans:
            for part in _cut(span):
                if spans and length + len(part.text) > MAX_LENGTH:
                    yield Line(tuple(spans), line.kind, line.can_drop)
                    spans, length = [], 0
                spans.append(part)
                length += len(part.text)
        yield Line(tuple(spans), line.kind, line.can_drop)


def _cut(span: Span) -> Iterator[Span]:
    text = span.text
    while len(text) > MAX_LENGTH:
        end = text.rfind(" ", 1, MAX_LENGTH) + 1 or MAX_LENGTH
        yield Span(text[:end], span.style, span.url)
        text = text[end:]
    yield Span(text, span.style, span.url)
