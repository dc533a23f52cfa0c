"""Parsing of a base of which another version is parsed already: only the files that differ, the rest is reused."""

from collections.abc import Mapping

from msgspec.structs import asdict, replace

from bot.story import loader
from bot.story.derived import with_derived_entries
from bot.story.models import Story

FIELDS_BY_FILE = {
    "story.yaml": (
        "title",
        "publisher",
        "url",
        "published",
        "language",
        "disclaimer",
        "subject",
        "wrong_share",
        "paragraphs",
        "sources",
    ),
    "people.yaml": ("people",),
    "developments.yaml": ("developments",),
    "claims.yaml": ("claims",),
    "summaries.yaml": ("summaries",),
    "timeline.yaml": ("events",),
    "vocabulary.yaml": ("concepts",),
    loader.EXPECTED_FILE: ("expected",),
    loader.GLOSSARY_FILE: ("glossary",),
}
"""The fields of a story by the file that holds them; entries stand in ENTRIES_FOLDER."""


def parse_changed_files(files: Mapping[str, bytes], old_files: Mapping[str, bytes], old_story: Story) -> Story:
    """Return the story in `files`, parsing only those that differ from `old_files`, which hold `old_story`.

    Raise StoryError with all problems of all files.
    """
    changed = {name for name in {*files, *old_files} if files.get(name) != old_files.get(name)}
    if not changed:
        return old_story
    kept = _without_files(old_story, changed)
    parser = loader.BaseParser({name: loader.parse_file(name, files[name]) for name in changed if name in files}, kept)
    story = _merge(kept, parser.parse(), changed)
    if (
        parser.problems()
        or "story.yaml" not in files
        or not story.entries
        or _has_dangling_references(story, old_story)
    ):
        return loader.parse_story(files)  # which also finds the problems in unchanged files
    return with_derived_entries(story)


def _without_files(story: Story, names: set[str]) -> Story:
    """Return a story without the records of some of its files; single texts stay."""
    emptied = {
        field: type(value)()
        for name in names
        for field in FIELDS_BY_FILE.get(name, ())
        if not isinstance(value := getattr(story, field), str)
    }
    entries = {id: entry for id, entry in story.entries.items() if entry.file not in names}
    return replace(story, **emptied, entries=entries)


def _merge(kept: Story, parsed: Story, changed: set[str]) -> Story:
    """Return a story with the fields of changed files from `parsed`, the others from `kept`."""
    fields = {field: getattr(parsed, field) for name in changed for field in FIELDS_BY_FILE.get(name, ())}
    entries = [*kept.entries.values(), *parsed.entries.values()]
    entries.sort(key=lambda entry: entry.file)  # stable: entries of one file keep their order
    return Story(**{**asdict(kept), **fields, "entries": {entry.id: entry for entry in entries}})


def _has_dangling_references(story: Story, old: Story) -> bool:
    """Return whether records of unchanged files may refer to records that `story` no longer has."""
    pairs = ((old.people, story.people), (old.claims, story.claims), (old.developments, story.developments))
    if any(before.keys() - after.keys() for before, after in pairs) or old.paragraphs.keys() - story.paragraphs.keys():
        return True
    removed = old.entries.keys() - story.entries.keys()
    return bool(removed) and not (
        all(removed.isdisjoint((*entry.related, entry.nearest)) for entry in story.entries.values())
        and all(removed.isdisjoint(expected.entries) for expected in story.expected)
    )
