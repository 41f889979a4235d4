/* SPDX-License-Identifier: ISC */
/*
 * Filling a template with values: the part of the Mustache language that a
 * letter needs. Layer: verbs. Invariant: every value is escaped for HTML,
 * there is no way around it, and control and bidi characters in it are made
 * visible; a template can reach nothing but the values it is given.
 *
 *	{{name}}		the text or number of that name; nothing if
 *absent
 *	{{.}}			the text itself, in a list of texts
 *	{{#name}} ... {{/name}}	once for each element of a list, once for
 *				anything else that is there and not empty
 *	{{^name}} ... {{/name}}	once when it is absent, empty, 0 or false
 *	{{! remark }}		nothing
 *	{{% dates DD.MM.YYYY}}	from here on a text that is a day, and nothing
 *				else, is shown in this order
 *
 * Names are looked up in the element first, then in what is around it. A line
 * break in a text becomes <br>, so texts of several lines do not belong in
 * attributes.
 */
#ifndef VAULT_PACKAGE_FILL_H
#define VAULT_PACKAGE_FILL_H

#include "vault/base/buf.h"
#include "vault/base/json.h"

/* Appends the filled template to out. HRV_EUSAGE names the line of a tag that
 * is not closed, closes nothing or is none of the above. */
int package_fill(const char *template, size_t len, const json_t *values,
    struct buf *out, struct hrv_err *err) HRV_MUST_CHECK;

/*
 * The same for a letter (letter_render.h): values are not escaped but marked,
 * so that whoever lays the letter out can tell them from the template: each
 * begins with FILL_BEGIN, ends with FILL_END, and has FILL_BREAK for a line
 * break. None of the three can occur in a value, where control characters are
 * made visible, nor in the template: HRV_EUSAGE.
 */
#define FILL_BEGIN '\x01'
#define FILL_END '\x02'
#define FILL_BREAK '\x03'
int package_fill_marked(const char *template, size_t len, const json_t *values,
    struct buf *out, struct hrv_err *err) HRV_MUST_CHECK;

#endif
