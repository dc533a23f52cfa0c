"""What a change of the base does: which questions get another answer, and what in it is not true to its paragraphs. Pure."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from bot.answering.answerer import Answerer
from bot.answering.expected import find_changed_replies
from bot.answering.reply import Reply
from bot.errors import Problem
from bot.journal.records import InboxQuestion
from bot.story import line_diff
from bot.story.entry import Entry
from bot.story.models import Story
from bot.story.validation.support import findings

ASKED = 200
"""New phrasings that are held against the other entries: a whole base that comes in may have thousands."""
CUT = 120
"""Characters that a warning shows of an answer."""
EXPECTED = 2_000
"""Questions of expected.yaml that are asked of a changed base: each takes a few milliseconds."""
WARNED = 100
"""Warnings that are listed; of more than that, how many there are."""
DIFF = 1_000_000
"""Characters of a difference; of what is longer, how much is left out."""


class State(Struct, frozen=True):
    """One version of the base, looked at: what answers from it, what is not true in it, what is not as expected."""

    answerer: Answerer
    findings: Sequence[Problem]
    changed: Sequence[Problem]

    @classmethod
    def of(cls, answerer: Answerer) -> "State":
        """The state of the base that this answers from. Takes a second for a large one."""
        return cls(answerer, findings(answerer.story), find_changed_replies(answerer, EXPECTED))


def warnings(base: State, proposed: State, waiting: Iterable[InboxQuestion]) -> tuple[str, ...]:
    """What is to be looked at before it is published, as sentences; `waiting`: questions of the inbox, asked again."""
    before, after = base.answerer, proposed.answerer
    found = [problem.sentence for problem in _more(proposed.findings, base.findings)]
    found += _taken(before, after)
    expected = {one.line: one for one in after.story.expected}
    for problem in _more(proposed.changed, base.changed):
        one = expected[problem.line]
        reply = after.reply(one.question, one.context)
        found.append(f"{problem.sentence}{f' (‘{_cut(reply.answer)}’)' if reply.outcome == 'answer' else ''}")
    meant = touched(before.story, after.story)
    for waits in waiting:
        was, now = before.reply(waits.text), after.reply(waits.text)
        if _given(now) != _given(was) and [now.entry] != meant:  # a change of one entry is made to be found
            found.append(f"'{waits.text}' ({_times(waits.count)}) would get {_told(now)}, and gets {_told(was)} now")
    if len(after.story.expected) > EXPECTED:
        found.append(
            f"expected.yaml holds more than {EXPECTED:,} questions; only the first {EXPECTED:,} are asked here"
        )
    found = list(dict.fromkeys(found))
    if len(found) > WARNED:
        found[WARNED - 1 :] = [f"and {len(found) - WARNED + 1:,} more warnings"]
    return tuple(found)


def touched(before: Story, after: Story) -> list[str]:
    """The entries that are new, gone or different, wherever they stand."""
    ids = dict.fromkeys((*before.entries, *after.entries))
    return [id for id in ids if _bare(before, id) != _bare(after, id)]


def unified(files: Mapping[str, tuple[str | None, str | None]]) -> str:
    """Texts before and after as lines with + and -, up to DIFF characters; None where there is no such file."""
    shown: list[str] = []
    room, left_out, digest = DIFF, 0, hashlib.sha256()
    for line in _lines(files):
        room -= len(line) + 1
        if room >= 0:
            shown.append(line)
        else:  # two differences that are cut at the same line still read differently
            left_out += 1
            digest.update(f"{line}\n".encode())
    if left_out:
        shown.append(f"… and {left_out:,} more lines ({digest.hexdigest()[:16]})")
    return "\n".join(shown)


def _lines(files: Mapping[str, tuple[str | None, str | None]]) -> Iterator[str]:
    for name in sorted(files):
        old, new = ((text or "").splitlines() for text in files[name])
        changed = line_diff.unified_diff(old, new)
        for first in islice(changed, 1):
            yield from (f"--- {name} (before)", f"+++ {name}", first)
        yield from changed


def _taken(before: Answerer, after: Answerer) -> Iterator[str]:
    """New ways of asking that another entry answers so far."""
    new = (
        (id, text)
        for id in touched(before.story, after.story)
        for known in (frozenset(_asked(before.story, id)),)
        for text in _asked(after.story, id)
        if text not in known
    )
    for id, text in islice(new, ASKED):
        was = before.reply(text)
        if was.outcome == "answer" and was.entry != id:
            yield f"'{text}' is answered by {_told(was)} now"


def _asked(story: Story, id: str) -> tuple[str, ...]:
    entry = story.entries.get(id)
    return (entry.question, *entry.phrasings) if entry else ()


def _bare(story: Story, id: str) -> Entry | None:
    entry = story.entries.get(id)
    return replace(entry, file="", line=0) if entry else None


def _more(now: Iterable[Problem], before: Iterable[Problem]) -> list[Problem]:
    """What is wrong now and was not before, wherever it stands."""
    known = {(problem.file, problem.sentence) for problem in before}
    return [problem for problem in now if (problem.file, problem.sentence) not in known]


def _given(reply: Reply) -> str:
    return reply.entry if reply.outcome == "answer" and reply.entry else reply.outcome


def _told(reply: Reply) -> str:
    """What a question gets, for somebody who decides whether that is right."""
    if reply.outcome == "answer":
        return f"{reply.entry} (‘{_cut(reply.answer)}’)"
    if reply.outcome == "clarify":
        return f"a choice of {', '.join(option.entry for option in reply.options)}"
    return "no answer"


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= CUT else f"{plain[: CUT - 1].rstrip()}…"


def _times(count: int) -> str:
    return "asked once" if count == 1 else f"asked {count} times"
