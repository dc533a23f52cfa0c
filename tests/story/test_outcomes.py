"""What belongs to a claim follows it everywhere, derived from paragraphs and people."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.story.entry import Entry, Standing, Translation
from bot.story.models import Claim, Story
from bot.story.outcomes import claims_carried, claims_of, denies, developments_of

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
WORD = r"\w+"


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    """The real base, since the rules are about it."""
    return bootstrap.answerer(KNOWLEDGE)


@pytest.fixture(scope="module")
def story(answerer: Answerer) -> Story:
    """Its story."""
    return answerer.story


def shown_with(story: Story, entry: Entry) -> tuple[Entry, ...]:
    """Return the entry, and the one that it says in place of itself."""
    return (entry, story.entries[entry.nearest]) if entry.nearest else (entry,)


def spaced_words(text: str) -> str:
    """Return the words of a text, each between blanks."""
    return f" {' '.join(re.findall(WORD, text.casefold()))} "


def names(story: Story, id: str, entries: Iterable[Entry]) -> bool:
    """Return whether what entries ask or say names somebody: found word by word, apart from the program's own way."""
    said = spaced_words(" ".join(part for entry in entries for part in (entry.question, entry.answer, entry.closest)))
    person = story.people[id]
    return any(spaced_words(name) in said for name in (person.name, *person.aliases))


def is_shown(answerer: Answerer, entry: Entry, claim: Claim) -> bool:
    """Return whether a reply shows who denies a claim, or is the denial, and everything found later."""
    reply = answerer.entry_reply(entry.id)
    denied = claim.brief_denial in {denial.text for denial in reply.denials}
    denied = denied or any(denies(one, claim) for one in shown_with(answerer.story, entry))
    return denied and {later.id for later in reply.developments}.issuperset(claim.developments)


def test_no_answer_that_is_about_a_claim_or_a_party_to_it_loses_it(answerer: Answerer) -> None:
    """No entry has to remember it: a paragraph carries the claim, and the answer is contested or names who denies it.

    Unless it speaks of those whom the claim is not about.
    """
    story, followed = answerer.story, 0
    for entry in story.written_entries:
        shown = shown_with(story, entry)
        carried = [story.claims[id] for one in shown for number in one.cites for id in story.paragraphs[number].claims]
        contested = any(one.standing in ("alleged", "denied") for one in shown)
        for claim in carried:
            elsewhere = any(names(story, id, shown) for id in claim.not_about)
            if contested or (any(names(story, id, shown) for id in claim.denied_by) and not elsewhere):
                assert is_shown(answerer, entry, claim), (entry.id, claim.id)
                followed += 1
    assert followed > 100  # the rule is about a good part of the base


def test_a_claim_that_an_entry_names_is_shown_whatever_it_cites(answerer: Answerer) -> None:
    """An answer may repeat what is alleged without citing where."""
    story = answerer.story
    named = [entry for entry in story.written_entries if entry.claim]
    assert named
    for entry in named:
        assert is_shown(answerer, entry, story.claims[entry.claim or ""]), entry.id


def test_an_answer_about_somebody_else_does_not_bring_up_what_a_person_is_accused_of(story: Story) -> None:
    """The paragraph of the two men's captivity also carries the claim; how long they were held is not about Dong."""
    held = story.entries["detainees-how-long"]
    assert story.paragraphs[4].claims == ("advised-delay",)
    assert 4 in held.cites
    assert claims_of(story, [held]) == ()


PARTIES = ("Han Dong", "Dong's", "the MP at the centre of this story", "THE TORONTO MP", "a fresh report")


@pytest.mark.parametrize("name", PARTIES)
@pytest.mark.parametrize("field", ["question", "answer", "closest"])
def test_naming_a_party_anywhere_brings_the_claim(story: Story, field: str, name: str) -> None:
    """Who denies it or who makes it, by name or description, in the question, the answer or the closest text."""
    held = story.entries["detainees-how-long"]
    about = replace(held, **{field: f"{getattr(held, field)} So says {name}."})
    assert [claim.id for claim in claims_of(story, [about])] == ["advised-delay"]


