"""Subscriptions over HTTP: subscribe, sync, sources, conflicts, as a user goes through them."""

import hashlib
import json
import re
import sqlite3
import textwrap
import threading

import pytest

from publisher import Key, Site, index_of

OLD, NEW, FOREIGN = Key(b"old"), Key(b"new"), Key(b"foreign")


def clean(text):
    return textwrap.dedent(text).lstrip("\n")


NUMBERS = clean(
    """
    ---
    deck: numbers
    title: Numbers
    ---

    # Numbers

    ## What is one?
    <!-- {id: one} -->

    The first of all natural numbers.

    ## What is two?
    <!-- {id: two} -->

    The second.
    """
)
LETTERS = NUMBERS.replace("numbers", "letters").replace("Numbers", "Letters")
THREE = "\n## What is three?\n<!-- {id: three} -->\n\nThe third.\n"


def later(minutes=0, hours=0, days=0):
    """VIVA_NOW so long after the time of all tests."""
    total = 9 * 60 + minutes + 60 * hours
    day, minute = 20 + days + total // 1440, total % 1440
    month, day = (11, day) if day <= 30 else (12, day - 30)
    return f"2026-{month:02}-{day:02}T{minute // 60:02}:{minute % 60:02}:00Z"


def serial(number, text=NUMBERS, **more):
    lines = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in more.items())
    return text.replace("---\n\n", f"serial: {number}\n{lines}---\n\n", 1)


def signed(number, text=NUMBERS, key=OLD, bring=True, **more):
    return key.sign_deck(serial(number, text, **more), number, bring)


def many(count, deck="many"):
    head = f"---\ndeck: {deck}\ntitle: Many\n---\n\n# Many\n"
    return head + "".join(
        f"\n## Question {i}?\n<!-- {{id: q{i}}} -->\n\nAnswer {i}.\n" for i in range(count)
    )


@pytest.fixture
def site():
    with Site() as site:
        site.put("/numbers.md", NUMBERS)
        yield site


@pytest.fixture
def url(site):
    return site.url()


@pytest.fixture
def show(run):
    return lambda card: json.loads(run("show", card, "--json").stdout)


@pytest.fixture
def cards(run):
    def cards(*query):
        return [card["card"] for card in json.loads(run("list", *query, "--json", check=None).stdout)]

    return cards


@pytest.fixture
def source(run):
    """The row of `sources --json` of an address."""

    def source(url):
        rows = json.loads(run("sources", "--json").stdout)
        return next((row for row in rows if row["url"] == url), None)

    return source


@pytest.fixture
def sync(run):
    """sync(*args): one hour later than the last time, so that the server is asked. Both outputs as
    one text."""
    hours = [0]

    def sync(*args, check=0):
        hours[0] += 1
        done = run("sync", *args, now=later(hours=hours[0]), check=check)
        return done.stdout + done.stderr

    return sync


@pytest.fixture
def editor(env, home):
    """editor(old, new) makes an editor that replaces a text in the file."""

    def editor(old, new):
        program = home / "editor"
        program.write_text(f"#!/bin/sh\nsed -i 's/{old}/{new}/' \"$1\"\n")
        program.chmod(0o755)
        env["EDITOR"] = str(program)

    return editor


@pytest.fixture
def database(home):
    """The bytes of the database."""
    return lambda: (home / "data/viva/viva.db").read_bytes()


# Subscribing.


def test_subscribe_shows_and_takes_in_a_deck(run, url, cards, source):
    said = run("subscribe", url).stdout
    assert "Numbers: 1 deck, 2 cards" in said and "unsigned" in said and "2 new" in said
    assert cards() == ["numbers/one", "numbers/two"]
    row = source(url)
    assert (row["deck"], row["index"], row["decks"]) == ("numbers", None, ["numbers"])
    assert (row["status"], row["trust"], row["serial"], row["message"]) == (
        "unchanged",
        "unsigned",
        None,
        "",
    )


def test_subscribe_takes_in_an_index(run, site, cards, source):
    site.put("/index.yaml", index_of(site, {"numbers": NUMBERS, "letters": LETTERS}))
    said = run("subscribe", site.url("/index.yaml")).stdout
    assert "Two decks: 2 decks, 4 cards" in said
    assert set(cards()) == {"numbers/one", "numbers/two", "letters/one", "letters/two"}
    row = source(site.url("/index.yaml"))
    assert (row["deck"], row["index"], row["serial"]) == (None, "Two decks", 1)
    assert row["decks"] == ["letters", "numbers"]


def test_an_address_may_lack_a_deck_id(run, site, cards):
    site.put("/plain.md", "# Plain\n\n## What is plain?\n\nWhat has no ids.\n")
    run("subscribe", site.url("/plain.md"))
    assert cards() == ["plain/what-is-plain"]


def test_the_question_of_an_address_is_not_part_of_a_deck_id(run, site, cards):
    site.put("/plain.md?inline=false", "# Plain\n\n## What is plain?\n\nWhat has no ids.\n")
    run("subscribe", site.url("/plain.md?inline=false"))
    assert cards() == ["plain/what-is-plain"]


@pytest.mark.parametrize(
    "body, status, why",
    [
        ("<!doctype html><p>Log in", 6, "captive portal"),
        ("\n  <html>", 6, "captive portal"),
        (NUMBERS.replace("{id: two}", "{id: one}"), 6, r"numbers\.md:14:\d+: "),
        ("viva-index: 2\ntitle: t\ndecks: []\n", 6, "newer viva"),
        ("viva-index: 1\ntitle: t\n", 6, r"numbers\.md:1:1: "),
    ],
)
def test_what_is_no_deck_is_refused_and_leaves_no_source(body, status, why, run, site, url, cards):
    site.put("/numbers.md", body)
    said = run("subscribe", url, check=status).stderr
    assert said.count("\n") == 1 and re.search(why, said), said
    assert cards() == [] and url not in run("sources").stdout


def test_a_page_that_says_it_is_html_is_no_deck(run, site, url):
    site.headers["Content-Type"] = "text/html; charset=utf-8"
    assert "captive portal" in run("subscribe", url, check=6).stderr


def test_an_address_that_does_not_answer_is_a_network_error(run, site, url):
    assert "404" in run("subscribe", site.url("/other.md"), check=4).stderr
    site.__exit__()
    assert "127.0.0.1" in run("subscribe", url, check=4).stderr


@pytest.mark.parametrize(
    "word", ["https://a.example/a b", "http://a.example/\u00e9", "https://", "https:///x"]
)
def test_what_is_no_address_is_refused(word, run):
    run("subscribe", word, check=2)


