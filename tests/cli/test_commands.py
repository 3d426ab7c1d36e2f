"""The commands for scripts: exit status, messages, JSON, queries, where the database is."""

import json
import os
import re
import stat
import subprocess

import pytest

TODAY = "2026-11-20T09:00:00Z"
TOMORROW = "2026-11-21T09:00:00Z"
LATER = "2026-12-05T09:00:00Z"
HOSTILE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

DECK = """
    ---
    deck: demo
    title: Demonstration
    ---

    # Demonstration

    ## What is alpha?
    <!-- {id: alpha, level: junior, tier: top, aim: fundamentals, tags: [x, common],
          competency: security, set: [most-asked], seconds: 40} -->

    The first letter, used **everywhere**.

    ### Key points
    - Comes **first**
    - Looks like `a`
    - Greek

    ### Why it matters
    Aleph came before.

    ## What is beta?
    <!-- {id: beta, level: mid, tier: middle, aim: production, tags: [y, common]} -->

    The second letter: Ärger with `case`.

    ## Tell of gamma
    <!-- {id: gamma, level: senior, tier: stretch, aim: failure, kind: story, tags: [z]} -->

    A story of rays.

    ## And then delta?
    <!-- {id: delta, follows: alpha, probes: [2]} -->

    The probe.
    """


@pytest.fixture
def demo(run, deck):
    """The deck above, subscribed: its path."""
    path = deck(DECK, "demo.md")
    run("subscribe", path)
    return path


@pytest.fixture
def data(run):
    """data(*args) runs a command with --json and returns what it printed, as Python data."""

    def data(*args, **options):
        return json.loads(run(*args, "--json", **options).stdout)

    return data


@pytest.fixture
def names(run):
    """names(*query) is the set of cards that `list` finds, without their deck."""

    def names(*query, **options):
        done = run("list", *query, "--json", check=None, **options)
        found = json.loads(done.stdout)
        assert done.returncode == (0 if found else 1)
        return {card["card"].removeprefix("demo/") for card in found}

    return names


@pytest.fixture
def fails(run):
    """fails(status, *args): the command ends so, with one line on stderr, which is returned."""

    def fails(status, *args, **options):
        done = run(*args, check=None, **options)
        assert (done.returncode, done.stdout) == (status, ""), (args, done)
        assert re.fullmatch(r"viva: [^\n]+\n", done.stderr), (args, done.stderr)
        assert not HOSTILE.search(done.stderr[:-1]), (args, done.stderr)
        return done.stderr

    return fails


# Arguments.


WRONG_USAGE = [
    ["nonsense"],
    ["due", "extra"],
    ["show"],
    ["show", "a", "b"],
    ["review"],
    ["review", "demo/alpha"],
    ["review", "demo/alpha", "4", "5"],
    ["undo", "extra"],
    ["log", "a", "b"],
    ["suspend"],
    ["unsuspend"],
    ["bury"],
    ["unbury"],
    ["flag"],
    ["unflag"],
    ["note"],
    ["reset"],
    ["reset", "demo/alpha", "demo/beta"],
    ["config", "minutes", "5", "6"],
    ["version", "extra"],
    ["help", "nonsense"],
    ["due", "--nonsense"],
    ["due", "--jso"],
    ["due", "--json=yes"],
    ["list", "--limit", "3"],
    ["review", "demo/alpha", "4", "--blind"],
    ["--db"],
    ["due", "--db"],
    ["--db=", "due"],
    ["--nonsense"],
    [""],
]


def test_wrong_usage_is_status_two_and_one_line(demo, fails):
    for args in WRONG_USAGE:
        fails(2, *args)


def test_a_misspelt_command_is_answered_with_the_right_one(fails):
    assert "study" in fails(2, "studdy")
    assert "minutes" in fails(2, "config", "minuts")


UNKNOWN = [
    ["show", "demo/nothing"],
    ["show", "nothing"],
    ["show", "demo/"],
    ["show", "/"],
    ["show", ""],
    ["show", "x" * 5000],
    ["log", "demo/nothing"],
    ["review", "demo/nothing", "4"],
    ["note", "demo/nothing", "text"],
    ["reset", "demo/nothing"],
    ["suspend", "demo/nothing"],
    ["flag", "tag:nothing"],
    ["list", "nothing-of-this-kind"],
]


