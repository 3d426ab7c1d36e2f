"""Where decks come from: files and folders, bundled decks, own cards; edits, overlays, notes."""

import hashlib
import json
import os
import re
import shutil
import stat
import textwrap

import pexpect
import pytest

NUMBERS = """
    ---
    deck: numbers
    title: Numbers
    ---

    # Numbers

    ## What is one?
    <!-- {id: one} -->

    The first.

    ## What is two?
    <!-- {id: two} -->

    The second.
    """


def clean(text):
    return textwrap.dedent(text).lstrip("\n")


@pytest.fixture
def numbers(deck):
    """numbers(old, new, ...) writes numbers.md, with each `old` replaced, and returns its path."""

    def numbers(*changes, name="numbers.md"):
        text = clean(NUMBERS)
        for old, new in zip(changes[::2], changes[1::2]):
            assert old in text
            text = text.replace(old, new)
        return deck(text, name)

    return numbers


@pytest.fixture
def show(run):
    return lambda card: json.loads(run("show", card, "--json").stdout)


@pytest.fixture
def cards(run):
    """The names of the cards that `list` finds."""

    def cards(*query):
        done = run("list", *query, "--json", check=None)
        found = [card["card"] for card in json.loads(done.stdout)]
        assert done.returncode == (0 if found else 1)
        return found

    return cards


@pytest.fixture
def look(run):
    """Starts what looks at the sources, with nobody to answer; returns what it said aside."""
    return lambda *command: run(*(command or ("study",))).stderr


@pytest.fixture
def schedule(show):
    """What must survive every edit of a card."""

    def schedule(card):
        keys = ("state", "ef", "n", "interval", "due", "lapses", "reviews")
        shown = show(card)
        return [shown[key] for key in keys]

    return schedule


@pytest.fixture
def editor(env, home):
    """editor(script) makes an editor: a shell script that gets the file as $file, and notes how it
    was called in `calls`, which this returns."""

    def editor(script, variable="EDITOR"):
        program = home / f"{variable.lower()}-bin/vi"
        calls = home / f"{variable.lower()}-calls"
        program.parent.mkdir(exist_ok=True)
        head = f'#!/bin/sh\necho "$@" >>"{calls}"\nfor file; do :; done\n'
        program.write_text(head + textwrap.dedent(script))
        program.chmod(0o755)
        env[variable] = str(program)
        return calls

    return editor


def one_line(text):
    assert text.count("\n") == 1 and text.endswith("\n"), text
    return text


# Files and folders.


def test_a_subscribed_file_brings_its_cards(run, numbers, cards):
    said = run("subscribe", numbers()).stdout
    assert "2 cards" in said
    assert cards() == ["numbers/one", "numbers/two"]


def test_a_subscribed_folder_brings_all_its_decks(run, deck, numbers, cards):
    numbers(name="decks/numbers.md")
    deck("# Letters\n\n## What is a?\n\nThe first.\n", "decks/letters.md")
    assert "2 decks" in run("subscribe", "decks").stdout
    assert set(cards()) == {"numbers/one", "numbers/two", "letters/what-is-a"}


def test_sources_lists_the_files_as_json(run, numbers):
    path = numbers()
    run("subscribe", path)
    local = [s for s in json.loads(run("sources", "--json").stdout) if s["url"] == str(path)]
    assert len(local) == 1
    assert local[0]["decks"] == ["numbers"]
    assert local[0]["status"] == "unchanged"


def test_a_path_is_kept_when_the_working_directory_changes(run, numbers, cards, look, home):
    numbers(name="here/numbers.md")
    run("subscribe", "numbers.md", cwd=home / "here")
    numbers("What is one?", "What is 1?", name="here/numbers.md")
    assert "1 changed" in one_line(look())
    assert cards("1?") == ["numbers/one"]


def test_a_folder_skips_what_is_no_deck(run, deck, numbers, cards):
    numbers(name="decks/numbers.md")
    for name in ("README.md", "LICENSE.md", "CONTRIBUTING.md", "readme-first.md", ".draft.md"):
        deck("# No deck\n\n## Question\n", f"decks/{name}")
    deck(b"\xff\xfe", "decks/picture.png")
    run("subscribe", "decks")
    assert set(cards()) == {"numbers/one", "numbers/two"}


def test_a_new_file_in_a_folder_is_found(run, deck, numbers, cards, look):
    numbers(name="decks/numbers.md")
    run("subscribe", "decks")
    deck("# Letters\n\n## What is a?\n\nThe first.\n", "decks/letters.md")
    look()
    assert "letters/what-is-a" in cards()


def test_a_file_name_with_blanks_and_letters_of_the_world_works(run, numbers, cards):
    run("subscribe", numbers(name="meine Fächer/número uno.md"))
    assert cards() == ["numbers/one", "numbers/two"]


def test_subscribing_twice_is_one_source(run, numbers, cards):
    path = numbers()
    run("subscribe", path)
    run("subscribe", path)
    urls = [s["url"] for s in json.loads(run("sources", "--json").stdout)]
    assert urls.count(str(path)) == 1
    assert cards() == ["numbers/one", "numbers/two"]


def test_a_path_that_is_not_there_is_refused(run, home):
    said = one_line(run("subscribe", home / "nothing.md", check=None).stderr)
    assert str(home / "nothing.md") in said
    assert run("subscribe", home / "nothing.md", check=None).returncode in (2, 8)
    assert "nothing.md" not in run("sources").stdout


