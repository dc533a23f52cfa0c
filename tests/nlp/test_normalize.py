"""Normalizing, tokenizing and stemming."""

import pytest

from bot.nlp.normalize import EnglishStemmer, normalize, tokenize


@pytest.mark.parametrize(
    ("typed", "tokens"),
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
        ("did dong <not deny> it <b class='x'>a</b><br/>1 < 2", "did dong not deny it a 1 2"),
        ("han\u3164dong\uffa0\u115f\u1160mp", "han dong mp"),
        ("\u3164\u3164", ""),
        ("did the US ask us", "did usa ask us"),
        ("the united states or the us, U.S. aid", "the usa or usa usa aid"),
        ("noooo d'accord", "no accord"),
        ("😀🎉", ""),
        ("", ""),
        ("你好", "你好"),
    ],
)
def test_text_becomes_plain_tokens(typed: str, tokens: str) -> None:
    """Chat spellings are written out; markup, combining marks, emoji and control characters are dropped; nothing raises."""
    assert " ".join(tokenize(normalize(typed))) == tokens


def test_long_text_is_truncated() -> None:
    """No more is read than the longest message Discord lets anybody send."""
    assert len(normalize("ab" * 10_000)) == 4000


def test_inflected_forms_have_one_stem() -> None:
    """The stems are those of Snowball."""
    stem = EnglishStemmer()
    assert stem("resigned") == stem("resigning") == stem("resigns")
