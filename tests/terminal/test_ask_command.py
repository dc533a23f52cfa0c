"""`pilcrow ask`: replies as text, as JSON lines, and explained."""

import io
import json
from pathlib import Path

import pytest

from bot.terminal import cli


def test_ask_prints_answer_standing_and_sources(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The answer comes first, then its standing, then later developments, then each paragraph with its link."""
    assert cli.main(["ask", "did the keeper steal the lamp", "--knowledge", str(small)]) == 0
    assert capsys.readouterr().out == (
        "What is Ada Quill accused of?\n"
        "The mayor, Tom Reed, says that she took the lamp, worth 40 crowns.\n"
        "Ada Quill denies it.\n"
        "Alleged, not proven\n"
        "Known later (not in the article):\n"
        "  2020-06-01 The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)\n"
        "    https://quay.example/lamp-found\n"
        "  ¶2 The mayor says that she took the lamp; she denies it.\n"
        "    https://quay.example/harbour-light#:~:text=Mayor%20Tom%20Reed,she%20denies%20it.\n"
    )


def test_explain_prints_corrections_candidates_and_decision(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--explain` shows the corrected spelling, the unmatched terms and the decision."""
    cli.main(["ask", "where is the keper from napoli", "--explain", "--knowledge", str(small)])
    shown = capsys.readouterr().out
    assert "Corrected: keper → keeper" in shown
    assert "unmatched: ‘napoli’" in shown
    assert "Decision: " in shown


def test_jsonl_writes_one_reply_per_line(
    small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--jsonl` writes the replies in the order of the questions."""
    lines = '{"question": "where is the lighthouse"}\n{"question": "hi", "context": ["x"]}\n'
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    assert cli.main(["ask", "--jsonl", "--knowledge", str(small)]) == 0
    shown = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["entry"] for one in shown] == ["keeper-place", None]
