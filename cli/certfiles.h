/* SPDX-License-Identifier: ISC */
/*
 * The four files of a certificate of destruction in a folder. Layer: cli.
 */
#ifndef CLI_CERTFILES_H
#define CLI_CERTFILES_H

#include "cli/command.h"
#include "hrvault/purge.h"

/* Files read from disk; freed with certfiles_clear(). */
struct certfiles {
	struct hrv_certificate_files f;
	char *json;
	char *sig;
	char *proof;
};

/* Reads D-....json and, beside it, .json.sig and .tlog-proof. */
int certfiles_read(struct cli *c, const char *path, struct certfiles *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
void certfiles_clear(struct certfiles *f);
/* Writes the files of a certificate (a result of hrv_purge_show()) into dir,
 * which must exist; none is overwritten. */
int certfiles_write(const char *dir, const struct hrv_doc *doc,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