@pytest.mark.parametrize(
    "text, place",
    [
        ("# Deck\n\n## Question\n", "3:1"),
        ("# Deck\n\n## Q\n<!-- {id: a} -->\n\nA.\n\n## Q2\n<!-- {id: a} -->\n\nB.\n", "9:7"),
        (b"# Deck\n\n## Question\n\nAnswer \xff.\n", "5:"),
    ],
)
def test_a_bad_deck_is_refused_with_its_place_and_leaves_no_source(run, deck, text, place):
    path = deck(text)
    done = run("subscribe", path, check=6)
    assert f"{path}:{place}" in one_line(done.stderr)
    assert str(path) not in run("sources").stdout


def test_one_bad_deck_of_a_folder_refuses_the_folder(run, deck, numbers, cards):
    numbers(name="decks/numbers.md")
    deck("# Deck\n\n## Question\n", "decks/bad.md")
    assert "bad.md:3:1" in run("subscribe", "decks", check=6).stderr
    assert cards() == []


def test_two_files_with_one_deck_id_are_refused_with_both_named(run, numbers, cards):
    numbers(name="decks/a.md")
    numbers(name="decks/b.md")
    done = run("subscribe", "decks", check=None)
    assert done.returncode in (6, 7)
    assert "a.md" in done.stderr and "b.md" in done.stderr and "numbers" in done.stderr
    assert cards() == []


def test_a_second_file_with_the_deck_id_later_changes_nothing(run, numbers, cards, look):
    numbers(name="decks/b.md")
    run("subscribe", "decks")
    numbers("What is one?", "What is uno?", name="decks/a.md")
    said = one_line(look())
    assert "a.md" in said and "b.md" in said
    assert cards("uno") == []
    assert cards() == ["numbers/one", "numbers/two"]


# Looking again.


@pytest.mark.parametrize("command", ["study", "shell"])
def test_edits_are_seen_by_study_and_the_shell_and_keep_progress(
    command, run, numbers, show, look, schedule
):
    run("subscribe", numbers())
    run("review", "numbers/one", "4")
    before = schedule("numbers/one")
    numbers("What is one?", "What comes before two?", "The first.", "One does.")
    assert "1 changed" in one_line(look(command))
    after = show("numbers/one")
    assert after["question"] == "What comes before two?"
    assert after["answer"] == "One does."
    assert schedule("numbers/one") == before
    assert look(command) == ""


def test_due_never_looks_at_a_file_and_writes_nothing(run, numbers, home, cards):
    path = numbers()
    run("subscribe", path)
    numbers("## What is two?\n<!-- {id: two} -->\n\nThe second.\n", "")
    path.chmod(0)
    database = home / "data/viva/viva.db"
    before = hashlib.sha256(database.read_bytes()).hexdigest()
    due = run("due", "--json")
    names = [card["card"] for card in json.loads(due.stdout)["cards"]]
    assert names == ["numbers/one", "numbers/two"]
    assert due.stderr == ""
    path.unlink()
    assert run("due").stderr == ""
    assert hashlib.sha256(database.read_bytes()).hexdigest() == before


def test_a_touched_file_is_no_news(run, numbers, look):
    path = numbers()
    run("subscribe", path)
    os.utime(path, (1, 1))
    assert look() == ""


def test_an_edit_that_keeps_the_size_is_seen(run, numbers, show, look):
    run("subscribe", numbers())
    numbers("The first.", "The worst.")
    look()
    assert show("numbers/one")["answer"] == "The worst."


def test_new_cards_are_new_and_said(run, numbers, show, look):
    run("subscribe", numbers())
    numbers("The second.\n", "The second.\n\n## What is three?\n<!-- {id: three} -->\n\nA crowd.\n")
    assert "1 new" in one_line(look())
    assert show("numbers/three")["state"] == "new"


def test_a_studied_card_that_is_removed_is_retired_and_returns_with_its_schedule(
    run, numbers, show, look, schedule, cards
):
    run("subscribe", numbers())
    run("review", "numbers/one", "4")
    before = schedule("numbers/one")
    numbers("## What is one?\n<!-- {id: one} -->\n\nThe first.\n\n", "")
    one_line(look())
    assert show("numbers/one")["state"] == "retired"
    assert cards("is:retired") == ["numbers/one"]
    assert len(json.loads(run("log", "numbers/one", "--json").stdout)) == 1
    due = json.loads(run("due", "--json", now="2027-11-20").stdout)
    assert [card["card"] for card in due["cards"]] == ["numbers/two"]
    numbers()
    look()
    assert schedule("numbers/one") == before


def test_a_card_that_was_never_studied_goes_without_a_trace(run, numbers, look, cards):
    run("subscribe", numbers())
    numbers("## What is one?\n<!-- {id: one} -->\n\nThe first.\n\n", "")
    look()
    run("show", "numbers/one", check=1)
    assert cards() == ["numbers/two"]


def test_a_note_alone_keeps_a_removed_card(run, numbers, look, show):
    run("subscribe", numbers())
    run("note", "numbers/one", "mine")
    numbers("## What is one?\n<!-- {id: one} -->\n\nThe first.\n\n", "")
    look()
    assert show("numbers/one")["state"] == "retired"
    assert show("numbers/one")["note"] == "mine"


def test_a_missing_file_of_a_folder_keeps_its_deck_and_is_said(
    run, numbers, look, show, cards, deck
):
    path = numbers(name="decks/numbers.md")
    deck("# Letters\n\n## What is a?\n\nThe first.\n", "decks/letters.md")
    run("subscribe", "decks")
    run("review", "numbers/one", "4")
    path.unlink()
    said = look()
    assert said.count("numbers.md is missing") == 1
    assert show("numbers/one")["state"] == "scheduled"
    assert "numbers/one" in cards() and "letters/what-is-a" in cards()


