"""What moderators are shown of a draft: its preview, what is wrong with it, or two versions of one entry. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from bot.discord_frontend.asking.cards import Cards
from bot.discord_frontend.common import discord_limits
from bot.discord_frontend.common.user_text import cut, plain
from bot.discord_frontend.moderation import moderation_text
from bot.discord_frontend.moderation.moderation_text import number_of
from bot.discord_frontend.moderation.panels import Act, Paper, Sheet, fitted
from bot.editing.drafts import Draft
from bot.editing.entry_form import LABELS, LINES, Shift, shifts, topic
from bot.editing.preview import Collision, Difference, Preview
from bot.errors import PilcrowError, StoryError
from bot.journal.records import Change
from bot.nlp.sanitize import sanitize

BEFORE, NOW = "before", "now"
MINE, THEIRS = "yours", "theirs"
LISTED = 40
"""Entries that are named one by one."""
LINES_LISTED = 200
"""Lines of one field, and problems of a base, that are shown one by one."""


def preview(found: Preview, note: str = "") -> Sheet:
    """The card as members will see it, what changes, the warnings, and the buttons."""
    draft, proposal = found.draft, found.proposal
    question = proposal.reply.question if proposal.reply else _question(found)
    parts = [
        note,
        f"**Preview: {moderation_text.meant(draft, question or '')}.** {moderation_text.NOTHING_YET}",
        _changes(found),
    ]
    if proposal.warnings:
        listed = "\n".join(f"- {_warned(text, found)}" for text in proposal.warnings)
        parts.append(f"**{number_of(len(proposal.warnings), 'warning').capitalize()}**\n{listed}")
    sheet = Sheet("", acts=(_publish(found), *again(draft)))
    if proposal.reply is not None:
        card = Cards(found.story, {}).answer(proposal.reply)
        sheet = replace(sheet, embeds=(card.embed,), card=card.buttons)
        parts.append("**Members will see this:**")
    if draft.kind in ("undo", "import"):
        sheet = replace(
            sheet, papers=(Paper("what-changes.diff", sanitize(proposal.diff).encode()[: discord_limits.UPLOAD]),)
        )
    return fitted(sheet, "\n\n".join(filter(None, parts)))


def problem(draft: Draft, error: PilcrowError | str) -> Sheet:
    """Why a draft can't be published, with its text to be opened again."""
    if isinstance(error, StoryError) and draft.kind in ("add", "edit", "phrase", "remove"):
        lines = _some(dict.fromkeys(_spoken(one.sentence) for one in error.problems))
    elif isinstance(error, StoryError):
        lines = _some(map(str, error.problems))
    else:
        lines = _some(str(error).splitlines())
    listed = "\n".join(f"- {plain(line)}" for line in lines)
    head = f"**This can't be published yet.** {moderation_text.KEPT}" if draft.texts else "**This can't be published.**"
    return fitted(Sheet("", acts=again(draft)), f"{head}\n{listed}", "problems.txt")


def unkept(sheet: Sheet, draft: Draft, why: str) -> Sheet:
    """The same where the text could not be written down: with the text itself, to be copied."""
    note = (
        f"**Your text could not be written down:** {plain(why)}. I keep it in memory until I restart, "
        "and here it is as a file."
    )
    paper = Paper("your-text.txt", as_text(draft.texts).encode())
    return fitted(replace(sheet, papers=(*sheet.papers, paper)), f"{note}\n\n{sheet.content}")


def given_back(texts: Mapping[str, str], why: str) -> Sheet:
    """A form's text that was not taken at all, to be copied."""
    paper = Paper("your-text.txt", as_text(texts).encode())
    return Sheet(f"{why} Nothing was kept; here is your text as a file.", papers=(paper,))


def collision(draft: Draft, error: Collision, question: str) -> Sheet:
    """Both versions of an entry that two people have changed."""
    parts = [
        f"**Somebody else has changed {moderation_text.quoted(question)} since you opened it.** {moderation_text.KEPT}"
    ]
    parts += [_shift(shift, THEIRS, MINE) for shift in shifts(error.theirs, error.mine)]
    acts = (
        Act("Take mine", "mine", draft.key, "main"),
        Act("Take theirs", "theirs", draft.key),
        Act("Edit on", "on", draft.key),
    )
    return fitted(Sheet("", acts=acts), "\n\n".join(parts), "both-versions.txt")


