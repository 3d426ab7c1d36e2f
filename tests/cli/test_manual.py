"""The manual, help, completion and the tables of the program name the same things; recipes work."""

import json
import os
import re
import shlex
import shutil
import subprocess

import pexpect
import pytest

from candidate import ALPHA, card, put_decks

PAGES = {"manual": "viva.1", "decks": "viva-decks.5", "sharing": "viva-sharing.7"}
GLOBAL_OPTIONS = ["--db", "--plain", "--help"]


def unroff(text):
    """The text of roff without fonts and escapes."""
    for escape, plain in [(r"\fB", ""), (r"\fI", ""), (r"\fR", ""), (r"\&", ""), (r"\-", "-")]:
        text = text.replace(escape, plain)
    for escape, plain in [(r"\(aq", "'"), (r"\(ti", "~"), (r"\(dq", '"'), (r"\e", "\\")]:
        text = text.replace(escape, plain)
    return text


@pytest.fixture
def page(run):
    """page(topic): the roff of a page."""
    return lambda topic="manual": run("help", topic, "--man").stdout


@pytest.fixture
def section(page):
    """section(title): the roff of a section of viva(1)."""

    def section(title):
        return re.search(rf'^\.SH "{title}"\n(.*?)(?=^\.SH |\Z)', page(), re.M | re.S)[1]

    return section


@pytest.fixture
def terms(section):
    """terms(title): the terms that a section explains, as a dictionary."""

    def terms(title):
        found = re.findall(r"^\.TP 7\n(.*)\n(.*)", section(title), re.M)
        return {unroff(term): text for term, text in found}

    return terms


@pytest.fixture
def commands(section):
    """The commands of viva(1): name -> (usage line, options)."""
    found = re.findall(
        r'^\.SS "viva (\S+?)( [^\n]*)?"\n(.*?)(?=^\.SS |\Z)', section("COMMANDS"), re.M | re.S
    )
    return {
        name: (unroff(usage.strip()), [unroff(o).split()[0] for o in re.findall(r"^\.TP 7\n(.*)", body, re.M)])
        for name, usage, body in found
    }


@pytest.fixture
def offered(run):
    """offered(*words): what completion offers."""
    return lambda *words: [
        line.split("\t")[0] for line in run("complete", "--", *words).stdout.splitlines()
    ]


# Pages.


def render(program, *args, path, env):
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    return subprocess.run(
        [program, *args, str(path)],
        capture_output=True,
        text=True,
        env={**env, "MANWIDTH": "80", "LC_ALL": "C.UTF-8", "MANPAGER": "cat"},
        timeout=60,
    )


@pytest.mark.parametrize("topic", PAGES)
def test_a_page_has_no_faults(page, tmp_path, env, topic):
    path = tmp_path / PAGES[topic]
    path.write_text(page(topic))
    done = render("man", "--warnings", "-l", path=path, env=env)
    assert done.returncode == 0 and done.stderr == ""
    assert [line for line in done.stdout.splitlines() if len(line) > 80] == []
    assert done.stdout.split()[0] == PAGES[topic].upper().replace(".", "(") + ")"
    done = render("mandoc", "-Tlint", "-Wwarning", path=path, env=env)
    assert [line for line in done.stdout.splitlines() if "missing date" not in line] == []


def test_the_text_of_a_page_is_what_was_written(page, tmp_path, env):
    path = tmp_path / "viva.1"
    path.write_text(page())
    text = render("man", "-l", path=path, env=env).stdout
    for literal in ["'ef:..1.8'", "PS1='$(viva_due)\\w\\$ '", '"$$due"', "~/.config/systemd/user", "--ahead"]:
        assert literal in text


def test_help_has_each_topic(run):
    topics = re.search(r"Topics: ([^.]*)\.", run("help").stdout)[1].replace("\n", " ").split(", ")
    assert topics[:3] == ["manual", "decks", "sharing"] and "queries" in topics and "exit-status" in topics
    whole = run("help", "manual").stdout
    for topic in topics[3:]:
        text = run("help", topic).stdout
        assert text in whole
        assert text.splitlines()[0].lower().replace(" ", "-") == topic


def test_an_unknown_topic_gets_the_nearest(run):
    assert "did you mean 'settings'?" in run("help", "setings", check=2).stderr
    assert "did you mean 'study'?" in run("help", "studdy", check=2).stderr
    assert run("help", "study", "--man", check=2).stderr
    assert run("help", "--man", check=2).stderr


