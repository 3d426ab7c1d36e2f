"""A sync that is killed, that fails in the middle, that is not alone: all of a source or nothing.

FAULT_ROUNDS makes the runs that many times as long; `make faults` does.
"""

import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

import servers
from subscriber import RELEASE, deck

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/faults"))

import disk
import inject
import kills
import sources
from world import Violation, World, acknowledged, answers, check_database, must

ROUNDS = int(os.environ.get("FAULT_ROUNDS", 1))
PIPE = subprocess.PIPE


@pytest.fixture
def folder():
    """A folder in memory where there is one."""
    memory = "/dev/shm"
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as path:
        yield Path(path)


@pytest.fixture
def world(subscriber, env, folder):
    """A home with three sources, for the program for users."""
    shutil.copytree(subscriber.home, folder / "home")
    return World(RELEASE, env).at(folder / "home")


@pytest.fixture
def scenario(world, host, folder):
    return sources.Sources(world, host, folder / "copy")


# Kills.


def test_a_killed_sync_leaves_each_source_old_or_new(scenario, folder):
    print(kills.commands(scenario, 25 * ROUNDS, folder / "copy", 5))


def children(pid):
    with contextlib.suppress(OSError):
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def test_a_killed_download_leaves_each_source_old_or_new(scenario, folder):
    """The part of viva that speaks with servers ends at any moment; viva says so and goes on."""
    rng = random.Random(6)
    met = 0
    for _ in range(12 * ROUNDS):
        copy = scenario.world.copy(folder / "copy")
        with copy.start("sync", stdout=PIPE, stderr=PIPE) as process:
            time.sleep(rng.uniform(0.002, 0.025))
            for child in children(process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
                    met += 1
            out, err = process.communicate(timeout=60)
        done = subprocess.CompletedProcess(scenario.args, process.returncode, out, err)
        must(done.returncode in (0, 3, 4), "status", done.returncode, err)
        must(not done.returncode or b"its cards stay as they were" in err or b"viva: " in err, err)
        scenario.after(copy, done)
    print(f"{met} downloads killed")
    assert met


# Calls that fail.

NETWORK = [
    ("socketpair", "EMFILE"), ("clone", "EAGAIN"), ("clone3", "EAGAIN"), ("vfork", "EAGAIN"),
    ("execve", "EACCES"), ("socket", "EMFILE"), ("connect", "ENETUNREACH"), ("poll", "EINTR"),
    ("poll", "ENOMEM"), ("ppoll", "EINTR"), ("recvfrom", "ECONNRESET"), ("sendto", "EPIPE"),
    ("getrandom", "EAGAIN"), ("mmap", "ENOMEM"), ("sendto", "kill"), ("recvfrom", "kill"),
]  # fmt: skip

needs_strace = pytest.mark.skipif(
    not disk.strace_works(), reason="strace is not installed or ptrace not allowed"
)


def attempt(scenario, injector, home, fault, number):
    """One run with one fault, in viva or in what downloads; whether it was met."""
    world = scenario.world.copy(home)
    done = world.run(*scenario.args, **injector.fault(world, *fault, number))
    met = injector.met()
    if done.returncode == 128 + signal.SIGKILL:
        done.returncode = -signal.SIGKILL
    try:
        must(fault[1] == "kill" or done.returncode >= 0, "ended by a signal")
        must(done.returncode in (0, -9) or done.stderr.strip(), "no word of it")
        scenario.after(world, done)
    except (Violation, sqlite3.DatabaseError) as e:
        raise Violation(f"{fault} {number}: {e}; stderr: {done.stderr}") from e
    return met


@needs_strace
@pytest.mark.parametrize("faults, count", [(NETWORK, 20), (inject.FAULTS, 25)], ids=["network", "files"])
def test_a_failing_call_leaves_each_source_old_or_new(faults, count, scenario, folder):
    rng = random.Random(count)
    injector = inject.Strace(folder)
    tried = met = 0
    while tried < count * ROUNDS:
        fault = rng.choice(faults)
        number = 1 if fault in NETWORK[:5] else rng.randint(1, 30)
        met += attempt(scenario, injector, folder / "copy", fault, number)
        tried += 1
    print(f"{tried} runs, {met} faults met")
    assert met > tried // 8


# Several at once.


def together(*calls):
    """Runs them at once; what they return, in their order. What one of them raises is raised."""
    results, raised = [None] * len(calls), []

    def run(number):
        try:
            results[number] = calls[number]()
        except Exception as e:
            raised.append(e)

    threads = [threading.Thread(target=run, args=[i]) for i in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]
    return results


def test_row_68_of_several_syncs_one_applies_and_the_others_say_so(scenario, folder):
    for _ in range(4 * ROUNDS):
        copy = scenario.world.copy(folder / "copy")
        done = together(*4 * [lambda: copy.run("sync")])
        for one in done:
            must(one.returncode == 0, one)
            must("busy" not in one.stderr and "lock" not in one.stderr, one.stderr)
        for label in ("numbers: 27 new", "letters: 27 new", "more: 30 new"):
            must(sum(label in one.stdout for one in done) == 1, label, [o.stdout for o in done])
        for one in done:
            must("no card changed" not in one.stdout, "applied once more:", one.stdout)
        scenario.after(copy, done[0])


def test_row_68_a_slow_sync_does_not_undo_a_quicker_one(subscriber, host):
    """The older edition was on its way when the newer one came in."""
    begun, done = threading.Event(), threading.Event()

    def slow(call, request):
        begun.set()
        done.wait(20)
        call.send(servers.answer(deck("numbers", 10), ETag='"old"'))

    host.behave("/numbers.md", slow)

    def quick():
        assert begun.wait(20)
        host.put("/numbers.md", deck("numbers", 20), ETag='"new"')
        said = subscriber.sync("numbers", now="2026-11-20T10:00:01Z")
        done.set()
        return said

    first, second = together(lambda: subscriber.sync("numbers"), quick)
    assert "17 new" in second
    assert "already up to date: another viva has just checked it" in first
    assert subscriber.notes("numbers", "etag") == ('"new"',)
    assert len(subscriber.run("list", "deck:numbers").stdout.splitlines()) == 20


def test_of_several_subscriptions_to_one_address_one_brings_the_cards(world, host):
    host.put("/new.md", deck("new", 30), ETag='"1"')
    done = together(*4 * [lambda: world.run("subscribe", host.url("/new.md"))])
    assert [one.returncode for one in done] == 4 * [0], done
    assert sum("30 new" in one.stdout for one in done) == 1
    check_database(world.db)
    with closing(sqlite3.connect(world.db)) as db:
        assert db.execute("SELECT count(*) FROM edition JOIN source ON source_id=source.id"
                          " WHERE location LIKE '%new.md'").fetchone() == (1,)  # fmt: skip
    world.run("doctor", check=0)


def test_a_source_that_is_left_during_a_sync_does_not_come_back(world, host):
    for _ in range(3 * ROUNDS):
        host.put("/new.md", deck("new", 3), ETag='"1"')
        world.run("subscribe", host.url("/new.md"), check=0)
        host.put("/new.md", deck("new", 30), ETag='"2"')
        gone, synced = together(
            lambda: world.run("unsubscribe", "new", "--purge"), lambda: world.run("sync", "--force")
        )
        assert gone.returncode == 0, gone
        assert synced.returncode in (0, 3), synced
        assert not any(row["url"] == host.url("/new.md") for row in world.json("sources"))
        check_database(world.db)
        world.run("doctor", check=0)


def test_study_and_sync_at_once_disturb_neither(world, host):
    """Grades go on landing on their cards while editions come in."""
    world.ready(400)
    before = len(world.log())
    end = time.monotonic() + 2 * ROUNDS
    graded = []
    syncs = []

    def study():
        while time.monotonic() < end:
            done = world.run("study", "--limit", 5, input=answers([4, 5, 3, 4, 5]))
            assert done.returncode == 0, done
            assert "busy" not in done.stderr and "was not saved" not in done.stdout, done
            graded.append(acknowledged(done.stdout))

    def sync():
        while time.monotonic() < end:
            number = len(syncs)
            host.put("/numbers.md", deck("numbers", 3 + number % 9, f"{number} {{}}."), ETag=f'"{number}"')
            done = world.run("sync", "--force", "--accept-mass-change")
            syncs.append(done)
            assert done.returncode == 0, done

    together(study, sync)
    assert len(world.sound_log()) - before == sum(graded)
    assert len(graded) > 2 and len(syncs) > 2
    world.run("doctor", check=0)
    print(f"{len(graded)} sittings, {len(syncs)} syncs")


# A publisher in a hurry.


def edition_of(path):
    """The numbers that the answers of a client's cards hold, and the serial."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        found = {row[0] for row in db.execute("SELECT DISTINCT answer FROM card_text")}
        (serial,) = db.execute("SELECT serial FROM remote").fetchone()
        decks = db.execute("SELECT count(DISTINCT deck_id) FROM card").fetchone()
    return found, serial, decks[0]


def test_a_publisher_in_a_loop_never_confuses_four_clients(world, folder, nginx, env):
    """Each sees one edition whole: the newest one or the one before."""
    decks = folder / "decks"
    decks.mkdir()
    publisher = world.copy(folder / "publisher")
    clients = []

    def publish(number):
        for name in ("one", "two", "three"):
            (decks / f"{name}.md").write_text(deck(name, 20, f"Edition {number}."))
        publisher.run("publish", decks, "--out", nginx.root, "--title", "Race", check=0)

    publish(1)
    url = nginx.url("/index.yaml", "http")
    for i in range(4):
        home = folder / f"client-{i}"
        (home / "no-decks").mkdir(parents=True)
        clients.append(World(RELEASE, env).at(home))
        clients[-1].run("subscribe", url, check=0)
    end = time.monotonic() + 3 * ROUNDS
    newest = [1]
    seen = []

    def publish_on():
        while time.monotonic() < end:
            publish(newest[0] + 1)
            newest[0] += 1
            time.sleep(0.05)

    def follow(client):
        while time.monotonic() < end:
            before = newest[0]
            done = client.run("sync", "--force")
            must(done.returncode == 0, done.returncode, done.stdout, done.stderr)
            found, serial, count = edition_of(client.db)
            must(count == 3 and found == {f"Edition {serial}."}, found, serial)
            must(serial >= before, "serial", serial, "behind", before)
            seen.append(serial)

    together(publish_on, *[lambda client=client: follow(client) for client in clients])
    for client in clients:
        check_database(client.db)
        client.run("doctor", check=0)
    print(f"{newest[0]} editions, {len(seen)} syncs, {len(set(seen))} of them seen")
    assert newest[0] > 3 and len(set(seen)) > 2
