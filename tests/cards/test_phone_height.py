"""How tall a card is on a phone."""

from bot.cards.card import Button, Card, Line, Span, line
from bot.cards.phone_height import button_lines, card_height, line_height


def test_a_line_is_as_tall_as_the_screen_lines_it_takes() -> None:
    """A bar or a bullet leaves less room; small print has more letters to a line, a badge fewer."""
    assert line_height(line("word " * 8)) == 18
    assert line_height(line("word " * 9)) == 36
    assert line_height(line("word " * 8, "quote")) == 36
    assert line_height(line("word " * 9, "small")) == 16
    assert line_height(Line((Span("word " * 9, "badge"),), "small")) == 32
    assert line_height(line("one\n\ntwo")) == 54


def test_buttons_wrap_where_a_phones_line_is_full() -> None:
    """Each row of Discord's starts on a new line."""
    assert button_lines([]) == 0
    assert button_lines([Button("More", "more", str(n)) for n in range(4)]) == 1
    assert button_lines([Button("More", "more", str(n)) for n in range(5)]) == 2
    assert button_lines([Button("More", "more", str(n), row=n) for n in range(2)]) == 2


def test_a_card_is_its_lines_and_its_buttons() -> None:
    """An embed has a frame, a message larger letters; a select counts too."""
    lines, buttons = (line("word"), line("word")), (Button("More", "more"),)
    assert card_height(Card(lines, as_embed=True)) == 44 + 24 + 36
    assert card_height(Card(lines, buttons)) == 44 + 44 + 40
    assert card_height(Card(lines, buttons, (("a", "b"),), "Others", as_embed=True)) == 44 + 24 + 36 + 40 + 48
