"""Readings at a glance: pages of one phone screen, and no page with an allegation but without its denial and its outcome."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot import bootstrap
from bot.answering.reply import Suggestion
from bot.answering.view import VIEW_KINDS, Row, Section, View
from bot.answering.view_builder import Views
from bot.cards import discord_limits
from bot.cards.card import Card, Line
from bot.cards.message_text import fit_text, markdown_text
from bot.cards.phone_height import SCREEN, card_height
from bot.cards.view_card import view_lines, view_pages
from bot.i18n.messages import messages
from bot.nlp.languages import LANGUAGES, Language
from bot.story.models import LENGTHS
from tests.support.small_story import small_story

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
URL = "https://quay.example/harbour-light#:~:text="
P1, P2 = (
    f"[¶1](<{URL}Keeper%20Ada%20Quill,on%20Friday%20evening.>)",
    f"[¶2](<{URL}Mayor%20Tom%20Reed,she%20denies%20it.>)",
)
FOUND = "The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)"
DENIED = f"> **Denied:** Ada Quill denies it. {P2}"
SINCE = f"> **Since the article:** [Jun 2020](<https://quay.example/lamp-found>), {FOUND}"


@pytest.fixture
def views() -> Views:
    return Views(small_story(), {2: "Mayor Tom Reed said so."}, bootstrap.view_settings())


@pytest.fixture(scope="module")
def real() -> Views:
    return bootstrap.views(bootstrap.story(KNOWLEDGE))


def text(view: View) -> str:
    """Return the only page of a view as Discord's Markdown."""
    (page,) = view_pages(view)
    return markdown_text(page)


def labels(card: Card) -> list[tuple[str, str]]:
    """Return the buttons of a page with what they send back."""
    return [(button.label, button.custom_id) for button in card.buttons]


def all_views(views: Views) -> Iterator[View]:
    """Yield every view that can be opened."""
    story = views.story
    arguments = {
        "summary": [f"{topic}:{length}" for topic in story.summaries for length in LENGTHS],
        "who": [*story.people, *(f"{id}:mentions" for id in story.people)],
        "paragraph": [str(number) for number in story.paragraphs],
        "claims": ["", "full"],
        "updates": ["", "full"],
    }
    yield from (views.open(kind, argument) for kind in VIEW_KINDS for argument in arguments.get(kind, [""]))


def test_a_summary_ends_with_the_denial_and_what_was_found(views: Views) -> None:
    """The title first, no field, no footer; the date is the link."""
    assert text(views.summary()) == (
        "**The dark light**\n"
        f"- Keeper Ada Quill left the lighthouse at Brim on Friday. {P1}\n"
        f"- Tom Reed says that she took the lamp; she denies it. {P2}\n"
        f"{DENIED}\n{SINCE}"
    )
    (page,) = view_pages(views.summary())
    assert page.as_embed
    assert labels(page) == [
        ("Longer", "pilcrow:page:1:summary:all:full"),
        ("Timeline", "pilcrow:page:1:timeline:"),
        ("What is alleged", "pilcrow:page:1:claims:"),
    ]


def test_claims_are_a_ladder(views: Views) -> None:
    """Alleged, denied, found: a line each, with the latest state below the claim."""
    assert text(views.claims()) == (
        "**Alleged, denied, found**\n"
        f"**1\\. Alleged.** Ada Quill took the lamp. {P2}\n"
        f"{DENIED}\n"
        f"> **Found:** [Jun 2020](<https://quay.example/lamp-found>), {FOUND}"
    )


def test_what_was_found_on_a_claim_above_is_not_said_twice(real: Views) -> None:
    """It is on the same page."""
    first, _ = view_pages(real.claims())
    assert [line.text for line in first.lines if line.text.startswith("Found:")][1:] == ["Found: as for 1."]
    badges = [line.text for line in first.lines if line.spans[0].style == "badge"]
    claims = list(real.story.claims.values())
    assert badges == [claim.badge for claim in claims[: len(badges)]]
    assert len(badges) == 2


