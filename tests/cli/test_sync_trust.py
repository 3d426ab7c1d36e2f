"""What a publisher, or who stands between, may not do to a subscriber: signatures, serials, names,
mass changes and malformed files, by the numbered rows of the threats (tests/cli/test_threats.py)."""

import base64
import hashlib
import json
import re

import pytest

from publisher import Key, index_of
from subscriber import FOREIGN, NEW, OLD, SERIAL, SOON, Files, clean, deck, signed

LATER = "2026-11-20T11:00:00Z"
NEXT = SERIAL + 1


class Edition:
    """What /letters.md, or what `path` names, becomes, and what is said of it."""

    def __init__(self, name, text, status, *words, source="letters", path="/letters.md"):
        self.name, self.text, self.status, self.words = name, text, status, words
        self.source, self.path = source, path

    def __str__(self):
        return self.name


def unsigned(name, text, status, *words):
    """What /numbers.md becomes."""
    return Edition(name, text, status, *words, source="numbers", path="/numbers.md")


def check(edition, subscriber, host):
    """The edition comes, nothing changes; the same is said again by --dry-run."""
    data = edition.text if isinstance(edition.text, bytes) else edition.text.encode()
    host.put(edition.path, data, ETag='"new"')
    with subscriber.unchanged():
        dry = subscriber.sync(edition.source, "--dry-run", check=edition.status)
        said = subscriber.sync(edition.source, check=edition.status)
    assert dry == said and said.count("\n") == 1 and len(said) < 1000
    assert "stay as they were" in said
    assert said.count(subscriber.url(edition.source) + ": ") == 1
    for word in edition.words:
        assert re.search(word, said), said


# Signatures and serials.


def block(*lines):
    return deck("letters", 4, serial=NEXT) + "\n".join(["<!-- viva-signature", *lines, "-->", ""])


LINES = OLD.lines(deck("letters", 4, serial=NEXT).encode(), f"serial:{NEXT}\tkey:{OLD.public}")
CONTENT = deck("letters", 4, serial=NEXT)


def with_line(number, text):
    return block(*LINES[:number], text, *LINES[number + 1 :])


def legacy():
    """A signature of the content itself, not of its hash."""
    signature = OLD.sign_bytes(CONTENT.encode())
    comment = f"serial:{NEXT}"
    covering = base64.b64encode(OLD.sign_bytes(signature + comment.encode())).decode()
    return block(
        "untrusted comment: x",
        base64.b64encode(b"Ed" + OLD.number + signature).decode(),
        f"trusted comment: {comment}",
        covering,
    )


IMPOSTOR = Key(b"impostor")
IMPOSTOR.number = OLD.number
REPLACE = r"sources trust \S+ --replace "

