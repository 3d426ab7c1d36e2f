"""Every bad database: refused with one line and left alone, or served; never a crash."""

import json
import os
import random
import re
import resource
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import threading

import pytest

HOSTILE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
READING = (["due"], ["due", "--json"], ["show", "demo/alpha"], ["list"], ["log"], ["config"])
WRITING = (["review", "demo/alpha", "4"], ["suspend", "demo/alpha"], ["undo"], ["study"])
OTHERS = (["doctor"], ["backup"])
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
    """


@pytest.fixture
def demo(run, deck):
    """The deck above, subscribed, with one review."""
    run("subscribe", deck(DECK, "demo.md"))
    run("review", "demo/alpha", "4")


@pytest.fixture
def db(home):
    return home / "data/viva/viva.db"


def snapshot(folder):
    """What is in a folder and below: names, kinds, modes, content."""

    def content(path):
        if path.is_symlink():
            return os.readlink(path)
        return path.read_bytes() if path.is_file() else None

    return {
        path.relative_to(folder): (path.lstat().st_mode, content(path))
        for path in folder.rglob("*")
    }


def assert_one_line(done):
    assert re.fullmatch(r"viva: [^\n]+\n", done.stderr), done
    assert not HOSTILE.search(done.stderr[:-1]), done


@pytest.fixture
def refused(run, home):
    """refused(*args): every command ends with status 8 and one line, and no byte has changed."""

    def refused(*args, commands=READING + WRITING + OTHERS):
        before = snapshot(home / "data")
        for command in commands:
            done = run(*args, *command, check=None)
            assert (done.returncode, done.stdout) == (8, ""), (command, done)
            assert_one_line(done)
        assert snapshot(home / "data") == before

    return refused


@pytest.fixture
def served_or_refused(run):
    """served_or_refused(*args): every command works, or ends with status 8 and one line."""

    def served_or_refused(*args, commands=READING + WRITING):
        for command in commands:
            done = run(*args, *command, check=None)
            assert done.returncode in (0, 1, 8), (command, done)
            if done.returncode == 8:
                assert_one_line(done)

    return served_or_refused


def execute(path, sql):
    """What another program may do to the file: constraints are not its business."""
    connection = sqlite3.connect(path)
    connection.executescript(f"PRAGMA ignore_check_constraints=ON;{sql}")
    connection.close()


# What is no database, or a cut one (rows 55 and 57 of the threat model).


NOISE = random.Random(57).randbytes(40000)


@pytest.mark.parametrize("size", [1, 15, 16, 50, 99, 100, 101, 512, 3000, 4095, 4096, 8192, 40000])
def test_a_cut_database_is_refused(demo, db, refused, size):
    os.truncate(db, size)
    refused()


@pytest.mark.parametrize(
    "content",
    [
        b"Dear diary\n" * 500,
        NOISE,
        b"SQLite format 3\0" + b"\xff" * 4096,
        b"SQLite format 3\0" + NOISE,
        b"\0" * 20000,
        b"\x1b]0;title\x07" * 100,
    ],
    ids=["text", "noise", "ones", "magic-and-noise", "zeros", "escapes"],
)
def test_a_file_that_is_no_database_is_refused(demo, db, refused, content):
    db.write_bytes(content)
    refused()


def test_only_the_header_of_a_database_is_refused(demo, db, refused):
    db.write_bytes(db.read_bytes()[:100] + b"\0" * 3996)
    refused()


@pytest.mark.parametrize("start", range(0, 4096, 512))
def test_noise_in_the_first_page_never_crashes(demo, db, served_or_refused, start):
    content = db.read_bytes()
    for at in range(start, start + 512, 128):
        spoiled = bytearray(content)
        spoiled[at : at + 16] = NOISE[at : at + 16]
        db.write_bytes(spoiled)
        served_or_refused(commands=(["due"], ["review", "demo/beta", "4"]))


def test_a_database_of_another_program_is_refused_in_any_journal_mode(refused, home, db):
    for mode in ("delete", "wal"):
        db.parent.mkdir(parents=True, exist_ok=True)
        db.unlink(missing_ok=True)
        execute(db, f"PRAGMA journal_mode={mode};CREATE TABLE diary(day)")
        refused()


@pytest.mark.parametrize("kind", ["folder", "pipe", "socket", "nothing", "device"])
def test_what_is_no_regular_file_is_refused(refused, db, monkeypatch, kind):
    db.parent.mkdir(parents=True)
    if kind == "folder":
        db.mkdir()
    elif kind == "pipe":
        os.mkfifo(db)
    elif kind == "socket":
        monkeypatch.chdir(db.parent)  # the path of a socket is short
        socket.socket(socket.AF_UNIX).bind(db.name)
    else:
        db.symlink_to({"nothing": "nowhere", "device": "/dev/zero"}[kind])
    refused()


def test_a_link_to_the_database_is_followed(demo, run, home, db):
    (home / "link.db").symlink_to(db)
    run("--db", home / "link.db", "review", "demo/beta", "4")
    assert len(json.loads(run("log", "--json").stdout)) == 2
    assert (home / "link.db").is_symlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_the_database_of_another_user_is_refused(demo, db, refused):
    os.chown(db, 65534, 65534)
    refused()


def test_the_name_of_a_bad_database_reaches_no_terminal_raw(run, home):
    name = "\x1b]0;title\x07\u202e.db"
    (home / name).write_bytes(NOISE)
    for command in (["due"], ["study"], ["doctor"], ["restore"]):
        done = run("--db", name, *command, check=None)
        assert done.returncode in (1, 8)
        assert_one_line(done)


# 0 bytes (row 56).


def test_an_empty_file_is_a_new_database(run, deck, db):
    db.parent.mkdir(parents=True, mode=0o700)
    db.touch()
    assert json.loads(run("due", "--json").stdout)["new"] == 0
    assert db.stat().st_size == 0
    run("subscribe", deck(DECK, "demo.md"))
    assert stat.S_IMODE(db.stat().st_mode) == 0o600
    run("doctor")


def test_an_empty_file_with_copies_beside_it_is_refused(demo, run, db, refused):
    run("backup")
    db.write_bytes(b"")
    refused()


# Formats (row 60); older ones are brought up to date in tests/unit/store_migrate.c.


@pytest.mark.parametrize("version", [9999, 2147483647, 0, -1, -2147483648])
def test_a_format_that_is_not_known_is_refused(demo, db, refused, version):
    execute(db, f"PRAGMA user_version={version}")
    refused()


def test_an_older_format_is_brought_up_to_date_by_the_first_command_that_writes(
    run, root, db, refused
):
    db.parent.mkdir(parents=True, mode=0o700)
    execute(db, (root / "tests/data/schema/1.sql").read_text())
    db.chmod(0o600)
    refused(commands=READING)
    run("config", "minutes", "20", check=8)
    run("study")
    assert (db.parent / "backups").is_dir()
    assert len(json.loads(run("log", "--json").stdout)) == 11
    run("doctor")


# Schemas that are not viva's (row 58).


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TRIGGER t AFTER INSERT ON event BEGIN DELETE FROM review; END",
        "CREATE TRIGGER t BEFORE UPDATE ON card BEGIN SELECT RAISE(IGNORE); END",
        "CREATE VIEW v AS SELECT * FROM review",
        "CREATE TABLE theirs(a)",
        "CREATE INDEX theirs ON card(name)",
        "DROP INDEX card_ask",
        "DROP TABLE draft",
        "ALTER TABLE draft ADD COLUMN more TEXT",
        "ALTER TABLE card RENAME COLUMN line TO row",
        "CREATE VIRTUAL TABLE theirs USING fts5(a)",
        "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql='CREATE TABLE' WHERE name='card'",
        "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET rootpage=99999 WHERE name='card'",
        "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql=char(27)||']0;x'||char(7)"
        " WHERE name='card_ask'",
    ],
)
def test_a_schema_that_is_not_vivas_is_refused(demo, db, refused, sql):
    execute(db, sql)
    refused()


# Rows that the schema forbids (row 61).


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE review SET grade=99",
        "UPDATE review SET day=9999999, cap=0, ask_by=-9999999",
        "UPDATE review SET points=-1, point_count=99, variant=-4",
        "UPDATE review SET content=zeroblob(3)",
        "UPDATE event SET uid=randomblob(15)",
        "UPDATE event SET kind=77",
        "UPDATE event SET prev=uid",
        "UPDATE event SET time=9223372036854775807",
        "UPDATE card SET ef=0",
        "UPDATE card SET ef=9223372036854775807",
        "UPDATE card SET interval=-1, lapses=-1, reviews=-1",
        "UPDATE card SET due=99999999999, ask=99999999999",
        "UPDATE card SET last_grade=99, day_answers=-4, suspended=7",
        "UPDATE card SET level=9, tier=9, aim=9, kind=9, competency=9",
        "UPDATE card SET seconds=-1, rev=-1, variants=2147483647",
        "UPDATE card SET position=-1, line=9223372036854775807",
        "UPDATE card SET probes='1 2 x', tags='x', follows='nowhere/none'",
        "UPDATE card SET parent_id=id, locked=1",
        "UPDATE card_text SET question='', answer=NULL",
        "UPDATE card_text SET points=char(27)||'[2J'",
        "DELETE FROM card_text",
        "DELETE FROM topic",
        "DELETE FROM deck",
        "DELETE FROM machine",
        "DELETE FROM setting",
        "UPDATE setting SET value='99999999999999999999'",
        "UPDATE setting SET value=char(27)",
        "DELETE FROM review",
        "DELETE FROM event",
    ],
)
def test_rows_that_cannot_be_are_a_message_at_most(demo, db, run, served_or_refused, sql):
    execute(db, f"PRAGMA foreign_keys=OFF;{sql}")
    done = run("doctor", "--json", check=None)
    assert done.returncode in (0, 1) and isinstance(json.loads(done.stdout)["problems"], list)
    assert run("doctor", "--rebuild", check=None).returncode in (0, 1, 8)
    execute(db, f"PRAGMA foreign_keys=OFF;{sql}")
    served_or_refused()


# Where it lies (rows 59 and 62).


def test_a_name_like_a_uri_is_the_name_of_a_file(run, deck, home):
    run("--db", "file:x?mode=memory", "subscribe", deck(DECK, "demo.md"))
    run("--db", "file:x?mode=memory", "review", "demo/alpha", "4")
    assert (home / "file:x?mode=memory").stat().st_size > 4096
    log = json.loads(run("--db", "file:x?mode=memory", "log", "--json").stdout)
    assert len(log) == 1


def with_read_only_rights(args, viva, env, home):
    """Root may write everywhere, so it gives its rights away first."""
    drop = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []
    if drop and not shutil.which("setpriv"):
        pytest.skip("root without setpriv can write everywhere")
    return subprocess.run(
        [*drop, str(viva), *args],
        env=env,
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def locked(db):
    """Takes away the right to write the database and its folder, for the time of a test."""

    def lock():
        db.chmod(0o400)
        db.parent.chmod(0o500)

    yield lock
    db.parent.chmod(0o700)


def test_a_read_only_database_can_be_read(demo, run, locked, viva, env, home):
    expected = {tuple(args): run(*args).stdout for args in READING}
    locked()
    for args in READING:
        done = with_read_only_rights(args, viva, env, home)
        assert (done.returncode, done.stdout, done.stderr) == (0, expected[tuple(args)], "")
    assert with_read_only_rights(["doctor"], viva, env, home).returncode == 0


def test_a_read_only_database_can_be_copied_elsewhere(demo, locked, viva, env, home):
    locked()
    done = with_read_only_rights(["backup"], viva, env, home)
    assert done.returncode == 8
    assert_one_line(done)
    assert with_read_only_rights(["backup", "copy.db"], viva, env, home).returncode == 0
    assert (home / "copy.db").exists()


def test_a_read_only_database_refuses_writing(demo, locked, viva, env, home):
    locked()
    before = snapshot(home / "data")
    for args in (*WRITING, ["doctor", "--rebuild"]):
        done = with_read_only_rights(args, viva, env, home)
        assert (done.returncode, done.stdout) == (8, ""), args
        assert_one_line(done)
    assert snapshot(home / "data") == before


def test_a_read_only_database_is_not_replaced(demo, run, locked, viva, env, home):
    run("backup")
    run("review", "demo/beta", "4")
    locked()
    before = snapshot(home / "data")
    done = with_read_only_rights(["restore", "newest", "--yes"], viva, env, home)
    assert done.returncode == 8
    assert_one_line(done)
    assert snapshot(home / "data") == before


def test_a_read_only_folder_takes_no_database(viva, env, home):
    home.chmod(0o500)
    try:
        done = with_read_only_rights(["config", "minutes", "20"], viva, env, home)
    finally:
        home.chmod(0o700)
    assert done.returncode == 8
    assert_one_line(done)
    assert str(home) in done.stderr


def test_reading_changes_no_byte_of_the_database(demo, run, db):
    before = snapshot(db.parent)
    for args in READING:
        run(*args)
    assert snapshot(db.parent) == before


@pytest.mark.parametrize("size", [0, 1, 512, 1024, 4096, 5000, 8192])
def test_a_quota_that_is_used_up_loses_no_saved_review(demo, run, viva, env, home, size):
    """The limit counts for each file, so the journal meets it first."""

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    before = json.loads(run("log", "--json").stdout)
    done = subprocess.run(
        [str(viva), "review", "demo/beta", "4"],
        env=env,
        cwd=home,
        capture_output=True,
        text=True,
        preexec_fn=limit,
    )
    assert done.returncode in (0, 8), done
    if done.returncode == 8:
        assert_one_line(done)
        assert "disk full or quota" in done.stderr
        assert json.loads(run("log", "--json").stdout) == before
    run("doctor")
    run("review", "demo/beta", "4")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts")
def test_a_full_disk_loses_no_saved_review(run, deck, viva, env, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=600k,mode=700", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        env["VIVA_DB"] = str(disk / "viva.db")
        run("subscribe", deck(DECK, "demo.md"))
        saved = 0
        for _ in range(200):
            done = run("review", "demo/alpha", "4", "--answer", "x" * 20000, check=None)
            if done.returncode:
                break
            saved += 1
        assert done.returncode == 8 and saved > 0
        assert_one_line(done)
        assert "disk full" in done.stderr
        assert len(json.loads(run("log", "--json").stdout)) == saved
        done = run("backup", check=8)
        assert_one_line(done)
        assert f"{disk}/backups: disk full or quota" in done.stderr
        assert list((disk / "backups").iterdir()) == []
        run("doctor")
    finally:
        subprocess.run(["umount", str(disk)], check=True)


# Who else is there (rows 62 and 64).


def test_a_database_that_is_written_to_is_waited_for(demo, run, db):
    for command in (["due"], ["review", "demo/beta", "4"]):
        connection = sqlite3.connect(db, isolation_level=None, check_same_thread=False)
        connection.execute("BEGIN EXCLUSIVE")
        timer = threading.Timer(0.3, connection.close)
        timer.start()
        run(*command)
        timer.join()


def test_two_shells_on_one_database_lose_nothing(demo, run, viva, env, home):
    script = "review demo/{0} 4\nflag demo/{0}\ndue\nunflag demo/{0}\nlist\n" * 12
    shells = [
        subprocess.Popen(
            [str(viva)],
            env=env,
            cwd=home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for shell, card in zip(shells, ("alpha", "beta")):
        shell.stdin.write(script.format(card))
        shell.stdin.close()
        shell.stdin = None
    for shell in shells:
        _, errors = shell.communicate()
        assert (shell.returncode, errors) == (0, "")
    log = json.loads(run("log", "--json").stdout)
    assert sorted(review["card"] for review in log) == ["demo/alpha"] * 13 + ["demo/beta"] * 12
    run("doctor")


def test_own_files_are_private_whatever_the_umask(run, deck, viva, env, home):
    path = deck(DECK, "demo.md")
    for args, text in (
        (["subscribe", str(path)], ""),
        (["study", "--limit", "1"], "\n4\n\n"),
        (["backup"], ""),
    ):
        subprocess.run(
            [str(viva), *args],
            env=env,
            cwd=home,
            input=text,
            text=True,
            capture_output=True,
            check=True,
            preexec_fn=lambda: os.umask(0),
        )
    data = home / "data/viva"
    assert len(list((data / "backups").iterdir())) == 1
    for path in (data, *data.rglob("*")):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def test_a_database_that_others_could_read_is_closed_to_them(demo, run, db):
    db.chmod(0o644)
    run("due")
    assert stat.S_IMODE(db.stat().st_mode) == 0o644
    run("review", "demo/beta", "4")
    assert stat.S_IMODE(db.stat().st_mode) == 0o600
