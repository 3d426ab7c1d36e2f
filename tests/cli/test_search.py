"""viva search: words in everything of a card, ranked; the index that follows the cards."""

import json
import os
import re
import shutil
import sqlite3
import subprocess

import pexpect
import pytest

DECK = """
    ---
    deck: demo
    title: Demonstration
    ---

    # Demonstration

    ## What is a transaction?
    <!-- {id: atomic, tags: [orm, database], level: junior} -->

    All statements hold, or none does. See `transaction.atomic()` and `select_for_update`.

    ### Key points
    - **All** or nothing
    - Locks with `select_for_update`

    ### Why it matters
    Money was lost in a Café in Besançon.

    ## What is a queue for?
    <!-- {id: queue, level: mid} -->

    Work for later, *one per row*, never inside a transaction; F(), N+1 and `pk__in`.

    ### See also
    - [Docs](https://example.org/celery-docs)

    ## Why sleep?
    <!-- {id: sleep} -->

    Because tired people lock themselves out.
    """

KEYS = {"card", "question", "snippet", "where", "day", "state"}


@pytest.fixture
def demo(run, deck):
    path = deck(DECK, "demo.md")
    run("subscribe", path)
    return path


@pytest.fixture
def search(run):
    """search(*terms): what --json gives; [] where nothing matched."""

    def search(*terms, **options):
        done = run("search", "--json", *terms, check=None, **options)
        found = json.loads(done.stdout)
        assert done.returncode == (0 if found else 1), done
        return found

    return search


@pytest.fixture
def names(search):
    """names(*terms): the cards, best first, without their deck."""
    return lambda *terms, **options: [hit["card"].removeprefix("demo/") for hit in search(*terms, **options)]


@pytest.fixture
def database(home):
    """database(sql) changes the database behind the program's back."""

    def database(sql):
        with sqlite3.connect(home / "data/viva/viva.db") as db:
            return db.execute(sql).fetchall()

    return database


# What is found.


def test_the_question_weighs_most(demo, names):
    assert names("transaction") == ["atomic", "queue"]


@pytest.mark.parametrize(
    "terms, found",
    [
        (["what", "later"], ["queue"]),
        (["what later"], ["queue"]),
        (["what", "-later"], ["atomic"]),
        (['"one per row"'], ["queue"]),
        (['"per one row"'], []),
        (['what -"a queue"'], ["atomic"]),
        (["trans"], ["atomic", "queue"]),
        (["ransaction"], []),
        (["TRANSACTION"], ["atomic", "queue"]),
        (["cafe", "besancon"], ["atomic"]),
        (["CAFÉ"], ["atomic"]),
        (["select_for_update"], ["atomic"]),
        (["for_up"], ["atomic"]),
        (["F()"], ["queue"]),
        (["n+1"], ["queue"]),
        (["n-1"], []),
        (["__in"], ["queue"]),
        (["()"], ["atomic", "queue"]),
        (["https://example.org"], ["queue"]),
        (["celery-docs"], ["queue"]),
        (["database"], ["atomic"]),
        (["demo/sleep"], ["sleep"]),
        (["what", "level:mid"], ["queue"]),
        (["what", "deck:other"], []),
        (["what", "-tag:orm"], ["queue"]),
        (["what", "is:new"], ["atomic", "queue"]),
        (["what", "is:due"], []),
        (["nothing-like-it"], []),
    ],
)
def test_words_and_terms(demo, names, terms, found):
    assert sorted(names(*terms)) == sorted(found)


def test_json_says_where_and_what(demo, search):
    (hit,) = search("select_for_update", "all", "what")
    assert set(hit) == KEYS
    assert hit["card"] == "demo/atomic" and hit["question"] == "What is a transaction?"
    assert hit["snippet"] == "All or nothing · Locks with select_for_update"
    assert (hit["where"], hit["day"], hit["state"]) == ("points", None, "new")
    assert search("cafe")[0]["where"] == "why"
    assert search("queue")[0]["snippet"] == "What is a queue for?"


def test_a_long_text_is_cut_around_the_words(run, deck, search):
    run("subscribe", deck(f"# D\n\n## Q?\n\n{'left ' * 200}needle {'right ' * 200}\n"))
    snippet = search("needle")[0]["snippet"]
    assert re.fullmatch(r"\.\.\.(left )+needle( right)+\.\.\.", snippet) and len(snippet) <= 206


# What you wrote yourself.


