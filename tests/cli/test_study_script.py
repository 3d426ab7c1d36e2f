"""`viva study` without a terminal: lines in, plain text out, every grade in the log."""

import json
import random
import re
import subprocess
from fractions import Fraction

import pytest

POINTS = [
    "Loads the list, then **one per row**",
    "Joins with `select_related`",
    "Asks again with `prefetch_related`",
    "Zero guesses: **count** them",
]


def card(name, points=(), meta="", question=None, more=""):
    """The text of one card, of ten seconds, so that many fit a day."""
    listed = "".join(f"- {point}\n" for point in points)
    return (
        f"## {question or f'What is {name}?'}\n"
        f"<!-- {{id: {name}, seconds: 10{meta and ', ' + meta}}} -->\n\n"
        f"Model of {name}.\n\n" + (f"### Key points\n{listed}\n" if points else "") + more
    )


def several(count):
    return [card(f"c{i}") for i in range(count)]


@pytest.fixture
def cards(run, deck):
    """cards(*texts) makes a deck `t` of them and subscribes to it; returns its path."""

    def cards(*texts):
        path = deck("---\ndeck: t\n---\n\n# Trial\n\n" + "\n".join(texts), "t.md")
        run("subscribe", path)
        return path

    return cards


@pytest.fixture
def study(run):
    """study(*lines) gives them to `viva study`."""

    def study(*lines, args=(), end="\n", **options):
        return run("study", *args, input="".join(line + end for line in lines), **options)

    return study


@pytest.fixture
def repeats_off(run):
    run("config", "repeat-below", "0")


@pytest.fixture
def big_day(run, repeats_off):
    """As many new cards as there are, no repeats."""
    run("config", "new", "1000")
    run("config", "minutes", "600")


@pytest.fixture
def log(run):
    """log() is the log as Python data."""

    def log(*args):
        return json.loads(run("log", *args, "--json").stdout)

    return log


@pytest.fixture
def show(run):
    def show(name, **options):
        return json.loads(run("show", name, "--json", **options).stdout)

    return show


@pytest.fixture
def due(run):
    def due(**options):
        return json.loads(run("due", "--json", **options).stdout)

    return due


def asked(log):
    return [entry["card"].removeprefix("t/") for entry in log]


def grades(log):
    return [(entry["blind"], entry["grade"]) for entry in log]


def before_the_answer(done):
    """What was printed up to the first blind grade."""
    return done.stdout.partition("Grade yourself")[0]


# One card, line for line.


def test_the_line_of_the_manual_grades_one_card(cards, study, log):
    cards(card("a", POINTS), card("b"))
    study("", "4", "", "", args=["--limit", "1"])
    [entry] = log()
    assert entry["card"] == "t/a"
    assert (entry["blind"], entry["grade"], entry["points"]) == (4, 4, None)
    assert (entry["mode"], entry["counts"], entry["voided"]) == ("study", True, False)
    assert (entry["day"], entry["time"]) == ("2026-11-20", "2026-11-20T09:00:00Z")


def test_the_line_of_the_manual_grades_one_bundled_card_at_the_very_first_use(bundled, study, log):
    study("", "4", "", "", args=["--limit", "1"])
    assert grades(log()) == [(4, 4)]


def test_the_answer_ends_at_the_empty_line_and_keeps_its_lines(cards, study, log):
    cards(card("a"))
    study("First line", "  indented second", "third", "", "3", "")
    assert log()[0]["answer"] == "First line\n  indented second\nthird"
    assert grades(log()) == [(3, 3)]


def test_question_model_answer_and_points_are_printed(cards, study):
    cards(card("a", POINTS))
    out = study("one per row", "", "4", "", "").stdout
    places = [out.index(text) for text in ("What is a?", "Model of a.", "Loads the list")]
    assert places == sorted(places)
    assert re.search(r"Final 2 \(blind 4, 1 of 4 points\) - again Sat 21 Nov", out)


def test_plain_printing_has_no_escape_sequences(cards, study, env):
    env["TERM"] = "xterm-256color"
    cards(card("a", POINTS))
    assert "\x1b" not in study("one per row", "", "4", "", "").stdout


def test_a_card_without_key_points_has_no_points_line(cards, study, log):
    cards(card("a"), card("b"))
    study("", "4", "5", "", "5", "")
    assert grades(log()) == [(4, 5), (5, 5)]
    assert [entry["points"] for entry in log()] == [None, None]


