"""Whatever ends a sitting, nothing graded is lost; and what a terminal may be sent."""

import json
import os
import re
import signal
import unicodedata

import pexpect
import pytest

from candidate import (
    ALPHA,
    BLIND,
    CTRL_C,
    CTRL_D,
    GOES_ON,
    POINTS,
    PROMPT,
    SECTIONS,
    SHELL,
    TAB,
    Candidate,
    Screen,
    card,
    put_decks,
)

BETA, GAMMA = card("beta"), card("gamma")
WIDTHS = [60, 80, 200]


@pytest.fixture
def sit(env, spawn):
    """sit(*cards) starts a sitting on a deck of these cards; `args` starts something else."""

    def sit(*cards, args=("study",), **terminal):
        put_decks(env, *cards)
        return Candidate(spawn(*args, **terminal))

    return sit


@pytest.fixture
def shell(run, sit):
    """shell(*cards) is the study shell at its prompt."""

    def shell(*cards, args=(), **terminal):
        run("config", "level", "mid")
        c = sit(*cards, args=args, **terminal)
        c.see(SHELL)
        return c

    return shell


@pytest.fixture
def log(run):
    """log() asks a second process what is saved."""
    return lambda *args: json.loads(run("log", *args, "--json").stdout)


# Prompts of a second card, after a first one was graded: name -> (what leads there, what it shows).
AT = {
    "answer": (lambda c: None, PROMPT),
    "second line": (lambda c: (c.see(PROMPT), c.type("my own words")), PROMPT),
    "blind": (lambda c: c.answer("my own words"), BLIND),
    "points": (lambda c: (c.answer("my own words"), c.see(BLIND), c.type("4")), POINTS),
    "final": (
        lambda c: (
            c.answer("my own words"),
            c.see(BLIND),
            c.type("4"),
            c.see(POINTS, ": "),
            c.type("a"),
        ),
        "Final",
    ),
}


def at_prompt(sit, where):
    """A sitting with one graded card, at that prompt of the next."""
    c = sit(BETA, ALPHA)
    c.see("What is beta?")
    c.grade()
    c.see("What is alpha?")
    lead, prompt = AT[where]
    lead(c)
    c.see(prompt)
    return c


def assert_draft(again, where="blind"):
    """The answer is there again; one that was graded blind already goes on behind that grade."""
    again.see("What is alpha?", "my own words")
    if where in ("points", "final"):
        again.see(POINTS)
        return
    again.see(PROMPT)
    again.type("")
    again.see(BLIND)


# Ways out.


@pytest.mark.parametrize("where", AT)
def test_kill_minus_nine_loses_nothing_graded(sit, spawn, log, run, where):
    c = at_prompt(sit, where)
    c.child.kill(signal.SIGKILL)
    c.child.expect(pexpect.EOF)
    assert [e["card"] for e in log()] == ["colours/beta"]
    assert json.loads(run("due", "--json").stdout)["new"] == 1
    Candidate(spawn("study")).see("What is alpha?", PROMPT)


@pytest.mark.parametrize("sig", [signal.SIGHUP, signal.SIGTERM])
@pytest.mark.parametrize("where", AT)
def test_a_signal_keeps_the_answer_as_a_draft(sit, spawn, log, where, sig):
    c = at_prompt(sit, where)
    c.child.kill(sig)
    c.child.expect(pexpect.EOF)
    c.child.close()
    assert c.child.signalstatus == sig
    assert [e["card"] for e in log()] == ["colours/beta"]
    again = Candidate(spawn("study"))
    if where == "answer":
        again.see("What is alpha?", PROMPT)
    else:
        assert_draft(again, where)


@pytest.mark.parametrize("where", AT)
def test_a_closed_terminal_keeps_the_answer_as_a_draft(sit, spawn, log, where):
    c = at_prompt(sit, where)
    c.child.ptyproc.fileobj.close()
    c.child.ptyproc.closed = True
    os.waitpid(c.child.pid, 0)
    c.child.ptyproc.terminated = True
    assert [e["card"] for e in log()] == ["colours/beta"]
    again = Candidate(spawn("study"))
    if where == "answer":
        again.see("What is alpha?", PROMPT)
    else:
        assert_draft(again, where)


def test_a_signal_in_the_middle_of_a_line_keeps_it(sit, spawn):
    c = at_prompt(sit, "second line")
    c.press("half a line")
    c.see("half a line")
    c.child.kill(signal.SIGTERM)
    c.child.expect(pexpect.EOF)
    Candidate(spawn("study")).see("What is alpha?", "my own words", "half a line", PROMPT)


