"""A first base for any article (`pilcrow new`): valid at once, with everything marked that a person has to write."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path

from bot.errors import PilcrowError
from bot.nlp.name_finder import NameFinder
from bot.story import field_lengths
from bot.story.article import paragraph_hash, visible_text
from bot.story.base_size_limits import MAX_PARAGRAPHS, MAX_PEOPLE
from bot.story.mapping_reader import MAX_LIST_ITEMS

TODO = "TODO"
"""Marks a text that is still to be written; `pilcrow check` lists them."""
LINK_WORDS = 4
"""Words of a paragraph's start and end that a link points to."""
MIN_PARAGRAPH_WORDS = 8
"""A line of fewer words that does not end a sentence is page furniture."""
MAX_QUOTE_WORDS = 8
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY = re.compile(rf"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:{MONTHS})(?: \d{{4}})?)\b")
_NUMBER = re.compile(r"\b\d+(?:[.,]\d+)*\b")
_QUOTED_PHRASE = re.compile(r"[“\"]([^“”\"]+)[”\"]")
_NAME = re.compile(r"[A-ZÀ-Þ][\w’'-]*(?:\s+(?:(?:of|de|du|von)\s+)?[A-ZÀ-Þ][\w’'-]*)*")
_MID_SENTENCE = re.compile(r"(?<=[\w,;%)”\"’] )[A-ZÀ-Þ][\w’'-]*")
_SENTENCE_OPENERS = frozenset(
    (
        "the a an in on at as of for from to by with he she it they we i his her its their this that these "
        "those there when while after before during according also but and or if not no one two last next "
        "some many most all both however nonetheless any"
    ).split()
)


class FolderNotEmpty(PilcrowError):
    """The folder for a new base is not empty."""


class ArticleTooLong(PilcrowError):
    """The article has more paragraphs than a base may have."""


def write_scaffold(folder: Path, lines: Sequence[str]) -> list[Path]:
    """Write the base for an article's `lines`, headline first, into `folder` and return the paths.

    Raise FolderNotEmpty rather than overwrite anybody's work, ArticleTooLong.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderNotEmpty(f"{folder} is not empty; name a new folder")
    texts = build_files(lines)
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return [folder / name for name in texts]


def build_files(lines: Sequence[str]) -> dict[str, str]:
    """Return the texts of the base's files, by relative path. Raise ArticleTooLong."""
    title = visible_text(lines[0]) if lines else "TODO: the headline"
    found = _find_paragraphs(lines[1:]) or ["TODO: the article had no paragraph."]
    if len(found) > MAX_PARAGRAPHS:
        raise ArticleTooLong(
            f"The article has {len(found):,} paragraphs, but a base can have at most {MAX_PARAGRAPHS:,}; leave some out"
        )
    paragraphs, hashes = list(map(visible_text, found)), list(map(paragraph_hash, found))
    people = _find_people(paragraphs)
    named = _find_mentioned(people, paragraphs)
    return {
        "story.yaml": _format_story(title, paragraphs, hashes, people, named),
        "people.yaml": _format_people(people, named),
        "vocabulary.yaml": (
            "# Words and phrases that mean the same in this story, one concept a line; endings do not matter.\n"
            "leave: [leave, left, quit, resign, step down, walk away]\n"
            "say: [say, said, state, stated, remark]\n"
        ),
        "qa/start.yaml": _format_entries(),
    }


def _find_paragraphs(lines: Iterable[str]) -> list[str]:
    return [
        line
        for line in lines
        if len(line.split()) >= MIN_PARAGRAPH_WORDS or line.rstrip("”\"'").endswith((".", "!", "?"))
    ]


def _find_names(text: str) -> list[str]:
    """Return the proper names of a text; a single capitalised word that only ever starts a sentence is none."""
    mid_sentence = {re.sub(r"[’'].*", "", word) for word in _MID_SENTENCE.findall(text)}
    names = []
    for match in _NAME.finditer(text):
        name = re.sub(r"[’']s$", "", match[0])
        first, _, rest = name.partition(" ")
        if first.casefold() in _SENTENCE_OPENERS:
            name = rest.strip()
        only_opens = " " not in name and name not in mid_sentence
        if name and not only_opens and not _DAY.fullmatch(name) and len(name) > 1:
            names.append(" ".join(name.split()))
    return list(dict.fromkeys(names))


