/* SPDX-License-Identifier: ISC */
/*
 * What the files that gather a package share. Internal to them. Layer: verbs.
 */
#ifndef VAULT_PACKAGE_INT_H
#define VAULT_PACKAGE_INT_H

#include "vault/case_copy.h"
#include "vault/crypto/content.h"
#include "vault/package.h"

/* Sets a text, or null where there is none. 0 or -1. */
int package_put(json_t *o, const char *key, const char *text);
/* The same with other people's names replaced. */
int package_put_named(const struct package *p, json_t *o, const char *key,
    const char *text, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Makes row and more of an item whose rec is loaded, from the clear layer: what
 * the decision, the record and its class say, as far as the person may know.
 * *ret_dated: whether the days of its events may be told as well.
 */
int package_row(struct hrv_vault *v, const struct kase *k,
    const struct case_item *item, struct package_item *it, bool *ret_dated,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Opens what is given out of a record and makes its file and the rest of its
 * row. HRV_ECONFIRM ("unreadable"): it cannot be searched for what must not go
 * out. */
int package_disclose(struct hrv_vault *v, const struct receipt *r,
    struct package *p, struct package_item *it,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Where a version comes from: the vault, or the copy derived for the case. */
struct package_origin {
	struct version_row ver;
	struct case_copy copy;
	uint64_t size;
};
/* Opens the header of what is given out. Given back with
 * package_origin_clear(), also after a failure. */
int package_open(struct hrv_vault *v, const struct receipt *r,
    const struct package *p, const struct package_item *it,
    struct package_origin *o, json_t **ret_header,
    struct hrv_err *err) HRV_MUST_CHECK;
void package_origin_clear(struct package_origin *o);
/* Opens the stored body into the sink. */
int package_open_body(struct hrv_vault *v, const struct receipt *r,
    const struct package_origin *o, const struct package_item *it,
    content_sink *sink, void *ctx, struct hrv_err *err) HRV_MUST_CHECK;
/* Sets name, length and hash of the file in the row. */
int package_put_file(struct package_item *it, const char *extension,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Say in the row what was left out or replaced. */
int package_note_ban(
    struct package_item *it, struct hrv_err *err) HRV_MUST_CHECK;
int package_note_names(
    struct package_item *it, struct hrv_err *err) HRV_MUST_CHECK;

/* Keeps what banned fields of a document hold, to look for it elsewhere. */
int package_note_values(
    struct package *p, json_t *doc, struct hrv_err *err) HRV_MUST_CHECK;

/* A JSON document as it goes out; text empty: as it is stored. */
struct package_json {
	struct buf text; /* secret */
	bool banned, named;
};
/* Looks into a JSON document and, where something must not go out, makes its
 * file. HRV_ECONFIRM ("unreadable"). */
int package_json_look(struct hrv_vault *v, const struct receipt *r,
    struct package *p, const struct package_origin *o, struct package_item *it,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Whether anybody is replaced, or any field banned, in this case. */
bool package_must_look(const struct package *p);
/* Whether a text that somebody typed about the record, as it goes out now, has
 * the name of somebody who is replaced. */
int package_words_left(const struct package *p, const struct package_item *it,
    bool *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Looks through what goes out as it is. HRV_EREFUSED ("left-in",
 * "not-searched") names the records. */
int package_search(struct hrv_vault *v, const struct receipt *r,
    struct package *p, struct hrv_err *err) HRV_MUST_CHECK;

#endif
