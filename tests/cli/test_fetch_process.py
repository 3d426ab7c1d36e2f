"""viva-fetch as a process: the client in viva that starts it, how both end, what they inherit."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

import fetcher
import servers

FD_CLOEXEC = 0o2000000  # O_CLOEXEC in /proc/PID/fdinfo/N


@pytest.fixture(scope="session")
def tool(viva):
    """The driver of the client, tests/unit/tool_fetch.c."""
    program = Path(os.environ.get("VIVA_TOOL_FETCH", viva.parent / "unit/tool_fetch")).resolve()
    assert program.exists(), f"{program} is missing: run `make asan` first"
    return program


@pytest.fixture
def client(tool, builds, env, server):
    """client(*requests, options=()) starts the client on viva-fetch: a Popen. Its group is its own,
    so that a signal can be sent as a terminal sends it. It ends before the server does."""
    started = []

    def client(*requests, options=()):
        process = subprocess.Popen(
            [tool, *options, builds["test"]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=env,
            start_new_session=True,
        )
        process.stdin.write(b"".join(requests))
        process.stdin.close()
        process.stdin = None
        started.append(process)
        return process

    yield client
    for process in started:
        process.kill()
        process.communicate()


def messages(data):
    """All messages of the bytes."""
    found = []
    while data:
        message, data = fetcher.parse(data)
        assert message, data
        found.append(message)
    return found


def children(pid):
    """The processes that it has started."""
    return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def is_alive(pid):
    """Whether the process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


# The client.


def test_the_client_hands_over_what_was_downloaded(client, server):
    server.put("/a", b"\x00\n\n\xff" * 300_000, ETag='"1"')
    server.put("/b", status="404 Not Found")
    requests = [fetcher.request(server.url(path), number=n) for n, path in enumerate(("/a", "/b"))]
    process = client(*requests)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, b"")
    a, b = sorted(messages(out), key=lambda message: message.done)
    assert (a.end, a.etag, a.content) == ("body", '"1"', b"\x00\n\n\xff" * 300_000)
    assert (b.end, b.status) == ("status", 404)


def test_the_client_keeps_connections_from_one_request_to_the_next(client, server):
    server.put("/", b"x")
    process = client(*5 * [fetcher.request(server.url())], options=["--one-by-one"])
    out, _ = process.communicate(timeout=30)
    assert [message.end for message in messages(out)] == 5 * ["body"]
    assert server.connections == 1


def test_a_thousand_requests_at_once(client, server):
    for n in range(1000):
        server.put(f"/{n}", str(n) * 100)
    process = client(*(fetcher.request(server.url(f"/{n}"), number=n) for n in range(1000)))
    out, _ = process.communicate(timeout=60)
    found = {message.done: message.content for message in messages(out)}
    assert found == {n: str(n).encode() * 100 for n in range(1000)}
    assert server.connections <= 2


def test_the_client_passes_on_progress(client, server):
    server.behave("/", servers.trickle(0.005, b"HTTP/1.1 200 OK\r\nContent-Length: 150\r\n\r\n"))
    process = client(fetcher.request(server.url()), options=["--progress"])
    out, _ = process.communicate(timeout=30)
    *progress, done = messages(out)
    assert done.end == "body"
    assert any(message.progress == 1 and message.total == 150 for message in progress)


def test_ctrl_c_ends_the_downloads_at_once(client, server):
    server.behave("/", servers.silence())
    process = client(fetcher.request(server.url()))
    server.wait_for("/")
    (child,) = children(process.pid)
    assert os.getpgid(child) == child  # what Ctrl-C means is the client's to say
    before = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: all of the group
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (4, b"", b"interrupted\n")
    assert not is_alive(child)
    assert time.monotonic() - before < 10  # slowness would end it after 15


def test_a_program_that_is_killed_takes_no_other_with_it(client, server):
    server.behave("/", servers.silence())
    process = client(fetcher.request(server.url()))
    server.wait_for("/")
    os.kill(children(process.pid)[0], signal.SIGKILL)
    out, _ = process.communicate(timeout=30)
    (done,) = messages(out)
    assert (done.end, done.message) == ("failed", "the download program ended unexpectedly")
    assert process.returncode == 0