SIGNED = [
    Edition("row 27: a valid old signed file is refused", signed(SERIAL - 1), 5,
            f"serial {SERIAL - 1} is older than {SERIAL}", "--allow-rollback"),
    Edition("row 28: a serial comes with other content", signed(SERIAL, 4), 5,
            f"serial {SERIAL} has come with other content"),
    Edition("row 29: the signature is stripped", CONTENT, 5, "signature is missing", OLD.id,
            REPLACE + "none"),
    Edition("row 29: the signature is stripped and the serial lower", deck("letters", serial=1), 5,
            "signature is missing"),
    Edition("row 30: another key has signed", signed(NEXT, 4, FOREIGN), 5, OLD.id, FOREIGN.id,
            REPLACE + re.escape(FOREIGN.public)),
    Edition("row 30: another key has signed, and does not show itself",
            signed(NEXT, 4, FOREIGN, bring=False), 5, OLD.id, FOREIGN.id, REPLACE + "KEY"),
    Edition("row 30: another key claims to be the trusted one", signed(NEXT, 4, IMPOSTOR), 5,
            f"the signature of key {OLD.id} does not fit"),
    Edition("row 31: the trusted comment is altered",
            block(*LINES[:2], LINES[2] + " ", LINES[3]), 5, "does not fit its trusted comment"),
    Edition("row 31: the serial in the trusted comment is altered",
            with_line(2, LINES[2].replace(f"serial:{NEXT}", f"serial:{NEXT + 1}")), 5,
            "serial|trusted comment"),
    Edition("row 31: the content is altered", block(*LINES).replace("Answer 1", "Answer 0"), 5,
            "does not fit the content"),
    Edition("row 32: legacy, without a hash", legacy(), 5, "legacy"),
    Edition("row 32: five lines", block(*LINES, "more"), 5, "malformed signature"),
    Edition("row 32: three lines", block(*LINES[:3]), 5, "malformed signature"),
    Edition("row 32: CRLF", block(*LINES).replace("\n", "\r\n"), 5, "line ends"),
    Edition("row 32: bytes behind it", block(*LINES) + "more\n", 5, "something follows it"),
    Edition("row 32: bytes behind its end", block(*LINES)[:-1] + " \n", 5, "malformed signature"),
    Edition("row 32: no base64", with_line(1, LINES[1][:-4] + "!!!!"), 5, "base64"),
    Edition("row 32: base64 with a blank", with_line(3, LINES[3] + " "), 5, "base64"),
    Edition("row 32: base64 that is too short", with_line(1, LINES[1][:-4]), 5, "base64"),
    Edition("row 32: an algorithm of tomorrow", with_line(1, "RF" + LINES[1][2:]), 5, "algorithm"),
    Edition("row 32: a comment of 100 kB", with_line(0, LINES[0] + 100_000 * "x"), 5,
            "malformed signature"),
    Edition("row 32: a comment of 10 MB", with_line(0, LINES[0] + 10_000_000 * "x"), 4,
            "larger than the"),
    Edition("row 32: no serial in the comment", block(*OLD.lines(CONTENT.encode(), "x")), 5,
            "serial"),
    Edition("row 32: two serials in the comment",
            block(*OLD.lines(CONTENT.encode(), f"serial:{NEXT} serial:{NEXT}")), 5,
            "more than one serial"),
    Edition("row 49: escapes in the trusted comment",
            block(*OLD.lines(CONTENT.encode(), f"serial:{NEXT} \x1b]0;owned\x07\x9b")), 5,
            "control character"),
    Edition("row 49: escapes in the untrusted comment",
            with_line(0, "untrusted comment: \x1b[2J"), 5, "control character"),
    Edition("row 69: next-key is no key", signed(NEXT, next_key="RWQnonsense"), 6,
            r"letters\.md:\d+:\d+: ", "next-key"),
    Edition("row 69: moved-to is plain http", signed(NEXT, moved_to="http://deck.example/x"), 6,
            r"letters\.md:\d+:\d+: ", "https"),
    Edition("row 69: moved-to is a file", signed(NEXT, moved_to="file:///etc/passwd"), 6, "https"),
    Edition("row 69: moved-to has a password", signed(NEXT, moved_to="https://u:p@deck.example/"),
            6, "https"),
    *(Edition(f"row 70: the serial {text} in the comment",
              block(*OLD.lines(CONTENT.encode(), f"serial:{text}")), 5, "serial")
      for text in ("9223372036854775807", "18446744073709551616", "042", "+42", "-1", "0x10", "")),
    *(unsigned(f"row 70: the serial {text} in the front matter", deck("numbers", 4, serial=text), 6,
               r"numbers\.md:\d+:\d+: serial")
      for text in ("9223372036854775807", "18446744073709551616", "042", "+42", "-1", "1e3", "x")),
]  # fmt: skip


@pytest.mark.parametrize("edition", SIGNED, ids=str)
def test_what_cannot_be_trusted_changes_nothing(edition, subscriber, host):
    check(edition, subscriber, host)


def test_row_27_an_old_file_is_taken_back_only_when_asked_for(subscriber, host):
    host.put("/letters.md", signed(SERIAL - 1, 4), ETag='"old"')
    subscriber.sync("letters", check=5)
    assert "1 new" in subscriber.sync("letters", "--allow-rollback", now=LATER)


def test_row_30_a_foreign_key_is_refused_again_and_again(subscriber, host):
    """Neither the ETag nor the hash of what was refused is taken for known."""
    host.put("/letters.md", signed(NEXT, 4, FOREIGN), ETag='"foreign"')
    with subscriber.unchanged():
        for _ in range(3):
            assert FOREIGN.id in subscriber.sync("letters", check=5)
    assert [request.header("If-None-Match") for request in host.requests] == 3 * ['"l1"']


