"""What can be read of a story: every line with its paragraph or its source, and what is not there refused kindly."""

from collections.abc import Iterable

import pytest
from msgspec.structs import replace

from bot import bootstrap
from bot.answering.reply import Citation
from bot.answering.view import VIEW_KINDS, NotInStory, View
from bot.answering.view_builder import Views
from bot.story import loader
from bot.story.models import Story
from bot.story.validation.rules import find_problems
from tests.support.small_story import SUMMARIES, TIMELINE, small_story, small_story_files

LATER = "Since the article"
DENIED = "  denied: Ada Quill denies it. ¶2"
FOUND = "  found: 2020-06-01 The lamp was found in the mayor's cellar."
FOUND_IN_FULL = "1 Jun 2020: The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)"


@pytest.fixture
def views() -> Views:
    return Views(small_story(), {2: "Mayor Tom Reed said so."}, bootstrap.view_settings())


def paragraphs(citations: Iterable[Citation]) -> str:
    """Return citations as they are written behind a text."""
    return "".join(f" ¶{citation.paragraph}" for citation in citations)


def lines(view: View) -> list[str]:
    """Return everything a view shows, line by line, with what each row calls for below it."""
    found = []
    for section in view.sections:
        found += [section.heading] if section.heading else []
        for row in section.rows:
            time = f"{row.time}: " if row.time else ""
            label = f"{row.label}. " if row.label else ""
            after = "".join(f" ({one})" for one in (*row.badges, row.note, row.source) if one)
            found.append(f"{time}{label}{row.text}{paragraphs(row.citations)}{after}")
            found += [f"  denied: {denial.text}{paragraphs(denial.citations)}" for denial in row.denials]
            found += [f"  found: {later.date} {later.short or later.text}" for later in row.developments]
    return found


def links(view: View) -> list[tuple[str, str, str]]:
    """Return what can be opened from a view."""
    return [(link.label, link.kind, link.argument) for link in view.links]


def test_a_summary_cites_paragraphs_and_brings_what_they_call_for(views: Views) -> None:
    """The whole story where no topic is named; the topic's later developments stand apart."""
    assert lines(views.summary()) == [
        "Keeper Ada Quill left the lighthouse at Brim on Friday. ¶1",
        "Tom Reed says that she took the lamp; she denies it. ¶2",
        DENIED,
        FOUND,
    ]
    assert [later.id for later in views.summary().developments] == ["lamp-found"]
    assert (
        lines(views.summary("line", "the lamp"))[0] == "Tom Reed says that Ada Quill took the lamp; she denies it. ¶2"
    )
    assert len(views.summary("full").sections[0].rows) == 40


def test_a_summary_leads_to_its_other_length(views: Views) -> None:
    """One button: longer, or shorter where it is in full; none where the other length says the same."""
    others = [("Timeline", "timeline", ""), ("What is alleged", "claims", "")]
    assert links(views.summary("line")) == [("Longer", "summary", "all:short"), *others]
    assert links(views.summary("short")) == [("Longer", "summary", "all:full"), *others]
    assert links(views.summary("full")) == [("Shorter", "summary", "all:short"), *others]
    full = views.story.summaries["lamp"].points["full"]
    same = replace(views.story.summaries["lamp"], points={"line": full, "short": full, "full": full})
    bare = Views(replace(views.story, summaries={"lamp": same}), {}, bootstrap.view_settings())
    assert links(bare.summary("short")) == others


def test_the_timeline_says_how_a_relative_date_is_known(views: Views) -> None:
    """The article's own word stands beside it; later developments stand apart, at the end."""
    assert lines(views.timeline()) == [
        "In the article",
        "May 2020: Keeper Ada Quill leaves the lighthouse. ¶1 (the article says ‘Friday’; the date is known from The Quay)",
        LATER,
        FOUND_IN_FULL,
    ]
    assert views.timeline().sections[0].rows[0].dated_by == views.story.developments["lamp-found"]
    assert links(views.timeline()) == [("Later events (1)", "updates", ""), ("What is alleged", "claims", "")]


@pytest.mark.parametrize("name", ["Tom Reed", "reed", "the mayor", "tom red", "tom-reed", "TOM REED?"])
def test_a_person_is_found_by_any_name(views: Views, name: str) -> None:
    """Names, descriptions and ids, misspelt or not: the role, the claims they have a part in, what they say."""
    found = views.who(name)
    assert found.title == "Tom Reed"
    assert lines(found) == [
        "Mayor of Brim. ¶2",
        "Alleged. Ada Quill took the lamp. ¶2",
        DENIED,
        FOUND,
        "What they say",
        "Ada Quill took the lamp. She denies it. ¶2",
        DENIED,
        FOUND,
    ]
    assert links(found) == [("In the article", "who", "tom-reed:mentions"), ("What is alleged", "claims", "")]


