#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Random schedules and facts, decided by the engine and by oracle.py.

usage: differential.py PROGRAM [CASES [SEED]]

PROGRAM is build/tools/policy_batch. Prints a line of TAP, and for the first
differences everything needed to see them again. The seed is fixed, so the
same cases run every time.
"""
import datetime
import random
import subprocess
import sys

import oracle

PERIODS = {"tax": "04-05", "calendar": "12-31", "fiscal": "09-30",
           "leap": "02-29", "february": "02-28", "month": "end",
           "newyear": "01-01"}
EVENTS = ["record.created", "record.stored", "record.last_entry",
          "record.closed", "record.superseded", "record.issued",
          "subject.applied", "subject.closed", "subject.hired",
          "subject.ended", "subject.died", "subject.consent_given",
          "subject.consent_withdrawn", "subject.last_contact",
          "subject.terminated_involuntarily", "record.pay_date",
          "subject.charge_filed", "class.base0.destroyed",
          "class.base1.destroyed"]
BASES = 2       # classes that others wait for; they wait for none
CLASSES = 16
PER_CLASS = 16


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)

    def chance(self, p):
        return self.r.random() < p

    def day(self):
        """Mostly near the edges that go wrong."""
        r = self.r
        kind = r.randrange(10)
        year = r.randint(1996, 2032)
        if kind < 3:
            month = r.randint(1, 12)
            return datetime.date(year, month,
                                 oracle.last_of_month(year, month))
        if kind == 3:
            return datetime.date(r.choice([1996, 2000, 2004, 2020, 2024,
                                           2028]), 2, 29)
        if kind == 4:
            return datetime.date(year, *r.choice([(4, 5), (4, 6), (2, 28),
                                                  (3, 1), (1, 1), (9, 30),
                                                  (10, 1)]))
        if kind == 5 and self.chance(0.1):
            return datetime.date(r.randint(9700, 9999), 12, 31)
        if kind == 6 and self.chance(0.1):
            return datetime.date(1, 1, r.randint(1, 31))
        return datetime.date(year, 1, 1) + \
            datetime.timedelta(days=r.randrange(366))

    def duration(self, zero=True):
        r = self.r
        text = "P"
        if self.chance(0.6):
            text += "%dY" % r.choice([0, 1, 2, 3, 4, 5, 6, 10, 40, 75, 100])
        if self.chance(0.4):
            text += "%dM" % r.choice([0, 1, 2, 6, 11, 12, 18, 24, 30])
        if text == "P" or self.chance(0.2):
            text += "%dD" % r.choice([0, 1, 14, 30, 90, 365, 366])
        if not zero and oracle.parts(text) == (0, 0):
            return "P1Y"
        return text

    def event(self, base):
        return self.r.choice(EVENTS[:-BASES] if base else EVENTS)

    def when(self, base):
        w = {}
        if self.chance(0.5):
            w["has"] = self.some_events(base)
        if self.chance(0.4):
            w["lacks"] = self.some_events(base)
        if self.chance(0.35):
            w["service_below"] = self.duration()
        if self.chance(0.35) or not w:
            w["service_at_least"] = self.duration()
        return w

    def some_events(self, base):
        n = self.r.randint(1, 2)
        pool = EVENTS[:-BASES] if base else EVENTS
        return self.r.sample(pool, n)

    def shared(self, t, base):
        if self.chance(0.3):
            t["round"] = self.r.choice(list(PERIODS))
        if "plus" not in t and self.chance(0.65):
            t["plus"] = self.duration()
        if self.chance(0.2):
            t["when"] = self.when(base)
        return t

    def term(self, base, depth=0):
        r = self.r
        if depth < 3 and self.chance(0.4 if depth == 0 else 0.25):
            n = r.randint(1, 3)
            t = {r.choice(["max", "min"]):
                 [self.term(base, depth + 1) for _ in range(n)]}
            return self.shared(t, base)
        if self.chance(0.15):
            return {"age": "P%dY" % r.choice([0, 1, 13, 18, 21, 75, 100]),
                    "of": r.choice(["subject", "dependant"])}
        t = {"on": self.event(base)}
        if self.chance(0.25):
            t["occurrence"] = r.choice(["first", "last"])
        if self.chance(0.3):
            t["absent"] = r.choice(["ignore", "pending"])
        if self.chance(0.25):
            t["start"] = "inclusive"
            t["plus"] = self.duration(zero=False)
        return self.shared(t, base)

    def rule(self, base):
        t = {}
        if self.chance(0.8):
            t["keep"] = self.term(base)
        if "keep" not in t or self.chance(0.5):
            t["limit"] = self.term(base)
        # A limit before the keep of the same rule is an error of the file.
        if "keep" in t and "limit" in t and \
                self.head(t["keep"]) == self.head(t["limit"]):
            del t["limit"]
        if self.chance(0.3):
            t["at_expiry"] = self.r.choice(["purge", "review", "permanent"])
        if self.chance(0.3):
            t["valid_from"] = self.day()
        if self.chance(0.3):
            t["review_if_pending"] = self.duration()
        return t

    @staticmethod
    def head(t):
        return t.get("on") or (t.get("of") if "age" in t else id(t))

    def service(self, rules):
        """An employment that is just long enough for a condition, or a day
        off."""
        lengths = [w[k] for rule in rules for w in whens(rule)
                   for k in ("service_below", "service_at_least") if k in w]
        if not lengths:
            return []
        hired = self.day()
        try:
            ended = oracle.add(hired, self.r.choice(lengths)) - \
                oracle.DAY * self.r.choice([0, 1, 1, 2])
        except (oracle.TooLate, OverflowError):
            return []
        return [("subject.hired", hired), ("subject.ended", ended)]

    def facts(self, rules):
        r = self.r
        events = [(r.choice(EVENTS), self.day())
                  for _ in range(r.randint(0, 9))]
        for name in ("record.created", "record.stored", "subject.hired",
                     "subject.ended"):
            if self.chance(0.5):
                events.append((name, self.day()))
        if self.chance(0.3):
            events = [e for e in events if e[0] not in
                      ("subject.hired", "subject.ended")]
            events += self.service(rules)
        return (events, self.day() if self.chance(0.7) else None,
                self.day() if self.chance(0.7) else None)


def whens(v):
    """All conditions inside a rule."""
    if isinstance(v, dict):
        if "when" in v:
            yield v["when"]
        v = list(v.values())
    if isinstance(v, list):
        for x in v:
            yield from whens(x)


def cfg(v):
    if isinstance(v, dict):
        return "{ " + " ".join("%s = %s;" % (k, cfg(x))
                               for k, x in v.items()) + " }"
    if isinstance(v, list):
        return "( " + ", ".join(cfg(x) for x in v) + " )"
    return '"%s"' % v


def edge(m, rules):
    """Moves the start of the second rule to where the first lets some facts
    go, and answers those facts."""
    facts = m.facts(rules)
    if len(rules) < 2 or "valid_from" in rules[0]:
        return None
    gone = oracle.purge_from(*oracle.combine(
        rules[:1], oracle.Facts(*facts), PERIODS))
    if gone == oracle.PENDING or not 2 < gone.year < 9998:
        return None
    rules[1]["valid_from"] = gone + oracle.DAY * m.r.choice([0, 0, 1])
    return facts


def schedule(m, number):
    rules = [m.rule(base=i < BASES * 2) for i in range(CLASSES * 2)]
    for i, rule in enumerate(rules):
        rule.update(id="r%d" % i, cite="made up")
    classes, edges = {}, {}
    for i in range(CLASSES):
        name = "base%d" % i if i < BASES else "c%d" % i
        pool = rules[:BASES * 2] if i < BASES else rules
        classes[name] = m.r.sample(pool, m.r.choice([1, 1, 2, 3]))
        edges[name] = edge(m, classes[name])
    whole = {
        "id": "s%d" % number, "version": "1", "title": "random",
        "jurisdiction": "XX", "timezone": "UTC", "periods": PERIODS,
        "compartments": ["general"], "purposes": ["administration"],
        "events": ["record.pay_date", "subject.charge_filed"],
        "rules": rules,
        "classes": [{"id": name, "title": "t", "who": ["employee"],
                     "compartment": "general", "purpose": "administration",
                     "legal_basis": "contract",
                     "rules": [r["id"] for r in used]}
                    for name, used in classes.items()]}
    return "schedule = %s;\n" % cfg(whole), classes, edges


def near(m, rules, facts):
    """A day on which the answer may change."""
    if m.chance(0.3):
        return m.day()
    got = oracle.decide(rules, facts, datetime.date(2020, 1, 1), PERIODS)
    dates = [datetime.date.fromisoformat(x) for x in got[:4]
             if x not in (oracle.PENDING, oracle.NONE)]
    stored = facts.get("record.stored")
    for r in rules:
        if stored and "review_if_pending" in r:
            try:
                dates.append(oracle.add(stored, r["review_if_pending"]))
            except oracle.TooLate:
                pass
    if not dates:
        return m.day()
    try:
        return m.r.choice(dates) + oracle.DAY * m.r.choice([-1, 0, 1])
    except OverflowError:
        return m.day()


def main():
    program = sys.argv[1]
    wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 24000
    m = Maker(int(sys.argv[3]) if len(sys.argv) > 3 else 20260101)
    text, expected = [], []
    number = 0
    while len(expected) < wanted:
        source, classes, edges = schedule(m, number)
        number += 1
        text.append("schedule %d\n%s" % (len(source), source))
        for name, rules in classes.items():
            for i in range(PER_CLASS):
                events, born, dependant = \
                    edges[name] if i == 0 and edges[name] else m.facts(rules)
                facts = oracle.Facts(events, born, dependant)
                day = near(m, rules, facts)
                line = "case\t%s\t%s\t%s\t%s\t%s\n" % (
                    name, day, ",".join("%s=%s" % e for e in events),
                    born or "", dependant or "")
                text.append(line)
                expected.append((oracle.decide(rules, facts, day, PERIODS),
                                 line, rules))
    run = subprocess.run([program, "-e"], input="".join(text).encode(),
                         stdout=subprocess.PIPE, check=False)
    got = run.stdout.decode().splitlines()
    bad = [(g, e) for g, e in zip(got, expected) if g.split("\t") != e[0]]
    for g, (want, line, rules) in bad[:3]:
        print("# %s# got  %s\n# want %s\n# %s" % (
            line, g, "\t".join(want), cfg([{k: v for k, v in r.items()}
                                           for r in rules])))
    ok = run.returncode == 0 and len(got) == len(expected) and not bad
    print("%sok 1 - %d schedules and %d cases: %d differ" % (
        "" if ok else "not ", number, len(expected),
        len(bad) + abs(len(got) - len(expected))))
    states = sorted({e[0][4] for e in expected})
    print("%sok 2 - every state came up: %s" % (
        "" if len(states) == 5 else "not ", ", ".join(states)))
    print("1..2")
    return 0 if ok and len(states) == 5 else 1


if __name__ == "__main__":
    sys.exit(main())
