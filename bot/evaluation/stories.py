"""Judge the bot on a manifest of stories: each with its own base, questions, and threshold.

The weights rest on this repository's own story alone, so that every other story is one which they have not seen.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from bot.answering.answerer import Answerer
from bot.answering.matcher_input import build_index
from bot.errors import PilcrowError
from bot.evaluation.fit import remove_phrasings
from bot.evaluation.metrics import Figures, compute_figures, judge_replies
from bot.evaluation.questions import Question, Use, load_questions, load_yaml
from bot.evaluation.thinning import thin
from bot.matching.calibration import calibrate
from bot.matching.weights import load_weights
from bot.story import loader
from bot.story.models import Story

SEED = 1
"""Every run keeps the same phrasings of a thinned story."""


class StoriesError(PilcrowError):
    """A manifest of stories cannot be read; the message names the file and what is wrong with it."""


class ListedStory(Struct, frozen=True, forbid_unknown_fields=True):
    """A story of a manifest; what its keys mean is explained in `tests/stories/manifest.yaml`."""

    name: str
    knowledge: str
    questions: str
    phrasings: Annotated[int, Meta(ge=1)] | None = None
    judge: tuple[Use, ...] = ()


class LoadedStory(Struct, frozen=True):
    """A story with the questions to judge it by."""

    listed: ListedStory
    story: Story
    questions: tuple[Question, ...]


class _Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    stories: tuple[ListedStory, ...]


def load_stories(path: Path, questions: Path | None) -> list[LoadedStory]:
    """Load the stories of a manifest whose questions are there. Raise StoriesError, QuestionsError, StoryError.

    questions: a further folder in which files of questions may be.
    """
    try:
        listed = msgspec.convert(load_yaml(path), _Manifest, strict=False).stories
    except msgspec.ValidationError as error:
        raise StoriesError(f"{path}: {error}") from error
    folders = [path.parent, *([questions] if questions else [])]
    loaded = []
    for one in listed:
        file = next((folder / one.questions for folder in folders if (folder / one.questions).is_file()), None)
        if file is not None:
            asked = tuple(q for q in load_questions(file) if not one.judge or q.use in one.judge)
            loaded.append(LoadedStory(one, loader.load_story(path.parent / one.knowledge), asked))
    if not loaded:
        raise StoriesError(
            f"{path}: no story has its questions there; name the folder they are in with --questions DIR"
        )
    return loaded


def judge_story(loaded: LoadedStory) -> Figures:
    """Return the figures of a story, thinned where the manifest says so, with a threshold of its own."""
    story = remove_phrasings(loaded.story, {question.text for question in loaded.questions})
    if loaded.listed.phrasings:
        story = thin(story, loaded.listed.phrasings, SEED)
    return compute_figures(judge_replies(loaded.questions, _answerer(story)))


def judge_stories(stories: Sequence[LoadedStory]) -> dict[str, Figures]:
    """Return the figures of each story by its name."""
    return {loaded.listed.name: judge_story(loaded) for loaded in stories}


def _answerer(story: Story) -> Answerer:
    index, weights = build_index(story), load_weights()
    ids = [entry.id for entry in story.written_entries]
    return Answerer(story, calibrate(index, weights, ids, story.wrong_share).applied(weights), index)
