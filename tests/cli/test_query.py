"""The query language through the program, against an oracle that knows every card by itself."""

import json
import random
import unicodedata
from datetime import date

import pytest

TODAY = date(2026, 11, 20)
SETTLED = 24  # cards that a history may touch

WORDS = (
    "join joins rejoin select_related related N+1 f() F(x) Café cafe Straße strasse Ключ данные __in a an db dba -> "
    "one per row NEAR AND * quoted transaction on_commit ½ ﬁle"
).split()
LEVELS = ["any", "junior", "mid", "senior"]
TIERS = ["top", "middle", "stretch"]
AIMS = ["fundamentals", "production", "failure"]
KINDS = ["knowledge", "judgement", "scenario", "story", "pitch", "reverse"]
COMPETENCIES = ["fundamentals", "design", "security", "api", "testing", "performance", "communication"]


def some_card(rng, deck, number):
    """A card as the deck has it: attributes and texts."""

    def words(most):
        return " ".join(rng.choices(WORDS, k=rng.randint(1, most)))

    card = {
        "deck": deck,
        "id": f"c{number}",
        "tags": rng.sample(["orm", "form", "db", "web"], rng.randint(0, 3)),
        "set": rng.sample(["most-asked", "phone"], rng.randint(0, 2)),
        "level": rng.choice(LEVELS),
        "tier": rng.choice(TIERS + [None]),
        "aim": rng.choice(AIMS + [None]),
        "kind": rng.choice(KINDS),
        "competency": rng.choice(COMPETENCIES + [None]),
        "question": words(5),
        "answer": words(9),
        "points": [words(4) for _ in range(rng.randint(0, 3))],
        "why": words(5),
    }
    card["name"] = f"{deck}/{card['id']}"
    return card


def markdown(cards):
    parts = ["# Deck\n"]
    for card in cards:
        keys = [f"{key}: {card[key]}" for key in ("id", "level", "tier", "aim", "kind", "competency") if card[key]]
        keys += [f"{key}: [{', '.join(card[key])}]" for key in ("tags", "set") if card[key]]
        parts.append(f"## {card['question']}\n<!--\n" + "\n".join(keys) + f"\n-->\n\n{card['answer']}\n")
        if card["points"]:
            parts.append("### Key points\n" + "".join(f"- {point}\n" for point in card["points"]))
        parts.append(f"### Why it matters\n{card['why']}\n")
    return "\n".join(parts)


@pytest.fixture
def cards(run, deck):
    """Two decks of cards, subscribed, some of them with a history: name -> card."""
    rng = random.Random(4)
    decks = {name: [some_card(rng, name, i) for i in range(20)] for name in ("alpha", "beta")}
    for name, found in decks.items():
        run("subscribe", deck(markdown(found), f"{name}.md"))
    cards = {card["name"]: card for found in decks.values() for card in found}
    names = list(cards)[:SETTLED]
    for day in range(8, 20):
        asked = ["alpha/c0", *rng.sample(names, 5)] if day > 8 else names[:12]
        grades = [1 if day > 8 and name == "alpha/c0" else rng.randint(0, 5) for name in asked]
        lines = [f"review {name} {grade}\n" for name, grade in zip(asked, grades)]
        run("shell", input="".join(lines), now=f"2026-11-{day:02}T09:00:00Z")
    marks = [f"{mark} {' '.join(rng.sample(names, 3))}\n" for mark in ("flag", "suspend", "bury")]
    answers = [f"review {name} {rng.randint(1, 5)}\n" for name in rng.sample(names, 4)]
    run("shell", input="".join(marks + answers))
    return cards


# The oracle.


def fold(text):
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in text if unicodedata.category(c)[0] != "M" and unicodedata.category(c) != "Cf")


def is_word(character):
    return unicodedata.category(character)[0] in "LN"


def has_word(text, word):
    text, word = fold(text), fold(word)
    whole = len(word.encode()) < 3 and is_word(word[-1])
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        starts = not is_word(word[0]) or at == 0 or not is_word(text[at - 1])
        ends = not whole or end == len(text) or not is_word(text[end])
        if starts and ends:
            return True
        at = text.find(word, at + 1)
    return False


def within(value, term):
    low, dots, high = term.partition("..")
    if not dots:
        return value == float(low)
    return (not low or value >= float(low)) and (not high or value <= float(high))


def holds(term, card, listed):
    """Whether a term holds for a card of the deck that `list` prints so."""
    if term.startswith("-"):
        return not holds(term[1:], card, listed)
    key, colon, value = term.partition(":")
    if not colon:
        texts = [card["question"], card["answer"], *card["points"], card["why"], card["name"], *card["tags"]]
        return any(has_word(text, term) for text in texts)
    if key in ("deck", "kind", "level", "tier", "aim", "competency"):
        return card[key] == value
    if key == "card":
        return card["name"] == value
    if key in ("tag", "set"):
        return value in card["tags" if key == "tag" else "set"]
    if key == "is" and value in ("flagged", "leech"):
        return listed[value]
    if key == "is":
        return listed["state"] == value
    if key == "due":
        return listed["due"] is not None and within((date.fromisoformat(listed["due"]) - TODAY).days, value.replace("d", ""))
    return within(listed[key], value)


