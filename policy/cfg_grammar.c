/* SPDX-License-Identifier: ISC */
/*
 * Whether a text that cfg_scan() passed has the shape of a configuration, see
 * policy/cfg.h. The library would find the same mistakes, but can only say
 * "syntax error", and loses memory when one follows a string. Layer: policy
 * (pure). Invariant: at most one mistake is reported, where it becomes
 * certain, and what passes here the library can parse.
 */
#include "policy/cfg.h"

#include <string.h>
#include <strings.h>

/* A token is what stands between `word` and `at`; kind says what it is. */
enum kind { END, WORD, STRING, SIGN };

struct grammar {
	const char *at;
	const char *end;
	int line;
	enum kind kind;
	const char *word;
	int len;
	int word_line;
	struct hrv_file_errors *errors;
};

static bool values(struct grammar *g, char close, bool simple);
static bool settings(struct grammar *g, bool inside);

/* The text was scanned: comments and strings are closed. */
static void
skip_blanks(struct grammar *g)
{
	for (; g->at < g->end; g->at++) {
		bool hash =
		    *g->at == '#' ||
		    (*g->at == '/' && g->at + 1 < g->end && g->at[1] == '/');

		if (hash)
			while (g->at < g->end && *g->at != '\n')
				g->at++;
		else if (*g->at == '/' && g->at + 1 < g->end &&
			 g->at[1] == '*') {
			for (g->at += 2; g->at[0] != '*' || g->at[1] != '/';
			     g->at++)
				g->line += *g->at == '\n';
			g->at++;
			continue;
		}
		if (g->at == g->end || strchr(" \t\r\n", *g->at) == NULL)
			return;
		g->line += *g->at == '\n';
	}
}

static bool
in_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || strchr("_.-+*", c) != NULL;
}

static void
next(struct grammar *g)
{
	skip_blanks(g);
	g->word = g->at;
	g->word_line = g->line;
	g->kind = END;
	g->len = 0;
	if (g->at >= g->end)
		return;
	g->kind = SIGN;
	if (*g->at == '"') {
		g->kind = STRING;
		for (g->at++; *g->at != '"'; g->at++) {
			g->at += *g->at == '\\';
			g->line += *g->at == '\n';
		}
		g->at++;
	} else if (in_word(*g->at)) {
		g->kind = WORD;
		while (g->at < g->end && in_word(*g->at))
			g->at++;
	} else {
		g->at++;
	}
	g->len = (int)(g->at - g->word);
}

static bool
is(const struct grammar *g, char sign)
{
	return g->kind == SIGN && *g->word == sign;
}

/* Says what was wanted where the token stands; always false. */
static bool
wanted(struct grammar *g, const char *what, const char *remedy)
{
	/* Of a string or a character outside ASCII only that it is there. */
	bool shown = g->kind != STRING && g->kind != END &&
		     (unsigned char)*g->word < 0x80;

	if (g->kind == END)
		cfg_error(g->errors, g->word_line, remedy,
		    "%s is missing at the end of the file", what);
	else
		cfg_error(g->errors, g->word_line, remedy,
		    "%s is missing before %.*s%s", what,
		    shown ? (g->len > 40 ? 40 : g->len) : 0, g->word,
		    shown		? ""
		    : g->kind == STRING ? "the string"
					: "a stray character");
	return false;
}

static bool
is_name(const struct grammar *g)
{
	char c = *g->word;

	if (g->kind != WORD || memchr(g->word, '.', (size_t)g->len) != NULL ||
	    memchr(g->word, '+', (size_t)g->len) != NULL)
		return false;
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '*';
}

static bool
is_bool(const struct grammar *g)
{
	return (g->len == 4 && strncasecmp(g->word, "true", 4) == 0) ||
	       (g->len == 5 && strncasecmp(g->word, "false", 5) == 0);
}

/* A string (or several, which become one), a number, true or false. */
static bool
scalar(struct grammar *g)
{
	if (g->kind == STRING) {
		while (g->kind == STRING)
			next(g);
		return true;
	}
	if (g->kind != WORD)
		return wanted(g, "a value", "");
	/* Numbers were looked at by the scan. */
	if (strchr("0123456789-.", *g->word) == NULL && !is_bool(g)) {
		cfg_error(g->errors, g->word_line,
		    "put text into quotes; bare words are true and false",
		    "%.*s is not a value", g->len > 40 ? 40 : g->len, g->word);
		return false;
	}
	next(g);
	return true;
}

/* The closing sign of what was opened in `line`. */
static bool
closing(struct grammar *g, char sign, int line)
{
	char text[] = { sign, '\0' };

	if (is(g, sign)) {
		next(g);
		return true;
	}
	cfg_error(g->errors, g->kind == END ? line : g->word_line,
	    sign == '}' ? "close it, or look for a forgotten bracket"
			: "write a comma between entries, or close it",
	    "the bracket opened in line %d is not closed with %s", line, text);
	return false;
}

static bool
value(struct grammar *g)
{
	int line = g->word_line;
	char open = g->kind == SIGN ? *g->word : '\0';

	if (open == '(' || open == '[') {
		next(g);
		return values(g, open == '(' ? ')' : ']', open == '[') &&
		       closing(g, open == '(' ? ')' : ']', line);
	}
	if (open == '{') {
		next(g);
		return settings(g, true) && closing(g, '}', line);
	}
	return scalar(g);
}

static bool
values(struct grammar *g, char close, bool simple)
{
	if (is(g, close))
		return true;
	for (;;) {
		if (!(simple ? scalar(g) : value(g)))
			return false;
		if (!is(g, ','))
			return true;
		next(g);
		if (is(g, close)) {
			cfg_error(g->errors, g->word_line, "remove the comma",
			    "a comma stands before the closing bracket");
			return false;
		}
	}
}

static bool
settings(struct grammar *g, bool inside)
{
	while (g->kind != END && !(inside && is(g, '}'))) {
		if (!is_name(g) || is_bool(g))
			return wanted(
			    g, "a name", "settings are written name = value;");
		next(g);
		if (!is(g, '=') && !is(g, ':'))
			return wanted(
			    g, "=", "settings are written name = value;");
		next(g);
		if (!value(g))
			return false;
		if (is(g, ';') || is(g, ','))
			next(g);
	}
	return true;
}

void
cfg_grammar(const char *text, size_t len, struct hrv_file_errors *errors)
{
	struct grammar g = {
		.at = text, .end = text + len, .line = 1, .errors = errors
	};

	next(&g);
	settings(&g, false);
}
