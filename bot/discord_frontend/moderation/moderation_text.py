"""The sentences that moderators read. Text from the base, and text that people typed, is escaped here."""

import re
from collections.abc import Mapping, Sequence

from bot.cards.markdown import escape, truncate
from bot.editing.difference import Difference
from bot.editing.entry_form import LABELS, FieldChange
from bot.editing.preview import Preview
from bot.journal.records import Change, ChangeSummary, Draft
from bot.story.models import Story

DRAFT_GONE = "That draft is gone: it was published or discarded, or it was deleted because it was too old."
NOT_MODERATED = "This bot's base can no longer be changed from Discord."
CHECKING = "One moment, I'm trying this out on the whole base …"
PUBLISHING = "One moment, I'm publishing this …"
NOT_PUBLISHED_YET = "Nothing is published yet."
DRAFT_SAVED = "Your draft is saved."
CHECK_AGAIN = "The base has changed since this preview, and so has what your change would do. Please check it again."
DISCARDED = "Discarded. Nothing has changed."
THEIRS_KEPT = "Your draft is discarded. The published answer stays as it is."
BUG = "Something went wrong on my side. It has been logged, and your draft is saved."
NO_DRAFTS = "There are no drafts."
DRAFTS = "These drafts are not published. Choose one to see its preview."
CHOOSE_DRAFT = "Choose a draft"
NO_CHANGES = "Nothing has been changed yet."
NO_SUCH_CHANGE = "There is no change {}. The history lists all changes."
CHOOSE_CHANGE = "Show a change"
DIFF_ATTACHED = "The changed lines are in the attached file."
NOT_IN_INBOX = "That question is no longer in the inbox."
NOT_DISMISSED = "That question is not among the dismissed ones any more."
NONE_DISMISSED = "No question is dismissed."
DISMISSED = "These questions stay off the inbox. Choose one to bring it back."
CHOOSE_DISMISSED = "Bring a question back"
NO_SUGGESTIONS = "No question of the inbox is like an answer there is."
SUGGESTIONS = "Below each question is the answer closest to it. Choose all that fit; you see a preview first."
CHOOSE_SUGGESTIONS = "Choose the ones that fit"
FROM_INBOX = "from the inbox"
ENTRY_GONE = "That answer is no longer in the base."
UNKNOWN_BUTTON = "That button no longer works. Please use the command again."
EXPORTED = "The whole base as it is now. `/kb import` reads this file back."
EXPORT_TOO_LARGE = "The base is too large for a file in Discord. Run `pilcrow kb export` on the bot's machine instead."
DOWNLOAD_FAILED = "Discord did not give me the file. Please send it again."
UPLOAD_IN_PROGRESS = "I'm still reading the last archive you sent. Wait for its preview before you send another."
QUEUE_FULL = "Too many changes are being checked right now. Please try again in a minute."
ARCHIVE_NOT_SAVED = "The archive could not be saved: {}. Nothing has changed; please send it again later."
DRAFT_NOT_SAVED = (
    "**Your draft could not be saved:** {}. I keep it in memory until I restart, and it is attached as a file."
)
NOTHING_SAVED = "{} Nothing was saved; your text is attached as a file."
TEST_HEADING = "**Members get the card below. Here is why:**"
INBOX_EMPTY = "The inbox is empty."
INBOX_HELP = "Press 1a to make question 1 another way of asking a). You see a preview before anything is published."
NOBODY_ASKED = "Nobody asked anything in this period."
STEP_QUESTIONS = {
    "alleged": "who alleges it?",
    "denied": "who denies it?",
    "said": "who says it?",
    "claim": "which allegation is it?",
    "nearest": "what is the nearest thing that the article does say?",
}
"""What the next step asks, by standing for its source, otherwise by field."""
QUESTION_LENGTH = 120
"""Characters shown of a question in a sentence."""
FIELD_LENGTH = 350
"""Characters shown of a field before and after a change."""
ANNOUNCEMENT_LENGTH = 1900
CHANGES_ANNOUNCED = 3
_ENTRY_ID = re.compile(r"(?<![\w-])[a-z0-9]+(?:-[a-z0-9]+)+(?![\w-])")
_VERBS = {"add": "added {}", "edit": "changed {}", "phrase": "added another way of asking {}", "remove": "removed {}"}
_KINDS = {"new": "new", "changed": "changed", "removed": "removed"}


def quoted(question: str) -> str:
    """Return a question in quotes, shortened and escaped."""
    return f"‘{escape(truncate(question, QUESTION_LENGTH))}’"


def as_sentence(text: str) -> str:
    """Return a text with a capital at its start and a full stop at its end."""
    is_ended = text.rstrip("’”\"'").endswith((".", "?", "!"))
    return f"{text[:1].upper()}{text[1:]}{'' if is_ended else '.'}"


def with_questions(text: str, questions: Mapping[str, str]) -> str:
    """Return a text with the ids of entries replaced by their questions."""

    def named(match: re.Match[str]) -> str:
        question = questions.get(match[0])
        return f"‘{truncate(question, QUESTION_LENGTH)}’" if question else match[0]

    return _ENTRY_ID.sub(named, text)


