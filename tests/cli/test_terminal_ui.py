"""The terminal and the script behind ui/ui.h, driven through tests/unit/tool_ui.c.

Tests wait for text, never for time. VIVA_TOOL_UI names the program.
"""

import os
import pathlib
import signal
import stat
import subprocess
import termios

import pexpect
import pexpect.fdpexpect
import pytest
from conftest import default_signals

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = os.path.abspath(os.environ.get("VIVA_TOOL_UI", ROOT / "build/asan/unit/tool_ui"))
PROMPTS = {
    "shell": "shell> ",
    "answer": "answer: ",
    "grade": "grade? ",
    "wait": "wait ",
    "secret": "secret: ",
}
PASTE = ("\x1b[200~", "\x1b[201~")


def environment(tmp_path, term="dumb", **more):
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "TERM": term}
    env["INPUTRC"] = str(tmp_path / "inputrc")
    sanitizers = {k: v for k, v in os.environ.items() if k in ("ASAN_OPTIONS", "UBSAN_OPTIONS")}
    return {**env, **sanitizers, **more}


class Terminal:
    """The tool on a pseudo-terminal."""

    def __init__(self, tmp_path, *args, term="dumb", rows=24, columns=80):
        self.child = pexpect.spawn(
            TOOL,
            list(args),
            env=environment(tmp_path, term),
            encoding="utf-8",
            timeout=20,
            dimensions=(rows, columns),
            echo=True,
            preexec_fn=default_signals,
        )
        self.child.delaybeforesend = None
        self.seen = ""

    def expect(self, text):
        self.child.expect_exact(text)
        self.seen += self.child.before + self.child.after
        return self.child.before

    def send(self, text):
        self.child.send(text)

    def ask(self, kind, text):
        """Waits for the prompt, sends the text, returns what was read."""
        self.expect(PROMPTS[kind])
        self.send(text)
        return self.result()

    def result(self):
        self.child.expect(r"got (line \d+ \[[^\r\n]*\]|eof|interrupt|stop)\r\n")
        self.seen += self.child.before + self.child.after
        got = self.child.match.group(1)
        return got.split(" ", 2)[2][1:-1] if got.startswith("line") else got

    def quit(self):
        self.send("quit\r")
        self.end()

    def end(self):
        self.expect("left\r\n")
        self.child.expect(pexpect.EOF)
        self.seen += self.child.before
        self.child.wait()
        assert (self.child.exitstatus, self.child.signalstatus) == (0, None)


@pytest.fixture(params=["dumb", "xterm", "xterm-256color"])
def term(request):
    return request.param


@pytest.fixture
def start(tmp_path):
    running = []

    def run(*args, **options):
        running.append(Terminal(tmp_path, *args, **options))
        return running[-1]

    yield run
    for terminal in running:
        terminal.child.close(force=True)


def test_a_line_is_read_and_counted(start, term):
    t = start("shell", term=term)
    assert t.ask("shell", "one\r") == "one"
    assert t.ask("shell", "\r") == ""
    t.expect(PROMPTS["shell"])
    t.quit()
    assert "got line 3 [quit]" in t.seen


def test_a_dumb_terminal_gets_no_escape(start):
    t = start("--color", "shell", "answer", "grade")
    t.child.expect_exact("shell")
    t.send("abc\x01x\x05y\r")
    assert t.result() == "xabcy"
    t.ask("answer", "text\x15\x03")
    t.ask("grade", "3\r")
    t.expect("grade? ")
    t.send("4\x03")
    t.expect("grade? ")
    t.quit()
    assert "\x1b" not in t.seen.replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert "\a" not in t.seen


def test_without_colour_a_dumb_terminal_gets_no_escape_at_all(start):
    t = start("answer")
    t.expect(PROMPTS["answer"])
    t.send("a" * 200 + "\x01b\x05\t\x0b\x08\r")
    assert len(t.result()) == 201
    t.expect(PROMPTS["answer"])
    t.quit()
    assert "\x1b" not in t.seen


def test_an_unknown_terminal_works_like_a_dumb_one(start):
    t = start("shell", term="no-such-terminal")
    assert t.ask("shell", "one\r") == "one"
    t.expect(PROMPTS["shell"])
    t.quit()
    assert "\x1b" not in t.seen


