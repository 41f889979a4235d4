/* SPDX-License-Identifier: ISC */
/*
 * The rejects file, see rejects.h. Layer: cli. Invariant: a row is copied
 * byte by byte from where it stood; nothing of it goes anywhere else.
 */
#include "cli/rejects.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
failed(struct hrv_err *err)
{
	return hrv_fail(err, HRV_EIO,
	    "the file of rejected rows cannot be written: %s", strerror(errno));
}

int
rejects_open(struct rejects *r, int fd, const char *path, struct hrv_err *err)
{
	int copy, rc = outfile_open(&r->out, path, err);

	if (rc != HRV_OK)
		return rc;
	r->fd = fd;
	copy = dup(r->out.fd);
	if (copy >= 0)
		r->to = fdopen(copy, "w");
	if (r->to == NULL) {
		if (copy >= 0)
			close(copy);
		return failed(err);
	}
	return HRV_OK;
}

static bool
is_end(int fd, uint64_t at)
{
	char c;

	return pread(fd, &c, 1, (off_t)at) == 1 && (c == '\n' || c == '\r');
}

static void
put(struct rejects *r, const char *p, size_t n, bool quoted)
{
	for (size_t i = 0; i < n; i++) {
		if (quoted && p[i] == '"')
			(void)putc('"', r->to);
		(void)putc(p[i], r->to);
	}
}

/* Bytes of the imported file without the line ends around them; quotes are
 * doubled where they become one field. */
static int
copy(struct rejects *r, uint64_t at, uint64_t size, bool quoted,
    struct hrv_err *err)
{
	char chunk[4096];
	ssize_t n = 1;

	for (; size > 0 && is_end(r->fd, at); at++)
		size--;
	while (size > 0 && is_end(r->fd, at + size - 1))
		size--;
	while (size > 0) {
		n = pread(r->fd, chunk,
		    size < sizeof(chunk) ? (size_t)size : sizeof(chunk),
		    (off_t)at);
		if (n <= 0)
			break;
		put(r, chunk, (size_t)n, quoted);
		at += (uint64_t)n;
		size -= (uint64_t)n;
	}
	explicit_bzero(chunk, sizeof(chunk));
	return n <= 0 || ferror(r->to) ? failed(err) : HRV_OK;
}

/* The header of the file with our two columns in front. */
static int
put_header(struct rejects *r, struct hrv_err *err)
{
	const struct hrv_import_reject *row = &r->row;
	char mark[3];
	uint64_t skip = 0;

	if (row->delimiter == '\0') {
		(void)fputs("row,reason,line\n", r->to);
		return HRV_OK;
	}
	if (row->header > 3 && pread(r->fd, mark, 3, 0) == 3 &&
	    memcmp(mark, "\xef\xbb\xbf", 3) == 0)
		skip = 3;
	fprintf(r->to, "row%creason%c", row->delimiter, row->delimiter);
	if (copy(r, skip, row->header - skip, false, err) != HRV_OK)
		return HRV_EIO;
	(void)putc('\n', r->to);
	return HRV_OK;
}

/* Writes the row that waits. */
static int
flush_row(struct rejects *r, struct hrv_err *err)
{
	const struct hrv_import_reject *row = &r->row;
	char d = row->delimiter == '\0' ? ',' : row->delimiter;
	bool quoted = row->delimiter == '\0';
	int rc = HRV_OK;

	if (!r->waiting)
		return HRV_OK;
	if (r->rows == 0)
		rc = put_header(r, err);
	fprintf(r->to, "%llu%c\"", (unsigned long long)row->row, d);
	put(r, r->reasons, r->reasons_len, true);
	fprintf(r->to, "\"%c%s", d, quoted ? "\"" : "");
	if (rc == HRV_OK)
		rc = copy(r, row->at, row->size, quoted, err);
	(void)fputs(quoted ? "\"\n" : "\n", r->to);
	r->rows++;
	r->waiting = false;
	free(r->reasons);
	r->reasons = NULL;
	r->reasons_len = 0;
	return rc == HRV_OK && ferror(r->to) ? failed(err) : rc;
}

int
rejects_add(
    struct rejects *r, const struct hrv_import_reject *one, struct hrv_err *err)
{
	char *text = NULL;
	int n, rc = HRV_OK;

	if (!one->again)
		rc = flush_row(r, err);
	if (rc != HRV_OK)
		return rc;
	n = asprintf(&text, "%s%s%s%s%s%s%s",
	    r->reasons == NULL ? "" : r->reasons,
	    r->reasons == NULL ? "" : "; ",
	    one->heading == NULL ? "" : one->heading,
	    one->heading == NULL ? "" : ": ",
	    one->about == NULL ? "" : one->about,
	    one->about == NULL ? "" : ": ", one->reason);
	if (n < 0)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	free(r->reasons);
	r->reasons = text;
	r->reasons_len = (size_t)n;
	r->row = *one;
	r->row.heading = r->row.about = r->row.reason = NULL;
	r->waiting = true;
	return HRV_OK;
}

int
rejects_end(struct rejects *r, struct hrv_err *err)
{
	int rc = flush_row(r, err);
	int bad;

	if (rc != HRV_OK || r->to == NULL)
		return rc;
	bad = fclose(r->to);
	r->to = NULL;
	if (bad != 0)
		return failed(err);
	return r->rows == 0 ? HRV_OK : outfile_commit(&r->out, err);
}

void
rejects_clear(struct rejects *r)
{
	if (r->to != NULL)
		(void)fclose(r->to);
	r->to = NULL;
	free(r->reasons);
	r->reasons = NULL;
	outfile_clear(&r->out);
}