def test_row_33_one_deck_that_differs_refuses_the_edition_and_no_other_source(subscriber, host):
    decks = {"words": deck("words", 4), "more": deck("more")}
    paths = host.put_index("words", decks, serial=2)
    host.put(paths[1], decks["more"].replace("Answer 1", "Answer 0"))
    host.put("/numbers.md", deck("numbers", 4), ETag='"n2"')
    before = subscriber.dump()
    said = subscriber.sync(check=5)
    after = subscriber.dump()
    assert "numbers: 1 new" in said and "is not what the index lists" in said
    assert [row for row in after["deck"] if "words" in row] == [
        row for row in before["deck"] if "words" in row
    ]
    names = [card["card"] for card in json.loads(subscriber.run("list", "--json").stdout)]
    assert "numbers/c4" in names and "words/c4" not in names and "more/c1" not in names


@pytest.mark.parametrize("change", [{"size": 1}, {"sha256": 64 * "0"}])
def test_row_33_nor_may_the_index_be_wrong(change, subscriber, host):
    site = Files(host)
    text = index_of(site, {"words": deck("words", 4)}, serial=2)
    for key, value in change.items():
        text = re.sub(rf"{key}: .*", f"{key}: {value}", text)
    host.put("/index.yaml", text)
    with subscriber.unchanged():
        subscriber.sync("words", check=6 if "sha256" in change else 5)


def test_a_signed_index_covers_what_it_lists(subscriber, host, run):
    """A host that has no key cannot exchange a deck of a signed index."""
    (path,) = host.put_index("safe", {"safe": deck("safe")}, "/safe.yaml",
                             lambda text: OLD.sign_index(text, 1))  # fmt: skip
    assert OLD.id in clean(run("subscribe", host.url("/safe.yaml")))
    (path,) = host.put_index("safe", {"safe": deck("safe", 4)}, "/safe.yaml",
                             lambda text: OLD.sign_index(text, 2), serial=2)  # fmt: skip
    host.put(path, deck("safe", 5))
    with subscriber.unchanged():
        assert "not what the index lists" in subscriber.sync(host.url("/safe.yaml"), check=5)


# Rotation and moves.


def test_only_the_signed_word_of_a_key_announces_the_next(subscriber, host):
    """An unsigned deck may say what it likes; a foreign one is refused before it is read."""
    host.put("/numbers.md", deck("numbers", next_key=FOREIGN.public), ETag='"n2"')
    subscriber.sync("numbers")
    assert subscriber.notes("numbers", "key", "next_key") == (None, None)
    host.put("/letters.md", signed(NEXT, key=FOREIGN, next_key=FOREIGN.public), ETag='"l2"')
    subscriber.sync("letters", check=5)
    assert subscriber.notes("letters", "key", "next_key") == (OLD.public, None)


def test_an_announcement_ends_with_the_edition_that_takes_it_back(subscriber, host):
    host.put("/letters.md", signed(NEXT, next_key=NEW.public), ETag='"l2"')
    subscriber.sync("letters")
    assert subscriber.notes("letters", "next_key") == (NEW.public,)
    host.put("/letters.md", signed(NEXT + 1), ETag='"l3"')
    subscriber.sync("letters", now=LATER)
    assert subscriber.notes("letters", "next_key") == (None,)
    host.put("/letters.md", signed(NEXT + 2, key=NEW), ETag='"l4"')
    with subscriber.unchanged():
        subscriber.sync("letters", check=5)


def test_the_next_key_does_not_excuse_an_old_serial(subscriber, host):
    host.put("/letters.md", signed(NEXT, next_key=NEW.public), ETag='"l2"')
    subscriber.sync("letters")
    host.put("/letters.md", signed(SERIAL, 4, key=NEW), ETag='"l3"')
    with subscriber.unchanged():
        assert "older than" in subscriber.sync("letters", now=LATER, check=5)


def test_row_69_an_unsigned_moved_to_is_said_and_not_followed(subscriber, host, run):
    host.put("/numbers.md", deck("numbers", moved_to="https://deck.example/x"), ETag='"n2"')
    assert "viva sources move" in subscriber.sync("numbers")
    assert host.targets() == ["/numbers.md"]
    assert subscriber.url("numbers") in run("sources").stdout