def count_of(count: int, noun: str) -> str:
    """Return '1 warning', '2 warnings'."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def asked_times(count: int) -> str:
    """Return 'asked once', 'asked 2 times'."""
    return "asked once" if count == 1 else f"asked {count} times"


def draft_title(draft: Draft, question: str) -> str:
    """Return what a draft is, as the rest of a sentence; `question`: that of its entry."""
    return _title(draft, quoted(question))


def draft_label(draft: Draft, question: str) -> str:
    """Return what a draft is, for a list without formatting."""
    title = _title(draft, f"‘{question}’")
    return title[:1].upper() + title[1:]


def _title(draft: Draft, question: str) -> str:
    return {
        "add": f"new answer to {question}",
        "edit": f"change to {question}",
        "phrase": f"another way of asking {question}",
        "phrases": count_of(sum(len(text.splitlines()) for text in draft.texts.values()), "suggestion"),
        "remove": f"removal of {question}",
        "undo": f"undoing change {draft.target}",
        "import": "an archive in place of the base",
    }[draft.kind]


def published(change: Change, draft: Draft) -> str:
    """Return the sentence that confirms a published change."""
    despite = f" despite {count_of(len(change.warnings), 'warning')}" if change.warnings else ""
    if draft.kind == "undo":
        return f"Change {draft.target} is undone{despite} (change {change.number})."
    if draft.kind == "remove":
        return f"The answer is removed{despite} (change {change.number})."
    if draft.kind == "import":
        return f"The archive has replaced the base{despite} (change {change.number})."
    return f"Published{despite} as change {change.number}. Members get it from now on."


def restored(question: str) -> str:
    """Return the sentence that confirms that a dismissed question is back."""
    return f"{quoted(question)} is back in the inbox."


def also_answers(questions: Sequence[str]) -> str:
    """Return the sentence about questions on something else that an entry would answer."""
    return f"**Would also answer:** {', '.join(map(quoted, questions))}"


def step_question(standing: str, keys: Sequence[str]) -> str:
    """Return the question for the fields that a standing still needs."""
    questions = {"by": STEP_QUESTIONS.get(standing, STEP_QUESTIONS["said"]), **STEP_QUESTIONS}
    first, *others = (questions[key] for key in keys if key in questions)
    return " ".join([first, *(f"{other[0].upper()}{other[1:]}" for other in others)])


def difference_line(difference: Difference) -> str:
    """Return one line about an entry that changes."""
    fields = _fields(difference)
    return f"{quoted(difference.question)}: {_KINDS[difference.kind]}" + (f" ({fields})" if fields else "")


def change_sentence(change: ChangeSummary, questions: Mapping[str, str]) -> str:
    """Return who did what in a change, without formatting; `questions`: those of the entries, by id.

    The journal holds the title as the editor writes it: 'edit keeper-place', 'remove lamp-oil (What did it burn?)',
    'undo 3 (add lamp-oil)'.
    """
    verb, _, object_ = change.title.partition(" ")
    if verb in _VERBS:
        id, _, removed = object_.partition(" (")
        question = truncate(removed.removesuffix(")") or questions.get(id, id), QUESTION_LENGTH)
        return f"{change.author} {_VERBS[verb].format(f'‘{question}’')}"
    if undone := re.match(r"undo (\d+)\b", change.title):
        return f"{change.author} undid change {undone[1]}"
    if accepted := re.match(r"accept (\d+ suggestions?)", change.title):
        return f"{change.author} accepted {accepted[1]}"
    if change.title == "import an archive":
        return f"{change.author} replaced the base with an archive"
    return f"{change.author}: {change.title}"


def change_line(change: ChangeSummary, questions: Mapping[str, str]) -> str:
    """Return one line about a change of the history."""
    parts = [f"**{change.number}.** {escape(change_sentence(change, questions))}", f"{change.at} UTC"]
    parts += [f"Reason: {escape(change.reason)}"] if change.reason else []
    parts += [f"Published despite {count_of(change.warning_count, 'warning')}"] if change.warning_count else []
    parts += ["Never published"] if change.state != "made" else []
    return " · ".join(parts)


def announcement(change: Change, preview: Preview) -> str:
    """Return one line about a change for the changes channel."""
    questions = questions_of(preview.story) | {changed.id: changed.question for changed in preview.differences}
    parts = filter(None, (change_line(change.summary, questions), _details(change, preview)))
    return truncate(" · ".join(parts), ANNOUNCEMENT_LENGTH)


def _details(change: Change, preview: Preview) -> str:
    """Return what the sentence about a change leaves open: an entry's changed fields, or which entries changed."""
    verb, _, _ = change.title.partition(" ")
    if verb == "edit":
        return "; ".join(f"Changed: {_fields(changed)}" for changed in preview.differences)
    if verb in _VERBS:
        return ""
    lines = [difference_line(changed) for changed in preview.differences[:CHANGES_ANNOUNCED]]
    more = len(preview.differences) - CHANGES_ANNOUNCED
    return "; ".join([*lines, f"and {more} more"] if more > 0 else lines)


def _fields(difference: Difference) -> str:
    return ", ".join(_field(change) for change in difference.field_changes)


def _field(change: FieldChange) -> str:
    """Return the name of a field that changes; of the nearest thing, which may change with another entry, what it becomes."""
    name = LABELS[change.field].lower()
    return f"{name}: now {quoted(change.new)}" if change.field == "nearest" and change.new else name


def questions_of(story: Story) -> dict[str, str]:
    """Return the question of each entry by its id."""
    return {entry.id: entry.question for entry in story.entries.values()}
