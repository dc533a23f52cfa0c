"""The subcommands of `pilcrow kb` that leave the base as it is."""

from bot import bootstrap
from bot.editing import question_groups
from bot.editing.text_diff import unified_diff
from bot.errors import EditError
from bot.terminal import prompts, user_files
from bot.terminal.console import write_line
from bot.terminal.kb_session import Session, find_group
from bot.terminal.render import Line

ROWS = 50
"""Groups of the inbox, or changes of the history, that are listed."""


def list_inbox(session: Session) -> None:
    """Print the inbox with the closest entries to each group."""
    answerer = session.answerer()
    groups = session.inbox(answerer)
    if not groups:
        session.screen.print_lines([Line("The inbox is empty.", "hint")])
        return
    for group in groups[:ROWS]:
        times = "once" if group.count == 1 else f"{group.count} times, last"
        lines = [Line(f"{group.id}. {group.text} (asked {times} on {group.last_seen}, {group.reason})", "question")]
        lines += [Line(f"also: {text}", "row") for text in group.texts[1:]]
        guesses = question_groups.with_guesses(group, answerer).guesses
        lines += [Line(f"similar: {id}: {question}", "row") for id, question in guesses]
        session.screen.print_lines([*lines, *([] if guesses else [Line("no similar entry", "row")])])
    if len(groups) > ROWS:
        session.screen.print_lines([Line(f"and {len(groups) - ROWS} more", "hint")])


def dismiss(session: Session) -> None:
    """Take groups of questions off the inbox."""
    groups = session.inbox(session.answerer())
    for number in session.options.numbers:
        group = find_group(groups, number)
        session.journal.inbox.dismiss(group.ids)
        session.screen.print_lines([Line(f"Dismissed: {'; '.join(group.texts)}", "plain")])


def restore(session: Session) -> None:
    """Bring dismissed groups of questions back, or list them."""
    questions = session.journal.inbox.dismissed(question_groups.MAX_QUESTIONS)
    groups = question_groups.group_questions(questions, session.answerer())
    if not session.options.numbers:
        listed = [Line(f"{group.id}. {'; '.join(group.texts)}", "plain") for group in groups]
        session.screen.print_lines(listed or [Line("No question is dismissed.", "hint")])
    for number in session.options.numbers:
        group = question_groups.find_group(groups, number)
        if group is None:
            raise EditError(f"there is no dismissed question {number}; 'pilcrow kb restore' lists them")
        session.journal.inbox.restore(group.ids)
        session.screen.print_lines([Line(f"Back in the inbox: {'; '.join(group.texts)}", "plain")])


def show_entry(session: Session) -> None:
    """Print an entry as it is written."""
    entry = session.editor.load_entry(session.options.id)
    session.screen.print_lines([Line(f"{entry.id} ({entry.file})", "question"), *prompts.field_lines(entry.fields)])


def list_history(session: Session) -> None:
    """Print the latest changes."""
    changes = session.editor.changes(ROWS)
    session.screen.print_lines(Line(f"{change.at}  {change.line}", "plain") for change in changes)


def show_change(session: Session) -> None:
    """Print a change with its diff."""
    change = session.editor.change(session.options.number)
    if change is None:
        raise EditError(f"there is no change {session.options.number}; 'pilcrow kb history' lists them")
    warnings = [Line(f"Published despite: {text}", "standing") for text in change.warnings]
    diff = [Line(text, "plain") for text in unified_diff(change.files).splitlines()]
    session.screen.print_lines([Line(f"{change.at}  {change.summary.line}", "question"), *warnings, *diff])


def export_archive(session: Session) -> None:
    """Write the base as an archive."""
    data = session.editor.export()
    user_files.write(session.options.file, data)
    write_line(f"{session.options.file}: {len(data):,} bytes")


def test_question(session: Session) -> None:
    """Print the reply to a question and how it came about."""
    answerer = session.answerer()
    reply, match = answerer.reply_with_match(" ".join(session.options.question))
    session.screen.print_reply(reply, answerer.story)
    session.screen.print_explanation(match, answerer)


def show_stats(session: Session) -> None:
    """Print or draw the statistics."""
    from bot.terminal import stats_view

    options, story = session.options, bootstrap.story(session.folder)
    stats_view.show(session.journal, story, days=options.days, plot=options.plot, theme=options.theme)
