/* SPDX-License-Identifier: ISC */
/*
 * What is refused before a signature reaches the library, which aborts on some
 * of these inputs and accepts others that it must not. Pure; layer: crypto.
 */
#ifndef VAULT_CRYPTO_ED25519_H
#define VAULT_CRYPTO_ED25519_H

#include <stdbool.h>
#include <stdint.h>

#include "hrvault/err.h"

/* False when a signature R || S by public key A must be refused unseen: S is
 * not below the group order (RFC 8032, 5.1.7), or A or R is one of the 14
 * encodings of a point of low order. All of it is public, so the time taken
 * may depend on it. */
bool ed25519_acceptable(
    const uint8_t pub[32], const uint8_t sig[64]) HRV_MUST_CHECK;

#endif
