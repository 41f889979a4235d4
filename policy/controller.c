/* SPDX-License-Identifier: ISC */
/*
 * The controller's file, see hrvault/controller.h. Layer: policy (pure).
 * Invariant: what a person needs to write to somebody and to complain is
 * there, or there is no controller.
 */
#include "hrvault/controller.h"

#include <stdlib.h>
#include <string.h>

#include "policy/law.h"

#define LINES_MAX 12
#define TEXT_MAX 2000

/* Characters that turn the text around them or that a terminal obeys: an
 * address has none, and what has some would show another one than it is. */
static bool
plays_tricks(const char *s)
{
	for (const unsigned char *p = (const unsigned char *)s; *p != '\0';
	     p++) {
		if (*p < ' ' || *p == 0x7f || (*p == 0xc2 && p[1] < 0xa0))
			return true;
		if (*p == 0xe2 && p[1] == 0x80 &&
		    (p[2] == 0x8e || p[2] == 0x8f ||
			(p[2] >= 0xa8 && p[2] <= 0xae)))
			return true;
		if (*p == 0xe2 && p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9)
			return true;
	}
	return false;
}

/* A line that fits into a letter: what has breaks or goes on for pages was
 * pasted by mistake. */
static void
check_line(
    const char *text, const char *key, int line, struct hrv_file_errors *errors)
{
	if (strlen(text) > TEXT_MAX || plays_tricks(text))
		cfg_error(errors, line,
		    "write it in one line of at most 2000 bytes",
		    "%s is too long, or has line breaks or control characters",
		    key);
}

static const char *
text_of(const struct cfg_node *group, const char *key, bool required,
    struct hrv_file_errors *errors)
{
	const char *text = cfg_string(group, key, required, errors);

	if (text == NULL)
		return "";
	check_line(text, key, cfg_find(group, key)->line, errors);
	return text;
}

/* A list of texts; NULL where there is none. */
static const char *const *
texts_of(const struct cfg_node *group, const char *key, bool required,
    size_t *ret_n, struct hrv_file_errors *errors)
{
	const struct cfg_node *list = law_list(group, key, required, errors);
	const char **texts;
	size_t n = 0;

	if (list == NULL)
		return NULL;
	texts = law_alloc(list->count, sizeof(*texts), errors);
	if (list->count > LINES_MAX)
		cfg_error(errors, list->line, "at most 12 entries",
		    "%s is too long", key);
	if (required && list->count == 0)
		cfg_error(errors, list->line, "name at least one",
		    "%s is empty", key);
	for (size_t i = 0; texts != NULL && i < list->count; i++) {
		const char *text = cfg_entry(list, i, key, errors);

		if (text == NULL)
			continue;
		check_line(text, key, list->child[i]->line, errors);
		texts[n++] = text;
	}
	*ret_n = n;
	return texts;
}

/* What a contact may have, and must. */
struct shape {
	const char *what;
	const char *const *keys; /* all it may have */
	bool needs_name, needs_address, needs_way;
};

static const char *const plain_keys[] = { "name", "address", "email", "phone",
	"web", NULL };
static const char *const representative_keys[] = { "region", "name", "address",
	"email", "phone", "web", "laws", NULL };
static const char *const authority_keys[] = { "name", "address", "email",
	"phone", "web", "laws", NULL };

static void
read_contact(const struct cfg_node *group, const struct shape *s,
    struct hrv_contact *out, struct hrv_file_errors *errors)
{
	cfg_check_keys(group, s->keys, s->what, errors);
	out->name = text_of(group, "name", s->needs_name, errors);
	out->email = text_of(group, "email", false, errors);
	out->phone = text_of(group, "phone", false, errors);
	out->web = text_of(group, "web", false, errors);
	out->region =
	    text_of(group, "region", s->keys == representative_keys, errors);
	out->address = texts_of(
	    group, "address", s->needs_address, &out->n_address, errors);
	out->laws = texts_of(group, "laws", false, &out->n_laws, errors);
	if (s->needs_way && out->email[0] == '\0' && out->phone[0] == '\0' &&
	    out->n_address == 0)
		cfg_error(errors, group->line, "add email, phone or address",
		    "%s cannot be reached by anything", s->what);
}

/* A group that may be missing. */
static void
read_one(const struct cfg_node *group, const char *key, const struct shape *s,
    bool required, struct hrv_contact *out, struct hrv_file_errors *errors)
{
	static const struct hrv_contact none = { "", "", "", "", "", NULL, 0,
		NULL, 0 };
	const struct cfg_node *one = cfg_group(group, key, required, errors);

	*out = none;
	if (one != NULL)
		read_contact(one, s, out, errors);
}

