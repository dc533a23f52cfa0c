"""The words by which the validation reads answers."""

from bot.nlp.check_words import load_check_words


def test_attribution_lists_every_form_that_counts() -> None:
    """The words of alleging and of denying attribute, too; 'allegiance' alleges nothing."""
    words = load_check_words()
    assert {"argues", "argued", "notes", "concluded", "asserted", "says", "alleges", "denied"} <= set(words.attribution)
    assert {"alleged", "allegations"} <= set(words.allegation)
    assert "allegiance" not in words.attribution


def test_words_are_in_lower_case_and_listed_once_in_their_list() -> None:
    """A second one would be a slip."""
    words = load_check_words()
    for listed in (words.allegation, words.denial):
        assert len(listed) == len(set(listed))
        assert [word for word in listed if word != word.casefold()] == []
