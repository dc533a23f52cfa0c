"""Validate request bodies against Discord's description of its HTTP API (openapi.json)."""

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
    """A request body that does not conform to Discord's description."""

    method: str
    path: str
    where: str
    message: str


class Schema:
    """The request bodies of all operations."""

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
        """Return the first violation of a body, if its operation is described."""
        for operation, pattern, schema in self._operations:
            if operation == method and pattern.fullmatch(path):
                for error in self._validator(self._narrow(schema, body)).iter_errors(body):
                    specific = most_specific(error)
                    return Violation(method, path, specific.json_path, specific.message[-300:])
                return None
        return None

    def _validator(self, schema: Json) -> Draft202012Validator:
        if id(schema) not in self._validators:
            whole = {**schema, "components": self._components}
            self._validators[id(schema)] = Draft202012Validator(whole)
        return self._validators[id(schema)]

    def _narrow(self, schema: Json, body: Any) -> Json:
        """Return the one of several alternative schemas that matches the body's `type`, for specific errors."""
        for choice in schema.get("anyOf", []):
            target: Json = self._components["schemas"].get(choice.get("$ref", "").rpartition("/")[2], {})
            kinds = target.get("properties", {}).get("type", {}).get("enum", [])
            if isinstance(body, dict) and body.get("type") in kinds:
                return target
        return schema


def most_specific(error: ValidationError) -> ValidationError:
    """Return the error of the alternative with the right `type` instead of 'valid under none of the schemas'."""
    alternatives: dict[object, list[ValidationError]] = {}
    for inner in error.context or []:
        alternatives.setdefault(inner.relative_schema_path[0], []).append(inner)
    intended = [inner for inner in alternatives.values() if not any(map(_other_type, inner))]
    return most_specific(intended[0][0]) if len(intended) == 1 else error


def _other_type(error: ValidationError) -> bool:
    """Return whether an error means that another alternative was intended: null, a list, or another type."""
    where = list(error.relative_path)
    return where == ["type"] or (not where and error.validator == "type")


@lru_cache(maxsize=4)
def load(path: Path) -> Schema | None:
    """Return the description at `path`, cached; None if there is no file."""
    if not path.is_file():
        return None
    return Schema(json.loads(path.read_text(encoding="utf-8")))
