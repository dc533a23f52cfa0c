"""Edits of entries change the fields they mean, and everything else stays byte for byte."""

from difflib import unified_diff
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.errors import EditError
from bot.story import loader, yaml_ast, yaml_edit
from bot.story.entry import Entry, FieldValue
from tests.support.small_story import small_story_files

ROOT = Path(__file__).parents[2]
COMMENTED = b"""\
# The keeper, by hand.
- id: keeper-left   # why she left
  question: When did Ada Quill leave the lighthouse?
  answer: >-
    She left it on Friday evening, and was
    "quite tired".
  # the paragraph
  cites: [1]
  standing: reported
  phrasings: [what day did the keeper quit, when did she walk away]

# The place.
- id: keeper-place
  question: Where is the lighthouse?
  answer: It stands at Brim.
  cites: [1]
  standing: reported
  phrasings:
    - in which town is the lighthouse
    # asked by sailors
    - where was the keeper working
# The end."""


def entries(data: bytes) -> dict[str, Entry]:
    """Return the entries of a file within the small story, without line numbers."""
    small = {name: text for name, text in small_story_files().items() if not name.startswith("qa/")}
    found = loader.parse_story(small | {"qa/keeper.yaml": data}).entries
    return {id: replace(entry, line=0) for id, entry in found.items()}


def diff(before: bytes, after: bytes) -> list[str]:
    """Return the removed (-) and added (+) lines."""
    lines = unified_diff(before.decode().splitlines(), after.decode().splitlines(), lineterm="", n=0)
    return [line for line in lines if line[0] in "+-" and not line.startswith(("+++", "---"))]


def test_an_added_phrasing_is_one_more_line() -> None:
    """In a list with one item per line, comments included."""
    after = yaml_edit.add_phrasing(COMMENTED, "keeper-place", "where's the light: 'Brim'?")
    assert diff(COMMENTED, after) == ["+    - 'where''s the light: ''Brim''?'"]
    assert entries(after)["keeper-place"].phrasings[-1] == "where's the light: 'Brim'?"


def test_a_phrasing_is_added_to_a_flow_sequence() -> None:
    """The list is rewritten with one item per line."""
    after = yaml_edit.add_phrasing(COMMENTED, "keeper-left", "her last day")
    assert entries(after)["keeper-left"].phrasings == (
        "what day did the keeper quit",
        "when did she walk away",
        "her last day",
    )
    assert len([line for line in diff(COMMENTED, after) if line.startswith("-")]) == 1


def test_list_items_that_stay_keep_their_lines() -> None:
    """With their quoting and the comments before them; a comment on a removed item stays."""
    kept = ["where was the keeper working", "a new one: first", "it's there"]
    after = yaml_edit.change_entry(COMMENTED, "keeper-place", {"phrasings": kept})
    assert diff(COMMENTED, after) == [
        "-    - in which town is the lighthouse",
        "+    - 'a new one: first'",
        "+    - 'it''s there'",
    ]
    assert entries(after)["keeper-place"].phrasings == tuple(kept)
    quoted = COMMENTED.replace(b"- where was the keeper working", b"- 'where was\n      the keeper working'")
    after = yaml_edit.change_entry(quoted, "keeper-place", {"phrasings": ["in front", *kept[:1]]})
    assert diff(quoted, after) == ["-    - in which town is the lighthouse", "+    - in front"]


def test_a_field_is_replaced_where_it_stands() -> None:
    """The comments of other fields stay."""
    after = yaml_edit.change_entry(COMMENTED, "keeper-place", {"answer": "Nobody says where: yes, nobody."})
    assert diff(COMMENTED, after) == [
        "-  answer: It stands at Brim.",
        "+  answer: 'Nobody says where: yes, nobody.'",
    ]
    again = yaml_edit.change_entry(after, "keeper-place", {"answer": "It stands at Brim."})
    assert again == COMMENTED


