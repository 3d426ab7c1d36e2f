"""The event log as text: out with `export --events`, in with `import`; what is damaged is found."""

import hashlib
import json
import re
import signal
import sqlite3
import subprocess
import time

import pytest
from candidate import card, deck_of
from hypothesis import given, settings
from hypothesis import strategies as st

COLOURS = deck_of(
    card("red", ("It is **red**", "It is `warm`")),
    card("green", ("It is **green**",)),
    card("blue", follows="green"),
)
DAY = "2026-11-{:02d}T09:00:00Z"
UID = "00112233445566778899aabbccddee{:02x}"


@pytest.fixture
def machine(run, home, deck):
    """machine(name) makes another computer, with the deck or without `decks`: its run()."""

    def machine(name, decks=True):
        def at(*args, **options):
            return run("--db", home / f"{name}.db", *args, **options)

        if decks:
            at("subscribe", deck(COLOURS, "colours.md"))
        return at

    return machine


def log_of(at):
    """What `export --events` says, and that it says no more."""
    done = at("export", "--events")
    assert done.stderr == ""
    return done.stdout


def bodies(log):
    """The events of a log without their sums: what two logs have in common is equal."""
    lines = log.splitlines()
    assert lines[0] == "viva-events 1"
    return {line.rpartition("\tsum=")[0] for line in lines[1:-1] if "kind=card" not in line}


def state_of(at):
    """All that follows from the log: every card with its schedule, every review."""
    cards = []
    for query in ((), ("is:retired",)):
        done = at("list", *query, "--json", check=None)
        cards += json.loads(done.stdout)
    reviews = json.loads(at("log", "--json").stdout)
    return cards, reviews


def by_id(state):
    cards, reviews = state
    return cards, sorted(reviews, key=lambda review: review["id"])


def seal(*lines):
    """A log of these lines, with the sums that they need, as the manual says."""
    events = sum(not line.startswith("kind=card") for line in lines)
    total, text = "00000000", "viva-events 1\n"
    for line in (*lines, f"kind=end\tevents={events}"):
        total = hashlib.sha256((total + line).encode()).hexdigest()[:8]
        text += f"{line}\tsum={total}\n"
    return text


def review(number, name="colours/red", grade=4, **fields):
    """One line of a log."""
    fields = {
        "day": "2026-11-20",
        "mode": "study",
        "grade": grade,
        "of": 2,
        "seconds": 60,
        "variant": 0,
        "hints": 0,
        "cap": 36500,
        "content": "0" * 64,
        **fields,
    }
    start = f"kind=review\tid={UID.format(number)}\ttime=2026-11-20T09:00:{number:02d}.000Z"
    rest = "".join(f"\t{key.replace('_', '-')}={value}" for key, value in fields.items())
    return f"{start}\tmachine={UID.format(0xFF)}\tcard={name}{rest}"


def live_a_little(at):
    """Something of every kind that a log can hold."""
    answer = "Two\nlines,\ta tab, \\ and \x1b[31m, \u202e and ünï"
    at("review", "red", "4", "--blind", "5", "--points", "a", "--answer", answer, now=DAY.format(1))
    at("review", "red", "1", now=DAY.format(9))
    at("review", "red", "5", now=DAY.format(9))
    at("undo", now=DAY.format(9))
    at("review", "green", "3", now=DAY.format(2))
    at("reset", "green", now=DAY.format(3))
    at("review", "green", "2", "--points", "none", now=DAY.format(4))
    at("suspend", "blue")
    at("flag", "green")
    at("bury", "red")
    at("unbury", "red")
    at("bury", "green")
    at("note", "red", "remember:", "wörds\nand lines")
    at("note", "green", "not this")
    at("note", "green", "")
    at("config", "minutes", "25")
    at("config", "level", "senior")


LIVED = []


@pytest.fixture
def old(machine, home):
    """A computer on which something of every kind happened: made once, then copied."""
    if LIVED:
        (home / "old.db").write_bytes(LIVED[0])
        return machine("old", decks=False)
    at = machine("old")
    live_a_little(at)
    LIVED.append((home / "old.db").read_bytes())
    return at


# ---- there and back ----