def test_subscribing_twice_is_one_source(run, url, cards):
    run("subscribe", url)
    assert "all cards were here already" in run("subscribe", url).stdout
    assert run("sources").stdout.count(url) == 1 and len(cards()) == 2


def test_the_settings_of_an_address_are_for_addresses(run, deck):
    run("subscribe", deck(NUMBERS), "--suspend-new", check=2)


@pytest.mark.parametrize("key", [True, False], ids=["signed", "unsigned"])
def test_what_viva_publishes_is_subscribed_to_and_followed(key, run, site, home, sync, show, source):
    (home / "decks").mkdir()
    deck = home / "decks/numbers.md"
    words = ["--url", site.url("")]
    if key:
        (home / "viva.key").write_text(OLD.file())
        words += ["--key", home / "viva.key"]

    def publish(text):
        deck.write_text(text)
        said = run("publish", "decks", "--out", "site", *words).stdout
        for path in (home / "site").rglob("*.*"):
            site.put("/" + str(path.relative_to(home / "site")), path.read_bytes())
        return re.search(r"http://[^\s']+", said)[0]

    link = publish(NUMBERS)
    run("subscribe", link)
    run("review", "numbers/one", "4")
    row = source(site.url("/index.yaml"))
    assert (row["trust"], row["serial"]) == ("pinned" if key else "unsigned", 1)
    publish(NUMBERS.replace("What is one?", "What is one, really?") + THREE)
    assert "numbers: 1 new, 1 changed" in sync()
    assert show("numbers/one")["question"] == "What is one, really?"
    assert show("numbers/one")["reviews"] == 1


@pytest.mark.parametrize("how", ["brought", "linked"])
def test_a_site_of_viva_can_be_trusted_on_first_use(how, run, site, home, source):
    (home / "viva.key").write_text(OLD.file())
    (home / "decks").mkdir()
    (home / "decks/numbers.md").write_text(NUMBERS)
    run("publish", "decks", "--out", "site", "--key", home / "viva.key")
    for path in (home / "site").rglob("*.*"):
        site.put("/" + str(path.relative_to(home / "site")), path.read_bytes())
    link = site.url("/index.yaml") + ("" if how == "brought" else f"#key={OLD.public}")
    run("subscribe", link)
    row = source(site.url("/index.yaml"))
    assert (row["trust"], row["key"]) == ("first use" if how == "brought" else "pinned", OLD.id)


# Whose deck it is.


@pytest.fixture
def bundled_copy(env, home):
    folder = home / "bundled"
    folder.mkdir()
    (folder / "numbers.md").write_text(NUMBERS)
    env["VIVA_DECKS_DIR"] = str(folder)
    return folder


def test_a_bundled_deck_is_taken_over_and_given_back_with_its_progress(
    run, site, url, bundled_copy, show, source
):
    run("review", "numbers/one", "4")
    site.put("/numbers.md", NUMBERS.replace("What is one?", "What is one, really?"))
    said = run("subscribe", url)
    assert "came with viva" in said.stderr
    assert show("numbers/one")["question"] == "What is one, really?"
    assert show("numbers/one")["reviews"] == 1
    (bundled_copy / "numbers.md").write_text(NUMBERS + THREE)
    assert run("study").stderr == ""
    assert show("numbers/one")["question"] == "What is one, really?"
    run("unsubscribe", url)
    assert show("numbers/one")["question"] == "What is one?"
    assert show("numbers/one")["reviews"] == 1
    assert source(url) is None


def test_a_deck_of_a_file_is_refused_with_both_named_and_taken_over_when_asked(
    run, url, deck, show, cards
):
    path = deck(NUMBERS.replace("What is one?", "What is mine?"), "mine.md")
    run("subscribe", path)
    run("review", "numbers/one", "4")
    said = run("subscribe", url, check=7).stderr
    assert str(path) in said and url in said and "--take-over" in said
    assert show("numbers/one")["question"] == "What is mine?"
    run("subscribe", url, "--take-over")
    assert show("numbers/one")["question"] == "What is one?"
    assert show("numbers/one")["reviews"] == 1


def test_a_newly_listed_deck_of_another_source_is_passed_over(run, site, deck, sync, show, cards):
    address = site.url("/index.yaml")
    site.put("/index.yaml", index_of(site, {"numbers": NUMBERS}))
    run("subscribe", address)
    run("subscribe", deck(LETTERS.replace("What is one?", "What is mine?"), "letters.md"))
    more = {"numbers": NUMBERS + THREE, "letters": LETTERS}
    site.put("/index.yaml", index_of(site, more, serial=2))
    said = sync(check=7)
    assert "letters" in said and "--take-over" in said
    assert "numbers/three" in cards()
    assert show("letters/one")["question"] == "What is mine?"
    assert not any("letters" in path for path in site.paths())
    assert "up to date" in sync()


# What a sync brings.


def test_progress_and_own_words_survive_what_a_sync_brings(run, site, url, sync, show, editor):
    run("subscribe", url)
    run("review", "numbers/one", "4")
    editor("The second", "The one after one")
    run("edit", "numbers/two")
    site.put("/numbers.md", NUMBERS.replace("The first of all", "The least of all") + THREE)
    said = sync()
    assert "numbers: 1 new, 1 changed" in said
    one, two = show("numbers/one"), show("numbers/two")
    assert one["answer"].startswith("The least of all") and one["reviews"] == 1
    assert two["answer"] == "The one after one."
    assert show("numbers/three")["state"] == "new"


def test_a_removed_card_is_retired_when_studied_and_gone_when_not(run, site, url, sync, show, cards):
    site.put("/numbers.md", NUMBERS + THREE)
    run("subscribe", url)
    run("review", "numbers/one", "4")
    site.put("/numbers.md", NUMBERS.split("## What is one?")[0] + THREE)
    assert "numbers: 1 retired, 1 removed" in sync()
    assert show("numbers/one")["state"] == "retired"
    assert cards() == ["numbers/three"]
    site.put("/numbers.md", NUMBERS + THREE)
    assert "1 restored" in sync()
    assert show("numbers/one")["reviews"] == 1


def test_a_renamed_card_keeps_its_progress(run, site, url, sync, show):
    run("subscribe", url)
    run("review", "numbers/one", "4")
    site.put("/numbers.md", NUMBERS.replace("{id: one}", "{id: first, was: one}"))
    assert "1 renamed" in sync()
    assert show("numbers/first")["reviews"] == 1


