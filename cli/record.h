/* SPDX-License-Identifier: ISC */
/*
 * What the verbs of `hrvault record` share. Layer: cli.
 */
#ifndef CLI_RECORD_H
#define CLI_RECORD_H

#include "cli/command.h"
#include "hrvault/doc.h"
#include "hrvault/record.h"

/* A record with all that is known, for a person; JSON: as it is. */
int record_print(struct cli *c, const struct hrv_doc *doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Events of the result of which no rule of the class knows, on standard
 * error. */
void record_say_unused(const struct cli *c, const struct hrv_doc *doc);
/* What was stored: the id alone on standard output, its dates beside it. */
int record_print_stored(struct cli *c, const struct hrv_doc *doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Why a record is kept, in paragraphs; JSON: as it is. */
int record_print_explained(struct cli *c, const struct hrv_doc *doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/* `record read`, in a file of its own. */
int record_run_read(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;
/* What was filed in error, likewise. */
int record_run_move(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;
int record_run_reclassify(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;
int record_run_void(struct cli *c, struct hrv_err *err) HRV_MUST_CHECK;

/* Contents that leave through standard output. */
struct record_output {
	struct cli *c;
	bool wrote; /* something left */
};
/* Where contents go by --output: sets the path of *a, or the function that
 * writes to standard output, which is refused with --json and, unless asked
 * for by "-", on a terminal. */
int record_output_choose(struct record_output *o,
    struct hrv_record_read_args *a, struct hrv_err *err) HRV_MUST_CHECK;
/* Adds to the error of a failure that part of it may have left. */
void record_output_failed(const struct record_output *o, struct hrv_err *err);

#endif
