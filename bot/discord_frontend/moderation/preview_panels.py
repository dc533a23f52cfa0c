"""Panels about a draft: its preview, its problems, a collision with somebody else's change, its publication. Pure."""

import re
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from bot.cards import discord_limits
from bot.cards.markdown import escape
from bot.cards.reply_card import reply_card
from bot.discord_frontend.common.card_message import to_embed
from bot.discord_frontend.moderation import moderation_text
from bot.discord_frontend.moderation.difference_text import before_and_after, first_lines, in_full, two_versions
from bot.discord_frontend.moderation.forms import PART_TITLES
from bot.discord_frontend.moderation.moderation_text import count_of
from bot.discord_frontend.moderation.panels import Attachment, Button, Panel, with_content
from bot.editing.difference import Difference
from bot.editing.entry_form import LABELS, compare_texts, topic_slug, topics
from bot.editing.form_parser import MoreNeeded
from bot.editing.preview import Collision, Preview
from bot.errors import PilcrowError, StoryError
from bot.journal.records import Change, Draft
from bot.nlp.sanitize import sanitize

ENTRIES_LISTED = 40
_TOO_LONG = re.compile(r"item (\d.* too long); at most [\d,]+ fit")
ENTRY_KINDS = ("add", "edit", "phrase", "phrases", "remove")


def preview_panel(preview: Preview, note: str = "") -> Panel:
    """Return the card as members will see it, what changes, the warnings, and the buttons; `note` comes first."""
    draft, proposal = preview.draft, preview.proposal
    title = moderation_text.draft_title(draft, _question(preview))
    parts = [note, f"**Preview: {title}.** {moderation_text.NOT_PUBLISHED_YET}", _changes(preview)]
    if proposal.warnings:
        listed = "\n".join(f"- {_warning_line(text, preview)}" for text in proposal.warnings)
        parts.append(f"**{count_of(len(proposal.warnings), 'warning')}**\n{listed}")
    if proposal.also_answers:
        parts.append(moderation_text.also_answers(proposal.also_answers))
    panel = Panel("", buttons=(_publish_button(preview), *draft_buttons(draft)))
    if proposal.reply is not None:
        card = reply_card(proposal.reply, preview.story)
        panel = replace(panel, embeds=(to_embed(card),), card_buttons=card.buttons)
        parts.append("**Members will see this:**")
    if draft.kind not in ENTRY_KINDS:
        panel = replace(panel, attachments=(_changes_file(preview),))
    return with_content(panel, "\n\n".join(filter(None, parts)))


def problem_panel(draft: Draft, error: PilcrowError | str) -> Panel:
    """Return the reasons why a draft can't be published, and the buttons to change it."""
    if not isinstance(error, StoryError):
        lines = str(error).splitlines()
    elif draft.kind in ENTRY_KINDS:
        lines = list(dict.fromkeys(_with_labels(problem.sentence) for problem in error.problems))
    else:
        lines = [str(problem) for problem in error.problems]
    listed = "\n".join(f"- {escape(line)}" for line in first_lines(lines))
    heading = "**This can't be published.**"
    if draft.texts:
        heading = f"**This can't be published yet.** {moderation_text.DRAFT_SAVED}"
    return with_content(Panel("", buttons=draft_buttons(draft)), f"{heading}\n{listed}", "problems.txt")


def next_step_panel(draft: Draft, needed: MoreNeeded) -> Panel:
    """Return the question for what the draft's standing needs besides, with the button to the form for it."""
    question = moderation_text.step_question(draft.texts.get("standing", ""), [field.key for field in needed.fields])
    step = Button("Next step", "form", f"{needed.fields[0].form}:{draft.key}", "primary")
    back, *_, discard = draft_buttons(draft)
    return Panel(f"**One more step: {question}** {moderation_text.DRAFT_SAVED}", buttons=(step, back, discard))


def collision_panel(draft: Draft, error: Collision) -> Panel:
    """Return both versions of an entry that two people have changed, and the ways out."""
    question = moderation_text.quoted(draft.original_texts.get("question", draft.target))
    parts = [f"**Somebody else has changed {question} since you opened it.** {moderation_text.DRAFT_SAVED}"]
    parts += [two_versions(change) for change in compare_texts(error.theirs, error.mine)]
    buttons = (
        Button("Use mine", "mine", draft.key, "primary"),
        Button("Keep theirs", "theirs", draft.key),
        Button("Keep editing", "on", draft.key),
    )
    return with_content(Panel("", buttons=buttons), "\n\n".join(parts), "both-versions.txt")


def published_panel(change: Change, draft: Draft) -> Panel:
    """Return the confirmation, with a button that undoes the change, and one back to the inbox if it came from there."""
    following = (Button("Next question", "inbox", "1", "primary"),) if draft.question_ids else ()
    undo = Button("Undo", "undo", str(change.number))
    return Panel(moderation_text.published(change, draft), buttons=(*following, undo))