static const struct hrv_contact *
read_list(const struct cfg_node *group, const char *key, const struct shape *s,
    bool required, size_t *ret_n, struct hrv_file_errors *errors)
{
	const struct cfg_node *list = law_list(group, key, required, errors);
	struct hrv_contact *out;
	size_t n = 0;

	if (list == NULL)
		return NULL;
	out = law_alloc(list->count, sizeof(*out), errors);
	if (required && list->count == 0)
		cfg_error(errors, list->line, "name at least one",
		    "%s is empty", key);
	for (size_t i = 0; out != NULL && i < list->count; i++) {
		if (cfg_is(list->child[i], CFG_GROUP, key, errors))
			read_contact(list->child[i], s, &out[n++], errors);
	}
	*ret_n = n;
	return out;
}

static void
read_offices(const struct cfg_node *group, struct hrv_controller *c,
    struct hrv_file_errors *errors)
{
	static const struct shape contact = { "contact", plain_keys, true,
		false, true };
	static const struct shape dpo = { "data_protection_officer", plain_keys,
		true, false, true };
	static const struct shape complaints = { "complaints", plain_keys, true,
		false, true };
	static const struct shape representative = { "a representative",
		representative_keys, true, true, true };
	static const struct shape authority = { "an authority", authority_keys,
		true, false, false };

	read_one(group, "contact", &contact, true, &c->contact, errors);
	read_one(
	    group, "data_protection_officer", &dpo, false, &c->dpo, errors);
	read_one(
	    group, "complaints", &complaints, false, &c->complaints, errors);
	if (c->complaints.name[0] == '\0')
		c->complaints = c->contact;
	c->representatives = read_list(group, "representatives",
	    &representative, false, &c->n_representatives, errors);
	c->authorities = read_list(
	    group, "authorities", &authority, true, &c->n_authorities, errors);
}

/* Art. 15(1)(h) is answered in words, also where the answer is no. */
static void
read_automated(const struct cfg_node *group, struct hrv_controller *c,
    struct hrv_file_errors *errors)
{
	c->automated = text_of(group, "automated_decisions", true, errors);
	if (strcmp(c->automated, "none") == 0)
		c->automated = "";
}

static void
read_controller(const struct cfg_node *group, struct hrv_controller *c,
    struct hrv_file_errors *errors)
{
	static const char *const keys[] = { "id", "version", "name", "address",
		"contact", "data_protection_officer", "representatives",
		"authorities", "complaints", "court", "automated_decisions",
		NULL };
	static const struct hrv_contact none = { "", "", "", "", "", NULL, 0,
		NULL, 0 };

	cfg_check_keys(group, keys, "the controller", errors);
	c->id = law_id(group, "id", errors);
	c->version = text_of(group, "version", true, errors);
	c->self = none;
	c->self.name = text_of(group, "name", true, errors);
	c->self.address =
	    texts_of(group, "address", true, &c->self.n_address, errors);
	read_offices(group, c, errors);
	c->court = text_of(group, "court", false, errors);
	read_automated(group, c, errors);
}

struct hrv_controller *
hrv_controller_parse(
    const char *text, size_t len, struct hrv_file_errors *errors)
{
	struct cfg *tree = cfg_parse(text, len, errors);
	const struct cfg_node *group;
	struct hrv_controller *c;

	if (tree == NULL)
		return NULL;
	c = law_alloc(1, sizeof(*c), errors);
	if (c == NULL) {
		cfg_free(tree);
		return NULL;
	}
	c->tree = tree;
	group = law_only_group(tree, "controller", errors);
	if (group != NULL)
		read_controller(group, c, errors);
	if (!hrv_file_errors_none(errors)) {
		hrv_file_errors_sort(errors);
		hrv_controller_free(c);
		return NULL;
	}
	return c;
}

static void
free_list(const struct hrv_contact *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free((void *)(uintptr_t)list[i].address);
		free((void *)(uintptr_t)list[i].laws);
	}
	free((void *)(uintptr_t)list);
}

void
hrv_controller_free(struct hrv_controller *c)
{
	if (c == NULL)
		return;
	/* Without a block of its own the complaints' is the contact's. */
	if (c->complaints.address != c->contact.address)
		free((void *)(uintptr_t)c->complaints.address);
	free((void *)(uintptr_t)c->self.address);
	free((void *)(uintptr_t)c->contact.address);
	free((void *)(uintptr_t)c->dpo.address);
	free_list(c->representatives, c->n_representatives);
	free_list(c->authorities, c->n_authorities);
	cfg_free(c->tree);
	free(c);
}

bool
hrv_contact_serves(const struct hrv_contact *c, const char *law)
{
	for (size_t i = 0; i < c->n_laws; i++) {
		if (strcmp(c->laws[i], law) == 0)
			return true;
	}
	return c->n_laws == 0;
}
