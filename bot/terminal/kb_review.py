"""`pilcrow kb review`: go through what was asked and not answered, and through what was asked in trials, one key each."""

from msgspec import Struct

from bot.editing import review
from bot.editing.change_request import AddEntry, AddPhrasings, ChangeRequest
from bot.editing.question_groups import MAX_QUESTIONS, QuestionGroup
from bot.editing.review import ReviewItem
from bot.errors import EditError, StoryError
from bot.journal.records import Change
from bot.story.repository import Conflict
from bot.terminal.entry_prompts import ask_fields
from bot.terminal.kb_session import Session
from bot.terminal.keys import read_key
from bot.terminal.prompts import login_name
from bot.terminal.render import Line

EMPTY = "There is nothing to review: the inbox is empty, and no trial has collected anything."
HELP = (
    "1 to 5 makes all its wordings phrasings of that entry, y of the first one; n writes a new entry; d dismisses it for "
    "good; s skips it; q ends."
)
UNKNOWN_KEY = "Type one of the keys that stand there."
CHECK = "Now run 'pilcrow check': a phrasing may draw other questions to its entry."


class _Done(Struct):
    """What a review has done so far."""

    changes: list[Change]
    wordings: int = 0
    entries: int = 0
    dismissed: int = 0
    skipped: int = 0
    known: int = 0


class _Quit(Exception):
    """The person ends the review."""


def review_questions(session: Session) -> None:
    """Go through the questions and publish what is accepted, one change each; say at the end what was done."""
    answerer, journal = session.editor.snapshot().answerer, session.journal
    items = review.items_to_review(
        journal.inbox.questions(MAX_QUESTIONS), journal.collected.questions(MAX_QUESTIONS), answerer
    )
    if not items:
        session.screen.print_lines([Line(EMPTY, "hint")])
        return
    session.screen.print_lines([Line(HELP, "hint")])
    done, left = _Done([]), len(items)
    try:
        for number, item in enumerate(items, 1):
            _review(session, item, f"{number} of {len(items)}", done)
            left -= 1
    except _Quit:
        pass
    _print_summary(session, done, left)


def _review(session: Session, item: ReviewItem, position: str, done: _Done) -> None:
    """Show one question and do what the person says; a change that can't be published leaves it to be decided again."""
    answerer = session.editor.snapshot().answerer
    wordings = review.new_wordings(item, answerer)
    if not wordings:  # each is a phrasing by now, perhaps since a moment ago
        _settle(session, item)
        done.known += 1
        return
    group = review.with_choices(item, answerer)
    lines = [Line(""), Line(f"{position}: {group.text}", "question"), Line(item.origin, "hint")]
    lines += [Line(f"also: {text}", "row") for text in group.texts[1:]]
    lines += [Line(f"{n}) {question}", "row") for n, (_, question) in enumerate(group.guesses, 1)]
    session.screen.print_lines(lines)
    while not _decide(session, item, group, wordings, done):
        pass


def _decide(session: Session, item: ReviewItem, group: QuestionGroup, wordings: tuple[str, ...], done: _Done) -> bool:
    """Do what one key says; return whether the question is decided. Raise _Quit."""
    count = len(group.guesses)
    accept = f"1-{count} accept · " if count > 1 else "1 accept · " if count else ""
    key = read_key(session.screen, f"{accept}n new · d dismiss · s skip · q quit: ")
    chosen = 1 if key == "y" else int(key) if key.isdecimal() else 0
    if 0 < chosen <= count:
        entry = group.guesses[chosen - 1][0]
        decided = _publish(session, item, AddPhrasings(entry, wordings), done)
        done.wordings += len(wordings) if decided else 0
    elif key == "n":
        fields = ask_fields(session.screen, group)
        decided = fields is not None and _publish(session, item, AddEntry(fields), done)
        done.entries += decided
    elif key == "d":
        (session.journal.collected if item.is_collected else session.journal.inbox).dismiss(group.ids)
        done.dismissed += 1
        decided = True
    elif key == "q":
        raise _Quit
    else:
        decided = key == "s"
        done.skipped += decided
        session.screen.print_lines([] if decided else [Line(UNKNOWN_KEY, "hint")])
    return decided


def _publish(session: Session, item: ReviewItem, request: ChangeRequest, done: _Done) -> bool:
    """Publish a change and take its question off; return whether it was published."""
    screen, options = session.screen, session.options
    try:
        proposal = session.editor.propose(request)
        screen.print_lines(Line(f"Warning: {text}", "standing") for text in proposal.warnings)
        if proposal.warnings and read_key(screen, "Publish despite that? y/N: ") != "y":
            screen.print_lines([Line("Nothing has changed.", "hint")])
            return False
        change = session.editor.publish(
            proposal,
            options.who or login_name(),
            f"reviewed, {item.origin}",
            despite_warnings=bool(proposal.warnings),
            answered_questions=() if item.is_collected else item.group.ids,
        )
    except (Conflict, EditError, StoryError) as error:
        screen.print_lines([Line(str(error), "standing")])
        return False
    _settle(session, item)
    done.changes.append(change)
    screen.print_lines([Line(f"Published change {change.number}: {change.title}.", "hint")])
    return True


def _settle(session: Session, item: ReviewItem) -> None:
    """Take off what has an answer now; asked again without success, it comes back."""
    (session.journal.collected if item.is_collected else session.journal.inbox).delete(item.group.ids)


def _print_summary(session: Session, done: _Done, left: int) -> None:
    parts = [
        f"{_count(done.wordings, 'phrasing')} added",
        f"{_count(done.entries, 'entry', 'entries')} written",
        f"{done.dismissed} dismissed",
        f"{done.skipped} skipped",
    ]
    parts += [f"{done.known} had their phrasings already"] if done.known else []
    lines = [Line(""), Line(f"{', '.join(parts)}; {left} left.", "question")]
    if done.changes:
        numbers = ", ".join(str(change.number) for change in done.changes)
        lines.append(Line(f"{CHECK} 'pilcrow kb undo N' undoes a change: {numbers}.", "hint"))
    session.screen.print_lines(lines)


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"
