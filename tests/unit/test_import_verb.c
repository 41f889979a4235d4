/* SPDX-License-Identifier: ISC */
/*
 * The verb import against a real vault: batches, interruption, reasons, and
 * what it refuses.
 */
#include "tests/unit/unit.h"

#include "tests/unit/subjecthome.h"

#include <sys/mman.h>

#include "hrvault/hold.h"
#include "hrvault/import.h"

static const char map[] =
    "map = { format = \"hrvault-map/1\"; id = \"m\"; version = \"1\";"
    " title = \"m\"; kind = \"employee\"; columns = ("
    "  { column = \"No\"; to = \"subject.number\"; },"
    "  { column = \"Name\"; to = \"subject.name\"; required = true; },"
    "  { column = \"Mail\"; to = \"subject.email\"; optional = true; },"
    "  { column = \"Hired\"; to = \"subject.hired\"; } );"
    " rest = \"record\"; record = { class = \"note\"; title = \"Row\";"
    "  source = \"test\"; provided_by = \"employer\"; }; };";

struct seen {
	size_t rejects;
	uint64_t row;
	size_t column;
	char reason[160];
	uint64_t at, size;
	bool stop;
};

static int
take(void *ctx, const struct hrv_import_reject *r, struct hrv_err *err)
{
	struct seen *s = ctx;

	(void)err;
	s->rejects++;
	s->row = r->row;
	s->column = r->column;
	s->at = r->at;
	s->size = r->size;
	snprintf(s->reason, sizeof(s->reason), "%s", r->reason);
	return HRV_OK;
}

static int
tick(void *ctx, uint64_t done, uint64_t total, struct hrv_err *err)
{
	struct seen *s = ctx;

	if (s->stop && total > 0 && done > 0)
		return hrv_fail(err, HRV_EINTERRUPTED, "stopped");
	return HRV_OK;
}

