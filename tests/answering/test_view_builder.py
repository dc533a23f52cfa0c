"""What can be read of a story: every line with its paragraph or its source, and what is not there refused kindly."""

import pytest
from msgspec.structs import replace

from bot import bootstrap
from bot.answering.view import VIEW_KINDS, NotInStory, View
from bot.answering.view_builder import Views
from bot.story import loader
from bot.story.models import Story
from bot.story.validation.rules import find_problems
from tests.support.small_story import SUMMARIES, TIMELINE, small_story, small_story_files

LATER = "Known later (not in the article)"


@pytest.fixture
def views() -> Views:
    return Views(small_story(), {2: "Mayor Tom Reed said so."}, bootstrap.view_settings())


def lines(reading: View) -> list[str]:
    """Return everything a view shows, line by line."""
    found = []
    for section in reading.sections:
        found += [section.heading] if section.heading else []
        for row in section.rows:
            paragraphs = " ".join(f"¶{citation.paragraph}" for citation in row.citations)
            time = f"{row.time}: " if row.time else ""
            after = " ".join(f"({one})" for one in (row.note, row.source) if one)
            found.append(" ".join(filter(None, (time + row.text, paragraphs, after))))
    return found


def test_a_summary_cites_paragraphs_and_shows_later_developments_apart(views: Views) -> None:
    """The whole story where no topic is named; developments at the end."""
    assert lines(views.summary()) == [
        "Keeper Ada Quill left the lighthouse at Brim on Friday. ¶1",
        "Tom Reed says that she took the lamp; she denies it. ¶2",
        LATER,
        "1 June 2020: The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)",
    ]
    assert lines(views.summary("line", "the lamp")) == ["Tom Reed says that Ada Quill took the lamp; she denies it. ¶2"]
    assert len(views.summary("full").sections[0].rows) == 40


def test_the_timeline_says_how_a_relative_date_is_known(views: Views) -> None:
    """The article's own word stands beside it."""
    assert lines(views.timeline()) == [
        "In the article",
        "May 2020: Keeper Ada Quill leaves the lighthouse. ¶1 (the article says ‘Friday’; the date is known from The Quay)",
        LATER,
        "1 June 2020: The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)",
    ]


@pytest.mark.parametrize("name", ["Tom Reed", "reed", "the mayor", "tom red", "tom-reed", "TOM REED?"])
def test_a_person_is_found_by_any_name(views: Views, name: str) -> None:
    """Names, descriptions and ids, misspelt or not."""
    found = views.who(name)
    assert found.title == "Tom Reed"
    assert lines(found) == [
        "Mayor of Brim. ¶2",
        "What they say, according to the article",
        "Ada Quill took the lamp. She denies it. ¶2",
        "Where the article mentions them",
        "The mayor says that she took the lamp; she denies it. ¶2",
        "What is denied",
        "Ada Quill denies it. ¶2",
        LATER,
        "1 June 2020: The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)",
    ]


def test_a_claim_is_shown_with_its_denial_and_later_findings(views: Views) -> None:
    """Who alleges, who denies, what was found later: always together."""
    assert lines(views.claims()) == [
        "Claim 1 of 1",
        "Alleged by Tom Reed: Ada Quill took the lamp. ¶2",
        "Denied: Ada Quill denies it. ¶2",
        "Found later, 1 June 2020: The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)",
    ]


def test_a_paragraph_shows_what_rests_on_it(views: Views) -> None:
    """Its gist, its own text where we have it, and its entries."""
    assert lines(views.paragraph("¶2")) == [
        "What it says, in our words",
        "The mayor says that she took the lamp; she denies it. ¶2",
        "The article's own text",
        "Mayor Tom Reed said so.",
        "What is denied",
        "Ada Quill denies it. ¶2",
        LATER,
        "1 June 2020: The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)",
        "Questions it answers",
        "What is Ada Quill accused of?",
        "Does Ada Quill deny taking the lamp?",
    ]
    assert lines(views.paragraph("1"))[-2:] == ["Questions it leaves open", "How old is Ada Quill?"]


def test_sources_and_updates(views: Views) -> None:
    """Where the article got its facts, and where the later developments come from."""
    assert lines(views.sources()) == [
        "The article",
        "Harbour light goes dark, The Quay, May 2020 (The Quay)",
        "Where the article says it got its facts",
        "The mayor told it himself. ¶2",
        LATER,
        "The Quay, 1 June 2020 (for 1 June 2020) (The Quay, 1 June 2020)",
    ]
    assert lines(views.updates()) == ["1 June 2020: The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)"]


