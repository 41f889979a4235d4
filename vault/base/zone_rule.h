/* SPDX-License-Identifier: ISC */
/*
 * The rule at the end of a TZif file, a POSIX TZ string such as
 * "GMT0BST,M3.5.0/1,M10.5.0": what goes on after the last transition that the
 * file lists. Layer: base; used by zone.c and its test.
 */
#ifndef VAULT_BASE_ZONE_RULE_H
#define VAULT_BASE_ZONE_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One change in a year. */
struct zone_change {
	char kind;	/* 'M' month.week.weekday, 'J' 1..365, 'N' 0..365 */
	int32_t month;	/* M: 1..12 */
	int32_t week;	/* M: 1..5, 5 the last */
	int32_t day;	/* M: 0 = Sunday .. 6; J, N: day of the year */
	int32_t second; /* local time of the change, from midnight; may be
			   negative or over a day (RFC 8536 3.3.1) */
};

struct zone_rule {
	int32_t standard; /* seconds east of Greenwich */
	int32_t summer;
	bool has_summer;
	struct zone_change start; /* of summer time, in standard time */
	struct zone_change end;	  /* in summer time */
};

/* Reads the len bytes of text whole; false when they are not such a rule. */
bool zone_rule_parse(const char *text, size_t len, struct zone_rule *ret);

/* Seconds to add to Universal Time at the instant `when`. */
int32_t zone_rule_offset(const struct zone_rule *rule, int64_t when);

#endif
