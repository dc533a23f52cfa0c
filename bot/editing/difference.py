"""One record of the base that is new, changed or removed, as texts before and after."""

from typing import Literal

from msgspec import Struct

from bot.editing.entry_form import FieldChange

DifferenceKind = Literal["new", "changed", "removed"]


class Difference(Struct, frozen=True):
    """A record that would be new, changed or removed; `question`: what it is shown as."""

    id: str
    question: str
    kind: DifferenceKind
    field_changes: tuple[FieldChange, ...] = ()
