/* SPDX-License-Identifier: ISC */
/*
 * What pseudonym.c (reading people, replacing), pseudonym_find.c (finding) and
 * pseudonym_spell.c share. Internal to them. Layer: verbs.
 */
#ifndef VAULT_PSEUDONYM_INT_H
#define VAULT_PSEUDONYM_INT_H

#include "vault/pseudonym.h"

struct word {
	char *text;
	size_t len;
	size_t from, to; /* in the source */
	char *alt;	 /* with letters spelled out ("mueller"), or NULL */
	size_t alt_len;
};

struct words {
	struct word *list;
	size_t n;
};

struct person {
	char *as;
	bool used;	     /* it stands in some text by now */
	struct words names;  /* every word of every name */
	struct words *marks; /* what counts as a whole only */
	size_t n_marks;
	struct words phones; /* digits */
};

struct pseudonyms {
	struct person *people;
	size_t n;
	struct words own;
};

/* A place that is somebody's. */
struct found {
	size_t from, to; /* bytes of the source */
	const char *as;
	size_t words;
};

/* Gives the words from `first` on, which stand in source, their second form. */
int pseudonym_spell(struct words *w, size_t first, const char *source,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The longest thing that begins at word i of the source and is somebody's. */
bool pseudonym_at(const struct pseudonyms *p, const char *source,
    const struct words *w, size_t i, struct found *ret);

#endif
