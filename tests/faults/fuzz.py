"""Coverage-guided fuzzing of the base's loader or the matcher (atheris, libFuzzer).

    python -m tests.faults.fuzz reader|matcher [--inputs 1000000] [--seconds 0] [--workers 2]

Inputs start from the small story with one file replaced, and from questions about it. Every input has to end in a story,
in problems with a location, or in a reply within Discord's limits; one that does not is printed as Python, to be added to
`tests/test_found_by_fuzzing.py`. Needs `pip install ".[fuzz]"`; without it the program says so and does nothing.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

TARGETS = ("reader", "matcher")
INPUT_TIMEOUT = 20
"""Seconds after which an input counts as hanging; the machine may be busy."""
MAX_INPUT = 4_096
WORDS = (
    "- id: ", "id: ", "question: ", "answer: ", "cites: [1]", "standing: ", "alleged", "not_covered", "nearest: ", "phrasings:",
    "claim: ", "by: [", "translations: {fr: {", "waivers: [{what: x, why: y}]", "outside: true", "number: ", "paragraphs:",
    "&a", "*a", "!!str ", "!!python/name:os.system ", "<<: ", "---", "...", "? ", "|", ">-", "'", '"', "\\u2028", "\\x85", "[", "{",
    "#", "~", "0x1F", "1e309", "2020-06-01", "true", "\t", "\r\n", "\ufeff", "\x00", "keeper-left", "ada-quill", "2020-13-45",
    "Ada Quill", "the keeper", "lamp", "who", "when", "how many", "? and ", " and who ", "and he", "n't", "l'", "@everyone", "<@1>",
    "<:a:1>", "https://x.y", "**", "```", "`", "||", "\u202e", "\u0301", "\U0001f600", "\ufdfa", "4", "2021", "not", "what about ", "mayr",
)  # fmt: skip


def reader_target() -> tuple[Callable[[bytes], None], list[bytes]]:
    """Return the target and its seeds: the first byte of an input selects the file, the others replace its content."""
    from bot.errors import EditError, StoryError
    from bot.story import loader, yaml_ast, yaml_edit
    from tests.support.small_story import small_story_files

    base = small_story_files()
    base["summaries.yaml"] = base["summaries.yaml"][base["summaries.yaml"].rindex(b"- id: ") :]
    names = sorted(base)

    def entries(changed: dict[str, bytes]) -> dict[str, object]:
        found = loader.parse_story(changed).entries
        return {id: (e.question, e.answer, e.phrasings, e.cites, e.standing) for id, e in found.items()}

    def try_one(data: bytes) -> None:
        if not data:
            return
        name, content = names[data[0] % len(names)], data[1:]
        try:
            yaml_ast.parse(content)  # most inputs end here, and need no story around them
            before = entries(base | {name: content})
        except yaml_ast.YamlError:
            return
        except StoryError as error:
            if not error.problems or any(problem.line < 0 or not problem.sentence for problem in error.problems):
                raise AssertionError("a problem without a sentence") from None
            return
        for id in before if name.startswith("qa/") else ():
            try:
                after = yaml_edit.add_phrasing(content, id, "entirely new words")
            except EditError:
                continue
            try:
                now = entries(base | {name: after})
            except StoryError as error:
                if "appears twice" in str(error):  # an input may have the phrasing already
                    continue
                raise AssertionError(f"the edit of {id} broke the file: {error}") from error
            if {k: v for k, v in now.items() if k != id} != {k: v for k, v in before.items() if k != id}:
                raise AssertionError(f"the edit of {id} changed another entry")

    return try_one, [bytes([number]) + base[name] for number, name in enumerate(names)]


def matcher_target() -> tuple[Callable[[bytes], None], list[bytes]]:
    """Return the target and its seeds: an input is a question and, after line feeds, the questions before it."""
    from bot.answering.answerer import Answerer
    from bot.cards.reply_card import reply_card
    from bot.matching.weights import load_weights
    from tests.support.sent_cards import bodies
    from tests.support.small_story import small_story

    answerer = Answerer(small_story(), load_weights())

    def try_one(data: bytes) -> None:
        question, *context = data.decode("utf-8", "surrogateescape").split("\n", 3)
        reply = answerer.reply(question, context)
        if not (reply.answer and reply.reason and 0 <= reply.confidence <= 1):
            raise AssertionError(f"no whole reply: {reply}")
        bodies(reply_card(reply, answerer.story, question))

    asked = [text for entry in answerer.story.entries.values() for text in (entry.question, *entry.phrasings)]
    return try_one, [text.encode() for text in [*asked, f"{asked[0]} and {asked[1]}", f"and why?\n{asked[0]}"]]


def run_target(name: str, more: list[str]) -> None:
    """Fuzz a target. Never returns: libFuzzer ends the process."""
    import atheris

    watched = ["bot.story"] if name == "reader" else ["bot.matching", "bot.nlp", "bot.answering"]
    with atheris.instrument_imports(include=watched):
        try_one, _ = reader_target() if name == "reader" else matcher_target()
    atheris.Setup([sys.argv[0], *more], try_one)
    atheris.Fuzz()


def main() -> int:
    """Fuzz one target in processes of their own; return 1 if an input broke it."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("target", choices=TARGETS)
    options.add_argument("--inputs", type=int, default=1_000_000)
    options.add_argument("--seconds", type=int, default=0, help="stop after so long (0: when all inputs are done)")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes (default: one a core)")
    options.add_argument("--inside", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.inside is not None:
        run_target(chosen.target, chosen.inside)
    try:
        import atheris  # noqa: F401
    except ImportError:
        print(
            f"atheris is not installed (pip install '.[fuzz]'; there is none for every platform): no {chosen.target} run"
        )
        return 0
    with tempfile.TemporaryDirectory(prefix="pilcrow-fuzz-") as made, ThreadPoolExecutor(chosen.workers) as pool:
        runs = list(
            pool.map(lambda number: _supervise(chosen, Path(made) / str(number), number), range(chosen.workers))
        )
    if any(run.broken for run in runs):
        return 1
    inputs, features = sum(run.inputs for run in runs), max(run.features for run in runs)
    seconds = max(run.seconds for run in runs)
    print(
        f"{chosen.target}: {inputs:,} inputs in {seconds} s, {features:,} features of the code reached, none broke it"
    )
    return 0


@dataclass(frozen=True, slots=True)
class Run:
    """The result of one process. `features`: branches of the code, by how often each was taken."""

    inputs: int = 0
    seconds: int = 0
    features: int = 0
    broken: bool = True


def _supervise(chosen: argparse.Namespace, folder: Path, number: int) -> Run:
    """Run libFuzzer on inputs in `folder` and parse its log; print the inputs that broke the target."""
    corpus, listed, log = folder / "inputs", folder / "words", folder / "log"
    corpus.mkdir(parents=True)
    for name, seed in enumerate(reader_target()[1] if chosen.target == "reader" else matcher_target()[1]):
        (corpus / str(name)).write_bytes(seed)
    listed.write_text("".join(f'"{_escaped(word)}"\n' for word in WORDS), "ascii")
    flags = [f"-runs={chosen.inputs // chosen.workers}", f"-seed={chosen.seed + number}", f"-max_len={MAX_INPUT}"]
    flags += [
        f"-timeout={INPUT_TIMEOUT}",
        f"-dict={listed}",
        f"-artifact_prefix={folder}/",
        f"-max_total_time={chosen.seconds}",
    ]
    command = [sys.executable, "-m", "tests.faults.fuzz", chosen.target, "--inside", *flags, str(corpus)]
    with log.open("wb") as file:
        done = subprocess.run(command, stdout=file, stderr=file, check=False)
    said = log.read_text("utf-8", "replace")
    finished = re.search(r"Done (\d+) runs in (\d+) second", said)
    if done.returncode or not finished:
        print(said[-4000:], file=sys.stderr)
        for path in folder.glob("*-*"):
            print(f"an input broke the {chosen.target}: {path.read_bytes()!r}")
        return Run()
    covered = re.findall(r" ft: (\d+)", said)
    return Run(int(finished[1]), int(finished[2]), int(covered[-1]) if covered else 0, broken=False)


def _escaped(word: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word.encode())


if __name__ == "__main__":
    sys.exit(main())
