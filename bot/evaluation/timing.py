"""Measure the time of calls and the memory of this process.

Times are processor time of the thread that works, in seconds, so that other programs on the machine count little. Compare
only times of one run.
"""

import gc
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from msgspec import Struct

WARM_UP = 20
"""Questions that are asked before any is timed."""


class Timings(Struct, frozen=True):
    """The seconds that each of some calls took, ascending."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median."""
        return median(self.seconds)

    @property
    def p99(self) -> float:
        """The 99th percentile."""
        return self.seconds[min(len(self.seconds) - 1, int(0.99 * len(self.seconds)))]


def time_calls(calls: Sequence[Callable[[], object]]) -> Timings:
    """Return the time of each call; what is in memory before them is no garbage meanwhile."""
    gc.collect()
    gc.freeze()
    seconds = []
    for call in calls:
        start = time.thread_time()
        call()
        seconds.append(time.thread_time() - start)
    gc.unfreeze()
    return Timings(tuple(sorted(seconds)))


def time_questions(ask: Callable[[str], object], questions: Sequence[str]) -> Timings:
    """Return the time of each question, after some that are not timed."""
    for question in questions[:WARM_UP]:
        ask(question)
    return time_calls([lambda question=question: ask(question) for question in questions])  # type: ignore[misc]


def memory_mb() -> float:
    """Return the memory of this process in MB: its resident set where the system tells, else the peak of that."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
