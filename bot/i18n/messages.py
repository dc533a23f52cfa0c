"""The engine's own sentences, in each language it speaks: the words around what people wrote, never the answers.

They are data: one TOML file per language beside this module, decoded into the records below.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec
import tomli
from msgspec import Struct

from bot.nlp.languages import Language


class ReplyMessages(Struct, frozen=True, forbid_unknown_fields=True):
    """What is said around a reply. Words in braces are filled in."""

    language_note: str
    """Stands before an answer in another language than the question."""
    empty_question: str
    no_answer: str
    unknown_terms: str
    nearest: str
    nearest_without: str
    which_one: str
    does_say: str
    unanswered_part: str
    question_kept: str
    standing_label: str
    source_label: str
    later_label: str
    asked: str
    show_paragraphs: str
    helpful: str
    not_helpful: str
    none_of_these: str
    said_by: str
    quote: str
    list_and: str
    standings: Mapping[str, str]
    """Each standing as a reader sees it."""


class ViewMessages(Struct, frozen=True, forbid_unknown_fields=True):
    """What is said around a view of the story: headings, help, refusals. Words in braces are filled in."""

    language_note: str
    months: tuple[str, ...]
    first_day: str
    later: str
    timeline_title: str
    timeline_picture_caption: str
    in_the_article: str
    date_note: str
    """Beside a day that the article only calls 'Monday': the article's words, and where the date is known from."""
    statements: str
    mentions: str
    not_mentioned: str
    members: str
    claims_title: str
    claim_heading: str
    alleged: str
    denied: str
    denials: str
    found_later: str
    paragraph_title: str
    gist: str
    own_text: str
    answered_questions: str
    open_questions: str
    sources_title: str
    article: str
    article_sources: str
    source_dates: str
    no_updates: str
    help_title: str
    how_to_ask: str
    how_to_ask_lines: tuple[str, ...]
    commands: str
    command_line: str
    about_title: str
    about_article: str
    about_counts: str
    about_lines: tuple[str, ...]
    privacy_title: str
    privacy_lines: tuple[str, ...]
    unknown_view: str
    unknown_length: str
    no_summaries: str
    unknown_topic: str
    did_you_mean_topic: str
    topic_list: str
    unknown_paragraph: str
    unknown_person: str
    did_you_mean_person: str
    ambiguous_name: str
    missing_name: str
    next_page: str
    previous_page: str
    page_title: str
    continued: str
    later_on_page: str
    read_link: str
    empty: str
    list_or: str


class OptionText(Struct, frozen=True, forbid_unknown_fields=True):
    """An option of a command, as people see it."""

    name: str
    description: str


class CommandText(Struct, frozen=True, forbid_unknown_fields=True):
    """A command, as people see it, with its options by their key."""

    name: str
    description: str
    options: Mapping[str, OptionText] = {}


class Messages(Struct, frozen=True, forbid_unknown_fields=True):
    """All sentences of one language."""

    reply: ReplyMessages
    views: ViewMessages
    private_option: OptionText
    choices: Mapping[str, Mapping[str, str]]
    """By option, what people see for each value that it may have."""
    commands: Mapping[str, CommandText]


@cache
def messages(language: Language) -> Messages:
    """Return the sentences of a language, read from its file the first time."""
    return msgspec.convert(tomli.loads((Path(__file__).parent / f"{language}.toml").read_text("utf-8")), Messages)


def join_list(items: Sequence[str], conjunction: str) -> str:
    """Return the items as a reader lists them: 'a, b and c'."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {conjunction} {items[-1]}"
