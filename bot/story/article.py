"""The article's own text, if an operator has supplied it: never in git, and not needed to answer."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.errors import Problem, StoryError
from bot.files import safe_files
from bot.nlp.sanitize import sanitize
from bot.story.models import Story

MAX_BYTES = 2_000_000


def paragraph_hash(text: str) -> str:
    """Return the SHA-256 of a paragraph in hexadecimal, white space collapsed."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


def visible_text(line: str) -> str:
    """Return a line of the article as a base can quote it: without invisible characters, white space collapsed."""
    return " ".join(sanitize(line, lines=False).split())


def read_lines(path: Path) -> list[str]:
    """Return the non-empty lines of an article's text: its paragraphs, and page furniture. Raise StoryError."""
    try:
        data = safe_files.read_regular_file(path, MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise StoryError([Problem(str(path), 0, "this is larger than any article; name the article's text file")])
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise StoryError([Problem(str(path), 0, f"the article can't be read: {error.strerror or error}")]) from error
    except UnicodeDecodeError as error:
        raise StoryError([Problem(str(path), 0, "the article is not UTF-8 text; save it as UTF-8")]) from error
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def match_paragraphs(story: Story, lines: Sequence[str]) -> Mapping[int, str]:
    """Return the text of each of the story's paragraphs that is among `lines`, matched by hash."""
    by_hash = {paragraph_hash(line): line for line in lines}
    return {n: by_hash[p.sha256] for n, p in story.paragraphs.items() if p.sha256 in by_hash}
