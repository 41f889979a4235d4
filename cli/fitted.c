/* SPDX-License-Identifier: ISC */
/*
 * Commands in hints, see fitted.h. Layer: cli. Invariant: what is put in is one
 * word for a shell, so that a command that is pasted names the same vault.
 */
#include "cli/fitted.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROGRAM "hrvault "
#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define PLAIN LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+,:@%-"

/* Whether the text goes on with a noun that is about a vault. */
static bool
names_vault(const char *text)
{
	size_t n = strspn(text, LETTERS "-");

	for (const struct table_row *r = command_table; r->noun != NULL; r++)
		if (strlen(r->noun->name) == n &&
		    strncmp(r->noun->name, text, n) == 0)
			return strcmp(r->noun->name, "help") != 0 &&
			       strcmp(r->noun->name, "completion") != 0 &&
			       strcmp(r->noun->name, "version") != 0;
	return false;
}

static void
put_folder(FILE *to, const char *dir)
{
	fputs("--vault ", to);
	if (dir[strspn(dir, PLAIN)] == '\0') {
		fprintf(to, "%s ", dir);
		return;
	}
	fputc('"', to);
	for (; *dir != '\0'; dir++) {
		if (strchr("\"$`\\", *dir) != NULL)
			fputc('\\', to);
		fputc(*dir, to);
	}
	fputs("\" ", to);
}

static void
put(FILE *to, const char *dir, const char *text)
{
	const char *at;

	while ((at = strstr(text, PROGRAM)) != NULL) {
		at += strlen(PROGRAM);
		fwrite(text, 1, (size_t)(at - text), to);
		if (names_vault(at))
			put_folder(to, dir);
		text = at;
	}
	fputs(text, to);
}

char *
fitted_text(const struct cli *c, const char *text)
{
	char *ret = NULL;
	size_t len = 0;
	FILE *to;
	bool ok;

	if (c->vault_dir == NULL)
		return strdup(text);
	to = open_memstream(&ret, &len);
	if (to == NULL)
		return NULL;
	put(to, c->vault_dir, text);
	ok = !ferror(to);
	if (fclose(to) != 0 || !ok) {
		free(ret);
		return NULL;
	}
	return ret;
}
