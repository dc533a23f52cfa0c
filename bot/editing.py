"""Moderators' changes of the base: proposed, shown with what they would do, then published, and undone.

Front ends only show a `Proposal` and ask. Nothing is written before `publish`; what is written is the base as a whole or
not at all, and both versions of every file are kept in the history, so that any change can be undone.
"""

import difflib
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.answering import Answerer, Reply
from bot.errors import EditError, Problem
from bot.evaluation import changed
from bot.journal import Change, Journal
from bot.matching.matcher import Weights
from bot.story import edits, reader
from bot.story.check import findings
from bot.story.nodes import MAX_BYTES
from bot.story.store import Store, Version

RECENT = 50
"""Questions of the inbox that are asked again of a changed base."""
ARCHIVE = 20_000_000
"""Bytes that an archive may hold, unpacked."""
STAMP = (2020, 1, 1, 0, 0, 0)
"""The date of every file in an archive, so that the same base makes the same archive."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that has been made nowhere yet.

    warnings: what may be published over only by saying so; reply: the card of the entry as members will see it; diff: the
    change as lines with + and -.
    """

    what: str
    changes: Mapping[str, bytes | None]
    version: Version
    warnings: tuple[str, ...]
    reply: Reply | None
    diff: str


class Editor:
    """Changes one base. Synchronous, and takes seconds: an event loop calls it through a thread."""

    def __init__(self, store: Store, journal: Journal, weights: Weights, now: Callable[[], datetime]) -> None:
        self._store = store
        self._journal = journal
        self._weights = weights
        self._now = now

    def add(self, fields: Mapping[str, edits.Value], file: str) -> Proposal:
        """A new entry at the end of a file of `qa/`. Raises StoryError where it can't be an entry."""
        version = self._store.read()
        story = reader.read_files(version.files)
        id = str(fields.get("id") or edits.new_id(str(fields.get("question", "")), story.entries))
        name = file if "/" in file else f"{reader.QA}{file.removesuffix('.yaml')}.yaml"
        data = edits.add_entry(version.files.get(name, b""), {**fields, "id": id})
        phrasings = fields.get("phrasings") or ()
        asked = (
            str(fields.get("question", "")),
            *((phrasings,) if isinstance(phrasings, str) else map(str, phrasings)),
        )
        return self._proposal(f"add {id}", {name: data}, version, id, asked)

    def edit(self, id: str, fields: Mapping[str, edits.Value]) -> Proposal:
        """Some fields of an entry changed. Raises EditError where there is none, StoryError where it would break."""
        version = self._store.read()
        name = self._file(version, id)
        data = edits.change_entry(version.files[name], id, fields)
        return self._proposal(f"edit {id}", {name: data}, version, id)

    def phrase(self, id: str, phrasing: str) -> Proposal:
        """One more phrasing for an entry. Raises EditError, StoryError."""
        version = self._store.read()
        name = self._file(version, id)
        data = edits.add_phrasing(version.files[name], id, phrasing)
        return self._proposal(f"phrase {id}", {name: data}, version, id, (phrasing,))

    def remove(self, id: str) -> Proposal:
        """An entry taken away. Raises EditError, StoryError where another entry names it."""
        version = self._store.read()
        name = self._file(version, id)
        data = edits.remove_entry(version.files[name], id)
        return self._proposal(f"remove {id}", {name: data if data.strip() else None}, version, None)

    def undo(self, number: int) -> Proposal:
        """A change taken back: its files as they were before it. Raises EditError where they have changed since."""
        change = self._journal.change(number)
        if change is None:
            raise EditError(f"There is no change {number}; the history lists them.")
        version = self._store.read()
        for name, (_, after) in change.files.items():
            now = version.files.get(name)
            if now != (None if after is None else after.encode()):
                raise EditError(f"{name} has been changed since; undo the later changes first, or edit it.")
        changes = {name: None if old is None else old.encode() for name, (old, _) in change.files.items()}
        return self._proposal(f"undo {number} ({change.what})", changes, version, None)

    def export(self) -> bytes:
        """The base as a ZIP archive of its YAML files."""
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in sorted(self._store.read().files.items()):
                archive.writestr(zipfile.ZipInfo(name, STAMP), data, zipfile.ZIP_DEFLATED)
        return file.getvalue()

    def import_(self, archive: bytes) -> Proposal:
        """The base of an archive in place of this one. Raises EditError where it is none, StoryError where it is broken."""
        version = self._store.read()
        files = unpacked(archive)
        changes: dict[str, bytes | None] = dict.fromkeys(version.files)
        changes.update(files)
        changes = {name: data for name, data in changes.items() if version.files.get(name) != data}
        return self._proposal("import an archive", changes, version, None)

    def publish(self, proposal: Proposal, who: str, why: str = "", *, despite: bool = False) -> Change:
        """Makes a proposal true; `despite`: also with warnings. Raises EditError, Conflict."""
        if proposal.warnings and not despite:
            raise EditError("There are warnings; look at them, then publish in spite of them or change it.")
        if not proposal.changes:
            raise EditError("Nothing would change.")
        after = self._store.publish(proposal.changes, proposal.version.revision)
        kept = {name: (_text(proposal.version.files.get(name)), _text(data)) for name, data in proposal.changes.items()}
        at = self._now().strftime("%Y-%m-%d %H:%M")
        before = proposal.version.revision
        change = Change(0, at, who, proposal.what, why, proposal.warnings, before, after.revision, kept)
        number = self._journal.note_change(change)
        return Change(number, at, who, proposal.what, why, proposal.warnings, before, after.revision, kept)

    def _file(self, version: Version, id: str) -> str:
        story = reader.read_files(version.files)
        if id not in story.entries:
            near = list(difflib.get_close_matches(id, list(story.entries), 1))
            raise EditError(f"There is no entry '{id}'." + (f" Did you mean '{near[0]}'?" if near else ""))
        return story.entries[id].file

    def _proposal(
        self,
        what: str,
        changes: Mapping[str, bytes | None],
        version: Version,
        shown: str | None,
        asked: Iterable[str] = (),
    ) -> Proposal:
        """What the changes do; `shown`: the entry whose card is wanted; `asked`: questions that are to lead to it."""
        files = {name: data for name, data in version.files.items() if name not in changes}
        files |= {name: data for name, data in changes.items() if data is not None}
        old, new = reader.read_files(version.files), reader.read_files(files)
        before, after = Answerer(old, self._weights), Answerer(new, self._weights)
        warnings = [*_more(findings(new), findings(old)), *_more(changed(after), changed(before))]
        for text in asked:
            was = _given(before.reply(text))
            if was in old.entries and was != shown:
                warnings.append(f"'{text}' is answered by {was} now")
        for one in self._journal.unanswered(RECENT):
            was, now = (_given(answerer.reply(one.text)) for answerer in (before, after))
            if now not in (was, shown):
                warnings.append(f"'{one.text}' (asked {one.count} times) would get {now}, and gets {was} now")
        return Proposal(
            what=what,
            changes=changes,
            version=version,
            warnings=tuple(warnings),
            reply=after.entry(shown) if shown else None,
            diff=unified({n: (_text(version.files.get(n)), _text(data)) for n, data in changes.items()}),
        )