def test_a_log_brings_everything_to_another_computer(machine, home, old):
    new = machine("new")
    path = home / "viva.events"
    assert old("export", "--events", path).stdout == f"{path}: 19 events\n"
    assert path.read_text() == log_of(old)
    done = new("import", path)
    assert done.stdout.startswith("19 events read, 19 new: 5 reviews, 3 cards.\n")
    assert "Settings of the log: level senior, minutes 25.\n" in done.stdout
    assert state_of(new) == state_of(old)
    assert new("config", "minutes").stdout.startswith("minutes 25")
    assert new("note", "red").stdout == "remember: wörds\nand lines\n"
    assert bodies(log_of(old)) < bodies(log_of(new))


def test_the_log_is_plain_text_that_a_terminal_can_show(old):
    log = log_of(old)
    assert all(c.isprintable() or c in "\t\n" for c in log)
    assert "answer=Two\\nlines,\\ta tab, \\\\ and \\x1b[31m, \\xe2\\x80\\xae and ünï\t" in log
    assert "kind=card\tcard=colours/red\ttext=What is red?\t" in log
    lines = log.splitlines()
    assert lines[-1].startswith("kind=end\tevents=19\tsum=")
    assert log == seal(*(line.rpartition("\tsum=")[0] for line in lines[1:-1]))


def test_importing_again_changes_nothing(old):
    log, before = log_of(old), state_of(old)
    assert old("import", "-", input=log).stdout == "19 events read, nothing new.\n"
    assert old("import", "-", input=log).stdout == "19 events read, nothing new.\n"
    assert (log_of(old), state_of(old)) == (log, before)


def test_a_log_comes_through_a_pipe(machine, old):
    new = machine("new")
    new("import", "-", input=log_of(old))
    assert state_of(new) == state_of(old)


def test_cards_wait_for_their_deck(machine, old, deck):
    new = machine("new", decks=False)
    done = new("import", "-", input=log_of(old))
    assert (
        "3 cards in no deck here: kept until one brings them. The decks are:\n  colours\n"
        in done.stdout
    )
    assert re.search(r"`viva subscribe` makes them:\n  /\S+/colours.md\n", done.stdout)
    cards, reviews = state_of(new)
    assert reviews == state_of(old)[1]
    assert [c["state"] for c in cards] == ["retired"] * 3
    assert {c["question"] for c in cards} == {"What is red?", "What is green?", "What is blue?"}
    assert "What is red?" in new("show", "red").stdout
    assert json.loads(new("due", "--json").stdout)["cards"] == []
    assert "nothing new" in new("import", "-", input=log_of(old)).stdout

    new("subscribe", deck(COLOURS, "colours.md"))
    assert state_of(new) == state_of(old)


def test_what_came_is_counted_for_scripts(machine, old):
    new = machine("new", decks=False)
    done = json.loads(new("import", "-", "--json", input=log_of(old)).stdout)
    assert done.pop("subscriptions")[0].endswith("/colours.md")
    assert done == {
        "events": 19,
        "new": 19,
        "reviews": 5,
        "cards": 3,
        "unknown": 0,
        "left_out": 0,
        "kept_cards": 3,
        "kept_decks": ["colours"],
        "settings": {"level": "senior", "minutes": "25"},
    }


def test_the_doctor_finds_nothing_wrong_with_it(machine, old):
    with_deck, without = machine("new"), machine("bare", decks=False)
    for new in (with_deck, without):
        new("import", "-", input=log_of(old))
        found = json.loads(new("doctor", "--json").stdout)
        assert (found["ok"], found["problems"], found["reviews"]) == (True, [], 4)
        assert json.loads(new("doctor", "--rebuild", "--json").stdout)["recomputed"] == 0


def test_settings_come_only_to_a_computer_without_answers(machine, old):
    new = machine("new")
    new("review", "red", "4")
    assert "Settings" not in new("import", "-", input=log_of(old)).stdout
    assert new("config", "minutes").stdout.startswith("minutes 15")


def test_undo_is_for_answers_of_this_computer(machine, old):
    new = machine("new")
    new("import", "-", input=log_of(old))
    assert new("undo").stdout == "Nothing to undo.\n"
    new("review", "red", "4")
    assert "red" in new("undo").stdout
    assert new("undo").stdout == "Nothing to undo.\n"


