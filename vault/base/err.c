/* SPDX-License-Identifier: ISC */
/*
 * Errors, the one place where messages are put together. Layer: base.
 */
#include "hrvault/err.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const code_names[] = {
	[HRV_OK] = "ok",
	[HRV_EFAILED] = "failed",
	[HRV_EUSAGE] = "usage",
	[HRV_EPARTIAL] = "partial",
	[HRV_ENOTFOUND] = "not-found",
	[HRV_EREFUSED] = "refused",
	[HRV_ECONFIRM] = "needs-approval",
	[HRV_EBUSY] = "busy",
	[HRV_EKEY] = "key",
	[HRV_EINTEGRITY] = "integrity",
	[HRV_ENOVAULT] = "no-vault",
	[HRV_ELOG] = "log",
	[HRV_EPURGED] = "purged",
	[HRV_EIO] = "io",
	[HRV_ENOMEM] = "no-memory",
	[HRV_EEXISTS] = "exists",
	[HRV_EINTERRUPTED] = "interrupted",
};

const char *
hrv_code_name(enum hrv_code code)
{
	size_t i = (size_t)code;

	if (i >= sizeof(code_names) / sizeof(code_names[0]))
		return "failed";
	return code_names[i];
}

static int HRV_PRINTF(4, 0) fail_v(struct hrv_err *err, enum hrv_code code,
    const char *name, const char *fmt, va_list ap)
{
	char msg[sizeof(err->msg)];

	if (err == NULL)
		return (int)code;
	/* A caller may pass the old message as an argument of the new one. */
	vsnprintf(msg, sizeof(msg), fmt, ap);
	err->code = code;
	err->name = name;
	snprintf(err->msg, sizeof(err->msg), "%s", msg);
	err->hint[0] = '\0';
	return (int)code;
}

int
hrv_fail(struct hrv_err *err, enum hrv_code code, const char *fmt, ...)
{
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = fail_v(err, code, hrv_code_name(code), fmt, ap);
	va_end(ap);
	return rc;
}

int
hrv_fail_as(struct hrv_err *err, enum hrv_code code, const char *name,
    const char *fmt, ...)
{
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = fail_v(err, code, name, fmt, ap);
	va_end(ap);
	return rc;
}

int
hrv_hint(struct hrv_err *err, const char *fmt, ...)
{
	va_list ap;

	if (err == NULL)
		return (int)HRV_EFAILED;
	va_start(ap, fmt);
	vsnprintf(err->hint, sizeof(err->hint), fmt, ap);
	va_end(ap);
	return (int)err->code;
}