@pytest.mark.parametrize(
    ("command", "about", "sentence"),
    [
        ("paragraph", "99", "There is no paragraph ‘99’. The article has paragraphs 1 to 2; the closest is 2."),
        ("paragraph", "two", "There is no paragraph ‘two’. The article has paragraphs 1 to 2; the closest is 1."),
        ("paragraph", "²", "There is no paragraph ‘²’. The article has paragraphs 1 to 2; the closest is 1."),
        ("who", "Napoleon", "The article mentions nobody called ‘Napoleon’."),
        ("who", "", "Type a name, for example Ada Quill."),
        ("who", "x" * 6000, "Type a name, for example Ada Quill."),
        ("who", "xy" * 3000, f"The article mentions nobody called ‘{'xy' * 29}x…’."),
        ("summary", "lighthouse:short", "There is no topic ‘lighthouse’. The topics are: The dark light; The lamp."),
        ("summary", "🎉:short", "There is no topic ‘🎉’. The topics are: The dark light; The lamp."),
        ("summary", ":endless", "The length of a summary is line, short or full, not ‘endless’."),
        ("summary", "quill:short", "There is no topic ‘quill’. Did you mean ‘The lamp’?"),
        ("paragraph", "1.5", "There is no paragraph ‘1.5’. The article has paragraphs 1 to 2; the closest is 1."),
        (
            "paragraph",
            "9" * 50,
            f"There is no paragraph ‘{'9' * 50}’. The article has paragraphs 1 to 2; the closest is 2.",
        ),
        ("who", "mayr", "The article mentions nobody called ‘mayr’. Did you mean Tom Reed?"),
        ("who", "Tam", "The article mentions nobody called ‘Tam’."),
        (
            "cookery",
            "",
            "There is nothing called ‘cookery’ to read. Try one of these: summary, timeline, who, claims, paragraph, sources, "
            "updates, help, about, privacy.",
        ),
    ],
)
def test_an_unknown_argument_is_refused_with_a_suggestion(
    views: Views, command: str, about: str, sentence: str
) -> None:
    """What was typed is cut short; a name or a topic is suggested only where it is like what was typed."""
    with pytest.raises(NotInStory) as raised:
        views.open(command, about)
    assert str(raised.value) == sentence


@pytest.mark.parametrize("typed", ["2", "¶2", " ¶ 2 ", "#2", "p2", "Paragraph 2", "02"])
def test_a_paragraph_is_found_however_its_number_is_written(views: Views, typed: str) -> None:
    """As a citation, with a word before it, or bare."""
    assert views.paragraph(typed).argument == "2"


def test_a_paragraph_with_a_claim_is_shown_with_its_denial(views: Views) -> None:
    """Whoever's paragraphs make a claim: Brim's do not, the keeper's do."""
    assert "What is denied" not in lines(views.who("brim"))
    assert lines(views.who("ada quill"))[-4:] == [
        "What is denied",
        "Ada Quill denies it. ¶2",
        LATER,
        "1 June 2020: The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)",
    ]
    assert "What is denied" not in lines(views.paragraph("1"))


def test_later_developments_are_shown_with_the_people_they_name() -> None:
    """By name only: a description may mean somebody else there. Also for somebody whom the article does not mention."""
    changed = small_story_files()
    changed["developments.yaml"] += (
        b"- {id: rope, date: 2020-07-02, text: Judge Hale fined the mayor., source: Quay, url: https://quay.example/r}\n"
        b"- {id: boat, date: 2020-07-03, text: Brim has a boat., source: Quay, url: https://quay.example/b}\n"
    )
    changed["people.yaml"] += (
        b"- {id: hale, name: Mary Hale, kind: person, outside: true, role: A judge., aliases: [Hale]}\n"
    )
    found = Views(loader.parse_story(changed), {}, bootstrap.view_settings())
    assert lines(found.who("hale")) == [
        "The article does not mention Mary Hale.",
        LATER,
        "2 July 2020: Judge Hale fined the mayor. (Quay)",
    ]
    assert lines(found.who("brim"))[-2:] == [LATER, "3 July 2020: Brim has a boat. (Quay)"]
    assert "2 July 2020: Judge Hale fined the mayor. (Quay)" not in lines(found.who("tom reed"))


def test_two_sources_with_the_same_name_are_both_listed() -> None:
    """Each with its own address, and with the dates of its developments."""
    changed = small_story_files()
    changed["developments.yaml"] += (
        b"- {id: rope, date: 2020-07-02, text: A rope., source: 'The Quay, 1 June 2020', url: https://quay.example/r}\n"
        b"- {id: boat, date: 2020-07, text: A boat., source: 'The Quay, 1 June 2020', url: https://quay.example/r}\n"
    )
    rows = Views(loader.parse_story(changed), {}, bootstrap.view_settings()).sources().sections[-1].rows
    assert [(row.url, row.note) for row in rows] == [
        ("https://quay.example/lamp-found", "for 1 June 2020"),
        ("https://quay.example/r", "for 2 July 2020, July 2020"),
    ]


