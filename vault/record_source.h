/* SPDX-License-Identifier: ISC */
/*
 * A document on its way in: a regular file or an open descriptor. Its
 * beginning is read before the vault's write lock is taken, so that a slow
 * pipe with an ordinary document keeps nobody waiting. Layer: verbs.
 */
#ifndef VAULT_RECORD_SOURCE_H
#define VAULT_RECORD_SOURCE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "hrvault/record.h"
#include "vault/base/buf.h"
#include "vault/base/mediatype.h"
#include "vault/seal.h"

struct record_source {
	struct body_source body; /* for seal_version() */
	int fd;
	bool own;     /* fd is closed by record_source_clear() */
	bool regular; /* before is worth comparing */
	bool whole;   /* total must be the size it had before */
	bool end;     /* the last byte was read from fd */
	struct stat before;
	uint64_t total;	 /* bytes read from fd */
	struct buf head; /* secret: what was read ahead */
	size_t at;	 /* how much of head was handed on */
	char media[MEDIATYPE_TEXT];
};

/*
 * Opens the source, reads its beginning and finds the media type. s stays
 * where it is until record_source_clear(). HRV_ENOTFOUND; HRV_EUSAGE: a
 * folder, pipe or device by path; HRV_EIO; HRV_ENOMEM. Messages never hold
 * the path. When it is read on, a file that changed meanwhile is HRV_EFAILED
 * ("changed"), a pipe that gives nothing for a minute is HRV_EIO.
 */
int record_source_open(struct record_source *s,
    const struct hrv_record_source *from, struct hrv_err *err) HRV_MUST_CHECK;
/* Closes and wipes; also after a failed open. */
void record_source_clear(struct record_source *s);

#endif
