"""Cards out as a deck of their own: `export [QUERY]`, and what a colleague gets from it."""

import json
import sqlite3
import time

import pytest
from candidate import card, deck_of
from hypothesis import given, settings
from hypothesis import strategies as st

ONE = deck_of(
    card("alpha", ("It is **blue**",), level="mid", tags="[letters, 'c#']", set="[most-asked]"),
    card("beta", follows="alpha", probes="[1]", rev="2"),
    card("gamma", tier="top", aim="failure", kind="story", competency="design"),
    deck="one",
    title="Deck one",
)
TWO = deck_of(
    card("alpha", answer="Another alpha."),
    card("delta", follows="one/alpha", probes="[1]"),
    deck="two",
    title="Deck two",
)


@pytest.fixture
def both(run, deck):
    """Both decks, subscribed."""
    run("subscribe", deck(ONE, "one.md"))
    run("subscribe", deck(TWO, "two.md"))


@pytest.fixture
def cards(home):
    """cards(db) is all that a database holds of the cards of its decks, in their order."""

    def cards(db):
        with sqlite3.connect(home / db) as connection:
            return connection.execute(
                "SELECT c.name,t.question,t.answer,t.points,t.weak,t.good,t.flags,t.why,t.variants,"
                "t.links,c.level,c.tier,c.aim,c.kind,c.competency,c.seconds,c.rev,c.tags,c.sets,"
                "c.probes,substr(c.follows,instr(c.follows,'/')+1) FROM card c JOIN card_text t"
                " ON t.card_id=c.id ORDER BY c.position"
            ).fetchall()

    return cards


def test_what_matches_is_a_deck_that_a_colleague_can_subscribe_to(run, home, both):
    run("review", "one/alpha", "1", "--answer", "my secret answer")
    run("note", "one/alpha", "my secret note")
    path = home / "weak.md"
    done = run("export", "deck:one", "--out", path)
    assert done.stdout == f"{path}: 3 cards\n"
    assert run("check", path).stdout == "1 file, 3 cards: 0 errors, 0 warnings\n"
    assert "secret" not in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o644

    def colleague(*args):
        return run("--db", home / "colleague.db", *args)

    colleague("subscribe", path)
    listed = json.loads(colleague("list", "--json").stdout)
    assert [c["card"] for c in listed] == ["export/alpha", "export/beta", "export/gamma"]
    assert [c["state"] for c in listed] == ["new"] * 3
    assert listed[1]["follows"] == "export/alpha"
    assert listed[0]["tags"] == ["letters", "c#"]
    assert colleague("list", "set:most-asked").stdout.startswith("export/alpha\t")


def test_the_query_is_that_of_list(run, both):
    for query in ("level:mid", "tier:top", "blue", "-deck:one", "kind:story aim:failure"):
        listed = run("list", query).stdout.splitlines()
        names = [line.split("\t")[0].split("/")[1] for line in listed]
        text = run("export", query).stdout
        ids = [line[4:] for line in text.splitlines() if line.startswith("id: ")]
        assert ids == names and ids
    done = run("export", "no-such-word", check=1)
    assert (done.stdout, done.stderr) == ("", "viva: no card matches\n")
    assert "level" in run("export", "level:none", check=2).stderr


def test_ids_of_several_decks_do_not_meet(run, home, both):
    path = home / "all.md"
    run("export", "--out", path, "--deck", "mix")
    text = path.read_text()
    assert "deck: mix\ntitle: Selected cards\n" in text
    assert "- Deck one (`one`)\n- Deck two (`two`)\n" in text
    assert "0 errors" in run("check", path).stdout
    ids = [line[4:] for line in text.splitlines() if line.startswith("id: ")]
    assert ids == ["alpha", "beta", "gamma", "two.alpha", "delta"]
    assert text.count("follows: alpha\nprobes: [1]\n") == 2


def test_a_follow_up_without_its_parent_stands_alone(run, both):
    text = run("export", "beta").stdout
    assert "id: beta\n" in text
    assert "follows" not in text and "probes" not in text
    assert "rev: 2\n" in text


def test_language_and_licence_stay_where_all_decks_agree(run, deck):
    head = "---\ndeck: {0}\ntitle: {0}\nlanguage: en\nlicense: {1}\n---\n\n## What is {0}?\n\nIt.\n"
    for name, licence in (("a", "CC0-1.0"), ("b", "CC0-1.0"), ("c", "MIT")):
        run("subscribe", deck(head.format(name, licence), f"{name}.md"))
    assert "title: a\nlanguage: en\nlicense: CC0-1.0\n---" in run("export", "deck:a").stdout
    assert "language: en\nlicense: CC0-1.0\n---" in run("export", "-deck:c").stdout
    text = run("export").stdout
    assert "language: en\n---" in text
    assert "- a (`a`), CC0-1.0\n- b (`b`), CC0-1.0\n- c (`c`), MIT\n" in text


def test_own_edits_are_in_it(run, env, home, bundled):
    env["EDITOR"] = str(home / "editor")
    (home / "editor").write_text("#!/bin/sh\nsed -i 's/^## .*/## In my words?/' \"$1\"\n")
    (home / "editor").chmod(0o755)
    name = json.loads(run("list", "deck:django-orm", "--json").stdout)[0]["card"]
    run("edit", name)
    text = run("export", "deck:django-orm").stdout
    assert "## In my words?\n<!--\nid: " + name.split("/")[1] + "\n" in text