@pytest.mark.parametrize("where", ["blind", "points", "final"])
def test_ctrl_d_at_a_grade_leaves_and_keeps_the_answer(sit, spawn, log, where):
    c = at_prompt(sit, where)
    c.press(CTRL_D)
    c.end()
    assert [e["card"] for e in log()] == ["colours/beta"]
    assert_draft(Candidate(spawn("study")), where)


def test_ctrl_d_at_an_empty_question_leaves(sit, log):
    c = at_prompt(sit, "answer")
    c.press(CTRL_D)
    c.end()
    assert BLIND not in c.seen[c.seen.index("What is alpha?") :]
    assert len(log()) == 1


@pytest.mark.parametrize("where", AT)
def test_ctrl_c_twice_leaves_and_keeps_the_answer(sit, spawn, log, where):
    c = at_prompt(sit, where)
    c.press(CTRL_C)
    c.see("Ctrl-C again leaves", AT[where][1])
    c.press(CTRL_C)
    c.end()
    assert [e["card"] for e in log()] == ["colours/beta"]
    if where != "answer":
        assert_draft(Candidate(spawn("study")), where)


def test_ctrl_c_clears_the_line_and_the_answer_before_it_stays(sit, log):
    c = sit(BETA)
    c.see(PROMPT)
    c.type("kept")
    c.see(PROMPT)
    c.press("dropped")
    c.see("dropped")
    c.press(CTRL_C)
    c.see(PROMPT)
    c.type("kept too")
    c.answer()
    c.see(BLIND)
    c.type("4")
    c.final()
    c.type("")
    c.end()
    assert log()[0]["answer"] == "kept\nkept too"


def test_ctrl_c_once_and_something_else_is_no_way_out(sit):
    c = sit(BETA)
    c.see(PROMPT)
    for line in ("one", "two"):
        c.press(CTRL_C)
        c.see("Ctrl-C again", PROMPT)
        c.type(line)
        c.see(PROMPT)
    c.press(CTRL_C)
    c.see("Ctrl-C again", PROMPT)


def test_ctrl_c_clears_the_line_that_an_eye_sees(sit):
    c = sit(BETA, term="xterm")
    c.see("> ")
    c.press("dropped")
    c.see("dropped")
    c.press(CTRL_C)
    c.see("> ")
    c.press("x")
    c.see("x")
    lines = Screen().feed(c.seen).text().splitlines()
    assert lines[-2:] == ["> dropped^C", "> x"]


def test_ctrl_c_twice_leaves_the_shell(shell):
    c = shell(BETA)
    c.press("some words")
    c.see("some words")
    c.press(CTRL_C)
    c.see(SHELL)
    c.press(CTRL_C)
    c.see("again leaves", SHELL)
    c.press(CTRL_C)
    c.end()


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
def test_the_prompt_after_a_zero_can_be_left(sit, log, key):
    c = sit(ALPHA, BETA)
    c.answer()
    c.see(BLIND)
    c.type("0")
    c.see(GOES_ON, ": ")
    c.press(key)
    if key == CTRL_C:
        c.see(GOES_ON, ": ")
        c.press(key)
    c.end()
    assert [e["grade"] for e in log()] == [0]
    assert "What is beta?" not in c.seen


def test_quit_keeps_a_draft_and_grading_it_ends_it(sit, spawn, log):
    c = sit(ALPHA)
    for line in ("my own words", "/quit"):
        c.see(PROMPT)
        c.type(line)
    c.end()
    again = Candidate(spawn("study"))
    again.see("my own words", PROMPT)
    again.type("and more", "")
    again.see(BLIND)
    again.type("4")
    again.see(POINTS, ": ")
    again.type("all")
    again.final()
    again.type("2")
    again.end()
    assert log()[0]["answer"] == "my own words\nand more"
    third = Candidate(spawn("study", "--ahead", "deck:colours"))
    third.see("What is alpha?", PROMPT)
    assert "my own words" not in third.seen


def test_two_sittings_at_once_save_both(sit, spawn, log):
    c = sit(ALPHA, BETA)
    c.see("What is alpha?")
    other = Candidate(spawn("study", "deck:colours", "beta"))
    other.see("What is beta?")
    c.grade(points="all")
    other.grade(final="3")
    c.see("What is beta?")
    other.end()
    assert [e["card"] for e in log()] == ["colours/alpha", "colours/beta"]


# Resizing.


def shown_lines(text):
    """What the program printed, line by line, without the echo of what was typed."""
    return [line for line in text.replace("\r\n", "\n").split("\n") if not line.startswith("> ")]


