/* SPDX-License-Identifier: ISC */
/*
 * Files of a vault: written so that a crash leaves the old or the new one,
 * never a mixture; opened without following a symbolic link; with the modes of
 * a folder shared by one group, whatever the umask. Messages name a file by
 * its last component, so these calls are for files whose names we choose, not
 * for names that may hold somebody's name. Layer: store.
 *
 * Failures: HRV_EIO (name "disk-full" without space), HRV_ENOTFOUND,
 * HRV_EEXISTS, HRV_EINTEGRITY (not a regular file, too long), HRV_ENOMEM.
 */
#ifndef VAULT_STORE_FILE_H
#define VAULT_STORE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "hrvault/err.h"

struct buf;

#define FILE_MODE_SHARED 0660  /* the files of a vault */
#define FILE_MODE_PRIVATE 0600 /* keys and exports of one person */
#define FILE_MODE_DIR 02770    /* the folders of a vault */

/* HRV_EIO and so on for an errno; `doing` is a constant text and `path` is
 * shown by its last component. Returns the code. */
int file_error(
    int sys, const char *doing, const char *path, struct hrv_err *err);

/* "dir/name" into a new text that the caller frees; HRV_ENOMEM. */
int file_join(const char *dir, const char *name, char **ret_path,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Makes a directory with exactly this mode and syncs its parent. HRV_EEXISTS
 * when there is something of that name. */
int file_mkdir(
    const char *path, mode_t mode, struct hrv_err *err) HRV_MUST_CHECK;

/* Opens an existing regular file (O_RDONLY or O_RDWR in flags), never through
 * a symbolic link as the last component, close-on-exec. */
int file_open(const char *path, int flags, int *ret_fd,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Creates a file that is not there yet, open for reading and writing, with
 * exactly this mode. HRV_EEXISTS. The caller syncs it and its directory. */
int file_create(const char *path, mode_t mode, int *ret_fd,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Writes all bytes at the file position, however many calls it takes. */
int file_write(int fd, const void *data, size_t len, const char *path,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Reads up to len bytes from an offset, fewer only at the end of the file;
 * *ret_len is how many. */
int file_read_at(int fd, void *out, size_t len, off_t at, size_t *ret_len,
    struct hrv_err *err) HRV_MUST_CHECK;

/* fsync of an open file. */
int file_sync(int fd, const char *path, struct hrv_err *err) HRV_MUST_CHECK;
/* fsync of a directory: makes names created, renamed or removed in it
 * last. */
int file_sync_dir(const char *dir, struct hrv_err *err) HRV_MUST_CHECK;
/* fsync of the directory that path lies in. */
int file_sync_parent(const char *path, struct hrv_err *err) HRV_MUST_CHECK;

/* Puts these bytes in the place of path, or creates it: temporary file beside
 * it, fsync, rename, fsync of the directory. After a failure path is as it was
 * and the temporary file is gone. */
int file_write_atomic(const char *path, const void *data, size_t len,
    mode_t mode, struct hrv_err *err) HRV_MUST_CHECK;

/* As file_write_atomic() for a name that must be new: HRV_EEXISTS. */
int file_write_new(const char *path, const void *data, size_t len, mode_t mode,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Appends the whole of a file of at most max bytes to out; HRV_EINTEGRITY when
 * it is longer or not a regular file. */
int file_read(const char *path, size_t max, struct buf *out,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Removes a file if it is there; *ret_was (may be NULL) tells. Does not sync
 * the directory. */
int file_unlink(
    const char *path, bool *ret_was, struct hrv_err *err) HRV_MUST_CHECK;

/* Copies a file of ours byte by byte into a new one, without syncing. */
int file_copy(const char *from, const char *to, mode_t mode,
    struct hrv_err *err) HRV_MUST_CHECK;

/* SHA-256 of the bytes [start, end) of a file. HRV_EINTEGRITY when it ends
 * before. */
int file_hash(const char *path, uint64_t start, uint64_t end, uint8_t out[32],
    struct hrv_err *err) HRV_MUST_CHECK;
/* Appends the bytes [start, end) of `from` to `to`, which has exactly start
 * bytes then: it is made when start is 0 and it is not there, and what it has
 * beyond start is cut off first. Synced; out is the SHA-256 of what was
 * copied. HRV_EINTEGRITY when either file is too short. */
int file_extend(const char *from, const char *to, uint64_t start, uint64_t end,
    uint8_t out[32], struct hrv_err *err) HRV_MUST_CHECK;
/* Size of a regular file in bytes. */
int file_size(
    const char *path, uint64_t *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Removes a folder of ours with all that is in it, as far as possible; a
 * missing one is fine. */
void file_remove_tree(const char *path);

/* Locks an open file (flock) for as long as it stays open. Waits up to
 * timeout_ms in small steps, 0 tries once; then HRV_EBUSY. */
int file_lock(int fd, bool exclusive, unsigned timeout_ms,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Opens path, creating it with FILE_MODE_SHARED when it is not there, and
 * locks it. Closing *ret_fd unlocks. */
int file_open_lock(const char *path, bool exclusive, unsigned timeout_ms,
    int *ret_fd, struct hrv_err *err) HRV_MUST_CHECK;

/* Locks a folder (flock), likewise. HRV_ENOTFOUND when there is none. */
int file_lock_dir(const char *dir, bool exclusive, unsigned timeout_ms,
    int *ret_fd, struct hrv_err *err) HRV_MUST_CHECK;
/* Whether somebody holds a lock on path now; a missing file is not locked. */
int file_is_locked(
    const char *path, bool *ret_locked, struct hrv_err *err) HRV_MUST_CHECK;

/* Overwrites a file's bytes with random ones, syncs, unlinks and syncs the
 * directory; a missing file is fine. On SSDs and copy-on-write file systems
 * the old bytes may survive: file_medium() says where it lay. */
int file_destroy(const char *path, struct hrv_err *err) HRV_MUST_CHECK;

/* What a certificate says of the medium a file lies on: file system, and
 * whether its device spins; as text in a fixed form, "ext4, solid state". */
struct file_medium {
	char text[96];
};
int file_medium(const char *path, struct file_medium *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Whether new files can be made in the directory that path lies in. */
bool file_dir_writable(const char *path);

#endif
