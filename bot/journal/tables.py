"""The journal's tables. A new journal is created from them, an older one is migrated; a test compares the results."""

from datetime import date

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bot.journal.records import MAX_QUESTION, REASONS

MAX_ENTRY_ID = 60
"""Characters of an entry's id."""


def _text(name: str, length: int, *, key: bool = False, default: str | None = None) -> "Column[str]":
    return Column(name, String(length), primary_key=key, nullable=False, server_default=default)


def _day(name: str, *, key: bool = False) -> "Column[date]":
    return Column(name, Date, primary_key=key, nullable=False)


def _count() -> "Column[int]":
    return Column("count", Integer, nullable=False)


def _history_table(metadata: MetaData) -> Table:
    return Table(
        "history",
        metadata,
        Column("id", Integer, primary_key=True),
        _text("at", 20),
        _text("who", 100),
        _text("what", 200),
        _text("why", 500),
        Column("warnings", Text, nullable=False),
        _text("before", 16),
        _text("after", 16),
        Column("files", Text, nullable=False),
        _text("state", 10, default="made"),
        _text("mark", 32, default=""),
        Column("warned", Integer, nullable=False, server_default="0"),
        sqlite_autoincrement=True,  # numbers are never reused: an old button or message must not mean another change
    )


def _collected_table(metadata: MetaData) -> Table:
    return Table(
        "collected",
        metadata,
        Column("id", Integer, primary_key=True),
        _text("normalised", MAX_QUESTION),
        _text("entry", MAX_ENTRY_ID),
        _text("verdict", 10),
        _text("text", MAX_QUESTION),
        _count(),
        _day("last_seen"),
        Column("dismissed", Boolean, nullable=False),
        UniqueConstraint("normalised", "entry", "verdict"),
        sqlite_autoincrement=True,
    )


class Tables:
    """The tables of one database."""

    def __init__(self) -> None:
        self.metadata = MetaData()
        # Ids are never reused: an old button that names one must not mean another question.
        self.inbox = Table(
            "inbox",
            self.metadata,
            Column("id", Integer, primary_key=True),
            _text("normalised", MAX_QUESTION),
            _text("entry", MAX_ENTRY_ID),
            _text("text", MAX_QUESTION),
            _count(),
            _day("first_seen"),
            _day("last_seen"),
            _text("place", 20),
            _text("outcome", 20),
            Column("dismissed", Boolean, nullable=False),
            *(Column(reason, Integer, nullable=False, server_default="0") for reason in REASONS),
            Column("settled_by", Integer, nullable=False, server_default="0"),
            UniqueConstraint("normalised", "entry"),
            sqlite_autoincrement=True,
        )
        self.collected = _collected_table(self.metadata)
        self.feedback = Table(
            "feedback",
            self.metadata,
            _text("entry", MAX_ENTRY_ID, key=True),
            _text("verdict", 4, key=True),
            _day("day", key=True),
            _count(),
        )
        self.asked = Table(
            "asked",
            self.metadata,
            _day("day", key=True),
            _text("entry", MAX_ENTRY_ID, key=True),
            _text("outcome", 10, key=True),
            _count(),
        )
        self.history = _history_table(self.metadata)
        self.texts = Table(
            "texts",
            self.metadata,
            _text("digest", 32, key=True),
            _text("base", 32),
            Column("depth", Integer, nullable=False),
            Column("hunks", LargeBinary, nullable=False),
            Index("texts_base", "base"),
        )
        self.drafts = Table(
            "drafts",
            self.metadata,
            _text("key", 20, key=True),
            Column("waiting", Boolean, nullable=False),
            _day("day"),
            Column("number", Integer, nullable=False),
            Column("data", Text, nullable=False),
            Column("archive", LargeBinary, nullable=False),
        )
