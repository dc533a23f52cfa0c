"""Whom a name stands for: found where it is like theirs, and nobody suggested where it is not."""

from pathlib import Path

import pytest

from bot import bootstrap
from bot.answering.view import NotInStory
from bot.answering.view_builder import Views

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"

OPENED = {
    "Dong": "han-dong",
    "han dnog": "han-dong",
    "hann dong": "han-dong",
    "Dong Han": "han-dong",
    "Mr. Dong": "han-dong",
    "who is han dong?": "han-dong",
    "the Toronto MP": "han-dong",
    "Justin": "justin-trudeau",
    "trudaeu": "justin-trudeau",
    "justin trudeu": "justin-trudeau",
    "Prime Minister Justin Trudeau": "justin-trudeau",
    "JT": "justin-trudeau",
    "kovirg": "michael-kovrig",
    "micheal kovrig": "michael-kovrig",
    "michael kovrg": "michael-kovrig",
    "spavorr": "michael-spavor",
    "telfrod": "katie-telford",
    "tellford": "katie-telford",
    "katie telfor": "katie-telford",
    "chief of staff": "katie-telford",
    "meng wanzhuo": "meng-wanzhou",
    "huawei exective": "meng-wanzhou",
    "o'tool": "erin-otoole",
    "Erin OToole": "erin-otoole",
    "ALISON MURPHY": "alison-murphy",
    "sam coper": "sam-cooper",
    "glbal news": "global-news",
    "conservatvies": "conservatives",
    "Melanie Joly": "melanie-joly",
    "ndp": "ndp",
    "handong": "han-dong",
    "meng wan zhou": "meng-wanzhou",
    "kovrick": "michael-kovrig",
    "allison murphy": "alison-murphy",
}
"""Opened at once: their names, also as one slips when typing them."""
SUGGESTED = {
    "kov": "michael-kovrig",
    "tel": "katie-telford",
    "h dong": "han-dong",
    "han d": "han-dong",
    "hd": "han-dong",
    "trudeu": "justin-trudeau",
    "trudo": "justin-trudeau",
    "telfor": "katie-telford",
    "spavr": "michael-spavor",
    "huawi": "huawei",
    "chna": "china",
    "don valley nrth": "don-valley-north",
    "han dog": "han-dong",
    "han dng": "han-dong",
    "hna dong": "han-dong",
    "micheal kovrick": "michael-kovrig",
    "justin trudo": "justin-trudeau",
    "alison murfy": "alison-murphy",
    "murfy": "alison-murphy",
    "global newz": "global-news",
    "telfort": "katie-telford",
}
"""Asked back: the start of a name, initials, a slip or a spelling by ear that may be another name."""
STRANGERS = """
    Barack Obama; Obama; Taylor Swift; Elon Musk; Boris Johnson; Vladimir Putin; Angela Merkel; Emmanuel Macron; Kim Jong Un;
    Michael Jackson; Michael Jordan; Justin Bieber; Katie Perry; Erin Brockovich; Han Solo; Alison Krauss; Sam Smith; John Smith; Jane Doe;
    Deng; Dang; Ding; Deng Xiaoping; Han Deng; Dong Nguyen; Chang; Meg; Eric; Katia; Murray; Ming; Mao; Li; Bo;
    Rishi Sunak; Olaf Scholz; Jacinda Ardern; Don Cherry; Dong Jingwei; Han Zheng; Alison Redford; Katie Couric; Erin Weir;
    Michael Chan; Meng Hongwei; Cong Peiwu; Jackie Chan; Wayne Gretzky; Celine Dion; Alice Munro; doge; dog; nobody; the king;
    Napoleon; Julius Caesar; Albert Einstein; Messi; Madonna; Prince; Cher; Drake; Darth Vader; Charlie Brown; con man;
    zzzz; asdfghjkl; qwerty uiop; xqzzyt; ab cd ef gh ij kl mn op qr
"""


@pytest.fixture(scope="module")
def views() -> Views:
    return bootstrap.views(bootstrap.story(KNOWLEDGE))


def refusal(views: Views, name: str) -> str:
    """Return the refusal of a name that nobody has."""
    with pytest.raises(NotInStory) as raised:
        views.who(name)
    return str(raised.value)


@pytest.mark.parametrize("typed", OPENED)
def test_a_name_is_found_although_misspelt(views: Views, typed: str) -> None:
    """Full names, parts, nicknames, and typos that make no other name; suggested first while typing."""
    assert views.who(typed).argument == OPENED[typed]
    assert views.lookup.suggest_people(typed, 25)[0][0] == OPENED[typed]


@pytest.mark.parametrize("typed", SUGGESTED)
def test_a_typo_that_may_be_another_name_is_not_corrected(views: Views, typed: str) -> None:
    """The refusal says who may be meant, and so do the suggestions while typing."""
    name = views.story.people[SUGGESTED[typed]].name
    assert refusal(views, typed) == f"The article mentions nobody called ‘{typed}’. Did you mean {name}?"
    assert SUGGESTED[typed] in [id for id, _ in views.lookup.suggest_people(typed, 25)]


@pytest.mark.parametrize("typed", [" ".join(name.split()) for name in STRANGERS.split(";")])
def test_an_unknown_name_suggests_nobody(views: Views, typed: str) -> None:
    """One name in common is not enough, nor is one wrong letter of four; no topic is suggested for a person either."""
    assert refusal(views, typed) == f"The article mentions nobody called ‘{typed}’."
    assert views.lookup.suggest_people(typed, 25) == [] or len(typed) == 2  # Li may still become Liberals


@pytest.mark.parametrize("typed", ["barack obama", "taylor swift", "elon musk", "zzzz", "lighthouse"])
def test_an_unknown_topic_suggests_none(views: Views, typed: str) -> None:
    """The refusal lists all topics then."""
    assert views.lookup.suggest_topics(typed, 25) == []
    titles = "; ".join(one.title for one in views.story.summaries.values())
    with pytest.raises(NotInStory) as raised:
        views.summary("short", typed)
    assert str(raised.value) == f"There is no topic ‘{typed}’. The topics are: {titles}."


def test_an_ambiguous_name_lists_everybody_who_has_it(views: Views) -> None:
    """It would be untrue that the article mentions nobody called Michael."""
    said = "‘michael’ could be any of these: Michael Kovrig; Michael Spavor. Which one do you mean?"
    assert refusal(views, "michael") == said


def test_refusals_are_translated(views: Views) -> None:
    """They are in the language of whoever asks."""
    french = views.in_language("fr")
    assert refusal(french, "obama") == "L'article ne mentionne personne du nom de « obama »."
    assert refusal(french, "telfor").endswith(" Vouliez-vous dire Katie Telford ?")
    assert refusal(french, "") == "Tapez un nom, par exemple Han Dong."
