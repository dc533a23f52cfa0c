"""What a change of files says, record by record and field by field, for people who have never seen YAML. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from bot.editing.difference import Difference, DifferenceKind
from bot.editing.entry_form import FieldChange
from bot.errors import EditError
from bot.journal.records import FileVersions
from bot.story import yaml_ast
from bot.story.base_files import ENTRIES_FOLDER
from bot.story.entry import ENTRY_FIELDS, EntryField
from bot.story.models import Story

MAX_TEXT = 2_000_000
"""Characters of all versions of the files that are read."""
_ENTRY_FIELDS = {field.key: field for field in ENTRY_FIELDS}
_NAMES = ("id", "number", "q", "date")
"""Keys that tell the records of a file apart."""
Record = Mapping[str, str]
"""The texts of a record's fields; lists have one item a line."""


def describe_change(files: Mapping[str, FileVersions], story: Story) -> tuple[Difference, ...]:
    """Return what is new, changed or removed; ids stand as the names and questions that `story` has for them.

    Raises EditError where that can't be told: a version is no YAML or too large, or no record has changed.
    """
    if sum(len(text or "") for versions in files.values() for text in versions) > MAX_TEXT:
        raise EditError("The change is too large to be shown in sentences.")
    differences = tuple(difference for name in sorted(files) for difference in _differences(name, files[name], story))
    if not differences:
        raise EditError("Only comments or the order of lines have changed.")
    return differences


def _differences(name: str, versions: FileVersions, story: Story) -> Iterator[Difference]:
    before, after = (_records(text or "") for text in versions)
    for id in dict.fromkeys((*before, *after)):
        old, new = before.get(id, {}), after.get(id, {})
        changes = tuple(
            FieldChange(key, _readable(key, old.get(key, ""), story), _readable(key, new.get(key, ""), story))
            for key in dict.fromkeys((*old, *new))
            if old.get(key, "") != new.get(key, "") and key != "id"
        )
        if changes:
            kind: DifferenceKind = "changed" if id in before and id in after else "new" if id in after else "removed"
            is_entry = name.startswith(ENTRIES_FOLDER)
            subject = (new or old).get("question", id) if is_entry else ": ".join(filter(None, (name, id)))
            yield Difference(id, subject, kind, changes)


def _records(text: str) -> dict[str, Record]:
    """Return the records of a file by what tells them apart; of story.yaml, the header under an empty name."""
    try:
        root = yaml_ast.parse(text.encode())
    except yaml_ast.YamlError as error:
        raise EditError(f"This version can't be read: {error}") from error
    if isinstance(root, yaml_ast.Sequence):
        return _named(root.items, "")
    records: dict[str, Record] = {"": {}}
    header: dict[str, str] = {}
    for key, value in root.pairs if isinstance(root, yaml_ast.Mapping) else ():
        if isinstance(value, yaml_ast.Sequence) and any(isinstance(item, yaml_ast.Mapping) for item in value.items):
            records |= _named(value.items, f"{key.text} ")
        else:
            header |= _flat(key.text, value)
    return records | {"": header}


def _named(items: Sequence[yaml_ast.Node], prefix: str) -> dict[str, Record]:
    records: dict[str, Record] = {}
    for position, item in enumerate(items, 1):
        record = _flat("", item)
        name = next((record[key] for key in _NAMES if record.get(key)), str(position))
        records[f"{prefix}{name}" if f"{prefix}{name}" not in records else f"{prefix}{name} ({position})"] = record
    return records


def _flat(key: str, node: yaml_ast.Node) -> dict[str, str]:
    """Return the texts in a node, by the keys that lead to them."""
    if isinstance(node, yaml_ast.Scalar):
        return {key: " ".join(node.text.split())}
    if isinstance(node, yaml_ast.Mapping):
        pairs = (_flat(f"{key} {name.text}".strip(), value) for name, value in node.pairs)
    elif all(isinstance(item, yaml_ast.Scalar) for item in node.items):
        return {key: "\n".join(" ".join(item.text.split()) for item in node.items if isinstance(item, yaml_ast.Scalar))}
    else:
        pairs = (_flat(f"{key} {position}".strip(), item) for position, item in enumerate(node.items, 1))
    return {name: text for texts in pairs for name, text in texts.items()}


def _readable(key: str, text: str, story: Story) -> str:
    """Return a field's text with names and questions in place of ids."""
    field = _ENTRY_FIELDS.get(key)
    return "\n".join(_name(line, field, story) for line in text.splitlines()) if field else text


def _name(id: str, field: EntryField, story: Story) -> str:
    if field.kind == "people" and id in story.people:
        return story.people[id].name
    if field.kind in ("entry", "entries") and id in story.entries:
        return story.entries[id].question
    if field.kind == "claim" and id in story.claims:
        return story.claims[id].label or story.claims[id].text
    if field.kind == "developments" and id in story.developments:
        return story.developments[id].short or story.developments[id].text
    return f"¶{id}" if field.kind == "paragraphs" else id