@pytest.mark.parametrize("other", ["", "## Who was Bach?\n<!-- {id: bach} -->\n\nA composer.\n"])
def test_a_grade_never_lands_on_another_card_when_its_own_goes_away_meanwhile(
    other, run, numbers, spawn, look
):
    run("subscribe", numbers())
    run("review", "numbers/one", "5")
    child = spawn("study")
    child.expect("> ")
    child.sendline("")
    child.expect("0-5: ")
    child.sendline("4")
    child.expect("Final.*: ")
    numbers("## What is two?\n<!-- {id: two} -->\n\nThe second.\n", other)
    look()
    child.sendline("")
    child.expect(["viva: .*\n", "Done.*\n", "no longer.*\n"])
    child.sendeof()
    child.wait()
    log = json.loads(run("log", "--json").stdout)
    assert [review["card"] for review in log if "two" not in review["card"]] == ["numbers/one"]
    run("list")


# Renames and moves.


def test_a_renamed_card_takes_its_progress_along(run, numbers, look, schedule, cards):
    run("subscribe", numbers())
    run("review", "numbers/one", "4")
    before = schedule("numbers/one")
    numbers("{id: one}", "{id: uno, was: one}")
    look()
    assert schedule("numbers/uno") == before
    assert set(cards()) == {"numbers/uno", "numbers/two"}
    log = json.loads(run("log", "--json").stdout)
    assert [review["card"] for review in log] == ["numbers/uno"]


def test_a_card_renamed_twice_between_two_looks_says_both_names(run, numbers, look, schedule):
    run("subscribe", numbers())
    run("review", "numbers/one", "4")
    before = schedule("numbers/one")
    numbers("{id: one}", "{id: eins, was: [uno, one]}")
    look()
    assert schedule("numbers/eins") == before


def test_a_former_name_that_is_still_a_card_is_refused_and_moves_nothing(
    run, numbers, look, schedule, show
):
    path = numbers()
    run("subscribe", path)
    run("review", "numbers/one", "5")
    before = schedule("numbers/one")
    numbers("{id: two}", "{id: two, was: one}", "The first.", "Changed.")
    assert "numbers/one" in one_line(look())
    assert schedule("numbers/one") == before
    assert show("numbers/one")["answer"] == "The first."
    assert "numbers.md:13:" in run("check", path, check=1).stdout
    source = [s for s in json.loads(run("sources", "--json").stdout) if s["url"] == str(path)][0]
    assert source["status"] == "failed"


def test_a_card_moves_between_the_decks_of_a_folder(run, deck, numbers, look, schedule, cards):
    numbers(name="decks/numbers.md")
    deck("# Letters\n\n## What is a?\n\nThe first.\n", "decks/letters.md")
    run("subscribe", "decks")
    run("review", "numbers/one", "4")
    before = schedule("numbers/one")
    numbers("## What is one?\n<!-- {id: one} -->\n\nThe first.\n\n", "", name="decks/numbers.md")
    deck(
        "# Letters\n\n## What is a?\n\nThe first.\n\n"
        "## What is one?\n<!-- {id: one, was: numbers/one} -->\n\nThe first.\n",
        "decks/letters.md",
    )
    look()
    assert schedule("letters/one") == before
    assert set(cards()) == {"letters/what-is-a", "letters/one", "numbers/two"}


def test_a_renamed_deck_takes_all_progress_along(run, numbers, look, schedule, cards):
    run("subscribe", numbers())
    run("review", "numbers/one", "4")
    run("note", "numbers/two", "mine")
    before = schedule("numbers/one")
    numbers("deck: numbers", "deck: zahlen\nwas: numbers")
    look()
    assert schedule("zahlen/one") == before
    assert cards() == ["zahlen/one", "zahlen/two"]
    assert "mine" in run("note", "zahlen/two").stdout


def test_a_renamed_file_with_a_deck_id_is_the_same_deck(run, numbers, look, schedule, cards):
    path = numbers(name="decks/numbers.md")
    run("subscribe", "decks")
    run("review", "numbers/one", "4")
    before = schedule("numbers/one")
    path.rename(path.with_name("zahlen.md"))
    assert look() == ""
    assert schedule("numbers/one") == before
    assert cards() == ["numbers/one", "numbers/two"]


def test_a_renamed_parent_keeps_its_follow_up(run, deck, look, show):
    text = """
        # Loaders

        ## What is N+1?
        <!-- {id: parent} -->

        Many queries.

        ## Which loader?
        <!-- {id: child, follows: parent} -->

        The right one.
        """
    run("subscribe", deck(text, "loaders.md"))
    run("review", "loaders/parent", "5")
    deck(text.replace("{id: parent}", "{id: first, was: parent}").replace(
        "follows: parent", "follows: first"), "loaders.md")
    look()
    assert show("loaders/child")["follows"] == "loaders/first"
    due = json.loads(run("due", "--json").stdout)
    assert [card["card"] for card in due["cards"]] == ["loaders/child"]


def test_a_higher_rev_brings_a_card_up_soon_without_a_reset(run, numbers, look, schedule):
    run("subscribe", numbers())
    for day in ("20", "21", "27"):
        run("review", "numbers/one", "5", now=f"2026-11-{day}T09:00:00Z")
    before = schedule("numbers/one")
    assert before[1:4] == [2.8, 3, 17]
    numbers("{id: one}", "{id: one, rev: 2}")
    run("study", now="2026-11-28T09:00:00Z")
    due = json.loads(run("due", "--json", now="2026-11-30T09:00:00Z").stdout)
    assert "numbers/one" in [card["card"] for card in due["cards"]]
    assert schedule("numbers/one")[1:4] == before[1:4]
    assert schedule("numbers/one")[5:] == before[5:]