def test_the_full_wording_stands_in_place_of_the_short_form(views: Views) -> None:
    """A page that has all of the denial and the finding does not have their short forms too."""
    assert text(views.claims_in_full()) == (
        "**Alleged, denied, found**\n"
        "**1\\. Alleged**\n"
        f"- Alleged by Tom Reed: Ada Quill took the lamp. {P2}\n"
        f"- Denied: Ada Quill denies it. {P2}\n"
        "- **1 Jun 2020** The lamp was found in the mayor's cellar. ([The Quay, 1 June 2020](<https://quay.example/lamp-found>))"
    )


def test_a_day_that_a_later_source_dates_has_an_asterisk(views: Views) -> None:
    """One small line at the end says which source; what became known later is behind a button."""
    (page,) = view_pages(views.timeline())
    assert markdown_text(page) == (
        "**What happened when**\n"
        f"- **May 2020\\*** Keeper Ada Quill leaves the lighthouse. {P1}\n"
        "-# \\* date from [The Quay](<https://quay.example/lamp-found>), not the article"
    )
    assert labels(page)[0] == ("Later events (1)", "pilcrow:page:1:updates:")


def test_a_person_is_shown_with_what_is_alleged_before_what_they_say(views: Views) -> None:
    """The denial and the finding stand once on the page."""
    assert text(views.who("the mayor")) == (
        "**Tom Reed**\n"
        f"Mayor of Brim. {P2}\n"
        f"**Alleged.** Ada Quill took the lamp. {P2}\n"
        "**What they say**\n"
        f"- Ada Quill took the lamp. She denies it. {P2}\n"
        f"{DENIED}\n{SINCE}"
    )


def test_the_answers_that_rest_on_a_paragraph_are_a_select(views: Views) -> None:
    """By their labels, as many as a select holds; the paragraphs beside it are buttons."""
    (page,) = view_pages(views.paragraph("2"))
    assert markdown_text(page) == (
        "**Paragraph 2**\n"
        f"The mayor says that she took the lamp; she denies it. {P2}\n"
        "**The article's own text**\n"
        "Mayor Tom Reed said so.\n"
        f"{DENIED}\n{SINCE}"
    )
    assert labels(page) == [("← ¶1", "pilcrow:page:1:paragraph:1"), ("What is alleged", "pilcrow:page:1:claims:")]
    assert page.choices == (
        ("lamp-taken", "What is Ada Quill accused of?"),
        ("lamp-denied", "Does Ada Quill deny taking the lamp?"),
    )
    assert page.choices_label == "Answers that rest on it (2)"
    many = replace(views.paragraph("2"), entries=tuple(Suggestion(f"e{n}", "Which?", "Which?") for n in range(40)))
    assert len(view_pages(many)[0].choices) == discord_limits.SELECT_OPTIONS


def test_updates_are_a_line_each(real: Views) -> None:
    """The day is the link to the source."""
    later = real.story.developments["speech-day"]
    shown = [markdown_text(page).split("\n") for page in view_pages(real.updates())]
    assert f"- [22 Mar 2023](<{later.url}>) {later.short}" in [line for lines in shown for line in lines]


