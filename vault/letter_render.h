/* SPDX-License-Identifier: ISC */
/*
 * Laying out a letter. Layer: verbs; pure. A template is text with values
 * (package_fill.h) and a shape that a translator can keep:
 *
 *	%lang de		its language, first line; "%lang ar rtl" when it
 *				is written from right to left
 *	# Heading		the subject of the letter, once
 *	## Heading		of a part
 *	| line			a line of an address or a signature, as it is
 *	- item			of a list; goes on in lines that begin with a
 *				blank
 *	anything else		paragraphs, with an empty line between
 *
 * Invariant: a value never becomes shape or markup, whatever is in it; a name
 * that is written in the other direction does not turn what stands around it.
 */
#ifndef VAULT_LETTER_RENDER_H
#define VAULT_LETTER_RENDER_H

#include "vault/base/buf.h"
#include "vault/base/json.h"

/* Appends the letter as plain text, lines of at most 72 columns. HRV_EUSAGE
 * names what is wrong with the template. */
int letter_text(const char *template, size_t len, const json_t *values,
    struct buf *out, struct hrv_err *err) HRV_MUST_CHECK;

/*
 * Appends it as a page: frame is an HTML template (package_fill.h) with the
 * values `lang`, `rtl` and `subject`, in which the letter takes the place of
 * the remark LETTER_HERE.
 */
#define LETTER_HERE "<!-- letter -->"
struct letter_frame {
	const char *text;
	size_t len;
};
int letter_html(const char *template, size_t len, const json_t *values,
    const struct letter_frame *frame, struct buf *out,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
