"""Three sources of which newer editions are out, and what a sync may leave of them however it ends."""

import hashlib
import sqlite3
from contextlib import closing

from scenarios import KILLED, Scenario
from subscriber import PATHS, SOON, deck, signed
from world import STORAGE, must

CARDS = """
    SELECT deck.name, card.name, question, answer, retired, reviews, interval, overlay.text
    FROM card JOIN deck ON deck.id=deck_id JOIN card_text ON card_text.card_id=card.id
    LEFT JOIN overlay ON overlay.card_id=card.id WHERE source_id=? ORDER BY deck.name, card.name
"""
EDITIONS = """
    SELECT serial, in_force, name, hex(hash) FROM edition
    JOIN edition_file ON edition_id=edition.id JOIN content ON content.id=content_id
    WHERE source_id=? ORDER BY edition.id, name
"""


def state(path):
    """Of each source what is stored of its file, its cards and its editions, which belong together."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        for digest, content in db.execute("SELECT hash, bytes FROM content"):
            must(hashlib.sha256(content).digest() == digest, "content is not what its hash says")
        sources = db.execute(
            "SELECT id, location, hex(hash), etag, serial, key FROM source JOIN remote ON source_id=id"
        )
        return {
            location: (known, db.execute(CARDS, [id]).fetchall(), db.execute(EDITIONS, [id]).fetchall())
            for id, location, *known in sources.fetchall()
        }


def put_newer(host):
    """An edition with new, changed and removed cards of each source."""
    host.put("/numbers.md", deck("numbers", 30, "New answer {}."), ETag='"n2"')
    host.put("/letters.md", signed(6, 30), ETag='"l2"')
    host.put_index("words", {"words": deck("words", 2), "more": deck("more", 30)}, serial=2)


class Sources(Scenario):
    """Each source is as it was or as its newer edition is: cards, editions, hash, serial and
    validator at once, with all progress and own words; the next sync brings what is lacking."""

    statuses = (0, 3, 4, STORAGE)
    complaint = ("viva: ", "http://")  # or the source that it is about

    def __init__(self, world, host, home):
        world.env["VIVA_NOW"] = SOON
        super().__init__(world, "sync")
        self.old = state(world.db)
        put_newer(host)
        other = world.copy(home)
        other.run("sync", check=0)
        self.new = state(other.db)
        must(len(self.new) == len(PATHS), "sources:", self.new.keys())
        sizes = sorted(len(cards) for _, cards, _ in self.new.values())
        must(sizes == [30, 30, 32], "cards:", sizes)

    def after(self, world, done):
        must(done.returncode in (KILLED, *self.statuses), "status", done.returncode)
        must(self.grown(world) == [], "the log has changed")
        there = state(world.db)
        for location in self.new:
            whole = there.get(location) in (self.old[location], self.new[location])
            must(whole, location, "is neither old nor new:", there.get(location))
        must(done.returncode or there == self.new, "not all came in, without an error")
        world.run("sync", "--force", check=0)
        must(state(world.db) == self.new, "the next sync does not bring what is lacking")
        must(self.grown(world) == [], "the log has changed")
        world.run("doctor", check=0)
