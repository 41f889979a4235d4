/* SPDX-License-Identifier: ISC */
/*
 * Who had left when this client last saw the vault. Layer: verbs. Invariant: it
 * changes only with a vault whose log continues what the client remembers; in
 * one that was put back to an older state, who left is a member again.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/remember.h"
#include "vault/store/file.h"

#define NAME_FORMER "former"

static int
read_former(const struct hrv_vault *v, char **ret_path, struct buf *text)
{
	int rc = file_join(v->state_dir, NAME_FORMER, ret_path, NULL);

	return rc == HRV_OK ? file_read(*ret_path, SLOTS_MAX, text, NULL) : rc;
}

bool
remember_former(const struct hrv_vault *v, const char *fpr)
{
	struct buf text = BUF_INIT;
	char *path = NULL;
	bool known = read_former(v, &path, &text) == HRV_OK && text.len > 0 &&
		     strstr(buf_str(&text), fpr) != NULL;

	buf_clear(&text);
	free(path);
	return known;
}

void
remember_formers(const struct hrv_vault *v)
{
	const struct slots *s = v->slots;
	struct buf now = BUF_INIT, was = BUF_INIT;
	char *path = NULL;

	(void)!read_former(v, &path, &was);
	for (size_t i = 0; i < s->n_formers; i++) {
		if (slots_member(s, s->formers[i].fpr) == NULL)
			buf_addf(&now, "%s\n", s->formers[i].fpr);
	}
	if (path != NULL && buf_ok(&now, NULL) == HRV_OK &&
	    (now.len != was.len ||
		(now.len > 0 && memcmp(now.data, was.data, now.len) != 0)))
		(void)!file_write_atomic(
		    path, now.data, now.len, FILE_MODE_PRIVATE, NULL);
	buf_clear(&was);
	buf_clear(&now);
	free(path);
}
