"""Edit the entries of a YAML file, and the records of paragraphs, as text: everything that is not edited stays byte for byte, comments and order included.

Pure: bytes in, bytes out. An entry is found by its id in the parsed file, so its lines are known exactly; a field is
replaced where it stands.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from msgspec import Struct

from bot.errors import EditError
from bot.story import yaml_ast
from bot.story.entry import WRITABLE_FIELDS, FieldValue
from bot.story.mapping_reader import ID
from bot.story.record_lists import parse, plain, quote

MAX_LINE_LENGTH = 150
"""Most characters of a text on one line; longer ones are folded."""
_ID_WORDS = 6
_ID_LENGTH = 40
_UNQUOTED = re.compile(r"[A-Za-z0-9][^:#\[\]{},&*!|>'\"%@`\n]*\Z")
_WORD = re.compile(r"[A-Za-z0-9][\w-]*\Z")
_BLANK_OR_COMMENT = re.compile(r"\s*(#|$)")
_BLOCK_SCALAR = re.compile(r"[>|][-+\d]*\s*$")
_LIST_ITEM = re.compile(r"\s*- ")
_OUTER_COMMENT = re.compile(r" {0,2}#|\s*$")
"""A blank line, or a comment no deeper than the keys: deeper ones may be part of a text."""


class _Span(Struct, frozen=True):
    """Lines `start` to `end` (exclusive) of a file, counted from 0."""

    start: int
    end: int


def add_entry(data: bytes, fields: Mapping[str, FieldValue]) -> bytes:
    """Return the file with one more entry at its end."""
    return _keeping_line_endings(data, lambda text: _add_entry(text, fields))


def _add_entry(data: bytes, fields: Mapping[str, FieldValue]) -> bytes:
    text = data.decode("utf-8")
    before = text if not text or text.endswith("\n") else f"{text}\n"
    gap = "\n" if before.strip() else ""
    return (before + gap + format_entry(fields)).encode()


def remove_entry(data: bytes, id: str) -> bytes:
    """Return the file without an entry. Raise EditError if it has none with this id."""
    lines = _split_lines(data)
    span, _ = _find_entry(data, id)
    end = span.end
    while end < len(lines) and not lines[end].strip():
        end += 1  # remove the gap after the entry too
    start = span.start
    while end == len(lines) and start and not lines[start - 1].strip():
        start -= 1  # for the last entry, the gap before it
    return "".join([*lines[:start], *lines[end:]]).encode()


def change_entry(data: bytes, id: str, fields: Mapping[str, FieldValue]) -> bytes:
    """Return the file with some fields of an entry replaced; an empty value removes the field. Raise EditError."""
    for key, value in fields.items():
        data = _keeping_line_endings(data, partial(_change_field, id=id, key=key, value=value))
    return data


def add_phrasing(data: bytes, id: str, phrasing: str) -> bytes:
    """Return the file with one more phrasing at the end of an entry's list. Raise EditError."""
    return _keeping_line_endings(data, lambda text: _add_phrasing(text, id, phrasing))


def _add_phrasing(data: bytes, id: str, phrasing: str) -> bytes:
    span, entry = _find_entry(data, id)
    phrasings = next((value for key, value in entry.pairs if key.text == "phrasings"), None)
    if not isinstance(phrasings, yaml_ast.Sequence) or not phrasings.items:
        return _change_field(data, id, "phrasings", [phrasing])
    lines = _split_lines(data)
    indent = _indent(lines[phrasings.items[-1].line - 1])
    if not lines[phrasings.items[-1].line - 1].startswith(f"{indent}- "):  # a flow sequence, as in [a, b]
        texts = [item.text for item in phrasings.items if isinstance(item, yaml_ast.Scalar)]
        return _change_field(data, id, "phrasings", [*texts, phrasing])
    end = _field_span(lines, span, entry, "phrasings").end
    lines[end - 1] = lines[end - 1].rstrip("\n") + "\n"
    return "".join([*lines[:end], f"{indent}- {_format_scalar(phrasing)}\n", *lines[end:]]).encode()


def split_entries(data: bytes) -> list[tuple[str, str]]:
    """Return the whole file as (id, text) for each entry and ('', text) for what is between entries.

    An entry goes from its '- ' to its last line that is neither blank nor a comment. Raise EditError if the file can't be
    parsed.
    """
    lines, position = _split_lines(data), 0
    blocks = []
    for id, span, _ in _entry_spans(data):
        blocks += [("", "".join(lines[position : span.start])), (id, "".join(lines[span.start : span.end]))]
        position = span.end
    return [block for block in (*blocks, ("", "".join(lines[position:]))) if block[1]]


def format_entry(fields: Mapping[str, FieldValue]) -> str:
    """Return an entry as YAML."""
    text = "".join(_format_field(key, fields[key]) for key in WRITABLE_FIELDS if fields.get(key))
    return "- " + text[2:] if text else ""


