"""The real base keeps its rules; with the shared material, it also agrees with the article and the development questions."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.answering.expected_replies import find_changed_replies
from bot.evaluation.metrics import compute_figures, judge, judge_replies
from bot.evaluation.questions import load_questions
from bot.story import article
from bot.story.models import Story
from bot.story.validation.article_match import find_mismatches
from bot.story.validation.rules import find_problems

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
ARTICLE = SHARED / "story" / "article.txt"
QUESTIONS = ROOT / "tests" / "questions" / "manifest.yaml"
DEVELOPMENT = SHARED / "eval" / "dev.yaml"


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    return bootstrap.answerer(ROOT / "knowledge")


@pytest.fixture(scope="module")
def story(answerer: Answerer) -> Story:
    return answerer.story


def test_the_base_has_no_problems(story: Story) -> None:
    """The validation finds nothing."""
    assert [str(problem) for problem in find_problems(story)] == []


def test_every_waiver_says_why(story: Story) -> None:
    """A waiver is a sentence that a person can read."""
    for entry in story.entries.values():
        for waiver in entry.waivers:
            assert len(waiver.reason.split()) >= 3, entry.id


def test_the_whole_story_is_covered(story: Story) -> None:
    """All 21 paragraphs are answered from, by 150 entries or more and 320 at most; what the article does not say has its entries too."""
    standings = Counter(entry.standing for entry in story.entries.values())
    assert sorted(story.paragraphs) == list(range(1, 22))
    assert 150 <= len(story.written_entries) <= 320
    assert standings["not_covered"] >= 50
    assert set(standings) == {"reported", "alleged", "denied", "said", "assumed", "not_covered", "defined"}


def test_every_question_of_the_base_finds_its_own_entry(answerer: Answerer) -> None:
    """Asked in the base's own words, at least 97 of 100 entries come first; the rest is offered."""
    entries = list(answerer.story.entries.values())
    found = [answerer.matcher.match(entry.question).candidates[:1] for entry in entries]
    first = [bool(one) and one[0].entry == entry.id for one, entry in zip(found, entries, strict=True)]
    assert sum(first) / len(first) >= 0.97


def test_every_reply_fits_an_embed(answerer: Answerer) -> None:
    """No answer with everything that belongs to it exceeds what Discord shows."""
    for id in answerer.story.entries:
        assert len(answerer.entry_reply(id).answer) <= 4096, id


@pytest.mark.skipif(not ARTICLE.is_file(), reason="the article's text is not here")
def test_the_paragraphs_are_those_of_the_article(story: Story) -> None:
    """Hashes, mentions and link words agree with the article's text."""
    assert [str(problem) for problem in find_mismatches(story, article.read_lines(ARTICLE))] == []


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared tools are not here")
def test_no_run_of_the_articles_words(story: Story) -> None:
    """Nothing in the base carries ten of the article's words in a row."""
    paths = [str(path) for path in sorted((ROOT / "knowledge").rglob("*.yaml"))]
    tool = [sys.executable, str(SHARED / "tools" / "verbatim.py"), *paths]
    shown = subprocess.run(tool, capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stdout) == (0, "")


def test_expected_replies(answerer: Answerer) -> None:
    """The hard questions of `expected.yaml` get the entries named there, or none."""
    assert len(answerer.story.expected) >= 90
    assert [str(problem) for problem in find_changed_replies(answerer)] == []


@pytest.mark.skipif(not DEVELOPMENT.is_file(), reason="the development questions are not here")
def test_development_questions(answerer: Answerer) -> None:
    """The figures that the release has to reach on the development questions."""
    found = compute_figures(judge_replies(load_questions(DEVELOPMENT), answerer))
    assert found.answered_right >= 0.92
    assert found.right_or_offered >= 0.97
    assert found.wrong_share <= 0.03
    assert found.held_share >= 0.93


def test_unseen_questions(answerer: Answerer) -> None:
    """The figures that the documents give for questions that were used for nothing have to stay true."""
    found = compute_figures(judge_replies(load_questions(QUESTIONS, "unseen"), answerer))
    assert found.answered_right >= 0.88
    assert found.right_or_offered >= 0.92
    assert found.wrong_share <= 0.04
    assert found.held_share >= 0.94


def test_a_phrasing_with_a_label_stands_under_an_entry_that_satisfies_it(answerer: Answerer) -> None:
    """Where a phrasing is also a labelled question, its entry's reply is one that the label accepts."""
    labelled = {q.text: q for q in load_questions(QUESTIONS) if not q.context}
    stands = [(text, entry.id) for entry in answerer.story.entries.values() for text in entry.phrasings]
    both = [(labelled[text], id) for text, id in stands if text in labelled]
    assert len(both) > 500
    assert [(q.id, id) for q, id in both if judge(q, answerer.entry_reply(id)) not in ("right", "held")] == []


def test_of_two_questions_neither_is_dropped_because_an_entry_has_the_words_of_both(answerer: Answerer) -> None:
    """Who he is is in every entry about his leaving; it was asked all the same."""
    reply = answerer.reply("who is han dong? when did he leave the caucus?")
    assert reply.question == "Who is Han Dong? / When did Dong announce that he was leaving the Liberal caucus?"


def test_a_member_of_a_group_can_be_named_where_there_is_no_answer(answerer: Answerer) -> None:
    """The group is meant too, though no word of the question stands for it."""
    reply, match = answerer.reply_with_match("kovrig pizza zebra napoli quantum")
    assert "@two-michaels" in match.question.terms
    assert (reply.outcome, reply.empty_question) == ("abstain", False)


def test_a_follow_up_with_no_word_of_its_own_is_offered_what_may_be_meant(answerer: Answerer) -> None:
    """It asks something by the question before, and is no chatter."""
    reply, match = answerer.reply_with_match("and him?", ["How did Trudeau react when Dong told him?"])
    assert (match.question.own_terms, reply.outcome, reply.empty_question) == ((), "clarify", False)
