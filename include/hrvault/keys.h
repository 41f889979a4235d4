/* SPDX-License-Identifier: ISC */
/*
 * The keys of the vault in the right hands: who holds which, what has to be
 * replaced because somebody knows it who left, and replacing it.
 */
#ifndef HRVAULT_KEYS_H
#define HRVAULT_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "hrvault/doc.h"
#include "hrvault/err.h"

#ifdef __cplusplus
extern "C" {
#endif

struct hrv_vault;

/*
 * Looks at every member's key and every key of the vault; writes nothing.
 * *ret_doc: ok; problems, a list of code (expired, revoked, unusable,
 * expiring, ended, rotation, reencryption), member or key, text; rotations
 * as in hrv_member_remove(); single, the keys that one member alone holds.
 */
int hrv_key_check(struct hrv_vault *v, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Which key to replace; both NULL: all that are to be rotated and that the
 * caller holds. */
struct hrv_key_rotate_args {
	const char *compartment; /* "pay" */
	const char *key;	 /* "meta", "write", "index", "suppress",
				  * "identity", "detail", "hold", "casework" */
	bool reencrypt; /* also seal every record of the compartment anew,
			 * but for held ones and those of open cases; goes on
			 * where it was interrupted */
	/* Told how far it is, or NULL: data keys wrapped anew, of a total
	 * that is not known (0); with reencrypt then records, of those that
	 * were left when it began or went on. */
	void (*progress)(void *ctx, size_t done, size_t total);
	void *ctx;
};
/*
 * Replaces keys of the vault by new ones, sealed to every member whose role
 * and compartments take them. Each is whole or has not begun, whatever
 * happens. *ret_doc: rotated, a list of key (the new id), members (how many
 * got it), rewrapped (data keys, for compartments); rotations still to be
 * done; with reencrypt records (sealed anew) and kept (held, or in an open
 * case); finished: false while a running command still holds what was replaced
 * (the next command that writes destroys it). HRV_EREFUSED: the caller does
 * not hold the key. HRV_EKEY: a member's key cannot be sealed to. HRV_EBUSY:
 * another command runs (for "meta").
 */
int hrv_key_rotate(struct hrv_vault *v, const struct hrv_key_rotate_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
