"""Text from decks, names, answers and files is data: whatever it holds, the terminal gets letters.

The numbers are the rows of the threat model: 41-44 control sequences, 46-48 bidirectional and other
invisible characters and bytes that are no UTF-8, 49 the same everywhere that text comes out.
"""

import json
import os
import re
import shlex
import unicodedata

import pexpect
import pytest

ESC = "\x1b"
SEQUENCES = {
    "OSC 52, the clipboard": f"{ESC}]52;c;cm0gLXJmIH4=\x07",
    "OSC 52 with ST": f"{ESC}]52;c;cm0gLXJmIH4={ESC}\\",
    "OSC 0, the title": f"{ESC}]0;owned\x07",
    "OSC 8, a link": f"{ESC}]8;;https://evil.example{ESC}\\here{ESC}]8;;{ESC}\\",
    "OSC 10, the colour, asked": f"{ESC}]10;?\x07",
    "CSI 21t, the title, asked": f"{ESC}[21t",
    "CSI 6n, the cursor, asked": f"{ESC}[6n",
    "CSI c, the terminal, asked": f"{ESC}[c",
    "DECRQSS": f"{ESC}P$qm{ESC}\\",
    "DCS through tmux": f"{ESC}Ptmux;{ESC}{ESC}]52;c;cm0=\x07{ESC}\\",
    "kitty APC": f"{ESC}_Gf=24,s=1,v=1;AAAA{ESC}\\",
    "PM": f"{ESC}^private{ESC}\\",
    "SOS": f"{ESC}Xstring{ESC}\\",
    "a reset": f"{ESC}c",
    "the other screen": f"{ESC}[?1049h",
    "the mouse": f"{ESC}[?1003h{ESC}[?1006h",
    "bracketed paste off": f"{ESC}[?2004l",
    "a cleared screen": f"{ESC}[2J{ESC}[H",
    "the alternate character set": f"{ESC}(0",
    "shift out": "\x0e\x0f",
    "a bell": "\x07",
    "C1 CSI": "\u009b6n",
    "C1 OSC": "\u009d0;owned\u009c",
    "NEL": "left\u0085right",
    "overprint by backspace": "Answer A" + "\b" * 8 + "Answer B",
    "readline's marks": "\x01" + ESC + "[31m\x02red",
    "DEL": "a\x7fb",
    "vertical tab and form feed": "a\x0bb\x0cc",
    "unit separators": "\x1c\x1d\x1e\x1f",
}
INVISIBLE = {
    "RLO": "\u202eevil\u202c",
    "LRI": "\u2066evil\u2069",
    "RLI and FSI": "\u2067a\u2068b",
    "ALM": "\u061c",
    "LRM and RLM": "\u200e\u200f",
    "zero-width space": "pass\u200bword",
    "line and paragraph separators": "a\u2028b\u2029c",
    "word joiner and invisible operators": "\u2060\u2061\u2064",
    "deprecated format characters": "\u206a\u206f",
    "BOM inside": "a\ufeffb",
    "interlinear marks": "\ufff9a\ufffab\ufffb",
    "tag characters": "\U000e0001\U000e0041\U000e007f",
    "private use": "\ue000\uf8ff\U000f0000\U00100000",
    "noncharacters": "\ufdd0\ufffe",
}
VECTORS = {**SEQUENCES, **INVISIBLE}
ALL = " ".join(VECTORS.values())
WIDE = "e" + "\u0301" * 1000

HOSTILE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ue000-\uf8ff"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)


def assert_clean(text, what=""):
    """Text that a program printed, bytes that are no UTF-8 as surrogates. Tabs separate the columns
    of a list that goes into a pipe."""
    if what and what[0] in ("list", "search", "complete"):
        text = text.replace("\t", " ")
    found = HOSTILE.search(text) or re.search("[\ud800-\udfff]", text)
    assert not found, f"{what}: {found[0]!r} in {text[max(0, found.start() - 60):found.end() + 60]!r}"


def yaml_text(text):
    """The text as YAML in double quotes, all of it as escapes."""
    return '"' + "".join(f"\\U{ord(char):08X}" for char in text) + '"'


