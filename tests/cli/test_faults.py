"""Whatever fails, nothing graded is lost: short runs of the harnesses in tests/faults.

FAULT_ROUNDS makes the runs that many times as long; `make faults` does.
"""

import datetime
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/faults"))

import crowd
import disk
import inject
import kills
import scenarios
from world import World, answers, deck

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


# Scenarios, each made on a database with a history.


GRADES = random.Random(3).choices(range(2, 6), k=25)


def subscription(world):
    (world.home / "n.md").write_text(deck("n", 30))
    return scenarios.Decks(world, {"t": 40, "n": 30}, "subscribe", world.home / "n.md")


SCENARIOS = {
    "a sitting": lambda world: scenarios.Sitting(world, GRADES),
    "a card through a pipe": lambda world: scenarios.Sitting(world, [4]),
    "a review without a dialogue": scenarios.Review,
    "a deck that comes in": subscription,
    "a card of one's own": scenarios.Add,
    "a copy of the database": scenarios.Backup,
    "a copy that is restored": scenarios.Restore,
    "a log that goes out": scenarios.Export,
    "a log that comes in": scenarios.Import,
    "what is due": lambda world: scenarios.Reader(world, "due"),
    "the log": lambda world: scenarios.Reader(world, "log", "--json"),
    "the doctor": lambda world: scenarios.Doctor(world, "doctor", "--json"),
}
READERS = ["what is due", "the log", "the doctor"]
WRITERS = [name for name in SCENARIOS if name not in ["a sitting", *READERS]]


@pytest.fixture
def scenario():
    """scenario(name, world) is one of them."""

    def scenario(name, world):
        world.ready(40)
        world.run("study", "--limit", 3, input=answers([4, 5, 3]), check=0)
        return SCENARIOS[name](world)

    return scenario


@pytest.fixture(params=sorted(ROOT.glob("tests/data/schema/*.sql")), ids=lambda path: path.stem)
def migration(request):
    """migration(world) brings a database of an older format to the newest."""
    return lambda world: scenarios.Migration(world, request.param.read_text())


# kill -9.


@pytest.mark.parametrize("sit, rounds", [(kills.through_a_pipe, 20), (kills.on_a_terminal, 10)])
def test_a_killed_sitting_keeps_every_grade_that_was_acknowledged(on_disk, tmp_path, sit, rounds):
    on_disk.ready(100)
    print(kills.sittings(lambda: on_disk.copy(tmp_path / "copy"), rounds * ROUNDS, sit, 1))


@pytest.fixture
def twenty_decks(env):
    """Twenty bundled decks of a hundred cards each; their sizes."""
    sizes = {f"d{i}": 100 for i in range(20)}
    for name, size in sizes.items():
        (Path(env["VIVA_DECKS_DIR"]) / f"{name}.md").write_text(deck(name, size))
    return sizes


def test_a_killed_first_start_leaves_whole_decks_or_none(on_disk, twenty_decks, tmp_path):
    start = scenarios.Decks(on_disk, twenty_decks, "study")
    print(kills.commands(start, 5 * ROUNDS, tmp_path / "copy", 2))


@pytest.mark.parametrize("name", WRITERS[1:])
def test_a_killed_command_leaves_all_or_nothing(name, scenario, on_disk, tmp_path):
    print(kills.commands(scenario(name, on_disk), 5 * ROUNDS, tmp_path / "copy", 3))


def test_a_killed_migration_loses_nothing(migration, on_disk, tmp_path):
    print(kills.commands(migration(on_disk), 5 * ROUNDS, tmp_path / "copy", 4))


# Power loss.

needs_strace = pytest.mark.skipif(
    not disk.strace_works(), reason="strace is not installed or ptrace not allowed: nothing to record"
)


def survive(scenario, images, **options):
    said, violations = disk.power_losses(scenario, images * ROUNDS, 4, **options)
    print(said, *violations[:10], sep="\n")
    assert not violations


