/* SPDX-License-Identifier: ISC */
/*
 * Standard output, see out.h. Layer: cli. Invariant: every byte of a result
 * goes through out_put(), which remembers a failure, so that a command never
 * reports success for output that nobody got.
 */
#include "cli/out.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/fitted.h"
#include "cli/outpriv.h"
#include "cli/process.h"
#include "hrvault/docmake.h"
#include "hrvault/text.h"

int
out_begin(struct cli *c, struct hrv_err *err)
{
	const char *term = getenv("TERM");
	const char *no_color = getenv("NO_COLOR");

	c->out = calloc(1, sizeof(*c->out));
	if (c->out == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	c->out->bold = !c->no_color && isatty(1) && term != NULL &&
		       strcmp(term, "dumb") != 0 &&
		       (no_color == NULL || !*no_color);
	return HRV_OK;
}

void
out_free(struct cli *c)
{
	struct out *o = c->out;

	for (size_t i = 0; o != NULL && i < o->n_waiting; i++)
		for (size_t k = 0; k < o->n_cols; k++)
			hrv_text_free(o->cells[i][k]);
	free(o);
	c->out = NULL;
}

int
out_check(struct cli *c, struct hrv_err *err)
{
	if (c->out->sys == 0)
		return HRV_OK;
	return hrv_fail_as(err, HRV_EIO, "output", "standard output: %s",
	    strerror(c->out->sys));
}

/* Nobody got the answer of a command that was carried out: it must not be
 * repeated as if it had failed. */
static int
lost(struct cli *c, struct hrv_err *err)
{
	hrv_fail_as(err, HRV_EPARTIAL, "output",
	    "this was done and stands in the log, but the answer could not be "
	    "written: standard output: %s",
	    strerror(c->out->sys));
	return hrv_hint(err,
	    "'hrvault audit log' tells what was done and to what, up to entry "
	    "%lld",
	    (long long)c->logged);
}

int
out_end(struct cli *c, bool failed, struct hrv_err *err)
{
	int rc;

	if (failed)
		c->out->none = NULL;
	rc = out_list_end(c, err);
	if (fflush(stdout) != 0 && c->out->sys == 0)
		c->out->sys = errno;
	/* Network file systems report a full disk only here. */
	if (close(1) != 0 && c->out->sys == 0 && errno != EBADF)
		c->out->sys = errno;
	if (c->out->sys != 0 && c->logged >= 0 && !c->out->contents)
		return lost(c, err);
	return rc != HRV_OK ? rc : out_check(c, err);
}

void
out_put(struct cli *c, const char *text, size_t len)
{
	errno = 0;
	if (c->out->sys == 0 && len > 0 && fwrite(text, 1, len, stdout) != len)
		c->out->sys = errno != 0 ? errno : EIO;
}

void
out_pad(struct cli *c, size_t n)
{
	while (n-- > 0)
		out_put(c, " ", 1);
}

int
out_raw(struct cli *c, const void *data, size_t len, struct hrv_err *err)
{
	out_put(c, data, len);
	return out_check(c, err);
}

int
out_contents(struct cli *c, const void *data, size_t len, struct hrv_err *err)
{
	c->out->contents = true;
	out_put(c, data, len);
	errno = 0;
	if (c->out->sys == 0 && fflush(stdout) != 0)
		c->out->sys = errno != 0 ? errno : EIO;
	return out_check(c, err);
}

int
out_json(struct cli *c, const struct hrv_doc *doc, struct hrv_err *err)
{
	char *text = NULL, *safe;
	int rc = hrv_doc_json(doc, false, &text, err);

	if (rc != HRV_OK)
		return rc;
	safe = hrv_text_json(text);
	if (safe != NULL) {
		out_put(c, safe, strlen(safe));
		out_put(c, "\n", 1);
	}
	rc = safe == NULL ? hrv_fail(err, HRV_ENOMEM, "out of memory")
			  : out_check(c, err);
	hrv_text_free(safe);
	hrv_doc_text_free(text);
	return rc;
}

size_t
out_room(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize w = { 0 };
	long n;

	if (!isatty(1))
		return SIZE_MAX;
	if (ioctl(1, TIOCGWINSZ, &w) == 0 && w.ws_col > 0)
		return w.ws_col;
	n = columns == NULL ? 0 : strtol(columns, NULL, 10);
	return n > 0 && n < 10000 ? (size_t)n : 80;
}

bool
out_time(const char *text, char ret[OUT_TIME_SIZE])
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd";
	size_t n = sizeof(form) - 1;

	for (size_t i = 0; text != NULL && i < n; i++)
		if (form[i] == 'd' ? text[i] < '0' || text[i] > '9'
				   : text[i] != form[i])
			return false;
	if (text == NULL)
		return false;
	if (text[n] == '.')
		n += 1 + strspn(text + n + 1, "0123456789");
	if (strcmp(text + n, "Z") != 0)
		return false;
	snprintf(ret, OUT_TIME_SIZE, "%.10s %.8s UTC", text, text + 11);
	return true;
}

