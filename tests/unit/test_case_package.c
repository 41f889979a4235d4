/* SPDX-License-Identifier: ISC */
/* Parts of a package that need no vault: templates, bans, streams. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "vault/base/buf.h"
#include "vault/crypto/crypt.h"
#include "vault/package.h"
#include "vault/package_fill.h"
#include "vault/package_int.h"
#include "vault/package_tar.h"

static void
fills(const char *template, const char *values, const char *want)
{
	struct buf out = BUF_INIT_SECRET;
	json_t *v = json_loads(values, 0, NULL);

	assert_non_null(v);
	OK_(package_fill(template, strlen(template), v, &out, err));
	assert_string_equal(buf_str(&out), want);
	json_decref(v);
	buf_clear(&out);
}

static void
a_value_is_escaped_whatever_it_is(void **state)
{
	(void)state;
	fills("<p>{{x}}</p>", "{\"x\":\"<script>&\\\"'\"}",
	    "<p>&lt;script&gt;&amp;&quot;&#39;</p>");
	fills("{{x}}", "{\"x\":\"a\\u202eb\\u0007\"}", "a&lt;U+202E&gt;b\\x07");
	fills("{{x}}", "{\"x\":\"one\\r\\ntwo\"}", "one<br>\ntwo");
	fills("{{ x }}{{none}}{{n}}", "{\"x\":\"{{x}}\",\"n\":7}", "{{x}}7");
}

static void
sections_repeat_and_vanish(void **state)
{
	(void)state;
	fills("{{#l}}[{{a}}{{o}}]{{/l}}",
	    "{\"o\":\"!\",\"l\":[{\"a\":\"1\"},{\"a\":\"2\",\"o\":\"?\"}]}",
	    "[1!][2?]");
	fills("{{#l}}{{.}},{{/l}}", "{\"l\":[\"a\",\"b\"]}", "a,b,");
	fills("{{#a}}x{{#b}}y{{/b}}{{/a}}{{^a}}no{{/a}}", "{\"a\":0,\"b\":1}",
	    "no");
	fills("{{#a}}{{^b}}z{{/b}}{{/a}}", "{\"a\":{\"c\":1},\"b\":\"\"}", "z");
	fills("{{#w}}{{#one}}1{{/one}}{{#two}}2{{/two}}{{/w}}",
	    "{\"w\":{\"two\":1}}", "2");
	fills("a\n{{#l}}\nb\n{{/l}}\nc{{! remark }}", "{\"l\":[1]}", "a\nb\nc");
	fills("a\n{{!\n a long remark\n}}\nb", "{}", "a\nb");
	fills("{{d}} {{%dates DD.MM.YYYY}}{{d}} {{e}}{{#l}} {{.}}{{/l}}",
	    "{\"d\":\"2026-01-08\",\"e\":\"on "
	    "2026-01-08\",\"l\":[\"2026-01-0x\","
	    "\"0999-12-31\"]}",
	    "2026-01-08 08.01.2026 on 2026-01-08 2026-01-0x 31.12.0999");
}

static void
a_wrong_template_is_refused_by_line(void **state)
{
	static const char *const wrong[] = { "a\n{{x", "\n{{#a}}b", "\n{{/a}}",
		"\n{{#a}}{{/b}}", "\n{{}}", "\n{{%days DD}}",
		"\n{{%dates D.M.Y}}" };
	json_t *v = json_object();
	(void)state;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct buf out = BUF_INIT_SECRET;
		struct hrv_err err = { 0 };

		assert_int_equal(
		    package_fill(wrong[i], strlen(wrong[i]), v, &out, &err),
		    HRV_EUSAGE);
		assert_non_null(strstr(err.msg, "line 2"));
		buf_clear(&out);
	}
	json_decref(v);
}

static void
banned_fields_go_and_others_stay(void **state)
{
	static const char *const list[] = { "/ssn", "/bank/iban", "/a~1b" };
	struct hrv_law law = { .never_export = list, .n_never_export = 3 };
	json_t *v = json_loads("{\"ssn\":\"1\",\"bank\":{\"iban\":\"2\","
			       "\"name\":\"x\"},\"a/b\":1,\"c\":{\"ssn\":1}}",
	    0, NULL);
	char *text;
	(void)state;

	assert_true(package_ban(&law, v));
	text = json_dumps(v, JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(
	    text, "{\"bank\":{\"name\":\"x\"},\"c\":{\"ssn\":1}}");
	free(text);
	assert_false(package_ban(&law, v));
	json_decref(v);
	v = json_loads("[{\"ssn\":1}]", 0, NULL);
	assert_false(package_ban(&law, v));
	json_decref(v);
}

static void
cell(const char *text, const char *want)
{
	struct buf out = BUF_INIT_SECRET;

	package_csv_cell(&out, text);
	assert_string_equal(buf_str(&out), want);
	buf_clear(&out);
}

static void
no_cell_holds_a_formula_however_it_is_taken_to_pieces(void **state)
{
	(void)state;
	cell("", "");
	cell("plain-text", "plain-text");
	cell("a, b", "\"a, b\"");
	cell("say \"x\"", "\"say \"\"x\"\"\"");
	cell("=f()", "\"'=f()\"");
	cell("@f", "\"'@f\"");
	cell("-2+3", "\"'-2+3\"");
	cell("+44 1", "\"'+44 1\"");
	/* Whatever divides, blanks and quotes in between. */
	cell("x;=f()", "\"x;'=f()\"");
	cell("x\t=f()", "\"x\t'=f()\"");
	cell("x|=f()", "\"x|'=f()\"");
	cell("x,=f()", "\"x,'=f()\"");
	cell("x; \"=f()", "\"x; \"\"'=f()\"");
	cell("x\n=f()", "\"x\n'=f()\"");
	cell("x\r\n\t -f()", "\"x\r\n\t '-f()\"");
	cell("x\xe2\x80\xa8=f()", "\"x\xe2\x80\xa8'=f()\"");
	cell("  =f()", "\"  '=f()\"");
	cell("\"=f()", "\"\"\"'=f()\"");
	cell("\t=f()", "\"'\t'=f()\"");
	cell("\xef\xbb\xbf=f()", "\"\xef\xbb\xbf'=f()\"");
	cell("\xc2\xa0=f()", "\"\xc2\xa0'=f()\"");
	cell("x =f()", "\"x '=f()\"");
	/* Full-width forms. */
	cell("\xef\xbc\x9d"
	     "f()",
	    "\"'\xef\xbc\x9d"
	    "f()\"");
	cell("x\xef\xbc\x9b\xef\xbc\xa0"
	     "f",
	    "\"x\xef\xbc\x9b'\xef\xbc\xa0"
	    "f\"");
	/* What is none stays as it was written. */
	cell("Smith - Jones", "Smith - Jones");
	cell("Clay & Sons (processor, IE)", "\"Clay & Sons (processor, IE)\"");
	cell("1=1", "1=1");
	cell("\xc5\x81ucja", "\xc5\x81ucja");
}