@needs_strace
def test_a_power_loss_keeps_every_grade_that_was_acknowledged(world):
    survive(scenarios.Sitting(world.ready(40), GRADES), 30)


@needs_strace
def test_a_power_loss_at_the_first_start_keeps_every_grade_that_was_acknowledged(world):
    path = world.home / "t.md"
    path.write_text(deck("t", 40))
    config = "".join(f'"$V" config {word}; ' for word in ("new 99", "minutes 600", "repeat-below 0"))
    script = f'{{ "$V" subscribe t.md; {config} }} >&2; "$V" "$@"'
    survive(scenarios.FirstSitting(world, path, GRADES), 20, script=script)


@needs_strace
@pytest.mark.parametrize("name", WRITERS[1:])
def test_a_power_loss_leaves_all_or_nothing(name, scenario, world):
    survive(scenario(name, world), 6)


@needs_strace
def test_a_power_loss_in_a_migration_loses_nothing(migration, world):
    survive(migration(world), 10)


@needs_strace
def test_the_harness_sees_what_a_disk_that_never_syncs_loses(world, preload):
    planted = scenarios.Sitting(world.ready(40), GRADES)
    plant = {"LD_PRELOAD": preload("calls"), "FAULT": "nosync"}
    said, violations = disk.power_losses(planted, 10 * ROUNDS, 4, plant)
    print(said)
    assert len(violations) > 2 * ROUNDS


# Calls and allocations that fail.


@pytest.fixture
def trial(scenario, world, folder):
    """trial(name, injector) tries a scenario out."""
    return lambda name, injector: inject.Trial(scenario(name, world), injector, folder / "copy")


def try_out(trial, faults, some, most=40, every=1):
    """Some of the faults; all of them in a long run."""
    if ROUNDS == 1:
        trial.some(faults, some, most, random.Random(str(trial.scenario.args)))
    else:
        trial.all(faults, most, every)
    print(trial)
    assert trial.count
    assert not trial.violations[:1]


@pytest.mark.parametrize("name", WRITERS + READERS)
def test_a_failing_system_call_is_an_error_that_loses_nothing(name, trial, folder, preload):
    """Calls fail by strace where it may trace, else by a library."""
    injector = inject.Strace(folder)
    if not disk.strace_works():
        injector = inject.Library(folder, preload("calls"))
    try_out(trial(name, injector), inject.FAULTS, 5)


def test_a_migration_that_fails_is_an_error_that_loses_nothing(migration, world, folder, preload):
    library = inject.Library(folder, preload("calls"))
    try_out(inject.Trial(migration(world), library, folder / "copy"), inject.FAULTS, 5)


@pytest.mark.parametrize("name", WRITERS + READERS)
def test_a_failing_call_is_no_finding_of_a_sanitizer(name, viva, world, trial, folder, preload):
    world.env["ASAN_OPTIONS"] += ":verify_asan_link_order=0"  # the library comes before its own
    under_sanitizers = trial(name, inject.Library(folder, preload("calls")))
    under_sanitizers.program = str(viva)
    try_out(under_sanitizers, inject.ERRORS + inject.LASTING, 2, 12)


@needs_strace
def test_the_harness_sees_what_a_kill_breaks_without_a_journal(world, trial, folder, preload):
    world.env.update(LD_PRELOAD=str(preload("calls")), FAULT="nojournal")
    planted = trial("a card through a pipe", inject.Strace(folder))
    planted.all([("pwrite64", "kill")], 20)
    print(planted)
    assert planted.violations


@pytest.mark.parametrize("name", WRITERS)
def test_a_write_that_is_cut_short_goes_on(name, trial, folder, preload):
    library = inject.Library(folder, preload("calls"))
    try_out(trial(name, library), inject.SHORT + inject.FAULTS[:3], 3)


