"""`pilcrow new` on a base that is there adds what is new, and changes nothing that a person wrote."""

from pathlib import Path

import pytest

from bot.story import base_files, loader, scaffold
from bot.story.scaffold_update import Update, update_base

FIRST = "The ferry Saint Anne ran aground off Brim on Friday with 40 people aboard, said Ada Quill of the Coast Guard."
SECOND = "“Nobody was hurt,” Quill said in Brim on Saturday. She gave no cause."
THIRD = "On 3 May 2020 Tom Reed, the mayor of Brim, told eight reporters that Quill was right."
Files = dict[str, bytes]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Return the files of a base that was made from the first two paragraphs and then worked on."""
    scaffold.write_scaffold(tmp_path / "base", ["Ferry runs aground off Brim", FIRST, SECOND])
    files = base_files.read_files(tmp_path / "base")
    text = (
        files["story.yaml"].decode().replace("TODO: what paragraph 1 says, in your own words", "A ferry ran aground.")
    )
    text = text.replace('    numbers: ["40"]\n', "").replace('"Coast Guard"', '"Coast Guard", "Anne"')
    files["story.yaml"] = (text + "sources:\n  - {text: Told by a keeper., cites: [1]}\n").encode()
    return files


def updated(files: Files, *paragraphs: str) -> Update:
    """Return the update of a base by an article."""
    return update_base(files, loader.parse_story(files), ["Ferry runs aground off Brim", *paragraphs])


def test_what_is_lacking_is_added(files: Files) -> None:
    """A number that a record lacks, a paragraph with a number of its own, and a record of whom only it names."""
    update = updated(files, THIRD, FIRST, SECOND)
    assert update.report == (
        "Paragraph 1: added numbers 40.",
        "Added paragraph 3 (On 3 May 2020 …); write its gist.",
        "Added tom-reed to people.yaml (person); write its role.",
    )
    after = loader.parse_story({**files, **update.files})
    assert after.paragraphs[1].numbers == ("40",)
    assert after.paragraphs[1].gist == "A ferry ran aground."
    assert after.paragraphs[3].people == ("tom-reed", "brim", "ada-quill")
    assert after.paragraphs[3].days == ("3 May 2020",)
    assert after.paragraphs[3].numbers == ("eight",)
    assert after.people["tom-reed"].cites == (3,)
    assert [source.text for source in after.sources] == ["Told by a keeper."]


def test_nothing_written_is_changed(files: Files) -> None:
    """Every line that was there is there, in its order, but for the list that grew."""
    before, after = files["story.yaml"].decode(), updated(files, FIRST, SECOND, THIRD).files["story.yaml"].decode()
    lines = iter(after.splitlines())
    assert all(line in lines for line in before.splitlines())


def test_a_second_time_changes_nothing(files: Files) -> None:
    """The base has all of the article then."""
    files.update(updated(files, FIRST, SECOND, THIRD).files)
    assert updated(files, FIRST, SECOND, THIRD) == Update({}, ())


def test_a_dropped_person_does_not_come_back(files: Files) -> None:
    """Records are proposed only for whom new paragraphs name and old ones don't."""
    people = files["people.yaml"].decode()
    files["people.yaml"] = (people[: people.index("- id: coast-guard")]).encode()
    files["story.yaml"] = files["story.yaml"].replace(b", coast-guard]", b"]")
    update = updated(files, FIRST, SECOND)
    assert update.report == ("Paragraph 1: added names Coast Guard; numbers 40.",)
    assert "people.yaml" not in update.files


def test_a_paragraph_that_changed_is_left_to_a_person(files: Files) -> None:
    """Its gist and answers may be wrong now; so its hash is named, not written."""
    changed = FIRST.replace("40", "41")
    update = updated(files, changed, THIRD)
    hash_ = scaffold.build_scaffold(["t", changed]).draft.paragraphs[0].sha256
    assert update.report[-2:] == (
        "Paragraph 1 has changed in the article: read its gist and the answers that cite it, then write "
        f"'sha256: {hash_}'.",
        "Paragraph 2 is no longer in the article; it is kept as it is.",
    )
