"""What the benchmarks share: decks of many cards, and the timer program with its table."""

import subprocess
import tempfile

WORDS = "index query lock cache commit replica vacuum plan schema worker queue token".split()
ANSWER = "It is kept for as long as the transaction lasts, and then it is dropped again. " * 4


def card(deck, number):
    word, other = WORDS[number % len(WORDS)], WORDS[number // len(WORDS) % len(WORDS)]
    return (
        f"## What is fact {number} about the {word} of system {deck}?\n"
        f"<!-- {{id: fact-{number}, level: mid, seconds: 90, tags: [{word}]}} -->\n\n{ANSWER}\n\n"
        f"### Key points\n- The **{word}** is held\n- The **{other}** is released\n\n"
    )


def write_decks(folder, decks, cards):
    """Makes the folder with so many decks of so many cards each; returns their paths."""
    folder.mkdir()
    for deck in range(decks):
        text = f"---\ndeck: deck-{deck}\ntitle: Deck {deck}\n---\n\n# Deck {deck}\n\n"
        text += "".join(card(deck, number) for number in range(cards))
        (folder / f"deck-{deck}.md").write_text(text)
    return sorted(folder.glob("*.md"))


def time_commands(programs, env, runs, *commands, until=None, answers=""):
    """The median microseconds and the peak KiB of each command. They run in turn, `runs` times; with
    `until` each on a terminal until that text appears, else with `answers` as their input."""
    words = [str(programs / "timer"), str(runs)]
    words += ["-u", until] if until else []
    for command in commands:
        words += ["--", *map(str, command)]
    with tempfile.TemporaryFile("w+") as stdin:
        stdin.write(answers)
        stdin.flush()
        done = subprocess.run(
            words, stdin=stdin, stdout=subprocess.PIPE, env=env, check=True, text=True
        )
    return [tuple(map(int, line.split())) for line in done.stdout.splitlines()]


def print_head(floor):
    print(f"{'cards':>7}  {'':<30} {'viva ms':>9} {floor:>9} {'ratio':>6} {'limit':>6} {'MB':>8}")


def print_row(cards, what, own, floor=None, limit=""):
    """own and floor: (microseconds, KiB)."""
    ratio = f"{own[0] / floor[0]:.2f}" if floor else ""
    bare = f"{floor[0] / 1000:.2f}" if floor else ""
    memory = f"{own[1] / 1024:.1f}" if own[1] else ""
    print(
        f"{cards:>7}  {what:<30} {own[0] / 1000:>9.2f} {bare:>9} {ratio:>6} {limit:>6} {memory:>8}",
        flush=True,
    )
