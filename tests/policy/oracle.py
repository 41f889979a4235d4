# SPDX-License-Identifier: ISC
"""A second reading of the retention language, to compare the first with.

Written from docs/formats/schedule.md alone and in another way than the C
engine: bounds are Python values (a date, PENDING, or NONE), rules are plain
dictionaries as they stand in a schedule, and dates are datetime.date.
Nothing here parses libconfig.
"""
import datetime
import re

PENDING = "pending"
NONE = ""
DAY = datetime.timedelta(days=1)
VOIDED_BY = {"subject.ended": "subject.hired",
             "subject.closed": "subject.applied"}


class TooLate(Exception):
    """After 9999-12-31, where the calendar of the language ends."""


def parts(duration):
    m = re.fullmatch(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?", duration)
    y, mo, d = (int(x or 0) for x in m.groups())
    return 12 * y + mo, d


def last_of_month(year, month):
    nxt = datetime.date(year + month // 12, month % 12 + 1, 1) \
        if (year, month) != (9999, 12) else None
    return (nxt - DAY).day if nxt else 31


def move(day, months):
    """(date, whether the corresponding day existed)"""
    n = day.year * 12 + day.month - 1 + months
    year, month = divmod(n, 12)
    if not 1 <= year <= 9999:
        raise TooLate
    last = last_of_month(year, month + 1)
    return datetime.date(year, month + 1, min(day.day, last)), day.day <= last


def plus_days(day, n):
    try:
        return day + datetime.timedelta(days=n)
    except OverflowError:
        raise TooLate from None


def add(day, duration, inclusive=False):
    months, days = parts(duration)
    there, exact = move(day, months)
    return plus_days(there, days - (1 if inclusive and exact else 0))


def birthday(born, years):
    if born.year + years > 9999:
        raise TooLate
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return datetime.date(born.year + years, 3, 1)


def period_end(day, spec):
    if spec == "end":
        return day.replace(day=last_of_month(day.year, day.month))
    month, dom = (int(x) for x in spec.split("-"))
    for year in (day.year, day.year + 1):
        if year > 9999:
            raise TooLate
        end = datetime.date(year, month, min(dom, last_of_month(year, month)))
        if end >= day:
            return end
    raise AssertionError


class Facts:
    def __init__(self, events, born=None, dependant_born=None):
        self.dates = {}
        for name, day in events:
            self.dates.setdefault(name, []).append(day)
        self.born = born
        self.dependant_born = dependant_born

    def has(self, name):
        return name in self.dates

    def get(self, name, which="last"):
        days = self.dates.get(name)
        if not days:
            return None
        if which == "first":
            return min(days)
        found = max(days)
        undo = self.dates.get(VOIDED_BY.get(name), [])
        return None if any(u > found for u in undo) else found


def condition(when, facts):
    """True, False, or None while it cannot be told."""
    if not all(facts.has(e) for e in when.get("has", [])):
        return False
    if any(facts.has(e) for e in when.get("lacks", [])):
        return False
    if "service_below" not in when and "service_at_least" not in when:
        return True
    hired, ended = facts.get("subject.hired"), facts.get("subject.ended")
    if hired is None or ended is None:
        return None

    def served(duration):
        try:
            # "not later than the day after": written without adding a day
            # to the end, which may be the last day there is.
            return (add(hired, duration) - ended).days <= 1
        except TooLate:
            return False
    if "service_below" in when and served(when["service_below"]):
        return False
    if "service_at_least" in when and not served(when["service_at_least"]):
        return False
    return True


def value(term, facts, periods):
    """A date, PENDING, or None where the term is removed."""
    if "when" in term:
        met = condition(term["when"], facts)
        if met is False:
            return None
        if met is None:
            return PENDING
    try:
        if "on" in term:
            day = facts.get(term["on"], term.get("occurrence", "last"))
            if day is None:
                ignore = term.get("absent", "pending") == "ignore"
                return None if ignore else PENDING
        elif "age" in term:
            born = facts.born if term["of"] == "subject" \
                else facts.dependant_born
            if born is None:
                return PENDING
            return birthday(born, parts(term["age"])[0] // 12)
        else:
            day = group(term, facts, periods)
            if day == PENDING:
                return PENDING
        if "round" in term:
            day = period_end(day, periods[term["round"]])
        if "plus" in term:
            day = add(day, term["plus"], term.get("start") == "inclusive")
        return day
    except TooLate:
        return PENDING


def group(term, facts, periods):
    key = "max" if "max" in term else "min"
    got = [value(t, facts, periods) for t in term[key]]
    got = [v for v in got if v is not None]
    days = [v for v in got if v != PENDING]
    if key == "max":
        return max(days) if days and len(days) == len(got) else PENDING
    return min(days) if days else PENDING


def combine(rules, facts, periods):
    """keep and limit of some rules together."""
    keeps = [value(r["keep"], facts, periods) for r in rules if "keep" in r]
    limits = [value(r["limit"], facts, periods)
              for r in rules if "limit" in r]
    keeps = [k for k in keeps if k is not None]
    limits = [v for v in limits if v is not None]
    if not keeps:
        keep = NONE
    elif PENDING in keeps:
        keep = PENDING
    else:
        keep = max(keeps)
    dated = [v for v in limits if v != PENDING]
    limit = min(dated) if dated else PENDING if limits else NONE
    return keep, limit


def next_day(day):
    try:
        return plus_days(day, 1)
    except TooLate:
        return PENDING


def purge_from(keep, limit):
    bound = limit if keep == NONE else keep
    return PENDING if bound in (NONE, PENDING) else next_day(bound)


def counting(rules, facts, periods):
    """Without the rules that came too late for this record."""
    counted = [r for r in rules if "valid_from" not in r]
    starts = sorted({r["valid_from"] for r in rules if "valid_from" in r})
    for start in starts:
        gone = purge_from(*combine(counted, facts, periods))
        forever = any(r.get("at_expiry") == "permanent" for r in counted)
        if gone == PENDING or gone >= start or forever:
            counted += [r for r in rules if r.get("valid_from") == start]
    return counted


def decide(rules, facts, day, periods):
    """The columns that policy_batch prints."""
    rules = counting(rules, facts, periods)
    keep, limit = combine(rules, facts, periods)
    gone = purge_from(keep, limit)
    expiry = {r.get("at_expiry", "purge") for r in rules}
    over = limit not in (NONE, PENDING) and day > limit

    if keep == NONE and limit in (NONE, PENDING):
        state = "pending"
    elif keep == PENDING:
        state = "restricted" if over else "pending"
    elif keep != NONE and day <= keep:
        state = "restricted" if over else "live"
    elif keep == NONE and not over:
        state = "live"
    elif "permanent" in expiry:
        state = "live"
    else:
        state = "review" if "review" in expiry else "due"

    restrict = NONE
    if limit not in (NONE, PENDING) and keep != NONE and \
            (keep == PENDING or limit < keep):
        restrict = next_day(limit)
    return [str(keep), str(limit), str(gone), str(restrict), state,
            str(int(over)), str(int(stale(rules, facts, day, gone)))]


def stale(rules, facts, day, gone):
    stored = facts.get("record.stored")
    if gone != PENDING or stored is None:
        return False
    for r in rules:
        try:
            if "review_if_pending" in r and \
                    day >= add(stored, r["review_if_pending"]):
                return True
        except TooLate:
            pass
    return False