def test_a_higher_rev_brings_a_card_up_soon_without_a_reset(run, site, url, sync, show):
    run("subscribe", url)
    for day in (0, 1, 7):
        run("review", "numbers/one", "4", now=later(days=day))
    before = show("numbers/one")
    site.put("/numbers.md", NUMBERS.replace("{id: one}", "{id: one, rev: 2}"))
    sync("--force")
    after = show("numbers/one")
    assert after["state"] == "due"
    assert [after[key] for key in ("ef", "n", "interval", "due", "reviews")] == [
        before[key] for key in ("ef", "n", "interval", "due", "reviews")
    ]


def test_only_the_decks_of_an_index_that_changed_are_fetched(run, site, sync, cards):
    site.put("/index.yaml", index_of(site, {"numbers": NUMBERS, "letters": LETTERS}))
    run("subscribe", site.url("/index.yaml"))
    site.requests.clear()
    more = {"numbers": NUMBERS + THREE, "letters": LETTERS}
    site.put("/index.yaml", index_of(site, more, serial=2))
    said = sync()
    assert "numbers: 1 new" in said and "letters" not in said
    assert len(site.paths()) == 2 and "numbers" in site.paths()[1]
    assert "numbers/three" in cards()


def test_one_wrong_deck_fails_the_whole_index(run, site, sync, source, cards):
    address = site.url("/index.yaml")
    site.put("/index.yaml", index_of(site, {"numbers": NUMBERS, "letters": LETTERS}))
    run("subscribe", address)
    more = {"numbers": NUMBERS + THREE, "letters": LETTERS + THREE}
    site.put("/index.yaml", index_of(site, more, serial=2))
    wrong = next(p for p, b in site.files.items() if "letters" in p and b.endswith(b"third.\n"))
    site.files[wrong] = site.files[wrong].replace(b"third", b"threat")
    assert "not what the index lists" in sync(check=5)
    assert len(cards()) == 4
    assert source(address)["status"] == "failed"
    assert "not what the index lists" in source(address)["message"]
    site.files[wrong] = site.files[wrong].replace(b"threat", b"third")
    assert "numbers: 1 new" in sync()
    assert source(address)["message"] == ""


def test_a_deck_under_another_id_than_listed_is_refused(run, site, cards):
    text = index_of(site, {"letters": NUMBERS})
    site.put("/index.yaml", text)
    assert "'numbers'" in run("subscribe", site.url("/index.yaml"), check=6).stderr
    assert cards() == []


def test_a_broken_edition_keeps_the_old_one(run, site, url, sync, source, cards):
    run("subscribe", url)
    site.put("/numbers.md", NUMBERS.replace("{id: two}", "{id: one}"))
    said = sync(check=6)
    assert re.search(r"numbers\.md:14:\d+: ", said) and "stay as they were" in said
    assert cards() == ["numbers/one", "numbers/two"]
    assert source(url)["status"] == "failed"
    site.put("/numbers.md", NUMBERS)
    assert "up to date" in sync()
    assert source(url)["status"] == "unchanged"


def test_a_reworded_card_without_an_id_is_asked_about(run, site, url, sync, spawn, show):
    plain = "---\ndeck: numbers\n---\n\n# Plain\n\n## What is a tuple?\n\nA fixed list.\n"
    site.put("/numbers.md", plain)
    run("subscribe", url)
    run("review", "numbers/what-is-a-tuple", "4")
    site.put("/numbers.md", plain.replace("What is a", "What makes a"))
    assert "asked" in sync("--dry-run")
    child = spawn("sync", now=later(hours=3))
    child.expect("the same card")
    child.sendline("y")
    child.expect(r"\r\n")
    child.wait()
    assert show("numbers/what-makes-a-tuple")["reviews"] == 1


def test_yes_takes_a_reworded_card_for_the_same(run, site, url, sync, show):
    plain = "---\ndeck: numbers\n---\n\n# Plain\n\n## What is a tuple?\n\nA fixed list.\n"
    site.put("/numbers.md", plain)
    run("subscribe", url)
    run("review", "numbers/what-is-a-tuple", "4")
    site.put("/numbers.md", plain.replace("What is a", "What makes a"))
    sync("--yes")
    assert show("numbers/what-makes-a-tuple")["reviews"] == 1


# Guards.


@pytest.mark.parametrize("text", [many(70 - 22), many(0)], ids=["a third", "all"])
def test_many_cards_gone_at_once_need_a_decision(text, run, site, url, sync, cards):
    site.put("/numbers.md", many(70))
    run("subscribe", url)
    site.put("/numbers.md", text)
    said = sync(check=7)
    assert "of the 70 cards" in said and "--accept-mass-change" in said
    assert len(cards()) == 70
    sync("--yes", check=7)
    sync("--accept-mass-change")
    assert len(cards()) == text.count("## Question")


def test_an_index_without_decks_needs_a_decision(run, site, sync, cards):
    site.put("/index.yaml", index_of(site, {"numbers": NUMBERS}))
    run("subscribe", site.url("/index.yaml"))
    site.put("/index.yaml", index_of(site, {}, serial=2))
    assert "--accept-mass-change" in sync(check=7)
    assert len(cards()) == 2
    sync("--accept-mass-change")
    assert cards() == []


def test_a_small_deck_may_leave_an_index(run, site, sync, cards):
    site.put("/index.yaml", index_of(site, {"numbers": NUMBERS, "letters": LETTERS}))
    run("subscribe", site.url("/index.yaml"))
    site.put("/index.yaml", index_of(site, {"numbers": NUMBERS}, serial=2))
    assert "letters: 2 removed" in sync()
    assert cards() == ["numbers/one", "numbers/two"]


def test_a_few_cards_gone_are_no_mass_change(run, site, url, sync, cards):
    site.put("/numbers.md", many(70))
    run("subscribe", url)
    site.put("/numbers.md", many(50))
    assert "20 removed" in sync()
    assert len(cards()) == 50


def test_new_cards_of_a_source_may_come_suspended(run, site, url, sync, show):
    run("subscribe", url, "--suspend-new")
    assert show("numbers/one")["state"] == "suspended"
    run("sources", "suspend-new", url, "off")
    site.put("/numbers.md", NUMBERS + THREE)
    sync()
    assert show("numbers/three")["state"] == "new"
    run("sources", "suspend-new", url, "on")
    site.put("/numbers.md", NUMBERS + THREE + THREE.replace("three", "four"))
    sync()
    assert show("numbers/four")["state"] == "suspended"
    run("doctor", check=None)


# Looking without touching.


