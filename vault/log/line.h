/* SPDX-License-Identifier: ISC */
/*
 * Reading the line-based texts of the log: lines that each end in LF, decimal
 * numbers with one spelling. Layer: log. Nothing here reads past the end that
 * it was given.
 */
#ifndef VAULT_LOG_LINE_H
#define VAULT_LOG_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is left to read. */
struct line_reader {
	const char *at;
	const char *end;
};

/* A piece of text without its newline; borrowed, not NUL-terminated. */
struct line {
	const char *at;
	size_t len;
};

/* Takes the next line. False, taking nothing, at the end or when what is left
 * has no newline (then in->at != in->end). */
bool line_next(struct line_reader *in, struct line *ret);
/* Takes the next word of *l: everything up to the next space, which is dropped
 * too. False when nothing is left. A word may be empty. */
bool line_word(struct line *l, struct line *ret);
/* Reads a decimal number up to max: digits only, no leading zero but "0". */
bool line_u64(const char *text, size_t len, uint64_t max, uint64_t *ret)
    __attribute__((warn_unused_result));
/* True when the text is exactly this word. */
bool line_is(const struct line *l, const char *word);

#endif
