"""Fuzzing of the base: any file is a story or a list of problems, and an edit changes exactly what it should or is refused."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from bot.errors import EditError, Problem, StoryError
from bot.story import loader, mapping_reader, yaml_ast, yaml_edit
from bot.story.entry import Entry, FieldValue
from bot.story.repository import FileSnapshot, Repository
from tests.support.fuzzing import fewer, malformed_yaml, quoted, written
from tests.support.small_story import small_story_files

NAMES = sorted(small_story_files())


def load_entries(changed: dict[str, bytes]) -> dict[str, Entry]:
    """Return the entries without line numbers, which move when something before them changes."""
    return {id: replace(entry, line=0) for id, entry in loader.parse_story(changed).entries.items()}


def check_load(changed: dict[str, bytes]) -> None:
    """Assert that this is a story, or has problems with a sentence and a line that exists in the file."""
    problems: list[Problem] = []
    try:
        loader.parse_story(changed)
    except StoryError as error:
        problems = error.problems or [Problem("", -1, "")]
    lines = {name: len(data.decode("utf-8", "replace").splitlines()) for name, data in changed.items()}
    assert all(problem.sentence and 0 <= problem.line <= lines.get(problem.file, 0) + 1 for problem in problems)


@given(st.sampled_from(NAMES), malformed_yaml())
def test_any_bytes_in_place_of_a_file_are_loaded_or_refused(name: str, data: bytes) -> None:
    """No other error is raised."""
    check_load(small_story_files() | {name: data})


@given(st.sampled_from(NAMES), st.data())
def test_any_bytes_within_a_file_are_loaded_or_refused(name: str, data: st.DataObject) -> None:
    """Inserted, or in place of some of it."""
    whole = small_story_files()[name]
    at = data.draw(st.integers(0, len(whole)))
    gone = data.draw(st.integers(0, 40))
    check_load(small_story_files() | {name: whole[:at] + data.draw(malformed_yaml()) + whole[at + gone :]})


@given(st.sampled_from(NAMES), st.integers(1, 400), st.integers(1, 400))
def test_swapped_lines_are_loaded_or_refused(name: str, one: int, other: int) -> None:
    """Swapped lines occur after a bad merge."""
    lines = small_story_files()[name].splitlines(keepends=True)
    one, other = one % len(lines), other % len(lines)
    lines[one], lines[other] = lines[other], lines[one]
    check_load(small_story_files() | {name: b"".join(lines)})


@pytest.mark.parametrize(
    "data",
    [
        b"number: " + b"1" * 5_000,
        b"paragraphs: [{number: " + b"1" * 5_000 + b"}]",
        "paragraphs: [{number: 1٢}]".encode(),
        b"a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]",
        b"<<: {a: b}",
        b"? [a]\n: b",
        b"- " * 60_000,
        b"a:\n" * 20_000,
        b"{a: " * 11 + b"x",
        b'"' + b"x" * 1_900_000,
        b"- x\n" * 40_000,
        b"- id: x\n  related: [" + b"y, " * 20_000 + b"y]\n  cites: [" + b"7, " * 10_000 + b"7]\n",
        b"- id: x\n  question: " + b"a " * 900_000 + b"\n",
        "- id: x\r\n  question: y\r\n".encode("utf-16"),
        b"\x00" * 100,
        b"%TAG ! tag:x,2000:\n---\n!x y",
        b"\xef\xbb\xbf\xef\xbb\xbf- id: x",
    ],
    ids=lambda data: repr(data[:20]),
)
@pytest.mark.parametrize("name", ["story.yaml", "qa/lamp.yaml"])
def test_yaml_bombs_are_refused(name: str, data: bytes) -> None:
    """Large numbers, aliases, deep nesting, many or long values and other encodings are reported as problems."""
    check_load(small_story_files() | {name: data})


COMMENTS = st.sampled_from(("", "# by hand\n", "\n", "\n\n", "  # inside\n", "    # deep\n"))
ENDS = st.sampled_from(("\n", "\r\n"))


@st.composite
def blocks(draw: st.DrawFn, key: str, text: str, indent: str) -> str:
    """Generate `key: text` in one of the ways in which people write it."""
    words = text.split(" ")
    cut = draw(st.integers(0, len(words) - 1))
    first, rest = " ".join(words[:cut]), " ".join(words[cut:])
    single = "'" + text.replace("'", "''") + "'"
    head = f"{key} " if key else ""
    ways = [
        f"{head}{quoted(text)}",
        f"{head}{quoted(text)}  # so it is",
        f"{head}{single}",
        f"{head}>-\n{indent}{first or rest}\n" + (f"{indent}{rest}" if first else ""),
        f"{head}|\n\n{indent}{text}\n",
        f"{head}'{first.replace(chr(39), chr(39) * 2)}\n\n{indent}{rest.replace(chr(39), chr(39) * 2)}'",
    ]
    return draw(st.sampled_from(ways)).rstrip("\n") + "\n"


@st.composite
def qa_files(draw: st.DrawFn) -> bytes:
    """Generate a hand-written file of entries: comments, gaps, block and flow style, with and without a final newline."""
    parts = [draw(COMMENTS).replace("  ", "")]
    for number in range(draw(st.integers(1, 3))):
        start = "- id:  " if draw(st.booleans()) else "- id: "
        texts = [draw(written(60)) for _ in range(4)]
        entry = [f"{start}entry-{number}\n", draw(COMMENTS)]
        middle = [
            "  " + draw(blocks("question:", texts[0], "      ")) + draw(COMMENTS),
            "  " + draw(blocks("answer:", texts[1], "     ")) + draw(COMMENTS),
            "  cites: [1]\n" if draw(st.booleans()) else "  cites:\n  - 1\n",
            "  standing: reported\n",
        ]
        dash = draw(st.sampled_from(("  - ", "    - ", "      -   ")))
        listed = (
            dash
            + draw(blocks("", texts[2], " " * 12))
            + draw(COMMENTS)
            + dash
            + draw(blocks("", texts[3] + " b", " " * 12))
        )
        flow = f"[{quoted(texts[2])},\n    {quoted(texts[3] + ' b')}]\n"
        middle.append(
            draw(st.sampled_from((f"  phrasings:\n{listed}", f"  phrasings: {flow}", "  phrasings: []\n", "")))
        )
        parts += [*entry, *draw(st.permutations(middle)), draw(COMMENTS).replace("  ", "")]
    text = "".join(parts)
    text = text if draw(st.booleans()) else text.rstrip("\n")
    return draw(st.sampled_from((b"", b"", b"\xef\xbb\xbf"))) + text.replace("\n", draw(ENDS)).encode()


def base_with(data: bytes) -> dict[str, bytes]:
    """Return the small story with these entries only."""
    return {name: text for name, text in small_story_files().items() if not name.startswith("qa/")} | {
        "qa/x.yaml": data
    }


def comments(data: bytes) -> list[str]:
    """Return the comment lines."""
    return [line for line in data.decode("utf-8-sig").splitlines() if line.strip() in ("# by hand", "# inside")]


def valid_entries(data: bytes, id: str | None = None) -> dict[str, Entry]:
    """Return the entries of a file; reject the example if it can't be loaded or lacks the entry."""
    try:
        found = load_entries(base_with(data))
    except StoryError:
        reject()
    assume(id is None or id in found)
    return found


