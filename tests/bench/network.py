"""Times sync against the curl tool fetching the same bytes from the same nginx on loopback.

usage: network.py VIVA PROGRAMS    PROGRAMS: the folder of timer
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))

import servers
from timing import print_head, print_row, time_commands, write_decks

SOURCES = 20
RUNS = 11


class Bench:
    def __init__(self, viva, programs, top):
        self.viva, self.programs, self.top = Path(viva).resolve(), Path(programs).resolve(), top
        self.authority = servers.Authority(top / "authority")
        self.nginx = servers.Nginx(top / "nginx", self.authority)
        self.curl = [shutil.which("curl"), "-s", "--cacert", self.authority.file]
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(top),
            "LC_ALL": "C.UTF-8",
            "SSL_CERT_FILE": str(self.authority.file),
            "VIVA_DECKS_DIR": str(top / "no-decks"),
            "VIVA_DB": str(top / "viva" / "viva.db"),
        }

    def time(self, runs, *commands):
        return time_commands(self.programs, self.env, runs, *commands)

    def first_fetch(self):
        """A deck of 1000 cards: subscribed, only imported, and only fetched."""
        (deck,) = write_decks(self.top / "one", 1, 1000)
        url = self.nginx.url("/one.md")
        self.nginx.put("/one.md", deck.read_bytes())
        new = f"rm -rf {self.top / 'viva'}; exec {self.viva}"
        fetched, imported, subscribed = self.time(
            RUNS,
            (*self.curl, "-o", self.top / "copy.md", url),
            ("/bin/sh", "-c", f"{new} subscribe {deck}"),
            ("/bin/sh", "-c", f"{new} subscribe {url}"),
        )
        print_row(1000, "a deck imported from a file", imported)
        print_row(1000, "the same, subscribed", subscribed)
        network = subscribed[0] - imported[0], 0
        print_row(1000, "the difference, against curl", network, fetched, "1.3")

    def unchanged(self):
        """20 sources that answer 304, on one server."""
        shutil.rmtree(self.top / "viva", ignore_errors=True)
        urls = []
        for deck in write_decks(self.top / "many", SOURCES, 50):
            self.nginx.put(f"/{deck.name}", deck.read_bytes())
            urls.append(self.nginx.url(f"/{deck.name}"))
            subprocess.run(
                [self.viva, "subscribe", urls[-1]], env=self.env, check=True, capture_output=True
            )
        copies = [word for url in urls for word in ("-o", "/dev/null", url)]
        fetched, own = self.time(
            RUNS,
            (*self.curl, "-z", "2038-01-01", *copies),
            (self.viva, "sync", *urls),
        )
        print_row(50 * SOURCES, f"sync of {SOURCES} unchanged sources", own, fetched, "1.3")

    def bytes_of_unchanged(self):
        lines = map(json.loads, (self.nginx.folder / "access.log").read_text().splitlines())
        asked = [line for line in lines if line["status"] == 304 and "viva" in line["agent"]]
        sent = sum(line["bytes"] for line in asked[-SOURCES:])
        connections = len({line["connection"] for line in asked[-SOURCES:]})
        print(f"\n{SOURCES} answers of 304: {sent} bytes, on {connections} connections")

    def run(self):
        self.first_fetch()
        self.unchanged()
        self.nginx.close()
        self.bytes_of_unchanged()


def main():
    viva, programs = sys.argv[1:]
    if not servers.NGINX or not shutil.which("curl"):
        sys.exit("\nthe network is not timed: that needs nginx and curl")
    print()
    print_head("curl ms")
    with tempfile.TemporaryDirectory() as top:
        Bench(viva, programs, Path(top).resolve()).run()


main()
