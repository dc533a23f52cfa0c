"""The honesty checks: what a rule can hold of 'true to the paragraph cited'.

Each rule is a function from the story to findings. A finding is a Problem; an entry's `waivers` (a word and why it is right
all the same) silence the findings about that word.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise

from bot.errors import Problem
from bot.nlp.lexicon import load_lexicon
from bot.nlp.normalize import EnglishStemmer, normalize, tokenize
from bot.story.article import match_paragraphs
from bot.story.entry import WRITABLE_FIELDS, Entry, field_values
from bot.story.models import Paragraph, Story
from bot.story.scaffold import TODO
from bot.story.validation import attribution
from bot.story.validation.attribution import QUOTED, at, points

_NUMBER = re.compile(r"\b\d+(?:[.,]\d+)*\b")
_DAY = re.compile(
    r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
    r"|\b(?:January|February|March|April|June|July|August|September|October|November|December)\b"
)
_NAME_WORD = re.compile(r"(?<![\w-])[A-ZÀ-Þ][\w’'&-]*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;]\s+|[“\"(]\s*)$")

Rule = Callable[[Story], Iterable[Problem]]


@cache
def _small_numbers() -> Mapping[str, str]:
    """Return the digits for each number word that always counts something, as 'one' and 'once' do not."""
    words = load_lexicon().number_words
    return {word: digits for word, digits in words.items() if word not in ("one", "once", "zero")}


def findings(story: Story) -> list[Problem]:
    """Everything the honesty checks object to, by file and line."""
    return sorted({problem for rule in RULES for problem in rule(story)})


def article_findings(story: Story, lines: list[str]) -> list[Problem]:
    """What differs between `story.yaml` and the article's text: hashes, mentions, link words."""
    texts = match_paragraphs(story, lines)
    found = []
    for number, paragraph in story.paragraphs.items():
        text = texts.get(number)
        if text is None:
            found.append(_about(f"paragraph {number}: no paragraph of the article has this hash; its text has changed"))
            continue
        found += [_about(f"paragraph {number}: {sentence}") for sentence in _against(story, paragraph, text)]
    return found


def _about(sentence: str) -> Problem:
    return Problem("story.yaml", 0, sentence)


def _against(story: Story, paragraph: Paragraph, text: str) -> Iterator[str]:
    folded = _fold(text)
    starts, ends = (
        folded.lstrip('"').startswith(_fold(paragraph.first_words).lstrip('"')),
        folded.endswith(_fold(paragraph.last_words)),
    )
    if not starts:
        yield f"it does not start with '{paragraph.first_words}'"
    if not ends:
        yield f"it does not end with '{paragraph.last_words}'"
    for name in (*paragraph.names, *paragraph.numbers, *paragraph.days, *paragraph.quotes):
        if not re.search(rf"(?<!\w){re.escape(_fold(name))}", folded, re.IGNORECASE):
            yield f"'{name}' does not occur in it"
    for id in paragraph.people:
        person = story.people[id]
        if not any(
            re.search(rf"(?<!\w){re.escape(_fold(n))}", folded, re.IGNORECASE) for n in (person.name, *person.aliases)
        ):
            yield f"it does not name {person.name}; if it means them by another word, list {id} under 'meant'"
    known = _known_words(story, [paragraph])
    for word, start in _name_words(text):
        if not start and _bare(word) not in known and not _DAY.fullmatch(word):
            yield f"it names '{word}', which stands neither under people nor under names"


def _fold(text: str) -> str:
    return text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')


def _bare(word: str) -> str:
    return re.sub(r"'s?$", "", _fold(word)).casefold()


def _known_words(story: Story, cited: Iterable[Paragraph]) -> set[str]:
    """Every word that names somebody or something in these paragraphs, in lower case."""
    known = {"i"}
    for paragraph in cited:
        people = [story.people[id] for id in (*paragraph.people, *paragraph.implied_people)]
        people += [story.people[member] for person in people for member in person.members]
        names = [name for person in people for name in (person.name, *person.aliases)]
        known |= {_bare(word) for name in (*names, *paragraph.names) for word in name.split()}
    return known


def _name_words(text: str) -> Iterator[tuple[str, bool]]:
    """Each capitalised word, and whether it starts a sentence."""
    for match in _NAME_WORD.finditer(text):
        yield match[0], bool(_SENTENCE_START.search(text[: match.start()]))


def unsupported(story: Story, entry: Entry) -> Iterator[Problem]:
    """Names, numbers, days and quoted phrases of the answer that no cited paragraph has."""
    cited = [story.paragraphs[number] for number in entry.cites]
    where = ", ".join(f"¶{number}" for number in entry.cites)
    waived = " ".join(waiver.word for waiver in entry.waivers)
    quotes = [_fold(q).casefold() for p in cited for q in p.quotes]
    speakers = [word for id in entry.by for word in story.people[id].name.split()]
    claimed = [*_claimed_names(story, entry.answer, cited, speakers), *_claimed_numbers(story, entry.answer, cited)]
    if entry.standing == "not_covered":
        claimed = []  # it says what is missing, so what it names is missing from the paragraph by right; see `_missing`
    for kind, what in claimed:
        if what not in waived:
            yield at(entry, f"the answer has the {kind} '{what}', which {where} does not have")
    for match in QUOTED.finditer(entry.answer):
        phrase = _fold(match[1]).casefold().strip(" .,;")
        if not any(phrase in quote for quote in quotes) and match[1] not in waived:
            yield at(entry, f"the answer quotes '{match[1]}', which is not among the quotes of {where}")


