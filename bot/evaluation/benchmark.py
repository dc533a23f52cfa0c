"""How fast the bot is, beside plain matchers over the same phrasings, on bases of any size.

Times are of the thread that works (so that other programs on the machine count little), in seconds; a comparison always
comes from one run. What is compared: `process.extractOne` with WRatio, `token_sort_ratio`, and BM25.
"""

import gc
import json
import math
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from msgspec import Struct

from bot.answering.answerer import Answerer, sources, vocabulary
from bot.errors import PilcrowError
from bot.evaluation import baselines
from bot.matching.document import EntryTexts
from bot.matching.index import Index
from bot.matching.index_builder import build, update
from bot.matching.matcher import Matcher
from bot.matching.splitting import split_questions
from bot.matching.vocabulary import Vocabulary
from bot.matching.weights import Weights
from bot.nlp.normalize import normalize, tokenize

HELD = 0.68
"""Share of out-of-scope questions that a threshold has to hold back, on questions that are not judged, for 65 % of others to be
held: there are a hundred of them, which tell a share to within five points only.
"""
ROTATED = 40
"""Words of about the same frequency that stand for each other in the copies of a base."""
RENEWED = 9
"""Entries of a larger base that get one phrasing more, each by itself."""
SEED = 1
"""So that every run measures the same questions."""


class NoBenchmark(PilcrowError):
    """A file that can't be measured with, and why."""


class Times(Struct, frozen=True):
    """Seconds that each of some calls took, sorted."""

    each: tuple[float, ...]

    @property
    def median(self) -> float:
        """The time that half of the calls keep to."""
        return median(self.each)

    @property
    def p99(self) -> float:
        """The time that 99 in a hundred keep to."""
        return self.each[min(len(self.each) - 1, int(0.99 * len(self.each)))]


class Scaled(Struct, frozen=True):
    """One size of a base: phrasings, what building and renewing it took, how long a question takes, and the memory of the whole process in MB."""

    phrasings: int
    entries: int
    built: float
    renewed: float
    question: Times
    memory: float
    baselines: dict[str, Times]


class Intents(Struct, frozen=True):
    """A matcher on labelled intents: shares of in-scope questions given the right one, and of the others held back."""

    name: str
    right: float
    in_scope: float
    out_of_scope: float
    question: Times


class Clinc(Struct, frozen=True):
    """The intents of CLINC150: (text, intent) pairs."""

    train: list[tuple[str, str]]
    test: list[tuple[str, str]]
    oos_val: list[str]
    oos_test: list[str]


def timed(calls: Sequence[Callable[[], object]]) -> Times:
    """How long each call takes, by the clock of this thread; what is there already is no garbage meanwhile."""
    gc.collect()
    gc.freeze()
    found = []
    for call in calls:
        start = time.thread_time()
        call()
        found.append(time.thread_time() - start)
    gc.unfreeze()
    return Times(tuple(sorted(found)))


def asked(ask: Callable[[str], object], questions: Sequence[str]) -> Times:
    """How long each question takes, after a few that do not count."""
    for question in questions[:20]:
        ask(question)
    return timed([lambda question=question: ask(question) for question in questions])  # type: ignore[misc]


def story(answerer: Answerer, questions: Sequence[str], slow: int) -> dict[str, Times]:
    """One question against the story's base: the whole way to a reply, and each baseline (`slow`: on so many of them).

    Messages of several questions stand apart, since each of those questions is matched.
    """
    answerer.warm()
    several = [question for question in questions if split_questions(question)]
    found = {"Pilcrow": asked(answerer.reply, [question for question in questions if not split_questions(question)])}
    if several:
        found[f"Pilcrow, {len(several)} messages of several"] = asked(answerer.reply, several)
    some = random.Random(SEED).sample(list(questions), min(slow, len(questions)))
    for name, closest in baselines.baselines(answerer).items():
        found[name] = asked(closest, some)
    return found


