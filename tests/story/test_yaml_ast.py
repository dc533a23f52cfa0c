"""YAML that other readers refuse, so that a base is not one that only this program can read."""

import pytest
import yaml

from bot.story import yaml_ast


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        (
            "- phrasings: [a,\n    is it free?, b]\n",
            2,
            "other YAML readers refuse the question mark of 'is it free?' between brackets; put the text in quotes",
        ),
        (
            "{what: is it?, why: x}\n",
            1,
            "other YAML readers refuse the question mark of 'is it?' between brackets; put the text in quotes",
        ),
        ("k: a\tb\n", 1, "other YAML readers refuse the tab in 'a\tb'; write a blank, or put it in quotes"),
    ],
)
def test_what_other_readers_refuse_is_refused(text: str, line: int, sentence: str) -> None:
    """PyYAML's own reader raises for it; the message says what to write."""
    with pytest.raises(yaml.YAMLError):
        yaml.load(text, Loader=yaml.SafeLoader)
    with pytest.raises(yaml_ast.YamlError) as refused:
        yaml_ast.parse(text.encode())
    assert (refused.value.line, str(refused.value)) == (line, sentence)


@pytest.mark.parametrize(
    "text", ["k: is it free?\n", "- is it free?\n", "k: ['is it free?', \"a\\tb\"]\n", "k: >-\n  a\tb?\n"]
)
def test_question_marks_and_tabs_may_stand_elsewhere(text: str) -> None:
    """Outside brackets, and in quotes."""
    assert yaml.load(text, Loader=yaml.SafeLoader)
    assert yaml_ast.parse(text.encode()) is not None
