/* SPDX-License-Identifier: ISC */
/*
 * Saying which records of a case name people whom nobody linked. Layer: cli.
 * Ids only: a message has no names.
 */
#include <stdio.h>
#include <string.h>

#include "cli/case.h"
#include "cli/out.h"

/* Ids of whoever has the names, as many as fit. */
static void
ids_of(const struct hrv_doc *list, char out[160])
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < hrv_doc_len(list); i++) {
		const char *id = hrv_doc_text(hrv_doc_at(list, i));

		if (id == NULL || used + strlen(id) + 8 > 160) {
			snprintf(out + used, 160 - used, ", ...");
			return;
		}
		used += (size_t)snprintf(
		    out + used, 160 - used, "%s%s", i > 0 ? ", " : "", id);
	}
}

void
case_say_named(const struct cli *c, const struct hrv_doc *row)
{
	const struct hrv_doc *who = hrv_doc_get(row, "subjects");
	const char *record = hrv_doc_str(row, "record");
	long long n = (long long)hrv_doc_int(row, "people", 0);
	char ids[160];

	ids_of(who, ids);
	say(c,
	    "%s version %lld names %lld %s of this vault whom nobody linked to "
	    "it (%s): no letter stands for %s",
	    record, (long long)hrv_doc_int(row, "version", 0), n,
	    n == 1 ? "person" : "people", ids, n == 1 ? "the name" : "them");
}

void
case_say_named_next(const struct cli *c, const char *kase)
{
	say(c,
	    "for a letter: 'hrvault record link R S --as witness', then "
	    "'hrvault case collect %s'; to take a name out: 'hrvault case "
	    "redact %s R --field PTR --code X'; a name that may stay needs "
	    "nothing, and 'hrvault case decide %s R --disclose --checked "
	    "--reason T' says that somebody looked",
	    kase, kase, kase);
}
