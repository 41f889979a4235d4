/* SPDX-License-Identifier: ISC */
/*
 * What the schedules before leave in force. Layer: verbs. Invariant: nothing
 * here depends on which of two schedules somebody calls the weaker one.
 */
#include "vault/adopted.h"

#include <stdlib.h>
#include <string.h>

#include "vault/inforce.h"
#include "vault/terms.h"

void
adopted_clear(struct adopted *a)
{
	free(a->list);
	*a = (struct adopted){ .n = 0 };
}

static const struct hrv_purge_settings defaults = { .notice = { .days = 14 },
	.max_per_run = 500,
	.max_share = 10,
	.release_cooling_off = { .days = 30 },
	.max_silence = 8 };

static int
settings_of(struct hrv_vault *v, const uint8_t hash[32],
    struct hrv_purge_settings *ret, struct hrv_err *err)
{
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	struct hrv_schedule *s;
	struct buf text = BUF_INIT;
	int rc;

	if (memcmp(hash, v->schedule_hash, sizeof(v->schedule_hash)) == 0) {
		*ret = v->schedule->purge;
		return HRV_OK;
	}
	rc = inforce_policy_by_hash(v, hash, &text, err);
	if (rc == HRV_OK) {
		s = hrv_schedule_parse(buf_str(&text), text.len, &errors);
		*ret = s == NULL ? defaults : s->purge;
		hrv_schedule_free(s);
	}
	hrv_file_errors_clear(&errors);
	buf_clear(&text);
	return rc;
}

/* The later of the two days on which a notice from `time` is over. */
static int
longer(struct hrv_vault *v, int64_t time, struct hrv_duration a,
    struct hrv_duration b, struct hrv_date *ret, struct hrv_err *err)
{
	struct hrv_date day, x, y;
	int rc = vault_local_date(v, time / 1000000, &day, err);

	if (rc == HRV_OK &&
	    (!hrv_date_add(day, a, &x) || !hrv_date_add(day, b, &y)))
		rc = hrv_fail(err, HRV_EFAILED, "a date is out of range");
	if (rc == HRV_OK)
		*ret = hrv_date_cmp(x, y) < 0 ? y : x;
	return rc;
}

static int32_t
smaller(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

/* From the newest back, until one whose run has gone through. */
static int
set_brakes(struct hrv_vault *v, const struct fold *fold, struct adopted *a,
    struct hrv_err *err)
{
	struct hrv_date day = HRV_DATE_NONE;
	int rc = HRV_OK;

	a->max_per_run = v->schedule->purge.max_per_run;
	a->max_share = v->schedule->purge.max_share;
	if (fold->whole_time > 0)
		rc = vault_local_date(v, fold->whole_time / 1000000, &day, err);
	for (size_t i = a->n; rc == HRV_OK && i > 0; i--) {
		const struct adoption *x = &a->list[i - 1];
		int32_t per_run = smaller(a->max_per_run, x->was.max_per_run);
		int32_t share = smaller(a->max_share, x->was.max_share);

		if (fold->whole_time > x->time &&
		    hrv_date_cmp(day, x->over) >= 0)
			break;
		a->braked = a->braked || per_run < a->max_per_run ||
			    share < a->max_share;
		a->max_per_run = per_run;
		a->max_share = share;
	}
	return rc;
}

int
adopted_load(struct hrv_vault *v, const struct fold *fold, struct adopted *ret,
    struct hrv_err *err)
{
	struct hrv_purge_settings was = defaults, is;
	struct adopted a = { .n = 0 };
	int rc = HRV_OK;

	a.list = calloc(fold->n_policies + 1, sizeof(*a.list));
	if (a.list == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (size_t i = 0; rc == HRV_OK && i < fold->n_policies; i++) {
		const struct fold_policy *p = &fold->policies[i];

		rc = settings_of(v, p->hash, &is, err);
		if (rc == HRV_OK && i > 0) {
			a.list[a.n] = (struct adoption){
				.leaf = p->leaf, .time = p->time, .was = was
			};
			rc = longer(v, p->time, was.notice, is.notice,
			    &a.list[a.n++].over, err);
		}
		was = is;
	}
	if (rc == HRV_OK)
		rc = set_brakes(v, fold, &a, err);
	if (rc != HRV_OK) {
		adopted_clear(&a);
		return rc;
	}
	*ret = a;
	return HRV_OK;
}

void
adopted_notice(const struct adopted *a, uint64_t first, struct hrv_date *day)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct adoption *x = &a->list[i];

		if (x->leaf > first && hrv_date_cmp(x->over, *day) > 0)
			*day = x->over;
	}
}
