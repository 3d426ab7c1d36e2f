"""viva-fetch, the program that speaks with servers, by its own protocol: include/wire/message.h."""

import os
import selectors
import subprocess
import time
from pathlib import Path

import pytest

import servers

ETAG = '"5f3-1"'
MODIFIED = "Sun, 06 Nov 1994 08:49:37 GMT"
MAX = 8 << 20
NUMBERS = {"done", "status", "retry-after", "wire", "body", "progress", "bytes", "total", "hello"}


class Message:
    """A message of the protocol: its fields as attributes, None for what it does not have."""

    def __init__(self, head):
        self.fields = {}
        for line in head.decode("utf-8", "surrogateescape").split("\n"):
            name, _, value = line.partition(" ")
            assert name not in self.fields
            self.fields[name] = int(value) if name in NUMBERS else value
        self.kind = next(iter(self.fields))
        self.content = None

    def __getattr__(self, name):
        return self.fields.get(name.replace("_", "-"))

    def __repr__(self):
        return repr(self.fields)


def parse(data):
    """The complete messages that the bytes begin with, and the bytes after them."""
    messages = []
    while b"\n\n" in data:
        head, _, rest = data.partition(b"\n\n")
        message = Message(head)
        if len(rest) < (message.body or 0):
            break
        message.content, data = rest[: message.body or 0], rest[message.body or 0 :]
        messages.append(message)
    return messages, data


def request(url, number=1, etag=None, modified=None, max=MAX, plain_http=False, unchecked=False):
    lines = [f"get {number}", f"url {url}"]
    lines += [f"etag {etag}"] if etag is not None else []
    lines += [f"modified {modified}"] if modified is not None else []
    lines += [f"max {max}"]
    lines += ["plain-http"] if plain_http else []
    lines += ["unchecked"] if unchecked else []
    return "\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape")


class Program:
    """A running viva-fetch."""

    def __init__(self, path, env):
        self.process = subprocess.Popen(
            [path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, bufsize=0
        )
        self.pid = self.process.pid
        self.rest = b""
        self.messages = []
        self.numbers = 0

    def send(self, data):
        self.process.stdin.write(data)

    def get(self, url, **fields):
        """Asks for a URL; the number of the request."""
        self.numbers += 1
        self.send(request(url, number=self.numbers, **fields))
        return self.numbers

    def next(self, kind="done", seconds=30):
        """The next message of that kind; None when there is none any more."""
        end = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while True:
                while self.messages:
                    message = self.messages.pop(0)
                    if message.kind == kind:
                        return message
                assert selector.select(end - time.monotonic()), "no answer in time"
                data = os.read(self.process.stdout.fileno(), 1 << 20)
                if not data:
                    return None
                found, self.rest = parse(self.rest + data)
                self.messages += found

    def fetch(self, url, **fields):
        """Downloads one URL and returns the answer."""
        number = self.get(url, **fields)
        done = self.next()
        assert done.done == number
        return done

    def peak(self):
        """The most memory that it has had, in bytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024

    def close(self):
        """Closes its input and waits: the exit status."""
        self.process.stdin.close()
        try:
            return self.process.wait(10)
        finally:
            self.process.kill()
            self.process.stdout.close()


@pytest.fixture(scope="session")
def builds(viva, root):
    """The viva-fetch of two builds: with sanitizers and short time limits, and the one for users."""
    return {"test": viva.parent / "viva-fetch", "release": root / "build/release/viva-fetch"}


@pytest.fixture
def fetch_env(env):
    """The environment of viva-fetch: time limits of a second."""
    env["VIVA_FETCH_TEST_SECONDS"] = "1"
    return env


@pytest.fixture
def start(builds, fetch_env):
    """start(build="test") starts a viva-fetch, which ends with the test."""
    programs = []

    def start(build="test"):
        programs.append(Program(builds[build], fetch_env))
        return programs[-1]

    yield start
    for program in programs:
        if not program.process.stdin.closed:
            assert program.close() == 0


@pytest.fixture
def fetch(start):
    """fetch(url, ...) downloads with one program for the whole test."""
    program = []

    def fetch(url, **fields):
        if not program:
            program.append(start())
        return program[0].fetch(url, **fields)

    return fetch


# What ordinary servers say.


def test_a_file_comes_whole_with_its_validators(fetch, server):
    server.put("/deck.md", b"# Deck\n", ETag=ETAG, Last_Modified=MODIFIED)
    done = fetch(server.url("/deck.md"))
    assert (done.end, done.status, done.content) == ("body", 200, b"# Deck\n")
    assert (done.etag, done.modified, done.type) == (ETAG, MODIFIED, "text/markdown")
    assert (done.url, done.moved, done.retry_after) == (server.url("/deck.md"), None, -1)
    assert done.message is done.proxy is None
    assert done.wire > len(server.requests[0].raw)


def test_a_request_says_no_more_than_it_must(fetch, server):
    server.put("/deck.md", b"# Deck\n")
    fetch(server.url("/deck.md#key=RWQ"))
    fetch(server.url("/deck.md"), unchecked=True)
    plain, unchecked = server.requests
    assert plain.names() == ["accept", "accept-encoding", "host", "user-agent"]
    assert plain.target == "/deck.md"
    assert plain.header("User-Agent") == "viva/0.1.0"
    assert plain.header("Accept") == "text/plain, */*;q=0.1"
    assert plain.header("Accept-Encoding") == "gzip"
    assert unchecked.names() == plain.names()
    assert unchecked.header("Accept-Encoding") == "identity"


def test_a_conditional_request_may_be_answered_unchanged(fetch, server):
    server.put("/deck.md", status="304 Not Modified", Content_Length=None, ETag=ETAG)
    done = fetch(server.url("/deck.md"), etag=ETAG, modified=MODIFIED)
    assert (done.end, done.status, done.etag, done.message) == ("unchanged", 304, ETAG, None)
    done = fetch(server.url("/deck.md"), modified=MODIFIED)
    assert done.end == "unchanged"
    first, second = server.requests
    assert first.header("If-None-Match") == ETAG
    assert first.header("If-Modified-Since") is None
    assert second.header("If-Modified-Since") == MODIFIED
