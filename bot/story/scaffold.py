"""A first base for any article (`pilcrow new`): valid at once, with everything marked that a person has to write."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from bot.errors import PilcrowError
from bot.story.article_draft import ArticleDraft, ParagraphDraft, PersonDraft, draft_article, paragraph_lines
from bot.story.base_size_limits import MAX_PARAGRAPHS, MAX_PEOPLE
from bot.story.name_proposals import MAX_PROPOSALS
from bot.story.record_lists import format_list, quote
from bot.story.todo import TODO

MAX_TITLE = 250
_LISTS = ("names", "numbers", "days", "quotes")


class FolderNotEmpty(PilcrowError):
    """The folder for a new base holds something that is no base."""


class ArticleTooLong(PilcrowError):
    """The article has more paragraphs than a base may have."""


class Scaffold(Struct, frozen=True):
    """The files of a new base, and what they were made from."""

    files: dict[str, str]
    draft: ArticleDraft


def write_scaffold(folder: Path, lines: Sequence[str], most_people: int = MAX_PROPOSALS) -> Scaffold:
    """Write the base for an article's `lines`, headline first, into `folder`, with at most `most_people` proposals.

    Raise FolderNotEmpty rather than overwrite anybody's work, ArticleTooLong.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderNotEmpty(f"{folder} is not empty, and has no story.yaml to add to; name a new folder")
    scaffold = build_scaffold(lines, most_people)
    for name, text in scaffold.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return scaffold


def build_scaffold(lines: Sequence[str], most_people: int = MAX_PROPOSALS) -> Scaffold:
    """Return the base for an article's lines. Raise ArticleTooLong."""
    check_length(len(paragraph_lines(lines[1:])))
    draft = draft_article(lines, min(most_people, MAX_PEOPLE))
    files = {
        "story.yaml": _format_story(draft),
        "people.yaml": _format_people(draft),
        "vocabulary.yaml": (
            "# Words and phrases that mean the same in this story, one concept a line; endings do not matter.\n"
            "leave: [leave, left, quit, resign, step down, walk away]\n"
            "say: [say, said, state, stated, remark]\n"
        ),
        "qa/start.yaml": _format_entries(),
    }
    return Scaffold(files, draft)


def check_length(paragraphs: int) -> None:
    """Raise ArticleTooLong if a base may not have so many paragraphs."""
    if paragraphs > MAX_PARAGRAPHS:
        raise ArticleTooLong(
            f"The article has {paragraphs:,} paragraphs, but a base can have at most {MAX_PARAGRAPHS:,}; leave some out"
        )


def format_paragraph(draft: ParagraphDraft) -> str:
    """Return a paragraph's record as YAML, its gist still to be written."""
    lines = [
        f"  - number: {draft.number}",
        f'    gist: "{TODO}: what paragraph {draft.number} says, in your own words"',
        f"    first: {quote(draft.first_words)}",
        f"    last: {quote(draft.last_words)}",
        f"    sha256: {draft.sha256}",
        f"    people: [{', '.join(draft.people)}]",
    ]
    for key in _LISTS:
        if values := getattr(draft, key):
            lines.append(f"    {key}: [{', '.join(map(quote, values))}]")
    return "\n".join(lines) + "\n"


def format_person(draft: PersonDraft) -> str:
    """Return a person's record as YAML, the role still to be written."""
    role = f"{TODO}: who or what {draft.name[:60]} is"
    cites = ", ".join(map(str, draft.cites))
    return (
        f"- id: {draft.id}\n  name: {quote(draft.name)}\n  kind: {draft.kind}\n"
        f"  aliases: {format_list(draft.aliases)}\n  role: {quote(role)}\n  cites: [{cites}]\n"
    )


def _format_story(draft: ArticleDraft) -> str:
    header = f"""\
# The article. Write what is marked TODO; `pilcrow check` names what is left.
# Nothing of the article's text belongs here: gists are your own words.
title: {quote(draft.title[:MAX_TITLE])}
publisher: "TODO: who published it, or: not known"
url: https://example.org/TODO
published: "TODO: the day, or: not known"
language: en
disclaimer: "TODO: a sentence on what the bot answers from"
subject: "TODO: whom or what the story is about, in a few words"
paragraphs:
"""
    return header + "\n".join(map(format_paragraph, draft.paragraphs))


def _format_people(draft: ArticleDraft) -> str:
    header = """\
# Who is who: proposals, made from the article's capital letters. Correct what is wrong, and write the roles.
# kind: person, group, body, place, document, event or work. Add every name that readers use under aliases.
# One thing under two names: pilcrow kb people merge ID OTHER-ID. Nobody asks about it: pilcrow kb people drop ID.
"""
    if draft.others:
        header += "# Left to the paragraphs' names; pilcrow kb people add NAME --kind KIND --role TEXT lists one:\n"
        header += "".join(f"#   {name}\n" for name in draft.others)
    return header + ("".join(map(format_person, draft.people)) or "[]\n")


def _format_entries() -> str:
    return """\
# The entries: one question people ask, and its answer, in your own words. One fact to an entry.
# standing: reported (the article says so), alleged, denied or said (then add 'by: [who]'), assumed, or not_covered
# (the article does not say; then add 'nearest: id' of the entry with the nearest thing it does say).
# What is alleged of somebody needs 'claim: id' of a claim in claims.yaml, which holds the denial.
- id: about
  question: What is this story about?
  answer: "TODO: the story in a few sentences"
  cites: [1]
  standing: reported
  phrasings:
    - summary please
    - what happened
    - tell me what this is about
- id: about-publisher
  question: Who wrote this article?
  answer: "TODO: say who, or that the article does not say who wrote it"
  cites: [1]
  standing: not_covered
  nearest: about
  phrasings:
    - name of the author
    - who is the journalist
"""
