/* SPDX-License-Identifier: ISC */
/*
 * Looks through a text before libconfig sees it, see policy/cfg.h. Layer:
 * policy (pure). Invariant: a text that passes means to the library exactly
 * what a person reads in it - no number wraps, no file is pulled in, no
 * string or comment swallows what follows, nothing is nested or repeated
 * until the library runs out of memory or time.
 */
#include "policy/cfg.h"

#include <string.h>

struct scan {
	const char *at;
	const char *end;
	int line;
	struct hrv_file_errors *errors;
	int depth;
	char open[CFG_DEPTH_MAX + 1];	 /* brackets around us */
	int settings[CFG_DEPTH_MAX + 1]; /* in each of them so far */
	bool after_string; /* only blanks and comments since a string */
};

size_t
cfg_utf8_length(const unsigned char *s, size_t left)
{
	size_t n = s[0] < 0x80			  ? 1
		   : s[0] >= 0xc2 && s[0] <= 0xdf ? 2
		   : s[0] >= 0xe0 && s[0] <= 0xef ? 3
		   : s[0] >= 0xf0 && s[0] <= 0xf4 ? 4
						  : 0;

	if (n == 0 || n > left)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

/* One report per kind is enough: such a file is not text at all. */
static bool
is_text(const char *text, size_t len, struct hrv_file_errors *errors)
{
	int line = 1;

	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		cfg_error(errors, 1, "save it as UTF-8 without a BOM",
		    "the file begins with a byte order mark");
		return false;
	}
	for (size_t i = 0; i < len;) {
		unsigned char c = (unsigned char)text[i];
		size_t n =
		    cfg_utf8_length((const unsigned char *)text + i, len - i);

		if (c == 0) {
			cfg_error(errors, line, "remove it",
			    "the file holds a NUL byte");
			return false;
		}
		if (n == 0) {
			cfg_error(errors, line, "save the file as UTF-8",
			    "the file is not valid UTF-8");
			return false;
		}
		if ((c < 0x20 && strchr("\t\n\r", c) == NULL) || c == 0x7f) {
			cfg_error(errors, line, "remove it",
			    "the file holds the control character 0x%02x", c);
			return false;
		}
		line += c == '\n';
		i += n;
	}
	return true;
}

static void
skip_line(struct scan *s)
{
	while (s->at < s->end && *s->at != '\n')
		s->at++;
}

static void
skip_comment(struct scan *s)
{
	int began = s->line;

	for (s->at += 2; s->at + 1 < s->end; s->at++) {
		if (s->at[0] == '*' && s->at[1] == '/') {
			s->at += 2;
			return;
		}
		s->line += *s->at == '\n';
	}
	s->at = s->end;
	cfg_error(
	    s->errors, began, "end it with */", "the comment is never closed");
}

static void
skip_string(struct scan *s)
{
	int began = s->line;
	char around =
	    s->depth > 0 && s->depth <= CFG_DEPTH_MAX ? s->open[s->depth] : '{';

	if (s->after_string && around != '{')
		cfg_error(s->errors, s->line, "write a comma between them",
		    "two strings stand side by side and would become one");
	for (s->at++; s->at < s->end && *s->at != '"'; s->at++) {
		s->line += *s->at == '\n';
		if (*s->at != '\\')
			continue;
		s->at++;
		if (s->at < s->end && strchr("\"\\nrt", *s->at) == NULL)
			cfg_error(s->errors, s->line,
			    "only \\\" \\\\ \\n \\r \\t are known; write "
			    "other characters as they are",
			    "unknown escape in a string");
	}
	if (s->at >= s->end)
		cfg_error(s->errors, began, "close it with \"",
		    "the string is never closed");
	else
		s->at++;
	s->after_string = true;
}

static bool
is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '-' ||
	       c == '+' || c == '*';
}

/* A sign, then 0 or up to nine digits without a leading 0, then perhaps a
 * fraction: what libconfig and a reader understand alike. */
static void
check_number(struct scan *s, const char *word, int len)
{
	int i = 0, n = 0, fraction = 0;
	bool zero;

	if (word[i] == '-')
		i++;
	zero = i < len && word[i] == '0';
	while (i < len && word[i] >= '0' && word[i] <= '9')
		i++, n++;
	if (i < len && word[i] == '.')
		for (i++; i < len && word[i] >= '0' && word[i] <= '9'; i++)
			fraction++;
	if (n > CFG_DIGITS_MAX || fraction > CFG_DIGITS_MAX)
		cfg_error(s->errors, s->line,
		    "lengths of time are strings: \"P6Y\"",
		    "the number %.*s%s has more than nine digits",
		    len > 20 ? 20 : len, word, len > 20 ? "..." : "");
	else if (zero && n > 1)
		cfg_error(s->errors, s->line, "write it without leading zeros",
		    "the number %.*s begins with 0", len, word);
	else if (i != len || n == 0)
		cfg_error(s->errors, s->line,
		    "write a plain decimal number, or a string in quotes",
		    "\"%.*s\" is not a plain number", len > 40 ? 40 : len,
		    word);
}

static void
skip_word(struct scan *s)
{
	const char *word = s->at;
	char c = *word;

	while (s->at < s->end && is_word(*s->at))
		s->at++;
	if ((c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+')
		check_number(s, word, (int)(s->at - word));
}

static void
bracket(struct scan *s, char c)
{
	if (c == '}' || c == ')' || c == ']') {
		/* Pairs that do not match are the library's to report. */
		if (s->depth > 0)
			s->depth--;
		return;
	}
	s->depth++;
	if (s->depth == CFG_DEPTH_MAX + 1)
		cfg_error(s->errors, s->line, "write it flatter",
		    "more than %d groups and lists inside each other",
		    CFG_DEPTH_MAX);
	if (s->depth <= CFG_DEPTH_MAX) {
		s->open[s->depth] = c;
		s->settings[s->depth] = 0;
	}
}

static void
sign(struct scan *s, char c)
{
	int *n;

	if (c == '@')
		cfg_error(s->errors, s->line, "write all of it into one file",
		    "@include and other directives are not allowed");
	if ((c == '=' || c == ':') && s->depth <= CFG_DEPTH_MAX) {
		n = &s->settings[s->depth];
		if (++*n == CFG_SETTINGS_MAX + 1)
			cfg_error(s->errors, s->line, "",
			    "more than %d settings in one group",
			    CFG_SETTINGS_MAX);
	}
}

/* One token; after_string survives blanks and comments only. */
static void
step(struct scan *s)
{
	char c = *s->at;
	char next = s->at + 1 < s->end ? s->at[1] : '\0';

	if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
		s->line += c == '\n';
		s->at++;
		return;
	}
	if (c == '#' || (c == '/' && next == '/')) {
		skip_line(s);
		return;
	}
	if (c == '/' && next == '*') {
		skip_comment(s);
		return;
	}
	if (c == '"') {
		skip_string(s);
		return;
	}
	s->after_string = false;
	if (is_word(c)) {
		skip_word(s);
		return;
	}
	s->at++;
	if (strchr("{}()[]", c) != NULL)
		bracket(s, c);
	else
		sign(s, c);
}

void
cfg_scan(const char *text, size_t len, struct hrv_file_errors *errors)
{
	struct scan s = {
		.at = text, .end = text + len, .line = 1, .errors = errors
	};

	if (len > CFG_SIZE_MAX) {
		cfg_error(errors, 0, "split it or shorten it",
		    "the file is larger than 1 MiB");
		return;
	}
	if (!is_text(text, len, errors))
		return;
	while (s.at < s.end)
		step(&s);
}
