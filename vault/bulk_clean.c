/* SPDX-License-Identifier: ISC */
/*
 * What a document says without saying of whom. Layer: verbs. Pure. Invariant:
 * a member whose name says that it identifies somebody never goes out, asked
 * for or not.
 */
#include <string.h>

#include "vault/base/jsonptr.h"
#include "vault/base/text.h"
#include "vault/bulk.h"

#define NAME_MAX_LEN 64
#define DEPTH_MAX 64

/* Letters and digits only, lower case. One that ends with '*' stands for all
 * that begin so. */
static const char *const identifying[] = { "name", "names", "fullname",
	"firstname", "givenname*", "given", "middle*", "lastname", "surname*",
	"family", "familyname", "maidenname", "birthname", "nickname",
	"initials", "email*", "mail", "phone*", "telephone*", "tel", "mobile*",
	"fax", "address*", "homeaddress", "street*", "postcode", "zip*",
	"number", "employeenumber", "employeeid", "personnelnumber", "staffid",
	"username", "login", "userid", "iban", "bic", "account*", "sortcode",
	"bankaccount", "nino", "nationalinsurance*", "ssn", "socialsecurity*",
	"taxid", "taxnumber", "steuerid", "nir", "passport*", "idcard*",
	"licen*", "born", "birthdate", "dateofbirth", "dob", "birthday",
	"photo*", "picture", "image", "signature*", "emergency*", "nextofkin*",
	"spouse*", "children", "dependants", "url", "website", "linkedin*",
	"profiles", "vorname", "nachname", "anschrift", "strasse", "telefon*",
	"geburts*", "nom", "prenom*", "adresse*", "naissance*", "neele" };

/* A name in letters that are no ASCII is compared as it is searched for. */
static int
add_word(void *arg, const struct text_word *w)
{
	char *name = arg;
	size_t n = strlen(name), len = w->len;

	if (len > NAME_MAX_LEN - 1 - n)
		len = NAME_MAX_LEN - 1 - n;
	memcpy(name + n, w->text, len);
	name[n + len] = '\0';
	return HRV_OK;
}

/* "E-Mail address" as "emailaddress", "Prénom" as "prenom". What cannot be read
 * so is taken for something that identifies. */
static bool
plain(const char *member, char out[NAME_MAX_LEN])
{
	struct hrv_err ignored;

	out[0] = '\0';
	return text_words(member, strlen(member), add_word, out, &ignored) ==
	       HRV_OK;
}

bool
bulk_identifies(const char *member)
{
	char name[NAME_MAX_LEN];

	if (!plain(member, name))
		return true;
	for (size_t i = 0; i < sizeof(identifying) / sizeof(identifying[0]);
	     i++) {
		const char *one = identifying[i];
		size_t len = strlen(one);

		if (one[len - 1] == '*' ? strncmp(name, one, len - 1) == 0
					: strcmp(name, one) == 0)
			return true;
	}
	return false;
}

/* Members that identify, at any depth. What lies deeper than anybody writes by
 * hand is not let out unseen. */
static int
strip(json_t *v, int depth, struct hrv_err *err)
{
	const char *key;
	json_t *one;
	void *next;
	size_t i;
	int rc = HRV_OK;

	if (depth > DEPTH_MAX)
		return hrv_fail_as(err, HRV_ECONFIRM, "unreadable",
		    "a document is nested too deeply to be searched");
	json_object_foreach_safe(v, next, key, one)
	{
		if (bulk_identifies(key))
			(void)json_object_del(v, key);
		else if (rc == HRV_OK)
			rc = strip(one, depth + 1, err);
	}
	if (!json_is_array(v))
		return rc;
	json_array_foreach(v, i, one)
	{
		if (rc == HRV_OK)
			rc = strip(one, depth + 1, err);
	}
	return rc;
}

/* The fields that were asked for, by their pointers; none: not a field is
 * left. */
static int
keep(const struct bulk *b, json_t **doc, struct hrv_err *err)
{
	json_t *kept = json_object();
	int bad = kept == NULL;

	for (size_t i = 0; !bad && i < b->a->n_fields; i++) {
		json_t *one = jsonptr_get(*doc, b->a->fields[i]);

		if (one != NULL)
			bad = json_object_set(kept, b->a->fields[i], one);
	}
	if (bad) {
		json_decref(kept);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	json_decref(*doc);
	*doc = kept;
	return HRV_OK;
}

int
bulk_clean(const struct bulk *b, json_t **doc, struct hrv_err *err)
{
	bool any = false;
	int rc = strip(*doc, 0, err);

	if (rc == HRV_OK && b->a->n_fields > 0)
		rc = keep(b, doc, err);
	return rc == HRV_OK ? pseudonyms_json(b->names, doc, &any, err) : rc;
}
