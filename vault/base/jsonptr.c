/* SPDX-License-Identifier: ISC */
/*
 * JSON pointers. Layer: base.
 */
#include "vault/base/jsonptr.h"

#include <stdlib.h>
#include <string.h>

bool
jsonptr_ok(const char *pointer)
{
	if (pointer[0] != '/')
		return false;
	for (const char *p = strchr(pointer, '~'); p != NULL;
	     p = strchr(p + 1, '~')) {
		if (p[1] != '0' && p[1] != '1')
			return false;
	}
	return true;
}

/* Copies the part after *p's slash, unescaped, and moves *p behind it. */
static void
next_part(const char **p, char *out)
{
	const char *at = *p + 1;

	for (; *at != '\0' && *at != '/'; at++) {
		if (*at == '~') {
			at++;
			*out++ = *at == '0' ? '~' : '/';
		} else {
			*out++ = *at;
		}
	}
	*out = '\0';
	*p = at;
}

/* An index as RFC 6901 has it: digits without a leading zero. */
static bool
index_of(const json_t *list, const char *part, size_t *ret)
{
	size_t n = strspn(part, "0123456789");

	if (n == 0 || n > 9 || part[n] != '\0' || (n > 1 && part[0] == '0'))
		return false;
	*ret = strtoul(part, NULL, 10);
	return *ret < json_array_size(list);
}

static json_t *
step(json_t *in, const char *part)
{
	size_t i;

	if (json_is_object(in))
		return json_object_get(in, part);
	return json_is_array(in) && index_of(in, part, &i)
		   ? json_array_get(in, i)
		   : NULL;
}

static bool
take_out(json_t *in, const char *part)
{
	json_t *what = step(in, part);
	size_t i;

	if (what == NULL)
		return false;
	if (json_is_object(in))
		return json_object_del(in, part) == 0;
	if (json_is_string(what) &&
	    strcmp(json_string_value(what), JSONPTR_REMOVED) == 0)
		return false;
	return index_of(in, part, &i) &&
	       json_array_set_new(in, i, json_string(JSONPTR_REMOVED)) == 0;
}

bool
jsonptr_remove(json_t *doc, const char *pointer)
{
	char *part;
	bool done = false;

	if (!jsonptr_ok(pointer) || (part = malloc(strlen(pointer))) == NULL)
		return false;
	while (doc != NULL) {
		next_part(&pointer, part);
		if (*pointer == '\0') {
			done = take_out(doc, part);
			break;
		}
		doc = step(doc, part);
	}
	free(part);
	return done;
}

json_t *
jsonptr_get(json_t *doc, const char *pointer)
{
	char *part;

	if (!jsonptr_ok(pointer) || (part = malloc(strlen(pointer))) == NULL)
		return NULL;
	while (doc != NULL && *pointer != '\0') {
		next_part(&pointer, part);
		doc = step(doc, part);
	}
	free(part);
	return doc;
}