def with_save_failure(panel: Panel, draft: Draft, reason: str) -> Panel:
    """Return the panel with a note that the draft could not be saved, and the draft as a file."""
    note = moderation_text.DRAFT_NOT_SAVED.format(escape(reason.rstrip(".")))
    attached = replace(panel, attachments=(*panel.attachments, _text_file(draft.texts)))
    return with_content(attached, f"{note}\n\n{panel.content}")


def not_saved(texts: Mapping[str, str], error: PilcrowError) -> Panel:
    """Return a submitted text that was refused, as a file."""
    reason = f"{escape(str(error)).rstrip('.')}."
    return Panel(moderation_text.NOTHING_SAVED.format(reason), attachments=(_text_file(texts),))


def draft_buttons(draft: Draft) -> tuple[Button, ...]:
    """Return the buttons that open a draft's forms, and the one that discards it."""
    discard = Button("Discard", "discard", draft.key)
    if draft.kind == "phrase":
        return (Button("Back to the form", "form", f"phrase:{draft.key}"), discard)
    if draft.kind in ("add", "edit"):
        form = Button("Back to the form", "form", f"text:{draft.key}")
        further = (Button(title, "form", f"{part}:{draft.key}") for part, title in PART_TITLES.items())
        return (form, *further, discard)
    return (discard,)


def drafts_button(count: int) -> tuple[Button, ...]:
    """Return the button that lists the drafts, if there are any."""
    return (Button(f"Drafts ({count})", "drafts"),) if count else ()


def _text_file(texts: Mapping[str, str]) -> Attachment:
    text = "\n\n".join(f"{LABELS.get(name, name)}:\n{text}" for name, text in texts.items() if text)
    return Attachment("your-text.txt", text.encode())


def _publish_button(preview: Preview) -> Button:
    count, argument = len(preview.proposal.warnings), f"{preview.draft.key}:{preview.fingerprint}"
    if not count:
        return Button("Publish", "publish", argument, "success")
    return Button(f"Publish despite {count_of(count, 'warning')}", "despite", argument, "danger")


def _changes_file(preview: Preview) -> Attachment:
    """Return all that changes as a file: in sentences, or line by line where it is too much."""
    text = "\n\n".join(in_full(preview.details))
    name = "what-changes.txt" if text else "what-changes.diff"
    return Attachment(name, sanitize(text or preview.proposal.diff).encode()[: discord_limits.UPLOAD])


def _warning_line(warning: str, preview: Preview) -> str:
    """Return a warning with the id of its entry replaced by the question, or left out if only that entry changes."""
    id, colon, rest = warning.partition(": ")
    old, new = (moderation_text.questions_of(story) for story in (preview.proposal.old_story, preview.story))
    questions = old | new
    if not colon or id not in preview.story.entries:
        return escape(moderation_text.with_questions(moderation_text.as_sentence(warning), questions))
    sentence = moderation_text.with_questions(moderation_text.as_sentence(rest), questions)
    if [difference.id for difference in preview.differences] == [id]:
        return escape(sentence)
    return f"{moderation_text.quoted(questions[id])}: {escape(sentence)}"


def _with_labels(sentence: str) -> str:
    """Return a sentence with the YAML keys of an entry replaced by the labels of the form, and its items called lines."""
    for key, label in LABELS.items():
        sentence = sentence.replace(f"'{key}'", f"‘{label}’")
    too_long = _TOO_LONG.fullmatch(sentence)
    return moderation_text.as_sentence(f"line {too_long[1]}" if too_long else sentence)


def _question(preview: Preview) -> str:
    """Return the question of the entry that a draft is about."""
    published = preview.proposal.old_story.entries.get(preview.draft.target)
    if preview.draft.kind == "remove" and published:
        return published.question
    if preview.proposal.reply:
        return preview.proposal.reply.question or ""
    return preview.differences[0].question if len(preview.differences) == 1 else ""


def _changes(preview: Preview) -> str:
    """Return what changes: field by field for a single entry, otherwise entry by entry."""
    if preview.draft.kind == "add":
        ways = count_of(len(preview.draft.texts.get("phrasings", "").splitlines()), "other way")
        topic = topic_slug(preview.draft.target)
        is_known = topic in topics(preview.proposal.old_story)
        place = "It goes into the topic" if is_known else "**It starts a new topic,**"
        return f"{place} ‘{escape(topic)}’, with {ways} of asking it."
    if preview.draft.kind == "phrases":
        return "\n\n".join(
            "\n".join(
                [f"**{moderation_text.quoted(changed.question)}**", *map(before_and_after, changed.field_changes)]
            )
            for changed in preview.differences
        )
    if len(preview.differences) == 1 and not preview.other_files and preview.differences[0].kind == "changed":
        return "\n\n".join(before_and_after(change) for change in preview.differences[0].field_changes)
    lines = [*_difference_lines(preview.differences), *(f"- {escape(name)}" for name in preview.other_files)]
    return "\n".join(["**What changes**", *lines]) if lines else ""


def _difference_lines(differences: tuple[Difference, ...]) -> Iterator[str]:
    for difference in differences[:ENTRIES_LISTED]:
        yield f"- {moderation_text.difference_line(difference)}"
    if len(differences) > ENTRIES_LISTED:
        yield f"- and {len(differences) - ENTRIES_LISTED} more answers"
