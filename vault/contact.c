/* SPDX-License-Identifier: ISC */
/*
 * The controller in force, see contact.h. Layer: verbs.
 */
#include "vault/contact.h"

#include <string.h>

#include "hrvault/controller.h"
#include "vault/base/json.h"
#include "vault/inforce.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* Sets a member unless the file does not have it. */
static int
put(json_t *o, const char *key, const char *text)
{
	return text[0] == '\0' ? 0 : json_set_str(o, key, text);
}

static int
put_lines(json_t *o, const struct hrv_contact *c)
{
	json_t *list;
	int bad;

	if (c->n_address == 0)
		return 0;
	list = json_array();
	bad = list == NULL;
	for (size_t i = 0; !bad && i < c->n_address; i++)
		bad = json_array_append_new(list, json_string(c->address[i]));
	return json_object_set_new(o, "address", list) | bad;
}

static json_t *
office(const struct hrv_contact *c)
{
	json_t *o = json_object();

	if (o == NULL || put(o, "region", c->region) ||
	    put(o, "name", c->name) || put_lines(o, c) ||
	    put(o, "email", c->email) || put(o, "phone", c->phone) ||
	    put(o, "web", c->web)) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static int
put_office(json_t *o, const char *key, const struct hrv_contact *c)
{
	return c->name[0] == '\0' ? 0 : json_object_set_new(o, key, office(c));
}

static int
put_offices(json_t *o, const char *key, const struct hrv_contact *list,
    size_t n, const char *law)
{
	json_t *a = json_array();
	int bad = a == NULL;

	for (size_t i = 0; !bad && i < n; i++) {
		if (law == NULL || hrv_contact_serves(&list[i], law))
			bad = json_array_append_new(a, office(&list[i]));
	}
	return json_object_set_new(o, key, a) | bad;
}

static json_t *
whole(const struct hrv_controller *c, const uint8_t hash[32], const char *law)
{
	json_t *o = json_object();

	if (o == NULL || json_set_str(o, "id", c->id) ||
	    json_set_str(o, "version", c->version) ||
	    json_set_hex(o, "sha256", hash, 32) ||
	    json_set_str(o, "name", c->self.name) || put_lines(o, &c->self) ||
	    put_office(o, "contact", &c->contact) ||
	    put_office(o, "data_protection_officer", &c->dpo) ||
	    put_offices(o, "representatives", c->representatives,
		c->n_representatives, law) ||
	    put_offices(
		o, "authorities", c->authorities, c->n_authorities, law) ||
	    put_office(o, "complaints", &c->complaints) ||
	    put(o, "court", c->court) ||
	    put(o, "automated_decisions", c->automated)) {
		json_decref(o);
		return NULL;
	}
	return o;
}

int
contact_json(
    struct hrv_vault *v, const char *law, json_t **ret, struct hrv_err *err)
{
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	struct hrv_controller *c = NULL;
	struct buf text = BUF_INIT;
	uint8_t hash[32];
	json_t *o;
	int rc = inforce_policy_text(v, "controller", NULL, &text, hash, err);

	if (rc == HRV_OK) {
		c = hrv_controller_parse(buf_str(&text), text.len, &errors);
		if (c == NULL)
			rc = hrv_fail(err, HRV_EINTEGRITY,
			    "the controller's contact in force cannot be read "
			    "by this program");
	}
	if (rc == HRV_OK) {
		o = whole(c, hash, law);
		if (o == NULL)
			rc = no_memory(err);
		else
			*ret = o;
	}
	hrv_controller_free(c);
	hrv_file_errors_clear(&errors);
	buf_clear(&text);
	return rc;
}

int
contact_require(
    struct hrv_vault *v, const char *law, json_t **ret, struct hrv_err *err)
{
	json_t *o = NULL;
	int rc = contact_json(v, law, &o, err);

	if (rc == HRV_ENOTFOUND) {
		rc = hrv_fail_as(err, HRV_ECONFIRM, "controller",
		    "nobody has said yet who the controller is and where a "
		    "person can turn to");
	} else if (rc == HRV_OK &&
		   json_array_size(json_object_get(o, "authorities")) == 0) {
		rc = hrv_fail_as(err, HRV_ECONFIRM, "controller",
		    "the controller's contact in force names no authority for "
		    "the law %s",
		    law);
	}
	if (rc == HRV_OK) {
		*ret = o;
		return HRV_OK;
	}
	json_decref(o);
	if (rc != HRV_ECONFIRM)
		return rc;
	return hrv_hint(err, "'hrvault policy adopt FILE'; 'hrvault help "
			     "controller' shows such a file");
}

/* An office as an envelope has it. */
static int
add_lines(json_t *o)
{
	static const char *const ways[] = { "email", "phone", "web" };
	const json_t *address = json_object_get(o, "address");
	json_t *list = json_array();
	int bad =
	    list == NULL || json_array_append(list, json_object_get(o, "name"));

	for (size_t i = 0; i < json_array_size(address); i++)
		bad |= json_array_append(list, json_array_get(address, i));
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		json_t *way = json_object_get(o, ways[i]);

		if (way != NULL)
			bad |= json_array_append(list, way);
	}
	return json_object_set_new(o, "lines", list) | bad;
}

json_t *
contact_for_page(const json_t *controller)
{
	json_t *copy = json_deep_copy(controller), *value, *one;
	const char *key;
	size_t i;
	int bad = copy == NULL || add_lines(copy);

	json_object_foreach(copy, key, value)
	{
		bool offices = strcmp(key, "authorities") == 0 ||
			       strcmp(key, "representatives") == 0;

		if (json_is_object(value))
			bad |= add_lines(value);
		if (!offices)
			continue;
		json_array_foreach(value, i, one)
		{
			bad |= add_lines(one);
		}
	}
	if (bad) {
		json_decref(copy);
		return NULL;
	}
	return copy;
}
