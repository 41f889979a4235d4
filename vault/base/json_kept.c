/* SPDX-License-Identifier: ISC */
/*
 * JSON whose numbers stay text, see json_kept.h. Layer: base. Invariant: only
 * what the grammar calls a number is marked, and a document that has the mark
 * itself is refused, so that nothing else can come out as a number.
 */
#include "vault/base/json_kept.h"

#include <string.h>

#define MARK "\\u0000"
#define MARK_LEN 6

/* A text on its way through. */
struct marking {
	const char *p;
	size_t len;
	size_t at;
	size_t values, depth;
	struct buf out; /* secret */
};

static size_t
digits(const struct marking *m, size_t i)
{
	size_t n = 0;

	while (i + n < m->len && m->p[i + n] >= '0' && m->p[i + n] <= '9')
		n++;
	return n;
}

static bool
is_one_of(const struct marking *m, size_t i, const char *set)
{
	return i < m->len && m->p[i] != '\0' && strchr(set, m->p[i]) != NULL;
}

/* Bytes of the number that begins here, as RFC 8259 has it; 0: none. */
static size_t
number_len(const struct marking *m)
{
	size_t i = m->at + is_one_of(m, m->at, "-"), n = digits(m, i);

	if (n == 0)
		return 0;
	i += m->p[i] == '0' ? 1 : n;
	if (is_one_of(m, i, ".") && (n = digits(m, i + 1)) > 0)
		i += 1 + n;
	if (is_one_of(m, i, "eE")) {
		size_t sign = is_one_of(m, i + 1, "+-");

		n = digits(m, i + 1 + sign);
		if (n > 0)
			i += 1 + sign + n;
	}
	return i - m->at;
}

static int
refuse(const char *why, struct hrv_err *err)
{
	return hrv_fail(err, HRV_EUSAGE,
	    "not a JSON document that can be "
	    "looked into: %s",
	    why);
}

/* A string, as it is. */
static int
copy_string(struct marking *m, struct hrv_err *err)
{
	size_t i = m->at + 1;

	while (i < m->len && m->p[i] != '"') {
		if (m->p[i] == '\\' && m->len - i >= MARK_LEN &&
		    memcmp(m->p + i, MARK, MARK_LEN) == 0)
			return refuse("a NUL in a text", err);
		i += m->p[i] == '\\' ? 2 : 1;
	}
	if (i >= m->len)
		return refuse("a text without an end", err);
	buf_add(&m->out, m->p + m->at, i + 1 - m->at);
	m->at = i + 1;
	return HRV_OK;
}

static int
count(struct marking *m, struct hrv_err *err)
{
	char c = m->p[m->at];

	if (c == '[' || c == '{')
		m->depth++;
	else if ((c == ']' || c == '}') && m->depth > 0)
		m->depth--;
	if (c == '[' || c == '{' || c == ',')
		m->values++;
	if (m->depth > JSON_KEPT_DEPTH)
		return refuse("it is too deep", err);
	return m->values > JSON_KEPT_VALUES
		   ? refuse("it has too many values", err)
		   : HRV_OK;
}

static int
mark_numbers(struct marking *m, struct hrv_err *err)
{
	int rc = HRV_OK;

	while (rc == HRV_OK && m->at < m->len) {
		size_t n = number_len(m);

		if (n > 0) {
			buf_adds(&m->out, "\"" MARK);
			buf_add(&m->out, m->p + m->at, n);
			buf_addc(&m->out, '"');
			m->at += n;
		} else if (m->p[m->at] == '"') {
			rc = copy_string(m, err);
		} else {
			rc = count(m, err);
			buf_addc(&m->out, m->p[m->at++]);
		}
	}
	return rc == HRV_OK ? buf_ok(&m->out, err) : rc;
}

int
json_kept_read(
    const void *text, size_t len, json_t **ret_v, struct hrv_err *err)
{
	struct marking m = { .p = text, .len = len, .out = BUF_INIT_SECRET };
	json_error_t e;
	json_t *v = NULL;
	int rc = len > JSON_KEPT_MAX ? refuse("it is too long", err)
				     : mark_numbers(&m, err);

	if (rc == HRV_OK) {
		v = json_loadb((const char *)m.out.data, m.out.len,
		    JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL,
		    &e);
		if (v == NULL)
			rc = refuse("it is not well-formed", err);
	}
	buf_clear(&m.out);
	*ret_v = v;
	return rc;
}

const char *
json_kept_str(const json_t *v)
{
	const char *text = json_string_value(v);

	return text != NULL && text[0] == '\0' && json_string_length(v) > 0
		   ? text + 1
		   : text;
}

int
json_kept_pretty(const json_t *v, struct buf *out, struct hrv_err *err)
{
	static const char mark[] = "\"" MARK;
	struct buf text = BUF_INIT_SECRET;
	int rc = json_pretty(v, &text, err);
	const char *at = buf_str(&text), *next;

	while (rc == HRV_OK && (next = strstr(at, mark)) != NULL) {
		const char *number = next + sizeof(mark) - 1;
		size_t n = strcspn(number, "\"");

		buf_add(out, at, (size_t)(next - at));
		buf_add(out, number, n);
		at = number + n + (number[n] == '"');
	}
	buf_adds(out, at);
	buf_clear(&text);
	return rc == HRV_OK ? buf_ok(out, err) : rc;
}
