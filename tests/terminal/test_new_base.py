"""`pilcrow new`, and the first `pilcrow check` after it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.terminal import cli

FIRST = "The ferry Saint Anne ran aground off Brim on Friday with 40 people aboard, said Ada Quill of the Coast Guard."
SECOND = "“Nobody was hurt,” Quill said in Brim on Saturday. She gave no cause."


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return a function that runs a command in a folder with an article, and returns its output and its errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    Path("article.txt").write_text(f"Ferry runs aground off Brim\n{FIRST}\n", "utf-8")

    def ran(*arguments: str, status: int = 0) -> str:
        assert cli.main([*arguments]) == status
        shown = capsys.readouterr()
        return shown.out + shown.err

    return ran


def test_a_new_base_says_what_is_in_it(run: Callable[..., str]) -> None:
    """And which command leads on."""
    assert run("new", "base", "--article", "article.txt") == (
        "base: 4 files written, with 1 paragraph and 2 proposals of who is who in people.yaml. Replace every TODO; "
        "this command lists what is left:\n  pilcrow check --knowledge base --article article.txt\n"
    )


def test_the_first_check_lists_steps_in_order(run: Callable[..., str]) -> None:
    """What is marked TODO is counted, not listed one by one; nothing that `new` wrote is a finding."""
    Path("article.txt").write_text(f"Ferry runs aground off Brim\n{FIRST}\n{SECOND}\n", "utf-8")
    run("new", "base", "--article", "article.txt")
    assert run("check", "--knowledge", "base", "--article", "article.txt", status=1) == (
        "Left to write, in this order:\n"
        "1. people.yaml: who is who: merge what is one and drop what nobody asks about (pilcrow kb people merge, drop), "
        "then write 3 roles (ada-quill, brim, coast-guard)\n"
        "2. story.yaml: what each paragraph says, in your own words: 2 gists (1 to 2)\n"
        "3. story.yaml: where the article is from and what the bot answers from: 5 texts\n"
        "4. qa/: the entries that every base begins with: 2 answers (about, about-publisher)\n"
        "5. story.yaml: entries, one fact each with ten ways of asking it: 1 paragraph (2) without any\n"
    )


def test_new_again_adds_what_is_new(run: Callable[..., str]) -> None:
    """It says what that was, and keeps the rest."""
    run("new", "base", "--article", "article.txt")
    before = Path("base/people.yaml").read_text("utf-8")
    Path("article.txt").write_text(f"Ferry runs aground off Brim\n{FIRST}\n{SECOND}\n", "utf-8")
    assert run("new", "base", "--article", "article.txt") == (
        "Added paragraph 2 (“Nobody was hurt,” Quill …); write its gist.\n"
        "base: Nothing that was written has been changed. This command lists what is left:\n"
        "  pilcrow check --knowledge base --article article.txt\n"
    )
    assert Path("base/people.yaml").read_text("utf-8") == before
    assert "base: It has all of the article; nothing has changed." in run("new", "base", "--article", "article.txt")
