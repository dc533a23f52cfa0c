"""An entry of the base, and the only declaration of its fields.

The loader, the YAML writer, the moderators' forms, the terminal's options and the validation all derive from `ENTRY_FIELDS`.
To give entries another field, add one annotated line to `Entry`.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, get_args, get_type_hints

from msgspec import Struct
from msgspec.structs import replace

from bot.story import field_lengths

Standing = Literal["reported", "alleged", "denied", "said", "assumed", "not_covered", "defined"]
STANDINGS: tuple[Standing, ...] = tuple(standing for standing in get_args(Standing) if standing != "defined")
"""What people may write; `defined` is for terms of the glossary."""
FieldKind = Literal[
    "id",
    "text",
    "texts",
    "standing",
    "paragraphs",
    "people",
    "claim",
    "entry",
    "entries",
    "developments",
    "waivers",
    "translations",
]
"""What a field holds: text(s), or references to records of that kind; decides how it is read, written and shown."""
FieldValue = str | Sequence[str] | Sequence[int]
"""A field's value as it is written in YAML."""
FormPart = Literal["text", "more", "links"]
"""The forms in which an entry is edited: what members read; who says it; its button and what to read next."""


class EntryField(Struct, frozen=True, kw_only=True):
    """The declaration of one YAML key of an entry."""

    kind: FieldKind
    key: str = ""
    """The YAML key: the name of the attribute that is annotated."""
    max_length: int = 0
    """Most characters of a text, or of each of several texts."""
    required: bool = False
    required_for: tuple[Standing, ...] = ()
    """Standings that make the field required."""
    only_for: tuple[Standing, ...] = ()
    """Standings for which the forms show the field though it is empty; all if none is named."""
    label: str = ""
    """Name of the field for moderators."""
    help_text: str = ""
    """Advice shown beside the field in a form."""
    form: FormPart | None = None
    """The form in which the field is edited; None: only in the file and in the terminal."""

    @property
    def is_list(self) -> bool:
        """Whether the field holds several values."""
        return self.kind in ("texts", "paragraphs", "people", "entries", "developments")

    @property
    def is_writable(self) -> bool:
        """Whether the program can write the field; the others are edited in the file."""
        return self.kind not in ("waivers", "translations")

    def is_shown_for(self, standing: str) -> bool:
        """Return whether the forms show the field, empty, for this standing."""
        return not self.only_for or standing in self.only_for

    def is_required_for(self, standing: str) -> bool:
        """Return whether an entry of this standing must have the field."""
        return self.required or standing in self.required_for


class Waiver(Struct, frozen=True):
    """A word that the validation would object to, and why it is right nevertheless."""

    word: str
    reason: str


class Translation(Struct, frozen=True):
    """An entry's texts in a language other than the base's."""

    question: str
    answer: str


