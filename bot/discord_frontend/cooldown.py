"""How often one person may ask, over every way of asking. Pure: the clock is passed in, nothing is written down."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

PEOPLE = 10_000
"""People remembered; beyond that the one who has been quiet longest starts afresh."""


@dataclass(slots=True)
class _Bucket:
    questions: float
    filled: float
    told: bool = False


class Cooldown:
    """A bucket for each person, which fills up with `questions` in `seconds`."""

    def __init__(self, questions: int, seconds: float, clock: Callable[[], float]) -> None:
        self.questions = questions
        self.seconds = seconds
        self._clock = clock
        self._buckets: OrderedDict[int, _Bucket] = OrderedDict()

    def wait(self, person: int) -> float:
        """Takes one question from the person's bucket: 0, or the seconds until there will be one."""
        bucket = self._bucket(person)
        if bucket.questions >= 1:
            bucket.questions -= 1
            bucket.told = False
            return 0.0
        return (1 - bucket.questions) * self.seconds / self.questions

    def first_refusal(self, person: int) -> bool:
        """Whether the person has not been told to wait since the last question let through; from now on they have."""
        bucket = self._bucket(person)
        told, bucket.told = bucket.told, True
        return not told

    def _bucket(self, person: int) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.setdefault(person, _Bucket(self.questions, now))
        self._buckets.move_to_end(person)
        if len(self._buckets) > PEOPLE:
            self._buckets.popitem(last=False)
        gained = max(0.0, now - bucket.filled) * self.questions / self.seconds
        bucket.questions = min(self.questions, bucket.questions + gained)
        bucket.filled = now
        return bucket
