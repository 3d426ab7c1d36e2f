"""Several vivas at once on one database: grades in a sitting, by commands and in a shell, readers
beside them. Nobody may lose a grade or hear of the others."""

import collections
import random
import subprocess
import threading
import time

from world import acknowledged, must

PIPE = subprocess.PIPE


class Writer(threading.Thread):
    """Grades until the time is up; `given` are its acknowledged grades, as (card, grade)."""

    def __init__(self, world, until, cards, seed):
        super().__init__()
        self.world, self.until, self.cards = world, until, cards
        self.rng = random.Random(seed)
        self.given, self.trouble = [], []

    def run(self):
        try:
            self.work()
        except Exception as e:  # shown by the test that waits for it
            self.trouble.append(repr(e))

    def going_on(self):
        return time.monotonic() < self.until

    def pick(self):
        return f"t/c{self.rng.randrange(self.cards)}", self.rng.randrange(2, 6)

    def talk(self, *args):
        return self.world.start(*args, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True)

    def end(self, p):
        p.stdin.close()
        rest, trouble = p.stdout.read(), p.stderr.read()
        must((p.wait(), trouble) == (0, ""), p.args, p.returncode, trouble)
        return rest


class Commands(Writer):
    """`viva review` over and over."""

    def work(self):
        while self.going_on():
            card, grade = self.pick()
            done = self.world.run("review", card, grade)
            must((done.returncode, done.stderr) == (0, ""), done)
            self.given.append((card, grade))


class Shell(Writer):
    """The same in one shell, which reads its commands from a pipe."""

    def work(self):
        p = self.talk()
        while self.going_on():
            card, grade = self.pick()
            p.stdin.write(f"review {card} {grade}\nshow {card} --json\n")
            p.stdin.flush()
            while p.stdout.readline() != "}\n":
                pass
            self.given.append((card, grade))
        self.end(p)


class Study(Writer):
    """A sitting, card by card; which cards it asked is seen in its headings."""

    def work(self):
        p = self.talk("study")
        shown, grades = "", []
        while self.going_on():
            while acknowledged(shown) < len(grades):
                shown += p.stdout.readline()
            grades.append(self.rng.randrange(2, 6))
            p.stdin.write(f"\n{grades[-1]}\n\n")
            p.stdin.flush()
        shown += self.end(p)
        asked = [line.split()[-1][:-1] for line in shown.splitlines() if ", number " in line]
        self.given = [(f"t/c{card}", grade) for card, grade in zip(asked, grades)]


class Reader(Writer):
    def work(self):
        while self.going_on():
            for args in (("due",), ("list",), ("log", "--json"), ("doctor",)):
                done = self.world.run(*args)
                must((done.returncode, done.stderr) == (0, ""), done)


def crowd(world, seconds, cards):
    """Lets them work on a deck `t` of so many cards; what they did, and what went wrong."""
    until = time.monotonic() + seconds
    before = len(world.log())
    everybody = [kind(world, until, cards, seed)
                 for seed, kind in enumerate((Study, Shell, Commands, Commands, Reader))]
    for one in everybody:
        one.start()
    for one in everybody:
        one.join()
    trouble = [text for one in everybody for text in one.trouble]
    given = collections.Counter(grade for one in everybody for grade in one.given)
    log = world.sound_log()[before:]
    saved = collections.Counter((entry["card"], entry["grade"]) for entry in log)
    if saved != given:
        trouble.append(f"given and not saved {given - saved}, saved and not given {saved - given}")
    counts = ", ".join(f"{len(one.given)} by {type(one).__name__}" for one in everybody[:-1])
    return f"{seconds} s: {sum(given.values())} grades ({counts})", trouble
