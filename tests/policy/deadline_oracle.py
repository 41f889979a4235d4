#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Deadlines of data subject requests, written a second time.

Shares nothing with the C program: the parameters of the laws and the rules
of the public holidays are repeated here, so that a mistake has to be made
twice to go unseen. Standard library only.

  deadline_oracle.py table FILE       checks a table of cases (id, law,
                                      options, due); TAP
  deadline_oracle.py calendar ID      the holidays 2024 to 2030, one a line
  deadline_oracle.py batch FIRST LAST one line per law, receipt day and set
                                      of facts; what build/tools/deadline_batch
                                      prints for the same days
"""
import calendar as cal
import datetime as dt
import sys
import zoneinfo

DAY = dt.timedelta(days=1)
YEARS = range(2024, 2031)


# --- holidays ---------------------------------------------------------------

def easter(year):
    """Gregorian Easter Sunday by lunar epact (not the usual one-liner, so
    that it is independent of anything copied around)."""
    century = year // 100 + 1
    golden = year % 19 + 1
    solar = 3 * century // 4 - 12
    lunar = (8 * century + 5) // 25 - 5
    sunday = 5 * year // 4 - solar - 10
    epact = (11 * golden + 20 + lunar - solar) % 30
    if epact == 24 or (epact == 25 and golden > 11):
        epact += 1
    full = 44 - epact
    if full < 21:
        full += 30
    full += 7 - (sunday + full) % 7
    return dt.date(year, 3, 1) + (full - 1) * DAY


def nth(year, month, weekday, n):
    """The n-th weekday (Monday 0) of a month; n = -1 is the last."""
    days = [d for d in cal.Calendar().itermonthdates(year, month)
            if d.month == month and d.weekday() == weekday]
    return days[n if n < 0 else n - 1]


def substituted(days):
    """Bank holidays of the United Kingdom: one that falls on a weekend, or
    on a day that is one already, moves to the next free weekday."""
    out = {day for day in days if day.weekday() < 5}
    for day in sorted(set(days) - out):
        while day.weekday() >= 5 or day in out:
            day += DAY
        out.add(day)
    return out


def uk(year, fixed, moving):
    return substituted([dt.date(year, m, d) for m, d in fixed]) | set(moving)


def uk_ew(year):
    e = easter(year)
    return uk(year, [(1, 1), (12, 25), (12, 26)],
              [e - 2 * DAY, e + DAY, nth(year, 5, 0, 1), nth(year, 5, 0, -1),
               nth(year, 8, 0, -1)])


def uk_sc(year):
    days = uk(year, [(1, 1), (1, 2), (11, 30), (12, 25), (12, 26)],
              [easter(year) - 2 * DAY, nth(year, 5, 0, 1),
               nth(year, 5, 0, -1), nth(year, 8, 0, 1)])
    if year == 2026:
        days.add(dt.date(2026, 6, 15))     # proclaimed for that year alone
    return days


def uk_ni(year):
    e = easter(year)
    return uk(year, [(1, 1), (3, 17), (7, 12), (12, 25), (12, 26)],
              [e - 2 * DAY, e + DAY, nth(year, 5, 0, 1), nth(year, 5, 0, -1),
               nth(year, 8, 0, -1)])


def eu_ie(year):
    brigid = dt.date(year, 2, 1)
    if brigid.weekday() != 4:
        brigid = nth(year, 2, 0, 1)
    return {dt.date(year, 1, 1), brigid, dt.date(year, 3, 17),
            easter(year) + DAY, nth(year, 5, 0, 1), nth(year, 6, 0, 1),
            nth(year, 8, 0, 1), nth(year, 10, 0, -1),
            dt.date(year, 12, 25), dt.date(year, 12, 26)}


def eu_de(year):
    e = easter(year)
    return {dt.date(year, 1, 1), e - 2 * DAY, e + DAY, dt.date(year, 5, 1),
            e + 39 * DAY, e + 50 * DAY, dt.date(year, 10, 3),
            dt.date(year, 12, 25), dt.date(year, 12, 26)}


def eu_fr(year):
    e = easter(year)
    fixed = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11),
             (12, 25)]
    return {dt.date(year, m, d) for m, d in fixed} | {
        e + DAY, e + 39 * DAY, e + 50 * DAY}


def us_ca(year):
    thanks = nth(year, 11, 3, 4)
    days = {nth(year, 1, 0, 3), nth(year, 2, 0, 3), nth(year, 5, 0, -1),
            nth(year, 9, 0, 1), thanks, thanks + DAY}
    for month, day in [(1, 1), (3, 31), (7, 4), (11, 11), (12, 25)]:
        date = dt.date(year, month, day)
        days.add(date)
        if date.weekday() == 6:
            days.add(date + DAY)
        if (month, day) == (11, 11) and date.weekday() == 5:
            days.add(date - DAY)
    return days


RULES = {"uk-ew": uk_ew, "uk-sc": uk_sc, "uk-ni": uk_ni, "eu-ie": eu_ie,
         "eu-de": eu_de, "eu-fr": eu_fr, "us-ca": us_ca}
HOLIDAYS = {name: sorted(day for year in YEARS for day in rule(year))
            for name, rule in RULES.items()}
CLOSED = {name: frozenset(days) for name, days in HOLIDAYS.items()}


# --- laws -------------------------------------------------------------------

def law(zone, identity, starts, period, extended, **more):
    return {"zone": zone, "identity": identity, "starts": starts,
            "period": period, "extended": extended, "notice": period,
            "roll": True, "gap": False, "internal": 28, "acknowledge": 0,
            **more}


def uk_law():
    return law("Europe/London", "starts", {"identity", "authority", "fee"},
               (1, 0), (3, 0), gap=True)


def eu_law(zone):
    return law(zone, "pauses", {"authority"}, (1, 0), (3, 0))


LAWS = {"uk-ew": uk_law(), "uk-sc": uk_law(), "uk-ni": uk_law(),
        "eu-ie": eu_law("Europe/Dublin"), "eu-de": eu_law("Europe/Berlin"),
        "eu-fr": eu_law("Europe/Paris"),
        "us-ca": law("America/Los_Angeles", "ignored", set(), (0, 45),
                     (0, 90), roll=False, internal=40, acknowledge=10)}


def later(day, period):
    months, days = period
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = cal.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last)) + days * DAY


def working(name, day):
    return day.weekday() < 5 and day not in CLOSED[name]


def roll(name, day, step):
    while not working(name, day):
        day += step
    return day


def deadline(name, received, identity=None, authority=None, fee=None,
             pauses=(), notice=None):
    """A proof is given as the day it came; for an identity that pauses, as
    (asked, came) or the day it came, asked for on receipt then."""
    rules = LAWS[name]
    start = received
    spans = list(pauses) if rules["gap"] else []
    if identity is not None:
        asked, came = identity if isinstance(identity, tuple) \
            else (received, identity)
        if rules["identity"] == "starts":
            start = max(start, came)
        elif rules["identity"] == "pauses":
            spans.append((asked, came))
    for kind, came in (("authority", authority), ("fee", fee)):
        if came is not None and kind in rules["starts"]:
            start = max(start, came)

    stopped = set()
    for first, last in spans:
        day = max(first, start)
        while day < last:
            stopped.add(day)
            day += DAY
    pause = len(stopped) * DAY

    limit = later(start, rules["notice"]) + pause
    extended = notice is not None and notice <= limit
    plain = later(start, rules["extended" if extended else "period"]) + pause
    ack = received
    for _ in range(rules["acknowledge"]):
        ack = roll(name, ack + DAY, DAY)
    return {
        "due": roll(name, plain, DAY) if rules["roll"] else plain,
        "unrolled": plain,
        "safe": roll(name, plain, -DAY),
        "internal": start + rules["internal"] * DAY,
        "extended": extended,
        "limit": limit,
        "ack": ack if rules["acknowledge"] else None,
    }


# --- what is asked for ------------------------------------------------------

def local_day(text, zone):
    if "T" not in text:
        return dt.date.fromisoformat(text)
    instant = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return instant.astimezone(zoneinfo.ZoneInfo(zone)).date()


def facts(name, words):
    out = {"pauses": []}
    for option, value in zip(words[::2], words[1::2]):
        if option == "--received":
            out["received"] = local_day(value, LAWS[name]["zone"])
        elif option == "--pause":
            first, last = value.split("..")
            out["pauses"].append((dt.date.fromisoformat(first),
                                  dt.date.fromisoformat(last)))
        elif option == "--extension-notice":
            out["notice"] = dt.date.fromisoformat(value)
        elif option == "--identity" and ".." in value:
            out["identity"] = tuple(dt.date.fromisoformat(day)
                                    for day in value.split(".."))
        else:
            out[option[2:]] = dt.date.fromisoformat(value)
    return out


def table(path):
    with open(path, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file
                if line.strip() and not line.startswith("#")][1:]
    bad = 0
    for number, (case, name, options, due) in enumerate(rows, 1):
        got = deadline(name, **facts(name, options.split()))["due"]
        same = str(got) == due
        bad += not same
        print("%sok %d - %s %s %s" % ("" if same else "not ", number, case,
                                      name, options))
        if not same:
            print("# got %s, expected %s" % (got, due))
    print("1..%d" % len(rows))
    return 1 if bad or not rows else 0


# Every fact is an offset in days from receipt. The C tool has the same list.
VARIANTS = [
    {},
    {"identity": 8},
    {"authority": 5, "fee": 15},
    {"pauses": [(3, 10)]},
    {"pauses": [(5, 5), (12, 40), (2, 4)], "identity": 3},
    {"notice": 20},
    {"notice": 28, "fee": 9},
    {"notice": 31},
    {"notice": 33, "pauses": [(1, 4)]},
    {"identity": (2, 14), "notice": 44},
]


def batch(first, last):
    day = dt.date.fromisoformat(first)
    last = dt.date.fromisoformat(last)
    out = []

    def at(value):
        if isinstance(value, tuple):
            return tuple(day + n * DAY for n in value)
        return day + value * DAY

    while day <= last:
        for name in LAWS:
            for number, variant in enumerate(VARIANTS):
                given = {key: [at(span) for span in value]
                         if key == "pauses" else at(value)
                         for key, value in variant.items()}
                r = deadline(name, day, **given)
                out.append("%s %s %d %s %s %s %s %d %s %s" % (
                    name, day, number, r["due"], r["unrolled"], r["safe"],
                    r["internal"], r["extended"], r["limit"],
                    r["ack"] or "-"))
        day += DAY
    print("\n".join(out))
    return 0


def main(argv):
    if len(argv) == 3 and argv[1] == "table":
        return table(argv[2])
    if len(argv) == 3 and argv[1] == "calendar":
        print("\n".join(str(day) for day in HOLIDAYS[argv[2]]))
        return 0
    if len(argv) == 4 and argv[1] == "batch":
        return batch(argv[2], argv[3])
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv))
