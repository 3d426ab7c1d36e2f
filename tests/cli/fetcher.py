"""A viva-fetch for tests to talk to, by the protocol of include/wire/message.h."""

import os
import selectors
import subprocess
import time
from pathlib import Path

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
    """The first message of the bytes and the bytes after it; None while it is not complete."""
    head, end, rest = data.partition(b"\n\n")
    if not end:
        return None, data
    message = Message(head)
    size = message.body or 0
    if len(rest) < size:
        return None, data
    message.content = rest[:size]
    return message, rest[size:]


def request(url, number=1, etag=None, modified=None, max=MAX, plain_http=False, unchecked=False):
    lines = [f"get {number}", f"url {url}"]
    lines += [f"etag {etag}"] if etag is not None else []
    lines += [f"modified {modified}"] if modified is not None else []
    lines += [f"max {max}"]
    lines += ["plain-http"] if plain_http else []
    lines += ["unchecked"] if unchecked else []
    return "\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape")


class Program:
    """A running viva-fetch; options are those of Popen."""

    def __init__(self, path, env, **options):
        self.process = subprocess.Popen(
            [path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, bufsize=0, **options
        )
        self.pid = self.process.pid
        self.rest = b""
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
                message, self.rest = parse(self.rest)
                if message and message.kind == kind:
                    return message
                if message:
                    continue
                assert selector.select(end - time.monotonic()), "no answer in time"
                data = os.read(self.process.stdout.fileno(), 1 << 20)
                if not data:
                    return None
                self.rest += data

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
