"""Rows 37 to 40 of the threat model for files: whatever a deck file is, a line says where it is wrong,
soon, and nothing of it is taken."""

import re
import resource

import pytest

FRONT = "---\ndeck: hostile\n---\n"
CARD = "\n## Question?\n<!-- {id: q} -->\nAnswer.\n"
DEEP = 10_000
SECONDS = 10  # of processor time, for a program with sanitizers; the plain one takes a tenth


def many_keys(count):
    return "---\n" + "".join(f"key{number}: 1\n" for number in range(count)) + "---\n" + CARD


HOSTILE = {
    "100 MB": lambda: (FRONT + CARD).encode() + b"word " * 20_000_000,
    "100 MB of lines": lambda: b"\n" * 100_000_000,
    "100 MB of headings": lambda: b"# \n" * 33_000_000,
    "a million keys": lambda: many_keys(1_000_000).encode(),
    "keys of 8 MiB": lambda: many_keys(500_000).encode(),
    "nested quotes": lambda: (FRONT + CARD + ">" * DEEP + " deep\n").encode(),
    "nested lists": lambda: (
        FRONT + CARD + "".join(" " * (2 * depth) + "- x\n" for depth in range(250))
    ).encode(),
    "nested lists on a line": lambda: (FRONT + CARD + "- " * DEEP + "deep\n").encode(),
    "nested brackets in YAML": lambda: (
        "---\ndeck: " + "[" * DEEP + "]" * DEEP + "\n---\n" + CARD
    ).encode(),
    "nested braces in metadata": lambda: CARD.replace("id: q", "id: q, x: " + "{a: " * DEEP).encode(),
    "nested blocks in YAML": lambda: (
        "---\n" + "".join(" " * depth + "k:\n" for depth in range(300)) + "---\n" + CARD
    ).encode(),
    "65 keys": lambda: many_keys(65).encode(),
    "100 001 cards": lambda: b"".join(b"## q%d\na\n" % number for number in range(100_001)),
    "a line too long": lambda: (FRONT + CARD + "x" * 65_537 + "\n").encode(),
    "a field too long": lambda: (FRONT + CARD + "some words\n" * 6_000).encode(),
    "UTF-16": lambda: (FRONT + CARD).encode("utf-16"),
    "UTF-16, big": lambda: (FRONT + CARD).encode("utf-16-be"),
    "UTF-32": lambda: (FRONT + CARD).encode("utf-32"),
    "Latin-1": lambda: (FRONT + CARD + "caf\u00e9\n").encode("latin-1"),
    "Windows 1252": lambda: (FRONT + CARD + "\u201cso\u201d\n").encode("cp1252"),
    "Shift JIS": lambda: (FRONT + CARD + "日本語\n").encode("shift-jis"),
    "EBCDIC": lambda: (FRONT + CARD).encode("cp500"),
    "lone CRs": lambda: (FRONT + CARD).replace("\n", "\r").encode(),
    "NUL": lambda: (FRONT + CARD + "a\0b\n").encode(),
    "BOM only": lambda: b"\xef\xbb\xbf",
    "nothing": lambda: b"",
    "only #": lambda: b"#",
    "only line ends": lambda: b"\n\n\n",
    "gzip": lambda: b"\x1f\x8b\x08\x00" + bytes(range(256)) * 100,
    "all bytes": lambda: bytes(range(256)) * 1000,
    "the same id twice": lambda: (FRONT + CARD + CARD.replace("Question", "Other")).encode(),
    "an id in capitals": lambda: (FRONT + CARD.replace("id: q", "id: Q")).encode(),
}

# What is refused when the cards meet those that are stored: the card is named, not its place.
MERGED = {
    "was itself": lambda: (FRONT + CARD.replace("id: q", "id: q, was: q")).encode(),
    "was claimed twice": lambda: (
        FRONT + CARD.replace("id: q", "id: a, was: old") + CARD.replace("id: q", "id: b, was: old")
    ).encode(),
}

# Deep or long as Markdown goes, and a deck all the same: read in linear time.
HARMLESS = {
    "emphasis": "*" * DEEP + "x" + "*" * DEEP,
    "brackets": "[" * DEEP + "x" + "]" * DEEP,
    "links": "[x](" * DEEP,
    "images": "![" * DEEP,
    "code spans": "".join("`" * (number % 300 + 1) + "x" for number in range(400)),
    "entities": "&amp;&#x26;&#38;" * 4_000,
    "autolinks": "<https://" * 7_000,
    "tables": "|" * 20_000 + "\n" + "|-" * 10_000 + "|",
    "HTML": "<a " * 20_000,
    "comments": "<!-- x --> " * 5_000,
    "references": "".join(f"[r{number}]: /x\n" for number in range(4_000)),
}


def processor_time():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.fixture
def soon():
    """soon(run): what run() gives, which may not cost more than SECONDS."""

    def soon(call):
        before = processor_time()
        result = call()
        assert processor_time() - before < SECONDS
        return result

    return soon


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_soon_with_its_place(run, deck, soon, name):
    path = deck(HOSTILE[name](), "hostile.md")
    done = soon(lambda: run("check", "hostile.md", check=1))
    errors = [line for line in done.stdout.splitlines() if ": error: " in line]
    assert re.match(r"hostile\.md:\d+:\d+: error: \S", errors[0])
    assert all(len(line) < 500 for line in errors)
    done = soon(lambda: run("subscribe", path, check=6))
    assert re.fullmatch(r"viva: .*hostile\.md:\d+:\d+: .+\n", done.stderr)
    assert run("list", check=1).stdout == ""
    path.unlink()


@pytest.mark.parametrize("name", MERGED)
def test_names_that_lead_nowhere_are_refused_by_the_card(run, deck, name):
    path = deck(MERGED[name](), "hostile.md")
    assert re.search(r"(?m)^hostile\.md:\d+:\d+: error: was ", run("check", "hostile.md", check=1).stdout)
    assert "hostile/" in run("subscribe", path, check=6).stderr
    assert run("list", check=1).stdout == ""


@pytest.mark.parametrize("name", HARMLESS)
def test_markdown_that_is_deep_or_long_is_read_and_shown_soon(run, deck, soon, name):
    path = deck(FRONT + CARD + HARMLESS[name] + "\n", "deep.md")
    soon(lambda: run("subscribe", path))
    shown = soon(lambda: run("show", "hostile/q"))
    assert "Question?" in shown.stdout
