"""Servers that mean no good, by the numbered rows of the threats to a subscriber (tests/cli/threats.py
says which test a row has): what sync and subscribe answer, and that nothing of the user's changes."""

import contextlib
import gzip
import os
import re
import shutil
import sqlite3
import subprocess

import pytest

import servers
from publisher import index_of
from subscriber import DIRTY, FOREIGN, PATHS, RELEASE, SOON, Files, clean, deck, signed

WEEK_LATER = "2026-11-28T09:00:00Z"
TEXT = deck("letters", 400).encode()


class Case:
    """A bad answer to one of the sources: `place(host, path)` makes the host give it."""

    def __init__(self, name, source, place, status, words, seconds=None):
        self.name, self.source, self.place = name, source, place
        self.status, self.words, self.seconds = status, words, seconds

    def __str__(self):
        return self.name


def says(data):
    return lambda host, path: host.raw(path, data)


def does(behaviour):
    return lambda host, path: host.behave(path, behaviour)


def redirects(location, status=302):
    return lambda host, path: host.redirect(path, location, status)


def answers(body=b"", status="200 OK", **headers):
    return says(servers.answer(body, status, **headers))


def truncated():
    """A gzip body that lacks its end, with the right length; libcurl takes that for a whole one."""
    body = gzip.compress(signed(6, 400).encode())[:-1500]
    return answers(body, Content_Encoding="gzip", ETag='"t"')


def listed(change):
    """An index whose new deck comes changed."""

    def place(host, path):
        (deck_path,) = host.put_index("words", {"words": deck("words", 4)}, path, serial=2)
        host.raw(deck_path, change(deck("words", 4).encode()))

    return place


def many_redirects(host, path):
    for n in range(7):
        host.redirect(f"{path}-{n}", f"{path}-{n + 1}")
    host.redirect(path, f"{path}-0")


HEADERS = b"HTTP/1.1 200 OK\r\n" + 40_000 * (b"X-Filler: " + b"x" * 990 + b"\r\n")
TOO_LARGE = "larger than the"
PAGE = b"<!DOCTYPE html>\n<title>Log in</title>\n"

LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"