def test_row_69_two_files_that_point_at_each_other_are_one_hop_a_sync(
    subscriber, host, authority, env, run
):
    """A publisher cannot send a subscriber around in circles."""
    import servers

    env["SSL_CERT_FILE"] = str(authority.file)
    with servers.RawServer(tls=authority.context()) as secure:
        one, two = secure.url("/one.md"), secure.url("/two.md")

        def put(serial):
            for path, to in (("/one.md", two), ("/two.md", one)):
                text = deck("circle", serial=serial, moved_to=to)
                secure.put(path, OLD.sign_deck(text, serial), ETag=f'"{serial}"')

        put(1)
        run("subscribe", one)
        put(2)
        secure.requests.clear()
        subscriber.sync("circle", now=LATER)
        assert len(secure.requests) == 1
        put(3)
        subscriber.sync("circle", now="2026-11-20T12:00:00Z")
        assert len(secure.requests) == 2
        located = re.findall(r"^(https://\S+) \(", run("sources").stdout, re.M)
        assert located in ([one], [two])


# Names.

NAMES = ["../../.bashrc", "a/b", ".", "..", "-rf", "CON", "", 300 * "a", '"a\\0b"', '"a\\nb"', "é",
         '"\\e]0;owned\\a"', "a b", "A", "~", "a" * 65, "$(id)", "`id`"]  # fmt: skip


def tree(folder):
    """Every file below a folder, the database's own apart."""
    return sorted(path for path in folder.rglob("*") if "viva.db" not in path.name)


@pytest.mark.parametrize("name", NAMES, ids=lambda name: repr(name)[:20])
def test_row_35_names_that_are_no_names_are_refused(name, subscriber, host, home, run):
    site = Files(host)
    listed = index_of(site, {"words": deck("words", 4)}, serial=2)
    card = deck("numbers", 4).replace("{id: c4}", f"{{id: {name}}}")
    editions = [
        Edition("in an index", listed.replace("deck: words", f"deck: {name}"), 6,
                r"index\.yaml:\d+:\d+: ", source="words", path="/index.yaml"),
        unsigned("of a deck", deck(name, 4), 6, r"numbers\.md:\d+:\d+: "),
        unsigned("of a card", card, 6, r"numbers\.md:\d+:\d+: "),
    ]  # fmt: skip
    before = tree(home.parent)
    for edition in editions:
        check(edition, subscriber, host)
        clean(run("sources", check=0))
    assert tree(home.parent) == before


# Mass changes and identities.


def test_row_36_an_index_that_lists_nothing_any_more_needs_a_decision(subscriber, host):
    host.put_index("words", {}, serial=2)
    with subscriber.unchanged():
        assert "--accept-mass-change" in subscriber.sync("words", check=7)
    subscriber.sync("words", "--accept-mass-change", now=LATER)
    cards = json.loads(subscriber.run("list", "deck:words", "is:retired", "--json").stdout)
    assert [card["card"] for card in cards] == ["words/c1"]


@pytest.mark.parametrize("sign", [False, True])
@pytest.mark.parametrize("left", [0, 3, 30])
def test_row_36_cards_that_go_in_masses_need_a_decision(left, sign, subscriber, host, run):
    def put(count, serial):
        text = deck("many", count, serial=serial)
        host.put("/many.md", OLD.sign_deck(text, serial) if sign else text)

    put(60, 1)
    run("subscribe", host.url("/many.md"))
    put(left, 2)
    with subscriber.unchanged():
        said = subscriber.sync("many", check=7)
    assert f"{60 - left} of the 60 cards" in said and "--accept-mass-change" in said