static int
file_of(const char *text)
{
	int fd = memfd_create("rows", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	return fd;
}

static struct hrv_import_args
args_of(int fd, struct seen *s)
{
	return (struct hrv_import_args){ .fd = fd,
		.map = map,
		.map_len = strlen(map),
		.reject = take,
		.progress = tick,
		.ctx = s };
}

/* Imports a text; *ret is the result's rows, added, updated, unchanged and
 * rejected as one number of five digits. */
static int
import(
    const char *text, bool check, struct seen *s, int *ret, struct hrv_err *err)
{
	int fd = file_of(text), rc;
	struct hrv_import_args a = args_of(fd, s);
	struct hrv_doc *doc = NULL;

	a.check = check;
	rc = hrv_import(v, &a, &doc, err);
	if (rc == HRV_OK)
		*ret = (int)(hrv_doc_int(doc, "rows", 9) * 10000 +
			     hrv_doc_int(doc, "added", 9) * 1000 +
			     hrv_doc_int(doc, "updated", 9) * 100 +
			     hrv_doc_int(doc, "unchanged", 9) * 10 +
			     hrv_doc_int(doc, "rejected", 9));
	hrv_doc_free(doc);
	close(fd);
	return rc;
}

static void
test_a_file_twice_adds_nobody(void **state)
{
	static const char text[] = "No,Name,Mail,Hired,Note\n"
				   "1,Ana Sol,a@x.example,2015-01-01,x\n"
				   ",Bo Lund,b@x.example,2015-01-01,y\n"
				   ",Cy Tan,,2015-01-01,z\n";
	struct seen s = { 0 };
	int n = 0;

	(void)state;
	OK_(import(text, true, &s, &n, err));
	assert_int_equal(n, 33000); /* as the import will */
	OK_(import(text, false, &s, &n, err));
	assert_int_equal(n, 33000);
	OK_(import(text, false, &s, &n, err));
	assert_int_equal(n, 30030);
	assert_int_equal(s.rejects, 0);
}

static void
test_people_without_numbers_are_told_apart(void **state)
{
	struct seen s = { 0 };
	int n = 0;

	(void)state;
	/* The same address and another name: another person. The same name
	 * and nothing else: another row, another person. */
	OK_(import("No,Name,Mail,Hired,Note\n"
		   ",Di Lund,b@x.example,2015-01-01,y\n"
		   ",Cy Tan,,2015-01-01,other\n",
	    false, &s, &n, err));
	assert_int_equal(n, 22000);
	/* The same address and name is the same person, later. */
	OK_(import("No,Name,Mail,Hired,Note\n"
		   ",Bo Lund,B@x.example,2015-01-01,new\n",
	    false, &s, &n, err));
	assert_int_equal(n, 10100);
}

static void
test_reasons_name_the_place_and_no_value(void **state)
{
	struct seen s = { 0 };
	int n = 0;

	(void)state;
	OK_(import("No,Name,Mail,Hired,Note\n"
		   "8,Eve Secret,e@x.example,2015-01-01,x\n"
		   "8,Eve Secret,e@x.example,2015-01-01,x\n",
	    false, &s, &n, err));
	assert_int_equal(n, 21001);
	assert_int_equal(s.row, 3);
	assert_int_equal(s.column, 1);
	assert_string_equal(s.reason, "row 2 is about the same number");
	assert_int_equal(s.at, 62);
	assert_int_equal(s.size, 38);
	OK_(import("No,Name,Mail,Hired,Note\n"
		   "8,Eve Other,e@x.example,2015-01-01,x\n",
	    false, &s, &n, err));
	assert_int_equal(n, 10001);
	assert_null(strstr(s.reason, "Eve"));
	OK_(import("No,Name,Mail,Hired,Note\n"
		   "8,Eve Secret,e@x.example,2016-01-01,x\n",
	    false, &s, &n, err));
	assert_int_equal(n, 10001);
	assert_int_equal(s.column, 4);
}

static void
test_a_candidate_is_hired_by_a_row(void **state)
{
	struct hrv_subject_add_args a = { .kind = "candidate",
		.fields = { .name = "Fay Io", .number = "F1" } };
	struct seen s = { 0 };
	struct hrv_doc *doc = NULL;
	int n = 0;

	(void)state;
	OK_(hrv_subject_add(v, &a, &doc, err));
	hrv_doc_free(doc);
	OK_(import(
	    "No,Name,Mail,Hired,Note\nF1,Fay Io,,,x\n", false, &s, &n, err));
	assert_int_equal(n, 10001);
	OK_(import("No,Name,Mail,Hired,Note\nF1,Fay Io,f@x.example,"
		   "2020-01-01,x\n",
	    false, &s, &n, err));
	assert_int_equal(n, 10100);
	OK_(hrv_subject_show(v, "number:F1", &doc, err));
	assert_string_equal(hrv_doc_str(doc, "kind"), "employee");
	assert_int_equal(hrv_doc_len(hrv_doc_get(doc, "emails")), 1);
	hrv_doc_free(doc);
}

static void
test_a_row_takes_nothing_out_of_a_hold(void **state)
{
	static const char text[] = "No,Name,Mail,Hired,Note\n"
				   "G1,Gil Ra,,2020-01-01,x\n"
				   "G2,Hal Su,,2020-01-01,x\n";
	const char *who[] = { "number:G1", NULL };
	struct hrv_subject_add_args a = { .kind = "candidate",
		.fields = { .name = "Gil Ra", .number = "G1" } };
	struct hrv_hold_args h = {
		.matter = "M", .reason = "a claim", .query = "kind = candidate"
	};
	struct hrv_hold_args more = { .reason = "by name", .subjects = who };
	struct seen s = { 0 };
	struct hrv_doc *doc = NULL;
	char hold[40];
	int n = 0;

	(void)state;
	OK_(hrv_subject_add(v, &a, &doc, err));
	hrv_doc_free(doc);
	OK_(hrv_hold_place(v, &h, &doc, err));
	snprintf(hold, sizeof(hold), "%s", hrv_doc_str(doc, "id"));
	hrv_doc_free(doc);
	OK_(import(text, false, &s, &n, err));
	assert_int_equal(n, 21001);
	assert_non_null(strstr(s.reason, "out of a legal hold"));
	OK_(hrv_hold_amend(v, hold, &more, &doc, err));
	hrv_doc_free(doc);
	OK_(import(text, false, &s, &n, err));
	assert_int_equal(n, 20110);
	OK_(hrv_hold_release(v, hold, "over", &doc, err));
	hrv_doc_free(doc);
}

static void
test_an_interruption_keeps_whole_batches(void **state)
{
	struct buf text = BUF_INIT;
	struct seen s = { .stop = true };
	int n = 0;

	(void)state;
	buf_adds(&text, "No,Name,Mail,Hired,Note\n");
	for (int i = 0; i < 1100; i++)
		buf_addf(&text, "K%d,Kim Many,,2015-01-01,x\n", i);
	FAILS(import(buf_str(&text), false, &s, &n, err), HRV_EINTERRUPTED);
	s.stop = false;
	OK_(import(buf_str(&text), false, &s, &n, err));
	assert_int_equal(n, 11000000 + 100 * 1000 + 1000 * 10);
	buf_clear(&text);
}

static void
test_what_is_no_file_of_people_is_refused(void **state)
{
	struct seen s = { 0 };
	struct hrv_import_args a = args_of(-1, &s);
	struct hrv_doc *doc = NULL;
	int n = 0, fd;

	(void)state;
	FAILS(import("", false, &s, &n, err), HRV_EUSAGE);
	FAILS(import("\x7f"
		     "ELF",
		  false, &s, &n, err),
	    HRV_EUSAGE);
	FAILS(import("[{}]", false, &s, &n, err), HRV_EUSAGE);
	FAILS(import("Other,Columns\n1,2\n", false, &s, &n, err), HRV_EUSAGE);
	FAILS(import("No,Name,Mail,Hired,Note\n1,\"open", false, &s, &n, err),
	    HRV_EUSAGE);
	/* A resume has no class here that it could be stored as. */
	a.fd = fd = file_of("{\"basics\":{\"name\":\"A\"}}");
	a.map = NULL;
	FAILS(hrv_import(v, &a, &doc, err), HRV_EUSAGE);
	close(fd);
	a.fd = fd = file_of("No,Name\n");
	FAILS(hrv_import(v, &a, &doc, err), HRV_EUSAGE);
	a.map = "map = { };";
	a.map_len = strlen(a.map);
	FAILS(hrv_import(v, &a, &doc, err), HRV_EUSAGE);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_file_twice_adds_nobody),
		cmocka_unit_test(test_people_without_numbers_are_told_apart),
		cmocka_unit_test(test_reasons_name_the_place_and_no_value),
		cmocka_unit_test(test_a_candidate_is_hired_by_a_row),
		cmocka_unit_test(test_a_row_takes_nothing_out_of_a_hold),
		cmocka_unit_test(test_an_interruption_keeps_whole_batches),
		cmocka_unit_test(test_what_is_no_file_of_people_is_refused),
	};

	return RUN_SUBJECT(tests);
}
