"""What the article has and the records of its paragraphs lack, and how it gets into `story.yaml`."""

import pytest

from bot.errors import EditError
from bot.story import loader, yaml_edit
from bot.story.validation.missing_records import find_missing_records
from bot.story.validation.notes import find_notes, find_untold_people
from bot.story.validation.rules import find_problems
from tests.support.article_base import OTHER, base_files

TEXT = (
    "On Monday the First Harbour War ended, after twelve days and 40 wrecks, the Fellist guild said. "
    "“We are tired,” its head wrote to the sound."
)
ANSWER = 'The Fellists said on Monday that the war had lasted twelve days. It ended near the Sound; they were "tired".'


def test_names_numbers_days_and_quotes_are_found() -> None:
    """Each in the article's own words; a name that an answer writes otherwise is among them, a sentence's first word is not."""
    story = loader.parse_story(base_files(TEXT, ANSWER))
    assert find_missing_records(story, {1: TEXT}) == {
        1: {
            "names": ("Harbour War", "Fellist", "sound"),
            "numbers": ("twelve", "40"),
            "days": ("Monday",),
            "quotes": ("We are tired,", "tired"),
        }
    }


def test_a_base_that_is_brought_up_to_date_needs_no_article() -> None:
    """With the missing records, its answers are found right without the article's text as well, and nothing is missing."""
    files = base_files(TEXT, ANSWER)
    assert len(find_problems(loader.parse_story(files))) == 5
    records = find_missing_records(loader.parse_story(files), {1: TEXT})[1]
    story = loader.parse_story(base_files(TEXT, ANSWER, records=records))
    assert find_problems(story) == []
    assert find_missing_records(story, {1: TEXT}) == {}


def test_whom_an_alias_names_is_added_to_people() -> None:
    """The answer's name is not in the paragraph, but another name of the same person is."""
    people = ({"id": "arn-holt", "name": "Arn Holt", "aliases": ["Captain Reef"]},)
    text = "It was steered by Captain Reef."
    story = loader.parse_story(base_files(text, "It was steered by Arn Holt.", people=people))
    assert find_missing_records(story, {1: text}) == {1: {"people": ("arn-holt",), "names": ("Captain Reef",)}}


def test_notes_tell_what_is_worth_a_look() -> None:
    """People whom no entry names, and paragraphs whose records lack something; neither is a problem."""
    names = {"arn-holt": "Arn Holt", "ida": "Ida", "quay": "the quay", "men": "men"}
    people = [{"id": id, "name": name} for id, name in names.items()]
    files = base_files("It was Arn Holt.", "It was Arn Holt.", people=people, records={"people": ["arn-holt"]})
    story = loader.parse_story(files)
    assert find_untold_people(story) == ["Ida", "the quay"]
    assert list(find_notes(story, {})) == [
        "people.yaml: no entry tells of Ida and the quay; write one for whom readers may ask about, or take out whom nobody "
        "will"
    ]
    assert list(find_notes(story, {2: OTHER}))[1:] == [
        "story.yaml: the records lack names, numbers, days or quotes that the article has, in ¶2; "
        "'pilcrow check --article FILE --update' adds them"
    ]


STORY = """\
title: News  # a comment
paragraphs:
  - number: 1
    gist: one
    numbers: ["1", "2"]  # as written
    names:
      - Holm

  # the second
  - number: 2
    gist: two
    names: []
sources: []
"""


def test_records_are_added_where_they_stand() -> None:
    """The rest of the file stays as it is, comments included; a list that is not there yet comes last."""
    data = STORY.encode()
    data = yaml_edit.add_to_paragraph(data, 1, "numbers", ["twelve", '3 "x" \\'])
    data = yaml_edit.add_to_paragraph(data, 1, "names", ["Skell: the mill"])
    data = yaml_edit.add_to_paragraph(data, 1, "days", ["Monday"])
    data = yaml_edit.add_to_paragraph(data, 2, "names", ["Ida"])
    assert (
        data.decode()
        == """\
title: News  # a comment
paragraphs:
  - number: 1
    gist: one
    numbers: ["1", "2", "twelve", "3 \\"x\\" \\\\"]  # as written
    names:
      - Holm
      - "Skell: the mill"
    days: ["Monday"]

  # the second
  - number: 2
    gist: two
    names: ["Ida"]
sources: []
"""
    )


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"2"]  # as written', '"2"]  # ]', "'numbers' of paragraph 1 is written in an unusual way; add \"3\" in an editor"),
        ("  - number: 1\n    gist: one\n", "  - {number: 1,\n    gist: one,\n", "paragraph 1 is not written with one key per line"),
    ],
)  # fmt: skip
def test_what_only_a_person_can_place_is_refused(old: str, new: str, sentence: str) -> None:
    """Rather than guess, the file is left alone."""
    text = STORY.replace(old, new)
    if "{" in new:
        text = (
            text.replace("      - Holm\n", "      [Holm]}\n").replace("# as written", ",").replace('"2"]  ,', '"2"],')
        )
    with pytest.raises(EditError) as refused:
        yaml_edit.add_to_paragraph(text.encode(), 1, "numbers", ["3"])
    assert str(refused.value).startswith(sentence)