IDENTITIES = [
    unsigned("row 37: an id twice", deck("numbers", 4).replace("{id: c4}", "{id: c3}"), 6,
             r"numbers\.md:24:\d+: .*line 18"),
    unsigned("row 37: capitals", deck("numbers", 4).replace("{id: c4}", "{id: C4}"), 6, "C4"),
    unsigned("row 37: an id and a slug", deck("numbers", 4).replace(
        "## Question 4 of numbers?\n<!-- {id: c4} -->", "## C3"), 6, r"numbers\.md:\d+:\d+: "),
    unsigned("row 38: was itself", deck("numbers").replace("{id: c3}", "{id: c3, was: c3}"), 6,
             "`was` names the card itself"),
    unsigned("row 38: was a card that is there",
             deck("numbers").replace("{id: c3}", "{id: c3, was: c1}"), 6, "still there"),
    unsigned("row 38: a cycle", deck("numbers").replace("{id: c3}", "{id: c3, was: c2}").replace(
        "{id: c2}", "{id: c2, was: c3}"), 6, "still there"),
    unsigned("row 38: one card becomes two", deck("numbers", 4).replace(
        "{id: c1}", "{id: a, was: c1}").replace("{id: c4}", "{id: b, was: c1}"), 6,
        "claimed twice"),
]  # fmt: skip


@pytest.mark.parametrize("edition", IDENTITIES, ids=str)
def test_identities_that_contradict_change_nothing(edition, subscriber, host):
    check(edition, subscriber, host)


def test_row_37_an_id_with_quite_another_text_is_listed(subscriber, host):
    text = deck("numbers").replace("Question 1 of numbers?", "Something else altogether?")
    host.put("/numbers.md", text.replace("Answer 1.", "No word of before."), ETag='"n2"')
    said = subscriber.sync("numbers", "--dry-run")
    assert "1 changed" in said and "Something else altogether?" in said
    assert "1 changed" in subscriber.sync("numbers")


@pytest.mark.parametrize("was", ["letters/c1", "words/c1"])
def test_row_38_the_card_of_another_source_is_out_of_reach(was, subscriber, host, run):
    """Whether it is refused or comes to nothing: the other card keeps its progress."""
    before = [json.loads(run("show", was, "--json").stdout) for _ in range(1)]
    text = deck("numbers", 4).replace("{id: c4}", f"{{id: c4, was: {was}}}")
    host.put("/numbers.md", text, ETag='"n2"')
    subscriber.sync("numbers", check=None)
    assert [json.loads(run("show", was, "--json").stdout)] == before
    shown = run("show", "numbers/c4", "--json", check=None)
    assert shown.returncode or json.loads(shown.stdout)["reviews"] == 0


# Sizes and encodings.

DEEP = 10_000
LARGE = [
    unsigned("row 39: 100 001 cards",
             "# Many\n\n" + "".join(f"## Q{i}\n\nA\n" for i in range(100_001)), 6,
             "100000|100 000"),
    unsigned("row 39: a line of 64 KiB and a byte", deck("numbers") + 65537 * "x" + "\n", 6,
             r"numbers\.md:\d+:\d+: "),
    unsigned("row 39: 100 000 keys", deck("numbers").replace(
        "---\n\n", "".join(f"k{i}: 1\n" for i in range(100_000)) + "---\n\n", 1), 6,
        r"numbers\.md:\d+:\d+: "),
    unsigned("row 39: lists in lists in the front matter",
             deck("numbers", tags=DEEP * "["), 6, r"numbers\.md:\d+:\d+: "),
    unsigned("row 39: mappings in mappings", deck("numbers", tags=DEEP * "{a: "), 6,
             r"numbers\.md:\d+:\d+: "),
    unsigned("row 39: anchors", deck("numbers", tags="&a [*a, *a]"), 6, r"numbers\.md:\d+:\d+: "),
    Edition("row 39: an index of 2 MiB", "viva-index: 1\ntitle: x\ndecks: []\n" + (2 << 20) * "#",
            6, r"index\.yaml", source="words", path="/index.yaml"),
    Edition("row 39: 1001 listed decks", "viva-index: 1\ntitle: x\ndecks:\n" + "".join(
        f"  - deck: d{i}\n    title: t\n    url: d/{i}.{64 * '0'}\n    size: 1\n    sha256: {64 * '0'}\n"
        "    cards: 1\n" for i in range(1001)), 6, "1000", source="words", path="/index.yaml"),
]  # fmt: skip


@pytest.mark.parametrize("edition", LARGE, ids=str)
def test_what_is_too_large_is_refused_quickly(edition, subscriber, host):
    check(edition, subscriber, host)
    status, seconds, peak = subscriber.measure("sync", edition.source, "--force")
    assert status == 6
    assert seconds < 1
    assert peak < 200 << 20