def test_own_words_come_along(env, home, bundled, machine):
    """A bundled card with an edit of the user's: it is an event like any other."""
    env["EDITOR"] = str(home / "editor")
    (home / "editor").write_text("#!/bin/sh\nsed -i 's/^## .*/## In my words?/' \"$1\"\n")
    (home / "editor").chmod(0o755)
    old, new = machine("old", decks=False), machine("new", decks=False)
    name = json.loads(old("list", "--json").stdout)[0]["card"]
    old("edit", name)
    new("import", "-", input=log_of(old))
    shown = json.loads(new("show", name, "--json").stdout)
    assert shown["question"] == "In my words?"
    assert shown == json.loads(old("show", name, "--json").stdout)
    old("edit", name, "--drop")
    new("import", "-", input=log_of(old))
    assert json.loads(new("show", name, "--json").stdout)["question"] != "In my words?"


# ---- histories that part and meet ----

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["review", "review", "review", "undo", "reset", "suspend", "bury", "note"]),
        st.sampled_from(["red", "green", "blue"]),
        st.integers(0, 5),
        st.integers(1, 28),
    ),
    max_size=5,
)


def take(at, steps):
    for what, name, number, day in steps:
        now = DAY.format(day)
        if what == "review":
            at("review", name, number, now=now)
        elif what == "undo":
            at("undo", now=now, check=None)
        elif what == "note":
            at("note", name, f"note {number}", now=now)
        elif what == "suspend":
            at("suspend" if number % 2 else "unsuspend", name, now=now)
        else:
            at(what, name, now=now)


@given(before=STEPS, here=STEPS, there=STEPS)
@settings(max_examples=5)
def test_two_computers_agree_whatever_order_they_meet_in(machine, before, here, there):
    number = time.monotonic_ns()
    a, b, c, d = (machine(f"{name}{number}") for name in "abcd")
    take(a, before)
    b("import", "-", input=log_of(a))
    take(a, here)
    take(b, there)
    log_a, log_b = log_of(a), log_of(b)
    for at, logs in ((c, (log_a, log_b)), (d, (log_b, log_a)), (a, (log_b,)), (b, (log_a,))):
        for log in logs:
            at("import", "-", input=log)
    states = [by_id(state_of(at)) for at in (a, b, c, d)]
    assert states[0] == states[1] == states[2] == states[3]
    a("review", "red", "2", now=DAY.format(3))
    b("import", "-", input=log_of(a))
    assert by_id(state_of(a)) == by_id(state_of(b))


# ---- damage ----


@pytest.fixture
def log(old):
    """The log of a computer on which something of every kind happened."""
    return log_of(old).encode()


@pytest.fixture
def refused(machine, home):
    """refused(log, line) expects that import refuses it at that line and changes nothing."""
    at = machine("new", decks=False)
    at("review", "red", "4", check=1)  # the database is there
    path = home / "damaged.events"
    before = (home / "new.db").read_bytes()

    def refused(log, line, *says, status=6):
        path.write_bytes(log)
        done = at("import", path, check=status)
        assert done.stdout == ""
        assert done.stderr.startswith(f"viva: {path}:{line}: "), done.stderr
        assert done.stderr.count("\n") == 1
        for text in says:
            assert text in done.stderr
        assert (home / "new.db").read_bytes() == before
        return done.stderr

    return refused


def test_every_line_that_was_changed_is_found(log, refused):
    lines = log.splitlines(keepends=True)
    for i, line in enumerate(lines):
        at = (7 * i + 3) % (len(line) - 1)
        changed = line[:at] + bytes([line[at] ^ 1]) + line[at + 1 :]
        refused(b"".join([*lines[:i], changed, *lines[i + 1 :]]), i + 1)


def test_every_line_that_is_lost_is_found(log, refused):
    lines = log.splitlines(keepends=True)
    for i in range(len(lines) - 1):
        refused(b"".join(lines[:i] + lines[i + 1 :]), i + 1)
    refused(b"".join(lines[:-1]), len(lines), "was cut", "--salvage")


