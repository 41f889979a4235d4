/* SPDX-License-Identifier: ISC */
/*
 * Errors: every function that can fail returns an int, 0 (HRV_OK) or one of
 * enum hrv_code, and fills the struct hrv_err that its caller owns. A message
 * says what and why, the hint says what to type next. Neither ever holds
 * personal data, a field value, a passphrase or a key: objects are named by
 * their opaque ids.
 */
#ifndef HRVAULT_ERR_H
#define HRVAULT_ERR_H

#ifdef __cplusplus
extern "C" {
#endif

#define HRV_MUST_CHECK __attribute__((warn_unused_result))
#define HRV_PRINTF(a, b) __attribute__((format(printf, a, b)))

/* What went wrong. The command line maps these to exit codes in one place
 * (cli/exit.c); scripts rely on that mapping. */
enum hrv_code {
	HRV_OK = 0,
	HRV_EFAILED,	 /* it did not work, and no other code fits */
	HRV_EUSAGE,	 /* the caller's words or file are wrong */
	HRV_EPARTIAL,	 /* part of it was done; the message says which */
	HRV_ENOTFOUND,	 /* no such subject, record, hold, case, run */
	HRV_EREFUSED,	 /* a hold, the schedule, a role or a case forbids it */
	HRV_ECONFIRM,	 /* needs a confirmation or an approval first */
	HRV_EBUSY,	 /* somebody else holds the lock; try again */
	HRV_EKEY,	 /* key, agent or passphrase */
	HRV_EINTEGRITY,	 /* what is stored is not what was written */
	HRV_ENOVAULT,	 /* no vault here */
	HRV_ELOG,	 /* the log cannot be written, so nothing was done */
	HRV_EPURGED,	 /* gone on purpose; a certificate says so */
	HRV_EIO,	 /* reading or writing a file failed */
	HRV_ENOMEM,	 /* out of memory */
	HRV_EEXISTS,	 /* it is there already */
	HRV_EINTERRUPTED /* a signal asked us to stop */
};

/* Filled by the function that failed; owned by the caller, usually on its
 * stack. After a success its contents mean nothing. */
struct hrv_err {
	enum hrv_code code;
	const char *name; /* short static word for programs: "held", "busy" */
	char msg[512];	  /* what and why; lower case, no full stop */
	char hint[512];	  /* the next command to type, or "" */
};

/* Sets code and message (printf style, cut at the size of msg), clears the
 * hint, sets name to the code's usual word and returns code, so that a caller
 * can write `return hrv_fail(...)`. err may be NULL. */
int hrv_fail(struct hrv_err *err, enum hrv_code code, const char *fmt, ...)
    HRV_PRINTF(3, 4);

/* As hrv_fail(), with a more exact word for programs than the code's own
 * ("held" rather than "refused"). name must be a static string. */
int hrv_fail_as(struct hrv_err *err, enum hrv_code code, const char *name,
    const char *fmt, ...) HRV_PRINTF(4, 5);

/* Adds the next step to an error that was just set. Returns err->code. */
int hrv_hint(struct hrv_err *err, const char *fmt, ...) HRV_PRINTF(2, 3);

/* The usual word for a code: "failed", "usage", "not-found", ... Static. */
const char *hrv_code_name(enum hrv_code code);

#ifdef __cplusplus
}
#endif
#endif