QUOTES = "".join(f"{(DEEP // 10) * '> '}deep\n\n" for _ in range(10))
DEEP_ANSWERS = {
    "quotes": DEEP * ">" + " deep",
    "quotes with blanks": QUOTES,
    "lists": "\n".join(" " * i + "- deep" for i in range(0, 1000)),
    "emphasis": DEEP * "*a **b ",
    "links": DEEP * "[a](",
    "brackets": DEEP * "[",
    "backticks": " ".join("`" * (i % 300 + 1) for i in range(400)),
    "tables": "|".join("ab" for _ in range(5000)) + "\n" + "|".join("-" for _ in range(5000)),
}


@pytest.mark.parametrize("name", DEEP_ANSWERS)
def test_row_39_what_is_deep_is_refused_or_shown_quickly(name, subscriber, host):
    text = deck("numbers", 4).replace("Answer 4.", DEEP_ANSWERS[name])
    host.put("/numbers.md", text, ETag='"n2"')
    for words in (["sync", "numbers", "--dry-run"], ["sync", "numbers"], ["show", "numbers/c4"]):
        status, seconds, peak = subscriber.measure(*words)
        assert status in (0, 1, 6)
        assert seconds < 1
        assert peak < 200 << 20


ENCODINGS = [
    unsigned("row 40: line feeds alone", "\n" * 100, 6, r"numbers\.md:1:1: "),
    unsigned("row 40: number signs alone", "#\n" * 100, 6, r"numbers\.md:\d+:\d+: "),
    unsigned("row 40: nothing", b"", 6, r"numbers\.md:1:1: "),
    unsigned("row 40: a byte order mark alone", b"\xef\xbb\xbf", 6, r"numbers\.md:1:1: "),
    unsigned("row 40: UTF-16", deck("numbers").encode("utf-16"), 6, r"numbers\.md:1:1: "),
    unsigned("row 40: Latin-1", deck("numbers", answer="\xe9t\xe9").encode("latin-1"), 6,
             r"numbers\.md:11:1: "),
    unsigned("row 40: lone CR", deck("numbers").replace("Answer 1.", "Answer\r1."), 6,
             r"numbers\.md:11:7: "),
    unsigned("row 40: NUL", deck("numbers").replace("Answer 1.", "Answer\0 1."), 6,
             r"numbers\.md:11:7: "),
    unsigned("row 40: overlong UTF-8", deck("numbers").encode() + b"\xc0\x9b\n", 6,
             r"numbers\.md:\d+:\d+: "),
]  # fmt: skip


@pytest.mark.parametrize("edition", ENCODINGS, ids=str)
def test_what_is_no_text_is_refused_at_its_place(edition, subscriber, host):
    check(edition, subscriber, host)


def test_row_67_a_text_that_changes_altogether_is_compared_quickly(subscriber, host):
    def words(salt):
        return " ".join(hashlib.md5(f"{salt}{i}".encode()).hexdigest()[:5] for i in range(10_000))

    host.put("/numbers.md", deck("numbers", 20, answer=words(1)), ETag='"n2"')
    subscriber.sync("numbers", "--accept-mass-change")
    host.put("/numbers.md", deck("numbers", 20, answer=words(2)), ETag='"n3"')
    status, seconds, peak = subscriber.measure("sync", "numbers", "--dry-run")
    assert status == 0
    assert seconds < 2
    assert peak < 200 << 20


# What reaches a terminal.

