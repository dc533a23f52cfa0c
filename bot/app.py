"""The composition root: builds everything from settings and passes it in. Nothing else reads a file to get going."""

import json
from importlib.resources import files
from pathlib import Path

from bot.answering import Answerer
from bot.matching.matcher import Weights
from bot.story import reader
from bot.story.records import Story


def story(knowledge: Path) -> Story:
    """The story in `knowledge`. Raises StoryError."""
    return reader.read(knowledge)


def answerer(knowledge: Path) -> Answerer:
    """What answers from the base in `knowledge`. Raises StoryError."""
    return Answerer(story(knowledge), weights())


def weights() -> Weights:
    """The fitted weights, shipped beside the matcher."""
    return Weights(**json.loads(files("bot.matching").joinpath("weights.json").read_text("utf-8")))


def run_discord(config_file: Path, knowledge: Path | None) -> int:
    """Runs the Discord bot until it is told to stop. Raises ConfigError, StoryError or StartError."""
    raise NotImplementedError
