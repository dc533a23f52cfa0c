"""Makes pictures of how replies look in Discord, phone and desktop, dark and light: `python -m tests.pictures.discord_look`.

Needs Chromium. `--card` makes the README's picture instead.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import convert
from PIL import Image  # comes with matplotlib
from PIL.PngImagePlugin import PngInfo

from tests.pictures.chromium import MISSING, Box, Chromium, find_chromium
from tests.pictures.discord_page import DEVICES, FIT_LETTERS, THEMES, WIDTHS, Device, Scene, Theme, page, sheet_width
from tests.pictures.reply_sizes import count_words, labels, visible
from tests.pictures.scenes import QUESTIONS, play, scene_name

ROOT = Path(__file__).parents[2]
CARD = Path(__file__).with_name("card.png")
CARD_SCENE = scene_name(QUESTIONS[0])
CARD_COLOURS, CARD_BYTES = (128, 64, 48, 32, 16), 60_000
"""Of the README's picture: as many colours as keep it small."""
DESCRIPTION = "Description"
SCALE = 2
"""Pixels for each CSS pixel, as phones have them."""
COLUMNS = {"phone": 5, "desktop": 3}
BOXES = "[...document.querySelectorAll('.message')].map(message => message.getBoundingClientRect().toJSON())"
WHOLE = "document.querySelector('main').getBoundingClientRect().toJSON()"


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the pictures."""
    parser = argparse.ArgumentParser(prog="python -m tests.pictures.discord_look", description=__doc__)
    default = ROOT / "build" / "pictures"
    parser.add_argument("folder", type=Path, nargs="?", default=default, help="where they go (build/pictures)")
    parser.add_argument("--knowledge", type=Path, default=ROOT / "knowledge", metavar="FOLDER", help="the base")
    parser.add_argument("--card", action="store_true", help=f"make {CARD.relative_to(ROOT)} instead")
    options = parser.parse_args(arguments)
    program = find_chromium()
    if not program:
        raise SystemExit(MISSING)
    scenes = asyncio.run(play(options.knowledge))
    with Chromium(program) as chromium:
        if options.card:
            CARD.write_bytes(card_picture(chromium, scenes))
            return
        options.folder.mkdir(parents=True, exist_ok=True)
        for device, theme in itertools.product(DEVICES, THEMES):
            for name, png in pictures(chromium, scenes, device, theme):
                (options.folder / f"{device}-{theme}-{name}.png").write_bytes(png)
    print(f"{len(scenes)} replies, each in {len(DEVICES) * len(THEMES)} pictures, are in {options.folder}")


def pictures(chromium: Chromium, scenes: Sequence[Scene], device: Device, theme: Theme) -> Iterator[tuple[str, bytes]]:
    """Yield name and PNG of each scene, then of all of them on one sheet with their words and heights."""
    boxes = shown_boxes(chromium, scenes, device, theme)
    for scene, box in zip(scenes, boxes, strict=True):
        yield scene.name, chromium.picture(box, SCALE)
    columns = COLUMNS[device]
    captions = [
        f"{scene.name} · {words(scene)} words · {box.height:.0f} px" for scene, box in zip(scenes, boxes, strict=True)
    ]
    chromium.show(page(scenes, device, theme, captions, columns), sheet_width(device, columns))
    chromium.evaluate(FIT_LETTERS)
    yield "all", chromium.picture(convert(chromium.evaluate(WHOLE), Box))


def shown_boxes(chromium: Chromium, scenes: Sequence[Scene], device: Device, theme: Theme) -> list[Box]:
    """Show scenes below each other, and return where each stands."""
    chromium.show(page(scenes, device, theme), WIDTHS[device])
    chromium.evaluate(FIT_LETTERS)
    return convert(chromium.evaluate(BOXES), list[Box])


def words(scene: Scene) -> int:
    """Return the words of a reply, with those on its buttons."""
    return count_words(visible(scene.payloads)) + sum(map(count_words, labels(scene.payloads)))


def card_picture(chromium: Chromium, scenes: Sequence[Scene]) -> bytes:
    """Return the README's picture: one reply on a phone, dark, in few colours."""
    scene = next(scene for scene in scenes if scene.name == CARD_SCENE)
    (box,) = shown_boxes(chromium, [scene], "phone", "dark")
    picture = Image.open(io.BytesIO(chromium.picture(box, SCALE))).convert("RGB")
    made = (_in_few_colours(picture, colours, visible(scene.payloads)) for colours in CARD_COLOURS)
    return next(png for png in made if len(png) < CARD_BYTES)


def _in_few_colours(picture: Image.Image, colours: int, description: str) -> bytes:
    """Return a picture as PNG, which carries its text too: so a test can tell that it has become stale."""
    file, written = io.BytesIO(), PngInfo()
    written.add_itxt(DESCRIPTION, description)
    picture.quantize(colours, dither=Image.Dither.NONE).save(file, "PNG", optimize=True, pnginfo=written)
    return file.getvalue()


def described(picture: Path) -> str:
    """Return the text that a picture made here carries."""
    with Image.open(picture) as image:
        image.load()
        return str(image.info[DESCRIPTION])


if __name__ == "__main__":
    main()
