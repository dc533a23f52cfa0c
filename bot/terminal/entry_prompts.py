"""Asking for the fields of a new entry, one line each."""

from bot.editing.question_groups import QuestionGroup
from bot.story.entry import STANDINGS, WRITABLE_FIELDS, EntryField, FieldValue
from bot.terminal.console import Screen
from bot.terminal.keys import read_line
from bot.terminal.render import Line

DEFAULT_STANDING = "not_covered"
"""What most questions without an answer are: something that the article does not say."""
ASKED_FIRST = ("question", "standing", "answer", "cites")


def ask_fields(screen: Screen, group: QuestionGroup) -> dict[str, FieldValue] | None:
    """Ask for the fields that a new entry has to have; return them with the group's wordings as phrasings.

    None where the person gives up: with an empty line for a field without a proposal, or at the end of input.
    """
    screen.print_lines([Line("A new entry. Enter takes what stands in [ ]; an empty line elsewhere gives up.", "hint")])
    fields: dict[str, FieldValue] = {}
    standing = DEFAULT_STANDING
    rest = [key for key in WRITABLE_FIELDS if key not in ("id", "phrasings", *ASKED_FIRST)]
    for key in (*ASKED_FIRST, *rest):
        field = WRITABLE_FIELDS[key]
        if not field.is_required_for(standing):
            continue
        typed = _ask(screen, field, _proposal(key, group))
        if not typed:
            return None
        if key == "standing":
            standing = typed
        fields[key] = [part.strip() for part in typed.split(",") if part.strip()] if field.is_list else typed
    question = str(fields["question"]).casefold()
    fields["phrasings"] = [text for text in group.texts if text.casefold() != question]
    return fields


def _proposal(key: str, group: QuestionGroup) -> str:
    closest = group.guesses[0][0] if group.guesses else ""
    return {"question": group.text, "standing": DEFAULT_STANDING, "nearest": closest}.get(key, "")


def _ask(screen: Screen, field: EntryField, proposal: str) -> str:
    hint = f" ({', '.join(STANDINGS)})" if field.kind == "standing" else ""
    shown = f" [{proposal}]" if proposal else ""
    typed = read_line(screen, f"{field.label or field.key}{hint}{shown}: ")
    return "" if typed is None else typed or proposal