def test_what_does_not_exist_is_status_one_and_one_line(demo, fails):
    for args in UNKNOWN:
        fails(1, *args)


@pytest.mark.parametrize("word", ["a\nb", "\x1b[31mred\u202eright\x9b1m", "\udcff\udcfe"])
def test_a_message_is_one_line_without_hostile_characters(demo, fails, word):
    fails(2, word)
    fails(1, "show", word)
    fails(2, "due", f"--{word}")
    fails(2, "config", word)
    fails(2, "help", word)
    fails(2, "review", "demo/alpha", word)


def test_options_may_stand_anywhere(demo, data, run):
    expected = data("show", "demo/alpha")
    assert json.loads(run("show", "--json", "demo/alpha").stdout) == expected
    run("review", "--blind", "3", "demo/alpha", "--answer=said so", "4", "--points=a")
    assert data("log")[0]["answer"] == "said so"


def test_only_words_with_two_dashes_are_options(demo, run, data):
    run("note", "demo/alpha", "-5", "-", "-json", "x--y")
    assert data("show", "demo/alpha")["note"] == "-5 - -json x--y"


def test_two_dashes_alone_end_the_options(demo, run, data):
    run("note", "demo/alpha", "--", "--json", "--db", "--plain", "--")
    assert data("show", "demo/alpha")["note"] == "--json --db --plain --"
    assert run("list", "--", "--json").stdout[0] != "["


def test_help_names_every_command(run):
    out = run("help").stdout
    for name in (
        "study due show review log list undo suspend unsuspend bury unbury flag unflag note reset "
        "config add edit check subscribe unsubscribe sources help version"
    ).split():
        assert re.search(rf"^ +{name} ", out, re.M), name
    assert run("--help").stdout == out


@pytest.mark.parametrize("name", ["study", "due", "show", "review", "list", "config", "undo"])
def test_help_of_a_command_shows_its_usage(run, name):
    out = run("help", name).stdout
    assert f"viva {name}" in out
    assert run(name, "--help").stdout == out


def test_help_of_decks_holds_the_format(run):
    out = run("help", "decks").stdout
    for word in ("Key points", "Also asked as", "follows", "probes", "competency", "Front matter"):
        assert word in out


def test_version_is_one_line(run):
    out = run("version").stdout
    assert re.fullmatch(r"viva \d+\.\d+\.\d+\n", out)
    assert run("--version").stdout == out


# due


def test_due_counts_what_study_would_ask(demo, data, run):
    run("review", "demo/alpha", "4", now="2026-11-15T09:00:00Z")
    run("review", "demo/beta", "2")
    due = data("due")
    assert due["date"] == "2026-11-20"
    assert (due["due"], due["new"], due["again"]) == (1, 2, 1)
    assert isinstance(due["minutes"], int) and due["minutes"] > 0
    assert due["next_due"] == "2026-11-21"
    assert sorted(due["cards"], key=lambda card: card["card"]) == [
        {"card": "demo/alpha", "state": "due", "due": "2026-11-16"},
        {"card": "demo/beta", "state": "again", "due": "2026-11-21"},
        {"card": "demo/delta", "state": "new", "due": None},
        {"card": "demo/gamma", "state": "new", "due": None},
    ]
    assert due["cards"][0]["card"] == "demo/alpha"


def test_due_without_anything_is_done(data, run, home):
    due = data("due")
    assert (due["due"], due["new"], due["again"], due["cards"]) == (0, 0, 0, [])
    assert due["next_due"] is None
    assert run("due").stdout == "nothing due: no decks yet, `viva` brings them\n"
    assert not (home / "data").exists()


def test_due_says_it_in_one_line(demo, run):
    assert re.fullmatch(r"3 new, about \d+ minutes?\n", run("due").stdout)
    run("review", "demo/alpha", "1", now="2026-11-10T09:00:00Z")
    assert re.match(r"1 due, 2 new, about", run("due").stdout)


def test_due_does_not_look_at_deck_files(demo, run):
    before = run("due", "--json").stdout
    demo.write_text("# Broken\n\n## No answer\n")
    assert run("due", "--json").stdout == before
    demo.unlink()
    assert run("due", "--json").stdout == before


# show and review


