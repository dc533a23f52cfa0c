"""Somebody who found an answer wrong is asked what is wrong with it."""

from bot.cards.why_card import why_card
from bot.journal.records import REASONS
from bot.nlp.languages import LANGUAGES


def test_each_reason_is_a_button() -> None:
    """In two rows, in the language of the person; the reasons are those that the journal counts."""
    card = why_card("lamp-taken", "en")
    assert card.text == "Counted, without your name. What is wrong?"
    assert [(button.label, button.custom_id, button.row) for button in card.buttons] == [
        ("Wrong person or thing", "pilcrow:why:wrong_subject:lamp-taken", 0),
        ("Wrong or missing source", "pilcrow:why:wrong_source:lamp-taken", 0),
        ("Out of date", "pilcrow:why:outdated:lamp-taken", 1),
        ("Not what I asked", "pilcrow:why:not_asked:lamp-taken", 1),
    ]
    for language in LANGUAGES:
        assert [button.argument for button in why_card("x", language).buttons] == [f"{each}:x" for each in REASONS]
