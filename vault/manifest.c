/* SPDX-License-Identifier: ISC */
/*
 * Manifests: the canonical list of what a batch touched. Layer: verbs.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/txn.h"

int
manifest_add(struct manifest *m, const struct hrv_id *id, const uint8_t *state,
    struct hrv_err *err)
{
	struct manifest_row *rows;
	size_t cap;

	/* Grown in steps of powers of two: 0, 1, 2, 4, 8, ... */
	if ((m->n & (m->n - 1)) == 0) {
		cap = m->n == 0 ? 1 : m->n * 2;
		rows = realloc(m->rows, cap * sizeof(*rows));
		if (rows == NULL)
			return hrv_fail(err, HRV_ENOMEM, "out of memory");
		m->rows = rows;
	}
	m->rows[m->n].id = *id;
	if (state != NULL) {
		memcpy(m->rows[m->n].state, state, 32);
		m->states = true;
	}
	m->n++;
	return HRV_OK;
}

void
manifest_clear(struct manifest *m)
{
	free(m->rows);
	*m = (struct manifest){ 0 };
}

static int
by_id(const void *a, const void *b)
{
	const struct manifest_row *x = a, *y = b;

	if (x->id.kind != y->id.kind)
		return x->id.kind < y->id.kind ? -1 : 1;
	return memcmp(x->id.b, y->id.b, ID_BYTES);
}

int
manifest_hash(struct manifest *m, uint8_t out[32], struct hrv_err *err)
{
	struct buf b = BUF_INIT;
	int rc;

	if (m->n > 1)
		qsort(m->rows, m->n, sizeof(*m->rows), by_id);
	buf_addc(&b, '[');
	for (size_t i = 0; i < m->n; i++) {
		char id[ID_TEXT_SIZE];

		id_format(&m->rows[i].id, id);
		buf_addf(&b, "%s{\"id\":\"%s\"", i > 0 ? "," : "", id);
		if (m->states) {
			buf_adds(&b, ",\"state\":\"");
			enc_b64(&b, m->rows[i].state, 32);
			buf_addc(&b, '"');
		}
		buf_addc(&b, '}');
	}
	buf_addc(&b, ']');
	rc = buf_ok(&b, err);
	if (rc == HRV_OK)
		crypt_sha256(b.data, b.len, out);
	buf_clear(&b);
	return rc;
}

bool
manifest_has(const struct manifest *m, const struct hrv_id *id)
{
	struct manifest_row row = { .id = *id };

	return m->n > 0 &&
	       bsearch(&row, m->rows, m->n, sizeof(row), by_id) != NULL;
}