# What is broken or gone keeps the old deck.


def test_a_broken_file_keeps_the_old_deck_and_says_so_in_one_line(
    run, numbers, look, show, schedule
):
    path = numbers()
    run("subscribe", path)
    run("review", "numbers/one", "4")
    before = schedule("numbers/one")
    numbers("{id: two}", "{id: one}", "The first.", "Changed.")
    assert f"{path}:14:" in one_line(look())
    assert show("numbers/one")["answer"] == "The first."
    assert show("numbers/two")["state"] == "new"
    assert schedule("numbers/one") == before
    numbers("The first.", "Changed.")
    assert "1 changed" in one_line(look())
    assert show("numbers/one")["answer"] == "Changed."


def test_a_broken_file_of_a_folder_does_not_hold_the_others_up(
    run, deck, numbers, look, show, cards
):
    numbers(name="decks/numbers.md")
    deck("# Letters\n\n## What is a?\n\nThe first.\n", "decks/letters.md")
    run("subscribe", "decks")
    numbers("{id: two}", "{id: one}", name="decks/numbers.md")
    deck("# Letters\n\n## What is a?\n\nThe very first.\n", "decks/letters.md")
    look()
    assert show("letters/what-is-a")["answer"] == "The very first."
    assert len(cards()) == 3


def test_sources_tells_of_a_broken_file(run, numbers, look):
    path = numbers()
    run("subscribe", path)
    numbers("{id: two}", "{id: one}")
    look()
    source = [s for s in json.loads(run("sources", "--json").stdout) if s["url"] == str(path)][0]
    assert source["status"] == "failed"
    assert "numbers.md:14:" in source["message"]


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_is_missing_keeps_the_old_decks_and_says_so_in_one_line(
    what, run, numbers, look, cards, home
):
    path = numbers(name="decks/numbers.md")
    gone = path if what == "file" else path.parent
    run("subscribe", gone)
    gone.rename(home / "away")
    assert str(gone) in one_line(look())
    assert cards() == ["numbers/one", "numbers/two"]
    assert "What is one?" in run("study").stdout
    (home / "away").rename(gone)
    assert look() == ""


def test_an_emptied_file_keeps_its_cards(run, numbers, look, show):
    path = numbers()
    run("subscribe", path)
    run("review", "numbers/one", "4")
    path.write_text("")
    assert "numbers.md" in one_line(look())
    assert show("numbers/one")["state"] == "scheduled"


def test_a_file_that_grew_too_large_keeps_its_cards(run, numbers, look, cards):
    path = numbers()
    run("subscribe", path)
    path.write_bytes(path.read_bytes() + b"\n" * (8 << 20))
    assert str(path) in one_line(look())
    assert cards() == ["numbers/one", "numbers/two"]


# Ownership.


def test_a_deck_of_another_source_is_refused_with_both_named(run, numbers, cards):
    first = numbers()
    second = numbers("What is one?", "What is uno?", name="other.md")
    run("subscribe", first)
    said = run("subscribe", second, check=7).stderr
    assert str(first) in said and str(second) in said and "numbers" in said
    assert "--take-over" in said
    assert cards("uno") == []
    assert str(second) not in run("sources").stdout


def test_take_over_changes_hands_for_good_and_keeps_progress(run, numbers, show, schedule, look):
    first = numbers()
    run("subscribe", first)
    run("review", "numbers/one", "4")
    before = schedule("numbers/one")
    second = numbers("What is one?", "What is uno?", name="other.md")
    run("subscribe", second, "--take-over")
    assert show("numbers/one")["question"] == "What is uno?"
    assert schedule("numbers/one") == before
    numbers("What is one?", "What is eins?")
    look()
    assert show("numbers/one")["question"] == "What is uno?"
    numbers("What is one?", "What is ichi?", name="other.md")
    look()
    assert show("numbers/one")["question"] == "What is ichi?"


def test_a_folder_that_newly_has_a_deck_of_another_source_does_not_get_it(
    run, deck, numbers, look, show
):
    run("subscribe", numbers())
    deck("# Letters\n\n## What is a?\n\nThe first.\n", "decks/letters.md")
    run("subscribe", "decks")
    numbers("What is one?", "What is uno?", name="decks/numbers.md")
    deck("# Letters\n\n## What is a?\n\nThe very first.\n", "decks/letters.md")
    assert "numbers" in look()
    assert show("numbers/one")["question"] == "What is one?"
    assert show("letters/what-is-a")["answer"] == "The very first."


# Unsubscribing.


@pytest.mark.parametrize("by", ["path", "deck"])
def test_unsubscribing_keeps_the_cards_and_forgets_the_file(by, run, numbers, look, show, cards):
    path = numbers()
    run("subscribe", path)
    run("review", "numbers/one", "4")
    run("unsubscribe", path if by == "path" else "numbers")
    numbers("The first.", "Changed.")
    assert look() == ""
    assert cards() == ["numbers/one", "numbers/two"]
    assert show("numbers/one")["answer"] == "The first."
    assert show("numbers/one")["state"] == "scheduled"
    assert "What is two?" in run("study").stdout
    assert str(path) not in run("sources").stdout


def test_subscribing_again_goes_on_with_the_progress(run, numbers, schedule, look, show):
    path = numbers()
    run("subscribe", path)
    run("review", "numbers/one", "4")
    before = schedule("numbers/one")
    run("unsubscribe", path)
    numbers("The first.", "Changed.")
    run("subscribe", path)
    assert schedule("numbers/one") == before
    assert show("numbers/one")["answer"] == "Changed."