def test_a_dry_run_shows_the_words_that_change_and_writes_nothing(
    run, site, url, sync, database, cards
):
    run("subscribe", url)
    run("review", "numbers/two", "4")
    changed = NUMBERS.replace("The first of all natural numbers", "The least of all numbers")
    site.put("/numbers.md", changed.split("## What is two?")[0] + THREE.lstrip())
    before = database()
    said = sync("--dry-run")
    assert "numbers: 1 new, 1 changed, 1 retired\n" in said
    assert said.endswith("Nothing was written; `viva sync` takes this in.\n")
    assert "The [-first-] {+least+} of all [-natural-] numbers." in said
    assert re.search(r"new +numbers/three: What is three\?", said)
    assert re.search(r"retired +numbers/two: What is two\?", said)
    assert database() == before
    assert cards() == ["numbers/one", "numbers/two"]


def test_a_dry_run_as_json_lists_the_cards(run, site, url, sync, database):
    run("subscribe", url)
    site.put("/numbers.md", NUMBERS + THREE)
    before = database()
    row = next(r for r in json.loads(sync("--dry-run", "--json")) if r["url"] == url)
    assert (row["status"], row["added"]) == ("updated", 1)
    assert row["cards"] == [{"card": "numbers/three", "change": "added"}]
    assert database() == before


def test_check_tells_by_its_status_whether_there_is_something(run, site, url, sync, database, cards):
    run("subscribe", url)
    assert "up to date" in sync("--check")
    site.put("/numbers.md", NUMBERS + THREE)
    before = database()
    assert sync("--check", check=10) == (
        "numbers: 1 new\nNothing was written; `viva sync` takes this in.\n"
    )
    assert database() == before and len(cards()) == 2
    sync()
    sync("--check")


def test_a_dry_run_looks_at_files_too(run, deck, sync, database, cards):
    path = deck(NUMBERS)
    run("subscribe", path)
    deck(NUMBERS.replace("The first", "The least") + THREE)
    before = database()
    said = sync("--dry-run", "numbers")
    assert "numbers: 1 new, 1 changed\n" in said
    assert said.endswith("Nothing was written; `viva sync` takes this in.\n")
    assert "[-first-] {+least+}" in said and "numbers/three: What is three?" in said
    sync("--check", check=10)
    assert database() == before and len(cards()) == 2
    assert "numbers: 1 new, 1 changed" in sync("numbers")
    assert "up to date" in sync("numbers")


def test_a_file_that_is_not_there_or_broken_is_a_failure(run, deck, sync, cards):
    path = deck(NUMBERS)
    run("subscribe", path)
    path.write_text(NUMBERS.replace("{id: two}", "{id: one}"))
    assert f"{path}:14:" in sync(check=6)
    path.unlink()
    assert "is not there" in sync(check=1)
    assert len(cards()) == 2


def test_nothing_is_asked_of_the_network_unless_asked(run, site, url, cards):
    run("subscribe", url)
    site.requests.clear()
    for command in (["study"], ["due"], ["list"], ["sources"], ["shell"], ["sources", "show", url]):
        run(*command, now=later(days=9), check=None)
    assert site.requests == []


def test_the_greeting_names_sources_that_were_not_checked_for_long(run, url):
    run("subscribe", url)
    assert "not checked" not in run("shell", now=later(days=6)).stdout
    said = run("shell", now=later(days=12)).stdout
    assert "1 source not checked for 12 days: sync" in said
    run("sources", "pause", url)
    assert "not checked" not in run("shell", now=later(days=12)).stdout


# When the server is asked, and how.


def test_an_unchanged_file_costs_a_304(run, site, url, sync, database):
    run("subscribe", url)
    etag = f'"{hashlib.sha256(NUMBERS.encode()).hexdigest()[:20]}"'
    assert "numbers: up to date" in sync()
    assert site.requests[-1][1]["If-None-Match"] == etag
    assert len(site.requests) == 2


def test_without_an_etag_the_date_of_the_file_is_sent_back(run, site, url, sync):
    date = "Fri, 20 Nov 2026 08:00:00 GMT"
    site.headers.update({"ETag": "no quotes", "Last-Modified": date})
    run("subscribe", url)
    assert "up to date" in sync()
    assert site.requests[-1][1]["If-Modified-Since"] == date
    assert "If-None-Match" not in site.requests[-1][1]


def test_what_nothing_else_checks_is_not_compressed_on_the_way(run, site, url):
    """A compressed answer that was cut short looks whole; hash and signature notice, nothing else."""
    run("subscribe", url)
    assert "gzip" not in site.requests[-1][1].get("Accept-Encoding", "")
    site.put("/numbers.md", signed(1))
    run("subscribe", url, "--key", OLD.public)
    assert site.requests[-1][1]["Accept-Encoding"] == "gzip"


def test_the_same_bytes_under_another_etag_are_no_change(run, site, url, sync):
    run("subscribe", url)
    site.headers["ETag"] = '"other"'
    assert "up to date" in sync()
    sync()
    assert site.requests[-1][1]["If-None-Match"] == '"other"'


def test_a_source_is_asked_every_quarter_of_an_hour_at_most(run, site, url):
    run("subscribe", url)
    site.requests.clear()
    said = run("sync", now=later(minutes=14)).stdout
    assert "checked 14 minutes ago; --force asks again" in said and not site.requests
    run("sync", url, now=later(minutes=14))
    run("sync", "--dry-run", now=later(minutes=14))
    run("sync", "--force", now=later(minutes=14))
    assert len(site.requests) == 3
    run("sync", now=later(minutes=40))
    assert len(site.requests) == 4


def test_once_a_week_the_whole_file_is_fetched(run, site, url):
    run("subscribe", url)
    run("sync", now=later(days=6, hours=23))
    assert "If-None-Match" in site.requests[-1][1]
    run("sync", now=later(days=7, hours=1))
    assert "If-None-Match" not in site.requests[-1][1]
    run("sync", now=later(days=8))
    assert "If-None-Match" in site.requests[-1][1]


def test_full_fetches_without_validators(run, site, url, sync):
    run("subscribe", url)
    assert "up to date" in sync("--full")
    assert "If-None-Match" not in site.requests[-1][1]


def test_a_304_that_nobody_asked_for_is_an_error(run, site, url, sync):
    run("subscribe", url)
    site.answers["/numbers.md"] = (304, {})
    sync("--full", check=4)


