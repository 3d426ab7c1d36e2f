"""Servers on loopback for tests of downloads: one that says any bytes, and nginx.

RawServer answers each path with one behaviour and keeps every request that it saw:

    with RawServer() as server:
        server.put("/deck.md", b"# Deck", ETag='"1"')          # an ordinary answer
        server.raw("/cut", b"HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\nabc")   # these bytes, the end
        server.redirect("/old", "/deck.md", status=301)
        server.behave("/slow", trickle(every=0.5))              # a function of (call, request)
        ... download server.url("/old") ...
        assert [r.target for r in server.requests] == ["/old", "/deck.md"]
        assert server.requests[1].header("If-None-Match") is None

A behaviour gets a Call: call.send(bytes), call.pause(seconds), call.server. It returns when it is
done; the connection is closed then. Behaviours may be endless: the client's end, or that of the
server, ends them. The fixtures `server`, `authority` and `nginx` of conftest.py hand these out.
"""

import contextlib
import gzip
import json
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import threading
import time
import zlib
from pathlib import Path

import pytest

HEAD_MAX = 1 << 20
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
OPENSSL = shutil.which("openssl")


# What a request was.


class Request:
    """A request as it came: method, target, version, headers (pairs in their order), raw bytes and
    the number of its connection, from 1."""

    def __init__(self, raw, connection):
        lines = raw.decode("latin-1").split("\r\n")
        self.raw = raw
        self.connection = connection
        self.method, self.target, self.version = lines[0].split(" ", 2)
        self.headers = [tuple(line.split(": ", 1)) for line in lines[1:] if ": " in line]

    def header(self, name):
        """The value of the first such header, None when there is none."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)

    def names(self):
        """The names of all headers, in lower case, sorted."""
        return sorted(name.lower() for name, _ in self.headers)

    def __repr__(self):
        return f"<{self.method} {self.target} on connection {self.connection}>"


# The raw server.


class Gone(Exception):
    """The client has gone, or the server ends."""


class Call:
    """One connection, as a behaviour sees it."""

    def __init__(self, server, sock, number):
        self.server = server
        self.number = number
        self.sock = sock
        self.sent = 0
        self.pending = b""

    def send(self, data):
        try:
            self.sock.sendall(data)
        except OSError as error:
            raise Gone from error
        self.sent += len(data)
        if self.server.ended.is_set():
            raise Gone

    def pause(self, seconds):
        if self.server.ended.wait(seconds):
            raise Gone

    def read_request(self):
        """The next request, or None at the end of the connection."""
        while b"\r\n\r\n" not in self.pending and len(self.pending) < HEAD_MAX:
            try:
                data = self.sock.recv(65536)
            except OSError:
                return None
            if not data:
                return None
            self.pending += data
        head, _, self.pending = self.pending.partition(b"\r\n\r\n")
        return Request(head + b"\r\n\r\n", self.number)

    def wait_for_end(self):
        """Waits until the client closes the connection."""
        with contextlib.suppress(OSError):
            while self.sock.recv(65536):
                pass


def answer(body=b"", status="200 OK", **headers):
    """The bytes of an ordinary answer. An underscore in a header's name is a hyphen; None leaves a
    header out, Content-Length too."""
    if isinstance(body, str):
        body = body.encode()
    if isinstance(status, int):
        status = f"{status} Status"
    fields = {"Content-Type": "text/markdown", "Content-Length": str(len(body))}
    fields.update({name.replace("_", "-"): value for name, value in headers.items()})
    lines = [f"{name}: {value}" for name, value in fields.items() if value is not None]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode("latin-1") + body


class RawServer:
    """An HTTP/1.1 server on 127.0.0.1 (or `host`), of TLS when it gets an ssl.SSLContext."""

    def __init__(self, host="127.0.0.1", tls=None):
        self.host = host
        self.tls = tls
        self.requests = []
        self.arrived = threading.Condition()
        self.connections = 0
        self.ended = threading.Event()
        self.behaviours = {}
        self.listener = socket.create_server((host, 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.threads = []
        self.open = set()
        self.lock = threading.Lock()
        self.start(self.accept)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def url(self, path="/", host=None):
        scheme = "https" if self.tls else "http"
        return f"{scheme}://{host or self.host}:{self.port}{path}"

    def put(self, path, body=b"", status="200 OK", **headers):
        """An ordinary answer, on a connection that stays open."""
        data = answer(body, status, **headers)
        self.behave(path, lambda call, request: call.send(data), keep=True)

    def raw(self, path, data):
        """Exactly these bytes, and the end of the connection."""
        self.behave(path, lambda call, request: call.send(data))

    def redirect(self, path, location, status=302, **headers):
        self.put(path, b"elsewhere", status=f"{status} Elsewhere", Location=location, **headers)

    def behave(self, path, behaviour, keep=False):
        self.behaviours[path] = (behaviour, keep)

    def targets(self):
        """What was asked for, in the order of coming."""
        return [request.target for request in self.requests]

    def wait_for(self, target, seconds=20):
        """Waits until somebody has asked for it."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: target in self.targets(), seconds), self.requests

    def close(self):
        self.ended.set()
        # A shut socket ends accept() and recv() in the other threads.
        with self.lock:
            socks = [self.listener, *self.open]
        for sock in socks:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(10)
        self.listener.close()

    def start(self, target, *args):
        thread = threading.Thread(target=target, args=args, daemon=True)
        self.threads.append(thread)
        thread.start()

    def accept(self):
        while not self.ended.is_set():
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            self.start(self.serve, sock, self.connections)

    def serve(self, sock, number):
        if self.tls:
            # The handshake is left to the first read, when the socket is known to close().
            sock = self.tls.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        with self.lock:
            self.open.add(sock)
        try:
            with contextlib.suppress(Gone, OSError):
                self.talk(Call(self, sock, number))
        finally:
            with self.lock:
                self.open.discard(sock)
            with contextlib.suppress(OSError):
                sock.close()

    def talk(self, call):
        while request := call.read_request():
            with self.arrived:
                self.requests.append(request)
                self.arrived.notify_all()
            behaviour, keep = self.behaviours.get(
                request.target, (lambda call, request: call.send(answer(status=404)), True)
            )
            behaviour(call, request)
            if not keep:
                # An orderly end: unread bytes would make the system reset the connection.
                with contextlib.suppress(OSError):
                    call.sock.shutdown(socket.SHUT_WR)
                call.wait_for_end()
                return


