/* SPDX-License-Identifier: ISC */
/*
 * The key matrix and the table of who may do what. Layer: custody. The matrix
 * is the protection; the verb table is courtesy.
 */
#include "vault/custody/roles.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define HR (1u << ROLE_HR)
#define LEGAL (1u << ROLE_LEGAL)
#define DPO (1u << ROLE_DPO)
#define PURGE (1u << ROLE_PURGE)
#define AUDITOR (1u << ROLE_AUDITOR)
#define ALL (HR | LEGAL | DPO | PURGE | AUDITOR)

static const char *const names[ROLE_COUNT] = { "hr", "legal", "dpo", "purge",
	"auditor" };

static const struct {
	const char *key;
	unsigned roles;
} matrix[] = {
	{ KEY_META, ALL },
	{ KEY_WRITE, HR | LEGAL | DPO | PURGE },
	{ KEY_INDEX, HR | LEGAL | DPO },
	{ KEY_SUPPRESS, HR | DPO },
	{ KEK_IDENTITY, HR | LEGAL | DPO },
	{ KEK_DETAIL, HR | LEGAL | DPO },
	{ KEK_HOLD, LEGAL | DPO },
	{ KEK_CASEWORK, HR | LEGAL | DPO },
};

/* Longest prefix wins; an operation not named here is for hr and dpo. */
static const struct {
	const char *op;
	unsigned roles;
} verbs[] = {
	{ "vault.init", ALL },
	{ "session.", HR | LEGAL | DPO | PURGE },
	{ "subject.find", HR | LEGAL | DPO },
	{ "subject.show", HR | LEGAL | DPO },
	{ "subject.member", HR | LEGAL | DPO },
	{ "hold.place", LEGAL | DPO },
	{ "hold.show", LEGAL | DPO },
	{ "hold.snapshot", LEGAL | DPO },
	{ "hold.amend", LEGAL | DPO },
	{ "hold.notice", LEGAL | DPO },
	{ "hold.remind", LEGAL | DPO },
	{ "hold.acknowledge", HR | LEGAL | DPO | PURGE },
	{ "hold.export", LEGAL | DPO },
	{ "hold.release", HR | LEGAL | DPO },
	{ "proposal.", HR | LEGAL | DPO },
	{ "purge.", HR | DPO | PURGE },
	{ "clock.confirm", HR | LEGAL | DPO | PURGE },
	{ "case.signoff", LEGAL },
	{ "policy.adopt", HR | LEGAL | DPO | PURGE },
	{ "law.adopt", HR | LEGAL | DPO | PURGE },
	{ "calendar.adopt", HR | LEGAL | DPO | PURGE },
	{ "controller.adopt", HR | LEGAL | DPO | PURGE },
	{ "member.", HR | LEGAL | DPO },
	{ "slots.", HR | LEGAL | DPO },
	{ "key.", HR | LEGAL | DPO },
	{ "audit.reasons", HR | LEGAL | DPO },
	{ "backup.", HR | LEGAL | DPO | PURGE },
	{ "backup.escrow", HR | LEGAL | DPO },
	{ "restore", HR | LEGAL | DPO | PURGE },
	{ "restore.confirm", HR | LEGAL | DPO },
	{ "rollback.accept", HR | LEGAL | DPO | PURGE },
	{ "check", HR | LEGAL | DPO | PURGE },
	{ "", HR | DPO },
};

const char *
role_name(enum role role)
{
	return names[role];
}

bool
role_parse(const char *text, enum role *ret)
{
	for (unsigned i = 0; i < ROLE_COUNT; i++) {
		if (strcmp(text, names[i]) == 0) {
			*ret = (enum role)i;
			return true;
		}
	}
	return false;
}

bool
role_takes_compartments(enum role role)
{
	return role == ROLE_HR || role == ROLE_DPO;
}

bool
role_gets_key(enum role role, const char *key_name)
{
	for (size_t i = 0; i < sizeof(matrix) / sizeof(matrix[0]); i++) {
		if (strcmp(matrix[i].key, key_name) == 0)
			return (matrix[i].roles & 1u << role) != 0;
	}
	return strncmp(key_name, "kek/", 4) == 0 &&
	       role_takes_compartments(role);
}

bool
role_reserved_compartment(const char *name)
{
	for (size_t i = 0; i < sizeof(matrix) / sizeof(matrix[0]); i++) {
		if (strncmp(matrix[i].key, "kek/", 4) == 0 &&
		    strcmp(matrix[i].key + 4, name) == 0)
			return true;
	}
	return false;
}

static unsigned
roles_for(const char *op)
{
	size_t best = 0;
	unsigned roles = 0;

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		size_t n = strlen(verbs[i].op);

		if (n >= best && strncmp(verbs[i].op, op, n) == 0) {
			best = n;
			roles = verbs[i].roles;
		}
	}
	return roles;
}

int
role_may(enum role role, const char *op, struct hrv_err *err)
{
	unsigned roles = roles_for(op);
	char list[64] = "";
	size_t n = 0;

	if ((roles & 1u << role) != 0)
		return HRV_OK;
	for (unsigned i = 0; i < ROLE_COUNT; i++) {
		if ((roles & 1u << i) == 0)
			continue;
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s",
		    n > 0 ? ", " : "", names[i]);
	}
	hrv_fail_as(err, HRV_EREFUSED, "role",
	    "a member with the role %s may not do %s; it is for: %s",
	    names[role], op, list);
	return hrv_hint(err, "ask a member with one of these roles; "
			     "'hrvault member list' names them by fingerprint");
}
