"""How tall a card is on a phone."""

from bot.cards.card import Button, Card, Line, Span, line
from bot.cards.phone_height import button_lines, card_height, line_height


def height(shown: Line) -> int:
    """Return the height of a line in an embed."""
    return line_height(shown, in_embed=True)


def test_a_line_is_as_tall_as_the_screen_lines_it_takes() -> None:
    """A bar or a bullet leaves less room; small print has more letters to a line, a badge and bold letters fewer."""
    assert height(line("")) == height(line("words")) == 18
    assert height(line("words " * 6)) == 18
    assert height(line("words " * 6, "quote")) == height(line("words " * 6, "item")) == height(line("words " * 7)) == 36
    assert height(line("words " * 7, "small")) == 16
    assert [height(Line((Span("i" * 60, style),), "small")) for style in ("plain", "badge")] == [16, 32]
    assert [height(line("a" * 31, kind)) for kind in ("text", "heading")] == [18, 36]
    assert height(line("one\n\ntwo")) == 54


def test_wide_letters_take_more_of_a_line() -> None:
    """And a word that is longer than a line goes on in the next ones."""
    assert height(line("i" * 60)) == 18
    assert height(line("M" * 60)) == 54


def test_a_messages_letters_are_larger_than_those_of_an_embed() -> None:
    """Its lines are higher."""
    assert [line_height(line("words " * count), in_embed=False) for count in (6, 7)] == [22, 44]


def test_buttons_wrap_where_a_phones_line_is_full() -> None:
    """Each row of Discord's starts on a new line."""
    assert button_lines([]) == 0
    assert button_lines([Button("More", "more", str(n)) for n in range(4)]) == 1
    assert button_lines([Button("More", "more", str(n)) for n in range(5)]) == 2
    assert button_lines([Button("More", "more", str(n), "👍") for n in range(4)]) == 2
    assert button_lines([Button("More", "more", str(n), row=n) for n in range(2)]) == 2
    assert button_lines([Button("M" * 80, "more", str(n)) for n in range(2)]) == 2


def test_a_card_is_its_lines_and_its_buttons() -> None:
    """An embed has a frame; a select counts too."""
    lines, buttons = (line("word"), line("word")), (Button("More", "more"),)
    assert card_height(Card(lines, as_embed=True)) == 62 + 28 + 2 * 18
    assert card_height(Card(lines, buttons)) == 62 + 2 * 22 + 40
    assert card_height(Card(lines, buttons, (("a", "b"),), "Others", as_embed=True)) == 62 + 28 + 2 * 18 + 40 + 48
