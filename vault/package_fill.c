/* SPDX-License-Identifier: ISC */
/*
 * Filling templates, see package_fill.h. Layer: verbs.
 */
#include "vault/package_fill.h"

#include <string.h>

#include "vault/base/text.h"

#define DEPTH_MAX 8
#define NAME_MAX_LEN 64

struct filling {
	const char *begin; /* of the whole template, for line numbers */
	const char *end;
	const json_t *around[DEPTH_MAX]; /* innermost last */
	size_t depth;
	struct buf *out;
	bool marked;	/* for a letter, see package_fill.h */
	char dates[24]; /* "DD.MM.YYYY"; "": as they are */
};

/* A tag: what it does, its name, and where the text after it begins. */
struct tag {
	char kind; /* '#', '^', '/', '!', '%' or 0 for a value */
	char name[NAME_MAX_LEN];
	const char *at;
	const char *after;
};

static int
bad_tag(const struct filling *f, const char *at, const char *why,
    struct hrv_err *err)
{
	int line = 1;

	for (const char *p = f->begin; p < at; p++)
		line += *p == '\n';
	return hrv_fail(
	    err, HRV_EUSAGE, "line %d of the template: %s", line, why);
}

static void
add_escaped(struct buf *out, const char *text, size_t len)
{
	struct buf seen = BUF_INIT_SECRET;

	text_visible(&seen, text, len);
	if (seen.failed)
		out->failed = true;
	for (size_t i = 0; i < seen.len; i++) {
		switch (seen.data[i]) {
		case '&':
			buf_adds(out, "&amp;");
			break;
		case '<':
			buf_adds(out, "&lt;");
			break;
		case '>':
			buf_adds(out, "&gt;");
			break;
		case '"':
			buf_adds(out, "&quot;");
			break;
		case '\'':
			buf_adds(out, "&#39;");
			break;
		default:
			buf_addc(out, seen.data[i]);
		}
	}
	buf_clear(&seen);
}

/* Line by line, so that a typed text keeps its shape. */
static void
add_text(struct buf *out, const char *text)
{
	for (;;) {
		size_t n = strcspn(text, "\n");
		size_t shown = n > 0 && text[n - 1] == '\r' ? n - 1 : n;

		add_escaped(out, text, shown);
		if (text[n] == '\0')
			return;
		buf_adds(out, "<br>\n");
		text += n + 1;
	}
}

/* The same for a letter: marked instead of escaped. */
static void
add_marked(struct buf *out, const char *text)
{
	buf_addc(out, FILL_BEGIN);
	for (;;) {
		size_t n = strcspn(text, "\n");
		size_t shown = n > 0 && text[n - 1] == '\r' ? n - 1 : n;

		text_visible(out, text, shown);
		if (text[n] == '\0')
			break;
		buf_addc(out, FILL_BREAK);
		text += n + 1;
	}
	buf_addc(out, FILL_END);
}

/* Whether a text is a day and nothing else: 2026-01-08. */
static bool
is_day(const char *text)
{
	static const char shape[] = "0000-00-00";
	size_t i = 0;

	for (; shape[i] != '\0'; i++) {
		if (shape[i] == '0' ? text[i] < '0' || text[i] > '9'
				    : text[i] != shape[i])
			return false;
	}
	return text[i] == '\0';
}

/* A day in the order of the language: each letter of the pattern that stands
 * for a digit becomes that digit. */
static void
put_day(const struct filling *f, const char *text, char out[24])
{
	const char *year = text, *month = text + 5, *day = text + 8;
	size_t i = 0;

	for (; f->dates[i] != '\0'; i++)
		out[i] = f->dates[i] == 'Y'   ? *year++
			 : f->dates[i] == 'M' ? *month++
			 : f->dates[i] == 'D' ? *day++
					      : f->dates[i];
	out[i] = '\0';
}

static void
add_value(const struct filling *f, const json_t *value)
{
	struct buf *out = f->out;
	const char *text = json_string_value(value);
	char day[24];

	if (text != NULL && f->dates[0] != '\0' && is_day(text)) {
		put_day(f, text, day);
		text = day;
	}
	if (text != NULL && f->marked)
		add_marked(out, text);
	else if (text != NULL)
		add_text(out, text);
	else if (json_is_integer(value))
		buf_addf(out, "%lld", (long long)json_integer_value(value));
}

static const json_t *
look_up(const struct filling *f, const char *name)
{
	if (strcmp(name, ".") == 0)
		return f->around[f->depth - 1];
	for (size_t i = f->depth; i > 0; i--) {
		const json_t *found = json_object_get(f->around[i - 1], name);

		if (found != NULL)
			return found;
	}
	return NULL;
}

static bool
is_empty(const json_t *value)
{
	if (value == NULL || json_is_null(value) || json_is_false(value))
		return true;
	if (json_is_string(value))
		return json_string_length(value) == 0;
	if (json_is_array(value))
		return json_array_size(value) == 0;
	return json_is_integer(value) && json_integer_value(value) == 0;
}

/* The next tag from p on; false at the end. */
static int
next_tag(const struct filling *f, const char *p, struct tag *t, bool *ret,
    struct hrv_err *err)
{
	const char *open = memmem(p, (size_t)(f->end - p), "{{", 2);
	const char *close;
	size_t n;

