"""Whatever fails, nothing graded is lost: short runs of the harnesses in tests/faults.

FAULT_ROUNDS makes the runs that many times as long; `make faults` does.
"""

import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/faults"))

import disk
import inject
import kills
from world import Violation, World, acknowledged, answers, deck, must

ROUNDS = int(os.environ.get("FAULT_ROUNDS", 1))


@pytest.fixture(scope="session")
def release():
    """The program as people run it: fast, so that a kill falls anywhere."""
    program = ROOT / "build/release/viva"
    if not program.exists():
        pytest.fail(f"{program} is missing: run `make` first")
    return program


@pytest.fixture
def folder():
    """A folder in memory where there is one: the harnesses have no use for a real disk's time."""
    memory = "/dev/shm"
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as path:
        yield Path(path)


@pytest.fixture
def world(release, env, folder):
    shutil.copytree(env["HOME"], folder / "home")
    return World(release, env).at(folder / "home")


@pytest.fixture
def on_disk(release, env):
    """A world on a disk whose syncs take their time, so that a kill falls between them."""
    return World(release, env)


@pytest.fixture
def preload():
    """preload(name) is a library of tests/faults for LD_PRELOAD."""

    def preload(name):
        library = ROOT / f"build/faults/{name}.so"
        if not library.exists():
            pytest.fail(f"{library} is missing: run `make faults FAULT_ROUNDS=1` first")
        return library

    return preload


@pytest.fixture
def fresh(on_disk, tmp_path):
    """fresh() is a copy of the world on disk; the one before is gone then."""
    return lambda: on_disk.copy(tmp_path / "copy")


# kill -9.


@pytest.mark.parametrize("sit, rounds", [(kills.through_a_pipe, 20), (kills.on_a_terminal, 10)])
def test_a_killed_sitting_keeps_every_grade_that_was_acknowledged(on_disk, fresh, sit, rounds):
    on_disk.ready(100)
    print(kills.sittings(fresh, rounds * ROUNDS, sit, seed=sit.__name__))


@pytest.fixture
def twenty_decks(env):
    """Twenty bundled decks of a hundred cards each."""
    folder = Path(env["VIVA_DECKS_DIR"])
    for i in range(20):
        (folder / f"d{i}.md").write_text(deck(f"d{i}", 100))
    return folder


def whole_decks(world, ended):
    sizes = kills.deck_sizes(world)
    assert set(sizes) <= {100} and (not ended or len(sizes) == 20), sizes


def test_a_killed_first_start_leaves_whole_decks_or_none(fresh, twenty_decks):
    print(kills.commands(fresh, 8 * ROUNDS, ("study",), whole_decks, seed=1))


def test_a_killed_subscription_leaves_whole_decks_or_none(on_disk, fresh, twenty_decks):
    on_disk.env["VIVA_DECKS_DIR"] = str(on_disk.home)
    args = ("subscribe", twenty_decks)
    print(kills.commands(fresh, 8 * ROUNDS, args, whole_decks, seed=2))


# Power loss.

needs_strace = pytest.mark.skipif(
    not disk.strace_works(), reason="strace is not installed or ptrace not allowed: nothing to record"
)
GRADES = [random.Random(3).randrange(2, 6) for _ in range(25)]
SITTING = f'"$V" study --limit {len(GRADES)} <lines'


def judge_sitting(image, shown):
    ledger = kills.Ledger(image, [])
    ledger.settle(GRADES, acknowledged(shown))
    ledger.go_on()




@pytest.fixture
def power(world):
    """power(script, judge, images) cuts the power in the middle of a script, a sitting's lines at
    hand, and returns the violations."""
    (world.home / "lines").write_bytes(answers(GRADES))

    def power(script, judge, images, env=()):
        said, violations = disk.power_losses(world, script, images * ROUNDS, 4, judge, env)
        print(said, *violations, sep="\n")
        return violations

    return power


@needs_strace
def test_a_power_loss_keeps_every_grade_that_was_acknowledged(world, power):
    world.ready(len(GRADES) + 5)
    assert power(SITTING, judge_sitting, 40) == []


@needs_strace
def test_a_power_loss_at_the_first_start_keeps_what_was_acknowledged(world, power):
    path = world.home / "t.md"
    path.write_text(deck("t", 40))

    def judge(image, shown):
        if "Subscribed" in shown:
            judge_sitting(image, shown)
        else:
            image.run("subscribe", path, check=0)
            must(image.sound_log() == [], "a log of nothing")

    script = f'"$V" subscribe t.md; "$V" config repeat-below 0; "$V" config new 99; {SITTING}'
    assert power(script, judge, 20) == []


@needs_strace
def test_the_harness_sees_what_a_disk_that_never_syncs_loses(world, power, preload):
    world.ready(len(GRADES) + 5)
    plant = {"LD_PRELOAD": preload("calls"), "FAULT": "nosync"}
    assert len(power(SITTING, judge_sitting, 10, plant)) > 2 * ROUNDS


# Calls and allocations that fail.


def with_deck(world):
    (world.home / "n.md").write_text(deck("n", 30))
    return inject.Subscribe(world, "n.md", "n", 30)


SCENARIOS = {
    "a card graded through a pipe": inject.Grade,
    "a review without a dialogue": inject.Review,
    "a deck that comes in": with_deck,
    "what is due": lambda world: inject.Reader(world, "due"),
    "the log": lambda world: inject.Reader(world, "log", "--json"),
}
every_scenario = pytest.mark.parametrize("name", SCENARIOS)


@pytest.fixture
def trial(world, folder):
    """trial(name, injector) is a scenario on a database with a history."""

    def trial(name, injector):
        world.ready(30)
        world.run("study", "--limit", 3, input=answers([4, 5, 3]), check=0)
        return inject.Trial(SCENARIOS[name](world), injector, folder / "copy")

    return trial


def try_out(trial, faults, some, most=40, every=1):
    """Some of the faults; all of them in a long run."""
    if ROUNDS == 1:
        trial.some(faults, some, most, random.Random(str(trial.scenario.args)))
    else:
        trial.all(faults, most, every)
    print(trial)
    assert trial.count and not trial.violations


@every_scenario
def test_a_failing_system_call_is_an_error_that_loses_nothing(name, trial, folder, preload):
    """Calls fail by strace where it may trace, else by a library."""
    injector = inject.Strace(folder)
    if not disk.strace_works():
        injector = inject.Library(folder, preload("calls"))
    try_out(trial(name, injector), inject.FAULTS, 10)


@needs_strace
def test_the_harness_sees_what_a_kill_breaks_without_a_journal(world, trial, folder, preload):
    world.env.update(LD_PRELOAD=str(preload("calls")), FAULT="nojournal")
    planted = trial("a card graded through a pipe", inject.Strace(folder))
    planted.all([("pwrite64", "kill")], 20)
    print(planted)
    assert planted.violations


@pytest.mark.parametrize("name", list(SCENARIOS)[:3])
def test_a_write_that_is_cut_short_goes_on(name, trial, folder, preload):
    library = inject.Library(folder, preload("calls"))
    try_out(trial(name, library), inject.SHORT + inject.FAULTS[:3], 4)


@every_scenario
def test_memory_that_runs_out_ends_the_program_and_loses_nothing(name, trial, folder, preload):
    memory = inject.Memory(folder, preload("memory"))
    try_out(trial(name, memory), inject.MEMORY, 10, 4000, 7)