# The same names everywhere.


def test_the_same_commands_everywhere(root, run, commands, offered):
    table = re.search(r"cmd_table\[\] = \{(.*?)\};", (root / "src/cmd/table.c").read_text(), re.S)[1]
    names = set(re.findall(r"&cmd_(\w+)", table)) - {"complete"}
    help = set(re.findall(r"^  ([a-z]+)  ", run("help").stdout, re.M))
    assert set(commands) == names
    assert help == names - {"shell"} | {"quit"}
    titles = re.findall(r'\{&cmd_\w+, "(.*)"\}', (root / "src/cmd/help.c").read_text())
    assert titles and re.findall(r"\n\n(.*)\n  ", run("help").stdout) == titles
    assert set(offered("")) == names - {"shell"}


def test_the_same_options_everywhere(run, commands, offered):
    shown = run("shell", input="".join(f"help {name}\n" for name in commands)).stdout
    help = dict(re.findall(r"^viva (?=\w)(\w+)(.*?)(?=^viva \w|\Z)", shown, re.M | re.S))
    for name in set(commands) - {"shell"}:
        usage, options = commands[name]
        assert set(re.findall(r"--[a-z-]+", usage)) == set(options), name
        assert re.findall(r"^  (--[a-z-]+)", help[name], re.M) == options, name
        assert offered(name, "--") == options + GLOBAL_OPTIONS, name


def test_the_same_settings_everywhere(run, terms, offered):
    names = re.findall(r"^([a-z-]+) \S+  \(", run("config").stdout, re.M)
    assert len(names) > 5
    assert list(terms("SETTINGS")) == names
    assert offered("config", "") == names


def test_the_same_query_keys_everywhere(run, terms, offered):
    error = run("list", "nonsense:x", check=2).stderr
    names = [f"{name}:" for name in re.search(r"\(keys: (.*)\)", error)[1].split()]
    assert len(names) > 10
    assert list(terms("QUERIES")) == names
    assert offered("list", "") == names


def test_the_same_slash_commands_everywhere(env, run, section):
    put_decks(env, ALPHA)
    listed = re.findall(r"^  (/[a-z]+) ", run("study", input="??\n").stdout, re.M)
    assert len(listed) > 10
    assert re.findall(r"^\.TP 7\n\\fB(/.*)\\fR", section("SITTING"), re.M) == listed


def test_the_same_exit_statuses_everywhere(root, terms):
    codes = re.findall(r"ERR_\w+ = (\d+)", (root / "include/base/error.h").read_text())
    assert len(codes) == 10
    assert list(terms("EXIT STATUS")) == codes


def test_each_variable_that_is_read_is_in_the_manual(root, terms):
    read = {"TZ", "LC_ALL", "LC_CTYPE", "LANG"}  # by the C library
    for path in (root / "src").rglob("*.c"):
        for names in re.findall(r'\b(?:env|env_any|getenv|xdg)\((?:arena, )?(".*?)\)', path.read_text()):
            read |= set(re.findall(r'"([A-Za-z_]+)"', names))
    read = {name for name in read if not name.startswith("VIVA_FETCH_TEST")}
    named = {name for names in terms("ENVIRONMENT") for name in names.split(", ")}
    assert named == read


# How the commands with --json are called, so that together they print all of their keys.
JSON_CALLS = {
    "due": [[]],
    "show": [["alpha"]],
    "list": [[]],
    "search": [["alpha"]],
    "review": [["alpha", "2", "--points", "a"]],
    "log": [[]],
    "undo": [[]],
    "sources": [[]],
    "sync": [[]],
    "conflicts": [[]],
    "check": [["bad.md"]],
    "import": [["answers.log"]],
    "backup": [[]],
    "restore": [[], ["newest", "--yes"]],
    "doctor": [["--rebuild"]],
}


def change_both_sides(env, run, home):
    """The user edits a card, then its deck does."""
    editor = home / "editor"
    editor.write_text('#!/bin/sh\nsed -i "s/The model answer/My answer/" "$1"\n')
    editor.chmod(0o755)
    env["EDITOR"] = str(editor)
    run("edit", "beta")
    put_decks(env, ALPHA, card("beta", answer="Their answer of beta."))
    run("sync")


