/* SPDX-License-Identifier: ISC */
/*
 * A package in words, for who is to approve it. Layer: verbs.
 */
#include <string.h>

#include "vault/proposal_rule.h"

void
proposal_export_words(const json_t *w, struct buf *line)
{
	const json_t *t = json_object_get(w, "templates");
	const char *form = proposal_text(w, "form");
	json_t *one;
	size_t i;

	buf_addf(line,
	    "the package of %s is handed out with exactly the content that "
	    "has the hash %s, in the templates with the hashes %s (page), %s "
	    "(letter) and %s (frame), ",
	    proposal_text(w, "case"), proposal_text(w, "manifest"),
	    proposal_text(t, "page"), proposal_text(t, "letter"),
	    proposal_text(t, "frame"));
	if (strcmp(form, "openpgp-key") == 0)
		buf_adds(line,
		    "to one OpenPGP key alone, which 'hrvault audit log "
		    "--reasons --op proposal.open' names");
	else
		buf_addf(line, "%s under a passphrase",
		    strcmp(form, "zip-passphrase") == 0
			? "as a ZIP file"
			: "as an OpenPGP message");
	json_array_foreach(json_object_get(w, "untold"), i, one)
	{
		buf_addf(line,
		    "; that %s was given data is not told in it (%s)",
		    proposal_text(one, "recipient"),
		    proposal_text(one, "code"));
	}
}
