/* SPDX-License-Identifier: ISC */
/*
 * Measures in words. Layer: verbs. Invariant: only what no setting and no
 * schedule can switch off stands here.
 */
#include "vault/measures.h"

/* What holds for every vault, in words for a supervisor. */
static const char *const measures[] = {
	"every version of a record is encrypted under a key of its own; "
	"destroying it destroys the key",
	"keys are wrapped per compartment and granted to members by role; "
	"what is not granted cannot be opened",
	"nothing is opened before a signed entry in an append-only log says "
	"who does and what for",
	"a record is read for a purpose of the schedule only; restricted "
	"records for legal claims and the person's own requests",
	"steps that take something away for good take two people once there "
	"are two to ask",
	"reasons and names are sealed; the log and the tables hold opaque ids "
	"and dates",
};

json_t *
measures_list(void)
{
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(measures) / sizeof(measures[0]); i++) {
		if (json_array_append_new(list, json_string(measures[i]))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}
