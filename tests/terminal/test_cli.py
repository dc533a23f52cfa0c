"""The command `pilcrow` as a person meets it."""

import io
import json
from pathlib import Path

import pytest

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.answering.view import VIEW_KINDS
from bot.terminal import chat, cli
from bot.terminal.console import Screen
from tests.support.small_story import small_story


def test_ask_shows_the_answer_with_its_source(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`pilcrow ask` prints the answer, its standing and each paragraph with a link."""
    assert cli.main(["ask", "did the keeper steal the lamp", "--knowledge", str(small)]) == 0
    assert capsys.readouterr().out == (
        "What is Ada Quill accused of?\n"
        "The mayor, Tom Reed, says that she took the lamp, worth 40 crowns.\n"
        "Ada Quill denies it.\n"
        "Alleged, not proven\n"
        "  ¶2 The mayor says that she took the lamp; she denies it.\n"
        "    https://quay.example/harbour-light#:~:text=Mayor%20Tom%20Reed,she%20denies%20it.\n"
        "Known later (not in the article):\n"
        "  2020-06-01 The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)\n"
        "    https://quay.example/lamp-found\n"
    )


def test_explain_says_what_matched_and_what_did_not(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--explain` shows how the question was read, the candidates, what is left over, and the decision."""
    cli.main(["ask", "where is the keper from napoli", "--explain", "--knowledge", str(small)])
    shown = capsys.readouterr().out
    assert "Corrected: keper → keeper" in shown
    assert "unmatched: ‘napoli’" in shown
    assert "Decision: " in shown


def test_jsonl_answers_line_by_line(
    small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`ask --jsonl` writes one reply a line, in the order asked."""
    lines = '{"question": "where is the lighthouse"}\n{"question": "hi", "context": ["x"]}\n'
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    assert cli.main(["ask", "--jsonl", "--knowledge", str(small)]) == 0
    shown = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["entry"] for one in shown] == ["keeper-place", None]


def test_a_broken_base_is_named_and_refused(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake in the base is one sentence on standard error, exit status 2, no traceback."""
    (small / "qa" / "lamp.yaml").write_text("- id: x\n  answer: yes\n")
    assert cli.main(["check", "--knowledge", str(small)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "qa/lamp.yaml:2: 'answer' must be text, but YAML reads yes as yes or no; put it in quotes" in shown.err
    assert "Traceback" not in shown.err


def test_a_missing_base_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a base the command says which option names it."""
    assert cli.main(["ask", "x", "--knowledge", "/nowhere"]) == 2
    assert (
        capsys.readouterr().err
        == "pilcrow: /nowhere: there is no such folder; name the folder of the base with --knowledge DIR\n"
    )


def test_check_holds_the_base_against_the_article(
    small: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """`check --article` names every paragraph whose text differs."""
    article = tmp_path / "article.txt"
    article.write_text("Keeper Ada Quill left.\n")
    assert cli.main(["check", "--knowledge", str(small), "--article", str(article)]) == 2
    assert (
        "story.yaml: paragraph 1: no paragraph of the article has this hash; its text has changed"
        in capsys.readouterr().err
    )


def test_a_conversation_follows_up_and_takes_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """In `chat` a follow-up leans on the question before, a number picks a suggestion, 'quit' ends."""
    typed = iter(["when did the keeper quit?", "and where was she working?", "1", ":why", "quit"])
    monkeypatch.setattr("builtins.input", lambda _prompt: next(typed))
    out = io.StringIO()
    answerer = Answerer(small_story(), bootstrap.weights())
    assert chat.chat(answerer, bootstrap.views(answerer.story), Screen(out, width=100, colour=False)) == 0
    shown = out.getvalue()
    assert 'She left it on Friday evening, and was "quite tired".' in shown
    assert "It stands at Brim." in shown
    assert "Ask next:\n  1. " in shown
    assert "Decision: " in shown


def test_end_of_input_ends_the_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-D leaves without an error."""

    def closed(_prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", closed)
    assert (
        chat.chat(
            Answerer(small_story(), bootstrap.weights()),
            bootstrap.views(small_story()),
            Screen(io.StringIO(), width=80, colour=True),
        )
        == 0
    )


def test_colour_and_links_only_where_the_screen_has_them() -> None:
    """A terminal gets colour and clickable paragraphs; a pipe gets plain text with the addresses."""
    reply = Answerer(small_story(), bootstrap.weights()).entry_reply("keeper-place")
    plain, coloured = io.StringIO(), io.StringIO()
    Screen(plain, width=80, colour=False).print_reply(reply)
    Screen(coloured, width=80, colour=True).print_reply(reply)
    assert "\x1b" not in plain.getvalue()
    assert "\x1b]8;;https://quay.example/harbour-light#" in coloured.getvalue()


def test_a_conversation_looks_things_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """In `chat` the commands of Discord work too; what is not there is said in a sentence."""
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
    answerer = Answerer(small_story(), bootstrap.weights())
    assert chat.chat(answerer, bootstrap.views(answerer.story), Screen(out, width=100, colour=False)) == 0
    assert "Tom Reed\n\n  Mayor of Brim. ¶2\n" in out.getvalue()
    assert "There is no paragraph ‘99’. The article has paragraphs 1 to 2; the closest is 2.\n" in out.getvalue()
    assert "The lamp\n\n  Tom Reed says that Ada Quill took the lamp; she denies it. ¶2\n" in out.getvalue()
    assert "The dark light\n\n  The keeper of the lighthouse at Brim left. ¶1\n" in out.getvalue()
    assert "  /résumé : L'histoire, ou l'un de ses sujets, en bref.\n" in out.getvalue()
    assert "called ‘ask’" not in out.getvalue()


def read(small: Path, *words: str) -> int:
    """`pilcrow` with these words, on the small story."""
    return cli.main([*words, "--knowledge", str(small)])


def test_every_command_of_discord_reads_in_the_terminal(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From the same code: title, headings, and each line of what `Views` holds."""
    views = bootstrap.views(small_story())
    abouts = {"summary": ["--length", "line", "--topic", "lamp"], "who": ["the", "mayor"], "paragraph": ["2"]}
    keys = {"summary": "lamp:line", "who": "the mayor", "paragraph": "2"}
    for kind in VIEW_KINDS:
        if kind == "help":
            continue
        assert read(small, kind, *abouts.get(kind, [])) == 0
        shown = " ".join(capsys.readouterr().out.split())
        reading = views.open(kind, keys.get(kind, ""))
        assert shown.startswith(reading.title)
        for section in reading.sections:
            assert section.heading in shown
            assert all(" ".join(row.text.split()) in shown for row in section.rows)
    assert cli.main(["help"]) == 0
    assert "timeline" in capsys.readouterr().out


def test_a_reading_in_the_terminal_word_for_word(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A source stands under its line, and its address under that; a paragraph has its link."""
    read(small, "paragraph", "¶2")
    assert capsys.readouterr().out.split("Questions it answers")[0] == (
        "Paragraph 2\n\n"
        "What it says, in our words\n"
        "  The mayor says that she took the lamp; she denies it. ¶2\n"
        "    https://quay.example/harbour-light#:~:text=Mayor%20Tom%20Reed,she%20denies%20it.\n\n"
        "What is denied\n"
        "  Ada Quill denies it. ¶2\n\n"
        "Known later (not in the article)\n"
        "  1 June 2020: The lamp was found in the mayor's cellar.\n"
        "  (The Quay, 1 June 2020)\n"
        "    https://quay.example/lamp-found\n\n"
    )


def test_the_timeline_is_drawn_into_a_file(small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One PNG of all of it, and what a screen reader would say of it."""
    file = tmp_path / "when.png"
    assert read(small, "timeline", "--plot", str(file), "--theme", "light") == 0
    assert file.read_bytes().startswith(b"\x89PNG")
    assert capsys.readouterr().out.startswith(f"{file}: What happened when. In the article. May 2020: Keeper Ada Quill")


def test_what_is_not_there_is_refused_in_the_terminal(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence with the nearest choice, and exit status 2."""
    assert read(small, "summary", "--topic", "quill: north") == 2
    assert read(small, "who", "Napoleon") == 2
    assert capsys.readouterr().err == (
        "pilcrow: There is no topic ‘quill north’. The topics are: The dark light; The lamp.\n"
        "pilcrow: The article mentions nobody called ‘Napoleon’.\n"
    )
