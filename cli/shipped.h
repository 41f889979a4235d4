/* SPDX-License-Identifier: ISC */
/*
 * Schedules, laws, calendars, maps and templates by id: beside the program (in
 * the source tree build/../policy) or in the installed data folder, or any file
 * by its path. Layer: cli.
 */
#ifndef CLI_SHIPPED_H
#define CLI_SHIPPED_H

#include "cli/command.h"

/* The names are those of the folders below policy/. */
#define SHIPPED_SCHEDULES "schedules"
#define SHIPPED_LAWS "laws"
#define SHIPPED_CALENDARS "calendars"
#define SHIPPED_MAPS "maps"
#define SHIPPED_TEMPLATES "templates"	    /* .html, by language */
#define SHIPPED_LETTERS "templates/letters" /* .txt, language-kind */
#define SHIPPED_FRAMES "templates/frames"   /* .html */

/*
 * Reads the file of that kind. `which` is a path if it has a "/", ends in
 * ".cfg" or is "-"; otherwise an id, or, where no file of that id is shipped,
 * a path all the same. kind NULL: only a path. *ret (freed with input_free())
 * has *ret_len bytes and a NUL behind. HRV_ENOTFOUND names the nearest
 * id; HRV_EUSAGE says what is wrong with the file.
 */
int shipped_read(struct cli *c, const char *kind, const char *which, char **ret,
    size_t *ret_len, struct hrv_err *err) HRV_MUST_CHECK;

/* Whether a file of that kind and id is shipped. */
bool shipped_has(const char *kind, const char *id);

/* Calls fn with each id of a kind, sorted; for help and completion. */
void shipped_each(
    const char *kind, void (*fn)(void *ctx, const char *id), void *ctx);

#endif