def test_show_has_the_promised_keys_of_a_new_card(demo, data):
    card = data("show", "demo/alpha")
    assert card["card"] == "demo/alpha" and card["deck"] == "demo"
    assert card["question"] == "What is alpha?"
    assert card["answer"].strip() == "The first letter, used **everywhere**."
    assert card["points"] == ["Comes **first**", "Looks like `a`", "Greek"]
    assert (card["level"], card["kind"]) == ("junior", "knowledge")
    assert card["tags"] == ["x", "common"]
    assert (card["follows"], card["note"], card["state"]) == (None, None, "new")
    assert (card["ef"], card["n"], card["interval"], card["due"]) == (2.5, 0, 0, None)
    assert (card["lapses"], card["reviews"]) == (0, 0)


def test_show_names_the_parent_of_a_follow_up(demo, data):
    assert data("show", "demo/delta")["follows"] == "demo/alpha"


def test_the_easiness_factor_is_printed_with_two_decimals(demo, run):
    run("review", "demo/alpha", "3")
    assert '"ef": 2.36' in run("show", "demo/alpha", "--json").stdout
    run("review", "demo/beta", "5")
    assert re.search(r'"ef": 2\.60?\b', run("show", "demo/beta", "--json").stdout)


def test_review_prints_what_show_prints(demo, run):
    answered = run("review", "demo/alpha", "4").stdout
    assert answered == run("show", "demo/alpha").stdout
    answered = run("review", "demo/beta", "3", "--json").stdout
    assert answered == run("show", "demo/beta", "--json").stdout


@pytest.mark.parametrize(
    "state, commands, now",
    [
        ("new", [], TODAY),
        ("scheduled", [["review", "demo/alpha", "4"]], TODAY),
        ("again", [["review", "demo/alpha", "3"]], TODAY),
        ("due", [["review", "demo/alpha", "3"]], TOMORROW),
        ("due", [["review", "demo/alpha", "4"]], LATER),
        ("suspended", [["suspend", "demo/alpha"]], TODAY),
        ("suspended", [["review", "demo/alpha", "3"], ["suspend", "demo/alpha"]], TODAY),
        ("new", [["suspend", "demo/alpha"], ["unsuspend", "demo/alpha"]], TODAY),
        ("buried", [["bury", "demo/alpha"]], TODAY),
        ("buried", [["review", "demo/alpha", "2"], ["bury", "demo/alpha"]], TODAY),
        ("new", [["bury", "demo/alpha"]], TOMORROW),
        ("new", [["bury", "demo/alpha"], ["unbury", "demo/alpha"]], TODAY),
        ("again", [["review", "demo/alpha", "1"], ["review", "demo/alpha", "3"]], TODAY),
        ("scheduled", [["review", "demo/alpha", "1"], ["review", "demo/alpha", "4"]], TODAY),
        ("new", [["review", "demo/alpha", "1"], ["reset", "demo/alpha"]], TODAY),
        ("new", [["review", "demo/alpha", "1"], ["undo"]], TODAY),
    ],
)
def test_every_state_has_its_name(demo, run, data, names, state, commands, now):
    for command in commands:
        run(*command)
    assert data("show", "demo/alpha", now=now)["state"] == state
    assert "alpha" in names(f"is:{state}", now=now)


def test_again_lasts_until_a_four_however_often_it_was_answered(demo, run, data):
    for grade in "2333":
        run("review", "demo/alpha", grade)
        assert data("show", "demo/alpha")["state"] == "again"
    run("review", "demo/alpha", "4")
    assert data("show", "demo/alpha")["state"] == "scheduled"


def test_review_records_all_that_is_given(demo, run, data):
    run("review", "demo/alpha", "4", "--blind", "5", "--points", "a,c", "--answer", "My own\nwords")
    [entry] = data("log", "demo/alpha")
    assert (entry["card"], entry["mode"], entry["counts"]) == ("demo/alpha", "script", True)
    assert (entry["blind"], entry["grade"], entry["points"]) == (5, 4, [1, 3])
    assert (entry["answer"], entry["voided"]) == ("My own\nwords", False)
    assert (entry["day"], entry["time"]) == ("2026-11-20", "2026-11-20T09:00:00Z")


@pytest.mark.parametrize("given, points", [("none", []), ("all", [1, 2, 3]), ("c a", [1, 3])])
def test_points_of_a_review_may_be_words(demo, run, data, given, points):
    run("review", "demo/alpha", "4", "--points", given)
    assert data("log")[0]["points"] == points


def test_points_not_given_are_null(demo, run, data):
    run("review", "demo/alpha", "4")
    [entry] = data("log")
    assert (entry["points"], entry["blind"]) == (None, None)