def test_notes_answers_and_edits_are_found_and_said(demo, run, search, env):
    run("note", "demo/sleep", "Like a zebra,\nat night")
    (hit,) = search("zebra")
    assert (hit["where"], hit["snippet"]) == ("note", "Like a zebra, at night")
    run("review", "demo/queue", "4", "--answer", "A giraffe waits", now="2026-11-12T09:00:00Z")
    (hit,) = search("giraffe")
    assert (hit["where"], hit["day"]) == ("own answer", "2026-11-12")
    assert "\tyour answer of Thu 12 Nov: A giraffe waits\n" in run("search", "giraffe").stdout
    assert "\tyour note: Like a zebra, at night\n" in run("search", "zebra").stdout
    run("undo")
    assert search("giraffe") == []
    run("note", "demo/sleep", "")
    assert search("zebra") == []


def test_an_edit_of_your_own_is_found_in_place_of_the_deck(run, env, home, bundled, search):
    editor = home / "editor"
    editor.write_text("#!/bin/sh\nsed -i 's/^### Key points/A gnu grazes.\\n\\n&/' \"$1\"\n")
    editor.chmod(0o700)
    env["EDITOR"] = str(editor)
    run("edit", "django-first/n-plus-one")
    (hit,) = search("gnu", "grazes")
    assert (hit["card"], hit["where"]) == ("django-first/n-plus-one", "answer")
    assert "\tyour edit: " in run("search", "gnu", "grazes").stdout
    run("edit", "--drop", "django-first/n-plus-one")
    assert search("gnu", "grazes") == []


# The index follows.


def test_the_index_follows_the_deck(demo, run, names):
    assert names("tired") == ["sleep"]
    text = demo.read_text()
    demo.write_text(text.replace("tired people", "owls").replace("## Why sleep?", "## Why wake?"))
    run("study", input="")
    assert names("tired") == names('"why sleep"') == []
    assert names("owls") == names("wake") == ["sleep"]
    demo.write_text(text[: text.index("## Why sleep")])
    run("study", input="")
    assert names("owls") == names("tired") == []
    demo.write_text(text.replace("deck: demo", "deck: other\nwas: demo"))
    run("study", input="")
    assert names("other/queue") == ["other/queue"]
    assert names("demo/queue") == []


def test_a_card_that_left_its_deck_is_found_and_said_to_be_retired(demo, run, search):
    run("review", "demo/sleep", "4")
    demo.write_text(demo.read_text()[: demo.read_text().index("## Why sleep")])
    run("study", input="")
    (hit,) = search("tired")
    assert (hit["card"], hit["state"]) == ("demo/sleep", "retired")
    assert "\tretired\t" in run("search", "tired").stdout
    assert search("tired", "-is:retired") == []
    assert run("list", "tired", check=1).stdout == ""


def test_a_purged_deck_is_not_found(demo, run, names):
    assert names("transaction")
    run("unsubscribe", demo, "--purge")
    assert names("transaction") == []


def test_what_is_imported_is_found(demo, run, search, home, tmp_path):
    run("note", "demo/sleep", "zebra")
    run("review", "demo/queue", "4", "--answer", "giraffe")
    log = run("export", "--events").stdout
    assert "zebra" in log
    (tmp_path / "log").write_text(log)
    for path in home.glob("data/viva/viva.db*"):
        path.unlink()
    run("subscribe", demo)
    assert search("zebra") == search("giraffe") == []
    run("import", tmp_path / "log")
    assert search("zebra")[0]["card"] == "demo/sleep"
    assert search("giraffe")[0]["card"] == "demo/queue"


def test_doctor_finds_a_wrong_index_and_makes_it_new(demo, run, names, database):
    assert names("sleep") == ["sleep"]
    run("doctor")
    database("UPDATE search_entry SET words=7 WHERE card_id=1")
    assert "the search index is wrong about 1 card" in run("doctor", check=1).stdout
    assert "Made the search index" in run("doctor", "--rebuild").stdout
    run("doctor")
    assert names("transaction") == ["atomic", "queue"]
    database("UPDATE card_search_data SET block=x'00' WHERE id>10")
    assert "viva doctor --rebuild" in run("search", "sleep", check=8).stderr
    run("doctor", "--rebuild")
    assert names("sleep") == ["sleep"]


