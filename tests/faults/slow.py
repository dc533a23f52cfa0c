"""Look for questions that take long to match.

    python -m tests.faults.slow [--seconds 60] [--limit 20] [--knowledge knowledge]

First every shape below at Discord's greatest length, each with words that were never seen before (what is cached of earlier
words must not help); then, for the seconds given, mixtures of the slowest ones. Times are processor time of this process, so
that a busy machine changes little. The exit status is 1 where a question takes longer than the limit, in milliseconds.
"""

import argparse
import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter, process_time

from bot import bootstrap
from bot.answering.answerer import Answerer

MAX_MESSAGE, MAX_OPTION = 4_000, 6_000
"""Characters of the longest message, and of the longest text of a command; resources/message, interactions."""
ROUNDS = 5
MIXED_SHAPES = 10
"""Slowest shapes that the mixtures are made of."""
SLIP_SHARE = 0.3
"""Share of a mixture's words that are misspelt, so that none is cached."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"
Shape = Callable[[random.Random, Answerer], str]
Timed = tuple[float, str]
"""(milliseconds, text)."""


def _random_words(rng: random.Random, min_length: int, max_length: int) -> str:
    words = (
        "".join(rng.choices(LETTERS, k=rng.randint(min_length, max_length))) for _ in range(MAX_OPTION // min_length)
    )
    return " ".join(words)


def _story_words(answerer: Answerer) -> list[str]:
    return sorted({word for text in _phrasings(answerer) for word in text.split()})


def _phrasings(answerer: Answerer) -> list[str]:
    return [text for entry in answerer.story.entries.values() for text in (entry.question, *entry.phrasings)]


def _names(answerer: Answerer) -> list[str]:
    return [name for person in answerer.story.people.values() for name in (person.name, *person.aliases)]


def _sample(rng: random.Random, texts: list[str], separator: str = " ") -> str:
    return separator.join(rng.choices(texts, k=MAX_OPTION // 3))


def _misspell(rng: random.Random, word: str) -> str:
    """Return the word with one letter wrong."""
    i = rng.randrange(len(word))
    return word[:i] + rng.choice(LETTERS) + word[i + 1 :]


def _misspelt_words(rng: random.Random, answerer: Answerer) -> str:
    words = [word.lower() for word in _story_words(answerer) if word.isalpha() and 3 < len(word) < 30]
    return " ".join(_misspell(rng, word) for word in rng.choices(words, k=MAX_OPTION // 4))


SHAPES: dict[str, Shape] = {
    "one word, again and again": lambda rng, _: f"{rng.choice(LETTERS)}amp " * MAX_OPTION,
    "one question, again and again": lambda rng, a: f"{rng.choice(_phrasings(a))} " * 200,
    "all names of the base": lambda rng, a: _sample(rng, _names(a)),
    "all words of the base": lambda rng, a: _sample(rng, _story_words(a)),
    "all questions of the base": lambda rng, a: _sample(rng, _phrasings(a)),
    "all questions, joined by and": lambda rng, a: _sample(rng, _phrasings(a), " and who "),
    "all questions, each with its mark": lambda rng, a: _sample(rng, _phrasings(a), "? "),
    "one word of all letters": lambda rng, _: "".join(rng.choices(LETTERS, k=MAX_OPTION)),
    "one word of one letter": lambda rng, _: rng.choice(LETTERS) * MAX_OPTION,
    "one word with hyphens": lambda rng, _: _random_words(rng, 1, 3).replace(" ", "-"),
    "one word with apostrophes": lambda rng, _: _random_words(rng, 1, 3).replace(" ", "'"),
    "words of the base, all misspelt": _misspelt_words,
    "words of 4 letters that nobody knows": lambda rng, _: _random_words(rng, 4, 4),
    "words of 5 to 8 letters that nobody knows": lambda rng, _: _random_words(rng, 5, 8),
    "words of 9 to 30 letters that nobody knows": lambda rng, _: _random_words(rng, 9, 30),
    "words of 1 to 3 letters": lambda rng, _: _random_words(rng, 1, 3),
    "numbers": lambda rng, _: " ".join(str(rng.randrange(10**9)) for _ in range(900)),
    "one number": lambda rng, _: "".join(rng.choices("123456789", k=MAX_OPTION)),
    "emoji": lambda rng, _: "".join(chr(rng.randrange(0x1F600, 0x1F64F)) for _ in range(MAX_OPTION)),
    "custom emoji": lambda _, __: "<:a:1> " * 900,
    "open brackets": lambda _, __: "<" * MAX_OPTION,
    "tags that never close": lambda _, __: "<a" * MAX_OPTION,
    "addresses": lambda _, __: "https://x " * 900,
    "combining marks": lambda rng, _: "a" + "".join(chr(rng.randrange(0x300, 0x36F)) for _ in range(MAX_OPTION)),
    "letters with marks": lambda rng, _: "".join(chr(rng.randrange(0xC0, 0x250)) for _ in range(MAX_OPTION)),
    "one letter that is many": lambda _, __: "\ufdfa" * MAX_OPTION,  # NFKD makes eighteen of it
    "Chinese": lambda rng, _: "".join(chr(rng.randrange(0x4E00, 0x9FFF)) for _ in range(MAX_OPTION)),
    "question marks": lambda _, __: "?" * MAX_OPTION,
    "question marks and spaces": lambda _, __: "? " * MAX_OPTION,
    "spaces": lambda _, __: " " * MAX_OPTION,
    "spaces, and then a letter": lambda _, __: " " * (MAX_MESSAGE // 2 - 1) + "x" + " " * MAX_OPTION,
    "commas and spaces": lambda _, __: "?" + ", " * MAX_OPTION,
    "and and and": lambda _, __: "and " * MAX_OPTION,
    "who and who": lambda _, __: "who and " * MAX_OPTION,
    "how many how many": lambda _, __: "how many when why " * MAX_OPTION,
    "dots between letters": lambda _, __: "a." * MAX_OPTION,
    "abbreviations of a country": lambda _, __: "U.S. " * MAX_OPTION,
    "apostrophes": lambda _, __: "l'a" * MAX_OPTION,
    "two letters in turn": lambda _, __: "ab" * MAX_OPTION,
    "doubled letters": lambda _, __: "aabbccdd" * MAX_OPTION,
    "not not not": lambda _, __: "not never no " * MAX_OPTION,
    "names and articles in turn": lambda rng, a: _sample(rng, [f"{n} the of the" for n in _names(a)]),
    "first words of names": lambda rng, a: _sample(rng, [n.split()[0] for n in _names(a)]),
}


def time_reply(answerer: Answerer, text: str, context: Sequence[str] = ()) -> float:
    """Return the milliseconds of processor time that one question takes."""
    start = process_time()
    answerer.reply(text, context)
    return 1000 * (process_time() - start)


def measure(answerer: Answerer, shape: Shape, rng: random.Random) -> Timed:
    """Return the upper quartile over some rounds of a shape, alone or after three questions of its kind."""
    times = []
    for _ in range(ROUNDS):
        text, *context = (shape(rng, answerer)[:MAX_MESSAGE] for _ in range(4))
        times.append((time_reply(answerer, text), text))
        follow_up = ("and he " + text)[:MAX_MESSAGE]
        times.append((time_reply(answerer, follow_up, context), follow_up))
    times.sort()
    return times[len(times) * 3 // 4]


def search(answerer: Answerer, texts: Sequence[str], seconds: float, rng: random.Random) -> Timed:
    """Return the slowest mixture of some texts that is found in the time given."""
    best = (0.0, "")
    pool = list(texts)
    end = perf_counter() + seconds
    while perf_counter() < end:
        text = _mix(rng.choice(pool), rng.choice(pool), rng)
        ms = time_reply(answerer, text)
        if ms > best[0]:
            repeated = time_reply(answerer, text)  # was it a pause of the machine, or the text?
            if repeated > best[0] * 0.5:
                best = (ms, text)
                pool.append(text)
    return best


def _mix(text: str, inserted: str, rng: random.Random) -> str:
    """Return a text with the end of another one put in somewhere, and some words misspelt."""
    i, start = rng.randrange(MAX_MESSAGE), rng.randrange(MAX_MESSAGE)
    mixed = (text[:i] + inserted[start:] + text[i:])[:MAX_MESSAGE]
    return " ".join(
        _misspell(rng, word) if word.isalpha() and rng.random() < SLIP_SHARE else word for word in mixed.split(" ")
    )


def main() -> int:
    """Print the slowest shapes; return 1 where one is over the limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--limit", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=8, help="how many of the slowest are printed")
    parser.add_argument("--knowledge", type=Path, default=Path("knowledge"))
    parser.add_argument("--save", type=Path, help="a folder for the slowest texts")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    answerer = bootstrap.answerer(options.knowledge)
    answerer.reply("warm up")
    results = [(*measure(answerer, shape, rng), name) for name, shape in SHAPES.items()]
    results.sort(reverse=True)
    if options.seconds:
        slowest = search(answerer, [text for _, text, _ in results[:MIXED_SHAPES]], options.seconds, rng)
        results.append((*slowest, f"the slowest mixture in {options.seconds:.0f} s"))
        results.sort(reverse=True)
    for ms, text, name in results[: options.most]:
        print(f"{ms:8.1f} ms  {name}: {text[:40]!r}")
        if options.save:
            options.save.mkdir(parents=True, exist_ok=True)
            (options.save / f"{name.replace(' ', '-').replace(',', '')}.txt").write_text(text, "utf-8")
    over_limit = sum(ms > options.limit for ms, _, _ in results)
    print(f"{len(results)} kinds of question at full length, {over_limit} over {options.limit:.0f} ms")
    return 1 if over_limit else 0


if __name__ == "__main__":
    sys.exit(main())