def hostile_deck(evil, deck="evil"):
    """A deck with the text in every place that a deck has for text."""
    quoted = yaml_text(evil)
    return f"""---
deck: {deck}
title: {quoted}
summary: {quoted}
license: {quoted}
unknown: {quoted}
---

# Title {evil}

Intro {evil} and *{evil}* and `{evil}`.

## Question {evil} here?
<!-- {{id: first, level: mid, seconds: 60, tags: [plain], nonsense: {quoted}}} -->

Answer {evil}, **bold {evil}**, `code {evil}`, [link {evil}](https://example.org/{evil} "{evil}").

    indented {evil}

```python {evil}
fenced = "{evil}"
```

| head {evil} | two |
|---|---|
| cell {evil} | `{evil}` |

> quote {evil}

<b title="{evil}">{evil}</b> &#27;]0;owned&#7; &#x9b;6n &#x202e;

### Key points
- Point **term {evil}** one
- Point two {evil}

### Weak answer
Weak {evil}

### Good signs
- Good {evil}

### Red flags
- Flag {evil}

### Why it matters
Why {evil}

### Also asked as
- Variant {evil} of it?

### Unknown section {evil}
Text {evil}

### See also
- [Page {evil}](https://example.org/)

## Second {evil}?
<!-- {{id: second, follows: first, probes: [1]}} -->
Answer.
"""


@pytest.fixture
def evil_home(run, deck, home):
    """A home whose every text is hostile: a deck, a note, answers, an own edit, a flag. Returns the
    path of the deck."""
    path = deck(hostile_deck(ALL), name="evil.md")
    run("subscribe", path)
    run("review", "evil/first", "4", "--blind", "3", "--points", "a", "--answer", ALL)
    run("review", "evil/first", "1", "--answer", ALL, now="2026-11-20T09:05:00Z")
    run("note", "evil/first", ALL)
    editor = home / "editor.sh"
    editor.write_text(f"#!/bin/sh\nprintf '\\nmine %s\\n' {shlex.quote(ALL)} >>\"$1\"\n")
    editor.chmod(0o755)
    return path


def commands(path, home):
    """Words of a call for every command that prints, with the input it reads."""
    study = f"{ALL}\n\n3\n\n3\n"
    return {
        "add": [(["add"], "")],
        "backup": [(["backup"], ""), (["backup", home / f"no{ALL}" / "copy.db"], "")],
        "bury": [(["bury", "evil/second"], ""), (["bury", f"evil/{ALL}"], "")],
        "unbury": [(["unbury", "evil/second"], "")],
        "check": [
            (["check", path], ""),
            (["check", "--strict", path], ""),
            (["check", "--json", path], ""),
            (["check", f"{path}{ALL}"], ""),
        ],
        "complete": [(["complete", "--", "show", "evil"], ""), (["complete", "--", ALL], "")],
        "config": [
            (["config"], ""),
            (["config", ALL, "1"], ""),
            (["config", "minutes", ALL], ""),
        ],
        "conflicts": [(["conflicts"], ""), (["conflicts", "evil/first"], ""), (["conflicts", ALL], "")],
        "doctor": [(["doctor"], ""), (["doctor", "--json"], "")],
        "due": [(["due"], ""), (["due", "--json"], "")],
        "edit": [(["edit", "evil/first"], ""), (["edit", ALL], "")],
        "export": [(["export", "--out", home / f"{ALL}.md"], ""), (["export", ALL], "")],
        "flag": [(["flag", "evil/first"], ""), (["flag", ALL], "")],
        "unflag": [(["unflag", "evil/first"], "")],
        "help": [(["help", ALL], ""), (["help", "study"], "")],
        "import": [(["import", path], ""), (["import", f"{path}{ALL}"], "")],
        "list": [(["list"], ""), (["list", "--json"], ""), (["list", ALL], ""), (["list", f"ef:{ALL}"], "")],
        "log": [(["log"], ""), (["log", "--json"], ""), (["log", "evil/first"], ""), (["log", ALL], "")],
        "note": [(["note", "evil/first"], ""), (["note", ALL, "x"], "")],
        "publish": [
            (["publish", path.parent, "--out", home / "site"], ""),
            (["publish", path.parent, "--out", home / "site", "--key", path], ""),
            (["publish", f"{path}{ALL}", "--out", f"{home}/{ALL}"], ""),
        ],
        "reset": [(["reset", ALL], ""), (["reset", "evil/second"], "")],
        "restore": [(["restore"], ""), (["restore", f"{path}{ALL}"], ""), (["restore", path], "")],
        "review": [
            (["review", "evil/first", "2", "--answer", ALL], ""),
            (["review", "evil/first", ALL], ""),
            (["review", "evil/first", "3", "--points", ALL], ""),
        ],
        "search": [
            (["search", "question"], ""),
            (["search", "mine"], ""),
            (["search", "--json", "question"], ""),
            (["search", ALL], ""),
        ],
        "shell": [(["shell"], f"{ALL}\nlist\nshow evil/first\n??\nhelp {ALL}\n{study}")],
        "show": [
            (["show", "evil/first"], ""),
            (["show", "--json", "evil/first"], ""),
            (["show", "evil/second"], ""),
            (["show", ALL], ""),
        ],
        "sources": [
            (["sources"], ""),
            (["sources", "--json"], ""),
            (["sources", "show", "evil"], ""),
            (["sources", "show", ALL], ""),
        ],
        "study": [
            (["study", "--ahead", "deck:evil"], f"/hint\n/more\n/last\n/note {ALL}\n{study}" * 2),
            (["study", ALL], ""),
        ],
        "subscribe": [
            (["subscribe", f"{path}{ALL}"], ""),
            (["subscribe", f"http://127.0.0.1:1/{ALL}"], ""),
            (["subscribe", path.parent], ""),
        ],
        "suspend": [(["suspend", "evil/second"], ""), (["suspend", ALL], "")],
        "unsuspend": [(["unsuspend", "evil/second"], "")],
        "sync": [(["sync", ALL], ""), (["sync"], ""), (["sync", "--dry-run"], ""), (["sync", "--json"], "")],
        "undo": [(["undo"], ""), (["undo", "--json"], "")],
        "unsubscribe": [(["unsubscribe", ALL], ""), (["unsubscribe", path], "")],
        "version": [(["version"], "")],
    }


