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
    """Stands below an answer in another language than the question."""
    empty_question: str
    no_answer: str
    nearest: str
    which_one: str
    maybe: str
    """Stands before a guess."""
    does_say: str
    unanswered_part: str
    question_kept: str
    asked: str
    closest: str
    closest_without: str
    denied: str
    since: str
    later_badge: str
    paragraph: str
    paragraphs_say: str
    """Heads the gists of the cited paragraphs: the publisher and the date."""
    since_in_full: str
    more: str
    good: str
    wrong: str
    copy: str
    more_questions: str
    one_more_question: str
    written_by_people: str
    """Ends a copied answer."""
    what_is_wrong: str
    reason_noted: str
    none_of_these: str
    the_story: str
    what_can_i_ask: str
    said_by: str
    denied_by: str
    quote: str
    list_and: str
    standings: Mapping[str, str]
    """Each standing as a reader sees it."""
    reasons: Mapping[str, str]
    """What may be wrong with an answer, on buttons."""


class ViewMessages(Struct, frozen=True, forbid_unknown_fields=True):
    """What is said around a view of the story: headings, help, refusals. Words in braces are filled in."""

    language_note: str
    short_months: tuple[str, ...]
    first_day: str
    later: str
    timeline_title: str
    timeline_picture_caption: str
    in_the_article: str
    date_note: str
    """Beside a day that the article only calls 'Monday': the article's words, and where the date is known from."""
    dated_by: str
    """The same in small print, for all the days with an asterisk."""
    statements: str
    mentions: str
    not_mentioned: str
    members: str
    claims_title: str
    claim_heading: str
    alleged: str
    denied: str
    alleged_label: str
    found: str
    found_as: str
    """In place of what is found, where it is the same as for a claim above it."""
    paragraph_title: str
    own_text: str
    resting: str
    sources_title: str
    article: str
    article_sources: str
    source_dates: str
    no_updates: str
    help_title: str
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
    longer: str
    shorter: str
    full_wording: str
    in_full: str
    timeline_link: str
    claims_link: str
    later_link: str
    mentions_link: str
    back_link: str
    paragraph_before: str
    paragraph_after: str
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
