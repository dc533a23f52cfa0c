"""Routes: which function handles which HTTP request."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .errors import Json
from .messages import Upload

Answer = tuple[int, Any]


@dataclass(frozen=True)
class Call:
    """A parsed request for a handler."""

    method: str
    path: str
    params: dict[str, str]
    query: dict[str, str]
    body: Any
    uploads: list[Upload]

    @property
    def form(self) -> Json:
        """Return the body as an object, empty if there is none."""
        return self.body if isinstance(self.body, dict) else {}


# The first argument is the FakeDiscord; naming its type here would make a circle of imports.
Handler = Callable[[Any, Call], Answer]


@dataclass(frozen=True)
class Route:
    """A method and a path template; `open`: requires no token."""

    method: str
    template: str
    pattern: re.Pattern[str]
    handler: Handler
    open: bool


ROUTES: list[Route] = []


def route(method: str, template: str, *, open: bool = False) -> Callable[[Handler], Handler]:
    """Register the decorated function as the handler of `method` on `template`."""

    def register(handler: Handler) -> Handler:
        pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template))
        ROUTES.append(Route(method, template, pattern, handler, open))
        ROUTES.sort(key=lambda known: known.template.count("{"))
        return handler

    return register


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """Return the route of a request and its parameters; literal paths take precedence."""
    for known in ROUTES:
        if known.method == method and (match := known.pattern.fullmatch(path)):
            return known, match.groupdict()
    return None
