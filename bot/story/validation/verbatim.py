"""Nothing in a base is copied from the article: no ten of its words in a row, except in quotation marks."""

import re
from collections.abc import Iterator, Mapping

from bot.errors import Problem
from bot.story.models import Story
from bot.story.validation.attribution import QUOTED, all_points, entry_problem

RUN = 10
"""Words in a row from which a text counts as copied."""
_SHOWN = 100
"""Characters of a copied text that a message shows."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


def find_copied_texts(story: Story, texts: Mapping[int, str]) -> Iterator[Problem]:
    """Yield a problem for each answer, closest text, gist, role and line that has ten words of the article in a row."""
    copied = _Copied(texts)
    for entry in story.written_entries:
        for what, text in (("the answer", entry.answer), ("'closest'", entry.closest)):
            if run := copied.find(text):
                yield entry_problem(
                    entry, f"{what} {_sentence(run)}, or waive '{' '.join(run.split()[:3])}' with a reason", run
                )
    others = [(p.gist, "story.yaml", 0, f"the gist of paragraph {p.number}") for p in story.paragraphs.values()]
    others += [(p.role, "people.yaml", 0, f"the role of {p.id}") for p in story.people.values()]
    others += [(term.text, term.file, term.line, "the text") for term in story.glossary]
    others += [(claim.text, "claims.yaml", 0, f"the text of {claim.id}") for claim in story.claims.values()]
    others += [(point.text, point.file, point.line, "this") for point in all_points(story)]
    for text, file, line, what in others:
        if run := copied.find(text):
            yield Problem(file, line, f"{what} {_sentence(run)}")


class _Copied:
    """The runs of words that the article has."""

    def __init__(self, texts: Mapping[int, str]) -> None:
        self._runs = {run for text in texts.values() for run, _ in _runs(text)}

    def find(self, text: str) -> str:
        """Return the first part of a text, outside quotation marks, that is copied; nothing if there is none."""
        for part in QUOTED.split(text)[::2]:
            starts = [span for run, span in _runs(part) if run in self._runs]
            if starts:
                return part[starts[0][0] : starts[0][1]]
        return ""


def _runs(text: str) -> Iterator[tuple[tuple[str, ...], tuple[int, int]]]:
    """Yield each run of `RUN` words, in lower case, and where it stands in the text."""
    matches = list(_WORD.finditer(text))
    words = [match[0].casefold().replace("’", "'") for match in matches]
    for i in range(len(words) - RUN + 1):
        yield tuple(words[i : i + RUN]), (matches[i].start(), matches[i + RUN - 1].end())


def _sentence(run: str) -> str:
    return f"has {RUN} words of the article in a row ('{run[:_SHOWN]}'); say it in your own words, or quote it"


RULES = (find_copied_texts,)
