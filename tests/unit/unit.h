/* SPDX-License-Identifier: ISC */
/*
 * What every unit test starts with: cmocka in the order it wants, TAP output,
 * and two ways to call something that returns an error code.
 */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hrvault/err.h"

/* The call succeeds; otherwise its message is shown. */
#define OK_(call)                                                              \
	do {                                                                   \
		struct hrv_err err_ = { 0 };                                   \
		struct hrv_err *err = &err_;                                   \
		int rc_ = (call);                                              \
		if (rc_ != HRV_OK)                                             \
			fail_msg("%s: %s", #call, err_.msg);                   \
	} while (0)

/* The call fails with exactly this code. Inside `call`, err is the error. */
#define FAILS(call, want)                                                      \
	do {                                                                   \
		struct hrv_err err_ = { 0 };                                   \
		struct hrv_err *err = &err_;                                   \
		int rc_ = (call);                                              \
		if (rc_ != (int)(want))                                        \
			fail_msg("%s: got %d (%s), wanted %d", #call, rc_,     \
			    err_.msg, (int)(want));                            \
		(void)err;                                                     \
	} while (0)

#define RUN(tests)                                                             \
	(cmocka_set_message_output(CM_OUTPUT_TAP),                             \
	    cmocka_run_group_tests(tests, NULL, NULL))

#endif
