/* SPDX-License-Identifier: ISC */
/*
 * The closed list of operations that a leaf of the log may name, with the
 * phases each may have. A name that is not here is an error when writing and
 * when reading. Pure data. Layer: log.
 */
#ifndef VAULT_LOG_OP_H
#define VAULT_LOG_OP_H

#include <stdbool.h>
#include <stddef.h>

/* Phases of a leaf; the values are bits, so that struct op can hold a set. */
enum op_phase {
	OP_INTENT = 1,	/* written before it is done */
	OP_OUTCOME = 2, /* how an intent ended */
	OP_SINGLE = 4	/* done in the commit that writes the leaf */
};

/* One operation. All text is static. */
struct op {
	const char *name;
	unsigned phases;   /* set of enum op_phase */
	bool changes;	   /* its success changes what the log governs */
	const char *about; /* one short sentence fragment, for people */
};

/* The operation called name (len bytes, no NUL needed), or NULL. */
const struct op *op_find(const char *name, size_t len);
/* The i-th operation in the order of the documentation, NULL past the end. */
const struct op *op_at(size_t i);
/* "intent", "outcome" or "single"; NULL for anything else. */
const char *op_phase_name(enum op_phase phase);

#endif