def test_no_query_is_sent_to_a_terminal(start):
    t = start("--color", "shell", "answer", term="xterm-256color")
    t.expect("shell> ")
    t.send("x\r")
    t.result()
    t.expect("answer: ")
    t.quit()
    for query in ("\x1b[6n", "\x1b[c", "\x1b[0c", "\x1b[>", "\x1b]", "\x1bP", "\x1b[?u"):
        assert query not in t.seen


def test_ctrl_d_ends_input_only_on_an_empty_line(start, term):
    t = start("shell", term=term)
    assert t.ask("shell", "\x04") == "eof"
    assert t.ask("shell", "\x04") == "eof"
    assert t.ask("shell", "ab\x01\x04\r") == "b"
    assert t.ask("shell", "\x04") == "eof"
    t.expect(PROMPTS["shell"])
    t.quit()


def test_ctrl_c_clears_a_line_and_interrupts_an_empty_one(start, term):
    t = start("shell", term=term)
    t.expect(PROMPTS["shell"])
    t.send("some text")
    t.expect("some text")
    t.send("\x03")
    t.child.expect(r"\^C(\x1b\[\?2004l\r)?\r\n")
    t.expect(PROMPTS["shell"])
    t.send("\x03")
    assert t.result() == "interrupt"
    assert t.ask("shell", "after\r") == "after"
    t.expect(PROMPTS["shell"])
    t.quit()


def test_ctrl_c_leaves_a_search_in_the_history(start):
    t = start("shell")
    assert t.ask("shell", "needle\r") == "needle"
    t.expect(PROMPTS["shell"])
    t.send("\x12need")
    t.expect("needle")
    t.send("\x03")
    t.expect(PROMPTS["shell"])
    t.send("plain\r")
    assert t.result() == "plain"
    t.expect(PROMPTS["shell"])
    t.quit()


def test_undo_after_ctrl_c_does_not_reach_the_dropped_line(start):
    t = start("shell")
    t.expect(PROMPTS["shell"])
    t.send("dropped\x15kept")
    t.expect("kept")
    t.send("\x03")
    t.expect(PROMPTS["shell"])
    t.send("ab\x1f\x1f\x1f\x1fcd\r")
    assert t.result() == "cd"
    t.expect(PROMPTS["shell"])
    t.quit()


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_ends_reading_for_good(start, term, sig):
    t = start("shell", term=term)
    t.expect(PROMPTS["shell"])
    t.send("half a li")
    t.expect("half a li")
    t.child.kill(sig)
    assert [t.result(), t.result(), t.result()] == ["stop"] * 3
    t.end()
    assert t.seen.count(PROMPTS["shell"].strip()) <= 2


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_in_the_middle_of_a_paste_is_seen(start, sig):
    t = start("answer", term="xterm")
    t.expect(PROMPTS["answer"])
    t.send("seen")
    t.expect("seen")
    t.send(PASTE[0] + "never closed")
    t.child.kill(sig)
    if sig == signal.SIGINT:
        t.expect("^C")
        t.expect(PROMPTS["answer"])
        t.child.kill(signal.SIGTERM)
    assert t.result() == "stop"
    t.end()


@pytest.mark.parametrize("typed", ["", "half a line"])
def test_a_closed_terminal_stops_the_program_at_once(start, tmp_path, typed):
    log = tmp_path / "log"
    t = start("--log", str(log), "shell")
    t.expect(PROMPTS["shell"])
    t.send(typed)
    t.expect(typed)
    t.child.ptyproc.fileobj.close()
    t.child.ptyproc.closed = True
    os.waitpid(t.child.pid, 0)
    t.child.ptyproc.terminated = True
    assert log.read_text() == "got stop\n" * 3 + "left\n"


def test_a_paste_keeps_blank_lines_and_turns_cr_into_lf(start):
    t = start("answer", "grade", term="xterm")
    t.expect(PROMPTS["answer"])
    t.send(PASTE[0] + "one\r\rtwo\n\tthree" + PASTE[1] + "\r")
    assert t.result() == "one\\n\\ntwo\\n\\x09three"
    t.expect(PROMPTS["grade"])
    t.send(PASTE[0] + "4\r" + PASTE[1] + "\r")
    assert t.result() == "4"
    t.expect(PROMPTS["grade"])
    t.quit()


def test_lines_pasted_without_brackets_come_one_by_one(start):
    t = start("answer")
    t.expect(PROMPTS["answer"])
    t.send("one\rtwo\r\rthree\r")
    assert [t.result() for _ in range(4)] == ["one", "two", "", "three"]
    t.expect(PROMPTS["answer"])
    t.quit()


