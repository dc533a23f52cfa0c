"""Errors in the shape in which Discord's HTTP API sends them."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def copied(value: Any) -> Any:
    """A copy of a JSON value, all the way down."""
    if isinstance(value, dict):
        return {key: copied(each) for key, each in value.items()}
    return [copied(each) for each in value] if isinstance(value, list) else value


class ApiError(Exception):
    """A refusal: HTTP status, Discord's error code and message, and for form errors the tree of them."""

    def __init__(self, status: int, code: int, message: str, errors: Json | None = None) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.body: Json = {"message": message, "code": code}
        if errors:
            self.body["errors"] = errors


def unknown(what: str) -> ApiError:
    """The 404 for a thing that is not there ('Message', 'Channel', 'Webhook', ...)."""
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
    return ApiError(404, codes[what], f"Unknown {what}")


class FormErrors:
    """Collects what is wrong with a request body, then refuses it as a whole (400, code 50035)."""

    def __init__(self) -> None:
        self.tree: Json = {}

    def add(self, path: str, code: str, message: str) -> None:
        """Note one error at a dotted path such as 'components.0.label'."""
        node = self.tree
        for step in path.split("."):
            node = node.setdefault(step, {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def length(self, path: str, text: object, most: int, least: int = 0) -> None:
        """A text must have between `least` and `most` characters; anything absent passes when `least` is 0."""
        size = len(text) if isinstance(text, str) else 0
        if size > most:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        elif size < least:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")

    def count(self, path: str, things: object, most: int, least: int = 0) -> None:
        """A list must have between `least` and `most` elements."""
        size = len(things) if isinstance(things, list) else 0
        if not least <= size <= most:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")

    def refuse(self) -> None:
        """Raise the refusal if there is anything to refuse."""
        if self.tree:
            raise ApiError(400, 50035, "Invalid Form Body", self.tree)