def test_every_line_that_changed_its_place_is_found(log, refused):
    lines = log.splitlines(keepends=True)
    for i in range(len(lines) - 1):
        swapped = [*lines[:i], lines[i + 1], lines[i], *lines[i + 2 :]]
        refused(b"".join(swapped), i + 1)


def test_a_log_that_was_cut_is_found_wherever_it_was(log, refused):
    lines = log.splitlines(keepends=True)
    start = 0
    for i, line in enumerate(lines):
        refused(log[: start + len(line) // 2], i + 1)
        start += len(line)
    refused(log[:-1], len(lines), "its line end is missing")
    refused(log + b"x\n", len(lines) + 1, "follows the end")
    refused(b"", 1, "was cut")


def test_other_files_are_told_from_logs(refused, deck):
    refused(b"# A deck\n", 1, "no log of `viva export --events`")
    refused(b"viva-events 2\n", 1, "newer viva")
    refused(b"viva-events 1\r\n", 1, "CR LF")
    refused(b"\0" * 10000, 1)
    refused(b"x" * 3_000_000, 1)


def test_values_that_no_viva_writes_are_refused(refused):
    bad = {
        "`grade` is '6'": review(1, grade=6),
        "`day` is '2026-02-30'": review(1, day="2026-02-30"),
        "`of` is missing": review(1).replace("\tof=2", ""),
        "`card` is 'x'": review(1, "x"),
        "`cap` is '0'": review(1, cap=0),
        "`points` is '2,1'": review(1, points="2,1"),
        "`grade` is there twice": review(1) + "\tgrade=4",
        "`answer` is '\\x00'": review(1, answer="\\x00"),
    }
    for says, line in bad.items():
        refused(seal(review(2), line).encode(), 3, says)


def test_a_line_of_millions_of_characters_ends_at_once(refused):
    text = seal(review(1, answer="x" * 65536), review(2, answer="x" * 65537))
    refused(text.encode(), 3, "at most 64 KiB")
    refused(seal(review(1), review(2, answer="x" * 5_000_000)).encode(), 3, "longer than 1 MiB")
    refused(("viva-events 1\n" + "\t" * 1_000_000).encode(), 2)


def test_foreign_bytes_are_shown_as_numbers(refused):
    message = refused(seal(review(1, mode="\x1b]0;owned\x07")).encode(), 2)
    assert "<U+001B>]0;owned<U+0007>" in message and "\x1b" not in message
    message = refused(b"viva-events 1\n\xff\x1b[2J\x9b=\tsum=00000000\n", 2)
    assert "\x1b" not in message


def test_sound_lines_of_a_damaged_log_can_be_taken(machine, home):
    at = machine("new")
    good = [review(i, grade=i % 6) for i in range(1, 9)]
    lines = seal(*good).splitlines(keepends=True)
    lines[3] = lines[3].replace("grade=3", "grade=5")
    path = home / "damaged.events"
    path.write_text("".join(lines[:-1]) + lines[-1][:9])
    at("import", path, check=6)
    done = at("import", path, "--salvage", check=3)
    assert done.stdout.startswith("7 events read, 7 new: 7 reviews, 1 card.\n")
    assert done.stdout.endswith("3 lines are damaged and left out.\n")
    assert [line.split(": ")[0] for line in done.stderr.splitlines()] == [
        f"{path}:4",
        f"{path}:10",
        f"{path}:11",
    ]
    grades = [r["grade"] for r in json.loads(at("log", "--json").stdout)]
    assert grades == [1, 2, 4, 5, 0, 1, 2]
    assert "nothing new" in at("import", path, "--salvage", check=3).stdout


def test_salvage_is_no_way_around_the_first_line(machine, home):
    path = home / "newer.events"
    path.write_text("viva-events 2\n")
    done = machine("new")("import", path, "--salvage", check=6)
    assert "newer viva" in done.stderr


def test_what_a_newer_viva_wrote_is_kept(machine):
    at, other = machine("new"), machine("other")
    line = (
        f"kind=17\tid={UID.format(1)}\ttime=2026-11-20T09:00:00.000Z\tmachine={UID.format(2)}"
        f"\tcard=colours/red\tprev={UID.format(3)}\twhat=44\tvalue=-9\ttarget={UID.format(4)}"
        "\tname=some\\tname\ttext=some\\ntext"
    )
    done = at("import", "-", input=seal(line, review(2) + "\tmood=good"))
    assert "1 event of a kind that needs a newer viva: kept.\n" in done.stdout
    assert line in bodies(log_of(at))
    other("import", "-", input=log_of(at))
    assert line in bodies(log_of(other))


# ---- a killed import, a full disk ----


def start_import(viva, env, home, name):
    return subprocess.Popen(
        [str(viva), "--db", str(home / f"{name}.db"), "import", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=env,
    )


def wait_for_changes(home):
    """Until the import has begun to change the database: its journal has something to take back."""
    journal = home / "new.db-journal"
    deadline = time.monotonic() + 30
    while journal.stat().st_size == 0:
        assert time.monotonic() < deadline, "the import never began"
        time.sleep(0.01)


def test_an_import_that_is_killed_leaves_nothing_or_everything(machine, viva, env, home):
    at = machine("new")
    before = state_of(at)
    text = seal(*many_reviews(3000))
    for part in (0.01, 0.5, 1.0):
        child = start_import(viva, env, home, "new")
        child.stdin.write(text[: int(len(text) * part)].encode())
        child.stdin.flush()
        wait_for_changes(home)
        child.send_signal(signal.SIGKILL)
        child.communicate()
        assert (home / "new.db-journal").stat().st_size > 0
        assert state_of(at) == before
    at("import", "-", input=text)
    assert len(json.loads(at("log", "--json").stdout)) == 3000
    with sqlite3.connect(home / "new.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def many_reviews(count):
    for i in range(count):
        line = review(i % 60, ("colours/red", "colours/green", "colours/blue")[i % 3])
        yield line.replace(f"id={UID.format(i % 60)}", f"id={i:032x}")


def test_ctrl_c_ends_an_import_that_waits(machine, viva, env, home):
    at = machine("new")
    before = state_of(at)
    child = start_import(viva, env, home, "new")
    child.stdin.write(seal(*many_reviews(100)).encode())
    child.stdin.flush()
    wait_for_changes(home)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=30)
    assert (child.returncode, out) == (8, b"")
    assert b"interrupted" in err
    assert state_of(at) == before


def test_an_export_that_does_not_come_through_is_no_success(machine, viva, env, home):
    at = machine("old")
    at("import", "-", input=seal(*many_reviews(2000)))
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [str(viva), "--db", str(home / "old.db"), "export", "--events"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=env,
        )
    assert done.returncode == 8
    assert b"could not be written" in done.stderr


def test_a_file_that_is_there_is_replaced_only_when_asked_for(machine, home):
    at = machine("old")
    path = home / "notes.txt"
    path.write_text("mine")
    assert "--force replaces it" in at("export", "--events", path, check=2).stderr
    assert path.read_text() == "mine"
    at("export", "--events", path, "--force")
    assert path.read_text() == log_of(at)
    assert [p.name for p in home.glob(".viva-*")] == []
    fresh = home / "new.events"
    at("export", "--events", fresh)
    assert fresh.stat().st_mode & 0o777 == 0o644


def test_damaged_events_are_left_out_and_said(machine, home):
    at = machine("old")
    at("import", "-", input=seal(review(1), review(2), review(3)))
    with sqlite3.connect(home / "old.db") as db:
        db.execute("PRAGMA ignore_check_constraints=1")
        db.execute("UPDATE review SET grade=77 WHERE event_id=(SELECT max(id)-1 FROM event)")
    done = at("export", "--events", check=3)
    assert done.stderr == "viva: 1 damaged event was left out of the log\n"
    assert len([b for b in bodies(done.stdout) if b.startswith("kind=review")]) == 2
    assert at("import", "-", input=done.stdout).stdout.endswith("nothing new.\n")


def test_a_log_without_events_is_a_log(machine, home):
    old, new = machine("old", decks=False), machine("new")
    assert log_of(old) == seal()
    assert not (home / "old.db").exists()
    assert new("import", "-", input=log_of(old)).stdout == "0 events read, nothing new.\n"


def test_a_file_that_is_not_there_is_named(run, home):
    assert run("import", "no.events", check=2).stderr == "viva: no file 'no.events'\n"
    assert "this is a folder" in run("import", home, check=8).stderr
