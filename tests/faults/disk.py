"""Power loss: a program's writes, recorded, on a model of a disk that keeps only what was synced.

What a file has been written since its last sync is kept sector by sector or not, and so are the
entries of a folder since its own last sync: link, rename, unlink and new files are durable only then.
"""

import itertools
import os
import random
import re
import sqlite3
import subprocess
import tempfile
from pathlib import Path

from scenarios import KILLED
from world import Violation, must

SECTOR = 512
CALLS = (
    "openat,close,lseek,write,pwrite64,ftruncate,fsync,fdatasync,mkdir,link,rename,unlink,dup2"
)
LINE = re.compile(r"(\d+) +(\w+)\((.*)\) += (\d+)")
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


def strace_works():
    """Whether strace is here and may trace: containers often forbid ptrace."""
    try:
        done = subprocess.run(["strace", "-f", "--seccomp-bpf", "-o", os.devnull, "true"],
                              capture_output=True)
    except FileNotFoundError:
        return False
    return done.returncode == 0


def record(scenario, script, env):
    """Runs a shell script in which $V is the program and "$@" the scenario's arguments, with its
    input; the calls, each (process, name, arguments, result) with bytes for strings."""
    world = scenario.world
    with tempfile.NamedTemporaryFile(dir=world.home.parent) as trace:
        wrap = ["strace", "-f", "--seccomp-bpf", "-xx", "-s", str(1 << 24), "-o", trace.name]
        wrap += ["-e", f"trace={CALLS}", "-e", "signal=none"]
        wrap += itertools.chain(*(("-E", f"{key}={value}") for key, value in dict(env).items()))
        done = subprocess.run([*wrap, "sh", "-ec", script, "sh", *map(str, scenario.args)],
                              env={**world.env, "V": world.program}, cwd=world.home,
                              input=scenario.input, capture_output=True)
        must(done.returncode == 0, done)
        lines = Path(trace.name).read_text().splitlines()
    return [call for line in lines if (call := parse(line))]


def parse(line):
    found = LINE.match(line)
    if not found:
        return None  # a call that failed, the end of a process
    process, name, arguments, result = found.groups()
    words = [
        bytes.fromhex(text.group(1).replace("\\x", "")) if (text := TEXT.match(word)) else word
        for word in arguments.split(", ")
    ]
    return int(process), name, words, int(result)


class File:
    def __init__(self, content=b""):
        self.durable = bytearray(content)
        self.pending = []  # (offset, bytes), or (size, None) where the size was set

    def size(self):
        size = len(self.durable)
        for offset, data in self.pending:
            size = offset if data is None else max(size, offset + len(data))
        return size

    def sync(self):
        for change in self.pending:
            put(self.durable, *change)
        self.pending = []

    def image(self, rng):
        """The content after a power loss."""
        content = bytearray(self.durable)
        keep = rng.choice([0, 0.1, 0.5, 0.9, 1])
        for offset, data in self.pending:
            if data is None:
                if rng.random() < keep:
                    put(content, offset, None)
                continue
            end = offset + len(data)
            if rng.random() < 0.2:  # the size is there, the bytes are what the disk held
                content.extend(rng.randbytes(max(0, end - len(content))))
            while offset < end:
                stop = min(end, offset - offset % SECTOR + SECTOR)
                if rng.random() < keep:
                    put(content, offset, data[: stop - offset])
                data = data[stop - offset :]
                offset = stop
        return content


def put(content, offset, data):
    if data is None:
        del content[offset:]
        data = b""
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


class Folder:
    def __init__(self):
        self.durable = {}
        self.pending = []  # each a list of (name, node), or None for a name that is gone

    def names(self):
        names = dict(self.durable)
        for change in self.pending:
            apply(names, change)
        return names

    def sync(self):
        self.durable = self.names()
        self.pending = []

    def image(self, rng):
        """The entries after a power loss: of the changes a beginning, or any of them."""
        names = dict(self.durable)
        kept = self.pending[: rng.randint(0, len(self.pending))]
        if rng.random() < 0.5:
            kept = [change for change in self.pending if rng.random() < 0.5]
        for change in kept:
            apply(names, change)
        return names


def apply(names, change):
    for name, node in change:
        if node is None:
            names.pop(name, None)
        else:
            names[name] = node