SENSELESS_REVIEWS = [
    ["demo/alpha", "6"],
    ["demo/alpha", "-1"],
    ["demo/alpha", "x"],
    ["demo/alpha", ""],
    ["demo/alpha", "44"],
    ["demo/alpha", "3.5"],
    ["demo/alpha", "4", "--blind", "6"],
    ["demo/alpha", "4", "--blind", ""],
    ["demo/alpha", "4", "--points", "d"],
    ["demo/alpha", "4", "--points", "a,9"],
    ["demo/beta", "4", "--points", "a"],
    ["demo/alpha", "4", "--answer", "x" * 70000],
]


def test_a_review_that_makes_no_sense_records_nothing(demo, fails, data):
    for args in SENSELESS_REVIEWS:
        fails(2, "review", *args)
    assert data("log") == []


def test_a_repeated_option_or_flag_does_no_harm(demo, run, data):
    run("review", "demo/alpha", "4", "--blind", "2", "--blind", "3", "--json", "--json")
    assert data("log")[0]["blind"] == 3


# log and undo


def test_the_log_is_oldest_first_and_has_the_promised_keys(demo, run, data):
    for day, name in ((20, "alpha"), (21, "beta"), (22, "alpha")):
        run("review", f"demo/{name}", "4", now=f"2026-11-{day}T09:00:00Z")
    log = data("log")
    assert [entry["time"][8:10] for entry in log] == ["20", "21", "22"]
    assert len({entry["id"] for entry in log}) == 3
    keys = "id time day card mode counts blind grade points seconds answer voided"
    assert all(set(keys.split()) <= set(entry) for entry in log)
    assert [entry["card"] for entry in data("log", "demo/alpha")] == ["demo/alpha"] * 2


def test_an_empty_log_is_an_empty_array(demo, data):
    assert data("log") == [] == data("log", "demo/alpha")


def test_undo_voids_the_newest_review_one_at_a_time(demo, run, data):
    states = [data("show", "demo/alpha")]
    for day, grade in (("20", "4"), ("21", "3"), ("22", "5")):
        run("review", "demo/alpha", grade, now=f"2026-11-{day}T09:00:00Z")
        states.append(data("show", "demo/alpha"))
    for grade, before in ((5, 2), (3, 1), (4, 0)):
        assert data("undo") == {"card": "demo/alpha", "grade": grade}
        assert data("show", "demo/alpha") == {**states[before], "state": ANY_STATE}
    assert [entry["voided"] for entry in data("log")] == [True] * 3


class AnyState:
    """The state depends on the day it is looked at."""

    def __eq__(self, other):
        return isinstance(other, str)


ANY_STATE = AnyState()


def test_undo_goes_from_card_to_card(demo, run, data):
    for name in ("alpha", "beta", "gamma"):
        run("review", f"demo/{name}", "4")
    assert [data("undo")["card"][5:] for _ in range(3)] == ["gamma", "beta", "alpha"]


def test_undo_says_in_a_line_what_it_took_back(demo, run):
    run("review", "demo/alpha", "4")
    out = run("undo").stdout
    assert "demo/alpha" in out and "4" in out and out.count("\n") == 1


def test_undo_with_nothing_to_undo_says_so_in_one_line(demo, run):
    done = run("undo", check=None)
    assert done.returncode in (0, 1)
    assert (done.stdout + done.stderr).count("\n") == 1


def test_a_review_after_an_undo_counts_again(demo, run, data):
    run("review", "demo/alpha", "4")
    run("undo")
    run("review", "demo/alpha", "5")
    assert [entry["voided"] for entry in data("log")] == [True, False]
    assert data("log")[1]["counts"] is True
    assert (data("show", "demo/alpha")["n"], data("show", "demo/alpha")["ef"]) == (1, 2.6)


# Marks, notes, reset.


@pytest.mark.parametrize("command", ["suspend", "bury"])
def test_a_card_put_away_is_not_due_and_comes_back(demo, run, data, command):
    run(command, "demo/alpha")
    assert "demo/alpha" not in [card["card"] for card in data("due")["cards"]]
    run("un" + command, "demo/alpha")
    assert "demo/alpha" in [card["card"] for card in data("due")["cards"]]


