"""Message payloads as a page that looks like Discord: text, embeds with a description only, buttons and selects."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, Literal, get_args

from msgspec import Struct

from tests.pictures.discord_markdown import Block, Run, parse

Payload = Mapping[str, Any]
"""The body of a message as it is sent to Discord's API."""
Theme = Literal["dark", "light"]
Device = Literal["phone", "desktop"]
THEMES: tuple[Theme, ...] = get_args(Theme)
DEVICES: tuple[Device, ...] = get_args(Device)
WIDTHS: Mapping[Device, int] = {"phone": 380, "desktop": 700}
"""CSS pixels."""
SHEET_GAP = 16
"""Between scenes in columns, as in discord.css."""
EPHEMERAL = 64
ROW, BUTTON, SELECT = 1, 2, 3
LETTER_WIDTH = 7.6
"""CSS pixels of a letter of Discord's font at 16 px, on average over English text."""
SAMPLE = "A report, citing two unnamed security sources, alleges that Dong advised a Chinese diplomat to hold off."
FIT_LETTERS = f"""(() => {{
  const sample = document.getElementById('sample');
  const missing = {LETTER_WIDTH} - sample.getBoundingClientRect().width / sample.textContent.length;
  document.documentElement.style.setProperty('--tracking', missing / 16 + 'em');
  document.body.style.letterSpacing = 'var(--tracking)';
}})()"""
"""JavaScript that makes the letters of the page as wide as Discord's."""


class Scene(Struct, frozen=True):
    """What somebody asked, or which command they used, and the messages that the bot answered with."""

    name: str
    asked: str
    payloads: Sequence[Payload]
    is_command: bool = False


def page(
    scenes: Sequence[Scene],
    device: Device = "phone",
    theme: Theme = "dark",
    captions: Sequence[str] = (),
    columns: int = 4,
) -> str:
    """Return a document that shows scenes below each other, each an element of class `message`.

    captions: one of each scene; the scenes then stand in columns, each below its caption.
    """
    css = Path(__file__).with_name("discord.css").read_text("utf-8")
    shown = [_message(scene) for scene in scenes]
    classes: str = device
    if captions:
        figures = [f"<figcaption>{escape(text)}</figcaption>{it}" for text, it in zip(captions, shown, strict=True)]
        shown = [f"<figure>{figure}</figure>" for figure in figures]
        classes += " sheet"
    style = f' style="--columns: {columns}"' if captions else ""
    return (
        f'<!DOCTYPE html><html lang="en" class="{theme}"><meta charset="utf-8"><title>Pilcrow</title><style>{css}</style>'
        f'<body><span id="sample">{SAMPLE}</span><main class="{classes}"{style}>{"".join(shown)}</main></body></html>'
    )


def sheet_width(device: Device, columns: int) -> int:
    """Return the CSS pixels of a page of scenes in columns."""
    return (WIDTHS[device] + SHEET_GAP) * columns + SHEET_GAP


def _message(scene: Scene) -> str:
    asked = f"used <b>{escape(scene.asked)}</b>" if scene.is_command else f"@Pilcrow {escape(scene.asked)}"
    ephemeral = any(int(payload.get("flags") or 0) & EPHEMERAL for payload in scene.payloads)
    note = '<p class="ephemeral">Only you can see this • <b>Dismiss message</b></p>' if ephemeral else ""
    return (
        f'<article class="message" id="{escape(scene.name)}"><p class="context"><b>@sam</b> {asked}</p>'
        '<div class="avatar">¶</div><p class="name">Pilcrow<i>APP</i><small>Today at 14:02</small></p>'
        f"{''.join(map(_body, scene.payloads))}{note}</article>"
    )


def _body(payload: Payload) -> str:
    embeds = "".join(map(_embed, payload.get("embeds") or ()))
    return f"{text_html(payload.get('content') or '')}{embeds}{''.join(map(_row, payload.get('components') or ()))}"


def _embed(embed: Mapping[str, Any]) -> str:
    """Return an embed. Raise ValueError where it shows more than its description, which cards never do."""
    unknown = {key for key, value in embed.items() if value} - {"type", "description", "color", "flags"}
    if unknown:
        raise ValueError(f"an embed with {', '.join(sorted(unknown))} cannot be drawn here")
    colour = f' style="border-color: #{embed["color"]:06x}"' if embed.get("color") else ""
    return f'<div class="embed"{colour}>{text_html(embed.get("description") or "")}</div>'


def _row(row: Mapping[str, Any]) -> str:
    """Return a row of buttons, or a select. Raise ValueError for any other component."""
    if row["type"] != ROW:
        raise ValueError(f"a component of type {row['type']} cannot be drawn here")
    return f'<div class="row">{"".join(map(_component, row["components"]))}</div>'


def _component(component: Mapping[str, Any]) -> str:
    if component["type"] == SELECT:
        return f'<div class="select"><span class="label">{escape(component.get("placeholder") or "")}</span><span>⌄</span></div>'
    if component["type"] != BUTTON:
        raise ValueError(f"a component of type {component['type']} cannot be drawn here")
    emoji = (component.get("emoji") or {}).get("name")
    label = f"<span>{escape(emoji)}</span>" if emoji else ""
    if component.get("label"):
        label += f'<span class="label">{escape(component["label"])}</span>'
    disabled = " disabled" if component.get("disabled") else ""
    return f'<div class="button style{component["style"]}{disabled}">{label}</div>'


def text_html(markdown: str) -> str:
    """Return a text as HTML: each line an element of class `line`, neighbouring quotes behind one bar."""
    parts = []
    for quoted, blocks in itertools.groupby(parse(markdown), lambda block: block.quoted):
        lines = "".join(map(_line, blocks))
        parts.append(f"<blockquote>{lines}</blockquote>" if quoted else lines)
    return "".join(parts)


def _line(block: Block) -> str:
    classes = f"line {block.kind}" + (f" level{block.level}" if block.kind == "heading" else "")
    runs = "".join(map(_run, block.runs))
    if block.kind == "item":
        return f'<div class="{classes}" style="--depth: {block.level}"><span>{escape(block.mark)}</span>{runs}</div>'
    return f'<div class="{classes}">{runs}</div>'


def _run(run: Run) -> str:
    html = escape(run.text)
    if run.code:
        html = f"<code>{html}</code>"
    if run.strong:
        html = f"<b>{html}</b>"
    return f'<a href="{escape(run.url)}">{html}</a>' if run.url else html