def test_a_digit_on_the_final_line_overrides_the_proposal(cards, repeats_off, study, log):
    cards(*several(6))
    study(*(line for final in "012345" for line in ("", "4", final)))
    assert grades(log()) == [(4, final) for final in range(6)]


def test_a_blind_zero_ends_the_card_without_another_line(cards, study, log):
    cards(card("a", POINTS), card("b", POINTS))
    out = study("", "0", "", "5", "all", "").stdout
    assert grades(log()) == [(0, 0), (5, 5)]
    assert log()[0]["points"] is None
    assert "Model of a." in out


def test_a_digit_on_the_points_line_is_the_final_grade(cards, repeats_off, study, log):
    cards(*(card(f"c{i}", POINTS) for i in range(7)))
    study(*(line for digit in "012345" for line in ("", "4", digit)), "", "5", "all", "")
    assert grades(log()) == [(4, digit) for digit in range(6)] + [(5, 5)]


REPLIES = [
    ("a c", [1, 3]),
    ("a,c", [1, 3]),
    ("ac", [1, 3]),
    ("c a", [1, 3]),
    ("d", [4]),
    ("+b", [1, 2]),
    ("+b +c", [1, 2, 3]),
    ("+a", [1]),
    ("-a", []),
    ("-b", [1]),
    ("-a +d", [4]),
    ("all", [1, 2, 3, 4]),
    ("none", []),
    ("", [1]),
    ("-", None),
]


def test_the_points_line_corrects_the_ticks(cards, big_day, study, log):
    cards(*(card(f"c{i:02}", POINTS) for i in range(len(REPLIES))))
    study(*(line for reply, _ in REPLIES for line in ("one per row", "", "5", reply, "5")))
    assert [(reply, entry["points"]) for (reply, _), entry in zip(REPLIES, log())] == REPLIES


def test_an_empty_points_line_after_typed_text_assesses_as_shown(cards, study, log):
    cards(card("a", POINTS))
    study("nothing of it", "", "4", "", "")
    assert log()[0]["points"] == []
    assert grades(log()) == [(4, 0)]


def test_an_empty_points_line_after_an_answer_out_loud_does_not_assess(cards, study, log):
    cards(card("a", POINTS))
    study("", "4", "", "")
    assert log()[0]["points"] is None
    assert grades(log()) == [(4, 4)]


def test_additions_after_an_answer_out_loud_start_from_no_ticks(cards, study, log):
    cards(card("a", POINTS))
    study("", "4", "+b", "")
    assert log()[0]["points"] == [2]


# Which points the text mentions.

TICKS = [
    ("Use `select_related`", "select_related", True),
    ("Use `select_related`", "SELECT_RELATED", True),
    ("Use `SELECT`", "Select it", True),
    ("Use `select_related`", "First (select_related), then stop.", True),
    ("Use `select_related`", "select_related()", True),
    ("Use `select_related()`", "by select_related", True),
    ("Use `select_related`", "select_related_more", False),
    ("Use `select_related`", "preselect_related", False),
    ("Use `select_related`", "select", False),
    ("Use `select_related`", "one line\nthen select_related\nthen more", True),
    ("Then **one per row**", "there is one per row", True),
    ("Then **one per row**", "One Per Row!", True),
    ("Then **one per row**", "one for each row", False),
    ("Then **one per row**", "one per rows", False),
    ("Then **one per row**", "none per row", False),
    ("Then **one per row**", "row one per", False),
    ("Then **one per row**", "one  per   row", True),
    ("Then **one per row**", "so one per\nrow it is", True),
    ("Then __one per row__", "one per row", True),
    ("Both `first` and **second thing**", "first", False),
    ("Both `first` and **second thing**", "second thing", False),
    ("Both `first` and **second thing**", "The second thing, then the first", True),
    ("Both `first` and `other`", "first other", True),
    ("No term in here", "No term in here", False),
    ("Only *soft* words", "Only soft words", False),
    ("At most **100**", "at most 1000", False),
    ("At most **100**", "100, I say", True),
    ("Decorate: `@property`", "with @property on it", True),
    ("Chain `.filter()`", "qs.filter(x=1)", True),
    ("Say **R&amp;D**", "r&d", True),
    ("Der **Ärger**", "viel ärger damit", True),
    ("Der **ärger**", "VIEL ÄRGER", True),
    ("Der **ärger**", "ärgern", False),
    ("Der **rger**", "Ärger", False),
    ("Die **Straße**", "die STRASSE", True),
    ("Один **запрос**", "ЗАПРОС один", True),
    ("Один **запрос**", "запросы", False),
    ("Ο **Σίσυφος**", "ΣΊΣΥΦΟΣ", True),
    ("The **café**", "the cafe\u0301", True),
    ("The **cafe\u0301**", "the CAFÉ", True),
    ("The **naïve** way", "naive", False),
]