def generate_id(question: str, taken: Mapping[str, object]) -> str:
    """Return an id for a new entry, made of the words of its question, that is not taken."""
    letters = unicodedata.normalize("NFKD", question.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))  # 'Malmö' as 'malmo'
    words = re.findall(r"[a-z0-9]+", plain)[:_ID_WORDS]
    stem = "-".join(words)[:_ID_LENGTH].strip("-") or "entry"
    number, id = 1, stem
    while id in taken or not ID.match(id):
        number += 1
        id = f"{stem}-{number}"
    return id


def _keeping_line_endings(data: bytes, edit: Callable[[bytes], bytes]) -> bytes:
    """Return an edited file; where all of its lines end as on Windows, so do the new ones."""
    if not data.count(b"\r\n") == data.count(b"\n") > 0:
        return edit(data)
    return edit(data.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")


def _change_field(data: bytes, id: str, key: str, value: FieldValue) -> bytes:
    if key == "id":
        raise EditError("An entry keeps its id, because old cards and links use it. Add a new entry instead.")
    span, entry = _find_entry(data, id)
    lines = _split_lines(data)
    new_text = _format_field(key, value) if value else ""
    node = next((node for known, node in entry.pairs if known.text == key), None)
    if node is None:
        if new_text:
            lines[span.end - 1] = lines[span.end - 1].rstrip("\n") + "\n"
        return "".join([*lines[: span.end], new_text, *lines[span.end :]]).encode()
    field = _field_span(lines, span, entry, key)
    if lines[field.start].lstrip().startswith("- "):
        raise EditError(f"'{key}' comes first in the entry {id}; put 'id' first, then try again")
    if value and isinstance(node, yaml_ast.Sequence) and not isinstance(value, str):
        new_text = _change_block_sequence(lines, field, node, [str(item) for item in value]) or new_text
    return "".join([*lines[: field.start], new_text, *lines[field.end :]]).encode()


def add_to_paragraph(data: bytes, number: int, key: str, texts: Sequence[str]) -> bytes:
    """Return `story.yaml` with texts added to a list of a paragraph's records, such as 'numbers'; the rest stays as it is.

    Raise EditError if the file is written in a way in which only a person can tell where they belong.
    """
    root = parse(data)
    lines = _split_lines(data)
    span, paragraph = _find_paragraph(root, lines, number)
    node = next((node for known, node in paragraph.pairs if known.text == key), None)
    quoted = [quote(text) for text in texts]
    if node is None:
        indent = " " * (len(_indent(lines[span.start])) + len("- "))
        lines[span.end - 1] = lines[span.end - 1].rstrip("\n") + "\n"
        changed = [*lines[: span.end], f"{indent}{key}: [{', '.join(quoted)}]\n", *lines[span.end :]]
    else:
        field = _field_span(lines, span, paragraph, key)
        text = "".join(lines[field.start : field.end])
        changed = [*lines[: field.start], _with_items(text, node, quoted), *lines[field.end :]]
    encoded = "".join(changed).encode()
    records = paragraph_records(root)
    records[number] = {**records[number], key: [*records[number].get(key, []), *texts]}
    with suppress(yaml_ast.YamlError):
        if paragraph_records(yaml_ast.parse(encoded)) == records:
            return encoded
    raise EditError(f"'{key}' of paragraph {number} is written in an unusual way; add {', '.join(quoted)} in an editor")


def paragraph_records(root: yaml_ast.Node | None) -> dict[int, dict[str, Any]]:
    """Return the records of each paragraph in a parsed `story.yaml`, as plain texts and lists."""
    content = plain(root) if root else {}
    paragraphs = content.get("paragraphs", []) if isinstance(content, dict) else []
    return {int(record["number"]): record for record in paragraphs}


def _find_paragraph(root: yaml_ast.Node | None, lines: Sequence[str], number: int) -> tuple[_Span, yaml_ast.Mapping]:
    """Return the lines of a paragraph in `story.yaml` and its node. Raise EditError."""
    pairs = root.pairs if isinstance(root, yaml_ast.Mapping) else []
    for i, (key, value) in enumerate(pairs):
        if key.text != "paragraphs" or not isinstance(value, yaml_ast.Sequence):
            continue
        end_of_all = pairs[i + 1][0].line - 1 if i + 1 < len(pairs) else len(lines)
        starts = [*(item.line - 1 for item in value.items), end_of_all]
        for item, start, end in zip(value.items, starts, starts[1:], strict=False):
            if isinstance(item, yaml_ast.Mapping) and ("number", str(number)) in _scalars(item):
                last = max(i for i in range(start, end) if i == start or not _BLANK_OR_COMMENT.match(lines[i]))
                if _LIST_ITEM.match(lines[start]) and not lines[start].lstrip().startswith("- {"):
                    return _Span(start, last + 1), item
    raise EditError(f"paragraph {number} is not written with one key per line; change it in an editor")


def _scalars(mapping: yaml_ast.Mapping) -> set[tuple[str, str]]:
    return {(key.text, value.text) for key, value in mapping.pairs if isinstance(value, yaml_ast.Scalar)}


def _with_items(field: str, node: yaml_ast.Node, items: Sequence[str]) -> str:
    """Return the lines of a list with further items at its end."""
    first, *rest = field.splitlines(keepends=True)
    if rest and _LIST_ITEM.match(rest[-1]):
        return "".join([first, *rest]).rstrip("\n") + "\n" + "".join(f"{_indent(rest[-1])}- {item}\n" for item in items)
    before, bracket, after = field.rpartition("]")
    gap = ", " if isinstance(node, yaml_ast.Sequence) and node.items else ""
    return f"{before}{gap}{', '.join(items)}{bracket}{after}"


def _change_block_sequence(
    lines: Sequence[str], field: _Span, sequence: yaml_ast.Sequence, texts: Sequence[str]
) -> str:
    """Return a list with one item per line, changed: items that stay keep their lines and the comments before them.

    Return nothing if the list is written in another way.
    """
    starts = [item.line - 1 for item in sequence.items]
    scalars = [item.text for item in sequence.items if isinstance(item, yaml_ast.Scalar)]
    if not starts or len(scalars) < len(starts) or not all(_LIST_ITEM.match(lines[start]) for start in starts):
        return ""
    indent = _indent(lines[starts[0]])
    kept: dict[str, str] = {}
    wanted = frozenset(texts)
    comments = "".join(lines[field.start + 1 : starts[0]])
    for text, start, next_start in zip(scalars, starts, [*starts[1:], field.end], strict=True):
        end = next_start
        while end > start + 1 and _BLANK_OR_COMMENT.match(lines[end - 1]) and not _BLOCK_SCALAR.search(lines[start]):
            end -= 1
        plain = " ".join(text.split())
        if plain in wanted:
            kept[plain] = comments + "".join(lines[start:end]).rstrip("\n") + "\n"
            comments = ""  # a comment on a removed item stays, before the next item
        comments += "".join(lines[end:next_start])
    items = [kept.get(text) or f"{indent}- {_format_scalar(text)}\n" for text in texts]
    return lines[field.start] + "".join(items) + comments


def _find_entry(data: bytes, id: str) -> tuple[_Span, yaml_ast.Mapping]:
    """Return an entry's lines and its node. Raise EditError."""
    lines = _split_lines(data)
    for known, span, entry in _entry_spans(data):
        if known == id:
            if not lines[span.start].startswith("- ") or lines[span.start].startswith("- {"):
                raise EditError(f"the entry {id} is not written with one key per line; change it in an editor")
            return span, entry
    raise EditError(f"there is no entry '{id}' in this file")


def _entry_spans(data: bytes) -> Iterator[tuple[str, _Span, yaml_ast.Mapping]]:
    """Yield each entry's id, lines and node. Raise EditError."""
    root = parse(data)
    items = root.items if isinstance(root, yaml_ast.Sequence) else []
    lines = _split_lines(data)
    for i, item in enumerate(items):
        if not isinstance(item, yaml_ast.Mapping):
            continue
        ids = [value.text for key, value in item.pairs if key.text == "id" and isinstance(value, yaml_ast.Scalar)]
        if not ids:
            continue
        start = item.line - 1
        end = items[i + 1].line - 1 if i + 1 < len(items) else len(lines)
        while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
            end -= 1
        yield ids[0], _Span(start, end), item


def _field_span(lines: Sequence[str], span: _Span, entry: yaml_ast.Mapping, key: str) -> _Span:
    """Return a field's lines, without the comments and gaps before the next field."""
    starts = [known.line - 1 for known, _ in entry.pairs]
    i = next(i for i, (known, _) in enumerate(entry.pairs) if known.text == key)
    end = starts[i + 1] if i + 1 < len(starts) else span.end
    while end > starts[i] + 1 and _OUTER_COMMENT.match(lines[end - 1]):
        end -= 1
    return _Span(starts[i], end)


def _split_lines(data: bytes) -> list[str]:
    return data.decode("utf-8").splitlines(keepends=True)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _format_field(key: str, value: FieldValue) -> str:
    kind = WRITABLE_FIELDS[key].kind
    if isinstance(value, str):
        text = " ".join(value.split())
        if kind != "id" and len(text) > MAX_LINE_LENGTH:
            return f"  {key}: >-\n" + "".join(f"    {line}\n" for line in _fold(text))
        return f"  {key}: {_format_scalar(text) if kind == 'text' else _format_word(text)}\n"
    if kind != "texts":
        return f"  {key}: [{', '.join(_format_word(str(item)) for item in value)}]\n"
    return f"  {key}:\n" + "".join(f"    - {_format_scalar(str(item))}\n" for item in value)


def _fold(text: str) -> list[str]:
    lines, line = [], ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > MAX_LINE_LENGTH:
            lines.append(line)
            line = ""
        line = f"{line} {word}" if line else word
    return [*lines, line]


def _format_word(text: str) -> str:
    """Return an id, a standing or a number as it is; anything else quoted, so that it can't become YAML of its own."""
    return text if _WORD.match(text) else _format_scalar(text)


def _format_scalar(text: str) -> str:
    """Return a text as a YAML scalar, quoted if it has to be."""
    text = " ".join(text.split())
    if _UNQUOTED.match(text) and yaml_ast.Scalar(0, text, plain=True).resolved_type == "str":
        return text
    return "'" + text.replace("'", "''") + "'"
