"""Discord's limits on message components and modals."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .errors import ApiError, FormErrors, Json

ROW, BUTTON, STRING_SELECT, TEXT_INPUT, SECTION, TEXT, THUMBNAIL = 1, 2, 3, 4, 9, 10, 11
GALLERY, FILE, SEPARATOR, CONTAINER, LABEL, FILE_UPLOAD = 12, 13, 14, 17, 18, 19
RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 21, 22, 23
SELECTS = (3, 5, 6, 7, 8)
LINK, PREMIUM = 5, 6  # button styles that send no interaction
COMPONENTS_V2 = 1 << 15
TOP_LEVEL_V2 = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER)
IN_CONTAINER = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR)
V2_TEXT_BYTES = 10_170  # undocumented: over it Discord answers 500, see discord-api-docs issue 8554


def walk(components: list[Json], path: str = "components") -> Iterator[tuple[str, Json]]:
    """Yield every component of a message or modal with its path, parents first."""
    for index, component in enumerate(components or []):
        here = f"{path}.{index}"
        yield here, component
        yield from walk(component.get("components") or [], f"{here}.components")
        for key in ("accessory", "component"):
            if component.get(key):
                yield f"{here}.{key}", component[key]


def number(components: list[Json]) -> None:
    """Give every component without an `id` one, as Discord does."""
    taken = {component["id"] for _, component in walk(components) if component.get("id")}
    free = 1
    for _, component in walk(components):
        if not component.get("id"):
            while free in taken:
                free += 1
            component["id"] = free
            taken.add(free)


def check_message(errors: FormErrors, components: list[Json], *, v2: bool) -> None:
    """Check the components of a message, in the old style or as Components V2."""
    everything = list(walk(components))
    if v2:
        if len(everything) > 40:
            errors.add(
                "components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", "The maximum number of components is 40."
            )
        texts = [component.get("content", "") for _, component in everything if component["type"] == TEXT]
        if sum(map(len, texts)) > 4000:
            errors.add(
                "components",
                "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
                "The displayable text of all components must be 4000 or fewer in length.",
            )
        elif sum(len(text.encode()) for text in texts) > V2_TEXT_BYTES:
            raise ApiError(500, 0, "500: Internal Server Error")
    else:
        errors.count("components", components, 5)
    for index, component in enumerate(components):
        if component["type"] not in (TOP_LEVEL_V2 if v2 else (ROW,)):
            errors.add(
                f"components.{index}.type",
                "UNION_TYPE_CHOICES",
                f'Value of field "type" must be one of {TOP_LEVEL_V2 if v2 else (ROW,)}.',
            )
    for path, component in everything:
        _check_component(errors, path, component)
    _check_ids(errors, everything)


def check_modal(data: Json) -> None:
    """Raise an error for a modal that Discord would refuse."""
    errors = FormErrors()
    errors.length("data.title", data.get("title"), 45, 1)
    errors.length("data.custom_id", data.get("custom_id"), 100, 1)
    errors.count("data.components", data.get("components"), 5, 1)
    everything = list(walk(data.get("components") or [], "data.components"))
    for index, component in enumerate(data.get("components") or []):
        if component["type"] not in (ROW, LABEL, TEXT):
            errors.add(f"data.components.{index}.type", "UNION_TYPE_CHOICES", "Not a top-level part of a modal.")
    for path, component in everything:
        kind = component["type"]
        if kind == LABEL:
            errors.length(f"{path}.label", component.get("label"), 45, 1)
            errors.length(f"{path}.description", component.get("description"), 100)
        elif kind == BUTTON:
            errors.add(f"{path}.type", "UNION_TYPE_CHOICES", "A modal takes no buttons.")
        _check_component(errors, path, component)
    _check_ids(errors, everything)
    errors.raise_if_any()


def _check_ids(errors: FormErrors, everything: list[tuple[str, Json]]) -> None:
    """Require every custom_id to have 1 to 100 characters and to be unique."""
    seen: set[str] = set()
    for path, component in everything:
        if "custom_id" not in component:
            continue
        custom_id = component["custom_id"]
        errors.length(f"{path}.custom_id", custom_id, 100, 1)
        if custom_id in seen:
            errors.add(
                f"{path}.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
            )
        seen.add(custom_id)


def _check_component(errors: FormErrors, path: str, component: Json) -> None:
    """Check one component by itself."""
    kind = component["type"]
    if kind in CHECKS:
        CHECKS[kind](errors, path, component)
    errors.length(f"{path}.placeholder", component.get("placeholder"), 100 if kind == TEXT_INPUT else 150)


def _check_child_types(errors: FormErrors, path: str, component: Json, kinds: tuple[int, ...]) -> None:
    """Require children of certain types."""
    if any(child["type"] not in kinds for child in component.get("components") or []):
        errors.add(f"{path}.components", "UNION_TYPE_CHOICES", f'Value of field "type" must be one of {kinds}.')


def _check_row(errors: FormErrors, path: str, row: Json) -> None:
    """Require one to five buttons, or one select or text input."""
    children: list[Json] = row.get("components") or []
    errors.count(f"{path}.components", children, 5 if all(child["type"] == BUTTON for child in children) else 1, 1)
    _check_child_types(errors, path, row, (BUTTON, TEXT_INPUT, *SELECTS))


def _check_text_input(errors: FormErrors, path: str, field: Json) -> None:
    """Require the initial value to fit."""
    errors.length(f"{path}.value", field.get("value"), min(4000, field.get("max_length") or 4000))
    errors.length(f"{path}.label", field.get("label"), 45)


def _check_section(errors: FormErrors, path: str, section: Json) -> None:
    """Require one to three texts and a button or a thumbnail."""
    errors.count(f"{path}.components", section.get("components"), 3, 1)
    _check_child_types(errors, path, section, (TEXT,))
    if (section.get("accessory") or {}).get("type") not in (BUTTON, THUMBNAIL):
        errors.add(f"{path}.accessory", "BASE_TYPE_REQUIRED", "This field is required")


def _check_gallery(errors: FormErrors, path: str, gallery: Json) -> None:
    """Require one to ten items with descriptions of at most 1,024 characters."""
    errors.count(f"{path}.items", gallery.get("items"), 10, 1)
    for index, item in enumerate(gallery.get("items") or []):
        errors.length(f"{path}.items.{index}.description", item.get("description"), 1024)


def _check_container(errors: FormErrors, path: str, container: Json) -> None:
    """Require components, none of them a container."""
    errors.count(f"{path}.components", container.get("components"), 39, 1)
    _check_child_types(errors, path, container, IN_CONTAINER)


def _check_button(errors: FormErrors, path: str, button: Json) -> None:
    """Require a label or emoji, and either a custom_id or, for a link, a url."""
    errors.length(f"{path}.label", button.get("label"), 80)
    errors.length(f"{path}.url", button.get("url"), 512)
    if button.get("style") == PREMIUM:
        return
    if not (button.get("label") or button.get("emoji")):
        errors.add(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A button needs a label or an emoji.")
    wanted, other = ("url", "custom_id") if button.get("style") == LINK else ("custom_id", "url")
    if not button.get(wanted):
        errors.add(f"{path}.{wanted}", "BASE_TYPE_REQUIRED", "This field is required")
    if button.get(other):
        errors.add(f"{path}.{other}", "BUTTON_COMPONENT_INVALID", "A button takes a custom id or a url, not both.")


def _check_options(errors: FormErrors, path: str, component: Json, *, most: int, least: int) -> None:
    """Check the options of a select, radio group or checkbox group."""
    options: list[Json] = component.get("options") or []
    errors.count(f"{path}.options", options, most, least)
    values = [option.get("value") for option in options]
    for index, option in enumerate(options):
        here = f"{path}.options.{index}"
        errors.length(f"{here}.label", option.get("label"), 100, 1)
        errors.length(f"{here}.value", option.get("value"), 100, 1)
        errors.length(f"{here}.description", option.get("description"), 100)
        if option.get("value") in values[:index]:
            errors.add(
                f"{here}.value",
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified option value is already used",
            )


CHECKS: dict[int, Callable[[FormErrors, str, Json], None]] = {
    ROW: _check_row,
    BUTTON: _check_button,
    STRING_SELECT: lambda errors, path, select: _check_options(errors, path, select, most=25, least=1),
    TEXT_INPUT: _check_text_input,
    SECTION: _check_section,
    TEXT: lambda errors, path, text: errors.length(f"{path}.content", text.get("content"), 4000, 1),
    GALLERY: _check_gallery,
    CONTAINER: _check_container,
    RADIO_GROUP: lambda errors, path, group: _check_options(errors, path, group, most=10, least=2),
    CHECKBOX_GROUP: lambda errors, path, group: _check_options(errors, path, group, most=10, least=1),
}
