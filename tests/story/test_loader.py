"""Loading a base: every mistake is reported with its file, its line and what would be accepted."""

import pytest

from bot.errors import StoryError
from bot.story import loader
from bot.story.base_files import MAX_FILE_BYTES
from tests.support.small_story import small_story, small_story_files


def load_problems(changed: dict[str, bytes]) -> list[str]:
    with pytest.raises(StoryError) as caught:
        loader.parse_story(changed)
    return [str(problem) for problem in caught.value.problems]


def load_edited(name: str, old: str, new: str) -> list[str]:
    base = small_story_files()
    assert old in base[name].decode()
    base[name] = base[name].decode().replace(old, new, 1).encode()
    return load_problems(base)


def test_a_good_base_reads_whole() -> None:
    """Every record of every file arrives, with its references."""
    story = small_story()
    assert list(story.entries) == ["keeper-left", "keeper-place", "keeper-age", "lamp-taken", "lamp-denied"]
    assert story.entries["lamp-taken"].claim == "took-lamp"
    assert story.claims["took-lamp"].developments == ("lamp-found",)
    assert story.entries_citing[2] == ("lamp-taken", "lamp-denied")


def test_a_link_opens_at_the_paragraph() -> None:
    """A citation's address carries the first and last words as a text fragment."""
    assert small_story().paragraph_url(1) == (
        "https://quay.example/harbour-light#:~:text=Keeper%20Ada%20Quill,on%20Friday%20evening."
    )


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        (
            "qa/keeper.yaml",
            "  standing: reported\n  related",
            "  standing: reported\n  colour: red\n  related",
            "qa/keeper.yaml:6: an entry has no key 'colour'; the keys are answer, by, cites, claim, closest, developments, "
            "id, label, nearest, phrasings, question, related, standing, translations, waivers",
        ),
        (
            "qa/keeper.yaml",
            "cites: [1]",
            "cites: [7]",
            "qa/keeper.yaml:4: there is no paragraph 7; 'cites' can have 1 to 2",
        ),
        (
            "qa/keeper.yaml",
            "answer: It stands at Brim.",
            "answer: yes",
            "qa/keeper.yaml:12: 'answer' must be text, but YAML reads yes as yes or no; put it in quotes",
        ),
        (
            "qa/keeper.yaml",
            "- age of the keeper",
            "- 2021-02-01",
            "qa/keeper.yaml:25: item 1 of 'phrasings' must be text, but YAML reads 2021-02-01 as a date; put it in quotes",
        ),
        (
            "qa/keeper.yaml",
            "answer: It stands at Brim.",
            f"answer: {'a' * 1300}",
            "qa/keeper.yaml:12: 'answer' is 100 characters too long; at most 1,200 fit",
        ),
        (
            "qa/keeper.yaml",
            "id: keeper-place",
            "id: keeper-left",
            "qa/keeper.yaml:10: the id 'keeper-left' is already used (line 1); choose another",
        ),
        (
            "qa/lamp.yaml",
            "id: lamp-denied",
            "id: keeper-left",
            "qa/lamp.yaml:11: the id 'keeper-left' is already used (qa/keeper.yaml:1); choose another",
        ),
        (
            "qa/lamp.yaml",
            "  claim: took-lamp\n",
            "",
            "qa/lamp.yaml:1: an entry has no 'claim'; add 'claim: some-id'",
        ),
        (
            "qa/lamp.yaml",
            "claim: took-lamp",
            "claim: took-lmap",
            "qa/lamp.yaml:7: 'claim' names the claim 'took-lmap', which does not exist; did you mean 'took-lamp'?",
        ),
        (
            "qa/lamp.yaml",
            "standing: denied",
            "standing: true",
            "qa/lamp.yaml:15: 'standing' must be text, but YAML reads true as yes or no; put it in quotes",
        ),
        (
            "qa/lamp.yaml",
            "standing: denied",
            "standing: rumoured",
            "qa/lamp.yaml:15: 'standing: rumoured' is not possible; use one of reported, alleged, denied, said, assumed, not_covered",
        ),
        (
            "qa/keeper.yaml",
            "  answer: It stands at Brim.\n",
            "  answer: It stands at Brim.\n  answer: Here.\n",
            "qa/keeper.yaml:13: 'answer' appears twice in an entry; keep one",
        ),
        (
            "qa/keeper.yaml",
            "answer: It stands at Brim.",
            "answer: Well: it stands at Brim.",
            "qa/keeper.yaml:12: this is not valid YAML: text that contains a colon and a space must be in quotes",
        ),
        (
            "developments.yaml",
            "date: 2020-06-01",
            "date: last June",
            "developments.yaml:2: 'date: last June' is no date; write it as in 2023-05-23, 2023-05 or 2023",
        ),
        (
            "developments.yaml",
            "url: https://quay.example/lamp-found",
            "url: javascript:alert(1)",
            "developments.yaml:5: 'url: javascript:alert(1)' is no web address; it must start with https://",
        ),
        (
            "story.yaml",
            "language: en",
            "language: en\nwrong_share: 2",
            "story.yaml:6: 'wrong_share' must be a number above 0 and at most 0.5, as in 'wrong_share: 0.02'",
        ),
    ],
)
def test_each_mistake_has_its_sentence(name: str, old: str, new: str, sentence: str) -> None:
    """The sentence says where it is, what is wrong and what to write instead."""
    assert sentence in load_edited(name, old, new)


