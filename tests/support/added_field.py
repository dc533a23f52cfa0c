"""Use a field `place` of entries everywhere, where `Entry` declares one: run by `tests/story/test_entry.py` in a copy of the tree."""

import argparse

from bot.discord_frontend.moderation import forms
from bot.editing import change_request, entry_form, form_parser
from bot.errors import StoryError
from bot.journal.records import Draft
from bot.story import loader, yaml_edit
from bot.story.repository import FileSnapshot
from bot.story.validation.rules import find_problems
from bot.terminal import kb_subcommands
from tests.support.small_story import small_story_files


def main() -> None:
    """Print what each part of the program makes of the field."""
    base = small_story_files()
    for name in ("claims.yaml", "developments.yaml", "summaries.yaml", "timeline.yaml", "qa/lamp.yaml"):
        del base[name]  # a form has room for five fields, and claims and developments would fill two
    entries = base["qa/keeper.yaml"].replace(b"  related: [lamp-taken]\n", b"")
    too_long = entries.replace(b"  cites: [1]", b"  place: " + 21 * b"x" + b"\n  cites: [1]", 1)
    try:
        loader.parse_story(base | {"qa/keeper.yaml": too_long})
    except StoryError as error:
        print("loader refuses:", error.problems[0])

    base["qa/keeper.yaml"] = entries = yaml_edit.change_entry(entries, "keeper-place", {"place": "the pier: east"})
    print("writer:", "  place: 'the pier: east'" in entries.decode())
    story = loader.parse_story(base)
    entry = story.entries["keeper-place"]
    print("loader:", getattr(entry, "place", None))
    print("editor:", change_request.load_entry(FileSnapshot.of(base), story, "keeper-place").fields["place"])

    texts = entry_form.form_texts(entry, story)
    print("form:", texts["place"], form_parser.parse_fields({**texts, "place": "Wick"}, texts, story, entry))
    draft = Draft(kind="edit", target="keeper-place", texts=texts)
    labels = forms.modal(draft, "more", story).to_dict()["components"]
    print("modal:", [label["label"] for label in labels if label["component"]["custom_id"] == "place"])

    parser = argparse.ArgumentParser()
    kb_subcommands.add_to(parser.add_subparsers())
    print("terminal:", parser.parse_args(["kb", "edit", "keeper-place", "--place", "Wick"]).place)

    unwritten = entries.replace(b"'the pier: east'", b"'TODO: where'")
    problems = find_problems(loader.parse_story(base | {"qa/keeper.yaml": unwritten}))
    print("validation:", [problem.sentence for problem in problems if "'place'" in problem.sentence])


if __name__ == "__main__":
    main()
