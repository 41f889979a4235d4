/* SPDX-License-Identifier: ISC */
/*
 * Progress on standard error. Layer: cli. Never in a file, a pipe or JSON.
 */
#include "cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/context.h"

#define QUIET_FOR 2000000 /* microseconds without a line of progress */

void
progress_begin(struct progress *p, const struct cli *c, const char *what)
{
	*p = (struct progress){ .c = c, .what = what, .began = context_now() };
}

void
progress_wipe(struct progress *p)
{
	if (p->drawn)
		(void)fputs("\r\033[K", stderr);
	p->drawn = false;
}

void
progress_show(struct progress *p, uint64_t done, uint64_t total)
{
	int64_t took = context_now() - p->began;
	uint64_t rate;

	if (p->c->quiet || p->c->json || took < QUIET_FOR || !isatty(2))
		return;
	rate = done * 1000000 / (uint64_t)took;
	if (total == 0)
		fprintf(stderr, "\r\033[K%llu %s so far",
		    (unsigned long long)done, p->what);
	else
		fprintf(stderr,
		    "\r\033[K%llu of %llu %s, %llu a second, %llu s left",
		    (unsigned long long)done, (unsigned long long)total,
		    p->what, (unsigned long long)rate,
		    (unsigned long long)(rate == 0 ? 0
						   : (total - done) / rate));
	p->drawn = true;
}
