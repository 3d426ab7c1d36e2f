"""Completion: what the program offers at a place of its command line, and bash, zsh and fish with it."""

import os
import re
import shutil
import subprocess

import pexpect
import pytest

from candidate import ALPHA, card, deck_of, put_decks

EVIL = "evil$(touch${IFS}pwned)"


@pytest.fixture
def decks(env, run):
    """Two decks, taken in."""
    put_decks(
        env,
        colours=deck_of(ALPHA, card("beta", tags=f"['{EVIL}']")),
        words=deck_of(card("gamma"), deck="words", title="Words"),
    )
    run("study", "--limit", "1")


@pytest.fixture
def offered(run):
    """offered(*words): what may stand at the last word, in the order of the offer."""

    def offered(*words):
        lines = run("complete", "--", *words).stdout.splitlines()
        return [line.split("\t")[0] for line in lines]

    return offered


@pytest.mark.parametrize(
    "words, found",
    [
        (["stu"], ["study"]),
        (["unsus"], ["unsuspend"]),
        (["--pl"], ["--plain"]),
        (["study", "--l"], ["--limit"]),
        (["study", "--limit", ""], []),
        (["study", "--limit", "3", "is:sch"], ["is:scheduled"]),
        (["check", "--strict", "x"], [":files"]),
        (["show", "wor"], ["words/"]),
        (["show", "words/"], ["words/gamma"]),
        (["show", "words/gamma", ""], []),
        (["review", "words/gamma", ""], []),
        (["suspend", "words/gamma", "co"], ["colours/", "competency:"]),
        (["list", "de"], ["deck:"]),
        (["list", "deck:"], ["deck:colours", "deck:words"]),
        (["list", "-deck:w"], ["-deck:words"]),
        (["list", "is:due", "tag:pri"], ["tag:primary"]),
        (["list", "level:"], ["level:junior", "level:mid", "level:senior", "level:any"]),
        (["list", "card:words/"], ["card:words/gamma"]),
        (["list", "lapses:"], ["lapses:3", "lapses:3..", "lapses:..3", "lapses:1..3"]),
        (["list", "--", "--j"], []),
        (["list", "--j"], ["--json"]),
        (["config", "min"], ["minutes"]),
        (["config", "plain", ""], ["yes", "no", "default"]),
        (["config", "minutes", ""], ["default"]),
        (["help", "stu"], ["study"]),
        (["--db", "nowhere.db", "show", "words/"], []),
        (["--db", ""], [":files"]),
        (["sources", "pa"], ["pause"]),
        (["export", "--deck", "x", "is:sch"], ["is:scheduled"]),
        (["export", "--out", ""], [":files"]),
        (["conflicts", "words/gamma", "m"], ["mine"]),
        (["nonsense", ""], []),
        (["complete", ""], []),
    ],
)
def test_what_the_program_offers(decks, offered, words, found):
    assert offered(*words) == found


def test_a_candidate_comes_with_what_it_means(decks, run):
    lines = run("complete", "--", "").stdout.splitlines()
    assert "study\tpractise today's cards" in lines
    assert "--ahead\t" in run("complete", "--", "study", "--a").stdout


def test_commands_that_are_for_programs_are_not_offered(offered):
    commands = offered("")
    assert "study" in commands and "help" in commands
    assert "complete" not in commands and "shell" not in commands


def test_it_says_nothing_of_what_is_broken(env, run, home):
    database = home / "data/viva/viva.db"
    for content in (None, b"", b"no database at all, but long enough to be taken for one" * 40):
        if content is not None:
            database.parent.mkdir(parents=True, exist_ok=True)
            database.write_bytes(content)
        done = run("complete", "--", "show", "words/")
        assert (done.stdout, done.stderr) == ("", "")
        assert database.exists() == (content is not None)


def test_it_writes_nothing(decks, run, home):
    def files():
        return {path: path.stat().st_mtime_ns for path in home.rglob("*")}

    before = files()
    assert run("complete", "--", "show", "words/").stdout
    assert files() == before


# Real shells.


@pytest.fixture
def path(env, viva, tmp_path):
    """A PATH on which `viva` completes, and else says with which words it was called."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "viva"
    program.write_text(
        f"""#!/bin/sh
