"""Errors in the shape in which Discord's HTTP API sends them."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def copied(value: Any) -> Any:
    """Return a deep copy of a JSON value."""
    if isinstance(value, dict):
        return {key: copied(each) for key, each in value.items()}
    return [copied(each) for each in value] if isinstance(value, list) else value


class ApiError(Exception):
    """An error response: HTTP status, Discord's error code and message, and the tree of form errors."""

    def __init__(self, status: int, code: int, message: str, errors: Json | None = None) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.body: Json = {"message": message, "code": code}
        if errors:
            self.body["errors"] = errors


def unknown(kind: str) -> ApiError:
    """Return the 404 for a missing 'Message', 'Channel', 'Webhook' and so on."""
    codes = {
        "Channel": 10003,
        "Guild": 10004,
        "Member": 10007,
        "Message": 10008,
        "User": 10013,
        "Webhook": 10015,
        "interaction": 10062,
        "application command": 10063,
    }
    return ApiError(404, codes[kind], f"Unknown {kind}")


class FormErrors:
    """Collects the errors of a request body and raises them together (400, code 50035)."""

    def __init__(self) -> None:
        self.tree: Json = {}

    def add(self, path: str, code: str, message: str) -> None:
        """Add an error at a dotted path such as 'components.0.label'."""
        node = self.tree
        for step in path.split("."):
            node = node.setdefault(step, {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def length(self, path: str, text: object, most: int, least: int = 0) -> None:
        """Require between `least` and `most` characters; an absent text has none."""
        size = len(text) if isinstance(text, str) else 0
        if size > most:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        elif size < least:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")

    def count(self, path: str, items: object, most: int, least: int = 0) -> None:
        """Require between `least` and `most` elements."""
        size = len(items) if isinstance(items, list) else 0
        if not least <= size <= most:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")

    def raise_if_any(self) -> None:
        """Raise the errors, if there are any."""
        if self.tree:
            raise ApiError(400, 50035, "Invalid Form Body", self.tree)
