"""The process that draws one order and ends: `python -m bot.charts.worker`, used by `bot.charts.renderer` only.

It reads the order from its standard input and writes the pictures to its standard output. The other end of the input
stays open for as long as somebody waits, so that the process is gone as soon as the bot is, however that ended.
"""

import os
import sys
import threading

import msgspec

from bot.charts import stats_chart, timeline_picture
from bot.charts.renderer import LENGTH, Order, Timeline
from bot.charts.timeline_picture import Picture

NICE = 10  # answering goes first where the machine is busy


def main() -> None:
    """Draw one order."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(NICE)
    source = sys.stdin.buffer
    written = source.read(int.from_bytes(source.read(LENGTH)))
    threading.Thread(target=_end_with_the_bot, daemon=True).start()
    drawn = _draw(msgspec.msgpack.decode(written, type=Order))
    sys.stdout.buffer.write(msgspec.msgpack.encode(drawn))
    sys.stdout.buffer.flush()
    os._exit(0)  # the thread still reads, and the pictures are all that was wanted


def _draw(order: Order) -> tuple[Picture, ...]:
    if isinstance(order, Timeline):
        return timeline_picture.timeline(order.reading, order.theme)
    return (stats_chart.stats(order.figures, order.theme),)


def _end_with_the_bot() -> None:
    os.read(sys.stdin.fileno(), 1)  # returns when the other end is closed; nothing is ever written there
    os._exit(1)


if __name__ == "__main__":
    main()
