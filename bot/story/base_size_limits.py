"""How much a base may hold, checked before any record is read: a hostile base must not keep a processor busy for minutes.

The limits are several times what a thoroughly covered story has.
"""

from collections import Counter
from collections.abc import Mapping

from bot.errors import Problem
from bot.story import yaml_ast
from bot.story.base_files import ENTRIES_FOLDER
from bot.story.models import Story

MAX_PEOPLE = 2_000
MAX_PARAGRAPHS = 1_000
MAX_RECORDS = {
    "people.yaml": (MAX_PEOPLE, "people"),
    "developments.yaml": (500, "developments"),
    "claims.yaml": (500, "claims"),
    "summaries.yaml": (200, "summaries"),
    "timeline.yaml": (500, "events"),
    "glossary.yaml": (500, "terms"),
    "expected.yaml": (5_000, "expected replies"),
    "vocabulary.yaml": (5_000, "concepts"),
    ENTRIES_FOLDER: (4_000, "entries"),
}
"""Most records, and what they are, by the file that holds them."""
MAX_VALUES = {
    ("story.yaml", "paragraphs"): (MAX_PARAGRAPHS, "paragraphs"),
    ("people.yaml", "aliases"): (20_000, "aliases"),
    ("vocabulary.yaml", ""): (20_000, "words"),
    (ENTRIES_FOLDER, "phrasings"): (80_000, "phrasings"),
}
"""Most items of all lists under a key together, by file and key; of all keys for no key."""
Counts = Counter[tuple[str, str]]
"""By file and key, as in `MAX_VALUES`; the number of records under the key '*'."""


def find_excess(files: Mapping[str, yaml_ast.Node | None], known: Story | None) -> list[Problem]:
    """Return a problem for each limit that these files, together with the records of `known`, go beyond."""
    counts = _count_nodes(files)
    if known is not None:
        counts += _count_records(known)
    limits = {(file, "*"): limit for file, limit in MAX_RECORDS.items()} | MAX_VALUES
    return [
        Problem(file, 0, f"the base has {counts[file, key]:,} {noun}; at most {maximum:,} fit, so remove some")
        for (file, key), (maximum, noun) in limits.items()
        if counts[file, key] > maximum
    ]


def _count_nodes(files: Mapping[str, yaml_ast.Node | None]) -> Counts:
    counts: Counts = Counter()
    for name, root in files.items():
        file = ENTRIES_FOLDER if name.startswith(ENTRIES_FOLDER) else name
        if isinstance(root, yaml_ast.Mapping):
            counts[file, "*"] += len(root.pairs)
        elif isinstance(root, yaml_ast.Sequence):
            counts[file, "*"] += len(root.items)
        for record in root.items if isinstance(root, yaml_ast.Sequence) else [root]:
            for key, value in record.pairs if isinstance(record, yaml_ast.Mapping) else ():
                if isinstance(value, yaml_ast.Sequence):
                    counts[file, "" if name == "vocabulary.yaml" else key.text] += len(value.items)
    return counts


def _count_records(story: Story) -> Counts:
    return Counter(
        {
            ("people.yaml", "*"): len(story.people),
            ("people.yaml", "aliases"): sum(len(person.aliases) for person in story.people.values()),
            ("developments.yaml", "*"): len(story.developments),
            ("claims.yaml", "*"): len(story.claims),
            ("summaries.yaml", "*"): len(story.summaries),
            ("timeline.yaml", "*"): len(story.events),
            ("expected.yaml", "*"): len(story.expected),
            ("vocabulary.yaml", "*"): len(story.concepts),
            ("vocabulary.yaml", ""): sum(map(len, story.concepts.values())),
            ("story.yaml", "paragraphs"): len(story.paragraphs),
            ("glossary.yaml", "*"): len(story.glossary),
            (ENTRIES_FOLDER, "*"): len(story.written_entries),
            (ENTRIES_FOLDER, "phrasings"): sum(len(entry.phrasings) for entry in story.written_entries),
        }
    )
