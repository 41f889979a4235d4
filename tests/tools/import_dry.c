/* SPDX-License-Identifier: ISC */
/*
 * Reads a CSV file through an import map and prints counts; stores nothing.
 *   import_dry MAP FILE YYYY-MM-DD [-v]     (-v: each row's own report)
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vault/base/csv.h"
#include "vault/base/json.h"
#include "vault/importer/map.h"
#include "vault/importer/rowparse.h"

struct counts {
	size_t rows, bad, born, hired, ended, dismissed;
	int first, last; /* years of birth */
};

static void
die(const char *why)
{
	fprintf(stderr, "import_dry: %s\n", why);
	exit(1);
}

static struct map *
load_map(const char *path)
{
	static char text[1 << 20];
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	struct hrv_err err;
	FILE *f = fopen(path, "r");
	struct map *m;
	size_t len;

	if (f == NULL)
		die("no such map");
	len = fread(text, 1, sizeof(text), f);
	fclose(f);
	m = map_read(text, len, &errors);
	if (m == NULL) {
		(void)!hrv_file_errors_fail(&errors, path, &err);
		die(err.msg);
	}
	hrv_file_errors_clear(&errors);
	return m;
}

static void
count(struct counts *n, const struct import_row *r)
{
	n->rows++;
	if (hrv_date_is_set(r->born)) {
		n->born++;
		n->first = n->first == 0 || r->born.year < n->first
			       ? r->born.year
			       : n->first;
		n->last = r->born.year > n->last ? r->born.year : n->last;
	}
	for (size_t i = 0; i < r->events; i++) {
		n->hired += strcmp(r->event[i].name, "hired") == 0;
		n->ended += strcmp(r->event[i].name, "ended") == 0;
		n->dismissed +=
		    strcmp(r->event[i].name, "terminated_involuntarily") == 0;
	}
}

static void
report(const struct csv_row *row, const struct import_row *r, bool all)
{
	for (size_t i = 0; i < r->errors && i < ROWPARSE_ERRORS_MAX; i++)
		printf("row %zu column %zu %s: %s\n", (size_t)row->row,
		    r->error[i].column, r->error[i].target, r->error[i].reason);
	if (all && r->errors == 0)
		printf("row %zu: %s | %s\n", (size_t)row->row, r->name,
		    buf_str(&r->record));
}

int
main(int argc, char **argv)
{
	struct csv_source from = { .data = NULL };
	struct counts n = { 0 };
	struct rowparse p = { .minimum_age = 13 };
	struct import_row r;
	struct map_bind *bind = NULL;
	struct csv *c = NULL;
	struct csv_row row;
	struct hrv_err err = { 0 };
	struct map *m;

	if (argc < 4 || !hrv_date_parse(argv[3], &p.today))
		die("usage: import_dry MAP FILE YYYY-MM-DD [-v]");
	json_init();
	p.map = m = load_map(argv[1]);
	from.fd = open(argv[2], O_RDONLY | O_CLOEXEC);
	from.delimiter = m->delimiter;
	if (from.fd < 0 || csv_new(&from, &c, &err) != 0 ||
	    map_bind(m, csv_header(c), csv_columns(c), false, &bind, &err) != 0)
		die(err.msg);
	p.bind = bind;
	p.header = csv_header(c);
	import_row_init(&r);
	for (;;) {
		if (csv_next(c, &row, &err) != 0)
			die(err.msg);
		if (row.what == CSV_END)
			break;
		if (row.what == CSV_BAD) {
			printf("row %zu column %zu: %s\n", (size_t)row.row,
			    row.column, row.reason);
			n.bad++;
			continue;
		}
		if (rowparse(&p, row.field, row.fields, &r, &err) != 0)
			die(err.msg);
		report(&row, &r, argc > 4);
		if (r.errors == 0)
			count(&n, &r);
		else
			n.bad++;
	}
	printf("good %zu bad %zu born %zu (%d-%d) hired %zu ended %zu "
	       "dismissed %zu\n",
	    n.rows, n.bad, n.born, n.first, n.last, n.hired, n.ended,
	    n.dismissed);
	import_row_clear(&r);
	map_unbind(bind);
	csv_free(c);
	map_free(m);
	close(from.fd);
	return 0;
}
