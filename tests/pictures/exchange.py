"""Makes the README's picture from a real run: `python -m tests.pictures.exchange`."""

import io
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from bot import bootstrap
from bot.terminal.chat import Conversation
from bot.terminal.console import Screen

ROOT = Path(__file__).parents[2]
PICTURE = Path(__file__).with_name("exchange.svg")
TYPED = ("when did he quit", "did dong rly advise china to delay freeing the michaels??", "how tall is he")
WIDTH = 82
FORMAT = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="A conversation with Pilcrow">
<style>
.{unique_id}-matrix {{ font-family: Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
<rect width="{width}" height="{height}" rx="8" fill="#12161c"/>
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def drawn() -> str:
    """Return what `pilcrow chat` shows of each question asked of the real base, as SVG."""
    answerer = bootstrap.answerer(ROOT / "knowledge")
    shown = io.StringIO()
    screen = Screen(shown, width=WIDTH - 2, colour=True)
    conversation = Conversation(answerer, bootstrap.views(answerer.story), screen)
    for typed in TYPED:
        print(screen.styled("¶ ", "prompt") + typed, file=shown)
        conversation.take(typed)
        print(file=shown)
    console = Console(
        record=True,
        width=WIDTH,
        height=25,  # without one, a terminal that calls itself dumb counts as 80 wide
        file=io.StringIO(),
        force_terminal=True,
        legacy_windows=False,
        color_system="truecolor",  # and not what the terminal at hand can show, or wants shown
        no_color=False,
    )
    console.print(Text.from_ansi(shown.getvalue().rstrip()))
    return console.export_svg(theme=MONOKAI, code_format=FORMAT, unique_id="pilcrow")


if __name__ == "__main__":
    PICTURE.write_text(drawn(), "utf-8")
