/* SPDX-License-Identifier: ISC */
/*
 * Hygiene at the start and interruption, see process.h. Layer: cli.
 *
 * Interruption: a vault survives being killed at any instant, so SIGINT,
 * SIGTERM and SIGHUP end the program at once with exit 130, after removing
 * files that hold half an export. Work in long loops asks to be told instead,
 * and stops where it can say what was done.
 */
#include "cli/process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/exit.h"

#define MAX_FILES 40 /* a file for every custodian */

/* Read by the handler, so pointers are stored whole and never moved. */
static const char *volatile unfinished[MAX_FILES];
static volatile sig_atomic_t polling;
static volatile sig_atomic_t interrupted;
static const char *volatile goodbye;

static const char as_text[] = "hrvault: interrupted\n";
static const char as_json[] =
    "{\"error\":{\"code\":130,\"name\":\"interrupted\",\"message\":"
    "\"interrupted\",\"hint\":null}}\n";

static void
on_signal(int sig)
{
	(void)sig;
	if (polling && !interrupted) {
		interrupted = 1;
		return;
	}
	for (int i = 0; i < MAX_FILES; i++)
		if (unfinished[i] != NULL)
			(void)unlink(unfinished[i]);
	if (goodbye != NULL)
		(void)!write(2, goodbye, strlen(goodbye));
	_exit(EXIT_INTERRUPTED);
}

static void
set_signal(int sig, void (*handler)(int))
{
	struct sigaction sa = { .sa_handler = handler };
	struct sigaction old;

	/* nohup and shells that run jobs in the background mean it. */
	if (handler != SIG_IGN && sigaction(sig, NULL, &old) == 0 &&
	    old.sa_handler == SIG_IGN)
		return;
	sigfillset(&sa.sa_mask);
	(void)sigaction(sig, &sa, NULL);
}

void
process_start(bool json)
{
	const struct rlimit none = { 0, 0 };
	struct stat st;

	for (int fd = 0; fd <= 2; fd++)
		if (fstat(fd, &st) != 0) {
			static const char text[] =
			    "hrvault: standard input, output and error must "
			    "be open\n";

			(void)!write(2, text, sizeof(text) - 1);
			_exit(1);
		}
	goodbye = json ? as_json : as_text;
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	umask(077);
	set_signal(SIGPIPE, SIG_IGN);
	set_signal(SIGXFSZ, SIG_IGN);
	set_signal(SIGINT, on_signal);
	set_signal(SIGTERM, on_signal);
	set_signal(SIGHUP, on_signal);
	/* gpg is looked up in PATH; a folder of somebody's choice there would
	 * be asked for the keys. */
	if (setenv("PATH", "/usr/bin:/bin", 1) != 0)
		_exit(1);
}

bool
process_remove_at_exit(const char *path)
{
	for (int i = 0; i < MAX_FILES; i++)
		if (unfinished[i] == NULL) {
			unfinished[i] = path;
			return true;
		}
	return false;
}

void
process_keep(const char *path)
{
	for (int i = 0; i < MAX_FILES; i++)
		if (unfinished[i] == path)
			unfinished[i] = NULL;
}

void
process_unfinished(const char *path, bool begins)
{
	if (begins)
		(void)process_remove_at_exit(path);
	else
		process_keep(path);
}

void
process_poll_interrupts(void)
{
	polling = 1;
}

bool
process_interrupted(void)
{
	return interrupted != 0;
}