@pytest.mark.parametrize("standing", ["alleged", "denied"])
def test_what_is_contested_brings_the_claim_whoever_it_names(story: Story, standing: Standing) -> None:
    """An allegation never stands alone."""
    held = replace(story.entries["detainees-how-long"], standing=standing)
    assert [claim.id for claim in claims_of(story, [held])] == ["advised-delay"]


def test_no_entry_of_the_base_can_become_contested_without_its_claims(story: Story) -> None:
    """Each entry in turn is made an allegation, and made to name who denies: it then has every claim of its paragraphs."""
    for entry in story.written_entries:
        carried = set(claims_carried(story, entry.cites))
        assert carried.issubset(claims_of(story, [replace(entry, standing="alleged")])), entry.id
        for claim in carried:
            answer = " ".join([entry.answer, *(story.people[id].name for id in claim.denied_by)])
            elsewhere = any(names(story, id, [entry]) for id in claim.not_about)
            assert elsewhere or claim in claims_of(story, [replace(entry, answer=answer)]), (entry.id, claim.id)


def test_an_answer_about_those_whom_a_claim_is_not_about_goes_without_it(story: Story) -> None:
    """One paragraph tells of the seat and of the votes on the Uyghurs: an answer about the votes names Dong, not the seat."""
    votes = story.entries["accusations-votes-skipped"]
    seat = story.claims["chinese-help-seat"]
    assert seat in claims_carried(story, votes.cites)
    assert claims_of(story, [votes]) == ()
    for entry in story.written_entries:
        if names(story, "uyghurs", [entry]) and seat in claims_carried(story, entry.cites):
            about_both = "seat" in f"{entry.question} {entry.answer} {entry.closest}"
            assert (seat in claims_of(story, [entry])) == about_both, entry.id
    assert claims_of(story, [replace(votes, claim=seat.id)]) == (seat,)
    assert claims_of(story, [replace(votes, standing="alleged")]) == (seat,)


def test_a_translation_that_names_a_party_brings_the_claim_too(story: Story) -> None:
    """It may be the text that is shown."""
    held = story.entries["detainees-how-long"]
    french = Translation("Combien de temps ?", "Plus de deux ans, selon le député.")
    assert [claim.id for claim in claims_of(story, [replace(held, translations={"fr": french})])] == ["advised-delay"]


def test_a_development_follows_from_paragraph_and_person(story: Story) -> None:
    """That Telford testified stands under what is said of her and the committees, and under nothing else of ¶17."""
    about_her = story.entries["telford-role"]
    assert "telford-testified" in {later.id for later in developments_of(story, [about_her], ())}
    nobody = replace(about_her, question="Who is angry?", answer="Other parties are.")
    assert "telford-testified" not in {later.id for later in developments_of(story, [nobody], ())}


def test_adverse_findings_are_shown_by_the_same_rule(story: Story) -> None:
    """Whatever rests on the accusation about the seat shows the irregularities found, and that the look was closed."""
    seat = story.entries["accusations-seat-help"]
    later = {development.id for development in developments_of(story, [seat], claims_of(story, [seat]))}
    assert {"johnston-nomination", "hogue-initial", "nomination-closed"} <= later


@pytest.mark.parametrize(
    ("question", "finding"),
    [
        ("did he do it", ("found false", "2023")),
        ("is it true", ("found false", "2023")),
        ("was dong cleared", ("found false", "2023")),
        ("was it proven", ("found false", "2023")),
        ("what happened in the end", ("found false", "2023")),
    ],
)
def test_the_outcome_comes_first_where_it_is_asked(answerer: Answerer, question: str, finding: tuple[str, ...]) -> None:
    """The first sentence says what was found, and when."""
    first = answerer.reply(question).answer.split(". ")[0]
    assert all(word in first for word in finding), first
