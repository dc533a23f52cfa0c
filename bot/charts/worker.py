"""The process that draws one request and exits: `python -m bot.charts.worker`, started by `bot.charts.renderer` only.

It reads the request from standard input and writes the pictures to standard output. The bot keeps its end of the input
open as long as somebody waits for the pictures, so the worker ends as soon as the bot does, however that ended.
"""

import os
import sys
import threading

import msgspec

from bot.charts.picture import Picture
from bot.charts.renderer import LENGTH_BYTES, RenderRequest, TimelineRequest
from bot.charts.stats_chart import draw_stats
from bot.charts.timeline_picture import draw_timeline

NICENESS = 10
"""Answering goes first where the machine is busy."""


def main() -> None:
    """Draw one request."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(NICENESS)
    stdin = sys.stdin.buffer
    encoded = stdin.read(int.from_bytes(stdin.read(LENGTH_BYTES)))
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    pictures = _draw(msgspec.msgpack.decode(encoded, type=RenderRequest))
    sys.stdout.buffer.write(msgspec.msgpack.encode(pictures))
    sys.stdout.buffer.flush()
    os._exit(0)  # the thread is still reading


def _draw(request: RenderRequest) -> tuple[Picture, ...]:
    if isinstance(request, TimelineRequest):
        return draw_timeline(request.view, request.theme)
    return (draw_stats(request.stats, request.theme),)


def _exit_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)  # returns when the other end is closed; nothing is ever written there
    os._exit(1)


if __name__ == "__main__":
    main()
