"""Edit the lists of a YAML file's records as text, such as `people: [a, b]`; everything else stays byte for byte.

Pure: bytes in, bytes out. The records are those of a file that is a list, or of a list under one of its keys. What was edited
is parsed again and compared, so that an unusual way of writing a list is refused rather than damaged.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.errors import EditError
from bot.story import yaml_ast

Record = Mapping[str, Any]
"""A record's texts and lists by key."""
Lists = Mapping[str, Sequence[str]]
"""New lists by key; an empty one removes the key."""
_PLAIN = re.compile(r"[A-Za-z0-9][\w-]*\Z")
_ITEM = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|[^\]\"']"


def edit_lists(data: bytes, edit: Callable[[Record], Lists], under: str = "") -> bytes:
    """Return the file with the lists that `edit` returns for its records; under: the key that holds the records, if any.

    Raise EditError where the file can't be parsed, or a list is written in a way that can't be edited.
    """
    root = parse(data)
    items = _items(root, under)
    lines = data.decode("utf-8-sig").splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    starts = [item.line - 1 for item in items]
    ends = [*starts[1:], _end(root, under, len(lines))] if items else []
    pieces = ["".join(lines[: starts[0]] if starts else lines)]
    expected = []
    for item, start, end in zip(items, starts, ends, strict=True):
        record = plain(item)
        lists = {key: list(texts) for key, texts in edit(record).items() if list(texts) != record.get(key, [])}
        text = "".join(lines[start:end])
        for key, texts in lists.items():
            text = _set_list(text, key, texts)
        pieces.append(text)
        expected.append({key: value for key, value in {**record, **lists}.items() if value or key not in lists})
    if starts:
        pieces.append("".join(lines[ends[-1] :]))
    edited = "".join(pieces).encode()
    for item, record in zip(_items(parse(edited), under), expected, strict=True):
        if plain(item) != record:
            name = record.get("id") or f"paragraph {record.get('number')}"
            raise EditError(f"the lists of {name} are written in an unusual way; change them in an editor")
    return edited


def format_list(texts: Sequence[str]) -> str:
    """Return a list as YAML on one line."""
    return "[" + ", ".join(text if _PLAIN.match(text) and _is_text(text) else quote(text) for text in texts) + "]"


def quote(text: str) -> str:
    """Return a text as YAML in double quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def plain(node: yaml_ast.Node) -> Any:
    """Return a node as texts, lists and dicts, without its lines."""
    if isinstance(node, yaml_ast.Scalar):
        return node.text
    if isinstance(node, yaml_ast.Sequence):
        return [plain(item) for item in node.items]
    values: dict[str, Any] = {}
    for key, value in node.pairs:
        values[f"{key.text}, again" if key.text in values else key.text] = plain(value)
    return values


def _is_text(text: str) -> bool:
    return yaml_ast.Scalar(0, text, plain=True).resolved_type == "str"


def parse(data: bytes) -> yaml_ast.Node | None:
    """Return the root of a file. Raise EditError."""
    try:
        return yaml_ast.parse(data)
    except yaml_ast.YamlError as error:
        raise EditError(f"line {error.line}: {error}") from error


def _items(root: yaml_ast.Node | None, under: str) -> list[yaml_ast.Node]:
    if under and isinstance(root, yaml_ast.Mapping):
        root = next((value for key, value in root.pairs if key.text == under), None)
    return root.items if isinstance(root, yaml_ast.Sequence) else []


def _end(root: yaml_ast.Node | None, under: str, count: int) -> int:
    """Return the line after the last record: the next key of the file, or its end."""
    if not under or not isinstance(root, yaml_ast.Mapping):
        return count
    start = next((key.line for key, _ in root.pairs if key.text == under), 0)
    return min((key.line - 1 for key, _ in root.pairs if key.line > start), default=count)


def _set_list(text: str, key: str, texts: Sequence[str]) -> str:
    """Return a record's text with the list at a key replaced, added, or removed if it is empty."""
    if flow := re.search(rf"(?m)(?:^ *(?:- )?|[{{,] *){key}:\s*\[(?:{_ITEM})*\]", text):
        opening = flow.start() + flow[0].index("[")
        if texts:
            is_quoted = text[opening + 1] == '"'  # as `new` writes them; ids are not
            new = f"[{', '.join(map(quote, texts))}]" if is_quoted else format_list(texts)
            return text[:opening] + new + text[flow.end() :]
        has_own_line = text[flow.start()] == " " and text[flow.end() : flow.end() + 1] == "\n"
        return text[: flow.start()] + text[flow.end() + has_own_line :]
    if block := re.search(rf"(?m)^( *){key}:[ ]*\n( *)- .*\n(?: *- .*\n)*", text):
        items = "".join(f"{block[2]}- {format_list([item])[1:-1]}\n" for item in texts)
        return text[: block.start()] + (f"{block[1]}{key}:\n{items}" if texts else "") + text[block.end() :]
    return _add_list(text, key, texts) if texts else text


def _add_list(text: str, key: str, texts: Sequence[str]) -> str:
    """Return a record's text with a list at its end, before the comments that follow."""
    if re.match(r" *- \{", text):
        end = text.rindex("}")
        return f"{text[:end]}, {key}: {format_list(texts)}{text[end:]}"
    lines = text.splitlines(keepends=True)
    last = max(i for i, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#"))
    indent = " " * (len(lines[0]) - len(lines[0].lstrip()))
    return "".join([*lines[: last + 1], f"{indent}  {key}: {format_list(texts)}\n", *lines[last + 1 :]])
