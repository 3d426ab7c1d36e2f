"""The nth system call fails or ends the program, by strace, or by a library where ptrace is
forbidden; the nth allocation fails."""

import errno
import re
import shutil
import sqlite3

from scenarios import KILLED
from world import STORAGE, Violation, must

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


def judge(scenario, world, what, done):
    """The status is a documented one and its reason is said in one line; then what was left."""
    if what == "kill" and done.returncode in (KILLED, 128 - KILLED):
        done.returncode = KILLED
    else:
        must(done.returncode in scenario.statuses, "status", done.returncode)
        said = sum(line.startswith(scenario.complaint) for line in done.stderr.splitlines())
        must(said <= 1 and bool(said) >= (done.returncode == STORAGE), "said:", done.stderr)
    scenario.after(world, done)


class Trial:
    """A scenario under one kind of injection: how many faults were met, and what was violated.
    `program` is the one to try; what it left is looked at with that of the scenario."""

    def __init__(self, scenario, injector, home):
        self.scenario, self.injector, self.home = scenario, injector, home
        self.program = scenario.world.program
        self.count, self.violations = 0, []

    def attempt(self, call, what, number):
        """One run with one fault; whether the fault was met."""
        world = self.scenario.world.copy(self.home)
        fault = self.injector.fault(world, call, what, number)
        world.program = self.program
        done = world.run(*self.scenario.args, input=self.scenario.input, **fault)
        world.program = self.scenario.world.program
        met = self.injector.met()
        self.count += met
        try:
            if met:
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
        found = "".join(f"\n{violation}" for violation in self.violations[:10])
        return (f"{name}: {self.count} faults by {self.injector.name},"
                f" {len(self.violations)} violations{found}")
