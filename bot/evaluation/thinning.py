"""A story with fewer phrasings, to see how the bot does on a base of ordinary size."""

import random

from msgspec.structs import replace

from bot.story.entry import Entry
from bot.story.models import Story


def thin(story: Story, most: int, seed: int) -> Story:
    """Return the story with at most `most` phrasings in each entry, drawn at random and in their order; questions stay."""
    draw = random.Random(seed)  # noqa: S311 (nothing secret is drawn)
    return replace(story, entries={id: _thin(entry, most, draw) for id, entry in story.entries.items()})


def _thin(entry: Entry, most: int, draw: random.Random) -> Entry:
    if len(entry.phrasings) <= most:
        return entry
    kept = sorted(draw.sample(range(len(entry.phrasings)), most))
    return replace(entry, phrasings=tuple(entry.phrasings[place] for place in kept))
