"""The JSON of every command against the table for scripts in the specification of the program."""

import json
import re

import pytest

TODAY = "2026-11-20"
DATE = re.compile(r"\d{4}-\d\d-\d\d")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
HOSTILE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]")

# A shape is a type, a pattern for strings, a set of choices, a list with the shape of its items, a
# dictionary with the keys that are promised (others may be there), or a Null with a shape.


class Null:
    """A shape, or null."""

    def __init__(self, shape):
        self.shape = shape


DAY = DATE
STATES = {"new", "due", "again", "scheduled", "suspended", "buried", "retired"}

SHOW = {
    "card": re.compile(r"[a-z0-9._-]+/[a-z0-9._-]+"),
    "deck": str,
    "question": str,
    "answer": Null(str),
    "points": [str],
    "level": {"junior", "mid", "senior", "any"},
    "kind": {"knowledge", "judgement", "scenario", "story", "pitch", "reverse"},
    "tags": [str],
    "follows": Null(str),
    "note": Null(str),
    "state": STATES,
    "ef": float,
    "n": int,
    "interval": int,
    "due": Null(DAY),
    "lapses": int,
    "reviews": int,
}

SOURCE = {
    "url": str,
    "deck": Null(str),
    "index": Null(str),
    "status": {"unchanged", "updated", "failed", "skipped"},
    "trust": str,
    "serial": Null(int),
    "added": int,
    "changed": int,
    "retired": int,
    "conflicts": int,
    "message": Null(str),
}

PROMISED = {
    "due": {
        "date": DAY,
        "due": int,
        "new": int,
        "again": int,
        "minutes": int,
        "next_due": Null(DAY),
        "cards": [{"card": str, "state": {"new", "due", "again"}, "due": Null(DAY)}],
    },
    "show": SHOW,
    "review": SHOW,
    "log": [
        {
            "id": re.compile("[0-9a-f]{32}"),
            "time": TIME,
            "day": DAY,
            "card": str,
            "mode": {"study", "repeat", "practice", "mock", "script"},
            "counts": bool,
            "blind": Null(int),
            "grade": int,
            "points": Null([int]),
            "seconds": Null(int),
            "answer": str,
            "voided": bool,
        }
    ],
    "list": [SHOW],
    "search": [{"card": str, "question": str, "snippet": str}],
    "check": [{"file": str, "line": int, "column": int, "severity": {"error", "warning"}, "message": str}],
    "sources": [SOURCE],
    "sync": [SOURCE],
    "undo": Null({"card": str, "grade": int}),
    "doctor": {"ok": bool, "problems": list},
}


def misfit(value, shape, at="it"):
    """What of the value is not of the shape, or None."""
    if isinstance(shape, Null):
        return None if value is None else misfit(value, shape.shape, at)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return f"{at} is no array: {value!r}"
        return next(filter(None, (misfit(item, shape[0], f"{at}[{i}]") for i, item in enumerate(value))), None)
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return f"{at} is no object: {value!r}"
        if missing := [key for key in shape if key not in value]:
            return f"{at} has no {missing}"
        return next(filter(None, (misfit(value[key], shape[key], f"{at}.{key}") for key in shape)), None)
    if isinstance(shape, set):
        return None if value in shape else f"{at} is {value!r}, not one of {sorted(shape)}"
    if isinstance(shape, re.Pattern):
        return None if isinstance(value, str) and shape.fullmatch(value) else f"{at} is {value!r}"
    return None if type(value) is shape else f"{at} is {value!r}, no {shape.__name__}"


def test_the_checker_finds_what_does_not_fit():
    shape = {"a": Null(int), "b": [{"c": DATE}], "d": {"x", "y"}}
    good = {"a": None, "b": [{"c": "2026-11-20"}], "d": "x", "more": 1}
    assert misfit(good, shape) is None
    for bad in (
        {**good, "a": "1"}, {**good, "a": True}, {**good, "a": 1.0}, {**good, "b": None}, {**good, "b": [{}]},
        {**good, "b": [{"c": "2026-11-2"}]}, {**good, "b": [{"c": None}]}, {**good, "d": "z"}, {"a": 1}, [], None,
    ):
        assert misfit(bad, shape), bad


