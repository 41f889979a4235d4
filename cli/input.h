/* SPDX-License-Identifier: ISC */
/*
 * What a person types or hands over: values from standard input, a file or
 * the terminal, and answers to questions. Layer: cli. With --no-input, or
 * where nobody sits at a terminal, a question is HRV_ECONFIRM (exit 6).
 */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include "cli/command.h"

#define INPUT_MAX (1 << 20) /* bytes of a value read from a file */

/*
 * The text behind what was typed for a personal value: "-" reads standard
 * input, "@FILE" a file (one line end at its end is left out), "@@x" is the
 * text "@x", "" asks on the terminal. `what` (static) names it in questions
 * and messages ("reason"). *ret is the caller's, given back with input_free().
 * HRV_EUSAGE: NUL inside, too long, standard input already read, no such
 * file; HRV_ECONFIRM: it would have to ask.
 */
int input_value(struct cli *c, const char *typed, const char *what, char **ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Replaces the values of the command's OPT_PERSONAL options by the texts
 * behind them, and asks for needed ones that were left out. */
int input_fill(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;

/* Reserves standard input for `what` (static text); HRV_EUSAGE when something
 * else of this command reads it already. */
int input_claim_stdin(
    struct cli *c, const char *what, struct hrv_err *err) HRV_MUST_CHECK;

/* All of an open file, at most max bytes, with a NUL behind; *ret_len may be
 * NULL. HRV_EUSAGE when it is longer, HRV_EIO. Freed with input_free(). */
int input_read_fd(int fd, const char *what, size_t max, char **ret,
    size_t *ret_len, struct hrv_err *err) HRV_MUST_CHECK;

/* The first line of the descriptor named by an option such as
 * --passphrase-fd; it is closed afterwards unless it is 0. HRV_EUSAGE for an
 * empty line or a descriptor that is not open. */
int input_passphrase(struct cli *c, const char *option, char **ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* The passphrase of the user's own key into c->own_pass, as the option of
 * every command says; nothing without it. Errors as above. */
int input_own_passphrase(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;

/* The error of a file that the caller named and that cannot be opened, by
 * errno: HRV_ENOTFOUND where there is none, else HRV_EUSAGE. */
int input_not_opened(int sys, struct hrv_err *err);
/* A file of at most max bytes by path, "-" for standard input. Errors as
 * input_not_opened(); HRV_EUSAGE also when there is too much of it. */
int input_read_file(struct cli *c, const char *path, size_t max, char **ret,
    size_t *ret_len, struct hrv_err *err) HRV_MUST_CHECK;

/* Wipes and frees a text; NULL is fine. */
void input_free(char *text);

/* Asks a question that is answered by y or by --yes. 0 when it was; otherwise
 * HRV_ECONFIRM, and nothing must be done. */
int input_confirm(
    struct cli *c, const char *question, struct hrv_err *err) HRV_MUST_CHECK;

/* Asks for a number of things to be typed, which --yes does not answer. */
int input_confirm_count(struct cli *c, const char *question, int64_t count,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
