/* SPDX-License-Identifier: ISC */
/*
 * A throw-away OpenPGP home for unit tests: a short path (agent sockets have
 * room for 107 bytes), keys without a passphrase, and its agent ended with it.
 * Header only, because a unit test links nothing but the library.
 */
#ifndef TESTS_UNIT_GPGHOME_H
#define TESTS_UNIT_GPGHOME_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define GPGHOME_FN static __attribute__((unused))

struct gpghome {
	char dir[32];
};

/* Runs argv[0] from PATH with `in` (or NULL) as its input; what it wrote to
 * stdout is in out, NUL-terminated. Returns its exit code, or -1. */
GPGHOME_FN int
gpghome_run(const char *const argv[], const char *in, char *out, size_t cap)
{
	extern char **environ;
	posix_spawn_file_actions_t fa;
	char *args[24] = { NULL };
	int to[2], from[2], status = -1;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	for (size_t i = 0; argv[i] != NULL && i < 23; i++)
		memcpy(&args[i], &argv[i], sizeof args[i]);
	if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
		return -1;
	(void)posix_spawn_file_actions_init(&fa);
	(void)posix_spawn_file_actions_adddup2(&fa, to[0], 0);
	(void)posix_spawn_file_actions_adddup2(&fa, from[1], 1);
	if (getenv("V") == NULL)
		(void)posix_spawn_file_actions_addopen(
		    &fa, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, args[0], &fa, NULL, args, environ) != 0)
		pid = -1;
	(void)posix_spawn_file_actions_destroy(&fa);
	(void)close(to[0]);
	(void)close(from[1]);
	if (pid > 0 && in != NULL && write(to[1], in, strlen(in)) < 0)
		(void)fprintf(stderr, "# input was not taken\n");
	(void)close(to[1]);
	while (pid > 0 && len < cap - 1 &&
	       (n = read(from[0], out + len, cap - 1 - len)) > 0)
		len += (size_t)n;
	out[len] = '\0';
	(void)close(from[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* gpg on this home with up to 12 further arguments; 0 is success. */
GPGHOME_FN int
gpghome_gpg(const struct gpghome *h, const char *in, char *out, size_t cap,
    const char *const more[])
{
	const char *argv[24] = { "gpg", "--homedir", h->dir, "--batch",
		"--quiet", "--yes", "--status-fd", "1" };
	size_t n = 8;

	for (size_t i = 0; more[i] != NULL && n < 23; i++)
		argv[n++] = more[i];
	return gpghome_run(argv, in, out, cap);
}

/* Writes one file of the home, for instance "gpg.conf". */
GPGHOME_FN bool
gpghome_file(const struct gpghome *h, const char *name, const char *text)
{
	char path[128];
	FILE *f;
	bool ok;

	(void)snprintf(path, sizeof path, "%s/%s", h->dir, name);
	f = fopen(path, "we");
	if (f == NULL)
		return false;
	ok = fputs(text, f) >= 0;
	return fclose(f) == 0 && ok;
}

/* Without it the agent measures the machine for seconds before it protects
 * its first key. Keep it when writing another gpg-agent.conf. */
#define GPGHOME_AGENT_CONF "s2k-count 65536\n"

/* Makes the home; false when that failed. */
GPGHOME_FN bool
gpghome_new(struct gpghome *h)
{
	(void)snprintf(h->dir, sizeof h->dir, "/tmp/hv.XXXXXX");
	return mkdtemp(h->dir) != NULL &&
	       gpghome_file(h, "gpg-agent.conf", GPGHOME_AGENT_CONF);
}

/* Makes an ed25519 key with a cv25519 subkey. passphrase "" is none; expires
 * as gpg wants it ("never", "2031-01-01", "seconds=2"). */
GPGHOME_FN bool
gpghome_key_with(const struct gpghome *h, const char *uid,
    const char *passphrase, const char *expires, char fpr[41])
{
	const char *more[] = { "--pinentry-mode", "loopback", "--passphrase",
		passphrase, "--quick-gen-key", uid, "future-default", "default",
		expires, NULL };
	char out[4096];
	const char *at;

	if (gpghome_gpg(h, NULL, out, sizeof out, more) != 0)
		return false;
	at = strstr(out, "KEY_CREATED B ");
	if (at == NULL)
		return false;
	(void)snprintf(fpr, 41, "%.40s", at + 14);
	return true;
}

/* Makes a key without passphrase and without end. */
GPGHOME_FN bool
gpghome_key(const struct gpghome *h, const char *uid, char fpr[41])
{
	return gpghome_key_with(h, uid, "", "never", fpr);
}

/* Revokes a key with the certificate gpg made at its birth. */
GPGHOME_FN bool
gpghome_revoke(const struct gpghome *h, const char *fpr)
{
	const char *more[] = { "--import", NULL };
	char path[160], text[8192] = "", out[4096], *colon;
	FILE *f;
	size_t n;

	(void)snprintf(
	    path, sizeof path, "%s/openpgp-revocs.d/%s.rev", h->dir, fpr);
	f = fopen(path, "re");
	if (f == NULL)
		return false;
	n = fread(text, 1, sizeof text - 1, f);
	(void)fclose(f);
	text[n] = '\0';
	colon = strstr(text, ":-----BEGIN");
	return colon != NULL &&
	       gpghome_gpg(h, colon + 1, out, sizeof out, more) == 0;
}

/* The agent's process id, or -1 when none runs. Does not start one. */
GPGHOME_FN pid_t
gpghome_agent(const struct gpghome *h)
{
	const char *argv[] = { "gpg-connect-agent", "--homedir", h->dir,
		"--no-autostart", "getinfo pid", "/bye", NULL };
	char out[256];

	if (gpghome_run(argv, NULL, out, sizeof out) != 0 ||
	    strncmp(out, "D ", 2) != 0)
		return -1;
	return (pid_t)strtol(out + 2, NULL, 10);
}

/* Stops a process and waits until it has really stopped: the signal takes
 * effect some time after kill() returned, long enough for a decryption. */
GPGHOME_FN bool
gpghome_stop(pid_t pid)
{
	char path[64], line[512], *at;
	size_t len;
	FILE *f;

	(void)snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
	if (kill(pid, SIGSTOP) != 0)
		return false;
	for (int i = 0; i < 500; i++) {
		f = fopen(path, "re");
		if (f == NULL)
			return false;
		len = fread(line, 1, sizeof line - 1, f);
		(void)fclose(f);
		line[len] = '\0';
		at = strrchr(line, ')');
		if (at != NULL && at[1] == ' ' && at[2] == 'T')
			return true;
		(void)usleep(10000);
	}
	return false;
}

/* How many processes whose command line begins with `program` (or a path to
 * it) work on this home. */
GPGHOME_FN int
gpghome_processes(const struct gpghome *h, const char *program)
{
	struct dirent *e;
	DIR *d = opendir("/proc");
	int n = 0;

	while (d != NULL && (e = readdir(d)) != NULL) {
		char path[300], line[4096] = "", *name;
		size_t len;
		FILE *f;

		(void)snprintf(
		    path, sizeof path, "/proc/%s/cmdline", e->d_name);
		f = fopen(path, "re");
		if (f == NULL)
			continue;
		len = fread(line, 1, sizeof line - 1, f);
		(void)fclose(f);
		name = strrchr(line, '/'); /* of argv[0] alone */
		name = name != NULL ? name + 1 : line;
		for (size_t i = 0; i < len; i++)
			line[i] = line[i] == '\0' ? ' ' : line[i];
		n += strncmp(name, program, strlen(program)) == 0 &&
		     strstr(line, h->dir) != NULL;
	}
	if (d != NULL)
		(void)closedir(d);
	return n;
}

GPGHOME_FN int
gpghome_remove(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)st;
	(void)type;
	(void)f;
	(void)remove(path);
	return 0;
}

/* Ends the agent and removes the home. */
GPGHOME_FN void
gpghome_free(const struct gpghome *h)
{
	const char *argv[] = { "gpgconf", "--homedir", h->dir, "--kill", "all",
		NULL };
	const char *dir[] = { "gpgconf", "--homedir", h->dir,
		"--remove-socketdir", NULL };
	char out[256];

	(void)gpghome_run(argv, NULL, out, sizeof out);
	(void)gpghome_run(dir, NULL, out, sizeof out);
	(void)nftw(h->dir, gpghome_remove, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