def test_the_text_ticks_points_by_all_their_terms_as_whole_words_in_any_case(
    cards, big_day, study, log
):
    cards(*(card(f"c{i:03}", [point]) for i, (point, _, _) in enumerate(TICKS)))
    study(*(line for _, text, _ in TICKS for line in (*text.split("\n"), "", "5", "", "")))
    ticked = {entry["card"]: entry["points"] for entry in log()}
    wrong = [
        (point, text)
        for i, (point, text, hit) in enumerate(TICKS)
        if ticked[f"t/c{i:03}"] != ([1] if hit else [])
    ]
    assert not wrong


# The proposal.


def evidence_grade(hits, total):
    if hits == total:
        return 5
    if total >= 3 and hits == total - 1:
        return 4
    part = Fraction(hits, total)
    if part >= Fraction(1, 2):
        return 3
    if part >= Fraction(1, 4):
        return 2
    return 1 if hits else 0


def proposed_grade(blind, evidence, hinted):
    if evidence is None:
        grade = blind
    elif blind < 3 <= evidence:
        grade = 3
    else:
        grade = min(blind, evidence)
    return min(grade, 3) if hinted else grade


def proposal_cases():
    for total in range(1, 8):
        for hits in [None, *range(total + 1)]:
            for blind in range(1, 6):
                for hinted in (False, True):
                    yield total, hits, blind, hinted


def lines_of(total, hits, blind, hinted, rng):
    letters = rng.sample("abcdefg"[:total], hits or 0)
    reply = "-" if hits is None else " ".join(letters) or "none"
    return [*(["/hint"] if hinted else []), "", str(blind), reply, ""]


def test_the_proposal_follows_blind_grade_points_and_hints(cards, big_day, study, log):
    cases = list(proposal_cases())
    rng = random.Random(7)
    points = [f"point {n}" for n in range(7)]
    cards(*(card(f"c{i:03}", points[: case[0]]) for i, case in enumerate(cases)))
    out = study(*(line for case in cases for line in lines_of(*case, rng))).stdout
    expected = [
        proposed_grade(blind, None if hits is None else evidence_grade(hits, total), hinted)
        for total, hits, blind, hinted in cases
    ]
    assert [entry["grade"] for entry in log()] == expected
    shown = re.findall(r"^Final (\d) \(blind (\d)(?:, (\d) of (\d) point)?", out, re.M)
    assert shown == [
        (str(grade), str(blind), *(("", "") if hits is None else (str(hits), str(total))))
        for grade, (total, hits, blind, _) in zip(expected, cases)
    ]


def test_a_hint_before_the_grade_caps_the_proposal_but_not_the_candidate(cards, study, log):
    cards(card("a", POINTS), card("b", POINTS))
    study("/hint", "", "5", "all", "", "typed", "/hint", "", "5", "all", "5")
    assert grades(log()) == [(5, 3), (5, 5)]


def test_hints_tell_the_number_of_points_then_their_first_letters(cards, study):
    cards(card("a", POINTS))
    first = before_the_answer(study("/hint", "", args=["--limit", "1"]))
    both = before_the_answer(study("/hint", "/hint", "", args=["--limit", "1"]))
    assert re.search(r"\b4\b.*point", first)
    assert "Z" not in first and "Zero" not in both
    for letter in "LJAZ":
        assert re.search(rf"\b{letter}\b", both)


# The schedule of a sitting.


def test_study_asks_exactly_what_due_lists(cards, run, study, due, log):
    run("config", "minutes", "2")
    cards(*several(15))
    for i in (9, 4, 12):
        run("review", f"t/c{i}", "4", now=f"2026-11-{10 + i % 5}T09:00:00Z")
    listed = [entry["card"] for entry in due()["cards"]]
    assert 3 < len(listed) < 15
    study(*["", "5", ""] * 15)
    assert [entry["card"] for entry in log()[3:]] == listed


def test_the_day_has_at_most_ten_new_cards(cards, study, due, log):
    cards(*several(14))
    assert due()["new"] == 10
    study(*["", "5", ""] * 14)
    assert len(log()) == 10
    study(*["", "5", ""] * 14)
    assert len(log()) == 10
    study(*["", "5", ""] * 14, now="2026-11-21T09:00:00Z")
    assert len(log()) == 24


