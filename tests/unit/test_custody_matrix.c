/* SPDX-License-Identifier: ISC */
/*
 * What each role can do with nothing but its own keys, tried below every
 * check: the handle claims to be a dpo's, and in the place of every key that
 * the member was not granted stands a random one, so that no look at the ring
 * stops anything. What does not work then fails in the cipher. Wrapped keys,
 * which only who holds K_write could read, are handed to everybody.
 *
 * The matrix is docs/custody-matrix.md; HRV_WRITE=1 writes it anew.
 */
#include "tests/unit/unit.h"

#include "tests/unit/custodyworld.h"

#include "hrvault/proposal.h"
#include "hrvault/rights.h"
#include "vault/crypto/crypt.h"
#include "vault/crypto/kdf.h"
#include "vault/index.h"
#include "vault/store/keystore.h"

#define DOC "docs/custody-matrix.md"

static struct vaulthome home;

/* The founder is the dpo with everything; nobody has no key at all. */
enum { HR_GENERAL, HR_PAY, LEGAL, DPO_ALL, DPO_NONE, PURGE, AUDITOR, NOBODY };
static const struct column {
	const char *title;
	const char *key; /* name in the home; NULL: the founder's */
	const char *role;
	const char *comps;
} columns[] = {
	[HR_GENERAL] = { "hr (general)", "hr-general", "hr", "general" },
	[HR_PAY] = { "hr (pay)", "hr-pay", "hr", "pay" },
	[LEGAL] = { "legal", "legal", "legal", NULL },
	[DPO_ALL] = { "dpo (all)", NULL, NULL, NULL },
	[DPO_NONE] = { "dpo (none)", "dpo-none", "dpo", NULL },
	[PURGE] = { "purge", "purge", "purge", NULL },
	[AUDITOR] = { "auditor", "auditor", "auditor", NULL },
	[NOBODY] = { "nobody", NULL, NULL, NULL },
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))
static char fprs[COLUMNS][41];

static int
add_member(struct hrv_vault *v, size_t column, struct hrv_err *err)
{
	const struct column *c = &columns[column];
	struct hrv_member_args a = { fprs[column], c->role, c->comps, NULL };
	struct hrv_doc *doc = NULL;
	int rc = hrv_member_add(v, &a, &doc, err);

	hrv_doc_free(doc);
	return rc;
}

static void
approve(size_t by, const struct hrv_err *waits)
{
	struct hrv_open_args a = home.open;
	char id[ID_TEXT_SIZE] = "";
	struct hrv_vault *other = NULL;
	struct hrv_doc *doc = NULL;

	assert_non_null(strstr(waits->msg, "P-"));
	memcpy(id, strstr(waits->msg, "P-"), ID_TEXT_LEN);
	a.as = fprs[by];
	OK_(hrv_open(&a, &other, err));
	OK_(hrv_proposal_approve(other, id, &doc, err));
	hrv_doc_free(doc);
	hrv_close(other);
}

/* The second dpo ends the founding, and legal comes after that. */
static int
set_up(void **state)
{
	static const size_t order[] = { HR_GENERAL, HR_PAY, PURGE, AUDITOR,
		DPO_NONE };
	struct hrv_err waits = { 0 };
	struct hrv_vault *v;

	(void)state;
	vaulthome_init(&home);
	v = vaulthome_open(&home);
	make_world(v);
	for (size_t i = 0; i < COLUMNS; i++) {
		if (columns[i].key == NULL)
			memcpy(fprs[i], home.founder, sizeof(fprs[i]));
		else
			assert_true(
			    gpghome_key(&home.gpg, columns[i].key, fprs[i]));
	}
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		OK_(add_member(v, order[i], err));
	assert_int_equal(add_member(v, LEGAL, &waits), HRV_ECONFIRM);
	approve(DPO_NONE, &waits);
	OK_(add_member(v, LEGAL, err));
	hrv_close(v);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	clear_world();
	vaulthome_clear(&home);
	return 0;
}

/* ---- what is tried ------------------------------------------------------ */

/* The key of that name in the ring: granted, or made up. */
static const struct key *
ring_key(struct hrv_vault *v, const char *name)
{
	const struct key *k = keyring_current(&v->ring, v->slots, name, NULL);

	assert_non_null(k);
	return k;
}