def test_every_bundled_deck_comes_through_whole(run, env, home, bundled, cards):
    """Held to what is demanded of a published deck, too."""
    run("--db", home / "first.db", "export", "--out", home / "all.md")
    assert "0 errors, 0 warnings" in run("check", "--strict", home / "all.md").stdout
    env["VIVA_DECKS_DIR"] = str(home / "no-decks")
    run("--db", home / "second.db", "subscribe", home / "all.md")
    assert len(cards("first.db")) > 200
    assert cards("second.db") == cards("first.db")


def test_a_file_that_is_there_is_replaced_only_when_asked_for(run, home, both):
    path = home / "weak.md"
    path.write_text("mine")
    assert "--force replaces it" in run("export", "--out", path, check=2).stderr
    assert path.read_text() == "mine"
    run("export", "--out", path, "--force")
    assert path.read_text() == run("export").stdout
    assert "takes an id" in run("export", "--deck", "No Id", check=2).stderr
    assert "no/folder/x.md: " in run("export", "--out", "no/folder/x.md", check=8).stderr


def test_cards_whose_deck_is_not_here_are_left_out_and_said(run, home, both):
    run("review", "gamma", "4")
    log = run("export", "--events").stdout

    def other(*args, **options):
        return run("--db", home / "other.db", *args, **options)

    other("import", "-", input=log)
    done = other("export", "is:retired", check=1)
    assert done.stderr == "viva: no card matches\n"
    other("subscribe", home / "two.md")
    done = other("export", "is:retired", "what", check=1)
    assert done.stderr == "viva: no card matches\n"


def test_a_terminal_gets_no_control_characters(run, spawn, deck):
    run("subscribe", deck("# T\n\n## What?\n\nA \x1b[31mred\x1b[0m answer\u202e.\n", "t.md"))
    child = spawn("export")
    child.expect_exact("A <U+001B>[31mred<U+001B>[0m answer<U+202E>.")
    assert "\x1b[31mred\x1b[0m answer\u202e." in run("export").stdout


# ---- whatever the cards say ----

SIGNS = "abc äß*_`<>&[]()!|\\#-=~.:'\"1"
WORDS = st.text(SIGNS, min_size=1, max_size=20).map(str.strip).filter(bool)
LINES = WORDS.filter(lambda w: not w.startswith(("#", "<", "=", "-")))
BLOCKS = st.one_of(
    LINES,
    st.lists(LINES, min_size=1, max_size=3).map(lambda items: "\n".join(f"- {i}" for i in items)),
    st.tuples(st.sampled_from(["```", "~~~~", "````python"]), WORDS).map(
        lambda f: f"{f[0]}\n## {f[1]}\n### Key points\n{f[0].rstrip('python')}"
    ),
    WORDS.map(lambda w: f"    indented {w}"),
    LINES.map(lambda w: f"> {w}\n> ## quoted"),
    st.just("| a | b |\n|---|---|\n| 1 | 2 |"),
    st.just("<div>\n## html\n</div>"),
    st.just("#### Deeper"),
    st.just("***"),
    st.just("Text\n===="),
)
TEXTS = st.lists(BLOCKS, min_size=1, max_size=4).map("\n\n".join)
QUESTIONS = WORDS.filter(lambda w: w.strip("# ") and "<!--" not in w).map(lambda w: f"Q {w}")
TAG = st.sampled_from(["orm", "c#", "a:b", "[x]", "größe", "-", "'q'", "a-->b"])
TAGS = st.lists(TAG, max_size=3)


@st.composite
def whole_cards(draw, number):
    """The Markdown of a card, with anything that it may have."""

    def maybe(values):
        return draw(st.none() | values)

    meta = {
        "id": f"card-{number}",
        "level": maybe(st.sampled_from(["junior", "mid", "senior", "any"])),
        "tier": maybe(st.sampled_from(["top", "middle", "stretch"])),
        "aim": maybe(st.sampled_from(["fundamentals", "production", "failure"])),
        "kind": maybe(st.sampled_from(["knowledge", "story", "reverse"])),
        "competency": maybe(st.sampled_from(["design", "api"])),
        "seconds": maybe(st.integers(1, 3600)),
        "rev": maybe(st.integers(0, 9)),
        "follows": maybe(st.just("card-0")) if number else None,
    }
    lines = [f"{key}: {value}" for key, value in meta.items() if value is not None]
    for key, values in (("tags", draw(TAGS)), ("set", draw(TAGS))):
        if values:
            line = f"{key}: {json.dumps(values, ensure_ascii=False)}"
            lines.append(line.replace("-->", "-\\x2d>"))
    meta = "\n".join(lines)
    text = f"## {draw(QUESTIONS)}\n<!--\n{meta}\n-->\n\n{draw(TEXTS)}\n"
    for heading in ("Key points", "Weak answer", "Good signs", "Why it matters", "See also"):
        if draw(st.booleans()):
            text += f"\n### {heading}\n{draw(TEXTS)}\n"
    return text


@given(data=st.data())
@settings(max_examples=25)
def test_what_is_exported_reads_as_it_was(run, home, deck, cards, data):
    name = time.monotonic_ns()
    texts = [data.draw(whole_cards(i)) for i in range(data.draw(st.integers(1, 3)))]
    path = deck("# Title\n\n" + "\n".join(texts), f"d{name}/export.md")
    run("--db", home / f"a{name}.db", "subscribe", path)
    text = run("--db", home / f"a{name}.db", "export").stdout
    copy = deck(text, f"e{name}/export.md")
    run("check", copy)
    run("--db", home / f"b{name}.db", "subscribe", copy)
    assert cards(f"b{name}.db") == cards(f"a{name}.db")
    assert run("--db", home / f"b{name}.db", "export").stdout == text