def test_a_tab_in_an_answer_is_a_tab(start, term):
    t = start("answer", term=term)
    t.expect(PROMPTS["answer"])
    t.send("\tif x:\r")
    assert t.result() == "\\x09if x:"
    t.expect(PROMPTS["answer"])
    t.quit()


def test_what_is_typed_before_the_first_line_of_an_answer_is_dropped(start):
    t = start("shell", "answer", "answer", "grade")
    t.expect(PROMPTS["shell"])
    t.send("typeahead\r")
    t.expect("type now\r\n")
    t.send("too early\r")
    t.expect("too early\r\n")  # the echo of the terminal: it is in the queue
    t.child.kill(signal.SIGUSR1)
    assert t.ask("answer", "typeahead\r") == "typeahead"
    t.expect("type now\r\n")
    t.send("second line\r")
    t.expect("second line\r\n")
    t.child.kill(signal.SIGUSR1)
    assert t.result() == "second line"
    t.expect(PROMPTS["grade"])
    t.quit()


def test_what_is_typed_before_a_grade_counts(start):
    t = start("grade")
    t.expect(PROMPTS["grade"])
    t.send("typeahead\r")
    t.expect("type now\r\n")
    t.send("5\r")
    t.expect("5\r\n")
    t.child.kill(signal.SIGUSR1)
    assert t.result() == "5"
    t.expect(PROMPTS["grade"])
    t.quit()


def test_ctrl_c_between_two_prompts_interrupts_the_next(start):
    t = start("grade")
    t.expect(PROMPTS["grade"])
    t.send("typeahead\r")
    t.expect("type now\r\n")
    t.send("\x03")
    assert t.result() == "interrupt"
    t.expect(PROMPTS["grade"])
    t.quit()


UP = "\x10"


def test_each_kind_of_prompt_has_its_own_history(start, term):
    t = start("shell", "answer", "answer", "grade", "answer", "shell", "grade", term=term)
    assert t.ask("shell", "first\r") == "first"
    assert t.ask("answer", UP + "line\r") == "line"
    assert t.ask("answer", UP + " two\r") == "line two"
    assert t.ask("grade", UP + "3\r") == "3"
    assert t.ask("answer", UP + "new\r") == "new"
    assert t.ask("shell", UP + "!\r") == "first!"
    t.expect(PROMPTS["grade"])
    t.quit()


def test_a_password_is_not_shown_and_not_kept(start, term, tmp_path):
    history = tmp_path / "history"
    t = start("--history", str(history), "secret", "shell", term=term)
    t.expect(PROMPTS["secret"])
    modes = termios.tcgetattr(t.child.child_fd)
    assert not modes[3] & termios.ECHO
    t.send("open sesamf\x7fe\r")
    t.child.expect(r"\r\ngot line 1 ")
    assert "o" not in t.child.before
    t.expect("[open sesame]\r\n")
    t.expect(PROMPTS["shell"])
    t.send(UP + UP + "x\r")
    assert t.result() == "x"
    t.expect(PROMPTS["shell"])
    t.quit()
    assert history.read_text() == "x\nquit\n"


def test_ctrl_c_leaves_a_password_and_the_echo_is_back(start):
    t = start("secret", "secret", "secret", "secret", "shell")
    t.expect(PROMPTS["secret"])
    t.send("half\x03")
    assert t.result() == "interrupt"
    assert t.ask("secret", "\x04") == "eof"
    t.expect(PROMPTS["secret"])
    t.send("\x1a\x1cwhole\r")
    assert t.result() == "\\x1a\\x1cwhole"
    t.expect(PROMPTS["secret"])
    t.child.kill(signal.SIGTERM)
    assert t.result() == "stop"
    assert termios.tcgetattr(t.child.child_fd)[3] & termios.ECHO
    t.end()


def test_an_edited_history_line_stays_as_it_was(start):
    t = start("shell")
    t.ask("shell", "one\r")
    assert t.ask("shell", UP + "X\x0etwo\r") == "two"
    assert t.ask("shell", UP + UP + "\r") == "one"
    t.expect(PROMPTS["shell"])
    t.quit()


