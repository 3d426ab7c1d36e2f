"""What the program does while something fails, and what has to be there afterwards.

A scenario is a command on a database. after(world, done) looks at what it left: in `world`, which is
a copy of the scenario's own or what a power loss made of it, with what the command had said until
then; its status is -9 where it did not end by itself.
"""

import hashlib
import sqlite3
from contextlib import closing

from world import STORAGE, acknowledged, answers, check_database, grades, must

KILLED = -9


class Scenario:
    statuses = (0, STORAGE)  # under faults
    complaint = ("viva: ",)  # what the line begins with that says why

    def __init__(self, world, *args, input=b""):
        self.world, self.args, self.input = world, args, input
        self.before = world.log()

    def said_done(self, done):
        """Whether the command has told its user that it is done: by default it says that last."""
        return done.returncode == 0 or bool(done.stdout)

    def grown(self, world):
        """The grades that came to the log."""
        log = world.sound_log()
        must(log[: len(self.before)] == self.before, "what was there before has changed:", log)
        return grades(log[len(self.before) :])

    def after(self, world, done):
        raise NotImplementedError


class Reader(Scenario):
    """A command that only reads: what it says is right, or it says why it could not."""

    def __init__(self, world, *args):
        super().__init__(world, *args)
        self.expected = world.run(*args, check=0).stdout

    def after(self, world, done):
        must(done.returncode != 0 or done.stdout == self.expected, "wrong, without an error")
        must(self.grown(world) == [], "a reader has changed the log")


class Doctor(Reader):
    """What it cannot read it reports as a problem."""

    statuses = (0, 1, STORAGE)


class Sitting(Scenario):
    """A sitting through a pipe, on cards that today has not seen. All grades that the next line
    acknowledged are there, in their order, at most one more, and none twice; the next sitting goes
    on behind them."""

    def __init__(self, world, given):
        super().__init__(world, "study", "--limit", len(given), input=answers(given))
        self.given = given

    def after(self, world, done):
        saved = self.grown(world)
        shown = acknowledged(done.stdout)
        must(saved == self.given[: len(saved)], "graded", self.given, "but saved", saved)
        must(shown <= len(saved) <= shown + 1, shown, "acknowledged, saved", len(saved))
        whole = done.returncode != 0 or len(saved) == len(self.given)
        must(whole or "was not saved" in done.stdout, "not all was saved, and nothing said")
        world.run("study", "--limit", 1, input=answers([5]), check=0)
        must(self.grown(world) == saved + [5], "the next sitting saved", self.grown(world))
        asked = [(entry["card"], entry["day"]) for entry in world.log()]
        must(len(set(asked)) == len(asked), "a card was graded twice:", asked)


class Review(Scenario):
    """One answer without a dialogue. Where it failed although the answer was saved it says so, or
    that it was the output, or the memory, that failed."""

    KNOWN = ("was saved", "the output", "of memory")

    def __init__(self, world):
        super().__init__(world, "review", "t/c9", 4)

    def after(self, world, done):
        saved = self.grown(world)
        must(saved in ([], [4]), "saved", saved)
        must(saved or not self.said_done(done), "nothing saved, without an error")
        said = done.returncode in (0, KILLED) or any(word in done.stderr for word in self.KNOWN)
        must(not saved or said, "saved, but said otherwise:", done.stderr)


class Decks(Scenario):
    """Decks that come in: each whole or not at all. `sizes` says how many cards each has."""

    def __init__(self, world, sizes, *args):
        super().__init__(world, *args)
        self.sizes = sizes

    def there(self, world):
        if not world.db.exists():
            return {}
        with closing(sqlite3.connect(f"file:{world.db}?mode=ro", uri=True)) as c:
            return dict(c.execute("SELECT deck.name, count(*) FROM deck LEFT JOIN card"
                                  " ON deck_id=deck.id GROUP BY deck.id"))

    def after(self, world, done):
        must(self.grown(world) == [], "the log has changed")
        there = self.there(world)
        part = {name: count for name, count in there.items() if self.sizes.get(name) != count}
        must(not part, "decks that are there in part:", part)
        must(there == self.sizes or not self.said_done(done), "not all came in, without an error")
        world.run(*self.args, check=0)
        must(self.there(world) == self.sizes, "afterwards there are", self.there(world))
        must(self.grown(world) == [], "the log has changed")


class Add(Scenario):
    """A card of one's own, behind another one: it is in the file or not, once, and the other stays.
    An input that cannot be read has no card."""

    statuses = (0, 1, STORAGE)

    def __init__(self, world):
        world.run("add", input=b"## First?\n\nYes.\n", check=0)
        super().__init__(world, "add", input=b"## Second?\n\nYes.\n")

    def after(self, world, done):
        path = world.db.parent / "decks/mine.md"
        text = path.read_text()
        must("## First?" in text, "what was there before is gone:", text)
        there = "## Second?" in text
        must(there or not self.said_done(done), "not added, without an error")
        again = world.run(*self.args, input=self.input)
        must(again.returncode == (6 if there else 0), "added again:", again)
        world.run("study", check=0)
        must(path.read_text().count("## Second?") == 1, path.read_text())
        for card in ("mine/first", "mine/second"):
            world.run("show", card, check=0)
        must(self.grown(world) == [], "the log has changed")