def _claimed_names(
    story: Story, text: str, cited: list[Paragraph], speakers: Iterable[str] = ()
) -> Iterator[tuple[str, str]]:
    known = _known_words(story, cited) | {_bare(word) for word in speakers}
    proper = {_bare(word) for person in story.people.values() for word in person.name.split() if word[0].isupper()}
    for word, start in _name_words(QUOTED.sub(" ", text)):
        if _bare(word) not in known and not _DAY.fullmatch(word) and (not start or _bare(word) in proper):
            yield "name", word


def _claimed_numbers(story: Story, text: str, cited: list[Paragraph]) -> Iterator[tuple[str, str]]:
    plain = QUOTED.sub(" ", text)
    listed = " ".join([*(n for p in cited for n in p.numbers), *(d for p in cited for d in p.days)])
    numbers = {*re.findall(r"\w+", listed.casefold()), *_NUMBER.findall(listed)}
    small_numbers = _small_numbers()
    numbers |= {small_numbers[word] for word in numbers if word in small_numbers}
    groups = {str(len(story.people[id].members)) for p in cited for id in (*p.people, *p.implied_people)}
    for match in _NUMBER.finditer(plain):
        if match[0] not in numbers:
            yield "number", match[0]
    for word in tokenize(normalize(plain)):
        if word in small_numbers and small_numbers[word] not in numbers | groups:
            yield "number", word
    for match in _DAY.finditer(plain):
        if match[0].casefold() not in numbers:
            yield "day", match[0]


def _support(story: Story) -> Iterator[Problem]:
    for entry in story.entries.values():
        yield from unsupported(story, entry)


def _supported_points(story: Story) -> Iterator[Problem]:
    """Names, numbers, days and quotes of every such line stand in the paragraphs it cites."""
    for point in points(story):
        cited = [story.paragraphs[number] for number in point.cites]
        where = ", ".join(f"¶{number}" for number in point.cites)
        quotes = [_fold(quote).casefold() for paragraph in cited for quote in paragraph.quotes]
        for kind, what in (*_claimed_names(story, point.text, cited), *_claimed_numbers(story, point.text, cited)):
            yield Problem(point.file, point.line, f"it has the {kind} '{what}', which {where} does not have")
        for match in QUOTED.finditer(point.text):
            if not any(_fold(match[1]).casefold().strip(" .,;") in quote for quote in quotes):
                yield Problem(
                    point.file, point.line, f"it quotes '{match[1]}', which is not among the quotes of {where}"
                )


def _unfounded(story: Story) -> Iterator[Problem]:
    for claim in story.claims.values():
        if not claim.developments:
            yield Problem(
                "claims.yaml", 0, f"{claim.id}: no later development bears on it; add one or say so in a comment"
            )
    for entry in story.entries.values():
        if entry.nearest and story.entries[entry.nearest].standing == "not_covered":
            yield at(entry, f"its nearest, '{entry.nearest}', does not hold anything the article says; choose another")


def _doubles(story: Story) -> Iterator[Problem]:
    """No two entries answer the same phrasing."""
    stems = EnglishStemmer()
    owner: dict[tuple[str, ...], tuple[Entry, str]] = {}
    for entry in story.entries.values():
        for text in (entry.question, *entry.phrasings):
            spelt = tokenize(normalize(text))
            key = tuple(stems(word) for word in spelt)
            other, _ = owner.setdefault(key, (entry, text))
            if other.id != entry.id:
                yield at(entry, f"'{text}' is also a phrasing of '{other.id}' ({other.file}:{other.line}); keep one")


def _ordered(story: Story) -> Iterator[Problem]:
    """The timeline runs forward, as far as its dates tell."""
    for before, after in pairwise(story.events):
        length = min(len(before.date), len(after.date))
        if before.date[:length] > after.date[:length]:
            sentence = f"{after.date} stands after {before.date}; put the events in order, oldest first"
            yield Problem(after.point.file, after.point.line, sentence)


def _uncited(story: Story) -> Iterator[Problem]:
    for number, ids in story.entries_citing.items():
        if not any(story.entries[id].standing != "not_covered" for id in ids):
            yield Problem("story.yaml", 0, f"paragraph {number} is cited by no entry that answers something")


def _names(story: Story) -> Iterator[Problem]:
    """No name belongs to two people, no word of the vocabulary to two concepts."""
    for file, listed in (
        ("people.yaml", [(n, p.id) for p in story.people.values() for n in {p.name, *p.aliases}]),
        ("vocabulary.yaml", [(word, concept) for concept, some in story.concepts.items() for word in some]),
    ):
        owners: dict[str, list[str]] = {}
        for name, owner in listed:
            owners.setdefault(" ".join(tokenize(normalize(name))), []).append(owner)
        for name, ids in owners.items():
            if len(set(ids)) > 1:
                yield Problem(file, 0, f"'{name}' stands under {' and '.join(sorted(set(ids)))}; keep one")


def _unwritten(story: Story) -> Iterator[Problem]:
    """Nothing is left that a person still has to write."""
    top = (story.title, story.publisher, story.published, story.disclaimer, story.url)
    places = [("story.yaml", 0, f"the story's '{text}'", text) for text in top]
    places += [("story.yaml", 0, f"the gist of paragraph {p.number}", p.gist) for p in story.paragraphs.values()]
    places += [("people.yaml", 0, f"the role of {p.id}", p.role) for p in story.people.values()]
    for file, line, what, text in places:
        if TODO in text:
            yield Problem(file, line, f"{what} is still to be written")
    for entry in story.entries.values():
        for key, value in field_values(entry).items():
            if WRITABLE_FIELDS[key].kind == "text" and TODO in str(value):
                yield at(entry, f"'{key}' is still to be written")


RULES: tuple[Rule, ...] = (
    _support,
    _supported_points,
    *attribution.RULES,
    _unfounded,
    _doubles,
    _ordered,
    _uncited,
    _names,
    _unwritten,
)