def _find_people(paragraphs: Sequence[str]) -> dict[str, str]:
    """Return the names by id; a name that is one word of a longer one is left to that one's aliases.

    At most as many as a base may have; the others are left to the paragraphs' names.
    """
    candidates = dict.fromkeys(name for text in paragraphs for name in _find_names(text))
    parts = {word for name in candidates if " " in name for word in name.split()}
    people = {id: name for name in candidates if name not in parts and (id := _make_id(name))}
    return dict(islice(people.items(), MAX_PEOPLE))


def _find_mentioned(people: Mapping[str, str], paragraphs: Sequence[str]) -> list[set[str]]:
    """Return the names of people that each paragraph has."""
    finder = NameFinder(people.values())
    return [finder.find(text) for text in paragraphs]


def _make_id(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:60].strip("-")


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _flow_sequence(texts: Iterable[str]) -> str:
    return "[" + ", ".join(_quote(text) for text in dict.fromkeys(texts)) + "]"


def _format_story(
    title: str,
    paragraphs: Sequence[str],
    hashes: Sequence[str],
    people: Mapping[str, str],
    named: Sequence[Collection[str]],
) -> str:
    """named: the names of people that each paragraph has."""
    names = frozenset(people.values())
    records = []
    for number, (text, sha256, in_text) in enumerate(zip(paragraphs, hashes, named, strict=True), 1):
        mentioned = [id for id, name in people.items() if name in in_text]
        records.append(_format_paragraph(number, text, sha256, mentioned, names))
    header = f"""\
# The article. Write what is marked TODO; `pilcrow check` names what is left.
# Nothing of the article's text belongs here: gists are your own words.
title: {_quote(title[:250])}
publisher: "TODO: who published it"
url: https://example.org/TODO
published: "TODO: when"
language: en
disclaimer: "TODO: a sentence on what the bot answers from"
subject: "TODO: whom or what the story is about, in a few words"
paragraphs:
"""
    return header + "\n".join(records)


def _format_paragraph(
    number: int, text: str, sha256: str, mentioned: Sequence[str], people_names: Collection[str]
) -> str:
    words = text.split()
    other_names = [name for name in _find_names(text) if name not in people_names]
    phrases = [
        phrase
        for phrase in _QUOTED_PHRASE.findall(text)
        if len(phrase.split()) <= MAX_QUOTE_WORDS and len(phrase) <= field_lengths.NAME
    ]
    lines = [
        f"  - number: {number}",
        f'    gist: "TODO: what paragraph {number} says, in your own words"',
        f"    first: {_quote(' '.join(words[:LINK_WORDS])[: field_lengths.NAME])}",
        f"    last: {_quote(' '.join(words[-LINK_WORDS:])[: field_lengths.NAME])}",
        f"    sha256: {sha256}",
        f"    people: [{', '.join(mentioned[:MAX_LIST_ITEMS])}]",
    ]
    for key, values in (
        ("names", [name for name in other_names if len(name) <= field_lengths.NAME]),
        ("numbers", _NUMBER.findall(text)),
        ("days", _DAY.findall(text)),
        ("quotes", phrases),
    ):
        if values:
            lines.append(f"    {key}: {_flow_sequence(list(dict.fromkeys(values))[:MAX_LIST_ITEMS])}")
    return "\n".join(lines) + "\n"


def _format_people(people: Mapping[str, str], named: Iterable[Collection[str]]) -> str:
    header = "# Who is who. kind: person, group, body, place or document. Add every name readers use under aliases.\n"
    if not people:
        return header + "[]\n"
    numbers: dict[str, list[str]] = {}
    for number, names in enumerate(named, 1):
        for name in names:
            numbers.setdefault(name, []).append(str(number))
    parts = []
    for id, name in people.items():
        cites = numbers.get(name, [])
        parts.append(
            f"- id: {id}\n  name: {_quote(name[: field_lengths.NAME])}\n  kind: person\n  aliases: []\n"
            f'  role: "TODO: who or what {name[:60]} is"\n  cites: [{", ".join(cites)}]\n'.replace("\\", "/")
        )
    return header + "".join(parts)


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