def check_copies(world):
    """Every copy is sound and is what its name says; their number."""
    copies = list(world.db.parent.glob("backups/viva.db.*"))
    for copy in copies:
        digest = hashlib.sha256(copy.read_bytes()).hexdigest()
        must(copy.suffix == f".{digest[:16]}", copy, "is not what its name says")
        check_database(copy)
    return len(copies)


class Backup(Scenario):
    """A copy of the database: whole under its name, or not there."""

    def __init__(self, world):
        super().__init__(world, "backup")

    def after(self, world, done):
        must(self.grown(world) == [], "the log has changed")
        count = check_copies(world)
        must(count or not self.said_done(done), "no copy, without an error")
        world.run("backup", check=0)
        must(check_copies(world) == 1, "copies afterwards:", check_copies(world))


class Restore(Scenario):
    """The newest copy in the place of a database that has a review more. One of the two is there, the
    other can be brought back."""

    def __init__(self, world):
        world.run("backup", check=0)
        self.copied = world.log()
        world.run("review", "t/c9", 4, check=0)
        super().__init__(world, "restore", "newest", "--yes")

    def said_done(self, done):
        return done.returncode == 0 or "Restored." in done.stdout

    def after(self, world, done):
        check_copies(world)
        log = world.sound_log()
        must(log in (self.before, self.copied), "neither of the two is there, but", log)
        must(log == self.copied or not self.said_done(done), "not restored, without an error")
        if log == self.before:
            world.run(*self.args, check=0)
            must(world.sound_log() == self.copied, "not restored afterwards")
        kept = list(world.db.parent.glob("viva.db.before-*[0-9Z]"))
        for path in kept:
            world.run("restore", path, "--yes", check=0)
            if world.sound_log() == self.before:
                return
        must(False, "the database of before is lost, there are", kept)


class FirstSitting(Sitting):
    """The very first one, right behind the first subscription: there may be no database yet."""

    def __init__(self, world, path, given):
        super().__init__(world, given)
        self.path = path

    def after(self, world, done):
        must(acknowledged(done.stdout) <= len(self.grown(world)), "acknowledged:", done.stdout)
        world.run("subscribe", self.path, check=0)
        super().after(world, done)


class Migration(Scenario):
    """A database of an older format, brought to the newest: nothing of its log is lost, and a copy of
    it as it was stays."""

    def __init__(self, world, dump):
        self.world, self.args, self.input = world, ("study",), b""
        world.db.parent.mkdir(mode=0o700, parents=True)
        with closing(sqlite3.connect(world.db)) as c:
            c.executescript(dump)
            self.count = c.execute("SELECT count(*) FROM review").fetchone()[0]
        world.db.chmod(0o600)
        newest = world.copy(world.home.parent / "newest")
        newest.run(*self.args, check=0)
        self.before = newest.log()

    def after(self, world, done):
        world.run(*self.args, check=0)
        must(self.grown(world) == [], "the log has changed")
        must(len(world.log()) == self.count, self.count, "reviews became", len(world.log()))
        must(check_copies(world) >= 1, "there is no copy of the older format")


class Export(Scenario):
    """The log as text in a file: whole, or not there."""

    def __init__(self, world):
        super().__init__(world, "export", "--events", "log.txt")
        elsewhere = world.copy(world.home.parent / "elsewhere")
        elsewhere.run(*self.args, check=0)
        self.expected = (elsewhere.home / "log.txt").read_bytes()

    def after(self, world, done):
        must(self.grown(world) == [], "the log has changed")
        path = world.home / "log.txt"
        must(path.exists() or not self.said_done(done), "not written, without an error")
        must(not path.exists() or path.read_bytes() == self.expected, "written in part")
        world.run(*self.args, "--force", check=0)
        must(path.read_bytes() == self.expected, "not whole afterwards")


class Import(Scenario):
    """A log that goes on behind the one that is here: all of it comes in or nothing, once."""

    MORE = [3, 5, 2, 4, 4]

    def __init__(self, world):
        other = world.copy(world.home.parent / "other")
        for number, grade in enumerate(self.MORE):
            other.run("review", f"t/c{20 + number}", grade, check=0)
        path = world.home / "log.txt"
        other.run("export", "--events", path, check=0)
        super().__init__(world, "import", path)

    def after(self, world, done):
        came = self.grown(world)
        must(came in ([], self.MORE), "came in:", came)
        must(came or not self.said_done(done), "nothing came in, without an error")
        world.run(*self.args, check=0)
        must(self.grown(world) == self.MORE, "afterwards came in:", self.grown(world))
