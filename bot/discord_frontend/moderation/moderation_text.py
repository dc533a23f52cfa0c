"""The sentences that moderators read. Everything of the base or typed by somebody is escaped here."""

from bot.discord_frontend.common.user_text import cut, plain
from bot.editing.drafts import Draft
from bot.editing.entry_form import LABELS
from bot.editing.preview import Difference, Preview
from bot.journal.records import Change, Summary

LOST = "I no longer have that text: it was published or discarded, or it has been kept for as long as it may."
CLOSED = "This bot's base is not kept from Discord any more."
WORKING = "One moment: I am trying it out on the whole base …"
PUBLISHING = "One moment: I am publishing it …"
NOTHING_YET = "Nothing is published yet."
KEPT = "Your text is kept."
LOOK_AGAIN = "The base has changed since you looked, so this does something else now. Please look again."
DISCARDED = "Discarded. Nothing is changed."
THEIRS = "Your text is discarded; what is published stays as it is."
BUG = "Something went wrong on my side. It has been logged, and your text is kept."
NO_DRAFTS = "Nothing that was written waits to be published."
DRAFTS = "Texts that were written and not published. Choose one to look at it again."
PICK_DRAFT = "A text that was not published"
NO_CHANGES = "Nothing has been changed yet."
NOT_WAITING = "That question is no longer in the inbox."
GONE = "That answer is no longer in the base."
OLD_BUTTON = "I don't know that button any more. Please use the command again."
EXPORTED = "The whole base, as it is now. `/kb import` takes such a file back."
NO_EXPORT = "The base is too large for a file in Discord. Use `pilcrow kb export` where the bot runs."
NO_FILE = "Discord did not give me the file. Please send it again."
IMPORTING = "I am still taking in the last archive you sent. Try again when you see what it would change."
QUEUE_FULL = "Too much is being tried out at the moment. Please try again in a minute."
NOT_WRITTEN = "The archive could not be written down: {}. Nothing is changed; please send it again later."
QUESTION = 120
"""Characters shown of a question in a sentence."""
OLD = 350
"""Characters shown of a field before and after a change."""


def quoted(question: str) -> str:
    """A question in a sentence."""
    return f"‘{plain(cut(question, QUESTION))}’"


def number_of(count: int, what: str) -> str:
    """'1 warning', '2 warnings'."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def meant(draft: Draft, question: str) -> str:
    """What a draft is about, in a sentence; `question`: that of its entry."""
    return _meant(draft, quoted(question))


def kind(draft: Draft, question: str) -> str:
    """The same for a list, where nothing is formatted."""
    text = _meant(draft, f"‘{question}’")
    return text[:1].upper() + text[1:]


def _meant(draft: Draft, shown: str) -> str:
    if draft.kind == "undo":
        return f"taking back change {draft.about}"
    if draft.kind == "import":
        return "an archive in place of the base"
    return {
        "add": f"a new answer, {shown}",
        "edit": f"a change of {shown}",
        "phrase": f"one more way of asking {shown}",
        "remove": f"taking away {shown}",
    }[draft.kind]


def difference(one: Difference) -> str:
    """One line on an entry that changes."""
    fate = {"new": "new", "changed": "changed", "gone": "taken away"}[one.fate]
    named = ", ".join(LABELS[shift.field].lower() for shift in one.shifts)
    return f"{quoted(one.question)}: {fate}" + (f" ({named})" if named else "")


def told(change: Summary) -> str:
    """One line on a change that was made."""
    why = f": {plain(change.why)}" if change.why else ""
    spite = f" (in spite of {number_of(change.warned, 'warning')})" if change.warned else ""
    never = "" if change.state == "made" else " (never published)"
    return f"**{change.number}.** {change.at} UTC, {plain(change.who)}: {plain(change.what)}{why}{spite}{never}"


def announced(change: Change, found: Preview) -> str:
    """One line for the changes' channel."""
    questions = [difference(one) for one in found.differences[:3]]
    more = len(found.differences) - len(questions)
    listed = "; ".join([*questions, f"and {more} more"] if more > 0 else questions)
    line = told(change.summary)
    return cut(f"{line} · {listed}" if listed else line, 1900)
