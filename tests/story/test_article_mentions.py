"""The dates, numbers and quotations of a paragraph."""

from bot.story import field_lengths
from bot.story.article_mentions import find_days, find_numbers, find_quotes


def test_a_date_is_one_day() -> None:
    """With its month and year, not the month by itself; 'may' is a month only where it can be nothing else."""
    text = (
        "On 18 January 1974, in May 2000, since mid-May and by October, 2007, on Wednesday afternoons, Theresa May sat."
    )
    assert find_days(text) == ["18 January 1974", "May 2000", "May", "October, 2007", "Wednesday afternoons"]


def test_numbers_are_figures_and_words() -> None:
    """As written, outside dates; 'one', and 'third' as an ordinal, count nothing."""
    text = "On 3 May 1999 eight of 2,400 met twice; one half, a third and twenty-five left for the third time in the 1980s."
    assert find_numbers(text) == ["eight", "2,400", "twice", "half", "third", "twenty-five", "1980s"]


def test_quotations_are_taken_whole() -> None:
    """However many words they have, in any quotation marks; an apostrophe is none."""
    long = "word " * 40 + "end"
    text = f"The crew's “plan” was 'devolved', in the Hundred Years' War, and \"{long}\" to Ada's."
    assert find_quotes(text) == ["plan", "devolved", long]


def test_a_quotation_beyond_the_limit_is_cut_at_words() -> None:
    """Each piece can be recorded, and none of it is lost."""
    long = "some words " * 60
    pieces = find_quotes(f"“{long}x”")
    assert all(len(piece) <= field_lengths.QUOTE for piece in pieces)
    assert find_quotes("“A short one.”") == ["A short one."]
