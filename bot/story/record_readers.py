"""Read one record of each kind from a YAML mapping."""

from collections.abc import Set
from functools import partial
from typing import Any

from msgspec import Struct

from bot.nlp.languages import LANGUAGES
from bot.nlp.normalize import MAX_CHARACTERS
from bot.story import field_lengths
from bot.story.entry import ENTRY_FIELDS, STANDINGS, Entry, EntryField, FieldKind, Translation, Waiver
from bot.story.mapping_reader import MappingReader
from bot.story.models import (
    CLAIM_STATES,
    PERSON_KINDS,
    WRONG_SHARE,
    Claim,
    Development,
    Event,
    ExpectedReply,
    GlossaryTerm,
    Paragraph,
    Person,
    Point,
    Story,
    Summary,
)

NOT_KNOWN = "not known"
"""What a base says of its article's publisher or date if nobody knows."""


class KnownIds(Struct, frozen=True):
    """The ids and paragraph numbers that references in the base can name."""

    paragraphs: Set[int]
    people: Set[str]
    developments: Set[str]
    claims: Set[str]
    entries: Set[str]

    def union(self, story: Story) -> "KnownIds":
        """Return these and the ids of a story."""
        return KnownIds(
            paragraphs=self.paragraphs | story.paragraphs.keys(),
            people=self.people | story.people.keys(),
            developments=self.developments | story.developments.keys(),
            claims=self.claims | story.claims.keys(),
            entries=self.entries | story.entries.keys(),
        )

    def of_kind(self, kind: FieldKind) -> tuple[Set[str], str] | None:
        """Return the ids that a field of this kind can name, and a noun for them; None if it is no reference."""
        references: dict[FieldKind, tuple[Set[str], str]] = {
            "people": (self.people, "the person"),
            "claim": (self.claims, "the claim"),
            "entry": (self.entries, "the entry"),
            "entries": (self.entries, "the entry"),
            "developments": (self.developments, "the development"),
        }
        return references.get(kind)


def read_header(reader: MappingReader, known: KnownIds) -> dict[str, Any]:
    """Return what story.yaml says about the whole article."""
    return {
        "sources": reader.records("sources", partial(read_point, known=known)),
        "title": reader.text("title", field_lengths.TITLE),
        "publisher": _known("publisher", reader.text("publisher", field_lengths.NAME)),
        "url": reader.url("url"),
        "published": _known("date", reader.text("published", field_lengths.NAME)),
        "language": reader.text("language", field_lengths.LANGUAGE),
        "disclaimer": reader.text("disclaimer", field_lengths.DISCLAIMER),
        "subject": reader.text("subject", field_lengths.SUBJECT, required=False),
        "wrong_share": reader.share("wrong_share", WRONG_SHARE),
    }


def _known(what: str, text: str) -> str:
    """Return what members read: 'publisher not known' rather than 'not known' by itself."""
    return f"{what} {NOT_KNOWN}" if text.casefold() == NOT_KNOWN else text


def read_paragraph(reader: MappingReader, known: KnownIds) -> Paragraph:
    """Return a paragraph of the article."""
    return Paragraph(
        number=reader.number("number"),
        gist=reader.text("gist", field_lengths.GIST),
        first_words=reader.text("first", field_lengths.NAME),
        last_words=reader.text("last", field_lengths.NAME),
        sha256=reader.text("sha256", field_lengths.SHA256),
        people=reader.references("people", known.people, "the person"),
        implied_people=reader.references("meant", known.people, "the person"),
        names=reader.texts("names", field_lengths.NAME),
        numbers=reader.texts("numbers", field_lengths.NAME),
        days=reader.texts("days", field_lengths.NAME),
        quotes=reader.texts("quotes", field_lengths.QUOTE),
        claims=reader.references("claims", known.claims, "the claim"),
    )


def read_person(reader: MappingReader, known: KnownIds) -> Person:
    """Return a person, group, body, place or document."""
    outside_article = reader.boolean("outside")
    return Person(
        id=reader.id(),
        name=reader.text("name", field_lengths.NAME),
        kind=reader.choice("kind", PERSON_KINDS, "person"),
        aliases=reader.texts("aliases", field_lengths.NAME),
        members=reader.references("members", known.people, "the person"),
        role=reader.text("role", field_lengths.ROLE),
        cites=reader.paragraph_numbers("cites", known.paragraphs, required=not outside_article),
        outside_article=outside_article,
        statements=reader.records("says", partial(read_point, known=known)),
    )


def read_point(reader: MappingReader, known: KnownIds) -> Point:
    """Return a line of text with its citations."""
    return Point(
        text=reader.text("text", field_lengths.POINT),
        cites=reader.paragraph_numbers("cites", known.paragraphs),
        file=reader.problems.file,
        line=reader.line,
    )


