/* SPDX-License-Identifier: ISC */
/*
 * What a file is: CSV, JSON Lines, a JSON Resume or a package, told by its
 * contents. Layer: verbs. Nothing is guessed about a file that is none of them.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vault/base/json.h"
#include "vault/import_int.h"
#include "vault/importer/resume.h"
#include "vault/subject_store.h"

#define HEAD 4096

static int
not_text(const uint8_t *head, size_t len, struct hrv_err *err)
{
	bool utf16 = len > 1 && ((head[0] == 0xff && head[1] == 0xfe) ||
				    (head[0] == 0xfe && head[1] == 0xff));
	const uint8_t *end;

	if (len > 3 && (memcmp(head, "PK\3\4", 4) == 0 ||
			   memcmp(head, "\xd0\xcf\x11\xe0", 4) == 0)) {
		hrv_fail(err, HRV_EUSAGE,
		    "this is a spreadsheet or an archive, not CSV");
		return hrv_hint(err, "save or export it as CSV (UTF-8) first");
	}
	/* A NUL behind the header spoils its own row only. UTF-16 is named by
	 * the reader of CSV. */
	end = memchr(head, '\n', len);
	if (!utf16 &&
	    memchr(head, '\0', end == NULL ? len : (size_t)(end - head)))
		return hrv_fail(
		    err, HRV_EUSAGE, "this is a binary file, not text");
	return HRV_OK;
}

/* What all of the file is, as one JSON object. */
static void
tell(struct importing *im, const json_t *root)
{
	const char *format = json_str(root, "format");
	const char *kind = json_str(json_object_get(root, "subject"), "kind");

	if (format != NULL && strcmp(format, "hrvault-case-data/1") == 0) {
		im->format = IMPORT_PORTABLE;
		im->kind = kind != NULL && strcmp(kind, KIND_EMPLOYEE) == 0
			       ? KIND_EMPLOYEE
			       : KIND_CANDIDATE;
	} else if (json_object_get(root, "basics") != NULL) {
		im->format = IMPORT_RESUME;
	}
}

/* Whether all of the file is one JSON object that needs no map. */
static int
look_whole(struct importing *im, uint64_t size, struct hrv_err *err)
{
	struct buf text = BUF_INIT_SECRET;
	struct hrv_err ignored;
	json_t *root = NULL;
	int fd = im->args->fd;
	size_t mark;
	ssize_t n = 0;
	uint8_t *p;

	im->format = IMPORT_LINES;
	if (size > RESUME_SIZE_MAX)
		return HRV_OK;
	p = buf_reserve(&text, size);
	while (p != NULL && text.len < size && n >= 0) {
		n = pread(fd, p + text.len, size - text.len, (off_t)text.len);
		if (n == 0 || (n < 0 && errno != EINTR))
			break;
		text.len += n > 0 ? (size_t)n : 0;
		n = 0;
	}
	mark =
	    text.len > 2 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	if (p != NULL &&
	    !resume_too_deep(
		(const char *)text.data, text.len, RESUME_DEPTH_MAX) &&
	    json_read(text.data + mark, text.len - mark, &root, &ignored) ==
		HRV_OK)
		tell(im, root);
	json_decref(root);
	buf_clear(&text);
	if (p == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return n < 0 ? hrv_fail(err, HRV_EIO, "reading the file failed: %s",
			   strerror(errno))
		     : HRV_OK;
}

static int
wants_map(struct hrv_err *err)
{
	hrv_fail(err, HRV_EUSAGE, "a map is needed to read this file");
	return hrv_hint(err, "give one with --map: its id (bamboohr, "
			     "orangehrm, ...) or a file of your own");
}

static int
find_json(struct importing *im, char first, uint64_t size, struct hrv_err *err)
{
	int rc;

	if (first == '[') {
		hrv_fail(err, HRV_EUSAGE,
		    "this is one JSON list; JSON Lines has an object on each "
		    "line");
		return hrv_hint(err, "'jq -c .[] FILE' makes lines of it");
	}
	rc = look_whole(im, size, err);
	if (rc == HRV_OK && im->format != IMPORT_LINES && im->args->map != NULL)
		return hrv_fail(err, HRV_EUSAGE,
		    "a %s is read without a map; leave --map out",
		    im->format == IMPORT_RESUME ? "JSON Resume"
						: "package of a case");
	return rc;
}

int
import_find_format(struct importing *im, struct hrv_err *err)
{
	uint8_t head[HEAD];
	struct stat st;
	size_t at = 0;
	ssize_t n;
	int rc;

	if (fstat(im->args->fd, &st) != 0)
		return hrv_fail(err, HRV_EIO, "reading the file failed: %s",
		    strerror(errno));
	if (!S_ISREG(st.st_mode)) {
		hrv_fail(err, HRV_EUSAGE, "this is %s, not a file",
		    S_ISDIR(st.st_mode) ? "a folder" : "a pipe or device");
		return hrv_hint(err, "an import reads its file twice");
	}
	n = pread(im->args->fd, head, sizeof(head), 0);
	if (n < 0)
		return hrv_fail(err, HRV_EIO, "reading the file failed: %s",
		    strerror(errno));
	if (n == 0)
		return hrv_fail(err, HRV_EUSAGE, "the file is empty");
	rc = not_text(head, (size_t)n, err);
	if (rc != HRV_OK)
		return rc;
	if (n > 2 && memcmp(head, "\xef\xbb\xbf", 3) == 0)
		at = 3;
	while (at < (size_t)n && strchr(" \t\r\n", head[at]) != NULL)
		at++;
	im->format = IMPORT_CSV;
	if (at < (size_t)n && (head[at] == '{' || head[at] == '['))
		rc = find_json(im, (char)head[at], (uint64_t)st.st_size, err);
	explicit_bzero(head, sizeof(head));
	if (rc == HRV_OK && im->args->map == NULL &&
	    (im->format == IMPORT_CSV || im->format == IMPORT_LINES))
		rc = wants_map(err);
	return rc;
}
