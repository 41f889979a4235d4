/* SPDX-License-Identifier: ISC */
/*
 * Where we run, see context.h. Layer: cli. Invariant: the environment and the
 * clock are looked at here and nowhere else.
 *
 * The configuration file is $XDG_CONFIG_HOME/hrvault/config (default
 * ~/.config/hrvault/config): lines 'vault = DIR', empty lines and lines that
 * begin with "#". A DIR may stand in quotes and begin with "~/".
 */
#include "cli/context.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/process.h"
#include "hrvault/zone.h"

/* A variable of the environment that is set and not empty, or NULL. */
static const char *
env(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* The home folder: HOME, else the account's entry. */
static int
home(char **ret, struct hrv_err *err)
{
	const struct passwd *pw;
	const char *dir = env("HOME");

	if (dir == NULL) {
		pw = getpwuid(getuid());
		dir = pw != NULL ? pw->pw_dir : NULL;
	}
	if (dir == NULL)
		return hrv_fail(
		    err, HRV_EFAILED, "this account has no home folder");
	*ret = strdup(dir);
	return *ret == NULL ? no_memory(err) : HRV_OK;
}

/* $variable/rest, else ~/otherwise/rest. XDG wants absolute paths only. */
static int
xdg_path(const char *variable, const char *otherwise, const char *rest,
    char **ret, struct hrv_err *err)
{
	const char *base = env(variable);
	char *dir = NULL, *path = NULL;
	int rc, n;

	if (base != NULL && base[0] == '/') {
		n = asprintf(&path, "%s/%s", base, rest);
	} else {
		rc = home(&dir, err);
		if (rc != HRV_OK)
			return rc;
		n = asprintf(&path, "%s/%s/%s", dir, otherwise, rest);
		free(dir);
	}
	if (n < 0)
		return no_memory(err);
	*ret = path;
	return HRV_OK;
}

/* The value of a line 'vault = DIR', unquoted, or NULL. */
static char *
config_value(char *line)
{
	char *s = line + strspn(line, " \t");
	size_t n;

	if (strncmp(s, "vault", 5) != 0)
		return NULL;
	s += 5;
	s += strspn(s, " \t");
	if (*s != '=')
		return NULL;
	s++;
	s += strspn(s, " \t");
	n = strcspn(s, "\r\n");
	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	if (n >= 2 && s[0] == '"' && s[n - 1] == '"') {
		s++;
		n -= 2;
	}
	s[n] = '\0';
	return n > 0 ? s : NULL;
}

static bool
says_nothing(const char *line)
{
	line += strspn(line, " \t\r\n");
	return *line == '\0' || *line == '#';
}

static int
not_understood(const char *path, int line, int sys, struct hrv_err *err)
{
	if (sys != 0)
		hrv_fail(err, HRV_ENOVAULT,
		    "no vault was named: %.200s cannot be read: %s", path,
		    strerror(sys));
	else
		hrv_fail(err, HRV_ENOVAULT,
		    "no vault was named: line %d of %.200s is not understood",
		    line, path);
	return hrv_hint(
	    err, "write there: vault = DIR; or add --vault DIR to the command");
}

/* `vault` of the configuration file; *ret stays NULL without one. A line that
 * is not understood is told where no other names it. */
static int
from_config(char **ret, struct hrv_err *err)
{
	char *path = NULL, *line = NULL, *dir = NULL, *value;
	int n = 0, wrong = 0, sys = 0;
	size_t size = 0;
	FILE *f = NULL;
	int rc = xdg_path(
	    "XDG_CONFIG_HOME", ".config", "hrvault/config", &path, err);

	if (rc == HRV_OK && (f = fopen(path, "re")) != NULL) {
		while (getline(&line, &size, f) > 0) {
			bool nothing = says_nothing(line);

			n++;
			value = config_value(line);
			if (value == NULL && !nothing && wrong == 0)
				wrong = n;
			if (value == NULL)
				continue;
			if (strncmp(value, "~/", 2) == 0)
				rc = home(&dir, err);
			if (rc == HRV_OK &&
			    asprintf(ret, "%s%s", dir ? dir : "",
				value + (dir != NULL)) < 0)
				rc = no_memory(err);
			break;
		}
		if (ferror(f))
			sys = EIO;
		fclose(f);
	} else if (rc == HRV_OK && errno != ENOENT && errno != ENOTDIR) {
		sys = errno;
	}
	if (rc == HRV_OK && *ret == NULL && (wrong > 0 || sys != 0))
		rc = not_understood(path, wrong, sys, err);
	free(dir);
	free(line);
	free(path);
	return rc;
}

int
context_vault_dir(const struct cli *c, char **ret, struct hrv_err *err)
{
	const char *given = c->vault_dir ? c->vault_dir : env("HRVAULT_DIR");
	char *dir = NULL;
	int rc = HRV_OK;

	if (given != NULL) {
		dir = strdup(given);
		if (dir == NULL)
			return no_memory(err);
	} else {
		rc = from_config(&dir, err);
	}
	if (rc == HRV_OK && dir == NULL) {
		hrv_fail(err, HRV_ENOVAULT, "no vault was named");
		return hrv_hint(err,
		    "add --vault DIR, or set HRVAULT_DIR, or write "
		    "'vault = DIR' into ~/.config/hrvault/config; 'hrvault "
		    "help quickstart' shows how a vault is made");
	}
	if (rc == HRV_OK)
		*ret = dir;
	return rc;
}

/* The name of this machine as the log can take it: no blanks, ASCII. */
static void
host_name(char out[65])
{
	if (gethostname(out, 65) != 0)
		out[0] = '\0';
	out[64] = '\0';
	for (char *s = out; *s != '\0'; s++)
		if (*s < 0x21 || *s > 0x7e)
			*s = '_';
	if (out[0] == '\0')
		memcpy(out, "unknown", 8);
}

int64_t
context_now(void)
{
	struct timespec ts = { 0, 0 };

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static int64_t
clock_now(void *ctx)
{
	(void)ctx;
	return context_now();
}

int
context_init(const struct cli *c, const char *dir, struct context *ret,
    struct hrv_err *err)
{
	struct context x = { .dir = NULL };
	const char *tmp = env("TMPDIR");
	int rc = HRV_OK;

	if (dir == NULL)
		rc = context_vault_dir(c, &x.dir, err);
	else if ((x.dir = strdup(dir)) == NULL)
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = xdg_path("XDG_STATE_HOME", ".local/state", "hrvault",
		    &x.state_dir, err);
	if (rc == HRV_OK &&
	    (x.tmp_dir = strdup(tmp != NULL ? tmp : "/tmp")) == NULL)
		rc = no_memory(err);
	if (rc != HRV_OK) {
		context_clear(&x);
		return rc;
	}
	*ret = x;
	host_name(ret->host);
	ret->open = (struct hrv_open_args){
		.dir = ret->dir,
		.as = c->as,
		.passphrase = c->own_pass,
		.state_dir = ret->state_dir,
		.tmp_dir = ret->tmp_dir,
		.host = ret->host,
		.client = "hrvault/" HRVAULT_VERSION,
		.clock = { clock_now, NULL },
		.unfinished = process_unfinished,
	};
	return HRV_OK;
}

void
context_clear(struct context *x)
{
	free(x->dir);
	free(x->state_dir);
	free(x->tmp_dir);
	x->dir = x->state_dir = x->tmp_dir = NULL;
}

int
context_open(struct cli *c, struct hrv_err *err)
{
	struct context x;
	int rc = context_init(c, NULL, &x, err);

	if (rc != HRV_OK)
		return rc;
	x.open.restoring =
	    c->cmd != NULL && (c->cmd->flags & CMD_RESTORING) != 0;
	rc = hrv_open(&x.open, &c->vault, err);
	context_clear(&x);
	return rc;
}

int
context_today(const struct cli *c, const char *zone, struct hrv_date *ret,
    struct hrv_err *err)
{
	int64_t now = context_now();
	/* Rounds down, also before 1970. */
	int64_t seconds = now / 1000000 - (now % 1000000 < 0);
	int rc = HRV_OK;

	if (zone == NULL)
		rc = hrv_vault_timezone(c->vault, &zone, err);
	return rc != HRV_OK ? rc : hrv_local_date(seconds, zone, ret, err);
}
