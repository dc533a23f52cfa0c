"""What a moderator has written and not yet published: kept before it is looked at, so that no edit is ever lost.

A draft never changes: a form that is sent again makes a new one. So what a preview shows is what its button publishes,
whoever has written something else meanwhile. It holds no person's id, only a random key.
"""

import json
import secrets
from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import Struct, field
from msgspec.structs import asdict

Kind = Literal["add", "edit", "phrase", "remove", "undo", "import"]


def new_key() -> str:
    """A key that nobody can guess and that fits into a button."""
    return secrets.token_hex(8)


class Draft(Struct, frozen=True):
    """One intended change.

    about: the entry's id, for `add` the topic, for `undo` the number of the change; texts: the form's fields as they were
    typed (see `entry_form`); before: the same fields of the entry when the form was opened; asked: the ids of the inbox's
    questions that it answers; archive: for `import`, the archive itself.
    """

    kind: Kind
    about: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)
    asked: tuple[int, ...] = ()
    why: str = ""
    archive: bytes = b""
    key: str = field(default_factory=new_key)

    def data(self) -> str:
        """Everything but the key and the archive, as JSON."""
        found = asdict(self)
        return json.dumps({name: value for name, value in found.items() if name not in ("key", "archive")})

    @classmethod
    def of(cls, key: object, data: Any, archive: object) -> "Draft":
        """Return the draft that `data` was made of. Raises MsgspecError, TypeError."""
        found = msgspec.json.decode(data, type=dict[str, Any])
        return msgspec.convert({**found, "key": key, "archive": archive}, cls)
