/* SPDX-License-Identifier: ISC */
/*
 * Stored text on its way to people and programs, and typing errors on their
 * way back. Texts made here may be personal data: they are wiped when they
 * are freed.
 */
#ifndef HRVAULT_TEXT_H
#define HRVAULT_TEXT_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The text with everything in it that a terminal would obey or not show -
 * control, bidi, invisible characters, bytes that are not UTF-8 - written out
 * (\x1b, <U+202E>). Always one line. NULL: no memory. Freed with
 * hrv_text_free(). */
char *hrv_text_visible(const char *text);

/* The same for JSON text, where such characters become \u escapes and the
 * value stays what it was. NULL: no memory. Freed with hrv_text_free(). */
char *hrv_text_json(const char *json);

/* Wipes and frees; NULL is fine. */
void hrv_text_free(char *text);

/* Columns that well-formed text takes on a terminal: wide characters two,
 * combining ones none. */
size_t hrv_text_width(const char *text, size_t len);

/* The candidate that was probably meant, or NULL when none is near.
 * candidates ends with NULL; the result is borrowed from there. */
const char *hrv_text_nearest(const char *typed, const char *const *candidates);

#ifdef __cplusplus
}
#endif
#endif
