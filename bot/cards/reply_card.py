"""Laying out a Reply: the answer first, then its standing and sources, who denies it, and what was found later."""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from bot.answering.reply import Option, Reply, Suggestion
from bot.cards.card import Button, Card, Line, Span, line
from bot.cards.phone_height import GAP, SCREEN, TEXT_WIDTH, button_width, card_height
from bot.cards.spans import citation_spans, denial_lines, later_lines, short_date, standing_line
from bot.errors import shorten
from bot.story.models import Story
from bot.story.sentences import first_sentence

MAX_NEXT = 3
"""Next questions offered as buttons."""
PLAIN = ("reported", "said", "defined")
"""Standings that are no warning and need no badge."""
MAX_NEAREST_WORDS = 20
"""Of the closest thing, beside the sentence that there is no answer: a longer first sentence comes with the whole answer."""
MAX_ASKED = 300
"""Characters of a question that are shown back."""


def reply_card(reply: Reply, story: Story, asked: str = "", *, has_inbox: bool = True) -> Card:
    """Return the card of a reply.

    asked: the question as typed, for where the conversation does not show it. has_inbox: a question without an answer is
    passed to the moderators, and the card says so.
    """
    say = reply.messages
    if reply.outcome == "answer":
        lines, buttons = _answer_lines(reply, story), _answer_buttons(reply)
    elif reply.outcome == "clarify":
        lines, buttons = _clarify_lines(reply, story), _clarify_buttons(reply)
    else:
        lines, buttons = _abstain_lines(reply, has_inbox=has_inbox), _abstain_buttons(reply)
    shown = " ".join(asked.split())
    echo = [line(say.asked.format(question=shorten(shown, MAX_ASKED)), "small")] if shown else []
    shown_reply = reply.guess or reply.nearest or reply
    note = [line(shown_reply.language_note, "small")] if shown_reply.language_note else []
    card = Card((*lines, *echo, *note), tuple(buttons))
    if card_height(card) > SCREEN:  # next questions give way first
        card = replace(card, buttons=tuple(button for button in card.buttons if button.action != "related"))
    return card


def _answer_lines(reply: Reply, story: Story, lead: str = "{answer}") -> Iterator[Line]:
    first, *rest = reply.answer.split("\n\n")
    yield line(lead.format(answer=first))
    yield from map(line, rest)
    plain = reply.standing in PLAIN and not reply.badge
    yield standing_line(reply.standing_text, _sources(reply, story), plain=plain)
    yield from _closest_lines(reply)
    yield from _context_lines(reply)


def _sources(reply: Reply, story: Story) -> Iterator[Span]:
    """Yield where the answer stands: paragraphs of the article, or the sources of what it tells from later."""
    covered = reply.standing != "not_covered"
    if covered:
        yield Span(story.publisher)
        yield from citation_spans(reply.sources)
    told = {
        (short_date(later.date, reply.language), later.url): None
        for later in reply.developments
        if later.id in reply.told
    }
    for number, (date, url) in enumerate(told):
        yield Span(", " if number or covered else "")
        yield Span(date, url=url)


def _closest_lines(reply: Reply) -> Iterator[Line]:
    if reply.closest and not reply.told:
        spans = (
            Span(reply.messages.closest, "strong"),
            Span(f" {reply.closest}"),
            *citation_spans(reply.closest_sources),
        )
        yield Line(spans, "quote", can_drop=True)


def _context_lines(reply: Reply) -> Iterator[Line]:
    yield from denial_lines(reply.denials, reply.language)
    yield from later_lines((later for later in reply.developments if later.id not in reply.told), reply.language)


def _answer_buttons(reply: Reply) -> list[Button]:
    id, say = reply.entry or "", reply.messages
    return [
        *(Button(item.label, "related", item.entry) for item in fitting(reply.related)),
        Button(say.more, "more", id, row=1),
        Button(say.good, "vote", f"up:{id}", "👍", row=1),
        Button(say.wrong, "vote", f"down:{id}", "👎", row=1),
    ]


def fitting(suggestions: Iterable[Suggestion]) -> list[Suggestion]:
    """Return the suggestions, at most three, whose labels fit one line of buttons on a phone together."""
    chosen: list[Suggestion] = []
    used = 0.0
    for item in suggestions:
        width = button_width(item.label)
        if used + width <= TEXT_WIDTH and len(chosen) < MAX_NEXT:
            chosen.append(item)
            used += width + GAP
    return chosen


def _clarify_lines(reply: Reply, story: Story) -> Iterator[Line]:
    if reply.guess:
        yield from _answer_lines(reply.guess, story, lead=reply.messages.maybe)
    else:
        yield line(reply.answer)


def _clarify_buttons(reply: Reply) -> list[Button]:
    options: Iterable[Option] = reply.options
    if reply.guess:
        options = [option for option in options if option.entry != reply.guess.entry]
    buttons = [Button(option.label, "entry", option.entry, row=row) for row, option in enumerate(options)]
    return [*buttons, Button(reply.messages.none_of_these, "none", row=len(buttons))]


def _abstain_lines(reply: Reply, *, has_inbox: bool) -> Iterator[Line]:
    say, nearest = reply.messages, reply.nearest
    yield line(reply.answer)
    if nearest:
        heading = say.closest_without.format(terms=reply.unknown_terms) if reply.unknown_terms else say.closest
        spans = (Span(heading, "strong"), Span(f" {_brief(nearest)}"), *citation_spans(nearest.sources))
        yield Line(spans, "quote", can_drop=True)
        yield from _context_lines(nearest)
    if has_inbox and not reply.empty_question:
        yield line(say.question_kept, "small")


def _brief(nearest: Reply) -> str:
    """Return the first sentence of an answer, which says who says it, or all of an answer that does not begin with a short one."""
    first = first_sentence(nearest.answer)
    return first if len(first.split()) <= MAX_NEAREST_WORDS else nearest.answer


def _abstain_buttons(reply: Reply) -> list[Button]:
    say, nearest = reply.messages, reply.nearest
    near = [Button(nearest.label, "entry", nearest.entry or "")] if nearest else []
    return [*near, Button(say.the_story, "view", "summary"), Button(say.what_can_i_ask, "view", "help")]
