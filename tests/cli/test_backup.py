"""Copies of the database: made without being asked, made by hand, brought back; the doctor."""

import hashlib
import json
import os
import re
import shutil
import sqlite3

import pytest

TODAY = "2026-11-20T09:00:00Z"
EVENING = "2026-11-20T20:00:00Z"
TOMORROW = "2026-11-21T09:00:00Z"
DECK = """
    ---
    deck: demo
    ---

    # Demonstration

    ## What is alpha?
    <!-- id: alpha -->

    The first letter.

    ## What is beta?
    <!-- id: beta -->

    The second letter.

    ## What is gamma?
    <!-- id: gamma -->

    The third letter.
    """
ONE_CARD = "\n4\n\n"


@pytest.fixture
def demo(run, deck):
    """The deck above, subscribed, with one review."""
    run("subscribe", deck(DECK, "demo.md"))
    run("review", "demo/alpha", "4")


@pytest.fixture
def db(home):
    return home / "data/viva/viva.db"


@pytest.fixture
def copies(db):
    """copies() are the copies of the database, oldest first."""
    return lambda: sorted((db.parent / "backups").glob("viva.db.*"))


@pytest.fixture
def reviews(run):
    """reviews(*args) is how many reviews the log has."""
    return lambda *args: len(json.loads(run(*args, "log", "--json").stdout))


def scribble(db, table):
    """Writes over the root page of a table, as a failing disk would."""
    connection = sqlite3.connect(db)
    (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name=?", [table]).fetchone()
    connection.close()
    with db.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"not a page of a tree")


def spoil(db, sql):
    """What another program may do to the file: constraints are not its business."""
    connection = sqlite3.connect(db)
    connection.executescript(f"PRAGMA ignore_check_constraints=ON;{sql}")
    connection.close()


# Without being asked.


def test_the_first_sitting_of_a_day_ends_with_a_copy(demo, run, copies):
    done = run("study", "--limit", "1", input=ONE_CARD)
    assert [path.name[:24] for path in copies()] == ["viva.db.20261120T090000Z"]
    assert "Done: 1 card" in done.stdout and done.stderr == ""
    run("study", "--limit", "1", input=ONE_CARD, now=EVENING)
    assert len(copies()) == 1
    run("study", "--limit", "1", input=ONE_CARD, now=TOMORROW)
    assert len(copies()) == 2


def test_a_copy_from_before_the_first_answer_is_not_that_of_the_day(demo, run, copies):
    run("backup", now="2026-11-21T07:00:00Z")
    for now, count in ((TOMORROW, 1), ("2026-11-21T10:00:00Z", 1), ("2026-11-22T09:00:00Z", 2)):
        run("study", "--limit", "1", input=ONE_CARD, now=now)
        days = {path.name[8:16] for path in copies()}
        assert len(days) == count
    assert [path.name[8:24] for path in copies()] == ["20261121T090000Z", "20261122T090000Z"]


def test_a_clock_that_was_wrong_once_does_not_end_the_copies(demo, run, copies):
    run("study", "--limit", "1", input=ONE_CARD, now="2031-01-01T09:00:00Z")
    run("study", "--limit", "1", input=ONE_CARD, now=TOMORROW)
    assert [path.name[8:16] for path in copies()] == ["20261121", "20310101"]


def test_a_sitting_without_a_grade_makes_no_copy(demo, run, copies):
    run("study", input="")
    assert copies() == []


def test_a_copy_that_fails_is_one_line_and_the_sitting_counts(demo, run, db, reviews):
    (db.parent / "backups").write_text("in the way")
    done = run("study", "--limit", "1", input=ONE_CARD)
    assert re.fullmatch(r"viva: today's copy of the database could not be made: [^\n]+\n", done.stderr)
    assert reviews() == 2


def test_a_damaged_page_is_noticed_after_the_sitting_and_makes_no_copy(demo, run, db, copies):
    scribble(db, "declined")
    done = run("study", "--limit", "1", input=ONE_CARD)
    assert re.fullmatch(r"viva: [^\n]+`viva doctor`[^\n]+\n", done.stderr)
    assert copies() == []


# By hand.


def test_backup_says_where_the_copy_is_and_what_is_in_it(demo, run, copies):
    path, measure = run("backup").stdout.splitlines()
    assert [str(copy) for copy in copies()] == [path]
    assert re.fullmatch(r"3 cards, 1 review, \d+ kB", measure)
    digest = hashlib.sha256(copies()[0].read_bytes()).hexdigest()
    assert path.endswith("." + digest[:16])