def test_a_view_in_french_has_french_words_around_its_rows(views: Views) -> None:
    """A note says that the rows themselves are in English; the bot's own pages are French throughout."""
    french = views.in_language("fr")
    found = french.summary()
    assert found.language_note == "Ce qui suit est en anglais, tel que des personnes l'ont rédigé et vérifié."
    assert lines(found)[2:] == [
        "Appris plus tard (pas dans l'article)",
        "1er juin 2020: The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)",
    ]
    assert french.about().sections[0].rows[0].text == ("L'article : Harbour light goes dark, The Quay, May 2020.")
    assert (french.help().language_note, french.help().sections[1].rows[1].text) == (
        "",
        "/résumé : L'histoire, ou l'un de ses sujets, en bref.",
    )
    with pytest.raises(NotInStory) as raised:
        french.paragraph("99")
    assert (
        str(raised.value)
        == "Il n'y a pas de paragraphe « 99 ». L'article va du paragraphe 1 au paragraphe 2 ; le plus proche est le 2."
    )
    assert views.summary().language_note == ""
    assert (
        Views(replace(small_story(), language="fr"), {}, bootstrap.view_settings())
        .in_language("fr")
        .summary()
        .language_note
        == ""
    )


def test_every_view_opens_again_from_its_kind_and_argument(views: Views) -> None:
    """So that its pages can be turned after a restart."""
    about = {"summary": "lamp:full", "who": "reed", "paragraph": "1"}
    for kind in VIEW_KINDS:
        view = views.open(kind, about.get(kind, ""))
        assert views.open(view.kind, view.argument) == view


def test_an_incomplete_base_still_has_every_view(views: Views) -> None:
    """Summaries, timeline and developments may be missing."""
    bare = replace(small_story(), summaries={}, events=(), developments={}, claims={}, sources=())
    empty = Views(bare, {}, bootstrap.view_settings())
    assert lines(empty.updates()) == ["Nothing has been added since the article."]
    assert lines(empty.timeline()) == []
    with pytest.raises(NotInStory, match="no summaries yet"):
        empty.summary()


def test_suggestions_find_misspelt_names_and_topics(views: Views) -> None:
    """Everything for no text, the closest first otherwise."""
    assert views.lookup.suggest_people("", 25) == [
        ("ada-quill", "Ada Quill"),
        ("tom-reed", "Tom Reed"),
        ("brim", "Brim"),
    ]
    assert views.lookup.suggest_people("mayr", 25)[0] == ("tom-reed", "Tom Reed")
    assert views.lookup.suggest_people("bri", 25)[0] == ("brim", "Brim")  # a name that starts like it, before likeness
    assert views.lookup.suggest_topics("", 25) == [("all", "The dark light"), ("lamp", "The lamp")]
    assert views.lookup.suggest_topics("lmap", 25) == [("lamp", "The lamp")]
    assert views.lookup.suggest_topics("barack obama", 25) == views.lookup.suggest_people("barack obama", 25) == []


def spoilt(name: str, old: str, new: str) -> list[str]:
    """What the honesty checks find where `old` is replaced in a file."""
    changed = small_story_files()
    assert old.encode() in changed[name]
    changed[name] = changed[name].replace(old.encode(), new.encode())
    story: Story = loader.parse_story(changed)
    return [str(problem) for problem in find_problems(story)]


def test_every_line_is_held_to_its_paragraphs() -> None:
    """Names, numbers and quotes of summaries, timeline and statements; an allegation without its denial; the order."""
    line = next(n for n, text in enumerate(SUMMARIES.splitlines(), 1) if "on Friday" in text)
    assert spoilt("summaries.yaml", "left the lighthouse at Brim on Friday", "left Tom Reed on Sunday") == [
        f"summaries.yaml:{line}: this mentions the day 'Sunday', which is not in ¶1; cite a paragraph that has it, or leave it out",
        f"summaries.yaml:{line}: this mentions the name 'Reed', which is not in ¶1; cite a paragraph that has it, or leave it out",
        f"summaries.yaml:{line}: this mentions the name 'Tom', which is not in ¶1; cite a paragraph that has it, or leave it out",
    ]
    assert spoilt("timeline.yaml", "leaves the lighthouse", 'leaves \\"sadly\\"'.replace("\\", "")) == [
        "timeline.yaml:1: this quotes 'sadly', which is not among the quotes of ¶1; cite a paragraph that has it, or leave it out"
    ]
    line = next(n for n, text in enumerate(SUMMARIES.splitlines(), 1) if "line: {text: Tom Reed" in text)
    assert spoilt(
        "summaries.yaml",
        "line: {text: Tom Reed says that Ada Quill took the lamp; she denies it.",
        "line: {text: Ada Quill is accused.",
    ) == [f"summaries.yaml:{line}: this mentions an allegation, but no line beside it mentions a denial; add one"]
    again = TIMELINE + TIMELINE.replace("2020-05", "2019")
    assert spoilt("timeline.yaml", TIMELINE, again) == [
        "timeline.yaml:6: 2019 comes after 2020-05; put the events in order, oldest first"
    ]