# Behaviours.


def endless(head, piece):
    """The head, then the piece again and again."""

    def behave(call, request):
        call.send(head)
        while True:
            call.send(piece)

    return behave


def endless_chunks():
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return endless(head, b"10000\r\n" + b"x" * 65536 + b"\r\n")


def endless_to_close():
    return endless(b"HTTP/1.0 200 OK\r\n\r\n", b"x" * 65536)


def endless_headers():
    return endless(b"HTTP/1.1 200 OK\r\n", b"X-Filler: " + b"x" * 1000 + b"\r\n")


def endless_informational():
    return endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")


def trickle(every=0.5, head=b"HTTP/1.1 200 OK\r\n\r\n", piece=b"x"):
    """The head, then one piece now and then."""

    def behave(call, request):
        call.send(head)
        while True:
            call.pause(every)
            call.send(piece)

    return behave


def silence():
    """Accepts, reads and never answers."""

    def behave(call, request):
        call.wait_for_end()

    return behave


def reset():
    """Ends the connection the hard way."""

    def behave(call, request):
        call.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        call.sock.close()

    return behave


def tunnel(port):
    """A proxy's answer to CONNECT: bytes go to that port of loopback, whatever was asked for."""

    def pump(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)

    def behave(call, request):
        with socket.create_connection(("127.0.0.1", port)) as peer:
            call.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            call.server.start(pump, peer, call.sock)
            pump(call.sock, peer)

    return behave


