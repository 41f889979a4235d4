/* SPDX-License-Identifier: ISC */
/*
 * JSON Resume (jsonresume.org): a candidate's own file. Who it is about is
 * read from it, strictly; the file itself is stored as it came, byte for
 * byte. Layer: importer, pure.
 */
#ifndef VAULT_IMPORTER_RESUME_H
#define VAULT_IMPORTER_RESUME_H

#include <stdbool.h>
#include <stddef.h>

#include "hrvault/err.h"

struct import_row;

#define RESUME_SIZE_MAX (16u * 1024u * 1024u)
#define RESUME_DEPTH_MAX 64

/* What such a file becomes: a record of this class and type. */
#define RESUME_CLASS "application"
#define RESUME_MEDIA_TYPE "application/json"

/* Whether brackets outside strings are nested deeper than `most` in a JSON
 * text; reads any bytes. */
bool resume_too_deep(const char *text, size_t len, size_t most);

/* Reads a resume into *r (reset first): name, e-mail address and phone number
 * from `basics`, and the whole file as the record. Empty texts count as
 * absent. HRV_EUSAGE when it is too long, nested too deep, no JSON, has a
 * member twice, has no basics.name, or one of the three cannot be stored;
 * messages name the member and never its value. */
int resume_read(const char *text, size_t len, struct import_row *r,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
