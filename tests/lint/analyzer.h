/* SPDX-License-Identifier: ISC */
/*
 * Only for clang-tidy, which sees one file at a time: a call that reports a
 * failure returns one. Without this it follows paths on which a function that
 * failed returned HRV_OK.
 */
#include "hrvault/err.h"

#define hrv_fail(err, code, ...) \
	((void)(hrv_fail)((err), (code), __VA_ARGS__), (int)(code))
#define hrv_fail_as(err, code, ...) \
	((void)(hrv_fail_as)((err), (code), __VA_ARGS__), (int)(code))
#define hrv_hint(err, ...) \
	((void)(hrv_hint)((err), __VA_ARGS__), (int)HRV_EFAILED)
