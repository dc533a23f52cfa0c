"""Measure the speed of the bot beside baselines, against the story's base and against synthetic ones of any size."""

import random
import time
from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from bot.answering.answerer import Answerer
from bot.answering.matcher_input import story_texts, story_vocabulary
from bot.evaluation import baselines
from bot.evaluation.timing import Timings, memory_mb, time_calls, time_questions
from bot.matching.document import EntryTexts
from bot.matching.index import Index
from bot.matching.index_builder import build, update
from bot.matching.matcher import Matcher
from bot.matching.splitting import split_questions
from bot.matching.vocabulary import Vocabulary
from bot.matching.weights import Weights
from bot.nlp.normalize import normalize, tokenize

SUBSTITUTED = 40
"""Words of about the same frequency that are substituted for each other in the copies of a base."""
STORY_UPDATES, SYNTHETIC_UPDATES = 20, 9
"""Entries that get one phrasing more, each by itself."""
SEED = 1
"""Every run measures the same questions."""


class ScalingResult(Struct, frozen=True):
    """One size of a base: seconds to build its index and to update it, timings of questions, and the process's memory in MB."""

    phrasings: int
    entries: int
    build: float
    update: float
    question: Timings
    memory: float
    baselines: dict[str, Timings]


def time_story(answerer: Answerer, questions: Sequence[str], baseline_questions: int) -> dict[str, Timings]:
    """Return timings by matcher against the story's base: from a question to a reply, and of each baseline.

    Messages of several questions are timed apart, since each of their questions is matched.
    """
    answerer.warm()
    several = [question for question in questions if split_questions(question)]
    single = [question for question in questions if not split_questions(question)]
    timings = {"Pilcrow": time_questions(answerer.reply, single)}
    if several:
        timings[f"Pilcrow, {len(several)} messages of several"] = time_questions(answerer.reply, several)
    sample = random.Random(SEED).sample(list(questions), min(baseline_questions, len(questions)))
    for name, closest in baselines.over_story(answerer.story).items():
        timings[name] = time_questions(closest, sample)
    return timings


def time_updates(answerer: Answerer) -> Timings:
    """Return timings of updating the story's index after one phrasing more, for some entries."""
    return _time_updates(answerer.matcher.index, story_texts(answerer.story), STORY_UPDATES)


def _time_updates(index: Index, entries: Sequence[EntryTexts], count: int) -> Timings:
    numbers = random.Random(SEED).sample(range(len(entries)), min(count, len(entries)))
    return time_calls([lambda n=n: _add_phrasing(index, entries, n) for n in numbers])  # type: ignore[misc]


def _add_phrasing(index: Index, entries: Sequence[EntryTexts], number: int) -> None:
    entry = entries[number]
    texts = (*entry.texts, "and who told them about the purple kettle")
    longer = EntryTexts(entry.id, texts, entry.answer, entry.covered, entry.cites)
    update(index, [*entries[:number], longer, *entries[number + 1 :]])


def synthesize_base(answerer: Answerer, phrasings: int) -> tuple[list[EntryTexts], Vocabulary]:
    """Return a base of about `phrasings` phrasings made of copies of the story's entries, each asking for other things.

    Words of about the same frequency are substituted for each other, so that copies are as long, and their words as rare, as
    the original's, and no two are the same.
    """
    entries, known = story_texts(answerer.story), story_vocabulary(answerer.story)
    tokens = {text: tokenize(normalize(text)) for entry in entries for text in entry.texts}
    counts = Counter(token for text_tokens in tokens.values() for token in text_tokens)
    ranked = [word for word, _ in counts.most_common() if len(word) > 3 and word not in known.words]
    synthetic: list[EntryTexts] = []
    copy = count = 0
    while count < phrasings:
        substitutes = _substitutes(ranked, copy)
        for entry in entries:
            suffix = f" {_invented_word(copy)}" if copy else ""
            texts = tuple(" ".join(substitutes.get(t, t) for t in tokens[text]) + suffix for text in entry.texts)
            synthetic.append(EntryTexts(f"{entry.id}-{copy}", texts, entry.answer, entry.covered, entry.cites))
            count += len(texts)
            if count >= phrasings:
                break
        copy += 1
    return synthetic, known


def _substitutes(ranked: Sequence[str], copy: int) -> dict[str, str]:
    """Return for each word another one of about the same frequency, rotated by the number of the copy."""
    return {
        word: ranked[n - n % SUBSTITUTED + (n + copy) % min(SUBSTITUTED, len(ranked) - n + n % SUBSTITUTED)]
        for n, word in enumerate(ranked)
    }


def _invented_word(number: int) -> str:
    """Return a word that no text has."""
    return "zq" + "".join("bdfgklmnprstvz"[int(digit)] + "aeiou"[int(digit) % 5] for digit in str(number))


def measure_scaling(
    answerer: Answerer, phrasings: int, weights: Weights, questions: int, baseline_questions: int
) -> ScalingResult:
    """Build a base of about `phrasings` phrasings and ask it; with 0 baseline questions, no baseline."""
    entries, known = synthesize_base(answerer, phrasings)
    start = time.thread_time()
    index = build(entries, known)
    build_time = time.thread_time() - start
    chance = random.Random(SEED)
    texts = [text for entry in entries for text in entry.texts]
    typed = [_mistype(text, chance) for text in chance.sample(texts, questions)]
    matcher = Matcher(index, weights)
    index.warm()
    update_times = _time_updates(index, entries, SYNTHETIC_UPDATES)
    question_times = time_questions(matcher.match, typed)
    memory = memory_mb()
    owners = [entry.id for entry in entries for _ in entry.texts]
    baseline_times = (
        {
            name: time_questions(closest, typed[:baseline_questions])
            for name, closest in baselines.over_texts(owners, texts).items()
        }
        if baseline_questions
        else {}
    )
    return ScalingResult(
        len(texts), len(entries), build_time, update_times.median, question_times, memory, baseline_times
    )


def _mistype(text: str, chance: random.Random) -> str:
    """Return a text with one word left out and two letters of another swapped, as people type."""
    words = text.split()
    if len(words) > 3:
        del words[chance.randrange(len(words))]
    number = chance.randrange(len(words))
    word = words[number]
    if len(word) > 4:
        i = chance.randrange(1, len(word) - 2)
        words[number] = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    return " ".join(words)
