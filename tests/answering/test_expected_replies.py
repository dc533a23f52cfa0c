"""The expected replies of a base, held against the replies it gives."""

from bot.answering.answerer import Answerer
from bot.answering.expected_replies import find_changed_replies
from bot.matching.weights import load_weights
from bot.story import loader
from tests.support.small_story import small_story_files


def test_an_expected_reply_that_has_changed_is_named_with_its_line() -> None:
    """`expected.yaml` says which entries may answer; none: nothing may."""
    expected = """\
- q: what day did the keeper quit
  entries: [keeper-left]
- q: in which town is the lighthouse
  entries: [keeper-age, lamp-taken]
- q: age of the keeper
- q: napoli pizza
"""
    story = loader.parse_story(small_story_files() | {"expected.yaml": expected.encode()})
    assert [str(problem) for problem in find_changed_replies(Answerer(story, load_weights()))] == [
        "expected.yaml:3: 'in which town is the lighthouse' should get keeper-age or lamp-taken, and gets keeper-place",
        "expected.yaml:5: 'age of the keeper' should get no answer, and gets keeper-age",
    ]