def read_summary(reader: MappingReader, known: KnownIds) -> Summary:
    """Return a topic at its three lengths."""
    read = partial(read_point, known=known)
    line = reader.record("line", read)
    return Summary(
        id=reader.id(),
        title=reader.text("title", field_lengths.NAME),
        points={
            "line": (line,) if line else (),
            "short": reader.records("short", read, required=True),
            "full": reader.records("full", read, required=True),
        },
        developments=reader.references("developments", known.developments, "the development"),
    )


def read_event(reader: MappingReader, known: KnownIds) -> Event:
    """Return an event of the timeline."""
    return Event(
        date=reader.date("date"),
        original_date=reader.text("said", field_lengths.NAME),
        dated_by=reader.reference("resolved", known.developments, "the development"),
        point=read_point(reader, known),
    )


def read_development(reader: MappingReader, known: KnownIds) -> Development:
    """Return a later development."""
    return Development(
        id=reader.id(),
        date=reader.date("date"),
        text=reader.text("text", field_lengths.DEVELOPMENT),
        source=reader.text("source", field_lengths.SOURCE),
        url=reader.url("url"),
        short=reader.text("short", field_lengths.POINT, required=False),
        paragraphs=reader.paragraph_numbers("paragraphs", known.paragraphs, required=False),
        people=reader.references("people", known.people, "the person"),
    )


def read_claim(reader: MappingReader, known: KnownIds) -> Claim:
    """Return an allegation with its denial."""
    return Claim(
        id=reader.id(),
        text=reader.text("text", field_lengths.CLAIM),
        by=reader.references("by", known.people, "the person", required=True),
        cites=reader.paragraph_numbers("cites", known.paragraphs),
        denial=reader.text("denial", field_lengths.CLAIM),
        denied_by=reader.references("denied_by", known.people, "the person", required=True),
        denial_cites=reader.paragraph_numbers("denial_cites", known.paragraphs),
        developments=reader.references("developments", known.developments, "the development"),
        label=reader.text("label", field_lengths.LABEL, required=False),
        short=reader.text("short", field_lengths.POINT, required=False),
        denial_short=reader.text("denial_short", field_lengths.POINT, required=False),
        state=reader.choice("state", CLAIM_STATES, "unresolved", required=False),
        badge=reader.text("badge", field_lengths.NAME, required=False),
        not_about=reader.references("not_about", known.people, "the person"),
    )


def read_term(reader: MappingReader, known: KnownIds) -> GlossaryTerm:
    """Return a term of the glossary."""
    return GlossaryTerm(
        id=reader.id(),
        term=reader.text("term", field_lengths.NAME),
        text=reader.text("text", field_lengths.POINT),
        label=reader.text("label", field_lengths.LABEL, required=False),
        cites=reader.paragraph_numbers("cites", known.paragraphs),
        phrasings=reader.texts("phrasings", field_lengths.PHRASING),
        file=reader.problems.file,
        line=reader.line,
    )


def read_expected_reply(reader: MappingReader, known: KnownIds) -> ExpectedReply:
    """Return a question with the entries that may answer it."""
    return ExpectedReply(
        question=reader.text("q", MAX_CHARACTERS),
        context=reader.texts("context", MAX_CHARACTERS),
        entries=reader.references("entries", known.entries, "the entry"),
        line=reader.line,
    )


def read_entry(reader: MappingReader, known: KnownIds) -> Entry:
    """Return an entry, field by field as `Entry` declares them."""
    standing = reader.choice("standing", STANDINGS, "reported")
    values = {
        field.key: _entry_value(reader, field, known, required=field.is_required_for(standing))
        for field in ENTRY_FIELDS
        if field.kind != "standing"
    }
    return Entry(**values, standing=standing, file=reader.problems.file, line=reader.line)


def _entry_value(reader: MappingReader, field: EntryField, known: KnownIds, *, required: bool) -> Any:
    """Return the value of one field, of the type that `Entry` declares."""
    if references := known.of_kind(field.kind):
        ids, noun = references
        read_ids = reader.references if field.is_list else reader.reference
        return read_ids(field.key, ids, noun, required=required)
    match field.kind:
        case "id":
            return reader.id()
        case "paragraphs":
            return reader.paragraph_numbers(field.key, known.paragraphs, required=required)
        case "waivers":
            return reader.records(field.key, _read_waiver)
        case "translations":
            return reader.records_by_key(field.key, LANGUAGES, _read_translation)
    read_text = reader.texts if field.is_list else reader.text
    return read_text(field.key, field.max_length, required=required)


def _read_waiver(reader: MappingReader) -> Waiver:
    return Waiver(word=reader.text("what", field_lengths.NAME), reason=reader.text("why", field_lengths.REASON))


def _read_translation(reader: MappingReader) -> Translation:
    return Translation(
        question=reader.text("question", field_lengths.QUESTION),
        answer=reader.text("answer", field_lengths.ANSWER),
    )
