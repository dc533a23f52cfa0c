"""`pilcrow new`: a first base for any article, valid at once, with everything marked that a person has to write."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.errors import PilcrowError
from bot.story.article import paragraph_hash

TODO = "TODO"
"""How a text starts that nobody has written yet; `pilcrow check` names each."""
LINK_WORDS = 4
SHORTEST = 8
"""Words below which a line that ends in no full stop is taken for page furniture."""
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY = re.compile(rf"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:{MONTHS})(?: \d{{4}})?)\b")
_NUMBER = re.compile(r"\b\d+(?:[.,]\d+)*\b")
_QUOTED = re.compile(r"[“\"]([^“”\"]+)[”\"]")
_NAME = re.compile(r"[A-ZÀ-Þ][\w’'-]*(?:\s+(?:(?:of|de|du|von)\s+)?[A-ZÀ-Þ][\w’'-]*)*")
_OPENERS = frozenset(
    [
        "the",
        "a",
        "an",
        "in",
        "on",
        "at",
        "as",
        "of",
        "for",
        "from",
        "to",
        "by",
        "with",
        "he",
        "she",
        "it",
        "they",
        "we",
        "i",
        "his",
        "her",
        "its",
        "their",
        "this",
        "that",
        "these",
        "those",
        "there",
        "when",
        "while",
        "after",
        "before",
        "during",
        "according",
        "also",
        "but",
        "and",
        "or",
        "if",
        "not",
        "no",
        "one",
        "two",
        "last",
        "next",
        "some",
        "many",
        "most",
        "all",
        "both",
        "however",
        "nonetheless",
        "any",
    ]
)


class FolderNotEmpty(PilcrowError):
    """The folder for a new base holds something already."""


def write_scaffold(folder: Path, lines: Sequence[str]) -> list[Path]:
    """Writes the skeleton for an article's `lines` (headline first) into `folder`; returns the files.

    Raises FolderNotEmpty where the folder is not empty, so that nobody's work is written over.
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
    """The files of the skeleton, by relative path."""
    title, paragraphs = (lines[0] if lines else "TODO: the headline"), _paragraphs(lines[1:])
    if not paragraphs:
        paragraphs = ["TODO: the article had no paragraph."]
    people = _people(paragraphs)
    return {
        "story.yaml": _story(title, paragraphs, people),
        "people.yaml": _people_file(people, paragraphs),
        "vocabulary.yaml": (
            "# Words and phrases that mean the same in this story, one concept a line; endings do not matter.\n"
            "leave: [leave, left, quit, resign, step down, walk away]\n"
            "say: [say, said, state, stated, remark]\n"
        ),
        "qa/start.yaml": _entries(),
    }


def _paragraphs(lines: Iterable[str]) -> list[str]:
    return [line for line in lines if len(line.split()) >= SHORTEST or line.rstrip("”\"'").endswith((".", "!", "?"))]


def _names(text: str) -> list[str]:
    """Proper names as they stand in the text; one capitalised word that only starts its sentence is none."""
    inside = set(re.findall(r"(?<=[\w,;%)”\"’] )[A-ZÀ-Þ][\w’'-]*", text))
    found = []
    for match in _NAME.finditer(text):
        name = re.sub(r"[’']s$", "", match[0])
        first, _, rest = name.partition(" ")
        if first.casefold() in _OPENERS:
            name = rest.strip()
        lone = " " not in name and name not in {re.sub(r"[’'].*", "", word) for word in inside}
        if name and not lone and not _DAY.fullmatch(name) and len(name) > 1:
            found.append(" ".join(name.split()))
    return list(dict.fromkeys(found))


def _people(paragraphs: Sequence[str]) -> dict[str, str]:
    """Id to name for each name; a shorter form of a longer name is left to its aliases."""
    counted = Counter(name for text in paragraphs for name in _names(text))
    names = [name for name in counted if not any(name != other and name in other.split() for other in counted)]
    return {_id(name): name for name in names if _id(name)}


def _id(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:60].strip("-")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _flow(texts: Iterable[str]) -> str:
    return "[" + ", ".join(_quoted(text) for text in dict.fromkeys(texts)) + "]"


def _story(title: str, paragraphs: Sequence[str], people: dict[str, str]) -> str:
    head = f"""\
# The article. Write what is marked TODO; `pilcrow check` names what is left.
# Nothing of the article's text belongs here: gists are your own words.
title: {_quoted(title[:250])}
publisher: "TODO: who published it"
url: https://example.org/TODO
published: "TODO: when"
language: en
disclaimer: "TODO: a sentence on what the bot answers from"
paragraphs:
"""
    return head + "\n".join(_paragraph(number, text, people) for number, text in enumerate(paragraphs, 1))


def _paragraph(number: int, text: str, people: dict[str, str]) -> str:
    words = text.split()
    named = [id for id, name in people.items() if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)]
    others = [name for name in _names(text) if name not in people.values()]
    phrases = [phrase for phrase in _QUOTED.findall(text) if len(phrase.split()) < 9 and len(phrase) <= 100]
    lines = [
        f"  - number: {number}",
        f'    gist: "TODO: what paragraph {number} says, in your own words"',
        f"    first: {_quoted(' '.join(words[:LINK_WORDS])[:100])}",
        f"    last: {_quoted(' '.join(words[-LINK_WORDS:])[:100])}",
        f"    sha256: {paragraph_hash(text)}",
        f"    people: [{', '.join(named)}]",
    ]
    for key, values in (
        ("names", [name for name in others if len(name) <= 100]),
        ("numbers", _NUMBER.findall(text)),
        ("days", _DAY.findall(text)),
        ("quotes", phrases),
    ):
        if values:
            lines.append(f"    {key}: {_flow(dict.fromkeys(values))}")
    return "\n".join(lines) + "\n"


def _people_file(people: dict[str, str], paragraphs: Sequence[str]) -> str:
    head = "# Who is who. kind: person, group, body, place or document. Add every name readers use under aliases.\n"
    if not people:
        return head + "[]\n"
    parts = []
    for id, name in people.items():
        pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
        cites = [str(number) for number, text in enumerate(paragraphs, 1) if pattern.search(text)]
        parts.append(
            f"- id: {id}\n  name: {_quoted(name[:100])}\n  kind: person\n  aliases: []\n"
            f'  role: "TODO: who or what {name[:60]} is"\n  cites: [{", ".join(cites)}]\n'.replace("\\", "/")
        )
    return head + "".join(parts)


def _entries() -> str:
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