def test_the_limit_counts_cards_and_not_repeats(cards, study, log):
    cards(*several(6))
    study("", "2", "", *["", "5", ""] * 3, "", "4", args=["--limit", "4"])
    assert asked(log()) == ["c0", "c1", "c2", "c3", "c0"]


def test_the_limit_may_be_joined_by_an_equals_sign(cards, study, log):
    cards(*several(3))
    study(*["", "5", ""] * 3, args=["--limit=2"])
    assert asked(log()) == ["c0", "c1"]


@pytest.mark.parametrize("limit", ["0", "-1", "x", "", "1.5", "3x", "99999999999999999999"])
def test_a_limit_that_is_no_number_of_cards_is_a_usage_error(cards, study, log, limit):
    cards(card("a"))
    done = study("", "5", "", args=["--limit", limit], check=2)
    assert done.stderr.count("\n") == 1
    assert log() == []


def test_a_query_narrows_the_sitting(cards, study, log):
    cards(card("a", meta="tags: [x]"), card("b", meta="tags: [y]"), card("c", meta="tags: [x]"))
    study(*["", "5", ""] * 3, args=["tag:x"])
    assert sorted(asked(log())) == ["a", "c"]


def test_practice_ahead_leaves_a_passed_card_alone(cards, run, study, show, log):
    cards(card("a"))
    run("review", "t/a", "5", now="2026-11-20T08:00:00Z")
    before = show("t/a")
    study("", "4", "", args=["--ahead", "deck:t"])
    assert show("t/a") == before
    assert [(entry["mode"], entry["counts"]) for entry in log()] == [
        ("script", True),
        ("practice", False),
    ]


def test_practice_ahead_that_fails_is_an_early_lapse(cards, run, study, show, log):
    cards(card("a"))
    run("review", "t/a", "4", now="2026-11-10T09:00:00Z")
    run("review", "t/a", "4", now="2026-11-19T09:00:00Z")
    assert show("t/a")["due"] == "2026-11-25"
    study("", "2", "", args=["--ahead", "deck:t"])
    assert log()[2]["counts"] is True
    assert (show("t/a")["n"], show("t/a")["due"]) == (0, "2026-11-21")


def test_nothing_to_ask_of_what_matches_says_why(cards, run, study):
    cards(
        card("a", meta="tags: [x]"),
        card("b", meta="follows: a, tags: [y]"),
        card("c", meta="follows: a, tags: [z]"),
        card("d", meta="follows: a, tags: [z]"),
        card("e", meta="tags: [s]"),
    )
    nothing = "Nothing to ask of what matches: {}.\n".format

    def asks(*query):
        return study(args=query).stdout

    assert asks("nonsense") == "No card matches.\n"
    assert asks("--ahead", "tag:y") == nothing("1 follows t/a, which was not passed yet")
    assert asks("tag:z") == nothing("2 follow cards that were not passed yet")
    run("suspend", "t/e")
    assert asks("tag:s") == nothing("1 suspended")
    run("bury", "t/a")
    run("config", "new", "0")
    assert asks("--ahead", "-tag:z", "-tag:y") == nothing("1 suspended, 1 buried until tomorrow")
    run("unbury", "t/a")
    assert asks("tag:x") == nothing("1 new, but no more new ones today")
    run("review", "t/a", "5")
    assert asks("tag:x") == nothing("1 not due: --ahead practises them")
    assert asks("tag:y") == nothing("1 new, but no more new ones today")


def test_nothing_to_ask_is_done(cards, study):
    cards(card("a"))
    study("", "5", "")
    assert study("", "5", "").stderr == ""


# Repeats.


def test_a_repeat_takes_answer_lines_and_one_grade(cards, study, log):
    cards(card("c0", POINTS), *several(4)[1:])
    study("text", "", "3", "a b", "2", *["", "5", ""] * 3, "again", "more", "", "4")
    entry = log()[4]
    assert (entry["card"], entry["mode"]) == ("t/c0", "repeat")
    assert (entry["grade"], entry["blind"], entry["counts"]) == (4, None, False)
    assert entry["answer"] == "again\nmore"


def test_a_repeat_shows_the_points_missed(cards, study):
    cards(card("c0", POINTS), *several(4)[1:])
    out = study("", "3", "a b", "", *["", "5", ""] * 3, "", "4").stdout
    again = out[out.rindex("What is c0?") :]
    assert "prefetch_related" in again and "Zero guesses" in again
    assert "select_related`" not in again and "Loads the list" not in again