CASES = [
    Case("row 1: a length of a gigabyte", "numbers",
         answers(b"x", Content_Length="999999999"), 4, TOO_LARGE),
    Case("row 2: chunks without end", "numbers", does(servers.endless_chunks()), 4, TOO_LARGE),
    Case("row 3: a body without end", "letters", does(servers.endless_to_close()), 4, TOO_LARGE),
    Case("row 4: a gzip bomb", "letters",
         answers(servers.gzip_bomb(1 << 30), Content_Encoding="gzip"), 4, TOO_LARGE),
    Case("row 4: a gzip bomb for a listed deck", "words",
         listed(lambda _: servers.answer(servers.gzip_bomb(1 << 30), Content_Encoding="gzip")),
         4, TOO_LARGE),
    Case("row 5: gzip in gzip, six times", "letters",
         answers(servers.stacked_gzip(TEXT, 6), Content_Encoding=", ".join(6 * ["gzip"])),
         4, "compressed data that cannot be unpacked"),
    Case("row 6: a truncated gzip of a signed deck", "letters", truncated(), 5,
         "signature is missing"),
    Case("row 6: a truncated gzip of a listed deck", "words",
         listed(lambda text: servers.answer(gzip.compress(text)[:-9], Content_Encoding="gzip")),
         5, "is not what the index lists"),
    Case("row 6: gzip where nothing checks it", "numbers",
         answers(gzip.compress(TEXT), Content_Encoding="gzip"), 4, "encoding that nobody asked for"),
    Case("row 7: a body of unknown length, unsigned", "numbers",
         says(b"HTTP/1.1 200 OK\r\n\r\n" + TEXT), 4, "does not say how long the file is"),
    Case("row 7: a cut body of unknown length, signed", "letters",
         says(b"HTTP/1.0 200 OK\r\n\r\n" + signed(6).encode()[:-9]), 5, "malformed signature"),
    Case("row 7: a cut body of a listed deck", "words",
         listed(lambda text: b"HTTP/1.0 200 OK\r\n\r\n" + text[:-9]), 5, "not what the index lists"),
    Case("row 7: less than the announced length", "numbers",
         answers(TEXT, Content_Length=str(len(TEXT) + 9)), 4, "cut short"),
    Case("row 8: a part of the file", "numbers",
         answers(TEXT, "206 Partial Content", Content_Range=f"bytes 0-9/{len(TEXT)}"), 4,
         "a part of the file, which nobody asked for"),
    Case("row 9: the page of a captive portal", "numbers",
         answers(PAGE, Content_Type="text/html"), 6, "captive portal"),
    Case("row 9: a page that says it is text", "letters", answers(PAGE), 6, "captive portal"),
    Case("row 9: a page for a listed deck", "words",
         listed(lambda _: servers.answer(PAGE, Content_Type="text/html")), 5,
         "is not what the index lists"),
    Case("row 10: a redirect to itself", "numbers",
         lambda host, path: host.redirect(path, path), 4, "more than 5 redirects"),
    Case("row 10: seven redirects", "numbers", many_redirects, 4, "more than 5 redirects"),
    Case("row 11: a redirect to a file", "numbers", redirects("file:///etc/passwd"), 4,
         "only https and http are spoken"),
    Case("row 11: a redirect to FTP", "numbers", redirects("ftp://127.0.0.1/x"), 4,
         "only https and http are spoken"),
    Case("row 11: a redirect to gopher", "letters", redirects("gopher://127.0.0.1/x"), 4,
         "only https and http are spoken"),
    Case("row 11: a redirect to SMB", "words", redirects("smb://127.0.0.1/x/y"), 4,
         "only https and http are spoken"),
    Case("row 14: a redirect with a password", "numbers", redirects("https://u:p@127.0.0.1/x"), 4,
         "an address with a user name in it is refused"),
    Case("row 16: a trickle", "numbers", does(servers.trickle(0.5, LONG)), 4, "is too slow", seconds=1),
    Case("row 17: silence", "letters", does(servers.silence()), 4, "is too slow", seconds=1),
    Case("row 17: silence about a listed deck", "words",
         lambda host, path: host.behave(
             host.put_index("words", {"words": deck("words", 4)}, path, serial=2)[0],
             servers.silence()), 4, "is too slow", seconds=1),
    Case("row 18: a header line of 200 kB", "numbers",
         says(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 200_000 + b"\r\n\r\n"), 4,
         "the server sent oversized headers"),
    Case("row 19: 40 MB of headers", "letters", says(HEADERS), 4,
         "the server sent oversized headers"),
    Case("row 20: HTTP/0.9", "numbers", says(TEXT), 4, "does not answer in HTTP/1 or newer"),
    Case("row 25: unchanged, which nobody asked", "numbers",
         says(b"HTTP/1.1 304 Not Modified\r\n\r\n"), 4, "unchanged, which nobody asked"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_bad_answer_changes_nothing(case, subscriber, host, run, env):
    if case.seconds:
        env["VIVA_FETCH_TEST_SECONDS"] = str(case.seconds)
    case.place(host, PATHS[case.source])
    with subscriber.unchanged():
        said = subscriber.sync(case.source, "--full", check=case.status)
    assert said.startswith(f"{subscriber.url(case.source)}: ") and said.count("\n") == 1
    assert case.words in said and "its cards stay as they were" in said
    assert "memory" not in said
    assert subscriber.notes(case.source, "failures", "problem") == (
        int(case.status == 4),
        said.split(": ", 1)[1].removesuffix("; its cards stay as they were\n"),
    )


@pytest.mark.parametrize("case", [case for case in CASES if case.source == "numbers"], ids=str)
def test_a_bad_answer_is_no_subscription(case, subscriber, host, run, env):
    if case.seconds:
        env["VIVA_FETCH_TEST_SECONDS"] = str(case.seconds)
    case.place(host, "/new.md")
    with subscriber.unchanged():
        said = clean(run("subscribe", host.url("/new.md"), check=case.status))
    assert case.words in said and said.startswith("viva: "), said


BOMBS = [case for case in CASES if case.words == TOO_LARGE]


@pytest.mark.parametrize("case", BOMBS, ids=str)
def test_what_has_no_end_costs_neither_time_nor_memory(case, subscriber, host):
    """Rows 1 to 4 on the program for users, with the part that downloads."""
    case.place(host, PATHS[case.source])
    status, seconds, peak = subscriber.measure("sync", subscriber.url(case.source))
    assert status == 4
    assert seconds < 1
    assert peak < 20 << 20


# Redirects between hosts.


@pytest.fixture
def secure(authority, env):
    env["SSL_CERT_FILE"] = str(authority.file)
    with servers.RawServer(tls=authority.context()) as server:
        yield server


def test_row_12_a_redirect_from_https_to_http_is_refused(subscriber, secure, host, run):
    secure.put("/safe.md", deck("safe"), ETag='"1"')
    run("subscribe", secure.url("/safe.md"))
    secure.redirect("/safe.md", host.url("/unsafe.md"))
    with subscriber.unchanged():
        said = subscriber.sync("safe", check=4)
    assert "a redirect from https to http is refused" in said
    assert host.requests == []


@pytest.fixture
def public(env):
    """A host whose address counts as public."""
    env["VIVA_FETCH_TEST_PUBLIC"] = "127.0.0.2"
    with servers.RawServer(host="127.0.0.2") as server:
        server.put("/far.md", deck("far"), ETag='"1"')
        yield server


@pytest.mark.parametrize("to", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254"])
def test_row_13_a_redirect_to_a_private_address_connects_to_nothing(
    to, subscriber, public, host, run
):
    run("subscribe", public.url("/far.md"), "--insecure-http")
    connections = host.connections
    public.redirect("/far.md", f"http://{to}:{host.port}/secret")
    with subscriber.unchanged():
        assert "private address" in subscriber.sync("far", check=4)
    assert host.connections == connections


def test_row_13_nor_may_an_index_bring_one_there(subscriber, public, host, run):
    """A listed deck that redirects into the private network."""
    path = Files(public)
    text = index_of(path, {"far": deck("far")})
    public.put("/index.yaml", text)
    public.redirect("/" + re.search(r"url: (\S+)", text)[1], host.url("/secret"))
    connections = host.connections
    with subscriber.unchanged():
        done = run("subscribe", public.url("/index.yaml"), "--insecure-http", check=4)
    assert "private address" in clean(done)
    assert host.connections == connections


def test_row_15_another_host_does_not_see_the_validator(subscriber, host):
    with servers.RawServer() as other:
        other.put("/numbers.md", deck("numbers"))
        host.redirect("/numbers.md", other.url("/numbers.md"))
        assert "up to date" in subscriber.sync("numbers")
        assert host.requests[0].header("If-None-Match") == '"n1"'
        assert other.requests[0].header("If-None-Match") is None
    assert subscriber.notes("numbers", "etag") == (None,)


# Validators and waits.

ESCAPES = "\x1b]0;owned\x07\x1b[2J\x9b31m"
ESCAPED = {
    "ETag": dict(ETag=f'"{ESCAPES}"', Last_Modified=ESCAPES),
    "type": dict(Content_Type=ESCAPES),
    "reason": dict(status=f"500 {ESCAPES}"),
    "target": dict(status="302 Found", Location=f"/{ESCAPES}"),
    "host": dict(status="302 Found", Location=f"http://{ESCAPES}/"),
    "scheme": dict(status="302 Found", Location=f"{ESCAPES}:x"),
    "header": {f"X-{ESCAPES}": "1", "status": "404 No"},
    "encoding": dict(Content_Encoding=ESCAPES),
    "wait": dict(status="503 No", Retry_After=ESCAPES),
}


@pytest.mark.parametrize("name", ESCAPED)
def test_row_21_escapes_in_headers_reach_no_terminal(name, subscriber, host, run):
    host.put("/numbers.md", deck("numbers", 4), **ESCAPED[name])
    subscriber.sync("numbers", check=None)
    for words in (["sync", "--force"], ["sync", "--force", "--json"], ["sources"],
                  ["sources", "show", "numbers"], ["sources", "--json"]):  # fmt: skip
        clean(run(*words, now=SOON, check=None))
    etag, modified = subscriber.notes("numbers", "etag", "modified")
    assert not DIRTY.search(f"{etag}{modified}")
    clean(run("subscribe", host.url("/numbers.md") + "?again", check=None))


@pytest.mark.parametrize(
    "etag, modified",
    [('"1"\r\nX-Evil: 1', None), ("\r\n\r\nGET /evil HTTP/1.1\r\nX: ", None), ("1", None),
     ('"' + 9000 * "x" + '"', None), (None, "now\r\nX-Evil: 1"), (None, "now\nmax 1\n\n")],
)  # fmt: skip
def test_row_22_what_is_stored_as_validator_is_sent_only_in_its_form(
    etag, modified, subscriber, host
):
    with contextlib.closing(sqlite3.connect(subscriber.data / "viva/viva.db")) as db:
        db.execute("UPDATE remote SET etag=?, modified=?", [etag, modified])
        db.commit()
    assert "up to date" in subscriber.sync("numbers")
    (request,) = host.requests
    assert request.names() == ["accept", "accept-encoding", "host", "user-agent"]


def test_row_23_a_long_etag_is_not_kept(subscriber, host):
    host.put("/numbers.md", deck("numbers", 4), ETag='"' + 9000 * "x" + '"')
    assert "1 new" in subscriber.sync("numbers")
    assert subscriber.notes("numbers", "etag") == (None,)


@pytest.mark.parametrize(
    "value, hours",
    [("99999999999", 168), ("9" * 1000, 168), ("-5", 4), ("soon", 4), ("0x10", 4), ("", 4),
     ("Sun, 06 Nov 1994 08:49:37 GMT", 1 / 60), ("0", 1 / 60), ("7200", 2)],
)  # fmt: skip
def test_row_24_a_server_can_ask_for_a_week_of_peace_at_most(value, hours, subscriber, host):
    host.put("/numbers.md", status="503 Busy", Retry_After=value)
    with subscriber.unchanged():
        assert "not available now" in subscriber.sync("numbers", check=4)
    checked, again = subscriber.notes("numbers", "checked", "retry_after")
    assert again - checked == round(hours * 3600_000)


def test_row_25_a_304_without_a_question_is_an_error_of_the_weekly_check_too(subscriber, host):
    host.put("/numbers.md", status="304 Not Modified", Content_Length=None)
    assert "up to date" in subscriber.sync("numbers")
    with subscriber.unchanged():
        said = subscriber.sync("numbers", now=WEEK_LATER, check=4)
    assert "unchanged, which nobody asked" in said


def test_rows_26_and_65_an_etag_is_followed_for_a_week_at_most(subscriber, host):
    """What says 304 for ever keeps nobody from news, and what tells people apart is dropped."""
    host.put("/numbers.md", status="304 Not Modified", Content_Length=None, ETag='"n1"')
    assert "up to date" in subscriber.sync("numbers")
    assert host.requests[-1].header("If-None-Match") == '"n1"'
    host.put("/numbers.md", deck("numbers", 4), ETag='"unique"')
    assert "1 new" in subscriber.sync("numbers", now=WEEK_LATER)
    assert host.requests[-1].header("If-None-Match") is None
    subscriber.sync("numbers", "--force", now=WEEK_LATER)
    assert host.requests[-1].header("If-None-Match") is None


# What an index may point to.

INDEX_URLS = {
    "another host": "//evil.example/d/words.HASH.md",
    "another scheme": "file:///etc/HASH",
    "an address": "https://evil.example/HASH",
    "the folder above": "../../HASH",
    "the folder above, hidden": "d/%2e%2e/%2e%2e/HASH",
    "the folder above, within": "d/../HASH",
    "a password": "u:p@127.0.0.1/HASH",
    "another port": ":8080/HASH",
    "an absolute path": "/HASH",
    "a backslash": "d\\HASH",
    "a question": "d/HASH?user=1",
    "a blank": "d/ HASH",
    "100 kB": "d/" + 50_000 * "x" + "HASH",
    "an escape": '"d/\\e]0;owned\\a.HASH"',
    "a line feed": '"d/\\nHASH"',
    "no hash": "d/words.md",
}


@pytest.mark.parametrize("name", INDEX_URLS)
def test_row_34_an_index_that_points_elsewhere_is_refused(name, subscriber, host, run):
    site = Files(host)
    text = index_of(site, {"words": deck("words", 4)}, serial=2)
    digest = re.search(r"words\.([0-9a-f]{16})\.md", text)[1]
    url = INDEX_URLS[name].replace("HASH", digest)
    host.put("/index.yaml", re.sub(r"url: .*", lambda _: f"url: {url}", text))
    with subscriber.unchanged():
        said = subscriber.sync("words", check=6)
    assert re.search(r"index\.yaml:\d+:\d+: ", said), said
    assert host.targets() == ["/index.yaml"]
    assert len(said) < 1000


# Proxies, passwords and cookies.


def test_row_50_a_proxy_is_used_and_named_without_its_password(subscriber, env, run):
    with servers.RawServer() as proxy:
        proxy.put("http://deck.example/far.md", deck("far"), ETag='"1"')
        env["http_proxy"] = f"http://me:secret@127.0.0.1:{proxy.port}"
        named = f"proxy 127.0.0.1:{proxy.port}"
        assert named in clean(run("subscribe", "http://deck.example/far.md", "--insecure-http"))
        run("sync", "far", now=SOON)
        for words in (["sources"], ["sources", "show", "far"], ["sources", "--json"]):
            said = clean(run(*words))
            assert "secret" not in said
            assert named in said or "--json" in words
        subscriber.sync("numbers")
        assert proxy.targets() == 2 * ["http://deck.example/far.md"]
        assert subscriber.notes("numbers", "proxy") == (None,)
        with contextlib.closing(sqlite3.connect(subscriber.data / "viva/viva.db")) as db:
            assert not [line for line in db.iterdump() if "secret" in line]


def test_row_51_the_passwords_of_netrc_stay_there(subscriber, host, home):
    for name in (".netrc", "_netrc"):
        (home / name).write_text("machine 127.0.0.1 login me password x\ndefault login a password b\n")
        (home / name).chmod(0o600)
    subscriber.sync()
    assert len(host.requests) == 3
    assert {request.header("Authorization") for request in host.requests} == {None}


@pytest.mark.parametrize("words", [["sync"], ["version"], ["--db"]])
def test_row_52_a_program_with_more_rights_than_its_user_refuses(words, env, home, tmp_path):
    """Its environment names keys, authorities, programs and files."""
    if os.geteuid() != 0:
        pytest.skip("only root can make a program of another user")
    program = tmp_path / "viva"
    shutil.copy(RELEASE, program)
    os.chown(program, 65534, 65534)
    program.chmod(0o4755)
    done = subprocess.run([program, *words], env=env, cwd=home, capture_output=True, text=True)
    if "more rights" not in done.stderr and os.statvfs(tmp_path).f_flag & os.ST_NOSUID:
        pytest.skip("this file system ignores the set-user-ID bit")
    assert (done.returncode, done.stdout) == (2, "")
    assert "more rights than its user" in done.stderr
    assert list(home.iterdir()) == [home / "no-decks"]


def test_row_53_a_second_request_says_nothing_of_the_first(subscriber, host):
    host.put(
        "/numbers.md", deck("numbers"), ETag='"n1"', Set_Cookie="id=1; Path=/",
        Alt_Svc='h2=":1"; ma=9999', Strict_Transport_Security="max-age=99999999",
    )  # fmt: skip
    subscriber.sync("numbers")
    subscriber.sync("numbers")
    first, second = host.requests
    assert first.raw == second.raw
    assert first.names() == ["accept", "accept-encoding", "host", "if-none-match", "user-agent"]


def test_an_address_that_was_tampered_with_asks_for_nothing_else(subscriber, host):
    """The part that downloads is told of one address a line."""
    with contextlib.closing(sqlite3.connect(subscriber.data / "viva/viva.db")) as db:
        db.execute("UPDATE source SET location=location || char(10) || 'max 1' WHERE kind=2")
        db.commit()
    with subscriber.unchanged():
        assert subscriber.sync(check=4).count("not a web address") == 3
    assert host.requests == []


# Exit statuses of several sources.


@pytest.mark.parametrize(
    "numbers, letters, status",
    [(None, 404, 3), (404, 500, 4), (None, "foreign", 5), (404, "foreign", 5), ("page", 404, 6),
     (410, 404, 7), (410, "page", 7), (None, 410, 3)],
)  # fmt: skip
def test_the_worst_of_several_decides_the_status(numbers, letters, status, subscriber, host):
    bodies = {"page": PAGE, "foreign": signed(6, key=FOREIGN).encode()}
    for path, what in (("/numbers.md", numbers), ("/letters.md", letters)):
        if isinstance(what, int):
            host.put(path, status=what)
        elif what:
            host.put(path, bodies[what])
    words = () if numbers is None else ("numbers", "letters")
    with subscriber.unchanged(but=["remote"]):
        subscriber.sync(*words, check=status)