def edit(answerer: Answerer) -> Times:
    """What re-indexing takes after one phrasing more, for some entries."""
    return _renewals(answerer.matcher.index, sources(answerer.story), 20)


def _renewals(index: Index, base: Sequence[EntryTexts], many: int) -> Times:
    """The same for so many entries of a base, each by itself."""
    numbers = random.Random(SEED).sample(range(len(base)), min(many, len(base)))
    return timed([lambda n=n: _renew(index, base, n) for n in numbers])  # type: ignore[misc]


def _renew(index: Index, base: Sequence[EntryTexts], number: int) -> None:
    one = base[number]
    more = EntryTexts(
        one.id, (*one.texts, "and who told them about the purple kettle"), one.answer, one.covered, one.cites
    )
    update(index, [*base[:number], more, *base[number + 1 :]])


def grown(answerer: Answerer, phrasings: int) -> tuple[list[EntryTexts], Vocabulary]:
    """A base of about so many phrasings, of the shape of the story's: each copy of an entry asks for other things.

    Words of about the same frequency stand for each other, so that copies are as long, and their words as rare, as the
    original's, and no two are the same.
    """
    real, known = sources(answerer.story), vocabulary(answerer.story)
    read = {text: tokenize(normalize(text)) for source in real for text in source.texts}
    common = Counter(word for spelt in read.values() for word in spelt)
    ranked = [word for word, _ in common.most_common() if len(word) > 3 and word not in known.words]
    found: list[EntryTexts] = []
    copy = count = 0
    while count < phrasings:
        other = {
            w: ranked[n - n % ROTATED + (n + copy) % min(ROTATED, len(ranked) - n + n % ROTATED)]
            for n, w in enumerate(ranked)
        }
        for source in real:
            mark = f" {_invented(copy)}" if copy else ""
            texts = tuple(" ".join(other.get(word, word) for word in read[text]) + mark for text in source.texts)
            found.append(EntryTexts(f"{source.id}-{copy}", texts, source.answer, source.covered, source.cites))
            count += len(texts)
            if count >= phrasings:
                break
        copy += 1
    return found, known


def _invented(number: int) -> str:
    """A word that no text has."""
    return "zq" + "".join("bdfgklmnprstvz"[int(digit)] + "aeiou"[int(digit) % 5] for digit in str(number))


def scaled(answerer: Answerer, phrasings: int, weights: Weights, questions: int, slow: int) -> Scaled:
    """Builds a base of that size and asks it; `slow`: how many questions the baselines are asked, 0 for none."""
    base, known = grown(answerer, phrasings)
    start = time.thread_time()
    index = build(base, known)
    built = time.thread_time() - start
    chance = random.Random(SEED)
    texts = [text for source in base for text in source.texts]
    typed = [_mistyped(text, chance) for text in chance.sample(texts, questions)]
    matcher = Matcher(index, weights)
    index.warm()
    renewing = _renewals(index, base, RENEWED)
    times = asked(matcher.match, typed)
    used = memory()
    owner = [source.id for source in base for _ in source.texts]
    others = {name: asked(one, typed[:slow]) for name, one in baselines.over(owner, texts).items()} if slow else {}
    return Scaled(len(texts), len(base), built, renewing.median, times, used, others)


def _mistyped(text: str, chance: random.Random) -> str:
    """A text with one word left out and two letters swapped, as people type."""
    spelt = text.split()
    if len(spelt) > 3:
        del spelt[chance.randrange(len(spelt))]
    number = chance.randrange(len(spelt))
    word = spelt[number]
    if len(word) > 4:
        at = chance.randrange(1, len(word) - 2)
        spelt[number] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(spelt)


