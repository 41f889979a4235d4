/* SPDX-License-Identifier: ISC */
/*
 * Grounds of a restriction. Layer: verbs.
 */
#include "vault/grounds.h"

#include <stddef.h>
#include <string.h>

static const char *const grounds[] = { "accuracy", "unlawful", "claims",
	"objection" };

#define N (sizeof(grounds) / sizeof(grounds[0]))

/* A bit for each; *ret_all: there is nothing else in the list. */
static unsigned int
bits(const char *list, bool *ret_all)
{
	unsigned int set = 0;
	bool all = list[0] != '\0';

	for (size_t len; *list != '\0'; list += len + (list[len] == ',')) {
		bool known = false;

		len = strcspn(list, ",");
		for (size_t i = 0; i < N; i++) {
			if (strlen(grounds[i]) != len ||
			    memcmp(grounds[i], list, len) != 0)
				continue;
			set |= 1U << i;
			known = true;
		}
		all = all && known;
	}
	*ret_all = all;
	return set;
}

static void
format(unsigned int set, char out[GROUNDS_SIZE])
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < N; i++) {
		size_t n = strlen(grounds[i]);

		if ((set & 1U << i) == 0)
			continue;
		if (at > 0)
			out[at++] = ',';
		memcpy(out + at, grounds[i], n + 1);
		at += n;
	}
}

int
grounds_check(const char *list, struct hrv_err *err)
{
	bool all;

	(void)bits(list, &all);
	if (all)
		return HRV_OK;
	hrv_fail(err, HRV_EUSAGE, "there is no such ground of a restriction");
	return hrv_hint(err, "accuracy, unlawful, claims or objection");
}

bool
grounds_has(const char *list, const char *ground)
{
	bool all;
	unsigned int one = bits(ground, &all);

	return one != 0 && (bits(list, &all) & one) == one;
}

void
grounds_add(const char *list, const char *more, char out[GROUNDS_SIZE])
{
	bool all;

	format(bits(list, &all) | bits(more, &all), out);
}

void
grounds_less(const char *list, const char *less, char out[GROUNDS_SIZE])
{
	bool all;

	format(bits(list, &all) & ~bits(less, &all), out);
}