def done(change: Change) -> Sheet:
    """It is published."""
    spite = f" in spite of {number_of(len(change.warnings), 'warning')}" if change.warnings else ""
    text = f"Published{spite} as change {change.number}. I answer with it from now on."
    return Sheet(text, acts=(Act("Take it back", "undo", str(change.number)),))


def again(draft: Draft) -> tuple[Act, ...]:
    """The buttons that open a draft's forms again, and the one that discards it."""
    discard = Act("Discard", "discard", draft.key)
    if draft.kind == "phrase":
        return (Act("Change again", "form", f"phrase:{draft.key}"), discard)
    if draft.kind in ("add", "edit"):
        more = Act("Who says it, and more", "form", f"more:{draft.key}")
        return (Act("Change again", "form", f"text:{draft.key}"), more, discard)
    return (discard,)


def as_text(texts: Mapping[str, str]) -> str:
    """What somebody typed into a form, as plain text."""
    return "\n\n".join(f"{LABELS.get(name, name)}:\n{text}" for name, text in texts.items() if text)


def _warned(text: str, found: Preview) -> str:
    """A warning; the entry it is about by its question, and not at all where it is the one that is shown."""
    id, colon, rest = text.partition(": ")
    if not colon or id not in found.story.entries:
        return plain(text)
    own = len(found.differences) == 1 and found.differences[0].id == id
    return plain(rest) if own else f"{moderation_text.quoted(found.story.entries[id].question)}: {plain(rest)}"


def _spoken(sentence: str) -> str:
    """A sentence about an entry's keys, with the names that the form has for them."""
    for key, label in LABELS.items():
        sentence = sentence.replace(f"'{key}'", f"‘{label}’")
    return sentence


def _publish(found: Preview) -> Act:
    count, about = len(found.proposal.warnings), f"{found.draft.key}:{found.seen}"
    if not count:
        return Act("Publish", "publish", about, "go")
    return Act(f"Publish in spite of {number_of(count, 'warning')}", "despite", about, "danger")


def _question(found: Preview) -> str:
    return found.differences[0].question if len(found.differences) == 1 else ""


def _changes(found: Preview) -> str:
    """What is different, field by field where it is one entry."""
    if found.draft.kind == "add":
        return _place(found)
    if len(found.differences) == 1 and not found.files and found.differences[0].fate == "changed":
        return "\n\n".join(_shift(shift, BEFORE, NOW) for shift in found.differences[0].shifts)
    lines = list(_lines(found.differences))
    lines += [f"- other things in {plain(name)}" for name in found.files]
    return "\n".join(["**What changes**", *lines]) if lines else ""


def _place(found: Preview) -> str:
    """Where a new answer goes, and in how many ways it can be asked for."""
    ways = number_of(len(found.draft.texts.get("phrasings", "").splitlines()), "other way")
    return f"It goes into the topic ‘{plain(topic(found.draft.about))}’, with {ways} of asking it."


def _lines(differences: tuple[Difference, ...]) -> Iterator[str]:
    for one in differences[:LISTED]:
        yield f"- {moderation_text.difference(one)}"
    if len(differences) > LISTED:
        yield f"- and {len(differences) - LISTED} more answers"


def _shift(shift: Shift, before: str, now: str) -> str:
    """One field before and after; of lists only what is different."""
    label = f"**{LABELS[shift.field]}**"
    if shift.field in LINES:
        was, new = ("no longer", "new") if before == BEFORE else (f"{before} only", f"{now} only")
        listed = [
            f"- {sign}: {_cut(line)}" for sign, lines in ((was, shift.gone), (new, shift.come)) for line in _some(lines)
        ]
        return "\n".join([label, *listed]) if listed else f"{label}\n- in another order"
    return f"{label}\n- {before}: {_cut(shift.old) or 'nothing'}\n- {now}: {_cut(shift.new) or 'nothing'}"


def _some(lines: Iterable[str]) -> list[str]:
    """The first lines, and how many more there are."""
    every = list(lines)
    more = len(every) - LINES_LISTED
    return every if more <= 0 else [*every[:LINES_LISTED], f"and {more:,} more"]


def _cut(text: str) -> str:
    return plain(cut(text, moderation_text.OLD))