static bool
open_sealed(struct hrv_vault *v, struct secret *s)
{
	struct buf plain = BUF_INIT_SECRET;
	struct content_lock lock = { NULL, s->context.data, s->context.len };
	struct hrv_err e;
	struct key *dek = NULL;
	bool ok;

	s->c.kek_name = s->kek;
	ok = wrap_open(ring_key(v, s->kek), &s->c, s->wrapped,
		 sizeof(s->wrapped), &dek, &e) == HRV_OK;
	assert_true(ok || e.code == HRV_EINTEGRITY);
	lock.dek = dek;
	if (ok)
		OK_(content_open_buf(
		    &lock, s->stored.data, s->stored.len, &plain, err));
	ok = ok && plain.len > 0;
	key_free(dek);
	buf_clear(&plain);
	return ok;
}

static bool
database(struct hrv_vault *v)
{
	struct db_open_args a = { .mode = DB_READONLY,
		.copy_dir = v->state_dir };
	struct hrv_err e;
	struct db *db = NULL;
	char path[128];
	int rc;

	snprintf(path, sizeof(path), "%s/vault.db", v->dir);
	a.path = path;
	a.key = ring_key(v, KEY_META);
	rc = db_open(&a, &db, &e);
	assert_true(rc == HRV_OK || rc == HRV_EKEY);
	db_close(db);
	return rc == HRV_OK;
}

static struct keystore *
try_keystore(struct hrv_vault *v)
{
	struct keystore_open_args a = { .dir = v->dir,
		.gen = v->gen,
		.k_write = ring_key(v, KEY_WRITE),
		.timeout_ms = 1000 };
	struct keystore *ks = NULL;
	struct hrv_err e;
	int rc = keystore_open(&a, &ks, &e);

	assert_true(rc == HRV_OK || rc == HRV_EINTEGRITY);
	return rc == HRV_OK ? ks : NULL;
}

static bool
keystore(struct hrv_vault *v)
{
	struct keystore *ks = try_keystore(v);

	keystore_close(ks);
	return ks != NULL;
}

static bool
sign_log(struct hrv_vault *v)
{
	struct note_checkpoint cp = { .size = 1 }, got;
	struct buf note = BUF_INIT;
	struct key *seed = NULL;
	struct hrv_err e;
	int rc;

	memcpy(cp.origin, v->origin, sizeof(cp.origin));
	OK_(kdf_log_seed(ring_key(v, KEY_WRITE), v->id, &seed, err));
	OK_(note_sign(&cp, seed, &note, err));
	rc = note_open(note.data, note.len, &v->vkey, &got, &e);
	key_free(seed);
	buf_clear(&note);
	return rc == HRV_OK;
}

/* The next generation with nobody in it, taken back again. */
static bool
generation(struct hrv_vault *v)
{
	struct keystore_list none = { NULL, 0, 0 };
	struct keystore_build_args a = { .live = v->gen,
		.k_write = ring_key(v, KEY_WRITE),
		.next = keystore_list_next,
		.next_ctx = &none };
	struct keystore_end_args end = { v->dir, v->gen + 1, v->gen, 1000 };
	struct keystore *ks = try_keystore(v);
	struct keystore_set set;

	if (ks == NULL)
		return false;
	OK_(keystore_build_next(ks, &a, &set, err));
	OK_(keystore_discard(&end, err));
	keystore_close(ks);
	return true;
}

static bool
search(struct hrv_vault *v)
{
	struct hrv_id *ids = NULL;
	size_t n = 0;

	OK_(index_lookup(v, TEXT_NAME, "ngozi", &ids, &n, err));
	free(ids);
	return n == 1;
}

/* Whether the address that the founder put there is found. */
static bool
suppression(struct hrv_vault *v)
{
	struct hrv_doc *doc = NULL;
	bool found;

	OK_(hrv_suppressed(v, "nobody@example.org", &doc, err));
	found = hrv_doc_true(doc, "suppressed");
	hrv_doc_free(doc);
	return found;
}

static bool
identity(struct hrv_vault *v)
{
	return open_sealed(v, &world.identity);
}
static bool
general(struct hrv_vault *v)
{
	return open_sealed(v, &world.general);
}
static bool
pay(struct hrv_vault *v)
{
	return open_sealed(v, &world.pay);
}
static bool
reason(struct hrv_vault *v)
{
	return open_sealed(v, &world.reason);
}
static bool
matter(struct hrv_vault *v)
{
	return open_sealed(v, &world.matter);
}
static bool
casework(struct hrv_vault *v)
{
	return open_sealed(v, &world.copy);
}

/* In the order of the document. `wanted`: a letter a column, x for what
 * works; from the table of keys in the design, not from what was found. */
