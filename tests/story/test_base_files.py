"""Reading the files of a base: whatever can't be read is named in a sentence."""

import os
from pathlib import Path

import pytest

from bot.errors import StoryError
from bot.story import base_files
from bot.story.repository import Repository


def read_problems(folder: Path) -> list[str]:
    """Return why a base can't be read, first by the reader alone and then by the repository."""
    found = []
    for read in (base_files.read_files, lambda folder: Repository(folder).load()):
        with pytest.raises(StoryError) as caught:
            read(folder)
        found.append([str(problem) for problem in caught.value.problems])
    assert found[0] == found[1]
    return found[0]


def test_a_name_that_is_not_utf8_is_named(small: Path) -> None:
    """It can't be hashed or shown as it is."""
    try:
        (small / os.fsdecode(b"qa/x\xff.yaml")).write_bytes(b"")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    assert read_problems(small) == ["qa/x\\xff.yaml: its name is not UTF-8 text; rename the file"]


def test_a_link_to_itself_is_named(small: Path) -> None:
    """The file, or its folder."""
    (small / "qa" / "loop.yaml").symlink_to("loop.yaml")
    assert read_problems(small) == ["qa/loop.yaml: it can't be read: Too many levels of symbolic links"]
    (small / "qa").rename(small / "old")
    (small / "qa").symlink_to("qa")
    assert read_problems(small) == [f"{small}: it can't be read: Too many levels of symbolic links"]


def test_the_size_of_all_files_together_is_limited(small: Path) -> None:
    """Reading stops there."""
    for number in range(11):
        (small / "qa" / f"x{number}.yaml").write_bytes(b"#" * 1_900_000)
    assert read_problems(small) == [f"{small}: its YAML files are larger than 20 MB together; remove some of them"]
