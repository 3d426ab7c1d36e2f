"""The nth system call fails or ends the program, by strace, or by a library where ptrace is
forbidden; the nth allocation fails."""

import errno
import re
import shutil
import sqlite3

from world import STORAGE, Violation, acknowledged, answers, grades, must

ERRORS = [
    ("pwrite64", "ENOSPC"), ("pwrite64", "EIO"), ("fdatasync", "EIO"), ("fsync", "EIO"),
    ("ftruncate", "EIO"), ("openat", "EMFILE"), ("openat", "EACCES"), ("fcntl", "ENOLCK"),
    ("fcntl", "EINTR"), ("pread64", "EIO"), ("read", "EIO"), ("newfstatat", "EIO"),
    ("write", "ENOSPC"), ("rename", "EIO"), ("link", "EIO"), ("unlink", "EIO"),
    ("mkdir", "EACCES"),
]
LASTING = [("pwrite64", "ENOSPC+"), ("fdatasync", "EIO+"), ("pread64", "EIO+")]
KILLS = [
    (call, "kill")
    for call in "pwrite64 fdatasync fsync ftruncate openat write rename link unlink mkdir".split()
]
SHORT = [("pwrite64", "short"), ("write", "short")]  # by the library: strace would lie to the program
FAULTS = ERRORS + LASTING + KILLS
MEMORY = [("malloc", "fails"), ("malloc", "fails+")]


class Strace:
    """Faults by strace. The calls of the loader, before main, are none of the program's."""

    name = "strace"

    def __init__(self, folder):
        self.trace = folder / "trace"
        self.skipped = {}

    def skip(self, world, call):
        """How often the loader makes a call, up to the first signal handler of the program."""
        if call not in self.skipped:
            wrap = ["strace", "-f", "-o", self.trace, "-e", f"trace=rt_sigaction,{call}"]
            world.run("version", wrap=wrap, check=0)
            before = re.split(r"rt_sigaction\(SIGINT", self.trace.read_text())[0]
            self.skipped[call] = len(re.findall(rf"\b{call}\(", before))
        return self.skipped[call]

    def fault(self, world, call, what, number):
        when = f"when={number + self.skip(world, call)}{'+' * what.endswith('+')}"
        how, fast = f"error={what.rstrip('+')}", ["--seccomp-bpf"]
        if what == "kill":  # strace sends no signals at calls that it filters fast
            how, fast = "signal=KILL", []
        wrap = ["strace", "-f", *fast, "-o", self.trace, "-e", f"trace={call}"]
        return {"wrap": [*wrap, "-e", f"inject={call}:{how}:{when}"]}

    def met(self):
        trace = self.trace.read_text()
        return "(INJECTED)" in trace or "killed by SIGKILL" in trace


class Library:
    """Faults by a library that is loaded into the program."""

    name = "the library"

    def __init__(self, folder, library):
        self.mark = folder / "met"
        self.library = library

    def fault(self, _, call, what, number):
        self.mark.unlink(missing_ok=True)
        last = what.rstrip("+")
        text = f"{call} {number}{'+' * what.endswith('+')} {getattr(errno, last, last)}"
        return {"env": {"LD_PRELOAD": self.library, "FAULT": text, "FAULT_MET": self.mark}}

    def met(self):
        return self.mark.exists()


class Memory:
    """Allocations that fail, by a library."""

    name = "the allocator"

    def __init__(self, folder, library):
        self.mark = folder / "met"
        self.library = library

    def fault(self, _, __, what, number):
        self.mark.unlink(missing_ok=True)
        number = f"{number}{'+' * what.endswith('+')}"
        return {"env": {"LD_PRELOAD": self.library, "FAULT_MEMORY": number, "FAULT_MET": self.mark}}

    def met(self):
        return self.mark.exists()


class Scenario:
    """A command under faults. after(world, done) looks at what it left."""

    def __init__(self, world, *args, input=b""):
        self.world, self.args, self.input = world, args, input
        self.before = world.log()

    def after(self, world, done):
        raise NotImplementedError


class Reader(Scenario):
    """A command that only reads: what it says is right, or it says why it could not."""

    def __init__(self, world, *args):
        super().__init__(world, *args)
        self.expected = world.run(*args, check=0).stdout

    def after(self, world, done):
        must(done.returncode != 0 or done.stdout == self.expected, "wrong, without an error")
        must(world.sound_log() == self.before, "a reader has changed the log")


