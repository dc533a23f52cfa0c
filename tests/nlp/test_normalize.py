"""Reading what people type."""

import pytest

from bot.matching.query import Analyser, Vocabulary
from bot.nlp.normalize import Stems, normalise, words


def analyser() -> Analyser:
    return Analyser(
        Vocabulary.of(
            aliases={"Ada Quill": "ada", "Quill": "ada", "the two keepers": "keepers", "Tom": "tom"},
            concepts={"leave": ["leave", "left", "walk away"], "home-office": ["home office"]},
            members={"keepers": ["ada", "tom"]},
        )
    )


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("WHATS that???", "what is that"),
        ("he didn't go", "he did not go"),
        ("y did u go", "why did you go"),
        ("the P.M.O. said", "the pmo said"),
        ("Qu'est-ce que c'est", "est ce que est"),
        ("sooooo what", "so what"),
        ("Z̷̢̛a̶l̴g̵o̸", "zalgo"),
        ("\u202eabc\x00def", "abcdef"),
        ("<@123> <:smile:1> https://x.example/a <b>hi</b>", "hi"),
        ("did the US ask us", "did usa ask us"),
        ("the united states or the us, U.S. aid", "the usa or usa usa aid"),
        ("noooo d'accord", "no accord"),
        ("😀🎉", ""),
        ("", ""),
        ("你好", "你好"),
    ],
)
def test_whatever_is_typed_becomes_plain_words(typed: str, read: str) -> None:
    """Chat spellings are written out; marks, markup, emoji and controls are dropped; nothing raises."""
    assert " ".join(words(normalise(typed))) == read


def test_long_text_is_cut() -> None:
    """No more is read than Discord lets anybody send."""
    assert len(normalise("ab" * 10_000)) == 4000


def test_stems_are_those_of_snowball() -> None:
    """Endings do not matter."""
    stem = Stems()
    assert stem("resigned") == stem("resigning") == stem("resigns")


def test_names_and_vocabulary_become_terms() -> None:
    """A name becomes its person, a word of the vocabulary its concept, a year a number."""
    found = analyser()("Why did Quill walk away from the home office in 2021?")
    assert found.terms == ("@ada", "@keepers", "#leave", "#home-office", "=2021")
    assert found.asks == {"why"}


def test_a_misspelt_name_is_corrected_and_an_ordinary_word_is_not() -> None:
    """Only a word that is no ordinary word is taken for a misspelling, and only of something close."""
    found = analyser()
    assert found("where is qiull").corrected == (("qiull", "quill"),)
    assert found("where is the quilt of leaves and chairs").corrected == ()
    assert found("xqzzyt").corrected == ()


@pytest.mark.parametrize(("typed", "meant"), [("keepres", "keepers"), ("jeepers", "keepers"), ("jeeperz", None)])
def test_a_misspelt_word_has_its_first_or_its_last_letter_right(typed: str, meant: str | None) -> None:
    """Hardly any slip spares neither, and the words that have one of them are few to look through."""
    assert analyser().correct(typed) == meant


def test_a_question_with_nothing_named_leans_on_the_one_before() -> None:
    """'why?' and 'and what did he say' cannot be understood alone."""
    found = analyser()
    assert found("why?").leaning
    assert found("and what did he pay for it").leaning
    assert not found("why did Quill leave the house").leaning
