"""Filling in a modal as Discord's client does: fields keep their initial values unless they are changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import components as c
from .errors import Json
from .payloads import NotOffered, Scene


def fill(scene: Scene, modal: Json, values: Mapping[str, Any]) -> tuple[list[Json], Json]:
    """Return the components and resolved data of a submission; `values` are by custom_id or label."""
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
    if form.remaining:
        raise NotOffered(f"the form has no field {sorted(form.remaining)}")
    return submitted, form.resolved


@dataclass
class _Form:
    """A modal being filled in: the values still to be entered, and the entities picked."""

    scene: Scene
    remaining: dict[str, Any]
    resolved: Json

    def field(self, field: Json, label: str | None) -> Json:
        """Return one field as it is submitted. Raise NotOffered where Discord's client would not submit it."""
        label = label or field.get("label") or field["custom_id"]
        names = [name for name in (field["custom_id"], label) if name in self.remaining]
        value = self.remaining.pop(names[0]) if names else None
        kind = field["type"]
        answer: Json = {"type": kind, "id": field["id"], "custom_id": field["custom_id"]}
        if kind == c.TEXT_INPUT:
            return answer | {"value": _text(field, label, value)}
        if kind == c.CHECKBOX:
            return answer | {"value": bool(field.get("default", False)) if value is None else bool(value)}
        chosen = self._chosen(field, label, value)
        if kind == c.RADIO_GROUP:
            if len(chosen) > 1 or (not chosen and field.get("required", True)):
                raise NotOffered(f"{label!r} takes one option")
            return answer | {"value": chosen[0] if chosen else None}
        check_number(field, chosen, len(field.get("options") or []) if kind == c.CHECKBOX_GROUP else 1)
        return answer | {"values": chosen}

    def _chosen(self, field: Json, label: str, value: Any) -> list[str]:
        """Return the chosen option values or entity ids."""
        if value is None:
            return [option["value"] for option in field.get("options") or [] if option.get("default")]
        chosen: list[Any] = (
            [value] if isinstance(value, (str, tuple)) or not isinstance(value, Sequence) else list(value)
        )
        if "options" not in field:
            return [self.scene.resolve(self.resolved, each) for each in chosen]
        offered = {option["label"]: option["value"] for option in field["options"]}
        values = [each if each in offered.values() else offered.get(each) for each in chosen]
        if None in values:
            raise NotOffered(f"{chosen!r} are not all options of {label!r}, only {offered}")
        return [each for each in values if each is not None]


def _text(field: Json, label: str, value: Any) -> str:
    """Return the text of an input, by default its initial value."""
    text: str = field.get("value") or "" if value is None else value
    least, most = field.get("min_length") or 0, field.get("max_length") or 4000
    required = field.get("required", True)
    if (text or required) and not max(least, int(required)) <= len(text) <= most:
        raise NotOffered(f"{label!r} takes {least} to {most} characters, not {len(text)}")
    return text


def check_number(field: Json, chosen: list[Any], default_max: int = 1) -> None:
    """Require between min_values and max_values options."""
    least = field.get("min_values")
    least = 1 if least is None else least
    if not chosen and not field.get("required", True):
        return
    most = field.get("max_values") or default_max
    if not least <= len(chosen) <= most:
        raise NotOffered(f"{field['custom_id']!r} takes {least} to {most} options, not {len(chosen)}")
