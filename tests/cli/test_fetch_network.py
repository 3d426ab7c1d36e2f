"""viva-fetch among certificates, proxies and a real web server; what its environment may do."""

import os
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

import servers

HOST = "deck.example"


@pytest.fixture
def trusted(env, authority):
    """The test authority is trusted."""
    env["SSL_CERT_FILE"] = str(authority.file)


@pytest.fixture
def secure(authority):
    """A raw server of TLS at localhost and 127.0.0.1."""
    with servers.RawServer(tls=authority.context()) as server:
        server.put("/", b"secret")
        yield server


@pytest.fixture
def proxy():
    """A raw server to be used as a proxy."""
    with servers.RawServer() as server:
        server.put(f"http://{HOST}/", b"by proxy")
        yield server


# Certificates: row 54.


def test_a_certificate_of_a_trusted_authority_is_accepted(fetch, trusted, secure):
    assert fetch(secure.url()).content == b"secret"


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "SSL_CERT_DIR"])
def test_how_to_trust_an_authority_of_your_own(fetch, env, authority, secure, tmp_path, name):
    env[name] = str(authority.file)
    if name == "SSL_CERT_DIR":
        shutil.copy(authority.file, tmp_path)
        subprocess.run([servers.OPENSSL, "rehash", tmp_path], check=True)
        env[name] = str(tmp_path)
    assert fetch(secure.url()).content == b"secret"


def test_curls_own_variable_wins(fetch, env, authority, secure, tmp_path):
    env["CURL_CA_BUNDLE"] = str(authority.file)
    env["SSL_CERT_FILE"] = str(tmp_path / "missing.pem")
    assert fetch(secure.url()).content == b"secret"


def test_a_missing_file_of_authorities_is_named(fetch, env, secure, tmp_path):
    env["SSL_CERT_FILE"] = str(tmp_path / "missing.pem")
    done = fetch(secure.url())
    assert done.message.startswith("cannot read the trusted certificates: ")
    assert "missing.pem" in done.message
    assert not secure.requests


BAD_CERTIFICATES = {
    "nobody knows": ({}, False, "unable to get local issuer certificate"),
    "expired": ({"expired": True}, True, "certificate has expired"),
    "another host": ({"names": ["other.example"]}, True, "127.0.0.1"),
    "old TLS": ({"newest": ssl.TLSVersion.TLSv1_1}, True, "no secure connection to 127.0.0.1"),
}


@pytest.mark.parametrize("name", BAD_CERTIFICATES)
@pytest.mark.filterwarnings("ignore:.*TLSv1:DeprecationWarning")
def test_a_bad_certificate_ends_it(fetch, env, authority, name):
    options, is_trusted, words = BAD_CERTIFICATES[name]
    if is_trusted:
        env["SSL_CERT_FILE"] = str(authority.file)
    options = dict(options)
    with servers.RawServer(tls=authority.context(*options.pop("names", []), **options)) as server:
        done = fetch(server.url())
        assert (done.end, done.status) == ("failed", 0)
        assert words in done.message
        assert not server.requests