def test_suspended_lasts_and_buried_ends_with_the_day(demo, run, names):
    run("suspend", "demo/alpha")
    run("bury", "demo/beta")
    assert (names("is:suspended"), names("is:buried")) == ({"alpha"}, {"beta"})
    assert names("is:buried", now="2026-11-21T03:59:00Z") == {"beta"}
    assert names("is:buried", now="2026-11-21T04:00:00Z") == set()
    assert names("is:suspended", now=LATER) == {"alpha"}


def test_marks_take_several_cards_or_a_query(demo, run, names):
    run("flag", "demo/alpha", "demo/gamma")
    assert names("is:flagged") == {"alpha", "gamma"}
    run("unflag", "is:flagged", "tag:z")
    assert names("is:flagged") == {"alpha"}
    run("suspend", "tag:common")
    assert names("is:suspended") == {"alpha", "beta"}
    run("unsuspend", "deck:demo")
    assert names("is:suspended") == set()


@pytest.mark.parametrize("command", ["suspend", "unsuspend", "bury", "unbury", "flag", "unflag"])
def test_a_mark_given_twice_is_done(demo, run, command):
    run(command, "demo/alpha")
    run(command, "demo/alpha")


def test_a_mark_with_an_empty_query_changes_nothing(demo, run, names):
    run("suspend", "", check=None)
    run("suspend", "  ", check=None)
    run("suspend", "--", check=None)
    assert names("is:suspended") == set()


def test_marks_leave_the_schedule_alone(demo, run, data):
    run("review", "demo/alpha", "4")
    before = data("show", "demo/alpha")
    for command in ("suspend", "unsuspend", "bury", "unbury", "flag", "unflag"):
        run(command, "demo/alpha")
    assert data("show", "demo/alpha") == before


def test_a_note_is_kept_shown_replaced_and_removed(demo, run, data):
    run("note", "demo/alpha", "first", "thing")
    assert data("show", "demo/alpha")["note"] == "first thing"
    assert "first thing" in run("show", "demo/alpha").stdout
    assert run("note", "demo/alpha").stdout == "first thing\n"
    run("note", "demo/alpha", "second")
    assert data("show", "demo/alpha")["note"] == "second"
    run("note", "demo/alpha", "")
    assert data("show", "demo/alpha")["note"] is None


def test_a_reset_card_is_new_and_keeps_its_history(demo, run, data):
    for day in (10, 11, 17):
        run("review", "demo/alpha", "5", now=f"2026-11-{day}T09:00:00Z")
    run("reset", "demo/alpha")
    card = data("show", "demo/alpha")
    assert (card["state"], card["ef"], card["n"], card["due"]) == ("new", 2.5, 0, None)
    assert len(data("log", "demo/alpha")) == 3
    run("review", "demo/alpha", "4")
    assert data("show", "demo/alpha")["due"] == "2026-11-21"


# The query language.


def prepared(run):
    run("review", "demo/alpha", "4", now="2026-11-19T09:00:00Z")
    run("review", "demo/beta", "2")
    run("flag", "demo/gamma")
    run("suspend", "demo/delta")


QUERIES = {
    "": "alpha beta gamma delta",
    "deck:demo": "alpha beta gamma delta",
    "deck:other": "",
    "level:junior": "alpha",
    "level:any": "delta",
    "-level:mid": "alpha gamma delta",
    "tag:common": "alpha beta",
    "tag:comm": "",
    "tag:common -tag:y": "alpha",
    "kind:story": "gamma",
    "kind:knowledge": "alpha beta delta",
    "aim:failure": "gamma",
    "tier:top": "alpha",
    "set:most-asked": "alpha",
    "-set:most-asked": "beta gamma delta",
    "competency:security": "alpha",
    "is:due": "alpha",
    "is:again": "beta",
    "is:new": "gamma",
    "is:suspended": "delta",
    "is:flagged": "gamma",
    "is:retired": "",
    "is:leech": "",
    "-is:new -is:suspended": "alpha beta",
    "ef:2.5": "alpha beta gamma delta",
    "ef:..1.5": "",
    "ef:2..": "alpha beta gamma delta",
    "ef:2.51..": "",
    "lapses:3..": "",
    "lapses:..0": "alpha beta gamma delta",
    "due:0d": "alpha",
    "due:..7d": "alpha beta",
    "due:1d..": "beta",
    "due:..-1d": "",
    "due:1..7": "beta",
    "letter": "alpha beta",
    "LETTER": "alpha beta",
    "letter -second": "alpha",
    "everywhere": "alpha",
    "ärger": "beta",
    "ÄRGER": "beta",
    "rays tag:z": "gamma",
    "demo/alpha": "alpha",
    "level:junior level:mid": "",
}


