"""Where an article's text has proper names, and where they begin and end. Pure; English, and right most of the time.

Nothing here is shown to a member: what is found is proposed to the person who writes a base (see `scaffold`).
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from functools import cache, cached_property
from itertools import pairwise

from msgspec import Struct

from bot.nlp.lexicon import load_word_list
from bot.nlp.name_lexicon import NameLexicon, load_name_lexicon
from bot.nlp.normalize import EnglishStemmer
from bot.nlp.spelling_correction import dictionary_words

DAYS_AND_MONTHS = frozenset(
    (
        "monday tuesday wednesday thursday friday saturday sunday january february march april june july august "
        "september october november december"
    ).split()
)
MAX_NAME_WORDS = 9
_TOKEN = re.compile(r"(?:[A-Z]\.){2,}|\d[\w,.]*\w|\d|[^\W\d_][\w&]*(?:['’.-](?=\w)[\w&]+)*(?:(?<=s)['’](?=\s))?|\S")
_LOWER_PREFIX = re.compile(r"[a-z]+-(?=[A-ZÀ-Þ])")
_NAME_WORD = re.compile(r"(?:[dl]['’])?[A-ZÀ-Þ]|[a-z]{1,2}[A-Z]")
_INITIAL = re.compile(r"[A-Z]\Z")
_ABBREVIATION = re.compile(r"(?:[A-Z]|Inc|Ltd|Corp|Co|Mr|Mrs|Ms|Dr|Prof|Rev|Gen|Gov|Capt|Sen|Rep|Jr|Sr|St)\Z")
_POSSESSIVE = re.compile(r"['’]s?\Z")
_ROMAN = re.compile(r"[IVX]+\Z")
_NEVER_NAMES = frozenset(
    (
        "the a an in on at as of for from to by with he she it they we his her its their this that these those there "
        "when while after before during but and or if not no because although though thus then here who which how why "
        "where what also my our your you each every"
    ).split()
)
"""Words that are no part of a name at its start, wherever they stand."""
_OPENERS = _NEVER_NAMES | frozenset(
    (
        "i according one two last next some many most all both however nonetheless any such either neither since until "
        "yet so only under over through between among following another other others early earlier late later new old"
    ).split()
)
"""Words that open sentences, and are no names there."""


class Mention(Struct, frozen=True):
    """A name where it stands: its text without a possessive ending, and the small words beside it, '' if there are none."""

    text: str
    paragraph: int
    """Its number, from 1."""
    start: int
    end: int
    opens_sentence: bool
    before: str
    after: str


class _Token(Struct, frozen=True):
    text: str
    start: int
    end: int
    """With a possessive ending, which the text lacks."""
    opens_sentence: bool
    possessive: bool

    @property
    def folded(self) -> str:
        return self.text.casefold()


def find_mentions(paragraphs: Sequence[str]) -> list[Mention]:
    """Return the names in an article's paragraphs, in order; a word that only ever opens a sentence is none."""
    article = _Article([_tokens(text) for text in paragraphs])
    return [
        mention
        for number, text in enumerate(paragraphs, 1)
        for mention in article.mentions(number, text)
        if mention.text not in ("Inc.", "Ltd.", "Corp.", "Co.")
    ]


def name_words(name: str) -> set[str]:
    """Return the words of a name in lower case without possessive endings, and the parts of 'X.25', 'AT&T' and 'U.S.'."""
    words = {*name.split(), *re.findall(r"\w[\w’'&-]*", name)}
    return {_POSSESSIVE.sub("", word.strip('"“”(),;:')).casefold().replace("’", "'") for word in words}


def capitalised_inside(text: str) -> list[str]:
    """Return the words that have a capital though no sentence begins with them: names, for the most part."""
    inside = {token.start for token in _tokens(text) if not token.opens_sentence}
    found = [
        match
        for match in re.finditer(r"(?<![\w-])[A-ZÀ-Þ][\w’'&-]*", text)
        if match.start() in inside or text[match.start() - 1 : match.start()] in ("'", "’")  # 'd'Aulps'
    ]
    return [match[0] for match in found if _POSSESSIVE.sub("", match[0]).casefold() not in _NEVER_NAMES | {"i"}]


def is_common(word: str) -> bool:
    """Return whether a dictionary has a word in lower case."""
    folded = word.casefold()
    return folded in dictionary_words() or folded in _OPENERS or EnglishStemmer()(folded) in _dictionary_stems()


@cache
def _dictionary_stems() -> Set[str]:
    return load_word_list("en_dictionary_stems.txt").union(map(EnglishStemmer(), dictionary_words()))


def _tokens(text: str) -> list[_Token]:
    found = [(match[0], match.start()) for match in _TOKEN.finditer(text)]
    pieces: list[tuple[str, int]] = []
    for piece, start in found:
        prefix = _LOWER_PREFIX.match(piece)
        if prefix:  # 'post-World War' has a name from its second word on
            pieces += [(prefix[0][:-1], start), (piece[prefix.end() :], start + prefix.end())]
        else:
            pieces.append((piece, start))
    tokens: list[_Token] = []
    for position, (piece, start) in enumerate(pieces):
        ending = _POSSESSIVE.search(piece)
        opens = _opens_sentence([piece for piece, _ in pieces[max(0, position - 3) : position]])
        stem = piece[: ending.start()] if ending else piece
        tokens.append(_Token(stem, start, start + len(piece), opens, bool(ending)))
    return tokens


