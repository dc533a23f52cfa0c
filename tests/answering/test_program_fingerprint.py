"""What an index cached by this program depends on."""

import os
import shutil
from pathlib import Path

import msgspec
import pytest
import rapidfuzz
import Stemmer

from bot.answering import program_fingerprint


def test_the_digest_depends_on_every_file_and_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The digest changes with any file of the program and any library's version, and not with compiled files."""
    copy = tmp_path / "bot"
    shutil.copytree(Path(program_fingerprint.__file__).parents[1], copy)
    monkeypatch.setattr(program_fingerprint, "_PACKAGE", str(copy))
    seen = {program_fingerprint.program_digest()}
    for name in (
        "answering/answerer.py",
        "story/loader.py",
        "matching/weights.json",
        "nlp/lexicons/en_common_words.txt",
    ):
        state = (copy / name).stat()
        os.utime(copy / name, ns=(state.st_atime_ns, state.st_mtime_ns + 1))
        seen.add(program_fingerprint.program_digest())
    for library in (rapidfuzz, msgspec):
        monkeypatch.setattr(library, "__version__", "0")
        seen.add(program_fingerprint.program_digest())
    monkeypatch.setattr(Stemmer, "version", lambda: "0")
    seen.add(program_fingerprint.program_digest())
    assert len(seen) == 8
    (copy / "__pycache__").mkdir(exist_ok=True)
    (copy / "__pycache__" / "x.pyc").write_bytes(b"")
    assert program_fingerprint.program_digest() in seen
