/* SPDX-License-Identifier: ISC */
/*
 * Whether a text writes letters otherwise than by themselves, so that a search
 * for a word in it proves nothing: the body of an e-mail, a fragment of HTML, a
 * list of addresses of pages. Layer: base. Pure. In doubt it does: whoever asks
 * has a person look at the text.
 */
#ifndef VAULT_BASE_ESCAPES_H
#define VAULT_BASE_ESCAPES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Quoted-printable ("=C5=81", a line that ends with "="), encoded words
 * ("=?utf-8?"), references ("&uuml;", "&#321;"), tags inside a word
 * ("Mu<b>l"), "%C5%81", "\u0141", "\xc5", "\'fc", and lines of base64.
 */
bool escapes_any(const char *s, size_t len);

#endif
