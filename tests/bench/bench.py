"""Times viva against the floor (floor.c) on decks of many cards and prints a table of ratios.

usage: bench.py VIVA PROGRAMS [CARDS...]    PROGRAMS: the folder of floor, floor-tty, grade, timer
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from timing import print_head, print_row, time_commands, write_decks

DECKS = 20
STARTS = 41
DUE_AFTER_GRADES = "2024-10-06T09:00:00Z"  # two days behind the day of grade.c


class Bench:
    """The programs, and a folder of its own for each size."""

    def __init__(self, viva, programs, top, cards):
        self.viva, self.programs, self.cards = viva, programs, cards
        self.home = top / str(cards)
        self.home.mkdir()
        self.decks = write_decks(self.home / "decks", DECKS, cards // DECKS)
        self.floor_db = self.home / "floor.db"
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm",
            "VIVA_DECKS_DIR": str(self.home / "decks"),
            "VIVA_DB": str(self.home / "viva" / "viva.db"),
            "VIVA_NOW": DUE_AFTER_GRADES,
        }

    def time(self, runs, *commands, **kind):
        return time_commands(self.programs, self.env, runs, *commands, **kind)

    def row(self, what, own, floor=None, limit=""):
        print_row(self.cards, what, own, floor, limit)

    def imports(self):
        floor, viva, db = self.programs / "floor", self.viva, self.floor_db
        bare, own = self.time(
            3,
            ("/bin/sh", "-c", f"rm -f {db}; exec {floor} import {db} decks/*.md"),
            ("/bin/sh", "-c", f"rm -rf {self.home / 'viva'}; exec {viva} list deck:deck-0"),
        )
        self.row("import", own, bare, "4")

    def grades(self):
        words = [self.programs / "grade", self.floor_db, self.env["VIVA_DB"], "500"]
        done = subprocess.run(words, stdout=subprocess.PIPE, check=True, text=True)
        bare, own = map(int, done.stdout.split())
        self.row("one final grade", (own, 0), (bare, 0), "1.3")

    def starts(self):
        due = (self.programs / "floor", "due", self.floor_db), (self.viva, "due")
        bare, own = self.time(STARTS, *due)
        self.row("due", own, bare, "2.5")
        first = (self.programs / "floor-tty", "first", self.floor_db), (self.viva, "study")
        bare, own = self.time(STARTS, *first, until="What is fact")
        self.row("first card on a terminal", own, bare, "2.5")

    def search_index(self):
        """The first search takes all cards into the index."""
        (own,) = self.time(1, ("/bin/sh", "-c", f"exec {self.viva} search replica"))
        self.row("search, the index made or not", own)

    def answers(self):
        for what, *words in (
            ("list QUERY", "list", "deck:deck-3", "tag:cache"),
            ("list WORD", "list", '"fact 47 about"'),
            ("list is:due", "list", "is:due"),
            ("list ef:..2.5", "list", "ef:..2.5", "deck:deck-1"),
            ("search WORD WORD", "search", "token", "47"),
        ):
            (own,) = self.time(11, (self.viva, *words))
            self.row(what, own, limit="50 ms")

    def sitting(self):
        grade = "A short answer.\n\n4\n-\n\n"
        self.time(1, (self.viva, "config", "minutes", "120"))
        (own,) = self.time(1, (self.viva, "study", "--limit", "20"), answers=grade * 20)
        self.row("a sitting of 20 cards", own, limit="12 MB")

    def run(self):
        os.chdir(self.home)
        self.imports()
        self.grades()
        self.starts()
        self.search_index()
        self.answers()
        self.sitting()


def main():
    viva, programs = map(Path.resolve, map(Path, sys.argv[1:3]))
    sizes = sys.argv[3:]
    print_head("floor ms")
    with tempfile.TemporaryDirectory(dir=programs) as top:
        for cards in map(int, sizes or ("1000", "10000", "100000")):
            Bench(viva, programs, Path(top), cards).run()


main()
