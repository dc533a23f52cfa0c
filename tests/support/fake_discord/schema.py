"""Holds request bodies against Discord's own description of its HTTP API (openapi.json)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from .errors import Json


@dataclass(frozen=True)
class Violation:
    """One request body that does not fit Discord's description of it."""

    method: str
    path: str
    where: str
    message: str


class Schema:
    """The request bodies of all operations; knows which one a request is held against."""

    def __init__(self, document: Json) -> None:
        # Discord takes ids as numbers too, and discord.py sends some of them so.
        snowflake = {"anyOf": [document["components"]["schemas"]["SnowflakeType"], {"type": "integer", "minimum": 0}]}
        schemas = {**document["components"]["schemas"], "SnowflakeType": snowflake}
        self._components = {"schemas": schemas}
        self._operations: list[tuple[str, re.Pattern[str], Json]] = []
        for template in sorted(document["paths"], key=lambda path: (path.count("{"), path)):
            pattern = re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)))
            for method, operation in document["paths"][template].items():
                content = operation.get("requestBody", {}).get("content", {}) if isinstance(operation, dict) else {}
                if schema := content.get("application/json", {}).get("schema"):
                    self._operations.append((method.upper(), pattern, schema))
        self._validators: dict[int, Draft202012Validator] = {}

    def check(self, method: str, path: str, body: Any) -> Violation | None:
        """What is wrong with this body, if the description knows the operation and anything is wrong."""
        for operation, pattern, schema in self._operations:
            if operation == method and pattern.fullmatch(path):
                for error in self._validator(self._narrow(schema, body)).iter_errors(body):
                    sharp = sharpen(error)
                    return Violation(method, path, sharp.json_path, sharp.message[-300:])
                return None
        return None

    def _validator(self, schema: Json) -> Draft202012Validator:
        if id(schema) not in self._validators:
            whole = {**schema, "components": self._components}
            self._validators[id(schema)] = Draft202012Validator(whole)
        return self._validators[id(schema)]

    def _narrow(self, schema: Json, body: Any) -> Json:
        """Of several shapes of a body take the one for its `type`, so that errors speak of that one."""
        for choice in schema.get("anyOf", []):
            target: Json = self._components["schemas"].get(choice.get("$ref", "").rpartition("/")[2], {})
            kinds = target.get("properties", {}).get("type", {}).get("enum", [])
            if isinstance(body, dict) and body.get("type") in kinds:
                return target
        return schema


def sharpen(error: ValidationError) -> ValidationError:
    """Of 'fits none of these shapes' make what is wrong with the shape that has the right `type`."""
    shapes: dict[object, list[ValidationError]] = {}
    for inner in error.context or []:
        shapes.setdefault(inner.relative_schema_path[0], []).append(inner)
    meant = [inner for inner in shapes.values() if not any(map(_other_type, inner))]
    return sharpen(meant[0][0]) if len(meant) == 1 else error


def _other_type(error: ValidationError) -> bool:
    """Whether an error says that another shape was meant: null, a list, a component of another type."""
    where = list(error.relative_path)
    return where == ["type"] or (not where and error.validator == "type")


@lru_cache(maxsize=4)
def load(path: Path) -> Schema | None:
    """The description at `path`, read once; nothing if it is not there."""
    if not path.is_file():
        return None
    return Schema(json.loads(path.read_text(encoding="utf-8")))