def test_purge_deletes_cards_and_history(run, numbers, cards):
    path = numbers()
    run("subscribe", path)
    run("review", "numbers/one", "4")
    run("unsubscribe", path, "--purge")
    assert cards() == []
    assert json.loads(run("log", "--json").stdout) == []


def test_purge_asks_with_counts_on_a_terminal(run, numbers, spawn, cards):
    path = numbers()
    run("subscribe", path)
    run("review", "numbers/one", "4")
    child = spawn("unsubscribe", path, "--purge")
    child.expect(r"\?")
    assert "2 cards" in child.before and "1 review" in child.before
    child.sendline("n")
    child.expect("\r\n")
    child.wait()
    assert cards() == ["numbers/one", "numbers/two"]
    child = spawn("unsubscribe", path, "--purge")
    child.expect(r"\?")
    child.sendline("y")
    child.expect("(?i)unsubscribed")
    child.wait()
    assert cards() == []


def test_enter_does_not_purge(run, numbers, spawn, cards):
    run("subscribe", numbers())
    child = spawn("unsubscribe", "numbers", "--purge")
    child.expect(r"\?")
    child.sendline("")
    child.expect("\r\n")
    child.wait()
    assert len(cards()) == 2


def test_what_is_no_source_cannot_be_unsubscribed(run):
    assert "nothing.md" in one_line(run("unsubscribe", "nothing.md", check=1).stderr)


def test_bundled_decks_cannot_be_unsubscribed_and_stay(run, bundled_copy, cards):
    assert "come with viva" in run("unsubscribe", "numbers", check=2).stderr
    assert len(cards()) == 2


# Cards without ids whose heading was edited.

PLAIN = """
    # Plain

    ## What is a tuple?

    A list that cannot change.

    ## What is a set?

    A bag without doubles.
    """


@pytest.fixture
def reworded(run, deck):
    """A deck whose studied card has no id, reworded since."""
    run("config", "level", "mid")
    run("subscribe", deck(PLAIN, "plain.md"))
    run("review", "plain/what-is-a-tuple", "4")
    return deck(PLAIN.replace("What is a tuple?", "What makes a tuple?"), "plain.md")


def test_a_reworded_card_without_an_id_is_proposed_and_accepted(
    reworded, spawn, show, cards, schedule
):
    before = schedule("plain/what-is-a-tuple")
    child = spawn()
    child.expect(re.escape("What is a tuple?"))
    child.expect(re.escape("What makes a tuple?"))
    child.expect("same card")
    child.sendline("")
    child.expect("viva> ")
    child.sendeof()
    child.expect("\r\n")
    child.wait()
    assert schedule("plain/what-makes-a-tuple") == before
    assert set(cards()) == {"plain/what-makes-a-tuple", "plain/what-is-a-set"}


def test_a_declined_proposal_is_two_cards_and_not_asked_again(reworded, spawn, show):
    child = spawn()
    child.expect("same card")
    child.sendline("n")
    child.expect("viva> ")
    child.sendline("quit")
    child.wait()
    assert show("plain/what-is-a-tuple")["state"] == "retired"
    assert show("plain/what-makes-a-tuple")["state"] == "new"
    again = spawn()
    again.expect("viva> ")
    assert "same card" not in again.before
    again.sendline("quit")
    again.wait()


def test_a_proposal_waits_for_an_interactive_start(reworded, run, look, spawn, show):
    look("study")
    look("shell")
    assert show("plain/what-makes-a-tuple")["state"] == "new"
    child = spawn()
    child.expect("same card")
    child.sendline("y")
    child.expect("viva> ")
    child.sendline("quit")
    child.wait()
    assert show("plain/what-makes-a-tuple")["state"] == "scheduled"


def test_study_on_a_terminal_is_an_interactive_start_too(reworded, spawn):
    child = spawn("study")
    assert child.expect(["same card", "Type your answer"]) == 0


def test_a_proposal_left_open_comes_again(reworded, spawn):
    child = spawn()
    child.expect("same card")
    child.sendeof()
    child.close()
    child = spawn()
    child.expect("same card")


def test_a_heading_and_an_answer_edited_together_are_no_proposal(run, deck, spawn):
    run("config", "level", "mid")
    run("subscribe", deck(PLAIN, "plain.md"))
    run("review", "plain/what-is-a-tuple", "4")
    deck(PLAIN.replace("is a tuple?", "makes a tuple?").replace("A list that", "All"), "plain.md")
    child = spawn()
    child.expect("viva> ")
    assert "same card" not in child.before
    child.sendline("quit")
    child.wait()


# Bundled decks.


@pytest.fixture
def bundled_copy(env, home, numbers):
    """A folder of bundled decks that a test may change; numbers.md is in it."""
    numbers(name="bundled/numbers.md")
    env["VIVA_DECKS_DIR"] = str(home / "bundled")
    return home / "bundled"


def test_the_bundled_decks_are_there_at_the_first_start(run, bundled, root):
    due = run("study").stdout
    assert "1 of" in due
    names = {card["deck"] for card in json.loads(run("list", "--json").stdout)}
    assert len(names) == len([p for p in (root / "decks").glob("*.md") if p.name != "README.md"])


def test_a_changed_bundled_deck_is_taken_in_without_a_stamp(
    run, bundled_copy, numbers, look, show, schedule
):
    look()
    run("review", "numbers/one", "4")
    before = schedule("numbers/one")
    numbers("The first.", "Changed.", name="bundled/numbers.md")
    assert "1 changed" in one_line(look())
    assert show("numbers/one")["answer"] == "Changed."
    assert schedule("numbers/one") == before


