/* SPDX-License-Identifier: ISC */
/*
 * Reading what a person hands over, see input.h. Layer: cli. Invariant: a
 * value about a person is in our memory only, wiped when it is given back,
 * and in no message.
 */
#include "cli/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/ask.h"
#include "cli/options.h"

#define PASSPHRASE_MAX 4096

void
input_free(char *text)
{
	if (text == NULL)
		return;
	explicit_bzero(text, strlen(text));
	free(text);
}

/* Twice the room, the old one wiped; NULL leaves the old one as it is. */
static char *
grow(char *old, size_t used, size_t *size)
{
	char *more = malloc(*size * 2 + 1);

	if (more == NULL)
		return NULL;
	memcpy(more, old, used);
	explicit_bzero(old, used);
	free(old);
	*size *= 2;
	return more;
}

int
input_read_fd(int fd, const char *what, size_t max, char **ret, size_t *ret_len,
    struct hrv_err *err)
{
	size_t size = 4096, len = 0;
	char *text = malloc(size + 1), *more;
	int rc = HRV_EFAILED;

	while (text != NULL) {
		ssize_t n;

		if (len == size) {
			more = grow(text, len, &size);
			if (more == NULL)
				break;
			text = more;
		}
		n = read(fd, text + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			rc = hrv_fail(err, HRV_EIO, "%s: cannot be read: %s",
			    what, strerror(errno));
			goto out;
		}
		if (n == 0)
			break;
		len += (size_t)n;
		if (len > max) {
			rc = hrv_fail(err, HRV_EUSAGE,
			    "%s: longer than %zu bytes", what, max);
			goto out;
		}
	}
	if (text == NULL || len > size) {
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
		goto out;
	}
	text[len] = '\0';
	*ret = text;
	if (ret_len != NULL)
		*ret_len = len;
	text = NULL;
	rc = HRV_OK;
out:
	if (text != NULL)
		explicit_bzero(text, len);
	free(text);
	return rc;
}

int
input_claim_stdin(struct cli *c, const char *what, struct hrv_err *err)
{
	if (c->stdin_taken != NULL)
		return hrv_fail(err, HRV_EUSAGE,
		    "standard input can be read only once: for %s or for %s",
		    c->stdin_taken, what);
	c->stdin_taken = what;
	return HRV_OK;
}

int
input_not_opened(int sys, struct hrv_err *err)
{
	if (sys == ENOENT || sys == ENOTDIR)
		return hrv_fail(err, HRV_ENOTFOUND, "there is no such file");
	return hrv_fail(
	    err, HRV_EUSAGE, "the file cannot be read: %s", strerror(sys));
}