def test_history_is_in_the_file_before_the_next_prompt(start, tmp_path):
    history = tmp_path / "history"
    t = start("--history", str(history), "shell")
    t.ask("shell", "study\r")
    t.ask("shell", "study\r")
    t.ask("shell", "  \r")
    t.ask("shell", "stats\r")
    t.expect(PROMPTS["shell"])
    t.child.kill(signal.SIGKILL)
    t.child.expect(pexpect.EOF)
    assert history.read_text() == "study\nstats\n"
    assert stat.S_IMODE(history.stat().st_mode) == 0o600
    t = start("--history", str(history), "shell")
    assert t.ask("shell", UP + UP + "\r") == "study"
    t.expect(PROMPTS["shell"])
    t.quit()


def test_history_keeps_the_last_thousand_lines(start, tmp_path):
    history = tmp_path / "history"
    long = "x" * 10000
    history.write_text("".join(f"line {i}\n" for i in range(1500)) + long + "\n")
    t = start("--history", str(history), "shell")
    assert t.ask("shell", UP + "\r") == "line 1499"
    t.expect(PROMPTS["shell"])
    t.quit()
    lines = history.read_text().splitlines()
    assert len(lines) == 1000
    assert lines[-2:] == [long, "quit"] or lines[-1] == "quit"
    assert stat.S_IMODE(history.stat().st_mode) == 0o600


def test_a_history_that_cannot_be_written_disturbs_nobody(start, tmp_path):
    t = start("--history", str(tmp_path / "no" / "folder"), "shell")
    assert t.ask("shell", "one\r") == "one"
    assert t.ask("shell", UP + "\r") == "one"
    t.expect(PROMPTS["shell"])
    t.quit()


def test_prefilled_text_can_be_edited(start, term):
    t = start("--prefill", "old text", "word", "shell", term=term)
    t.expect("word? ")
    t.expect("old text")
    t.send("!\r")
    assert t.result() == "old text!"
    assert t.ask("shell", "new\r") == "new"
    t.expect(PROMPTS["shell"])
    t.quit()


def test_a_cleared_line_is_not_prefilled_again(start):
    t = start("--prefill", "old text", "shell")
    t.expect("old text")
    t.send("\x03")
    t.expect(PROMPTS["shell"])
    t.send("new\r")
    assert t.result() == "new"
    t.expect(PROMPTS["shell"])
    t.quit()


@pytest.mark.parametrize(
    "typed, read",
    [
        ("stu\t\r", "study "),
        ("list deck:o\t\r", "list deck:orm "),
        ("list deck\t\r", "list deck:"),
        ("list ta\t\r", "list tag:"),
        ("show django-orm/n\t\r", "show django-orm/n-plus-one "),
        ("/fl\t\r", "/flag "),
        ("nothing\t\r", "nothing"),
        ("bad\t\r", "bad"),
    ],
)
def test_completion_takes_words_between_blanks(start, typed, read):
    t = start("shell")
    assert t.ask("shell", typed) == read
    t.expect(PROMPTS["shell"])
    t.quit()
    assert "\a" not in t.seen


def test_a_second_tab_lists_the_candidates_but_none_that_is_harmful(start):
    t = start("shell")
    t.expect(PROMPTS["shell"])
    t.send("\t\t")
    listed = t.expect(PROMPTS["shell"]).split()
    assert sorted(listed) == sorted(
        ["study", "stats", "deck:", "deck:orm", "django-orm/n-plus-one", "/flag", "/follow", "tag:"]
    )
    t.quit()


def test_completion_in_answers_is_for_commands_only(start):
    t = start("answer")
    assert t.ask("answer", "/fl\t\r") == "/flag "
    assert t.ask("answer", "stu\t\r") == "stu\\x09"
    t.expect(PROMPTS["answer"])
    t.quit()


def test_file_names_complete_where_the_program_says_so(start, tmp_path):
    (tmp_path / "deck-file.md").write_text("x")
    t = start("shell")
    assert t.ask("shell", f"check {tmp_path}/deck-f\t\r") == f"check {tmp_path}/deck-file.md "
    assert t.ask("shell", f"show {tmp_path}/deck-f\t\r") == f"show {tmp_path}/deck-f"
    t.expect(PROMPTS["shell"])
    t.quit()


def test_a_user_binding_in_the_inputrc_holds(start, tmp_path):
    (tmp_path / "inputrc").write_text('$if viva\n"\\C-xg": "bound"\n$endif\n')
    t = start("shell")
    assert t.ask("shell", "\x18g\r") == "bound"
    t.expect(PROMPTS["shell"])
    t.quit()


