"""A Reply as lines of text, each with the name of its style; pure, so that colour is somebody else's business."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from bot.answering.answerer import Citation, Option, Reply
from bot.matching.matcher import Match
from bot.matching.weights import OPPOSING, SUPPORTING
from bot.story.models import Development

if TYPE_CHECKING:
    from bot.answering.view import Row, View


class Line(Struct, frozen=True):
    """One line to show. style: question, answer, standing, source, later, hint or plain; link: where it leads."""

    text: str
    style: str = "plain"
    link: str = ""


def reply_lines(reply: Reply) -> list[Line]:
    """Everything a reply has to show, the answer first."""
    if reply.outcome == "clarify":
        return [Line(reply.answer, "answer"), *_options(reply.options)]
    if reply.outcome == "abstain":
        lines = [Line(part, "answer") for part in reply.answer.split("\n\n")]
        return [*lines, *_sources(reply.nearest.citations if reply.nearest else ())]
    say = reply.messages
    lines = [Line(reply.question or "", "question")]
    lines += [Line(reply.frame, "hint")] if reply.frame else []
    lines += [Line(part, "answer") for part in reply.answer.split("\n\n")]
    lines.append(Line(say.standings[reply.status or "reported"], "standing"))
    lines += _sources(reply.citations)
    lines += _later(reply.developments, say.later_label)
    return lines


def reading_lines(reading: "View") -> list[Line]:
    """Everything of a reading, its title first."""
    lines = [Line(reading.title, "question")]
    lines += [Line(reading.language_note, "hint")] if reading.language_note else []
    for section in reading.sections:
        lines.append(Line(""))
        if section.heading:
            lines.append(Line(section.heading, "standing"))
        for row in section.rows:
            lines += _row_lines(row)
    return lines


def _row_lines(row: "Row") -> Iterator[Line]:
    """A row, what stands beside it, and last where it leads."""
    paragraphs = " ".join(f"¶{citation.paragraph}" for citation in row.citations)
    text = f"{row.time}: {row.text}" if row.time else row.text
    beside = [f"({row.note})"] if row.note else []
    beside += [f"({row.source})"] if row.source and row.source not in row.text else []
    style = "later" if row.source else "row"
    yield Line(f"{text} {paragraphs}".strip(), style, "" if beside else row.url)
    if beside:
        yield Line(" ".join(beside), "note", row.url)


def _sources(citations: Iterable[Citation]) -> Iterator[Line]:
    for citation in citations:
        yield Line(f"¶{citation.paragraph} {citation.gist}", "source", citation.url)


def _later(developments: Iterable[Development], heading: str) -> Iterator[Line]:
    for number, one in enumerate(developments):
        if not number:
            yield Line(f"{heading}:", "standing")
        yield Line(f"{one.date} {one.text} ({one.source})", "later", one.url)


def _options(options: Iterable[Option]) -> Iterator[Line]:
    for number, option in enumerate(options, 1):
        paragraphs = ", ".join(f"¶{citation.paragraph}" for citation in option.citations)
        yield Line(f"{number}. {option.question} ({paragraphs})", "hint")


def explanation_lines(match: Match, words: dict[str, str]) -> list[Line]:
    """What matched, what did not, and why the bot answered or kept quiet; `words`: terms as a reader would say them."""
    question = match.question
    lines = [Line(f"Read as: {' '.join(question.terms) or 'nothing'}", "hint")]
    if question.corrections:
        lines.append(Line(f"Spelt: {', '.join(f'{a} → {b}' for a, b in question.corrections)}", "hint"))
    if question.intents:
        lines.append(Line(f"Asks: {', '.join(sorted(question.intents))}", "hint"))
    if question.context_terms:
        lines.append(Line(f"From the question before: {' '.join(sorted(question.context_terms))}", "hint"))
    for rank, candidate in enumerate(match.candidates[:5], 1):
        speaks = [f"{name} {candidate.features[name]:.2f}" for name in SUPPORTING]
        objects = [f"{name} {candidate.features[name]:.2f}" for name in OPPOSING if candidate.features[name] > 0]
        lines.append(Line(f"{rank}. {candidate.entry}  score {candidate.score:.2f}", "standing"))
        lines.append(Line(f"   for: {', '.join(speaks)}", "hint"))
        lines.append(Line(f"   against: {', '.join(objects) or 'nothing'}", "hint"))
        if candidate.unmatched:
            left = ", ".join(words.get(term, term) for term in candidate.unmatched)
            lines.append(Line(f"   not accounted for: {left}", "hint"))
    why = ", ".join(f"{name} {value:.2f}" for name, value in match.features.items())
    lines.append(Line(f"Decision: {match.decision}, confidence {match.confidence:.2f} ({why})", "standing"))
    return lines