@pytest.mark.parametrize("grade, repeated", [("3", True), ("4", False)])
def test_cards_below_four_are_repeated(cards, study, log, grade, repeated):
    cards(*several(4))
    study("", grade, "", *["", "5", ""] * 3, "", "5")
    assert asked(log()) == ["c0", "c1", "c2", "c3"] + ["c0"] * repeated


def test_a_card_of_blind_zero_is_repeated(cards, study, log):
    cards(*several(4))
    study("", "0", *["", "5", ""] * 3, "", "5")
    assert asked(log()) == ["c0", "c1", "c2", "c3", "c0"]


def test_a_repeat_leaves_the_schedule_alone(cards, study, show):
    cards(*several(4))
    study("", "3", "", *["", "5", ""] * 3)
    keys = ("ef", "n", "interval", "due")
    before = {key: show("t/c0")[key] for key in keys}
    assert show("t/c0")["state"] == "again"
    study("", "5")
    assert {key: show("t/c0")[key] for key in keys} == before
    assert show("t/c0")["state"] == "scheduled"


def test_no_repeat_comes_within_three_cards(cards, study, log):
    cards(*several(3))
    study(*["", "2", ""] * 3, "", "2")
    assert asked(log()) == ["c0", "c1", "c2"]


def test_a_card_is_repeated_at_most_twice_a_day_in_all_sittings(cards, study, due, log, show):
    cards(*several(2))
    study("", "2", "", "", "5", "")
    for _ in range(4):
        study("", "1")
    assert asked(log()) == ["c0", "c1", "c0", "c0"]
    assert show("t/c0")["state"] == "again"
    assert (due()["again"], due()["cards"]) == (0, [])


def test_a_repeat_owed_ends_with_the_study_day(cards, study, show):
    cards(card("a"))
    study("", "2", "", now="2026-11-20T23:00:00Z")
    assert show("t/a", now="2026-11-21T03:59:00Z")["state"] == "again"
    assert show("t/a", now="2026-11-21T04:00:00Z")["state"] == "due"


def test_repeats_can_be_turned_off(cards, run, study, log, due):
    run("config", "repeat-below", "0")
    cards(*several(4))
    study(*["", "1", ""] * 4, "", "1")
    assert asked(log()) == ["c0", "c1", "c2", "c3"]
    assert due()["again"] == 0