def test_all_problems_of_all_files_come_at_once() -> None:
    """One load reports the mistakes of every file."""
    base = small_story_files()
    base["people.yaml"] = base["people.yaml"].replace(b"kind: place", b"kind: planet")
    base["claims.yaml"] = base["claims.yaml"].replace(b"cites: [2]", b"cites: [two]", 1)
    base["qa/lamp.yaml"] = base["qa/lamp.yaml"].replace(b"answer: Ada Quill denies it.", b"answer:")
    assert [line.split(":")[0] for line in load_problems(base)] == ["claims.yaml", "people.yaml", "qa/lamp.yaml"]


@pytest.mark.parametrize("name", ["qa/lamp.yaml", "story.yaml", "people.yaml"])
def test_a_file_that_cannot_be_read_is_the_only_thing_told(name: str) -> None:
    """Not that all records which other files name, and which stand in it, don't exist."""
    problems = load_problems(small_story_files() | {name: b"- id: ["})
    assert [problem.split(": ")[1] for problem in problems] == ["this is not valid YAML"]


def test_missing_files_are_named() -> None:
    """A base without its required files says which are missing."""
    assert load_problems({}) == [
        "qa/….yaml: this file is missing; it holds the entries",
        "story.yaml: this file is missing; it holds the title and the paragraphs",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            b"- !!python/object/apply:os.system [id]",
            "the tag tag:yaml.org,2002:python/object/apply:os.system is not allowed",
        ),
        (b"a: &x [1]\nb: *x", "the anchor &x is not allowed"),
        (b"- *x", "the alias *x is not allowed"),
        (b"[" * 40 + b"]" * 40, "values are nested more than 12 levels deep"),
        (b"[" * 100_000, "nest"),  # some builds of libyaml have a limit of their own
        (b"x" * (MAX_FILE_BYTES + 1), "the file is larger than 2 MB"),
        (b"- a\n---\n- b", "the file contains a second document"),
        (b"\xff\xfe\x00", "this is not UTF-8 text"),
        (b"[a, b]: c", "a key must be a plain word"),
        (b'- a: "b\n  c: d\n', ":1: this is not valid YAML: the quotation mark that opens here is never closed"),
        (b"", "the file is empty"),
    ],
    ids=["tag", "anchor", "alias", "deep", "bomb", "huge", "documents", "binary", "complex-key", "quote", "empty"],
)
def test_hostile_yaml_is_refused(text: bytes, sentence: str) -> None:
    """Tags, aliases, deep nesting, large files and rubbish are refused, not acted on."""
    lines = load_problems(small_story_files() | {"qa/lamp.yaml": text})
    assert any(line.startswith("qa/lamp.yaml") and sentence in line for line in lines), lines
