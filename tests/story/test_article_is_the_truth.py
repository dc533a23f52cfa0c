"""With the article's text at hand, what stands in the cited paragraph is right, whatever the records of story.yaml say.

Each case is one that authors of a first base met, told with other people and places.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from bot.story import loader
from bot.story.validation.article_match import find_mismatches
from bot.story.validation.rules import find_problems
from tests.support.article_base import OTHER, base_files


def check(text: str, answer: str, **entry: Any) -> list[str]:
    """Return what is found in a base whose records are empty, with the article's text at hand."""
    story = loader.parse_story(base_files(text, answer, **entry))
    problems = [*find_problems(story, {1: text, 2: OTHER}), *find_mismatches(story, ["News", text, OTHER])]
    return [str(problem) for problem in problems]


EIGHT = {"question": "How many gulls are there?", "label": "Gulls"}
PERSON = ({"id": "arn-w-holt", "name": "Arn W. Holt", "aliases": ["Holt", "Arn Wil Holt"]},)
BODY = ({"id": "holm-ferries", "name": "Holm Ferries Inc.", "kind": "body"},)
FIRST_WAR = ({"id": "first-harbour-war", "name": "First Harbour War", "kind": "document"},)
SOUND: tuple[tuple[str, str, str, Mapping[str, Any]], ...] = (
    ("a number word", "The eight gulls stayed.", "There were eight gulls.", {}),
    ("a figure for a word", "The eight gulls stayed.", "There were 8 gulls.", {}),
    ("a range in words", "It lasts five to ten years.", "It lasts between five and ten years.", {}),
    ("twice", "Kell left twice.", "Kell left the place twice.", {}),
    ("half", "About half of them left.", "Half of them left.", {}),
    ("a number word above twelve", "It took forty-two days.", "The trip took 42 days.", {}),
    ("a figure and its word", "About twenty boats came.", "About twenty (20) boats came.", {}),
    ("a number with its scale", "It cost 1.5 million crowns.", "It cost 1,500 thousand crowns.", {}),
    ("a decade of a year", "The mill of 1984 was small.", "The mill dates from the 1980s.", {}),
    ("the answer's number is a word", "Twelve gulls came.", "There were twelve gulls.", EIGHT),
    ("about twenty", "About twenty gulls came.", "There were about twenty gulls.", EIGHT),
    ("fifty percent", "Fifty percent of the gulls came.", "It was about fifty percent of them.", EIGHT),
    ("part of a quotation", 'She wrote "it is a long and a hard road".', 'It is "a hard road".', {}),
    (
        "no marks in the article",
        "The stone reads There shall be light for all.",
        'It reads "There shall be light".',
        {},
    ),
    ("a quotation with an omission", 'She wrote "it is a long and hard road".', 'It is "a long … road".', {}),
    ("a name in brackets", "It was called by another name (Skell) then.", "Its other name was Skell.", {}),
    ("a name within a quotation", 'The word means "Fellman, rover".', "The word means Fellman.", {}),
    ("a name in small letters", "They crossed the sound at night.", "They crossed the Sound at night.", {}),
    ("the plural", "A Fellist preacher came.", "He was one of the Fellists.", {}),
    ("the teaching", "They read Skellic books.", "They read about Skellism.", {}),
    ("the people of a land", "He fought on the Norlan coast.", "He fought in the Norlans.", {}),
    ("the land of a people", "The Tarnian navy came.", "The navy of Tarnia came.", {}),
    ("a possessive plural", "The Tarnians' navy came.", "The navy belonged to the Tarnians.", {}),
    ("an initial", "Arn Wil Holt left.", "It was Arn W. Holt who left.", {}),
    ("a name of a record with an initial", "Holt left.", "It was Arn W. Holt who left.", {"people": PERSON}),
    ("a full stop in a name", "Holm Ferries Inc sold it.", "It was sold by Holm Ferries Inc.", {"people": BODY}),
    ("part of a hyphenated name", "It used an ORL-compliant link.", "It was a link after ORL.", {}),
    ("a name with a dot", "The network speaks K.25 and no other.", "It speaks K.25.", {}),
    ("an abbreviation of letters", "The U.S. Navy came.", "It was the U.S. Navy.", {}),
    (
        "a title that opens a sentence",
        "The First Harbour War began.",
        "First they vote by voice.",
        {"people": FIRST_WAR},
    ),
    ("the month of May", "It opened on 12 May 1999.", "It opened on 12 May 1999.", {}),
    ("a word after a quotation mark", 'It says "There is hope".', 'It says: "There is hope". The end.', {}),
    ("argued", "It was said.", "The guild argued that the oil was theirs.", {"standing": "said"}),
    ("concluded", "It was said.", "A court concluded that it was so.", {"standing": "said"}),
    ("notes", "It was said.", "Who has seen it notes that it is dark.", {"standing": "said"}),
    ("asserted", "It was said.", "They asserted it.", {"standing": "said"}),
    ("pledged allegiance", "They swore allegiance.", "They swore allegiance to somebody.", {}),
    ("a thing that was supposed to happen", "It was supposed to close.", "It was supposed to close.", {}),
)