DECK = """
    # Demonstration

    ## What is alpha?
    <!-- {id: alpha, level: junior, tags: [x, y], set: [most-asked]} -->

    The first letter.

    ### Key points
    - Comes **first**
    - Greek

    ## What is beta?
    <!-- {id: beta, kind: story, follows: alpha, probes: [2]} -->

    The second letter.

    ## What do you ask?
    <!-- {id: ask, kind: reverse, level: senior} -->

    Which of your services hurts most?

    ## And gamma?
    <!-- {id: gamma, level: mid} -->

    The third letter.

    ## And delta?
    <!-- {id: delta} -->

    The fourth letter.

    ## And epsilon?
    <!-- {id: epsilon} -->

    The fifth letter.

    ## And zeta?
    <!-- {id: zeta} -->

    The sixth letter.

    ## And gone?
    <!-- {id: gone} -->

    A letter.
    """


@pytest.fixture
def lived(run, deck):
    """A deck, subscribed, whose cards are in every state and whose log has every kind of review."""
    path = deck(DECK, "demo.md")
    run("subscribe", path)
    run("review", "demo/gone", "4", now="2026-11-10T09:00:00Z")
    run("review", "demo/alpha", "4", "--blind", "5", "--points", "b", "--answer", 'So "it"\nis',
        now="2026-11-15T09:00:00Z")
    run("study", "card:demo/alpha", "--limit", "1", input="typed\n\n3\nnone\n\n", now="2026-11-16T09:00:00Z")
    run("review", "demo/gamma", "2")
    run("review", "demo/beta", "5")
    run("review", "demo/delta", "5", "--blind", "1")
    run("undo")
    run("review", "demo/delta", "4", now="2026-11-19T09:00:00Z")
    run("suspend", "demo/epsilon")
    run("bury", "demo/ask")
    run("note", "demo/beta", "mine")
    path.write_text(path.read_text()[: path.read_text().index("## And gone")])
    run("study", "--limit", "0", input="", check=None)
    run("sync")
    return path


@pytest.fixture
def printed(run, home):
    """printed(command, *words): the text that it prints with --json; checked where it holds for all."""

    def printed(command, *words, check=0, **options):
        text = run(command, *words, "--json", check=check, **options).stdout
        assert text.endswith("\n") and not HOSTILE.search(text.replace("\n", "")), text
        for number in re.findall(r'": (-?\d+\.\d+)', text):
            assert re.fullmatch(r"\d+\.\d\d", number)
        return text

    return printed


CALLS = {
    "due": [[]],
    "show": [["demo/alpha"], ["demo/beta"], ["demo/ask"], ["demo/gone"]],
    "review": [["demo/gamma", "4"], ["demo/alpha", "0", "--points", "none"]],
    "log": [[], ["demo/alpha"], ["demo/beta"]],
    "list": [[], ["is:retired"], ["is:new"]],
    "search": [["letter"], ["mine"]],
    "check": [["demo.md"], ["bad.md"]],
    "sources": [[]],
    "sync": [[]],
    "undo": [[]],
    "doctor": [[], ["--rebuild"]],
}


def test_what_is_printed_has_the_promised_keys_and_types(lived, printed, deck):
    deck("---\ndek: x\n---\n\n# D\n\n## Q\n", "bad.md")
    assert list(CALLS) == list(PROMISED)
    for command, calls in CALLS.items():
        for words in calls:
            data = json.loads(printed(command, *words, check=1 if "bad.md" in words else 0))
            assert data, "nothing was printed that could be wrong"
            assert misfit(data, PROMISED[command], " ".join([command, *words])) is None


