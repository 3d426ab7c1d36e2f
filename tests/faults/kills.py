"""kill -9 at random moments, and what must be there afterwards."""

import random
import sqlite3
import subprocess
import time
from contextlib import closing

import pexpect

from candidate import BLIND, PROMPT, Candidate
from world import acknowledged, answers, grades, must

PIPE = subprocess.PIPE


class Ledger:
    """What the program was given and has acknowledged, against its log, over many runs."""

    def __init__(self, world, log=None):
        self.world = world
        self.log = world.log() if log is None else log

    def settle(self, given, acked):
        """After a run that was given these grades, in this order, and acknowledged so many."""
        log = self.world.sound_log()
        fresh = grades(log)[len(self.log) :]
        must(log[: len(self.log)] == self.log, "what was there before has changed")
        must(fresh == given[: len(fresh)], "graded", given, "but saved", fresh)
        must(acked <= len(fresh) <= acked + 1, acked, "acknowledged, saved", len(fresh))
        self.log = log

    def go_on(self, env=()):
        """The next run works."""
        self.world.run("study", "--limit", 1, input=answers([4]), env=env, check=0)
        log = self.world.log()
        must(grades(log[len(self.log) :]) == [4], "the next run saved", log[len(self.log) :])
        self.log = log


def year(number):
    return {"VIVA_NOW": f"{2027 + number}-11-20T09:00:00Z"}


def through_a_pipe(world, rng, moment):
    """A sitting of up to 50 cards, killed after a random one: the grades given and what was shown."""
    given = rng.choices(range(2, 6), k=50)
    p = world.start("study", "--limit", len(given), env=moment, stdin=PIPE, stdout=PIPE)
    p.stdin.write(answers(given))
    p.stdin.close()
    shown = b""
    until = rng.randrange(0, 40)
    while acknowledged(shown.decode()) < until and (line := p.stdout.readline()):
        shown += line
    time.sleep(rng.uniform(0, 0.004))
    p.kill()
    shown += p.stdout.read()
    p.stdout.close()
    p.wait()
    return given, shown.decode()


def on_a_terminal(world, rng, moment):
    """The same on a terminal, killed at a random prompt or within milliseconds of a last Enter."""
    given = rng.choices(range(2, 6), k=4)
    child = pexpect.spawn(
        world.program, ["study"], env={**world.env, **moment}, cwd=str(world.home),
        encoding="utf-8", timeout=60,
    )
    child.delaybeforesend = None
    c = Candidate(child)
    for grade in given[: rng.randrange(0, 3)]:
        c.grade(blind=grade)
    c.see(PROMPT)
    last = given[acknowledged(c.seen)]
    if rng.random() < 0.8:
        c.type("")
        c.see(BLIND)
        c.type(str(last))
        if rng.random() < 0.9:
            c.final()
            c.type("")
    time.sleep(rng.uniform(0, 0.006))
    child.kill(9)
    child.expect(pexpect.EOF)
    shown = c.seen + child.before
    child.close()
    return given, shown


def sittings(fresh, rounds, sit, seed):
    """Kills so many sittings, some on one database, then a new one; fresh() gives a new world."""
    rng = random.Random(seed)
    saved = 0
    for number in range(rounds):
        moment = year(number % 10)
        if number % 10 == 0:
            ledger = Ledger(fresh())
        before = len(ledger.log)
        given, shown = sit(ledger.world, rng, moment)
        ledger.settle(given, acknowledged(shown))
        saved += len(ledger.log) - before
        ledger.go_on(moment)
    return f"{rounds} kills, {saved} grades saved by the sittings that were killed"


def cut_short(world, args, seconds, **env):
    """Runs the program and kills it after that long; whether it was still at work."""
    p = world.start(*args, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        p.wait(seconds)
    except subprocess.TimeoutExpired:
        p.kill()
    return p.wait() != 0


def duration(world, args):
    """How long it takes when nobody kills it."""
    start = time.monotonic()
    must(not cut_short(world, args, 60), args, "does not work at all")
    return time.monotonic() - start


def commands(fresh, rounds, args, look, seed):
    """Kills a command at random moments of its run. look(world, ended) checks what is there."""
    rng = random.Random(seed)
    took = duration(fresh(), args)
    cut = 0
    for _ in range(rounds):
        world = fresh()
        killed = cut_short(world, args, rng.uniform(0, took * 1.1))
        cut += killed
        world.sound_log()
        look(world, False)
        world.run(*args, check=0)
        world.sound_log()
        look(world, True)
    return f"{rounds} runs, {cut} of them killed at work"


def deck_sizes(world):
    """The number of cards of each deck."""
    if not world.db.exists():
        return []
    with closing(sqlite3.connect(f"file:{world.db}?mode=ro", uri=True)) as c:
        return [n for n, in c.execute(
            "SELECT count(card.id) FROM deck LEFT JOIN card ON deck_id=deck.id GROUP BY deck.id")]
