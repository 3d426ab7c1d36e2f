"""A model of the scheduler: SM-2 with exact fractions, the one rule of what counts, replay of a log."""

import math
from fractions import Fraction


class Sm2:
    """The prose of Algorithm SM-2; EF as an exact fraction, EF' = EF + 0.1 - (5-q)(0.08 + (5-q) 0.02)."""

    def __init__(self):
        self.ef, self.n, self.interval = Fraction(5, 2), 0, 0

    def review(self, q, cap=math.inf):
        if q < 3:
            self.n, self.interval = 0, 1
            return
        if self.n == 0:
            interval = 1
        elif self.n == 1:
            interval = 6
        else:
            interval = math.ceil(self.interval * self.ef)
        self.interval = min(interval, cap)
        self.n += 1
        miss = 5 - q
        change = Fraction(1, 10) - miss * (Fraction(8, 100) + miss * Fraction(2, 100))
        self.ef = max(Fraction(13, 10), self.ef + change)

    def state(self):
        hundredths = self.ef * 100
        assert hundredths.denominator == 1
        return self.n, int(hundredths), self.interval


class Card:
    """The rule of what counts, as the product page words it."""

    def __init__(self):
        self.reset()
        self.suspended = self.flagged = 0

    def reset(self):
        self.sm2 = Sm2()
        self.due = self.ask_by = self.last_day = self.buried = None
        self.lapses = self.reviews = self.passed = self.day_answers = 0
        self.last_grade = -1

    def review(self, e):
        new = self.due is None
        counts = new or self.due <= e["day"] or e["grade"] < 3
        if counts:
            self.lapses += e["grade"] < 3 and not new and self.last_day != e["day"]
            self.reviews += 1
            self.sm2.review(e["grade"], e["cap"])
            self.due = e["day"] + self.sm2.interval
        self.passed |= e["grade"] >= 3
        self.day_answers = self.day_answers + 1 if self.last_day == e["day"] else 1
        self.last_day, self.last_grade, self.ask_by = e["day"], e["grade"], e["ask_by"]
        return counts

    def set(self, e):
        if e["what"] == "reset":
            self.reset()
        elif e["what"] == "suspend":
            self.suspended = e["value"]
        elif e["what"] == "flag":
            self.flagged = e["value"]
        elif e["what"] == "bury":
            self.buried = e["value"]
        elif e["what"] == "ask-by":
            self.ask_by = e["value"]

    def state(self):
        n, ef, interval = self.sm2.state()
        return {
            "ef": ef, "n": n, "interval": interval, "due": self.due, "ask_by": self.ask_by,
            "lapses": self.lapses, "reviews": self.reviews, "passed": int(self.passed),
            "last_day": self.last_day, "last_grade": self.last_grade,
            "day_answers": self.day_answers, "suspended": self.suspended,
            "flagged": self.flagged, "buried": self.buried,
        }


def cut_cycles(events):
    """prev of each event; unknown ones and that of the earliest event of a cycle are dropped."""
    by_uid = {e["uid"]: e for e in events}
    prev = {e["uid"]: e["prev"] if e["prev"] in by_uid else None for e in events}
    for uid in prev:
        trail = []
        at = uid
        while at is not None and at not in trail:
            trail.append(at)
            at = prev[at]
        if at is not None:
            cycle = trail[trail.index(at) :]
            prev[min(cycle, key=lambda u: (by_uid[u]["time"], u))] = None
    return prev


def model_replay(events):
    prev = cut_cycles(events)
    waiting = list(events)
    done, order = set(), []
    while waiting:
        ready = [e for e in waiting if prev[e["uid"]] is None or prev[e["uid"]] in done]
        nearest = min(ready, key=lambda e: (e["time"], e["uid"]))
        waiting.remove(nearest)
        done.add(nearest["uid"])
        order.append(nearest)
    voided = {e["target"] for e in events if e["kind"] == "void"}
    card = Card()
    counts = {}
    for e in order:
        if e["kind"] == "review" and e["uid"] not in voided:
            counts[e["uid"]] = card.review(e)
        elif e["kind"] == "set" and e["uid"] not in voided:
            card.set(e)
    positions = [next(i for i, x in enumerate(events) if x is e) for e in order]
    return positions, [int(counts.get(e["uid"], False)) for e in events], card.state()