def test_pages_are_turned_with_two_buttons(views: Views) -> None:
    """They carry the page, the view and its argument, so that they work after a restart."""
    pages = view_pages(views.summary("full"))
    assert [page.lines[0].text for page in pages] == [f"The dark light ({n} of 4)" for n in (1, 2, 3, 4)]
    turns = [[label for label in labels(page) if label[0] in ("Back", "Next")] for page in pages]
    assert turns == [
        [("Next", "pilcrow:page:2:summary:all:full")],
        [("Back", "pilcrow:page:1:summary:all:full"), ("Next", "pilcrow:page:3:summary:all:full")],
        [("Back", "pilcrow:page:2:summary:all:full"), ("Next", "pilcrow:page:4:summary:all:full")],
        [("Back", "pilcrow:page:3:summary:all:full")],
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_real_base_fits_a_phones_screen(real: Views, language: Language) -> None:
    """It fits one embed with all of its links too, and no two of its buttons are the same."""
    for view in all_views(real.in_language(language)):
        for page in view_pages(view):
            where = (view.kind, view.argument, page.lines[0].text)
            assert card_height(page) <= SCREEN, where
            assert len(markdown_text(page)) <= discord_limits.EMBED_DESCRIPTION, where
            assert len({button.custom_id for button in page.buttons}) == len(page.buttons) <= 5, where
            assert all(len(button.custom_id) <= discord_limits.CUSTOM_ID for button in page.buttons), where


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_with_an_allegation_has_its_denial_and_its_outcome(real: Views, language: Language) -> None:
    """Each row of a view is on one of its pages, and beside it everything that it calls for, short or in full."""
    for view in all_views(real.in_language(language)):
        pages = view_pages(view)
        rows = [
            row for section in view.sections if not (section.later and view.kind == "timeline") for row in section.rows
        ]
        for row in rows:
            page = next(page for page in pages if any(has(line, row) for line in page.lines))
            for denial in row.denials:
                in_full = any(denial in other.given_denials and other.text in page.text for other in rows)
                assert denial.text in page.text or in_full, (view.kind, view.argument, row.text)
            for later in row.developments:
                shown = (later.short or later.text) in page.text or later.text in page.text
                assert shown or "as for 1." in page.text, (view.kind, view.argument, row.text)
        for later in view.developments:
            assert any((later.short or later.text) in page.text for page in pages)


def has(line: Line, row: Row) -> bool:
    """Tell whether a line of a page is this row."""
    return row.text in line.text and line.kind in ("item", "text")


def test_all_lines_of_a_view_are_the_same_without_pages(real: Views) -> None:
    """For a terminal: each row once, and what they call for once, at the end."""
    view = real.summary("full")
    lines, (section,) = view_lines(view), view.sections
    assert lines[0].text == "The whole story"
    assert all(line.text.startswith(row.text) for line, row in zip(lines[1:], section.rows, strict=False))
    assert [line.kind for line in lines] == ["heading", *["item"] * len(section.rows), "quote", "quote"]


def test_the_language_note_stands_on_the_first_page(real: Views) -> None:
    """In small print, below the title."""
    french = real.in_language("fr")
    note = messages("fr").views.language_note
    pages = view_pages(french.summary("full"))
    assert [(line.text, line.kind) for line in pages[0].lines[:2]] == [
        (f"The whole story (1 sur {len(pages)})", "heading"),
        (note, "small"),
    ]
    assert not any(note in page.text for page in pages[1:])


def oversized_view() -> View:
    """Return a view with too many rows, all of whose texts are too long and full of markup."""
    long = "word * _ [x](y) " * 200
    views = Views(replace(small_story(), url="https://quay.example/" + "(" * 300), {}, bootstrap.view_settings())
    context = views.claims().sections[0].rows[0]
    row = replace(context, text=long, time=long, source=long, url="https://quay.example/" + "(" * 300, note=long)
    return View("who", "x", "Ada", tuple(Section("Told", (row,) * 3) for _ in range(2)))


def test_nothing_of_a_row_that_is_longer_than_a_screen_is_left_out() -> None:
    """It goes on, page by page, each of which fits a screen and an embed."""
    pages = view_pages(oversized_view())
    assert all(card_height(page) <= SCREEN for page in pages)
    assert all(fit_text(page, discord_limits.EMBED_DESCRIPTION) is not None for page in pages)
    assert sum(page.text.count("word") for page in pages) == 6 * 4 * 200
    assert sum(page.text.count("Ada Quill denies it.") for page in pages) >= 6


def test_a_view_without_rows_says_so(views: Views) -> None:
    """It still has one page."""
    bare = Views(replace(small_story(), events=(), developments={}, claims={}), {}, bootstrap.view_settings())
    assert text(bare.timeline()) == "**What happened when**\nNothing has been written about this yet."