class Disk:
    """What is below a folder, all of it durable now; then follows the calls of a recording."""

    def __init__(self, home):
        self.home = os.fsencode(home)
        self.root = self.load(Path(home))
        self.open = {}  # (process, descriptor): [node, position, appends]
        self.elsewhere = set()  # descriptors that are no file and not the ones of the start
        self.shown = b""

    def load(self, path):
        if not path.is_dir():
            return File(path.read_bytes())
        folder = Folder()
        folder.durable = {os.fsencode(p.name): self.load(p) for p in path.iterdir()}
        return folder

    def find(self, path):
        """The folder of a path, None outside of the home, and the last name in it."""
        if not path.startswith(b"/"):
            path = self.home + b"/" + path
        if not (path + b"/").startswith(self.home + b"/"):
            return None, b""
        *above, name = path[len(self.home) :].strip(b"/").split(b"/")
        folder = self.root
        for part in above:
            folder = folder.names()[part]
        return folder, name

    def look_up(self, path):
        folder, name = self.find(path)
        return folder and (folder.names().get(name) if name else folder)

    def step(self, process, call, words, result):
        getattr(self, call)(process, words, result)

    def openat(self, process, words, fd):
        assert words[0] == "AT_FDCWD", words
        flags = words[2].split("|")
        folder, name = self.find(words[1])
        node = self.look_up(words[1])
        if node is None and folder:
            node = File()
            folder.pending.append([(name, node)])
        if "O_TRUNC" in flags and node:
            node.pending.append((0, None))
        if node:
            self.open[process, fd] = [node, 0, "O_APPEND" in flags]
        else:
            self.open.pop((process, fd), None)

    def close(self, process, words, _):
        self.open.pop((process, int(words[0])), None)

    def dup2(self, process, words, fd):
        self.open.pop((process, fd), None)
        self.elsewhere.add((process, fd))
        if (process, int(words[0])) in self.open:
            self.open[process, fd] = self.open[process, int(words[0])]

    def lseek(self, process, words, position):
        if (process, int(words[0])) in self.open:
            self.open[process, int(words[0])][1] = position

    def write(self, process, words, count):
        fd = self.open.get((process, int(words[0])))
        if fd is None:
            if words[0] == "1" and (process, 1) not in self.elsewhere:
                self.shown += words[1][:count]
            return
        at = fd[0].size() if fd[2] else fd[1]
        fd[0].pending.append((at, words[1][:count]))
        fd[1] = at + count

    def pwrite64(self, process, words, count):
        fd = self.open.get((process, int(words[0])))
        if fd:
            fd[0].pending.append((int(words[3]), words[1][:count]))

    def ftruncate(self, process, words, _):
        self.open[process, int(words[0])][0].pending.append((int(words[1]), None))

    def fsync(self, process, words, _):
        self.open[process, int(words[0])][0].sync()

    fdatasync = fsync

    def mkdir(self, _, words, __):
        folder, name = self.find(words[0])
        folder.pending.append([(name, Folder())])

    def link(self, _, words, __):
        folder, name = self.find(words[1])
        folder.pending.append([(name, self.look_up(words[0]))])

    def unlink(self, _, words, __):
        folder, name = self.find(words[0])
        folder.pending.append([(name, None)])

    def rename(self, _, words, __):
        (old_folder, old), (folder, name) = self.find(words[0]), self.find(words[1])
        assert old_folder is folder, words
        folder.pending.append([(old, None), (name, self.look_up(words[0]))])

    def write_image(self, path, rng):
        """What a power loss leaves, as files."""
        self.write_node(self.root, Path(os.fsdecode(path)), rng)

    def write_node(self, node, path, rng):
        if isinstance(node, File):
            path.write_bytes(node.image(rng))
            path.chmod(0o600)
            return
        path.mkdir(mode=0o700)
        for name, child in node.image(rng).items():
            self.write_node(child, path / os.fsdecode(name), rng)


def power_losses(scenario, count, seed, env=(), script='"$V" "$@"'):
    """Records a scenario, or a script that ends in it, cuts its power so often at random moments and
    looks at what is left. Returns a line about that and the violations that were found."""
    rng = random.Random(seed)
    disk = Disk(scenario.world.home)
    calls = record(scenario, script, env)
    violations = []
    done = 0
    for moment in sorted(rng.choices(range(len(calls) + 1), k=count)):
        for call in calls[done:moment]:
            disk.step(*call)
        done = moment
        with tempfile.TemporaryDirectory(dir=scenario.world.home.parent) as folder:
            image = Path(folder) / "home"
            disk.write_image(image, rng)
            shown = subprocess.CompletedProcess(scenario.args, KILLED, disk.shown.decode(), "")
            try:
                scenario.after(scenario.world.at(image), shown)
            except (Violation, sqlite3.DatabaseError) as e:
                violations.append(f"after call {moment}: {e}")
    what = f"{scenario.args[0]}: {count} images of {len(calls)} calls"
    return f"{what}, {len(violations)} violations", violations
