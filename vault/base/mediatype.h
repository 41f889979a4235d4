/* SPDX-License-Identifier: ISC */
/*
 * What kind of file a document is, found from its bytes and never from its
 * name. libmagic parses whatever people send in, so it runs in a child that
 * can read its socket and answer on it, and nothing else: no file, no network,
 * no other process. A child that fails, crashes or does not answer costs the
 * answer ("application/octet-stream"), never the caller. Nothing is written to
 * disk. Layer: base.
 */
#ifndef VAULT_BASE_MEDIATYPE_H
#define VAULT_BASE_MEDIATYPE_H

#include <stddef.h>

#include "hrvault/err.h"

#define MEDIATYPE_HEAD 65536 /* bytes looked at; more are ignored */
#define MEDIATYPE_TEXT 128   /* room for a media type and its NUL */
#define MEDIATYPE_UNKNOWN "application/octet-stream"

/* A child that stays for many files; opaque. */
struct mediatype;

/* Prepares; the child is started by the first question. Start it before keys
 * are in memory where that is possible, since a child is a copy of its parent.
 * HRV_ENOMEM. The caller frees with mediatype_free(). */
int mediatype_new(
    struct mediatype **ret_mt, struct hrv_err *err) HRV_MUST_CHECK;
/* Ends the child and frees. NULL is fine. */
void mediatype_free(struct mediatype *mt);

/* Writes the media type of a document that begins with these bytes, without
 * parameters ("text/plain"). Always writes one: MEDIATYPE_UNKNOWN where
 * nothing better is known or the child failed; the next question then starts
 * another child. Waits five seconds at most. */
void mediatype_of(struct mediatype *mt, const void *head, size_t len,
    char out[MEDIATYPE_TEXT]);

/* The usual file name extension of a media type, without the dot; "bin" for
 * types not known here. Static. */
const char *mediatype_extension(const char *type);

#endif
