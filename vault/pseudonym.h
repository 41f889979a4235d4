/* SPDX-License-Identifier: ISC */
/*
 * Other people's names, replaced by letters: "Person A". Words are compared
 * folded (text.h), so that case, accents and the order of words play no part,
 * and also with letters spelled out ("Mueller").
 * Layer: verbs. Pure: texts in, texts out.
 *
 * What counts as a name of somebody: two or more of the name's words side by
 * side; one of them that is neither a particle ("van", "de") nor a word of the
 * subject's own name, and, when it has three letters or fewer, begins with a
 * capital; in scripts of single characters, two of them side by side. So do
 * e-mail addresses, numbers and phone numbers as a whole. What this cannot
 * know: nicknames and other spellings that nobody named, and words inside
 * pictures or documents.
 */
#ifndef VAULT_PSEUDONYM_H
#define VAULT_PSEUDONYM_H

#include "vault/base/buf.h"
#include "vault/base/json.h"

struct pseudonyms;

/*
 * people: [{"as","names":[...],"marks":[...],"phones":[...]}], own: the names
 * of the subject, a list. NULL lists are empty. *ret is the caller's
 * (pseudonyms_free()). HRV_EUSAGE: not UTF-8; HRV_ENOMEM.
 */
int pseudonyms_new(const json_t *people, const json_t *own,
    struct pseudonyms **ret, struct hrv_err *err) HRV_MUST_CHECK;
/* NULL is fine. */
void pseudonyms_free(struct pseudonyms *p);
/* Appends the text with names replaced; *ret_any (may be NULL) becomes true
 * when there was one, else stays. p NULL: as it is. */
int pseudonyms_text(const struct pseudonyms *p, const char *text,
    struct buf *out, bool *ret_any, struct hrv_err *err) HRV_MUST_CHECK;
/* Whether that letter was put into any text so far. p NULL: none was. */
bool pseudonyms_used(const struct pseudonyms *p, const char *as);
/* Whether there is anybody whose name is looked for. */
bool pseudonyms_any(const struct pseudonyms *p);
/* Whether the first len bytes name somebody, otherwise than by their letter:
 * *ret_any becomes true then, else stays, and *ret_at (may be NULL) is where.
 * HRV_EUSAGE: not UTF-8. p NULL: nobody. */
int pseudonyms_find(const struct pseudonyms *p, const char *text, size_t len,
    bool *ret_any, size_t *ret_at, struct hrv_err *err) HRV_MUST_CHECK;
/* Replaces in every string and every name of a member, in place; numbers as
 * json_kept.h has them are texts too. */
int pseudonyms_json(const struct pseudonyms *p, json_t **doc, bool *ret_any,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Whether a folded word is a small one of many names ("van", "de"). */
bool pseudonyms_particle(const char *word);

#endif
