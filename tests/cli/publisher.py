"""A published site on loopback, as a static web server has it, and keys to sign its files with."""

import base64
import ctypes
import ctypes.util
import hashlib
import http.server
import threading

SODIUM = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")


class Site:
    """Serves what `files` holds, with an ETag, and keeps the requests.

    files     path -> bytes
    answers   path -> (status, headers) to be answered instead
    requests  of each request its path and headers
    """

    def __init__(self):
        self.files = {}
        self.answers = {}
        self.headers = {}
        self.requests = []
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                site.answer(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def url(self, path="/numbers.md"):
        return f"http://127.0.0.1:{self.server.server_port}{path}"

    def put(self, path, text):
        self.files[path] = text if isinstance(text, bytes) else text.encode()

    def paths(self):
        return [path for path, _ in self.requests]

    def answer(self, call):
        self.requests.append((call.path, dict(call.headers)))
        body = self.files.get(call.path)
        status, headers = self.answers.get(call.path, (200 if body is not None else 404, {}))
        headers = {**self.headers, **headers}
        if status == 200:
            headers.setdefault("ETag", f'"{hashlib.sha256(body).hexdigest()[:20]}"')
            if call.headers.get("If-None-Match") == headers["ETag"]:
                status = 304
        body = b"" if status == 304 or body is None else body
        call.send_response(status)
        for name, value in headers.items():
            call.send_header(name, value)
        if status != 304:
            call.send_header("Content-Length", str(len(body)))
        call.end_headers()
        call.wfile.write(body)


class Key:
    """A key of minisign; `id` as minisign prints it, `public` as it is handed out."""

    def __init__(self, seed):
        public, self.secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
        SODIUM.crypto_sign_seed_keypair(public, self.secret, hashlib.sha256(seed).digest())
        self.number = hashlib.sha256(b"id" + seed).digest()[:8]
        self.id = self.number[::-1].hex().upper()
        self.public = base64.b64encode(b"Ed" + self.number + public.raw).decode()

    def file(self):
        """The secret key as `minisign -G -W` writes it, without a password."""
        checked = hashlib.blake2b(b"Ed" + self.number + self.secret.raw, digest_size=32).digest()
        data = b"Ed\0\0B2" + bytes(48) + self.number + self.secret.raw + checked
        return "untrusted comment: a test's\n" + base64.b64encode(data).decode() + "\n"

    def sign_bytes(self, data):
        signature = ctypes.create_string_buffer(64)
        SODIUM.crypto_sign_detached(
            signature, None, data, ctypes.c_ulonglong(len(data)), self.secret
        )
        return signature.raw

    def lines(self, content, comment):
        """The four lines of a signature file."""
        signature = self.sign_bytes(hashlib.blake2b(content).digest())
        made = base64.b64encode(b"ED" + self.number + signature).decode()
        covering = base64.b64encode(self.sign_bytes(signature + comment.encode())).decode()
        return ["untrusted comment: made by a test", made, f"trusted comment: {comment}", covering]

    def sign_deck(self, text, serial, bring=True):
        """The deck with its signature; `bring`: the public key is in it."""
        comment = f"serial:{serial}" + (f"\tkey:{self.public}" if bring else "")
        lines = self.lines(text.encode(), comment)
        return text + "\n".join(["<!-- viva-signature", *lines, "-->", ""])

    def sign_index(self, text, serial, bring=True):
        comment = f"serial:{serial}" + (f"\tkey:{self.public}" if bring else "")
        return text + "".join(f"# {line}\n" for line in self.lines(text.encode(), comment))


def index_of(site, decks, title="Two decks", serial=1, **more):
    """Puts the decks (id -> text) at their hashed names and returns the text of an index of them."""
    lines = ["viva-index: 1", f"title: {title}", f"serial: {serial}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    lines += ["decks:" if decks else "decks: []"]
    for name, text in decks.items():
        data = text.encode()
        digest = hashlib.sha256(data).hexdigest()
        path = f"d/{name}.{digest[:16]}.md"
        site.put("/" + path, data)
        lines += [f"  - deck: {name}", f"    title: {name}", f"    url: {path}"]
        lines += [f"    size: {len(data)}", f"    sha256: {digest}", "    cards: 2"]
    return "\n".join(lines) + "\n"