def test_with_a_stamp_nothing_but_the_stamp_is_looked_at(run, bundled_copy, numbers, look, show):
    (bundled_copy / ".stamp").write_text("one\n")
    look()
    numbers("The first.", "Changed.", name="bundled/numbers.md")
    look()
    assert show("numbers/one")["answer"] == "The first."
    (bundled_copy / ".stamp").write_text("two\n")
    look()
    assert show("numbers/one")["answer"] == "Changed."


def test_a_bundled_deck_that_is_gone_in_a_new_version_is_retired(
    run, bundled_copy, deck, look, show, cards
):
    deck("# Letters\n\n## What is a?\n\nThe first.\n", "bundled/letters.md")
    (bundled_copy / ".stamp").write_text("one\n")
    look()
    run("review", "numbers/one", "4")
    (bundled_copy / "numbers.md").unlink()
    (bundled_copy / ".stamp").write_text("two\n")
    look()
    assert show("numbers/one")["state"] == "retired"
    assert cards() == ["letters/what-is-a"]


def test_a_missing_bundled_folder_keeps_the_decks(run, bundled_copy, look, cards):
    look()
    shutil.rmtree(bundled_copy)
    look()
    assert cards() == ["numbers/one", "numbers/two"]


def test_a_broken_bundled_deck_keeps_the_old_one(run, bundled_copy, numbers, look, show):
    look()
    numbers("{id: two}", "{id: one}", name="bundled/numbers.md")
    assert "numbers.md:14:" in one_line(look())
    assert show("numbers/two")["state"] == "new"


def test_bundled_decks_may_be_read_only(run, bundled_copy, cards):
    (bundled_copy / "numbers.md").chmod(0o444)
    bundled_copy.chmod(0o555)
    run("study")
    assert len(cards()) == 2
    bundled_copy.chmod(0o755)


def test_a_bundled_deck_that_a_file_took_over_is_given_back(run, bundled_copy, numbers, look, show):
    look()
    run("review", "numbers/one", "4")
    mine = numbers("What is one?", "What is uno?")
    run("subscribe", mine, "--take-over")
    assert show("numbers/one")["question"] == "What is uno?"
    run("unsubscribe", mine)
    look()
    assert show("numbers/one")["question"] == "What is one?"
    assert show("numbers/one")["reviews"] == 1


# Own cards.


@pytest.fixture
def own(home):
    return home / "data/viva/decks/mine.md"


CARD = "## What is a monad?\n\nA monoid in the category of endofunctors.\n"


def test_a_card_is_added_from_standard_input_and_asked(run, own, cards, show):
    assert str(own) in run("add", input=CARD).stdout
    assert "## What is a monad?" in own.read_text()
    name = cards()[0]
    assert name.startswith("mine/")
    assert show(name)["answer"] == "A monoid in the category of endofunctors."
    assert show(name)["state"] == "new"
    assert "What is a monad?" in run("study").stdout


def test_own_cards_are_private_and_have_ids(run, own):
    run("add", input=CARD)
    assert stat.S_IMODE(own.stat().st_mode) == 0o600
    assert stat.S_IMODE(own.parent.stat().st_mode) == 0o700
    run("check", own)
    assert "id: " in own.read_text()
    assert json.loads(run("check", own, "--json").stdout) == []


def test_cards_are_appended_one_behind_the_other(run, own, cards):
    run("add", input=CARD)
    run("add", input="## What is a functor?\n\nA map of categories.\n\n### Key points\n- **map**\n")
    run("add", input="## A?\n\nB.\n\n## C?\n\nD.\n")
    assert len(cards()) == 4
    text = own.read_text()
    assert text.index("monad") < text.index("functor") < text.index("A?") < text.index("C?")


def test_own_cards_are_found_when_the_data_has_moved(run, own, home, env, cards):
    run("add", input=CARD)
    (home / "data").rename(home / "moved")
    env["XDG_DATA_HOME"] = str(home / "moved")
    assert str(home / "moved") in run("add", input="## What is a functor?\n\nA map.\n").stdout
    assert cards() == ["mine/what-is-a-monad", "mine/what-is-a-functor"]


def test_add_keeps_what_the_user_wrote_into_the_file(run, own, cards):
    run("add", input=CARD)
    text = own.read_text().replace("My own cards", "Meine Karten") + "\n<!-- a thought -->\n"
    own.write_text(text)
    run("add", input="## What is a functor?\n\nA map of categories.\n")
    assert own.read_text().startswith(text.rstrip("\n"))
    assert len(cards()) == 2


@pytest.mark.parametrize(
    "text, status",
    [
        ("", 1),
        ("\n \n", 1),
        ("no heading\n", 6),
        ("## A question without an answer\n", 6),
        ("## Q\n<!-- {id: A B} -->\n\nA.\n", 6),
        (b"## Q\n\n\xff\n", 6),
    ],
)
def test_what_is_no_card_is_not_added(text, status, run, own, cards):
    run("add", input=CARD)
    before = own.read_bytes()
    one_line(run("add", input=text, check=status).stderr)
    assert own.read_bytes() == before
    assert len(cards()) == 1


@pytest.mark.parametrize("before", ["Some text.\n\n", "# Title\n\n", "---\ndeck: other\n---\n\n"])
def test_text_above_the_first_question_does_not_become_part_of_another_card(before, run, own, show):
    run("add", input=CARD)
    done = run("add", input=before + "## What is a functor?\n\nA map.\n", check=None)
    assert done.returncode in (0, 6)
    assert show("mine/what-is-a-monad")["answer"] == "A monoid in the category of endofunctors."


