/* SPDX-License-Identifier: ISC */
/*
 * A line of progress on the terminal, for work that takes longer than a
 * moment: how much, how fast, how long still. Layer: cli.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct cli;

struct progress {
	const struct cli *c;
	const char *what; /* "rows" */
	int64_t began;	  /* microseconds */
	bool drawn;	  /* a line stands on the terminal */
};

/* Begins now. */
void progress_begin(struct progress *p, const struct cli *c, const char *what);
/* Draws the line anew, on a terminal that is to be told, and only when the work
 * has taken two seconds. Total 0: not known. */
void progress_show(struct progress *p, uint64_t done, uint64_t total);
/* Takes it away, before anything else is written and at the end. */
void progress_wipe(struct progress *p);

#endif