class Sitting:
    """A sitting through pipes that answers each prompt as it comes."""

    PROMPT = re.compile(r">|(Grade yourself|Final|Grade) ")

    def __init__(self, viva, env, home):
        self.process = subprocess.Popen(
            [viva, "study"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=env,
            cwd=home,
            text=True,
        )

    def answer_all(self, reply):
        """reply(prompt) gives the line; the first word of the prompt says what it is."""
        for line in self.process.stdout:
            match = self.PROMPT.match(line)
            if match:
                self.process.stdin.write(reply(match.group(1)) + "\n")
                self.process.stdin.flush()
        self.process.stdin.close()
        self.process.stdout.close()
        assert self.process.wait() == 0


def gaps_are_kept(order):
    return all(order[at] not in order[max(0, at - 3) : at] for at in range(len(order)))


def may_still_be_asked(order, last):
    return [
        name
        for name, grade in last.items()
        if grade < 4 and order.count(name) < 3 and name not in order[-3:]
    ]


@pytest.mark.parametrize("seed", range(8))
def test_all_repeats_that_may_come_do_and_no_others(viva, env, home, cards, log, seed):
    rng = random.Random(seed)
    count = rng.randint(3, 8)
    cards(*several(count))

    def reply(prompt):
        return str(rng.randint(1, 5)) if prompt in ("Grade yourself", "Grade") else ""

    Sitting(viva, env, home).answer_all(reply)
    order, entries = asked(log()), log()
    assert order[:count] == [f"c{i}" for i in range(count)]
    assert [entry["mode"] for entry in entries[count:]] == ["repeat"] * (len(order) - count)
    assert gaps_are_kept(order)
    assert max(order.count(name) for name in order) <= 3
    for at in range(count, len(order)):
        earlier = [entry["grade"] for entry in entries[:at] if entry["card"] == entries[at]["card"]]
        assert earlier[-1] < 4
    assert not may_still_be_asked(order, dict(zip(order, (entry["grade"] for entry in entries))))


# Follow-ups.


def with_follow_up(cards):
    cards(
        card("parent", POINTS),
        card("other"),
        card("child", meta="follows: parent, probes: [2]"),
    )


def test_a_follow_up_comes_right_after_its_parent_was_passed(cards, study, due, log):
    with_follow_up(cards)
    assert [entry["card"] for entry in due()["cards"]] == ["t/parent", "t/other"]
    study("", "3", "-", "", *["", "5", ""] * 2)
    assert asked(log())[:3] == ["parent", "child", "other"]


@pytest.mark.parametrize("final", ["0", "2"])
def test_a_follow_up_stays_locked_when_its_parent_was_missed(cards, study, due, log, final):
    with_follow_up(cards)
    study("", "4", "-", final, "", "5", "")
    assert asked(log()) == ["parent", "other"]
    assert "t/child" not in [entry["card"] for entry in due()["cards"]]


def test_a_follow_up_counts_as_a_new_card(cards, run, study, due, log):
    run("config", "new", "2")
    with_follow_up(cards)
    study("", "5", "all", "", *["", "5", ""] * 3)
    assert len(log()) == 2
    assert due()["new"] == 0


def test_a_follow_up_counts_as_a_card_of_the_limit(cards, study, log):
    with_follow_up(cards)
    study("", "5", "all", "", "", "5", "", args=["--limit", "1"])
    assert asked(log()) == ["parent"]


def test_a_follow_up_left_is_asked_another_day(cards, run, study, due):
    with_follow_up(cards)
    run("review", "t/parent", "4")
    tomorrow = due(now="2026-11-21T09:00:00Z")["cards"]
    assert {"card": "t/child", "state": "new", "due": None} in tomorrow


def test_a_follow_up_that_is_not_due_is_not_asked(cards, run, study, log):
    with_follow_up(cards)
    run("review", "t/parent", "4", now="2026-11-18T09:00:00Z")
    run("review", "t/child", "4", now="2026-11-19T09:00:00Z")
    run("review", "t/child", "4", now="2026-11-20T08:00:00Z")
    study("", "5", "all", "", *["", "5", ""] * 2)
    assert asked(log())[3:] == ["parent", "other"]


def test_the_follow_up_that_probes_a_missed_point_comes_first(cards, study, log):
    cards(
        card("parent", POINTS),
        card("loads", meta="follows: parent, probes: [1]"),
        card("joins", meta="follows: parent, probes: [2, 3]"),
    )
    study("", "4", "a d", "", *["", "5", ""] * 2)
    assert asked(log())[:2] == ["parent", "joins"]


# Variants.


def question_on(study, now):
    """Which wording was asked: the first of the card's three found in what is printed."""
    out = study("", now=now).stdout
    return [text for text in ("As written?", "Second way?", "Third way?") if text in out]


def test_wordings_change_with_the_number_of_scheduled_reviews(cards, run, study):
    more = "### Also asked as\n- Second way?\n- Third way?\n"
    cards(card("a", question="As written?", more=more))
    days = ["2026-11-20", "2026-11-21", "2026-11-27", "2026-12-12", "2027-01-19"]
    wordings = ["As written?", "Second way?", "Third way?", "As written?", "Second way?"]
    for day, wording in zip(days, wordings):
        assert question_on(study, f"{day}T09:00:00Z") == [wording]
        run("review", "t/a", "4", now=f"{day}T09:00:00Z")
        run("review", "t/a", "4", now=f"{day}T10:00:00Z")


# Lines that are not what is due.


def refuses(study, lines, bad_lines):
    """Each bad line behind the lines ends the run with its number in one line on stderr."""
    for bad in bad_lines:
        done = study(*lines, bad, "4", check=2)
        assert re.search(rf"\b{len(lines) + 1}\b", done.stderr), bad
        assert re.fullmatch(r"viva: [^\n]+\n", done.stderr), bad


def test_a_line_that_is_no_blind_grade_ends_the_run_with_its_number(cards, study, log):
    cards(card("a"))
    bad = ["x", "6", "-1", "45", "", "four", "3.5", "٣", "+1", "0x1"]
    refuses(study, ["two", "lines", "", "/flag"], bad)
    assert log() == []


def test_a_line_that_is_no_final_grade_ends_the_run_with_its_number(cards, study, log):
    cards(card("a"))
    refuses(study, ["", "4"], ["x", "6", "a", "-", "55"])
    assert log() == []


def test_a_line_that_names_no_points_ends_the_run_with_its_number(cards, study, log):
    cards(card("a", POINTS))
    refuses(study, ["", "4"], ["e", "a e", "a +b", "9", "a-b", "al", "++a", "a c 3"])
    assert log() == []


def test_a_line_that_is_no_grade_of_a_repeat_ends_the_run_with_its_number(cards, study, log):
    cards(*several(4))
    study("", "2", "", *["", "5", ""] * 3)
    refuses(study, ["text", ""], ["", "x", "7"])
    assert len(log()) == 4


def test_grades_before_a_line_that_is_none_are_kept(cards, study, log):
    cards(*several(4))
    study("", "4", "", "", "3", "2", "", "x", check=2)
    assert grades(log()) == [(4, 4), (3, 2)]


def test_the_message_about_a_line_shows_no_control_characters(cards, study):
    cards(card("a"))
    done = study("", "\x1b[31m\u202e\x07", check=2)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", done.stderr)


# End of input.

SCRIPT = "some text\n\n4\na\n\n\n3\n\n"


@pytest.mark.parametrize("length", [0, 4, 10, 11, 12, 13, 14, 15, 16, 17, 19, 20])
def test_the_end_of_input_anywhere_ends_the_sitting_cleanly(cards, run, log, length):
    cards(card("a", POINTS), card("b"))
    first = len("some text\n\n4\na\n\n")
    done = run("study", input=SCRIPT[:length])
    assert done.stderr == ""
    assert len(log()) == (length >= first) + (length == len(SCRIPT))


@pytest.mark.parametrize("lines", [[], ["text"], ["text", ""]])
def test_the_end_of_input_in_a_repeat_keeps_the_cards(cards, study, log, lines):
    cards(*several(4))
    study("", "2", "", *["", "5", ""] * 3, *lines)
    assert len(log()) == 4


def test_a_grade_at_the_end_needs_no_line_feed(cards, run, log):
    cards(card("a"))
    run("study", input="\n4\n5")
    assert grades(log()) == [(4, 5)]


def test_lines_may_end_in_carriage_return_and_line_feed(cards, study, log):
    cards(card("a", POINTS), card("b"))
    study("one per row", "twice", "", "4", "+b", "", "", "0", end="\r\n")
    assert grades(log()) == [(4, 3), (0, 0)]
    assert log()[0]["answer"] == "one per row\ntwice"
    assert log()[0]["points"] == [1, 2]


def test_a_closed_standard_input_asks_and_saves_nothing(cards, viva, env, home, log):
    cards(card("a"))
    done = subprocess.run(
        ["sh", "-c", '"$0" study <&-', str(viva)], env=env, cwd=home, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert log() == []


def test_a_grade_is_saved_though_nobody_reads_the_output(cards, viva, env, home, log):
    cards(card("a"), card("b"))
    done = subprocess.run(
        ["sh", "-c", 'printf "\\n4\\n\\n" | "$0" study >/dev/full', str(viva)],
        env=env,
        cwd=home,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 8
    assert done.stderr.startswith("viva: ") and done.stderr.count("\n") == 1
    assert asked(log()) == ["a"]


# What is typed.


def test_a_long_answer_is_kept_up_to_its_cap(cards, study, log):
    cards(card("a"))
    study(*["word " * 1000] * 20, "", "4", "")
    answer = log()[0]["answer"]
    assert answer.startswith("word word") and 60000 < len(answer) <= 65536


def test_one_very_long_line_is_one_line(cards, study, log):
    cards(card("a"), card("b"))
    study("x" * 300000, "", "4", "", "", "3", "")
    assert grades(log()) == [(4, 4), (3, 3)]
    assert set(log()[0]["answer"]) == {"x"}


def test_bytes_that_are_no_text_do_not_break_the_log(cards, run, log):
    cards(card("a"), card("b"))
    run("study", input=b"\xff\xfe caf\xc3\xa9 \x00 \x1b[31m\n\n4\n\n\n5\n\n")
    assert grades(log()) == [(4, 4), (5, 5)]
    assert "café" in log()[0]["answer"]


def test_hostile_characters_of_an_answer_do_not_reach_the_output(cards, study, run):
    cards(card("a"))
    study("red \x1b[31m \u202e \x9b5m", "", "4", "")
    for args in (("log",), ("log", "--json"), ("show", "t/a")):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", run(*args).stdout)


# Commands in a script.


def test_a_skipped_card_comes_later(cards, study, log):
    cards(*several(3))
    study("/skip", *["", "5", ""] * 3)
    assert asked(log()) == ["c1", "c2", "c0"]


@pytest.mark.parametrize("command, state", [("/bury", "buried"), ("/suspend", "suspended")])
def test_a_card_put_away_is_not_asked(cards, study, show, due, log, command, state):
    cards(*several(3))
    study(command, *["", "5", ""] * 3)
    assert asked(log()) == ["c1", "c2"]
    assert show("t/c0")["state"] == state
    assert due()["cards"] == []


@pytest.mark.parametrize("place", range(4))
def test_a_command_works_at_every_prompt_and_takes_no_line_away(cards, study, run, log, place):
    cards(card("a", POINTS))
    lines = ["", "4", "a b", ""]
    study(*lines[:place], "/flag", *lines[place:])
    assert grades(log()) == [(4, 3)]
    assert "t/a" in run("list", "is:flagged").stdout


@pytest.mark.parametrize("place", range(4))
def test_question_marks_explain_at_every_prompt(cards, study, log, place):
    cards(card("a", POINTS))
    lines = ["", "4", "a b", ""]
    few = study(*lines[:place], "?").stdout
    all_commands = study(*lines[:place], "??", *lines[place:]).stdout
    assert len(set(re.findall(r"^ +(/[a-z]+) ", few, re.M))) == 6
    for name in "skip bury suspend flag note edit editor undo hint more last quit".split():
        assert re.search(rf"^ +/{name} ", all_commands, re.M)
    assert grades(log()) == [(4, 3)]


def test_quit_leaves_the_card_ungraded(cards, study, log):
    cards(*several(3))
    study("", "5", "", "text", "/quit", "", "5", "")
    assert asked(log()) == ["c0"]


def test_undo_takes_the_last_grade_back_to_its_final_line(cards, study, log, show):
    cards(card("a"), card("b"))
    study("what I said", "", "4", "", "/undo", "2", "", "5", "")
    first, second, third = log()
    assert (first["card"], first["voided"], first["grade"]) == ("t/a", True, 4)
    assert (second["card"], second["voided"], second["grade"]) == ("t/a", False, 2)
    assert (second["blind"], second["answer"]) == (4, "what I said")
    assert (third["card"], third["grade"]) == ("t/b", 5)
    assert show("t/a")["n"] == 0


def test_undo_without_a_review_goes_on(cards, study, log):
    cards(card("a"))
    study("/undo", "", "4", "")
    assert asked(log()) == ["a"]


def test_a_note_is_shown_after_the_answer_only(cards, run, study, show):
    cards(card("a"))
    run("note", "t/a", "mnemonic")
    done = study("/more", "/note other", "", "4", "/more", "/note better one", "")
    assert "mnemonic" not in before_the_answer(done)
    assert "mnemonic" in done.stdout
    assert show("t/a")["note"] == "better one"


@pytest.mark.parametrize("command", ["/more", "/last", "/edit"])
def test_nothing_but_a_hint_helps_before_the_grade(cards, run, study, env, command):
    env["EDITOR"] = env["VISUAL"] = "cat"
    cards(card("a", POINTS, more="### Red flags\n- Guesses\n"))
    run("review", "t/a", "4", "--answer", "my former words", now="2026-11-10T09:00:00Z")
    shown = before_the_answer(study(command, "", "4", "", ""))
    for text in ("Model of a", "Guesses", "my former words", "select_related"):
        assert text not in shown


TEXT_LINES = [
    ("/etc/hosts maps names", "/etc/hosts maps names"),
    ("/skipping is no command", "/skipping is no command"),
    ("/", "/"),
    ("//skip", "/skip"),
    ("// a comment", "/ a comment"),
    ("///", "//"),
    (" /skip", " /skip"),
    ("say /skip", "say /skip"),
    ("what?", "what?"),
    ("???", "???"),
    ("\\skip", "\\skip"),
    ("`code` *stars*", "`code` *stars*"),
]


def test_a_line_that_is_no_command_is_text(cards, big_day, study, log):
    cards(*(card(f"c{i:02}") for i in range(len(TEXT_LINES))))
    study(*(text for line, _ in TEXT_LINES for text in ("first", line, "", "4", "")))
    typed = [entry["answer"] for entry in log()]
    assert typed == [f"first\n{answer}" for _, answer in TEXT_LINES]


def test_the_editor_writes_the_answer(cards, study, log, env, home):
    editor = home / "editor"
    editor.write_text('#!/bin/sh\necho "from the editor" >"$1"\n')
    editor.chmod(0o755)
    env["VISUAL"] = str(editor)
    cards(card("a"))
    study("/editor", "4", "")
    assert log()[0]["answer"] == "from the editor"