def test_row_49_no_command_lets_a_hostile_byte_out(run, evil_home, env, home):
    env["EDITOR"] = str(home / "editor.sh")
    calls = commands(evil_home, home)
    table = {line.split("\t")[0] for line in run("complete", "--", "").stdout.splitlines()}
    assert "show" in table and table <= set(calls), "a command without its hostile calls"
    spoken = 0
    for words, typed in (call for group in calls.values() for call in group):
        done = run(*words, input=typed, check=None)
        assert done.returncode in range(11), words
        assert_clean(done.stdout, words)
        assert_clean(done.stderr, words)
        if "--json" in words and done.stdout:
            json.loads(done.stdout)
        spoken += "<U+001B>" in done.stdout + done.stderr or "\\u001b" in done.stdout
    assert spoken > 30, "the hostile text is not shown at all"


@pytest.mark.parametrize("name", VECTORS)
def test_rows_41_to_46_each_vector_is_shown_not_obeyed(run, deck, name):
    evil = VECTORS[name]
    run("subscribe", deck(hostile_deck(evil), name="evil.md"))
    for words in (["show", "evil/first"], ["list"], ["list", "--json"]):
        done = run(*words)
        assert_clean(done.stdout, words)
    shown = run("show", "evil/first").stdout
    for char in filter(HOSTILE.search, evil):
        assert f"<U+{ord(char):04X}>" in shown


@pytest.mark.parametrize(
    "evil, shown",
    [
        (b"\x9b6n", "<9B>6n"),
        (b"\xc2\x9b6n", "<U+009B>6n"),
        (b"\xc0\x9b", "<C0><9B>"),
        (b"\xe0\x80\x9b", "<E0><80><9B>"),
        (b"\xed\xa0\x80", "<ED><A0><80>"),
        (b"\xf4\x90\x80\x80", "<F4><90><80><80>"),
        (b"\xf5", "<F5>"),
        (b"\xe2\x82", "<E2><82>"),
        (b"\xff\xfe", "<FF><FE>"),
    ],
)
def test_rows_42_and_48_bytes_that_are_no_text_are_shown_one_by_one(run, evil, shown):
    done = run("show", os.fsdecode(b"no-" + evil), check=1)
    assert shown in done.stderr
    assert_clean(done.stderr)


