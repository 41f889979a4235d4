/* SPDX-License-Identifier: ISC */
/*
 * The reserve. Layer: verbs.
 */
#include "vault/reserve.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "vault/store/file.h"

#define NAME_RESERVE "reserve"

int
reserve_make(struct hrv_vault *v, struct hrv_err *err)
{
	char *path = NULL;
	int fd = -1, e;
	int rc = vault_path(v, NAME_RESERVE, &path, err);

	if (rc == HRV_OK)
		rc = file_create(path, FILE_MODE_SHARED, &fd, err);
	if (rc == HRV_OK && (e = posix_fallocate(fd, 0, RESERVE_BYTES)) != 0) {
		rc = file_error(e, "cannot reserve space", path, err);
		(void)unlink(path);
	}
	if (fd >= 0)
		close(fd);
	free(path);
	return rc;
}

bool
reserve_give_up(struct hrv_vault *v)
{
	char *path = NULL;
	bool was = false;

	if (vault_path(v, NAME_RESERVE, &path, NULL) == HRV_OK)
		(void)!file_unlink(path, &was, NULL);
	free(path);
	return was;
}