def test_a_server_that_fails_is_spared(run, site, url, source):
    run("subscribe", url)
    site.answers["/numbers.md"] = (500, {})
    said = run("sync", now=later(hours=1), check=4)
    assert "500" in said.stderr and "stay as they were" in said.stderr
    site.requests.clear()
    assert "not asked before" in run("sync", now=later(hours=1, minutes=50)).stdout
    assert "not asked before" in run("sync", url, now=later(hours=1, minutes=50)).stdout
    assert site.requests == []
    assert "2026-11-20T1" in source(url)["retry_after"]
    run("sync", "--force", now=later(hours=1, minutes=50), check=4)
    run("sync", now=later(days=2), check=4)
    assert len(site.requests) == 2
    site.answers.clear()
    assert "up to date" in run("sync", now=later(days=4)).stdout
    assert source(url)["retry_after"] is None


def test_a_server_says_itself_when_to_come_again(run, site, url, source):
    run("subscribe", url)
    site.answers["/numbers.md"] = (503, {"Retry-After": "7200"})
    run("sync", now=later(hours=1), check=4)
    assert source(url)["retry_after"] == "2026-11-20T12:00:00Z"
    site.answers["/numbers.md"] = (429, {"Retry-After": "99999999999"})
    run("sync", "--force", now=later(hours=1), check=4)
    assert source(url)["retry_after"] == "2026-11-27T10:00:00Z"
    site.answers["/numbers.md"] = (429, {"Retry-After": "soon"})
    run("sync", "--force", now=later(hours=1), check=4)
    assert source(url)["retry_after"] == "2026-11-20T14:00:00Z"


def test_check_spares_a_server_too_but_changes_nothing_else(run, site, url, sync, source, database):
    run("subscribe", url)
    site.answers["/numbers.md"] = (403, {})
    sync("--check", check=4)
    assert source(url)["retry_after"] == "2026-11-21T10:00:00Z"
    before = database()
    sync("--dry-run", "--force", check=4)
    assert database() == before


def test_a_source_that_is_gone_for_good_is_not_asked_any_more(run, site, url, sync, cards):
    run("subscribe", url)
    site.answers["/numbers.md"] = (410, {})
    assert "unsubscribe" in sync(check=7)
    site.requests.clear()
    assert "gone" in sync()
    assert site.requests == [] and len(cards()) == 2
    site.answers.clear()
    assert "up to date" in sync("--force")
    sync()
    assert len(site.requests) == 2


def test_a_source_that_looks_gone_is_said_once(run, site, url):
    run("subscribe", url)
    del site.files["/numbers.md"]
    said = [
        run("sync", "--force", now=later(days=day), check=4).stderr for day in range(1, 22, 4)
    ]
    assert ["looks gone" in text for text in said] == [False] * 4 + [True, False]


def test_a_moved_file_is_used_and_said(run, site, url, sync, source, cards):
    run("subscribe", url)
    new = site.url("/new.md")
    site.put("/new.md", NUMBERS + THREE)
    site.answers["/numbers.md"] = (301, {"Location": "/new.md"})
    said = sync()
    assert f"sources move {url} {new}" in said and "1 new" in said
    assert source(url)["moved_to"] == new
    run("sources", "move", url, new)
    assert source(url) is None and source(new)["moved_to"] is None
    site.requests.clear()
    sync()
    assert site.paths() == ["/new.md"]


def test_a_temporary_redirect_is_no_move(run, site, url, sync, source):
    run("subscribe", url)
    site.put("/new.md", NUMBERS + THREE)
    site.answers["/numbers.md"] = (302, {"Location": "/new.md"})
    assert "move" not in sync()
    assert source(url)["moved_to"] is None


def test_an_unsigned_file_that_says_it_has_moved_moves_nothing(run, site, url, sync, source):
    run("subscribe", url)
    new = "https://decks.example/numbers.md"
    site.put("/numbers.md", serial(1, moved_to=new))
    assert f"sources move {url} {new}" in sync()
    assert source(url)["moved_to"] == new


@pytest.mark.parametrize("where", ["http://decks.example/a.md", "nonsense"])
def test_a_new_address_that_is_not_safe_refuses_the_file(where, run, site, url, sync, source):
    run("subscribe", url)
    site.put("/numbers.md", serial(1, moved_to=where))
    assert "moved-to" in sync(check=6)
    assert source(url)["moved_to"] is None


def test_plain_http_to_elsewhere_is_refused_without_being_asked_for(run, source):
    said = run("subscribe", "http://decks.example/numbers.md", check=4).stderr
    assert "plain http is refused" in said and "--insecure-http" in said


def test_plain_http_and_the_proxy_are_shown(run, site, env, sync):
    env["http_proxy"] = site.url("")
    address = "http://decks.example/numbers.md"
    site.put(address, NUMBERS)
    proxy = site.url("").removeprefix("http://")
    for said in (run("subscribe", address, "--insecure-http").stdout, run("sources").stdout):
        assert "plain http" in said and f"proxy {proxy}" in said
    assert "up to date" in sync()


# Signatures.


def test_the_key_of_the_first_fetch_is_kept_to(run, site, url, sync, source, cards):
    site.put("/numbers.md", signed(1))
    assert OLD.id in run("subscribe", url).stdout
    assert (source(url)["trust"], source(url)["key"]) == ("first use", OLD.id)
    site.put("/numbers.md", signed(2, NUMBERS + THREE))
    assert "1 new" in sync()
    site.put("/numbers.md", signed(3, key=FOREIGN))
    said = sync(check=5)
    assert OLD.id in said and FOREIGN.id in said
    assert f"sources trust {url} --replace {FOREIGN.public}" in said
    assert "numbers/three" in cards()
    assert source(url)["serial"] == 2


@pytest.mark.parametrize("how", ["fragment", "option"])
def test_a_key_that_is_given_must_have_signed(how, run, site, url, source):
    site.put("/numbers.md", signed(1, bring=False))

    def subscribe(key, check=0):
        words = [f"{url}#key={key}"] if how == "fragment" else [url, "--key", key]
        return run("subscribe", *words, check=check)

    said = subscribe(FOREIGN.public, check=5).stderr
    assert OLD.id in said and FOREIGN.id in said
    assert source(url) is None
    assert "pinned" in subscribe(OLD.public).stdout
    assert (source(url)["trust"], source(url)["key"]) == ("pinned", OLD.id)


def test_a_file_without_the_signature_that_was_asked_for_is_refused(run, url):
    assert "not signed" in run("subscribe", url, "--key", OLD.public, check=5).stderr


