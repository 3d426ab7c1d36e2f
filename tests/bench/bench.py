"""Times viva against the floor (floor.c) on decks of many cards and prints a table of ratios.

usage: bench.py VIVA PROGRAMS [CARDS...]    PROGRAMS: the folder of floor, floor-tty, grade, timer
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

DECKS = 20
STARTS = 41
WORDS = "index query lock cache commit replica vacuum plan schema worker queue token".split()
ANSWER = "It is kept for as long as the transaction lasts, and then it is dropped again. " * 4


def card(deck, number):
    word, other = WORDS[number % len(WORDS)], WORDS[number // len(WORDS) % len(WORDS)]
    return (
        f"## What is fact {number} about the {word} of system {deck}?\n"
        f"<!-- {{id: fact-{number}, level: mid, seconds: 90, tags: [{word}]}} -->\n\n{ANSWER}\n\n"
        f"### Key points\n- The **{word}** is held\n- The **{other}** is released\n\n"
    )


def write_decks(folder, cards):
    folder.mkdir()
    for deck in range(DECKS):
        text = f"---\ndeck: deck-{deck}\ntitle: Deck {deck}\n---\n\n# Deck {deck}\n\n"
        text += "".join(card(deck, number) for number in range(cards // DECKS))
        (folder / f"deck-{deck}.md").write_text(text)
    return sorted(folder.glob("*.md"))


class Bench:
    """The programs, a folder of its own for each size, and the rows of the table."""

    def __init__(self, viva, programs, top, cards):
        self.viva, self.programs, self.cards = Path(viva).resolve(), Path(programs).resolve(), cards
        self.home = top / str(cards)
        self.home.mkdir()
        self.decks = write_decks(self.home / "decks", cards)
        self.floor_db = self.home / "floor.db"
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm",
            "VIVA_DECKS_DIR": str(self.home / "decks"),
            "VIVA_DB": str(self.home / "viva" / "viva.db"),
            "VIVA_NOW": "2024-10-06T09:00:00Z",
        }

    def timer(self, runs, *commands, until=None, answers=""):
        """The (microseconds, KiB) of each command, run in turn."""
        words = [str(self.programs / "timer"), str(runs)]
        words += ["-u", until] if until else []
        for command in commands:
            words += ["--", *map(str, command)]
        with tempfile.TemporaryFile("w+") as stdin:
            stdin.write(answers)
            stdin.flush()
            done = subprocess.run(
                words, stdin=stdin, stdout=subprocess.PIPE, env=self.env, check=True, text=True
            )
        return [tuple(map(int, line.split())) for line in done.stdout.splitlines()]

    def row(self, what, own, floor=None, limit=""):
        ratio = f"{own[0] / floor[0]:.2f}" if floor else ""
        bare = f"{floor[0] / 1000:.2f}" if floor else ""
        print(
            f"{self.cards:>7}  {what:<28} {own[0] / 1000:>9.2f} {bare:>9} {ratio:>6} {limit:>6}"
            f" {own[1] / 1024:>8.1f}",
            flush=True,
        )

    def imports(self):
        floor, viva = self.programs / "floor", self.viva
        remove = lambda path: f"rm -rf {path};"
        sh = "/bin/sh"
        bare, own = self.timer(
            3,
            (sh, "-c", f"{remove(self.floor_db)} exec {floor} import {self.floor_db} decks/*.md"),
            (sh, "-c", f"{remove(self.home / 'viva')} exec {viva} list deck:deck-0"),
        )
        self.row("import", own, bare, "4")

    def starts(self):
        floor = self.programs / "floor"
        bare, own = self.timer(STARTS, (floor, "due", self.floor_db), (self.viva, "due"))
        self.row("due", own, bare, "2.5")
        bare, own = self.timer(
            STARTS,
            (self.programs / "floor-tty", "first", self.floor_db),
            (self.viva, "study"),
            until="What is fact",
        )
        self.row("first card on a terminal", own, bare, "2.5")

    def grades(self):
        words = [self.programs / "grade", self.floor_db, self.env["VIVA_DB"], "500"]
        done = subprocess.run(words, stdout=subprocess.PIPE, check=True, text=True)
        bare, own = map(int, done.stdout.split())
        self.row("one final grade", (own, 0), (bare, 0), "1.3")

    def sitting(self):
        grade = "A short answer.\n\n4\n\n\n"
        (own,) = self.timer(3, (self.viva, "study", "--limit", "20"), answers=grade * 20)
        self.row("a sitting of 20 cards", own, limit="12 MB")

    def answers(self):
        for what, *words in (
            ("list QUERY", "list", "deck:deck-3", "tag:cache"),
            ("list WORD", "list", "fact 47 about"),
            ("list is:due", "list", "is:due"),
            ("list ef:..2.5", "list", "ef:..2.4"),
            ("search WORD WORD", "search", "replica", "4"),
        ):
            (own,) = self.timer(11, (self.viva, *words))
            self.row(what, own, limit="50 ms")

    def run(self):
        os.chdir(self.home)
        self.imports()
        self.grades()
        self.starts()
        self.answers()
        self.sitting()


def main():
    viva, programs, *sizes = sys.argv[1:]
    print(f"{'cards':>7}  {'':<28} {'viva ms':>9} {'floor ms':>9} {'ratio':>6} {'limit':>6} {'MB':>8}")
    with tempfile.TemporaryDirectory(dir=programs) as top:
        for cards in map(int, sizes or ("1000", "10000", "100000")):
            Bench(viva, programs, Path(top).resolve(), cards).run()


main()