def gzip_bomb(size):
    """What unpacks to `size` zero bytes, before the checksum fails: about a thousandth of that."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return gzip.compress(b"")[:10] + block * (size >> 20) + packer.flush() + bytes(8)


def stacked_gzip(body, layers):
    for _ in range(layers):
        body = gzip.compress(body)
    return body


# Certificates.


class Authority:
    """A certificate authority of its own, made by the openssl program in `folder`. `file` is what
    SSL_CERT_FILE has to name for it to be trusted."""

    CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")

    def __init__(self, folder, name="test authority"):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.file = self.folder / "authority.pem"
        self.key = self.folder / "authority.key"
        self.openssl("req", "-x509", *self.CURVE, "-keyout", self.key, "-out", self.file,
                     "-subj", f"/CN={name}", "-days", "2")  # fmt: skip

    def openssl(self, *args):
        subprocess.run(
            [OPENSSL, *map(str, args)], check=True, capture_output=True, stdin=subprocess.DEVNULL
        )

    def issue(self, *names, expired=False):
        """A certificate for host names and addresses: the paths of certificate and key."""
        stem = f"{len(list(self.folder.iterdir()))}-{names[0]}"
        cert, key, request, extra = (self.folder / f"{stem}.{x}" for x in ("pem", "key", "csr", "ext"))
        kinds = ("IP" if name.replace(".", "").isdigit() else "DNS" for name in names)
        pairs = ",".join(f"{kind}:{name}" for kind, name in zip(kinds, names))
        extra.write_text(f"subjectAltName={pairs}\n")
        self.openssl("req", *self.CURVE, "-keyout", key, "-out", request, "-subj", f"/CN={names[0]}")
        self.openssl("x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self.key,
                     "-days", "-1" if expired else "2", "-out", cert, "-extfile", extra)  # fmt: skip
        return cert, key

    def context(self, *names, expired=False, newest=None):
        """An ssl.SSLContext for RawServer. `newest` is the newest version of TLS that it speaks."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.issue(*(names or ("localhost", "127.0.0.1")), expired=expired))
        if newest:
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = newest
            context.set_ciphers("ALL:@SECLEVEL=0")
        return context


# nginx.

CONFIG = """\
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 128; }}
http {{
    client_body_temp_path {folder}/temp; proxy_temp_path {folder}/temp;
    fastcgi_temp_path {folder}/temp; uwsgi_temp_path {folder}/temp; scgi_temp_path {folder}/temp;
    log_format json escape=json '{{"connection": $connection, "protocol": "$server_protocol", '
        '"uri": "$request_uri", "status": $status, "bytes": $bytes_sent, "tls": "$ssl_protocol", '
        '"if_none_match": "$http_if_none_match", "agent": "$http_user_agent", '
        '"encoding": "$http_accept_encoding"}}';
    access_log {folder}/access.log json;
    types {{ text/markdown md; application/yaml yaml; text/html html; }}
    gzip on; gzip_types *; gzip_min_length 256;
    ssl_certificate {cert}; ssl_certificate_key {key};
    root {root};
    limit_rate $rate;
    map $uri $rate {{ ~^/slow/ 16k; default 0; }}
    server {{ listen 127.0.0.1:{ports[http]}; }}
    server {{ listen 127.0.0.1:{ports[h2]} ssl http2; }}
    server {{ listen 127.0.0.1:{ports[tls]} ssl; }}
}}
"""


def free_ports(count):
    """Ports of loopback that nobody listens on just now."""
    socks = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [sock.getsockname()[1] for sock in socks]
    for sock in socks:
        sock.close()
    return ports


def can_connect(port):
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
        return True
    return False


class Nginx:
    """nginx as its users run it, without root: files of `root` over http, over TLS with HTTP/2
    ("h2") and over TLS without ("tls"), with gzip, ETag and Last-Modified. What is below /slow/
    comes at 16 KiB a second."""

    def __init__(self, folder, authority):
        self.folder = Path(folder)
        self.root = self.folder / "root"
        self.root.mkdir(parents=True)
        self.cert, self.key = authority.issue("localhost", "127.0.0.1")
        for attempt in range(5):
            self.ports = dict(zip(("http", "h2", "tls"), free_ports(3)))
            if self.start():
                return
        raise RuntimeError((self.folder / "error.log").read_text())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def start(self):
        config = self.folder / "nginx.conf"
        config.write_text(CONFIG.format(**vars(self)))
        self.process = subprocess.Popen(
            [NGINX, "-p", self.folder, "-c", config, "-e", self.folder / "error.log"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        # A port may be taken between the choice and the start: nginx ends then.
        while self.process.poll() is None:
            if all(can_connect(port) for port in self.ports.values()):
                return True
            time.sleep(0.01)
        return False

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(10)

    def url(self, path="/", kind="h2"):
        return f"{'http' if kind == 'http' else 'https'}://localhost:{self.ports[kind]}{path}"

    def put(self, path, body):
        """Writes a file below the root; returns its path."""
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body.encode() if isinstance(body, str) else body)
        return file

    def stop(self):
        """Ends the server. Its requests so far, as dictionaries (names as in CONFIG)."""
        self.process.send_signal(signal.SIGQUIT)  # open requests end, the log is complete
        self.process.wait(10)
        return [json.loads(line) for line in (self.folder / "access.log").open()]

    def restart(self):
        """Drops all connections; the ports stay."""
        self.close()
        assert self.start()


def need(program, name):
    if not program:
        pytest.skip(f"{name} is not installed, which this test needs")
