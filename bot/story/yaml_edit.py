"""Changes of an entry as changes of text: what is not meant stays byte for byte, comments and order included.

Pure: bytes in, bytes out. An entry is found by its id in the parsed file, so its lines are known exactly; a field is
replaced where it stands.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from bot.errors import EditError
from bot.story import yaml_ast
from bot.story.entry import WRITABLE_FIELDS, FieldValue
from bot.story.mapping_reader import ID

FOLDED = 150
"""Characters from which a text is written over several lines."""
_PLAIN = re.compile(r"[A-Za-z0-9][^:#\[\]{},&*!|>'\"%@`\n]*\Z")
_BETWEEN = re.compile(r"\s*(#|$)")
_BLOCK = re.compile(r"[>|][-+\d]*\s*$")
_ITEM = re.compile(r"\s*- ")
_ASIDE = re.compile(r" {0,2}#|\s*$")
"""A comment no deeper than the keys, or nothing: deeper ones may be part of a text."""


class _Span(Struct, frozen=True):
    """Lines of a file, from `start` up to and without `end`, counted from 0."""

    start: int
    end: int


def add_entry(data: bytes, fields: Mapping[str, FieldValue]) -> bytes:
    """The file with one more entry at its end."""
    text = data.decode("utf-8")
    before = text if not text or text.endswith("\n") else f"{text}\n"
    gap = "\n" if before.strip() else ""
    return (before + gap + format_entry(fields)).encode()


def remove_entry(data: bytes, id: str) -> bytes:
    """The file without an entry. Raises EditError where it has none of this id."""
    lines = _lines(data)
    span, _ = _find(data, id)
    end = span.end
    while end < len(lines) and not lines[end].strip():
        end += 1  # the gap after it goes too
    start = span.start
    while end == len(lines) and start and not lines[start - 1].strip():
        start -= 1  # and before the last one the gap there
    return "".join([*lines[:start], *lines[end:]]).encode()


def change_entry(data: bytes, id: str, fields: Mapping[str, FieldValue]) -> bytes:
    """The file with some fields of an entry replaced; an empty list or text removes one. Raises EditError."""
    for key, value in fields.items():
        data = _change(data, id, key, value)
    return data


def add_phrasing(data: bytes, id: str, phrasing: str) -> bytes:
    """The file with one more phrasing at the end of an entry's. Raises EditError."""
    span, entry = _find(data, id)
    listed = next((value for key, value in entry.pairs if key.text == "phrasings"), None)
    if not isinstance(listed, yaml_ast.Sequence) or not listed.items:
        return _change(data, id, "phrasings", [phrasing])
    lines = _lines(data)
    field = _field(lines, span, entry, "phrasings")
    last = listed.items[-1].line - 1
    indent = lines[last][: len(lines[last]) - len(lines[last].lstrip())]
    if not lines[last].startswith(f"{indent}- "):  # a list on one line, as in [a, b]
        texts = [item.text for item in listed.items if isinstance(item, yaml_ast.Scalar)]
        return _change(data, id, "phrasings", [*texts, phrasing])
    end = field.end  # of the last phrasing, which may go over several lines
    lines[end - 1] = lines[end - 1].rstrip("\n") + "\n"
    return "".join([*lines[:end], f"{indent}- {_scalar(phrasing)}\n", *lines[end:]]).encode()


def split_entries(data: bytes) -> list[tuple[str, str]]:
    """The whole file in pieces: (id, text) for each entry, from its '- ' to its last line, ('', text) for what is between.

    Raises EditError where it can't be read.
    """
    lines, at = _lines(data), 0
    found = []
    for id, span, _ in _spans(data):
        found += [("", "".join(lines[at : span.start])), (id, "".join(lines[span.start : span.end]))]
        at = span.end
    return [piece for piece in (*found, ("", "".join(lines[at:]))) if piece[1]]


def format_entry(fields: Mapping[str, FieldValue]) -> str:
    """An entry as it is written in a file."""
    parts = [_field_text(key, fields[key]) for key in WRITABLE_FIELDS if fields.get(key)]
    whole = "".join(parts)
    return "- " + whole[2:] if whole else ""


def _change(data: bytes, id: str, key: str, value: FieldValue) -> bytes:
    if key == "id":
        raise EditError("An entry keeps its id, because old cards and links know it by that. Add a new entry instead.")
    span, entry = _find(data, id)
    lines = _lines(data)
    new = _field_text(key, value) if value else ""
    if all(known.text != key for known, _ in entry.pairs):
        if new:
            lines[span.end - 1] = lines[span.end - 1].rstrip("\n") + "\n"
        return "".join([*lines[: span.end], new, *lines[span.end :]]).encode()
    field = _field(lines, span, entry, key)
    if lines[field.start].lstrip().startswith("- "):
        raise EditError(f"'{key}' stands first in the entry {id}; put 'id' first, then try again")
    listed = next(node for known, node in entry.pairs if known.text == key)
    if value and isinstance(listed, yaml_ast.Sequence) and not isinstance(value, str):
        new = _relisted(lines, field, listed, [str(one) for one in value]) or new
    return "".join([*lines[: field.start], new, *lines[field.end :]]).encode()


