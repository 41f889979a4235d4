/* SPDX-License-Identifier: ISC */
/*
 * The process itself: what is made safe before the first argument is looked
 * at, and what happens when somebody wants it to stop. Layer: cli.
 */
#ifndef CLI_PROCESS_H
#define CLI_PROCESS_H

#include <stdbool.h>

/*
 * No core dump, no ptrace by others of the same account, no file of ours
 * readable by others, no death by SIGPIPE or SIGXFSZ, a PATH that nobody
 * chose for us. Ends the program with exit 1 when one of the descriptors 0 to
 * 2 is closed: a vault file would take its place and get our output. json: how
 * an interruption is told.
 */
void process_start(bool json);

/* A file that must not be left behind by an interruption; at most eight at a
 * time, paths borrowed until process_keep(). False when all are taken. */
bool process_remove_at_exit(const char *path);
/* The file has got its final name, or is gone. */
void process_keep(const char *path);

/* Both in one, as the library calls it. */
void process_unfinished(const char *path, bool begins);

/* From now on an interruption sets a flag instead of ending the program; the
 * second one ends it. For work in long loops. */
void process_poll_interrupts(void);
/* Whether somebody asked us to stop. */
bool process_interrupted(void);

#endif
