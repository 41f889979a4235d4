/* SPDX-License-Identifier: ISC */
/* Letters: what is a value stays a value, on paper and on a page. */
#include "tests/unit/unit.h"

#include <string.h>

#include "vault/letter_render.h"

static const char frame[] =
    "<{{lang}}{{#rtl}} rtl{{/rtl}}|{{subject}}>" LETTER_HERE ".";

static void
writes(const char *template, const char *values, const char *text,
    const char *page)
{
	struct buf a = BUF_INIT_SECRET, b = BUF_INIT_SECRET;
	struct letter_frame f = { frame, strlen(frame) };
	json_t *v = json_loads(values, 0, NULL);

	assert_non_null(v);
	OK_(letter_text(template, strlen(template), v, &a, err));
	assert_string_equal(buf_str(&a), text);
	OK_(letter_html(template, strlen(template), v, &f, &b, err));
	assert_string_equal(buf_str(&b), page);
	json_decref(v);
	buf_clear(&a);
	buf_clear(&b);
}

static void
a_letter_has_its_shape(void **state)
{
	(void)state;
	writes("%lang en\n| A\n| B\n\n# Re: x\n\none\ntwo\n- i\n- j\n  k\n"
	       "## Part\nend\n",
	    "{}",
	    "A\nB\n\nRe: x\n=====\n\none two\n\n- i\n- j k\n\nPart\n----\n\n"
	    "end\n",
	    "<en|Re: x><address>A<br>\nB</address>\n<h1>Re: x</h1>\n"
	    "<p>one two</p>\n<ul>\n<li>i</li>\n<li>j k</li>\n</ul>\n"
	    "<h2>Part</h2>\n<p>end</p>\n.");
}

static void
a_value_never_becomes_shape_or_markup(void **state)
{
	(void)state;
	writes("%lang ar rtl\n# S\n\n{{x}}\n", "{\"x\":\"# <b>\\n- &{{y}}\"}",
	    "S\n=\n\n# <b>\n- &{{y}}\n",
	    "<ar rtl|S><h1>S</h1>\n<p><bdi># &lt;b&gt;<br>- &amp;{{y}}</bdi>"
	    "</p>\n.");
	writes("%lang en\n# {{x}}\n", "{\"x\":\"a\\u0001\\u202e\\\"\"}",
	    "a\\x01<U+202E>\"\n==============\n",
	    "<en|a\\x01&lt;U+202E&gt;&quot;><h1><bdi>a\\x01&lt;U+202E&gt;\""
	    "</bdi></h1>\n.");
}

static void
a_name_in_the_other_direction_stands_alone(void **state)
{
	(void)state;
	writes("%lang en\n# S\n\nTo {{x}}, {{y}}\n",
	    "{\"x\":\"\xd7\xa9\xd7\x9d\",\"y\":\"B\"}",
	    "S\n=\n\nTo \xe2\x81\xa8\xd7\xa9\xd7\x9d\xe2\x81\xa9, B\n",
	    "<en|S><h1>S</h1>\n<p>To <bdi>\xd7\xa9\xd7\x9d</bdi>, "
	    "<bdi>B</bdi></p>\n.");
}

static void
lines_are_short_and_hang(void **state)
{
	static const char ten[] = "123456789 123456789 123456789 123456789 "
				  "123456789 123456789 123456789 ";
	struct buf t = BUF_INIT, want = BUF_INIT, page = BUF_INIT;

	(void)state;
	buf_addf(&t, "%%lang en\n# S\n- %s%s\n", ten, ten);
	buf_addf(&want, "S\n=\n\n- %.*s\n  %.*s\n", 69, ten, 69, ten);
	buf_addf(&page, "<en|S><h1>S</h1>\n<ul>\n<li>%s%.*s</li>\n</ul>\n.",
	    ten, 69, ten);
	writes(buf_str(&t), "{}", buf_str(&want), buf_str(&page));
	buf_clear(&t);
	buf_clear(&want);
	buf_clear(&page);
}

static void
a_template_without_language_or_subject_is_refused(void **state)
{
	static const char *const wrong[] = { "", "# S\n", "%lang\n# S\n",
		"%lang en x\n# S\n", "%lang en\nno subject\n",
		"%lang en\n# \x01\n", "%lang en\n# {{a\n" };
	json_t *v = json_object();

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct buf out = BUF_INIT_SECRET;
		struct hrv_err err = { 0 };

		assert_int_equal(
		    letter_text(wrong[i], strlen(wrong[i]), v, &out, &err),
		    HRV_EUSAGE);
		buf_clear(&out);
	}
	json_decref(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_letter_has_its_shape),
		cmocka_unit_test(a_value_never_becomes_shape_or_markup),
		cmocka_unit_test(a_name_in_the_other_direction_stands_alone),
		cmocka_unit_test(lines_are_short_and_hang),
		cmocka_unit_test(
		    a_template_without_language_or_subject_is_refused),
	};

	return RUN(tests);
}
