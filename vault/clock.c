/* SPDX-License-Identifier: ISC */
/*
 * Credible clocks. Layer: verbs.
 */
#include "vault/clock.h"

#include <string.h>

#include "vault/base/when.h"
#include "vault/log/append.h"

#define BACK_TOLERANCE INT64_C(300000000) /* five minutes */
#define DAY_US INT64_C(86400000000)

int
clock_check(const struct fold *f, const struct hrv_schedule *s, int64_t now,
    struct hrv_err *err)
{
	int64_t gap = f->max_gap;

	if (f->size == 0)
		return HRV_OK;
	if (now < f->newest - BACK_TOLERANCE) {
		hrv_fail_as(err, HRV_ECONFIRM, "clock",
		    "this machine's clock is %lld hours before the newest log "
		    "entry; nothing is destroyed by a clock that ran backwards",
		    (long long)((f->newest - now) / 3600000000));
		return hrv_hint(err,
		    "set the clock right; if it is right and "
		    "the log is wrong: 'hrvault purge confirm-clock'");
	}
	if (now - f->last_time > gap)
		gap = now - f->last_time;
	if (gap > s->purge.max_silence * DAY_US) {
		hrv_fail_as(err, HRV_ECONFIRM, "clock",
		    "the log was silent for %lld days, more than the %d that "
		    "the schedule allows: this clock may have jumped",
		    (long long)(gap / DAY_US), (int)s->purge.max_silence);
		return hrv_hint(err, "check the date, then 'hrvault purge "
				     "confirm-clock'");
	}
	return HRV_OK;
}

/* From the bytes of a leaf, whose second line is its time: the log is long. */
static int
later(void *ctx, const struct log_row *row, struct hrv_err *err)
{
	static const char line[] = "\ntime ",
			  confirm[] = "\nop clock.confirm\n";
	const size_t n = sizeof(line) - 1;
	const char *at = memmem(row->leaf, row->leaf_len, line, n);
	int64_t *newest = ctx, time;

	if (at == NULL ||
	    (size_t)((const char *)row->leaf + row->leaf_len - at) <
		n + WHEN_TEXT_LEN ||
	    !when_parse(at + n, WHEN_TEXT_LEN, &time))
		return hrv_fail(err, HRV_EINTEGRITY,
		    "log entry %llu has no time",
		    (unsigned long long)row->index);
	if (time > *newest ||
	    (memmem(row->leaf, row->leaf_len, confirm, sizeof(confirm) - 1) !=
		    NULL &&
		memmem(row->leaf, row->leaf_len, "\nresult ok\n", 11) != NULL))
		*newest = time;
	return HRV_OK;
}

int
clock_credible(struct hrv_vault *v, int64_t *ret, struct hrv_err *err)
{
	int64_t newest = WHEN_MIN;
	int rc = log_each(v->db, 0, later, &newest, err);

	*ret = vault_now(v) > newest ? vault_now(v) : newest;
	return rc;
}
