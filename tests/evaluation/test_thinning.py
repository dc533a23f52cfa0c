"""A story with fewer phrasings."""

from bot.evaluation.thinning import thin
from tests.support.small_story import small_story


def test_each_entry_keeps_a_few_phrasings_in_their_order() -> None:
    """The same seed draws the same ones; questions stay, and entries with no more than that are as they were."""
    story = small_story()
    thinned = thin(story, 1, seed=1)
    assert thinned == thin(story, 1, seed=1)
    for id, entry in thinned.entries.items():
        whole = story.entries[id]
        assert entry.question == whole.question
        assert len(entry.phrasings) == 1
        assert set(entry.phrasings) <= set(whole.phrasings)
    assert thin(story, 2, seed=1) == story
    assert len({thin(story, 1, seed).entries["lamp-taken"].phrasings for seed in range(9)}) == 2