def test_backup_as_json(demo, run, copies):
    copy = json.loads(run("backup", "--json").stdout)
    (path,) = copies()
    assert copy == {
        "path": str(path),
        "time": TODAY,
        "cards": 3,
        "reviews": 1,
        "bytes": path.stat().st_size,
    }


def test_backup_to_a_file_never_replaces_one(demo, run, home):
    run("backup", "mine.db")
    content = (home / "mine.db").read_bytes()
    run("review", "demo/beta", "4")
    done = run("backup", "mine.db", check=8)
    assert re.fullmatch(r"viva: mine\.db: [^\n]+\n", done.stderr)
    assert (home / "mine.db").read_bytes() == content


def test_backup_into_a_folder_has_the_usual_name(demo, run, home):
    (home / "stick").mkdir()
    run("backup", home / "stick")
    (copy,) = (home / "stick").iterdir()
    assert copy.name.startswith("viva.db.20261120T090000Z.")


def test_backup_of_nothing_says_so(run, home):
    assert "there is no database yet" in run("backup", check=8).stderr
    assert not (home / "data").exists()


# Bringing back.


def test_restore_lists_the_copies_newest_first(demo, run, copies):
    run("backup")
    run("review", "demo/beta", "4")
    run("backup", now=TOMORROW)
    lines = run("restore").stdout.splitlines()
    assert re.fullmatch(r"  1  2026-11-21 09:00  3 cards, 2 reviews, \d+ kB", lines[0])
    assert re.fullmatch(r"  2  2026-11-20 09:00  3 cards, 1 review, \d+ kB", lines[1])
    listed = json.loads(run("restore", "--json").stdout)
    assert [copy["path"] for copy in listed] == [str(path) for path in reversed(copies())]
    assert [(c["number"], c["reviews"], c["sound"], c["problem"]) for c in listed] == [
        (1, 2, True, None),
        (2, 1, True, None),
    ]


def test_restore_without_copies_matches_nothing(demo, run):
    for args in ([], ["newest"], ["1"]):
        assert "there are no copies" in run("restore", *args, check=1).stderr


def test_a_damaged_copy_is_named_and_never_put_in_place(demo, run, copies, db):
    run("backup")
    copy = copies()[0]
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 16
    copy.write_bytes(content)
    assert "damaged" in run("restore").stdout
    assert json.loads(run("restore", "--json").stdout)[0]["sound"] is False
    before = db.read_bytes()
    assert "damaged" in run("restore", "1", "--yes", check=5).stderr
    assert db.read_bytes() == before


def test_restore_says_what_is_lost_and_wants_a_decision(demo, run, db):
    run("backup")
    for card in ("beta", "gamma"):
        run("review", f"demo/{card}", "4")
    run("note", "demo/beta", "mine")
    before = db.read_bytes()
    done = run("restore", "newest", check=7)
    assert "2 reviews and 1 other change that this copy lacks" in " ".join(done.stdout.split())
    assert re.fullmatch(r"viva: [^\n]+2 reviews and 1 other change[^\n]+`--yes`[^\n]+\n", done.stderr)
    assert db.read_bytes() == before


def test_restore_puts_the_copy_in_place_and_keeps_the_old_database(demo, run, db, reviews):
    run("backup")
    run("review", "demo/beta", "4")
    done = json.loads(run("restore", "1", "--yes", "--json").stdout)
    assert done["lost"] == {"reviews": 1, "changes": 0}
    assert reviews() == 1
    assert reviews("--db", done["kept"]) == 2
    run("review", "demo/gamma", "4")
    run("doctor")
    run("restore", done["kept"], "--yes")
    assert reviews() == 2


@pytest.mark.parametrize("what", ["missing", "empty", "cut", "noise", "another"])
def test_restore_works_whatever_became_of_the_database(demo, run, db, reviews, what):
    run("backup")
    content = db.read_bytes()
    if what == "missing":
        db.unlink()
    elif what == "another":
        db.unlink()
        spoil(db, "CREATE TABLE theirs(a)")
    else:
        db.write_bytes({"empty": b"", "cut": content[:3000], "noise": bytes(range(256)) * 40}[what])
    spoiled = db.read_bytes() if db.exists() else b""
    if spoiled:
        done = run("restore", "newest", check=7)
        assert "cannot be read" in done.stdout
        done = run("restore", "newest", "--yes")
        (kept,) = db.parent.glob("viva.db.before-*")
        assert kept.read_bytes() == spoiled and str(kept) in done.stdout
    else:
        run("restore", "newest")
    assert reviews() == 1
    run("doctor")


