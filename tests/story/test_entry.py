"""An entry's fields are declared once; everything that handles entries derives from the declaration."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from bot.story.entry import ENTRY_FIELDS, FORM_FIELDS, WRITABLE_FIELDS, Entry, FormPart

TESTS = Path(__file__).parents[1]
BOT = TESTS.parent / "bot"
FIELDS_OF_A_FORM = 5
"""Discord's limit."""
DECLARATION = """\
    place: Annotated[str, EntryField(kind="text", max_length=20, label="Place", help_text="Where it happens.", form="more")]
"""


def test_a_new_field_needs_one_declaration(tmp_path: Path) -> None:
    """One line in `Entry`: loader, writer, editor, forms, terminal and validation all know the new YAML key."""
    root = tmp_path / "root"
    shutil.copytree(BOT, root / "bot", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(TESTS / "support", root / "tests" / "support")
    shutil.copy(TESTS / "__init__.py", root / "tests")
    module = root / "bot" / "story" / "entry.py"
    text = module.read_text("utf-8")
    before_phrasings = "    phrasings: Annotated["
    assert text.count(before_phrasings) == 1
    module.write_text(text.replace(before_phrasings, DECLARATION + before_phrasings), "utf-8")

    run = subprocess.run(
        [sys.executable, "-m", "tests.support.added_field"], cwd=root, capture_output=True, text=True, check=False
    )

    assert run.stderr == ""
    assert run.stdout.splitlines() == [
        "loader refuses: qa/keeper.yaml:4: 'place' is 1 character too long; at most 20 fit",
        "writer: True",
        "loader: the pier: east",
        "editor: the pier: east",
        "form: the pier: east {'place': 'Wick'}",
        "modal: ['Place']",
        "terminal: Wick",
        "validation: [\"keeper-place: 'place' is still to be written\"]",
    ]


def test_every_attribute_of_an_entry_is_declared() -> None:
    """All but where the entry stands are YAML keys."""
    assert [field.key for field in ENTRY_FIELDS] == [
        name for name in Entry.__struct_fields__ if name not in ("file", "line")
    ]
    assert set(FORM_FIELDS) <= set(WRITABLE_FIELDS)


@pytest.mark.parametrize("part", get_args(FormPart))
def test_each_form_has_room_for_its_fields(part: FormPart) -> None:
    """A form that is declared with more fields than Discord shows could not be opened."""
    assert len([field for field in FORM_FIELDS.values() if field.form == part]) <= FIELDS_OF_A_FORM