def memory() -> float:
    """Memory of this process in MB: what it holds now where the system tells, else the most it has held."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def read_clinc(path: Path) -> Clinc:
    """The intents in a file of CLINC150's own format. Raises NoBenchmark."""
    try:
        data: dict[str, list[list[str]]] = json.loads(path.read_text("utf-8"))
        pairs = {key: [(text, intent) for text, intent in data[key]] for key in ("train", "test")}
        others = {key: [text for text, _ in data[key]] for key in ("oos_val", "oos_test")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoBenchmark(f"{path}: can't be read as CLINC150: {error}") from error
    return Clinc(pairs["train"], pairs["test"], others["oos_val"], others["oos_test"])


def intents(data: Clinc, weights: Weights, most: int, slow: int) -> list[Intents]:
    """Pilcrow and the baselines on labelled intents, the threshold chosen on `oos_val`; at most so many questions each."""
    by_intent: dict[str, list[str]] = {}
    for text, intent in data.train:
        by_intent.setdefault(intent, []).append(text)
    base = [
        EntryTexts(intent, tuple(texts), "", covered=True, cites=frozenset([number]))
        for number, (intent, texts) in enumerate(by_intent.items())
    ]
    index = build(base, Vocabulary.build(aliases={}, concepts={}, members={}))
    matcher = Matcher(index, weights)

    def ours(text: str) -> tuple[str, float]:
        match = matcher.match(text)
        # By the score and not by the confidence, which is fitted to one story with its names and vocabulary.
        return (match.candidates[0].entry, match.candidates[0].score) if match.candidates else ("", -99.0)

    index.warm()
    found = [_judged("Pilcrow", ours, data, most)]
    owner, texts = [intent for _, intent in data.train], [text for text, _ in data.train]
    return found + [_judged(name, one, data, slow) for name, one in baselines.over(owner, texts).items()]


def _judged(name: str, closest: baselines.Closest, data: Clinc, most: int) -> Intents:
    chance = random.Random(SEED)
    test = chance.sample(data.test, min(most, len(data.test)))
    oos = chance.sample(data.oos_test, min(most // 3 or 1, len(data.oos_test)))
    strange = sorted(closest(text)[1] for text in data.oos_val)
    # The lowest that holds enough of them: a higher one answers fewer of the others.
    chosen = math.nextafter(strange[math.ceil(HELD * len(strange)) - 1], math.inf)
    answers = [(guess == intent, score) for text, intent in test for guess, score in [closest(text)]]
    held = sum(closest(text)[1] < chosen for text in oos) / len(oos)
    return Intents(
        name=name,
        right=sum(good for good, _ in answers) / len(answers),
        in_scope=sum(good and score >= chosen for good, score in answers) / len(answers),
        out_of_scope=held,
        question=asked(closest, [text for text, _ in test[: max(50, most // 4)]]),
    )


READY = """
import time
from pathlib import Path
import discord
begun = time.perf_counter()
from bot import bootstrap
from bot.discord_frontend import runner
ready = bootstrap.knowledge_base(Path({knowledge!r})).load()
took = time.perf_counter() - begun
ready.answerer.warm()
from bot.evaluation import benchmark as bench
print(took, bench.memory())
"""


def starts(knowledge: Path, runs: int) -> dict[str, list[float]]:
    """Whole processes, in turn: asking once, importing rapidfuzz and yaml; the bot ready beyond `import discord`, its MB."""
    ask = [sys.executable, "-m", "bot", "ask", "--knowledge", str(knowledge), "what happened"]
    imports = [sys.executable, "-c", "import rapidfuzz, yaml"]
    found: dict[str, list[float]] = {"ask": [], "import": [], "ready": [], "memory": []}
    _process(ask)  # keeps the index
    for _ in range(runs):
        found["ask"].append(_process(ask)[0])
        found["import"].append(_process(imports)[0])
        ready, memory = _process([sys.executable, "-c", READY.format(knowledge=str(knowledge))])[1].split()
        found["ready"].append(float(ready))
        found["memory"].append(float(memory))
    return found


def _process(command: Sequence[str]) -> tuple[float, str]:
    start = time.perf_counter()
    done: Any = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 (our own commands)
    return time.perf_counter() - start, done.stdout
