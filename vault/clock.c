/* SPDX-License-Identifier: ISC */
/*
 * Credible clocks. Layer: verbs; pure.
 */
#include "vault/clock.h"

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