def test_the_paragraphs_on_a_person_are_a_view_of_their_own(views: Views) -> None:
    """Each with what it calls for; it opens from the person, and leads back."""
    found = views.open("who", "the mayor:mentions")
    assert (found.title, found.argument) == ("Tom Reed", "tom-reed:mentions")
    assert lines(found) == [
        "Paragraphs on them",
        "The mayor says that she took the lamp; she denies it. ¶2",
        DENIED,
        FOUND,
    ]
    assert links(found) == [("In short", "who", "tom-reed")]


def test_a_claim_is_shown_with_its_denial_and_later_findings(views: Views) -> None:
    """Who alleges, who denies, what was found later: always together."""
    assert lines(views.claims()) == ["1. Alleged. Ada Quill took the lamp. ¶2", DENIED, FOUND]
    assert links(views.claims()) == [("Full wording", "claims", "full")]
    full = views.open("claims", "full")
    assert lines(full) == [
        "1. Alleged",
        "Alleged by Tom Reed: Ada Quill took the lamp. ¶2",
        DENIED,
        FOUND,
        "Denied: Ada Quill denies it. ¶2",
        DENIED,
        FOUND,
        FOUND_IN_FULL,
    ]
    assert links(full) == [("Shorter", "claims", "")]


def test_short_forms_come_first() -> None:
    """The claim in one sentence with its label and latest state, the denial and the finding in a few words."""
    changed = small_story_files()
    changed["claims.yaml"] += (
        b"  label: The lamp\n  short: The mayor says that she took it.\n  denial_short: She denies it.\n"
        b"  state: found_false\n  badge: Found false in 2020\n"
    )
    changed["developments.yaml"] += b"  short: It was found in the cellar.\n"
    found = Views(loader.parse_story(changed), {}, bootstrap.view_settings())
    short = ["  denied: She denies it. ¶2", "  found: 2020-06-01 It was found in the cellar."]
    assert lines(found.claims()) == [
        "1. The lamp. The mayor says that she took it. ¶2 (Found false in 2020)",
        *short,
    ]
    assert lines(found.who("reed"))[1:4] == [
        "The lamp. The mayor says that she took it. ¶2 (Found false in 2020)",
        *short,
    ]
    assert found.paragraph("2").sections[0].rows[0].badges == ("Found false in 2020",)
    assert (lines(found.updates()), links(found.updates())) == (
        ["1 Jun 2020: It was found in the cellar."],
        [("In full", "updates", "full")],
    )
    in_full = found.open("updates", "full")
    assert (lines(in_full), links(in_full)) == ([FOUND_IN_FULL], [("Shorter", "updates", "")])


def test_a_paragraph_shows_what_rests_on_it(views: Views) -> None:
    """Its gist, its own text where we have it; its entries, those it leaves open last; the paragraphs beside it."""
    found = views.paragraph("¶2")
    assert lines(found) == [
        "The mayor says that she took the lamp; she denies it. ¶2",
        DENIED,
        FOUND,
        "The article's own text",
        "Mayor Tom Reed said so.",
    ]
    assert [(entry.entry, entry.question) for entry in found.entries] == [
        ("lamp-taken", "What is Ada Quill accused of?"),
        ("lamp-denied", "Does Ada Quill deny taking the lamp?"),
    ]
    assert links(found) == [("← ¶1", "paragraph", "1"), ("What is alleged", "claims", "")]
    assert [entry.question for entry in views.paragraph("1").entries][-1] == "How old is Ada Quill?"
    assert links(views.paragraph("1")) == [("¶2 →", "paragraph", "2")]


def test_a_development_that_bears_on_a_paragraph_is_shown_with_it() -> None:
    """With all people, or where its gist names one of those whom the development is about."""
    changed = small_story_files()
    changed["developments.yaml"] += (
        b"- {id: rope, date: 2020-07-02, text: A rope., source: Quay, url: https://quay.example/r, paragraphs: [1]}\n"
        b"- {id: boat, date: 2020-07, text: A boat., source: Quay, url: https://quay.example/b, paragraphs: [1], people: [brim]}\n"
        b"- {id: mayor, date: 2020-07, text: He left., source: Quay, url: https://quay.example/m, paragraphs: [1], people: [tom-reed]}\n"
    )
    found = Views(loader.parse_story(changed), {}, bootstrap.view_settings())
    assert [later.id for later in found.paragraph("1").developments] == ["rope", "boat"]


