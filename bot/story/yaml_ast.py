"""Parse YAML into plain nodes with line numbers, refusing hostile input.

Built from the parser's events rather than PyYAML's constructors, so that no tag is ever acted on, an alias can't multiply
anything, and every value keeps its line.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from bot.errors import quote, shorten
from bot.story.base_files import MAX_FILE_BYTES

MAX_DEPTH = 12
_TOO_DEEP = "nesting depth"
MAX_NODES = 200_000

_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_resolver = yaml.resolver.Resolver()
_TEXT = "tag:yaml.org,2002:str"


class YamlError(Exception):
    """The file is no YAML that we accept; `str()` is the sentence, `line` where."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line


@dataclass(slots=True)
class Scalar:
    """A single value. `plain`: it stands without quotes."""

    line: int
    text: str
    plain: bool

    @property
    def resolved_type(self) -> str:
        """The type that YAML gives the value: str, bool, int, float, null, timestamp or merge."""
        if not self.plain:
            return "str"
        tag: str = _resolver.resolve(yaml.ScalarNode, self.text, (True, False))  # type: ignore[no-untyped-call]
        return tag.rpartition(":")[2]


@dataclass(slots=True)
class Sequence:
    """A list."""

    line: int
    items: list["Node"] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    """Keys with values, in order; a duplicate key is kept, for the reader to refuse."""

    line: int
    pairs: list[tuple[Scalar, "Node"]] = field(default_factory=list)


Node = Scalar | Sequence | Mapping


def parse(data: bytes) -> Node | None:
    """Return the root node of a single document, None for an empty file. Raise YamlError with the first line that is wrong."""
    if len(data) > MAX_FILE_BYTES:
        raise YamlError(0, f"the file is larger than {MAX_FILE_BYTES // 1_000_000} MB; split it into several")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise YamlError(line, "this is not UTF-8 text; save the file as UTF-8") from None
    try:
        return _build(yaml.parse(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        if _TOO_DEEP in (error.problem or ""):  # libyaml reads ahead, and from some version on has a limit of its own
            raise YamlError(line, f"values are nested more than {MAX_DEPTH} levels deep") from None
        if "quoted scalar" in str(error.context) and "end of stream" in str(error.problem) and error.context_mark:
            line = error.context_mark.line + 1
            raise YamlError(
                line, "this is not valid YAML: the quotation mark that opens here is never closed"
            ) from None
        raise YamlError(line, f"this is not valid YAML: {_explain(error.problem)}") from None
    except yaml.YAMLError as error:
        raise YamlError(0, f"this is not valid YAML: {_explain(str(error).splitlines()[0])}") from None


def _explain(problem: str | None) -> str:
    """Return the parser's message, in plain words for the two most common ones."""
    if problem and "mapping values are not allowed" in problem:
        return "text that contains a colon and a space must be in quotes"
    if problem and "cannot start any token" in problem:
        return "the line starts with a character that is reserved in YAML (a tab, @ or `); put the text in quotes"
    return f"{shorten(str(problem))}; check the indentation and the quotes of this line"


def _build(events: Iterator[yaml.Event]) -> Node | None:
    root: Node | None = None
    open_nodes: list[Sequence | Mapping] = []
    flow_levels: list[bool] = []
    keys: list[Scalar | None] = []
    count = 0
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            raise YamlError(line, f"the alias *{shorten(str(event.anchor))} is not allowed; write the text out instead")
        if isinstance(event, yaml.DocumentStartEvent) and root is not None:
            raise YamlError(line, "the file contains a second document; remove the line ---")
        if isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            open_nodes.pop()
            flow_levels.pop()
            keys.pop()
            continue
        if not isinstance(event, yaml.NodeEvent):
            continue
        count += 1
        if count > MAX_NODES:
            raise YamlError(line, f"the file contains more than {MAX_NODES:,} values; split it into several")
        node = _node(event, line)
        if isinstance(node, Scalar) and node.plain:
            _refuse_what_others_refuse(node, in_brackets=any(flow_levels))
        if open_nodes:
            _attach(open_nodes[-1], keys, node, line)
        else:
            root = node
        if not isinstance(node, Scalar):
            if len(open_nodes) == MAX_DEPTH:
                raise YamlError(line, f"values are nested more than {MAX_DEPTH} levels deep")
            open_nodes.append(node)
            flow_levels.append(bool(getattr(event, "flow_style", False)))
            keys.append(None)
    return root


def _refuse_what_others_refuse(scalar: Scalar, *, in_brackets: bool) -> None:
    """Raise YamlError for unquoted text that our parser reads and others, such as PyYAML's own, do not.

    A base that only this program can read would be a trap for whoever keeps it with other tools.
    """
    if in_brackets and "?" in scalar.text:
        raise YamlError(
            scalar.line,
            f"other YAML readers refuse the question mark of {quote(scalar.text)} between brackets; put the text in quotes",
        )
    if "\t" in scalar.text:
        raise YamlError(
            scalar.line,
            f"other YAML readers refuse the tab in {quote(scalar.text)}; write a blank, or put it in quotes",
        )


def _node(event: yaml.NodeEvent, line: int) -> Node:
    tag = getattr(event, "tag", None)
    if tag not in (None, "!", _TEXT):
        raise YamlError(line, f"the tag {shorten(tag)} is not allowed; use plain text, lists and keys only")
    if event.anchor is not None:
        raise YamlError(line, f"the anchor &{shorten(event.anchor)} is not allowed; remove it")
    if isinstance(event, yaml.ScalarEvent):
        return Scalar(line, event.value, plain=not event.style and tag is None)
    return Sequence(line) if isinstance(event, yaml.SequenceStartEvent) else Mapping(line)


def _attach(parent: Sequence | Mapping, keys: list[Scalar | None], node: Node, line: int) -> None:
    if isinstance(parent, Sequence):
        parent.items.append(node)
        return
    key = keys[-1]
    if key is not None:
        parent.pairs.append((key, node))
        keys[-1] = None
    elif isinstance(node, Scalar):
        keys[-1] = node
    else:
        raise YamlError(line, "a key must be a plain word")