const char *
out_s(int64_t n)
{
	return n == 1 ? "" : "s";
}

const char *
out_people(int64_t n)
{
	return n == 1 ? "person" : "people";
}

void
out_bytes(int64_t n, char ret[OUT_BYTES_SIZE])
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB",
		"PiB" };
	double size = (double)n / 1024;
	size_t i = 0;

	if (n < 1024) {
		snprintf(ret, OUT_BYTES_SIZE, "%lld byte%s", (long long)n,
		    n == 1 ? "" : "s");
		return;
	}
	while (size >= 1024 && i + 1 < sizeof(units) / sizeof(units[0])) {
		size /= 1024;
		i++;
	}
	snprintf(ret, OUT_BYTES_SIZE, "%.1f %s", size, units[i]);
}

int
out_width(void)
{
	struct winsize w = { 0 };

	if (ioctl(1, TIOCGWINSZ, &w) != 0 || w.ws_col == 0)
		return 80;
	return w.ws_col < 40 ? 40 : w.ws_col > 100 ? 100 : w.ws_col;
}

static void HRV_PRINTF(2, 0) print(struct cli *c, const char *fmt, va_list ap)
{
	char *text = NULL, *fitted;

	if (c->json || c->out->sys != 0)
		return;
	if (vasprintf(&text, fmt, ap) < 0) {
		c->out->sys = ENOMEM;
		return;
	}
	fitted = c->help ? NULL : fitted_text(c, text);
	out_put(c, fitted != NULL ? fitted : text,
	    strlen(fitted != NULL ? fitted : text));
	free(fitted);
	free(text);
}

void
out_print(struct cli *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(c, fmt, ap);
	va_end(ap);
}

void
out_line(struct cli *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(c, fmt, ap);
	va_end(ap);
	out_print(c, "\n");
}

void
out_gap(struct cli *c)
{
	out_print(c, "\n");
}

void
out_text(struct cli *c, const char *head, const char *text)
{
	char *shown = hrv_text_visible(text);

	out_line(c, "%s%s", head, shown != NULL ? shown : "?");
	hrv_text_free(shown);
}

void
out_heading(struct cli *c, const char *text)
{
	const char *on = c->out->bold ? "\033[1m" : "";
	const char *off = c->out->bold ? "\033[0m" : "";

	out_line(c, "%s%s%s", on, text, off);
}

/* Bytes of the longest beginning of s that fits into `room` columns and ends
 * before a blank; at least one word. */
static size_t
line_end(const char *s, size_t room)
{
	size_t end = strcspn(s, " ");

	for (;;) {
		size_t next = end + strspn(s + end, " ");

		if (s[next] == '\0')
			return end;
		next += strcspn(s + next, " ");
		if (hrv_text_width(s, next) > room)
			return end;
		end = next;
	}
}

void
out_wrapped(struct cli *c, int indent, const char *first, const char *text)
{
	size_t room = (size_t)(out_width() - indent);
	char *shown = hrv_text_visible(text);
	const char *s = shown;

	if (c->json || shown == NULL) {
		hrv_text_free(shown);
		return;
	}
	do {
		size_t n = line_end(s, room);

		if (first != NULL)
			out_put(c, first, strlen(first));
		else
			out_pad(c, (size_t)indent);
		out_put(c, s, n);
		out_put(c, "\n", 1);
		first = NULL;
		s += n + strspn(s + n, " ");
	} while (*s != '\0');
	hrv_text_free(shown);
}

void
say(const struct cli *c, const char *fmt, ...)
{
	char *text = NULL, *fitted = NULL;
	va_list ap;

	if (c->quiet)
		return;
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) >= 0) {
		fitted = fitted_text(c, text);
		fprintf(
		    stderr, "hrvault: %s\n", fitted != NULL ? fitted : text);
		free(fitted);
		free(text);
	}
	va_end(ap);
}