# Its end.


def test_it_ends_with_its_input(start_fetch):
    assert start_fetch().close() == 0


@pytest.mark.parametrize("behaviour", [servers.silence(), servers.trickle(0.01)])
def test_it_ends_with_its_input_in_the_middle_of_a_download(start_fetch, server, behaviour):
    server.behave("/", behaviour)
    program = start_fetch("release")
    program.get(server.url())
    server.wait_for("/")
    before = time.monotonic()
    assert program.close() == 0
    assert time.monotonic() - before < 0.5


def test_it_ends_with_its_input_while_it_looks_up_a_name(start_fetch, env, tmp_path):
    """A name server that does not answer: the look-up says where it is, and takes a minute."""
    code = """#include <netdb.h>
    #include <unistd.h>
    int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                    struct addrinfo **result)
    {
        (void)!write(2, name, 1);
        return sleep(60) ? 0 : EAI_AGAIN;
    }
    """
    library = tmp_path / "slow.so"
    compile_it = ["cc", "-shared", "-fPIC", "-x", "c", "-o", library, "-"]
    subprocess.run(compile_it, input=code.encode(), check=True)
    env["LD_PRELOAD"] = str(library)
    said, its_end = os.pipe()
    program = start_fetch("release", stderr=its_end)
    program.get("https://viva.example/")
    assert os.read(said, 1) == b"v"
    os.close(said)
    os.close(its_end)
    before = time.monotonic()
    assert program.close() == 0
    assert time.monotonic() - before < 5


def test_it_ends_when_the_program_that_started_it_is_killed(client, server):
    server.behave("/", servers.silence())
    process = client(fetcher.request(server.url()))
    server.wait_for("/")
    (child,) = children(process.pid)
    process.kill()
    wait_until(lambda: not is_alive(child), seconds=10)


def test_it_ends_when_nobody_reads_its_answers(start_fetch, server):
    server.put("/", b"x" * (4 << 20))
    program = start_fetch()
    program.get(server.url())
    program.process.stdout.close()
    assert program.process.wait(10) == 0


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n\n\n",
        b"hello 1\n\n",
        b"get 1\nurl a\n\n",
        b"get 1\nurl a\nmax 1\nheader X: y\n\n",
        b"get 1\nurl a\nurl b\nmax 1\n\n",
        b"get x\nurl a\nmax 1\n\n",
        b"get 1\nurl a\x01b\nmax 1\n\n",
        b"get 1\nurl a\0b\nmax 1\n\n",
        b"\n\n",
        b"x" * 200_000,
    ],
)
def test_it_refuses_what_is_no_request(start_fetch, data):
    program = start_fetch()
    try:
        program.send(data)
    except BrokenPipeError:
        pass
    assert program.next() is None
    assert program.close() == 2


# What it inherits.


def test_it_holds_nothing_but_its_pipes_and_connections(client, server):
    server.behave("/", servers.silence())
    process = client(fetcher.request(server.url()))
    server.wait_for("/")
    (child,) = children(process.pid)
    open_files = {}
    for fd in Path(f"/proc/{child}/fd").iterdir():
        open_files[int(fd.name)] = os.readlink(fd)
    assert open_files[0] == open_files[1]  # the socket to the client
    others = {fd: target for fd, target in open_files.items() if fd > 2}
    assert all(t.startswith(("socket:", "pipe:", "anon_inode:")) for t in others.values()), others


def test_viva_leaves_no_file_open_for_the_programs_that_it_starts(spawn, home):
    child = spawn("shell")
    child.expect_exact("Which interviews")
    child.sendline("")
    child.expect_exact("viva> ")
    open_files = {}
    for info in Path(f"/proc/{child.pid}/fdinfo").iterdir():
        flags = int(info.read_text().split("flags:")[1].split()[0], 8)
        open_files[os.readlink(f"/proc/{child.pid}/fd/{info.name}")] = (int(info.name), flags)
    assert any(name.endswith("viva.db") for name in open_files)
    left = {n: f for n, (f, flags) in open_files.items() if f > 2 and not flags & FD_CLOEXEC}
    assert left == {}