def columns(line):
    wide = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
    return wide - sum(1 for c in line if unicodedata.combining(c))


LONG = card(
    "long",
    [
        "It is **blue** " + "and goes on with words " * 6,
        "`" + "some_identifier_that_never_ends_" * 5 + "`",
        "漢字" * 45,
    ],
    answer="Prose that is long. " * 20
    + "\n\n- item "
    + "with words " * 20
    + "\n  - nested "
    + "words " * 30
    + "\n\n| a | b |\n|---|---|\n| "
    + "cell " * 20
    + " | "
    + "more " * 20
    + " |\n\n> "
    + "quoted " * 30
    + "\n\n```python\n"
    + "x = 'code that is far too wide for any terminal' " * 6
    + "\n```\n",
    sections=SECTIONS + "\n### Also asked as\n- " + "Why " * 60 + "long?\n",
    level="mid",
).replace("What is long?", "What is " + "very " * 40 + "long?")


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_the_terminal(sit, width):
    c = sit(LONG, cols=width)
    c.see(PROMPT)
    c.type("?")
    c.see(PROMPT)
    c.type("??")
    c.answer("blue")
    c.see(BLIND)
    c.type("2")
    c.see(POINTS, ": ")
    c.type("/more")
    c.see(POINTS, ": ")
    c.type("a")
    c.final()
    c.type("")
    c.end()
    too_wide = [line for line in shown_lines(c.seen) if columns(line) > width]
    assert too_wide == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_words_of_the_shell_fit_too(shell, width):
    c = shell(LONG, ALPHA, cols=width)
    for line in ("?", "help study", "config", "list", "due", "show colours/long"):
        c.type(line)
        c.see(SHELL)
    c.leave()
    too_wide = [line for line in shown_lines(c.seen) if columns(line) > width]
    assert too_wide == []


def test_no_bundled_card_is_wider_than_sixty_columns(bundled, run, spawn):
    run("config", "repeat-below", "0")
    c = Candidate(spawn("study", "--ahead", "set:most-asked", "--limit", "3", cols=60))
    for _ in range(3):
        c.answer()
        c.see(BLIND)
        c.type("1")
        c.match("Points you said[^:]*: ")
        c.type("5")
    c.end()
    assert [line for line in shown_lines(c.seen) if columns(line) > 60] == []


@pytest.mark.parametrize("width", [60, 80])
def test_the_final_prompt_is_whole(sit, run, width):
    c = sit(ALPHA, cols=width)
    c.see(PROMPT)
    c.type("/hint")
    c.answer("something")
    c.see(BLIND)
    c.type("4")
    c.see(POINTS, ": ")
    c.type("-")
    words = " ".join(c.see("Sat 21 Nov").split())
    assert "- Final 3 (blind 4, points not assessed, with a hint)" in words


@pytest.mark.parametrize("term", ["dumb", "xterm"])
def test_a_resize_in_the_middle_holds_from_the_next_screen_on(sit, term):
    c = sit(LONG, BETA, cols=80, term=term)
    c.see("> ")
    c.press("blue")
    c.see("blue")
    c.child.setwinsize(24, 50)
    c.press(" sky\r")
    c.see("\r\n", "> ")
    c.type("")
    c.see(BLIND)
    before = len(c.seen)
    c.type("4")
    c.see(POINTS)
    lines = [re.sub(r"\x1b\[[0-9;?]*[a-z]", "", line) for line in shown_lines(c.seen[before:])]
    assert max(map(columns, lines)) <= 50
    assert max(map(columns, lines)) > 40


def test_an_unusable_size_is_survived(sit):
    c = sit(ALPHA, cols=1, rows=1)
    c.see(PROMPT)
    c.child.setwinsize(0, 0)
    c.type("blue", "")
    c.see("0")
    c.child.setwinsize(24, 80)
    c.type("4")
    c.see(POINTS)


def test_a_long_answer_wraps_on_the_screen(sit):
    c = sit(BETA, cols=40, term="xterm")
    c.see("> ")
    c.press("0123456789" * 6)
    c.see("0123456789" * 2)
    c.press("\r")
    c.see("\r\n", "> ")
    lines = Screen(40).feed(c.seen).text().splitlines()
    assert "> " + "0123456789" * 3 + "01234567" in lines
    assert "89" + "0123456789" * 2 in lines


# Keys of the shell.