def try_edit(change: Callable[[], bytes]) -> bytes:
    """Return the edited file; reject the example if the edit is refused."""
    try:
        return change()
    except EditError:
        reject()


def check_edit(before: dict[str, Entry], id: str, after: bytes, expected: dict[str, object]) -> None:
    """Assert that only the expected fields of the entry have changed."""
    now = load_entries(base_with(after))
    assert {other: asdict(entry) for other, entry in now.items()} == {
        other: asdict(entry) | (expected if other == id else {}) for other, entry in before.items()
    }


@given(qa_files(), written(200), st.integers(0, 2))
def test_a_phrasing_is_added_to_any_file(data: bytes, phrasing: str, number: int) -> None:
    """It is read back as written, and nothing else changes."""
    id = f"entry-{number}"
    before = valid_entries(data, id)
    assume(phrasing.casefold() not in [one.casefold() for one in before[id].phrasings])
    after = try_edit(lambda: yaml_edit.add_phrasing(data, id, phrasing))
    check_edit(before, id, after, {"phrasings": (*before[id].phrasings, phrasing)})


@given(qa_files(), st.sampled_from(("question", "answer")), written(200), st.integers(0, 2))
def test_a_field_is_changed_in_any_file(data: bytes, key: str, text: str, number: int) -> None:
    """It is read back as written, nothing else changes, and comments stay."""
    id = f"entry-{number}"
    before = valid_entries(data, id)
    after = try_edit(lambda: yaml_edit.change_entry(data, id, {key: text}))
    check_edit(before, id, after, {key: text})
    assert comments(data) == comments(after)


@given(qa_files(), written(200), st.lists(written(60), max_size=3, unique_by=str.casefold))
def test_an_entry_is_added_to_any_file_and_removed(data: bytes, text: str, phrasings: list[str]) -> None:
    """Afterwards the file is the same but for a final newline."""
    before = valid_entries(data)
    new: dict[str, FieldValue] = {
        "id": "new-one",
        "question": text,
        "answer": text,
        "cites": [1],
        "standing": "reported",
    }
    after = try_edit(lambda: yaml_edit.add_entry(data, {**new, "phrasings": phrasings}))
    now = load_entries(base_with(after))
    assert {id: entry for id, entry in now.items() if id != "new-one"} == before
    assert (now["new-one"].question, now["new-one"].answer, now["new-one"].phrasings) == (text, text, tuple(phrasings))
    assert yaml_edit.remove_entry(after, "new-one").rstrip() == data.rstrip()


@given(qa_files(), st.integers(0, 2))
def test_an_entry_is_removed_from_any_file(data: bytes, number: int) -> None:
    """The other entries do not change."""
    id = f"entry-{number}"
    before = valid_entries(data, id)
    assume(len(before) > 1)
    now = load_entries(base_with(try_edit(lambda: yaml_edit.remove_entry(data, id))))
    assert now == {other: entry for other, entry in before.items() if other != id}


@fewer()
@given(st.dictionaries(st.sampled_from(NAMES), malformed_yaml(), max_size=3))
def test_a_published_change_is_loaded_or_nothing_is_changed(changes: dict[str, bytes]) -> None:
    """The repository accepts exactly the bytes that make a valid base."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        for name, data in small_story_files().items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(data)
        repository = Repository(folder)
        before = repository.load()
        try:
            after = repository.publish(changes, before.revision)
        except StoryError:
            assert repository.load() == before
        else:
            assert repository.load() == after == FileSnapshot.of(small_story_files() | changes)


@given(st.text())
def test_any_unknown_id_gets_a_suggestion_or_none(word: str) -> None:
    """The suggestion is the end of a sentence, or nothing."""
    assert mapping_reader.suggest(word, ["ada-quill", "tom-reed"])[:2] in ("", "; ")


@given(malformed_yaml())
def test_any_bytes_are_parsed_or_refused(data: bytes) -> None:
    """The YAML parser raises nothing but YamlError."""
    with contextlib.suppress(yaml_ast.YamlError):
        yaml_ast.parse(data)