def _relisted(lines: Sequence[str], field: _Span, listed: yaml_ast.Sequence, texts: Sequence[str]) -> str:
    """A list with one item a line, changed: what stays in it keeps its lines, and the comments before them.

    Nothing where it is written in another way.
    """
    starts = [item.line - 1 for item in listed.items]
    scalars = [item.text for item in listed.items if isinstance(item, yaml_ast.Scalar)]
    if not starts or len(scalars) < len(starts) or not all(_ITEM.match(lines[start]) for start in starts):
        return ""
    indent = lines[starts[0]][: len(lines[starts[0]]) - len(lines[starts[0]].lstrip())]
    own: dict[str, str] = {}
    wanted = frozenset(texts)
    aside = "".join(lines[field.start + 1 : starts[0]])
    for text, start, end in zip(scalars, starts, [*starts[1:], field.end], strict=True):
        last = end
        while last > start + 1 and _BETWEEN.match(lines[last - 1]) and not _BLOCK.search(lines[start]):
            last -= 1
        plain = " ".join(text.split())
        if plain in wanted:
            own[plain] = aside + "".join(lines[start:last]).rstrip("\n") + "\n"
            aside = ""  # a comment on what goes stays, before what comes next
        aside += "".join(lines[last:end])
    return lines[field.start] + "".join(own.get(t) or f"{indent}- {_scalar(t)}\n" for t in texts) + aside


def _find(data: bytes, id: str) -> tuple[_Span, yaml_ast.Mapping]:
    """Where an entry stands: from its '- ' to its last line that is neither blank nor a comment."""
    lines = _lines(data)
    for known, span, item in _spans(data):
        if known == id:
            if not lines[span.start].startswith("- ") or lines[span.start].startswith("- {"):
                raise EditError(f"the entry {id} is not written with one key a line; change it in an editor")
            return span, item
    raise EditError(f"there is no entry '{id}' in this file")


def _spans(data: bytes) -> Iterator[tuple[str, _Span, yaml_ast.Mapping]]:
    """Each entry's id, where it stands, and its fields."""
    try:
        root = yaml_ast.parse(data)
    except yaml_ast.YamlError as error:
        raise EditError(f"line {error.line}: {error}") from error
    items = root.items if isinstance(root, yaml_ast.Sequence) else []
    lines = _lines(data)
    for number, item in enumerate(items):
        ids = [value.text for key, value in _pairs(item) if key.text == "id" and isinstance(value, yaml_ast.Scalar)]
        if not ids or not isinstance(item, yaml_ast.Mapping):
            continue
        start = item.line - 1
        end = items[number + 1].line - 1 if number + 1 < len(items) else len(lines)
        while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
            end -= 1
        yield ids[0], _Span(start, end), item


def _pairs(item: yaml_ast.Node) -> list[tuple[yaml_ast.Scalar, yaml_ast.Node]]:
    return item.pairs if isinstance(item, yaml_ast.Mapping) else []


def _field(lines: Sequence[str], span: _Span, entry: yaml_ast.Mapping, key: str) -> _Span:
    """Where a field stands; comments and gaps before the next one are not part of it."""
    starts = [known.line - 1 for known, _ in entry.pairs]
    number = next(at for at, (known, _) in enumerate(entry.pairs) if known.text == key)
    end = starts[number + 1] if number + 1 < len(starts) else span.end
    while end > starts[number] + 1 and _ASIDE.match(lines[end - 1]):
        end -= 1
    return _Span(starts[number], end)


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8").splitlines(keepends=True)


def _field_text(key: str, value: FieldValue) -> str:
    kind = WRITABLE_FIELDS[key].kind
    if isinstance(value, str):
        text = " ".join(value.split())
        if key != "id" and len(text) > FOLDED:
            return f"  {key}: >-\n" + "".join(f"    {line}\n" for line in _folded(text))
        return f"  {key}: {_scalar(text) if kind == 'text' else text}\n"
    if kind != "texts":
        return f"  {key}: [{', '.join(map(str, value))}]\n"
    return f"  {key}:\n" + "".join(f"    - {_scalar(str(item))}\n" for item in value)


def _folded(text: str) -> list[str]:
    lines, line = [], ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > FOLDED:
            lines.append(line)
            line = ""
        line = f"{line} {word}" if line else word
    return [*lines, line]


def _scalar(text: str) -> str:
    """A text as YAML reads it back, in quotes where it has to be."""
    text = " ".join(text.split())
    if _PLAIN.match(text) and yaml_ast.Scalar(0, text, plain=True).resolved_type == "str":
        return text
    return "'" + text.replace("'", "''") + "'"


def generate_id(question: str, taken: Mapping[str, object]) -> str:
    """An id for a new entry from the words of its question, none that is taken."""
    words = re.findall(r"[a-z0-9]+", question.casefold())[:6]
    stem = "-".join(words)[:40].strip("-") or "entry"
    number, id = 1, stem
    while id in taken or not ID.match(id):
        number += 1
        id = f"{stem}-{number}"
    return id