class Grade(Scenario):
    """A sitting of one card through a pipe: saved once, or not at all with an error that says so;
    the next sitting goes on with the next card and doubles nothing."""

    def __init__(self, world):
        super().__init__(world, "study", "--limit", 1, input=answers([4]))

    def after(self, world, done):
        log = world.sound_log()
        must(log[: len(self.before)] == self.before, "what was there before has changed")
        saved = len(log) - len(self.before)
        must(acknowledged(done.stdout) <= saved <= 1, "acknowledged:", done.stdout, saved)
        said = done.returncode != 0 or "was not saved" in done.stdout
        must(saved or said, "nothing saved, and nothing said")
        world.run("study", "--limit", 1, input=answers([5]), check=0)
        log = world.sound_log()
        must(grades(log[len(self.before) :]) == [4] * saved + [5], "then saved:", log)
        must(len({entry["card"] for entry in log}) == len(log), "a card was graded twice")


class Review(Scenario):
    """One answer without a dialogue. Where it failed although the answer was saved it says so, or
    that it was the output, or the memory, that failed."""

    def __init__(self, world):
        super().__init__(world, "review", "t/c9", 4)

    def after(self, world, done):
        log = world.sound_log()
        must(log[: len(self.before)] == self.before, "what was there before has changed")
        saved = grades(log[len(self.before) :])
        must(saved in ([], [4]), "saved", saved)
        must(done.returncode != 0 or saved, "nothing saved, without an error")
        said = done.returncode in (0, -9) or re.search("was saved|the output|of memory", done.stderr)
        must(not saved or said, "saved, but said otherwise:", done.stderr)


class Subscribe(Scenario):
    """A deck that comes in: whole or not at all."""

    def __init__(self, world, path, name, count):
        super().__init__(world, "subscribe", path)
        self.name, self.count = name, count

    def cards(self, world):
        listed = world.run("list", f"deck:{self.name}", "--json")
        return listed.stdout.count('"card":')

    def after(self, world, done):
        must(world.sound_log() == self.before, "the log has changed")
        count = self.cards(world)
        must(count in (0, self.count), count, "cards of a deck of", self.count)
        must(done.returncode != 0 or count, "nothing came in, without an error")
        world.run(*self.args, check=0)
        must(self.cards(world) == self.count, "the deck did not come in afterwards")
        must(world.sound_log() == self.before, "the log has changed")


def judge(scenario, world, what, done):
    """The status is a documented one and its reason is said in one line; then what was left."""
    if what == "kill":
        must(done.returncode in (0, -9, 137), "status", done.returncode)
    else:
        must(done.returncode in (0, STORAGE), "status", done.returncode)
        complaints = [line for line in done.stderr.splitlines() if line.startswith("viva: ")]
        lines = done.returncode == STORAGE
        must(len(complaints) == lines, "said on stderr:", done.stderr)
    scenario.after(world, done)


class Trial:
    """A scenario under one kind of injection: how many faults were met, and what was violated."""

    def __init__(self, scenario, injector, home):
        self.scenario, self.injector, self.home = scenario, injector, home
        self.count, self.violations = 0, []

    def attempt(self, call, what, number):
        """One run with one fault; whether the fault was met."""
        world = self.scenario.world.copy(self.home)
        fault = self.injector.fault(world, call, what, number)
        done = world.run(*self.scenario.args, input=self.scenario.input, **fault)
        met = self.injector.met()
        self.count += met
        try:
            judge(self.scenario, world, what, done)
        except (Violation, sqlite3.DatabaseError) as e:
            self.violations.append(
                f"{self.injector.name}, {call} {number} {what}: {e}; stderr: {done.stderr}"
            )
        shutil.rmtree(self.home)
        return met

    def all(self, faults, most, step=1):
        """Each fault at each call, as far as there are calls, at most at so many."""
        for call, what in faults:
            for number in range(1, most + 1, step):
                if not self.attempt(call, what, number):
                    break

    def some(self, faults, count, most, rng):
        """So many faults at random calls, each at an earlier one where there are not so many."""
        faults = list(faults)
        while faults and self.count < count:
            call, what = fault = rng.choice(faults)
            number = rng.randint(1, most)
            while number and not self.attempt(call, what, number):
                number //= 2
            if not number:
                faults.remove(fault)

    def __str__(self):
        name = " ".join(map(str, self.scenario.args))
        found = "".join(f"\n{violation}" for violation in self.violations)
        return (f"{name}: {self.count} faults by {self.injector.name},"
                f" {len(self.violations)} violations{found}")