@pytest.mark.parametrize("first", [NUMBERS, signed(1)], ids=["unsigned", "signed"])
def test_subscribing_again_in_vain_sets_nothing(first, run, site, url, sync, source):
    site.put("/numbers.md", first)
    run("subscribe", url)
    run("sources", "pause", url)
    before = source(url)
    said = run("subscribe", url, "--key", FOREIGN.public, "--suspend-new", check=5).stderr
    assert f"key {FOREIGN.id} was given" in said and "--replace" not in said
    after = source(url)
    assert [after[k] for k in ("trust", "key", "state")] == [before[k] for k in ("trust", "key", "state")]
    assert "suspended" not in run("sources", "show", url).stdout
    run("sources", "resume", url)
    assert "up to date" in sync()


@pytest.mark.parametrize("key", ["RWQ", "", "RW" + "!" * 54])
def test_what_is_no_key_is_refused(key, run, url):
    run("subscribe", f"{url}#key={key}", check=2)


def test_a_signed_index_is_verified(run, site, sync, source, cards):
    address = site.url("/index.yaml")
    text = index_of(site, {"numbers": NUMBERS})
    site.put("/index.yaml", OLD.sign_index(text, 1))
    run("subscribe", address)
    assert source(address)["key"] == OLD.id
    text = index_of(site, {"numbers": NUMBERS + THREE}, serial=2)
    site.put("/index.yaml", OLD.sign_index(text, 2).replace("Two decks", "Ten decks"))
    assert OLD.id in sync(check=5)
    assert len(cards()) == 2
    site.put("/index.yaml", OLD.sign_index(text, 2))
    assert "1 new" in sync()


def test_signed_never_becomes_unsigned_by_itself(run, site, url, sync, source, cards):
    site.put("/numbers.md", signed(1))
    run("subscribe", url)
    site.put("/numbers.md", serial(2, NUMBERS + THREE))
    said = sync(check=5)
    assert "signature is missing" in said and "--replace none" in said
    assert len(cards()) == 2
    run("sources", "trust", url, "--replace", "none")
    assert "1 new" in sync()
    assert source(url)["trust"] == "unsigned"


def test_a_file_that_begins_to_be_signed_is_kept_to(run, site, url, sync, source):
    run("subscribe", url)
    site.put("/numbers.md", signed(1))
    assert f"signed from now on, by key {OLD.id}" in sync()
    assert source(url)["trust"] == "first use"


def test_an_unsigned_file_announces_no_key(run, site, url):
    site.put("/numbers.md", serial(1, next_key=NEW.public))
    run("subscribe", url)
    assert "announced" not in run("sources", "show", url).stdout


def test_a_signature_without_its_key_is_said_and_nothing_more(run, site, url, source):
    site.put("/numbers.md", signed(1, bring=False))
    done = run("subscribe", url)
    assert OLD.id in done.stderr and "cannot be checked" in done.stderr
    assert source(url)["trust"] == "unsigned"


def test_an_announced_key_takes_the_place_of_the_old_one(run, site, url, sync, source):
    site.put("/numbers.md", signed(1))
    run("subscribe", url)
    site.put("/numbers.md", signed(2, next_key=NEW.public))
    sync()
    assert NEW.id in run("sources", "show", url).stdout
    site.put("/numbers.md", signed(3, NUMBERS + THREE, key=NEW))
    assert f"signed by key {NEW.id} from now on" in sync()
    assert source(url)["key"] == NEW.id
    site.put("/numbers.md", signed(4))
    sync(check=5)


def test_an_announced_key_does_not_count_in_a_file_that_is_refused(run, site, url, sync, source):
    site.put("/numbers.md", signed(2, next_key=NEW.public))
    run("subscribe", url)
    site.put("/numbers.md", signed(1, key=NEW))
    assert "from now on" not in sync(check=5)
    assert source(url)["key"] == OLD.id


def test_replacing_the_key_takes_the_new_one_from_then_on(run, site, url, sync, source, cards):
    site.put("/numbers.md", signed(1))
    run("subscribe", url)
    site.put("/numbers.md", signed(2, NUMBERS + THREE, key=NEW))
    sync(check=5)
    run("sources", "trust", url, "--replace", NEW.public)
    assert "1 new" in sync()
    assert (source(url)["trust"], source(url)["key"]) == ("pinned", NEW.id)


def test_an_older_serial_is_an_old_copy(run, site, url, sync, source, cards):
    site.put("/numbers.md", signed(7, NUMBERS + THREE))
    run("subscribe", url)
    site.put("/numbers.md", signed(6))
    said = sync(check=5)
    assert "serial 6 is older than 7" in said and "--allow-rollback" in said
    assert len(cards()) == 3
    assert "1 removed" in sync("--allow-rollback")
    assert source(url)["serial"] == 6


def test_a_serial_with_other_content_is_refused(run, site, url, sync, cards):
    site.put("/numbers.md", signed(7))
    run("subscribe", url)
    site.put("/numbers.md", signed(7, NUMBERS + THREE))
    assert "serial 7" in sync(check=5)
    sync("--allow-rollback", check=5)
    assert len(cards()) == 2


def test_serials_of_an_unsigned_source_only_warn(run, site, url, sync, cards):
    site.put("/numbers.md", serial(7))
    run("subscribe", url)
    site.put("/numbers.md", serial(6, NUMBERS + THREE))
    assert "serial 7 to 6" in sync()
    site.put("/numbers.md", serial(6))
    assert "serial 6" in sync()
    assert len(cards()) == 2


def test_a_serial_that_jumps_far_is_said(run, site, url, sync):
    site.put("/numbers.md", signed(7))
    run("subscribe", url)
    site.put("/numbers.md", signed(2000000))
    assert "jumped from 7 to 2000000" in sync()


def test_the_serial_of_the_signature_is_that_of_the_file(run, site, url):
    site.put("/numbers.md", OLD.sign_deck(serial(7), 8))
    assert "8" in run("subscribe", url, check=5).stderr
    site.put("/numbers.md", OLD.sign_deck(NUMBERS, 8))
    assert "no serial" in run("subscribe", url, check=5).stderr


def test_a_broken_promise_of_news_is_said(run, site, url):
    site.put("/numbers.md", signed(1, refresh="5d"))
    run("subscribe", url)
    assert "promises" not in run("sync", now=later(days=9)).stderr
    assert "promises" in run("sync", now=later(days=11)).stderr


def test_a_signed_file_that_says_it_has_moved_is_followed(run, site, url, sync, source):
    site.put("/numbers.md", signed(1))
    run("subscribe", url)
    new = "https://decks.example/numbers.md"
    site.put("/numbers.md", signed(2, moved_to=new))
    assert f"has moved to {new}, as its signature says" in sync()
    assert source(url) is None and source(new)["serial"] == 2