@pytest.mark.parametrize("term", ["dumb", "xterm"])
@pytest.mark.parametrize(
    "typed, completed",
    [
        ("stu", "study "),
        ("unsus", "unsuspend "),
        ("list de", "list deck:"),
        ("list deck:col", "list deck:colours "),
        ("show colours/al", "show colours/alpha "),
        ("list tag:prim", "list tag:primary "),
        ("study --ah", "study --ahead "),
        ("list is:susp", "list is:suspended "),
        ("config min", "config minutes "),
        ("help stu", "help study "),
    ],
)
def test_tab_completes_in_the_shell(shell, typed, completed, term):
    c = shell(ALPHA, BETA, term=term)
    c.press(typed + TAB)
    c.see(completed)
    c.press("\x15\x04")
    c.end()


@pytest.mark.parametrize(
    "typed, completed", [("/sk", "/skip "), ("/susp", "/suspend "), ("/u", "/undo ")]
)
def test_tab_completes_the_commands_of_a_sitting(sit, typed, completed):
    c = sit(ALPHA)
    c.see(PROMPT)
    c.press(typed + TAB)
    c.see(completed)


def test_pasted_text_is_run_line_by_line_up_to_the_first_that_fails(shell, log):
    c = shell(ALPHA, BETA, term="xterm")
    c.press("\x1b[200~viva review alpha 4  # as in the manual\n\nnonsense\nreview beta 4\x1b[201~\r")
    c.see("line 3 of what was pasted, the rest is not run: no command 'nonsense'")
    c.press("\x04")
    c.end()
    assert [review["card"] for review in log()] == ["colours/alpha"]


def test_a_completed_command_works(shell):
    c = shell(ALPHA, BETA)
    c.type("")
    c.see("What is alpha?", PROMPT)
    c.press("/sk" + TAB + "\r")
    c.see("What is beta?", PROMPT)


def test_tab_at_a_grade_completes_commands(sit):
    c = sit(ALPHA)
    c.answer("blue")
    c.see(BLIND)
    c.press("/hi" + TAB + "\r")
    c.see("4 key points", BLIND)


@pytest.mark.parametrize("term, up", [("dumb", "\x10"), ("xterm", "\x1b[A"), ("xterm", "\x1bOA")])
def test_arrow_up_brings_commands_back_after_a_restart(shell, spawn, term, up):
    c = shell(ALPHA, term=term)
    c.type("config minutes 11")
    c.see(SHELL)
    c.leave()
    again = Candidate(spawn(term=term))
    again.see(SHELL)
    again.press(up)
    again.see("config minutes 11")
    again.press("\r")
    again.see(SHELL)
    again.leave()


def test_answers_and_grades_are_no_history_of_the_shell(shell):
    c = shell(BETA)
    c.type("study")
    c.grade(answer=["my secret words"])
    c.see(SHELL)
    c.press("\x10")
    c.see("study")
    c.press("\x15\x04")
    c.end()


# What reaches the terminal.

BAD = "\x1b[31mred\x1b]0;title\x07\x9b5m\u202eevil\u202c\u2066x\u2069\x7f\b\b\r"
BAD_BYTES = ["\x1b", "\x07", "\x9b", "\x9d", "\u202e", "\u202c", "\u2066", "\u2069", "\x7f"]
HOSTILE = f"""---
deck: colours
title: "Bad \u202e title"
---

# Bad \u202e title

## What {BAD.rstrip(chr(13))} is alpha?
<!-- {{id: alpha, level: mid}} -->

The answer {BAD.rstrip(chr(13))} of alpha.

```
code {BAD.rstrip(chr(13))}
```

### Key points
- It is **blue** {BAD.rstrip(chr(13))}
- It is **red** {BAD.rstrip(chr(13))}

### Weak answer
Weak {BAD.rstrip(chr(13))}

### Red flags
- Flag {BAD.rstrip(chr(13))}

### Why it matters
Why {BAD.rstrip(chr(13))}

### See also
- [link {BAD.rstrip(chr(13))}](https://example.org/\u202e)
"""


def go_through(c):
    c.see("> ")
    c.type("/hint")
    c.see("> ")
    c.type("/hint")
    c.see("> ")
    c.type("blue", "")
    c.see(BLIND)
    c.type("1")
    c.see(POINTS, ": ")
    c.type("/more")
    c.see(POINTS, ": ")
    c.type("/note \u202e backwards")
    c.see(POINTS, ": ")
    c.type("/more")
    c.see(POINTS, ": ")
    before = c.seen.rindex("/more")
    c.type("a")
    c.final()
    c.type("")
    c.end()
    return c.seen[before:]


