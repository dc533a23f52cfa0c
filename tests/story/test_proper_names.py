"""Where names begin and end, which of them mean the same, and which are proposed as records."""

import pytest

from bot.story.article_draft import find_unlisted_names
from bot.story.name_groups import group_names, is_person_name, strip_title
from bot.story.name_proposals import choose, propose
from bot.story.proper_names import find_mentions


def names(*paragraphs: str) -> list[str]:
    """Return the names of some paragraphs."""
    return [mention.text for mention in find_mentions(paragraphs)]


def groups(*paragraphs: str, title: str = "") -> dict[str, set[str]]:
    """Return the other forms of each group, by its fullest name."""
    return {group.name: set(group.forms) - {group.name} for group in group_names(find_mentions(paragraphs), title)}


def kinds(*paragraphs: str, title: str = "") -> dict[str, str]:
    """Return the kinds of the proposals, by name."""
    proposals = propose(group_names(find_mentions(paragraphs), title), paragraphs, title)
    return {proposal.name: proposal.kind for proposal in choose(proposals)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We met President Charles W. Eliot there.", ["President Charles W. Eliot"]),
        ("It crossed the U.S. in May 2000, on a Tuesday.", ["U.S."]),
        ("Some asked AT&T for X.25 links.", ["AT&T", "X.25"]),
        ("Then the University of Cambridge wrote to her.", ["University of Cambridge"]),
        (
            "That is William the Conqueror, an uncle of Robert of Jumièges.",
            ["William the Conqueror", "Robert of Jumièges"],
        ),
        ("It met in the Hall of Records of the Church of Scotland.", ["Hall of Records", "Church of Scotland"]),
        ("After the Hundred Years' War they left.", ["Hundred Years' War"]),
        ("He led Level 3 Communications under the Scotland Act 1998.", ["Level 3 Communications", "Scotland Act 1998"]),
        ("It was FCC-licensed, says Apple Inc. in its report.", ["FCC", "Apple Inc."]),
        ("The post-World War II years.", ["World War II"]),
        ("We asked the WHO and Maria van der Berg.", ["WHO", "Maria van der Berg"]),
        ("The Longwood Medical and Academic Area is south.", ["Longwood Medical and Academic Area"]),
    ],
)
def test_a_name_is_taken_whole(text: str, expected: list[str]) -> None:
    """Initials, abbreviations, small words and numbers inside a name belong to it; dates are no names."""
    assert names(text) == expected


def test_a_word_that_only_opens_a_sentence_is_no_name() -> None:
    """Unless it is a name inside a sentence too, or no word of English."""
    assert names(
        "Packets are sent. Because Baran said so. Earlier Viking settlers came. Initially the Normans stayed."
    ) == [
        "Baran",
        "Viking",
        "Normans",
    ]
    assert names("Merit was late. We liked Merit.") == ["Merit", "Merit"]
    assert names("Raimbaud led them.") == ["Raimbaud"]


def test_forms_of_a_name_are_one() -> None:
    """A plural, a possessive, the adjective, a country and its people, a part, a title and another spelling."""
    found = groups(
        "The Normans fought the Franks. Norman knights and Frankish lords met Scottish men in Scotland.",
        "President Charles W. Eliot left. Charles William Eliot wrote. Eliot's book sold.",
        "They met Bohemond I and, later, Bohemund I.",
    )
    assert found == {
        "Normans": {"Norman"},
        "Franks": {"Frankish"},
        "Scotland": {"Scottish"},
        "Charles William Eliot": {"President Charles W. Eliot", "Eliot"},
        "Bohemond I": {"Bohemund I"},
    }


def test_an_acronym_belongs_to_its_name() -> None:
    """By its initials, or where it stands in brackets behind the name."""
    found = groups(
        "The National Science Foundation (NSF) paid.",
        "Then the Ministry of Defence (MoD) told the NSF of DEC, and Digital Equipment Corporation agreed.",
    )
    assert found == {
        "National Science Foundation": {"NSF"},
        "Ministry of Defence": {"MoD"},
        "Digital Equipment Corporation": {"DEC"},
    }


def test_a_name_that_could_be_several_is_left_alone() -> None:
    """'Robert' is nobody's alias where three Roberts are told of in other paragraphs."""
    found = groups("We saw Robert Crispin.", "We saw Robert Guiscard.", "Then Robert left.")
    assert found == {"Robert Crispin": set(), "Robert Guiscard": set(), "Robert": set()}


def test_titles_are_no_part_of_a_name() -> None:
    """Nor is what stands before them; the name of an office stays whole."""
    assert strip_title("South African Vice Consul Duke Kent-Brown") == ("South African Vice Consul Duke", "Kent-Brown")
    assert strip_title("Hollis Professor of Divinity David Tappan") == ("Hollis Professor of Divinity", "David Tappan")
    assert strip_title("General Assembly Hall") == ("", "General Assembly Hall")
    assert strip_title("Lord Advocate") == ("", "Lord Advocate")
    assert strip_title("Helen Marsh MP") == ("", "Helen Marsh")
    assert is_person_name("Richard the Lion-Heart")
    assert not is_person_name("Duchy of Normandy")


def test_kinds_are_plausible() -> None:
    """They follow from the last word of a name, from what the article says that it is, and from the words beside it."""
    assert kinds(
        "Telenet was the first public data network. Ada Quill, who ran Telenet, studied at Brim University.",
        "The Battle of Hastings was near Hastings. In Brim she signed the Treaty of Brim.",
        "Brim is on the Seine River. The Nobel Prize went to Quill in Brim and at Brim University.",
    ) == {
        "Telenet": "body",
        "Ada Quill": "person",
        "Brim University": "body",
        "Battle of Hastings": "event",
        "Brim": "place",
        "Treaty of Brim": "document",
        "Seine River": "place",
        "Nobel Prize": "work",
    }


def test_what_surrounds_a_name_tells_its_kind() -> None:
    """Where people come from or go to is a place; a surname of its own does not make a full name doubtful."""
    assert kinds(
        "The bus from Ellsmere was late, said Bjorn Lindgren. Lindgren went to Ellsmere. Riverton United lost.",
        "The ports of Ellsmere closed. Riverton is late.",
    ) == {"Ellsmere": "place", "Bjorn Lindgren": "person", "Riverton United": "body"}


def test_adjectives_and_passing_names_are_not_proposed() -> None:
    """A name matters if it comes twice, opens a sentence, or is a person's full one."""
    assert kinds("The European port of Brim bought a Renault. Tom Reed left.") == {"Tom Reed": "person"}


def test_unlisted_names_are_those_with_an_unknown_word() -> None:
    """A name of which every word is known needs no second place."""
    text = "We saw Ada Quill of the Coast Guard in Brim, and d'Aulps."
    assert find_unlisted_names(text, ["Ada Quill", "Coast Guard", "Brim"], ["Quill", "Ada", "Brim"]) == [
        "Coast Guard",
        "Aulps",
    ]
