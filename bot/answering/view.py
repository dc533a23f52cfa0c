"""A view of the story: something to look up rather than to ask, as records that every front end can show."""

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from msgspec import Struct

from bot.answering.reply import Citation
from bot.errors import PilcrowError
from bot.nlp.languages import Language

ViewKind = Literal[
    "summary", "timeline", "who", "claims", "paragraph", "sources", "updates", "help", "about", "privacy"
]
VIEW_KINDS: tuple[ViewKind, ...] = get_args(ViewKind)


class NotInStory(PilcrowError):
    """A paragraph, name, topic or length that the story does not have; the sentence names the nearest one it has."""


class Row(Struct, frozen=True):
    """One line of a section.

    time: when it happened, on the timeline; note: an aside; source, url: where a later development comes from.
    """

    text: str
    citations: tuple[Citation, ...] = ()
    time: str = ""
    source: str = ""
    url: str = ""
    note: str = ""


class Section(Struct, frozen=True):
    """Rows under one heading, which may be empty. later: they became known after the article."""

    heading: str
    rows: tuple[Row, ...]
    later: bool = False


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


class ViewSettings(Struct, frozen=True):
    """What views show that is not in the story.

    commands: name and description of each command, by language; retention_days: how long an unanswered question is kept.
    """

    commands: Mapping[Language, Sequence[tuple[str, str]]]
    retention_days: int
