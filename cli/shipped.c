/* SPDX-License-Identifier: ISC */
/*
 * Finding shipped schedules, laws, calendars and maps, see shipped.h. Layer:
 * cli. Invariant: an id never leaves its folder; a path is only what looks
 * like one or what the person typed for lack of such an id.
 */
#include "cli/shipped.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/input.h"
#include "hrvault/text.h"

#define FILE_MAX (2 << 20) /* more than any such file may have */
#define MAX_IDS 128
#define SUFFIX ".cfg"

/* Templates are text and pages; all else is libconfig. */
static const char *
suffix_of(const char *kind)
{
	if (strcmp(kind, SHIPPED_LETTERS) == 0)
		return ".txt";
	return strncmp(kind, SHIPPED_TEMPLATES, strlen(SHIPPED_TEMPLATES)) == 0
		   ? ".html"
		   : SUFFIX;
}

/* Where policy/ may be, seen from the folder of the program. */
static const char *const places[] = { "../policy", "../share/hrvault/policy" };

/* The folder of the program, or false. */
static bool
program_dir(char out[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 1);
	char *slash;

	if (n <= 0)
		return false;
	out[n] = '\0';
	slash = strrchr(out, '/');
	if (slash == NULL)
		return false;
	*slash = '\0';
	return true;
}

/* The i-th folder to look into for a kind; NULL after the last. */
static char *
place(size_t i, const char *kind)
{
	char dir[PATH_MAX], *path;

	if (i >= sizeof(places) / sizeof(places[0]) || !program_dir(dir))
		return NULL;
	if (asprintf(&path, "%s/%s/%s", dir, places[i], kind) < 0)
		return NULL;
	return path;
}

static bool
is_path(const char *which)
{
	size_t n = strlen(which), s = strlen(SUFFIX);

	return strcmp(which, "-") == 0 || strchr(which, '/') != NULL ||
	       (n > s && strcmp(which + n - s, SUFFIX) == 0);
}

/* The shipped file of that id, freed by the caller, or NULL. */
static char *
find(const char *kind, const char *id)
{
	char *dir, *path = NULL;

	for (size_t i = 0; (dir = place(i, kind)) != NULL; i++) {
		if (asprintf(&path, "%s/%s%s", dir, id, suffix_of(kind)) < 0)
			path = NULL;
		free(dir);
		if (path != NULL && access(path, R_OK) == 0)
			return path;
		free(path);
		path = NULL;
	}
	return NULL;
}

bool
shipped_has(const char *kind, const char *id)
{
	char *path = find(kind, id);

	free(path);
	return path != NULL;
}

/* A growing list of ids for a typing error. */
struct ids {
	char *id[MAX_IDS + 1];
	size_t n;
};

static void
add_id(void *ctx, const char *id)
{
	struct ids *list = ctx;

	if (list->n < MAX_IDS && (list->id[list->n] = strdup(id)) != NULL)
		list->n++;
}

static int
not_found(const char *kind, const char *which, struct hrv_err *err)
{
	struct ids list = { .n = 0 };
	const char *names[MAX_IDS + 1];
	char all[300] = "";
	const char *near;

	if (kind == NULL)
		return hrv_fail(err, HRV_ENOTFOUND, "no such file");
	shipped_each(kind, add_id, &list);
	for (size_t i = 0; i < list.n; i++) {
		size_t used = strlen(all);

		names[i] = list.id[i];
		snprintf(all + used, sizeof(all) - used, " %s", list.id[i]);
	}
	names[list.n] = NULL;
	near = hrv_text_nearest(which, names);
	hrv_fail(err, HRV_ENOTFOUND,
	    "there is no file '%.200s', and none of that id among the %s that "
	    "come with the program",
	    which, kind);
	if (near != NULL)
		hrv_hint(err, "did you mean %s? there are:%s", near, all);
	else if (list.n > 0)
		hrv_hint(err, "give a path, or one of%s", all);
	for (size_t i = 0; i < list.n; i++)
		free(list.id[i]);
	return HRV_ENOTFOUND;
}

int
shipped_read(struct cli *c, const char *kind, const char *which, char **ret,
    size_t *ret_len, struct hrv_err *err)
{
	char *path = NULL;
	int rc;

	if (kind != NULL && !is_path(which)) {
		path = find(kind, which);
		if (path == NULL && access(which, F_OK) != 0)
			return not_found(kind, which, err);
	}
	rc = input_read_file(
	    c, path != NULL ? path : which, FILE_MAX, ret, ret_len, err);
	free(path);
	return rc;
}

/* Cuts the suffix off a name; false when it has another. */
static bool
cut_suffix(char *name, const char *suffix)
{
	size_t n = strlen(name), s = strlen(suffix);

	if (n <= s || name[0] == '.' || strcmp(name + n - s, suffix) != 0)
		return false;
	name[n - s] = '\0';
	return true;
}

void
shipped_each(const char *kind, void (*fn)(void *ctx, const char *id), void *ctx)
{
	struct dirent **list;
	char *dir;
	int n;

	for (size_t i = 0; (dir = place(i, kind)) != NULL; i++) {
		n = scandir(dir, &list, NULL, alphasort);
		free(dir);
		for (int k = 0; k < n; k++) {
			if (cut_suffix(list[k]->d_name, suffix_of(kind)))
				fn(ctx, list[k]->d_name);
			free(list[k]);
		}
		if (n >= 0) {
			free(list);
			return;
		}
	}
}