def test_the_query_language_finds_cards(demo, run, names):
    prepared(run)
    wrong = {
        query: found
        for query, expected in QUERIES.items()
        if (found := names(*query.split())) != set(expected.split())
    }
    assert not wrong


def test_a_query_may_be_one_argument_or_several(demo, names):
    assert names("tag:common -tag:y") == names("tag:common", "-tag:y") == {"alpha"}


SENSELESS_TERMS = [
    "nonsense:x", "level:boss", "is:", "is:x", "deck:", "ef:", "ef:..", "ef:x", "ef:3..2",
    "lapses:-1", "due:x", "due:7x", "kind:Story ", "-", "-level:", ":", "tier:any",
]


def test_a_term_that_makes_no_sense_is_a_usage_error(demo, fails):
    for term in SENSELESS_TERMS:
        fails(2, "list", term)
    fails(2, "suspend", "tag:x", SENSELESS_TERMS[0])


def test_a_query_of_very_many_terms_is_answered_in_one_line(demo, fails):
    fails(2, "list", *["letter"] * 5000)


# Output is safe.

NASTY = "Bell\x07 esc\x1b[31m csi\x9b31m right\u202eleft iso\u2066late mark\u200f"


@pytest.fixture
def nasty(run, deck):
    """A deck, subscribed, that holds hostile characters wherever text may stand."""
    path = deck(
        f"---\ndeck: nasty\n---\n\n# T {NASTY}\n\n## Q {NASTY}?\n<!-- {{id: a}} -->\n\n"
        f"A {NASTY}\n\n```\ncode {NASTY}\n```\n\n### Key points\n- P {NASTY} **b{NASTY}**\n\n"
        f"### Red flags\n- R {NASTY}\n",
        "nasty.md",
    )
    run("subscribe", path)
    run("note", "nasty/a", NASTY)
    return path


def test_json_writes_hostile_characters_as_numbers(nasty, run):
    run("review", "nasty/a", "2", "--answer", NASTY)
    for args in (["show", "nasty/a"], ["list"], ["log"], ["due"]):
        out = run(*args, "--json").stdout
        assert not HOSTILE.search(out), args
    card = run("show", "nasty/a", "--json").stdout
    for number in ("0007", "001b", "009b", "202e", "2066", "200f"):
        assert f"\\u{number}" in card.lower()
    assert json.loads(card)["note"] == NASTY
    assert json.loads(card)["question"] == f"Q {NASTY}?"
    assert json.loads(run("log", "--json").stdout)[0]["answer"] == NASTY


def test_text_never_holds_hostile_characters(nasty, run):
    done = run("study", input=f"{NASTY}\n\n2\na\n\n")
    assert not HOSTILE.search(done.stdout + done.stderr)
    for args in (["show", "nasty/a"], ["list"], ["log"], ["note", "nasty/a"], ["sources"]):
        done = run(*args)
        assert not HOSTILE.search(done.stdout + done.stderr), args


def test_json_is_utf8_whatever_the_locale(demo, run, env):
    for locale in ("C", "C.UTF-8"):
        env["LC_ALL"] = locale
        assert "Ärger" in json.loads(run("show", "demo/beta", "--json").stdout)["answer"]


def test_json_has_no_colours_and_ignores_plain(demo, run, env):
    env["TERM"] = "xterm-256color"
    out = run("list", "--json").stdout
    assert "\x1b" not in out
    assert run("--plain", "list", "--json").stdout == out


def test_plain_text_of_plain_decks_is_ascii(demo, run):
    texts = [run(*args).stdout for args in (["--plain", "show", "demo/alpha"], ["due", "--plain"])]
    texts.append(run("study", "--plain", input="first\n\n4\na\n\n").stdout)
    texts.append(run("list", "--plain", "-second").stdout)
    assert all(text and text.isascii() for text in texts)