def test_an_empty_database_points_to_its_copies(demo, run, db):
    run("backup")
    db.write_bytes(b"")
    for args in (["due"], ["study"], ["doctor"]):
        assert "viva restore" in run(*args, check=8).stderr
    assert db.read_bytes() == b""


def test_a_new_database_beside_copies_of_an_earlier_one_is_worth_a_line(demo, run, db):
    run("backup")
    db.unlink()
    assert "viva restore" in run("config", "minutes", "20").stderr
    assert run("config", "minutes", "25").stderr == ""


def test_what_takes_long_is_said_on_a_terminal_only(demo, run, spawn, db):
    execute = sqlite3.connect(db)
    execute.executescript(
        "INSERT INTO content(hash,bytes) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n"
        " WHERE i<22) SELECT randomblob(32),randomblob(1000000) FROM n"
    )
    execute.close()
    done = run("backup")
    assert len(done.stdout.splitlines()) == 2 and done.stderr == ""
    for command, said in (
        (["backup"], "Copying the database"),
        (["doctor"], "Examining the database"),
        (["restore", "newest", "--yes"], "Checking the copy"),
    ):
        child = spawn(*command)
        child.expect_exact(said)
        child.expect("\r\n.*\r\n")
        child.wait()


def test_restore_asks_on_a_terminal(demo, run, spawn, reviews):
    run("backup")
    run("review", "demo/beta", "4")
    for answer, left, said in (("", 2, "Nothing was changed"), ("y", 1, "Restored")):
        child = spawn("restore", "newest")
        child.expect("1 review that this copy lacks")
        child.expect_exact("[y/N] ")
        child.sendline(answer)
        child.expect(said)
        child.expect("\r\n")
        child.wait()
        assert reviews() == left


def test_a_running_shell_saves_nothing_after_a_restore(demo, run, spawn, db, reviews):
    run("config", "level", "mid")
    run("backup")
    run("review", "demo/beta", "4")
    child = spawn()
    child.expect_exact("viva> ")
    run("restore", "newest", "--yes")
    after = {path: path.read_bytes() for path in db.parent.glob("viva.db*")}
    child.sendline("review demo/gamma 4")
    child.expect("was replaced")
    child.expect("start viva again")
    child.expect_exact("viva> ")
    child.sendline("quit")
    child.wait()
    assert {path: path.read_bytes() for path in after} == after
    assert reviews() == 1


def test_restore_in_the_shell_goes_on_with_the_restored_database(demo, run, reviews):
    run("backup")
    run("review", "demo/beta", "4")
    done = run(input="restore newest --yes\nreview demo/gamma 4\nundo\n")
    assert "Restored." in done.stdout and "Undone: demo/gamma" in done.stdout
    assert reviews() == 2


# The doctor.


@pytest.fixture
def problems(run):
    """problems() is what `doctor` finds, one string for each."""

    def problems(*args, check=1):
        found = json.loads(run("doctor", "--json", *args, check=check).stdout)
        assert found["ok"] is (check == 0)
        return [f"{p['what']}: {p['advice']}" for p in found["problems"]]

    return problems


def test_a_sound_database_has_no_problem(demo, run, problems):
    run("backup")
    assert problems(check=0) == []
    said = "No problem: 3 cards, 1 review, 1 copy, the newest of 2026-11-20 09:00.\n"
    assert run("doctor").stdout == said


def test_the_doctor_of_nothing_is_content(run, home):
    assert "there is no database yet" in run("doctor").stdout
    assert not (home / "data").exists()