int
input_read_file(struct cli *c, const char *path, size_t max, char **ret,
    size_t *ret_len, struct hrv_err *err)
{
	int fd, rc;

	if (strcmp(path, "-") == 0) {
		rc = input_claim_stdin(c, "a file", err);
		return rc != HRV_OK ? rc
				    : input_read_fd(0, "standard input", max,
					  ret, ret_len, err);
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return input_not_opened(errno, err);
	rc = input_read_fd(fd, "the file", max, ret, ret_len, err);
	close(fd);
	return rc;
}

/* A text value: no NUL, no line end behind it. */
static int
check_text(char *text, size_t len, const char *what, struct hrv_err *err)
{
	if (strlen(text) != len)
		return hrv_fail(
		    err, HRV_EUSAGE, "%s: there is a NUL byte in it", what);
	if (len > 0 && text[len - 1] == '\n')
		text[--len] = '\0';
	if (len > 0 && text[len - 1] == '\r')
		text[--len] = '\0';
	if (len == 0)
		return hrv_fail(err, HRV_EUSAGE, "%s: nothing there", what);
	return HRV_OK;
}

static int
read_typed(struct cli *c, const char *typed, const char *what, char **ret,
    size_t *ret_len, struct hrv_err *err)
{
	int rc;

	if (strcmp(typed, "-") == 0) {
		rc = input_claim_stdin(c, what, err);
		return rc != HRV_OK ? rc
				    : input_read_fd(0, what, INPUT_MAX, ret,
					  ret_len, err);
	}
	if (typed[0] == '@' && typed[1] != '@') {
		rc =
		    input_read_file(c, typed + 1, INPUT_MAX, ret, ret_len, err);
		if (rc == HRV_EUSAGE || rc == HRV_ENOTFOUND)
			hrv_hint(err,
			    "%s takes the text, @FILE or - for standard "
			    "input; write @@ for a text that begins with @",
			    what);
		return rc;
	}
	*ret = strdup(typed + (typed[0] == '@'));
	if (*ret == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	*ret_len = strlen(*ret);
	return HRV_OK;
}

int
input_value(struct cli *c, const char *typed, const char *what, char **ret,
    struct hrv_err *err)
{
	char *text = NULL;
	size_t len = 0;
	int rc;

	rc = typed[0] == '\0' ? ask_line(c, what, &text, err)
			      : read_typed(c, typed, what, &text, &len, err);
	if (rc == HRV_OK && typed[0] != '\0')
		rc = check_text(text, len, what, err);
	if (rc == HRV_OK)
		*ret = text;
	else
		input_free(text);
	return rc;
}

/* A needed personal option that was left out: asked for where that can be,
 * else a mistake of usage. */
static int
ask_missing(struct cli *c, const struct opt *o, struct hrv_err *err)
{
	struct opt_value *more;
	char *text = NULL;
	int rc;

	if (!ask_possible(c)) {
		hrv_fail(err, HRV_EUSAGE, "--%s is missing", o->name);
		return hrv_hint(
		    err, "--%s takes the text, @FILE or -", o->name);
	}
	rc = ask_line(c, o->name, &text, err);
	if (rc != HRV_OK)
		return rc;
	more = reallocarray(c->values, c->n_values + 1, sizeof(*more));
	if (more == NULL) {
		input_free(text);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	c->values = more;
	c->values[c->n_values++] = (struct opt_value){ .opt = o, .text = text };
	return HRV_OK;
}

int
input_fill(struct cli *c, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < c->n_values; i++) {
		struct opt_value *v = &c->values[i];
		char *text = NULL;

		if (v->opt->type != OPT_PERSONAL)
			continue;
		rc = input_value(c, v->text, v->opt->name, &text, err);
		if (rc != HRV_OK)
			break;
		input_free(v->text);
		v->text = text;
	}
	for (const struct opt *o = c->cmd->options;
	     rc == HRV_OK && o != NULL && o->name != NULL; o++)
		if (o->type == OPT_PERSONAL && (o->flags & OPT_NEEDED) != 0 &&
		    opt_count(c, o->name) == 0)
			rc = ask_missing(c, o, err);
	return rc;
}

/* The first line of an open descriptor. */
static int
line_from(struct cli *c, int64_t fd, const char *option, char **ret,
    struct hrv_err *err)
{
	char *text = NULL;
	size_t len = 0;
	struct stat st;
	int rc;

	if (fd < 0 || fd > 1 << 20 || fstat((int)fd, &st) != 0) {
		hrv_fail(err, HRV_EUSAGE, "--%s: that descriptor is not open",
		    option);
		return hrv_hint(
		    err, "as in: hrvault ... --%s 3 3<FILE", option);
	}
	rc = fd == 0 ? input_claim_stdin(c, option, err) : HRV_OK;
	if (rc == HRV_OK)
		rc = input_read_fd((int)fd, "the passphrase", PASSPHRASE_MAX,
		    &text, &len, err);
	if (fd > 2)
		close((int)fd);
	if (rc != HRV_OK)
		return rc;
	if (strlen(text) == len)
		explicit_bzero(
		    text + strcspn(text, "\r\n"), len - strcspn(text, "\r\n"));
	rc = check_text(text, strlen(text), "the passphrase", err);
	if (rc == HRV_OK)
		*ret = text;
	else
		input_free(text);
	return rc;
}

int
input_passphrase(
    struct cli *c, const char *option, char **ret, struct hrv_err *err)
{
	return line_from(c, opt_number(c, option, -1), option, ret, err);
}

int
input_own_passphrase(struct cli *c, struct hrv_err *err)
{
	const char *fd = c->own_fd;
	bool number = fd != NULL && fd[0] != '\0' && strlen(fd) <= 6 &&
		      strspn(fd, "0123456789") == strlen(fd);

	if (fd == NULL)
		return HRV_OK;
	return line_from(c, number ? strtol(fd, NULL, 10) : -1, "passphrase-fd",
	    &c->own_pass, err);
}
