"""`pilcrow ask`: replies as text, as JSON lines, and explained."""

import io
import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.answering.answerer import Answerer
from bot.cards.reply_card import reply_card
from bot.discord_frontend.common.card_message import to_messages
from bot.matching.weights import load_weights
from bot.terminal import cli, json_output
from tests.support.small_story import small_story

MAYOR = (
    "The mayor, Tom Reed, says that she took the lamp, worth 40 crowns.\n"
    "[Alleged, not proven] · The Quay ¶2\n"
    "│ Denied: Ada Quill denies it. ¶2\n"
    "│ Since the article: Jun 2020, The lamp was found in the mayor's cellar. (The\n"
    "│ Quay, 1 June 2020)\n"
)
ADDRESSES = (
    "¶2 https://quay.example/harbour-light#:~:text=Mayor%20Tom%20Reed,she%20denies%20it.\n"
    "Jun 2020 https://quay.example/lamp-found\n"
)


def test_ask_prints_the_card_of_the_answer(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Answer, standing with sources, denial and what was found later; addresses only on asking."""
    asked = ["ask", "did the keeper steal the lamp", "--knowledge", str(small)]
    assert cli.main(asked) == 0
    assert capsys.readouterr().out == MAYOR
    assert cli.main([*asked, "--links"]) == 0
    assert capsys.readouterr().out == MAYOR + ADDRESSES


def test_without_an_answer_nothing_is_said_to_be_passed_on(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A terminal has no inbox; to programs the text is the one that Discord would get."""
    cli.main(["ask", "will it rain tomorrow", "--knowledge", str(small)])
    sentence = "I have no answer to that: I know one news story, about ‘Harbour light goes dark’."
    assert " ".join(capsys.readouterr().out.split()) == sentence
    cli.main(["ask", "will it rain tomorrow", "--json", "--knowledge", str(small)])
    shown = json.loads(capsys.readouterr().out)
    assert shown["message"] == f"{sentence}\n-# Passed to the moderators, without your name."
    assert shown["answer"] == sentence


def test_json_has_what_discord_would_show(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`message` is its Markdown, links included, and `labels` are those of the buttons; `answer` has the whole text."""
    cli.main(["ask", "did the keeper steal the lamp", "--json", "--knowledge", str(small)])
    shown = json.loads(capsys.readouterr().out)
    link = "[¶2](<https://quay.example/harbour-light#:~:text=Mayor%20Tom%20Reed,she%20denies%20it.>)"
    assert shown["message"] == (
        "The mayor, Tom Reed, says that she took the lamp, worth 40 crowns.\n"
        f"-# `Alleged, not proven` · The Quay {link}\n"
        f"> **Denied:** Ada Quill denies it. {link}\n"
        "> **Since the article:** [Jun 2020](<https://quay.example/lamp-found>), "
        "The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)"
    )
    assert shown["labels"] == ["Does Ada Quill deny taking the lamp?", "More", "Good", "Wrong"]
    assert (
        shown["answer"] == "The mayor, Tom Reed, says that she took the lamp, worth 40 crowns.\n\nAda Quill denies it."
    )


@pytest.mark.parametrize("answer", ["It stands at Brim.", "word " * 300, "word " * 600])
def test_the_text_for_programs_is_what_discord_is_sent(answer: str) -> None:
    """A message's text, or that of its embed."""
    story = small_story()
    reply = replace(Answerer(story, load_weights()).entry_reply("keeper-place"), answer=answer)
    sent = to_messages(reply_card(reply, story))
    texts = [message.get("content") or message["embed"].description for message in sent]
    assert json_output.reply_json(reply, story)["message"] == "\n".join(texts)


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
