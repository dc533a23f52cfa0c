"""Merging, dropping and adding people carries every reference along."""

from pathlib import Path

import pytest

from bot.errors import EditError, StoryError
from bot.story import base_files, loader, people_edit
from bot.story.models import Story
from tests.support.story_files import write

Files = dict[str, bytes]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Return the files of a small base."""
    return base_files.read_files(write(tmp_path / "knowledge"))


def parsed(files: Files, changes: Files) -> Story:
    """Return the story after a change."""
    return loader.parse_story({**files, **changes})


def test_merged_people_are_one_everywhere(files: Files) -> None:
    """Names become aliases, citations are joined, and every reference names the one who stays."""
    story = loader.parse_story(files)
    after = parsed(files, people_edit.merge_people(files, story, "ada-quill", ["tom-reed"]))
    assert list(after.people) == ["ada-quill", "brim"]
    assert after.people["ada-quill"].aliases == (
        "Quill",
        "the keeper",
        "lighthouse keeper",
        "Tom Reed",
        "Reed",
        "the mayor",
    )
    assert after.people["ada-quill"].cites == (1, 2)
    assert after.people["ada-quill"].role == "Keeper of the lighthouse at Brim."
    assert [said.text for said in after.people["ada-quill"].statements] == ["Ada Quill took the lamp. She denies it."]
    assert after.paragraphs[2].people == ("ada-quill",)
    assert after.claims["took-lamp"].by == ("ada-quill",)
    assert all("tom-reed" not in entry.by for entry in after.entries.values())


def test_the_other_records_stay_as_they_are_written(files: Files) -> None:
    """Byte for byte."""
    story = loader.parse_story(files)
    changes = people_edit.merge_people(files, story, "ada-quill", ["tom-reed"])
    brim = files["people.yaml"].decode().partition("- id: brim")[2]
    assert changes["people.yaml"].decode().endswith(f"- id: brim{brim}")


def test_a_role_that_is_written_wins(files: Files) -> None:
    """Over one that is marked TODO, whoever stays."""
    files["people.yaml"] = files["people.yaml"].replace(b"role: A harbour town.", b'role: "TODO: who Brim is"')
    story = loader.parse_story(files)
    after = parsed(files, people_edit.merge_people(files, story, "brim", ["ada-quill"]))
    assert after.people["brim"].role == "Keeper of the lighthouse at Brim."


def test_a_dropped_name_goes_back_to_the_paragraphs(files: Files) -> None:
    """Where the article's text is known only the names that stand there, else those with a capital."""
    story = loader.parse_story(files)
    after = parsed(files, people_edit.drop_people(files, story, ["brim"]))
    assert list(after.people) == ["ada-quill", "tom-reed"]
    assert after.paragraphs[1].people == ("ada-quill",)
    assert after.paragraphs[1].names == ("Brim",)
    files["people.yaml"] = files["people.yaml"].replace(b"kind: place\n", b"kind: place\n  aliases: [Old Brim, port]\n")
    story = loader.parse_story(files)
    assert parsed(files, people_edit.drop_people(files, story, ["brim"])).paragraphs[1].names == ("Brim", "Old Brim")
    texts = {1: "Keeper Ada Quill left Old Brim on Friday evening."}
    assert parsed(files, people_edit.drop_people(files, story, ["brim"], texts)).paragraphs[1].names == ("Old Brim",)


def test_whom_a_claim_needs_cannot_be_dropped(files: Files) -> None:
    """The base would not be valid; the finding names the place."""
    story = loader.parse_story(files)
    with pytest.raises(StoryError, match=r"claims\.yaml:1: a claim has no 'by'"):
        parsed(files, people_edit.drop_people(files, story, ["tom-reed"]))


def test_a_name_of_the_paragraphs_becomes_a_record(files: Files) -> None:
    """It leaves 'names', and the paragraphs refer to the record; the opposite of dropping it."""
    story = loader.parse_story(files)
    dropped = {**files, **people_edit.drop_people(files, story, ["brim"])}
    story = loader.parse_story(dropped)
    after = parsed(dropped, people_edit.add_person(dropped, story, "Brim", "place", "A harbour town."))
    assert after.people["brim"].role == "A harbour town."
    assert after.people["brim"].cites == (1,)
    assert after.paragraphs[1].people == ("ada-quill", "brim")
    assert after.paragraphs[1].names == ()


def test_unknown_people_and_names_are_refused(files: Files) -> None:
    """With who may be meant, by a similar id or by a name."""
    story = loader.parse_story(files)
    with pytest.raises(EditError) as refused:
        people_edit.drop_people(files, story, ["ada-quil"])
    assert str(refused.value) == "There is no person 'ada-quil' in people.yaml. Did you mean 'ada-quill'?"
    with pytest.raises(EditError, match=r"Did you mean 'tom-reed'\?"):
        people_edit.merge_people(files, story, "ada-quill", ["the mayor"])
    with pytest.raises(EditError, match="name somebody else to merge into ada-quill"):
        people_edit.merge_people(files, story, "ada-quill", ["ada-quill"])
    with pytest.raises(EditError) as refused:
        people_edit.add_person(files, story, "Oslo", "place", "A city.")
    assert str(refused.value) == "no paragraph has the name 'Oslo' under 'names'; write it as it stands there"
