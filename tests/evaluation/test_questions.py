"""Loading labelled questions, and the manifest of those of this repository."""

import re
from pathlib import Path

import pytest

from bot.evaluation.questions import QuestionsError, load_manifest, load_questions

MANIFEST = Path(__file__).parents[1] / "questions" / "manifest.yaml"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: 1", "q.yaml: Object contains unknown field `a`"),
        ("text", "q.yaml: it has to be a list of questions"),
        ("- {id: x1, q: y}", "q.yaml: question 1: Object missing required field `kind`"),
        ("- {id: x1, q: y, kind: odd, paragraphs: []}", "q.yaml: question 1: Invalid enum value 'odd' - at `$.kind`"),
        ("- {id: x1, q: y, kind: offtopic, paragraphs: [], must: ['(']}", "question 1: must holds a broken pattern"),
        ("- {id: '', q: y, kind: offtopic, paragraphs: []}", "question 1: Expected `str` of length >= 1 - at `$.id`"),
        (
            "- {id: x1, q: y, kind: offtopic, paragraphs: 5}",
            "question 1: Expected `array`, got `str` - at `$.paragraphs`",
        ),
        ("- {id: x1, q: y, kind: offtopic, paragraphs: [{}]}", "question 1: Expected `int`, got `object`"),
        ("- {id: x1, q: y, kind: offtopic, paragraphs: [a, 1]}", "question 1: Expected `int`, got `str`"),
        (f"- {{id: x1, q: y, kind: offtopic, paragraphs: [{'7' * 5000}]}}", "question 1: Integer value out of range"),
        ("- {id: x1, q: y, kind: offtopic, paragraphs: [], must: 5}", "question 1: Expected `array | null`, got `str`"),
        (
            "- {id: x1, q: y, kind: offtopic, paragraphs: [], must: ['a{99999999999999999999}']}",
            "question 1: must holds a broken pattern: the repetition number is too large",
        ),
        (
            f"- {{id: x1, q: y, kind: offtopic, paragraphs: [], must: ['{'(' * 2000}{')' * 2000}']}}",
            "question 1: must holds a pattern that is nested too deeply",
        ),
        ("- {id: x1, q: !!int x}", "q.yaml:1: the tag tag:yaml.org,2002:int is not allowed"),
        ("[" * 20_000, "q.yaml:1: values are nested more than 12 levels deep"),
        ("- &a {id: x1}\n- *a", "q.yaml:1: the anchor &a is not allowed"),
        (
            'files: [{file: "", writer: x, style: s, use: unseen}]',
            "is no file beside the manifest; write only the file's name",
        ),
        (
            "files: [{file: /etc/x, writer: x, style: s, use: unseen}]",
            "is no file beside the manifest; write only the file's name",
        ),
        ("files: [{file: .., writer: x, style: s, use: unseen}]", "..: it cannot be read: Is a directory"),
        (
            'files: [{file: "a\\0b", writer: x, style: s, use: unseen}]',
            "is no file beside the manifest; write only the file's name",
        ),
        ("\n[", "q.yaml:3: this is not valid YAML"),
        ("files: [{file: x.yaml, writer: x, style: s, use: odd}]", "q.yaml: Invalid enum value 'odd'"),
        ("files: [{file: x.yaml, writer: x, style: s, use: unseen}]", "x.yaml: it cannot be read: No such file"),
    ],
)
def test_broken_file_of_questions_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    """The error names the file, the question and what is wrong with it."""
    path = tmp_path / "q.yaml"
    path.write_text(text)
    with pytest.raises(QuestionsError, match=re.escape(sentence)):
        load_questions(path)


def test_manifest_lists_every_file() -> None:
    """A new file of questions has to be given a writer and a use."""
    listed = [file.file for file in load_manifest(MANIFEST)]
    assert sorted(listed) == sorted(path.name for path in MANIFEST.parent.glob("*.yaml") if path != MANIFEST)


def test_ids_start_with_the_letter_of_their_writer() -> None:
    """Whoever judges by leaving out one writer at a time relies on that."""
    files = load_manifest(MANIFEST)
    writers = {file.file: file.writer for file in files}
    assert len(set(writers.values())) == len(files)
    questions = load_questions(MANIFEST)
    assert [q.id for q in questions if q.writer != writers[q.file]] == []
    assert len({q.id for q in questions}) == len(questions)


def test_questions_of_one_use() -> None:
    """Each question knows what its file may be used for."""
    questions = load_questions(MANIFEST, "fitting")
    assert {question.writer for question in questions} == set("OPQRST")
    assert {question.use for question in questions} == {"fitting"}
    assert len(load_questions(MANIFEST)) == 5740


def test_the_example_of_the_readme_is_a_file_of_questions(tmp_path: Path) -> None:
    """Whoever copies it has something that `eval` takes."""
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    example = readme[readme.index("    - id: A1") : readme.index("\nLet somebody write them")]
    (tmp_path / "mine.yaml").write_text(example, "utf-8")
    questions = load_questions(tmp_path / "mine.yaml")
    assert [question.kind for question in questions] == ["answerable", "unanswerable", "false_premise", "offtopic"]
    assert questions[1].context == (questions[0].text,)