def test_a_signed_file_moves_its_source(run, site, url, sync, source):
    site.put("/numbers.md", signed(1))
    run("subscribe", url)
    site.put("/new.md", signed(2))
    site.answers["/numbers.md"] = (301, {"Location": "/new.md"})
    assert "as its signature says" in sync()
    assert source(site.url("/new.md"))["serial"] == 2 and source(url) is None


# Editions.


def test_revert_brings_the_edition_before_back_until_the_next(run, site, url, sync, show, cards):
    run("subscribe", url)
    run("review", "numbers/one", "4")
    site.put("/numbers.md", NUMBERS.replace("What is one?", "What is uno?") + THREE)
    sync()
    said = run("sources", "revert", url).stdout
    assert "1 changed" in said and "1 removed" in said
    assert show("numbers/one")["question"] == "What is one?"
    assert show("numbers/one")["reviews"] == 1 and len(cards()) == 2
    assert "up to date" in sync("--full")
    assert len(cards()) == 2
    run("sources", "revert", url, "1")
    assert len(cards()) == 3
    run("sources", "revert", url)
    site.put("/numbers.md", NUMBERS + THREE + THREE.replace("three", "four"))
    sync()
    assert "numbers/four" in cards()


def test_revert_brings_the_decks_of_an_index_back(run, site, sync, cards):
    address = site.url("/index.yaml")
    site.put("/index.yaml", OLD.sign_index(index_of(site, {"numbers": NUMBERS}), 1))
    run("subscribe", address)
    both = index_of(site, {"numbers": NUMBERS + THREE, "letters": LETTERS}, serial=2)
    site.put("/index.yaml", OLD.sign_index(both, 2))
    sync()
    assert len(cards()) == 5
    run("sources", "revert", address)
    assert cards() == ["numbers/one", "numbers/two"]


def test_five_editions_are_kept(run, site, url, sync):
    run("subscribe", url)
    for i in range(6):
        site.put("/numbers.md", serial(i))
        sync()
    shown = run("sources", "show", url).stdout
    assert len(re.findall(r"edition \d of", shown)) == 5
    assert re.search(r"edition 1 of .*, serial 5, in force", shown)
    run("sources", "revert", url, "6", check=2)
    run("sources", "revert", url, "5")
    assert "no older edition is kept" in run("sources", "revert", url, check=1).stderr


def test_after_an_upgrade_what_is_kept_is_read_again_without_a_network(
    run, site, url, home, show
):
    run("subscribe", url)
    run("review", "numbers/one", "4")
    with sqlite3.connect(home / "data/viva/viva.db") as db:
        db.execute("UPDATE source SET stamp='0.0.1' WHERE location=?", (url,))
        db.execute("UPDATE deck SET hash=zeroblob(32) WHERE name='numbers'")
        db.execute("UPDATE card SET content=zeroblob(32)")
        db.execute("UPDATE card_text SET question='As an older viva read it'")
    site.requests.clear()
    assert run("study").stderr == ""
    assert show("numbers/one")["question"] == "What is one?"
    assert show("numbers/one")["reviews"] == 1
    assert site.requests == []


def test_subscribing_again_pushes_no_edition_out(run, site, url, sync, cards):
    run("subscribe", url)
    site.put("/numbers.md", NUMBERS + THREE)
    sync()
    for _ in range(5):
        run("subscribe", url)
    assert len(re.findall(r"edition \d of", run("sources", "show", url).stdout)) == 2
    run("sources", "revert", url)
    assert len(cards()) == 2
    run("subscribe", url)
    assert len(cards()) == 3
    run("sources", "revert", url)
    assert len(cards()) == 2


# Settings of a source.


def test_a_paused_source_is_not_asked(run, site, url, sync):
    run("subscribe", url)
    run("sources", "pause", "numbers")
    site.requests.clear()
    assert "paused" in sync() and "paused" in sync(url, "--force")
    assert site.requests == []
    assert "paused" in run("sources").stdout
    run("sources", "resume", url)
    assert "up to date" in sync() and len(site.requests) == 1


@pytest.mark.parametrize(
    "words, status",
    [
        (["pause"], 2),
        (["nonsense", "numbers"], 2),
        (["pause", "nothing"], 1),
        (["pause", "numbers", "more"], 2),
        (["move", "numbers"], 2),
        (["move", "numbers", "/a/path"], 2),
        (["suspend-new", "numbers", "perhaps"], 2),
        (["trust", "numbers", "--replace", "nonsense"], 2),
        (["revert", "numbers", "zero"], 2),
        (["revert", "numbers"], 1),
    ],
)
def test_what_makes_no_sense_of_a_source_is_refused(words, status, run, url, database):
    run("subscribe", url)
    before = database()
    run("sources", *words, check=status)
    assert database() == before


def test_a_file_has_no_such_settings(run, deck):
    run("subscribe", deck(NUMBERS))
    assert "HTTP" in run("sources", "pause", "numbers", check=2).stderr
    assert "numbers" in run("sources", "show", "numbers").stdout


def test_an_address_of_another_source_is_not_moved_to(run, site, url, source):
    site.put("/letters.md", LETTERS)
    run("subscribe", url)
    run("subscribe", site.url("/letters.md"))
    run("sources", "move", url, site.url("/letters.md"), check=7)
    assert source(url) is not None


# Leaving.


def test_unsubscribing_keeps_the_cards_and_forgets_the_source(run, site, url, sync, show, cards):
    run("subscribe", url)
    run("review", "numbers/one", "4")
    assert "kept" in run("unsubscribe", "numbers").stdout
    assert url not in run("sources").stdout and len(cards()) == 2
    site.requests.clear()
    assert "subscribe URL" in sync()
    assert site.requests == []
    assert "has no source any more" in run("unsubscribe", "numbers", "--purge", check=1).stderr
    site.put("/numbers.md", NUMBERS + THREE)
    run("subscribe", url)
    assert show("numbers/one")["reviews"] == 1 and len(cards()) == 3


def test_purging_deletes_cards_history_and_editions(run, url, cards, home):
    run("subscribe", url)
    run("review", "numbers/one", "4")
    run("unsubscribe", url, "--purge")
    assert cards() == [] and json.loads(run("log", "--json").stdout) == []
    with sqlite3.connect(home / "data/viva/viva.db") as db:
        for table in ("remote", "edition", "edition_file", "content"):
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


# Conflicts.


@pytest.fixture
def conflict(run, site, url, sync, editor):
    """The answer of numbers/one was edited here, and there."""
    run("subscribe", url)
    editor("The first of all", "My first of all")
    run("edit", "numbers/one")
    site.put("/numbers.md", NUMBERS.replace("The first of all", "The least of all"))
    said = sync()
    assert "your edit of one kept" in said and "`viva conflicts`" in said