@pytest.mark.parametrize("name", WRITERS + READERS)
def test_memory_that_runs_out_ends_the_program_and_loses_nothing(name, trial, folder, preload):
    memory = inject.Memory(folder, preload("memory"))
    try_out(trial(name, memory), inject.MEMORY, 5, 4000, 13)


@pytest.mark.parametrize("call", ["pwrite64", "fdatasync", "ftruncate"])
def test_a_grade_given_again_after_an_error_is_there_once(call, world, folder, preload):
    """Where a commit says that it failed it may have happened all the same."""
    world.ready(5)
    library = inject.Library(folder, preload("calls"))
    asked = []
    for number in (1, 2, 3, 4, 5, 12) if ROUNDS == 1 else range(1, 40):
        copy = world.copy(folder / "copy")
        fault = library.fault(copy, call, "EIO", number)["env"]
        again = kills.insist(copy, {key: str(value) for key, value in fault.items()})
        grades = [entry["grade"] for entry in copy.sound_log()]
        assert grades == ([] if again is None else [4]), (number, again, grades)
        asked.append(again)
    print(f"{call}: {len(asked)} sittings, grades asked for again: {asked}")


# Disks that are full, clocks that are wrong, company.


@pytest.mark.parametrize("spare", range(0, 60, 60 // (4 * ROUNDS) or 1))
def test_a_file_that_may_not_grow_loses_nothing(world, scenario, folder, spare):
    """The limit of a file's size stands for a quota."""
    sitting = scenario("a sitting", world)
    size = world.db.stat().st_size // 1024 + spare
    full = world.copy(folder / "copy")
    done = full.run(*sitting.args, input=sitting.input, wrap=["prlimit", f"--fsize={size}K"])
    inject.judge(sitting, full, "", done)
    print(f"{spare} kB to spare: status {done.returncode}, {done.stderr}")


@pytest.fixture
def small_disk(tmp_path):
    """small_disk(bytes) is the folder of a file system of that size."""
    path = tmp_path / "small"
    path.mkdir()

    def small_disk(size):
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", path],
                              capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"a small file system cannot be mounted: {done.stderr.strip()}")
        return path

    yield small_disk
    subprocess.run(["umount", path], capture_output=True)


@pytest.mark.parametrize("spare", range(0, 60, 60 // (2 * ROUNDS) or 1))
def test_a_full_disk_loses_nothing(world, scenario, folder, small_disk, spare):
    sitting = scenario("a sitting", world)
    used = sum(path.stat().st_blocks * 512 for path in world.home.rglob("*"))
    full = world.copy(small_disk(used + spare * 1024) / "home")
    done = full.run(*sitting.args, input=sitting.input)
    inject.judge(sitting, full.copy(folder / "copy"), "", done)
    print(f"{spare} kB to spare: status {done.returncode}, {done.stderr}")


def test_grades_under_wrong_clocks_are_all_kept(world, preload):
    """The clock of the system itself; with $VIVA_NOW see test_days.py."""
    del world.env["VIVA_NOW"]
    world.ready(40)
    years = [0, -50, 10, 0, -5, 0]
    for n, year in enumerate(years):
        seconds = year * 365 * 86400
        env = {"LD_PRELOAD": preload("calls"), "FAULT": f"clock {seconds}"}
        world.run("study", "--limit", 3, input=answers([4, 3, 5]), env=env, check=0)
        log = world.sound_log()
        assert len(log) == 3 * (n + 1)
        today = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
        assert abs(datetime.datetime.fromisoformat(log[-1]["time"][:10]) - today.replace(
            tzinfo=None)) < datetime.timedelta(days=2)


def test_several_vivas_at_once_lose_nothing_and_hear_nothing_of_each_other(on_disk):
    on_disk.ready(900)
    said, trouble = crowd.crowd(on_disk, 3 if ROUNDS == 1 else 60, 900)
    print(said)
    assert not trouble