def test_a_database_that_cannot_be_written_is_searched(demo, run, names, viva, env, home):
    assert names("zebra") == []
    run("note", "demo/sleep", "zebra")
    drop = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []
    if drop and not shutil.which("setpriv"):
        pytest.skip("root without setpriv can write everywhere")
    folder = home / "data/viva"
    (folder / "viva.db").chmod(0o400)
    folder.chmod(0o500)
    done = subprocess.run(
        [*drop, viva, "search", "zebra"], env=env, cwd=home, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    folder.chmod(0o700)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("demo/sleep\t")


# Hostile words.

HOSTILE = [
    '"', '""', '"""', '"a', 'a"', "'", "NEAR(", "NEAR(a b)", "a NEAR b", "AND", "OR", "NOT", "a AND", "*",
    "a*", "^a", "^", "question:what", "{question}:what", "-{answer}:x", "(", ")", "()", "a)", "+", "a+b", "-", "--",
    "\\", "%", "_", ";", "\x01", "a\x1bb", "\x7f", "\u202e", "\u200b", "\ufeff", "\udcff", "a\udcffb", ":",
    "deck:", "is:x", "level:boss", "x:y", "http://x", "a" * 100_000, "- " * 50_000, "\"" * 3000, "a\n\nb", "\t", "",
]


@pytest.mark.parametrize("term", HOSTILE, ids=[ascii(h[:12]) for h in HOSTILE])
def test_a_hostile_word_is_a_word_or_wrong_usage(demo, run, term):
    for terms in ([term], ["what", term]):
        done = run("search", "--", *terms, check=None)
        assert done.returncode in (0, 1, 2), done
        if done.returncode:
            assert re.fullmatch(r"viva: [^\n]+\n", done.stderr) and done.stdout == ""
            assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", done.stderr)


def test_text_of_a_deck_never_reaches_the_terminal_raw(run, deck, spawn):
    run("subscribe", deck("# D\n\n## Zebra \x1b[31m\u202e?\n\nZebra \x1b]0;x\x07 \x9b31m\n\n- z\u200b\n"))
    run("note", "deck/zebra-u-202e", "zebra \x1b[2J", check=None)
    child = spawn("search", "zebra", term="xterm")
    child.expect("U.001B")
    child.expect(pexpect.EOF)
    assert not re.search("\x1b(?!\\[(0|1|2)m)|[\x07\x9b\u202e\u200b]", child.before)
    for args in (["search", "zebra"], ["search", "zebra", "--json"]):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\u200b]", run(*args).stdout)


# How it is shown.


def test_a_terminal_marks_the_words(demo, spawn):
    child = spawn("search", "transaction", "later", term="xterm")
    child.expect_exact("\x1b[1mdemo/queue\x1b[0m\x1b[2m  new\x1b[0m")
    child.expect_exact("What is a queue for?")
    child.expect_exact("Work for \x1b[1mlater\x1b[0m")
    child.expect_exact("\x1b[1mtransaction\x1b[0m;")


def test_without_colour_the_words_stand_in_brackets(demo, spawn):
    child = spawn("search", "transaction")
    child.expect_exact("demo/atomic  new")
    child.expect_exact("What is a [transaction]?")
    child = spawn("search", "transaction", "--plain")
    child.expect_exact("demo/atomic, new")
    child.expect_exact("What is a transaction?")


def test_in_a_pipe_a_card_is_a_line(demo, run):
    rows = [line.split("\t") for line in run("search", "transaction").stdout.splitlines()]
    assert rows[0] == ["demo/atomic", "new", "What is a transaction?", "What is a transaction?"]
    assert rows[1][:3] == ["demo/queue", "new", "What is a queue for?"] and "transaction" in rows[1][3]


def test_the_best_twenty_or_as_many_as_are_wanted(run, deck, spawn):
    cards = "".join(f"## Zebra {i}?\n\nYes.\n\n" for i in range(30))
    run("subscribe", deck(f"# D\n\n{cards}"))
    assert len(run("search", "zebra").stdout.splitlines()) == 20
    assert len(run("search", "zebra", "--limit", "25").stdout.splitlines()) == 25
    assert len(json.loads(run("search", "zebra", "--json").stdout)) == 30
    assert len(json.loads(run("search", "zebra", "--json", "--limit", "2").stdout)) == 2
    child = spawn("search", "zebra", "--limit", "5")
    child.expect_exact("The best 5; `--limit 25` shows more")
    for wrong in ("0", "-1", "x", "", "99999999999"):
        run("search", "zebra", "--limit", wrong, check=2)


def test_a_long_first_search_says_how_far_it_is(run, deck, spawn):
    run("subscribe", deck("# D\n\n" + "".join(f"## Zebra {i}?\n\nYes.\n\n" for i in range(6000))))
    child = spawn("search", "zebra", "5999")
    child.expect(r"Reading the cards for search: \d+ %")
    child.expect_exact("deck/zebra-5999  new")
    child = spawn("search", "zebra", "5999")
    child.expect(pexpect.EOF)
    assert "Reading" not in child.before and "deck/zebra-5999" in child.before


def test_nothing_found_is_one_line_and_status_one(demo, run):
    done = run("search", "nothing-like-it", check=1)
    assert (done.stdout, done.stderr) == ("", "viva: nothing matches\n")
    assert run("search", check=2).stdout == ""
    assert "needs a word" in run("search", "level:mid", check=2).stderr


def test_the_shell_searches_too(demo, run):
    assert "demo/sleep" in run("shell", input="search tired\n").stdout


def test_the_first_search_finds_the_bundled_decks(run, bundled):
    assert "django-first/n-plus-one" in run("search", "N+1").stdout