def test_row_43_a_carriage_return_does_not_overprint(run, deck):
    run("subscribe", deck(hostile_deck("plain"), name="evil.md"))
    said = "Correct answer: A\rCorrect answer: B"
    run("note", "evil/first", said)
    assert "A<U+000D>Correct answer: B" in run("show", "evil/first").stdout
    assert json.loads(run("show", "--json", "evil/first").stdout)["note"] == said


def test_row_47_a_thousand_combining_marks_take_few_bytes(run, deck):
    run("subscribe", deck(hostile_deck(WIDE), name="evil.md"))
    for line in run("list").stdout.splitlines():
        marks = max(map(len, re.findall("\u0301+", line)), default=0)
        assert marks <= 8
    assert run("list").stdout.count("\u0301") < 100


def test_scripts_that_need_joiners_and_emoji_stay_as_they_are(run, deck):
    texts = "می\u200cخواهم क\u094dष 👩\u200d💻 שלום العربية 日本語"
    run("subscribe", deck(hostile_deck(texts), name="evil.md"))
    shown = " ".join(run("show", "evil/first").stdout.split())
    for word in texts.split():
        assert word in shown


def test_row_44_a_terminal_gets_no_escape_from_a_card(spawn, run, deck):
    run("subscribe", deck(hostile_deck(ALL), name="evil.md"))
    child = spawn("study")
    child.expect("Question")
    child.expect("\r\n> ")
    seen = child.before
    child.sendline("my answer")
    child.sendline("")
    child.expect("Grade yourself 0-5: ")
    child.sendline("4")
    child.expect("Points you said")
    child.expect(": ")
    seen += child.before
    child.sendline("a")
    child.sendline("")
    child.expect([pexpect.EOF, "goes on", "\r\n> "])
    seen += child.before
    assert "<U+001B>" in seen
    assert_clean(seen.replace("\r\n", "\n").replace("\r", ""), "on a terminal")


def test_row_45_a_forged_reply_of_the_terminal_is_no_grade(spawn, run, deck):
    """A reply that comes as input ends up in a line of its own kind: it is no grade and no command."""
    run("subscribe", deck(hostile_deck("plain"), name="evil.md"))
    child = spawn("study")
    child.expect("\r\n> ")
    child.sendline("")
    child.expect("Grade yourself 0-5: ")
    child.send(f"{ESC}]l rm -rf ~{ESC}\\4\r")
    child.expect("Grade yourself 0-5: |0 to 5")
    assert run("log", "--json", check=None).stdout.strip() in ("[]", "")


def test_row_66_a_card_is_nothing_that_a_shell_reads(run, deck, env, home):
    evil = "; touch owned; $(touch owned) `touch owned` | touch owned"
    run("subscribe", deck(hostile_deck(evil), name="evil.md"))
    editor = home / "look.sh"
    editor.write_text('#!/bin/sh\necho "$#" "$1" >>calls\nls -l "$1" >>calls\n')
    editor.chmod(0o755)
    env["EDITOR"] = f"{editor}"
    run("edit", "evil/first", check=None)
    run("study", "--limit", "1", input=f"{evil}\n/editor\n\n4\n\n\n", check=None)
    assert (home / "calls").read_text().startswith("1 ")
    assert not list(home.rglob("owned"))


def test_row_67_comparing_long_answers_takes_no_time(run, deck):
    terms = " ".join(f"**{'a' * 30}{number}**" for number in range(26))
    points = "".join(f"- {terms}\n" for _ in range(26))
    run("subscribe", deck(f"# T\n## Q?\n<!-- {{id: q}} -->\nA\n### Key points\n{points}", "long.md"))
    answer = " ".join(["a" * 30] * 300)[:10000]
    done = run("study", "--limit", "1", input=f"{answer}\n\n4\n\n\n")
    assert "Final" in done.stdout


def test_names_that_are_normalised_differently_stay_what_they_are(run, deck):
    composed = unicodedata.normalize("NFC", "Caf\u00e9")
    run("subscribe", deck(f"# T\n## {composed}?\nA\n", "cafe.md"))
    assert composed in run("list").stdout