def test_an_open_code_block_does_not_swallow_the_cards_behind_it(run, own, cards):
    opened = run("add", input="## What is code?\n\n```\nx = 1\n", check=None)
    assert opened.returncode in (0, 6)
    count = len(cards())
    done = run("add", input=CARD, check=None)
    assert done.returncode != 0 or len(cards()) == count + 1


def test_a_question_that_is_there_already_is_not_added_twice(run, own, cards):
    run("add", input=CARD)
    before = own.read_bytes()
    said = one_line(run("add", input=CARD, check=6).stderr)
    assert "what-is-a-monad" in said
    assert own.read_bytes() == before


def test_a_broken_file_of_own_cards_is_named_and_left_alone(run, own):
    run("add", input=CARD)
    own.write_text(own.read_text() + "\n## No answer\n")
    before = own.read_bytes()
    said = one_line(run("add", input="## Q\n\nA.\n", check=6).stderr)
    assert "mine.md:" in said
    assert own.read_bytes() == before


def test_a_card_is_written_in_the_editor(editor, spawn, own, cards):
    editor('printf "## What is a monad?\\n\\nA box.\\n" >"$file"')
    child = spawn("add")
    child.expect("Added")
    child.wait()
    assert child.exitstatus == 0
    assert cards() == ["mine/what-is-a-monad"]


def test_visual_comes_before_editor(editor, spawn, own, cards):
    editor('printf "## Wrong?\\n\\nYes.\\n" >"$file"')
    editor('printf "## Right?\\n\\nYes.\\n" >"$file"', "VISUAL")
    spawn("add").expect("Added")
    assert cards() == ["mine/right"]


@pytest.mark.parametrize(
    "script", ["exit 0", ': >"$file"', 'printf "## Q\\n\\nA.\\n" >"$file"; exit 1']
)
def test_an_editor_that_wrote_nothing_or_failed_adds_nothing(script, editor, spawn, own, cards):
    editor(script)
    child = spawn("add")
    child.expect("viva: ")
    child.wait()
    assert child.exitstatus != 0
    assert cards() == []


# Leaves a card without an answer first, then, where that is still in the file, a whole one.
SECOND_TRY = """
if grep -q "Half" "$file"; then printf "\\nA.\\n" >>"$file"; else printf "## Half?\\n" >"$file"; fi
"""


def test_a_card_that_is_none_goes_back_to_the_editor(editor, spawn, own, cards):
    editor(SECOND_TRY)
    child = spawn("add")
    child.expect("nothing was added: mine.md:1:1: card has no answer")
    child.expect("Enter opens the editor again, q drops the text: ")
    child.send("\r")
    child.expect("Added")
    assert cards() == ["mine/half"]


def test_a_card_that_is_none_may_be_dropped(editor, spawn, own, cards):
    editor(SECOND_TRY)
    child = spawn("add")
    child.expect("q drops the text: ")
    child.send("q\r")
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == 6 and "viva:" not in child.before
    assert cards() == []


def test_without_an_editor_add_says_what_to_set(spawn):
    child = spawn("add")
    child.expect("EDITOR")
    child.wait()
    assert child.exitstatus == 2


# Editing cards.


def test_edit_opens_the_real_file_of_a_local_card_at_its_line(run, numbers, editor, show, schedule):
    path = numbers()
    run("subscribe", path)
    run("review", "numbers/two", "4")
    before = schedule("numbers/two")
    calls = editor('sed -i "s/The second/Not the first/" "$file"')
    run("edit", "numbers/two")
    assert calls.read_text().split() == ["+13", str(path)]
    assert "Not the first." in path.read_text()
    assert show("numbers/two")["answer"] == "Not the first."
    assert schedule("numbers/two") == before


def test_edit_opens_the_file_of_own_cards(run, editor, own, show):
    run("add", input=CARD)
    calls = editor('sed -i "s/A monoid.*/A box./" "$file"')
    run("edit", "mine/what-is-a-monad")
    assert calls.read_text().split()[-1] == str(own)
    assert show("mine/what-is-a-monad")["answer"] == "A box."


def test_breaking_a_file_in_the_editor_is_said_and_keeps_the_old_card(run, numbers, editor, show):
    run("subscribe", numbers())
    editor('sed -i "s/id: two/id: one/" "$file"')
    done = run("edit", "numbers/two", check=None)
    assert done.returncode == 6
    assert "numbers.md:14:" in done.stderr
    assert show("numbers/two")["answer"] == "The second."


def test_edit_of_a_card_whose_file_is_gone_says_so(run, numbers, editor):
    path = numbers()
    run("subscribe", path)
    path.unlink()
    editor("exit 0")
    done = run("edit", "numbers/two", check=None)
    assert done.returncode != 0
    assert str(path) in one_line(done.stderr)


@pytest.fixture
def edited(run, bundled_copy, editor):
    """A bundled card whose answer the user has edited."""
    run("study")
    editor('sed -i "s/The first./My own words./" "$file"')
    run("edit", "numbers/one")
    return bundled_copy / "numbers.md"


def test_editing_a_bundled_card_lays_words_over_it(edited, run, show, schedule):
    assert "The first." in edited.read_text()
    assert show("numbers/one")["answer"] == "My own words."
    assert show("numbers/one")["question"] == "What is one?"
    assert "My own words." in run("study", input="\n0\n", check=None).stdout


def test_an_overlay_is_by_section_and_survives_upstream_changes(edited, numbers, look, show):
    new = "The deck's new words.\n\n### Key points\n- **New**"
    numbers("What is one?", "What is 1?", "The first.", new, name="bundled/numbers.md")
    look()
    card = show("numbers/one")
    assert card["question"] == "What is 1?"
    assert card["answer"] == "My own words."
    assert card["points"] == ["**New**"]