def unpacked(archive: bytes) -> dict[str, bytes]:
    """The files of an archive that somebody sent. Raises EditError where it is not just a base."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            listed = [one for one in opened.infolist() if not one.is_dir()]
            if len(listed) > reader.MAX_FILES or sum(one.file_size for one in listed) > ARCHIVE:
                raise EditError("The archive is too large to be a base.")
            files = {}
            for one in listed:
                with opened.open(one) as file:
                    files[one.filename] = file.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise EditError("That is no ZIP archive that I can open.") from error
    if "story.yaml" not in files:
        raise EditError(
            "The archive has no story.yaml at its top; pack the files of the base itself, not their folder."
        )
    return files


def _more(now: Iterable[Problem], before: Iterable[Problem]) -> list[str]:
    """What is wrong now and was not before, wherever it stands."""
    known = {(problem.file, problem.sentence) for problem in before}
    return [problem.sentence for problem in now if (problem.file, problem.sentence) not in known]


def _given(reply: Reply) -> str:
    return reply.entry if reply.outcome == "answer" and reply.entry else f"no answer ({reply.outcome})"


def unified(files: Mapping[str, tuple[str | None, str | None]]) -> str:
    """Texts before and after as lines with + and -; None where there is no such file."""
    lines: list[str] = []
    for name in sorted(files):
        old, new = ((text or "").splitlines() for text in files[name])
        lines += difflib.unified_diff(old, new, f"{name} (before)", name, lineterm="", n=1)
    return "\n".join(lines)


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode("utf-8")