def test_an_inputrc_may_ask_for_the_bell(start, tmp_path):
    (tmp_path / "inputrc").write_text("set bell-style audible\n")
    t = start("shell")
    t.ask("shell", "nothing\t\r")
    t.expect(PROMPTS["shell"])
    t.quit()
    assert "\a" in t.seen


def test_a_long_line_is_cut_between_characters_and_said(start):
    t = start("--max", "4", "shell")
    assert t.ask("shell", "abc\u00e9d\r") == "abc"
    assert "the line was too long and is cut to 3 bytes" in t.seen
    t.expect(PROMPTS["shell"])
    t.quit()


def test_the_width_follows_the_terminal(start, term):
    t = start("shell", term=term, columns=100)
    t.expect(PROMPTS["shell"])
    t.send("size\r")
    t.expect("width 100\r\n")
    t.expect(PROMPTS["shell"])
    t.child.setwinsize(30, 60)
    t.send("size\r")
    t.expect("width 60\r\n")
    t.expect(PROMPTS["shell"])
    t.send("typeahead\r")
    t.expect("type now\r\n")
    t.child.setwinsize(30, 10)
    t.child.kill(signal.SIGUSR1)
    t.expect(PROMPTS["shell"])
    t.send("size\r")
    t.expect("width 20\r\n")
    t.quit()


def test_another_program_gets_the_terminal_with_its_own_modes(start, term):
    t = start("shell", term=term)
    t.expect(PROMPTS["shell"])
    t.send("edit\r")
    modes = t.expect(PROMPTS["shell"])
    assert " icanon" in modes and " echo " in modes and "-icanon" not in modes
    t.quit()


def modes_of(fd):
    modes = termios.tcgetattr(fd)
    return modes[:4] + [[c for c in modes[6] if c != b""]]


@pytest.mark.parametrize("leave", ["quit", "stop", "exit"])
def test_the_modes_are_given_back(start, term, leave):
    master, slave = os.openpty()
    before = modes_of(slave)
    env = environment(pathlib.Path("/nonexistent"), term)
    child = subprocess.Popen([TOOL, "shell"], stdin=slave, stdout=slave, env=env)
    screen = pexpect.fdpexpect.fdspawn(master, timeout=20, encoding="utf-8")
    screen.expect_exact("shell> ")
    assert modes_of(slave) != before
    if leave == "quit":
        os.write(master, b"quit\r")
    elif leave == "stop":
        child.send_signal(signal.SIGTERM)
    else:
        os.write(master, b"exit7\t")
    screen.expect_exact("\x1b[?2004l" if term != "dumb" else "exit7" if leave == "exit" else "left")
    assert child.wait() == (7 if leave == "exit" else 0)
    assert modes_of(slave) == before
    os.close(slave)
    screen.close()


def shell_with_jobs(tmp_path, term):
    env = environment(tmp_path, term, PS1="outer$ ")
    shell = pexpect.spawn(
        "bash",
        ["--norc", "--noprofile", "--noediting", "-i"],
        env=env,
        encoding="utf-8",
        timeout=20,
        preexec_fn=default_signals,
    )
    shell.delaybeforesend = None
    shell.expect_exact("outer$ ")
    return shell


def test_ctrl_z_gives_the_modes_back_and_fg_draws_the_line_again(tmp_path, term):
    shell = shell_with_jobs(tmp_path, term)
    shell.send(f"{TOOL} shell\r")
    shell.expect_exact("shell> ")
    shell.send("half a line")
    shell.expect_exact("half a line")
    shell.send("\x1a")
    if term != "dumb":
        shell.expect_exact("\x1b[?2004l")
    shell.expect_exact("Stopped")
    shell.expect_exact("outer$ ")
    shell.send("stty -a\r")
    shell.expect_exact("outer$ ")
    assert "-icanon" not in shell.before and "-echo " not in shell.before
    shell.send("fg\r")
    shell.expect_exact("shell> half a line")
    shell.send(" ends\r")
    shell.expect_exact("[half a line ends]")
    shell.expect_exact("shell> ")
    shell.send("quit\r")
    shell.expect_exact("left")
    shell.expect_exact("outer$ ")
    shell.close(force=True)