@pytest.mark.parametrize(("text", "answer", "entry"), [case[1:] for case in SOUND], ids=[case[0] for case in SOUND])
def test_what_the_paragraph_has_is_right(text: str, answer: str, entry: Mapping[str, Any]) -> None:
    """Nothing is found, though the records list none of it."""
    fields = dict(entry)
    if fields.get("standing") == "said":
        fields = {"people": ({"id": "guild", "name": "the guild", "cites": [2]},), "by": ["guild"], **fields}
    assert check(text, answer, **fields) == []


WAIVE = "or waive '{0}' with a reason"
WRONG: tuple[tuple[str, str, str, Mapping[str, Any], str], ...] = (
    ("another number", "Eight gulls stayed.", "There were nine gulls.", {}, "the answer mentions the number 'nine', which is not in ¶1; write it as in the paragraph, or waive 'nine' with a reason"),
    ("another paragraph's number", "Eight gulls stayed.", "There were four gulls.", {}, "the answer mentions the number 'four', which is not in ¶1; write it as in the paragraph, cite a paragraph that has it (¶2), or waive 'four' with a reason"),
    ("another scale", "It cost 15 million crowns.", "It cost 15 billion crowns.", {}, "the answer mentions the number '15 billion', which is not in ¶1; write it as in the paragraph, or waive '15 billion' with a reason"),
    ("another decade", "The mill of 1984 was small.", "The mill dates from the 1970s.", {}, "the answer mentions the number '1970s', which is not in ¶1; write it as in the paragraph, or waive '1970s' with a reason"),
    ("another paragraph's day", "It closed.", "It closed in June.", {}, "the answer mentions the day 'June', which is not in ¶1; write it as in the paragraph, cite a paragraph that has it (¶2), or waive 'June' with a reason"),
    ("another paragraph's name", "It closed.", "It closed at Holm.", {}, "the answer mentions the name 'Holm', which is not in ¶1; write it as in the paragraph, cite a paragraph that has it (¶2), or waive 'Holm' with a reason"),
    ("an invented name that opens the answer", "It closed.", "Zorbel closed it.", {}, "the answer mentions the name 'Zorbel', which is not in ¶1; write it as in the paragraph, or waive 'Zorbel' with a reason"),
    ("a land that only sounds like it", "The Austrian navy came.", "The Australian navy came.", {}, "the answer mentions the name 'Australian', which is not in ¶1; write it as in the paragraph, or waive 'Australian' with a reason"),
    ("an invented quotation", "It closed.", 'It closed "for good".', {}, "the answer quotes 'for good', which is not among the quotes of ¶1; write it as in the paragraph, or waive 'for good' with a reason"),
    ("a copied sentence", "The old mill at Skell was closed by its owner in the spring of 1984, to the grief of all.", "It was closed by its owner in the spring of 1984, to the grief of all.", {}, "the answer has 10 words of the article in a row ('was closed by its owner in the spring of 1984'); say it in your own words, or quote it, or waive 'was closed by' with a reason"),
    ("a number of something else", "It names 335 scholars of Holm. Of its pupils 62 are rich billionaires still alive.", "There are 335 rich billionaires still alive.", {}, "the answer has the number '335' where ¶1 seems to have '62'; compare them, and correct the answer or waive '335' with a reason"),
    ("years that run backwards", "She led it from 1869 to 1909.", "She led it from 1909 to 1869.", {}, "the years '1909 to 1869' run backwards; put the earlier one first, or waive '1909 to 1869' with a reason"),
    ("an accusation", "It closed.", "It closed, as the accused says.", {}, "the answer mentions an allegation ('accused') without its denial; add 'claim', say who denies it, or waive 'alleged' with a reason"),
    ("no attribution", "It closed.", "It closed in anger.", {"standing": "assumed"}, "the standing is 'assumed', but the first sentence does not say who says so; add it there, with 'says', 'argues', 'denies' or the like (a further verb: under 'say' in vocabulary.yaml)"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "answer", "entry", "sentence"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG]
)
def test_what_the_paragraph_lacks_is_found(text: str, answer: str, entry: Mapping[str, Any], sentence: str) -> None:
    """The message says what would be accepted."""
    assert check(text, answer, **entry) == [f"qa/a.yaml:1: asked: {sentence}"]


