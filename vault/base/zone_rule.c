/* SPDX-License-Identifier: ISC */
/*
 * POSIX TZ strings: reading one, and the offset they give at an instant.
 * Layer: base, pure. Invariant: every number read is bounded by its grammar,
 * so that no later arithmetic can overflow.
 */
#include "vault/base/zone_rule.h"

#define DAY_SECONDS 86400

/* What is left of the text. */
struct scan {
	const char *at;
	const char *end;
};

static bool
take(struct scan *s, char c)
{
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

static bool
is_digit(const struct scan *s)
{
	return s->at < s->end && *s->at >= '0' && *s->at <= '9';
}

/* A number between min and max, of at most three digits. */
static bool
number(struct scan *s, int32_t min, int32_t max, int32_t *ret)
{
	int32_t n = 0;
	int digits = 0;

	for (; is_digit(s) && digits < 3; digits++)
		n = n * 10 + (*s->at++ - '0');
	if (digits == 0 || n < min || n > max)
		return false;
	*ret = n;
	return true;
}

/* [+-]h[h[h]][:mm[:ss]] in seconds. */
static bool
clock_time(struct scan *s, int32_t max_hours, int32_t *ret)
{
	int32_t h, m = 0, sec = 0, sign = 1;

	if (take(s, '-'))
		sign = -1;
	else
		(void)take(s, '+');
	if (!number(s, 0, max_hours, &h))
		return false;
	if (take(s, ':')) {
		if (!number(s, 0, 59, &m))
			return false;
		if (take(s, ':') && !number(s, 0, 59, &sec))
			return false;
	}
	*ret = sign * (h * 3600 + m * 60 + sec);
	return true;
}

/* A name: three letters or more, or <anything of letters, digits, sign>. */
static bool
name(struct scan *s)
{
	bool quoted = take(s, '<');
	int n = 0;

	for (; s->at < s->end; s->at++, n++) {
		char c = *s->at;
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

		if (!letter &&
		    !(quoted && (is_digit(s) || c == '+' || c == '-')))
			break;
	}
	return n >= 3 && (!quoted || take(s, '>'));
}

static bool
change(struct scan *s, struct zone_change *c)
{
	bool ok;

	*c = (struct zone_change){ .kind = 'N', .second = 2 * 3600 };
	if (take(s, 'M')) {
		c->kind = 'M';
		ok = number(s, 1, 12, &c->month) && take(s, '.') &&
		     number(s, 1, 5, &c->week) && take(s, '.') &&
		     number(s, 0, 6, &c->day);
	} else if (take(s, 'J')) {
		c->kind = 'J';
		ok = number(s, 1, 365, &c->day);
	} else {
		ok = number(s, 0, 365, &c->day);
	}
	if (ok && take(s, '/'))
		ok = clock_time(s, 167, &c->second);
	return ok;
}

bool
zone_rule_parse(const char *text, size_t len, struct zone_rule *ret)
{
	struct scan s = { text, text + len };
	struct zone_rule r = { 0 };
	int32_t west;

	if (!name(&s) || !clock_time(&s, 24, &west))
		return false;
	r.standard = -west;
	if (s.at < s.end) {
		r.has_summer = true;
		r.summer = r.standard + 3600;
		if (!name(&s))
			return false;
		if (s.at < s.end && *s.at != ',') {
			if (!clock_time(&s, 24, &west))
				return false;
			r.summer = -west;
		}
		if (!take(&s, ',') || !change(&s, &r.start) || !take(&s, ',') ||
		    !change(&s, &r.end))
			return false;
	}
	if (s.at != s.end)
		return false;
	*ret = r;
	return true;
}

static bool
is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from 1970-01-01 to 1 January of the year. */
static int64_t
year_start(int64_t year)
{
	/* Whole 400-year cycles first, so that the divisions see no negative
	 * numbers. */
	int64_t cycle = 30, y = year + 400 * cycle - 1;

	return 365 * y + y / 4 - y / 100 + y / 400 - 719162 - 146097 * cycle;
}

static int64_t
year_of(int64_t when)
{
	int64_t days = when / DAY_SECONDS - (when % DAY_SECONDS < 0);
	int64_t year = 1970 + (days < 0 ? days / 365 - 1 : days / 366);

	while (year_start(year + 1) <= days)
		year++;
	return year;
}

/* Days from 1970-01-01 to the day of the change in that year. */
static int64_t
change_day(const struct zone_change *c, int64_t year)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243,
		273, 304, 334, 365 };
	bool leap = is_leap(year);
	int64_t first, length, day;

	if (c->kind == 'N')
		return year_start(year) + c->day;
	if (c->kind == 'J')
		return year_start(year) + c->day - 1 + (leap && c->day > 59);
	first =
	    year_start(year) + before[c->month - 1] + (leap && c->month > 2);
	length =
	    before[c->month] - before[c->month - 1] + (leap && c->month == 2);
	/* 1970-01-01 was a Thursday (4). The sum is made positive first. */
	day = (c->day - (first + 4) % 7 + 14) % 7;
	day += 7 * (int64_t)(c->week - 1);
	if (day >= length)
		day -= 7;
	return first + day;
}

static int64_t
change_instant(const struct zone_change *c, int64_t year, int32_t offset)
{
	return change_day(c, year) * DAY_SECONDS + c->second - offset;
}

int32_t
zone_rule_offset(const struct zone_rule *rule, int64_t when)
{
	int64_t year, newest = INT64_MIN;
	int32_t offset = rule->standard;

	if (!rule->has_summer)
		return rule->standard;
	/* The newest change that has happened decides. The years around are
	 * looked at too, because a change may lie a week outside its year. */
	year = year_of(when);
	for (int64_t y = year - 1; y <= year + 1; y++) {
		int64_t end = change_instant(&rule->end, y, rule->summer);
		int64_t start = change_instant(&rule->start, y, rule->standard);

		if (end <= when && end >= newest) {
			newest = end;
			offset = rule->standard;
		}
		if (start <= when && start >= newest) {
			newest = start;
			offset = rule->summer;
		}
	}
	return offset;
}