	*ret = open != NULL;
	if (open == NULL)
		return HRV_OK;
	close = memmem(open, (size_t)(f->end - open), "}}", 2);
	if (close == NULL)
		return bad_tag(f, open, "a tag is not closed with }}", err);
	t->at = open;
	t->after = close + 2;
	t->kind = '\0';
	t->name[0] = '\0';
	open += 2;
	if (strchr("#^/!%", *open) != NULL)
		t->kind = *open++;
	/* A section tag or a remark alone on its line takes the line with it.
	 */
	if (t->kind != '\0' && *t->after == '\n' &&
	    (t->at == f->begin || t->at[-1] == '\n'))
		t->after++;
	if (t->kind == '!')
		return HRV_OK;
	while (open < close && *open == ' ')
		open++;
	while (close > open && close[-1] == ' ')
		close--;
	n = (size_t)(close - open);
	if (n == 0 || n >= NAME_MAX_LEN)
		return bad_tag(f, t->at, "a tag needs a name", err);
	memcpy(t->name, open, n);
	t->name[n] = '\0';
	return HRV_OK;
}

/* "dates DD.MM.YYYY": two letters for the day, two for the month, four for the
 * year. */
static int
set_dates(struct filling *f, const struct tag *t, struct hrv_err *err)
{
	const char *pattern = t->name + strlen("dates ");
	size_t days = 0, months = 0, years = 0;

	if (strncmp(t->name, "dates ", 6) != 0 ||
	    strlen(pattern) >= sizeof(f->dates))
		return bad_tag(f, t->at, "this sets nothing", err);
	for (const char *p = pattern; *p != '\0'; p++) {
		days += *p == 'D';
		months += *p == 'M';
		years += *p == 'Y';
	}
	if (days != 2 || months != 2 || years != 4)
		return bad_tag(
		    f, t->at, "dates are written as in DD.MM.YYYY", err);
	memcpy(f->dates, pattern, strlen(pattern) + 1);
	return HRV_OK;
}

static int fill(struct filling *f, const char *p, const char *section,
    bool show, const char **ret_after, struct hrv_err *err);

/* The section that t opens; *p is moved behind it. */
static int
fill_section(struct filling *f, const struct tag *t, bool show, const char **p,
    struct hrv_err *err)
{
	const json_t *value = look_up(f, t->name);
	bool some = !is_empty(value);
	size_t n = json_is_array(value) ? json_array_size(value) : 1;
	int rc = HRV_OK;

	if (f->depth == DEPTH_MAX)
		return bad_tag(f, t->at, "sections lie too deep", err);
	if (!show || some == (t->kind == '^'))
		return fill(f, t->after, t->name, false, p, err);
	if (t->kind == '^')
		return fill(f, t->after, t->name, true, p, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		f->around[f->depth++] =
		    json_is_array(value) ? json_array_get(value, i) : value;
		rc = fill(f, t->after, t->name, true, p, err);
		f->depth--;
	}
	return rc;
}

/* Fills from p to the end of the section (NULL: of the template). */
static int
fill(struct filling *f, const char *p, const char *section, bool show,
    const char **ret_after, struct hrv_err *err)
{
	struct tag t = { .kind = '\0' };
	bool found = false;
	int rc;

	for (;;) {
		rc = next_tag(f, p, &t, &found, err);
		if (rc != HRV_OK)
			return rc;
		if (show)
			buf_add(
			    f->out, p, (size_t)((found ? t.at : f->end) - p));
		if (!found)
			break;
		p = t.after;
		if (t.kind == '/') {
			if (section == NULL || strcmp(section, t.name) != 0)
				return bad_tag(f, t.at,
				    "this closes nothing that is open", err);
			*ret_after = p;
			return HRV_OK;
		}
		if (t.kind == '\0' && show)
			add_value(f, look_up(f, t.name));
		else if (t.kind == '%')
			rc = set_dates(f, &t, err);
		else if (t.kind == '#' || t.kind == '^')
			rc = fill_section(f, &t, show, &p, err);
		if (rc != HRV_OK)
			return rc;
	}
	if (section != NULL)
		return bad_tag(f, f->end, "a section is open at the end", err);
	*ret_after = f->end;
	return HRV_OK;
}

int
package_fill(const char *template, size_t len, const json_t *values,
    struct buf *out, struct hrv_err *err)
{
	struct filling f = { .begin = template,
		.end = template + len,
		.around = { values },
		.depth = 1,
		.out = out };
	const char *after;
	int rc = fill(&f, template, NULL, true, &after, err);

	return rc == HRV_OK ? buf_ok(out, err) : rc;
}

int
package_fill_marked(const char *template, size_t len, const json_t *values,
    struct buf *out, struct hrv_err *err)
{
	struct filling f = { .begin = template,
		.end = template + len,
		.around = { values },
		.depth = 1,
		.out = out,
		.marked = true };
	const char *after;
	int rc;

	for (const char *p = template; p < f.end; p++) {
		if (*p >= '\0' && *p < ' ' && *p != '\n' && *p != '\t')
			return bad_tag(
			    &f, p, "a control character in the text", err);
	}
	rc = fill(&f, template, NULL, true, &after, err);
	return rc == HRV_OK ? buf_ok(out, err) : rc;
}