def keys_of(value):
    if isinstance(value, list):
        return {key for item in value for key in keys_of(item)}
    if isinstance(value, dict):
        return set(value) | {key for item in value.values() for key in keys_of(item)}
    return set()


def test_the_keys_of_json_are_those_of_the_manual(env, run, terms, commands, home):
    put_decks(env, ALPHA, card("beta"))
    (home / "bad.md").write_text("# Deck\n\n## Question?\n")
    run("study", "--limit", "1", input="\n4\n\n\n")
    (home / "data/viva").chmod(0o755)  # which doctor finds
    change_both_sides(env, run, home)
    run("export", "--events", "answers.log")
    documented = terms("JSON")
    assert set(documented) == {name for name in commands if "--json" in commands[name][1]}
    assert set(JSON_CALLS) == set(documented), "say in JSON_CALLS how the command is called"

    def keys(name):
        named = set(re.findall(r"\\fB(.*?)\\fR", documented[name]))
        others = set(re.findall(r"what \\fB(.*?)\\fR gives", documented[name]))
        return (named - others).union(*map(keys, others))

    for name in documented:
        given = set()
        for words in JSON_CALLS[name]:
            given |= keys_of(json.loads(run(name, *words, "--json", check=None).stdout))
        assert given == keys(name), name


# Plain screens.


def words_of_plain(commands):
    """A call of every command that prints something, with what it needs."""
    calls = {
        "shell": None,  # below
        "study": ["study", "--limit", "1"],
        "show": ["show", "alpha"],
        "review": ["review", "alpha", "4"],
        "suspend": ["suspend", "beta"],
        "unsuspend": ["unsuspend", "beta"],
        "bury": ["bury", "beta"],
        "unbury": ["unbury", "beta"],
        "flag": ["flag", "beta"],
        "unflag": ["unflag", "beta"],
        "note": ["note", "beta", "words"],
        "reset": ["reset", "beta"],
        "subscribe": ["subscribe", "deck.md"],
        "unsubscribe": ["unsubscribe", "deck.md"],
        "check": ["check", "bad.md"],
        "help": ["help", "manual"],
        "add": ["add"],
        "edit": ["edit", "alpha"],
        "publish": ["publish", "published", "--out", "site"],
    }
    return [calls.get(name, [name]) for name in commands if calls.get(name, [name])]


def test_plain_screens_have_no_ornaments(env, run, spawn, commands, home, deck):
    put_decks(env, ALPHA, card("beta"))
    deck(DECK)
    deck("# Deck\n\n## Question?\n", "bad.md")
    deck(f"---\ndeck: p\ntitle: P\nlicense: CC0\nlanguage: en\n---\n{DECK}", "published/p.md")
    env["EDITOR"] = "true"
    run("config", "level", "mid")
    for words in words_of_plain(commands):
        child = spawn(*words, "--plain", term="xterm-256color")
        screen = ""
        if words[0] == "study":
            child.expect_exact("> ")
            screen = child.before
            child.send("?\rblue\r\r4\rall\r/more\r\r")
        child.send("\r")  # for undo, which asks for the grade again
        child.expect(pexpect.EOF)
        screen += child.before
        screen = re.sub("\x1b\\[\\?2004[hl]", "", screen)  # for pasted text, by readline
        assert re.findall("[^\r\n\x07\x20-\x7e]", screen) == [], (words, screen)


DECK = """
# Deck

## Question?
<!-- id: question -->

Answer.
"""


# Recipes.


def blocks(path, heading):
    """The code below a heading of the manual: (what it is for, code)."""
    text = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", path.read_text(), re.M | re.S)[1]
    return re.findall(r"^```([^\n]+)\n(.*?)^```$", text, re.M | re.S)


@pytest.fixture
def manual(root):
    return root / "src/cmd/manual.md"


