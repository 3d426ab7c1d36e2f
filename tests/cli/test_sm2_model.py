"""SM-2 and replay in C against an independent model in Python with exact fractions."""

import csv
import itertools
import os
import pathlib
import subprocess
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sm2_model import Sm2, model_replay

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = os.environ.get("VIVA_TOOL_REPLAY", str(ROOT / "build/debug/tests/tool_replay"))
VECTORS = ROOT / "tests/data/sm2-vectors.tsv"
CAP = 36500
START = 20000


def vectors():
    with VECTORS.open(encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f, delimiter="\t"))
    return {
        seq: list(group) for seq, group in itertools.groupby(rows, key=lambda row: row["seq"])
    }


def expected_state(row):
    return int(row["n"]), int(Fraction(row["EF"]) * 100), int(row["interval"])


def run_grades(strings):
    out = subprocess.run(
        [TOOL, "grades"], input="\n".join(strings) + "\n", capture_output=True, text=True, check=True
    ).stdout
    return [tuple(map(int, line.split())) for line in out.splitlines()]


@pytest.mark.parametrize("seq", sorted(vectors()))
def test_vectors_hold_in_the_model_and_in_the_program(seq):
    model = Sm2()
    grades = ""
    for row in vectors()[seq]:
        if row["kind"] == "R":
            grades += row["q"]
            model.review(int(row["q"]))
        assert model.state() == expected_state(row)
        assert run_grades([grades]) == [expected_state(row)]
        assert int(row["drill_today"]) == (int(row["q"]) < 4)


def test_every_grade_string_up_to_length_six_agrees_with_the_model():
    strings = [
        "".join(s) for length in range(1, 7) for s in itertools.product("012345", repeat=length)
    ]
    assert len(strings) == 55986
    results = run_grades(strings)
    assert len(results) == len(strings)
    for string, result in zip(strings, results):
        model = Sm2()
        for q in string:
            model.review(int(q))
        assert result == model.state(), string


def word(value):
    return "-" if value is None else str(value)


def event_line(e):
    head = f"{e['kind']} {e['uid']} {e['prev'] or 0} {e['time']}"
    if e["kind"] == "review":
        return f"{head} {e['grade']} {e['day']} {e['cap']} {word(e['ask_by'])}"
    if e["kind"] == "void":
        return f"{head} {e['target']}"
    return f"{head} {e['what']} {word(e['value'])}"


class Tool:
    def __init__(self):
        self.process = subprocess.Popen(
            [TOOL, "events"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def replay(self, events):
        text = "".join(event_line(e) + "\n" for e in events) + "end\n"
        self.process.stdin.write(text)
        self.process.stdin.flush()
        order, counts, state = self.process.stdout.readline().split("|")
        pairs = (pair.split("=") for pair in state.split())
        return (
            [int(i) for i in order.split()],
            [int(i) for i in counts.split()],
            {key: None if value == "-" else int(value) for key, value in pairs},
        )

    def close(self):
        self.process.stdin.close()
        assert self.process.wait() == 0
        self.process.stdout.close()


@pytest.fixture(scope="module")
def tool():
    t = Tool()
    yield t
    t.close()


def build_history(draw, chained):
    """Events as machines write them: days that go on, with due, early, late and same-day answers.

    The writer follows the model to answer on the very due day now and then."""
    events = []
    day = START
    for uid in range(1, draw(st.integers(1, 30)) + 1):
        e = {"uid": uid, "time": draw(st.integers(0, 40)) if not chained else uid * 10}
        e["prev"] = uid - 1 if chained else draw(st.sampled_from([None, *range(0, 33)]))
        kind = draw(st.sampled_from(["review"] * 8 + ["void", "set", "set"]))
        e["kind"] = kind
        if kind == "review":
            due = model_replay(events)[2]["due"]
            day += draw(st.sampled_from([0, 0, 0, 1, 1, 2, 5, 9, 40, -1]))
            if due is not None and due >= day and draw(st.booleans()):
                day = due + draw(st.sampled_from([0, 0, -1, 1, 30]))
            e["grade"] = draw(st.integers(0, 5))
            e["day"] = day
            e["cap"] = draw(st.sampled_from([CAP, CAP, CAP, 1, 10, 100]))
            e["ask_by"] = draw(st.sampled_from([None, None, None, day + 3]))
        elif kind == "void":
            e["target"] = draw(st.integers(1, 31))
        else:
            e["what"] = draw(
                st.sampled_from(
                    ["suspend", "bury", "flag", "reset", "reset", "ask-by", "note", "edit"]
                )
            )
            e["value"] = {
                "suspend": draw(st.integers(0, 1)),
                "flag": draw(st.integers(0, 1)),
                "bury": draw(st.sampled_from([None, day])),
                "ask-by": draw(st.sampled_from([None, day + 2])),
            }.get(e["what"], 0)
        events.append(e)
    return events


@st.composite
def histories(draw, chained):
    return draw(st.permutations(build_history(draw, chained)))


@settings(max_examples=300, deadline=None)
@given(events=histories(chained=True))
def test_a_shuffled_history_of_one_machine_replays_as_in_the_model(tool, events):
    result = tool.replay(events)
    assert result == model_replay(events)
    assert [events[i]["uid"] for i in result[0]] == sorted(e["uid"] for e in events)


@settings(max_examples=300, deadline=None)
@given(events=histories(chained=False))
def test_tangled_histories_replay_as_in_the_model(tool, events):
    assert tool.replay(events) == model_replay(events)


@pytest.mark.parametrize("seq", ["D01", "D02"])
def test_same_day_repeats_leave_the_schedule_alone(tool, seq):
    events = []
    day = START
    for uid, row in enumerate(vectors()[seq], start=1):
        state = tool.replay(events)[2]
        if row["kind"] == "R":
            day = state["due"] or day
        events.append({
            "kind": "review", "uid": uid, "prev": uid - 1, "time": uid, "grade": int(row["q"]),
            "day": day, "cap": CAP, "ask_by": None,
        })
        after = tool.replay(events)[2]
        assert (after["n"], after["ef"], after["interval"]) == expected_state(row)
        if row["kind"] == "D":
            assert after["due"] == state["due"]
