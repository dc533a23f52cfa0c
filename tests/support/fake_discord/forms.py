"""Filling in a modal as a person does: what it was opened with stays unless it is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import components as c
from .errors import Json
from .payloads import NotOffered, Scene


def fill(scene: Scene, modal: Json, values: Mapping[str, Any]) -> tuple[list[Json], Json]:
    """The components and resolved data of the submit; `values` go by custom_id or by label."""
    form = _Form(scene, dict(values), {})
    submitted: list[Json] = []
    c.number(modal["components"])
    for part in modal["components"]:
        if part["type"] == c.TEXT:
            submitted.append({"type": c.TEXT, "id": part["id"]})
        elif part["type"] == c.LABEL:
            inner = form.field(part["component"], part.get("label"))
            submitted.append({"type": c.LABEL, "id": part["id"], "component": inner})
        else:
            inner = form.field(part["components"][0], None)
            submitted.append({"type": c.ROW, "id": part["id"], "components": [inner]})
    if form.left:
        raise NotOffered(f"the form has no field {sorted(form.left)}")
    return submitted, form.resolved


@dataclass
class _Form:
    """A form being filled in: what the person still wants to enter, and what they picked."""

    scene: Scene
    left: dict[str, Any]
    resolved: Json

    def field(self, field: Json, label: str | None) -> Json:
        """One field as it is sent; raises NotOffered where Discord's client would not let the form go."""
        label = label or field.get("label") or field["custom_id"]
        names = [name for name in (field["custom_id"], label) if name in self.left]
        given = self.left.pop(names[0]) if names else None
        kind = field["type"]
        answer: Json = {"type": kind, "id": field["id"], "custom_id": field["custom_id"]}
        if kind == c.TEXT_INPUT:
            return answer | {"value": _text(field, label, given)}
        if kind == c.CHECKBOX:
            return answer | {"value": bool(field.get("default", False)) if given is None else bool(given)}
        chosen = self._chosen(field, label, given)
        if kind == c.RADIO_GROUP:
            if len(chosen) > 1 or (not chosen and field.get("required", True)):
                raise NotOffered(f"{label!r} takes one option")
            return answer | {"value": chosen[0] if chosen else None}
        check_number(field, chosen, len(field.get("options") or []) if kind == c.CHECKBOX_GROUP else 1)
        return answer | {"values": chosen}

    def _chosen(self, field: Json, label: str, given: Any) -> list[str]:
        """The values of the options, or the ids of the things, that are chosen."""
        if given is None:
            return [option["value"] for option in field.get("options") or [] if option.get("default")]
        chosen: list[Any] = (
            [given] if isinstance(given, (str, tuple)) or not isinstance(given, Sequence) else list(given)
        )
        if "options" not in field:
            return [self.scene.resolve(self.resolved, value) for value in chosen]
        offered = {option["label"]: option["value"] for option in field["options"]}
        values = [value if value in offered.values() else offered.get(value) for value in chosen]
        if None in values:
            raise NotOffered(f"{chosen!r} are not all options of {label!r}, only {offered}")
        return [value for value in values if value is not None]


def _text(field: Json, label: str, given: Any) -> str:
    """The text in an input, what it was opened with if nothing was typed."""
    text: str = field.get("value") or "" if given is None else given
    least, most = field.get("min_length") or 0, field.get("max_length") or 4000
    required = field.get("required", True)
    if (text or required) and not max(least, int(required)) <= len(text) <= most:
        raise NotOffered(f"{label!r} takes {least} to {most} characters, not {len(text)}")
    return text


def check_number(field: Json, chosen: list[Any], most_by_default: int = 1) -> None:
    """A select or group takes between min_values and max_values of its options."""
    least = field.get("min_values")
    least = 1 if least is None else least
    if not chosen and not field.get("required", True):
        return
    most = field.get("max_values") or most_by_default
    if not least <= len(chosen) <= most:
        raise NotOffered(f"{field['custom_id']!r} takes {least} to {most} options, not {len(chosen)}")