def test_a_conflict_is_listed_with_both_sides(conflict, run, show, source, url):
    assert "numbers/one: Answer" in run("conflicts").stdout
    said = run("conflicts", "numbers/one").stdout
    assert "[-The first-] {+The least+}" in said or "The [-first-] {+least+} of all" in said
    assert "[-The-] {+My+} first of all" in said
    assert show("numbers/one")["answer"].startswith("My first")
    assert source(url)["conflicts"] == 1
    assert "1 card changed under your own edits" in run("sources").stdout


def test_conflicts_are_there_as_json(conflict, run):
    assert json.loads(run("conflicts", "--json").stdout) == [
        {
            "card": "numbers/one",
            "section": "Answer",
            "base": "The first of all natural numbers.",
            "mine": "My first of all natural numbers.",
            "theirs": "The least of all natural numbers.",
        }
    ]


@pytest.mark.parametrize("side, answer", [("mine", "My first"), ("theirs", "The least")])
def test_a_conflict_is_settled(side, answer, conflict, run, show):
    run("conflicts", "numbers/one", side)
    assert show("numbers/one")["answer"].startswith(answer)
    assert run("conflicts").stdout == "No conflicts.\n"
    run("conflicts", "numbers/one", check=1)


def test_a_settled_conflict_comes_again_when_the_deck_changes_again(conflict, run, site, sync):
    run("conflicts", "numbers/one", "mine")
    assert "conflicts" not in sync("--full")
    site.put("/numbers.md", NUMBERS.replace("The first of all", "The smallest of all"))
    assert "`viva conflicts`" in sync()


def test_a_conflict_is_settled_in_the_editor(conflict, run, show, editor):
    editor("My first", "Our first")
    assert "{+least+}" in run("conflicts", "numbers/one", "edit").stdout
    assert show("numbers/one")["answer"].startswith("Our first")
    assert run("conflicts").stdout == "No conflicts.\n"


def test_an_editor_that_fails_settles_nothing(conflict, run, env):
    env["EDITOR"] = "false"
    run("conflicts", "numbers/one", "edit", check=None)
    assert "numbers/one" in run("conflicts").stdout


def test_an_edit_goes_silently_when_the_deck_says_the_same(run, site, url, sync, editor, show):
    run("subscribe", url)
    editor("The first of all", "The least of all")
    run("edit", "numbers/one")
    site.put("/numbers.md", NUMBERS.replace("The first of all", "The least of all"))
    assert "conflict" not in sync()
    run("edit", "numbers/one", "--drop")
    assert show("numbers/one")["answer"].startswith("The least")


# Several sources, several terminals.


def test_one_failing_source_holds_no_other_up(run, site, url, sync, cards):
    run("subscribe", url)
    site.put("/letters.md", LETTERS)
    run("subscribe", site.url("/letters.md"))
    site.put("/numbers.md", NUMBERS + THREE)
    del site.files["/letters.md"]
    said = sync(check=3)
    assert "numbers: 1 new" in said and "404" in said
    assert "numbers/three" in cards()
    assert sync("letters", "--force", check=4)


def test_two_syncs_at_once_apply_one(run, site, url, cards):
    """Both have fetched the new edition before either of them takes it in."""
    run("subscribe", url)
    site.put("/numbers.md", NUMBERS + THREE)
    said, barrier, answer = [], threading.Barrier(2, timeout=30), site.answer
    site.answer = lambda call: (barrier.wait(), answer(call))
    both = [
        threading.Thread(target=lambda: said.append(run("sync", now=later(hours=1)).stdout))
        for _ in range(2)
    ]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    first, second = sorted(said, key=lambda text: "1 new" not in text)
    assert first == "numbers: 1 new\n"
    assert "already up to date: another viva has just checked it" in second
    assert len(cards()) == 3


def test_what_is_set_while_a_sync_is_under_way_stays(run, site, url, sync, source, show):
    run("subscribe", url)
    site.put("/numbers.md", NUMBERS + THREE)
    answer = site.answer

    def slowly(call):
        site.answer = answer
        run("sources", "suspend-new", url, "on")
        run("sources", "pause", url)
        answer(call)

    site.answer = slowly
    assert "1 new" in sync()
    assert show("numbers/three")["state"] == "suspended"
    assert source(url)["state"] == "paused"


def test_a_source_that_is_left_while_a_sync_is_under_way_stays_left(run, site, url, sync, source, cards):
    run("subscribe", url)
    site.put("/numbers.md", NUMBERS + THREE)
    answer = site.answer

    def slowly(call):
        site.answer = answer
        run("unsubscribe", url)
        answer(call)

    site.answer = slowly
    assert "unsubscribed meanwhile" in sync()
    assert source(url) is None and len(cards()) == 2


def test_json_has_a_row_for_every_source(run, site, url, deck, sync):
    run("subscribe", deck(LETTERS, "letters.md"))
    run("subscribe", url)
    rows = {row["url"]: row for row in json.loads(sync("--json"))}
    assert rows[url]["status"] == "unchanged"
    for row in rows.values():
        assert {"url", "deck", "index", "status", "trust", "serial", "added", "changed"} <= set(row)
        assert {"retired", "conflicts", "message"} <= set(row)
    site.put("/numbers.md", NUMBERS + THREE)
    deck(LETTERS + THREE, "letters.md")
    rows = [row for row in json.loads(sync("--json")) if row["deck"]]
    assert [(row["deck"], row["status"], row["added"]) for row in rows] == [
        ("letters", "updated", 1),
        ("numbers", "updated", 1),
    ]


def test_a_copy_is_made_before_a_sync_changes_anything(run, site, url, home):
    run("subscribe", url)
    copies = home / "data/viva/backups"
    before = set(copies.iterdir()) if copies.exists() else set()
    site.put("/numbers.md", NUMBERS + THREE)
    run("sync", now=later(days=1))
    assert len(set(copies.iterdir()) - before) == 1


def test_a_sync_tells_of_its_downloads_on_a_terminal_and_ends_at_ctrl_c(run, site, url, spawn, cards):
    run("subscribe", url)
    slow = threading.Event()
    answer = site.answer
    site.answer = lambda call: (site.requests.append((call.path, {})), slow.wait(20))
    site.requests.clear()
    child = spawn("sync", now=later(hours=1))
    child.expect("1 download")
    child.sendintr()
    child.expect("interrupted")
    child.wait()
    slow.set()
    site.answer = answer
    assert child.exitstatus == 4 and len(cards()) == 2
