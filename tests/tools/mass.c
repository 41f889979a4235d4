/* SPDX-License-Identifier: ISC */
/*
 * Fills an existing vault with made-up records, as fast as the library can:
 *
 *	mass VAULT STATE RECORDS DUE
 *
 * VAULT has tests/bench/schedule.cfg in force, STATE is the folder in which
 * the client remembers it ($XDG_STATE_HOME/hrvault). DUE of the records are
 * over at once, spread over the whole vault, a tenth has no trigger yet, the
 * rest are of today. A batch is one transaction with one entry, as in an
 * import.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "hrvault/vault.h"
#include "vault/record_store.h"
#include "vault/state.h"
#include "vault/subject_store.h"
#include "vault/terms.h"

#define BATCH 5000
#define SUBJECTS 307
#define BODY 256

struct mass {
	struct hrv_vault *v;
	struct hrv_id subject[SUBJECTS];
	size_t n, due;
	struct hrv_date today, past;
};

static int64_t
now(void *ctx)
{
	struct timespec t;

	(void)ctx;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int
add_subjects(struct mass *m, struct hrv_err *err)
{
	struct entry e = ENTRY("record.import");
	struct subject_new *list = calloc(SUBJECTS, sizeof(*list));
	struct manifest states = { 0 };
	json_t *payload = json_object();
	uint64_t leaf;
	int rc = txn_begin(m->v, err);

	if (list == NULL)
		abort();
	for (size_t i = 0; rc == HRV_OK && i < SUBJECTS; i++) {
		char name[64];

		snprintf(name, sizeof(name), "Person %zu Åberg", i);
		list[i].kind = KIND_EMPLOYEE;
		list[i].identity = json_pack("{s:s}", "name", name);
		vault_new_id(ID_SUBJECT, &list[i].id);
		m->subject[i] = list[i].id;
		rc = subject_store(m->v, &list[i], err);
		if (rc == HRV_OK)
			rc = subject_manifest(&list[i], &states, err);
		json_decref(list[i].identity);
	}
	states.states = true;
	e.payload = payload;
	e.manifest = &states;
	if (rc == HRV_OK)
		rc = txn_entry(m->v, &e, &leaf, err);
	for (size_t i = 0; rc == HRV_OK && i < SUBJECTS; i++)
		rc = subject_logged(m->v, &list[i], leaf, err);
	if (rc == HRV_OK)
		rc = txn_commit(m->v, true, err);
	manifest_clear(&states);
	json_decref(payload);
	free(list);
	return rc;
}

/* The i-th record: its class and day decide what becomes of it. */
static int
add_record(
    struct mass *m, size_t i, struct manifest *states, struct hrv_err *err)
{
	struct record_header h = { .title = "Note of a talk",
		.file = "talk.txt",
		.media = "text/plain" };
	uint8_t text[BODY];
	struct body_memory mem = { text, sizeof(text), 0 };
	struct body_source body = { body_memory_read, &mem };
	/* As many as are due, evenly: a step of the line i * due / n. */
	bool due = (i + 1) * m->due / m->n != i * m->due / m->n;
	struct record_store_args a = { .subject = &m->subject[i % SUBJECTS],
		.class_name = !due && i % 10 == 4 ? "claim" : "note",
		.created = due ? m->past : m->today,
		.body = &body };
	struct record_stored s;
	int rc = record_header_new(&h, &a.header, err);

	memset(text, 'a' + (int)(i % 26), sizeof(text));
	vault_new_id(ID_RECORD, &a.id);
	if (rc == HRV_OK)
		rc = record_store(m->v, &a, &s, err);
	if (rc == HRV_OK)
		rc = manifest_add(states, &a.id, s.state, err);
	json_decref(a.header);
	return rc;
}

static int
add_batch(struct mass *m, size_t from, size_t to, struct hrv_err *err)
{
	struct entry e = ENTRY("record.import");
	struct manifest states = { .states = true };
	json_t *payload =
	    json_pack("{s:I}", "records", (json_int_t)(to - from));
	uint64_t leaf;
	int rc = txn_begin(m->v, err);

	for (size_t i = from; rc == HRV_OK && i < to; i++)
		rc = add_record(m, i, &states, err);
	e.comp = "general";
	e.payload = payload;
	e.manifest = &states;
	if (rc == HRV_OK)
		rc = txn_entry(m->v, &e, &leaf, err);
	for (size_t i = 0; rc == HRV_OK && i < states.n; i++)
		rc = state_set_record(
		    m->v, &states.rows[i].id, leaf, states.rows[i].state, err);
	if (rc == HRV_OK)
		rc = txn_commit(m->v, true, err);
	manifest_clear(&states);
	json_decref(payload);
	return rc;
}

static int
fill(struct mass *m, struct hrv_err *err)
{
	int rc = vault_today(m->v, &m->today, err);

	m->past = m->today;
	m->past.year = (int16_t)(m->past.year - 5);
	if (m->past.day > 28)
		m->past.day = 28;
	if (rc == HRV_OK)
		rc = add_subjects(m, err);
	for (size_t i = 0; rc == HRV_OK && i < m->n; i += BATCH) {
		rc = add_batch(m, i, i + BATCH < m->n ? i + BATCH : m->n, err);
		if (i % 100000 == 0)
			fprintf(stderr, "# %zu of %zu\n", i, m->n);
	}
	return rc;
}

int
main(int argc, char **argv)
{
	struct mass m = { 0 };
	struct hrv_err err = { 0 };
	struct hrv_open_args open = { .tmp_dir = "/tmp",
		.host = "bench.example",
		.client = "hrvault/mass",
		.clock = { now, NULL } };
	int rc;

	if (argc != 5 || strtoul(argv[3], NULL, 10) == 0) {
		fprintf(stderr, "usage: mass VAULT STATE RECORDS DUE\n");
		return 2;
	}
	open.dir = argv[1];
	open.state_dir = argv[2];
	m.n = strtoul(argv[3], NULL, 10);
	m.due = strtoul(argv[4], NULL, 10);
	rc = hrv_start(&err);
	if (rc == HRV_OK)
		rc = hrv_open(&open, &m.v, &err);
	if (rc == HRV_OK)
		rc = fill(&m, &err);
	hrv_close(m.v);
	if (rc != HRV_OK)
		fprintf(stderr, "mass: %s\n", err.msg);
	return rc == HRV_OK ? 0 : 1;
}
