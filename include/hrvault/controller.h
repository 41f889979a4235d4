/* SPDX-License-Identifier: ISC */
/*
 * Who is responsible for the data and how they are reached: the block that
 * stands in every package, letter, certificate of destruction and in the
 * record of processing (Art. 13(1)(a)-(b), 13(2)(d), 30(1)(a)). A file of its
 * own, adopted as schedules and laws are; docs/formats/controller.md has the
 * keys. It names an organisation and its offices, and is no secret. Pure: no
 * file and no clock is looked at here.
 */
#ifndef HRVAULT_CONTROLLER_H
#define HRVAULT_CONTROLLER_H

#include <stdbool.h>
#include <stddef.h>

#include "hrvault/fileerr.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An office that can be written to. Texts are "" where the file has none. */
struct hrv_contact {
	const char *name;
	const char *email;
	const char *phone;
	const char *web;
	const char *region;	    /* of a representative: "EU", "UK" */
	const char *const *address; /* lines */
	size_t n_address;
	const char *const *laws; /* ids; none: for every law */
	size_t n_laws;
};

/* A controller. Made by hrv_controller_parse(), not changed afterwards; all
 * texts and lists belong to it. */
struct hrv_controller {
	const char *id;
	const char *version;
	struct hrv_contact self;    /* name and address of the organisation */
	struct hrv_contact contact; /* whom people write to about their data */
	struct hrv_contact dpo;	    /* name "" where there is none */
	struct hrv_contact complaints; /* who takes complaints: the contact's,
					* where the file has none */
	const struct hrv_contact *representatives;
	size_t n_representatives;
	const struct hrv_contact *authorities; /* at least one */
	size_t n_authorities;
	const char *court;     /* where else one can go, "" */
	const char *automated; /* Art. 15(1)(h) in words; "" where no decision
				* is automated */
	struct cfg *tree;      /* keeps the texts; of no use to callers */
};

/* Reads the len bytes of a controller's file. NULL when anything is wrong
 * with it: then errors has all of it. Freed by hrv_controller_free(). */
struct hrv_controller *hrv_controller_parse(
    const char *text, size_t len, struct hrv_file_errors *errors);

/* Frees it; NULL is fine. */
void hrv_controller_free(struct hrv_controller *c);

/* Whether a contact serves that law: it names it, or names none. */
bool hrv_contact_serves(const struct hrv_contact *c, const char *law);

#ifdef __cplusplus
}
#endif
#endif
