"""Looks for questions that take long to match.

    python -m tests.faults.slow [--seconds 60] [--limit 20] [--knowledge knowledge]

First every shape below at Discord's greatest length, each with words that were never seen before (what the bot
remembers of earlier words must not help); then, for the seconds given, mixtures of the slowest ones. Times are processor
time of this process, so that a busy machine changes little. The exit status is 1 where one takes longer than the limit, in milliseconds.
"""

import argparse
import random
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

from bot import bootstrap
from bot.answering.answerer import Answerer

MESSAGE, OPTION = 4_000, 6_000
"""Characters of the longest message, and of the longest text of a command; resources/message, interactions."""
ROUNDS = 5
LETTERS = "abcdefghijklmnopqrstuvwxyz"
Shape = Callable[[random.Random, Answerer], str]


def _words(chance: random.Random, least: int, most: int) -> str:
    words = ("".join(chance.choices(LETTERS, k=chance.randint(least, most))) for _ in range(OPTION // least))
    return " ".join(words)


def _story_words(answerer: Answerer) -> list[str]:
    return sorted({word for text in _phrasings(answerer) for word in text.split()})


def _phrasings(answerer: Answerer) -> list[str]:
    return [text for entry in answerer.story.entries.values() for text in (entry.question, *entry.phrasings)]


def _names(answerer: Answerer) -> list[str]:
    return [name for person in answerer.story.people.values() for name in (person.name, *person.aliases)]


def _mixed(chance: random.Random, texts: list[str], between: str = " ") -> str:
    return between.join(chance.choices(texts, k=OPTION // 3))


def _slip(chance: random.Random, word: str) -> str:
    """The word with one letter wrong."""
    at = chance.randrange(len(word))
    return word[:at] + chance.choice(LETTERS) + word[at + 1 :]


def _misspelt(chance: random.Random, answerer: Answerer) -> str:
    known = [word.lower() for word in _story_words(answerer) if word.isalpha() and 3 < len(word) < 30]
    return " ".join(_slip(chance, word) for word in chance.choices(known, k=OPTION // 4))


SHAPES: dict[str, Shape] = {
    "one word, again and again": lambda chance, _: f"{chance.choice(LETTERS)}amp " * OPTION,
    "one question, again and again": lambda chance, a: f"{chance.choice(_phrasings(a))} " * 200,
    "all names of the base": lambda chance, a: _mixed(chance, _names(a)),
    "all words of the base": lambda chance, a: _mixed(chance, _story_words(a)),
    "all questions of the base": lambda chance, a: _mixed(chance, _phrasings(a)),
    "all questions, joined by and": lambda chance, a: _mixed(chance, _phrasings(a), " and who "),
    "all questions, each with its mark": lambda chance, a: _mixed(chance, _phrasings(a), "? "),
    "one word of all letters": lambda chance, _: "".join(chance.choices(LETTERS, k=OPTION)),
    "one word of one letter": lambda chance, _: chance.choice(LETTERS) * OPTION,
    "one word with hyphens": lambda chance, _: _words(chance, 1, 3).replace(" ", "-"),
    "one word with apostrophes": lambda chance, _: _words(chance, 1, 3).replace(" ", "'"),
    "words of the base, all misspelt": _misspelt,
    "words of 4 letters that nobody knows": lambda chance, _: _words(chance, 4, 4),
    "words of 5 to 8 letters that nobody knows": lambda chance, _: _words(chance, 5, 8),
    "words of 9 to 30 letters that nobody knows": lambda chance, _: _words(chance, 9, 30),
    "words of 1 to 3 letters": lambda chance, _: _words(chance, 1, 3),
    "numbers": lambda chance, _: " ".join(str(chance.randrange(10**9)) for _ in range(900)),
    "one number": lambda chance, _: "".join(chance.choices("123456789", k=OPTION)),
    "emoji": lambda chance, _: "".join(chr(chance.randrange(0x1F600, 0x1F64F)) for _ in range(OPTION)),
    "custom emoji": lambda _, __: "<:a:1> " * 900,
    "open brackets": lambda _, __: "<" * OPTION,
    "tags that never close": lambda _, __: "<a" * OPTION,
    "addresses": lambda _, __: "https://x " * 900,
    "combining marks": lambda chance, _: "a" + "".join(chr(chance.randrange(0x300, 0x36F)) for _ in range(OPTION)),
    "letters with marks": lambda chance, _: "".join(chr(chance.randrange(0xC0, 0x250)) for _ in range(OPTION)),
    "one letter that is many": lambda _, __: "\ufdfa" * OPTION,  # NFKD makes eighteen of it
    "Chinese": lambda chance, _: "".join(chr(chance.randrange(0x4E00, 0x9FFF)) for _ in range(OPTION)),
    "question marks": lambda _, __: "?" * OPTION,
    "question marks and spaces": lambda _, __: "? " * OPTION,
    "spaces": lambda _, __: " " * OPTION,
    "spaces, and then a letter": lambda _, __: " " * (MESSAGE // 2 - 1) + "x" + " " * OPTION,
    "commas and spaces": lambda _, __: "?" + ", " * OPTION,
    "and and and": lambda _, __: "and " * OPTION,
    "who and who": lambda _, __: "who and " * OPTION,
    "how many how many": lambda _, __: "how many when why " * OPTION,
    "dots between letters": lambda _, __: "a." * OPTION,
    "abbreviations of a country": lambda _, __: "U.S. " * OPTION,
    "apostrophes": lambda _, __: "l'a" * OPTION,
    "two letters in turn": lambda _, __: "ab" * OPTION,
    "doubled letters": lambda _, __: "aabbccdd" * OPTION,
    "not not not": lambda _, __: "not never no " * OPTION,
    "names and articles in turn": lambda chance, a: _mixed(chance, [f"{n} the of the" for n in _names(a)]),
    "first words of names": lambda chance, a: _mixed(chance, [n.split()[0] for n in _names(a)]),
}


def took(answerer: Answerer, text: str, context: tuple[str, ...] = ()) -> float:
    """Milliseconds of processor time for one question."""
    start = process_time()
    answerer.reply(text, context)
    return 1000 * (process_time() - start)


def measured(answerer: Answerer, shape: Shape, chance: random.Random) -> tuple[float, str]:
    """The milliseconds that a shape takes in the middle of some rounds, alone or after three of its kind; and such a text."""
    times = []
    for _ in range(ROUNDS):
        text, *context = (shape(chance, answerer)[:MESSAGE] for _ in range(4))
        times.append((took(answerer, text), text))
        pronoun = ("and he " + text)[:MESSAGE]
        times.append((took(answerer, pronoun, tuple(context)), pronoun))
    times.sort()
    return times[len(times) * 3 // 4]


def search(answerer: Answerer, slowest: list[str], seconds: float, chance: random.Random) -> tuple[float, str]:
    """The slowest mixture found of pieces of the slowest shapes, words changed so that none is remembered."""
    best = (0.0, "")
    pool = list(slowest)
    end = perf_counter() + seconds
    while perf_counter() < end:
        one, other = chance.choice(pool), chance.choice(pool)
        cut, where = chance.randrange(MESSAGE), chance.randrange(MESSAGE)
        text = (one[:cut] + other[where:] + one[cut:])[:MESSAGE]
        text = " ".join(_slip(chance, w) if w.isalpha() and chance.random() < 0.3 else w for w in text.split(" "))
        ms = took(answerer, text)
        if ms > best[0]:
            again = took(answerer, text)  # a moment's pause of the machine, or the text?
            if again > best[0] * 0.5:
                best = (ms, text)
                pool.append(text)
    return best


def main() -> int:
    """Prints the slowest shapes; the exit status is 1 where one is over the limit."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--limit", type=float, default=20)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--most", type=int, default=8)
    options.add_argument("--knowledge", type=Path, default=Path("knowledge"))
    options.add_argument("--save", type=Path, help="a folder for the slowest texts")
    chosen = options.parse_args()
    chance = random.Random(chosen.seed)
    answerer = bootstrap.answerer(chosen.knowledge)
    answerer.reply("warm up")
    rows = sorted(((*measured(answerer, shape, chance), name) for name, shape in SHAPES.items()), reverse=True)
    found = [(ms, name, text) for ms, text, name in rows]
    if chosen.seconds:
        ms, text = search(answerer, [text for _, _, text in found[:10]], chosen.seconds, chance)
        found.append((ms, f"the slowest mixture in {chosen.seconds:.0f} s", text))
    found.sort(reverse=True)
    for ms, name, text in found[: chosen.most]:
        print(f"{ms:8.1f} ms  {name}: {text[:40]!r}")
        if chosen.save:
            chosen.save.mkdir(parents=True, exist_ok=True)
            (chosen.save / f"{name.replace(' ', '-').replace(',', '')}.txt").write_text(text, "utf-8")
    slow = [name for ms, name, _ in found if ms > chosen.limit]
    print(f"{len(found)} kinds of question at full length, {len(slow)} over {chosen.limit:.0f} ms")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
