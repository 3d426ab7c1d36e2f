"""Sources on web servers as people run them: nginx, with and without TLS, and Python's own."""

import os
import re
import signal
import ssl
import subprocess
import sys

import pytest

import servers
from subscriber import OLD, SOON, clean, deck

KINDS = ["http", "tls", "h2"]
WEEK_LATER = "2026-11-28T09:00:00Z"


def later(hours):
    return f"2026-11-20T{9 + hours:02}:00:00Z"


@pytest.fixture
def trusted(env, authority):
    env["SSL_CERT_FILE"] = str(authority.file)


# nginx.


@pytest.mark.parametrize("kind", KINDS)
def test_a_deck_on_nginx_comes_is_unchanged_and_changes(kind, run, nginx, trusted):
    nginx.put("plain.md", deck("plain", 40))
    nginx.put("signed.md", OLD.sign_deck(deck("signed", 40, serial=1), 1))
    for name in ("plain", "signed"):
        assert "40 new" in clean(run("subscribe", nginx.url(f"/{name}.md", kind)))
    assert clean(run("sync", now=later(1))).count("up to date") == 2
    nginx.put("plain.md", deck("plain", 41))
    nginx.put("signed.md", OLD.sign_deck(deck("signed", 42, serial=2), 2))
    said = clean(run("sync", now=later(2)))
    assert "plain: 1 new" in said and "signed: 2 new" in said
    assert clean(run("sync", now=later(3))).count("up to date") == 2
    log = nginx.stop()
    assert {line["protocol"] for line in log} == {"HTTP/2.0" if kind == "h2" else "HTTP/1.1"}
    assert all(line["tls"] >= "TLSv1.2" for line in log) or kind == "http"
    plain, signed = ([line for line in log if name in line["uri"]] for name in ("plain", "signed"))
    for lines in (plain, signed):
        assert [line["status"] for line in lines] == [200, 304, 200, 304]
    # Packed is what a signature covers, known from the second time on; its ETag is weak then.
    assert [line["encoding"] for line in plain] == 4 * ["identity"]
    assert [line["encoding"] for line in signed] == ["identity", *3 * ["gzip"]]
    assert plain[3]["if_none_match"].startswith('"')
    assert signed[3]["if_none_match"].startswith('W/"')


def test_a_published_folder_on_nginx_is_followed(run, nginx, trusted, home):
    folder = home / "folder"
    folder.mkdir()
    for name in ("one", "two"):
        (folder / f"{name}.md").write_text(deck(name, 40))
    run("publish", folder, "--out", nginx.root, "--title", "Both")
    assert "2 decks, 80 cards" in clean(run("subscribe", nginx.url("/index.yaml")))
    (folder / "two.md").write_text(deck("two", 41))
    run("publish", folder, "--out", nginx.root, now=later(1))
    assert "two: 1 new" in clean(run("sync", now=later(2)))
    assert "up to date" in clean(run("sync", now=later(3)))
    log = nginx.stop()
    names = [line["uri"].split(".")[0] for line in log]
    assert names[0] == "/index" and set(names[1:3]) == {"/d/one", "/d/two"}
    assert names[3:] == ["/index", "/d/two", "/index"]
    assert [line["status"] for line in log] == 5 * [200] + [304]


def test_a_change_that_nginx_takes_for_none_comes_within_a_week(run, nginx, trusted):
    """The ETag is time and size of the file, and a build may give every file the same time."""
    file = nginx.put("deck.md", deck("numbers"))
    os.utime(file, (1_000_000_000, 1_000_000_000))
    run("subscribe", nginx.url("/deck.md"))
    nginx.put("deck.md", deck("numbers").replace("Answer 1", "Answer 0"))
    os.utime(file, (1_000_000_000, 1_000_000_000))
    assert "up to date" in clean(run("sync", now=SOON))
    assert "1 changed" in clean(run("sync", now=WEEK_LATER))


