"""Labelled questions: what is asked, and what a right reply has to cite and to say."""

import re
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from bot.errors import PilcrowError
from bot.story import yaml_ast

Kind = Literal["answerable", "unanswerable", "false_premise", "offtopic"]


class QuestionsError(PilcrowError):
    """A file of questions cannot be read; the message names the file and the first thing wrong with it."""


class Question(Struct, frozen=True):
    """A labelled question: a right reply cites any of `paragraphs` and matches every pattern of `must`."""

    id: str
    text: str
    kind: Kind
    paragraphs: frozenset[int]
    must: tuple[re.Pattern[str], ...]
    context: tuple[str, ...]
    """The questions asked before it in the conversation, the latest last."""
    file: str


class _Record(Struct, frozen=True):
    """A question as its file has it."""

    id: str
    q: str
    kind: Kind
    paragraphs: frozenset[int]
    must: tuple[str, ...] | None = None
    context: str | tuple[str, ...] | None = None


def load_questions(path: Path) -> list[Question]:
    """Load the questions of one YAML file. Raise QuestionsError."""
    items = _load_yaml(path)
    if not isinstance(items, list):
        raise QuestionsError(f"{path}: it has to be a list of questions, each with id, q, kind, paragraphs and must")
    return [_question(item, number, path) for number, item in enumerate(items, 1)]


def _load_yaml(path: Path) -> object:
    try:
        return _plain(yaml_ast.parse(path.read_bytes()))
    except OSError as error:
        raise QuestionsError(f"{path}: it cannot be read: {error.strerror or error}") from error
    except yaml_ast.YamlError as error:
        raise QuestionsError(f"{path}:{error.line}: {error}") from error


def _question(item: object, number: int, path: Path) -> Question:
    try:
        record = msgspec.convert(item, _Record, strict=False)
        must = tuple(re.compile(pattern) for pattern in record.must or ())
    except msgspec.ValidationError as error:
        raise QuestionsError(f"{path}: question {number}: {error}") from error
    except re.error as error:
        raise QuestionsError(f"{path}: question {number}: must holds a broken pattern: {error}") from error
    context = record.context or ()
    return Question(
        id=record.id,
        text=record.q,
        kind=record.kind,
        paragraphs=record.paragraphs,
        must=must,
        context=(context,) if isinstance(context, str) else context,
        file=path.name,
    )


def _plain(node: yaml_ast.Node | None) -> object:
    """Return a YAML node as lists, dictionaries and texts."""
    if isinstance(node, yaml_ast.Sequence):
        return [_plain(item) for item in node.items]
    if isinstance(node, yaml_ast.Mapping):
        return {key.text: _plain(value) for key, value in node.pairs}
    return None if node is None or node.meaning == "null" else node.text