NEAREST = {
    "id": "why",
    "question": "Why was it?",
    "answer": "The article does not say why.",
    "cites": [1],
    "standing": "not_covered",
    "nearest": "asked",
    "phrasings": ["but why"],
}


def test_a_closest_text_rests_on_the_paragraphs_of_its_entry_and_of_the_nearest() -> None:
    """Its figures, names and quotations are held against these, too."""
    further = [{**NEAREST, "nearest": "quay", "closest": "There were 9 of them."}]
    assert check("It closed.", "It closed.", further=further) == [
        "qa/a.yaml:1: why: 'closest' mentions the number '9', which is not in ¶1, ¶2; write it as in the paragraph, or "
        "waive '9' with a reason"
    ]


@pytest.mark.parametrize("word", ["opined", "reckons"])
def test_a_story_may_name_further_verbs_of_attribution(word: str) -> None:
    """The words of `say` in its vocabulary count."""
    files = base_files("It closed.", f"The guild {word} it.", standing="assumed")
    files["vocabulary.yaml"] = b"say: [said, reckons]\n"
    assert [str(problem) for problem in find_problems(loader.parse_story(files))] == []


@pytest.mark.parametrize(
    ("closest", "found"),
    [
        ("It closed.", []),
        (
            "",
            [
                "qa/a.yaml:1: asked: the answer is also shown under the question of why, where nobody would understand "
                "'It'; name who and what in the first sentence, or give why a 'closest'"
            ],
        ),
    ],
)
def test_an_answer_has_to_stand_alone_only_where_it_is_shown_whole(closest: str, found: Sequence[str]) -> None:
    """An entry with a 'closest' of its own shows that instead."""
    further = [{**NEAREST, **({"closest": closest} if closest else {})}]
    assert check("It closed.", "It closed.", further=further) == found


WAIVED = "The mill had nine rooms, and five doors."


@pytest.mark.parametrize(
    ("waivers", "found"),
    [
        (["nine", "five"], []),
        (["the number 'nine'", "five"], []),
        (["nine and five"], []),
        (
            ["nine", "five", "ten"],
            [
                "qa/a.yaml:1: asked: the waiver of 'ten' silences nothing; remove it, or name the word that a message puts "
                "in quotation marks"
            ],
        ),
        (
            ["the whole number of rooms"],
            [
                "qa/a.yaml:1: asked: the answer mentions the number 'five', which is not in ¶1; write it as in the "
                "paragraph, or waive 'five' with a reason",
                "qa/a.yaml:1: asked: the answer mentions the number 'nine', which is not in ¶1; write it as in the "
                "paragraph, or waive 'nine' with a reason",
                "qa/a.yaml:1: asked: the waiver of 'the whole number of rooms' silences nothing; remove it, or name the "
                "word that a message puts in quotation marks",
            ],
        ),
    ],
)
def test_a_waiver_names_a_word_or_a_part_of_the_message(waivers: Sequence[str], found: Sequence[str]) -> None:
    """One that silences nothing is reported."""
    entry = {"waivers": [{"what": what, "why": "Counted by hand."} for what in waivers]}
    assert check("The mill was large.", WAIVED, **entry) == found


def test_a_waiver_that_only_the_records_need_is_kept() -> None:
    """The same base is checked with the article's text and without it."""
    text, waivers = "The mill had nine rooms.", [{"what": "nine", "why": "The records lack it."}]
    assert check(text, text, waivers=waivers) == []
    assert find_problems(loader.parse_story(base_files(text, text, waivers=waivers))) == []


def test_records_that_the_article_does_not_have_are_found() -> None:
    """The message names the list that holds them."""
    text = "The mill had nine rooms."
    story = loader.parse_story(base_files(text, "It was a mill.", records={"numbers": ["ten"], "names": ["Skell"]}))
    assert [str(problem) for problem in find_mismatches(story, [text, OTHER])] == [
        "story.yaml: paragraph 1: 'Skell' does not occur in it; take it out of 'names', or write it as in the paragraph",
        "story.yaml: paragraph 1: 'ten' does not occur in it; take it out of 'numbers', or write it as in the paragraph",
    ]
