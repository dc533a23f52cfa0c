"""What of the article no answer covers, by the records of its paragraphs, and what readers may ask that nobody answers."""

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.evaluation.suggestion import Suggestion, listed
from bot.matching.index import Index
from bot.matching.vocabulary import PERSON
from bot.nlp.lexicon import load_lexicon
from bot.story.entry import Entry
from bot.story.models import Paragraph, Story
from bot.story.validation.names import straighten_quotes

MENTION_GAIN = 0.25
"""What an answer with a name or number that none has gains, beside an entry; of one paragraph, four gain twice as much."""
PERSON_GAIN = 0.2
SLOT_GAIN = 0.02
SLOTS = {
    "who": ("who",),
    "when": ("when", "how-long-ago"),
    "where": ("where",),
    "why": ("why",),
    "how many": ("how-many", "how-long", "how-often", "how-old"),
}
"""What readers ask of a fact, with the intents of a question that asks it."""
OUTCOME = "what came of it"
_OUTCOME = re.compile(
    r"\b(?:outcome|results?|resulted|consequences?|effects?|came of|ended?|end up|happened (?:next|after|then|to)|led to|lead to"
    r"|impact|aftermath|what happened|later)\b",
    re.IGNORECASE,
)


def find(story: Story, index: Index) -> Iterator[Suggestion]:
    """Yield what no answer has, whom no entry tells of, and a checklist of questions."""
    entries = story.written_entries
    each = 100 / max(1, len(entries))
    told = [entry for entry in entries if entry.standing != "not_covered"]
    answers = straighten_quotes("\n".join(f"{entry.question} {entry.answer}" for entry in told)).casefold()
    words = _number_words()
    for paragraph in story.paragraphs.values():
        mentions = [*_people_named(story, paragraph), *paragraph.names, *paragraph.numbers]
        lacking = _longest([mention for mention in dict.fromkeys(mentions) if not _has(answers, mention, words)])
        if lacking:
            sentence = f"no answer has {listed(lacking, 'or')} of ¶{paragraph.number}; is any of it worth an entry?"
            yield Suggestion(MENTION_GAIN * len(lacking) ** 0.5 * each, "story.yaml", 0, sentence)
    yield from _find_untold_people(story, index, each)
    yield from _checklist(story, index)


def _longest(mentions: Sequence[str]) -> list[str]:
    """Return those that are no part of another one."""
    return [mention for mention in mentions if not any(mention in other and mention != other for other in mentions)]


def _people_named(story: Story, paragraph: Paragraph) -> Iterator[str]:
    return (story.people[id].name for id in paragraph.people if not story.people[id].outside_article)


def _number_words() -> Mapping[str, tuple[str, ...]]:
    """Return the words for each number, by its digits."""
    found: dict[str, list[str]] = {}
    for word, value in load_lexicon().number_words.items():
        found.setdefault(str(value), []).append(word)
    return {value: tuple(words) for value, words in found.items()}


def _has(answers: str, mention: str, words: Mapping[str, tuple[str, ...]]) -> bool:
    """Return whether any answer has a name or number; a number also as a word, a name also by its last word."""
    plain = straighten_quotes(mention).casefold()
    forms = (plain, *words.get(plain, ()), *([] if plain[:1].isdigit() else plain.split()[-1:]))
    return any(re.search(rf"(?<!\w){re.escape(form)}", answers) for form in forms)


def _find_untold_people(story: Story, index: Index, each: float) -> Iterator[Suggestion]:
    """Yield those of `people.yaml` whom no question, phrasing or answer of an entry names."""
    written = {entry.id for entry in story.written_entries}
    told: set[str] = set()
    for document in index.documents:
        if document is not None and document.entry.id in written:
            told.update(document.answer_terms, *document.terms)
    untold = [p for p in story.people.values() if not p.outside_article and PERSON + p.id not in told]
    for person in untold:
        cites = f" (¶{', ¶'.join(map(str, person.cites))})" if person.cites else ""
        sentence = f"no entry tells of {person.name}{cites}; write one, or leave the record out"
        yield Suggestion(PERSON_GAIN * each, "people.yaml", 0, sentence)


def _checklist(story: Story, index: Index) -> Iterator[Suggestion]:
    """Yield for each paragraph what readers may ask and no entry that cites it is asked."""
    asked: dict[str, set[str]] = {}
    for document in index.documents:
        if document is not None:
            asked[document.entry.id] = set().union(*document.intents)
    for number, ids in story.entries_citing.items():
        entries = [story.entries[id] for id in ids if story.entries[id].is_written]
        intents = set().union(*(asked.get(entry.id, ()) for entry in entries))
        lacking = [slot for slot, own in SLOTS.items() if intents.isdisjoint(own)]
        if not any(map(_asks_outcome, entries)):
            lacking.append(OUTCOME)
        if entries and lacking:
            sentence = f"¶{number}: nobody answers {listed(lacking, 'or', len(lacking))}; if readers will ask, say it, or that it is not said"
            yield Suggestion(SLOT_GAIN * len(lacking), "qa", 0, sentence)


def _asks_outcome(entry: Entry) -> bool:
    return any(_OUTCOME.search(text) for text in (entry.question, *entry.phrasings))
