"""Fixtures for the tests of the whole program: a home of its own, a fixed clock, real terminals."""

import os
import signal
import subprocess
import textwrap
from pathlib import Path

import hypothesis
import pexpect
import pytest

import fetcher
import servers
import subscriber as subscribers

ROOT = Path(__file__).resolve().parents[2]
NOW = "2026-11-20T09:00:00Z"
SANITIZER = 99  # the exit status of a program that a sanitizer ended; viva itself never uses it

# Programs with sanitizers are slow to start, so a single example has no deadline.
hypothesis.settings.register_profile(
    "viva",
    deadline=None,
    max_examples=50,
    database=None,
    derandomize="CI" in os.environ,
    print_blob=True,
    suppress_health_check=[
        hypothesis.HealthCheck.function_scoped_fixture,
        hypothesis.HealthCheck.too_slow,
    ],
)
hypothesis.settings.load_profile("viva")


def default_signals():
    """A child as a terminal starts it, even when the tests run under nohup or in the background."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture(scope="session")
def root():
    """The top of the source tree."""
    return ROOT


@pytest.fixture(scope="session")
def make():
    """make(*args) runs make in the source tree or `cwd`, independent of a make that runs the tests.
    Returns a CompletedProcess whose stdout is all that was said."""

    def make(*args, cwd=ROOT):
        env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
        return subprocess.run(
            ["make", *args],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return make


@pytest.fixture(scope="session")
def viva():
    """The program under test: $VIVA, else the build with sanitizers."""
    program = Path(os.environ.get("VIVA", ROOT / "build/asan/viva")).resolve()
    if not program.exists():
        pytest.fail(f"{program} is missing: run `make asan` first")
    return program


@pytest.fixture
def env(tmp_path):
    """The whole environment of the program, a dictionary that a test may change."""
    home = tmp_path / "home"
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "VIVA_DECKS_DIR": str(home / "no-decks"),
        "VIVA_NOW": NOW,
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
    }
    (home / "no-decks").mkdir(parents=True)

    reports = tmp_path / "sanitizer"
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
        env[name] = f"{os.environ.get(name, '')}:exitcode={SANITIZER}:log_path={reports}"
    yield env
    found = [path.read_text(errors="replace") for path in tmp_path.glob("sanitizer.*")]
    assert not found, "a sanitizer found:\n" + "\n".join(found)


@pytest.fixture
def home(env):
    """The user's home, empty, without decks: a path. Every program of the test lives in it."""
    return Path(env["HOME"])


@pytest.fixture
def bundled(env):
    """The folder of decks that come with the program, which this fixture turns on."""
    env["VIVA_DECKS_DIR"] = str(ROOT / "decks")
    return ROOT / "decks"


@pytest.fixture
def run(viva, env, home):
    """run(*args) runs the program to its end, with text or bytes on its standard input, and expects
    the exit status `check` (None: any). Returns a CompletedProcess with text."""

    def run(*args, input=None, now=NOW, check=0, cwd=None):
        if isinstance(input, str):
            input = input.encode()
        done = subprocess.run(
            [str(viva), *map(str, args)],
            input=b"" if input is None else input,
            capture_output=True,
            env={**env, "VIVA_NOW": now},
            cwd=cwd or home,
            timeout=60,
        )
        done.stdout = done.stdout.decode(errors="surrogateescape")
        done.stderr = done.stderr.decode(errors="surrogateescape")
        assert done.returncode != SANITIZER, f"{args}\n{done.stdout}{done.stderr}"
        if check is not None:
            assert done.returncode == check, f"{args}\n{done.stdout}{done.stderr}"
        return done

    return run


@pytest.fixture
def deck(home):
    """deck(text) writes a deck file (text without its common indent, or bytes) and returns its path."""

    def deck(text, name="deck.md"):
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, str):
            text = textwrap.dedent(text).lstrip("\n").encode()
        path.write_bytes(text)
        return path

    return deck


@pytest.fixture
def spawn(viva, env, home):
    """spawn(*args) starts the program on a terminal: a pexpect child, ended with the test."""
    children = []

    def spawn(*args, term="dumb", rows=24, cols=80, now=NOW):
        child = pexpect.spawn(
            str(viva),
            [str(arg) for arg in args],
            env={**env, "TERM": term, "VIVA_NOW": now},
            cwd=str(home),
            dimensions=(rows, cols),
            encoding="utf-8",
            codec_errors="replace",
            timeout=30,
            preexec_fn=default_signals,
        )
        child.delaybeforesend = None
        children.append(child)
        return child

    yield spawn
    for child in children:
        child.close(force=True)
        assert child.exitstatus != SANITIZER, child.before


@pytest.fixture
def server():
    """A raw HTTP server on loopback: tests/cli/servers.py says what it can do."""
    with servers.RawServer() as server:
        yield server


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """The host of the sources of `subscriber`, tests/cli/subscriber.py."""
    with subscribers.Host(tmp_path_factory.mktemp("host")) as host:
        yield host


@pytest.fixture
def subscriber(run, env, home, host):
    """Somebody who is subscribed to what `host` has, with progress and own words."""
    return subscribers.Subscriber(run, env, home, host)


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """A certificate authority that nothing trusts but what SSL_CERT_FILE=authority.file tells to."""
    servers.need(servers.OPENSSL, "openssl")
    return servers.Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def nginx(tmp_path, authority):
    """An nginx of its own for the test, with an empty root."""
    servers.need(servers.NGINX, "nginx")
    with servers.Nginx(tmp_path / "nginx", authority) as nginx:
        yield nginx


@pytest.fixture(scope="session")
def builds(viva, root):
    """The viva-fetch of two builds: with sanitizers and short time limits, and the one for users."""
    return {"test": viva.parent / "viva-fetch", "release": root / "build/release/viva-fetch"}


@pytest.fixture
def hurried(env):
    """Time limits of viva-fetch are seconds: src/fetch/main.c says how many."""
    env["VIVA_FETCH_TEST_SECONDS"] = "1"


@pytest.fixture
def start_fetch(builds, env):
    """start_fetch(build="test", ...) starts a viva-fetch (see fetcher.py), which ends with the test."""
    programs = []

    def start_fetch(build="test", **options):
        programs.append(fetcher.Program(builds[build], env, **options))
        return programs[-1]

    yield start_fetch
    for program in programs:
        if not program.process.stdin.closed:
            assert program.close() == 0


@pytest.fixture
def fetch(start_fetch):
    """fetch(url, ...) downloads with one program for the whole test."""
    program = []

    def fetch(url, **fields):
        if not program:
            program.append(start_fetch())
        return program[0].fetch(url, **fields)

    return fetch
