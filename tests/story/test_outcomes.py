"""What belongs to a claim follows it everywhere, derived from paragraphs and people."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.story.models import Story
from bot.story.outcomes import claims_of, developments_of

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    """The real base, since the rules are about it."""
    return bootstrap.answerer(KNOWLEDGE)


@pytest.fixture(scope="module")
def story(answerer: Answerer) -> Story:
    """Its story."""
    return answerer.story


def test_whatever_cites_a_paragraph_that_carries_a_claim_shows_its_denial_and_outcome(answerer: Answerer) -> None:
    """No entry has to remember it: the denial is in the text, or is the answer, and every finding is beside it."""
    story = answerer.story
    for entry in story.written_entries:
        reply = answerer.entry_reply(entry.id)
        found = {development.id for development in reply.developments}
        cited = {citation.paragraph for citation in reply.citations}
        for number in entry.cites:
            for claim in (story.claims[id] for id in story.paragraphs[number].claims):
                denied = claim.brief_denial in reply.answer or not cited.isdisjoint(claim.denial_cites)
                assert denied, (entry.id, claim.id)
                assert found.issuperset(claim.developments), (entry.id, claim.id)


def test_every_gist_that_a_reply_shows_brings_its_claims(answerer: Answerer) -> None:
    """A card shows the gist of each citation, those of a denial too."""
    story = answerer.story
    for id in story.entries:
        reply = answerer.entry_reply(id)
        shown = {development.id for development in reply.developments}
        for citation in reply.citations:
            for claim in story.paragraphs[citation.paragraph].claims:
                assert shown.issuperset(story.claims[claim].developments), (id, claim)


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
    "question", ["did he do it", "is it true", "was dong cleared", "what happened in the end", "was it proven"]
)
def test_the_outcome_comes_first_where_it_is_asked(answerer: Answerer, question: str) -> None:
    """The first sentence says what was found, by whom or what, and when."""
    first = answerer.reply(question).answer.split(". ")[0]
    assert "found" in first
    assert "false" in first
    assert "2023" in first
