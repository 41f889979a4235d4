/* SPDX-License-Identifier: ISC */
/*
 * Adopting policy texts. Layer: verbs. Invariant: what is stored parsed
 * without a mistake, and its hash is in the log.
 */
#include "vault/adopt.h"

#include <stdio.h>
#include <string.h>

#include "hrvault/controller.h"
#include "hrvault/deadline.h"
#include "hrvault/policy.h"
#include "vault/base/json.h"
#include "vault/base/when.h"
#include "vault/crypto/crypt.h"
#include "vault/custody/roles.h"
#include "vault/inforce.h"
#include "vault/proposal.h"
#include "vault/store/db.h"
#include "vault/txn.h"

const char *
adopt_kind_name(enum adopt_kind kind)
{
	static const char *const names[] = { "schedule", "law", "calendar",
		"controller" };

	return names[kind];
}

const char *
adopt_op(enum adopt_kind kind)
{
	static const char *const ops[] = { "policy.adopt", "law.adopt",
		"calendar.adopt", "controller.adopt" };

	return ops[kind];
}

static void
take_names(struct adopt_text *t, const char *id, const char *version)
{
	snprintf(t->id, sizeof(t->id), "%s", id);
	snprintf(t->version, sizeof(t->version), "%s", version);
}

/* A compartment must not be called like one of the vault's own keys. */
static void
check_compartments(const struct hrv_schedule *s, struct hrv_err *err, int *rc)
{
	for (size_t i = 0; *rc == HRV_OK && i < s->compartment_count; i++) {
		if (role_reserved_compartment(s->compartment[i]))
			*rc = hrv_fail(err, HRV_EUSAGE,
			    "the compartment name '%s' is reserved",
			    s->compartment[i]);
	}
}

static bool
parse(struct adopt_text *t, struct hrv_file_errors *errors, struct hrv_err *err,
    int *rc)
{
	struct hrv_schedule *s = NULL;
	struct hrv_calendar *c = NULL;
	struct hrv_controller *who = NULL;
	struct hrv_law *l = NULL;

	switch (t->kind) {
	case ADOPT_SCHEDULE:
		s = hrv_schedule_parse(t->text, t->len, errors);
		if (s != NULL) {
			take_names(t, s->id, s->version);
			check_compartments(s, err, rc);
		}
		hrv_schedule_free(s);
		return s != NULL;
	case ADOPT_LAW:
		l = hrv_law_parse(t->text, t->len, errors);
		if (l != NULL)
			take_names(t, l->id, l->version);
		hrv_law_free(l);
		return l != NULL;
	case ADOPT_CONTROLLER:
		who = hrv_controller_parse(t->text, t->len, errors);
		if (who != NULL)
			take_names(t, who->id, who->version);
		hrv_controller_free(who);
		return who != NULL;
	case ADOPT_CALENDAR:
	default:
		c = hrv_calendar_parse(t->text, t->len, errors);
		if (c != NULL)
			take_names(t, c->id, c->version);
		hrv_calendar_free(c);
		return c != NULL;
	}
}

int
adopt_check(struct adopt_text *t, struct hrv_err *err)
{
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	int rc = HRV_OK;

	if (!parse(t, &errors, err, &rc)) {
		rc = hrv_file_errors_fail(
		    &errors, adopt_kind_name(t->kind), err);
		if (rc == HRV_OK)
			rc = hrv_fail(err, HRV_EUSAGE, "the %s is not valid",
			    adopt_kind_name(t->kind));
	}
	hrv_file_errors_clear(&errors);
	if (rc == HRV_OK)
		crypt_sha256(t->text, t->len, t->hash);
	return rc;
}

static int
add_row(struct hrv_vault *v, const struct adopt_text *t, uint64_t leaf,
    struct hrv_err *err)
{
	char now[WHEN_TEXT_LEN + 1];
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_POLICY_ADD, &st, err);

	if (rc != HRV_OK)
		return rc;
	if (!when_format(vault_now(v), now))
		return hrv_fail(err, HRV_EFAILED, "the clock is out of range");
	(void)db_bind_blob(st, 1, t->hash, sizeof(t->hash));
	(void)db_bind_text(st, 2, adopt_kind_name(t->kind));
	(void)db_bind_text(st, 3, t->id);
	(void)db_bind_text(st, 4, t->version);
	(void)db_bind_blob(st, 5, t->text, t->len);
	(void)db_bind_int(st, 6, (int64_t)leaf);
	(void)db_bind_text(st, 7, now);
	return db_run(st, err);
}

int
adopt_store(
    struct hrv_vault *v, const struct adopt_text *t, struct hrv_err *err)
{
	struct entry e = ENTRY(adopt_op(t->kind));
	json_t *p = json_object();
	uint64_t leaf = 0;
	int rc = HRV_ENOMEM;

	if (p == NULL || json_set_str(p, "kind", adopt_kind_name(t->kind)) ||
	    json_set_str(p, "id", t->id) ||
	    json_set_str(p, "version", t->version) ||
	    json_set_int(p, "bytes", (int64_t)t->len) ||
	    json_set_hex(p, "sha256", t->hash, sizeof(t->hash))) {
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
		goto out;
	}
	e.payload = p;
	rc = t->approval == NULL ? HRV_OK
				 : approval_log(t->approval, &e, p, err);
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, &leaf, err);
	if (rc == HRV_OK && t->approval != NULL)
		rc = proposal_done(v, t->approval, leaf, err);
	if (rc == HRV_OK)
		rc = add_row(v, t, leaf, err);
	if (rc == HRV_OK && t->kind == ADOPT_SCHEDULE)
		rc = inforce_schedule(v, err);
out:
	json_decref(p);
	return rc;
}
