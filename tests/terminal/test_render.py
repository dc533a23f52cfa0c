"""What can be typed after a card: numbers for its buttons and choices, letters for more and links."""

from bot.cards.card import Button, Card, line
from bot.terminal.render import choice_lines, pickable, split_choices

VIEW = Card(
    (line("Paragraph 4"),),
    (
        Button("Next", "page", "2:paragraph:4"),
        Button("¶5 →", "page", "1:paragraph:5"),
        Button("More", "more", "x"),
        Button("Good", "vote", "up:x"),
    ),
    tuple((f"entry-{number}", f"Question {number}?") for number in range(1, 10)),
    "9 answers rest on it",
)


def shown(card: Card, keys: tuple[str, ...] = (), first: int = 1) -> list[str]:
    """Return the lines that are printed below a card, at 40 columns."""
    return [shown.text for shown in choice_lines(pickable(card, 40, first), keys, 40, first)]


def test_buttons_that_lead_somewhere_have_numbers() -> None:
    """Votes do not, nor do pages: a terminal shows all of them. Choices fill rows of the screen's width."""
    assert shown(VIEW) == [
        "1) ¶5 →",
        "2) Question 1?  3) Question 2?",
        "4) Question 3?  5) Question 4?",
        "6) Question 5?  7) Question 6?",
        "8) Question 7?  9) Question 8?",
        "10) Question 9?",
    ]


def test_letters_stand_in_the_last_line_where_there_is_room() -> None:
    """Otherwise in one of their own; without any button they are all there is."""
    assert shown(Card((), (Button("His denial", "related", "x"),)), ("m more", "l links")) == [
        "1) His denial  · m more · l links"
    ]
    assert shown(Card((), (Button("What was found later?", "related", "x"),)), ("m more", "l links")) == [
        "1) What was found later?",
        "m more · l links",
    ]
    assert shown(Card(()), ("l links",)) == ["l links"]
    assert shown(Card(())) == []


def test_options_have_a_row_each() -> None:
    """As their buttons have in Discord."""
    options = tuple(Button(label, "entry", label, row=row) for row, label in enumerate(("About him", "About her")))
    assert shown(Card((), options), first=3) == ["3) About him", "4) About her"]


def test_choices_that_do_not_fit_in_one_row_are_behind_more() -> None:
    """Nothing is lost, and the numbers are those that they have when they are shown."""
    card, rest = split_choices(VIEW, 40)
    assert shown(card, ("m more",)) == ["1) ¶5 →", "2) Question 1?  3) Question 2?  · m more"]
    assert rest is not None
    assert rest.text == "9 answers rest on it"
    assert card.choices + rest.choices == VIEW.choices
    assert shown(rest, first=4)[0] == "4) Question 3?  5) Question 4?"
    assert split_choices(card, 40) == (card, None)
