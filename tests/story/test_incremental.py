"""Parsing only the files of a base that have changed gives what parsing all of them gives."""

import random

import pytest

from bot.errors import Problem, StoryError
from bot.story import yaml_ast
from bot.story.incremental import parse_changed_files
from bot.story.loader import parse_story
from bot.story.models import Story
from tests.support.small_story import small_story_files
from tests.support.story_files import NEW, OLD

FILES = small_story_files()
STORY = parse_story(FILES)


@pytest.mark.parametrize("name", sorted(FILES))
def test_only_changed_files_are_parsed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A comment more in one file: that file alone is parsed, and the story is the same but for line numbers."""
    changed = {**FILES, name: b"# a comment\n" + FILES[name]}
    expected = parse_story(changed)
    parsed: list[bytes] = []
    parse = yaml_ast.parse

    def counted(data: bytes) -> yaml_ast.Node | None:
        parsed.append(data)
        return parse(data)

    monkeypatch.setattr(yaml_ast, "parse", counted)
    assert parse_changed_files(changed, FILES, STORY) == expected
    assert parsed == [changed[name]]


def test_nothing_is_parsed_where_nothing_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The old story itself is returned."""
    monkeypatch.setattr(yaml_ast, "parse", None)
    assert parse_changed_files(dict(FILES), FILES, STORY) is STORY


def test_files_that_come_and_go() -> None:
    """Entries keep the order of their files."""
    assert parse_changed_files(NEW, OLD, parse_story(OLD)) == parse_story(NEW)
    assert list(parse_changed_files(OLD, NEW, parse_story(NEW)).entries) == list(parse_story(OLD).entries)


def parsed_or_problems(changed: dict[str, bytes], *, incremental: bool = False) -> Story | list[Problem]:
    """Return what parsing returns, or the problems that it raises."""
    try:
        return parse_changed_files(changed, FILES, STORY) if incremental else parse_story(changed)
    except StoryError as error:
        return list(error.problems)


def test_problems_are_the_same_as_those_of_a_full_parse() -> None:
    """Also where a change breaks a reference in a file that has not changed, or takes an id that another file has."""
    chance = random.Random(1)
    broken = 0
    for _ in range(300):
        changed = dict(FILES)
        for name in chance.sample(sorted(FILES), chance.randint(1, 2)):
            lines = changed[name].splitlines(keepends=True)
            at = chance.randrange(len(lines))
            lines[at : at + chance.randint(1, 6)] = chance.choice(
                ([], [lines[at], lines[at]], [b"- id: keeper-place\n"], [lines[at].replace(b"keeper", b"porter")])
            )
            changed[name] = b"".join(lines)
            if chance.random() < 0.05:
                del changed[name]
        expected = parsed_or_problems(changed)
        broken += isinstance(expected, list)
        assert parsed_or_problems(changed, incremental=True) == expected
    assert 50 < broken < 300