def test_a_stop_that_nobody_can_catch_is_survived(tmp_path, term):
    shell = shell_with_jobs(tmp_path, term)
    shell.send(f"{TOOL} shell\r")
    shell.expect_exact("shell> ")
    shell.send("half")
    shell.expect_exact("half")
    os.kill(os.tcgetpgrp(shell.child_fd), signal.SIGSTOP)
    shell.expect_exact("Stopped")
    shell.expect_exact("outer$ ")
    shell.send("stty sane; fg\r")
    shell.expect_exact("shell> half")
    shell.send(" done\x01x\r")
    shell.expect_exact("[xhalf done]")
    shell.close(force=True)


def test_ctrl_backslash_dies_with_the_modes_given_back(tmp_path):
    shell = shell_with_jobs(tmp_path, "xterm")
    shell.send(f"ulimit -c 0; {TOOL} shell\r")
    shell.expect_exact("shell> ")
    shell.send("\x1c")
    shell.expect_exact("\x1b[?2004l")
    shell.expect_exact("outer$ ")
    shell.send("echo status $?\r")
    shell.expect_exact(f"status {128 + signal.SIGQUIT}")
    shell.close(force=True)


def script(tmp_path, data, *args):
    run = subprocess.run(
        [TOOL, "--script", *args], input=data, env=environment(tmp_path), capture_output=True, timeout=20
    )
    assert (run.returncode, run.stderr) == (0, b"")
    return run.stdout.decode().splitlines()


def test_a_script_reads_lines_of_every_form(tmp_path):
    lines = script(tmp_path, b"one\r\n\ntw\0o\nlast", "shell", "answer", "grade")
    got = [line for line in lines if line.startswith("got line")]
    assert got == ["got line 1 [one]", "got line 2 []", "got line 3 [two]", "got line 4 [last]"]
    assert lines[0::2][:4] == ["shell>", "answer:", "grade?", "grade?"]
    assert lines[-2:] == ["got eof", "left"]


def test_a_script_sends_a_password_as_a_line(tmp_path):
    lines = script(tmp_path, b"one\nopen sesame\r\nquit\n", "shell", "secret", "shell")
    assert lines == [
        "shell>",
        "got line 1 [one]",
        "secret:",
        "got line 2 [open sesame]",
        "shell>",
        "got line 3 [quit]",
        "left",
    ]


def test_a_script_that_is_empty_ends_at_once(tmp_path):
    assert script(tmp_path, b"", "shell")[:2] == ["shell>", "got eof"]


def test_a_script_line_is_cut_between_characters_and_the_next_one_is_whole(tmp_path):
    lines = script(tmp_path, "ab\u20acc\nnext\n".encode() + b"z" * 100000 + b"\nend\n", "--max", "4", "shell")
    assert "the line was too long and is cut to 2 bytes" in lines
    assert [l for l in lines if l.startswith("got line")] == [
        "got line 1 [ab]",
        "got line 2 [next]",
        "got line 3 [zzzz]",
        "got line 4 [end]",
    ]


def pipe(tmp_path):
    return subprocess.Popen(
        [TOOL, "--script", "shell"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(tmp_path),
    )


def test_a_script_answers_each_line_of_a_slow_pipe(tmp_path):
    child = pipe(tmp_path)
    for word in (b"one", b"two"):
        assert child.stdout.readline() == b"shell>\n"
        child.stdin.write(word + b"\n")
        child.stdin.flush()
        assert child.stdout.readline().endswith(b"[" + word + b"]\n")
    child.stdin.close()
    assert child.stdout.read().endswith(b"left\n")
    assert child.wait() == 0


def test_a_script_sees_signals_while_it_waits(tmp_path):
    child = pipe(tmp_path)
    assert child.stdout.readline() == b"shell>\n"
    child.send_signal(signal.SIGINT)
    assert child.stdout.readline() == b"got interrupt\n"
    assert child.stdout.readline() == b"shell>\n"
    child.send_signal(signal.SIGTERM)
    assert child.stdout.read() == b"got stop\n" * 3 + b"left\n"
    assert child.wait() == 0
    child.stdin.close()
    child.stdout.close()


def test_a_script_that_is_no_file_at_all_ends(tmp_path):
    folder = os.open(tmp_path, os.O_RDONLY)
    run = subprocess.run([TOOL, "--script", "shell"], stdin=folder, capture_output=True, timeout=20)
    os.close(folder)
    assert run.stdout.splitlines()[1] == b"got eof"


def test_a_reader_that_went_away_is_no_death(tmp_path):
    child = pipe(tmp_path)
    assert child.stdout.readline() == b"shell>\n"
    child.stdout.close()
    child.stdin.write(b"one\n")
    child.stdin.close()
    assert child.wait() == 0
