"""The language resources."""

import pytest

from bot.nlp.languages import LANGUAGES
from bot.nlp.lexicon import load_language, load_lexicon, load_word_list


def test_every_language_has_its_file() -> None:
    """Unknown keys in it are refused, so a misspelt one is noticed here."""
    assert [load_language(language).interrogatives != "" for language in LANGUAGES] == [True] * len(LANGUAGES)


def test_lexicon_is_the_union_of_all_languages() -> None:
    """A question may be in any of them, or mix them."""
    lexicon = load_lexicon()
    assert {"who", "qui"} <= lexicon.interrogatives
    assert {"why", "pourquoi"} <= set(lexicon.question_patterns["why"])
    assert (lexicon.number_words["two"], lexicon.number_words["deux"]) == ("2", "2")


def test_chat_spellings_are_looked_up_by_what_is_typed() -> None:
    """The file lists them by what is meant."""
    spellings = load_lexicon().chat_spellings
    assert (spellings["cuz"], spellings["dont"], spellings["lol"]) == ("because", "do not", "")


def test_no_chat_spelling_means_two_things() -> None:
    """The later one would silently replace the earlier one."""
    typed = [form for forms in load_language("en").chat_spellings.values() for form in forms.split()]
    assert len(typed) == len(set(typed))


@pytest.mark.parametrize("name", ["en_common_words.txt", "en_dictionary_stems.txt"])
def test_word_lists_have_no_comments_in_them(name: str) -> None:
    """The lines that say where a list comes from are no words of it."""
    words = load_word_list(name)
    assert len(words) > 1000
    assert not [word for word in words if word.startswith("#") or not word.replace("'", "").isalpha()]