def test_edit_drop_gives_the_words_of_the_deck_back(edited, run, numbers, look, show):
    numbers("The first.", "The deck's new words.", name="bundled/numbers.md")
    look()
    run("edit", "numbers/one", "--drop")
    assert show("numbers/one")["answer"] == "The deck's new words."


def test_an_overlay_goes_silently_when_the_deck_says_the_same(edited, numbers, look, show):
    numbers("The first.", "My own words.", name="bundled/numbers.md")
    look()
    numbers("The first.", "Better words.", name="bundled/numbers.md")
    look()
    assert show("numbers/one")["answer"] == "Better words."


def test_an_overlay_survives_a_rename_and_a_retirement(edited, numbers, look, show, run):
    numbers("{id: one}", "{id: uno, was: one}", name="bundled/numbers.md")
    look()
    assert show("numbers/uno")["answer"] == "My own words."
    numbers("## What is one?\n<!-- {id: one} -->\n\nThe first.\n\n", "", name="bundled/numbers.md")
    look()
    numbers("{id: one}", "{id: uno, was: one}", name="bundled/numbers.md")
    look()
    assert show("numbers/uno")["answer"] == "My own words."


def test_an_edit_adds_a_section_to_a_bundled_card(run, bundled_copy, editor, show):
    run("study")
    editor('printf "\\n### Key points\\n- It is **mine**\\n" >>"$file"')
    run("edit", "numbers/one")
    assert show("numbers/one")["points"] == ["It is **mine**"]
    assert show("numbers/one")["answer"] == "The first."


def test_an_edit_may_take_a_section_of_a_bundled_card_away(
    run, bundled_copy, numbers, editor, show
):
    numbers("The first.", "The first.\n\n### Key points\n- **Eins**", name="bundled/numbers.md")
    run("study")
    editor('sed -i "/^### Key points/,$ d" "$file"')
    run("edit", "numbers/one")
    assert show("numbers/one")["points"] == []
    assert show("numbers/one")["answer"] == "The first."


def test_editing_again_begins_with_the_own_words(edited, run, editor, show):
    editor('sed -i "s/My own words./My better words./" "$file"')
    run("edit", "numbers/one")
    assert show("numbers/one")["answer"] == "My better words."


@pytest.mark.parametrize(
    "script, status",
    [
        (': >"$file"', 6),
        ('printf "## Q without answer\\n" >"$file"', 6),
        ('printf "## A\\n\\nB\\n\\n## C\\n\\nD\\n" >"$file"', 6),
        ('printf "nothing" >"$file"', 6),
        ("exit 1", 2),
    ],
)
def test_a_bad_edit_of_a_bundled_card_changes_nothing(
    script, status, run, bundled_copy, editor, show
):
    run("study")
    editor(script)
    one_line(run("edit", "numbers/one", check=status).stderr)
    assert show("numbers/one")["answer"] == "The first."
    assert show("numbers/one")["question"] == "What is one?"


def test_a_bad_edit_of_a_bundled_card_goes_back_to_the_editor(spawn, run, bundled_copy, editor, show):
    run("study")
    editor(SECOND_TRY)
    child = spawn("edit", "numbers/one")
    child.expect("nothing was changed: ")
    child.expect("q drops the text: ")
    child.send("\r")
    child.expect("laid over")
    assert show("numbers/one")["question"] == "Half?"


def test_an_edit_that_changes_nothing_leaves_no_overlay(
    run, bundled_copy, editor, numbers, look, show
):
    run("study")
    editor("exit 0")
    run("edit", "numbers/one")
    numbers("The first.", "Changed.", name="bundled/numbers.md")
    look()
    assert show("numbers/one")["answer"] == "Changed."


def test_an_edited_question_is_the_one_that_is_asked(run, bundled_copy, editor):
    run("study")
    editor('sed -i "s/What is one?/What is the loneliest number?/" "$file"')
    run("edit", "numbers/one")
    assert "What is the loneliest number?" in run("study").stdout


def test_no_temporary_file_is_left_behind(edited, home):
    left = {path.name for path in (home / "data/viva").iterdir()}
    assert left <= {"viva.db", "viva.db-journal", "decks"}


# Notes.


def test_a_note_is_kept_with_the_card_and_never_in_its_file(run, numbers, look, show):
    path = numbers()
    run("subscribe", path)
    run("note", "numbers/one", "not", "zero", "🙂")
    assert show("numbers/one")["note"] == "not zero 🙂"
    assert "not zero 🙂" in run("note", "numbers/one").stdout
    assert "zero" not in path.read_text()
    numbers("{id: one}", "{id: uno, was: one}", "The first.", "Changed.")
    look()
    assert show("numbers/uno")["note"] == "not zero 🙂"


def test_a_note_is_replaced_and_removed(run, numbers, show):
    run("subscribe", numbers())
    run("note", "numbers/one", "a")
    run("note", "numbers/one", "b")
    assert show("numbers/one")["note"] == "b"
    run("note", "numbers/one", "")
    assert show("numbers/one")["note"] is None


def test_a_note_does_not_touch_the_schedule(run, numbers, schedule):
    run("subscribe", numbers())
    run("review", "numbers/one", "4")
    before = schedule("numbers/one")
    run("note", "numbers/one", "a")
    assert schedule("numbers/one") == before


def test_purging_one_source_leaves_the_notes_of_another(run, numbers, deck, show):
    run("subscribe", numbers())
    run("note", "numbers/one", "a")
    run("subscribe", deck("# Letters\n\n## What is a?\n\nThe first.\n", "letters.md"))
    run("unsubscribe", "letters", "--purge")
    assert show("numbers/one")["note"] == "a"
