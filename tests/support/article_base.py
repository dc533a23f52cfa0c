"""A base of a few lines for an invented article, for the rules that hold a base against the article's text."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.story.article import paragraph_hash

OTHER = "The quay at Holm was swept by four men in June, as it is in any year."
"""A paragraph of the article that the answers do not cite."""


def base_files(
    text: str,
    answer: str,
    *,
    people: Sequence[Mapping[str, Any]] = (),
    records: Mapping[str, Sequence[str]] | None = None,
    further: Sequence[Mapping[str, Any]] = (),
    **entry: Any,
) -> dict[str, bytes]:
    """Return the files of a base for an article of two paragraphs, `text` and `OTHER`.

    The base has one entry with this answer, and `further` ones; entry: further fields of it; records: those of the first
    paragraph. Everything is written as JSON, which is YAML.
    """
    paragraphs = [
        {
            "number": number,
            "gist": "What it says.",
            "first": " ".join(line.split()[:2]),
            "last": " ".join(line.split()[-2:]),
            "sha256": paragraph_hash(line),
            **((records or {}) if number == 1 else {}),
        }
        for number, line in enumerate((text, OTHER), 1)
    ]
    story = {
        "title": "News",
        "publisher": "The Quay",
        "url": "https://quay.example/news",
        "published": "May 2020",
        "language": "en",
        "disclaimer": "Invented.",
        "paragraphs": paragraphs,
    }
    asked = {"id": "asked", "question": "What is it about?", "answer": answer, "cites": [1], "standing": "reported"}
    quay = {"id": "quay", "question": "Who swept?", "answer": "Men swept it.", "cites": [2], "standing": "reported"}
    files = {
        "story.yaml": story,
        "qa/a.yaml": [
            {"phrasings": ["tell me of it"], **asked, **entry},
            {"phrasings": ["swept by whom"], **quay},
            *further,
        ],
    }
    if people:
        files["people.yaml"] = [{"kind": "person", "role": "Somebody.", "cites": [1], **person} for person in people]
    return {name: json.dumps(content, ensure_ascii=False).encode() for name, content in files.items()}


def write_article(path: Path, text: str) -> Path:
    """Write the article's text into a file and return its path."""
    path.write_text(f"News\n\n{text}\n\n{OTHER}\n", "utf-8")
    return path
