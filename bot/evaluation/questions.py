"""Labelled questions: what is asked, and what a right reply has to cite and to say.

A manifest lists files of questions, each with its writer and what the file may be used for.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from bot.errors import PilcrowError, quote
from bot.files import safe_files
from bot.story import yaml_ast
from bot.story.base_files import MAX_FILE_BYTES

Kind = Literal["answerable", "unanswerable", "false_premise", "offtopic"]
Use = Literal["unseen", "newest", "twins", "fitting", "phrasings", "retired"]
"""What a file of questions may be used for; explained in `tests/questions/manifest.yaml`."""


class QuestionsError(PilcrowError):
    """A file of questions cannot be read; the message names the file and the first thing wrong with it."""


class Question(Struct, frozen=True):
    """A labelled question: a right reply cites any of `paragraphs`, matches every pattern of `must`, and has a `gold` answer."""

    id: str
    text: str
    kind: Kind
    paragraphs: frozenset[int]
    must: tuple[re.Pattern[str], ...]
    context: tuple[str, ...]
    """The questions asked before it in the conversation, the latest last."""
    file: str
    use: Use | None = None
    """None for a file that no manifest lists."""
    gold: tuple[str, ...] = ()
    """Short answers, one of which the reply has to have word by word (see `metrics.has_gold_answer`); none ask for nothing."""

    @property
    def writer(self) -> str:
        """The letter of who wrote it: ids start with it."""
        return self.id[0]


class ListedFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A file of questions in a manifest; `style`: who the writer is, as far as their questions tell."""

    file: str
    writer: str
    style: str
    use: Use


class _Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    files: tuple[ListedFile, ...]


class _Record(Struct, frozen=True):
    """A question as its file has it."""

    id: Annotated[str, Meta(min_length=1)]
    q: str
    kind: Kind
    paragraphs: frozenset[int]
    must: tuple[str, ...] | None = None
    context: str | tuple[str, ...] | None = None
    gold: tuple[str, ...] | None = None


def load_questions(path: Path, use: Use | None = None) -> list[Question]:
    """Load the questions of a YAML file, or those of all files of a manifest, of one use where it is given.

    Raise QuestionsError.
    """
    root = load_yaml(path)
    if isinstance(root, dict):
        listed = [file for file in _listed_files(root, path) if use in (None, file.use)]
        return [question for file in listed for question in _load_listed(path.with_name(file.file), file.use)]
    return _to_questions(root, path)


def load_all(paths: Iterable[Path], use: Use | None = None) -> list[Question]:
    """Load the questions of several files or manifests, each question once. Raise QuestionsError."""
    questions: dict[tuple[str, str], Question] = {}
    for question in (question for path in paths for question in load_questions(path, use)):
        key = question.file, question.id
        if key not in questions or question.use:  # by its manifest rather than by its file alone
            questions[key] = question
    return list(questions.values())


def load_manifest(path: Path) -> tuple[ListedFile, ...]:
    """Load the list of a manifest's files. Raise QuestionsError."""
    return _listed_files(load_yaml(path), path)


def _listed_files(root: object, path: Path) -> tuple[ListedFile, ...]:
    try:
        files = msgspec.convert(root, _Manifest).files
    except msgspec.ValidationError as error:
        raise QuestionsError(f"{path}: {error}") from error
    for name in (listed.file for listed in files):
        if not name or Path(name).name != name or "\0" in name:
            raise QuestionsError(f"{path}: {quote(name)} is no file beside the manifest; write only the file's name")
    return files


def _load_listed(path: Path, use: Use) -> list[Question]:
    return _to_questions(load_yaml(path), path, use)


def _to_questions(root: object, path: Path, use: Use | None = None) -> list[Question]:
    if not isinstance(root, list):
        raise QuestionsError(f"{path}: it has to be a list of questions, each with id, q, kind, paragraphs and must")
    return [_question(item, number, path, use) for number, item in enumerate(root, 1)]


def load_yaml(path: Path) -> object:
    """Load a YAML file as lists, dictionaries and texts. Raise QuestionsError."""
    try:
        return _plain(yaml_ast.parse(safe_files.read_regular_file(path, MAX_FILE_BYTES + 1)))
    except OSError as error:
        raise QuestionsError(f"{path}: it cannot be read: {error.strerror or error}") from error
    except yaml_ast.YamlError as error:
        raise QuestionsError(f"{path}:{error.line}: {error}") from error


def _question(item: object, number: int, path: Path, use: Use | None) -> Question:
    try:
        record = msgspec.convert(item, _Record, strict=False)
        must = tuple(re.compile(pattern) for pattern in record.must or ())
    except msgspec.ValidationError as error:
        raise QuestionsError(f"{path}: question {number}: {error}") from error
    except (re.error, OverflowError) as error:
        raise QuestionsError(f"{path}: question {number}: must holds a broken pattern: {error}") from error
    except RecursionError as error:
        raise QuestionsError(f"{path}: question {number}: must holds a pattern that is nested too deeply") from error
    context = record.context or ()
    return Question(
        id=record.id,
        text=record.q,
        kind=record.kind,
        paragraphs=record.paragraphs,
        must=must,
        context=(context,) if isinstance(context, str) else context,
        file=path.name,
        use=use,
        gold=record.gold or (),
    )


def _plain(node: yaml_ast.Node | None) -> object:
    """Return a YAML node as lists, dictionaries and texts."""
    if isinstance(node, yaml_ast.Sequence):
        return [_plain(item) for item in node.items]
    if isinstance(node, yaml_ast.Mapping):
        return {key.text: _plain(value) for key, value in node.pairs}
    return None if node is None or node.resolved_type == "null" else node.text