VECTORS = [
    "\x1b]52;c;cm0gLXJm\x07", "\x1b]0;owned\x07", "\x1b[21t", "\x1b[6n", "\x1bP$qm\x1b\\",
    "\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\", "\x1b_Ga=q;eA==\x1b\\", "\x1bc", "\x1b[?1049h",
    "\x1b[?1000h", "\x1b[?2004l", "\u009b31m", "\x85", "A\x08B", "\x01A\x02", "\x1b]l forged \x1b\\",
    "\x7f", "\u202eA\u2066B", "\u061c\u200e", "e" + 1000 * "\u0301", "\u200b\ufeff", "\U000e0041",
    "\ue000", "\u2028",
]  # fmt: skip
ROWS = {
    "what a deck may hold": " ".join(VECTORS),
    "row 42: a C1 byte": "\udc9b31m",
    "row 43: CR": "Correct answer: A\rCorrect answer: B",
    "row 48: overlong": "\udcc0\udc9b",
    "row 48: a surrogate": "\udced\udca0\udc80",
    "row 48: cut": "\udcf0\udc9f",
}


def escaped(text):
    """The text in double quotes, as YAML writes it."""
    return '"' + "".join(f"\\U{ord(c):08x}" if ord(c) < 0xD800 else c for c in text) + '"'


def everywhere(text, count=3):
    """A deck with the text wherever a deck has text."""
    front = {"title": escaped(text), "summary": escaped(text), "tags": f"[{escaped(text)}]",
             "license": escaped(text)}  # fmt: skip
    head = "\n".join(["---", "deck: bad", *(f"{k}: {v}" for k, v in front.items()), "---", ""])
    card = f"\n## Asked {{}} {text}?\n<!-- {{{{id: c{{}}}}}} -->\n\n{text}\n\n### Key points\n\n- {text}\n"
    return f"{head}\n# Bad {text}\n{''.join(card.format(i, i) for i in range(1, count + 1))}"


COMMANDS = [
    ["sync", "--dry-run", "--force"], ["sync", "--dry-run", "--json"], ["sync", "--force"],
    ["sync", "--json", "--force"], ["sources"], ["sources", "--json"], ["show", "bad/c1"],
    ["show", "bad/c1", "--json"], ["check", "bad.md"], ["conflicts"], ["conflicts", "--json"],
    ["conflicts", "bad/c2"],
]  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_rows_41_to_49_no_control_byte_of_a_publisher_is_printed(name, subscriber, host, home, run):
    """In titles, texts, ids, addresses and validators, by every command about sources."""
    text = ROWS[name]

    def put(path, words):
        host.put(path, words.encode("utf-8", "surrogateescape"), ETag=f'"{ascii(words)[:40]}"')

    put("/bad.md", everywhere(text))
    said = clean(run("subscribe", host.url("/bad.md"), check=0 if "may hold" in name else 6))
    assert "may hold" not in name or "<U+001B>]52;c;cm0gLXJm<U+0007>" in said
    clean(run("subscribe", host.url("/bad.md") + f"?{text[:1000]}", check=None))
    clean(run("subscribe", home / f"{text[:50]}.md", check=None))
    clean(run("sync", text[:1000], check=None))
    subscriber.edit("bad/c2", "Asked", "Mine")
    put("/bad.md", everywhere(text, 4).replace("Asked", "Asked again"))
    put("/numbers.md", deck("numbers").replace("{id: c1}", f"{{id: {escaped(text)}}}"))
    put("/letters.md", signed(NEXT).replace("untrusted comment:", f"untrusted comment: {text}"))
    put("/index.yaml", f"viva-index: {escaped(text)}\ntitle: {escaped(text)}\ndecks: []\n")
    (home / "bad.md").write_bytes(everywhere(text).encode("utf-8", "surrogateescape"))
    for words in COMMANDS:
        clean(run(*words, now=SOON, check=None))


@pytest.mark.parametrize("name", ["what a deck may hold"])
def test_row_49_the_title_of_an_index_is_clean_too(name, subscriber, host, run):
    text = ROWS[name]
    host.put_index(escaped(text), {"words": deck("words", 4)}, serial=2)
    assert "1 new" in subscriber.sync("words")
    for words in (["sources"], ["sources", "--json"], ["sources", "show", "words"]):
        clean(run(*words))


def test_row_66_a_card_in_the_editor_is_no_word_of_a_shell(subscriber, host, home, run):
    """Neither its text nor anything that its publisher named is seen by one."""
    trap = "`touch owned` $(touch owned); touch owned #"
    text = deck("numbers", 4, answer=f"{trap} {{}}").replace("Question 3", f"Question {trap}")
    host.put("/numbers.md", text, ETag='"n2"')
    subscriber.sync("numbers")
    subscriber.edit("numbers/c3", "touch", "push")
    assert "push owned" in run("show", "numbers/c3").stdout
    assert not list(home.parent.rglob("owned"))
