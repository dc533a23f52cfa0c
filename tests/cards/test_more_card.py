"""What stands behind an answer: its paragraphs, and everything denied or found later of the claims that they carry."""

from __future__ import annotations

from msgspec.structs import replace

from bot.answering.answerer import Answerer
from bot.cards.card import Button, Card
from bot.cards.message_text import markdown_text
from bot.cards.more_card import more_card
from bot.matching.weights import load_weights
from bot.nlp.languages import Language
from bot.story.models import Story
from tests.support.small_story import small_story

LEFT = "https://quay.example/harbour-light#:~:text=Keeper%20Ada%20Quill,on%20Friday%20evening."
TAKEN = "https://quay.example/harbour-light#:~:text=Mayor%20Tom%20Reed,she%20denies%20it."


def story_with_claim_in(number: int) -> Story:
    """Return the small story with the claim in one of its paragraphs, and with short forms."""
    story = small_story()
    paragraphs = {
        each.number: replace(each, claims=("took-lamp",) if each.number == number else ())
        for each in story.paragraphs.values()
    }
    claim = replace(story.claims["took-lamp"], denial_short="She denies it.")
    later = replace(story.developments["lamp-found"], short="found in his cellar")
    return replace(story, paragraphs=paragraphs, claims={claim.id: claim}, developments={later.id: later})


def more_of(id: str, story: Story, texts: dict[int, str] | None = None, language: Language = "en") -> Card:
    return more_card(Answerer(story, load_weights()).entry_reply(id, language), story, texts or {})


def test_the_question_the_gists_the_denial_and_all_later_developments_are_shown_in_full() -> None:
    """Denial and development have their full wording here, and the development its source; there is nothing else."""
    card = more_of("lamp-taken", story_with_claim_in(2))
    assert card.as_embed
    assert markdown_text(card) == (
        "**What is Ada Quill accused of?**\n"
        "**What the paragraphs say (The Quay, May 2020)**\n"
        f"- [¶2](<{TAKEN}>) The mayor says that she took the lamp; she denies it.\n"
        f"> **Denied:** Ada Quill denies it. [¶2](<{TAKEN}>)\n"
        "**Since the article, in full**\n"
        "- [Jun 2020](<https://quay.example/lamp-found>) The lamp was found in the mayor's cellar. "
        "(The Quay, 1 June 2020)"
    )


def test_a_claim_that_only_a_paragraph_carries_is_denied_and_resolved_too() -> None:
    """The answer on the day she left does not allege anything, but the paragraph it rests on does."""
    reply = Answerer(story := story_with_claim_in(1), load_weights()).entry_reply("keeper-place")
    assert (reply.denials, reply.developments) == ((), ())
    assert more_card(reply, story, {}).text.splitlines()[2:] == [
        "¶1 Keeper Ada Quill left the lighthouse at Brim on Friday.",
        "Denied: Ada Quill denies it. ¶2",
        "Since the article, in full",
        "Jun 2020 The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)",
    ]


def test_a_paragraphs_own_text_is_quoted_where_the_operator_supplied_it() -> None:
    """It stands behind a bar, escaped, is cut before it takes too much room, and is the first thing to give way."""
    card = more_of("keeper-left", small_story(), {1: "Keeper Ada Quill walked [out](x)\non Friday.", 2: "Not cited."})
    assert markdown_text(card).endswith("\n> Keeper Ada Quill walked \\[out\\](x)\n> on Friday.")
    assert [line.can_drop for line in card.lines] == [False, False, False, True]
    assert len(more_of("keeper-left", small_story(), {1: "long " * 2_000}).lines[-1].text) == 2_000


def test_questions_that_are_no_button_are_offered_in_a_select() -> None:
    """Those under the answer are not offered again; the label counts them, and there is a button that copies."""
    place = small_story().entries["keeper-place"]
    others = {
        f"other-{n}": replace(place, id=f"other-{n}", question=f"Where is it, {n}?", label="Where?") for n in range(5)
    }
    left = replace(small_story().entries["keeper-left"], related=tuple(others))
    story = replace(small_story(), entries={left.id: left, **others})
    card = more_of("keeper-left", story)
    assert card.buttons == (Button("Copy", "copy", "keeper-left"),)
    assert card.choices == (("other-3", "Where is it, 3?"), ("other-4", "Where is it, 4?"))
    assert card.choices_label == "2 more questions"


def test_one_more_question_is_counted_in_the_singular() -> None:
    """And with none there is no select."""
    card = more_of("keeper-left", small_story())
    assert (card.choices, card.choices_label) == ((("keeper-place", "Where is the lighthouse?"),), "1 more question")
    alone = {"keeper-left": replace(small_story().entries["keeper-left"], related=())}
    none = more_of("keeper-left", replace(small_story(), entries=alone))
    assert (none.choices, none.choices_label) == ((), "")


def test_in_french_the_headings_are_french_and_a_note_says_that_the_rest_is_not() -> None:
    """The note follows the question."""
    assert more_of("lamp-taken", story_with_claim_in(2), language="fr").text.splitlines()[:3] == [
        "What is Ada Quill accused of?",
        "La réponse est en anglais, telle que des personnes l'ont rédigée et vérifiée.",
        "Ce que disent les paragraphes (The Quay, May 2020)",
    ]
