/* SPDX-License-Identifier: ISC */
/*
 * Who had left when this client last saw the vault. Layer: verbs. Invariants:
 * it changes only with a vault whose log continues what the client remembers;
 * in one that was put back to an older state, who left is a member again; and
 * what he did before he left stays good.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/log/append.h"
#include "vault/remember.h"
#include "vault/store/file.h"
#include "vault/succession.h"

#define NAME_FORMER "former"

static int
read_former(const struct hrv_vault *v, char **ret_path, struct buf *text)
{
	int rc = file_join(v->state_dir, NAME_FORMER, ret_path, NULL);

	return rc == HRV_OK ? file_read(*ret_path, SLOTS_MAX, text, NULL) : rc;
}

/* The line of a member, NULL: he had not left. *h: the head of the log in which
 * this client first saw him gone; size 0: it did not keep that. */
static const char *
find_line(struct buf *text, const char *fpr, struct head *h)
{
	const char *line = text->len == 0 ? NULL : strstr(buf_str(text), fpr);
	unsigned long long size;
	char *end;

	h->size = 0;
	if (line == NULL || line[strlen(fpr)] != ' ')
		return line;
	size = strtoull(line + strlen(fpr) + 1, &end, 10);
	if (*end == ' ' && enc_unhex(end + 1, strcspn(end + 1, "\n"), h->root,
			       sizeof(h->root)))
		h->size = size;
	return line;
}

/* Whether this log has those entries. */
static bool
has_head(const struct hrv_vault *v, const struct head *h)
{
	uint8_t root[TREE_HASH];

	return h->size > 0 &&
	       log_root_at(v->db, h->size, root, NULL) == HRV_OK &&
	       memcmp(root, h->root, sizeof(root)) == 0;
}

bool
remember_left(const struct hrv_vault *v, const char *fpr, uint64_t index)
{
	struct buf text = BUF_INIT;
	char *path = NULL;
	struct head h;
	bool left = read_former(v, &path, &text) == HRV_OK &&
		    find_line(&text, fpr, &h) != NULL;

	/* Where the log shows how he left, he had not left before, and is a
	 * member only if he was let in again. */
	if (left && has_head(v, &h))
		left = index >= h.size && slots_member(v->slots, fpr) == NULL;
	buf_clear(&text);
	free(path);
	return left;
}

static bool
head_now(const struct hrv_vault *v, struct head *ret)
{
	struct tree_frontier f;

	if (log_frontier(v->db, &f, NULL) != HRV_OK)
		return false;
	ret->size = f.size;
	tree_frontier_root(&f, ret->root);
	return true;
}

/* The head in which he was first seen gone stays, unless the log lost it: then
 * this one, which continues what the client remembers, is the first. */
static void
add_line(const struct hrv_vault *v, const char *fpr, struct buf *was,
    struct buf *now)
{
	struct head h;

	if (find_line(was, fpr, &h) == NULL || !has_head(v, &h)) {
		if (!head_now(v, &h))
			h = (struct head){ .size = 0 };
	}
	buf_addf(now, "%s %llu ", fpr, (unsigned long long)h.size);
	enc_hex(now, h.root, sizeof(h.root));
	buf_adds(now, "\n");
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
			add_line(v, s->formers[i].fpr, &was, &now);
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
