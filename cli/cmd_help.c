/* SPDX-License-Identifier: ISC */
/*
 * hrvault help, hrvault version. Layer: cli.
 */
#include <string.h>

#include "cli/context.h"
#include "cli/help.h"
#include "cli/nouns.h"
#include "cli/options.h"
#include "cli/out.h"
#include "hrvault/docmake.h"
#include "hrvault/text.h"

#define MAX_TOPICS 128

/* The one that begins with the word, if there is only one. */
static const char *
begins(const char *word, const char *const *names)
{
	const char *found = NULL;
	size_t len = strlen(word);

	for (; *names != NULL; names++) {
		if (strncmp(*names, word, len) != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = *names;
	}
	return found;
}

static int
no_topic(const char *word, struct hrv_err *err)
{
	const char *names[MAX_TOPICS];
	const char *near;
	size_t n = 0;

	for (const struct topic *t = help_topics; t->name != NULL; t++)
		names[n++] = t->name;
	for (const struct table_row *r = command_table;
	     r->noun != NULL && n < MAX_TOPICS - 1; r++)
		names[n++] = r->noun->name;
	names[n] = NULL;
	near = begins(word, names);
	if (near == NULL)
		near = hrv_text_nearest(word, names);
	hrv_fail(err, HRV_EUSAGE, "no help on that");
	if (near != NULL)
		return hrv_hint(err, "did you mean 'hrvault help %s'?", near);
	return hrv_hint(err, "'hrvault help' lists commands and topics");
}

static int
run_help(struct cli *c, struct hrv_err *err)
{
	const char *word = arg(c, 0), *verb = arg(c, 1);
	const struct noun *noun;
	const struct command *cmd;
	const struct topic *topic = NULL;

	c->json = false;
	if (word == NULL) {
		help_overview(c);
		return HRV_OK;
	}
	for (const struct topic *t = help_topics; t->name != NULL; t++)
		if (strcmp(t->name, word) == 0 && verb == NULL)
			topic = t;
	noun = find_noun(word);
	if (topic != NULL) {
		out_heading(c, topic->summary);
		out_line(c, "\n%s", topic->text);
	}
	if (topic != NULL && noun == NULL)
		return HRV_OK;
	if (noun == NULL)
		return no_topic(word, err);
	if (verb == NULL) {
		help_noun(c, noun);
		return HRV_OK;
	}
	cmd = find_verb(noun, verb);
	if (cmd == NULL)
		return no_topic(verb, err);
	help_command(c, noun, cmd);
	return HRV_OK;
}

int
help_version(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc;
	int rc;

	if (!c->json) {
		out_line(c, "hrvault %s", HRVAULT_VERSION);
		return HRV_OK;
	}
	doc = hrv_doc_new_object();
	rc = hrv_doc_set_str(doc, "version", HRVAULT_VERSION)
		 ? out_doc(c, doc, NULL, err)
		 : hrv_fail(err, HRV_ENOMEM, "out of memory");
	hrv_doc_free(doc);
	return rc;
}

static const struct command help_verbs[] = {
	{ .args = "[TOPIC | NOUN [VERB]]",
	    .summary = "Show this list, a topic, or a command",
	    .max_args = 2,
	    .flags = CMD_PURE,
	    .run = run_help },
	CMD_END,
};
const struct noun noun_help = { "help",
	"Commands and topics; also NOUN VERB --help", help_verbs };

static const struct command version_verbs[] = {
	{ .summary = "Show the version of the program",
	    .flags = CMD_PURE,
	    .run = help_version },
	CMD_END,
};
const struct noun noun_version = { "version", "The version of the program",
	version_verbs };