def test_output_to_a_full_disk_is_an_error(demo, viva, env, home):
    for command in ("list", "show demo/alpha", "due --json", "help"):
        done = subprocess.run(
            ["sh", "-c", f'"$0" {command} >/dev/full', str(viva)],
            env=env,
            cwd=home,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 8, command
        assert re.fullmatch(r"viva: [^\n]+\n", done.stderr), command


# The database.


def database(home):
    return home / "data/viva/viva.db"


def test_own_data_is_private(demo, home):
    assert stat.S_IMODE(database(home).stat().st_mode) == 0o600
    assert stat.S_IMODE(database(home).parent.stat().st_mode) == 0o700


def test_another_database_by_option_or_environment(demo, run, data, env, home):
    for where in ([f"--db={home}/one.db"], ["--db", home / "one.db"]):
        assert data("due", *where)["new"] == 0
    run("--db", home / "one.db", "subscribe", demo)
    assert data("due", "--db", home / "one.db")["new"] == 3
    env["VIVA_DB"] = str(home / "one.db")
    run("review", "demo/alpha", "4")
    assert len(data("log")) == 1
    assert data("log", "--db", home / "two.db") == []
    env["VIVA_DB"] = ""
    assert data("log") == []


def test_reviews_of_several_processes_at_once_are_all_kept(demo, viva, env, home, data):
    names = ["alpha", "beta", "gamma", "delta"] * 2
    running = [
        subprocess.Popen([viva, "review", f"demo/{name}", "4"], env=env, stdout=subprocess.DEVNULL)
        for name in names
    ]
    assert [process.wait() for process in running] == [0] * len(names)
    assert len(data("log")) == len(names)


# Time.


@pytest.mark.parametrize(
    "now, day",
    [
        ("2026-11-20T09:00:00Z", "2026-11-20"),
        ("2026-11-20T03:59:59Z", "2026-11-19"),
        ("2026-11-20T04:00:00Z", "2026-11-20"),
        ("2026-11-20T09:00:00+02:00", "2026-11-20"),
        ("2026-11-20T05:00:00+02:00", "2026-11-19"),
        ("2024-02-29T12:00:00Z", "2024-02-29"),
    ],
)
def test_the_clock_of_tests_is_iso_8601(data, now, day):
    assert data("due", now=now)["date"] == day


@pytest.mark.parametrize(
    "zone, day", [("Asia/Tokyo", "2026-11-21"), ("America/Lima", "2026-11-20")]
)
def test_the_study_day_turns_at_four_local_time(data, env, zone, day):
    env["TZ"] = zone
    assert data("due", now="2026-11-20T20:00:00Z")["date"] == day


@pytest.mark.parametrize("now", ["yesterday", "2026-13-01T00:00:00Z", "2026-11-20T25:00:00Z", "12"])
def test_a_clock_that_cannot_be_read_is_a_usage_error(fails, now):
    fails(2, "due", now=now)


def test_the_rollover_is_a_setting(demo, run, data):
    run("config", "rollover", "00:00")
    assert data("due", now="2026-11-20T00:30:00Z")["date"] == "2026-11-20"
    run("config", "rollover", "06:00")
    assert data("due", now="2026-11-20T05:30:00Z")["date"] == "2026-11-19"


# Settings.


def test_config_lists_every_setting_with_its_meaning(run):
    out = run("config").stdout
    for key, value in (("level", "any"), ("minutes", "15"), ("new", "10"), ("rollover", "04:00")):
        assert re.search(rf"^{key}\s+{value}\b.*\n +\w+", out, re.M), key
    assert re.search(r"^repeat-below\s+4\b", out, re.M)


def test_a_setting_is_kept(run):
    settings = {"level": "senior", "minutes": "25", "new": "0", "rollover": "05:30"}
    for key, value in settings.items():
        assert run("config", key, value).stdout.startswith(f"{key} {value}")
    for key, value in settings.items():
        assert run("config", key).stdout.startswith(f"{key} {value}")


SENSELESS_SETTINGS = [
    ("level", "boss"), ("minutes", "0"), ("minutes", "ten"), ("minutes", ""), ("new", "-1"),
    ("new", "1.5"), ("rollover", "24:00"), ("rollover", "4"), ("repeat-below", "6"),
    ("nonsense", "1"), ("", "1"), ("minutes", "99999999999999999999"),
]


def test_a_setting_takes_only_its_values(run, fails):
    before = run("config").stdout
    for key, value in SENSELESS_SETTINGS:
        fails(2, "config", key, value)
    assert run("config").stdout == before


def test_the_level_filters_new_cards_only(demo, run, data):
    run("review", "demo/gamma", "4", now="2026-11-10T09:00:00Z")
    run("config", "level", "junior")
    assert sorted(card["card"] for card in data("due")["cards"]) == ["demo/alpha", "demo/gamma"]


def test_no_new_cards_when_none_are_wanted(demo, run, data):
    run("config", "new", "0")
    assert data("due")["cards"] == []


# Retired cards.


def without_alpha(path):
    text = path.read_text()
    start, end = text.index("## What is alpha?"), text.index("## What is beta?")
    path.write_text(text[:start] + text[end:].replace("follows: alpha, probes: [2]", "level: any"))
    return text


def test_a_card_that_left_its_deck_is_retired_and_keeps_its_history(demo, run, data, names):
    run("review", "demo/alpha", "4")
    without_alpha(demo)
    run("study")
    card = data("show", "demo/alpha", now=LATER)
    assert (card["state"], card["n"], card["due"]) == ("retired", 1, "2026-11-21")
    assert len(data("log", "demo/alpha")) == 1
    assert names("is:retired") == {"alpha"}
    assert "demo/alpha" not in [card["card"] for card in data("due", now=LATER)["cards"]]


def test_a_retired_card_takes_no_review(demo, run, data):
    run("review", "demo/alpha", "4")
    without_alpha(demo)
    run("study")
    done = run("review", "demo/alpha", "4", check=None)
    assert done.returncode in (1, 2)
    assert re.fullmatch(r"viva: [^\n]+\n", done.stderr)
    assert len(data("log")) == 1


def test_a_card_that_left_its_deck_unanswered_is_gone(demo, run, fails, names):
    without_alpha(demo)
    run("study")
    fails(1, "show", "demo/alpha")
    assert names() == {"beta", "gamma", "delta"}


def test_a_retired_card_comes_back_as_it_was(demo, run, data):
    run("review", "demo/alpha", "4")
    before = data("show", "demo/alpha", now=LATER)
    text = without_alpha(demo)
    run("study")
    demo.write_text(text)
    run("study")
    assert data("show", "demo/alpha", now=LATER) == before


def test_a_broken_deck_keeps_the_old_one_and_says_so_in_one_line(demo, run, names):
    demo.write_text("# Broken\n\n## No answer\n")
    done = run("study")
    assert done.stderr.count("\n") == 1 and "demo.md" in done.stderr
    assert names() == {"alpha", "beta", "gamma", "delta"}
    assert names("is:retired") == set()


# The shell without a terminal.


@pytest.mark.parametrize(
    "words, said",
    [
        (["study", "--limt", "3"], "study has no option '--limt'; did you mean '--limit'?"),
        (["study", "--xyz"], "study has no option '--xyz'; see `viva help study`"),
        (["-h"], "no option '-h'; a command comes first, `viva help` lists them"),
        (["--verbose", "due"], "no option '--verbose'; a command comes first"),
        (["subscribe", "nothing.md"], "no file or folder 'nothing.md'; a web address begins with"),
    ],
)
def test_a_wrong_word_is_named_with_what_would_do(run, words, said):
    assert run(*words, check=2).stderr.startswith(f"viva: {said}")


def test_a_folder_without_decks_is_named_as_such(run, home):
    (home / "empty").mkdir()
    assert "No deck is there yet" in run("subscribe", "empty").stdout


def test_the_shell_runs_the_same_commands(demo, run):
    done = run(input='review demo/alpha 4 --answer "two words"\nlist level:junior\n')
    assert "demo/alpha" in done.stdout
    assert '"two words"' in run("log", "--json").stdout


def test_the_shell_takes_lines_as_other_shells_do(demo, run, home, deck):
    deck("# Far\n\n## Question?\n\nAnswer.\n", name="far/far.md")
    run(input="viva subscribe ~/far  # mine\n# nothing but a comment\n\n")
    assert str(home / "far") in run("sources").stdout
    done = run(input="list '~/far'\n", check=1)
    assert "no card matches" in done.stderr


def test_the_shell_ends_with_the_status_of_a_failed_command(demo, run):
    done = run(input="show demo/nothing\nflag demo/alpha\n", check=1)
    assert re.fullmatch(r"viva: [^\n]+\n", done.stderr)


def test_a_quote_that_is_not_closed_is_a_usage_error(demo, run):
    done = run(input='note demo/alpha "open\n', check=2)
    assert re.fullmatch(r"viva: [^\n]+\n", done.stderr)
