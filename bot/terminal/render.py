"""Replies, views and explanations as lines of text with named styles. Pure; the console turns styles into colours."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from bot.answering.reply import Citation, Option, Reply
from bot.matching.matcher import Match
from bot.matching.weights import OPPOSING, SUPPORTING
from bot.story.models import Development

if TYPE_CHECKING:
    from bot.answering.view import Row, View

CANDIDATES_SHOWN = 5


class Line(Struct, frozen=True):
    """A line of text. style: question, answer, standing, source, later, row, note, hint or plain; link: an address."""

    text: str
    style: str = "plain"
    link: str = ""


def reply_lines(reply: Reply) -> list[Line]:
    """Return all parts of a reply, the answer first."""
    if reply.outcome == "clarify":
        return [Line(reply.answer, "answer"), *_options(reply.options)]
    if reply.outcome == "abstain":
        lines = [Line(part, "answer") for part in reply.full_text.split("\n\n")]
        return [*lines, *_sources(reply.nearest.citations if reply.nearest else ())]
    messages = reply.messages
    lines = [Line(reply.question or "", "question")]
    lines += [Line(reply.language_note, "hint")] if reply.language_note else []
    lines += [Line(part, "answer") for part in reply.answer.split("\n\n")]
    lines.append(Line(reply.standing_text, "standing"))
    lines += _later(reply.developments, messages.later_label)
    return [*lines, *_sources(reply.citations)]


def view_lines(view: "View") -> list[Line]:
    """Return all parts of a view, the title first."""
    lines = [Line(view.title, "question")]
    lines += [Line(view.language_note, "hint")] if view.language_note else []
    for section in view.sections:
        lines.append(Line(""))
        if section.heading:
            lines.append(Line(section.heading, "standing"))
        for row in section.rows:
            lines += _row_lines(row)
    return lines


def _row_lines(row: "Row") -> Iterator[Line]:
    """Return a row, and below it its note and source; the last line has the link."""
    paragraphs = " ".join(f"¶{citation.paragraph}" for citation in row.citations)
    text = f"{row.time}: {row.text}" if row.time else row.text
    aside = [f"({row.note})"] if row.note else []
    aside += [f"({row.source})"] if row.source and row.source not in row.text else []
    style = "later" if row.source else "row"
    yield Line(f"{text} {paragraphs}".strip(), style, "" if aside else row.url)
    if aside:
        yield Line(" ".join(aside), "note", row.url)


def _sources(citations: Iterable[Citation]) -> Iterator[Line]:
    for citation in citations:
        yield Line(f"¶{citation.paragraph} {citation.gist}", "source", citation.url)


def _later(developments: Iterable[Development], heading: str) -> Iterator[Line]:
    for i, development in enumerate(developments):
        if i == 0:
            yield Line(f"{heading}:", "standing")
        yield Line(f"{development.date} {development.text} ({development.source})", "later", development.url)


def _options(options: Iterable[Option]) -> Iterator[Line]:
    for number, option in enumerate(options, 1):
        paragraphs = ", ".join(f"¶{citation.paragraph}" for citation in option.citations)
        yield Line(f"{number}. {option.question} ({paragraphs})", "hint")


def explanation_lines(match: Match, words: dict[str, str]) -> list[Line]:
    """Return what matched, what did not, and why the bot answered or abstained; `words`: terms as people write them."""
    query = match.question
    lines = [Line(f"Terms: {' '.join(query.terms) or 'none'}", "hint")]
    if query.corrections:
        lines.append(Line(f"Corrected: {', '.join(f'{a} → {b}' for a, b in query.corrections)}", "hint"))
    if query.intents:
        lines.append(Line(f"Asks for: {', '.join(sorted(query.intents))}", "hint"))
    if query.context_terms:
        lines.append(Line(f"From the previous question: {' '.join(sorted(query.context_terms))}", "hint"))
    for rank, candidate in enumerate(match.candidates[:CANDIDATES_SHOWN], 1):
        supporting = [f"{name} {candidate.features[name]:.2f}" for name in SUPPORTING]
        opposing = [f"{name} {candidate.features[name]:.2f}" for name in OPPOSING if candidate.features[name] > 0]
        lines.append(Line(f"{rank}. {candidate.entry}  score {candidate.score:.2f}", "standing"))
        lines.append(Line(f"   for: {', '.join(supporting)}", "hint"))
        lines.append(Line(f"   against: {', '.join(opposing) or 'nothing'}", "hint"))
        if candidate.unmatched:
            unmatched = ", ".join(words.get(term, term) for term in candidate.unmatched)
            lines.append(Line(f"   unmatched: {unmatched}", "hint"))
    features = ", ".join(f"{name} {value:.2f}" for name, value in match.features.items())
    lines.append(Line(f"Decision: {match.decision}, confidence {match.confidence:.2f} ({features})", "standing"))
    return lines
