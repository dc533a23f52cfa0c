"""A view of the story: something to look up rather than to ask, as records that every front end can show."""

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from msgspec import Struct

from bot.answering.reply import Citation, Denial, Suggestion
from bot.errors import PilcrowError
from bot.nlp.languages import Language
from bot.story.models import Development

ViewKind = Literal[
    "summary", "timeline", "who", "claims", "paragraph", "sources", "updates", "help", "about", "privacy"
]
SectionStyle = Literal["list", "text", "ladder"]
VIEW_KINDS: tuple[ViewKind, ...] = get_args(ViewKind)


class NotInStory(PilcrowError):
    """A paragraph, name, topic or length that the story does not have; the sentence names the nearest one it has."""


class Row(Struct, frozen=True):
    """One line of a section.

    time: when it happened; url: what the source opens, or the time, or else the text itself; note: an aside.
    """

    text: str
    citations: tuple[Citation, ...] = ()
    time: str = ""
    source: str = ""
    url: str = ""
    note: str = ""
    label: str = ""
    """A few words that it starts with."""
    badges: tuple[str, ...] = ()
    """The latest states of the claims that it makes."""
    dated_by: Development | None = None
    """What the day is known from, where the article does not say it."""
    denials: tuple[Denial, ...] = ()
    """Of the claims that it carries: whatever shows the row shows these too …"""
    developments: tuple[Development, ...] = ()
    """… and what was found later on these claims, oldest first."""
    given_denials: tuple[Denial, ...] = ()
    """Those that it says in full itself, so that the short form need not stand beside it …"""
    given_developments: tuple[Development, ...] = ()
    """… and what was found later that it says in full."""


class Section(Struct, frozen=True):
    """Rows under one heading, which may be empty.

    style: a `ladder` has the denial and the findings right below each row. later: its rows became known after the article.
    """

    heading: str
    rows: tuple[Row, ...]
    later: bool = False
    style: SectionStyle = "list"


class Link(Struct, frozen=True):
    """Another view, or the same one in other words, that can be opened from a view."""

    label: str
    kind: ViewKind
    argument: str = ""


class View(Struct, frozen=True):
    """Everything that there is to look up about one thing.

    kind and argument are what `Views.open` finds it by again, so that its pages can be turned after a restart.
    language: that of the engine's own words in it; language_note: stands first where the rows are in another language.
    """

    kind: ViewKind
    argument: str
    title: str
    sections: tuple[Section, ...]
    language: Language = "en"
    language_note: str = ""
    developments: tuple[Development, ...] = ()
    """What became known later about the whole of it, oldest first, besides what its rows need."""
    links: tuple[Link, ...] = ()
    entries: tuple[Suggestion, ...] = ()
    """The answers that rest on it."""


class ViewSettings(Struct, frozen=True):
    """What views show that is not in the story.

    commands: name and description of each command, by language; retention_days: how long an unanswered question is kept.
    """

    commands: Mapping[Language, Sequence[tuple[str, str]]]
    retention_days: int
