/* SPDX-License-Identifier: ISC */
/*
 * Any bytes as a schedule: they are refused with a reason or read whole, and
 * whatever was read answers, explains itself and runs its cases. For
 * libFuzzer; seeds are policy/schedules and tests/policy/bad:
 *
 *	clang -g -O1 -fsanitize=fuzzer,address,undefined ... -lconfig
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct hrv_date days[] = { { 1, 1, 1 }, { 2023, 2, 28 },
	{ 2024, 2, 29 }, { 9999, 12, 31 } };

/* Facts that follow from the input, so that the fuzzer can steer them. */
static void
make_facts(const struct hrv_schedule *s, const uint8_t *data, size_t size,
    struct hrv_fact *fact, struct hrv_facts *facts)
{
	size_t n = s->event_count < 12 ? s->event_count : 12;

	*facts = (struct hrv_facts){ .fact = fact };
	for (size_t i = 0; i < n; i++) {
		uint8_t c = data[(size - 1 - i % size)];

		if (c % 5 != 4)
			fact[facts->count++] = (struct hrv_fact){
				s->event[(i + c) % s->event_count],
				days[c % 4],
				c % 7 == 0 ? s->purpose[0] : NULL,
			};
	}
	facts->born = days[data[size / 2] % 4];
}

static void
use(const struct hrv_schedule *s, const uint8_t *data, size_t size)
{
	struct hrv_test_report report = HRV_TEST_REPORT_INIT;
	struct hrv_fact fact[12];
	struct hrv_facts facts;
	struct hrv_err err = { 0 };

	make_facts(s, data, size, fact, &facts);
	for (size_t i = 0; i < s->class_count && i < 20; i++) {
		struct hrv_reasons r = HRV_REASONS_INIT;
		struct hrv_decision d;

		hrv_class_decide(&s->klass[i], &facts, days[i % 4], &d);
		if (hrv_policy_explain(s, s->klass[i].id, &facts, days[i % 4],
			&r, &err) != HRV_OK ||
		    r.count == 0)
			abort();
		hrv_reasons_clear(&r);
	}
	if (hrv_policy_run_tests(s, &report, &err) != HRV_OK ||
	    report.passed + report.failed != s->test_count)
		abort();
	hrv_test_report_clear(&report);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hrv_file_errors e = HRV_FILE_ERRORS_INIT;
	struct hrv_schedule *s;

	s = hrv_schedule_parse((const char *)data, size, &e);
	if ((s == NULL) == hrv_file_errors_none(&e))
		abort();
	/* Our own grammar is at least as strict as the library's. */
	for (size_t i = 0; i < e.count; i++)
		if (strcmp(e.item[i].message, "syntax error") == 0)
			abort();
	if (s != NULL && size > 0)
		use(s, data, size);
	hrv_schedule_free(s);
	hrv_file_errors_clear(&e);
	return 0;
}
