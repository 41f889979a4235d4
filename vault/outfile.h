/* SPDX-License-Identifier: ISC */
/*
 * A file that leaves the vault: private to who wrote it, never in the place
 * of another one, under its name only when it is whole. Before that it has no
 * name where the file system allows it, so a killed command leaves nothing
 * behind. Layer: verbs. Messages never hold the path: it may name a person.
 */
#ifndef VAULT_OUTFILE_H
#define VAULT_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hrvault/err.h"

struct export_file;

/* Told of the path of a file that needs a name before it is whole; see
 * unfinished in struct hrv_open_args. */
typedef void export_unfinished_fn(const char *path, bool begins);

/*
 * Begins a new file at path, mode 0600 whatever the umask. HRV_EEXISTS when
 * there is anything of that name already (a link, a pipe, a folder too);
 * HRV_ENOTFOUND when its folder is not there; HRV_EIO, HRV_ENOMEM. Where the
 * file system knows no files without a name, unfinished (or NULL) is told of
 * the hidden one. *ret is given back with export_file_free().
 */
int export_file_new(const char *path, export_unfinished_fn *unfinished,
    struct export_file **ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Appends bytes; fits content_sink, with the file as ctx. HRV_EIO (name
 * "disk-full" without space). */
int export_file_write(void *file, const void *data, size_t len,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Descriptor of the file, open for reading and writing, for callers that
 * write through a library. Borrowed. */
int export_file_fd(const struct export_file *f);
/* Makes the bytes durable; it still has no name. HRV_EIO. */
int export_file_sync(struct export_file *f, struct hrv_err *err) HRV_MUST_CHECK;
/* Gives the file its name, durably. HRV_EEXISTS when something of that name
 * appeared meanwhile; nothing is overwritten. */
int export_file_commit(
    struct export_file *f, struct hrv_err *err) HRV_MUST_CHECK;
/* Frees; what was not committed is gone. NULL is fine. */
void export_file_free(struct export_file *f);

#endif