@pytest.mark.parametrize("kind, most", [("http", 2), ("h2", 1)])
def test_twenty_sources_of_a_server_share_connections(kind, most, run, nginx, trusted):
    for i in range(20):
        nginx.put(f"{i}.md", deck(f"d{i}"))
        run("subscribe", nginx.url(f"/{i}.md", kind))
    nginx.restart()
    before = len((nginx.folder / "access.log").read_text().splitlines())
    assert clean(run("sync", now=SOON)).count("up to date") == 20
    log = nginx.stop()[before:]
    assert [line["status"] for line in log] == 20 * [304]
    assert len({line["connection"] for line in log}) <= most


def test_a_server_that_is_away_is_asked_again_when_it_is_back(run, nginx, trusted):
    nginx.put("deck.md", deck("numbers"))
    run("subscribe", nginx.url("/deck.md"))
    nginx.close()
    assert "cannot connect to localhost" in clean(run("sync", now=SOON, check=4))
    nginx.put("deck.md", deck("numbers", 4))
    assert nginx.start()
    assert "not asked before" in clean(run("sync", now=later(2)))
    assert "1 new" in clean(run("sync", now="2026-11-21T12:00:00Z"))


# Python's own server.


@pytest.fixture
def python_server(tmp_path):
    """A folder and the address where `python3 -m http.server` serves it."""
    folder = tmp_path / "served"
    folder.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "-d", folder],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    port = re.search(r" port (\d+)", process.stdout.readline())[1]
    yield folder, f"http://127.0.0.1:{port}"
    process.send_signal(signal.SIGTERM)
    process.wait(10)
    process.stdout.close()


def test_a_folder_that_python_serves_is_followed(run, python_server):
    """It knows no ETag, only the time of the file, and HTTP/1.0."""
    folder, url = python_server
    file = folder / "deck.md"
    file.write_text(deck("numbers"))
    os.utime(file, (1_000_000_000, 1_000_000_000))
    assert "3 new" in clean(run("subscribe", f"{url}/deck.md"))
    assert "up to date" in clean(run("sync", now=later(1)))
    file.write_text(deck("numbers", 4))
    assert "1 new" in clean(run("sync", now=later(2)))
    file.unlink()
    assert "404" in clean(run("sync", now=later(3), check=4))


def test_an_index_that_python_serves_is_followed(run, python_server, home):
    folder, url = python_server
    (home / "folder").mkdir()
    (home / "folder/one.md").write_text(deck("one"))
    run("publish", home / "folder", "--out", folder, "--title", "One")
    os.utime(folder / "index.yaml", (1_000_000_000, 1_000_000_000))
    assert "3 new" in clean(run("subscribe", f"{url}/index.yaml"))
    (home / "folder/one.md").write_text(deck("one", 4))
    run("publish", home / "folder", "--out", folder, now=later(1))
    assert "one: 1 new" in clean(run("sync", now=later(2)))


# Certificates.

CERTIFICATES = {
    "of nobody known": ({}, False, "unable to get local issuer"),
    "of another host": ({"names": ["other.example"]}, True, "127.0.0.1"),
    "that expired": ({"expired": True}, True, "expired"),
    "that signed itself": (None, True, "self-signed"),
}


def context_of(name, authority, folder):
    options, _, _ = CERTIFICATES[name]
    if options is None:
        alone = servers.Authority(folder, name="127.0.0.1")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(alone.file, alone.key)
        return context
    options = dict(options)
    return authority.context(*options.pop("names", []), **options)


@pytest.mark.parametrize("name", CERTIFICATES)
def test_row_54_a_bad_certificate_is_no_server(name, subscriber, authority, env, run, tmp_path):
    """Neither for a new source nor for one whose server had a good one."""
    _, is_trusted, words = CERTIFICATES[name]
    env["SSL_CERT_FILE"] = str(authority.file)
    with servers.RawServer(tls=authority.context()) as server:
        server.put("/safe.md", deck("safe"), ETag='"1"')
        run("subscribe", server.url("/safe.md"))
        server.requests.clear()
        server.put("/safe.md", deck("safe", 4), ETag='"2"')
        server.tls = context_of(name, authority, tmp_path / "alone")
        if not is_trusted:
            del env["SSL_CERT_FILE"]
        with subscriber.unchanged():
            said = subscriber.sync("safe", check=4)
            assert "certificate" in said and words in said
            assert words in clean(run("subscribe", server.url("/other.md"), check=4))
        assert server.requests == []