[ "$1" = complete ] && exec '{viva}' "$@"
printf 'called:'
printf ' <%s>' "$@"
echo .
"""
    )
    program.chmod(0o755)
    env["PATH"] = f"{folder}:{env['PATH']}"
    return env["PATH"]


def need(shell):
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")


@pytest.fixture
def completed(root, env, home, path):
    """completed(shell, keys) types keys and Enter at an interactive shell that has the completion;
    returns the words that `viva` was called with."""
    children = []
    scripts = root / "src/completion"

    def start_bash():
        return ["bash", "--norc", "--noprofile", "-i"], [f"source '{scripts}/viva.bash'"]

    def start_zsh():
        functions = home / "functions"
        functions.mkdir()
        shutil.copy(scripts / "viva.zsh", functions / "_viva")
        return ["zsh", "-f", "-i"], [
            "unsetopt zle_bracketed_paste prompt_cr prompt_sp",
            f"fpath=('{functions}' $fpath)",
            "autoload -U compinit && compinit -u -D",
        ]

    def completed(shell, keys):
        need(shell)
        argv, setup = {"bash": start_bash, "zsh": start_zsh}[shell]()
        env["INPUTRC"] = "/dev/null"
        child = pexpect.spawn(
            argv[0], argv[1:], env=env, cwd=str(home), encoding="utf-8", timeout=30, dimensions=(24, 200)
        )
        children.append(child)
        for line in [*setup, "PS1='rea''dy>'"]:
            child.sendline(line)
        child.expect_exact("ready>")
        child.send(keys + "\r")
        child.expect(r"called:((?: <[^>]*>)*)\.")
        return re.findall(r"<([^>]*)>", child.match[1])

    yield completed
    for child in children:
        child.close(force=True)


KEYS = [
    ("viva stu\t--ah\t", ["study", "--ahead"]),
    ("viva show wor\tga\t", ["show", "words/gamma"]),
    ("viva list lev\tjun\t-ta\tpri\t", ["list", "level:junior", "-tag:primary"]),
    ("viva list is:due x:y de\tcol\t", ["list", "is:due", "x:y", "deck:colours"]),
    ("viva config pla\ty\t", ["config", "plain", "yes"]),
    ("viva check my\\ d\t", ["check", "my deck.md"]),
    ("viva study --limit 3 deck:wor\t", ["study", "--limit", "3", "deck:words"]),
]


@pytest.mark.parametrize("shell", ["bash", "zsh"])
@pytest.mark.parametrize("keys, words", KEYS, ids=[keys.replace("\t", "_") for keys, _ in KEYS])
def test_tab_completes_in_a_shell(decks, completed, home, shell, keys, words):
    (home / "my deck.md").write_text("# Deck\n")
    assert completed(shell, keys) == words


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_tag_of_a_deck_is_not_run_by_the_shell(decks, completed, home, shell):
    assert completed(shell, "viva list tag:ev\t") == ["list", f"tag:{EVIL}"]
    assert not (home / "pwned").exists()


@pytest.fixture
def fish(root, env, home, path):
    """fish(line): the candidates that fish has for a line."""

    def fish(line):
        need("fish")
        done = subprocess.run(
            ["fish", "--no-config", "-c", "source $argv[1]; complete -C $argv[2]"]
            + [root / "src/completion/viva.fish", line],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=env,
            cwd=home,
            timeout=60,
        )
        assert done.returncode == 0 and not done.stderr, done.stderr
        return [found.split("\t")[0] for found in done.stdout.splitlines()]

    return fish


def test_fish_completes(decks, fish, home):
    (home / "deck.md").write_text("# Deck\n")
    assert fish("viva stu") == ["study"]
    assert fish("viva study --ah") == ["--ahead"]
    assert fish("viva show wor") == ["words/"]
    assert fish("viva list is:due deck:col") == ["deck:colours"]
    assert fish("viva config plain ") == ["default", "no", "yes"]
    assert fish("viva check dec") == ["deck.md"]
    assert "study" in fish("viva ")


def test_a_shell_without_viva_completes_nothing(root, env, home):
    need("bash")
    env["PATH"] = os.defpath
    done = subprocess.run(
        ["bash", "--norc", "-c", f"source '{root}/src/completion/viva.bash'; complete -p viva"],
        capture_output=True,
        text=True,
        env=env,
        cwd=home,
    )
    assert done.stdout == "complete -F _viva viva\n"