def test_sources_and_updates(views: Views) -> None:
    """Where the article got its facts, and where the later developments come from."""
    assert lines(views.sources()) == [
        "The article",
        "Harbour light goes dark, The Quay, May 2020",
        "Where the article says it got its facts",
        "The mayor told it himself. ¶2",
        DENIED,
        FOUND,
        LATER,
        "The Quay, 1 June 2020 (for 1 Jun 2020)",
    ]
    assert (lines(views.updates()), links(views.updates())) == ([FOUND_IN_FULL], [])


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


def test_only_what_carries_a_claim_is_shown_with_its_denial(views: Views) -> None:
    """Brim's role and paragraphs make none, the keeper is a party to one."""
    assert DENIED not in lines(views.who("brim"))
    assert lines(views.who("ada quill")) == [
        "Keeper of the lighthouse at Brim. ¶1",
        "Alleged. Ada Quill took the lamp. ¶2",
        DENIED,
        FOUND,
    ]
    assert DENIED not in lines(views.paragraph("1"))


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
    assert lines(found.who("hale")) == ["The article does not mention Mary Hale."]
    named = {name: [later.id for later in found.who(name).developments] for name in ("hale", "brim", "tom reed")}
    assert named == {"hale": ["rope"], "brim": ["boat"], "tom reed": []}


def test_a_finding_that_names_somebody_brings_the_denial_of_its_claim() -> None:
    """‘It corroborates his denial’ says nothing to who does not know what was denied; and all findings on it belong together."""
    changed = small_story_files()
    changed["developments.yaml"] = changed["developments.yaml"].replace(
        b"The lamp was found", b"At Brim the lamp was found"
    )
    found = Views(loader.parse_story(changed), {}, bootstrap.view_settings())
    assert lines(found.who("brim")) == [
        "A harbour town. ¶1",
        DENIED,
        FOUND.replace("The lamp", "At Brim the lamp"),
    ]


def test_two_sources_with_the_same_name_are_both_listed() -> None:
    """Each with its own address, and with the dates of its developments."""
    changed = small_story_files()
    changed["developments.yaml"] += (
        b"- {id: rope, date: 2020-07-02, text: A rope., source: 'The Quay, 1 June 2020', url: https://quay.example/r}\n"
        b"- {id: boat, date: 2020-07, text: A boat., source: 'The Quay, 1 June 2020', url: https://quay.example/r}\n"
    )
    rows = Views(loader.parse_story(changed), {}, bootstrap.view_settings()).sources().sections[-1].rows
    assert [(row.url, row.note) for row in rows] == [
        ("https://quay.example/lamp-found", "for 1 Jun 2020"),
        ("https://quay.example/r", "for 2 Jul 2020, Jul 2020"),
    ]


def test_a_view_in_french_has_french_words_around_its_rows(views: Views) -> None:
    """A note says that the rows themselves are in English; the bot's own pages are French throughout."""
    french = views.in_language("fr")
    found = french.summary()
    assert found.language_note == "Ce qui suit est en anglais, tel que des personnes l'ont rédigé et vérifié."
    assert lines(french.timeline())[2:] == [
        "Depuis l'article",
        "1er juin 2020: The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)",
    ]
    assert links(french.timeline()) == [("Depuis (1)", "updates", ""), ("Ce qui est allégué", "claims", "")]
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
    arguments = {"summary": ["lamp:full"], "who": ["reed", "reed:mentions"], "paragraph": ["1"], "claims": ["", "full"]}
    for kind in VIEW_KINDS:
        for argument in arguments.get(kind, ["", "full"]):
            view = views.open(kind, argument)
            assert views.open(view.kind, view.argument) == view
            for link in view.links:
                assert views.open(link.kind, link.argument).kind == link.kind


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
        f"summaries.yaml:{line}: this mentions the day 'Sunday', which is not in ¶1; write it as in the paragraph, add it to 'days' of ¶1 in story.yaml, or leave it out",
        f"summaries.yaml:{line}: this mentions the name 'Reed', which is not in ¶1; write it as in the paragraph, cite a paragraph that has it (¶2), add it to 'names' of ¶1 in story.yaml, or leave it out",
        f"summaries.yaml:{line}: this mentions the name 'Tom', which is not in ¶1; write it as in the paragraph, cite a paragraph that has it (¶2), add it to 'names' of ¶1 in story.yaml, or leave it out",
    ]
    assert spoilt("timeline.yaml", "leaves the lighthouse", 'leaves \\"sadly\\"'.replace("\\", "")) == [
        "timeline.yaml:1: this quotes 'sadly', which is not among the quotes of ¶1; write it as in the paragraph, add it to 'quotes' of ¶1 in story.yaml, or leave it out"
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