def test_a_certificate_that_signed_itself(fetch, authority, tmp_path):
    alone = servers.Authority(tmp_path / "alone", name="127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(alone.file, alone.key)
    with servers.RawServer(tls=context) as server:
        done = fetch(server.url())
    assert done.message.startswith("the certificate of 127.0.0.1 is not accepted: ")
    assert "self-signed" in done.message


def test_plain_http_where_tls_is_expected(fetch, hurried, server):
    server.raw("/", b"x")
    done = fetch(server.url().replace("http:", "https:"))
    assert done.end == "failed"
    assert not server.requests


# Redirects between the two kinds: row 12.


def test_a_redirect_from_https_to_http_is_refused(fetch, trusted, secure, server):
    secure.redirect("/down", server.url())
    done = fetch(secure.url("/down"), plain_http=True)
    assert (done.end, done.status) == ("failed", 302)
    assert "a redirect from https to http is refused" in done.message
    assert server.connections == 0


def test_a_redirect_from_http_to_https_takes_no_validator_along(fetch, trusted, secure, server):
    server.redirect("/", secure.url(), status=301)
    done = fetch(server.url(), etag='"1"')
    assert (done.content, done.url, done.moved) == (b"secret", secure.url(), "")
    assert secure.requests[0].header("If-None-Match") is None


# Proxies: row 50.


@pytest.mark.parametrize("name", ["http_proxy", "all_proxy", "ALL_PROXY"])
def test_the_environments_proxy_is_used_and_named(fetch, env, proxy, name):
    env[name] = proxy.url()
    done = fetch(f"http://{HOST}/", plain_http=True)
    assert (done.content, done.proxy) == (b"by proxy", f"127.0.0.1:{proxy.port}")
    assert proxy.targets() == [f"http://{HOST}/"]


def test_https_goes_through_a_tunnel_that_the_proxy_cannot_look_into(
    fetch, env, trusted, authority, proxy
):
    env["https_proxy"] = f"http://me:word@127.0.0.1:{proxy.port}"
    with servers.RawServer(tls=authority.context(HOST)) as server:
        server.put("/", b"secret", ETag='"1"')
        proxy.behave(f"{HOST}:443", servers.tunnel(server.port))
        done = fetch(f"https://{HOST}/", etag='"0"')
        assert (done.content, done.proxy) == (b"secret", f"127.0.0.1:{proxy.port}")
        assert server.requests[0].header("If-None-Match") == '"0"'
        assert server.requests[0].header("Proxy-Authorization") is None
    (connect,) = proxy.requests
    assert (connect.method, connect.header("If-None-Match")) == ("CONNECT", None)
    assert connect.header("Proxy-Authorization") == "Basic bWU6d29yZA=="


def test_a_proxy_that_refuses_is_blamed(fetch, env, proxy):
    env["HTTPS_PROXY"] = proxy.url()
    proxy.put(f"{HOST}:443", status="407 Proxy Authentication Required")
    done = fetch(f"https://{HOST}/")
    assert done.message == f"the proxy 127.0.0.1:{proxy.port} answered 407"


def test_a_proxy_that_is_not_there_is_blamed(fetch, env):
    (port,) = servers.free_ports(1)
    env["all_proxy"] = f"http://127.0.0.1:{port}"
    done = fetch(f"https://{HOST}/")
    assert done.message == f"cannot connect to the proxy 127.0.0.1:{port}"


def test_a_proxy_whose_name_is_not_found_is_blamed(fetch, env):
    env["all_proxy"] = "http://proxy.invalid:3128"
    assert fetch(f"https://{HOST}/").message == "cannot find the proxy proxy.invalid:3128"


@pytest.mark.parametrize(
    "variables",
    [
        {"HTTP_PROXY": "PROXY"},
        {"https_proxy": "PROXY"},
        {"http_proxy": "PROXY", "no_proxy": "*"},
        {"http_proxy": "PROXY", "no_proxy": "deck.invalid"},
        {"all_proxy": "PROXY", "NO_PROXY": "other, .invalid"},
        {"http_proxy": "", "all_proxy": ""},
    ],
)
def test_when_the_proxy_is_not_asked(fetch, env, proxy, variables):
    env.update({k: v.replace("PROXY", proxy.url()) for k, v in variables.items()})
    done = fetch("http://deck.invalid/", plain_http=True)
    assert (done.end, done.proxy) == ("failed", None)
    assert "cannot find deck.invalid" in done.message
    assert proxy.connections == 0


def test_loopback_never_goes_through_a_proxy(fetch, env, proxy, server):
    env["all_proxy"] = env["http_proxy"] = proxy.url()
    server.put("/", b"near")
    for host in ("127.0.0.1", "localhost"):
        assert fetch(server.url(host=host)).content == b"near"
    assert proxy.connections == 0


def test_a_proxy_is_not_asked_for_private_addresses_after_a_redirect(fetch, env, proxy):
    """It would connect from where it stands."""
    env["all_proxy"] = proxy.url()
    for host in ("169.254.169.254", "10.0.0.1"):
        proxy.redirect(f"http://{HOST}/go", f"http://{host}/")
        done = fetch(f"http://{HOST}/go", plain_http=True)
        assert "private address" in done.message
    assert set(proxy.targets()) == {f"http://{HOST}/go"}


# A real server.


@pytest.mark.parametrize("kind", ["http", "tls", "h2"])
def test_nginx_serves_and_says_unchanged(fetch, trusted, nginx, kind):
    text = b"# Deck\n" * 1000
    nginx.put("deck.md", text)
    done = fetch(nginx.url("/deck.md", kind))
    assert (done.end, done.content, done.type) == ("body", text, "text/markdown")
    assert done.etag.startswith('W/"')
    assert done.wire < 1500  # gzip
    again = fetch(nginx.url("/deck.md", kind), etag=done.etag, modified=done.modified)
    assert (again.end, again.status) == ("unchanged", 304)


@pytest.mark.parametrize("kind, protocol, most", [("h2", "HTTP/2.0", 1), ("tls", "HTTP/1.1", 2)])
def test_many_downloads_share_secure_connections(start_fetch, trusted, nginx, kind, protocol, most):
    program = start_fetch()
    for n in range(20):
        nginx.put(f"{n}.md", f"# Deck {n}\n")
        program.get(nginx.url(f"/{n}.md", kind))
    assert {program.next().end for _ in range(20)} == {"body"}
    assert program.close() == 0
    log = nginx.stop()
    assert {line["protocol"] for line in log} == {protocol}
    assert {line["agent"] for line in log} == {"viva/0.1.0"}
    assert len({line["connection"] for line in log}) <= most


def test_http2_downloads_run_side_by_side(start_fetch, trusted, nginx):
    program = start_fetch()
    for n in range(8):
        nginx.put(f"slow/{n}.md", os.urandom(1 << 20))
        program.get(nginx.url(f"/slow/{n}.md"))
    while program.next("progress").progress < 8:
        pass


def test_a_server_that_is_gone_is_asked_on_a_new_connection(fetch, trusted, nginx):
    nginx.put("deck.md", b"# Deck\n")
    assert fetch(nginx.url("/deck.md")).end == "body"
    nginx.restart()
    assert fetch(nginx.url("/deck.md")).end == "body"


def test_a_file_that_is_not_there(fetch, trusted, nginx):
    done = fetch(nginx.url("/missing.md"))
    assert (done.end, done.status) == ("status", 404)
    assert done.message == "localhost answered 404: there is no such file"


# What it refuses to be.


@pytest.fixture
def of_another_user(tmp_path):
    """of_another_user(program) makes a copy that runs with the rights of another user."""

    def of_another_user(program):
        copy = tmp_path / Path(program).name
        shutil.copy(program, copy)
        os.chown(copy, 65534, 65534)
        copy.chmod(0o4755)
        return copy

    if os.geteuid() != 0:
        pytest.skip("only root can make a program of another user")
    if subprocess.check_output([of_another_user(shutil.which("id")), "-u"]) != b"65534\n":
        pytest.skip("this file system ignores the set-user-ID bit")
    return of_another_user


def test_it_does_not_run_with_more_rights_than_its_user(builds, of_another_user):
    program = of_another_user(builds["release"])
    done = subprocess.run([program], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert "more rights than its user" in done.stderr


def test_it_takes_no_words(builds):
    for build in builds.values():
        done = subprocess.run([build, "https://example.org/"], capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (2, "")
        assert "a part of viva" in done.stderr


def test_the_program_for_users_has_no_switch_for_tests(builds):
    assert b"VIVA_FETCH_TEST" in builds["test"].read_bytes()
    assert b"VIVA_FETCH_TEST" not in builds["release"].read_bytes()


def test_viva_itself_does_not_load_libcurl(root):
    linked = subprocess.run(
        ["readelf", "-d", root / "build/release/viva"], capture_output=True, text=True, check=True
    ).stdout
    assert "libsqlite3" in linked
    assert "libcurl" not in linked
    assert "libssl" not in linked
