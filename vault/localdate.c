/* SPDX-License-Identifier: ISC */
/*
 * From instants to local days, see include/hrvault/zone.h. Layer: vault.
 * Invariant: nothing but a whole, exact text is taken for a date or an
 * instant, and nothing is guessed about its time zone.
 */
#include "hrvault/zone.h"

#include <stdbool.h>
#include <string.h>

#include "vault/localdate.h"

/* Two digits between 0 and max. */
static bool
two(const char *s, int max, int *ret)
{
	int n;

	if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
		return false;
	n = (s[0] - '0') * 10 + (s[1] - '0');
	*ret = n;
	return n <= max;
}

/* Z, or +hh:mm or -hh:mm, up to the end; *ret in seconds. */
static bool
parse_offset(const char *s, int *ret)
{
	int h, m;

	if (strcmp(s, "Z") == 0) {
		*ret = 0;
		return true;
	}
	if (strlen(s) != 6 || (s[0] != '+' && s[0] != '-') || s[3] != ':' ||
	    !two(s + 1, 23, &h) || !two(s + 4, 59, &m))
		return false;
	*ret = (s[0] == '-' ? -1 : 1) * (h * 3600 + m * 60);
	return true;
}

/* Thh:mm[:ss[.fff]] and its offset, as RFC 3339 has it (seconds may be left
 * out, as in ISO 8601). */
static bool
parse_time(const char *s, int *ret)
{
	int h, m, sec = 0, offset;

	if (strlen(s) < 7 || s[0] != 'T' || !two(s + 1, 23, &h) ||
	    s[3] != ':' || !two(s + 4, 59, &m))
		return false;
	s += 6;
	if (*s == ':') {
		if (!two(s + 1, 60, &sec))
			return false;
		s += 3;
		if (*s == '.') {
			size_t n = strspn(s + 1, "0123456789");

			if (n == 0)
				return false;
			s += 1 + n;
		}
	}
	if (!parse_offset(s, &offset))
		return false;
	/* A leap second belongs to the day that it ends. */
	*ret = h * 3600 + m * 60 + (sec == 60 ? 59 : sec) - offset;
	return true;
}

int
hrv_zone_check(const char *timezone, struct hrv_err *err)
{
	struct zone *zone = NULL;
	int rc = zone_load(NULL, timezone, &zone, err);

	zone_free(zone);
	return rc;
}

int
zone_date(const struct zone *zone, int64_t when, struct hrv_date *ret,
    struct hrv_err *err)
{
	/* Years 0 and 10000 at their furthest, so that nothing overflows. */
	const int64_t limit = (int64_t)3000000 * 86400;

	if (when < -limit || when > limit ||
	    !hrv_date_from_days((int32_t)zone_local_day(zone, when), ret))
		return hrv_fail(err, HRV_EUSAGE,
		    "the time lies outside the years 1 to 9999");
	return HRV_OK;
}

int
hrv_local_date(int64_t when, const char *timezone, struct hrv_date *ret,
    struct hrv_err *err)
{
	struct zone *zone = NULL;
	int rc = zone_load(NULL, timezone, &zone, err);

	if (rc == HRV_OK)
		rc = zone_date(zone, when, ret, err);
	zone_free(zone);
	return rc;
}

int
hrv_local_date_parse(const char *text, const char *timezone,
    struct hrv_date *ret, struct hrv_err *err)
{
	struct hrv_date day;
	char date[HRV_DATE_TEXT] = "";
	int seconds, rc;

	if (strlen(text) >= sizeof(date) - 1)
		memcpy(date, text, sizeof(date) - 1);
	if (!hrv_date_parse(date, &day))
		goto bad;
	text += sizeof(date) - 1;
	if (*text != '\0') {
		if (!parse_time(text, &seconds))
			goto bad;
		return hrv_local_date(
		    (int64_t)hrv_date_to_days(day) * 86400 + seconds, timezone,
		    ret, err);
	}
	rc = hrv_zone_check(timezone, err);
	if (rc == HRV_OK)
		*ret = day;
	return rc;
bad:
	hrv_fail(err, HRV_EUSAGE, "not a date or a time with its offset");
	return hrv_hint(err,
	    "write a day as 2026-03-02 or an instant as 2026-03-01T23:30:00Z");
}
