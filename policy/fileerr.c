/* SPDX-License-Identifier: ISC */
/*
 * The list of mistakes in a file, see include/hrvault/fileerr.h. Layer:
 * policy (pure). Invariant: a mistake is never lost silently - what does not
 * fit is counted, what could not be allocated is remembered, and both make
 * the list differ from an empty one.
 */
#include "hrvault/fileerr.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/cfg.h"

#define ERRORS_MAX 200
#define MESSAGE_MAX 400

bool
hrv_file_errors_none(const struct hrv_file_errors *e)
{
	return e->count == 0 && e->more == 0 && !e->no_memory;
}

/* What a file says is quoted cut to a length and shown on terminals and in
 * JSON: no half characters, no line breaks. */
static void
make_plain(char *text)
{
	size_t left = strlen(text);
	unsigned char *s = (unsigned char *)text;

	while (left > 0) {
		size_t n = cfg_utf8_length(s, left);

		if (n == 0 || *s < 0x20 || *s == 0x7f) {
			*s = '?';
			n = 1;
		}
		s += n;
		left -= n;
	}
}

void
cfg_error(struct hrv_file_errors *errors, int line, const char *remedy,
    const char *fmt, ...)
{
	struct hrv_file_error *grown, one = { line, NULL, NULL };
	char text[MESSAGE_MAX];
	va_list ap;

	if (errors->count == ERRORS_MAX) {
		errors->more++;
		return;
	}
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	make_plain(text);
	one.message = strdup(text);
	one.remedy = strdup(remedy != NULL ? remedy : "");
	grown = reallocarray(errors->item, errors->count + 1, sizeof(*grown));
	if (grown != NULL)
		errors->item = grown;
	if (grown == NULL || one.message == NULL || one.remedy == NULL) {
		errors->no_memory = true;
		free(one.message);
		free(one.remedy);
		return;
	}
	errors->item[errors->count++] = one;
}

void
hrv_file_errors_sort(struct hrv_file_errors *e)
{
	/* By insertion: short, and equal lines stay in order. */
	for (size_t i = 1; i < e->count; i++) {
		struct hrv_file_error one = e->item[i];
		size_t k = i;

		for (; k > 0 && e->item[k - 1].line > one.line; k--)
			e->item[k] = e->item[k - 1];
		e->item[k] = one;
	}
}

int
hrv_file_errors_fail(
    const struct hrv_file_errors *e, const char *name, struct hrv_err *err)
{
	const struct hrv_file_error *first = e->item;
	size_t others;
	char more[48] = "";

	if (hrv_file_errors_none(e))
		return HRV_OK;
	if (e->no_memory || e->count == 0)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	others = e->count - 1 + e->more;
	if (others > 0)
		snprintf(more, sizeof(more), " (and %zu more)", others);
	hrv_fail(err, HRV_EUSAGE, "%s:%d: %s%s", name, first->line,
	    first->message, more);
	if (first->remedy[0] != '\0')
		return hrv_hint(err, "%s", first->remedy);
	return HRV_EUSAGE;
}

void
hrv_file_errors_clear(struct hrv_file_errors *e)
{
	for (size_t i = 0; i < e->count; i++) {
		free(e->item[i].message);
		free(e->item[i].remedy);
	}
	free(e->item);
	*e = (struct hrv_file_errors)HRV_FILE_ERRORS_INIT;
}
