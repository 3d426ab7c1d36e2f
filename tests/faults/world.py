"""A home with one database, the program in it, and what must hold of them whatever happened."""

import json
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sm2_model import model_replay

STORAGE = 8  # the exit status of every trouble with disk, memory or database
COLUMNS = (
    "n ef interval due ask_by lapses reviews passed last_day last_grade day_answers suspended"
    " flagged buried"
).split()
KINDS = ["review", "void", "set"]
SETTINGS = ["suspend", "bury", "flag", "reset", "ask-by", "note", "edit"]
ACKNOWLEDGED = re.compile(r"^(?:\d+ of \d+ |Done: )", re.M)


class Violation(AssertionError):
    """Something was lost, doubled or damaged."""


def must(condition, *what):
    if not condition:
        raise Violation(" ".join(map(str, what)))


def deck(name, count):
    """The Markdown of a deck of short cards."""
    cards = (f"## {name}, number {i}?\n<!-- {{id: c{i}}} -->\n\nAnswer {i}.\n" for i in range(count))
    return f"---\ndeck: {name}\n---\n\n# {name}\n\n" + "\n".join(cards)


def answers(grades):
    """What is typed to give each card, one after the other, its grade: said aloud, then graded."""
    return "".join(f"\n{grade}\n\n" for grade in grades).encode()


def acknowledged(shown):
    """How many grades a sitting has acknowledged: each by the next line, a header or the summary."""
    return max(0, len(ACKNOWLEDGED.findall(shown)) - 1)


def grades(log):
    return [entry["grade"] for entry in log]


class World:
    """`env` is the program's whole environment; its home may be copied, moved and looked into."""

    def __init__(self, program, env, database=None):
        self.program = str(program)
        self.env = dict(env)
        self.home = Path(env["HOME"])
        self.db = database or Path(env["XDG_DATA_HOME"]) / "viva/viva.db"

    def at(self, home):
        """The same world in another folder, as its files are there; the decks stay in theirs."""
        old = f"{self.home}/"
        env = {k: v.replace(old, f"{home}/") for k, v in self.env.items()}
        return World(self.program, {**env, "HOME": str(home), **self.decks()})

    def decks(self):
        return {"VIVA_DECKS_DIR": self.env["VIVA_DECKS_DIR"]}

    def copy(self, home):
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self.home, home)
        return self.at(home)

    def start(self, *args, wrap=(), env=(), **streams):
        return subprocess.Popen(
            [*map(str, wrap), self.program, *map(str, args)],
            env={**self.env, **dict(env)},
            cwd=self.home,
            **streams,
        )

    def run(self, *args, input=b"", wrap=(), env=(), check=None):
        """Runs the program, or a tracer around it, to its end; text streams, any status."""
        pipe = subprocess.PIPE
        with self.start(*args, wrap=wrap, env=env, stdin=pipe, stdout=pipe, stderr=pipe) as p:
            out, err = p.communicate(input, timeout=120)
        done = subprocess.CompletedProcess(args, p.returncode, out.decode(), err.decode())
        if check is not None:
            must(done.returncode == check, args, done)
        return done

    def json(self, *args):
        return json.loads(self.run(*args, "--json", check=0).stdout)

    def log(self):
        return self.json("log")

    def sound_log(self):
        """The log, after the program has opened its database and everything else was looked at."""
        log = self.log()
        if self.db.exists():
            check_database(self.db)
            self.check_health()
        return log

    def check_health(self):
        """The doctor finds nothing, but for temporary files that a kill has left: under the clocks of
        these tests they are old enough to be named."""
        done = self.run("doctor", "--json")
        must(done.returncode in (0, 1), done)
        found = [problem["what"] for problem in json.loads(done.stdout)["problems"]]
        must(all("was left over" in what for what in found), found)

    def ready(self, cards=60, budget=True):
        """Subscribes to a deck of that many cards, all of which a day may ask once."""
        path = self.home / "t.md"
        path.write_text(deck("t", cards))
        self.run("subscribe", path, check=0)
        if budget:
            for key, value in (("new", 1000), ("minutes", 600), ("repeat-below", 0)):
                self.run("config", key, value, check=0)
        return self


def tables(connection, name, columns):
    return [
        dict(zip(columns, row))
        for row in connection.execute(f"SELECT {','.join(columns)} FROM {name}")
    ]


def replayed(connection):
    """The state of each card that has events, by the model, and which of its reviews count."""
    reviews = {r["event_id"]: r for r in tables(
        connection, "review", ["event_id", "grade", "day", "cap", "ask_by", "counts", "voided"])}
    by_card = {}
    for e in tables(connection, "event", ["id", "uid", "prev", "time", "kind", "what", "value",
                                          "target", "card_id"]):
        if e["card_id"] is None or e["kind"] >= len(KINDS):
            continue
        e["kind"] = KINDS[e["kind"]]
        if e["kind"] == "set":
            e["what"] = SETTINGS[e["what"]]
        e.update(reviews.get(e["id"], {}))
        by_card.setdefault(e["card_id"], []).append(e)
    return {card: (events, *model_replay(events)[1:]) for card, events in by_card.items()}


def check_cache(connection):
    """Every schedule and every flag of a review is what the log of events gives."""
    cards = {c.pop("id"): c for c in tables(connection, "card", ["id", *COLUMNS])}
    for card, (events, counts, state) in replayed(connection).items():
        must(cards[card] == state, "card", card, "is", cards[card], "and replays to", state)
        voided = {e["target"] for e in events if e["kind"] == "void"}
        for e, counted in zip(events, counts):
            if e["kind"] == "review":
                must(e["counts"] == counted, "review", e["id"], "counts:", counted)
                must(e["voided"] == (e["uid"] in voided), "review", e["id"], "voided")


def check_database(path):
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        for check, good in (("integrity", [("ok",)]), ("foreign_key", [])):
            found = connection.execute(f"PRAGMA {check}_check").fetchall()
            must(found == good, path, found)
        alone = connection.execute(
            "SELECT count(*) FROM event LEFT JOIN review ON event_id=event.id"
            " WHERE (kind=0) <> (event_id IS NOT NULL)"
        ).fetchone()
        must(alone == (0,), "events without their review:", alone)
        check_cache(connection)