struct count {
	size_t files;
	uint64_t bytes;
	uint8_t last[32];
};

static int
count(void *ctx, const struct package_seen *seen, struct hrv_err *err)
{
	struct count *c = ctx;

	(void)err;
	c->files++;
	c->bytes += seen->bytes;
	memcpy(c->last, seen->sha256, 32);
	return HRV_OK;
}

static int
scratch(void)
{
	char path[] = "/tmp/hvp.XXXXXX";
	int fd = mkostemp(path, O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(unlink(path), 0);
	return fd;
}

static void
write_two(int fd, const char *zip, const char *content)
{
	struct package_tar_args args = {
		.fd = fd, .zip_under = zip, .mtime = 1795435200
	};
	struct package_tar *t = NULL;

	OK_(package_tar_new(&args, &t, err));
	OK_(package_tar_file(t, "C-X/empty", 0, err));
	OK_(package_tar_file(t, "C-X/full", strlen(content), err));
	OK_(package_tar_add(t, content, strlen(content), err));
	OK_(package_tar_finish(t, err));
	package_tar_free(t);
}

static void
a_stream_reads_back_as_it_was_written(void **state)
{
	static const char content[] = "grün und still";
	uint8_t want[32];
	(void)state;

	OK_(crypt_init(err));
	crypt_sha256(content, strlen(content), want);
	for (int zip = 0; zip < 2; zip++) {
		const char *pass = zip ? "дверь" : NULL;
		struct count c = { .files = 0 };
		int fd = scratch();

		write_two(fd, pass, content);
		assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
		OK_(package_tar_walk(fd, pass, count, &c, err));
		assert_int_equal(c.files, 2);
		assert_int_equal(c.bytes, strlen(content));
		assert_memory_equal(c.last, want, 32);
		(void)close(fd);
	}
}

static void
a_zip_opens_with_its_passphrase_only_and_notices_damage(void **state)
{
	struct count c = { .files = 0 };
	int fd = scratch();
	(void)state;

	OK_(crypt_init(err));
	write_two(fd, "right", "something to hide");
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	FAILS(package_tar_walk(fd, "wrong", count, &c, err), HRV_EINTEGRITY);
	(void)close(fd);
}

static void
a_file_of_another_length_than_announced_is_refused(void **state)
{
	struct package_tar_args args = { .fd = scratch() };
	struct package_tar *t = NULL;
	(void)state;

	OK_(package_tar_new(&args, &t, err));
	OK_(package_tar_file(t, "a", 3, err));
	FAILS(package_tar_add(t, "four", 4, err), HRV_EFAILED);
	OK_(package_tar_add(t, "tw", 2, err));
	FAILS(package_tar_file(t, "b", 0, err), HRV_EFAILED);
	FAILS(package_tar_finish(t, err), HRV_EFAILED);
	package_tar_free(t);
	(void)close(args.fd);
}

/* Whether that member of a row, of that record, has a name in it. */
static bool
has_name(const char *disposition, const char *member, const char *text)
{
	json_t *people = json_loads("[{\"as\":\"Person A\",\"names\":["
				    "\"Dag Person\"],\"marks\":[\"E-77\"],"
				    "\"phones\":[\"030 1234567\"]}]",
	    0, NULL);
	struct package p = { .n = 0 };
	struct package_item it = { .more = json_object() };
	bool found = true;

	it.row = json_pack("{s:s}", "disposition", disposition);
	assert_int_equal(
	    json_object_set_new(it.row, member, json_string(text)), 0);
	OK_(pseudonyms_new(people, NULL, &p.names, err));
	OK_(package_words_left(&p, &it, &found, err));
	pseudonyms_free(p.names);
	json_decref(people);
	json_decref(it.row);
	json_decref(it.more);
	return found;
}

static void
a_name_that_is_left_beside_a_document_is_seen(void **state)
{
	(void)state;
	assert_true(has_name("disclosed", "title", "with person, Dag"));
	assert_true(has_name("withheld", "reason", "by E-77"));
	assert_true(has_name("redacted", "note", "0049 30/123 45 67"));
	assert_true(has_name("disclosed", "what_comes_later", "Dag"));
	assert_false(has_name("disclosed", "title", "with Person A"));
	assert_true(has_name("disclosed", "title", "Person A or Person Dag"));
	assert_false(has_name("disclosed", "class", "dag"));
	assert_false(has_name("destroyed", "reason", "under: Dag Act"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_is_escaped_whatever_it_is),
		cmocka_unit_test(sections_repeat_and_vanish),
		cmocka_unit_test(a_wrong_template_is_refused_by_line),
		cmocka_unit_test(banned_fields_go_and_others_stay),
		cmocka_unit_test(a_name_that_is_left_beside_a_document_is_seen),
		cmocka_unit_test(
		    no_cell_holds_a_formula_however_it_is_taken_to_pieces),
		cmocka_unit_test(a_stream_reads_back_as_it_was_written),
		cmocka_unit_test(
		    a_zip_opens_with_its_passphrase_only_and_notices_damage),
		cmocka_unit_test(
		    a_file_of_another_length_than_announced_is_refused),
	};

	return RUN(tests);
}