static const struct row {
	const char *title;
	bool (*try)(struct hrv_vault *v);
	const char *wanted;
} rows[] = {
	{ "open the database", database, "xxxxxxx-" },
	{ "open the keystore", keystore, "xxxxxx--" },
	{ "sign the log's head", sign_log, "xxxxxx--" },
	{ "build a key generation", generation, "xxxxxx--" },
	{ "search the index by a name", search, "xxxxx---" },
	{ "look into the suppression list", suppression, "xx-xx---" },
	{ "open an identity", identity, "xxxxx---" },
	{ "open a typed reason", reason, "xxxxx---" },
	{ "open the matter of a hold", matter, "--xxx---" },
	{ "open a case's derived copy", casework, "xxxxx---" },
	{ "read a record of general", general, "x--x----" },
	{ "read a record of pay", pay, "-x-x----" },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* The handle of a member who has rewritten the program: no role, and in the
 * ring a key under every name. */
static struct hrv_vault *
armed(size_t column)
{
	struct hrv_open_args a = home.open;
	struct hrv_vault *v = NULL;
	char name[KEY_ID_SIZE];
	uint32_t version;

	a.as = fprs[column];
	OK_(hrv_open(&a, &v, err));
	if (column == NOBODY)
		keyring_clear(&v->ring);
	index_forget(v);
	v->role = ROLE_DPO;
	for (size_t i = 0; i < v->slots->n_keys; i++) {
		const char *id = v->slots->keys[i].id;
		struct key *made_up = NULL;

		assert_true(slots_key_split(id, name, &version));
		if (keyring_get(&v->ring, name, version) != NULL)
			continue;
		OK_(key_new_random(KEY_LEN, &made_up, err));
		OK_(keyring_add(&v->ring, id, &made_up, err));
	}
	return v;
}

static void
head(struct buf *out)
{
	buf_adds(out,
	    "# What each role can do\n\n"
	    "Made by `make test-custody`; a test compares it. Each cell was "
	    "tried against the\nlibrary with the keys of that role alone, "
	    "below every check of roles, with a\nmade-up key in the place of "
	    "each one that is not granted: what has no x fails in\nthe cipher. "
	    "The wrapped key of what is to be opened was handed to everybody, "
	    "also\nto those who cannot open the keystore.\n\n|");
	for (size_t c = 0; c < COLUMNS; c++)
		buf_addf(out, " | %s", columns[c].title);
	buf_adds(out, " |\n|---");
	for (size_t c = 0; c < COLUMNS; c++)
		buf_adds(out, "|---");
	buf_adds(out, "|\n");
}

static void
tail(struct buf *out)
{
	buf_adds(out,
	    "\nWho can build a key generation can leave keys out of it, which "
	    "destroys: that is\nwhat the purge account is for. Whatever any of "
	    "them writes into the database with\nanother program is found by "
	    "the log, which nobody without the key of the log can\nsign; an "
	    "auditor cannot.\n");
}

/* Tries everything; found[row][column]. */
static void
fill(char found[ROWS][COLUMNS + 1])
{
	for (size_t c = 0; c < COLUMNS; c++) {
		struct hrv_vault *v = armed(c);

		for (size_t r = 0; r < ROWS; r++) {
			found[r][c] = rows[r].try(v) ? 'x' : '-';
			found[r][COLUMNS] = '\0';
		}
		hrv_close(v);
	}
}

static void
read_doc(struct buf *out)
{
	FILE *f = fopen(DOC, "re");
	char piece[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(out, piece, n);
	fclose(f);
}

static void
every_cell_is_what_the_design_says(void **state)
{
	struct buf text = BUF_INIT, doc = BUF_INIT;
	char found[ROWS][COLUMNS + 1];
	FILE *f;

	(void)state;
	fill(found);
	head(&text);
	for (size_t r = 0; r < ROWS; r++) {
		buf_addf(&text, "| %s", rows[r].title);
		printf("# %-32s %s\n", rows[r].title, found[r]);
		for (size_t c = 0; c < COLUMNS; c++)
			buf_addf(&text, " | %s", found[r][c] == 'x' ? "x" : "");
		buf_adds(&text, " |\n");
	}
	tail(&text);
	for (size_t r = 0; r < ROWS; r++)
		assert_string_equal(found[r], rows[r].wanted);
	if (getenv("HRV_WRITE") != NULL) {
		f = fopen(DOC, "we");
		assert_non_null(f);
		fputs(buf_str(&text), f);
		assert_int_equal(fclose(f), 0);
	}
	read_doc(&doc);
	assert_string_equal(buf_str(&doc), buf_str(&text));
	buf_clear(&doc);
	buf_clear(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell_is_what_the_design_says),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
