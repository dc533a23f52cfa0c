"""Loading labelled questions."""

import re
from pathlib import Path

import pytest

from bot.evaluation.questions import QuestionsError, load_questions


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: 1", "q.yaml: it has to be a list of questions"),
        ("- {id: x1, q: y}", "q.yaml: question 1: Object missing required field `kind`"),
        ("- {id: x1, q: y, kind: odd, paragraphs: []}", "q.yaml: question 1: Invalid enum value 'odd' - at `$.kind`"),
        ("- {id: x1, q: y, kind: offtopic, paragraphs: [], must: ['(']}", "question 1: must holds a broken pattern"),
        ("\n[", "q.yaml:3: this is not valid YAML"),
    ],
)
def test_broken_file_of_questions_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    """The error names the file, the question and what is wrong with it."""
    path = tmp_path / "q.yaml"
    path.write_text(text)
    with pytest.raises(QuestionsError, match=re.escape(sentence)):
        load_questions(path)
