/* SPDX-License-Identifier: ISC */
/*
 * The client's own folder for one vault, below its state folder. Layer: verbs.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vault/base/enc.h"
#include "vault/handle.h"
#include "vault/store/file.h"

/* Makes a folder of the client's own with its parents, as far as needed. */
static int
make_private_dirs(const char *path, struct hrv_err *err)
{
	char *copy = strdup(path);
	int rc = HRV_OK;

	if (copy == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (char *p = copy + 1; rc == HRV_OK; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (access(copy, F_OK) != 0)
			rc = file_mkdir(copy, 0700, err);
		if (rc == HRV_EEXISTS)
			rc = HRV_OK; /* another command was faster */
		*p = c;
		if (c == '\0')
			break;
	}
	free(copy);
	return rc;
}

int
vault_state_dir(struct hrv_vault *v, const char *base, struct hrv_err *err)
{
	struct buf hex = BUF_INIT;
	int rc;

	free(v->state_dir);
	v->state_dir = NULL;
	enc_hex(&hex, v->id, sizeof(v->id));
	rc = buf_ok(&hex, err);
	if (rc == HRV_OK)
		rc = file_join(base, buf_str(&hex), &v->state_dir, err);
	if (rc == HRV_OK)
		rc = make_private_dirs(v->state_dir, err);
	buf_clear(&hex);
	return rc;
}