def test_a_wrong_schedule_is_found_and_computed_anew(demo, run, db, problems):
    before = run("show", "demo/alpha", "--json").stdout
    spoil(db, "UPDATE card SET due=due+5,ask=ask+5 WHERE name='alpha'; UPDATE review SET first=0")
    (problem,) = problems()
    assert "1 card" in problem and "--rebuild" in problem
    done = run("doctor", "--rebuild")
    assert "1 card changed" in done.stdout
    assert run("show", "demo/alpha", "--json").stdout == before
    assert problems(check=0) == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE card SET ef=0",
        "UPDATE card SET interval=-1",
        "UPDATE card SET n=-7, lapses=-1",
        "UPDATE card SET last_grade=99",
        "UPDATE card SET due=99999999999",
        "UPDATE card SET suspended=7",
        "UPDATE review SET voided=9, counts=-1",
    ],
)
def test_what_the_log_says_is_repaired_from_it(demo, run, db, problems, sql):
    before = run("show", "demo/alpha", "--json").stdout
    spoil(db, sql)
    assert problems() != []
    assert problems("--rebuild", check=0) == []
    assert run("show", "demo/alpha", "--json").stdout == before


@pytest.mark.parametrize(
    "sql, word",
    [
        ("UPDATE review SET grade=99", "review"),
        ("UPDATE card SET level=9", "card"),
        ("DELETE FROM review", "log"),
        ("DELETE FROM setting WHERE key='machine'", "machine"),
        ("PRAGMA foreign_keys=OFF; DELETE FROM machine", "refer"),
    ],
)
def test_what_the_log_does_not_say_is_a_case_for_a_copy(demo, run, db, problems, sql, word):
    spoil(db, sql)
    found = problems()
    assert any(word in problem and "viva restore" in problem for problem in found), found


def test_a_damaged_page_is_found(demo, db, problems):
    scribble(db, "event")
    assert any("viva restore" in problem for problem in problems())


def test_a_damaged_copy_is_found(demo, run, copies, problems):
    run("backup")
    with copies()[0].open("r+b") as file:
        file.truncate(5000)
    (problem,) = problems()
    assert str(copies()[0]) in problem


def test_files_that_others_can_read_are_found(demo, run, db, copies, problems):
    run("backup")
    folders = ((db.parent, 0o755), (db.parent / "backups", 0o750))
    for path, mode in (*folders, (db, 0o644), (copies()[0], 0o604)):
        path.chmod(mode)
        (problem,) = problems()
        assert str(path) in problem and "chmod" in problem
        path.chmod(0o700 if path.is_dir() else 0o600)
    assert problems(check=0) == []


def test_folders_of_the_user_are_nobodys_business(demo, run, home):
    (home / "mine").mkdir(mode=0o755)
    (home / "mine/backups").mkdir(mode=0o755)
    for command in (["config", "minutes", "20"], ["backup"], ["doctor"]):
        run("--db", home / "mine/x.db", *command)


def test_what_was_left_over_is_found_a_day_later(demo, db, problems):
    old = [db.parent / ".viva.db.AbCdEf", db.parent / "viva-XyZabc.md"]
    for path in old:
        path.write_text("half")
    (db.parent / "viva-notes.txt").write_text("mine")
    for age, count in ((3600, 0), (90000, 2)):
        for path in old:
            os.utime(path, (1795165200 - age, 1795165200 - age))
        assert len(problems(check=1 if count else 0)) == count


def test_what_a_restore_kept_long_ago_is_worth_a_note(demo, run, db):
    run("backup")
    run("restore", "newest", "--yes")
    (kept,) = db.parent.glob("viva.db.before-*")
    os.utime(kept, (1795165200 - 86400 * 20,) * 2)
    notes = lambda: json.loads(run("doctor", "--json").stdout)["notes"]
    assert notes() == []
    os.utime(kept, (1795165200 - 86400 * 40,) * 2)
    assert str(kept) in notes()[0]["what"]


def test_a_missing_database_with_copies_is_a_problem(demo, run, db, problems):
    run("backup")
    db.unlink()
    (problem,) = problems()
    assert "viva restore" in problem
    assert not db.exists()


def test_reviews_in_no_copy_are_worth_a_note(demo, run):
    note = lambda **options: json.loads(run("doctor", "--json", **options).stdout)["notes"]
    assert "no copy" in note()[0]["what"]
    run("backup")
    assert note() == []
    run("review", "demo/beta", "4", now="2026-11-27T09:00:00Z")
    assert "2026-11-20" in note(now="2026-11-27T09:00:00Z")[0]["what"]


def test_the_doctor_works_on_a_copy_without_changing_it(demo, run, copies, home):
    run("backup")
    shutil.copy(copies()[0], home / "copy.db")
    (home / "copy.db").chmod(0o600)
    before = (home / "copy.db").read_bytes()
    run("doctor", "--db", home / "copy.db")
    assert (home / "copy.db").read_bytes() == before