@pytest.fixture
def system(env, viva, tmp_path, home, bundled, run):
    """system(command) runs a line of a shell where viva is installed and its cards are new."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "viva").symlink_to(viva)
    notify = folder / "notify-send"
    notify.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$*\" >>'{home}/notified'\n")
    notify.chmod(0o755)
    env["PATH"] = f"{folder}:{os.defpath}"
    run("study", "--limit", "1")
    def system(command, shell="sh", **more):
        return subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", command] if shell == "bash" else [shell, "-c", command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env={**env, **more},
            cwd=home,
            timeout=60,
        )

    return system


def test_each_block_of_code_is_of_a_kind_that_is_tested(manual):
    text = manual.read_text()
    kinds = {kind.split()[0] for kind in re.findall(r"^```(.+)$", text, re.M)}
    assert kinds == {"sh", "tmux", "cron", "systemd", "systemctl"}
    assert len(re.findall(r"^```", text, re.M)) == 2 * len(re.findall(r"^```.", text, re.M))


def test_the_commands_of_the_manual_work(manual, system, run):
    for day in range(10, 28):
        run("review", "django-first/n-plus-one", 3 * (day % 2), now=f"2026-10-{day}T09:00:00Z")
    for query in ("level:senior", "tag:orm"):
        run("review", json.loads(run("list", query, "--json").stdout)[0]["card"], 1)
    for heading in ("Queries", "Recipes"):
        found = [code for kind, code in blocks(manual, heading) if kind == "sh"]
        assert found
        for code in found:
            done = system(code, shell="bash")
            assert (done.returncode, done.stderr) == (0, ""), code + done.stdout + done.stderr


def test_the_prompt_of_the_manual_says_what_is_due(manual, system, run):
    (code,) = [code for kind, code in blocks(manual, "Recipes") if kind == "sh prompt"]
    prompt = system(code + "printf '%s' \"${PS1@P}\"", shell="bash").stdout
    assert re.match(r"\[\d+ new, .* minutes?\] ~[#$] $", prompt), prompt
    run("config", "new", "0")
    assert re.match(r"~[#$] $", system(code + "printf '%s' \"${PS1@P}\"", shell="bash").stdout)


def test_the_status_line_of_the_manual_says_what_is_due(manual, system, tmp_path):
    (code,) = [code for kind, code in blocks(manual, "Recipes") if kind == "tmux"]
    assert all(line.startswith("set -g status-") for line in code.splitlines())
    (command,) = re.findall(r"#\((.*?)\)", code)
    assert re.match(r"\d+ new", system(command).stdout)


def test_the_cron_lines_of_the_manual_work(manual, system, env, home, run):
    said = {}
    old = home / "disk/viva.db.20260101T000000Z.0123456789abcdef"
    old.parent.mkdir()
    old.write_text("old")
    os.utime(old, (0, 0))
    for code in [code for kind, code in blocks(manual, "Recipes") if kind == "cron"]:
        path, *lines = code.splitlines()
        assert path == "PATH=/usr/local/bin:/usr/bin:/bin"
        for line in lines:
            times, command = line.split()[:5], line.split(None, 5)[5]
            assert all(re.fullmatch(r"[\d*,/-]+", field) for field in times)
            assert "%" not in command  # which is a line feed in a crontab
            done = system(command, PATH=f"{env['PATH'].split(':')[0]}:{path[5:]}")
            assert (done.returncode, done.stderr) == (0, ""), line
            said[" ".join(command.split()[:2])] = done.stdout
    assert list(said) == ["viva due", "viva backup", 'find "$HOME/disk"', "viva sync"]
    assert re.match(r"\d+ new", said["viva due"])
    (copy,) = (home / "disk").iterdir()
    run("restore", copy, "--yes")


def test_the_units_of_the_manual_notify(manual, system, env, home, tmp_path):
    found = blocks(manual, "Recipes")
    units = {kind.split()[1]: code for kind, code in found if kind.startswith("systemd ")}
    assert set(units) == {"viva.service", "viva.timer"}
    for name, code in units.items():
        (tmp_path / name).write_text(code)
    if shutil.which("systemd-analyze"):
        done = system(f"systemd-analyze verify '{tmp_path}/viva.service' '{tmp_path}/viva.timer'")
        assert "viva." not in done.stderr
    service = units["viva.service"].replace("\\\n", "")
    path = re.search(r"^Environment=PATH=(.*)$", service, re.M)[1]
    command = shlex.split(re.search(r"^ExecStart=(.*)$", service, re.M)[1].replace("$$", "$"))
    assert command[:2] == ["/bin/sh", "-c"]
    done = system(command[2], PATH=f"{env['PATH'].split(':')[0]}:{path}")
    assert done.returncode == 0
    assert re.match(r"viva \d+ new", (home / "notified").read_text())
    (enable,) = [code for kind, code in found if kind == "systemctl"]
    assert enable.split()[-1] in units
