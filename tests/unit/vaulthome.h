/* SPDX-License-Identifier: ISC */
/*
 * A vault for unit tests: a throw-away OpenPGP home with one founder, a vault
 * founded by him, and a clock that the test sets. Header only.
 */
#ifndef TESTS_UNIT_VAULTHOME_H
#define TESTS_UNIT_VAULTHOME_H

#include "tests/unit/gpghome.h"

#include "hrvault/vault.h"

#define VAULTHOME_FN static __attribute__((unused))

struct vaulthome {
	struct gpghome gpg;
	char root[32];
	char dir[64];
	char state[64];
	char founder[41];
	int64_t now; /* microseconds */
	struct hrv_open_args open;
};

VAULTHOME_FN int64_t
vaulthome_now(void *ctx)
{
	return *(int64_t *)ctx;
}

/* A schedule with one simple class, enough for most tests. */
static const char vaulthome_schedule[] __attribute__((unused)) =
    "schedule = { id = \"t\"; version = \"1\"; title = \"test\";"
    " jurisdiction = \"UK\"; timezone = \"Europe/London\";"
    " minimum_age = 13; compartments = ( \"general\", \"pay\" );"
    " purposes = ( \"administration\", \"payroll\" ); events = ();"
    " classes = ("
    "  { id = \"note\"; title = \"Note\"; who = ( \"employee\","
    "    \"candidate\" ); compartment = \"general\";"
    "    purpose = \"administration\"; legal_basis = \"contract\";"
    "    rules = ( \"r\" ); special_category = false; },"
    "  { id = \"payslip\"; title = \"Payslip\"; who = ( \"employee\" );"
    "    compartment = \"pay\"; purpose = \"payroll\";"
    "    legal_basis = \"legal_obligation\"; rules = ( \"r\" );"
    "    special_category = false; } );"
    " rules = ( { id = \"r\"; cite = \"test\"; at_expiry = \"purge\";"
    "   keep = { on = \"record.created\"; plus = \"P1Y\"; }; } ); };";

/* Makes the homes and the vault. The clock starts at 2026-11-23T12:00Z. */
VAULTHOME_FN void
vaulthome_init(struct vaulthome *h)
{
	struct hrv_init_args a = { 0 };
	struct hrv_err err = { 0 };
	struct hrv_doc *doc = NULL;

	memset(h, 0, sizeof(*h));
	assert_int_equal(hrv_start(&err), HRV_OK);
	assert_true(gpghome_new(&h->gpg));
	assert_true(gpghome_key(&h->gpg, "Founder", h->founder));
	snprintf(h->root, sizeof(h->root), "/tmp/hvv.XXXXXX");
	assert_non_null(mkdtemp(h->root));
	snprintf(h->dir, sizeof(h->dir), "%s/v", h->root);
	snprintf(h->state, sizeof(h->state), "%s/state", h->root);
	h->now = INT64_C(1795435200) * 1000000;
	h->open = (struct hrv_open_args){ .dir = h->dir,
		.gnupg_home = h->gpg.dir,
		.state_dir = h->state,
		.tmp_dir = "/tmp",
		.host = "test.example",
		.client = "hrvault/test",
		.clock = { vaulthome_now, &h->now } };
	a.open = h->open;
	a.founder = h->founder;
	a.schedule = vaulthome_schedule;
	a.schedule_len = strlen(vaulthome_schedule);
	a.origin = "hrvault.example/test";
	if (hrv_init(&a, &doc, &err) != HRV_OK)
		fail_msg("hrv_init: %s", err.msg);
	hrv_doc_free(doc);
}

/* Opens the vault as the founder. */
VAULTHOME_FN struct hrv_vault *
vaulthome_open(struct vaulthome *h)
{
	struct hrv_vault *v = NULL;
	struct hrv_err err = { 0 };

	if (hrv_open(&h->open, &v, &err) != HRV_OK)
		fail_msg("hrv_open: %s", err.msg);
	return v;
}

VAULTHOME_FN int
vaulthome_rm(const char *path, const struct stat *st, int flag, struct FTW *f)
{
	(void)st;
	(void)flag;
	(void)f;
	return remove(path);
}

/* Removes everything and stops the agent. */
VAULTHOME_FN void
vaulthome_clear(struct vaulthome *h)
{
	(void)nftw(h->root, vaulthome_rm, 16, FTW_DEPTH | FTW_PHYS);
	gpghome_free(&h->gpg);
}

#endif
