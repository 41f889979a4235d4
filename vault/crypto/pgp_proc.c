/* SPDX-License-Identifier: ISC */
/*
 * Processes around gpgme: asking gpgconf where the agent's socket is, ending a
 * gpg that hangs, and the throw-away home. Layer: crypto. Invariant: nothing
 * that was started here is left running or as a zombie.
 */
#include "vault/crypto/pgp_int.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "vault/base/enc.h"

extern char **environ;

static int
spawn_piped(const char *const argv[], pid_t *ret_pid, int *ret_fd)
{
	posix_spawn_file_actions_t fa;
	char *args[8] = { NULL };
	int fds[2], rc;

	for (size_t i = 0; i < 7 && argv[i] != NULL; i++)
		memcpy(&args[i], &argv[i], sizeof args[i]);
	if (pipe2(fds, O_CLOEXEC) != 0)
		return -1;
	rc = posix_spawn_file_actions_init(&fa);
	if (rc == 0) {
		rc = posix_spawn_file_actions_addopen(
		    &fa, 0, "/dev/null", O_RDONLY, 0);
		rc |= posix_spawn_file_actions_adddup2(&fa, fds[1], 1);
		rc |= posix_spawn_file_actions_addopen(
		    &fa, 2, "/dev/null", O_WRONLY, 0);
		if (rc == 0)
			rc = posix_spawnp(
			    ret_pid, args[0], &fa, NULL, args, environ);
		(void)posix_spawn_file_actions_destroy(&fa);
	}
	(void)close(fds[1]);
	if (rc != 0) {
		(void)close(fds[0]);
		return -1;
	}
	*ret_fd = fds[0];
	return 0;
}

int
pgp_spawn(const char *const argv[], char *out, size_t cap, int seconds)
{
	size_t len = 0;
	pid_t pid;
	int fd, status = -1;
	ssize_t n = -1;

	if (spawn_piped(argv, &pid, &fd) != 0)
		return -1;
	for (;;) {
		struct pollfd pf = { fd, POLLIN, 0 };
		int r = poll(&pf, 1, seconds * 1000);

		if (r < 0 && errno == EINTR)
			continue;
		n = r > 0 ? read(fd, out + len, cap - 1 - len) : -1;
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	if (n != 0)
		(void)kill(pid, SIGKILL);
	(void)close(fd);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	out[len] = '\0';
	return n == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

/* gpgconf escapes odd bytes as %XX. */
static void
unescape(char *s)
{
	char *to = s;

	for (; *s != '\0' && *s != '\n'; s++) {
		uint8_t b;

		if (*s == '%' && enc_unhex(s + 1, strnlen(s + 1, 2), &b, 1)) {
			*to++ = (char)b;
			s += 2;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

char *
pgp_agent_socket(const struct pgp *p)
{
	const char *own[] = { "gpgconf", "--homedir", p->homedir, "--list-dirs",
		"agent-socket", NULL };
	const char *def[] = { "gpgconf", "--list-dirs", "agent-socket", NULL };
	char out[4096];

	if (pgp_spawn(p->homedir ? own : def, out, sizeof out, 1) != 0)
		return NULL;
	unescape(out);
	return out[0] == '/' ? strdup(out) : NULL;
}

static bool
is_gpg(const char *pid)
{
	char path[300], comm[16] = "";
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof path, "/proc/%s/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, comm, sizeof comm - 1);
	(void)close(fd);
	return n >= 3 && strncmp(comm, "gpg", 3) == 0 &&
	       (comm[3] == '\n' || comm[3] == '2');
}

static bool
holds_pipe(const char *pid, const struct pgp *p)
{
	char path[300];
	struct dirent *e;
	bool found = false;
	DIR *d;

	(void)snprintf(path, sizeof path, "/proc/%s/fd", pid);
	d = opendir(path);
	if (d == NULL)
		return false;
	while (!found && (e = readdir(d)) != NULL) {
		struct stat theirs, ours;

		if (fstatat(dirfd(d), e->d_name, &theirs, 0) != 0 ||
		    !S_ISFIFO(theirs.st_mode))
			continue;
		for (size_t i = 0; i < PGP_IO_MAX && !found; i++)
			found = p->io[i].used &&
				fstat(p->io[i].fd, &ours) == 0 &&
				ours.st_dev == theirs.st_dev &&
				ours.st_ino == theirs.st_ino;
	}
	(void)closedir(d);
	return found;
}

static void
end_process(pid_t pid)
{
	const struct timespec tick = { 0, 20000000 };

	/* TERM first: gpg then removes its lock files. */
	if (kill(pid, SIGTERM) != 0)
		return;
	for (int i = 0; i < 25; i++) {
		if (kill(pid, 0) != 0)
			return;
		(void)nanosleep(&tick, NULL);
	}
	(void)kill(pid, SIGKILL);
}

/* gpgme hides the process id (it forks twice, so that init reaps), but the
 * pipes it gave us lead to it. */
void
pgp_kill_child(const struct pgp *p)
{
	struct dirent *e;
	DIR *d = opendir("/proc");

	if (d == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		long pid;

		if (!isdigit((unsigned char)e->d_name[0]))
			continue;
		pid = strtol(e->d_name, NULL, 10);
		if (pid > 1 && pid != getpid() && is_gpg(e->d_name) &&
		    holds_pipe(e->d_name, p))
			end_process((pid_t)pid);
	}
	(void)closedir(d);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)st;
	(void)type;
	(void)f;
	(void)remove(path);
	return 0;
}

void
pgp_tmp_home_free(char *path)
{
	if (path == NULL)
		return;
	(void)nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(path);
}

/* No agent, no network, no trust database work, nobody else to lock out. */
static const char home_conf[] = "no-autostart\n"
				"disable-dirmngr\n"
				"no-auto-key-retrieve\n"
				"trust-model always\n"
				"no-auto-check-trustdb\n"
				"no-random-seed-file\n"
				"lock-never\n";

int
pgp_tmp_home_new(const char *dir, char **ret_path, struct hrv_err *err)
{
	char *path = NULL, conf[4200];
	bool made = false;
	int fd = -1, rc;

	if (asprintf(&path, "%s/pgp.XXXXXX", dir) < 0)
		/* path is undefined now */
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	made = mkdtemp(path) != NULL;
	if (made && strlen(path) < 4096) {
		(void)snprintf(conf, sizeof conf, "%s/gpg.conf", path);
		fd = open(conf, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	}
	if (fd < 0 || write(fd, home_conf, sizeof home_conf - 1) !=
			  (ssize_t)sizeof home_conf - 1) {
		rc = hrv_fail(err, HRV_EIO,
		    "cannot make a private OpenPGP home: %s", strerror(errno));
		goto out;
	}
	*ret_path = path;
	path = NULL;
	rc = HRV_OK;
out:
	if (fd >= 0)
		(void)close(fd);
	if (made && path != NULL) {
		pgp_tmp_home_free(path);
		path = NULL;
	}
	free(path);
	return rc;
}
