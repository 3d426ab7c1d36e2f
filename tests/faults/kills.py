"""kill -9 at random moments."""

import random
import subprocess
import time

import pexpect

from candidate import BLIND, PROMPT, Candidate
from scenarios import KILLED, Sitting
from world import acknowledged, must

PIPE = subprocess.PIPE


def through_a_pipe(sitting, rng):
    """Kills a sitting behind a random one of its cards; what it had said."""
    world = sitting.world
    p = world.start(*sitting.args, stdin=PIPE, stdout=PIPE)
    p.stdin.write(sitting.input)
    p.stdin.close()
    shown = b""
    until = rng.randrange(0, len(sitting.given) - 1)
    while acknowledged(shown.decode()) < until and (line := p.stdout.readline()):
        shown += line
    time.sleep(rng.uniform(0, 0.004))
    p.kill()
    shown += p.stdout.read()
    p.stdout.close()
    p.wait()
    return shown.decode()


def on_a_terminal(sitting, rng):
    """The same on a terminal: at a random prompt, or within milliseconds of a card's last Enter."""
    world = sitting.world
    child = pexpect.spawn(
        world.program, ["study"], env=world.env, cwd=str(world.home), encoding="utf-8", timeout=60
    )
    child.delaybeforesend = None
    c = Candidate(child)
    for grade in sitting.given[: rng.randrange(0, 3)]:
        c.grade(blind=grade)
    c.see(PROMPT)
    if rng.random() < 0.8:
        c.type("")
        c.see(BLIND)
        c.type(str(sitting.given[acknowledged(c.seen)]))
        if rng.random() < 0.9:
            c.final()
            c.type("")
    time.sleep(rng.uniform(0, 0.006))
    child.kill(9)
    child.expect(pexpect.EOF)
    shown = c.seen + child.before
    child.close()
    return shown


def killed(args, shown=""):
    return subprocess.CompletedProcess(args, KILLED, shown, "")


def sittings(fresh, rounds, sit, seed):
    """Kills so many sittings, each ten on one database; fresh() gives a new world."""
    rng = random.Random(seed)
    saved = 0
    for number in range(rounds):
        if number % 10 == 0:
            world = fresh()
        world.env["VIVA_NOW"] = f"{2027 + number % 10 * 20}-11-20T09:00:00Z"
        sitting = Sitting(world, rng.choices(range(2, 6), k=50))
        shown = sit(sitting, rng)
        sitting.after(world, killed(sitting.args, shown))
        saved += len(world.log()) - len(sitting.before) - 1
    return f"{rounds} kills, {saved} grades saved by the sittings that were killed"


def cut_short(world, args, seconds):
    """Runs the program and kills it after that long: what it said, and whether it was at work."""
    nothing = subprocess.DEVNULL
    p = world.start(*args, stdin=nothing, stdout=PIPE, stderr=nothing)
    try:
        shown, _ = p.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        p.kill()
        shown, _ = p.communicate()
    return shown.decode(), p.returncode == KILLED


def commands(scenario, rounds, home, seed):
    """Kills a command at random moments of its run."""
    rng = random.Random(seed)
    start = time.monotonic()
    must(not cut_short(scenario.world.copy(home), scenario.args, 60)[1], "does not end by itself")
    took = time.monotonic() - start
    at_work = 0
    for _ in range(rounds):
        world = scenario.world.copy(home)
        shown, cut = cut_short(world, scenario.args, rng.uniform(0, took * 1.1))
        at_work += cut
        scenario.after(world, killed(scenario.args, shown))
    return f"{scenario.args[0]}: {rounds} runs, {at_work} of them killed at work"


def insist(world, env):
    """A sitting of one card on a terminal, whose Enter is repeated where the grade could not be saved;
    how often that was, None where the program could not even begin."""
    child = pexpect.spawn(
        world.program, ["study", "--limit", "1"], env={**world.env, **env}, cwd=str(world.home),
        encoding="utf-8", timeout=60,
    )
    child.delaybeforesend = None
    c = Candidate(child)
    try:
        c.answer()
        c.see(BLIND)
        c.type("4")
        again = -1
        while child.expect([r"Final \d \(", pexpect.EOF]) == 0:
            again += 1
            c.match(": ")
            c.type("")
        return again
    except pexpect.EOF:
        return None
    finally:
        child.close()
        must(child.signalstatus is None, "ended by signal", child.signalstatus)