def test_deck_text_reaches_a_dumb_terminal_only_filtered(sit, env):
    put_decks(env, bad=HOSTILE)
    c = sit()
    go_through(c)
    printed = "\n".join(line for line in shown_lines(c.seen) if "/note" not in line)
    for byte in BAD_BYTES:
        assert byte not in printed, repr(byte)


def test_deck_text_sends_no_sequence_to_a_colour_terminal(sit, env):
    put_decks(env, bad=HOSTILE)
    c = sit(term="xterm-256color")
    tail = go_through(c)
    sent = set(re.findall(r"\x1b[^m]*?[a-zA-Z]", re.sub(r"\x1b\[[0-9;]*m", "", c.seen)))
    assert sent <= {"\x1b[?2004h", "\x1b[?2004l", "\x1b[K", "\x1b[C", "\x1b[A", "\x1b[J"}, sent
    assert "\x1b[31mred" not in c.seen and "\x1b]" not in c.seen and "\x9b" not in c.seen
    assert "\u202e" not in tail and "\u2066" not in c.seen


def test_hostile_text_is_filtered_in_the_shell(shell, env, run):
    put_decks(env, bad=HOSTILE)
    run("config", "level", "mid")
    c = shell()
    for line in ("list", "show colours/alpha", "sources", "due"):
        c.type(line)
        c.see(SHELL)
    c.press("list deck:" + TAB + TAB)
    c.see("deck:")
    c.press("\x15\x04")
    c.end()
    for byte in BAD_BYTES:
        assert byte not in c.seen, repr(byte)


def test_an_answer_from_the_editor_is_shown_filtered(sit, env, home, spawn):
    path = home / "editor"
    path.write_text("#!/bin/sh\nprintf 'a \\033[31m b \\342\\200\\256 c' >\"$1\"\n")
    path.chmod(0o700)
    env["EDITOR"] = str(path)
    c = sit(BETA)
    c.see(PROMPT)
    c.type("/editor")
    c.see(BLIND)
    c.press(CTRL_D)
    c.end()
    again = Candidate(spawn("study"))
    again.see("Your answer", PROMPT)
    for seen in (c.seen, again.seen):
        assert "\x1b" not in seen and "\u202e" not in seen


def whole_sitting(c):
    c.see("> ")
    c.type("?")
    c.see("> ")
    c.type("blue", "")
    c.see(BLIND)
    c.type("2")
    c.see(POINTS)
    c.see(": ")
    c.type("a")
    c.see("Final")
    c.see(": ")
    c.type("")
    c.end()
    return c.seen


def test_a_dumb_terminal_gets_no_escape(sit):
    assert "\x1b" not in whole_sitting(sit(ALPHA))


def test_no_color_means_no_colour(sit, env):
    env["NO_COLOR"] = "1"
    assert not re.search(r"\x1b\[[0-9;]*m", whole_sitting(sit(ALPHA, term="xterm-256color")))


def test_a_colour_terminal_gets_some(sit):
    assert re.search(r"\x1b\[[0-9;]*m", whole_sitting(sit(ALPHA, term="xterm-256color")))


@pytest.mark.parametrize("term", ["dumb", "xterm-256color"])
@pytest.mark.parametrize("how", ["--plain", "config"])
def test_plain_screens_are_words_and_signs_without_meaning_for_the_eye(sit, run, term, how):
    if how == "config":
        run("config", "plain", "yes")
    args = ("study", "--plain") if how == "--plain" else ("study",)
    seen = whole_sitting(sit(ALPHA, args=args, term=term))
    assert not re.search(r"\x1b\[[0-9;]*m", seen)
    assert "[x]" not in seen and "·" not in seen
    if term == "dumb":
        assert "\x1b" not in seen


def test_the_screen_is_never_cleared(sit):
    seen = whole_sitting(sit(ALPHA, term="xterm"))
    for sequence in ("\x1b[2J", "\x1b[H", "\x1b[?1049", "\x1bc"):
        assert sequence not in seen


def test_a_locale_without_unicode_gets_ascii(sit, env):
    env["LC_ALL"] = "C"
    seen = whole_sitting(sit(ALPHA))
    assert seen.isascii(), [c for c in seen if not c.isascii()]


def test_a_database_that_cannot_be_written_is_said_at_once(sit, env, home, run):
    data = home / "data" / "viva"
    put_decks(env, ALPHA)
    run("due")
    data.mkdir(parents=True, exist_ok=True)
    (data / "viva.db").unlink(missing_ok=True)
    (data / "viva.db").mkdir()
    c = sit()
    c.see("viva: ", "viva.db")
    c.end(status=8)