class Entry(Struct, frozen=True):
    """A question that people ask, and the answer that somebody wrote. Fields stand in the order in which they are written."""

    id: Annotated[str, EntryField(kind="id", required=True)]
    question: Annotated[
        str,
        EntryField(
            kind="text",
            max_length=field_lengths.QUESTION,
            required=True,
            label="Question",
            help_text="As a member would ask it.",
            form="text",
        ),
    ]
    label: Annotated[
        str,
        EntryField(
            kind="text",
            max_length=field_lengths.LABEL,
            label="Words on its button",
            help_text="Two or three words, 18 characters or so.",
            form="links",
        ),
    ]
    answer: Annotated[
        str,
        EntryField(
            kind="text",
            max_length=field_lengths.ANSWER,
            required=True,
            label="Answer",
            help_text="In your own words, and no more than the paragraphs say.",
            form="text",
        ),
    ]
    cites: Annotated[
        tuple[int, ...],
        EntryField(
            kind="paragraphs",
            required=True,
            label="Paragraphs it rests on",
            help_text="No more than the answer needs. Use /paragraph to read one.",
            form="text",
        ),
    ]
    standing: Annotated[
        Standing,
        EntryField(
            kind="standing",
            required=True,
            label="Standing",
            help_text="How certain is it, according to the article?",
            form="text",
        ),
    ]
    by: Annotated[
        tuple[str, ...],
        EntryField(
            kind="people",
            required_for=("alleged", "denied", "said"),
            only_for=("reported", "alleged", "denied", "said", "assumed"),
            label="Who alleges, denies or says it",
            help_text="Choose nobody if the article itself reports it.",
            form="more",
        ),
    ]
    claim: Annotated[
        str | None,
        EntryField(
            kind="claim",
            required_for=("alleged",),
            label="The allegation it is about",
            help_text="Its denial and later findings are then shown with the answer.",
            form="more",
        ),
    ]
    nearest: Annotated[
        str | None,
        EntryField(
            kind="entry",
            required_for=("not_covered",),
            only_for=("not_covered",),
            label="The nearest thing the article does say",
            help_text="The answer that is shown in place of this one.",
            form="more",
        ),
    ]
    closest: Annotated[
        str,
        EntryField(
            kind="text",
            max_length=field_lengths.CLOSEST,
            only_for=("not_covered",),
            label="The nearest thing, in at most 20 words",
            help_text="Shown in place of that whole answer.",
            form="more",
        ),
    ]
    related: Annotated[
        tuple[str, ...],
        EntryField(
            kind="entries",
            label="What to read next",
            help_text="Other answers; they become buttons under this one.",
            form="links",
        ),
    ]
    developments: Annotated[
        tuple[str, ...],
        EntryField(
            kind="developments",
            label="What became known later",
            help_text="Shown below the answer, apart from the article.",
            form="more",
        ),
    ]
    phrasings: Annotated[
        tuple[str, ...],
        EntryField(
            kind="texts",
            max_length=field_lengths.PHRASING,
            label="Other ways of asking it",
            help_text="One per line, as people type them. The more there are, the easier the answer is to find.",
            form="text",
        ),
    ]
    waivers: Annotated[tuple[Waiver, ...], EntryField(kind="waivers")]
    translations: Annotated[Mapping[str, Translation], EntryField(kind="translations")]
    """By language code."""
    file: str
    line: int

    @property
    def is_written(self) -> bool:
        """Whether somebody wrote it as an entry; others are derived (see `bot.story.derived`)."""
        return self.file.startswith("qa/")


def _declared_fields() -> tuple[EntryField, ...]:
    hints = get_type_hints(Entry, include_extras=True)
    declared = ((key, getattr(hint, "__metadata__", ())) for key, hint in hints.items())
    return tuple(replace(metadata[0], key=key) for key, metadata in declared if metadata)


ENTRY_FIELDS = _declared_fields()
"""Every YAML key of an entry, in the order in which they are written."""
WRITABLE_FIELDS = {field.key: field for field in ENTRY_FIELDS if field.is_writable}
FORM_FIELDS = {field.key: field for part in get_args(FormPart) for field in ENTRY_FIELDS if field.form == part}
"""The fields that moderators edit in forms, in the order of the forms."""


def blank_entry(**values: Any) -> Entry:
    """Return an entry with these attributes; all others are empty."""
    empty = {field.key: _empty(field.kind, is_list=field.is_list) for field in ENTRY_FIELDS}
    return Entry(**{**empty, "file": "", "line": 0, **values})


def _empty(kind: FieldKind, *, is_list: bool) -> Any:
    if is_list or kind == "waivers":
        return ()
    return {"translations": {}, "claim": None, "entry": None}.get(kind, "")


def field_values(entry: Entry) -> dict[str, FieldValue]:
    """Return an entry's non-empty writable fields, by key."""
    values = {key: getattr(entry, key) for key in WRITABLE_FIELDS}
    return {key: value for key, value in values.items() if value}