TERMS = [
    "deck:alpha", "deck:beta", "deck:alph", "card:beta/c3", "tag:orm", "tag:form", "tag:or", "set:most-asked",
    "set:phone", "set:most", "is:new", "is:due", "is:again", "is:scheduled", "is:suspended", "is:buried",
    "is:flagged", "is:leech", "ef:..1.5", "ef:2.5", "ef:2.36..", "ef:1.3..2.0", "lapses:1..", "lapses:8..", "lapses:0",
    "lapses:..2", "reviews:0", "reviews:2..3", "due:..7d", "due:0d", "due:..-1d", "due:1..", "due:-3..3d",
    *(f"level:{level}" for level in LEVELS),
    *(f"tier:{tier}" for tier in TIERS),
    *(f"aim:{aim}" for aim in AIMS),
    *(f"kind:{kind}" for kind in KINDS),
    *(f"competency:{competency}" for competency in COMPETENCIES),
]
TYPED = [
    *WORDS, "jo", "joi", "oin", "RELATED", "CAFÉ", "КЛЮЧ", "дан", "strass", "()", "F(", "+1", "alpha/c1", "beta/", "c1",
    "bargain", "tea",
]


@pytest.fixture
def names(run):
    """names(*terms): what `list` finds, in order."""

    def names(*terms):
        done = run("list", "--json", "--", *terms, check=None)
        found = [card["card"] for card in json.loads(done.stdout)]
        assert done.returncode == (0 if found else 1), done
        return found

    return names


def compare(cards, run, names, queries):
    listed = {card["card"]: card for card in json.loads(run("list", "--json").stdout)}
    assert list(listed) == list(cards)
    wrong, found = {}, 0
    for query in queries:
        expected = [name for name in cards if all(holds(term, cards[name], listed[name]) for term in query)]
        found += len(expected) not in (0, len(cards))
        if names(*query) != expected:
            wrong[" ".join(query)] = (names(*query), expected)
    assert not wrong
    assert found > len(queries) / 3


def combined(rng, terms, count):
    """Queries of some terms, some of them negated."""
    chosen = [rng.sample(terms, rng.randint(2, 3)) for _ in range(count)]
    return [[("-" if rng.random() < 0.4 else "") + term for term in query] for query in chosen]


def test_every_term_finds_what_the_oracle_finds(cards, run, names):
    queries = [[term] for term in TERMS] + combined(random.Random(1), TERMS, 20)
    compare(cards, run, names, queries)


@pytest.mark.parametrize("index", ["missing", "fresh", "stale"])
def test_words_find_the_same_whatever_the_index_knows(cards, run, names, index, deck):
    if index != "missing":
        run("search", "join")
    if index == "stale":
        run("note", "alpha/c1", "zebra")
        for card in (card for card in cards.values() if card["deck"] == "beta"):
            for key in ("question", "answer", "why"):
                card[key] = card[key].replace("transaction", "bargain").replace("Café", "Tea")
        deck(markdown([card for card in cards.values() if card["deck"] == "beta"]), "beta.md")
        run("sync")
    queries = [[word] for word in TYPED] + combined(random.Random(index), TYPED + TERMS, 15)
    compare(cards, run, names, queries)


def test_the_states_that_the_oracle_is_about_are_all_there(cards, run):
    listed = json.loads(run("list", "--json").stdout)
    states = {card["state"] for card in listed}
    assert states == {"new", "due", "again", "scheduled", "suspended", "buried"}
    assert sum(card["leech"] for card in listed) == 1 and sum(card["flagged"] for card in listed) == 3


def test_a_query_means_the_same_to_other_commands(cards, run, names):
    for query in (["tag:orm", "-is:suspended"], ["join", "level:mid"], ['"one', "-tag:db"]):
        found = names(*query)
        run("flag", "--", *query, check=0 if found else 1)
        assert set(found) <= set(names("is:flagged"))
        run("unflag", "--", *query, check=0 if found else 1)
        assert not set(found) & set(names("is:flagged"))


@pytest.mark.parametrize(
    "term, said",
    [
        ("levle:mid", "did you mean level:?"),
        ("foo:x", "(keys: deck card tag set level"),
        ("level:expert", "junior, mid, senior or any"),
        ("is:sleepy", "new, due, again, scheduled, suspended, buried, retired, flagged or leech"),
        ("kind:joke", "knowledge, judgement, scenario, story, pitch or reverse"),
        ("tier:best", "top, middle or stretch"),
        ("aim:high", "fundamentals, production or failure"),
        ("ef:low", "2.5, ..1.5, 1.3..2.0"),
        ("lapses:-1", "3, 3.., ..3, 1..3"),
        ("due:soon", "7d, ..7d, 0d.."),
        ("-tagg:x", "did you mean tag:?"),
        ("deck:", "the id of a deck"),
    ],
)
def test_a_term_that_is_wrong_is_answered_with_what_would_do(run, term, said):
    for command in ("list", "study", "suspend"):
        done = run(command, term, check=2)
        assert said in done.stderr and done.stderr.count("\n") == 1
