"""`pilcrow chat`: follow-ups, suggestions and commands."""

import io

import pytest

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.matching.weights import load_weights
from bot.terminal import chat
from bot.terminal.console import Screen
from tests.support.small_story import small_story


def test_chat_resolves_follow_ups_and_picks_suggestions_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """A follow-up uses the question before it, a number picks a suggestion, ':why' explains, 'quit' ends."""
    typed = iter(["when did the keeper quit?", "and where was she working?", "1", ":why", "quit"])
    monkeypatch.setattr("builtins.input", lambda _prompt: next(typed))
    out = io.StringIO()
    answerer = Answerer(small_story(), load_weights())
    assert chat.chat(answerer, bootstrap.views(answerer.story), Screen(out, width=100, colour=False)) == 0
    shown = out.getvalue()
    assert 'She left it on Friday evening, and was "quite tired".' in shown
    assert "It stands at Brim." in shown
    assert "Ask next:\n  1. " in shown
    assert "Decision: " in shown


def test_chat_ends_at_the_end_of_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-D ends the conversation without an error."""

    def closed(_prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", closed)
    assert (
        chat.chat(
            Answerer(small_story(), load_weights()),
            bootstrap.views(small_story()),
            Screen(io.StringIO(), width=80, colour=True),
        )
        == 0
    )


def test_chat_runs_the_commands_of_discord(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands work under their English and French names; what the story lacks is said in a sentence."""
    typed = iter(
        [
            "/who mayro",
            "/paragraph 99",
            "/summary full lamp",
            "/summary line",
            "/aide",
            "/ask who is the mayor?",
            "quit",
        ]
    )
    monkeypatch.setattr("builtins.input", lambda _: next(typed))
    out = io.StringIO()
    answerer = Answerer(small_story(), load_weights())
    assert chat.chat(answerer, bootstrap.views(answerer.story), Screen(out, width=100, colour=False)) == 0
    assert "Tom Reed\n\n  Mayor of Brim. ¶2\n" in out.getvalue()
    assert "There is no paragraph ‘99’. The article has paragraphs 1 to 2; the closest is 2.\n" in out.getvalue()
    assert "The lamp\n\n  Tom Reed says that Ada Quill took the lamp; she denies it. ¶2\n" in out.getvalue()
    assert "The dark light\n\n  The keeper of the lighthouse at Brim left. ¶1\n" in out.getvalue()
    assert "  /résumé : L'histoire, ou l'un de ses sujets, en bref.\n" in out.getvalue()
    assert "called ‘ask’" not in out.getvalue()