def test_a_field_is_added_and_removed() -> None:
    """An empty value removes the field."""
    related = yaml_edit.change_entry(COMMENTED, "keeper-place", {"related": ["keeper-left"]})
    assert diff(COMMENTED, related) == ["+  related: [keeper-left]"]
    assert entries(related)["keeper-place"].related == ("keeper-left",)
    assert yaml_edit.change_entry(related, "keeper-place", {"related": []}) == COMMENTED


def test_an_entry_is_added_and_removed() -> None:
    """It goes to the end of the file; removing it restores the file."""
    fields: dict[str, FieldValue] = {
        "id": "lamp-price",
        "question": "What is the lamp worth?",
        "answer": "Forty crowns. " * 20,
        "cites": [1],
        "standing": "reported",
        "phrasings": ["price of the lamp", "yes", "12", "#1 lamp"],
    }
    after = yaml_edit.add_entry(COMMENTED, fields)
    assert after.startswith(COMMENTED + b"\n")
    added = entries(after)["lamp-price"]
    assert (added.answer, added.phrasings) == (
        ("Forty crowns. " * 20).strip(),
        ("price of the lamp", "yes", "12", "#1 lamp"),
    )
    assert yaml_edit.remove_entry(after, "lamp-price") == COMMENTED + b"\n"
    assert b"keeper-left" not in yaml_edit.remove_entry(COMMENTED, "keeper-left")
    assert yaml_edit.add_entry(b"", fields).startswith(b"- id: lamp-price\n")


@pytest.mark.parametrize(
    ("data", "id", "sentence"),
    [
        (COMMENTED, "nobody", "there is no entry 'nobody' in this file"),
        (b"- {id: x, question: y}\n", "x", "the entry x is not written with one key per line; change it in an editor"),
        (b"- id: [", "x", "line 2: this is not valid YAML"),
    ],
)
def test_an_impossible_edit_is_refused(data: bytes, id: str, sentence: str) -> None:
    """With a sentence, not a guess."""
    with pytest.raises(EditError) as raised:
        yaml_edit.change_entry(data, id, {"answer": "x"})
    assert str(raised.value).startswith(sentence)


def test_an_id_can_not_be_changed() -> None:
    """Old cards know the entry by it."""
    with pytest.raises(EditError, match="An entry keeps its id"):
        yaml_edit.change_entry(COMMENTED, "keeper-left", {"id": "other"})


def test_generated_ids_are_valid_and_not_taken() -> None:
    """They are made of the question's words."""
    assert yaml_edit.generate_id("Where's the Lamp, today?", {}) == "where-s-the-lamp-today"
    assert yaml_edit.generate_id("Où?", {"entry": 1, "ou": 1}) == "ou-2"
    assert yaml_edit.generate_id("???", {"entry": 1}) == "entry-2"


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_phrasing_is_read_back_as_it_was_typed(typed: str) -> None:
    """Whatever type YAML would give it unquoted."""
    after = yaml_edit.add_phrasing(COMMENTED, "keeper-place", f"{typed} x")
    assert entries(after)["keeper-place"].phrasings[-1] == " ".join(f"{typed} x".split())


@pytest.mark.parametrize("path", sorted((ROOT / "knowledge" / "qa").glob("*.yaml")), ids=lambda path: path.stem)
def test_entries_of_the_real_base_can_be_edited(path: Path) -> None:
    """In every file, a phrasing can be added and an entry removed."""
    data = path.read_bytes()
    root = yaml_ast.parse(data)
    assert isinstance(root, yaml_ast.Sequence)
    for item in root.items[::4]:
        assert isinstance(item, yaml_ast.Mapping)
        id = next(value.text for key, value in item.pairs if key.text == "id" and isinstance(value, yaml_ast.Scalar))
        more = yaml_edit.add_phrasing(data, id, "some entirely new words")
        assert b"some entirely new words" in more
        without = yaml_edit.remove_entry(data, id)
        assert f"- id: {id}\n".encode() not in without
        assert len(without.splitlines()) < len(data.splitlines())