def _opens_sentence(before: Sequence[str]) -> bool:
    """Return whether a word opens a sentence or a quotation; before: the few tokens before it."""
    if not before or before[-1] in ("!", "?", ":", "…", "]", "“", '"', "‘", "•", "*"):
        return True
    if before[-1] == ".":
        return len(before) < 2 or not _ABBREVIATION.match(before[-2])
    return before[-1] in ("(", "”", ")") and (len(before) < 2 or before[-2] in (".", "!", "?"))


class _Article:
    """The words of a whole article, which tell whether a word that opens a sentence is a name."""

    def __init__(self, paragraphs: Sequence[Sequence[_Token]]) -> None:
        self._paragraphs = paragraphs
        self._lexicon: NameLexicon = load_name_lexicon()
        tokens = [token for paragraph in paragraphs for token in paragraph]
        self._lower = {token.text for token in tokens if token.text.islower()}
        self._inside = {token.text for token in tokens if not token.opens_sentence and _is_name_word(token.text)}
        self._pairs = Counter(
            (first.text, second.text) for paragraph in paragraphs for first, second in pairwise(paragraph)
        )

    @cached_property
    def _alone(self) -> Set[str]:
        """The single words that are names inside a sentence."""
        return {
            name[0].text
            for tokens in self._paragraphs
            for name in self._names(tokens)
            if len(name) == 1 and not name[0].opens_sentence
        }

    def mentions(self, number: int, text: str) -> Iterator[Mention]:
        """Yield the names of a paragraph."""
        tokens = self._paragraphs[number - 1]
        for name in self._names(tokens):
            first, last = name[0], name[-1]
            if len(name) == 1 and first.opens_sentence and not self._is_name_alone(first):
                continue
            words = text[first.start : last.start + len(last.text)]
            position, end = tokens.index(first), tokens.index(last)
            before = tokens[position - 1].text if position else ""
            after = tokens[end + 1].text if end + 1 < len(tokens) else ""
            hyphen = words.find("-")
            if (
                len(name) == 1 and hyphen > 1 and words[hyphen + 1 :].isalpha() and words[hyphen + 1 :].islower()
            ):  # 'NSF-funded'
                words = words[:hyphen]
            yield Mention(
                words,
                number,
                first.start,
                last.end,
                first.opens_sentence or (before == "The" and tokens[position - 1].opens_sentence),
                before if before.islower() or before[:1].isdigit() or before in (",", "(", "The") else "",
                after if after.islower() or after in (",", "(") else "",
            )

    def _names(self, tokens: Sequence[_Token]) -> Iterator[Sequence[_Token]]:
        i = 0
        while i < len(tokens):
            if not self._can_start(tokens, i):
                i += 1
                continue
            end = self._end(tokens, i)
            yield tokens[i:end]
            i = end

    def _can_start(self, tokens: Sequence[_Token], i: int) -> bool:
        token = tokens[i]
        if not _is_name_word(token.text) or _is_never_name(token) or self._is_day(tokens, i):
            return False
        if token.opens_sentence and (token.folded in _OPENERS or token.text.endswith("ly")):
            return False
        if len(token.text) == 1 and self._end(tokens, i) == i + 1:
            return False
        if not token.opens_sentence or not is_common(token.text):
            return True
        is_part = self._end(tokens, i) > i + 1
        lexicon = self._lexicon
        titles = {word for title in lexicon.titles for word in title.split()}
        known = (titles, lexicon.given_names, lexicon.countries, lexicon.places)
        return not is_part or token.text in self._inside or any(token.folded in words for words in known)

    def _is_name_alone(self, token: _Token) -> bool:
        """Return whether a word that opens a sentence is a name elsewhere, or no word of English."""
        if token.text in self._alone:
            return True
        return token.folded not in self._lower and not is_common(token.text)

    def _is_day(self, tokens: Sequence[_Token], i: int) -> bool:
        folded = tokens[i].folded
        if folded == "may":  # the month, or a name
            around = [token.folded for token in (*tokens[max(0, i - 1) : i], *tokens[i + 1 : i + 2])]
            return any(
                word.isdigit() or word in ("in", "of", "by", "until", "since", "mid", "to", "from") for word in around
            )
        return folded in DAYS_AND_MONTHS or folded.removesuffix("s") in DAYS_AND_MONTHS

    def _end(self, tokens: Sequence[_Token], i: int) -> int:
        """Return the index after the last word of the name that starts at i."""
        j = i + 1
        while j < len(tokens) and j - i < MAX_NAME_WORDS:
            before, token = tokens[j - 1], tokens[j]
            gap = token.start - before.end
            if token.text == "." and gap == 0 and _ABBREVIATION.match(before.text):
                if not self._goes_on(tokens, j):
                    break
                j += 1
            elif gap != 1 or (before.possessive and not before.text.endswith("s")):
                break
            elif _is_name_word(token.text):
                if (_is_never_name(token) and token.text != "A") or self._is_day(tokens, j):
                    break
                j += 1
            elif (
                token.text.islower() and _is_name_word(before.text) and (before.text, token.text.title()) in self._pairs
            ):
                j += 1  # 'Frame relay', elsewhere 'Frame Relay'
            elif step := self._joined(tokens, i, j):
                j = step
            else:
                break
        return j

    def _goes_on(self, tokens: Sequence[_Token], j: int) -> bool:
        """Return whether the dot at j belongs to an initial or an abbreviation inside a name, or to 'Inc.'."""
        if not _INITIAL.match(tokens[j - 1].text):
            return True
        return j + 1 < len(tokens) and _is_name_word(tokens[j + 1].text) and tokens[j + 1].start == tokens[j].end + 1

    def _joined(self, tokens: Sequence[_Token], i: int, j: int) -> int:
        """Return the index after the name's next word if the small word or number at j joins it, else 0."""
        following = tokens[j + 1].text if j + 1 < len(tokens) else ""
        is_pair = tokens[j].text in ("of", "for", "on") and following in ("the", "a")
        is_pair = is_pair or (tokens[j].text in ("van", "von", "de") and following in ("der", "den", "la", "le"))
        k = j + 1 + is_pair
        is_followed = k < len(tokens) and _is_name_word(tokens[k].text) and tokens[k].start - tokens[k - 1].end == 1
        is_followed = is_followed and not self._is_day(tokens, k)
        if tokens[j].text.isdigit():
            return self._joined_number(tokens, j, is_followed=is_followed)
        return k + 1 if is_followed and self._joins(tokens, i, j, k) else 0

    def _joined_number(self, tokens: Sequence[_Token], j: int, *, is_followed: bool) -> int:
        """Return the index after a number that is part of a name: 'Scotland Act 1998', 'Level 3 Communications', else 0."""
        heads, number = self._lexicon.heads, tokens[j].text
        if len(number) == 4:
            return j + 1 if tokens[j - 1].folded in heads["document"] | heads["event"] else 0
        if len(number) < 3 and is_followed:
            return j + 2
        return j + 1 if len(number) == 1 and self._pairs[tokens[j - 1].text, number] > 2 else 0

    def _joins(self, tokens: Sequence[_Token], i: int, j: int, k: int) -> bool:
        """Return whether the small word at j joins the name from i on and the word at k."""
        joining = self._lexicon.joining
        word, head = tokens[j].folded, tokens[j - 1].folded
        if word in joining["particles"]:
            return True
        if (word == "on" or tokens[k - 1].text == "the") and self._is_whole(self._run(tokens, k)):
            return False  # 'the General Assembly Hall of the Church of Scotland' is two names
        plain = [token.folded for token in tokens[i:j] if token.folded not in self._lexicon.titles]
        is_personal = len(plain) == 1 and (head in self._lexicon.given_names or not is_common(head))
        is_personal = is_personal and head not in self._lexicon.all_heads and not head.endswith("s")
        is_personal = is_personal and not tokens[j - 1].text.isupper()
        if word == "of":
            joins = head in joining["of"] or tokens[i].folded in joining["of"] or bool(_ROMAN.match(tokens[j - 1].text))
            return joins or (is_personal and k == j + 1 == i + 2)
        if word in ("for", "on"):
            return head in joining[word] or " ".join(plain[-2:]) in joining[word]
        if word == "the":
            return is_personal and (not tokens[i].opens_sentence or tokens[i].text in self._inside)
        return word == "and" and self._joins_adjectives(tokens, j, k)

    def _joins_adjectives(self, tokens: Sequence[_Token], j: int, k: int) -> bool:
        """Return whether 'and' joins what stands before the name of a body or place, as in 'Medical and Academic Area'."""
        heads = self._lexicon.all_heads
        if not is_common(tokens[j - 1].text) or tokens[j - 1].folded in heads:
            return False
        run = self._run(tokens, k)
        return len(run) > 1 and run[-1] in heads and is_common(run[0])

    def _is_whole(self, run: Sequence[str]) -> bool:
        """Return whether words are the name of a body or place that is no country."""
        heads = self._lexicon.heads
        return run[-1] in heads["body"] | heads["place"] and " ".join(run) not in self._lexicon.places

    @staticmethod
    def _run(tokens: Sequence[_Token], k: int) -> list[str]:
        """Return the words of names from k on, in lower case, as far as no other word stands between them."""
        run = []
        for token in tokens[k : k + 4]:
            if not _is_name_word(token.text):
                break
            run.append(token.folded)
        return run


def _is_never_name(token: _Token) -> bool:
    """Return whether a word is no part of a name; 'WHO' and 'US' may be one."""
    return token.folded in _NEVER_NAMES and not (token.text.isupper() and len(token.text) > 1)


def _is_name_word(text: str) -> bool:
    return bool(_NAME_WORD.match(text))
