/* SPDX-License-Identifier: ISC */
/*
 * Where we run: which vault, whose state, what day it is. The only file that
 * reads the environment and the clock. Layer: cli.
 */
#ifndef CLI_CONTEXT_H
#define CLI_CONTEXT_H

#include "cli/command.h"
#include "hrvault/vault.h"

/* Version of the program; sessions write it into the log. */
#define HRVAULT_VERSION "0.1.0"

/* What hrv_open() and hrv_init() want to know; lives in one struct because
 * the texts are borrowed from it. Freed with context_clear(). */
struct context {
	struct hrv_open_args open;
	char *dir;
	char *state_dir;
	char *tmp_dir;
	char host[65];
};

/* The folder of the vault: --vault, else HRVAULT_DIR, else `vault` in the
 * user's configuration file. HRV_ENOVAULT with what to do. Freed with
 * free(). */
int context_vault_dir(
    const struct cli *c, char **ret, struct hrv_err *err) HRV_MUST_CHECK;

/* Fills *ret; dir NULL: context_vault_dir(). */
int context_init(const struct cli *c, const char *dir, struct context *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
void context_clear(struct context *x);

/* Opens the vault of this run into c->vault. */
int context_open(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;

/* Microseconds since 1970 UTC. */
int64_t context_now(void);

/* Today in that time zone; NULL: in the one of the schedule in force, for
 * which the vault must be open. */
int context_today(const struct cli *c, const char *zone, struct hrv_date *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