def test_every_state_is_among_them(lived, printed):
    cards = json.loads(printed("list")) + json.loads(printed("list", "is:retired"))
    assert {card["card"].removeprefix("demo/"): card["state"] for card in cards} == {
        "alpha": "due", "beta": "scheduled", "ask": "buried", "gamma": "again", "delta": "due",
        "epsilon": "suspended", "zeta": "new", "gone": "retired",
    }


def test_null_and_nothing_are_told_apart(lived, printed):
    log = {(entry["card"], entry["day"]): entry for entry in json.loads(printed("log"))}
    answered = log["demo/alpha", "2026-11-15"]
    assert (answered["points"], answered["blind"], answered["answer"]) == ([2], 5, 'So "it"\nis')
    script = log["demo/gone", "2026-11-10"]
    assert (script["points"], script["blind"], script["seconds"], script["answer"]) == (None, None, None, "")
    assert [entry["points"] for entry in log.values() if entry["mode"] == "study"] == [[]]
    card = json.loads(printed("show", "demo/ask"))
    assert (card["note"], card["points"], card["tags"], card["due"]) == (None, [], [], None)


def test_nothing_is_an_empty_array_or_null(run, printed, deck):
    run("subscribe", deck("# D\n\n## Question?\n\nAnswer.\n", "d.md"))
    assert printed("log") == "[]\n"
    assert printed("undo") == "null\n"
    assert printed("list", "tag:none", check=1) == "[]\n"
    assert printed("search", "nothing-like-it", check=1) == "[]\n"


def test_what_fails_prints_no_json(run, deck):
    run("subscribe", deck("# D\n\n## Question?\n\nAnswer.\n", "d.md"))
    for args, status in ((["show", "d/none"], 1), (["review", "d/question", "9"], 2), (["list", "is:x"], 2)):
        done = run(*args, "--json", check=status)
        assert done.stdout == "" and done.stderr.startswith("viva: ")


def test_order_is_that_of_the_decks_and_of_the_events(lived, printed):
    cards = [card["card"] for card in json.loads(printed("list"))]
    assert cards == [f"demo/{card}" for card in ("alpha", "beta", "ask", "gamma", "delta", "epsilon", "zeta")]
    log = json.loads(printed("log"))
    assert len(log) > 4
    # Oldest first means order of arrival: a script may say that it was another day.
    assert [entry["card"] for entry in log][:2] == ["demo/gone", "demo/alpha"]


CONTROLS = "\x01\x07\x1b[31m\x7f\x9b\u061c\u202e\u2066\u200b\U000e0001 \"\\\tend"


def test_control_and_bidirectional_characters_are_written_as_numbers(run, deck, printed):
    run("subscribe", deck(f"# D\n\n## Q {CONTROLS}?\n<!-- {{id: q}} -->\n\nA {CONTROLS}\n", "nasty.md"))
    run("note", "nasty/q", CONTROLS)
    run("review", "nasty/q", "4", "--answer", CONTROLS)
    text = printed("show", "nasty/q")
    assert '"note": "\\u0001\\u0007\\u001b[31m\\u007f\\u009b\\u061c\\u202e\\u2066\\u200b\\udb40\\udc01 \\"\\\\\\tend"' in text
    assert json.loads(text)["note"] == CONTROLS
    for args in (["list"], ["log"], ["due"], ["search", "end"], ["check", "nasty.md"], ["undo"]):
        printed(*args, check=None)
    assert CONTROLS in json.loads(printed("list"))[0]["answer"]


def test_the_numbers_of_sm2_are_exact(run, deck, printed):
    run("subscribe", deck("# D\n\n## Question?\n<!-- {id: q} -->\n\nAnswer.\n", "d.md"))
    for day, grade, ef in ((1, 5, "2.60"), (2, 3, "2.46"), (8, 4, "2.46")):
        text = printed("review", "d/q", grade, now=f"2026-11-{day:02}T09:00:00Z")
        assert f'"ef": {ef},' in text
