"""A subscriber with progress and own words, the host of the three sources, and what no answer of
that host may change when it cannot be used.

    numbers   an unsigned deck, /numbers.md
    letters   a deck signed by OLD, serial 5, /letters.md
    words     an unsigned index of one deck, /index.yaml
"""

import contextlib
import hashlib
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import servers
from publisher import Key, index_of

OLD, NEW, FOREIGN = Key(b"old"), Key(b"new"), Key(b"foreign")
SERIAL = 5
SOON = "2026-11-20T10:00:00Z"  # an hour after the subscriptions
PATHS = {"numbers": "/numbers.md", "letters": "/letters.md", "words": "/index.yaml"}

RELEASE = Path(__file__).resolve().parents[2] / "build/release/viva"

# Run by a small process of its own: the peak of a child begins with that of its parent.
MEASURE = """
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(status, used.ru_utime + used.ru_stime, used.ru_maxrss << 10)
"""

# What a check that fails may write down: how it failed, and when to ask again.
NOTES = {"checked", "retry_after", "failures", "failing_since", "said_gone", "state", "proxy", "problem"}

# All that a terminal might take for more than text, and what is no UTF-8.
DIRTY = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\udc80-\udcff]")


def deck(name, count=3, answer="Answer {}.", **front):
    """A deck of cards c1, c2 ...; `front` is more front matter."""
    lines = [f"{key.replace('_', '-')}: {value}" for key, value in front.items()]
    head = "\n".join(["---", f"deck: {name}", f"title: The {name}", *lines, "---", ""])
    cards = (
        f"\n## Question {i} of {name}?\n<!-- {{id: c{i}}} -->\n\n{answer.format(i)}\n"
        for i in range(1, count + 1)
    )
    return f"{head}\n# The {name}\n{''.join(cards)}"


def signed(serial=SERIAL, count=3, key=OLD, bring=True, **front):
    """The deck `letters` with a signature."""
    return key.sign_deck(deck("letters", count, serial=serial, **front), serial, bring)


class Host(servers.RawServer):
    """Where the sources are. `template` becomes the data of somebody who subscribed to them."""

    def __init__(self, folder):
        super().__init__()
        self.template = folder / "data"

    def reset(self):
        self.behaviours.clear()
        self.put("/numbers.md", deck("numbers"), ETag='"n1"')
        self.put("/letters.md", signed(), ETag='"l1"')
        self.put_index("words", {"words": deck("words")})
        self.requests.clear()

    def put_index(self, title, decks, path="/index.yaml", sign=lambda text: text, **more):
        site = Files(self)
        text = sign(index_of(site, decks, title=title, **more))
        self.put(path, text, ETag=f'"{hashlib.sha256(text.encode()).hexdigest()[:20]}"')
        return site.paths


class Files:
    """What publisher.index_of() puts decks into."""

    def __init__(self, server):
        self.server, self.paths = server, []

    def put(self, path, data):
        self.server.put(path, data)
        self.paths.append(path)


class Subscriber:
    """Runs viva in a home that is subscribed to all three sources of the host."""

    def __init__(self, run, env, home, host):
        self.run, self.env, self.home, self.host = run, env, home, host
        self.data = home / "data"
        host.reset()
        if host.template.exists():
            shutil.copytree(host.template, self.data)
        else:
            self.begin()
            shutil.copytree(self.data, host.template)
        host.requests.clear()

    def begin(self):
        for name in PATHS:
            self.run("subscribe", self.url(name))
            self.run("review", f"{name}/c1", 4)
        self.edit("numbers/c2", "Answer", "Mine:")

    def edit(self, card, old, new):
        """Lays own words over a card, where it is there."""
        editor = self.home / "editor"
        editor.write_text(f"#!/bin/sh\nexec sed -i 's/{old}/{new}/' \"$1\"\n")
        editor.chmod(0o755)
        self.env["EDITOR"] = str(editor)
        return clean(self.run("edit", card, check=None))

    def url(self, name):
        return self.host.url(PATHS[name])

    def sync(self, *words, now=SOON, check=0):
        """What it says on both streams, which is clean. A word may be the name of a source."""
        words = [self.url(word) if word in PATHS else word for word in words]
        done = self.run("sync", *words, now=now, check=check)
        return clean(done)

    def measure(self, *words):
        """What a command costs the program for users and its downloads an hour later: the exit
        status, seconds of the processor and the peak of memory in bytes."""
        done = subprocess.run(
            [sys.executable, "-ISc", MEASURE, RELEASE, *map(str, words)],
            env={**self.env, "VIVA_NOW": SOON},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        status, seconds, peak = done.stdout.split()
        return int(status), float(seconds), int(peak)

    def dump(self):
        return dump(self.data / "viva/viva.db")

    def notes(self, name, *columns):
        """What is remembered of the checks of a source."""
        with contextlib.closing(sqlite3.connect(self.data / "viva/viva.db")) as db:
            return db.execute(
                f"SELECT {','.join(columns)} FROM remote JOIN source ON source_id=id WHERE location=?",
                [self.url(name)],
            ).fetchone()

    @contextlib.contextmanager
    def unchanged(self, but=()):
        """Nothing of cards, texts, history, own words, editions, keys and serials changes; `but`
        are tables that may."""
        before = self.dump()
        yield
        after = self.dump()
        changed = {name for name in before.keys() | after if before.get(name) != after.get(name)}
        assert changed <= set(but), {name: after.get(name) for name in changed}


def clean(done):
    """The output of a program, which must be clean."""
    said = done.stdout + done.stderr
    assert not DIRTY.search(said), repr(said)
    return said


def dump(path):
    """Every table of a database but the search index, and the notes of failed checks left out."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        names = db.execute(
            "SELECT name FROM sqlite_schema WHERE type='table'"
            " AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'search%'"
        )
        return {name: rows(db, name) for (name,) in names.fetchall()}


def rows(db, table):
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    kept = [column for column in columns if table != "remote" or column not in NOTES]
    return sorted(db.execute(f"SELECT {','.join(kept)} FROM {table}"), key=repr)
